//! The limits of a schema that a field can have.

use super::document::{Node, Value};
use super::draft::Enum;
use super::flat::Flat;
use super::losses::{LIMITS, shown};
use super::yaml;

/// The limits of a schema that the type can have. What it cannot have becomes a note.
///
/// A constant that must be there is always sent; one that may be left out is the only value allowed.
pub(super) fn limits(
    flat: &Flat<'_>,
    ty: &str,
    enums: &[Enum],
    required: bool,
    notes: &mut Vec<String>,
) -> Vec<(&'static str, String)> {
    let whole = |key: &str| flat.get(key).and_then(whole_number);
    let mut limits = Vec::new();
    let mut used: Vec<&str> = Vec::new();
    let mut pair = |low: (&'static str, Option<i64>), high: (&'static str, Option<i64>), least: i64| {
        let counts = |n: &i64| least < 0 || (0..=i64::from(u32::MAX)).contains(n);
        let (low, high) =
            ((low.0, low.1.filter(counts).filter(|n| least < 0 || *n > 0)), (high.0, high.1.filter(counts)));
        if let (Some(least), Some(most)) = (low.1, high.1)
            && (least > most || (least == most && (low.0 == "greater_than" || high.0 == "less_than")))
        {
            notes.push(format!("the limits of the page allow no value: {least} and {most}"));
            return;
        }
        limits.extend([low, high].into_iter().filter_map(|(key, n)| Some((key, n?.to_string()))));
    };
    let of_enum = enums.iter().find(|e| e.name == ty);
    let is_text =
        matches!(ty, "string" | "url" | "base64" | "json_text") || of_enum.is_some_and(|e| !e.integer);
    match ty {
        _ if is_text => {
            pair(("min_chars", whole("minLength")), ("max_chars", whole("maxLength")), 0);
            used.extend(["minLength", "maxLength"]);
        }
        _ if ty.starts_with("list<") => {
            pair(("min_items", whole("minItems")), ("max_items", whole("maxItems")), 0);
            used.extend(["minItems", "maxItems"]);
        }
        "integer" | "number" | "decimal" => {
            let bound = |key: &str, exclusive: &str, open: &'static str, closed: &'static str| {
                // 3.0: a flag beside the limit; 3.1: a limit of its own.
                match flat.get(exclusive).map(|node| &node.value) {
                    Some(Value::Flag(true)) => (open, whole(key)),
                    Some(Value::Number(_)) => (open, whole(exclusive)),
                    _ => (closed, whole(key)),
                }
            };
            pair(
                bound("minimum", "exclusiveMinimum", "greater_than", "min"),
                bound("maximum", "exclusiveMaximum", "less_than", "max"),
                -1,
            );
            used.extend(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]);
        }
        _ => {}
    }
    for key in LIMITS {
        let is_said = |node: &&Node| match &node.value {
            Value::Number(_) => {
                !used.contains(&key) || whole_number(node).is_none_or(|n| n < 0 && key.contains("Length"))
            }
            Value::Null | Value::Flag(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => false,
        };
        let says_nothing = key == "minLength" || key == "minItems";
        if let Some(node) = flat.get(key).filter(is_said)
            && !(says_nothing && whole_number(node) == Some(0))
        {
            notes.push(format!("not kept: `{key}: {}`", shown(node)));
        }
    }
    if let Some(value) = flat.get("const") {
        let written = match (ty, &value.value) {
            ("integer", Value::Number(_)) => value.integer().map(|number| number.to_string()),
            ("string", Value::Text(text)) => Some(yaml::text(text)),
            ("boolean", Value::Flag(flag)) if required => Some(flag.to_string()),
            _ => None,
        };
        match written {
            Some(written) if required => limits.push(("fixed", written)),
            Some(written) => limits.push(("one_of", format!("[{written}]"))),
            None => notes.push(format!("always {} on the page", shown(value))),
        }
    }
    limits
}

/// Notes for limits where none can be written.
pub(super) fn lost_limits(flat: &Flat<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    limits(flat, "", &[], false, &mut notes);
    notes
}

fn whole_number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Number(number) => {
            let float = || number.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64);
            number.as_i64().or_else(float)
        }
        Value::Null | Value::Flag(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
    }
}
