//! What generated code calls for each field of a struct, or once for all of them. That code comes by the
//! hundred fields and is compiled in the consumer's crate: what can be done here is not done there.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess};
use serde::ser::SerializeMap;

use super::{Codec, List, Map, Opt, Redacted, Struct, Unread, Writing};
use crate::catalogue::{Field, JsonType};

/// Reads the value of the key just read, by how the struct holds it. An optional value that cannot be read is
/// given back; any other is an error.
pub struct Reader<'a, A>(pub &'a mut A);

impl<'de, A: MapAccess<'de>> Reader<'_, A> {
    /// A value that must be there.
    ///
    /// # Errors
    ///
    /// If the value cannot be read as `C`.
    pub fn required<C: Codec>(&mut self, into: &mut C::Value) -> Result<Unread, A::Error> {
        *into = self.0.next_value_seed(Required::<C>(PhantomData))?;
        Ok(None)
    }

    /// A value that may be absent.
    ///
    /// # Errors
    ///
    /// If the value cannot be read as `C` and cannot be given back.
    pub fn optional<C: Codec>(&mut self, into: &mut Option<C::Value>) -> Result<Unread, A::Error> {
        self.0.next_value_seed(Optional::<C>(into))
    }

    /// A value that is always the same one in requests.
    ///
    /// # Errors
    ///
    /// As [`required`](Self::required).
    pub fn fixed<C: Codec>(&mut self, into: &mut Option<C::Value>) -> Result<Unread, A::Error> {
        self.required::<Opt<C>>(into)
    }

    /// A list, empty where there is none. `C` is the codec of an entry.
    ///
    /// # Errors
    ///
    /// As [`required`](Self::required).
    pub fn list<C: Codec>(&mut self, into: &mut Vec<C::Value>) -> Result<Unread, A::Error> {
        self.required::<List<C>>(into)
    }

    /// An object with free keys, empty where there is none. `C` is the codec of an entry.
    ///
    /// # Errors
    ///
    /// As [`required`](Self::required).
    pub fn map<C: Codec>(&mut self, into: &mut BTreeMap<String, C::Value>) -> Result<Unread, A::Error> {
        self.required::<Map<C>>(into)
    }

    /// A value that no field holds.
    ///
    /// # Errors
    ///
    /// If it is not JSON.
    pub fn skip(&mut self) -> Result<Unread, A::Error> {
        self.0.next_value::<IgnoredAny>().map(|_| None)
    }
}

struct Required<C>(PhantomData<C>);

impl<'de, C: Codec> DeserializeSeed<'de> for Required<C> {
    type Value = C::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<C::Value, D::Error> {
        C::read_required(deserializer)
    }
}

/// Puts what is read into its place and gives back what is not.
struct Optional<'p, C: Codec>(&'p mut Option<C::Value>);

impl<'de, C: Codec> DeserializeSeed<'de> for Optional<'_, C> {
    type Value = Unread;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Unread, D::Error> {
        C::read_into(deserializer, self.0)
    }
}

/// Writes the fields of a struct, by how it holds them. After an error it writes nothing more.
pub struct Writer<'a, M: SerializeMap> {
    map: &'a mut M,
    fields: &'static [Field],
    result: Result<(), M::Error>,
}

impl<'a, M: SerializeMap> Writer<'a, M> {
    /// `fields` is the struct's table.
    pub fn new(map: &'a mut M, fields: &'static [Field]) -> Self {
        Self { map, fields, result: Ok(()) }
    }

    /// A value that must be there.
    pub fn required<C: Codec>(&mut self, index: usize, value: &C::Value) {
        if self.result.is_ok() {
            self.result = self.map.serialize_entry(self.fields[index].wire, &Writing::<C>(value));
        }
    }

    /// A value that may be absent: nothing is written then.
    pub fn optional<C: Codec>(&mut self, index: usize, value: &Option<C::Value>) {
        if let Some(value) = value {
            self.required::<C>(index, value);
        }
    }

    /// A value that is the one of its table where it is absent.
    pub fn fixed<C: Codec>(&mut self, index: usize, value: &Option<C::Value>) {
        let field = &self.fields[index];
        match (value, field.fixed) {
            (Some(value), _) => self.required::<C>(index, value),
            (None, Some(fixed)) if self.result.is_ok() => self.result = write_fixed(self.map, field, fixed),
            (None, _) => {}
        }
    }

    /// A list: nothing is written where it is empty. `C` is the codec of an entry.
    pub fn list<C: Codec>(&mut self, index: usize, list: &Vec<C::Value>) {
        if !list.is_empty() {
            self.required::<List<C>>(index, list);
        }
    }

    /// An object with free keys: nothing is written where it is empty. `C` is the codec of an entry.
    pub fn map<C: Codec>(&mut self, index: usize, entries: &BTreeMap<String, C::Value>) {
        if !entries.is_empty() {
            self.required::<Map<C>>(index, entries);
        }
    }

    /// How it went.
    ///
    /// # Errors
    ///
    /// If the serializer refused a value.
    pub fn end(self) -> Result<(), M::Error> {
        self.result
    }
}

fn write_fixed<M: SerializeMap>(map: &mut M, field: &Field, fixed: &'static str) -> Result<(), M::Error> {
    match (field.kind.json_type(), fixed.parse::<i64>(), fixed.parse::<bool>()) {
        (JsonType::Integer, Ok(number), _) => map.serialize_entry(field.wire, &number),
        (JsonType::Boolean, _, Ok(flag)) => map.serialize_entry(field.wire, &flag),
        _ => map.serialize_entry(field.wire, fixed),
    }
}

/// `Debug` of a struct: its fields as they are to be shown, in the order of its table.
///
/// # Errors
///
/// Those of the formatter.
pub fn show<T: Struct>(value: &T, fields: &[&dyn fmt::Debug], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut shown = f.debug_struct(T::NAME);
    for (field, value) in T::FIELDS.iter().zip(fields) {
        shown.field(field.name, value);
    }
    if value.extra().is_some_and(|extra| !extra.is_empty()) {
        shown.field("extra", &Redacted);
    }
    shown.finish()
}

/// `Debug` of a builder, whose value hides what is personal.
///
/// # Errors
///
/// Those of the formatter.
pub fn show_builder(name: &str, value: &dyn fmt::Debug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct(name).field("value", value).finish_non_exhaustive()
}

/// The known word that differs in letter case only.
pub fn in_other_case(word: &str, known: &[&'static str]) -> Option<&'static str> {
    known.iter().copied().find(|known| known.eq_ignore_ascii_case(word))
}
