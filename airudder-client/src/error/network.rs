//! Calls without an answer, or with one that cannot be read.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::redact::{Masked, Raw, conceal, scrub};
use super::{Context, Error, SharedSource};
use crate::encryption::EncryptionError;

/// Where a call was when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Before anything was tried: waiting for a token, for a place among the calls that may run at the same
    /// time, or for an interceptor.
    Waiting,
    /// Before there was a connection: nothing was sent.
    Connect,
    /// Between sending the request and the head of the answer.
    Exchange,
    /// In the middle of the answer's body.
    Body,
    /// After answers that all said that it was not over yet.
    Polling,
}

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
            Phase::Waiting | Phase::Connect => "could not connect",
            Phase::Exchange => "the connection broke before the answer",
            Phase::Body | Phase::Polling => "the connection broke in the middle of the answer",
        };
        write!(f, "{}: {what}: {}", self.context, innermost(&*self.source))
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// The last error of a chain, which names the cause ("Connection refused"), where the first only says that
/// there was one.
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
            (Phase::Waiting, _) => {
                let limit = self.limit;
                return write!(f, "{}: not within {limit:?}, so this attempt was not sent", self.context);
            }
            (Phase::Polling, _) => {
                let limit = self.limit;
                return write!(f, "{}: not over within {limit:?}", self.context);
            }
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
    /// It is cut off, and asking again by the same key does no harm.
    pub(crate) cut_off: bool,
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

    pub(super) fn conceal(&mut self, values: &[String]) {
        conceal(&mut self.problem.0, values);
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: what came cannot be read: ", self.context)?;
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

/// The error of an answer that cannot be read. `path` is the place in it, empty for the whole.
pub(crate) fn decode_error(
    context: &Context,
    status: Option<u16>,
    path: String,
    problem: String,
    raw: Bytes,
) -> Error {
    Error::Decode(Box::new(DecodeError {
        context: context.clone(),
        status,
        path,
        problem: Masked(problem),
        source: None,
        raw: Raw(raw),
        cut_off: false,
    }))
}
