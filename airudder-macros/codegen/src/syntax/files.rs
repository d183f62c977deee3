//! The file table: which files there are, and what they hold.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::lines::Lines;
use super::span::{FileId, Position, Span};

/// The files of a spec.
#[derive(Debug, Default)]
pub struct Files {
    files: Vec<File>,
}

#[derive(Debug)]
struct File {
    /// As the macro call names it.
    shown: String,
    /// `None` for what is built in, or cannot be read.
    disk: Option<PathBuf>,
    text: Arc<str>,
    lines: Lines,
}

impl Files {
    /// Adds a file. `disk` is to be tracked by the compiler.
    pub fn add(&mut self, shown: &str, disk: Option<PathBuf>, text: &str) -> FileId {
        let id = FileId::new(self.files.len());
        self.files.push(File { shown: shown.to_owned(), disk, text: text.into(), lines: Lines::of(text) });
        id
    }

    /// The text of a file.
    pub fn text(&self, file: FileId) -> &str {
        self.get(file).map_or("", |f| &f.text)
    }

    /// The same, to keep while files are added.
    pub fn shared_text(&self, file: FileId) -> Arc<str> {
        self.get(file).map_or_else(|| "".into(), |f| Arc::clone(&f.text))
    }

    /// The file's path as the macro call names it.
    pub fn shown_path(&self, file: FileId) -> &str {
        self.get(file).map_or("spec", |f| f.shown.as_str())
    }

    /// The file's path on disk, if it is one.
    pub fn disk_path(&self, file: FileId) -> Option<&Path> {
        self.get(file).and_then(|f| f.disk.as_deref())
    }

    /// All files.
    pub fn ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len()).map(FileId::new)
    }

    /// Where a span starts.
    pub fn position(&self, span: Span) -> Position {
        let start = Position { line: 1, column: 1 };
        self.get(span.file).map_or(start, |f| f.lines.position(&f.text, span.start as usize))
    }

    /// A line of a file, by its number.
    pub fn line(&self, file: FileId, number: usize) -> &str {
        self.get(file).map_or("", |f| f.lines.line(&f.text, number))
    }

    fn get(&self, file: FileId) -> Option<&File> {
        self.files.get(file.index())
    }
}
