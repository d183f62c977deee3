//! An entry and its types, ready to be written.

use airudder_model::Effect;
use serde_json::Value as Json;

/// Where a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// In the path or the query string: single values only.
    Query,
    /// In a header of its own: single values only too.
    Header,
    /// In a body that is a form: single values only too.
    Form,
    /// In a request's body.
    Body,
    /// In a body of several parts: files can be sent.
    Parts,
    /// In an answer.
    Answer,
}

impl Side {
    /// Where only single values can stand, and what that is called.
    pub(super) fn of_single_values(self) -> Option<&'static str> {
        match self {
            Self::Query => Some("the query string"),
            Self::Header => Some("the header"),
            Self::Form => Some("the form"),
            Self::Body | Self::Parts | Self::Answer => None,
        }
    }
}

/// A field, ready to be written.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) ty: String,
    pub(super) required: bool,
    pub(super) limits: Vec<(&'static str, String)>,
    pub(super) doc: String,
    pub(super) notes: Vec<String>,
}

/// A struct, ready to be written.
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) open: bool,
    pub(super) fields: Vec<Field>,
    pub(super) notes: Vec<String>,
}

/// An enum, ready to be written.
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) integer: bool,
    pub(super) values: Vec<EnumValue>,
    pub(super) notes: Vec<String>,
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
    pub(super) key: String,
    /// Of a webhook, the fields are those of its payload; it has neither path nor answer.
    pub(super) is_webhook: bool,
    pub(super) title: String,
    pub(super) title_zh: Option<String>,
    pub(super) summary: String,
    /// The page's text where the summary is only its start.
    pub(super) paragraphs: Vec<String>,
    pub(super) path: Option<String>,
    pub(super) method: String,
    pub(super) method_known: bool,
    pub(super) body: Option<&'static str>,
    /// The header whose key makes a repeated call the same call.
    pub(super) idempotency: Option<Idempotency>,
    pub(super) deprecated: bool,
    /// What the call does, where the page says so in this language's words.
    pub(super) effect: Option<Effect>,
    pub(super) open: bool,
    /// Whether the status alone says that the call has succeeded: the page's answer has no body.
    pub(super) by_status: bool,
    pub(super) open_response: bool,
    pub(super) fields: Vec<Field>,
    pub(super) response: Response,
    pub(super) request_sample: Option<Sample>,
    pub(super) response_sample: Option<Sample>,
    /// What a person must look at.
    pub(super) notes: Vec<String>,
}

impl Entry {
    /// An entry with nothing in it.
    pub(super) fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            is_webhook: false,
            title: String::new(),
            title_zh: None,
            summary: String::new(),
            paragraphs: Vec::new(),
            path: None,
            method: String::new(),
            method_known: false,
            body: None,
            idempotency: None,
            deprecated: false,
            effect: None,
            open: false,
            by_status: false,
            open_response: false,
            fields: Vec::new(),
            response: Response::Nothing,
            request_sample: None,
            response_sample: None,
            notes: Vec::new(),
        }
    }
}

/// The header of a key, ready to be written.
pub(super) struct Idempotency {
    pub(super) header: String,
    pub(super) required: bool,
    /// Most characters of a key, where the page says so.
    pub(super) max_chars: Option<u32>,
}

/// An example, and why it is only a comment, if it is.
pub(super) struct Sample {
    pub(super) value: Json,
    /// Keys whose value the page does not give.
    pub(super) invented: Vec<String>,
    pub(super) misfit: Option<String>,
}

impl Sample {
    pub(super) fn new(value: Json) -> Self {
        Self { value, invented: Vec::new(), misfit: None }
    }
}

/// What the call returns.
pub(super) enum Response {
    Nothing,
    Fields(Vec<Field>),
    Type(String),
}
