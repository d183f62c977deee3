//! Warnings of `cargo spec check` that no macro call needs: keys that say nothing, limits stated in two ways.
//!
//! They read the files as they are written, for what is asked is what a person has written.

mod entries;
mod limits;
mod redundant;
mod tree;

use airudder_codegen::diagnostic::{Diagnostic, Report, report};
use airudder_codegen::syntax::files::Files;

pub(crate) use redundant::repeats;
use tree::Document;

/// Where the files of a spec say something needlessly, and where they contradict each other.
pub fn warnings(files: &Files) -> Vec<Report> {
    let documents = documents(files);
    report(&warnings_of(&documents), files)
}

fn documents(files: &Files) -> Vec<Document> {
    files.ids().filter_map(|file| Document::read(file, files)).collect()
}

fn warnings_of(documents: &[Document]) -> Vec<Diagnostic> {
    [redundant::find(documents), limits::find(documents)].concat()
}
