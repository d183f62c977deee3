//! The plain tables: endpoints, webhooks, error codes and their fields, as `const` data.
//!
//! `F` is the type that names a family. The model does not know which families there are; the client's `Family` does.

use crate::{
    Auth, BodyForm, Code, Effect, EnumForm, Evidence, JsonType, Limit, Method, PagingKind, Problem, Scalar,
};

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<F: 'static> {
    /// Unique name, `section.method`.
    pub key: &'static str,
    /// The vendor's title (or a translation, see [`Endpoint::title_is_ours`]).
    pub title: &'static str,
    /// The vendor's Chinese title.
    pub title_zh: Option<&'static str>,
    /// Whether the title is a translation of ours.
    pub title_is_ours: bool,
    /// The section of the vendor's contents.
    pub section: &'static str,
    /// The family.
    pub family: F,
    /// HTTP method.
    pub method: Method,
    /// Path below the family's host; `None` where nobody knows one.
    pub path: Option<&'static str>,
    /// What calling it does.
    pub effect: Effect,
    /// How well the path is known.
    pub evidence: Evidence,
    /// How well the method is known.
    pub method_evidence: Evidence,
    /// How well the best-known fields are known; `None` where no field is known.
    pub fields_evidence: Option<Evidence>,
    /// The vendor's pages about it.
    pub pages: &'static [&'static str],
    /// Pages that may be about it.
    pub pages_maybe: &'static [&'static str],
    /// One line about it.
    pub summary: &'static str,
    /// Where the request's fields go.
    pub body: BodyForm,
    /// The request's fields.
    pub request: &'static [Field],
    /// Whether the request may have fields that nobody knows.
    pub open: bool,
    /// What comes back, inside its envelope.
    pub response: ResponseKind,
    /// Codes that it is known or thought to return.
    pub errors: &'static [Code],
    /// An example of request and response.
    pub sample: Sample,
    /// How it pages.
    pub paging: Option<Paging>,
    /// How long one attempt may take, in seconds.
    pub timeout_secs: u32,
    /// How it authenticates.
    pub auth: Auth<F>,
    /// The endpoint that it was derived from (`same_as`), followed to its root.
    pub root: &'static str,
    /// Why not to use it any more.
    pub deprecated: Option<&'static str>,
}

/// What comes back from an endpoint, inside its envelope.
#[derive(Debug, Clone, Copy)]
pub enum ResponseKind {
    /// A value of this kind.
    Value(Kind),
    /// A file, or JSON with a link to it.
    File,
}

impl ResponseKind {
    /// The fields, where it is an object.
    pub const fn fields(&self) -> &'static [Field] {
        match self {
            Self::Value(Kind::Struct(info)) => info.fields,
            Self::Value(Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) | Kind::Map(_))
            | Self::File => &[],
        }
    }
}

/// An example of request and response, as JSON text. The response is the payload, without its envelope.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// The request's fields.
    pub request: Option<&'static str>,
    /// The payload.
    pub response: Option<&'static str>,
}

/// How a list endpoint pages. Names are wire names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By page number.
    Number {
        /// Field of the page number.
        page: &'static str,
        /// Field of the page size.
        size: &'static str,
        /// Number of the first page.
        first: i64,
        /// Key of the list of entries in the payload; `None`: the payload itself, or the first list in it.
        items: Option<&'static str>,
    },
    /// By row offset.
    Offset {
        /// Field of the offset, in rows from 0.
        offset: &'static str,
        /// Field of the page size.
        limit: &'static str,
        /// Key of the list of entries in the payload.
        items: Option<&'static str>,
        /// Key of the number of rows in all, in the payload.
        total: Option<&'static str>,
    },
    /// By the id of the last entry held.
    Cursor {
        /// Field of the cursor; empty for the first page.
        cursor: &'static str,
        /// Field of the page size.
        size: &'static str,
        /// Key of the list of entries in the payload.
        items: Option<&'static str>,
        /// Key of an entry's id.
        item_id: &'static str,
    },
}

impl Paging {
    /// Its word in the spec.
    pub const fn kind(&self) -> PagingKind {
        match self {
            Self::Number { .. } => PagingKind::Number,
            Self::Offset { .. } => PagingKind::Offset,
            Self::Cursor { .. } => PagingKind::Cursor,
        }
    }

    /// Key of the list of entries in the payload.
    pub const fn items(&self) -> Option<&'static str> {
        match self {
            Self::Number { items, .. } | Self::Offset { items, .. } | Self::Cursor { items, .. } => *items,
        }
    }
}

/// A message that the vendor sends to a URL of yours.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<F: 'static> {
    /// Unique name, `section.thing_happened`.
    pub key: &'static str,
    /// The vendor's title.
    pub title: &'static str,
    /// The vendor's Chinese title.
    pub title_zh: Option<&'static str>,
    /// Whether the title is a translation of ours.
    pub title_is_ours: bool,
    /// The section of the vendor's contents.
    pub section: &'static str,
    /// The family.
    pub family: F,
    /// HTTP method that the vendor uses.
    pub method: Method,
    /// How well the method is known.
    pub method_evidence: Evidence,
    /// How well the best-known field is known (`Assumed` where none is).
    pub evidence: Evidence,
    /// The vendor's pages about it.
    pub pages: &'static [&'static str],
    /// Pages that may be about it.
    pub pages_maybe: &'static [&'static str],
    /// When it is sent.
    pub summary: &'static str,
    /// Whether the vendor lists the header `X-AIRudder-Sign` for it.
    pub signed: Option<Evidence>,
    /// Its fields.
    pub payload: &'static [Field],
    /// An example, as JSON text.
    pub sample: Option<&'static str>,
    /// The webhook that it was derived from (`same_as`), followed to its root.
    pub root: &'static str,
}

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
        evidence: Evidence::Assumed,
        constraints: &[],
        codes: &[],
        doc: "",
    };
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
}

/// One row of the error-code tables.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRow<F: 'static> {
    /// The family whose table it stands in. A code means something only together with its family.
    pub family: F,
    /// The code.
    pub code: Code,
    /// The variant of the client's `ErrorCode`.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The meanings, where one code has several.
    pub meanings: &'static [&'static str],
    /// Wire name of the field that it is about.
    pub field: Option<&'static str>,
    /// The limit that its text states, in words.
    pub limit: Option<&'static str>,
    /// Which calls raise it.
    pub group: Option<&'static str>,
    /// A remark.
    pub note: Option<&'static str>,
    /// How well it is known.
    pub evidence: Evidence,
}
