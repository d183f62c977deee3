//! Single values: numbers, booleans, words.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Codec, OpenEnum, Unread};

/// Up to here floats are exact whole numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON value that is neither an object nor a list, before anybody asks what it should have been.
///
/// All codecs of single values are handed this: what each of them accepts is then a plain function, where a
/// visitor of its own would be compiled for every kind of deserializer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// An object or a list, as it came.
    Container(&'a Value),
}

impl Scalar<'_> {
    /// Reads whatever comes and hands it on, once. Text without escapes is not copied on the way.
    ///
    /// # Errors
    ///
    /// Only if the document is broken.
    pub fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
        take: &mut dyn FnMut(Scalar<'_>),
    ) -> Result<(), D::Error> {
        deserializer.deserialize_any(ScalarVisitor(take))
    }

    /// What it is, for error messages.
    fn found(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text("") => "empty text",
            Self::Text(_) => "text",
            Self::Container(Value::Object(_)) => "an object",
            Self::Container(_) => "a list",
        }
    }

    /// The text, or the value written as text.
    pub(super) fn to_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_owned()),
            Self::Int(number) => Some(number.to_string()),
            // A larger one has lost digits already, and an id with other digits is another id.
            Self::Float(number) if number.abs() <= EXACT => Some(number.to_string()),
            Self::Float(_) => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Null | Self::Container(_) => None,
        }
    }

    /// The value as it came; `None` for a number that has lost digits.
    fn to_json(self) -> Option<Value> {
        match self {
            Self::Null => Some(Value::Null),
            Self::Bool(value) => Some(Value::Bool(value)),
            Self::Int(number) => {
                let small = i64::try_from(number).map(Value::from);
                small.or_else(|_| u64::try_from(number).map(Value::from)).ok()
            }
            Self::Float(number) if number.abs() > EXACT => None,
            Self::Float(number) => Some(Value::from(number)),
            Self::Text(text) => Some(Value::from(text)),
            Self::Container(value) => Some(value.clone()),
        }
    }
}

/// Hands on what it visits: a borrowed value lasts no longer than the visit.
struct ScalarVisitor<'t>(&'t mut dyn FnMut(Scalar<'_>));

impl ScalarVisitor<'_> {
    fn take<E>(self, scalar: Scalar<'_>) -> Result<(), E> {
        (self.0)(scalar);
        Ok(())
    }
}

impl<'de> Visitor<'de> for ScalarVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.take(Scalar::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.take(Scalar::Int(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.take(Scalar::Int(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.take(Scalar::Float(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.take(Scalar::Text(text))
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.take(Scalar::Null)
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.take(Scalar::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Scalar::read(deserializer, self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(map))?;
        self.take(Scalar::Container(&value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        let value = Value::deserialize(SeqAccessDeserializer::new(list))?;
        self.take(Scalar::Container(&value))
    }
}

/// Skips the rest of an object, without which a deserializer cannot go on.
pub(super) fn drain_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Skips the rest of a list.
pub(super) fn drain_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// A codec of single values.
pub trait ScalarCodec {
    /// What it is in Rust.
    type Value;
    /// What is expected, for error messages: "a whole number".
    const WHAT: &'static str;
    /// See [`Codec::EMPTY_IS_NONE`].
    const EMPTY_IS_NONE: bool = true;
    /// Whether an object or a list among the entries of a list or map is read, as the JSON text of it.
    const CONTAINER_IS_TEXT: bool = false;

    /// Interprets what was read.
    fn from_scalar(scalar: Scalar<'_>) -> Option<Self::Value>;

    /// Whether a value stands for none, such as a time that was never set.
    fn is_unset(_: Scalar<'_>) -> bool {
        false
    }

    /// See [`Codec::write`].
    ///
    /// # Errors
    ///
    /// If the serializer refuses it, or JSON cannot express it.
    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;
}

impl<C: ScalarCodec> Codec for C {
    type Value = C::Value;
    const EMPTY_IS_NONE: bool = C::EMPTY_IS_NONE;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        read_as(deserializer, required::<C>)
    }

    fn read_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        read_as(deserializer, |scalar| {
            let is_empty = matches!(scalar, Scalar::Text(text) if C::EMPTY_IS_NONE && is_blank(text));
            required::<C>(if is_empty { Scalar::Null } else { scalar })
        })
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        read_as(deserializer, optional::<C>)
    }

    fn read_into<'de, D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Option<Self::Value>,
    ) -> Result<Unread, D::Error> {
        let mut unread = Ok(None);
        Scalar::read(deserializer, &mut |scalar| {
            if stands_for_none::<C>(scalar) {
                *place = None;
                return;
            }
            *place = C::from_scalar(scalar);
            if place.is_none() {
                unread = unreadable(C::WHAT, scalar);
            }
        })?;
        unread.map_err(D::Error::custom)
    }

    fn read_item<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        read_as(deserializer, |scalar| {
            if let Scalar::Container(value) = scalar
                && C::CONTAINER_IS_TEXT
            {
                return optional::<C>(Scalar::Text(&value.to_string()));
            }
            optional::<C>(scalar)
        })
    }

    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        C::write(value, serializer)
    }
}

/// Reads whatever comes and interprets it.
fn read_as<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    interpret: impl Fn(Scalar<'_>) -> Result<T, String>,
) -> Result<T, D::Error> {
    let mut read = None;
    Scalar::read(deserializer, &mut |scalar| read = Some(interpret(scalar)))?;
    read.unwrap_or_else(|| Err("missing".to_owned())).map_err(D::Error::custom)
}

#[inline]
fn is_blank(text: &str) -> bool {
    let begins_with_a_sign = text.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !begins_with_a_sign && text.chars().all(char::is_whitespace)
}

/// Whether a value is as good as absent.
#[inline]
fn stands_for_none<C: ScalarCodec>(scalar: Scalar<'_>) -> bool {
    let is_empty = matches!(scalar, Scalar::Text(text) if C::EMPTY_IS_NONE && is_blank(text));
    matches!(scalar, Scalar::Null) || is_empty || C::is_unset(scalar)
}

/// The value, `None` for one that is as good as absent.
fn optional<C: ScalarCodec>(scalar: Scalar<'_>) -> Result<Option<C::Value>, String> {
    if stands_for_none::<C>(scalar) { Ok(None) } else { required::<C>(scalar).map(Some) }
}

/// The value, or a sentence that says what was found in its place.
fn required<C: ScalarCodec>(scalar: Scalar<'_>) -> Result<C::Value, String> {
    C::from_scalar(scalar).ok_or_else(|| mismatch(C::WHAT, scalar))
}

/// What is given back of a value that is something else than `what`.
#[cold]
fn unreadable(what: &str, scalar: Scalar<'_>) -> Result<Unread, String> {
    scalar.to_json().map(|value| Some(Box::new(value))).ok_or_else(|| mismatch(what, scalar))
}

#[cold]
fn mismatch(what: &str, scalar: Scalar<'_>) -> String {
    match (scalar.found(), what) {
        ("null", _) => "missing".to_owned(),
        (found @ "text", what) | (found @ "a number", what @ "a whole number") => {
            format!("expected {what}, found {found} of another form")
        }
        (found, what) => format!("expected {what}, found {found}"),
    }
}

/// A whole number.
pub struct Int;

impl ScalarCodec for Int {
    type Value = i64;
    const WHAT: &'static str = "a whole number";

    fn from_scalar(scalar: Scalar<'_>) -> Option<i64> {
        match scalar {
            Scalar::Int(number) => number.try_into().ok(),
            Scalar::Float(number) => whole(number),
            Scalar::Text(text) => whole_text(text.trim()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Container(_) => None,
        }
    }

    fn write<S: Serializer>(value: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(*value)
    }
}

/// A whole number written as text, `12` or `12.0`.
pub(crate) fn whole_text(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| whole(number_text(text)?))
}

/// A float without a fraction, within the range in which floats are exact whole numbers.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A number written as text. Rust also reads words such as `inf`, which are no numbers here.
pub(crate) fn number_text(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A number.
pub struct Num;

impl ScalarCodec for Num {
    type Value = f64;
    const WHAT: &'static str = "a number";

    fn from_scalar(scalar: Scalar<'_>) -> Option<f64> {
        match scalar {
            Scalar::Int(number) => Some(number as f64),
            Scalar::Float(number) => Some(number),
            Scalar::Text(text) => number_text(text.trim()),
            Scalar::Null | Scalar::Bool(_) | Scalar::Container(_) => None,
        }
    }

    fn write<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        if value.is_finite() {
            serializer.serialize_f64(*value)
        } else {
            Err(S::Error::custom("not a finite number"))
        }
    }
}

/// True or false.
pub struct Bool;

impl ScalarCodec for Bool {
    type Value = bool;
    const WHAT: &'static str = "a boolean";

    fn from_scalar(scalar: Scalar<'_>) -> Option<bool> {
        match scalar {
            Scalar::Bool(value) => Some(value),
            Scalar::Int(0) => Some(false),
            Scalar::Int(1) => Some(true),
            Scalar::Text(text) => truth(text.trim()),
            Scalar::Null | Scalar::Int(_) | Scalar::Float(_) | Scalar::Container(_) => None,
        }
    }

    fn write<S: Serializer>(value: &bool, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*value)
    }
}

/// A boolean written as text.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(["true", "y", "yes", "1"]) {
        Some(true)
    } else if is(["false", "n", "no", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// One of a list of words, open to others.
pub struct Enum<T>(PhantomData<T>);

impl<T: OpenEnum> ScalarCodec for Enum<T> {
    type Value = T;
    const WHAT: &'static str = "a word";

    fn from_scalar(scalar: Scalar<'_>) -> Option<T> {
        match scalar {
            Scalar::Text(text) => Some(T::from_wire(text)),
            Scalar::Null | Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Container(_) => {
                scalar.to_text().map(|text| T::from_wire(&text))
            }
        }
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let word = value.as_wire();
        match word.parse::<i64>() {
            Ok(number) if T::INTEGER => serializer.serialize_i64(number),
            _ => serializer.serialize_str(word),
        }
    }
}

/// Any JSON.
pub struct Json;

impl Codec for Json {
    type Value = Value;
    const EMPTY_IS_NONE: bool = false;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
        Ok(Some(Self::read(deserializer)?).filter(|value| !value.is_null()))
    }

    fn read_item<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
        Self::read(deserializer).map(Some)
    }

    fn read_lone<'de, A: MapAccess<'de>>(map: A) -> Result<Vec<Value>, A::Error> {
        let value = Value::deserialize(MapAccessDeserializer::new(map))?;
        // Some languages cannot tell an empty object from an empty list.
        Ok(if value.as_object().is_some_and(Map::is_empty) { Vec::new() } else { vec![value] })
    }

    fn write<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize(serializer)
    }

    fn absent() -> Option<Value> {
        Some(Value::Null)
    }
}

/// A type that wraps JSON.
pub trait JsonValue {
    /// From what came.
    fn from_value(value: Value) -> Self;
    /// What is sent.
    fn as_value(&self) -> &Value;
}

/// A JSON object as a type of its own.
pub struct JsonObject<T>(PhantomData<T>);

impl<T: JsonValue> Codec for JsonObject<T> {
    type Value = T;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let value = Map::<String, Value>::deserialize(deserializer)?;
        Ok(T::from_value(Value::Object(value)))
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        match Value::deserialize(deserializer)? {
            value @ Value::Object(_) => Ok(Some(T::from_value(value))),
            Value::Null => Ok(None),
            Value::String(text) if text.is_empty() => Ok(None),
            Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                Err(D::Error::custom("not an object"))
            }
        }
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        value.as_value().serialize(serializer)
    }
}
