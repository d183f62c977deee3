//! Names that nothing else has.

use std::collections::HashSet;

use airudder_codegen::names;

use super::draft::Field;

/// Longest name of a type or field: the docs make a file name of it, with some words around it.
const MAX_NAME: usize = 100;

/// Names of types. Those that differ in case only count as one: their constants would be one.
#[derive(Default)]
pub(super) struct TypeNames {
    /// Names of the section.
    taken: HashSet<String>,
    /// Names of types that every section sees: one of the section's own would hide them.
    shared: HashSet<String>,
}

impl TypeNames {
    pub(super) fn new(shared: impl IntoIterator<Item = String>, section: &str) -> Self {
        let mut names = Self::default();
        // The handle of the section, and the trait that gives it.
        let section = names::pascal(section);
        names.take(&section);
        names.take(&format!("{section}Api"));
        names.shared.extend(["JsonText", "LocalTime", "Phone"].map(str::to_lowercase));
        names.shared.extend(shared.into_iter().map(|name| name.to_lowercase()));
        // Names that no type may have, and those that the generated module has itself.
        let of_rust =
            ["String", "Vec", "Option", "Box", "Result", "Default", "Self", "Some", "None", "Ok", "Err"];
        let of_module =
            ["Event", "Endpoints", "Webhooks", "Client", "Error", "Value", "Object", "Missing", "Set"];
        names.taken.extend(of_rust.into_iter().chain(of_module).map(str::to_lowercase));
        names
    }

    /// Takes a name; false where something has it already.
    pub(super) fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_lowercase())
    }

    /// Gives back the name of a type that is not needed.
    pub(super) fn release(&mut self, name: &str) {
        self.taken.remove(&name.to_lowercase());
        self.taken.remove(&format!("{name}Builder").to_lowercase());
    }

    pub(super) fn is_taken(&self, name: &str) -> bool {
        self.taken.contains(&name.to_lowercase())
    }

    /// Whether every section sees a type of this name.
    pub(super) fn is_shared(&self, name: &str) -> bool {
        self.shared.contains(&name.to_lowercase())
    }

    /// Takes the first free one of several names, or one of them with a number.
    pub(super) fn free(&mut self, candidates: &[String]) -> String {
        let good: Vec<String> = candidates
            .iter()
            .map(|name| cut(name))
            .filter(|name| names::problem_with_type_name(name).is_none() && !self.is_shared(name))
            .collect();
        let base = good.first().cloned().unwrap_or_else(|| "Imported".to_owned());
        let mut number = 2;
        let mut name = base.clone();
        while !self.is_free(&name) {
            name = format!("{base}{number}");
            number += 1;
        }
        // A struct that is sent has a builder.
        self.taken.extend([name.to_lowercase(), format!("{name}Builder").to_lowercase()]);
        name
    }

    fn is_free(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let builder = format!("{name}builder");
        !self.taken.contains(&name) && !self.shared.contains(&name) && !self.taken.contains(&builder)
    }
}

/// A Rust name for a field that none of the others has.
pub(super) fn field_name(wire: &str, fields: &[Field]) -> String {
    let snake = cut(&names::snake(wire));
    let snake =
        if snake.starts_with(|c: char| c.is_ascii_digit()) { format!("field_{snake}") } else { snake };
    let good = match names::problem_with_setter(&snake) {
        None => snake,
        Some(_) if snake.is_empty() => "field".to_owned(),
        Some(_) => names::other_name(&snake),
    };
    numbered(&good, |name| fields.iter().any(|f| f.name == name))
}

/// The key of an entry that none of the others has.
pub(super) fn key(written: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let snake = cut(&names::snake(written));
    let snake = if snake.starts_with(|c: char| c.is_ascii_digit()) { format!("call_{snake}") } else { snake };
    let good = match names::problem_with_field_name(&snake) {
        None => snake,
        Some(_) if snake.is_empty() => "call".to_owned(),
        Some(_) => format!("{snake}_call"),
    };
    numbered(&good, is_taken)
}

fn numbered(good: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = good.to_owned();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{good}_{number}");
        number += 1;
    }
    name
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => name[..end].trim_end_matches('_').to_owned(),
        None => name.to_owned(),
    }
}
