//! What is wrong with a spec, collected so that one run tells all of it.
//!
//! A diagnostic knows spans. What stands in the files is looked up only when it is rendered.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::syntax::files::Files;
use crate::syntax::node::Node;
use crate::syntax::problem::Problem;
use crate::syntax::span::{FileId, Position, Span};

/// Something wrong, at one place.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Where.
    pub span: Span,
    /// One sentence.
    pub text: String,
    /// Other places that have to do with it, each with its part in it.
    pub labels: Vec<(Span, String)>,
    /// What is allowed instead, what was probably meant, how to fix it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into(), labels: Vec::new(), help: Vec::new() }
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push((span, text.into()));
        self
    }

    /// Whether it is about a value, or about a part of it.
    pub fn is_inside(&self, node: &Node) -> bool {
        node.span.contains(&self.span)
    }
}

impl From<Problem> for Diagnostic {
    fn from(problem: Problem) -> Self {
        Self { span: problem.span, text: problem.text, labels: Vec::new(), help: problem.help }
    }
}

/// A diagnostic about a value.
pub fn at_value(node: &Node, text: impl Into<String>) -> Diagnostic {
    Diagnostic::new(node.span, text)
}

/// A diagnostic about the key of a value.
pub fn at_key(node: &Node, text: impl Into<String>) -> Diagnostic {
    Diagnostic::new(node.key_span, text)
}

/// A diagnostic ready to be shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file.
    pub file: FileId,
    /// The file as the macro call names it.
    pub path: String,
    /// Where.
    pub position: Position,
    /// `spec/file.yaml:line:column: ...` with the line quoted and the help below.
    pub text: String,
}

/// All diagnostics rendered, sorted by file and place, each reported once.
pub fn report<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>, files: &Files) -> Vec<Report> {
    let mut reports: Vec<Report> =
        diagnostics.into_iter().map(|diagnostic| render(diagnostic, files)).collect();
    reports.sort_by(|a, b| (&a.path, a.position, &a.text).cmp(&(&b.path, b.position, &b.text)));
    reports.dedup_by(|a, b| a.path == b.path && a.text == b.text);
    reports
}

fn render(diagnostic: &Diagnostic, files: &Files) -> Report {
    let file = diagnostic.span.file;
    let position = files.position(diagnostic.span);
    let path = files.shown_path(file).to_owned();
    let mut text = format!("{path}:{}:{}: {}", position.line, position.column, on_one_line(&diagnostic.text));
    let line = files.line(file, position.line);
    if !line.trim().is_empty() {
        quote_line(&mut text, line, position);
    }
    for (span, label) in &diagnostic.labels {
        let (at, label) = (files.position(*span), on_one_line(label));
        let _ = write!(text, "\n  = {label}: {}:{}:{}", files.shown_path(span.file), at.line, at.column);
    }
    for help in &diagnostic.help {
        let _ = write!(text, "\n  = {}", on_one_line(help));
    }
    Report { file, path, position, text }
}

/// Words of a spec can hold anything: control characters would break the lines, or a terminal.
fn on_one_line(text: &str) -> Cow<'_, str> {
    match text.contains(char::is_control) {
        true => text.chars().fold(String::new(), |mut shown, c| {
            match c.is_control() {
                true => shown.extend(c.escape_default()),
                false => shown.push(c),
            }
            shown
        }),
        false => return Cow::Borrowed(text),
    }
    .into()
}

/// Longest part of a line that is quoted, in columns of a terminal.
const QUOTED: usize = 100;

fn quote_line(text: &mut String, line: &str, position: Position) {
    let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim_end();
    let column = position.column.saturating_sub(1);
    // A one-line entry can be long: show the part around the place.
    let mut skipped = 0;
    if line.width() > QUOTED {
        let mut room = QUOTED / 3;
        let before: Vec<char> = line.chars().take(column).collect();
        let shown = before.iter().rev().take_while(|c| {
            let width = c.width().unwrap_or_default();
            let fits = width <= room;
            room = room.saturating_sub(width);
            fits
        });
        skipped = before.len() - shown.count();
    }
    let mut room = QUOTED;
    let shown: String = line
        .chars()
        .skip(skipped)
        .take_while(|c| {
            let width = c.width().unwrap_or_default();
            let fits = width <= room;
            room = room.saturating_sub(width);
            fits
        })
        .collect();
    let before = if skipped > 0 { "..." } else { "" };
    let after = if skipped + shown.chars().count() < line.chars().count() { "..." } else { "" };
    // What is behind the end of the line, or in the spaces that were trimmed, has a width too.
    let until: String = shown.chars().take(column - skipped.min(column)).collect();
    let beyond = (column - skipped.min(column)) - until.chars().count();
    let gutter = " ".repeat(position.line.to_string().len());
    let indent = " ".repeat(before.len() + until.width() + beyond);
    let _ = write!(
        text,
        "\n  {gutter} |\n  {} | {before}{}{after}\n  {gutter} | {indent}^",
        position.line,
        shown.trim_end()
    );
}

/// The nearest of some words, if one is near enough to have been meant.
pub fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    words
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= (candidate.chars().count().max(word.chars().count()) / 3).max(1)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Help for a word that is not one of those allowed: the nearest, and the list.
pub fn did_you_mean(diagnostic: Diagnostic, word: &str, words: &[&str]) -> Diagnostic {
    let diagnostic = match nearest(word, words.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    };
    match words.len() {
        0 => diagnostic,
        1..=40 => diagnostic.help(format!("allowed: {}", words.join(", "))),
        more => diagnostic.help(format!("allowed: one of {more} names, such as {}", words[..8].join(", "))),
    }
}
