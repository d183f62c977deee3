//! Limits that an error table states, and those of the fields that name its codes: both must be the same.

use airudder_codegen::diagnostic::{Diagnostic, at_key};
use airudder_codegen::syntax::node::Node;

use super::entries::Entries;
use super::tree::{Document, at_path};

/// The limits that tables and fields have in common, by their keys.
const LIMITS: [&str; 9] = [
    "min_chars",
    "max_chars",
    "max_digits",
    "min",
    "max",
    "greater_than",
    "less_than",
    "min_items",
    "max_items",
];

/// Finds all that differ.
pub(super) fn find<'a>(documents: &'a [Document]) -> Vec<Diagnostic> {
    let entries = Entries::of(documents);
    let tables = documents.iter().find(|document| document.name == "errors").map(|document| &document.root);
    let mut findings = Vec::new();
    for document in documents.iter().filter(|document| !["api", "errors"].contains(&document.name.as_str())) {
        let root = &document.root;
        let types = root.get("types").unwrap_or(root);
        let family = root.text_at("family");
        let row = |code: &str| {
            let own = root.get("errors").and_then(|rows| rows.get(code));
            own.or_else(|| shared_row(tables?, family.as_deref(), code))
        };
        let mut check = |name: &str, field: &Node, inherited: &dyn Fn(&str) -> Option<&'a Node>| {
            findings.extend(differences(name, field, inherited, &row));
        };
        let mut check_all = |fields: Option<&Node>| {
            for (name, field) in fields.map(Node::entries).unwrap_or_default() {
                check(name, field, &|_| None);
            }
        };
        for (_, object) in types.get("structs").map(Node::entries).unwrap_or_default() {
            check_all(object.get("fields"));
            check_all(at_path(object, &["add", "fields"]));
            check_all(at_path(object, &["change", "fields"]));
        }
        let groups = ["endpoints", "webhooks"].into_iter().filter_map(|group| root.get(group));
        let all: Vec<&Node> = groups.flat_map(Node::entries).map(|(_, entry)| entry).collect();
        for entry in &all {
            for part in ["request", "response", "payload"] {
                check_all(entry.get(part));
                check_all(at_path(entry, &["add", part]));
            }
        }
        for entry in &all {
            let Some(base) = entry.text_at("same_as") else { continue };
            for (part, changes) in entry.get("change").map(Node::entries).unwrap_or_default() {
                for (name, change) in changes.entries() {
                    check(name, change, &|key| entries.field_key(&base, part, name, key));
                }
            }
        }
    }
    findings
}

/// The row of a code: in the family's table, or in the only one that has it where the family is not known.
fn shared_row<'a>(tables: &'a Node, family: Option<&str>, code: &str) -> Option<&'a Node> {
    if let Some(family) = family {
        return at_path(tables, &[family, "codes", code]);
    }
    let mut found = tables.entries().iter().filter_map(|(_, table)| at_path(table, &["codes", code]));
    found.next().filter(|_| found.next().is_none())
}

/// Where a field says something else than the rows of its codes.
fn differences<'a>(
    name: &str,
    field: &Node,
    inherited: &dyn Fn(&str) -> Option<&'a Node>,
    row: &dyn Fn(&str) -> Option<&'a Node>,
) -> Vec<Diagnostic> {
    // `null` takes away what would be taken over.
    let said = |key: &str| field.get(key).or_else(|| inherited(key)).filter(|node| !node.is_null());
    let mut findings = Vec::new();
    let codes =
        said("codes").map(Node::entries).unwrap_or_default().iter().flat_map(|(_, node)| codes_of(node));
    for code in codes {
        let Some(limit) = row(&code).and_then(|row| row.get("limit")) else { continue };
        for (key, stated) in limit.entries() {
            let Some(stated) = stated.scalar() else { continue };
            let own = match key.as_str() {
                key if LIMITS.contains(&key) => {
                    // The limit may be that of something inside the field.
                    if !can_have(said("type").and_then(Node::scalar).as_deref(), key) {
                        continue;
                    }
                    said(key).and_then(Node::scalar)
                }
                "json_type" => match (stated.as_str(), said("type").and_then(Node::scalar)) {
                    ("integer", Some(ty)) if ty == "integer" => continue,
                    ("number", Some(ty)) if ["number", "decimal", "integer"].contains(&ty.as_str()) => {
                        continue;
                    }
                    (_, ty) => ty,
                },
                _ => continue,
            };
            if own.as_ref() == Some(&stated) {
                continue;
            }
            let own = own.map_or("nothing".to_owned(), |own| format!("`{own}`"));
            let text = format!(
                "the code {code} of the field `{name}` states `{key}: {stated}`, the field says {own}"
            );
            let place = field.get(key).or_else(|| field.get("codes")).unwrap_or(field);
            findings.push(at_key(place, text).help("find out which of them the vendor means"));
        }
    }
    findings.dedup_by(|one, two| one.text == two.text);
    findings
}

/// Whether a field of a type can have a limit.
fn can_have(ty: Option<&str>, limit: &str) -> bool {
    let ty = ty.unwrap_or_default();
    let (is_list, is_map) = (ty.starts_with("list"), ty.starts_with("map"));
    let is_number = ["integer", "number", "decimal"].contains(&ty);
    match limit {
        "min_items" | "max_items" => is_list,
        "max_digits" => ty == "phone",
        "min" | "max" | "greater_than" | "less_than" => is_number,
        _ => !(is_list || is_map || is_number),
    }
}

/// The codes of a problem: a list, or one.
fn codes_of(node: &Node) -> Vec<String> {
    node.items().iter().filter_map(Node::scalar).chain(node.scalar()).collect()
}

#[cfg(test)]
mod tests {
    use airudder_codegen::syntax::files::Files;

    use super::super::documents;
    use super::find;

    const ERRORS: &str = "cloud:\n  codes:\n    1: {name: A, limit: {max_chars: 64}}\n    \
        2: {name: B, limit: {min: 0, max: 30}}\n    3: {name: C, limit: {json_type: number}}\n    \
        4: {name: D, limit: {rule: a > b}}\n";

    #[track_caller]
    fn finds(section: &str, wanted: &[&str]) {
        let section = format!("family: cloud\n{section}");
        let mut files = Files::default();
        files.add("errors.yaml", None, ERRORS);
        files.add("s.yaml", None, &section);
        let found = find(&documents(&files));
        assert_eq!(
            found.iter().map(|finding| finding.text.as_str()).collect::<Vec<_>>(),
            wanted,
            "{section}"
        );
    }

    #[test]
    fn fields_and_tables_agree() {
        finds(
            "endpoints:\n  a: {request: {x: {type: string, max_chars: 64, codes: {too_long: 1, refused: 4}}, \
             y: {type: decimal, codes: {wrong_type: 3}}, rows: {type: list<map<string>>, \
             codes: {row_incomplete: 1}}, z: {type: integer, min: 0, max: 30, \
             codes: {out_of_range: [2]}}}}\n",
            &[],
        );
    }

    #[test]
    fn what_differs_or_is_missing_is_found() {
        finds(
            "endpoints:\n  a: {request: {x: {type: string, max_chars: 63, codes: {too_long: 1}}, \
             y: {type: string, codes: {wrong_type: 3}}}}\n\
             types: {structs: {S: {fields: {z: {type: integer, max: 30, codes: {out_of_range: 2}}}}}}\n",
            &[
                "the code 2 of the field `z` states `min: 0`, the field says nothing",
                "the code 1 of the field `x` states `max_chars: 64`, the field says `63`",
                "the code 3 of the field `y` states `json_type: number`, the field says `string`",
            ],
        );
    }

    #[test]
    fn twins_are_looked_at_with_what_they_take_over() {
        let base = "endpoints:\n  a: {request: {x: {type: string, max_chars: 64, codes: {too_long: 1}}}}\n";
        finds(
            &format!("{base}  b: {{same_as: s.a, change: {{request: {{x: {{max_chars: 5}}}}}}}}\n"),
            &["the code 1 of the field `x` states `max_chars: 64`, the field says `5`"],
        );
        finds(
            &format!(
                "{base}  b: {{same_as: s.a, change: {{request: {{x: {{max_chars: 5, codes: null}}}}}}}}\n"
            ),
            &[],
        );
        finds(&format!("{base}  b: {{same_as: s.a, change: {{request: {{x: {{doc: d}}}}}}}}\n"), &[]);
    }
}
