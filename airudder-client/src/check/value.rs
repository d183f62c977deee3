//! Single values: their type, their form, their limits.

use std::cmp::Ordering;

use serde::de::IgnoredAny;

use super::order::When;
use super::report::Report;
use crate::catalogue::{Constraint, Field, Kind, Problem};
use crate::types;
use crate::wire::{decimal, scalar, text, time};

/// A single value, as it came.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    Null,
    Bool,
    Int(i128),
    Float(f64),
    Text(&'a str),
    /// Text of a query string, where numbers are text too.
    Query(&'a str),
}

/// What has become of a value.
#[derive(Clone, Copy, Default)]
pub(super) struct Verdict {
    /// Whether it counts as given.
    pub(super) present: bool,
    /// The moment that it names, to be compared with others.
    pub(super) when: Option<When>,
}

impl Verdict {
    /// Given, right or wrong.
    pub(super) const PRESENT: Self = Self { present: true, when: None };
    /// As good as not given.
    pub(super) const ABSENT: Self = Self { present: false, when: None };
}

/// Where a value stands.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// The field that it belongs to.
    pub(super) field: &'static Field,
    /// What it should be: the field's kind, or that of an entry of it.
    pub(super) kind: &'static Kind,
    /// Whether it is an entry of a list or map.
    pub(super) is_entry: bool,
}

impl Target {
    /// The field itself.
    pub(super) fn of(field: &'static Field) -> Self {
        Self { field, kind: &field.kind, is_entry: false }
    }

    /// An entry of the list or map that stands here.
    pub(super) fn entry(self, kind: &'static Kind) -> Self {
        Self { kind, is_entry: true, ..self }
    }

    /// Reports that something of another type came.
    pub(super) fn wrong_type(self, report: &mut Report) -> Verdict {
        let article = type_name(self.kind);
        report.add(self.field, Problem::WrongType, format_args!("must be {article}"));
        Verdict::PRESENT
    }
}

/// Checks a value.
pub(super) fn single(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    if !target.is_entry && is_absent(target, input) {
        return Verdict::ABSENT;
    }
    match target.kind {
        Kind::Json => Verdict::PRESENT,
        Kind::Boolean => boolean(report, target, input),
        Kind::Integer | Kind::EpochMs | Kind::EpochS => integer(report, target, input),
        Kind::Number | Kind::Decimal => number(report, target, input),
        Kind::Enum(info) if info.integer => integer_word(report, target, input),
        Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => target.wrong_type(report),
        _ => any_text(report, target, input),
    }
}

/// Whether a value is as good as none. Empty text is for text that must be there (there is no id or number of
/// no characters), and for all that may be left out, but for optional text, which may well be empty.
fn is_absent(target: Target, input: Input<'_>) -> bool {
    let required = target.field.required;
    match (input, target.kind) {
        (Input::Null, _) => true,
        (Input::Text("") | Input::Query(""), Kind::String) => required,
        (Input::Text("") | Input::Query(""), kind) if is_time(kind) => !required,
        (Input::Text(""), kind) => is_text(kind),
        (Input::Query(""), _) => true,
        _ => false,
    }
}

/// Whether values are text on the wire and have no form of date or time.
fn is_text(kind: &Kind) -> bool {
    let integer = matches!(kind, Kind::Enum(info) if info.integer);
    let text = matches!(
        kind,
        Kind::Id(_) | Kind::Phone | Kind::Url | Kind::Base64 | Kind::Binary | Kind::JsonText | Kind::Enum(_)
    );
    text && !integer
}

fn is_time(kind: &Kind) -> bool {
    matches!(kind, Kind::Date | Kind::Time | Kind::LocalDateTime | Kind::Instant | Kind::InstantOffset)
}

/// What a value of this kind is called.
fn type_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Integer | Kind::EpochMs | Kind::EpochS => "a whole number",
        Kind::Number | Kind::Decimal => "a number",
        Kind::Boolean => "true or false",
        Kind::Enum(info) if info.integer => "a whole number",
        Kind::Struct(_) | Kind::Map(_) => "an object",
        Kind::List(_) => "a list",
        Kind::Json => "any JSON",
        _ => "text",
    }
}

fn boolean(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    match input {
        Input::Bool => Verdict::PRESENT,
        Input::Query(text) if scalar::truth(text).is_some() => Verdict::PRESENT,
        _ => target.wrong_type(report),
    }
}

fn integer(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    let number = match input {
        Input::Int(number) => number,
        Input::Query(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => return target.wrong_type(report),
        },
        _ => return target.wrong_type(report),
    };
    limits(report, target, Number::Int(number));
    Verdict { present: true, when: When::of_number(target.kind, number) }
}

fn number(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    let number = match input {
        Input::Int(number) => Some(Number::Int(number)),
        Input::Float(number) => Some(Number::Float(number)),
        Input::Query(text) if matches!(target.kind, Kind::Decimal) => {
            decimal::parse(text).and_then(|_| scalar::number_text(text)).map(Number::Float)
        }
        Input::Query(text) => scalar::number_text(text).map(Number::Float),
        _ => None,
    };
    match number {
        Some(number) => limits(report, target, number),
        None => return target.wrong_type(report),
    }
    Verdict::PRESENT
}

/// A value of an enumeration whose words are numbers: the number, or the number as text.
fn integer_word(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    match input {
        Input::Text(text) | Input::Query(text) => integer(report, target, Input::Query(text)),
        _ => integer(report, target, input),
    }
}

/// A number, exact where it is whole.
#[derive(Clone, Copy)]
enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    fn compare(self, limit: i64) -> Ordering {
        match self {
            Self::Int(number) => number.cmp(&limit.into()),
            // JSON has no NaN, so there is always an order.
            Self::Float(number) => number.partial_cmp(&(limit as f64)).unwrap_or(Ordering::Equal),
        }
    }

    fn is(self, word: &str) -> bool {
        match self {
            Self::Int(number) => word.parse() == Ok(number),
            Self::Float(number) => word.parse() == Ok(number),
        }
    }
}

/// Checks a number by the field's limits.
fn limits(report: &mut Report, target: Target, number: Number) {
    for constraint in target.field.constraints {
        let (limit, words, kept) = match *constraint {
            Constraint::Min(limit) => (limit, "at least", number.compare(limit).is_ge()),
            Constraint::Max(limit) => (limit, "at most", number.compare(limit).is_le()),
            Constraint::GreaterThan(limit) => (limit, "more than", number.compare(limit).is_gt()),
            Constraint::LessThan(limit) => (limit, "less than", number.compare(limit).is_lt()),
            Constraint::OneOf(words) => {
                one_of(report, target, words, |word| number.is(word));
                continue;
            }
            _ => continue,
        };
        if !kept {
            report.add(target.field, Problem::OutOfRange, format_args!("must be {words} {limit}"));
        }
    }
}

fn any_text(report: &mut Report, target: Target, input: Input<'_>) -> Verdict {
    let (Input::Text(text) | Input::Query(text)) = input else {
        return target.wrong_type(report);
    };
    let when = When::of_text(target.kind, text);
    if let Some(form) = broken_form(target.kind, text, when) {
        report.add(target.field, Problem::Invalid, format_args!("must be {form}"));
        return Verdict::PRESENT;
    }
    text_limits(report, target, text);
    Verdict { present: true, when }
}

/// The form that a text should have and has not.
fn broken_form(kind: &Kind, text: &str, when: Option<When>) -> Option<&'static str> {
    let (kept, form) = match kind {
        Kind::Date => (when.is_some(), "a date of the form YYYY-MM-DD"),
        Kind::Time => (when.is_some(), "a time of the form HH:MM:SS"),
        Kind::LocalDateTime => {
            (when.is_some(), "a date and time of the form YYYY-MM-DD HH:MM:SS, without a zone")
        }
        Kind::Instant => (when.is_some(), "a date and time with a zone, of the form YYYY-MM-DDTHH:MM:SSZ"),
        Kind::InstantOffset => {
            (when.is_some(), "a date and time with an offset, of the form YYYY-MM-DD HH:MM:SS+00:00")
        }
        Kind::Phone => {
            (types::is_international(text), "a phone number in international form: a plus and 7 to 15 digits")
        }
        Kind::Url => (is_web_url(text), "an absolute URL with http or https"),
        Kind::Base64 | Kind::Binary => (text::is_base64(text), "base64"),
        Kind::JsonText => (serde_json::from_str::<IgnoredAny>(text).is_ok(), "JSON in a text"),
        _ => (true, ""),
    };
    (!kept).then_some(form)
}

/// Whether a text is an absolute URL that can be called. The parser alone would forgive spaces and missing
/// slashes.
fn is_web_url(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let web = lower.starts_with("http://") || lower.starts_with("https://");
    web && !text.chars().any(|c| c.is_whitespace() || c.is_control()) && url::Url::parse(text).is_ok()
}

/// Checks a text by the field's limits.
fn text_limits(report: &mut Report, target: Target, text: &str) {
    let field = target.field;
    for constraint in field.constraints {
        match *constraint {
            Constraint::MinChars(limit) => {
                let count = text.chars().count();
                if count < limit as usize {
                    report.add(
                        field,
                        Problem::TooShort,
                        format_args!("has {count} characters, at least {limit} are needed"),
                    );
                }
            }
            Constraint::MaxChars(limit) => {
                let count = text.chars().count();
                if count > limit as usize {
                    report.add(
                        field,
                        Problem::TooLong,
                        format_args!("has {count} characters, at most {limit} are allowed"),
                    );
                }
            }
            Constraint::MaxDigits(limit) => {
                let count = text.bytes().filter(u8::is_ascii_digit).count();
                if count > limit as usize {
                    report.add(
                        field,
                        Problem::Invalid,
                        format_args!("has {count} digits, at most {limit} are allowed"),
                    );
                }
            }
            Constraint::OneOf(words) => one_of(report, target, words, |word| word == text),
            _ => {}
        }
    }
}

/// Checks a value by the values allowed.
fn one_of(report: &mut Report, target: Target, words: &[&str], is: impl Fn(&str) -> bool) {
    if !words.iter().any(|word| is(word)) {
        let words = words.join(", ");
        report.add(target.field, Problem::NotOneOf, format_args!("must be one of: {words}"));
    }
}

/// Checks the number of a list's entries.
pub(super) fn items(report: &mut Report, field: &'static Field, count: usize) {
    for constraint in field.constraints {
        match *constraint {
            Constraint::MinItems(limit) if count < limit as usize => report.add(
                field,
                Problem::TooFew,
                format_args!("has {count} entries, at least {limit} are needed"),
            ),
            Constraint::MaxItems(limit) if count > limit as usize => report.add(
                field,
                Problem::TooMany,
                format_args!("has {count} entries, at most {limit} are allowed"),
            ),
            _ => {}
        }
    }
}

impl When {
    /// The moment that a text names, if it is of this kind and in its form.
    fn of_text(kind: &Kind, text: &str) -> Option<Self> {
        match kind {
            Kind::Date => time::parse_date(text).map(Self::Date),
            Kind::Time => time::parse_time(text).map(Self::Time),
            // Only the space: what reads leniently does not write leniently.
            Kind::LocalDateTime if text.contains('T') => None,
            Kind::LocalDateTime => time::parse_local(text).map(Self::Local),
            Kind::Instant | Kind::InstantOffset => time::parse_instant(text).map(Self::Moment),
            _ => None,
        }
    }

    /// The moment that a number names, if it is of this kind.
    fn of_number(kind: &Kind, number: i128) -> Option<Self> {
        let number = i64::try_from(number).ok()?;
        let moment = match kind {
            Kind::EpochMs => jiff::Timestamp::from_millisecond(number),
            Kind::EpochS => jiff::Timestamp::from_second(number),
            _ => return None,
        };
        moment.ok().map(Self::Moment)
    }
}
