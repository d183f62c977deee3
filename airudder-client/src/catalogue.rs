//! What the client knows of the API, as data: every endpoint, webhook and error code of the spec.
//!
//! The same data drives the client itself: requests are checked against [`Field`]s before they are sent,
//! retries follow the [`Effect`], answers are unpacked by the family's [`Envelope`].
//!
//! ```
//! use airudder_client::catalogue::ENDPOINTS;
//!
//! let create = ENDPOINTS.iter().find(|e| e.key == "collection.create_task").unwrap();
//! assert_eq!((create.method.as_str(), create.path), ("POST", Some("/service/cloud/task")));
//! ```

mod codes;

pub use self::codes::{ErrorCode, Family};

pub use airudder_model::{
    AuthKind, BodyForm, Categories, Category, Code, CodeForm, Constraint, CredentialVariables, Discriminator,
    Effect, EnumForm, EnumInfo, Envelope, Evidence, Field, FieldPlace, Idempotency, JsonType, Kind, Limit,
    LimitOn, Method, NextCursor, Paging, PagingKind, PollUntil, Problem, RefusalForm, ResponseKind, Sample,
    Scalar, SchemaProfile, Signed, StructInfo, SuccessRule, WebhookHeader, Word,
};

/// One family, as data.
pub type FamilyInfo = airudder_model::FamilyInfo<Family>;

/// How an endpoint authenticates.
pub type Auth = airudder_model::Auth<Family>;

/// Where a token comes from.
pub type TokenAuth = airudder_model::TokenAuth<Family>;

/// One endpoint.
pub type Endpoint = airudder_model::Endpoint<Family>;

/// How an earlier call of an endpoint is found again.
pub type FindBy = airudder_model::FindBy<Family>;

/// The endpoint that tells what becomes of what another one starts.
pub type ThenPoll = airudder_model::ThenPoll<Family>;

/// A message that the vendor sends to a URL of yours.
pub type Webhook = airudder_model::Webhook<Family>;

/// One row of the error-code tables.
pub type ErrorRow = airudder_model::ErrorRow<Family>;

airudder_macros::catalogue!("spec");
