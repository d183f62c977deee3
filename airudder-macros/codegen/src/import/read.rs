//! Documents to import, through serde: JSON, and YAML as other people's tools write it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use crate::syntax::node::{Node, Value};
use crate::syntax::scalar::{Scalar, Style};
use crate::syntax::span::{FileId, Span};

/// Reads a JSON text.
pub(super) fn from_json(text: &str) -> Result<Node, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    Seed.deserialize(&mut json).and_then(|node| json.end().map(|()| node)).map_err(|e| e.to_string())
}

/// Reads a YAML text.
pub(super) fn from_yaml(text: &str) -> Result<Node, String> {
    Seed.deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|e| e.to_string())
}

/// Reads a document's value. No diagnostic is about it, so it has no place.
struct Seed;

fn scalar<E>(text: impl Into<String>, style: Style) -> Result<Value, E> {
    Ok(Value::Scalar(Scalar { text: text.into(), style }))
}

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let value = deserializer.deserialize_any(self)?;
        Ok(Node::new(value, Span::start_of(FileId::NONE)))
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        scalar("", Style::Absent)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        scalar("", Style::Absent)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        scalar(v.to_string(), Style::Plain)
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        scalar(v.to_string(), Style::Plain)
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        scalar(v.to_string(), Style::Plain)
    }
    // Numbers too big for 64 bits stay numbers, so that the message is about the key that holds them.
    fn visit_i128<E: Error>(self, v: i128) -> Result<Value, E> {
        self.visit_f64(v as f64)
    }
    fn visit_u128<E: Error>(self, v: u128) -> Result<Value, E> {
        self.visit_f64(v as f64)
    }
    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom("YAML tags are not used here"))
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Value, E> {
        match serde_json::Number::from_f64(v) {
            Some(number) => scalar(number.to_string(), Style::Plain),
            None => Err(E::custom("infinite numbers and NaN are not used here")),
        }
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        scalar(v, Style::Quoted)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Seed)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            entries.push((key, map.next_value_seed(Seed)?));
        }
        Ok(Value::Map(entries))
    }
}

/// Reads a key: any scalar, as text.
struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain key")
    }
    fn visit_str<E>(self, v: &str) -> Result<String, E> {
        Ok(v.to_owned())
    }
    fn visit_i64<E>(self, v: i64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_u64<E>(self, v: u64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_f64<E>(self, v: f64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_bool<E>(self, v: bool) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_unit<E>(self) -> Result<String, E> {
        Ok("null".to_owned())
    }
}
