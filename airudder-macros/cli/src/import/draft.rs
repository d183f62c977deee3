//! An entry and its types, ready to be written.

use serde_json::Value as Json;

/// Where a value travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// In the path or the query string: single values only.
    Query,
    /// In a request's body.
    Body,
    /// In an answer.
    Answer,
}

/// A field, ready to be written.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) ty: String,
    pub(super) required: bool,
    pub(super) limits: Vec<(&'static str, i64)>,
    pub(super) doc: String,
    pub(super) notes: Vec<String>,
}

/// A struct, ready to be written.
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) open: bool,
    pub(super) fields: Vec<Field>,
}

/// An enum, ready to be written.
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) integer: bool,
    pub(super) values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(PartialEq, Eq)]
pub(super) struct EnumValue {
    pub(super) wire: String,
    pub(super) rust: Option<String>,
    /// Whether neither the value nor the page gives a name.
    pub(super) nameless: bool,
    pub(super) doc: String,
}

/// An entry, ready to be written.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) title_zh: Option<String>,
    pub(super) summary: String,
    pub(super) path: Option<String>,
    pub(super) method: String,
    pub(super) method_known: bool,
    pub(super) body: Option<&'static str>,
    pub(super) deprecated: bool,
    pub(super) open: bool,
    pub(super) open_response: bool,
    pub(super) fields: Vec<Field>,
    pub(super) response: Response,
    pub(super) request_sample: Option<Json>,
    pub(super) response_sample: Option<Json>,
}

/// What the call returns.
pub(super) enum Response {
    Nothing,
    Fields(Vec<Field>),
    Type(String),
}
