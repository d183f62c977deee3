//! The trait for those who want to know.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Outcome, cause, error_type};
use crate::catalogue::ErrorCode;
use crate::error::Error;

/// Is told what becomes of each call, for metrics. Given to the client with
/// [`ClientBuilder::observer`](crate::ClientBuilder::observer).
///
/// For each call, in this order: [`call_started`](Self::call_started) once; per attempt
/// [`attempt_ended`](Self::attempt_ended), and [`waiting`](Self::waiting) between two attempts;
/// [`call_ended`](Self::call_ended) once, whatever happens, also where nothing was sent and where the call
/// was dropped. A call that asks for a [token](super::CallKind::Token) is a call of its own.
///
/// It is called on the way of the call and must not block. It can only look: nothing that it does changes the
/// call. Should it panic, that is logged, and the call goes on.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use airudder_client::observe::{Call, CallEnd, Observer, Outcome};
///
/// #[derive(Default)]
/// struct Failures(AtomicU64);
///
/// impl Observer for Failures {
///     fn call_ended(&self, _call: &Call, end: &CallEnd) {
///         if end.outcome() != Outcome::Success {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
///
/// let client = airudder_client::Client::builder().observer(Failures::default()).build()?;
/// # Ok::<(), airudder_client::Error>(())
/// ```
pub trait Observer: Send + Sync {
    /// A call begins. Nothing of it is checked or sent yet.
    fn call_started(&self, call: &Call) {
        let _ = call;
    }

    /// An attempt has ended: it was answered (of a file: its first bytes are there) or has failed.
    fn attempt_ended(&self, call: &Call, attempt: &AttemptEnd) {
        let _ = (call, attempt);
    }

    /// An attempt has failed, and the call waits for the next one.
    fn waiting(&self, call: &Call, wait: &Wait) {
        let _ = (call, wait);
    }

    /// A call has ended; one for a file when its last byte has come.
    fn call_ended(&self, call: &Call, end: &CallEnd) {
        let _ = (call, end);
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn call_started(&self, call: &Call) {
        (**self).call_started(call);
    }

    fn attempt_ended(&self, call: &Call, attempt: &AttemptEnd) {
        (**self).attempt_ended(call, attempt);
    }

    fn waiting(&self, call: &Call, wait: &Wait) {
        (**self).waiting(call, wait);
    }

    fn call_ended(&self, call: &Call, end: &CallEnd) {
        (**self).call_ended(call, end);
    }
}

/// What came of it, without a word of what was said.
#[derive(Debug, Clone)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) status: Option<u16>,
    pub(super) code: Option<ErrorCode>,
    pub(super) error_type: Option<Cow<'static, str>>,
    pub(super) cause: &'static str,
}

impl Finding {
    pub(super) fn success(status: Option<u16>) -> Self {
        Self { outcome: Outcome::Success, status, code: None, error_type: None, cause: "answered" }
    }

    pub(super) fn cancelled(status: Option<u16>) -> Self {
        let error_type = Some("cancelled".into());
        Self { outcome: Outcome::Cancelled, status, code: None, error_type, cause: "cancelled" }
    }

    pub(super) fn failure(error: &Error) -> Self {
        Self {
            outcome: Outcome::of(error),
            status: error.http_status(),
            code: error.code(),
            error_type: Some(error_type(error)),
            cause: cause(error),
        }
    }
}

/// How an attempt ended.
#[derive(Debug)]
pub struct AttemptEnd {
    pub(super) number: u32,
    pub(super) finding: Finding,
    pub(super) elapsed: Duration,
}

impl AttemptEnd {
    /// Which attempt of the call it was, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How it ended. Has an earlier attempt of the call reached the vendor, this one is never
    /// [`NotSent`](Outcome::NotSent).
    pub fn outcome(&self) -> Outcome {
        self.finding.outcome
    }

    /// The HTTP status, where there was an answer.
    pub fn http_status(&self) -> Option<u16> {
        self.finding.status
    }

    /// The error code, where there is one.
    pub fn code(&self) -> Option<ErrorCode> {
        self.finding.code
    }

    /// One word for the failure, the `error.type` of the [guide](crate::guides::observability); `None` for a
    /// success.
    pub fn error_type(&self) -> Option<&str> {
        self.finding.error_type.as_deref()
    }

    /// How long it took, without the time that it waited for a token, a place or an interceptor.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}

/// A wait between two attempts.
#[derive(Debug)]
pub struct Wait {
    pub(super) attempt: u32,
    pub(super) error_type: Cow<'static, str>,
    pub(super) duration: Duration,
}

impl Wait {
    /// The attempt that has failed, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// One word for the failure, the `error.type` of the [guide](crate::guides::observability).
    pub fn error_type(&self) -> &str {
        &self.error_type
    }

    /// How long the wait will be; nothing where only the token is renewed.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

/// How a call ended.
#[derive(Debug)]
pub struct CallEnd {
    pub(super) finding: Finding,
    pub(super) attempts: u32,
    pub(super) may_have_reached_vendor: bool,
    pub(super) elapsed: Duration,
}

impl CallEnd {
    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.finding.outcome
    }

    /// The HTTP status of the last answer, where there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.finding.status
    }

    /// The error code, where there is one: see [`Error::code`](crate::Error::code).
    pub fn code(&self) -> Option<ErrorCode> {
        self.finding.code
    }

    /// One word for the failure, the `error.type` of the [guide](crate::guides::observability); `None` for a
    /// success.
    pub fn error_type(&self) -> Option<&str> {
        self.finding.error_type.as_deref()
    }

    /// How often it was sent, or tried to be.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether anything of it may have reached the vendor: see
    /// [`Error::may_have_reached_vendor`](crate::Error::may_have_reached_vendor).
    pub fn may_have_reached_vendor(&self) -> bool {
        self.may_have_reached_vendor
    }

    /// How long it took, all attempts and waits together.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }
}
