//! Texts: plain ones, those with a type of their own, and those that stand for something else.

use std::borrow::Cow;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::value::RawValue;

use super::scalar::{Scalar, ScalarCodec};
use super::{Codec, TextValue};

/// Text. Numbers and booleans are read as the text of them.
pub struct Text;

impl ScalarCodec for Text {
    type Value = String;
    const WHAT: &'static str = "text";
    /// Empty text is a text.
    const EMPTY_IS_NONE: bool = false;
    const CONTAINER_IS_TEXT: bool = true;

    fn from_scalar(scalar: Scalar<'_>) -> Option<String> {
        scalar.to_text()
    }

    fn write<S: Serializer>(value: &String, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }
}

/// A URL. Kept as text: what is wrong with one that the vendor sends is for the one who opens it to find out.
pub struct Url;

impl ScalarCodec for Url {
    type Value = String;
    const WHAT: &'static str = "a URL";

    fn from_scalar(scalar: Scalar<'_>) -> Option<String> {
        scalar.to_text()
    }

    fn write<S: Serializer>(value: &String, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value)
    }
}

/// A text with a type of its own: an id, a phone number.
pub struct Id<T>(PhantomData<T>);

impl<T: TextValue> ScalarCodec for Id<T> {
    type Value = T;
    const WHAT: &'static str = T::WHAT;

    fn from_scalar(scalar: Scalar<'_>) -> Option<T> {
        scalar.to_text().map(T::from_text)
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.as_text())
    }
}

/// Text that is sent as base64 (standard alphabet, padded). In Rust it is the plain text.
///
/// What is not base64 of a text is read as it stands: the vendor's products disagree on which URLs are
/// encoded.
pub struct Base64;

impl ScalarCodec for Base64 {
    type Value = String;
    const WHAT: &'static str = "text in base64";

    fn from_scalar(scalar: Scalar<'_>) -> Option<String> {
        let text = scalar.to_text()?;
        let plain =
            STANDARD.decode(joined(&text).as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        Some(plain.unwrap_or(text))
    }

    fn write<S: Serializer>(value: &String, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(value))
    }
}

/// Base64 in one line: MIME encoders and OpenSSL break it into lines.
fn joined(text: &str) -> Cow<'_, str> {
    match text.contains(|c: char| c.is_ascii_whitespace()) {
        true => Cow::Owned(text.split_ascii_whitespace().collect()),
        false => Cow::Borrowed(text),
    }
}

/// Whether a text is base64 as [`Base64`] and [`Binary`] write it.
pub(crate) fn is_base64(text: &str) -> bool {
    STANDARD.decode(text).is_ok()
}

/// Stands for a file that is on disk: one byte, in base64.
const NOT_READ_YET: &str = "AA==";

/// A file that is sent. JSON has no bytes: there they are base64, and a multipart form carries them as they
/// are.
pub struct Binary<T>(PhantomData<T>);

/// A file: its bytes, where they are at hand.
pub trait FileValue: From<Bytes> {
    /// The bytes; `None` where they are read only when they are sent.
    fn bytes(&self) -> Option<&Bytes>;
}

impl<T: FileValue> ScalarCodec for Binary<T> {
    type Value = T;
    const WHAT: &'static str = "bytes in base64";

    fn from_scalar(scalar: Scalar<'_>) -> Option<T> {
        match scalar {
            Scalar::Text(text) => {
                STANDARD.decode(joined(text).as_bytes()).ok().map(|bytes| T::from(bytes.into()))
            }
            Scalar::Null | Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Container(_) => None,
        }
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        match value.bytes() {
            Some(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            // That there is something is all that JSON can say of it.
            None => serializer.serialize_str(NOT_READ_YET),
        }
    }
}

/// Text that holds JSON, as a type of its own. Where the JSON itself came in place of the text, its own text
/// is kept.
///
/// Reads from JSON only: the source must be one of `serde_json`'s.
pub struct JsonText<T>(PhantomData<T>);

impl<T: TextValue> JsonText<T> {
    /// The text that a piece of JSON stands for; `None` for null.
    fn from_raw(raw: Box<RawValue>) -> Option<T> {
        let mut text = String::from(Box::<str>::from(raw));
        match *text.as_bytes() {
            [b'n', ..] => return None,
            [b'"', ..] if text.contains('\\') => text = serde_json::from_str(&text).ok()?,
            [b'"', ..] => {
                text.pop();
                text.remove(0);
            }
            _ => {}
        }
        Some(T::from_text(text))
    }
}

impl<T: TextValue> Codec for JsonText<T> {
    type Value = T;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_raw(raw).ok_or_else(|| D::Error::custom("missing"))
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Ok(Self::from_raw(raw).filter(|text| !text.as_text().is_empty()))
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(value.as_text())
    }
}
