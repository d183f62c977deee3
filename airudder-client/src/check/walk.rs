//! Walks a JSON text along the field tables, without a copy of it.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::de::Read;

use super::object::Object;
use super::report::{Report, Step};
use super::schema;
use super::value::{Given, Input, Target, items, single};
use crate::catalogue::{Field, Kind, Problem, Scalar};

/// Checks a JSON text that must be an object with these fields.
pub(super) fn object(
    fields: &'static [Field],
    report: &mut Report,
    json: &[u8],
) -> Result<(), serde_json::Error> {
    match std::str::from_utf8(json) {
        // One look at the whole is far cheaper than one at each of its texts.
        Ok(text) => validate(fields, report, serde_json::Deserializer::from_str(text)),
        // Says where the fault is.
        Err(_) => validate(fields, report, serde_json::Deserializer::from_slice(json)),
    }
}

fn validate<'j, R: Read<'j>>(
    fields: &'static [Field],
    report: &mut Report,
    mut source: serde_json::Deserializer<R>,
) -> Result<(), serde_json::Error> {
    let object = Object::begin(fields, None, report);
    source.deserialize_any(ObjectVisitor { object, report })?;
    source.end()
}

/// Checks a JSON text that stands for one value.
pub(super) fn value(target: Target, report: &mut Report, json: &str) -> Result<Given, serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(json);
    let given = Value { target, report }.deserialize(&mut source)?;
    source.end().map(|()| given)
}

/// An object with known fields.
struct ObjectVisitor<'r> {
    object: Object,
    report: &'r mut Report,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { mut object, report } = self;
        while let Some(found) = map.next_key_seed(Key(&mut object))? {
            let Some(index) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let target = object.enter(index, report);
            let given = map.next_value_seed(Value { target, report })?;
            object.leave(index, given, report);
        }
        object.end(report);
        Ok(())
    }
}

/// Looks a key up among the fields while it is read.
struct Key<'o>(&'o mut Object);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.position(name))
    }
}

/// A value of a field.
struct Value<'r> {
    target: Target,
    report: &'r mut Report,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Given;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Given, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(single(self.report, self.target, Input::Null))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Given, E> {
        Ok(single(self.report, self.target, Input::Bool))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Given, E> {
        Ok(single(self.report, self.target, Input::Int(number.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Given, E> {
        Ok(single(self.report, self.target, Input::Int(number.into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Given, E> {
        Ok(single(self.report, self.target, Input::Float(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        self.report.note(self.target.field, text);
        Ok(single(self.report, self.target, Input::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Given, A::Error> {
        let Self { target, report } = self;
        let Kind::List(kind) = target.kind else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(other_container(report, target));
        };
        let mut rows = Rows::begin(target, kind, report);
        let mut count = 0;
        loop {
            let target = rows.enter(report);
            if list.next_element_seed(Value { target, report })?.is_none() {
                report.leave();
                break;
            }
            rows.leave(report);
            count += 1;
        }
        rows.end(report);
        Ok(container(report, target, count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let Self { target, report } = self;
        match target.kind {
            Kind::Struct(info) => {
                let list = target.is_entry.then_some(target.field);
                let object = Object::begin(info.fields, list, report);
                ObjectVisitor { object, report }.visit_map(map)?;
                Ok(Given::Yes)
            }
            Kind::Map(kind) => {
                let mut count = 0;
                while let Some(key) = map.next_key::<String>()? {
                    report.enter_free(key);
                    map.next_value_seed(Value { target: target.entry(kind), report })?;
                    report.leave();
                    count += 1;
                }
                Ok(container(report, target, count))
            }
            Kind::Scalar(Scalar::JsonSchema) => {
                match schema::profile(target.field) {
                    Some(profile) => {
                        let schema = Json::deserialize(MapAccessDeserializer::new(map))?;
                        schema::check(report, target.field, profile, &schema);
                    }
                    None => while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {},
                }
                Ok(Given::Yes)
            }
            Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(other_container(report, target))
            }
        }
    }
}

/// A list between its brackets.
pub(super) struct Rows {
    target: Target,
    /// The field by which two rows are the same, and the rows in which its values came first.
    unique: Option<(&'static Field, FirstRows)>,
    /// What was watched outside of it.
    outer: Option<&'static Field>,
    count: usize,
}

impl Rows {
    pub(super) fn begin(list: Target, kind: &'static Kind, report: &mut Report) -> Self {
        let unique = unique_field(list.field, kind);
        let outer = report.watch(unique);
        Self {
            target: list.entry(kind),
            unique: unique.map(|field| (field, FirstRows::default())),
            outer,
            count: 0,
        }
    }

    /// Enters the next row.
    pub(super) fn enter(&self, report: &mut Report) -> Target {
        report.enter(Step::Index(self.count));
        self.target
    }

    /// Leaves it.
    pub(super) fn leave(&mut self, report: &mut Report) {
        if let Some((field, seen)) = &mut self.unique
            && let Some(value) = report.noted()
        {
            let first = *seen.entry(value).or_insert(self.count);
            if first != self.count {
                report.enter(Step::Key(field.wire));
                report.warn(Problem::Taken, format_args!("is the same as in row {first}"));
                report.leave();
            }
        }
        report.leave();
        self.count += 1;
    }

    pub(super) fn end(self, report: &mut Report) {
        report.watch(self.outer);
    }
}

/// In which row a value came first, by its digest.
type FirstRows = HashMap<u64, usize, BuildHasherDefault<Digest>>;

/// Takes what is a digest already as it is.
#[derive(Default)]
struct Digest(u64);

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |digest, byte| digest.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }
}

/// The field of a list's rows by which two of them are the same.
fn unique_field(list: &'static Field, kind: &'static Kind) -> Option<&'static Field> {
    match kind {
        Kind::Struct(info) => info.fields.iter().find(|field| Some(field.wire) == list.unique),
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) | Kind::Map(_) => None,
    }
}

/// Checks a list or map by the number of its entries. An empty one is there: whether that is enough is for
/// `min_items` to say (the predictive dialer wants an empty `contactList` beside `customizeContacts`).
pub(super) fn container(report: &mut Report, target: Target, count: usize) -> Given {
    if !target.is_entry {
        items(report, target.field, count);
    }
    Given::Yes
}

/// A list or object where another kind of value belongs.
pub(super) fn other_container(report: &mut Report, target: Target) -> Given {
    match target.kind {
        Kind::Scalar(Scalar::Json) => Given::Yes,
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => {
            target.wrong_type(report)
        }
    }
}
