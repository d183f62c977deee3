//! What is wrong with a spec, collected so that one run tells all of it.

use std::fmt::Write as _;

use super::load::Sources;
use super::locate::{At, Position, locate};
use super::node::{Node, Origin};

/// One mistake, at one place.
#[derive(Clone, Debug)]
pub struct Mistake {
    place: Place,
    /// One sentence.
    pub text: String,
    /// What is allowed instead, what was probably meant, how to mend it.
    pub help: Vec<String>,
}

#[derive(Clone, Debug)]
enum Place {
    Node(Origin, At),
    Position(usize, Position),
}

impl Mistake {
    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The number of the file it is in.
    pub fn file(&self) -> usize {
        match &self.place {
            Place::Node(origin, _) => origin.file(),
            Place::Position(file, _) => *file,
        }
    }

    /// Whether it was made in a value, or in a part of it.
    pub fn is_under(&self, value: &Origin) -> bool {
        match &self.place {
            Place::Node(origin, _) => origin.is_under(value),
            Place::Position(..) => false,
        }
    }

    fn position(&self, sources: &Sources) -> Position {
        match &self.place {
            Place::Node(origin, at) => locate(sources.text(origin.file()), origin, *at),
            Place::Position(_, position) => *position,
        }
    }
}

/// A mistake in a value.
pub fn at_value(node: &Node, text: impl Into<String>) -> Mistake {
    at(&node.origin, At::Value, text)
}

/// A mistake in the key of a value.
pub fn at_key(origin: &Origin, text: impl Into<String>) -> Mistake {
    at(origin, At::Key, text)
}

fn at(origin: &Origin, at: At, text: impl Into<String>) -> Mistake {
    Mistake { place: Place::Node(origin.clone(), at), text: text.into(), help: Vec::new() }
}

/// A mistake at a position that is known already.
pub fn at_position(file: usize, position: Position, text: impl Into<String>) -> Mistake {
    Mistake { place: Place::Position(file, position), text: text.into(), help: Vec::new() }
}

/// A mistake, located and ready to be shown.
#[derive(Clone, Debug)]
pub struct Report {
    /// The file's number.
    pub file: usize,
    /// The file as the macro call names it.
    pub path: String,
    /// Where.
    pub position: Position,
    /// `spec/file.yaml:line:column: ...` with the line quoted and the help below.
    pub text: String,
}

/// All mistakes located, sorted by file and place, each told once.
pub fn report(mistakes: &[Mistake], sources: &Sources) -> Vec<Report> {
    let mut reports: Vec<Report> = mistakes.iter().map(|mistake| render(mistake, sources)).collect();
    reports.sort_by(|a, b| (&a.path, a.position, &a.text).cmp(&(&b.path, b.position, &b.text)));
    reports.dedup_by(|a, b| a.path == b.path && a.text == b.text);
    reports
}

fn render(mistake: &Mistake, sources: &Sources) -> Report {
    let file = mistake.file();
    let position = mistake.position(sources);
    let path = sources.shown_path(file).to_owned();
    let mut text = format!("{path}:{}:{}: {}", position.line, position.column, mistake.text);
    let line = sources.text(file).lines().nth(position.line.saturating_sub(1)).unwrap_or_default();
    if !line.trim().is_empty() {
        quote_line(&mut text, line, position);
    }
    for help in &mistake.help {
        let _ = write!(text, "\n  = {help}");
    }
    Report { file, path, position, text }
}

/// Longest part of a line that is quoted.
const QUOTED: usize = 100;

fn quote_line(text: &mut String, line: &str, position: Position) {
    let chars: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let column = position.column.saturating_sub(1).min(chars.len());
    // A one-line entry can be long: show the part around the mistake.
    let start = if chars.len() <= QUOTED { 0 } else { column.saturating_sub(QUOTED / 3) };
    let shown: String = chars.iter().skip(start).take(QUOTED).collect();
    let before = if start > 0 { "..." } else { "" };
    let after = if start + QUOTED < chars.len() { "..." } else { "" };
    let gutter = " ".repeat(position.line.to_string().len());
    let indent = " ".repeat(column - start + before.len());
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
pub fn did_you_mean(mistake: Mistake, word: &str, words: &[&str]) -> Mistake {
    let mistake = match nearest(word, words.iter().copied()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake,
    };
    match words.len() {
        0 => mistake,
        1..=40 => mistake.help(format!("allowed: {}", words.join(", "))),
        more => mistake.help(format!("allowed: one of {more} names, such as {}", words[..8].join(", "))),
    }
}
