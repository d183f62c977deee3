//! Objects with known keys.

use std::fmt;
use std::marker::PhantomData;

use airudder_model::loosely_equal;
use serde::de::value::{StrDeserializer, UnitDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::ser::{SerializeMap as _, Serializer};

use super::error::within_key;
use super::loose::none_if_empty;
use super::scalar::drain_list;
use super::{Codec, JsonMap, Struct};
use crate::catalogue::Field;

/// An object with the fields of `T`.
pub struct Obj<T>(PhantomData<T>);

impl<T: Struct> Codec for Obj<T> {
    type Value = T;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        match Self::read_opt(deserializer)? {
            Some(value) => Ok(value),
            None => Self::absent().ok_or_else(|| D::Error::custom("missing")),
        }
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(ObjVisitor::<T>(PhantomData))
    }

    fn read_lone<'de, A: MapAccess<'de>>(map: A) -> Result<Vec<T>, A::Error> {
        if const { T::ENTRY.is_some() } { read_rows(map) } else { read_object(map).map(|value| vec![value]) }
    }

    fn write<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        value.write_fields(&mut map)?;
        for (key, value) in value.extra().into_iter().flatten() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }

    fn absent() -> Option<T> {
        let mut value = T::default();
        complete(&mut value, &Seen::default()).ok().map(|()| value)
    }
}

struct ObjVisitor<T>(PhantomData<T>);

impl<'de, T: Struct> Visitor<'de> for ObjVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        read_object(map).map(Some)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        none_if_empty(text, "expected an object, found text")
    }

    /// Some languages cannot tell an empty object from an empty list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        if list.next_element::<IgnoredAny>()?.is_none() {
            return Ok(None);
        }
        drain_list(list)?;
        Err(A::Error::custom("expected an object, found a list"))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(E::custom("expected an object, found a boolean"))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(E::custom("expected an object, found a number"))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(E::custom("expected an object, found a number"))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(E::custom("expected an object, found a number"))
    }
}

/// Reads the rest of an object.
fn read_object<'de, T: Struct, A: MapAccess<'de>>(mut map: A) -> Result<T, A::Error> {
    let mut value = T::default();
    let mut seen = Seen::default();
    let mut next = 0;
    loop {
        let keep_unknown = value.extra_mut().is_some();
        let Some(found) = map.next_key_seed(KeySeed { keys: T::FIELDS, next, keep_unknown })? else {
            break;
        };
        match found {
            Found::Known { index, exact } if seen.add(index, exact) => {
                next = index + 1;
                value
                    .read_field(index, &mut map)
                    .map_err(|error| within_key(T::FIELDS[index].wire, &error))?;
            }
            Found::Known { .. } => _ = map.next_value::<IgnoredAny>()?,
            Found::Unknown(name) => read_unknown(value.extra_mut(), name, &mut map)?,
        }
    }
    complete(&mut value, &seen).map_err(A::Error::custom)?;
    Ok(value)
}

/// Reads the value of an unknown key into the place for those, if there is one.
fn read_unknown<'de, A: MapAccess<'de>>(
    extra: Option<&mut JsonMap>,
    name: Option<String>,
    map: &mut A,
) -> Result<(), A::Error> {
    match extra.zip(name) {
        Some((extra, name)) => {
            let value = map.next_value()?;
            extra.entry(name).or_insert(value);
        }
        None => _ = map.next_value::<IgnoredAny>()?,
    }
    Ok(())
}

/// Reads an object `{key: value}` as rows of `T`.
fn read_rows<'de, T: Struct, A: MapAccess<'de>>(mut map: A) -> Result<Vec<T>, A::Error> {
    let position = |name| T::FIELDS.iter().position(|key| key.wire == name);
    let indices = T::ENTRY.and_then(|(key, value)| Some((position(key)?, position(value)?)));
    let (key_index, value_index) =
        indices.ok_or_else(|| A::Error::custom("expected a list, found an object"))?;
    let mut rows = Vec::new();
    while let Some(name) = map.next_key::<String>()? {
        let mut row = T::default();
        let mut seen = Seen::default();
        seen.add(key_index, true);
        seen.add(value_index, true);
        let read = row
            .read_field(key_index, &mut Lone::new(&name))
            .and_then(|()| row.read_field(value_index, &mut map))
            .and_then(|()| complete(&mut row, &seen).map_err(A::Error::custom));
        read.map_err(|error| within_key("*", &error))?;
        rows.push(row);
    }
    Ok(rows)
}

/// Fills the required keys that were not there, with what a null would stand for (a list is then empty).
fn complete<T: Struct>(value: &mut T, seen: &Seen) -> Result<(), serde_json::Error> {
    if const { any_required(T::FIELDS) } {
        for (index, key) in T::FIELDS.iter().enumerate() {
            if key.required && !seen.has(index) {
                let filled = value.read_field(index, &mut Nothing);
                filled.map_err(|_| within_key(key.wire, &serde_json::Error::custom("missing")))?;
            }
        }
    }
    Ok(())
}

/// Whether any key is required. Constant, so that structs without one get no code for it.
const fn any_required(keys: &[Field]) -> bool {
    let mut index = 0;
    while index < keys.len() {
        if keys[index].required {
            return true;
        }
        index += 1;
    }
    false
}

/// Which keys of an object have come, and which of them under their exact name.
#[derive(Default)]
pub(super) struct Seen {
    any: u64,
    exact: u64,
    /// The same for keys from the 64th on, which no struct of the spec has: bit 0 any, bit 1 exact.
    more: Vec<u8>,
}

impl Seen {
    /// Notes a key. False if its value is not wanted, for one came already that goes before it.
    pub(super) fn add(&mut self, index: usize, exact: bool) -> bool {
        let (any, already_exact) = self.get(index);
        let wanted = !any || (exact && !already_exact);
        if wanted {
            self.set(index, exact);
        }
        wanted
    }

    /// Whether a key has come.
    pub(super) fn has(&self, index: usize) -> bool {
        self.get(index).0
    }

    fn get(&self, index: usize) -> (bool, bool) {
        match index.checked_sub(64) {
            None => (self.any >> index & 1 == 1, self.exact >> index & 1 == 1),
            Some(index) => {
                let bits = self.more.get(index).copied().unwrap_or(0);
                (bits & 1 == 1, bits & 2 == 2)
            }
        }
    }

    fn set(&mut self, index: usize, exact: bool) {
        match index.checked_sub(64) {
            None => {
                self.any |= 1 << index;
                self.exact |= u64::from(exact) << index;
            }
            Some(index) => {
                if self.more.len() <= index {
                    self.more.resize(index + 1, 0);
                }
                self.more[index] |= 1 | u8::from(exact) << 1;
            }
        }
    }
}

/// What a key of the document turned out to be.
enum Found {
    Known {
        index: usize,
        exact: bool,
    },
    /// With its name, where that is wanted.
    Unknown(Option<String>),
}

/// Looks a key up while it is read, without a copy of it.
#[derive(Clone, Copy)]
struct KeySeed {
    keys: &'static [Field],
    /// Where to look first. Keys mostly come in the order of the fields.
    next: usize,
    keep_unknown: bool,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Found;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Found, E> {
        Ok(self.find(name))
    }
}

impl KeySeed {
    fn find(self, name: &str) -> Found {
        if self.keys.get(self.next).is_some_and(|key| key.wire == name) {
            return Found::Known { index: self.next, exact: true };
        }
        if let Some(index) = self.keys.iter().position(|key| key.wire == name) {
            return Found::Known { index, exact: true };
        }
        let by_name = self.keys.iter().position(|key| loosely_equal(key.wire, name));
        let by_alias =
            || self.keys.iter().position(|key| key.aliases.iter().any(|alias| loosely_equal(alias, name)));
        match by_name.or_else(by_alias) {
            Some(index) => Found::Known { index, exact: false },
            None => Found::Unknown(self.keep_unknown.then(|| name.to_owned())),
        }
    }
}

/// A map whose every value is null.
struct Nothing;

impl<'de> MapAccess<'de> for Nothing {
    type Error = serde_json::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Self::Error> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        seed.deserialize(UnitDeserializer::new())
    }
}

/// A map whose every value is the same text.
struct Lone<'a, E> {
    text: &'a str,
    error: PhantomData<E>,
}

impl<'a, E> Lone<'a, E> {
    fn new(text: &'a str) -> Self {
        Self { text, error: PhantomData }
    }
}

impl<'de, E: serde::de::Error> MapAccess<'de> for Lone<'_, E> {
    type Error = E;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, E> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, E> {
        let text: StrDeserializer<'_, E> = self.text.into_deserializer();
        seed.deserialize(text)
    }
}
