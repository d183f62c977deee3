//! Fields: what they hold and what their values must satisfy.

use crate::{Code, EnumForm, Evidence, FieldPlace, JsonType, Limit, Problem, Scalar, SchemaProfile};

/// One field of a request, a response or a webhook.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its Rust name.
    pub name: &'static str,
    /// Its name on the wire.
    pub wire: &'static str,
    /// Other wire names that are read as this field.
    pub aliases: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it is personal or secret: never shown in `Debug` or logs.
    pub sensitive: bool,
    /// The only value that it takes: it is always sent.
    pub fixed: Option<&'static str>,
    /// Of a request: where it goes.
    pub place: FieldPlace,
    /// Of an answer: its shape is the caller's own, and it can be read as a type of the caller's.
    pub typed: bool,
    /// Of a list: wire name of the field by which two entries are the same.
    pub unique: Option<&'static str>,
    /// Wire name of the field beside it whose value is sent here too where this one is not set.
    pub mirror: Option<&'static str>,
    /// How well it is known.
    pub evidence: Evidence,
    /// What its value must satisfy.
    pub constraints: &'static [Constraint],
    /// The vendor's code for each way in which it can be wrong.
    pub codes: &'static [(Problem, Code)],
    /// One line about it.
    pub doc: &'static str,
}

impl Field {
    /// A field with nothing said of it, to be completed: `Field { name, wire, ..Field::EMPTY }`.
    pub const EMPTY: Self = Self {
        name: "",
        wire: "",
        aliases: &[],
        kind: Kind::Scalar(Scalar::Json),
        required: false,
        sensitive: false,
        fixed: None,
        place: FieldPlace::Body,
        typed: false,
        unique: None,
        mirror: None,
        evidence: Evidence::Assumed,
        constraints: &[],
        codes: &[],
        doc: "",
    };
}

/// How the generated tables say what they say of a field, and nothing else: a table that spells out every
/// field of this struct costs the compiler more than all else that is generated.
#[doc(hidden)]
impl Field {
    pub const fn new(name: &'static str, wire: &'static str, kind: Kind, evidence: Evidence) -> Self {
        Self { name, wire, kind, evidence, ..Self::EMPTY }
    }

    pub const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    pub const fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    pub const fn fixed(self, value: &'static str) -> Self {
        Self { fixed: Some(value), ..self }
    }

    pub const fn place(self, place: FieldPlace) -> Self {
        Self { place, ..self }
    }

    pub const fn typed(self) -> Self {
        Self { typed: true, ..self }
    }

    pub const fn unique(self, wire: &'static str) -> Self {
        Self { unique: Some(wire), ..self }
    }

    pub const fn mirror(self, wire: &'static str) -> Self {
        Self { mirror: Some(wire), ..self }
    }

    pub const fn constraints(self, constraints: &'static [Constraint]) -> Self {
        Self { constraints, ..self }
    }

    pub const fn codes(self, codes: &'static [(Problem, Code)]) -> Self {
        Self { codes, ..self }
    }

    pub const fn doc(self, doc: &'static str) -> Self {
        Self { doc, ..self }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A value of a built-in type.
    Scalar(Scalar),
    /// An id; the name of its type.
    Id(&'static str),
    /// One of a list of words, open to others.
    Enum(&'static EnumInfo),
    /// An object.
    Struct(&'static StructInfo),
    /// A list.
    List(&'static Kind),
    /// An object with free keys.
    Map(&'static Kind),
}

impl Kind {
    /// What values are in JSON.
    pub const fn json_type(&self) -> JsonType {
        match self {
            Self::Scalar(scalar) => scalar.json_type(),
            Self::Id(_) => JsonType::Text,
            Self::Enum(info) => match info.form {
                EnumForm::String => JsonType::Text,
                EnumForm::Integer => JsonType::Integer,
            },
            Self::Struct(_) | Self::Map(_) => JsonType::Object,
            Self::List(_) => JsonType::List,
        }
    }
}

/// An enumeration. All of them are open: the vendor may send values that are not listed.
#[derive(Debug, Clone, Copy)]
pub struct EnumInfo {
    /// Its type's name.
    pub name: &'static str,
    /// The known values, as on the wire.
    pub values: &'static [&'static str],
    /// How values look on the wire.
    pub form: EnumForm,
}

/// An object's fields.
#[derive(Debug, Clone, Copy)]
pub struct StructInfo {
    /// Its type's name.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Whether it takes keys that are not listed.
    pub open: bool,
}

/// What a value must satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// A limit with its number.
    Limit(Limit, i64),
    /// One of these values.
    OneOf(&'static [&'static str]),
    /// Earlier than the field with this wire name beside it.
    Before(&'static str),
    /// On the same day as the field with this wire name beside it.
    SameDay(&'static str),
    /// Not in the past when it is sent.
    NotPast,
    /// A JSON Schema of this form.
    Schema(&'static SchemaProfile<'static>),
}
