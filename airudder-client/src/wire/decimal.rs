//! Money: decimal numbers, exact in both directions.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Codec, Unread, salvage};

/// An exact number; a JSON number on the wire, written without an exponent.
///
/// Works on the number's own digits and never on a binary float. What a [`Decimal`] cannot hold exactly (some
/// 28 digits) is an error and not rounded. Reads from JSON only: the source must be one of `serde_json`'s.
pub struct Dec;

/// What stands in the place of a decimal number.
enum Found {
    Null,
    Empty,
    Number(Decimal),
    Other(&'static str),
}

impl Codec for Dec {
    type Value = Decimal;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        match find(&Box::<RawValue>::deserialize(deserializer)?) {
            Found::Number(number) => Ok(number),
            Found::Null => Err(D::Error::custom("missing")),
            Found::Empty => Err(D::Error::custom("expected a decimal number, found empty text")),
            Found::Other(problem) => Err(D::Error::custom(problem)),
        }
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
        match find(&Box::<RawValue>::deserialize(deserializer)?) {
            Found::Number(number) => Ok(Some(number)),
            Found::Null | Found::Empty => Ok(None),
            Found::Other(problem) => Err(D::Error::custom(problem)),
        }
    }

    fn read_into<'de, D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Option<Decimal>,
    ) -> Result<Unread, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        *place = match find(&raw) {
            Found::Number(number) => Some(number),
            Found::Null | Found::Empty => None,
            Found::Other(_) => return Ok(Some(Box::new(salvage::json(&raw)))),
        };
        Ok(None)
    }

    fn write<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        match i64::try_from(value.mantissa()) {
            // The same text, without a second parse. Many amounts are of currencies without cents.
            Ok(whole) if value.scale() == 0 => serializer.serialize_i64(whole),
            _ => RawValue::from_string(value.to_string()).map_err(S::Error::custom)?.serialize(serializer),
        }
    }
}

/// Interprets a piece of JSON.
fn find(raw: &RawValue) -> Found {
    let json = raw.get();
    let text: Cow<'_, str> = match json.as_bytes().first() {
        Some(b'n') => return Found::Null,
        Some(b't' | b'f') => return Found::Other("expected a decimal number, found a boolean"),
        Some(b'{') => return Found::Other("expected a decimal number, found an object"),
        Some(b'[') => return Found::Other("expected a decimal number, found a list"),
        Some(b'"') => serde_json::from_str::<String>(json).unwrap_or_default().into(),
        _ => json.into(),
    };
    match text.trim() {
        "" => Found::Empty,
        number => parse(number)
            .map_or(Found::Other("expected a decimal number of at most 28 digits"), Found::Number),
    }
}

/// Parses `-12.50` or `-1.250e1`; `None` if it is no number or not exactly expressible.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let (whole, fraction) = shift(whole, fraction, exponent)?;
    let plain = |fraction: &str| Decimal::from_str_exact(&format!("{sign}{whole}.{fraction}")).ok();
    // Zeros at the end are kept (1.50 stays 1.50) as long as there is room for them.
    plain(&fraction).or_else(|| plain(fraction.trim_end_matches('0')))
}

/// Moves the decimal point by `exponent` places to the right.
fn shift<'a>(whole: &'a str, fraction: &'a str, exponent: i32) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    /// More places than any decimal has. Without a bound, `1e999999999` would fill the memory with zeros.
    const MAX_PLACES: usize = 100;
    let places = exponent.unsigned_abs() as usize;
    let is_zero = |part: &str| part.bytes().all(|b| b == b'0');
    if exponent == 0 || (is_zero(whole) && is_zero(fraction)) {
        return Some((whole.into(), fraction.into()));
    }
    if places > MAX_PLACES {
        return None;
    }
    if exponent > 0 {
        let moved = places.min(fraction.len());
        let zeros = "0".repeat(places - moved);
        Some((format!("{whole}{}{zeros}", &fraction[..moved]).into(), fraction[moved..].into()))
    } else {
        let moved = places.min(whole.len());
        let zeros = "0".repeat(places - moved);
        let (whole, behind) = whole.split_at(whole.len() - moved);
        Some((whole.into(), format!("{zeros}{behind}{fraction}").into()))
    }
}
