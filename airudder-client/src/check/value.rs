//! Single values: their type, their form, their limits.

use std::cmp::Ordering;

use jiff::{ToSpan, Zoned};
use serde::de::IgnoredAny;

use super::report::Report;
use super::when::When;
use crate::catalogue::{Constraint, Field, FieldPlace, JsonType, Kind, Limit, Problem, Scalar};
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

/// Whether a value counts as given: it does, right or wrong, where it is not as good as none.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Given {
    Yes,
    No,
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
    pub(super) fn wrong_type(self, report: &mut Report) -> Given {
        let article = type_name(self.kind);
        report.add(self.field, Problem::WrongType, format_args!("must be {article}"));
        Given::Yes
    }
}

/// Checks a value.
pub(super) fn single(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    if !target.is_entry && is_absent(target, input) {
        return Given::No;
    }
    match target.kind.json_type() {
        JsonType::Scalar if matches!(input, Input::Null) => target.wrong_type(report),
        JsonType::Any | JsonType::Scalar => Given::Yes,
        JsonType::Boolean => boolean(report, target, input),
        JsonType::Integer if matches!(target.kind, Kind::Enum(_)) => integer_word(report, target, input),
        JsonType::Integer => integer(report, target, input),
        JsonType::Number => number(report, target, input),
        JsonType::Object | JsonType::List => target.wrong_type(report),
        JsonType::Text => any_text(report, target, input),
    }
}

/// Whether a value is as good as none. Empty text is for text that must be there (there is no id or number of
/// no characters), and for all that may be left out, but for optional text, which may well be empty.
fn is_absent(target: Target, input: Input<'_>) -> bool {
    let required = target.field.required;
    match (input, target.kind) {
        (Input::Null, _) => true,
        (Input::Text("") | Input::Query(""), Kind::Scalar(Scalar::String)) => required,
        (Input::Text("") | Input::Query(""), kind) if is_time(kind) => !required,
        (Input::Text(""), kind) => is_text(kind),
        (Input::Query(""), _) => true,
        _ => false,
    }
}

/// Whether values are text on the wire that may not be empty and has no form of date or time.
fn is_text(kind: &Kind) -> bool {
    let plain = matches!(kind, Kind::Scalar(Scalar::String));
    kind.json_type() == JsonType::Text && !plain && !is_time(kind)
}

/// Whether values are dates or times written as text.
fn is_time(kind: &Kind) -> bool {
    matches!(kind, Kind::Scalar(scalar) if scalar.pattern().is_some())
}

/// What a value of this kind is called.
fn type_name(kind: &Kind) -> &'static str {
    match kind.json_type() {
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::Boolean => "true or false",
        JsonType::Object => "an object",
        JsonType::List => "a list",
        JsonType::Any => "any JSON",
        JsonType::Scalar => "text, a number, or true or false",
        JsonType::Text => "text",
    }
}

fn boolean(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    match input {
        Input::Bool => Given::Yes,
        Input::Query(text) if scalar::truth(text).is_some() => Given::Yes,
        Input::Null | Input::Int(_) | Input::Float(_) | Input::Text(_) | Input::Query(_) => {
            target.wrong_type(report)
        }
    }
}

fn integer(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    let number = match input {
        Input::Int(number) => number,
        Input::Query(text) => match text.parse() {
            Ok(number) => number,
            Err(_) => return target.wrong_type(report),
        },
        Input::Null | Input::Bool | Input::Float(_) | Input::Text(_) => return target.wrong_type(report),
    };
    limits(report, target, Number::Int(number));
    fixed(report, target, |word| word.parse() == Ok(number));
    let when = When::of_number(target.kind, number);
    if let Some(when) = when {
        day(report, target, when);
    }
    Given::Yes
}

fn number(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    let number = match input {
        Input::Int(number) => Some(Number::Int(number)),
        Input::Float(number) => Some(Number::Float(number)),
        Input::Query(text) if matches!(target.kind, Kind::Scalar(Scalar::Decimal)) => {
            decimal::parse(text).and_then(|_| scalar::number_text(text)).map(Number::Float)
        }
        Input::Query(text) => scalar::number_text(text).map(Number::Float),
        Input::Null | Input::Bool | Input::Text(_) => None,
    };
    match number {
        Some(number) => limits(report, target, number),
        None => return target.wrong_type(report),
    }
    Given::Yes
}

/// A value of an enumeration whose words are numbers: the number, or the number as text.
fn integer_word(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    match input {
        Input::Text(text) | Input::Query(text) => integer(report, target, Input::Query(text)),
        Input::Null | Input::Bool | Input::Int(_) | Input::Float(_) => integer(report, target, input),
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
        let (limit, bound) = match *constraint {
            Constraint::Limit(limit, bound) => (limit, bound),
            Constraint::OneOf(words) => {
                one_of(report, target, words, |word| number.is(word));
                continue;
            }
            Constraint::Before(_) | Constraint::SameDay(_) | Constraint::NotPast | Constraint::Schema(_) => {
                continue;
            }
        };
        let order = number.compare(bound);
        let (words, kept) = match limit {
            Limit::Min => ("at least", order.is_ge()),
            Limit::Max => ("at most", order.is_le()),
            Limit::GreaterThan => ("more than", order.is_gt()),
            Limit::LessThan => ("less than", order.is_lt()),
            Limit::MinChars
            | Limit::MaxChars
            | Limit::MaxDigits
            | Limit::MinItems
            | Limit::MaxItems
            | Limit::MaxDaysAhead
            | Limit::MinMinutesBefore => continue,
        };
        if !kept {
            report.add(target.field, Problem::OutOfRange, format_args!("must be {words} {bound}"));
        }
    }
}

fn any_text(report: &mut Report, target: Target, input: Input<'_>) -> Given {
    let (Input::Text(text) | Input::Query(text)) = input else {
        return target.wrong_type(report);
    };
    let form = match target.kind {
        Kind::Scalar(scalar) => form(*scalar, text),
        Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => Ok(None),
    };
    let when = match form {
        Ok(when) => when,
        Err(form) => {
            report.add(target.field, Problem::Invalid, format_args!("must be {form}"));
            return Given::Yes;
        }
    };
    if target.field.place == FieldPlace::Header && text.chars().any(char::is_control) {
        report.add(target.field, Problem::Invalid, format_args!("must have no control characters"));
        return Given::Yes;
    }
    text_limits(report, target, text);
    fixed(report, target, |word| word == text);
    if let Some(when) = when {
        day(report, target, when);
    }
    Given::Yes
}

/// The moment that a text names, if it is of a kind that names one; or the form that it should have and has
/// not.
fn form(scalar: Scalar, text: &str) -> Result<Option<When>, &'static str> {
    let named = |when: Option<When>, form| when.map(Some).ok_or(form);
    let kept = |kept: bool, form| if kept { Ok(None) } else { Err(form) };
    match scalar {
        Scalar::String
        | Scalar::Integer
        | Scalar::Number
        | Scalar::Decimal
        | Scalar::Boolean
        | Scalar::EpochMs
        | Scalar::EpochS
        | Scalar::Json
        | Scalar::JsonSchema
        | Scalar::AnyScalar => Ok(None),
        Scalar::Date => named(time::parse_date(text).map(When::Date), "a date of the form YYYY-MM-DD"),
        Scalar::Time => named(time::parse_time(text).map(When::Time), "a time of the form HH:MM:SS"),
        Scalar::LocalDateTime if text.ends_with('Z') => {
            Err("a local time; a moment is written as one where the client knows the zone of the account \
             (`ClientBuilder::account_time_zone`)")
        }
        Scalar::LocalDateTime => {
            // Only the blank: what reads leniently does not write leniently.
            let local = if text.contains('T') { None } else { time::parse_local(text) };
            let form = "a date and time of the form YYYY-MM-DD HH:MM:SS, without a zone";
            named(local.map(When::Local), form)
        }
        Scalar::Instant => {
            let form = "a date and time with a zone, of the form YYYY-MM-DDTHH:MM:SSZ";
            named(time::parse_instant(text).map(When::Moment), form)
        }
        Scalar::InstantOffset => {
            let form = "a date and time with an offset, of the form YYYY-MM-DD HH:MM:SS+00:00";
            named(time::parse_instant(text).map(When::Moment), form)
        }
        Scalar::Phone => {
            let form = "a phone number in international form: a plus and 7 to 15 digits";
            kept(airudder_model::is_phone(text), form)
        }
        Scalar::Url => kept(is_web_url(text), "an absolute URL with http or https"),
        Scalar::Base64 | Scalar::Binary => kept(text::is_base64(text), "base64"),
        Scalar::JsonText => kept(serde_json::from_str::<IgnoredAny>(text).is_ok(), "JSON in a text"),
    }
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
        let (limit, bound) = match *constraint {
            Constraint::Limit(limit, bound) => (limit, bound),
            Constraint::OneOf(words) => {
                one_of(report, target, words, |word| word == text);
                continue;
            }
            Constraint::Before(_) | Constraint::SameDay(_) | Constraint::NotPast | Constraint::Schema(_) => {
                continue;
            }
        };
        // No text has more characters than bytes.
        if limit == Limit::MaxChars && i64::try_from(text.len()).is_ok_and(|length| length <= bound) {
            continue;
        }
        let digits = || text.bytes().filter(u8::is_ascii_digit).count();
        let (count, what, problem) = match limit {
            Limit::MinChars => (text.chars().count(), "characters", Problem::TooShort),
            Limit::MaxChars => (text.chars().count(), "characters", Problem::TooLong),
            Limit::MaxDigits => (digits(), "digits", Problem::Invalid),
            Limit::Min
            | Limit::Max
            | Limit::GreaterThan
            | Limit::LessThan
            | Limit::MinItems
            | Limit::MaxItems
            | Limit::MaxDaysAhead
            | Limit::MinMinutesBefore => continue,
        };
        length(report, field, limit, bound, count, what, problem);
    }
}

/// Reports a length that is outside its limit.
fn length(
    report: &mut Report,
    field: &'static Field,
    limit: Limit,
    bound: i64,
    count: usize,
    what: &str,
    problem: Problem,
) {
    let size = i64::try_from(count).unwrap_or(i64::MAX);
    if limit.is_lower() && size < bound {
        report.add(field, problem, format_args!("has {count} {what}, at least {bound} are needed"));
    } else if !limit.is_lower() && size > bound {
        report.add(field, problem, format_args!("has {count} {what}, at most {bound} are allowed"));
    }
}

/// Checks a value by the values allowed.
fn one_of(report: &mut Report, target: Target, words: &[&str], is: impl Fn(&str) -> bool) {
    if !words.iter().any(|word| is(word)) {
        let words = words.join(", ");
        report.add(target.field, Problem::NotOneOf, format_args!("must be one of: {words}"));
    }
}

/// Checks a value by the only one that the field takes.
fn fixed(report: &mut Report, target: Target, is: impl Fn(&str) -> bool) {
    if let Some(word) = target.field.fixed
        && !is(word)
    {
        report.add(target.field, Problem::NotOneOf, format_args!("must be {word}"));
    }
}

/// Checks that a day is neither too far ahead nor past, and keeps it, to be compared with others of its
/// object.
fn day(report: &mut Report, target: Target, when: When) {
    if !target.is_entry {
        report.times.push((target.field, when));
    }
    for constraint in target.field.constraints {
        if let Constraint::Limit(Limit::MaxDaysAhead, days) = *constraint
            && let Some(day) = when.day()
            && let Ok(ahead) = report.today().until(day)
            && i64::from(ahead.get_days()) > days
        {
            report.add(target.field, Problem::OutOfRange, format_args!("must be at most {days} days ahead"));
        }
        // A minute passes: clocks differ, and a request takes its time.
        let is_past = |now: &Zoned| when.is_past(&now.saturating_sub(1.minute()));
        if matches!(constraint, Constraint::NotPast) && report.now().is_some_and(is_past) {
            report.add(target.field, Problem::Past, format_args!("must not be in the past"));
        }
    }
}

/// Checks the number of a list's entries.
pub(super) fn items(report: &mut Report, field: &'static Field, count: usize) {
    for constraint in field.constraints {
        match *constraint {
            Constraint::Limit(limit @ Limit::MinItems, bound) => {
                length(report, field, limit, bound, count, "entries", Problem::TooFew);
            }
            Constraint::Limit(limit @ Limit::MaxItems, bound) => {
                length(report, field, limit, bound, count, "entries", Problem::TooMany);
            }
            Constraint::Limit(
                Limit::MinChars
                | Limit::MaxChars
                | Limit::MaxDigits
                | Limit::Min
                | Limit::Max
                | Limit::GreaterThan
                | Limit::LessThan
                | Limit::MaxDaysAhead
                | Limit::MinMinutesBefore,
                _,
            )
            | Constraint::OneOf(_)
            | Constraint::Before(_)
            | Constraint::SameDay(_)
            | Constraint::NotPast
            | Constraint::Schema(_) => {}
        }
    }
}
