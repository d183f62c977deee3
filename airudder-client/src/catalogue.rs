//! What the client knows of the API, as data: every endpoint, webhook and error code of the spec.
//!
//! The same data drives the client itself: requests are checked against [`Field`]s before they are sent, retries
//! follow the [`Effect`], answers are unpacked by the family's [`Envelope`].
//!
//! ```
//! use airudder_client::catalogue::ENDPOINTS;
//!
//! let create = ENDPOINTS.iter().find(|e| e.key == "collection.create_task").unwrap();
//! assert_eq!((create.method, create.path), ("POST", Some("/service/cloud/task")));
//! ```

use crate::Family;

/// How well a fact about the API is known. The levels are ordered: `Documented` is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Read in the vendor's page.
    Documented,
    /// Seen in public client code that talks to the API.
    Observed,
    /// Carried over from a sibling whose fact is documented or observed.
    Inferred,
    /// Guessed from the vendor's naming or from a title. Unconfirmed.
    Assumed,
}

impl Evidence {
    /// The word that the spec uses for this level.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

impl std::fmt::Display for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What calling an endpoint does. Decides what may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Only reads.
    Read,
    /// Changes something, and a second call changes nothing more.
    Idempotent,
    /// Changes something each time it is called.
    Changes,
    /// Makes people's phones ring (or sends them messages).
    CallsPeople,
}

impl Effect {
    /// Whether a call that may have reached the vendor can be sent again without harm.
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Read | Self::Idempotent)
    }

    /// The word that the spec uses for this effect.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Idempotent => "idempotent",
            Self::Changes => "changes",
            Self::CallsPeople => "calls_people",
        }
    }
}

/// One family of endpoints: they share a host, an envelope and a way to authenticate.
#[derive(Debug, Clone, Copy)]
pub struct FamilyInfo {
    /// The family.
    pub family: Family,
    /// Its name in the spec.
    pub name: &'static str,
    /// What it covers.
    pub title: &'static str,
    /// The vendor's host.
    pub base_url: &'static str,
    /// How answers are wrapped; `None` where that is not known and answers are handed on as they come.
    pub envelope: Option<Envelope>,
    /// How its endpoints authenticate.
    pub auth: Auth,
    /// Code of a required value that is absent, where a field has none of its own.
    pub missing_code: Option<i64>,
    /// Code of a value that is wrong, where a field has none of its own.
    pub invalid_code: Option<i64>,
    /// Codes that say that the token is wrong or expired.
    pub token_codes: &'static [i64],
}

/// How answers are wrapped.
#[derive(Debug, Clone, Copy)]
pub struct Envelope {
    /// The only code that means success.
    pub success: i64,
    /// Keys that may hold the payload, the usual one first.
    pub payload: &'static [&'static str],
    /// Keys that may hold the text of an error, the usual one first.
    pub message: &'static [&'static str],
}

/// How an endpoint authenticates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Token ...`, from a token endpoint.
    Token(TokenAuth),
    /// Signature headers, made by the signer that the caller gives.
    Signature,
    /// Nothing.
    None,
}

/// Where a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenAuth {
    /// Key of the token endpoint. Families that name the same endpoint share the token.
    pub endpoint: &'static str,
    /// Wire name of the application key in its request.
    pub key_field: &'static str,
    /// Wire name of the application secret in its request.
    pub secret_field: &'static str,
    /// Key of the token in its payload.
    pub token_at: &'static str,
    /// How long a token lives.
    pub lifetime_secs: u32,
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
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
    pub family: Family,
    /// HTTP method.
    pub method: &'static str,
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
    pub body: Body,
    /// The request's fields.
    pub request: &'static [Field],
    /// Whether the request may have fields that nobody knows.
    pub open: bool,
    /// What the answer is.
    pub answer: Answer,
    /// The answer's fields, where it is an object.
    pub response: &'static [Field],
    /// Codes that it is known or thought to return.
    pub errors: &'static [i64],
    /// An example of request and answer.
    pub sample: Sample,
    /// How it pages.
    pub paging: Option<Paging>,
    /// How long one attempt may take, in seconds.
    pub timeout_secs: u32,
    /// How it authenticates.
    pub auth: Auth,
    /// The endpoint that it was derived from (`same_as`), followed to its root.
    pub root: &'static str,
    /// Why not to use it any more.
    pub deprecated: Option<&'static str>,
}

/// Where a request's fields go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Into the query string.
    Query,
    /// Into a JSON body.
    Json,
    /// Into a URL-encoded form.
    Form,
    /// Into a multipart form.
    Multipart,
}

/// What an answer is, inside its envelope.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// A value of this kind.
    Value(Kind),
    /// A file, or JSON with a link to it.
    File,
}

/// An example of request and answer, as JSON text. The answer is the payload, without its envelope.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// The request's fields.
    pub request: Option<&'static str>,
    /// The answer's payload.
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

/// A message that the vendor sends to a URL of yours.
#[derive(Debug, Clone, Copy)]
pub struct Webhook {
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
    pub family: Family,
    /// HTTP method that the vendor uses.
    pub method: &'static str,
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

/// One field of a request, an answer or a webhook.
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
    pub codes: &'static [(Problem, i64)],
    /// One line about it.
    pub doc: &'static str,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// An exact number (money); a JSON number on the wire.
    Decimal,
    /// True or false.
    Boolean,
    /// `YYYY-MM-DD`.
    Date,
    /// `HH:MM:SS`.
    Time,
    /// `YYYY-MM-DD HH:MM:SS` without a zone.
    LocalDateTime,
    /// A moment, `YYYY-MM-DDTHH:MM:SSZ`.
    Instant,
    /// A moment with a written offset, `YYYY-MM-DD HH:MM:SS+00:00`.
    InstantOffset,
    /// A moment, in milliseconds since 1970.
    EpochMs,
    /// A moment, in seconds since 1970.
    EpochS,
    /// A phone number in E.164 form.
    Phone,
    /// A URL.
    Url,
    /// Text that is sent as base64.
    Base64,
    /// The bytes of a file.
    Binary,
    /// Any JSON.
    Json,
    /// Text that holds JSON.
    JsonText,
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

/// An enumeration. All of them are open: the vendor may send values that are not listed.
#[derive(Debug, Clone, Copy)]
pub struct EnumInfo {
    /// Its type's name.
    pub name: &'static str,
    /// The known values, as on the wire.
    pub values: &'static [&'static str],
    /// Whether values are numbers on the wire.
    pub integer: bool,
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
    /// At least this many characters.
    MinChars(u32),
    /// At most this many characters.
    MaxChars(u32),
    /// At most this many digits (phone numbers).
    MaxDigits(u32),
    /// At least this number.
    Min(i64),
    /// At most this number.
    Max(i64),
    /// More than this number.
    GreaterThan(i64),
    /// Less than this number.
    LessThan(i64),
    /// One of these values.
    OneOf(&'static [&'static str]),
    /// At least this many entries.
    MinItems(u32),
    /// At most this many entries.
    MaxItems(u32),
    /// Earlier than the field with this wire name beside it.
    Before(&'static str),
}

/// A way in which a value can be wrong. Those up to `RowEmpty` are found before anything is sent; the others only by
/// the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Problem {
    /// Required and absent.
    Missing,
    /// Of the wrong JSON type.
    WrongType,
    /// Malformed.
    Invalid,
    /// Too many characters.
    TooLong,
    /// Too few characters.
    TooShort,
    /// Outside its range.
    OutOfRange,
    /// Too many entries.
    TooMany,
    /// Too few entries.
    TooFew,
    /// Not one of the values allowed.
    NotOneOf,
    /// Not before the field that it must precede.
    NotBefore,
    /// A row of the list lacks at least one required key.
    RowIncomplete,
    /// A row of the list lacks all of its keys.
    RowEmpty,
    /// Exists already.
    Taken,
    /// Names nothing that exists.
    Unknown,
    /// Refused for another reason.
    Refused,
}

/// One row of the error-code tables.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRow {
    /// The family whose table it stands in. A number means something only together with its family.
    pub family: Family,
    /// The number.
    pub code: i64,
    /// The variant of [`ErrorCode`](crate::ErrorCode).
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
    /// Remarks.
    pub note: Option<&'static str>,
    /// How well it is known.
    pub evidence: Evidence,
}

airudder_macros::catalogue!("spec");
