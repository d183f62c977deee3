//! Puts what the simulator knows into the form that the spec gives to an answer or a webhook.
//!
//! The stateful parts offer values under plain names; here each goes to the field of that name, under the
//! field's own wire name, times in the field's own form. What the spec has no field for is left out, unless
//! the object is open or its form is not known. Required fields that nobody offered come from the spec's
//! sample.

use airudder_client::catalogue::{Endpoint, Field, Kind, ResponseKind, Scalar, Webhook};
use serde_json::{Map, Value};

use crate::clock;
use crate::loose_json;
use crate::sample;

/// The payload of an answer.
pub(crate) fn answer(endpoint: &'static Endpoint, offered: Value) -> Value {
    match endpoint.response {
        ResponseKind::Value(kind) if endpoint.response.fields().is_empty() => {
            by_kind(&kind, offered, &|| sample::answer(endpoint))
        }
        ResponseKind::Value(kind) => {
            let open = matches!(kind, Kind::Struct(info) if info.open);
            object(offered, |map| {
                by_fields(endpoint.response.fields(), open, map, &|| sample::answer(endpoint))
            })
        }
        ResponseKind::File => offered,
    }
}

/// The body of a webhook.
pub(crate) fn payload(webhook: &'static Webhook, offered: Value) -> Value {
    object(offered, |map| by_fields(webhook.payload, false, map, &|| sample::payload(webhook)))
}

/// What is an object, in another shape; what is none, as it is.
fn object(offered: Value, shape: impl FnOnce(Map<String, Value>) -> Map<String, Value>) -> Value {
    if let Value::Object(map) = offered { Value::Object(shape(map)) } else { offered }
}

fn by_kind(kind: &Kind, offered: Value, sample: &dyn Fn() -> Value) -> Value {
    match kind {
        Kind::Struct(info) => object(offered, |map| by_fields(info.fields, info.open, map, sample)),
        Kind::List(item) => {
            let Value::Array(items) = offered else { return offered };
            let first = || {
                let made = sample();
                if let Value::Array(items) = made {
                    items.into_iter().next().unwrap_or_default()
                } else {
                    made
                }
            };
            Value::Array(items.into_iter().map(|offered| by_kind(item, offered, &first)).collect())
        }
        Kind::Scalar(Scalar::LocalDateTime) => {
            in_form(offered, |text| Some(text.replacen('T', " ", 1).trim_end_matches('Z').into()))
        }
        Kind::Scalar(Scalar::InstantOffset) => in_form(offered, |text| {
            Some(format!("{}+00:00", text.strip_suffix('Z')?.replacen('T', " ", 1)).into())
        }),
        Kind::Scalar(Scalar::EpochMs) => in_form(offered, |text| clock::read_moment(text).map(Value::from)),
        Kind::Scalar(Scalar::EpochS) => {
            in_form(offered, |text| Some((clock::read_moment(text)? / clock::SECOND).into()))
        }
        Kind::Scalar(Scalar::String)
        | Kind::Scalar(Scalar::Integer)
        | Kind::Scalar(Scalar::Number)
        | Kind::Scalar(Scalar::Decimal)
        | Kind::Scalar(Scalar::Boolean)
        | Kind::Scalar(Scalar::Date)
        | Kind::Scalar(Scalar::Time)
        | Kind::Scalar(Scalar::Instant)
        | Kind::Scalar(Scalar::Phone)
        | Kind::Scalar(Scalar::Url)
        | Kind::Scalar(Scalar::Base64)
        | Kind::Scalar(Scalar::Binary)
        | Kind::Scalar(Scalar::Json)
        | Kind::Scalar(Scalar::JsonText)
        | Kind::Scalar(Scalar::JsonSchema)
        | Kind::Scalar(Scalar::AnyScalar)
        | Kind::Id(_)
        | Kind::Enum(_)
        | Kind::Map(_) => offered,
    }
}

/// The text of a moment in another form; as it was where that cannot be.
fn in_form(offered: Value, form: impl Fn(&str) -> Option<Value>) -> Value {
    offered.as_str().and_then(form).unwrap_or(offered)
}

fn by_fields(
    fields: &'static [Field],
    open: bool,
    mut offered: Map<String, Value>,
    sample: &dyn Fn() -> Value,
) -> Map<String, Value> {
    if fields.is_empty() {
        return offered;
    }
    let mut shaped = Map::new();
    for field in fields {
        let of_sample = || {
            let made = sample();
            made.as_object().and_then(|map| loose_json::get(map, field.wire)).cloned().unwrap_or_default()
        };
        let name = std::iter::once(&field.wire)
            .chain(field.aliases)
            .find_map(|name| offered.keys().find(|key| loose_json::same(key, name)).cloned());
        match name.and_then(|name| offered.remove(&name)) {
            Some(value) => {
                shaped.insert(field.wire.to_owned(), by_kind(&field.kind, value, &of_sample));
            }
            None if field.required => {
                shaped.insert(field.wire.to_owned(), of_sample());
            }
            None => {}
        }
    }
    if open {
        shaped.append(&mut offered);
    }
    shaped
}

/// Lays `over` on top of `base`: objects key by key, everything else as a whole.
pub(crate) fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                let key = base.keys().find(|known| loose_json::same(known, &key)).cloned().unwrap_or(key);
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}
