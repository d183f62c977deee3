//! Collects violations: the place where the walk is, and the code of each.

use std::fmt::{self, Write as _};
use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{Zoned, civil};
use serde_json::error::Category;

use super::when::When;
use super::{Severity, Violation};
use crate::catalogue::{Code, Field, Problem};
use crate::{ErrorCode, Family};

/// The violations found so far, and the place where the walk is.
pub(super) struct Report {
    family: Family,
    /// The day to count from.
    today: civil::Date,
    /// The present, where the account's zone is known.
    now: Option<Zoned>,
    path: Vec<Step>,
    /// The keys of maps in the path.
    keys: Vec<String>,
    violations: Vec<Violation>,
    /// The times of the objects around the present place, with their fields.
    pub(super) times: Vec<(&'static Field, When)>,
    /// The field whose values must differ from row to row, and the digest of the one that came last.
    watched: Option<&'static Field>,
    noted: Option<u64>,
}

/// One step of a path.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// Into a known key.
    Key(&'static str),
    /// Into a key of a map: the one at this index of the report's.
    Free(usize),
    /// Into an entry of a list.
    Index(usize),
}

impl Report {
    pub(super) fn new(family: Family, today: civil::Date, now: Option<Zoned>) -> Self {
        let (path, keys, violations, times) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { family, today, now, path, keys, violations, times, watched: None, noted: None }
    }

    pub(super) fn now(&self) -> Option<&Zoned> {
        self.now.as_ref()
    }

    pub(super) fn today(&self) -> civil::Date {
        self.today
    }

    #[inline]
    pub(super) fn enter(&mut self, step: Step) {
        self.path.push(step);
    }

    /// Enters a key of a map.
    pub(super) fn enter_free(&mut self, key: String) {
        self.path.push(Step::Free(self.keys.len()));
        self.keys.push(shown(key));
    }

    #[inline]
    pub(super) fn leave(&mut self) {
        if let Some(Step::Free(at)) = self.path.pop() {
            self.keys.truncate(at);
        }
    }

    /// How deep the present place is, to come back to it after a fault.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    pub(super) fn leave_to(&mut self, depth: usize) {
        while self.path.len() > depth {
            self.leave();
        }
    }

    /// Adds a violation at the present place. `sentence` goes behind the place's name: "is required".
    pub(super) fn add(&mut self, field: &Field, problem: Problem, sentence: fmt::Arguments<'_>) {
        self.add_in_row(field, None, problem, sentence);
    }

    /// The same for a field of a row, whose list may have a code for all that is missing in its rows.
    pub(super) fn add_in_row(
        &mut self,
        field: &Field,
        row: Option<Row>,
        problem: Problem,
        sentence: fmt::Arguments<'_>,
    ) {
        let own = own_code(field, problem);
        let code = own.or_else(|| row?.code()).or_else(|| self.family_code(problem));
        self.violations.push(Violation {
            message: sentence.to_string(),
            field: self.place(),
            problem,
            severity: Severity::Error,
            code: code.map(|code| ErrorCode::from_code(self.family, code)),
        });
    }

    /// Watches a field of the rows to come; gives back the one that was watched before.
    pub(super) fn watch(&mut self, field: Option<&'static Field>) -> Option<&'static Field> {
        self.noted = None;
        std::mem::replace(&mut self.watched, field)
    }

    /// Notes the text of a field, if it is watched.
    #[inline]
    pub(super) fn note(&mut self, field: &'static Field, text: &str) {
        if self.watched.is_some_and(|watched| std::ptr::eq(watched, field)) {
            let mut hasher = DefaultHasher::new();
            text.trim().hash(&mut hasher);
            self.noted = Some(hasher.finish());
        }
    }

    /// What the watched field of the row was that has just been read.
    pub(super) fn noted(&mut self) -> Option<u64> {
        self.noted.take()
    }

    /// Adds a warning at the present place.
    pub(super) fn warn(&mut self, problem: Problem, sentence: fmt::Arguments<'_>) {
        self.violations.push(Violation {
            message: sentence.to_string(),
            field: self.place(),
            problem,
            severity: Severity::Warning,
            code: None,
        });
    }

    /// All violations: what is missing, then the others, each in the order of the document; then warnings.
    pub(super) fn finish(mut self) -> Vec<Violation> {
        self.violations.sort_by_key(|violation| (violation.severity, violation.problem != Problem::Missing));
        self.violations
    }

    /// The violation of a text that is no JSON object, in place of all others: nothing behind the fault was
    /// looked at.
    pub(super) fn broken(&self, error: &serde_json::Error) -> Violation {
        let (problem, fault) = match error.classify() {
            Category::Data => (Problem::WrongType, "is not a JSON object"),
            Category::Io | Category::Syntax | Category::Eof => (Problem::Invalid, "is not valid JSON"),
        };
        let (line, column) = (error.line(), error.column());
        Violation {
            field: self.place(),
            problem,
            code: self.family_code(problem).map(|code| ErrorCode::from_code(self.family, code)),
            severity: Severity::Error,
            message: format!("{fault} (line {line}, column {column})"),
        }
    }

    fn family_code(&self, problem: Problem) -> Option<Code> {
        let family = self.family.info();
        if problem == Problem::Missing { family.missing_code } else { family.invalid_code }
    }

    /// The present place: `Details[3].Mobile`.
    fn place(&self) -> String {
        let mut place = String::new();
        for step in &self.path {
            let dot = if place.is_empty() { "" } else { "." };
            // Writing to a String cannot fail.
            let _ = match step {
                Step::Key(key) => write!(place, "{dot}{key}"),
                Step::Free(at) => write!(place, "{dot}{}", self.keys[*at]),
                Step::Index(index) => write!(place, "[{index}]"),
            };
        }
        place
    }
}

/// A row of a list, for what is missing in it.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// The list.
    pub(super) list: &'static Field,
    /// Whether the row has none of its known keys.
    pub(super) is_empty: bool,
}

impl Row {
    /// The list's code for a row that lacks keys.
    fn code(self) -> Option<Code> {
        let of_empty = self.is_empty.then(|| code(self.list, Problem::RowEmpty)).flatten();
        of_empty.or_else(|| code(self.list, Problem::RowIncomplete))
    }
}

/// A map's key as it may be shown. Keys are the customer's own and may be anything, a phone number too.
fn shown(key: String) -> String {
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    let plain = key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
    if plain && digits < 6 && key.len() <= 64 { key } else { "*".to_owned() }
}

/// The field's code for a problem, or the one for anything that is wrong with it.
fn own_code(field: &Field, problem: Problem) -> Option<Code> {
    let covered = matches!(
        problem,
        Problem::TooLong
            | Problem::TooShort
            | Problem::OutOfRange
            | Problem::NotOneOf
            | Problem::NotBefore
            | Problem::TooClose
            | Problem::OtherDay
            | Problem::Past
            | Problem::WrongType
    );
    code(field, problem).or_else(|| covered.then(|| code(field, Problem::Invalid)).flatten())
}

/// The field's code for exactly this problem.
fn code(field: &Field, problem: Problem) -> Option<Code> {
    field.codes.iter().find(|(of, _)| *of == problem).map(|(_, code)| *code)
}
