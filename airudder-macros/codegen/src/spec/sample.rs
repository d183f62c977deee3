//! Whether a sample decodes with its own types; told at the place inside the sample.

use super::model::{Field, Spec, Struct, Type};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean, nearest};
use crate::syntax::node::{Node, Value};

/// Checks an object of a sample: required fields must be there, and unlisted keys are diagnostics unless `open`.
pub(super) fn check_object(
    spec: &Spec,
    node: &Node,
    fields: &[Field],
    open: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !node.is_map() {
        let diagnostic =
            at_value(node, format!("the sample has {} where its type is an object", node.kind()));
        diagnostics.push(diagnostic.help("write it as a mapping of wire names: `{Name: value, ...}`"));
        return;
    }
    // A field that is wrong itself may have any wire name, so none is unknown beside it.
    let open = open || fields.iter().any(|f| !f.sound);
    let found: Vec<Option<&Field>> =
        node.entries().iter().map(|(key, _)| fields.iter().find(|f| names_field(f, key))).collect();
    let absent: Vec<&Field> = fields
        .iter()
        .filter(|f| f.required && f.sound && !found.iter().flatten().any(|found| found.name == f.name))
        .collect();
    let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
    let (mut explained, mut strange) = (Vec::new(), Vec::new());
    for ((key, value), field) in node.entries().iter().zip(found) {
        match field {
            Some(field) if field.sound => check_value(spec, value, &field.ty, field.required, diagnostics),
            Some(_) => {}
            None if open => {}
            None => {
                // A misspelt key is told once, not as an unknown and a missing one.
                let meant = fields
                    .iter()
                    .find(|f| f.name == *key)
                    .map(|f| f.wire.as_str())
                    .or_else(|| nearest(key, known.iter().copied()));
                match meant {
                    Some(meant) => {
                        explained.push(meant);
                        let diagnostic =
                            at_key(value, format!("the sample has a key `{key}` that its type lacks"));
                        diagnostics.push(
                            diagnostic
                                .help(format!("did you mean `{meant}`? Samples are written in wire names")),
                        );
                    }
                    None => strange.push((key, value)),
                }
            }
        }
    }
    // Many at once have one cause: a field that is gone, or a sample of something else.
    if let [(_, first), ..] = &strange[..] {
        let names: Vec<String> = strange.iter().map(|(key, _)| format!("`{key}`")).collect();
        let what = if names.len() == 1 { "a key" } else { "keys" };
        let diagnostic =
            at_key(first, format!("the sample has {what} {} that its type lacks", names.join(", ")));
        diagnostics.push(did_you_mean(diagnostic, "", &known));
    }
    for field in absent.iter().filter(|f| !explained.contains(&f.wire.as_str())) {
        let diagnostic = at_value(node, format!("the sample lacks the required field `{}`", field.wire));
        diagnostics
            .push(diagnostic.help("add it to the sample, or say of the field that it is not required"));
    }
}

fn names_field(field: &Field, key: &str) -> bool {
    let loose = |name: &str| {
        name.chars()
            .filter(|c| !matches!(c, '_' | '-' | ' '))
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    std::iter::once(&field.wire).chain(&field.aliases).any(|name| name == key || loose(name) == loose(key))
}

/// Checks a value of a sample.
pub(super) fn check_value(
    spec: &Spec,
    node: &Node,
    ty: &Type,
    required: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if node.is_null() && !required {
        return;
    }
    match ty {
        Type::Plain(word) => {
            let unset = !required && node.text() == Some("");
            if let Some(problem) = plain_problem(word, node).filter(|_| !unset) {
                let diagnostic = at_value(node, format!("the sample does not decode as `{word}`: {problem}"));
                diagnostics.push(diagnostic.help("fix the sample, or the field's type"));
            }
        }
        Type::Id(at) | Type::Enum(at) => {
            if node.scalar().is_none() {
                let diagnostic =
                    at_value(node, format!("the sample has {} where a `{}` is text", node.kind(), at.name));
                diagnostics.push(diagnostic.help("fix the sample, or the field's type"));
            }
        }
        Type::List(inner) => match &node.value {
            Value::List(items) => {
                items.iter().for_each(|item| check_value(spec, item, inner, true, diagnostics))
            }
            Value::Map(_) if entry_struct(spec, inner).is_some() => {}
            _ => {
                let diagnostic =
                    at_value(node, format!("the sample has {} where its type is a list", node.kind()));
                diagnostics.push(diagnostic.help("write it in brackets, or fix the field's type"));
            }
        },
        Type::Map(inner) => match &node.value {
            Value::Map(entries) => {
                entries.iter().for_each(|(_, value)| check_value(spec, value, inner, true, diagnostics))
            }
            _ => {
                let diagnostic =
                    at_value(node, format!("the sample has {} where its type is a map", node.kind()));
                diagnostics.push(diagnostic.help("write it as `{key: value}`, or fix the field's type"));
            }
        },
        Type::Struct(at) => {
            if let Some(object) = spec.find_struct(at) {
                check_object(spec, node, &object.fields, object.open.is_some() || !object.known, diagnostics);
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

/// Why a value is not of a built-in type.
pub(crate) fn plain_problem(word: &str, node: &Node) -> Option<String> {
    let text = node.text();
    let wrong = |wanted: &str| Some(format!("expected {wanted}, found {}", node.kind()));
    let shaped = |pattern: &str| match text {
        Some(text) if !has_shape(text, pattern) => Some(format!("`{text}` is not of the form {pattern}")),
        Some(text) if !on_calendar(text, pattern) => {
            Some(format!("`{text}` is not a day of the calendar or not a time of the day"))
        }
        Some(_) => None,
        None => wrong(&format!("text of the form {pattern}, in quotes")),
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
            Some(text)
                if text
                    .strip_prefix('+')
                    .is_some_and(|d| d.len() >= 7 && d.chars().all(|c| c.is_ascii_digit())) =>
            {
                None
            }
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
            if node.is_number() || text.is_some_and(|t| t.parse::<f64>().is_ok()) {
                None
            } else {
                wrong("a number")
            }
        }
        "boolean" => {
            if node.flag().is_some() {
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

/// Whether the numbers of a text in the pattern's shape can be a date or time.
fn on_calendar(text: &str, pattern: &str) -> bool {
    let part = |at: std::ops::Range<usize>| {
        text.get(at).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default()
    };
    let days = |year: u32, month: u32| match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => 0,
    };
    let date = !pattern.starts_with('Y') || (1..=days(part(0..4), part(5..7))).contains(&part(8..10));
    let time_at = pattern.find('H').unwrap_or(pattern.len());
    let time = time_at == pattern.len()
        || (part(time_at..time_at + 2) < 24
            && part(time_at + 3..time_at + 5) < 60
            && part(time_at + 6..time_at + 8) < 60);
    date && time
}
