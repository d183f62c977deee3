//! JSON Schemas: whether a value fits one, and values that do. Only what flat schemas are made of, and lists.

use serde_json::{Value, json};

/// How deep a schema may go.
const DEEPEST: usize = 8;

/// Why a value does not fit a schema.
pub(crate) fn problem(schema: &Value, value: &Value) -> Option<String> {
    problem_at(schema, value, "", DEEPEST)
}

fn problem_at(schema: &Value, value: &Value, place: &str, depth: usize) -> Option<String> {
    if depth == 0 {
        return None;
    }
    let place_of = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    let wrong = |what: &str| Some(format!("`{place}` {what}"));
    let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
    let fits = match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if !fits {
        return wrong(&format!("is not of the type {kind}"));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        return wrong("is not one of the values allowed");
    }
    if let Some(list) = value.as_array()
        && let Some(items) = schema.get("items")
    {
        return list.iter().find_map(|item| problem_at(items, item, place, depth - 1));
    }
    let object = value.as_object()?;
    let properties = schema.get("properties").and_then(Value::as_object);
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        if name.as_str().is_some_and(|name| !object.contains_key(name)) {
            return Some(format!("{name} is missing"));
        }
    }
    object.iter().find_map(|(key, value)| match properties.and_then(|known| known.get(key)) {
        Some(property) => problem_at(property, value, &place_of(key), depth - 1),
        None if schema.get("additionalProperties") == Some(&Value::Bool(false)) => {
            Some(format!("`{}` is not known", place_of(key)))
        }
        None => None,
    })
}

/// A value that fits a schema.
pub(crate) fn sample(schema: &Value) -> Value {
    sample_at(schema, DEEPEST)
}

fn sample_at(schema: &Value, depth: usize) -> Value {
    if depth == 0 {
        return Value::Null;
    }
    for keyword in ["const", "default"] {
        if let Some(value) = schema.get(keyword) {
            return value.clone();
        }
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array) {
        return allowed.first().cloned().unwrap_or_default();
    }
    let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    match schema.get("type").and_then(Value::as_str).unwrap_or("object") {
        "boolean" => true.into(),
        "integer" => {
            json!(within(2.0, limit("minimum").map(f64::ceil), limit("maximum").map(f64::floor)) as i64)
        }
        "number" => json!(within(1.5, limit("minimum"), limit("maximum"))),
        "string" => {
            let (least, most) = (limit("minLength").unwrap_or(0.0), limit("maxLength").unwrap_or(64.0));
            let text = "simulated ".repeat(1 + least as usize / 10);
            text.trim().chars().take((most as usize).max(least as usize)).collect::<String>().into()
        }
        "array" => {
            let count = limit("minItems").unwrap_or(1.0).clamp(0.0, 100.0) as usize;
            let item = schema.get("items").map_or(Value::Null, |items| sample_at(items, depth - 1));
            vec![item; count].into()
        }
        "null" => Value::Null,
        _ => {
            let properties = schema.get("properties").and_then(Value::as_object);
            let made = properties.into_iter().flatten();
            Value::Object(made.map(|(name, schema)| (name.clone(), sample_at(schema, depth - 1))).collect())
        }
    }
}

/// The number nearest to a wish.
fn within(wish: f64, least: Option<f64>, most: Option<f64>) -> f64 {
    wish.max(least.unwrap_or(f64::MIN)).min(most.unwrap_or(f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_fit_their_schemas() {
        for schema in [
            json!({"type": "object", "additionalProperties": false, "properties": {}}),
            json!({
                "type": "object", "additionalProperties": false, "required": ["suits", "n", "x", "ok"],
                "properties": {
                    "suits": {"type": "string", "enum": ["yes", "no"]},
                    "n": {"type": "integer", "minimum": 7.5},
                    "x": {"type": "number", "maximum": 0.25},
                    "ok": {"type": "boolean"},
                    "long": {"type": "string", "minLength": 80},
                },
            }),
        ] {
            let made = sample(&schema);
            assert_eq!(problem(&schema, &made), None, "{made}");
        }
        let lists = json!({"type": "array", "items": {"type": "integer"}, "minItems": 3});
        assert_eq!(sample(&lists), json!([2, 2, 2]));
        assert!(problem(&lists, &json!(["a"])).is_some());
    }
}
