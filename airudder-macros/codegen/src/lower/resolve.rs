//! Type names to types: built-in words, lists and maps, and the named types of any section.

use airudder_model::Scalar;

use super::{Context, Found};
use crate::diagnostic::{at_value, nearest};
use crate::ir::{Type, TypeRef};
use crate::syntax::node::Node;

/// How many lists and maps may stand inside each other: far more than an API has, and few enough for any
/// stack.
const DEEPEST: usize = 8;

/// A type from its text: `list<T>`, `map<T>`, a built-in word or a name.
pub(super) fn parse_type(text: &str, written: &Node, context: &mut Context<'_>) -> Option<Type> {
    type_at_depth(text, written, DEEPEST, context)
}

fn type_at_depth(text: &str, written: &Node, depth: usize, context: &mut Context<'_>) -> Option<Type> {
    let text = text.trim();
    for (word, wrap) in [("list", Type::List as fn(Box<Type>) -> Type), ("map", Type::Map)] {
        let Some(rest) = text.strip_prefix(word).map(str::trim_start) else { continue };
        if rest.is_empty() {
            let diagnostic = at_value(written, format!("`{word}` does not say of what"));
            context.diagnostics.push(
                diagnostic.help(format!("write the type of its entries: `{word}<string>`, `{word}<json>`")),
            );
            return None;
        }
        let Some(rest) = rest.strip_prefix('<') else { continue };
        let Some(inner) = rest.strip_suffix('>') else {
            context.diagnostics.push(
                at_value(written, format!("`{text}` lacks its closing `>`")).help(format!("write `{text}>`")),
            );
            return None;
        };
        if depth == 0 {
            let diagnostic =
                at_value(written, format!("more than {DEEPEST} lists and maps inside each other"));
            context.diagnostics.push(diagnostic.help("use `json`, or give the inner ones a struct"));
            return None;
        }
        return type_at_depth(inner, written, depth - 1, context).map(|inner| wrap(Box::new(inner)));
    }
    if let Some(scalar) = Scalar::from_word(text) {
        return Some(Type::Scalar(scalar));
    }
    find(text, written, context)
}

/// The struct that a value names; anything else is reported.
pub(super) fn find_struct(written: &Node, context: &mut Context<'_>) -> Option<TypeRef> {
    let name = written.scalar()?;
    match find(&name, written, context) {
        Some(Type::Struct(at)) => Some(at),
        Some(_) => {
            context.diagnostics.push(
                at_value(written, format!("`{name}` is not a struct"))
                    .help("only structs have fields to take over"),
            );
            None
        }
        None => None,
    }
}

/// The type of a name. A name that nothing defines is reported; one that is defined, but invalidly, or that
/// an unreadable file may define, has its diagnostic elsewhere.
pub(super) fn find(name: &str, written: &Node, context: &mut Context<'_>) -> Option<Type> {
    let diagnostic = match context.index.find_type(name, written) {
        Found::Here(ty) => return Some(ty),
        Found::Poisoned => return None,
        Found::NoSection => {
            let section = name.split('.').next().unwrap_or_default();
            let sections = context.index.section_names();
            let diagnostic =
                at_value(written, format!("there is no section `{section}` to take the type `{name}` from"));
            crate::diagnostic::did_you_mean(diagnostic, section, &sections)
        }
        Found::Nothing => {
            let known = context.index.type_names(context.index.section_of(written));
            let diagnostic = at_value(written, format!("unknown type `{name}`"));
            let near = other_word(name).or_else(|| nearest(name, known.iter().map(String::as_str)));
            let diagnostic = match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => same_name_elsewhere(diagnostic, name, &known),
            };
            diagnostic.help(format!(
                "allowed: {}, list<T>, map<T>, or the name of an id, enum or struct",
                Scalar::WORDS.join(", ")
            ))
        }
    };
    context.diagnostics.push(diagnostic);
    None
}

/// What other languages call the built-in types.
pub(super) fn other_word(name: &str) -> Option<&'static str> {
    if name.ends_with(['>', ')', ']']) && !name.starts_with("list<") && !name.starts_with("map<") {
        let word = name.split(['<', '(', '[']).next().unwrap_or_default();
        return match word.to_lowercase().as_str() {
            "array" | "vec" | "set" | "sequence" | "lists" | "" => Some("list<...>"),
            "dict" | "object" | "hash" | "hashmap" | "record" => Some("map<...>"),
            _ => None,
        };
    }
    Some(match name.to_lowercase().as_str() {
        "int" | "int32" | "int64" | "i64" | "long" => "integer",
        "str" | "text" | "varchar" => "string",
        "bool" => "boolean",
        "float" | "double" | "f64" => "number",
        "money" | "amount" => "decimal",
        "any" | "object" | "value" => "json",
        "array" => "list<json>",
        "datetime" | "date_time" => "local_datetime",
        "timestamp" => "epoch_ms",
        "file" | "bytes" => "binary",
        "uri" | "link" => "url",
        _ => return None,
    })
}

/// A type of another section needs that section's name in front.
pub(super) fn same_name_elsewhere(
    diagnostic: crate::diagnostic::Diagnostic,
    name: &str,
    known: &[String],
) -> crate::diagnostic::Diagnostic {
    match known.iter().find(|k| k.split_once('.').is_some_and(|(_, bare)| bare == name)) {
        Some(elsewhere) => diagnostic
            .help(format!("did you mean `{elsewhere}`? A type of another section has its name in front")),
        None => diagnostic,
    }
}
