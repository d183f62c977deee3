//! Walks a JSON text along the field tables, without a copy of it.

use std::collections::HashMap;
use std::fmt;

use airudder_model::JsonView;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use serde_json::de::Read;

use super::order::Times;
use super::report::{Report, Row, Step};
use super::value::{Input, Target, Verdict, items, single};
use crate::catalogue::{Constraint, Field, Kind, Problem, Scalar};

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
    source.deserialize_any(Object { fields, report, list: None })?;
    source.end()
}

/// Checks a JSON text that stands for one value.
pub(super) fn value(target: Target, report: &mut Report, json: &str) -> Result<Verdict, serde_json::Error> {
    let mut source = serde_json::Deserializer::from_str(json);
    let verdict = Value { target, report }.deserialize(&mut source)?;
    source.end().map(|()| verdict)
}

/// An object with known fields.
struct Object<'r> {
    fields: &'static [Field],
    report: &'r mut Report,
    /// The list of which it is a row.
    list: Option<&'static Field>,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fields, report, list } = self;
        let mut present = vec![false; fields.len()];
        let mut times = Times::new(fields);
        let mut next = 0;
        while let Some(found) = map.next_key_seed(Key { fields, next })? {
            let Some(index) = found else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            next = index + 1;
            let field = &fields[index];
            report.enter(Step::Key(field.wire));
            let verdict = map.next_value_seed(Value { target: Target::of(field), report })?;
            report.leave();
            present[index] |= verdict.present;
            times.note(index, verdict.when);
        }
        missing(fields, report, list, &present);
        times.compare(report);
        Ok(())
    }
}

/// Reports the required fields that were not there.
pub(super) fn missing(
    fields: &'static [Field],
    report: &mut Report,
    list: Option<&'static Field>,
    present: &[bool],
) {
    let row = list.map(|list| Row { list, is_empty: !present.contains(&true) });
    for (field, present) in fields.iter().zip(present) {
        if field.required && !present {
            report.enter(Step::Key(field.wire));
            report.add_in_row(field, row, Problem::Missing, format_args!("is required"));
            report.leave();
        }
    }
}

/// Looks a key up among the fields while it is read.
struct Key {
    fields: &'static [Field],
    /// Where to look first. Keys mostly come in the order of the fields.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        match self.fields.get(self.next) {
            Some(field) if field.wire == name => Ok(Some(self.next)),
            _ => Ok(position(self.fields, name)),
        }
    }
}

/// The field that a name stands for.
pub(super) fn position(fields: &[Field], name: &str) -> Option<usize> {
    let by_name = fields.iter().position(|field| field.wire == name);
    by_name.or_else(|| fields.iter().position(|field| field.aliases.contains(&name)))
}

/// A value of a field.
struct Value<'r> {
    target: Target,
    report: &'r mut Report,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Verdict;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Verdict, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Verdict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Verdict, E> {
        Ok(single(self.report, self.target, Input::Null))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Verdict, E> {
        Ok(single(self.report, self.target, Input::Bool))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Verdict, E> {
        Ok(single(self.report, self.target, Input::Int(number.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Verdict, E> {
        Ok(single(self.report, self.target, Input::Int(number.into())))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Verdict, E> {
        Ok(single(self.report, self.target, Input::Float(number)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Verdict, E> {
        self.report.note(self.target.field, text);
        Ok(single(self.report, self.target, Input::Text(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Verdict, A::Error> {
        let Self { target, report } = self;
        let Kind::List(kind) = target.kind else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(other_container(report, target));
        };
        let unique = unique_field(target.field, kind);
        let outer = report.watch(unique);
        let mut seen = HashMap::new();
        let mut count = 0;
        loop {
            report.enter(Step::Index(count));
            let entry = list.next_element_seed(Value { target: target.entry(kind), report })?;
            if let Some((field, value)) = unique.zip(report.noted()) {
                let first = *seen.entry(value).or_insert(count);
                if first != count {
                    report.enter(Step::Key(field.wire));
                    report.warn(Problem::Taken, format_args!("is the same as in row {first}"));
                    report.leave();
                }
            }
            report.leave();
            if entry.is_none() {
                break;
            }
            count += 1;
        }
        report.watch(outer);
        Ok(container(report, target, count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Verdict, A::Error> {
        let Self { target, report } = self;
        match target.kind {
            Kind::Struct(info) => {
                let list = target.is_entry.then_some(target.field);
                Object { fields: info.fields, report, list }.visit_map(map)?;
                Ok(Verdict::PRESENT)
            }
            Kind::Map(kind) => {
                let mut count = 0;
                while let Some(key) = map.next_key::<String>()? {
                    report.enter(Step::Free(shown(key)));
                    map.next_value_seed(Value { target: target.entry(kind), report })?;
                    report.leave();
                    count += 1;
                }
                Ok(container(report, target, count))
            }
            Kind::Scalar(Scalar::JsonSchema) => {
                schema(report, target.field, map)?;
                Ok(Verdict::PRESENT)
            }
            Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(other_container(report, target))
            }
        }
    }
}

/// Checks a JSON Schema by the field's profile, where it has one.
fn schema<'de, A: MapAccess<'de>>(
    report: &mut Report,
    field: &'static Field,
    mut map: A,
) -> Result<(), A::Error> {
    let mut profiles = field.constraints.iter().filter_map(|constraint| match constraint {
        Constraint::Schema(profile) => Some(*profile),
        Constraint::Limit(..)
        | Constraint::OneOf(_)
        | Constraint::Before(_)
        | Constraint::SameDay(_)
        | Constraint::NotPast => None,
    });
    let Some(profile) = profiles.next() else {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        return Ok(());
    };
    let schema = Json::deserialize(MapAccessDeserializer::new(map))?;
    let Some(problem) = profile.problem(View(&schema)) else { return Ok(()) };
    let property = problem.property.map(|name| shown(name.to_owned()));
    if let Some(name) = &property {
        report.enter(Step::Free(name.clone()));
    }
    report.add(field, Problem::Invalid, format_args!("{problem}"));
    if property.is_some() {
        report.leave();
    }
    Ok(())
}

/// What a profile looks at.
#[derive(Clone, Copy)]
struct View<'s>(&'s Json);

impl<'s> JsonView<'s> for View<'s> {
    fn text(self) -> Option<&'s str> {
        self.0.as_str()
    }

    fn is_false(self) -> bool {
        *self.0 == Json::Bool(false)
    }

    fn members(self) -> Option<impl Iterator<Item = (&'s str, Self)>> {
        Some(self.0.as_object()?.iter().map(|(name, value)| (name.as_str(), View(value))))
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
pub(super) fn container(report: &mut Report, target: Target, count: usize) -> Verdict {
    if !target.is_entry {
        items(report, target.field, count);
    }
    Verdict::PRESENT
}

/// A list or object where another kind of value belongs.
fn other_container(report: &mut Report, target: Target) -> Verdict {
    match target.kind {
        Kind::Scalar(Scalar::Json) => Verdict::PRESENT,
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => {
            target.wrong_type(report)
        }
    }
}

/// A map's key as it may be shown. Keys are the customer's own and may be anything, a phone number too.
fn shown(key: String) -> String {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
    if plain && digits < 6 && key.len() <= 64 { key } else { "*".to_owned() }
}
