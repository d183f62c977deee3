//! Why an exchange failed.

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::Limits;
use crate::error::{self, Context, Error, IoError, Phase, TimeoutError, TransportError, decode_error};

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection.
    Connect(reqwest::Error),
    Timeout(Phase),
    Broken(Phase, reqwest::Error),
    TooBig,
    /// A file is longer than is allowed.
    FileTooBig,
    /// The body does not decode, or is in a coding (its name) that nobody asked for.
    Undecodable(Option<String>),
    /// The request cannot be written as HTTP.
    Unsendable(reqwest::Error),
    /// A file that was to be sent cannot be read.
    Upload(io::Error),
    /// There is no tokio runtime here, whose timers and sockets everything needs.
    NoRuntime,
}

/// What a caller is told outside of a tokio runtime.
pub(crate) const NO_RUNTIME: &str = "a call must be made from within a tokio runtime";

impl Failure {
    /// `sent`: whether any of the request can have gone out.
    pub(super) fn new(error: reqwest::Error, phase: Phase, sent: bool) -> Self {
        // The URL holds the query, and that personal data.
        let error = error.without_url();
        if error.is_builder() {
            Self::Unsendable(error)
        } else if error.is_connect() || !sent {
            match error.is_timeout() {
                true => Self::Timeout(Phase::Connect),
                false => Self::Connect(error),
            }
        } else if error.is_timeout() {
            Self::Timeout(phase)
        } else {
            Self::Broken(phase, error)
        }
    }

    pub(crate) fn into_error(self, context: &Context, limits: Limits) -> Error {
        let sent = match self {
            Self::Connect(_) | Self::Timeout(Phase::Connect | Phase::Waiting) => false,
            Self::Unsendable(_) | Self::Upload(_) | Self::NoRuntime => false,
            Self::Timeout(Phase::Exchange | Phase::Body | Phase::Polling) | Self::Broken(..) => true,
            Self::TooBig | Self::FileTooBig | Self::Undecodable(_) => true,
        };
        let context = context.clone().sent(sent);
        match self {
            Self::Connect(error) => Error::Transport(Box::new(TransportError {
                context,
                phase: Phase::Connect,
                source: Arc::new(error),
            })),
            Self::Broken(phase, error) => {
                Error::Transport(Box::new(TransportError { context, phase, source: Arc::new(error) }))
            }
            Self::Timeout(phase) => {
                Error::Timeout(Box::new(TimeoutError { context, phase, limit: limits.timeout }))
            }
            Self::TooBig => {
                let problem = format!(
                    "it is longer than the {} bytes that are allowed",
                    error::count(limits.max_bytes)
                );
                decode_error(&context, None, String::new(), problem, Bytes::new())
            }
            Self::FileTooBig => {
                let allowed = usize::try_from(limits.max_file_bytes).unwrap_or(usize::MAX);
                let problem =
                    format!("the file is longer than the {} bytes that are allowed", error::count(allowed));
                decode_error(&context, None, String::new(), problem, Bytes::new())
            }
            Self::Undecodable(coding) => {
                let problem = match coding {
                    Some(name) => format!("its Content-Encoding `{name}` is none that was asked for"),
                    None => "what is compressed in it is broken or cut off (Content-Encoding)".to_owned(),
                };
                decode_error(&context, None, String::new(), problem, Bytes::new())
            }
            Self::Upload(source) => Error::Io(Box::new(IoError {
                context,
                action: "the file to be sent cannot be read",
                source: Arc::new(source),
            })),
            Self::NoRuntime => context.config(NO_RUNTIME),
            Self::Unsendable(error) => context.config(format!("this request cannot be sent: {error}")),
        }
    }
}
