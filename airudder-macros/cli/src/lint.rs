//! Warnings of `cargo spec check` that no macro call needs: keys that say nothing, limits that are told in two ways.
//!
//! They read the files as they are written, for what is asked is what a person has written.

mod entries;
mod limits;
mod redundant;
mod tree;

use airudder_codegen::spec::load::Sources;
use airudder_codegen::spec::locate::Position;
use airudder_codegen::spec::mistakes::{Mistake, Report, at_position, report};

use tree::{Document, Node};

/// What the files of a spec say needlessly, and where they contradict themselves.
pub fn warnings(sources: &Sources) -> Vec<Report> {
    let documents: Vec<Document> = sources
        .numbers()
        .filter(|file| sources.shown_path(*file).ends_with(".yaml"))
        .filter_map(|file| Document::read(file, sources.shown_path(file), sources.text(file)))
        .collect();
    let found = [redundant::find(&documents), limits::find(&documents)].concat();
    let diagnostics: Vec<Mistake> = found.iter().map(|finding| finding.located(sources)).collect();
    report(&diagnostics, sources)
}

/// Something to warn of, at a place of a file.
#[derive(Clone)]
struct Finding {
    file: usize,
    at: usize,
    text: String,
    help: String,
}

impl Finding {
    fn new(document: &Document, node: &Node, text: String, help: impl Into<String>) -> Self {
        Self { file: document.file, at: node.at, text, help: help.into() }
    }

    fn located(&self, sources: &Sources) -> Mistake {
        let before = sources.text(self.file).get(..self.at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let position = Position {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        };
        at_position(self.file, position, self.text.clone()).help(self.help.clone())
    }
}
