//! What can go wrong with a call.
//!
//! [`Error`] has one variant per kind of failure, so that a program can react to each in its own way, and
//! methods that answer the usual questions without a `match`: [`code`](Error::code),
//! [`is_retryable`](Error::is_retryable), [`may_have_reached_vendor`](Error::may_have_reached_vendor).
//!
//! No error shows a whole body, a secret or a phone number: neither in `Display` nor in `Debug`. The vendor's
//! own texts are cut before they are shown, and what may be a phone number (7 to 15 digits, however they are
//! grouped, or 6 in a row) and what the request itself held of personal data is replaced; codes, dates and
//! times stay. What else the vendor writes of a person is shown. The untouched text and the answer's bytes
//! are there for the asking ([`ApiError::message`], [`ApiError::raw`]). Of what a token endpoint answers
//! nothing is quoted.
//!
//! ```
//! use airudder_client::{Client, Error, ErrorCode};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let client = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url())
//! #     .build()?;
//!
//! // let client = Client::from_env()?;
//! let outcome = client.collection().get_task_detail().task_id("no-such-task").send().await;
//! # assert_eq!(outcome.as_ref().unwrap_err().code(), Some(ErrorCode::QueryTaskIdInvalid));
//! match outcome {
//!     Ok(task) => println!("{} rows", task.detail.len()),
//!     Err(error) if error.code() == Some(ErrorCode::QueryTaskIdInvalid) => {
//!         println!("there is no such task");
//!     }
//!     Err(Error::Api(refusal)) => println!("the vendor says no: {}", refusal.code()),
//!     Err(error) if error.is_retryable() => println!("worth another try later: {error}"),
//!     Err(error) => return Err(error.into()),
//! }
//!
//! // What the vendor would refuse is not sent. All that is wrong is reported at once, with the vendor's
//! // codes.
//! let refused = client.collection().cancel_call().task_id("").callee_number("0812").send().await;
//! for violation in refused.as_ref().err().map(Error::violations).unwrap_or_default() {
//!     println!("{}: {} ({:?})", violation.field, violation.message, violation.code);
//! }
//! # assert_eq!(refused.unwrap_err().violations().len(), 2);
//! # assert_eq!(simulator.requests("collection.cancel_call"), 0);
//! # Ok(()) }
//! ```

mod api;
mod intercepted;
mod invalid;
mod network;
mod number;
mod redact;
mod setup;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

pub use self::api::{ApiError, AuthError, AuthFailure, HttpError};
pub use self::intercepted::{InterceptedError, InterceptedKind};
pub use self::invalid::Invalid;
pub(crate) use self::network::decode_error;
pub use self::network::{DecodeError, Phase, TimeoutError, TransportError};
pub(crate) use self::redact::{Masked, Message, Raw, count, excerpt, mask};
pub use self::setup::{ConfigError, IoError, UnconfirmedError};
use crate::catalogue::{Category, Effect};
use crate::catalogue::{Endpoint, ErrorCode, ErrorRow, Family};
pub use crate::check::{Severity, Violation};
use crate::encryption::EncryptionError;

/// A source of an error that can be shared by all calls that waited for the same thing.
pub(crate) type SharedSource = Arc<dyn StdError + Send + Sync>;

/// Why a call failed. Cheap to clone.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Refused before anything was sent, because the vendor would refuse it: every violated field, with the
    /// vendor's code.
    #[error(transparent)]
    Invalid(Box<Invalid>),
    /// The vendor said no, in its own envelope.
    #[error(transparent)]
    Api(Box<ApiError>),
    /// An HTTP status other than 2xx and no answer of the API with it: a gateway's page, a redirect, nothing
    /// at all.
    #[error(transparent)]
    Http(Box<HttpError>),
    /// No connection, or the connection broke.
    #[error(transparent)]
    Transport(Box<TransportError>),
    /// No whole answer in time.
    #[error(transparent)]
    Timeout(Box<TimeoutError>),
    /// The vendor answered with success, but not with what the endpoint promises.
    #[error(transparent)]
    Decode(Box<DecodeError>),
    /// No token for these credentials, or the token was refused even after a renewal, or the signer failed.
    #[error(transparent)]
    Auth(Box<AuthError>),
    /// The client is not set up for this call.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// Nobody knows a path for this endpoint and none was given.
    #[error(transparent)]
    Unconfirmed(Box<UnconfirmedError>),
    /// An interceptor has not let it go.
    #[error(transparent)]
    Intercepted(Box<InterceptedError>),
    /// A local file could not be written.
    #[error(transparent)]
    Io(Box<IoError>),
}

impl Error {
    /// The error code: the vendor's, or the one that it would have answered with (of the first violation that
    /// has one).
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Invalid(e) => e.violations().iter().find_map(|v| v.code),
            Self::Api(e) => Some(e.code()),
            Self::Auth(e) => e.code(),
            Self::Http(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Decode(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => None,
        }
    }

    /// The number of [`code`](Self::code); `None` for a code that is a word. It means something only together
    /// with its [family](ErrorCode::family).
    pub fn vendor_code(&self) -> Option<i64> {
        self.code().and_then(|code| code.value().number())
    }

    /// The code as text, whether it is a number or a word.
    pub fn vendor_code_text(&self) -> Option<String> {
        self.code().map(|code| code.value().to_string())
    }

    /// Whether the vendor says that what was named does not exist.
    pub fn is_not_found(&self) -> bool {
        self.is(Category::NotFound)
    }

    /// Whether the vendor says that what was asked for is the case already: a task of this name exists, a
    /// call was cancelled before.
    pub fn is_already_done(&self) -> bool {
        self.is(Category::AlreadyDone)
    }

    /// Whether the vendor says that the idempotency key belongs to another request: it was used before with
    /// other content. Nothing was done; what the key belongs to goes on.
    pub fn is_idempotency_conflict(&self) -> bool {
        self.is(Category::IdempotencyConflict)
    }

    /// The id of what the call has started, where waiting for its end has failed (`send_and_wait`): it goes
    /// on, and can be asked for by this id.
    pub fn started_id(&self) -> Option<&str> {
        self.context().and_then(|context| context.started.as_deref())
    }

    /// Notes what was started before this failed.
    pub(crate) fn with_started(mut self, id: Option<Arc<str>>) -> Self {
        if let Some(context) = self.context_mut() {
            context.started = id;
        }
        self
    }

    /// Whether the vendor's own code is of a category. What was refused locally says nothing of the vendor's
    /// state.
    fn is(&self, category: Category) -> bool {
        matches!(self, Self::Api(e) if e.code().is(category))
    }

    /// The HTTP status, where there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        match self {
            Self::Api(e) => Some(e.http_status()),
            Self::Http(e) => Some(e.http_status()),
            Self::Decode(e) => e.http_status(),
            Self::Auth(e) => e.http_status(),
            Self::Invalid(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => None,
        }
    }

    /// Key of the endpoint that was called (`collection.create_task`), or method and path of a raw call.
    pub fn endpoint(&self) -> Option<&str> {
        self.context().map(|c| c.endpoint.as_ref())
    }

    /// What is wrong with the request, for [`Error::Invalid`]; empty for all others.
    pub fn violations(&self) -> &[Violation] {
        match self {
            Self::Invalid(e) => e.violations(),
            Self::Api(_)
            | Self::Http(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Decode(_)
            | Self::Auth(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => &[],
        }
    }

    /// How often the call was sent, or tried to be; attempts at a file that its answer links to included.
    pub fn attempts(&self) -> u32 {
        self.context().map_or(0, |c| c.attempts)
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    /// Whether the call may have arrived, so that the vendor may have acted on it.
    ///
    /// False if it is certain that nothing of it was sent, in any attempt: it was refused locally, there was
    /// no connection, there was no token. After a call with this answer `true` and no answer of the vendor,
    /// look (a task by its name, say) before calling again.
    pub fn may_have_reached_vendor(&self) -> bool {
        match self {
            Self::Invalid(_) | Self::Unconfirmed(_) => false,
            Self::Api(_)
            | Self::Http(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Decode(_)
            | Self::Auth(_)
            | Self::Config(_)
            | Self::Intercepted(_)
            | Self::Io(_) => self.context().is_some_and(|c| c.sent),
        }
    }

    pub(crate) fn context(&self) -> Option<&Context> {
        match self {
            Self::Invalid(e) => Some(&e.context),
            Self::Api(e) => Some(&e.context),
            Self::Http(e) => Some(&e.context),
            Self::Transport(e) => Some(&e.context),
            Self::Timeout(e) => Some(&e.context),
            Self::Decode(e) => Some(&e.context),
            Self::Auth(e) => Some(&e.context),
            Self::Config(e) => e.context.as_ref(),
            Self::Unconfirmed(e) => Some(&e.context),
            Self::Intercepted(e) => Some(&e.context),
            Self::Io(e) => Some(&e.context),
        }
    }

    fn context_mut(&mut self) -> Option<&mut Context> {
        match self {
            Self::Invalid(e) => Some(&mut e.context),
            Self::Api(e) => Some(&mut e.context),
            Self::Http(e) => Some(&mut e.context),
            Self::Transport(e) => Some(&mut e.context),
            Self::Timeout(e) => Some(&mut e.context),
            Self::Decode(e) => Some(&mut e.context),
            Self::Auth(e) => Some(&mut e.context),
            Self::Config(e) => e.context.as_mut(),
            Self::Unconfirmed(e) => Some(&mut e.context),
            Self::Intercepted(e) => Some(&mut e.context),
            Self::Io(e) => Some(&mut e.context),
        }
    }

    /// The same failure as seen by a call that wanted a token and did not get one: this attempt of it was not
    /// sent.
    pub(crate) fn with_call_context(mut self, call: &Context) -> Self {
        match &mut self {
            Self::Config(e) => e.context = Some(call.clone()),
            // Its text tells how to give *that* endpoint a path.
            Self::Unconfirmed(_) => {}
            error @ (Self::Invalid(_)
            | Self::Api(_)
            | Self::Http(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Decode(_)
            | Self::Auth(_)
            | Self::Intercepted(_)
            | Self::Io(_)) => {
                if let Some(context) = error.context_mut() {
                    let token_endpoint = std::mem::replace(&mut context.endpoint, call.endpoint.clone());
                    context.during = Some(no_token(&token_endpoint));
                    context.family = call.family;
                    context.effect = call.effect;
                    context.repeatable = call.repeatable;
                    context.attempts = call.attempts;
                    context.sent = call.sent;
                }
            }
        }
        self
    }

    /// Takes secrets out of texts that the vendor wrote, should it have repeated them.
    pub(crate) fn scrub(&mut self, secrets: &[&str]) {
        match self {
            Self::Api(e) => e.scrub(secrets),
            Self::Http(e) => e.scrub(secrets),
            Self::Decode(e) => e.scrub(secrets),
            Self::Auth(e) => e.scrub(secrets),
            Self::Invalid(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => {}
        }
    }

    /// Whether it has a text that somebody else wrote, who may have repeated the request.
    pub(crate) fn quotes(&self) -> bool {
        match self {
            Self::Api(e) => e.message.is_some(),
            Self::Auth(e) => e.message.is_some(),
            Self::Http(e) => !e.excerpt().is_empty(),
            Self::Decode(_) => true,
            Self::Invalid(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => false,
        }
    }

    /// Takes values of the request out of what is shown.
    pub(crate) fn conceal(&mut self, values: &[String]) {
        match self {
            Self::Api(e) => e.conceal(values),
            Self::Http(e) => e.conceal(values),
            Self::Decode(e) => e.conceal(values),
            Self::Auth(e) => e.conceal(values),
            Self::Invalid(_)
            | Self::Transport(_)
            | Self::Timeout(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Intercepted(_)
            | Self::Io(_) => {}
        }
    }

    /// Its variant.
    fn variant(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "Invalid",
            Self::Api(_) => "Api",
            Self::Http(_) => "Http",
            Self::Transport(_) => "Transport",
            Self::Timeout(_) => "Timeout",
            Self::Decode(_) => "Decode",
            Self::Auth(_) => "Auth",
            Self::Config(_) => "Config",
            Self::Unconfirmed(_) => "Unconfirmed",
            Self::Intercepted(_) => "Intercepted",
            Self::Io(_) => "Io",
        }
    }

    pub(crate) fn config(message: impl Into<String>) -> Self {
        Self::Config(Box::new(ConfigError { context: None, message: message.into() }))
    }
}

/// The variant and what `Display` says: short, and safe to print. It is what a `main` shows that returns an
/// error.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.variant())
    }
}

/// A key that is none, on the way into [`ClientBuilder::encryption`](crate::ClientBuilder::encryption).
impl From<EncryptionError> for Error {
    fn from(error: EncryptionError) -> Self {
        Self::config(error.to_string())
    }
}

/// The step of getting a token.
pub(crate) fn no_token(endpoint: &str) -> Cow<'static, str> {
    format!("no token: {endpoint}").into()
}

/// Which call an error is about.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) endpoint: Cow<'static, str>,
    pub(crate) family: Family,
    pub(crate) effect: Effect,
    /// The step that failed, where that is not the call itself.
    pub(crate) during: Option<Cow<'static, str>>,
    pub(crate) attempts: u32,
    /// Whether anything of the call may have been sent.
    pub(crate) sent: bool,
    /// Whether sending it again does no harm.
    pub(crate) repeatable: bool,
    /// The id of what an earlier call has started, where this one asks what becomes of it.
    pub(crate) started: Option<Arc<str>>,
    /// The codes that its section defines beside the family's table.
    pub(crate) own_codes: &'static [ErrorRow],
}

impl Context {
    pub(crate) fn new(endpoint: impl Into<Cow<'static, str>>, family: Family, effect: Effect) -> Self {
        Self {
            endpoint: endpoint.into(),
            family,
            effect,
            during: None,
            attempts: 0,
            sent: false,
            repeatable: effect.is_repeatable(),
            started: None,
            own_codes: &[],
        }
    }

    pub(crate) fn of(endpoint: &'static Endpoint) -> Self {
        let context = Self::new(endpoint.key, endpoint.family, endpoint.effect);
        Self { own_codes: endpoint.own_codes, repeatable: endpoint.is_repeatable(), ..context }
    }

    /// What is known of a code: by the family's table, or by that of the endpoint's own section.
    pub(crate) fn row(&self, code: ErrorCode) -> Option<&'static ErrorRow> {
        let is_it = |row: &&ErrorRow| row.code == code.value() && row.family == code.family();
        code.row().or_else(|| self.own_codes.iter().find(is_it))
    }

    /// A code with its name; one of the section's own with its meaning too, for it stands in no table of the
    /// vendor's.
    pub(crate) fn named(&self, code: ErrorCode) -> String {
        match (code.row(), self.row(code)) {
            (None, Some(own)) => format!("{} {} ({})", code.value(), own.name, own.meaning),
            (Some(_), _) | (None, None) => code.to_string(),
        }
    }

    /// Notes whether this attempt may have been sent. What an earlier one has sent stays sent.
    pub(crate) fn sent(mut self, sent: bool) -> Self {
        self.sent |= sent;
        self
    }

    pub(crate) fn config(&self, message: impl Into<String>) -> Error {
        Error::Config(Box::new(ConfigError { context: Some(self.clone()), message: message.into() }))
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("endpoint", &self.endpoint)
            .field("during", &self.during)
            .field("attempts", &self.attempts)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

/// The start of a message: what was called.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)?;
        match &self.during {
            Some(step) => write!(f, ": {step}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
