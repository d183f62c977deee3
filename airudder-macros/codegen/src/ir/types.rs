//! Named types, the types of fields, and fields.

use airudder_model::{Code, EnumForm, Evidence, FieldPlace, JsonView, Limit, Problem, Scalar};

use crate::syntax::node::Node;
use crate::syntax::span::Span;

/// Named types.
#[derive(Debug, Default)]
pub struct Types {
    /// Ids.
    pub ids: Vec<Id>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// Structs.
    pub structs: Vec<Struct>,
}

/// An id.
#[derive(Debug, Clone)]
pub struct Id {
    /// Its type's name.
    pub name: String,
    /// What it names.
    pub doc: String,
    /// How well its form is known.
    pub evidence: Option<Evidence>,
    /// Where its key is written.
    pub span: Span,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its type's name.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// How well its values are known.
    pub evidence: Evidence,
    /// How values look on the wire.
    pub form: EnumForm,
    /// Its values.
    pub values: Vec<EnumValue>,
    /// Where its key is written.
    pub span: Span,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// As on the wire.
    pub wire: String,
    /// Other spellings that are read as this one.
    pub aliases: Vec<String>,
    /// The variant.
    pub rust: String,
    /// What it means.
    pub doc: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Whether somebody has answered the call whose result it is, where it says so.
    pub answered: Option<bool>,
}

impl Enum {
    /// Whether its values are results of calls that say whether the phone was answered.
    pub fn says_whether_answered(&self) -> bool {
        self.values.iter().any(|value| value.answered.is_some())
    }
}

/// A struct.
#[derive(Debug, Clone)]
pub struct Struct {
    /// Its type's name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Evidence of its fields.
    pub evidence: Evidence,
    /// Whether it takes other keys, and what they are.
    pub open: Option<String>,
    /// Wire names of key and value, where a list of it may be an object.
    pub entry: Option<(String, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The structs whose fields it takes over.
    pub bases: Vec<TypeRef>,
    /// Whether all of its fields could be read.
    pub known: bool,
    /// Where its key is written.
    pub span: Span,
    /// What is written.
    pub node: Node,
}

/// Where a named type lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeRef {
    /// The section; `None` for `types.yaml`.
    pub section: Option<String>,
    /// The type's name.
    pub name: String,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A built-in type.
    Scalar(Scalar),
    /// An id.
    Id(TypeRef),
    /// An enum.
    Enum(TypeRef),
    /// A struct.
    Struct(TypeRef),
    /// A list.
    List(Box<Type>),
    /// A mapping with free keys.
    Map(Box<Type>),
}

impl Type {
    /// The type inside lists and maps.
    pub fn innermost(&self) -> &Type {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            Self::Scalar(_) | Self::Id(_) | Self::Enum(_) | Self::Struct(_) => self,
        }
    }

    /// The name of a named type.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Id(at) | Self::Enum(at) | Self::Struct(at) => Some(&at.name),
            Self::Scalar(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Whether values are times of any kind.
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if scalar.is_time())
    }
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Rust name.
    pub name: String,
    /// Wire name.
    pub wire: String,
    /// Other wire names.
    pub aliases: Vec<String>,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// One line about it.
    pub doc: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Whether it is redacted.
    pub sensitive: bool,
    /// The only value that it takes: it is always sent.
    pub fixed: Option<String>,
    /// Where it goes.
    pub place: FieldPlace,
    /// Whether it can be read as a type of the caller's.
    pub typed: bool,
    /// Of a list: Rust name of the field by which two entries are the same.
    pub unique: Option<String>,
    /// Wire name of the field whose value is sent here too where this one is not set.
    pub mirror: Option<String>,
    /// What its value must satisfy.
    pub constraints: Vec<Constraint>,
    /// Codes per problem.
    pub codes: Vec<(Problem, Code)>,
    /// Whether nothing is wrong with it. What is invalid stays, so that what names it is not blamed.
    pub valid: bool,
    /// Where it is written.
    pub node: Node,
}

impl Field {
    /// Whether a builder demands it: what has one value only need not be set.
    pub fn is_demanded(&self) -> bool {
        self.required && self.fixed.is_none()
    }
}

/// What a value must satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A limit with its number.
    Limit(Limit, i64),
    /// Values allowed.
    OneOf(Vec<String>),
    /// Wire name of a field that must be later.
    Before(String),
    /// Wire name of a field that must be on the same day.
    SameDay(String),
    /// Not in the past.
    NotPast,
    /// A JSON Schema of this form.
    Schema(SchemaProfile),
}

/// What a JSON Schema that is a value may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProfile {
    /// The types that a property may have.
    pub types: Vec<String>,
    /// How many properties there may be.
    pub max_properties: Option<u32>,
    /// Whether it must say that there are no others.
    pub closed: bool,
    /// Keywords that it must not have.
    pub without: Vec<String>,
}

impl SchemaProfile {
    /// Why a schema is outside of it, if it is.
    pub fn problem(&self, schema: &Node) -> Option<String> {
        let [types, without] =
            [&self.types, &self.without].map(|words| words.iter().map(String::as_str).collect::<Vec<_>>());
        let (max_properties, closed) = (self.max_properties, self.closed);
        let profile =
            airudder_model::SchemaProfile { types: &types, max_properties, closed, without: &without };
        profile.problem(schema).map(|problem| match problem.property {
            Some(property) => format!("{problem}, in its property `{property}`"),
            None => problem.to_string(),
        })
    }
}

impl<'s> JsonView<'s> for &'s Node {
    fn text(self) -> Option<&'s str> {
        Node::text(self)
    }

    fn is_false(self) -> bool {
        self.flag() == Some(false)
    }

    fn members(self) -> Option<impl Iterator<Item = (&'s str, Self)>> {
        self.is_map().then(|| self.entries().iter().map(|(key, value)| (key.as_str(), value)))
    }
}
