//! Checks a request while it is written as JSON, so that its text is not read again.

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};
use serde_json::Error;

use super::object::Object;
use super::report::Report;
use super::schema;
use super::value::{Given, Input, Target, single};
use super::walk::{self, Rows, container, other_container};
use crate::catalogue::{Field, Kind, Scalar};
use crate::wire::Struct;

/// Writes a request that has these fields, and reports what is wrong with it.
pub(super) fn request<T: Struct>(
    fields: &'static [Field],
    report: &mut Report,
    request: &T,
) -> Result<Vec<u8>, Error> {
    let mut writer = Writer { json: Vec::with_capacity(256), report };
    let inside = Inside::Object(Object::begin(fields, None, writer.report), None);
    let mut object = Keys::begin(&mut writer, inside);
    request.write_fields(&mut object)?;
    for (key, value) in request.extra().into_iter().flatten() {
        object.serialize_entry(key, value)?;
    }
    object.end()?;
    Ok(writer.json)
}

/// What is written, and what was found wrong with it.
struct Writer<'r> {
    json: Vec<u8>,
    report: &'r mut Report,
}

impl Writer<'_> {
    fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        serde_json::to_writer(&mut self.json, value)
    }

    /// A key and the colon behind it.
    fn push_key(&mut self, name: &str) -> Result<(), Error> {
        // As most are.
        if name.bytes().all(|byte| PLAIN[usize::from(byte)]) {
            self.json.reserve(name.len() + 3);
            self.json.push(b'"');
            self.json.extend_from_slice(name.as_bytes());
            self.json.extend_from_slice(b"\":");
            return Ok(());
        }
        self.push(name)?;
        self.json.push(b':');
        Ok(())
    }

    /// A comma before all but the first.
    #[inline]
    fn separate(&mut self, count: usize) {
        if count > 0 {
            self.json.push(b',');
        }
    }
}

/// The bytes that stand for themselves in a text of JSON.
static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut control = 0;
    while control < 0x20 {
        plain[control] = false;
        control += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain
};

/// A serializer of one value, which says what became of it.
struct Value<'w, 'r> {
    writer: &'w mut Writer<'r>,
    target: Target,
}

impl Value<'_, '_> {
    fn single(self, value: &(impl Serialize + ?Sized), input: Input<'_>) -> Result<Given, Error> {
        self.writer.push(value)?;
        Ok(single(self.writer.report, self.target, input))
    }
}

/// No codec writes it: the types of a request are those of JSON.
fn foreign<T>() -> Result<T, Error> {
    Err(Error::custom("a value of a kind that requests do not have"))
}

/// Methods of a serializer for kinds of values that do not come.
macro_rules! foreign {
    ($ok:ty: $($method:ident($($argument:ty),*)),* $(,)?) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$ok, Error> {
            foreign()
        })*

        fn serialize_newtype_variant<V: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &V,
        ) -> Result<$ok, Error> {
            foreign()
        }

        fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
            foreign()
        }

        fn serialize_tuple_struct(
            self,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleStruct, Error> {
            foreign()
        }

        fn serialize_tuple_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeTupleVariant, Error> {
            foreign()
        }

        fn serialize_struct_variant(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: usize,
        ) -> Result<Self::SerializeStructVariant, Error> {
            foreign()
        }
    };
}

impl<'w, 'r> Serializer for Value<'w, 'r> {
    type Ok = Given;
    type Error = Error;
    type SerializeSeq = Entries<'w, 'r>;
    type SerializeMap = Keys<'w, 'r>;
    type SerializeStruct = Raw<'w, 'r>;
    type SerializeTuple = Impossible<Given, Error>;
    type SerializeTupleStruct = Impossible<Given, Error>;
    type SerializeTupleVariant = Impossible<Given, Error>;
    type SerializeStructVariant = Impossible<Given, Error>;

    fn serialize_bool(self, flag: bool) -> Result<Given, Error> {
        self.single(&flag, Input::Bool)
    }

    fn serialize_i8(self, number: i8) -> Result<Given, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<Given, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<Given, Error> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<Given, Error> {
        self.single(&number, Input::Int(number.into()))
    }

    fn serialize_u8(self, number: u8) -> Result<Given, Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<Given, Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<Given, Error> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<Given, Error> {
        self.single(&number, Input::Int(number.into()))
    }

    fn serialize_f32(self, number: f32) -> Result<Given, Error> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<Given, Error> {
        // JSON has no others: they are written as null.
        let input = if number.is_finite() { Input::Float(number) } else { Input::Null };
        self.single(&number, input)
    }

    fn serialize_str(self, text: &str) -> Result<Given, Error> {
        self.writer.report.note(self.target.field, text);
        self.single(text, Input::Text(text))
    }

    fn serialize_none(self) -> Result<Given, Error> {
        self.serialize_unit()
    }

    fn serialize_some<V: Serialize + ?Sized>(self, value: &V) -> Result<Given, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Given, Error> {
        self.single(&(), Input::Null)
    }

    fn serialize_newtype_struct<V: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &V,
    ) -> Result<Given, Error> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Entries<'w, 'r>, Error> {
        let Self { writer, target } = self;
        writer.json.push(b'[');
        let rows = match target.kind {
            Kind::List(kind) => Some(Rows::begin(target, kind, writer.report)),
            Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::Map(_) => None,
        };
        Ok(Entries { writer, target, rows, count: 0 })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Keys<'w, 'r>, Error> {
        let Self { writer, target } = self;
        let inside = match target.kind {
            Kind::Struct(info) => {
                let list = target.is_entry.then_some(target.field);
                Inside::Object(Object::begin(info.fields, list, writer.report), None)
            }
            Kind::Map(kind) => Inside::Map(target, kind),
            Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) => Inside::Other(target),
        };
        Ok(Keys::begin(writer, inside))
    }

    /// A piece of JSON text, which `serde_json` writes like this.
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Raw<'w, 'r>, Error> {
        let start = self.writer.json.len();
        Ok(Raw { value: self, start })
    }

    foreign! { Given:
        serialize_char(char), serialize_bytes(&[u8]), serialize_unit_struct(&'static str),
        serialize_unit_variant(&'static str, u32, &'static str),
    }
}

/// A serializer of a key, which is text.
struct Key<'k, 'w, 'r>(&'k mut Keys<'w, 'r>);

impl Serializer for Key<'_, '_, '_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Impossible<(), Error>;
    type SerializeMap = Impossible<(), Error>;
    type SerializeStruct = Impossible<(), Error>;
    type SerializeTuple = Impossible<(), Error>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_str(self, name: &str) -> Result<(), Error> {
        let Keys { writer, inside, .. } = self.0;
        match inside {
            Inside::Object(object, known) => *known = object.position(name),
            Inside::Map(..) => writer.report.enter_free(name.to_owned()),
            Inside::Other(_) => {}
        }
        writer.push_key(name)
    }

    fn serialize_some<V: Serialize + ?Sized>(self, _: &V) -> Result<(), Error> {
        foreign()
    }

    fn serialize_newtype_struct<V: Serialize + ?Sized>(self, _: &'static str, _: &V) -> Result<(), Error> {
        foreign()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        foreign()
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        foreign()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        foreign()
    }

    foreign! { ():
        serialize_bool(bool), serialize_i8(i8), serialize_i16(i16), serialize_i32(i32), serialize_i64(i64),
        serialize_u8(u8), serialize_u16(u16), serialize_u32(u32), serialize_u64(u64), serialize_f32(f32),
        serialize_f64(f64), serialize_none(), serialize_unit(), serialize_char(char), serialize_bytes(&[u8]),
        serialize_unit_struct(&'static str), serialize_unit_variant(&'static str, u32, &'static str),
    }
}

/// The entries of a list.
struct Entries<'w, 'r> {
    writer: &'w mut Writer<'r>,
    target: Target,
    /// `None` where no list belongs: what is in it is not looked at.
    rows: Option<Rows>,
    count: usize,
}

impl SerializeSeq for Entries<'_, '_> {
    type Ok = Given;
    type Error = Error;

    fn serialize_element<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), Error> {
        self.writer.separate(self.count);
        self.count += 1;
        let Some(rows) = &mut self.rows else { return self.writer.push(value) };
        let target = rows.enter(self.writer.report);
        value.serialize(Value { writer: self.writer, target })?;
        rows.leave(self.writer.report);
        Ok(())
    }

    fn end(self) -> Result<Given, Error> {
        let Self { writer, target, rows, count } = self;
        writer.json.push(b']');
        match rows {
            Some(rows) => {
                rows.end(writer.report);
                Ok(container(writer.report, target, count))
            }
            None => Ok(other_container(writer.report, target)),
        }
    }
}

/// The keys of an object.
struct Keys<'w, 'r> {
    writer: &'w mut Writer<'r>,
    inside: Inside,
    count: usize,
    /// Where it begins.
    start: usize,
}

/// What kind of object it is.
enum Inside {
    /// One with known fields, and the index of the one whose key was written.
    Object(Object, Option<usize>),
    /// One with free keys.
    Map(Target, &'static Kind),
    /// One where no object belongs, or any: what is in it is not looked at.
    Other(Target),
}

impl<'w, 'r> Keys<'w, 'r> {
    fn begin(writer: &'w mut Writer<'r>, inside: Inside) -> Self {
        let start = writer.json.len();
        writer.json.push(b'{');
        Self { writer, inside, count: 0, start }
    }
}

impl SerializeMap for Keys<'_, '_> {
    type Ok = Given;
    type Error = Error;

    fn serialize_key<K: Serialize + ?Sized>(&mut self, key: &K) -> Result<(), Error> {
        self.writer.separate(self.count);
        self.count += 1;
        key.serialize(Key(self))
    }

    fn serialize_value<V: Serialize + ?Sized>(&mut self, value: &V) -> Result<(), Error> {
        let Self { writer, inside, .. } = self;
        match inside {
            Inside::Object(object, Some(index)) => {
                let target = object.enter(*index, writer.report);
                let given = value.serialize(Value { writer, target })?;
                object.leave(*index, given, writer.report);
            }
            Inside::Map(target, kind) => {
                value.serialize(Value { writer, target: target.entry(kind) })?;
                writer.report.leave();
            }
            Inside::Object(_, None) | Inside::Other(_) => writer.push(value)?,
        }
        Ok(())
    }

    fn end(self) -> Result<Given, Error> {
        let Self { writer, inside, count, start } = self;
        writer.json.push(b'}');
        Ok(match inside {
            Inside::Object(object, _) => {
                object.end(writer.report);
                Given::Yes
            }
            Inside::Map(target, _) => container(writer.report, target, count),
            Inside::Other(target) if matches!(target.kind, Kind::Scalar(Scalar::JsonSchema)) => {
                if let Some(profile) = schema::profile(target.field) {
                    let schema = serde_json::from_slice(&writer.json[start..])?;
                    schema::check(writer.report, target.field, profile, &schema);
                }
                Given::Yes
            }
            Inside::Other(target) => other_container(writer.report, target),
        })
    }
}

/// A piece of JSON text.
struct Raw<'w, 'r> {
    value: Value<'w, 'r>,
    /// Where it begins.
    start: usize,
}

impl SerializeStruct for Raw<'_, '_> {
    type Ok = Given;
    type Error = Error;

    fn serialize_field<V: Serialize + ?Sized>(&mut self, _: &'static str, value: &V) -> Result<(), Error> {
        let text = serde_json::to_vec(value)?;
        let text: String = serde_json::from_slice(&text)?;
        self.value.writer.json.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn end(self) -> Result<Given, Error> {
        let Self { value: Value { writer, target }, start } = self;
        let text = std::str::from_utf8(&writer.json[start..]).map_err(Error::custom)?;
        walk::value(target, writer.report, text)
    }
}
