//! Endpoints: what goes in, what comes back, how they page and authenticate.
//!
//! `F` is the type that names a family. The model does not know which families there are; the client's
//! `Family` does.

use core::fmt;

use crate::{
    AuthKind, BodyForm, Code, Effect, ErrorRow, Evidence, Field, Kind, Method, PagingKind, SuccessRule,
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
    /// Whether an answer whose payload is null, absent or empty is an error.
    pub payload_required: bool,
    /// What says that a call has succeeded.
    pub success: SuccessRule,
    /// How an earlier call is found again.
    pub find_by: Option<FindBy<F>>,
    /// What its answer says once the thing that it tells of is over; for what takes time.
    pub poll_until: Option<PollUntil>,
    /// The endpoint that tells what becomes of what this one starts.
    pub then_poll: Option<ThenPoll<F>>,
    /// The header whose key makes a repeated call the same call.
    pub idempotency: Option<Idempotency>,
    /// Codes that it is known or thought to return.
    pub errors: &'static [Code],
    /// Rows of the codes that its section defines beside the family's table.
    pub own_codes: &'static [ErrorRow<F>],
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

impl<F> Endpoint<F> {
    /// An endpoint of which nothing more is said, to be completed by what is generated.
    #[doc(hidden)]
    pub const fn new(key: &'static str, family: F, auth: Auth<F>) -> Self {
        Self {
            key,
            title: "",
            title_zh: None,
            title_is_ours: false,
            section: "",
            family,
            method: Method::Get,
            path: None,
            effect: Effect::CallsPeople,
            evidence: Evidence::Assumed,
            method_evidence: Evidence::Assumed,
            fields_evidence: None,
            pages: &[],
            pages_maybe: &[],
            summary: "",
            body: BodyForm::Json,
            request: &[],
            open: false,
            response: ResponseKind::File,
            payload_required: false,
            success: SuccessRule::Envelope,
            find_by: None,
            poll_until: None,
            then_poll: None,
            idempotency: None,
            errors: &[],
            own_codes: &[],
            sample: Sample { request: None, response: None },
            paging: None,
            timeout_secs: 0,
            auth,
            root: "",
            deprecated: None,
        }
    }

    /// Whether a call that may have reached the vendor can be sent again without harm: it does nothing
    /// twice, by its nature or by the key that it carries.
    pub const fn is_repeatable(&self) -> bool {
        self.effect.is_repeatable() || self.idempotency.is_some()
    }
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
        /// How many rows one query gives at most, over all its pages.
        max_rows: Option<i64>,
    },
    /// By a mark of where the next page begins.
    Cursor {
        /// Field of the cursor; empty for the first page.
        cursor: &'static str,
        /// Field of the page size, where there is one.
        size: Option<&'static str>,
        /// Key of the list of entries in the payload.
        items: Option<&'static str>,
        /// What the next cursor is.
        next: NextCursor,
    },
}

/// What the cursor of the next page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextCursor {
    /// The id of the last entry, by its key in an entry.
    ItemId(&'static str),
    /// A value of the payload, by its key there; null, empty or absent on the last page.
    Key(&'static str),
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

    /// Field of the page size, where there is one.
    pub const fn size(&self) -> Option<&'static str> {
        match self {
            Self::Number { size, .. } => Some(size),
            Self::Cursor { size, .. } => *size,
            Self::Offset { limit, .. } => Some(limit),
        }
    }

    /// The field that says where a page begins, and its value for the first one; `None`: empty.
    pub const fn start(&self) -> (&'static str, Option<i64>) {
        match self {
            Self::Number { page, first, .. } => (page, Some(*first)),
            Self::Offset { offset, .. } => (offset, Some(0)),
            Self::Cursor { cursor, .. } => (cursor, None),
        }
    }
}

/// How an earlier call of an endpoint is found again: by the name that was given to what it made.
#[derive(Clone, Copy)]
pub struct FindBy<F: 'static> {
    /// Wire name of the request's field that holds the name, and of the list's that holds it again.
    pub name: &'static str,
    /// The endpoint that lists what was made.
    pub list: &'static Endpoint<F>,
}

/// What an answer says once the thing that it tells of is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollUntil {
    /// Key of the state in the payload.
    pub field: &'static str,
    /// The states in which it is over, as they are written.
    pub values: &'static [&'static str],
}

/// The endpoint that tells what becomes of what another one starts.
#[derive(Clone, Copy)]
pub struct ThenPoll<F: 'static> {
    /// The endpoint; it says when it is over ([`Endpoint::poll_until`]).
    pub endpoint: &'static Endpoint<F>,
    /// Wire names of its fields, each with the key of the first answer that has the value.
    pub fields: &'static [(&'static str, &'static str)],
}

/// The header whose key makes a repeated call the same call: the vendor answers as it did before, and does
/// nothing a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Idempotency {
    /// Name of the header.
    pub header: &'static str,
    /// Whether the vendor refuses a call without one.
    pub required: bool,
    /// How many characters a key may have.
    pub max_chars: u32,
}

/// How an endpoint authenticates.
#[derive(Clone, Copy)]
pub enum Auth<F: 'static> {
    /// `Authorization: Token ...`, from a token endpoint.
    Token(TokenAuth<F>),
    /// Signature headers, made by the signer that the caller gives.
    Signature,
    /// `Authorization: Bearer ...`, with the API key itself.
    Bearer,
    /// Nothing.
    None,
}

impl<F> Auth<F> {
    /// Its word in the spec.
    pub const fn kind(&self) -> AuthKind {
        match self {
            Self::Token(_) => AuthKind::Token,
            Self::Signature => AuthKind::Signature,
            Self::Bearer => AuthKind::Bearer,
            Self::None => AuthKind::None,
        }
    }
}

/// Where a token comes from.
#[derive(Clone, Copy)]
pub struct TokenAuth<F: 'static> {
    /// The token endpoint. Families that name the same endpoint share the token.
    pub endpoint: &'static Endpoint<F>,
    /// Wire name of the application key in its request.
    pub key_field: &'static str,
    /// Wire name of the application secret in its request.
    pub secret_field: &'static str,
    /// Key of the token in its payload.
    pub token_at: &'static str,
    /// How long a token lives.
    pub lifetime_secs: u32,
}

impl<F> fmt::Debug for Auth<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => f.debug_tuple("Token").field(token).finish(),
            Self::Signature | Self::Bearer | Self::None => f.write_str(self.kind().variant()),
        }
    }
}

/// Shows the list by its key.
impl<F> fmt::Debug for FindBy<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FindBy").field("name", &self.name).field("list", &self.list.key).finish()
    }
}

/// Shows the endpoint by its key.
impl<F> fmt::Debug for ThenPoll<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ThenPoll");
        shown.field("endpoint", &self.endpoint.key).field("fields", &self.fields).finish()
    }
}

/// Shows the token endpoint by its key.
impl<F> fmt::Debug for TokenAuth<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenAuth").field("endpoint", &self.endpoint.key).finish_non_exhaustive()
    }
}
