//! A call on its way: who is told of it, and that its end is told once.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tracing::Span;

use super::call::{Call, CallKind, Details, error_type};
use super::events;
use super::gate::{Gate, Pass};
use super::observer::{AttemptEnd, CallEnd, Finding, Observer, Wait};
use crate::catalogue::{Effect, Family};
use crate::error::Error;

/// Who is told, in this order.
pub(crate) type Observers = Arc<[Arc<dyn Observer>]>;

/// What is called.
pub(crate) struct Subject<'a> {
    pub(crate) kind: CallKind,
    pub(crate) endpoint: Cow<'static, str>,
    pub(crate) family: Family,
    pub(crate) effect: Effect,
    pub(crate) method: &'a str,
}

/// A call on its way. One that is dropped before it was ended was cancelled.
pub(crate) struct Running {
    call: Arc<Call>,
    span: Span,
    observers: Observers,
    pass: Pass,
    started: Instant,
    attempts: u32,
    attempt_started: Option<Instant>,
    /// Of the last answer.
    status: Option<u16>,
    /// Whether an attempt that has ended may have reached the vendor.
    sent: bool,
    ended: bool,
}

impl Running {
    pub(crate) fn begin(
        observers: &Observers,
        gate: &Arc<Gate>,
        subject: Subject<'_>,
        details: impl FnOnce() -> Details,
    ) -> Self {
        let Subject { kind, endpoint, family, effect, method } = subject;
        let call = Arc::new(Call::new(kind, endpoint, family, effect, method));
        let span = events::span(&call);
        if !span.is_disabled() {
            events::detail(&span, &details());
        }
        let running = Self {
            call,
            span,
            observers: Arc::clone(observers),
            pass: gate.enter(),
            started: Instant::now(),
            attempts: 0,
            attempt_started: None,
            status: None,
            sent: false,
            ended: false,
        };
        running.tell(|observer| observer.call_started(&running.call));
        running
    }

    pub(crate) fn call(&self) -> &Arc<Call> {
        &self.call
    }

    /// Whether the client was closed when it began: it is not to be made.
    pub(crate) fn is_late(&self) -> bool {
        self.pass.is_late()
    }

    /// Its span, for what is done on its behalf.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(crate) fn attempt_begins(&mut self) {
        self.attempts += 1;
        self.attempt_started = Some(Instant::now());
    }

    pub(crate) fn attempt_succeeded(&mut self, status: Option<u16>) {
        self.sent = true;
        self.attempt_ended(Finding::success(status));
    }

    pub(crate) fn attempt_failed(&mut self, error: &Error) {
        self.sent |= error.may_have_reached_vendor();
        self.attempt_ended(Finding::failure(error));
    }

    fn attempt_ended(&mut self, finding: Finding) {
        let elapsed = self.attempt_started.take().map_or(Duration::ZERO, |started| started.elapsed());
        self.status = finding.status.or(self.status);
        let end = AttemptEnd { number: self.attempts, finding, elapsed };
        self.span.in_scope(|| events::attempt(&self.call, &end));
        self.tell(|observer| observer.attempt_ended(&self.call, &end));
    }

    /// The attempt that ended last has failed with this, and there will be another after `duration`.
    pub(crate) fn waits(&self, error: &Error, duration: Duration) {
        self.repeats(error, duration, Finding::failure(error).cause);
    }

    /// The token of the attempt that ended last was refused with this, and the next one has another.
    pub(crate) fn renews(&self, refusal: &Error) {
        self.repeats(refusal, Duration::ZERO, "the token was refused");
    }

    fn repeats(&self, error: &Error, duration: Duration, cause: &str) {
        let finding = Finding::failure(error);
        let wait = Wait { attempt: self.attempts, error_type: error_type(error), duration };
        self.span.in_scope(|| events::repeat(&self.call, &wait, &finding, cause));
        self.tell(|observer| observer.waiting(&self.call, &wait));
    }

    pub(crate) fn succeeded(mut self) {
        self.end(Finding::success(self.status), self.sent, 0);
    }

    /// Ends it with this error, which is given back.
    pub(crate) fn failed(mut self, error: Error) -> Error {
        let mut finding = Finding::failure(&error);
        finding.status = finding.status.or(self.status);
        self.end(finding, error.may_have_reached_vendor(), error.violations().len());
        error
    }

    /// Ends it, as its result says.
    pub(crate) fn close<T>(self, result: Result<T, Error>) -> Result<T, Error> {
        match result {
            Ok(value) => {
                self.succeeded();
                Ok(value)
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    fn end(&mut self, finding: Finding, may_have_reached_vendor: bool, violations: usize) {
        self.ended = true;
        let elapsed = self.started.elapsed();
        let end = CallEnd { finding, attempts: self.attempts, may_have_reached_vendor, elapsed };
        events::close(&self.span, &self.call, &end, violations);
        self.tell(|observer| observer.call_ended(&self.call, &end));
    }

    /// An observer that panics does no harm to the call, nor to the other observers.
    fn tell(&self, what: impl Fn(&dyn Observer)) {
        for observer in self.observers.iter() {
            if catch_unwind(AssertUnwindSafe(|| what(&**observer))).is_err() {
                self.span.in_scope(|| events::panicked(&self.call));
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            let sent = self.sent || self.attempt_started.is_some();
            self.end(Finding::cancelled(self.status), sent, 0);
        }
    }
}
