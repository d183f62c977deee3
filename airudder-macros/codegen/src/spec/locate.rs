//! From a value's origin to its line and column.
//!
//! `serde_yaml` tells positions only of its own errors. So the document is walked once more, down the value's path, and
//! an error is raised at its end: the error's position is the value's.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::node::{KeySeed, Origin, To};

/// Line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
}

/// Whether the place of a key or of its value is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// The position of a value (or of its key) in the text it came from.
pub fn locate(text: &str, origin: &Origin, at: At) -> Position {
    let path = origin.path();
    let walk = Walk { path: &path, at };
    match walk.deserialize(serde_yaml::Deserializer::from_str(text)) {
        Err(error) => error
            .location()
            .map_or(Position { line: 1, column: 1 }, |l| Position { line: l.line(), column: l.column() }),
        Ok(()) => Position { line: 1, column: 1 },
    }
}

struct Walk<'a> {
    path: &'a [To],
    at: At,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.path.is_empty() {
            deserializer.deserialize_any(Stop(None, &mut 0))
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the way to a value")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((To::Key(wanted, nth), rest)) = self.path.split_first() else { return Ok(()) };
        let mut left = *nth;
        if rest.is_empty() && self.at == At::Key {
            while map.next_key_seed(Stop(Some(wanted), &mut left))?.is_some() {
                map.next_value::<IgnoredAny>()?;
            }
            return Ok(());
        }
        while let Some(key) = map.next_key_seed(KeySeed)? {
            if key == *wanted {
                if left == 0 {
                    return map.next_value_seed(Walk { path: rest, at: self.at });
                }
                left -= 1;
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((To::Index(wanted), rest)) = self.path.split_first() else { return Ok(()) };
        for _ in 0..*wanted {
            seq.next_element::<IgnoredAny>()?;
        }
        seq.next_element_seed(Walk { path: rest, at: self.at })?;
        Ok(())
    }
}

/// Raises the error: at any value, or at the n-th key of a name.
struct Stop<'a>(Option<&'a str>, &'a mut usize);

impl Stop<'_> {
    fn here<E: Error>(self, text: &str) -> Result<(), E> {
        match self.0 {
            None => Err(E::custom("here")),
            Some(wanted) if wanted == text && *self.1 == 0 => Err(E::custom("here")),
            Some(wanted) => {
                if wanted == text {
                    *self.1 -= 1;
                }
                Ok(())
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Stop<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Stop<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the way")
    }
    fn visit_bool<E: Error>(self, v: bool) -> Result<(), E> {
        self.here(&v.to_string())
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<(), E> {
        self.here(&v.to_string())
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<(), E> {
        self.here(&v.to_string())
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<(), E> {
        self.here(&v.to_string())
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<(), E> {
        self.here(v)
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.here("null")
    }
    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.here("")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.here("")
    }
}
