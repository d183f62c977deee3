//! Objects with known keys.

use std::fmt;
use std::marker::PhantomData;

use airudder_model::loosely_equal;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::error::within_key;
use super::loose::none_if_empty;
use super::salvage::{self, Single};
use super::scalar::drain_list;
use super::{Codec, JsonMap, Struct, Unread};
use crate::bits::Bits;
use crate::catalogue::Field;

/// An object with the fields of `T`.
pub struct Obj<T>(PhantomData<T>);

impl<T: Struct> Codec for Obj<T> {
    type Value = T;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let mut value = T::default();
        match deserializer.deserialize_any(ObjVisitor(&mut value))? {
            true => Ok(value),
            false => Self::absent().ok_or_else(|| D::Error::custom("missing")),
        }
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let mut value = T::default();
        let is_there = deserializer.deserialize_any(ObjVisitor(&mut value))?;
        Ok(is_there.then_some(value))
    }

    fn read_lone<'de, A: MapAccess<'de>>(map: A) -> Result<Vec<T>, A::Error> {
        if const { T::ENTRY.is_some() } {
            return read_rows(map);
        }
        // Some languages cannot tell an empty object from an empty list.
        let (mut value, mut seen) = (T::default(), Seen::default());
        let is_empty = read_object(map, &mut value, &mut seen)?;
        if is_empty {
            return Ok(Vec::new());
        }
        complete(&mut value, &seen).map_err(A::Error::custom)?;
        Ok(vec![value])
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

/// Reads an object into its place; tells whether there is one.
struct ObjVisitor<'p, T>(&'p mut T);

impl<'de, T: Struct> Visitor<'de> for ObjVisitor<'_, T> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        let mut seen = Seen::default();
        read_object(map, self.0, &mut seen)?;
        complete(self.0, &seen).map_err(A::Error::custom)?;
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<bool, E> {
        none_if_empty::<(), E>(text, "expected an object, found text").map(|_| false)
    }

    /// Some languages cannot tell an empty object from an empty list.
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        if list.next_element::<IgnoredAny>()?.is_none() {
            return Ok(false);
        }
        drain_list(list)?;
        Err(A::Error::custom("expected an object, found a list"))
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<bool, E> {
        Err(E::custom("expected an object, found a boolean"))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<bool, E> {
        Err(E::custom("expected an object, found a number"))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<bool, E> {
        Err(E::custom("expected an object, found a number"))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<bool, E> {
        Err(E::custom("expected an object, found a number"))
    }
}

/// Reads the rest of an object, and tells whether it is empty. What was not there is still to be completed.
fn read_object<'de, T: Struct, A: MapAccess<'de>>(
    mut map: A,
    value: &mut T,
    seen: &mut Seen,
) -> Result<bool, A::Error> {
    let mut is_empty = true;
    let keep_unknown = value.extra_mut().is_some();
    let second_pass = salvage::is_active();
    let mut keys = Keys { fields: T::FIELDS, next: 0, keep_unknown, seen };
    while let Some(index) = map.next_key_seed(&mut keys)? {
        is_empty = false;
        let Some(field) = T::FIELDS.get(index) else {
            match keys.seen.unknown.take() {
                Some(name) => {
                    let unknown = map.next_value()?;
                    keep(value, name, Some(unknown));
                }
                None => _ = map.next_value::<IgnoredAny>()?,
            }
            continue;
        };
        if keys.seen.replaced.is_some() {
            keep_replaced(value, index, keys.seen);
        }
        let read = match second_pass {
            false => value.read_field(index, &mut map),
            true => read_by_itself(value, index, &mut map),
        };
        let kept = match read {
            Ok(None) => continue,
            Ok(Some(unread)) => keep_unread(value, index, *unread),
            Err(error) => Err(error),
        };
        kept.map_err(|error| within_key(field.wire, &error))?;
    }
    Ok(is_empty)
}

/// Reads the value of a known key from its own text, so that what is wrong with an optional one is given
/// back.
#[cold]
fn read_by_itself<'de, T: Struct, A: MapAccess<'de>>(
    value: &mut T,
    index: usize,
    map: &mut A,
) -> Result<Unread, A::Error> {
    let raw = map.next_value::<&'de RawValue>()?;
    let (field, waiting) = (&T::FIELDS[index], salvage::waiting());
    let outcome = salvage::read(raw, |single| value.read_field(index, single));
    let Some(extra) = value.extra_mut() else { return outcome.map_err(A::Error::custom) };
    for (place, lost) in salvage::take_from(waiting) {
        put(extra, format!("{}{place}", field.wire), lost);
    }
    match outcome {
        Ok(unread) => Ok(unread),
        // What may be null, as a list may, is not lost with its value.
        Err(error) if field.required && value.read_field(index, &mut Single("null")).is_err() => {
            Err(A::Error::custom(error))
        }
        Err(_) => Ok(Some(Box::new(salvage::json(raw)))),
    }
}

/// Keeps what cannot be read as what its field holds: an error where there is no place for it.
#[cold]
fn keep_unread<T: Struct, E: serde::de::Error>(value: &mut T, index: usize, unread: Value) -> Result<(), E> {
    let Some(extra) = value.extra_mut() else { return Err(E::custom("expected another kind of value")) };
    put(extra, T::FIELDS[index].wire.to_owned(), unread);
    Ok(())
}

/// Keeps what a field holds that is read again, under the name that it came by.
#[cold]
fn keep_replaced<T: Struct>(value: &mut T, index: usize, seen: &mut Seen) {
    if let Some(name) = seen.replaced.take() {
        let earlier = held(value, index);
        keep(value, name, earlier);
    }
}

/// Keeps what has no place of its own, if there is a place for that.
fn keep<T: Struct>(value: &mut T, name: String, kept: Option<Value>) {
    if let Some((extra, kept)) = value.extra_mut().zip(kept) {
        put(extra, name, kept);
    }
}

/// Puts a value under its name. One whose name has come already gets a number behind it.
fn put(extra: &mut JsonMap, name: String, value: Value) {
    /// Beyond, any number will do: names that come that often mean nothing.
    const TRIED: usize = 16;
    let name = match extra.contains_key(&name) {
        true => {
            let numbered = |number: usize| format!("{name}[{number}]");
            let free = (1..TRIED).map(numbered).find(|name| !extra.contains_key(name));
            free.unwrap_or_else(|| numbered(TRIED + extra.len()))
        }
        false => name,
    };
    extra.insert(name, value);
}

/// What a field holds, as JSON; `None` if it is nothing.
fn held<T: Struct>(value: &T, index: usize) -> Option<Value> {
    let mut map = serde_json::value::Serializer.serialize_map(None).ok()?;
    value.write_fields(&mut map).ok()?;
    let mut object = SerializeMap::end(map).ok()?;
    object.as_object_mut()?.remove(T::FIELDS[index].wire)
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
        let quoted = Value::from(name).to_string();
        let read = row.read_field(key_index, &mut Single(&quoted)).map_err(A::Error::custom).and_then(|_| {
            let unread = match salvage::is_active() {
                false => row.read_field(value_index, &mut map)?,
                true => read_by_itself(&mut row, value_index, &mut map)?,
            };
            if let Some(unread) = unread {
                keep_unread::<T, A::Error>(&mut row, value_index, *unread)?;
            }
            complete(&mut row, &seen).map_err(A::Error::custom)
        });
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
                let filled = value.read_field(index, &mut Single("null"));
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
    any: Bits,
    exact: Bits,
    /// The names under which keys came that were not exact.
    others: Vec<(usize, String)>,
    /// The one of them in whose place the key just read stands.
    replaced: Option<String>,
    /// The name of the key just read, which is not known or came before, where it is wanted.
    unknown: Option<String>,
}

impl Seen {
    /// Notes a key under its exact name; false if it is not the first.
    #[inline]
    fn add_first(&mut self, index: usize) -> bool {
        let is_first = !self.any.has(index);
        if is_first {
            self.any.set(index);
            self.exact.set(index);
        }
        is_first
    }

    /// Notes a key. False if its value is not wanted, for one came already that goes before it.
    pub(super) fn add(&mut self, index: usize, exact: bool) -> bool {
        let wanted = !self.any.has(index) || (exact && !self.exact.has(index));
        if wanted {
            self.any.set(index);
            if exact {
                self.exact.set(index);
            }
        }
        wanted
    }

    /// Notes the name of a key that is not exact, and that which another one had before it.
    #[cold]
    fn note(&mut self, index: usize, name: Option<&str>) {
        let earlier = self.others.iter().position(|(other, _)| *other == index);
        self.replaced = earlier.map(|at| self.others.swap_remove(at).1);
        self.others.extend(name.map(|name| (index, name.to_owned())));
    }

    /// Whether a key has come.
    pub(super) fn has(&self, index: usize) -> bool {
        self.any.has(index)
    }
}

/// Looks keys up while they are read, without a copy of them.
struct Keys<'s> {
    fields: &'static [Field],
    /// Where to look first. Keys mostly come in the order of the fields.
    next: usize,
    keep_unknown: bool,
    seen: &'s mut Seen,
}

/// The index of a key's field. Beyond the last one: a key that is not known or came before.
impl<'de> DeserializeSeed<'de> for &mut Keys<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for &mut Keys<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<usize, E> {
        Ok(self.find(name))
    }
}

impl Keys<'_> {
    #[inline]
    fn find(&mut self, name: &str) -> usize {
        let index = self.next;
        // As most come: in their order, each once.
        match self.fields.get(index) {
            Some(field) if field.wire == name && self.seen.add_first(index) => {
                self.next = index + 1;
                index
            }
            _ => self.search(name),
        }
    }

    #[inline(never)]
    fn search(&mut self, name: &str) -> usize {
        let known = self.position(name).filter(|(index, exact)| self.seen.add(*index, *exact));
        let Some((index, exact)) = known else {
            self.seen.unknown = self.keep_unknown.then(|| name.to_owned());
            return self.fields.len();
        };
        if !exact || !self.seen.others.is_empty() {
            self.seen.note(index, (!exact && self.keep_unknown).then_some(name));
        }
        self.next = index + 1;
        index
    }

    /// The field that a name stands for, and whether it is its exact name.
    fn position(&self, name: &str) -> Option<(usize, bool)> {
        // Mostly some fields before it did not come.
        let mut indices = (self.next..self.fields.len()).chain(0..self.next);
        if let Some(index) = indices.find(|index| self.fields[*index].wire == name) {
            return Some((index, true));
        }
        let by_name = self.fields.iter().position(|field| loosely_equal(field.wire, name));
        let is_alias = |field: &Field| field.aliases.iter().any(|alias| loosely_equal(alias, name));
        let by_alias = || self.fields.iter().position(is_alias);
        by_name.or_else(by_alias).map(|index| (index, false))
    }
}
