//! What fails on this side: a client that is not set up for a call, an endpoint without a path, a local file.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::sync::Arc;

use super::Context;

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
