//! Sections, endpoints and webhooks.

use airudder_model::{BodyForm, Code, Effect, Evidence, Method, Signed, SuccessRule};

use crate::syntax::node::Node;
use crate::syntax::span::FileId;

use super::family::ErrorRow;
use super::types::{Field, Type, TypeRef, Types};

/// A section.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// The vendor's title.
    pub title: String,
    /// The vendor's Chinese title.
    pub title_zh: Option<String>,
    /// Its family.
    pub family: String,
    /// One line about it.
    pub summary: String,
    /// The front page of its docs.
    pub guide: String,
    /// The vendor's pages.
    pub pages: Vec<String>,
    /// Its types.
    pub types: Types,
    /// Error codes of its own.
    pub errors: Vec<ErrorRow>,
    /// Whether some of them could not be read, so that no code is unknown.
    pub errors_unknown: bool,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Its webhooks.
    pub webhooks: Vec<Webhook>,
    /// Whether it is the vendor's, below a private spec.
    pub is_vendors: bool,
    /// Its file.
    pub file: FileId,
    /// Where it is written, and which of its keys are poisoned; its entries are not kept here.
    pub node: Node,
}

/// What endpoints and webhooks have in common.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name inside the section.
    pub name: String,
    /// `section.name`.
    pub key: String,
    /// The section.
    pub section: String,
    /// The vendor's title.
    pub title: String,
    /// The vendor's Chinese title.
    pub title_zh: Option<String>,
    /// Whether the title is ours.
    pub title_is_ours: bool,
    /// The vendor's pages.
    pub pages: Vec<String>,
    /// Pages that may be about it.
    pub pages_maybe: Vec<String>,
    /// Of the path, or of a webhook's fields.
    pub evidence: Evidence,
    /// Of the method.
    pub method_evidence: Evidence,
    /// Of the fields; `None` where no field is known.
    pub fields_evidence: Option<Evidence>,
    /// HTTP method.
    pub method: Method,
    /// One line about it.
    pub summary: String,
    /// Paragraphs of its docs.
    pub notes: Vec<String>,
    /// Whether there may be fields that nobody knows.
    pub open: bool,
    /// The entry it was derived from, step by step to the root.
    pub bases: Vec<String>,
    /// Keys that something is wrong with, here or in the entry it was derived from.
    pub poisoned: Vec<String>,
    /// Where it is written.
    pub node: Node,
}

impl Entry {
    /// The key of the entry that it goes back to.
    pub fn root(&self) -> &str {
        self.bases.last().map_or(&self.key, String::as_str)
    }

    /// Whether something is wrong with a key, so that its absence proves nothing.
    pub fn is_poisoned(&self, key: &str) -> bool {
        self.poisoned.iter().any(|poisoned| poisoned == key || poisoned == Node::ANY)
    }

    /// Whether all fields could be read.
    pub fn knows_fields(&self) -> bool {
        !["request", "response", "payload", "change", "add", "drop"].iter().any(|key| self.is_poisoned(key))
    }
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// What it shares with webhooks.
    pub entry: Entry,
    /// Path.
    pub path: Option<String>,
    /// Where its fields go.
    pub body: BodyForm,
    /// What calling it does.
    pub effect: Effect,
    /// Seconds.
    pub timeout_secs: u32,
    /// Whether it goes without the family's auth.
    pub no_auth: bool,
    /// Why not to use it any more.
    pub deprecated: Option<String>,
    /// Further codes.
    pub errors: Vec<Code>,
    /// Its fields.
    pub request: Vec<Field>,
    /// The key of the endpoint whose request type it uses; its own where that differs.
    pub request_owner: String,
    /// What it answers.
    pub response: Response,
    /// The key of the endpoint whose response type it uses.
    pub response_owner: String,
    /// Whether other keys of the answer are kept.
    pub open_response: bool,
    /// How it pages.
    pub page: Option<Page>,
    /// Whether an answer without a payload is an error.
    pub payload_required: bool,
    /// What says that a call has succeeded.
    pub success: SuccessRule,
    /// How an earlier call is found again.
    pub find_by: Option<FindBy>,
    /// What its answer says once it is over.
    pub poll_until: Option<PollUntil>,
    /// The endpoint that tells what becomes of what this one starts.
    pub then_poll: Option<ThenPoll>,
    /// The header whose key makes a repeated call the same call.
    pub idempotency: Option<Idempotency>,
    /// Example request.
    pub sample_request: Option<Node>,
    /// Example payload.
    pub sample_response: Option<Node>,
}

/// How an earlier call is found again.
#[derive(Debug, Clone)]
pub struct FindBy {
    /// Wire name of the field that holds the name.
    pub name: String,
    /// Name of the endpoint of the same section that lists what was made.
    pub list: String,
}

/// What an answer says once the thing that it tells of is over.
#[derive(Debug, Clone)]
pub struct PollUntil {
    /// Wire key of the state in the payload.
    pub field: String,
    /// The states in which it is over.
    pub values: Vec<String>,
}

/// The endpoint that tells what becomes of what another one starts.
#[derive(Debug, Clone)]
pub struct ThenPoll {
    /// Name of the endpoint, of the same section.
    pub endpoint: String,
    /// Wire names of its fields, each with the wire key of the first answer that has the value.
    pub fields: Vec<(String, String)>,
}

/// The header whose key makes a repeated call the same call.
#[derive(Debug, Clone)]
pub struct Idempotency {
    pub header: String,
    /// Whether the vendor refuses a call without one.
    pub required: bool,
    /// How many characters a key may have.
    pub max_chars: u32,
}

/// What an endpoint answers.
#[derive(Debug, Clone)]
pub enum Response {
    /// An object of its own.
    Fields(Vec<Field>),
    /// A value of a type.
    Type(Type),
    /// A file.
    File,
}

/// How an endpoint pages. Names of fields are wire names, those of answers wire keys.
#[derive(Debug, Clone)]
pub enum Page {
    /// By page number.
    Number { page: String, size: String, first: i64, items: Option<String> },
    /// By row offset.
    Offset { offset: String, limit: String, items: Option<String>, total: Option<String> },
    /// By a mark of where the next page begins.
    Cursor { cursor: String, size: Option<String>, items: Option<String>, next: NextCursor },
}

/// What the cursor of the next page is.
#[derive(Debug, Clone)]
pub enum NextCursor {
    /// The id of the last entry.
    ItemId(String),
    /// A value of the payload.
    Key(String),
}

impl Page {
    /// The list in the payload.
    pub fn items(&self) -> Option<&str> {
        match self {
            Self::Number { items, .. } | Self::Offset { items, .. } | Self::Cursor { items, .. } => {
                items.as_deref()
            }
        }
    }

    /// The fields of the request that it names.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let (moves, size) = match self {
            Self::Number { page, size, .. } => (page, Some(size)),
            Self::Offset { offset, limit, .. } => (offset, Some(limit)),
            Self::Cursor { cursor, size, .. } => (cursor, size.as_mut()),
        };
        std::iter::once(moves).chain(size)
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// What it shares with endpoints.
    pub entry: Entry,
    /// Whether a signature header is listed.
    pub signed: Signed,
    /// The wire keys that are equal where a message comes twice.
    pub identity: Vec<String>,
    /// The wire key of the time at which it happened.
    pub happened: Option<String>,
    /// A wire key, and the value that only this webhook has there.
    pub discriminator: Option<(String, String)>,
    /// Name of the header that repeats a value of the message, and the value's key.
    pub header: Option<(String, String)>,
    /// Its fields, or a struct.
    pub payload: Payload,
    /// The key of the webhook whose type it uses.
    pub payload_owner: String,
    /// Example.
    pub sample: Option<Node>,
}

/// What a webhook holds.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Fields of its own.
    Fields(Vec<Field>),
    /// A struct.
    Struct(TypeRef),
}
