//! The vocabulary of an API description.
//!
//! Every closed word of the spec language is a variant of one enum here, with its spelling, a line of
//! documentation and the list `ALL`. The generator parses into these enums, the client's catalogue is made of
//! them, and the JSON Schema and the tables of the documentation print them. None of them is
//! `#[non_exhaustive]`: a new word is a new variant, and everything that has to know it stops compiling until
//! it does.
//!
//! The crate has no dependencies, because host and target both need it: the generator runs inside the
//! compiler, the tables end up in the consumer's program.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![no_std]

mod code;
mod endpoint;
mod family;
mod field;
mod format;
mod table;
mod text;
#[macro_use]
mod words;
mod problem;
mod profile;
mod vocabulary;

pub use code::{Code, Word};
pub use endpoint::{
    Auth, Endpoint, FindBy, Idempotency, NextCursor, Paging, PollUntil, ResponseKind, Sample, ThenPoll,
    TokenAuth,
};
pub use family::{Categories, CredentialVariables, Envelope, FamilyInfo, RefusalForm};
pub use field::{Constraint, EnumInfo, Field, Kind, StructInfo};
pub use format::{has_pattern, is_on_calendar, is_phone};
pub use problem::{Category, Problem};
pub use profile::{JsonView, SchemaProblem, SchemaProfile};
pub use table::{Discriminator, ErrorRow, Webhook, WebhookHeader};
pub use text::loosely_equal;
pub use vocabulary::{
    AuthKind, BodyForm, CodeForm, Effect, EnumForm, Evidence, FieldPlace, JsonType, Limit, LimitOn, Method,
    PagingKind, Scalar, Signed, SuccessRule,
};
