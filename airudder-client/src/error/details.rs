//! The details behind each variant of [`Error`](super::Error).

use std::{error::Error as StdError, fmt, io, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    Context, SharedSource,
    text::{mask, scrub},
};
use crate::{ErrorCode, check::Violation, encryption::EncryptionError};

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

/// Bytes that `Debug` does not show.
#[derive(Clone, Default)]
pub(crate) struct Raw(pub(crate) Bytes);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// A text of the vendor's, shown bounded and with its numbers masked.
#[derive(Clone)]
pub(crate) struct Masked(pub(crate) String);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(&self.0, 300), f)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0, 300))
    }
}

/// Where a call was when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before there was a connection: nothing was sent.
    Connect,
    /// Between sending the request and the head of the answer.
    Exchange,
    /// In the middle of the answer's body.
    Body,
}

/// A request that was refused before anything was sent.
#[derive(Debug, Clone)]
pub struct Invalid {
    pub(crate) context: Context,
    pub(crate) violations: Arc<[Violation]>,
}

impl Invalid {
    pub(crate) fn new(context: Context, violations: Vec<Violation>) -> Self {
        Self { context, violations: violations.into() }
    }

    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// Everything that is wrong, in the order of the document.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        write!(f, "{}: not sent: ", self.context)?;
        for (index, violation) in self.violations.iter().take(SHOWN).enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            f.write_str(&violation.message)?;
            if let Some(code) = violation.code {
                write!(f, " ({code})")?;
            }
        }
        match self.violations.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl StdError for Invalid {}

/// The vendor's no.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub(crate) context: Context,
    pub(crate) code: ErrorCode,
    pub(crate) status: u16,
    pub(crate) message: Option<Masked>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) raw: Raw,
}

impl ApiError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// The code, with its family.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The vendor's text, as it came. It may name a person's number or name: mind where you write it.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|m| m.0.as_str())
    }

    /// The HTTP status. It is a layer of its own: errors of the API come with HTTP 200 too.
    pub fn http_status(&self) -> u16 {
        self.status
    }

    /// How long the vendor asks to wait (header `Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The whole answer: refusals can carry a payload too, such as the rows that were refused.
    pub fn raw(&self) -> &Bytes {
        &self.raw.0
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        if let Some(message) = &mut self.message {
            scrub(&mut message.0, secrets);
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (HTTP {})", self.context, self.code, self.status)?;
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl StdError for ApiError {}

/// An HTTP status other than 2xx without an answer of the API.
#[derive(Debug, Clone)]
pub struct HttpError {
    pub(crate) context: Context,
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) excerpt: Masked,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) raw: Raw,
}

impl HttpError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// The HTTP status.
    pub fn http_status(&self) -> u16 {
        self.status
    }

    /// The media type of what came.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The beginning of what came, without values and long numbers; for HTML its title.
    pub fn excerpt(&self) -> &str {
        &self.excerpt.0
    }

    /// How long the server asks to wait (header `Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The body as it came.
    pub fn raw(&self) -> &Bytes {
        &self.raw.0
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        scrub(&mut self.excerpt.0, secrets);
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: HTTP {} without an answer of the API", self.context, self.status)?;
        if (300..400).contains(&self.status) {
            f.write_str(" (redirects are not followed: they would carry the token to another place)")?;
        }
        if !self.excerpt.0.is_empty() {
            write!(f, ": {}", self.excerpt)?;
        }
        Ok(())
    }
}

impl StdError for HttpError {}

/// No connection, or a broken one.
#[derive(Debug, Clone)]
pub struct TransportError {
    pub(crate) context: Context,
    pub(crate) phase: Phase,
    pub(crate) source: SharedSource,
}

impl TransportError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// Where the call was when the connection failed.
    pub fn phase(&self) -> Phase {
        self.phase
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.phase {
            Phase::Connect => "could not connect",
            Phase::Exchange => "the connection broke before the answer",
            Phase::Body => "the connection broke in the middle of the answer",
        };
        write!(f, "{}: {what}: {}", self.context, innermost(&*self.source))
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// The last error of a chain, which names the cause ("Connection refused"), where the first only says that there was one.
fn innermost<'a>(mut error: &'a (dyn StdError + 'static)) -> &'a (dyn StdError + 'static) {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

/// No whole answer in time.
#[derive(Debug, Clone)]
pub struct TimeoutError {
    pub(crate) context: Context,
    pub(crate) phase: Phase,
    pub(crate) limit: Duration,
}

impl TimeoutError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// Where the call was when time ran out.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The limit that one attempt had.
    pub fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for TimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (self.phase, self.context.during.is_some()) {
            (_, true) => "not answered",
            (Phase::Connect, _) => "no connection",
            (Phase::Exchange, _) => "no answer",
            (Phase::Body, _) => "the answer stopped",
        };
        write!(f, "{}: {what} within {:?}", self.context, self.limit)
    }
}

impl StdError for TimeoutError {}

/// An answer that is not what the endpoint promises.
#[derive(Debug, Clone)]
pub struct DecodeError {
    pub(crate) context: Context,
    pub(crate) status: Option<u16>,
    pub(crate) path: String,
    pub(crate) problem: Masked,
    pub(crate) source: Option<EncryptionError>,
    pub(crate) raw: Raw,
}

impl DecodeError {
    /// Key of the endpoint, or of the webhook.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// The HTTP status of the answer; `None` for a webhook.
    pub fn http_status(&self) -> Option<u16> {
        self.status
    }

    /// Where in the document (`data.TaskID`); empty if it is about the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there, without values of the document.
    pub fn problem(&self) -> &str {
        &self.problem.0
    }

    /// What is wrong with an encrypted answer.
    pub fn encryption(&self) -> Option<&EncryptionError> {
        self.source.as_ref()
    }

    /// The document as it came (empty where it was too big to hold).
    pub fn raw(&self) -> &Bytes {
        &self.raw.0
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        scrub(&mut self.problem.0, secrets);
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot read the answer: ", self.context)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", self.problem)
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}

/// What an [`AuthError`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthFailure {
    /// The token endpoint refused the application key and secret. Final: asking again does not help.
    Credentials,
    /// The call was refused with its token, and again with a new one.
    Token,
    /// The signer that was given to the client failed.
    Signer,
}

/// No way to authenticate the call.
#[derive(Debug, Clone)]
pub struct AuthError {
    pub(crate) context: Context,
    pub(crate) failure: AuthFailure,
    pub(crate) code: Option<ErrorCode>,
    pub(crate) status: Option<u16>,
    pub(crate) message: Option<Masked>,
    pub(crate) source: Option<SharedSource>,
}

impl AuthError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// What was refused.
    pub fn failure(&self) -> AuthFailure {
        self.failure
    }

    /// The vendor's code, if it gave one.
    pub fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// The HTTP status of the refusal.
    pub fn http_status(&self) -> Option<u16> {
        self.status
    }

    /// The vendor's text, as it came.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(|m| m.0.as_str())
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        if let Some(message) = &mut self.message {
            scrub(&mut message.0, secrets);
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.failure {
            AuthFailure::Credentials => "the application key or secret was refused",
            AuthFailure::Token => "the token was refused, and a new one too",
            AuthFailure::Signer => "the signer failed",
        };
        write!(f, "{}: {what}", self.context)?;
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        if let Some(code) = self.code {
            write!(f, ": {code}")?;
        }
        match &self.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl StdError for AuthError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|e| &**e as _)
    }
}

/// The client is not set up for what was asked.
#[derive(Debug, Clone)]
pub struct ConfigError {
    pub(crate) context: Option<Context>,
    pub(crate) message: String,
}

impl ConfigError {
    /// What is wrong and what to do about it.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(context) = &self.context {
            write!(f, "{context}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl StdError for ConfigError {}

/// An endpoint that nobody knows a path of.
#[derive(Debug, Clone)]
pub struct UnconfirmedError {
    pub(crate) context: Context,
}

impl UnconfirmedError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }
}

impl fmt::Display for UnconfirmedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{0}: not sent: the path of this endpoint is not known; ask AI Rudder for it and give it with \
             `ClientBuilder::override_path(\"{0}\", \"/...\")`",
            self.context.endpoint
        )
    }
}

impl StdError for UnconfirmedError {}

/// A local file could not be written.
#[derive(Debug, Clone)]
pub struct IoError {
    pub(crate) context: Context,
    pub(crate) action: &'static str,
    pub(crate) source: Arc<io::Error>,
}

impl IoError {
    /// Key of the endpoint whose answer was to be written.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for IoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.context, self.action, self.source)
    }
}

impl StdError for IoError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
