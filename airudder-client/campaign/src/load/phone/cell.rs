//! The digits of a cell.

use super::super::row::RefusalCode;
use super::super::text;

/// Fewer digits are no number anywhere.
const MIN_DIGITS: usize = 5;
/// Fifteen, the two zeros of international calls and a national prefix.
const MAX_DIGITS: usize = 18;

/// The digits of a number.
#[derive(Debug, PartialEq)]
pub(super) enum Digits {
    /// From the country code.
    International(String),
    /// As dialled in a country, or from the country code.
    National(String),
}

impl Digits {
    /// Reads a cell that should hold one number.
    pub(super) fn read(cell: &str) -> Result<Self, RefusalCode> {
        let plain = text::plain(cell);
        let body = bare(&plain);
        if text::is_scientific(body) {
            return Err(RefusalCode::Rounded);
        }
        let body = without_decimal(body);
        if has_extension(body) {
            return Err(RefusalCode::Extension);
        }
        if holds_several(cell, body) {
            return Err(RefusalCode::SeveralPhones);
        }
        let is_sign =
            |c: char| matches!(c, ' ' | '-' | '.' | ',' | '(' | ')' | '[' | ']' | '/' | '~' | ';' | '|');
        if !body.chars().all(|c| c.is_ascii_digit() || c == '+' || is_sign(c)) {
            return Err(RefusalCode::NotAPhone);
        }
        let behind_signs = body.trim_start_matches(is_sign);
        let (has_plus, rest) = match behind_signs.strip_prefix('+') {
            Some(rest) => (true, rest.trim_start_matches('+').replace("(0)", "")),
            None => (false, behind_signs.to_owned()),
        };
        if rest.contains('+') {
            return Err(RefusalCode::NotAPhone);
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        match digits.len() {
            0 => Err(RefusalCode::NotAPhone),
            length if length < MIN_DIGITS => Err(RefusalCode::PhoneTooShort),
            length if length > MAX_DIGITS => Err(RefusalCode::PhoneTooLong),
            _ => Ok(match digits.strip_prefix("00") {
                Some(behind) => Self::International(behind.to_owned()),
                None if has_plus => Self::International(digits),
                None => Self::National(digits),
            }),
        }
    }
}

/// The cell without what spreadsheets and phones put around a number: `="0812"`, `'0812`, `tel:0812`.
fn bare(text: &str) -> &str {
    let body = text.trim_start_matches(['\'', '`']).trim();
    let body = body.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(body);
    let body = body.trim_matches(['"', '\'', ' ']);
    match body.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &body[4..],
        _ => body,
    }
}

/// `812345678.0`: a program took the number for one with decimals.
fn without_decimal(body: &str) -> &str {
    match body.strip_suffix(".0") {
        Some(whole) if whole.len() >= MIN_DIGITS && whole.bytes().all(|b| b.is_ascii_digit()) => whole,
        _ => body,
    }
}

fn has_extension(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let marks = ["ext", "#", "x"];
    marks.iter().any(|mark| {
        lower.split_once(mark).is_some_and(|(before, behind)| {
            before.bytes().filter(u8::is_ascii_digit).count() >= MIN_DIGITS
                && behind.bytes().any(|b| b.is_ascii_digit())
        })
    })
}

/// Whether there is more than one number, however they are separated.
fn holds_several(cell: &str, body: &str) -> bool {
    let mut marked = body.to_ascii_lowercase();
    for word in [" or ", " and ", " atau ", " dan ", " o ", " y "] {
        marked = marked.replace(word, ";");
    }
    // `02151/123456` is one number; `08123456789/90` is two.
    let parts = digits(marked.split([',', ';', '/', '|', '&']));
    let is_two = parts.len() > 1 && parts.iter().any(|count| *count >= 8);
    let long = |counts: &[usize], least: usize| counts.iter().filter(|count| **count >= least).count() > 1;
    is_two
        || long(&parts, 7)
        || long(&digits(cell.lines()), 7)
        || long(&digits(marked.split('+')), 5)
        || long(&digits(marked.split(' ')), 8)
}

/// How many digits the parts have that have any.
fn digits<'t>(parts: impl Iterator<Item = &'t str>) -> Vec<usize> {
    let counts = parts.map(|part| text::plain(part).bytes().filter(u8::is_ascii_digit).count());
    counts.filter(|count| *count > 0).collect()
}
