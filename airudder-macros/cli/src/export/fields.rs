//! Fields as properties and parameters.

use airudder_codegen::ir::{Constraint, Field, SchemaProfile, Spec, Type};
use airudder_model::{EnumForm, Limit, Scalar};

use super::scalars::{self, Side};
use super::value::{Map, Value};
use super::{Version, codes};

/// The schema of a field: that of its type, with all that is known of it.
pub(super) fn property(spec: &Spec, version: Version, of_type: Map, field: &Field, side: Side) -> Map {
    let mut schema = of_type;
    // What is absent may be written as null.
    if side == Side::Received && !field.required {
        schema = nullable(schema, version);
    }
    let limits = limits(spec, &mut schema, field, side, version);
    let rest = limits.and(described(field, version));
    if schema.get("$ref").is_some() {
        // What stands beside `$ref` is ignored by 3.0, and by many readers of 3.1.
        return Map::new().with("allOf", vec![schema]).and(rest);
    }
    schema.and(rest)
}

/// The same, or null.
pub(super) fn nullable(schema: Map, version: Version) -> Map {
    let is_reference = schema.get("$ref").is_some();
    let null = || Map::new().with("type", "null");
    match (version, schema.get("type").cloned(), schema.get("anyOf").cloned()) {
        (Version::V3_0, ..) if is_reference => Map::new().with("nullable", true).with("allOf", vec![schema]),
        (Version::V3_0, ..) => schema.with("nullable", true),
        (Version::V3_1, Some(Value::List(kinds)), _) => {
            schema.with("type", Value::List([kinds, vec!["null".into()]].concat()))
        }
        (Version::V3_1, Some(kind), _) => schema.with("type", vec![kind, "null".into()]),
        (Version::V3_1, None, Some(Value::List(choices))) => {
            schema.with("anyOf", Value::List([choices, vec![null().into()]].concat()))
        }
        (Version::V3_1, None, _) if is_reference => Map::new().with("anyOf", vec![schema, null()]),
        (Version::V3_1, None, _) => schema,
    }
}

/// What is said of a field, beside its type and limits.
pub(super) fn described(field: &Field, version: Version) -> Map {
    let example = field.node.get("example").map(Value::from);
    let (example, examples) = match version {
        Version::V3_0 => (example, None),
        Version::V3_1 => (None, example.map(|example| vec![example])),
    };
    let codes = field.codes.iter().fold(Map::new(), |mut map, (problem, code)| {
        let more = match map.get(problem.word()) {
            Some(Value::List(codes)) => codes.clone(),
            Some(Value::Scalar(_) | Value::Map(_)) | None => Vec::new(),
        };
        map.put(problem.word(), Value::List([more, vec![codes::value(*code)]].concat()));
        map
    });
    Map::new()
        .text("description", &description(field))
        .maybe("example", example)
        .maybe("examples", examples)
        .flag("x-sensitive", field.sensitive)
        .flag("x-typed", field.typed)
        .list("x-aliases", field.aliases.iter().map(Value::from).collect())
        .maybe("x-unique", field.unique.as_ref())
        .map("x-codes", codes)
        .with("x-evidence", field.evidence.word())
}

fn description(field: &Field) -> String {
    let form = match field.ty.innermost() {
        Type::Scalar(scalar) => scalars::form(*scalar),
        Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::List(_) | Type::Map(_) => None,
    };
    let texts = [Some(field.doc.clone()).filter(|doc| !doc.is_empty()), form];
    texts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Limits of what is sent. Those of a phone go into its pattern.
fn limits(spec: &Spec, schema: &mut Map, field: &Field, side: Side, version: Version) -> Map {
    let mut map = Map::new();
    let value = |text: &String| typed(spec, &field.ty, text);
    // Text of a few values is no enum of the spec.
    if let Type::Scalar(scalar @ (Scalar::String | Scalar::Integer)) = field.ty
        && (field.fixed.is_some() || field.constraints.iter().any(|of| matches!(of, Constraint::OneOf(_))))
    {
        map.put("x-type", scalar.word());
    }
    if let Some(fixed) = &field.fixed {
        match (side, version) {
            (Side::Sent, Version::V3_0) => map.put("enum", vec![value(fixed)]),
            (Side::Sent, Version::V3_1) => map.put("const", value(fixed)),
            (Side::Received, _) => {}
        }
        map.put("x-fixed", value(fixed));
    }
    for constraint in &field.constraints {
        match constraint {
            Constraint::Limit(Limit::MaxDaysAhead, days) => map.put("x-max-days-ahead", *days),
            Constraint::Limit(Limit::MinMinutesBefore, minutes) => {
                map.put("x-min-minutes-before", *minutes);
            }
            Constraint::Before(wire) => map.put("x-before", wire),
            Constraint::SameDay(wire) => map.put("x-same-day-as", wire),
            Constraint::NotPast => map.put("x-not-past", true),
            Constraint::Schema(profile) => map.put("x-schema-profile", schema_profile(profile)),
            Constraint::OneOf(values) => {
                let values: Vec<Value> = values.iter().map(value).collect();
                map.put(if side == Side::Sent { "enum" } else { "x-one-of" }, values);
            }
            Constraint::Limit(limit, number) if side == Side::Received => {
                map.put(&format!("x-{}", limit.word().replace('_', "-")), *number);
            }
            Constraint::Limit(Limit::MaxDigits, digits) => {
                replace_phone(schema, *digits);
                map.put("x-max-digits", *digits);
            }
            Constraint::Limit(limit, number) => {
                let Some(key) = keyword(*limit) else { continue };
                match (limit.is_exclusive(), version) {
                    (true, Version::V3_0) => {
                        map.put(key.0, *number);
                        map.put(key.1, true);
                    }
                    (true, Version::V3_1) => map.put(key.1, *number),
                    (false, Version::V3_0 | Version::V3_1) => map.put(key.0, *number),
                }
            }
        }
    }
    map
}

/// The keyword of a limit, and that of the limit that is outside itself.
fn keyword(limit: Limit) -> Option<(&'static str, &'static str)> {
    match limit {
        Limit::MinChars => Some(("minLength", "minLength")),
        Limit::MaxChars => Some(("maxLength", "maxLength")),
        Limit::Min | Limit::GreaterThan => Some(("minimum", "exclusiveMinimum")),
        Limit::Max | Limit::LessThan => Some(("maximum", "exclusiveMaximum")),
        Limit::MinItems => Some(("minItems", "minItems")),
        Limit::MaxItems => Some(("maxItems", "maxItems")),
        Limit::MaxDigits | Limit::MaxDaysAhead | Limit::MinMinutesBefore => None,
    }
}

fn replace_phone(schema: &mut Map, digits: i64) {
    if schema.get("pattern").is_some() {
        schema.put("pattern", scalars::phone(Some(digits)));
    }
    for key in ["items", "additionalProperties"] {
        if let Some(Value::Map(inner)) = schema.get_mut(key) {
            replace_phone(inner, digits);
        }
    }
}

/// A value of the spec as it goes over the wire.
fn typed(spec: &Spec, ty: &Type, text: &str) -> Value {
    let is_whole = match ty {
        Type::Scalar(Scalar::Boolean) => {
            return text.parse::<bool>().map_or_else(|_| text.into(), Value::from);
        }
        Type::Scalar(scalar) => *scalar == Scalar::Integer,
        Type::Enum(at) => spec.find_enum(at).is_some_and(|of| of.form == EnumForm::Integer),
        Type::Id(_) | Type::Struct(_) | Type::List(_) | Type::Map(_) => false,
    };
    match text.parse::<i64>() {
        Ok(number) if is_whole => number.into(),
        Ok(_) | Err(_) => text.into(),
    }
}

/// What a JSON Schema may say, as in the spec.
fn schema_profile(profile: &SchemaProfile) -> Map {
    Map::new()
        .with("types", profile.types.clone())
        .maybe("max_properties", profile.max_properties.map(i64::from))
        .flag("closed", profile.closed)
        .maybe("without", Some(profile.without.clone()).filter(|words| !words.is_empty()))
}
