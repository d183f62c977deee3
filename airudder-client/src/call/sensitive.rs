//! The values of a request that nobody is to see in an error, should somebody have repeated them.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{Content, Plan};
use crate::catalogue::{Field, Kind, Scalar};
use crate::http;
use crate::types::Source;

/// What is personal of a request, and all that nobody knows the meaning of. Short ones last, for they may be
/// a part of the others.
pub(super) fn values(plan: &Plan) -> Vec<String> {
    let mut found = BTreeSet::new();
    match &plan.content {
        Content::None => {}
        Content::Json(json) => {
            if let Ok(value) = serde_json::from_slice(json) {
                object(plan.fields, &value, &mut found);
            }
        }
        Content::Form(form) => pairs(plan.fields, &String::from_utf8_lossy(form), &mut found),
        Content::Multipart(parts) => {
            for part in parts.iter().filter(|part| part.file.is_none()) {
                if let Source::Bytes(content) = &part.content {
                    field(plan.fields, &part.name, &text(&String::from_utf8_lossy(content)), &mut found);
                }
            }
        }
    }
    pairs(plan.fields, &plan.query, &mut found);
    let mut values: Vec<String> = found.into_iter().collect();
    // As they stand in a form or a query.
    let encoded: Vec<String> = values
        .iter()
        .flat_map(|value| [http::escape(value).to_string(), value.replace(' ', "+")])
        .filter(|text| text.contains(['%', '+']))
        .collect();
    values.extend(encoded);
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values
}

fn pairs(fields: &'static [Field], form: &str, found: &mut BTreeSet<String>) {
    for pair in form.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        field(fields, &decoded(name), &text(&decoded(value)), found);
    }
}

/// The value of a field that was written as text: JSON if it is an object or a list.
fn text(text: &str) -> Value {
    match text.starts_with(['{', '[']) {
        true => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
        false => text.into(),
    }
}

fn object(fields: &'static [Field], value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, value)| field(fields, name, value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            leaves(value, found);
        }
    }
}

fn field(fields: &'static [Field], name: &str, value: &Value, found: &mut BTreeSet<String>) {
    match fields.iter().find(|field| field.wire == name) {
        Some(field) if !field.sensitive => inside(field.kind, value, found),
        Some(_) | None => leaves(value, found),
    }
}

/// What is personal inside the value of a field that is not.
fn inside(kind: Kind, value: &Value, found: &mut BTreeSet<String>) {
    match (kind, value) {
        (Kind::Struct(info), value) => object(info.fields, value, found),
        (Kind::List(kind), Value::Array(list)) => list.iter().for_each(|value| inside(*kind, value, found)),
        (Kind::Map(kind), Value::Object(map)) => map.values().for_each(|value| inside(*kind, value, found)),
        // Its keys are the customer's.
        (Kind::Scalar(Scalar::Json), Value::Object(_) | Value::Array(_)) => leaves(value, found),
        (Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) | Kind::Map(_), _) => {}
    }
}

/// All texts and numbers, but for those so short that they say nothing.
fn leaves(value: &Value, found: &mut BTreeSet<String>) {
    let text = match value {
        Value::Null | Value::Bool(_) => return,
        Value::Array(list) => return list.iter().for_each(|value| leaves(value, found)),
        Value::Object(object) => return object.values().for_each(|value| leaves(value, found)),
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
    };
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    if text.chars().count() >= if is_number { 4 } else { 2 } {
        found.insert(text);
    }
}
