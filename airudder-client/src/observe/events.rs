//! The spans and events of `tracing`, with all their names. The guide on observability has them in a table.
//!
//! No text of the vendor or of the program gets into one: only words of this crate, codes and numbers.

use std::time::Duration;

use tracing::Span;
use tracing::field::{Empty, display};

use super::call::{Call, CallKind, Details, Outcome};
use super::observer::{AttemptEnd, CallEnd, Finding, Wait};
use crate::catalogue::{Effect, ErrorCode};

/// The target of everything, so that a filter need not know the modules of this crate.
const TARGET: &str = "airudder_client";

/// The span of a call. What is not known yet is recorded later.
pub(super) fn span(call: &Call) -> Span {
    macro_rules! span {
        ($name:literal) => {
            tracing::info_span!(
                target: TARGET,
                $name,
                otel.kind = "client",
                otel.name = call.name(),
                otel.status_code = Empty,
                http.request.method = call.method(),
                http.response.status_code = Empty,
                server.address = Empty,
                server.port = Empty,
                url.template = Empty,
                error.type = Empty,
                endpoint = call.endpoint(),
                family = call.family().as_str(),
                effect = call.effect().as_str(),
                attempts = Empty,
                vendor_code = Empty,
                outcome = Empty,
                may_have_reached_vendor = Empty,
                elapsed_ms = Empty,
            )
        };
    }
    match call.kind() {
        CallKind::Endpoint | CallKind::Raw | CallKind::Link => span!("airudder_call"),
        CallKind::Token => span!("airudder_token"),
    }
}

pub(super) fn detail(span: &Span, details: &Details) {
    if let Some(address) = &details.address {
        span.record("server.address", &**address);
    }
    if let Some(port) = details.port {
        span.record("server.port", i64::from(port));
    }
    if let Some(template) = &details.template {
        span.record("url.template", &**template);
    }
}

pub(super) fn attempt(call: &Call, end: &AttemptEnd) {
    let Finding { outcome, code, error_type, cause, .. } = &end.finding;
    tracing::debug!(
        target: TARGET,
        endpoint = call.endpoint(),
        family = call.family().as_str(),
        attempt = i64::from(end.number),
        outcome = outcome.as_str(),
        error.type = error_type.as_deref(),
        http.response.status_code = end.finding.status.map(i64::from),
        vendor_code = code.map(text),
        cause,
        elapsed_ms = millis(end.elapsed),
        "attempt ended"
    );
}

pub(super) fn repeat(call: &Call, wait: &Wait, finding: &Finding, cause: &str) {
    tracing::warn!(
        target: TARGET,
        endpoint = call.endpoint(),
        attempt = i64::from(wait.attempt),
        error.type = &*wait.error_type,
        http.response.status_code = finding.status.map(i64::from),
        vendor_code = finding.code.map(text),
        cause,
        wait_ms = millis(wait.duration),
        "the call is repeated"
    );
}

/// The record of a call's end, and what its span has waited for.
pub(super) fn close(span: &Span, call: &Call, end: &CallEnd, violations: usize) {
    let CallEnd { finding, attempts, may_have_reached_vendor, elapsed } = end;
    let Finding { outcome, status, code, error_type, cause } = finding;
    let (status, attempts) = (status.map(i64::from), i64::from(*attempts));
    let (code, elapsed_ms) = (*code, millis(*elapsed));
    macro_rules! record {
        ($level:ident, $message:literal) => {
            tracing::$level!(
                target: TARGET,
                endpoint = call.endpoint(),
                outcome = outcome.as_str(),
                error.type = error_type.as_deref(),
                http.response.status_code = status,
                vendor_code = code.map(text),
                attempts,
                may_have_reached_vendor,
                violations = (violations > 0).then(|| i64::try_from(violations).unwrap_or(i64::MAX)),
                elapsed_ms,
                cause = (*outcome != Outcome::Success).then_some(cause),
                $message
            )
        };
    }
    // Somebody has to look what has become of it.
    let is_in_doubt = *may_have_reached_vendor && call.effect() != Effect::Read;
    span.in_scope(|| match (call.kind(), outcome) {
        (CallKind::Token, Outcome::Success) => record!(info, "the request for a token succeeded"),
        (CallKind::Token, Outcome::NotSent) => record!(warn, "the request for a token was not sent"),
        (CallKind::Token, Outcome::Refused | Outcome::Failed) => {
            record!(warn, "the request for a token failed")
        }
        (CallKind::Token, Outcome::Cancelled) => record!(info, "the request for a token was cancelled"),
        (CallKind::Endpoint | CallKind::Raw | CallKind::Link, outcome) => match outcome {
            Outcome::Success => record!(info, "the call succeeded"),
            Outcome::NotSent => record!(warn, "the call was not sent"),
            Outcome::Refused | Outcome::Failed => record!(warn, "the call failed"),
            Outcome::Cancelled if is_in_doubt => record!(warn, "the call was cancelled"),
            Outcome::Cancelled => record!(info, "the call was cancelled"),
        },
    });
    // After the record, which has them itself: a log that shows spans with their fields has them once.
    if span.is_disabled() {
        return;
    }
    span.record("attempts", attempts);
    span.record("outcome", outcome.as_str());
    span.record("may_have_reached_vendor", may_have_reached_vendor);
    span.record("elapsed_ms", elapsed_ms);
    // A field that is recorded without a value leaves its blank in such a log.
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
    if let Some(code) = code {
        span.record("vendor_code", text(code));
    }
    if let Some(error_type) = error_type {
        span.record("error.type", &**error_type);
        span.record("otel.status_code", "ERROR");
    }
}

pub(super) fn panicked(call: &Call) {
    tracing::warn!(target: TARGET, endpoint = call.endpoint(), "an observer has panicked");
}

fn text(code: ErrorCode) -> impl tracing::Value {
    display(code.value())
}

/// Signed, as all numbers here: to OpenTelemetry an unsigned one is a text.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
