//! Built-in types as schemas.

use airudder_model::{JsonType, Scalar};

use super::Version;
use super::value::Map;

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It is sent: what it must look like can be demanded.
    Sent,
    /// It is answered: a reader should take what comes. Nothing is demanded.
    Received,
}

fn of(name: &str) -> Map {
    Map::new().with("type", name)
}

/// The types of a value that is neither a list nor an object.
const SINGLE: [&str; 3] = ["string", "number", "boolean"];

pub(super) fn schema(scalar: Scalar, side: Side, version: Version) -> Map {
    let mut map = match (scalar.json_type(), version) {
        (JsonType::Text, _) => of("string"),
        (JsonType::Integer, _) => of("integer"),
        (JsonType::Number, _) => of("number"),
        (JsonType::Boolean, _) => of("boolean"),
        (JsonType::Object, _) => of("object"),
        (JsonType::List, _) => of("array"),
        (JsonType::Any, _) => Map::new(),
        (JsonType::Scalar, Version::V3_0) => Map::new().with("anyOf", SINGLE.map(of).to_vec()),
        (JsonType::Scalar, Version::V3_1) => Map::new().with("type", SINGLE.to_vec()),
    };
    match scalar {
        Scalar::String | Scalar::Number | Scalar::Boolean => return map,
        Scalar::Integer => return map.with("format", "int64"),
        Scalar::Binary => return map.with("format", "binary"),
        Scalar::EpochMs | Scalar::EpochS => map.put("format", "int64"),
        Scalar::Decimal => map.put("format", "decimal"),
        Scalar::Url => map.put("format", "uri"),
        // The one form of time that OpenAPI has a word for. `date-time` is wider than any form of the vendor.
        Scalar::Date if side == Side::Sent => map.put("format", "date"),
        Scalar::Base64 => match version {
            Version::V3_0 => map.put("format", "byte"),
            Version::V3_1 => map.put("contentEncoding", "base64"),
        },
        Scalar::JsonText if version == Version::V3_1 => map.put("contentMediaType", "application/json"),
        Scalar::Phone if side == Side::Sent => map.put("pattern", phone(None)),
        Scalar::Time | Scalar::LocalDateTime | Scalar::Instant | Scalar::InstantOffset
            if side == Side::Sent =>
        {
            map = map.maybe("pattern", scalar.pattern().map(regex));
        }
        Scalar::Date
        | Scalar::Time
        | Scalar::LocalDateTime
        | Scalar::Instant
        | Scalar::InstantOffset
        | Scalar::Phone
        | Scalar::Json
        | Scalar::JsonSchema
        | Scalar::AnyScalar
        | Scalar::JsonText => {}
    }
    map.with("x-type", scalar.word())
}

/// What a phone number looks like: 7 to 15 digits, or fewer at most.
pub(super) fn phone(max_digits: Option<i64>) -> String {
    let more = max_digits.unwrap_or(15).clamp(7, 15) - 1;
    format!("^\\+[1-9][0-9]{{6,{more}}}$")
}

/// A form of the model as a regular expression.
fn regex(form: &str) -> String {
    let mut out = String::from("^");
    for c in form.chars() {
        match c {
            'Y' | 'M' | 'D' | 'H' | 'S' => out.push_str("[0-9]"),
            '+' => out.push_str("[+-]"),
            _ => out.push(c),
        }
    }
    out.push('$');
    out
}

/// How values are written, for those whose form has to be said.
pub(super) fn form(scalar: Scalar) -> Option<String> {
    let form = |pattern: &str| format!("Written as `{pattern}`.");
    match scalar {
        Scalar::LocalDateTime => scalar.pattern().map(|p| format!("Written as `{p}`, in local time.")),
        Scalar::Date | Scalar::Time | Scalar::Instant | Scalar::InstantOffset => scalar.pattern().map(form),
        Scalar::EpochMs => Some("In milliseconds since 1970.".to_owned()),
        Scalar::EpochS => Some("In seconds since 1970.".to_owned()),
        Scalar::Phone => Some("A phone number with plus and country code.".to_owned()),
        Scalar::Base64 => Some("Written as base64.".to_owned()),
        Scalar::JsonText => Some("Text that holds JSON.".to_owned()),
        Scalar::Json => Some("Any JSON.".to_owned()),
        Scalar::JsonSchema => Some("A JSON Schema.".to_owned()),
        Scalar::Decimal => Some("An exact number.".to_owned()),
        Scalar::String
        | Scalar::Integer
        | Scalar::Number
        | Scalar::Boolean
        | Scalar::AnyScalar
        | Scalar::Url
        | Scalar::Binary => None,
    }
}
