//! What a schema says and the language cannot: each keyword becomes a note.

use super::document::{Node, Value};
use super::draft::Side;
use super::flat::Flat;
use super::yaml;

/// Keywords that the import reads, or that say nothing about values.
const READ: &[&str] = &[
    "$ref",
    "$comment",
    "$schema",
    "$id",
    "$anchor",
    "$defs",
    "definitions",
    "type",
    "title",
    "description",
    "properties",
    "required",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "additionalProperties",
    "enum",
    "const",
    "format",
    "default",
    "example",
    "examples",
    "nullable",
    "deprecated",
    "readOnly",
    "writeOnly",
];
/// Limits: noted where they are read, because their type decides.
pub(super) const LIMITS: [&str; 8] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
];
/// Keywords of a parameter around its schema.
pub(super) const OF_PARAMETERS: &[&str] =
    &["name", "in", "schema", "content", "style", "explode", "allowReserved", "allowEmptyValue"];
/// Formats that say no more than their type.
const WEAK_FORMATS: &[&str] = &[
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "int8",
    "int16",
    "integer",
    "long",
    "int",
    "float",
    "double",
    "number",
    "string",
    "text",
    "decimal",
    "uri",
    "url",
    "byte",
    "binary",
    "date",
    "date-time",
    "time",
    "uint64",
];

/// Limits that the language lacks. Answers are not checked, so they need no note there.
const MORE_LIMITS: [&str; 5] = ["pattern", "multipleOf", "uniqueItems", "minProperties", "maxProperties"];

/// Whether a schema states limits, of any kind.
pub(super) fn states_limits(flat: &Flat<'_>) -> bool {
    LIMITS.iter().chain(&MORE_LIMITS).any(|key| flat.get(key).is_some_and(|value| !is_nothing(value)))
}

/// Notes for all that is neither read nor a limit.
pub(super) fn losses(flat: &Flat<'_>, side: Side) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let mut add = |note: String| {
        if !notes.contains(&note) {
            notes.push(note);
        }
    };
    for node in &flat.nodes {
        let is_parameter = node.get("in").is_some() && node.get("name").is_some();
        for (key, value) in node.entries() {
            let known =
                READ.contains(&key.as_str()) || LIMITS.contains(&key.as_str()) || key.starts_with("x-");
            // The form of a type that is built in is not a limit.
            let is_form = ["pattern", "contentEncoding", "contentMediaType"].contains(&key.as_str());
            let known =
                known || (is_form && flat.get("x-type").is_some()) || (key == "pattern" && is_e164(value));
            let known = known || (side == Side::Answer && MORE_LIMITS.contains(&key.as_str()));
            if known || (is_parameter && OF_PARAMETERS.contains(&key.as_str())) || is_nothing(value) {
                continue;
            }
            add(format!("not kept: `{}: {}`", yaml::short(key), shown(value)));
        }
        if let Some(format) = node.text_at("format").filter(|format| !WEAK_FORMATS.contains(&format.as_str()))
        {
            add(format!("not kept: `format: {}`", yaml::short(&format)));
        }
    }
    for reference in &flat.elsewhere {
        add(elsewhere(reference));
    }
    notes
}

/// Whether a pattern is that of a phone number with plus and country code. How many digits there may be, it
/// says in braces.
pub(super) fn is_phone_pattern(pattern: &str) -> bool {
    let rest = pattern.strip_prefix("^\\+[1-9]");
    let rest = rest.and_then(|rest| rest.strip_prefix("\\d").or_else(|| rest.strip_prefix("[0-9]")));
    rest.and_then(|rest| rest.strip_prefix('{')?.strip_suffix("}$"))
        .and_then(|counts| counts.split_once(','))
        .is_some_and(|(_, most)| most.parse::<u8>().is_ok_and(|most| (6..=14).contains(&most)))
}

/// Whether a pattern says what a phone number is, no more and no less.
fn is_e164(pattern: &Node) -> bool {
    pattern.text().is_some_and(|text| is_phone_pattern(text) && text.contains("{6,14}"))
}

/// A note for a reference to another file.
pub(super) fn elsewhere(reference: &str) -> String {
    format!(
        "`$ref: {}` stands in another file, which is not read: bundle the document into one file for it",
        yaml::short(reference)
    )
}

/// A keyword that says nothing with this value.
fn is_nothing(value: &Node) -> bool {
    match &value.value {
        Value::Null | Value::Flag(false) => true,
        Value::Map(entries) => entries.is_empty(),
        Value::List(items) => items.is_empty(),
        Value::Flag(true) | Value::Number(_) | Value::Text(_) => false,
    }
}

/// A keyword's value for a comment.
pub(super) fn shown(value: &Node) -> String {
    match value.scalar() {
        Some(text) => yaml::short(&text),
        None => yaml::short(&value.to_json().to_string()),
    }
}
