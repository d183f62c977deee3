//! What the details behind the variants of [`Error`](super::Error) have in common.

use std::fmt;

use bytes::Bytes;

use super::{Context, text::mask};

/// The start of a message: what was called.
impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.endpoint)?;
        match &self.during {
            Some(step) => write!(f, ": {step}"),
            None => Ok(()),
        }
    }
}

/// Bytes that `Debug` does not show.
#[derive(Clone, Default)]
pub(crate) struct Raw(pub(crate) Bytes);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// A text of the vendor's, shown bounded and with its numbers masked.
#[derive(Clone)]
pub(crate) struct Masked(pub(crate) String);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(&self.0, 300), f)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0, 300))
    }
}

/// Where a call was when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Before there was a connection: nothing was sent.
    Connect,
    /// Between sending the request and the head of the answer.
    Exchange,
    /// In the middle of the answer's body.
    Body,
}
