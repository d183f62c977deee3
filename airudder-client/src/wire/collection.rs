//! Lists, maps, and values that may be absent.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde_json::value::RawValue;

use super::error::{within_index, within_key};
use super::loose::none_if_empty;
use super::scalar::drain_list;
use super::{Codec, ReadingItem, Writing, salvage};
use airudder_model::loosely_equal;

/// A value that may be absent.
pub struct Opt<C>(PhantomData<C>);

impl<C: Codec> Codec for Opt<C> {
    type Value = Option<C::Value>;
    const EMPTY_IS_NONE: bool = C::EMPTY_IS_NONE;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        C::read_opt(deserializer)
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        C::read_opt(deserializer).map(Some)
    }

    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => C::write(value, serializer),
            None => serializer.serialize_none(),
        }
    }

    fn absent() -> Option<Self::Value> {
        Some(None)
    }
}

/// A list. Null entries are left out, and a single object is a list of one.
pub struct List<C>(PhantomData<C>);

impl<C: Codec> Codec for List<C> {
    type Value = Vec<C::Value>;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(Self::read_opt(deserializer)?.unwrap_or_default())
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        deserializer.deserialize_any(ListVisitor::<C>(PhantomData))
    }

    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(value.iter().map(Writing::<C>))
    }

    fn absent() -> Option<Self::Value> {
        Some(Vec::new())
    }
}

struct ListVisitor<C>(PhantomData<C>);

impl<'de, C: Codec> Visitor<'de> for ListVisitor<C> {
    type Value = Option<Vec<C::Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        if salvage::is_active() {
            let mut index = 0;
            while let Some(raw) = list.next_element::<&'de RawValue>()? {
                let place = || format!("[{index}]");
                entries.extend(salvage::entry(raw, place, |entry| {
                    entry.next_value_seed(ReadingItem::<C>(PhantomData))
                }));
                index += 1;
            }
            return Ok(Some(entries));
        }
        for index in 0.. {
            match list.next_element_seed(ReadingItem::<C>(PhantomData)) {
                Ok(Some(Some(entry))) => entries.push(entry),
                Ok(Some(None)) => {}
                Ok(None) => break,
                Err(error) => return Err(within_index(index, &error)),
            }
        }
        Ok(Some(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        C::read_lone(map).map(Some)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        none_if_empty(text, "expected a list, found text")
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<Self::Value, E> {
        Err(E::custom("expected a list, found a boolean"))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<Self::Value, E> {
        Err(E::custom("expected a list, found a number"))
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<Self::Value, E> {
        Err(E::custom("expected a list, found a number"))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Err(E::custom("expected a list, found a number"))
    }
}

/// An object with free keys. A list of rows (title or name or key, value) is read too.
pub struct Map<C>(PhantomData<C>);

impl<C: Codec> Codec for Map<C> {
    type Value = BTreeMap<String, C::Value>;
    const EMPTY_IS_NONE: bool = true;

    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        Ok(Self::read_opt(deserializer)?.unwrap_or_default())
    }

    fn read_opt<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Self::Value>, D::Error> {
        deserializer.deserialize_any(MapVisitor::<C>(PhantomData))
    }

    fn read_lone<'de, A: MapAccess<'de>>(map: A) -> Result<Vec<Self::Value>, A::Error> {
        // Some languages cannot tell an empty object from an empty list.
        let map = MapVisitor::<C>(PhantomData).visit_map(map)?;
        Ok(map.into_iter().filter(|map| !map.is_empty()).collect())
    }

    fn write<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(value.len()))?;
        for (key, value) in value {
            map.serialize_entry(key, &Writing::<C>(value))?;
        }
        map.end()
    }

    fn absent() -> Option<Self::Value> {
        Some(BTreeMap::new())
    }
}

struct MapVisitor<C>(PhantomData<C>);

impl<'de, C: Codec> Visitor<'de> for MapVisitor<C> {
    type Value = Option<BTreeMap<String, C::Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if salvage::is_active() {
                let (raw, place) = (map.next_value::<&'de RawValue>()?, || format!(".{key}"));
                let value =
                    salvage::entry(raw, place, |entry| entry.next_value_seed(ReadingItem::<C>(PhantomData)));
                if let Some(value) = value {
                    entries.entry(key).or_insert(value);
                }
                continue;
            }
            let value = map.next_value_seed(ReadingItem::<C>(PhantomData));
            if let Some(value) = value.map_err(|error| within_key("*", &error))? {
                entries.entry(key).or_insert(value);
            }
        }
        Ok(Some(entries))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        if salvage::is_active() {
            let mut index = 0;
            while let Some(raw) = list.next_element::<&'de RawValue>()? {
                let place = || format!("[{index}]");
                if let Some((key, value)) =
                    salvage::entry(raw, place, |entry| entry.next_value_seed(Row::<C>(PhantomData)))
                {
                    entries.entry(key).or_insert(value);
                }
                index += 1;
            }
            return Ok(Some(entries));
        }
        for index in 0.. {
            match list.next_element_seed(Row::<C>(PhantomData)) {
                Ok(Some(Some((key, value)))) => _ = entries.entry(key).or_insert(value),
                Ok(Some(None)) => {}
                Ok(None) => break,
                Err(error) => return Err(within_index(index, &error)),
            }
        }
        Ok(Some(entries))
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

/// A row of a list that stands for a map: `{"title": key, "value": value}`. `None` if it lacks either.
struct Row<C>(PhantomData<C>);

impl<'de, C: Codec> DeserializeSeed<'de> for Row<C> {
    type Value = Option<(String, C::Value)>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, C: Codec> Visitor<'de> for Row<C> {
    type Value = Option<(String, C::Value)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a title and a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut title, mut value) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            if ["title", "name", "key"].iter().any(|name| loosely_equal(name, &key)) {
                let text = map.next_value_seed(ReadingItem::<super::Text>(PhantomData));
                title = title.or(text.map_err(|error| within_key("title", &error))?);
            } else if loosely_equal("value", &key) {
                let read = map.next_value_seed(ReadingItem::<C>(PhantomData));
                value = value.or(read.map_err(|error| within_key("value", &error))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(title.zip(value))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        drain_list(list)?;
        Err(A::Error::custom("expected an object with a title and a value, found a list"))
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Self::Value, E> {
        Err(E::custom("expected an object with a title and a value, found text"))
    }
}
