//! Calls that were answered with a no.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use super::redact::{Masked, Message, Raw, conceal, scrub};
use super::{Context, SharedSource};
use crate::catalogue::ErrorCode;

/// The vendor's no.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub(crate) context: Context,
    pub(crate) code: ErrorCode,
    pub(crate) status: u16,
    pub(crate) message: Option<Message>,
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

    /// Name of the code in its table, or in that of the endpoint's own section; `None` where it stands in
    /// neither.
    pub fn code_name(&self) -> Option<&'static str> {
        self.context.row(self.code).map(|row| row.name)
    }

    /// What the code means, as [`code_name`](Self::code_name) finds it.
    pub fn meaning(&self) -> Option<&'static str> {
        self.context.row(self.code).map(|row| row.meaning)
    }

    /// The vendor's text, as it came. It may name a person's number or name: mind where you write it.
    pub fn message(&self) -> Option<&str> {
        self.message.as_ref().map(Message::text)
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
            message.scrub(secrets);
        }
    }

    pub(super) fn conceal(&mut self, values: &[String]) {
        if let Some(message) = &mut self.message {
            message.conceal(values);
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} (HTTP {})", self.context, self.context.named(self.code), self.status)?;
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

    pub(super) fn conceal(&mut self, values: &[String]) {
        conceal(&mut self.excerpt.0, values);
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
    pub(crate) message: Option<Message>,
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
        self.message.as_ref().map(Message::text)
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        if let Some(message) = &mut self.message {
            message.scrub(secrets);
        }
    }

    pub(super) fn conceal(&mut self, values: &[String]) {
        if let Some(message) = &mut self.message {
            message.conceal(values);
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
            write!(f, ": {}", self.context.named(code))?;
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
