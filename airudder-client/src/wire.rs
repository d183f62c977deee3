//! How values are read from JSON and written to it: lenient in reading, exact in writing.
//!
//! The vendor's answers are loose: numbers come as text and ids as numbers, unset times as empty text, keys
//! in changing case, lists as objects. All of that is dealt with here, once, by *codecs*: types without
//! values that say how one kind of value looks on the wire ([`Text`], [`Int`], [`List`]...). The generated
//! structs only say which codec each of their fields has ([`Struct`]); they have no serde derives, which
//! would cost more compile time and could not be this lenient.
//!
//! | on the wire | is read as |
//! |---|---|
//! | `"12"` where a number belongs, `12` where text belongs | the number, the text |
//! | `"true"`, `"Y"`, `1` where a boolean belongs | true |
//! | `null`, or no key at all | nothing: `None`, an empty list, a struct of nothing |
//! | `""` | the same, but for text |
//! | a time that was never set (the year 1, `0000-00-00`, 0 seconds since 1970) | the same |
//! | an optional value that cannot be read, an entry of a list or map | none; what came is kept in `extra` |
//! | `taskId`, `TaskID`, `task_id` | one and the same key |
//! | an unknown value of an enumeration | its `Other` |
//! | one object where a list belongs | a list of one; of none if it is empty |
//! | half an emoji, bytes not of UTF-8, raw line breaks in a text | the text, `\u{fffd}` for what is broken |
//!
//! What is broken as a whole is read a second time, value by value: see [`decode`].
//!
//! Money is exact both ways: a [`Dec`] never passes through binary floating point.
//!
//! ```
//! use airudder_client::wire::{self, Int, List};
//!
//! assert_eq!(wire::decode::<List<Int>>(br#"[1, "2", null, 3.0]"#)?, [1, 2, 3]);
//! let error = wire::decode::<List<Int>>(br#"[1, "two"]"#).unwrap_err();
//! assert_eq!(error.path, "[1]");
//! assert!(!error.to_string().contains("two"));
//! # Ok::<(), wire::DecodeError>(())
//! ```

mod collection;
pub(crate) mod decimal;
mod error;
mod local_time;
mod loose;
mod macros;
mod members;
mod object;
mod payload;
pub(crate) mod repair;
mod salvage;
pub(crate) mod scalar;
pub(crate) mod text;
pub(crate) mod time;
mod times;

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeSeed;
use serde_json::Value;

use crate::catalogue::Field;

pub use serde::de::{Deserializer, MapAccess};
pub use serde::ser::{SerializeMap, Serializer};

pub use airudder_model::loosely_equal;
pub use collection::{List, Map, Opt};
pub use decimal::Dec;
pub use error::DecodeError;
pub(crate) use error::without_values;
pub(crate) use local_time::in_zone;
pub use local_time::{LocalTime, LocalValue};
pub use members::{Reader, Writer, in_other_case, show, show_builder};
pub use object::Obj;
#[doc(hidden)]
pub use payload::{NoPayload, PayloadReader, PayloadSlot};
pub use scalar::{Bool, Enum, Int, Json, JsonObject, JsonValue, Num, Scalar, ScalarCodec};
pub use text::{Base64, Binary, FileValue, Id, JsonText, Text, Url};
pub use time::{Date, EpochMs, EpochS, Instant, InstantOffset, LocalDateTime, Time};

/// A JSON object with free keys.
pub type JsonMap = serde_json::Map<String, Value>;

/// An object with known keys. Generated code implements it; [`Obj`] is its codec.
pub trait Struct: Default + Sized {
    /// The type's name, for error messages.
    const NAME: &'static str;
    /// Its fields, in the order in which they are written: the same table that requests are checked by.
    const FIELDS: &'static [Field];
    /// Wire names of the fields (key, value) of a row: where there are any, a list of this struct may also
    /// come as one object `{key: value}`.
    const ENTRY: Option<(&'static str, &'static str)> = None;

    /// Reads the value of the key at `index` of [`FIELDS`](Self::FIELDS) into its field. An optional value
    /// that cannot be read is given back.
    ///
    /// # Errors
    ///
    /// If the value cannot be read as what the field holds.
    fn read_field<'de, A: MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> Result<Unread, A::Error>;

    /// Writes the fields that are set.
    ///
    /// # Errors
    ///
    /// If the serializer refuses one.
    fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Keys beside the known ones, written after them.
    ///
    /// A key that is known is written a second time. Parsers take the last one, so it overrides the field.
    fn extra(&self) -> Option<&JsonMap> {
        None
    }

    /// Where unknown keys, values that cannot be read and keys that come again go when reading; `None`:
    /// unknown keys are ignored.
    fn extra_mut(&mut self) -> Option<&mut JsonMap> {
        None
    }
}

/// How one kind of value looks on the wire. Codecs are types without values: `List<Opt<Text>>` is one.
pub trait Codec {
    /// What it is in Rust.
    type Value;
    /// Whether empty text stands for an absent value where the value is optional.
    const EMPTY_IS_NONE: bool;

    /// Reads a value that must be there.
    ///
    /// # Errors
    ///
    /// If there is something else, or null and null has no meaning (see [`absent`](Self::absent)).
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error>;

    /// Reads a value of an object that must be there and not be empty: there is no id and no number of no
    /// characters.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); for empty text where [`EMPTY_IS_NONE`](Self::EMPTY_IS_NONE).
    fn read_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        Self::read(deserializer)
    }

    /// Reads a value that may be null, or empty text where [`EMPTY_IS_NONE`](Self::EMPTY_IS_NONE).
    ///
    /// # Errors
    ///
    /// If there is something else.
    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error>;

    /// Reads a value that may be absent into its place, and gives back what cannot be read where that is
    /// cheap to know.
    ///
    /// # Errors
    ///
    /// As [`read_opt`](Self::read_opt), where the value cannot be given back.
    fn read_into<'de, D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Option<Self::Value>,
    ) -> Result<Unread, D::Error> {
        *place = Self::read_opt(deserializer)?;
        Ok(None)
    }

    /// Reads an entry of a list or map. A `None` is left out.
    ///
    /// Differs from [`read_opt`](Self::read_opt) where null is a value of its own, or where any JSON is text.
    ///
    /// # Errors
    ///
    /// If there is something else.
    fn read_item<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        Self::read_opt(deserializer)
    }

    /// Reads an object that stands where a list of these belongs.
    ///
    /// # Errors
    ///
    /// If these are not objects, and it is not empty.
    fn read_lone<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<Self::Value>, A::Error> {
        // Some languages cannot tell an empty object from an empty list.
        if map.next_key::<serde::de::IgnoredAny>()?.is_none() {
            return Ok(Vec::new());
        }
        map.next_value::<serde::de::IgnoredAny>()?;
        scalar::drain_map(map)?;
        Err(serde::de::Error::custom("expected a list, found an object"))
    }

    /// Writes a value.
    ///
    /// # Errors
    ///
    /// If the serializer refuses it, or JSON cannot express it (a number that is not finite).
    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;

    /// What null or a missing key stands for; `None`: for nothing, it is an error where the value is
    /// required.
    fn absent() -> Option<Self::Value> {
        None
    }
}

/// A value that could not be read as what it should be, as it came; `None` where all was read. In a box, for
/// it is handed through every field and hardly ever there.
pub type Unread = Option<Box<Value>>;

/// A text that is a type of its own: an id, a phone number.
pub trait TextValue: Sized {
    /// What it is, for error messages.
    const WHAT: &'static str = "an id";
    /// Wraps a text.
    fn from_text(text: String) -> Self;
    /// The text.
    fn as_text(&self) -> &str;
}

/// An enumeration that keeps values it does not know.
pub trait OpenEnum: Sized {
    /// Whether its values are numbers on the wire.
    const INTEGER: bool;
    /// The value for a word: the exact one, else one that differs in case only, else the one for other words.
    fn from_wire(word: &str) -> Self;
    /// The word on the wire.
    fn as_wire(&self) -> &str;
}

/// Reads a JSON document.
///
/// What cannot be read in one go is read again, value by value: what is wrong with one costs that one, and is
/// kept in the `extra` of the object that it stands in. Before that, texts with characters that are none are
/// repaired.
///
/// # Errors
///
/// Says where in the document what is wrong, without values of it.
pub fn decode<C: Codec>(json: &[u8]) -> Result<C::Value, DecodeError> {
    let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
    // One look at the whole is far cheaper than one at each of its texts, which reading from bytes would
    // take.
    let error = match std::str::from_utf8(json) {
        Ok(text) => match decode_text::<C>(text) {
            Ok(value) => return Ok(value),
            Err(error) => DecodeError::new(&error),
        },
        Err(error) => DecodeError::not_text(&error),
    };
    decode_again::<C>(json).ok_or(error)
}

fn decode_text<C: Codec>(text: &str) -> Result<C::Value, serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(text);
    let value = C::read(&mut source)?;
    source.end().map(|()| value)
}

#[cold]
fn decode_again<C: Codec>(json: &[u8]) -> Option<C::Value> {
    let repaired = repair::repaired(json);
    if let Some(value) = repaired.as_deref().and_then(|text| decode_text::<C>(text).ok()) {
        return Some(value);
    }
    let text = match &repaired {
        Some(text) => text,
        None => std::str::from_utf8(json).ok()?,
    };
    salvage::run(|| decode_text::<C>(text))
}

/// Writes a struct as JSON.
///
/// # Errors
///
/// If JSON cannot express a value of it (a number that is not finite).
pub fn encode<T: Struct>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let mut json = Vec::with_capacity(256);
    Obj::<T>::write(value, &mut serde_json::Serializer::new(&mut json))?;
    Ok(json)
}

/// Stands for a personal or secret value in the `Debug` output of generated types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<redacted>")
    }
}

/// An enum's value that nobody has seen before, as `Debug` shows it: it may be any text, with a number or a
/// name in it. A few digits are neither.
pub struct UnknownWord<'a>(pub &'a str);

impl fmt::Debug for UnknownWord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_code = (1..=4).contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { fmt::Debug::fmt(self.0, f) } else { Redacted.fmt(f) }
    }
}

/// A codec's `read_item` as a seed.
struct ReadingItem<C>(PhantomData<C>);

impl<'de, C: Codec> DeserializeSeed<'de> for ReadingItem<C> {
    type Value = Option<C::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<C::Value>, D::Error> {
        C::read_item(deserializer)
    }
}

/// A value with its codec's `write`.
struct Writing<'a, C: Codec>(&'a C::Value);

impl<C: Codec> Serialize for Writing<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::write(self.0, serializer)
    }
}

/// A value as JSON.
///
#[doc(hidden)]
pub fn to_json<C: Codec>(value: &C::Value) -> serde_json::Value {
    serde_json::to_value(Writing::<C>(value)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
