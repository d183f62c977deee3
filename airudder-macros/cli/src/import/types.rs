//! The types that fields need: enums, structs, lists and times.

use std::collections::HashSet;

use airudder_codegen::names;

use super::document::{Node, Value};
use super::draft::{Enum, EnumValue, Side, Struct};
use super::error::ImportError;
use super::flat::{Flat, doc_of, example_here};
use super::schemas::{MAX_NESTING, Reader, Reference, Typed};
use super::times;

impl<'a> Reader<'a> {
    pub(super) fn string(&mut self, flat: &Flat<'a>, hint: &str, side: Side) -> Typed {
        if let Some(name) = self.enumeration(flat, hint, false) {
            return Typed::plain(&name);
        }
        let example = example_here(flat);
        let fits = |word: &str| example.and_then(Node::text).is_some_and(|text| times::has_form(text, word));
        let timed = |candidates: &[&str], wanted: &str| {
            if let Some(word) = candidates.iter().find(|word| fits(word)) {
                return Typed::plain(word);
            }
            let note = match example {
                Some(_) => {
                    "a time on the page, but its example has none of the forms of the language".to_owned()
                }
                None => format!("a time without an example on the page: `{wanted}` is a guess"),
            };
            Typed { notes: vec![note], ..Typed::plain(if example.is_some() { "string" } else { wanted }) }
        };
        match flat.get("format").and_then(Node::text).unwrap_or_default() {
            "date" if example.is_none() => Typed::plain("date"),
            "date" => timed(&["date"], "date"),
            "date-time" => timed(&["instant", "local_datetime", "instant_offset"], "instant"),
            "time" => timed(&["time"], "time"),
            "uri" | "url" => Typed::plain("url"),
            "byte" if side != Side::Query => Typed::plain("base64"),
            "binary" if side != Side::Query => Typed::plain("binary"),
            "decimal" => Typed::plain("decimal"),
            _ => Typed::plain("string"),
        }
    }

    pub(super) fn list(
        &mut self,
        flat: &Flat<'a>,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
    ) -> Result<Typed, ImportError> {
        let Some(items) = flat.get("items") else {
            return Ok(Typed {
                notes: vec!["the page does not say what the list contains".to_owned()],
                ..Typed::plain("list<json>")
            });
        };
        if nested == 0 {
            return Ok(Typed::json(format!("more than {MAX_NESTING} nested lists: kept as JSON")));
        }
        let inner = self.typed(items, &singular(hint), side, depth + 1, nested - 1, true)?;
        let ty = if inner.ty == "binary" { "json" } else { &inner.ty };
        Ok(Typed { ty: format!("list<{ty}>"), nullable: false, notes: inner.notes })
    }

    pub(super) fn any_object(
        &mut self,
        flat: &Flat<'a>,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
        reference: Option<&str>,
    ) -> Result<Typed, ImportError> {
        if flat.properties().iter().all(|(wire, _)| wire.is_empty()) {
            let values = flat
                .get("additionalProperties")
                .filter(|more| matches!(&more.value, Value::Map(entries) if !entries.is_empty()));
            return Ok(match values {
                Some(values) if nested > 0 => {
                    let inner = self.typed(values, &singular(hint), side, depth + 1, nested - 1, true)?;
                    Typed { ty: format!("map<{}>", inner.ty), nullable: false, notes: inner.notes }
                }
                _ => Typed::json("an object whose keys the page does not list: kept as JSON"),
            });
        }
        let name = self.free_type_name(hint);
        if let Some(reference) = reference {
            self.references.insert(reference.to_owned(), Reference::Making(Some(name.clone())));
        }
        let at = self.structs.len();
        self.structs.push(None);
        let fields = self.fields(flat, &name, side, depth + 1)?;
        self.structs[at] = Some(Struct { name: name.clone(), doc: flat.doc(), open: flat.is_open(), fields });
        Ok(Typed::plain(&name))
    }

    /// The name of an enum with the values of a schema, if it lists any.
    pub(super) fn enumeration(&mut self, flat: &Flat<'a>, hint: &str, integer: bool) -> Option<String> {
        let mut wires: Vec<String> = Vec::new();
        for node in flat.get("enum")?.items() {
            match (&node.value, integer) {
                (Value::Null, _) => continue,
                (_, true) if node.integer().is_none() => return None,
                _ => {}
            }
            let wire = node.scalar()?;
            if !wires.contains(&wire) {
                wires.push(wire);
            }
        }
        if wires.is_empty() {
            return None;
        }
        let described: &[Node] = flat.get("x-apifox-enum").map(Node::items).unwrap_or_default();
        let mut taken = HashSet::new();
        let mut values = Vec::new();
        for (number, wire) in wires.into_iter().enumerate() {
            let row =
                described.iter().find(|row| row.get("value").and_then(Node::scalar).as_ref() == Some(&wire));
            let row_name = row.and_then(|row| row.text_at("name"));
            let candidates = [
                names::variant(&wire),
                row_name.as_deref().map(names::variant).unwrap_or_default(),
                numbered(&wire, number),
            ];
            let good = |rust: &&String| names::problem_with_variant(rust).is_none() && !taken.contains(*rust);
            let rust = candidates.iter().find(good).cloned().unwrap_or_else(|| format!("Unnamed{number}"));
            taken.insert(rust.clone());
            let doc = row.map(|row| doc_of(row.get("name"), row.get("description"))).unwrap_or_default();
            let nameless = !candidates[..2].contains(&rust);
            values.push(EnumValue {
                nameless,
                rust: (rust != names::variant(&wire)).then_some(rust),
                wire,
                doc,
            });
        }
        if let Some(same) = self.enums.iter().find(|known| known.integer == integer && known.values == values)
        {
            return Some(same.name.clone());
        }
        let name = self.free_type_name(hint);
        self.enums.push(Enum { name: name.clone(), doc: flat.doc(), integer, values });
        Some(name)
    }

    pub(super) fn free_type_name(&mut self, hint: &str) -> String {
        let hint = if names::problem_with_type_name(hint).is_none() { hint } else { "Imported" };
        let mut name = hint.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{hint}{number}");
            number += 1;
        }
        name
    }
}

/// A variant for a value that gives no name.
fn numbered(wire: &str, number: usize) -> String {
    match wire.parse::<i64>() {
        _ if wire.is_empty() => "Empty".to_owned(),
        Ok(n) if n < 0 => format!("Minus{}", n.unsigned_abs()),
        Ok(n) => format!("Value{n}"),
        Err(_) => format!("Unnamed{number}"),
    }
}

/// `CreatePlanDetails` -> `CreatePlanDetail`.
fn singular(name: &str) -> String {
    let name = name.strip_suffix("List").filter(|rest| !rest.is_empty()).unwrap_or(name);
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && stem.len() > 2 => stem.to_owned(),
        _ => name.to_owned(),
    }
}
