//! Why a text is not a document.

use super::span::{FileId, Span};

/// The largest file that is read: some fifty times as large as any that a person writes.
pub const MAX_BYTES: u64 = 8 * 1024 * 1024;

/// Merge keys are part of no YAML since 1.2.
pub(crate) const MERGE_KEY: &str = "merge keys (`<<`) are not read";
pub(crate) const MERGE_KEY_HELP: &str =
    "write the keys out; entries and structs take over what others have with `same_as`";

/// What is wrong, where, and how to fix it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// One sentence.
    pub text: String,
    /// How to fix it.
    pub help: Vec<String>,
}

impl Problem {
    pub(super) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into(), help: Vec::new() }
    }

    /// A file beyond the bound.
    pub(crate) fn too_large(file: FileId) -> Self {
        let text = format!("this file is larger than {} MiB", MAX_BYTES / 1024 / 1024);
        Self::new(Span::start_of(file), text).help("split it into several sections")
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
