//! Calls that an interceptor has not let go.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::Context;
use super::redact::mask;

/// Why a call was kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InterceptedKind {
    /// An interceptor has refused it.
    Refused,
    /// An interceptor wanted to set a header that the client sets itself.
    ForbiddenHeader,
    /// An interceptor has panicked.
    Panicked,
}

/// An [`Interceptor`](crate::observe::Interceptor) has not let the call go.
#[derive(Clone)]
pub struct InterceptedError {
    pub(crate) context: Context,
    pub(crate) kind: InterceptedKind,
    pub(crate) reason: String,
    pub(crate) retry_after: Option<Duration>,
}

impl InterceptedError {
    /// Key of the endpoint.
    pub fn endpoint(&self) -> &str {
        &self.context.endpoint
    }

    /// Why it was kept back.
    pub fn kind(&self) -> InterceptedKind {
        self.kind
    }

    /// The reason that the interceptor has given, as it has written it.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// After which time the interceptor may let it through, if it has said so.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for InterceptedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = mask(&self.reason, 200);
        match self.context.sent {
            false => write!(f, "{}: not sent: {reason}", self.context),
            true => write!(f, "{}: not sent again: {reason}", self.context),
        }
    }
}

impl fmt::Debug for InterceptedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InterceptedError")
            .field("context", &self.context)
            .field("kind", &self.kind)
            .field("reason", &mask(&self.reason, 200))
            .field("retry_after", &self.retry_after)
            .finish()
    }
}

impl StdError for InterceptedError {}
