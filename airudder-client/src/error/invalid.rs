//! Requests that the local check refuses.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

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

    /// Everything that is wrong, without a limit: what is missing first, then in the order of the document.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MAX_SHOWN: usize = 5;
        write!(f, "{}: not sent: ", self.context)?;
        for (index, violation) in self.violations.iter().take(MAX_SHOWN).enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            write!(f, "{violation}")?;
            if let Some(code) = violation.code {
                write!(f, " ({})", self.context.named(code))?;
            }
        }
        match self.violations.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl StdError for Invalid {}
