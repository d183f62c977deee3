//! Values of enums and what the page calls them.

use std::collections::HashSet;

use airudder_codegen::names;

use super::document::{Node, Value};
use super::draft::{Enum, EnumValue, Side};
use super::flat::{Flat, doc_of};
use super::limits::lost_limits;
use super::losses::losses;
use super::schemas::Reader;
use super::yaml;

impl<'a> Reader<'a> {
    /// The name of an enum with the values of a schema, if it lists any.
    pub(super) fn enumeration(&mut self, flat: &Flat<'a>, hint: &str, integer: bool) -> Option<String> {
        let mut wires: Vec<String> = Vec::new();
        for node in listed(flat)?.items() {
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
        let mut taken = HashSet::new();
        let mut values = Vec::new();
        for (number, wire) in wires.into_iter().enumerate() {
            let said = said_of(flat, &wire);
            let candidates = [
                names::variant(&wire),
                said.name.as_deref().map(names::variant).unwrap_or_default(),
                said.description
                    .as_deref()
                    .filter(|text| text.len() <= 30)
                    .map(names::variant)
                    .unwrap_or_default(),
                numbered(&wire, number),
            ];
            // Variants that differ in case only would read alike.
            let good = |rust: &&String| {
                names::problem_with_variant(rust).is_none()
                    && rust.len() <= 100
                    && !taken.contains(&rust.to_lowercase())
            };
            let rust = candidates.iter().find(good).cloned().unwrap_or_else(|| format!("Unnamed{number}"));
            taken.insert(rust.to_lowercase());
            let nameless = !candidates[..3].contains(&rust);
            values.push(EnumValue {
                nameless,
                rust: (rust != names::variant(&wire)).then_some(rust),
                wire,
                doc: said.doc,
            });
        }
        if let Some(same) = self.enums.iter().find(|known| known.integer == integer && known.values == values)
        {
            return Some(same.name.clone());
        }
        let name = self.free_type_name(hint);
        let mut notes = losses(flat, Side::Body);
        if flat.is_doc_cut() {
            notes.push("the page says more of it".to_owned());
        }
        notes.extend(lost_limits(flat).into_iter().filter(|note| note.starts_with("not kept") && integer));
        self.enums.push(Enum { name: name.clone(), doc: flat.doc(), integer, values, notes });
        Some(name)
    }

    pub(super) fn free_type_name(&mut self, hint: &str) -> String {
        self.names.free(&[hint.to_owned(), format!("{}{hint}", self.prefix)])
    }
}

/// The values that are known: all of them, or those that an open enum names.
fn listed<'a>(flat: &Flat<'a>) -> Option<&'a Node> {
    flat.get("x-known-values").or_else(|| flat.get("enum"))
}

/// What the page says of a value.
#[derive(Default)]
struct Said {
    name: Option<String>,
    description: Option<String>,
    doc: String,
}

/// What one of the extensions that name values says of one.
fn said_of(flat: &Flat<'_>, wire: &str) -> Said {
    let is_it = |node: &Node| node.scalar().as_deref() == Some(wire);
    // Rows, each with its value.
    let rows =
        flat.get("x-apifox-enum").or_else(|| flat.get("x-ms-enum").and_then(|more| more.get("values")));
    if let Some(row) =
        rows.and_then(|rows| rows.items().iter().find(|row| row.get("value").is_some_and(is_it)))
    {
        return Said {
            name: row.text_at("name"),
            description: row.text_at("description"),
            doc: doc_of(row.get("name"), row.get("description")),
        };
    }
    // Lists in the order of the values, or mappings by value.
    let at = listed(flat).and_then(|list| list.items().iter().position(is_it));
    let of = |node: Option<&Node>| {
        let node = node?;
        let text = match at {
            Some(at) if !node.items().is_empty() => node.items().get(at)?.scalar(),
            _ => node.text_at(wire),
        };
        text.filter(|text| !text.trim().is_empty())
    };
    let named = |keys: &[&str]| keys.iter().find_map(|key| of(flat.get(key)));
    let name = named(&["x-enum-varnames", "x-enumNames", "x-enum-names"]);
    let old = flat.get("x-apifox").and_then(|more| of(more.get("enumDescriptions")));
    let description = named(&["x-enum-descriptions", "x-enumDescriptions"]).or(old);
    let doc = description.as_deref().or(name.as_deref()).map(yaml::short).unwrap_or_default();
    Said { name, description, doc }
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
