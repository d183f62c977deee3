//! Numbers in texts: which may be somebody's, and which are codes, dates and times.
//!
//! People write phone numbers with spaces, hyphens, dots, slashes and brackets, and in the digits of their
//! language. So do dates; what reads as one stays readable.

/// Digits of a phone number, however grouped.
const MIN_GROUPED: usize = 7;
/// As many in a row are hidden too, and behind a plus.
const MIN_IN_A_ROW: usize = 6;
/// Separators between two groups: `) - `.
const MAX_SEPARATORS: usize = 4;

/// The number at the start of a text: its length in bytes, and whether it may be somebody's.
pub(super) fn at(text: &str) -> Option<(usize, bool)> {
    if let Some(length) = moment(text) {
        return Some((length, false));
    }
    let start = text.find(|c| !matches!(c, '+' | '＋' | '(' | '（' | '[')).filter(|start| *start <= 6)?;
    if !text[start..].starts_with(is_digit) {
        return None;
    }
    let plus = text[..start].contains(['+', '＋']);
    let (mut end, mut separators) = (start, 0);
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = &text[start..];
    while !rest.is_empty() {
        let length = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        if length > 0 {
            if !groups.is_empty() && moment(rest).is_some() {
                break;
            }
            groups.push(&rest[..length]);
            rest = &rest[length..];
            end = text.len() - rest.len();
            separators = 0;
        }
        let Some(next) = rest.chars().next() else { break };
        separators += 1;
        if separators > MAX_SEPARATORS || !is_separator(next) {
            break;
        }
        rest = &rest[next.len_utf8()..];
    }
    let counts = || groups.iter().map(|group| group.chars().count());
    let digits: usize = counts().sum();
    let many = digits >= MIN_GROUPED || counts().any(|count| count >= MIN_IN_A_ROW);
    let is_somebodys = many || (plus && digits >= MIN_IN_A_ROW);
    Some((end, is_somebodys && !are_codes(&groups)))
}

/// Whether these are codes of the vendor's, behind an HTTP status perhaps: `400 10402`, `10402/10403`.
fn are_codes(groups: &[&str]) -> bool {
    let is_code = |group: &&str| group.len() == 5 && group.starts_with("10");
    let is_status = |group: &&str| group.len() == 3 && matches!(group.as_bytes()[0], b'2'..=b'5');
    match groups {
        [first, codes @ ..] if is_status(first) => !codes.is_empty() && codes.iter().all(is_code),
        codes => codes.iter().all(is_code),
    }
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric())
}

/// What people put between the digits of a number, and what is not even seen there.
fn is_separator(c: char) -> bool {
    match c {
        '-' | '.' | '/' | '(' | ')' | '[' | ']' | '\t' => true,
        '\n' | '\r' => false,
        '\u{ad}' | '\u{b7}' | '\u{feff}' => true,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => true,
        '\u{ff08}' | '\u{ff09}' | '\u{ff0d}' | '\u{ff0e}' | '\u{ff0f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => true,
        _ => c.is_whitespace(),
    }
}

/// Length of a date, a time or both in one that stands at the start of a text.
fn moment(text: &str) -> Option<usize> {
    compact(text).or_else(|| time(text)).or_else(|| date(text))
}

/// The number of `min` to `max` digits at the start of a text, and what follows.
fn digits(text: &str, min: usize, max: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(length);
    (length >= min && !rest.starts_with(is_digit)).then_some(())?;
    Some((number.parse().ok()?, rest))
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1900..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// `2026-03-02`, `2/3/2026`, `02.03.2026`.
fn date(text: &str) -> Option<usize> {
    let (first, rest) = digits(text, 1, 4)?;
    let separator = rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (second, rest) = digits(rest.strip_prefix(separator)?, 1, 2)?;
    let (third, rest) = digits(rest.strip_prefix(separator)?, 1, 4)?;
    let fits =
        is_date(first, second, third) || is_date(third, second, first) || is_date(third, first, second);
    // More behind it, and it is a number in groups.
    let goes_on = rest
        .strip_prefix(['-', '/', '.'])
        .is_some_and(|rest| rest.starts_with(is_digit) && time(rest).is_none());
    (fits && !goes_on).then_some(text.len() - rest.len())
}

/// `9:00`, `09:00:00.123456`, `09:00:00+08:00`.
fn time(text: &str) -> Option<usize> {
    let (hour, rest) = digits(text, 1, 2)?;
    let (minute, mut rest) = digits(rest.strip_prefix(':')?, 2, 2)?;
    if let Some((second, after)) = rest.strip_prefix(':').and_then(|rest| digits(rest, 2, 2)) {
        rest = after;
        let fraction = rest.strip_prefix(['.', ',']).and_then(|rest| digits(rest, 1, 9));
        if second > 60 {
            return None;
        }
        rest = fraction.map_or(rest, |(_, after)| after);
    }
    let offset = rest.strip_prefix(['+', '-']).and_then(|offset| match offset.split_at_checked(2) {
        Some((_, after)) if after.starts_with(':') => {
            digits(offset, 2, 2)?;
            digits(&after[1..], 2, 2).map(|(_, rest)| rest)
        }
        _ => digits(offset, 4, 4).map(|(_, rest)| rest),
    });
    rest = offset.unwrap_or(rest);
    (hour <= 24 && minute < 60).then_some(text.len() - rest.len())
}

/// `20260302090000`, `20260302T090000Z`.
fn compact(text: &str) -> Option<usize> {
    let day = text.get(..8).filter(|day| day.bytes().all(|b| b.is_ascii_digit()))?;
    let part = |text: &str, from: usize, to: usize| text[from..to].parse::<u32>().ok();
    let rest = text[8..].strip_prefix('T').unwrap_or(&text[8..]);
    let clock = rest.get(..6).filter(|clock| clock.bytes().all(|b| b.is_ascii_digit()))?;
    let rest = &rest[6..];
    let fits = is_date(part(day, 0, 4)?, part(day, 4, 6)?, part(day, 6, 8)?)
        && part(clock, 0, 2)? < 24
        && part(clock, 2, 4)? < 60
        && part(clock, 4, 6)? < 60;
    (fits && !rest.starts_with(is_digit)).then_some(text.len() - rest.len())
}
