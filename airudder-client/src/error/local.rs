//! What fails on this side, with nothing to do with the vendor.

use std::{error::Error as StdError, fmt, io, sync::Arc};

use super::Context;
use crate::check::Violation;

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
