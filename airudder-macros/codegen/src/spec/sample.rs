//! Whether a sample decodes with its own types; told at the place inside the sample.

use super::mistakes::{Mistake, at_key, at_value, did_you_mean};
use super::model::{Field, Spec, Struct, Type};
use super::node::{Node, Value};

/// Checks an object of a sample. `complete`: required fields must be there, and unlisted keys are mistakes unless `open`.
pub(super) fn check_object(spec: &Spec, node: &Node, fields: &[Field], open: bool, mistakes: &mut Vec<Mistake>) {
    if !matches!(node.value, Value::Map(_)) {
        mistakes.push(at_value(node, format!("the sample has {} where its type is an object", node.kind())));
        return;
    }
    for (key, value) in node.entries() {
        match fields.iter().find(|f| names_field(f, key)) {
            Some(field) => check_value(spec, value, &field.ty, field.required, mistakes),
            None if open => {}
            None => {
                let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
                mistakes.push(did_you_mean(
                    at_key(&value.origin, format!("the sample has a key `{key}` that its type lacks")),
                    key,
                    &known,
                ));
            }
        }
    }
    for field in fields.iter().filter(|f| f.required) {
        if !node.entries().iter().any(|(key, _)| names_field(field, key)) {
            mistakes.push(at_value(node, format!("the sample lacks the required field `{}`", field.wire)));
        }
    }
}

fn names_field(field: &Field, key: &str) -> bool {
    let loose = |name: &str| name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect::<String>();
    std::iter::once(&field.wire).chain(&field.aliases).any(|name| name == key || loose(name) == loose(key))
}

/// Checks a value of a sample.
pub(super) fn check_value(spec: &Spec, node: &Node, ty: &Type, required: bool, mistakes: &mut Vec<Mistake>) {
    if matches!(node.value, Value::Null) && !required {
        return;
    }
    match ty {
        Type::Plain(word) => {
            let unset = !required && node.text() == Some("");
            if let Some(problem) = plain_problem(word, node).filter(|_| !unset) {
                mistakes.push(at_value(node, format!("the sample does not decode as `{word}`: {problem}")));
            }
        }
        Type::Id(at) | Type::Enum(at) => {
            if node.scalar().is_none() {
                mistakes.push(at_value(node, format!("the sample has {} where a `{}` is text", node.kind(), at.name)));
            }
        }
        Type::List(inner) => match &node.value {
            Value::List(items) => items.iter().for_each(|item| check_value(spec, item, inner, true, mistakes)),
            Value::Map(_) if entry_struct(spec, inner).is_some() => {}
            _ => mistakes.push(at_value(node, format!("the sample has {} where its type is a list", node.kind()))),
        },
        Type::Map(inner) => match &node.value {
            Value::Map(entries) => entries.iter().for_each(|(_, value)| check_value(spec, value, inner, true, mistakes)),
            _ => mistakes.push(at_value(node, format!("the sample has {} where its type is a map", node.kind()))),
        },
        Type::Struct(at) => {
            if let Some(object) = spec.find_struct(at) {
                check_object(spec, node, &object.fields, object.open.is_some(), mistakes);
            }
        }
    }
}

fn entry_struct<'a>(spec: &'a Spec, ty: &Type) -> Option<&'a Struct> {
    match ty {
        Type::Struct(at) => spec.find_struct(at).filter(|s| s.entry.is_some()),
        _ => None,
    }
}

/// Why a value is not of a built-in type. Dates and times are looked at in shape only.
pub(super) fn plain_problem(word: &str, node: &Node) -> Option<String> {
    let text = node.text();
    let wrong = |wanted: &str| Some(format!("expected {wanted}, found {}", node.kind()));
    let shaped = |pattern: &str| match text {
        Some(text) if has_shape(text, pattern) => None,
        Some(text) => Some(format!("`{text}` is not of the form {pattern}")),
        None => wrong(&format!("text of the form {pattern}")),
    };
    match word {
        "json" => None,
        "string" | "url" | "base64" | "json_text" | "binary" => {
            if node.scalar().is_some() {
                None
            } else {
                wrong("text")
            }
        }
        "phone" => match text {
            Some(text) if text.strip_prefix('+').is_some_and(|d| d.len() >= 7 && d.chars().all(|c| c.is_ascii_digit())) => None,
            Some(_) => Some("a phone number has a plus, the country code and digits".to_owned()),
            None => wrong("text, in quotes: a phone number has a plus"),
        },
        "integer" | "epoch_ms" | "epoch_s" => {
            if node.integer().is_some() || text.is_some_and(|t| t.parse::<i64>().is_ok()) {
                None
            } else {
                wrong("a whole number")
            }
        }
        "number" | "decimal" => {
            if matches!(node.value, Value::Number(_)) || text.is_some_and(|t| t.parse::<f64>().is_ok()) {
                None
            } else {
                wrong("a number")
            }
        }
        "boolean" => {
            if matches!(node.value, Value::Flag(_)) {
                None
            } else {
                wrong("true or false")
            }
        }
        "date" => shaped("YYYY-MM-DD"),
        "time" => shaped("HH:MM:SS"),
        "local_datetime" => shaped("YYYY-MM-DD HH:MM:SS"),
        "instant" => shaped("YYYY-MM-DDTHH:MM:SSZ"),
        "instant_offset" => shaped("YYYY-MM-DD HH:MM:SS+HH:MM"),
        _ => None,
    }
}

fn has_shape(text: &str, pattern: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    pattern.len() == text.len()
        && pattern.iter().zip(&text).all(|(p, t)| match p {
            'Y' | 'M' | 'D' | 'H' | 'S' => t.is_ascii_digit(),
            '+' => matches!(t, '+' | '-'),
            _ => p == t,
        })
}
