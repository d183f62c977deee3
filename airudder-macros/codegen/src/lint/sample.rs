//! Whether a sample decodes with its own types; reported at the place inside the sample.

use airudder_model::{Scalar, has_pattern, is_on_calendar, is_phone};

use super::limits;
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean, nearest};
use crate::ir::{Field, Spec, Struct, Type};
use crate::syntax::node::{Node, Value};

/// Checks an object of a sample: required fields must be there, and unlisted keys are diagnostics unless
/// `open`.
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
    let open = open || fields.iter().any(|f| !f.valid);
    let found: Vec<Option<&Field>> =
        node.entries().iter().map(|(key, _)| fields.iter().find(|f| names_field(f, key))).collect();
    let absent: Vec<&Field> = fields
        .iter()
        .filter(|f| f.required && f.valid && !found.iter().flatten().any(|found| found.name == f.name))
        .collect();
    let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
    let (mut explained, mut strange) = (Vec::new(), Vec::new());
    for ((key, value), field) in node.entries().iter().zip(found) {
        match field {
            Some(field) if field.valid => {
                let before = diagnostics.len();
                check_value(spec, value, &field.ty, field.required, diagnostics);
                // Of a value that does not decode, no limit is looked at.
                if diagnostics.len() == before {
                    limits::check(field, value, "sample", diagnostics);
                }
            }
            Some(_) => {}
            None if open => {}
            None => {
                // A misspelt key is reported once, not as an unknown and a missing one.
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
        Type::Scalar(scalar) => {
            let unset = !required && node.text() == Some("");
            if let Some(problem) = scalar_problem(*scalar, node).filter(|_| !unset) {
                let diagnostic =
                    at_value(node, format!("the sample does not decode as `{scalar}`: {problem}"));
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
            Value::Scalar(_) | Value::Map(_) => {
                let diagnostic =
                    at_value(node, format!("the sample has {} where its type is a list", node.kind()));
                diagnostics.push(diagnostic.help("write it in brackets, or fix the field's type"));
            }
        },
        Type::Map(inner) => match &node.value {
            Value::Map(entries) => {
                entries.iter().for_each(|(_, value)| check_value(spec, value, inner, true, diagnostics))
            }
            Value::Scalar(_) | Value::List(_) => {
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
        Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::List(_) | Type::Map(_) => None,
    }
}

/// Why a value is not of a built-in type.
pub(crate) fn scalar_problem(scalar: Scalar, node: &Node) -> Option<String> {
    let text = node.text();
    let wrong = |wanted: &str| Some(format!("expected {wanted}, found {}", node.kind()));
    if let Some(pattern) = scalar.pattern() {
        return match text {
            Some(text) if !has_pattern(text, pattern) => {
                Some(format!("`{text}` is not of the form {pattern}"))
            }
            Some(text) if !is_on_calendar(text, pattern) => {
                Some(format!("`{text}` is not a day of the calendar or not a time of day"))
            }
            Some(_) => None,
            None => wrong(&format!("text of the form {pattern}, in quotes")),
        };
    }
    let whole = || node.integer().is_some() || text.is_some_and(|t| t.parse::<i64>().is_ok());
    let number = || node.is_number() || text.is_some_and(|t| t.parse::<f64>().is_ok());
    match scalar {
        Scalar::Json => None,
        Scalar::JsonSchema => {
            if node.is_map() {
                None
            } else {
                wrong("an object, a JSON Schema")
            }
        }
        Scalar::AnyScalar => {
            if node.scalar().is_some() {
                None
            } else {
                wrong("text, a number, or true or false")
            }
        }
        Scalar::String | Scalar::Url | Scalar::Base64 | Scalar::JsonText | Scalar::Binary => {
            if node.scalar().is_some() { None } else { wrong("text") }
        }
        Scalar::Phone => match text {
            Some(text) if is_phone(text) => None,
            Some(_) => Some("a phone number has a plus, the country code and digits".to_owned()),
            None => wrong("text, in quotes: a phone number has a plus"),
        },
        Scalar::Integer | Scalar::EpochMs | Scalar::EpochS => {
            if whole() {
                None
            } else {
                wrong("a whole number")
            }
        }
        Scalar::Number | Scalar::Decimal => {
            if number() {
                None
            } else {
                wrong("a number")
            }
        }
        Scalar::Boolean => {
            if node.flag().is_some() {
                None
            } else {
                wrong("true or false")
            }
        }
        // Those have a pattern.
        Scalar::Date | Scalar::Time | Scalar::LocalDateTime | Scalar::Instant | Scalar::InstantOffset => None,
    }
}
