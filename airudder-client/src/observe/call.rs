//! A call as it is shown: what it is, and how it ended. Nothing of what it carries.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::catalogue::{Effect, Family};
use crate::error::{Error, Phase};

/// Which call it is. Shows nothing of what it carries.
#[derive(Debug)]
pub struct Call {
    id: u64,
    kind: CallKind,
    endpoint: Cow<'static, str>,
    family: Family,
    effect: Effect,
    method: &'static str,
}

/// What only a span tells; made if there is one.
pub(crate) struct Details {
    pub(crate) address: Option<String>,
    pub(crate) port: Option<u16>,
    pub(crate) template: Option<String>,
}

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallKind {
    /// To an endpoint of the catalogue or of a spec of your own; a page of a list is one too.
    Endpoint,
    /// By [`Client::raw`](crate::Client::raw).
    Raw,
    /// For a recording by its link ([`Client::recording`](crate::Client::recording)).
    Link,
    /// For a token, which the client makes itself, once for all calls that wait for one.
    Token,
}

/// How a call or an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It was done.
    Success,
    /// It is certain that nothing of it has reached the vendor: it was refused here, there was no connection,
    /// there was no token.
    NotSent,
    /// The vendor said no.
    Refused,
    /// It may have reached the vendor, and there is no answer, or none that helps.
    Failed,
    /// Who made it did not wait for its end. It may have reached the vendor.
    Cancelled,
}

impl Call {
    pub(super) fn new(
        kind: CallKind,
        endpoint: Cow<'static, str>,
        family: Family,
        effect: Effect,
        method: &str,
    ) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, kind, endpoint, family, effect, method: known_method(method) }
    }

    /// A number that no other call of this process has: to bring its events together.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What kind of call it is.
    pub fn kind(&self) -> CallKind {
        self.kind
    }

    /// Key of the endpoint (`collection.create_task`); method and path of a raw call, without its query and
    /// without longer numbers; `recording link` for a link.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A name of which there are only so many, for metrics and spans: the key of the endpoint, and of a raw
    /// call only its method.
    pub fn name(&self) -> &str {
        match self.kind {
            CallKind::Endpoint | CallKind::Link | CallKind::Token => &self.endpoint,
            CallKind::Raw => self.method,
        }
    }

    /// The family.
    pub fn family(&self) -> Family {
        self.family
    }

    /// What it does.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// The HTTP method; `_OTHER` for one that HTTP does not know.
    pub fn method(&self) -> &'static str {
        self.method
    }
}

impl Outcome {
    /// `success`, `not_sent`, `refused`, `failed`, `cancelled`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::NotSent => "not_sent",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub(super) fn of(error: &Error) -> Self {
        if !error.may_have_reached_vendor() {
            return Self::NotSent;
        }
        match error {
            Error::Api(_) | Error::Auth(_) => Self::Refused,
            Error::Http(e) if e.http_status() < 500 && e.http_status() != 408 => Self::Refused,
            Error::Http(_)
            | Error::Transport(_)
            | Error::Timeout(_)
            | Error::Decode(_)
            | Error::Io(_)
            | Error::Invalid(_)
            | Error::Config(_)
            | Error::Unconfirmed(_)
            | Error::Intercepted(_) => Self::Failed,
        }
    }
}

/// OpenTelemetry wants one word for all others.
fn known_method(method: &str) -> &'static str {
    const KNOWN: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method).unwrap_or("_OTHER")
}

/// One word for a failure, the value of `error.type`: a status stands for itself.
pub(super) fn error_type(error: &Error) -> Cow<'static, str> {
    match error {
        Error::Invalid(_) => "invalid",
        Error::Api(_) => "api",
        Error::Http(e) => return e.http_status().to_string().into(),
        Error::Transport(e) if e.phase() == Phase::Connect => "connect",
        Error::Transport(_) => "connection_broken",
        Error::Timeout(e) => match e.phase() {
            Phase::Waiting => "waiting_timeout",
            Phase::Connect => "connect_timeout",
            Phase::Exchange | Phase::Body => "timeout",
            Phase::Polling => "polling_timeout",
        },
        Error::Decode(_) => "decode",
        Error::Auth(_) => "auth",
        Error::Config(_) => "config",
        Error::Unconfirmed(_) => "unconfirmed",
        Error::Intercepted(_) => "intercepted",
        Error::Io(_) => "io",
    }
    .into()
}

/// What to call a failure in a few words.
pub(super) fn cause(error: &Error) -> &'static str {
    match error {
        Error::Api(_) | Error::Auth(_) => "the vendor refused it",
        Error::Http(_) => "only an HTTP status",
        Error::Transport(e) if e.phase() == Phase::Connect => "no connection",
        Error::Transport(_) => "the connection broke",
        Error::Timeout(e) => match e.phase() {
            Phase::Waiting => "waited too long to be sent",
            Phase::Connect => "no connection in time",
            Phase::Exchange | Phase::Body => "no answer in time",
            Phase::Polling => "not over in time",
        },
        Error::Decode(_) => "unreadable answer",
        Error::Invalid(_) => "refused here: a field is not valid",
        Error::Config(_) => "refused here: the client is not set up for it",
        Error::Unconfirmed(_) => "refused here: the path is not known",
        Error::Intercepted(_) => "kept back by an interceptor",
        Error::Io(_) => "the file cannot be written",
    }
}
