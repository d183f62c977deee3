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
    if matches!(ty, "phone" | "list<phone>") {
        pair(("", None), ("max_digits", whole("x-max-digits")), 0);
    }
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
        "date" | "local_datetime" | "instant" | "instant_offset" => {
            pair(("", None), ("max_days_ahead", whole("x-max-days-ahead")), 0);
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
    // Of an open enum, `enum` beside the known values says which of them are allowed.
    let is_open = of_enum.is_some() && flat.get("x-known-values").is_some();
    if let Some(allowed) = flat.get("enum").filter(|_| is_open || flat.get("x-type").is_some())
        && flat.get("x-fixed").is_none()
    {
        let values = allowed.items().iter().filter_map(Node::scalar);
        let values: Vec<String> =
            values.map(|text| if ty == "integer" { text } else { yaml::text(&text) }).collect();
        limits.push(("one_of", format!("[{}]", values.join(", "))));
    }
    if let Some(value) = flat.get("const").or_else(|| flat.get("x-fixed")) {
        let ty = if of_enum.is_some_and(|of| !of.integer) { "string" } else { ty };
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
    // The Rust name of the field is put in where it is written.
    limits.extend(flat.get("x-before").and_then(Node::scalar).map(|wire| ("before", wire)));
    limits.extend(flat.get("x-same-day-as").and_then(Node::scalar).map(|wire| ("same_day_as", wire)));
    let minutes = flat.get("x-min-minutes-before").and_then(whole_number);
    limits.extend(minutes.map(|minutes| ("min_minutes_before", minutes.to_string())));
    if flat.get("x-not-past").is_some_and(|node| matches!(node.value, Value::Flag(true))) {
        limits.push(("not_past", "true".to_owned()));
    }
    if let Some(profile) = flat.get("x-schema-profile").filter(|_| ty == "json_schema") {
        limits.push(("schema_profile", yaml::flow(&profile.to_json(), usize::MAX)));
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
