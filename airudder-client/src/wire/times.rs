//! Dates and times in forms that are not the vendor's own: what serialisers of other languages, and programs
//! between here and there, make of them. Only for reading. What could mean two things (`02/03/2026`, a zone
//! by its initials) is not read.

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::rfc2822;
use jiff::tz::Offset;

use super::scalar::Scalar;

/// Numbers from here on are milliseconds, smaller ones seconds: as seconds it is the year 5138, as
/// milliseconds 1973. A thousand times as much and more are microseconds, and so on.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// The beginning of the year 2200, in seconds since 1970.
const YEAR_2200: i64 = 7_258_118_400;

/// A date with what stands behind it.
pub(super) struct Parts {
    pub(super) date: civil::Date,
    pub(super) time: Option<civil::Time>,
    pub(super) offset: Option<Offset>,
}

/// Takes a text apart.
pub(super) fn parts(text: &str) -> Option<Parts> {
    let text = text.trim();
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let zoned = rfc2822::parse(text).ok()?;
        return Some(Parts { date: zoned.date(), time: Some(zoned.time()), offset: Some(zoned.offset()) });
    }
    // `[Asia/Shanghai]`, which an offset stands before.
    let text = text.split_once('[').map_or(text, |(before, _)| before);
    let (date, rest) = date(text)?;
    let rest = match rest.strip_prefix(['T', 't', '_']) {
        Some(rest) => rest,
        None if rest.starts_with(|c: char| c.is_ascii_digit() || c == ' ') => rest.trim_start(),
        None if rest.is_empty() => return Some(Parts { date, time: None, offset: None }),
        None => return None,
    };
    let (time, rest) = time(rest)?;
    let offset = zone(rest)?;
    Some(Parts { date, time: Some(time), offset })
}

/// `2026-03-02`, with other marks between its parts or none, without leading zeros.
fn date(text: &str) -> Option<(civil::Date, &str)> {
    let (year, rest) = digits(text, 4, 4)?;
    let (month, day, rest) = match rest.chars().next().filter(|c| matches!(c, '-' | '/' | '.')) {
        Some(mark) => {
            let (month, rest) = digits(&rest[1..], 1, 2)?;
            let (day, rest) = digits(rest.strip_prefix(mark)?, 1, 2)?;
            (month, day, rest)
        }
        None => {
            let (month, rest) = digits(rest, 2, 2)?;
            let (day, rest) = digits(rest, 2, 2)?;
            (month, day, rest)
        }
    };
    let date =
        civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Some((date.ok()?, rest))
}

/// `09:30:00`, also without seconds, with a fraction, in one piece, and with the half of the day.
pub(super) fn time(text: &str) -> Option<(civil::Time, &str)> {
    let (hour, rest) = digits(text, 1, 2)?;
    let (minute, second, rest) = match rest.strip_prefix(':') {
        Some(rest) => {
            let (minute, rest) = digits(rest, 2, 2)?;
            match rest.strip_prefix(':') {
                Some(rest) => {
                    let (second, rest) = digits(rest, 2, 2)?;
                    (minute, second, rest)
                }
                None => (minute, 0, rest),
            }
        }
        None => {
            let (minute, rest) = digits(rest, 2, 2)?;
            let (second, rest) = digits(rest, 2, 2)?;
            (minute, second, rest)
        }
    };
    let (nanoseconds, rest) = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => {
            let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let (digits, rest) = fraction.split_at(length);
            let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
            (nine.parse().ok()?, rest)
        }
        None => (0, rest),
    };
    let mark = rest.trim_start().get(..2).map(str::to_ascii_lowercase);
    let (hour, rest) = match (mark.as_deref(), hour) {
        (Some("am"), 12) => (0, &rest.trim_start()[2..]),
        (Some("pm"), 1..=11) => (hour + 12, &rest.trim_start()[2..]),
        (Some("am"), 0..=11) | (Some("pm"), 12) => (hour, &rest.trim_start()[2..]),
        _ => (hour, rest),
    };
    // A leap second is the last one of its minute.
    let second = second.min(59 + u16::from(second > 60));
    let time = civil::Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        nanoseconds,
    );
    Some((time.ok()?, rest))
}

/// What stands behind a time of day: nothing (`None`), or an offset in one of its forms.
fn zone(rest: &str) -> Option<Option<Offset>> {
    // A plus that was decoded as a space.
    let was_plus = rest.starts_with(' ');
    let text = rest.trim();
    if text.is_empty() {
        return Some(None);
    }
    let upper = text.to_ascii_uppercase();
    let named = ["UTC", "GMT", "Z"].iter().find_map(|name| upper.strip_prefix(name));
    let text = match named.map(str::trim_start) {
        Some("") => return Some(Some(Offset::UTC)),
        Some(rest) if rest.starts_with(['+', '-']) => rest,
        Some(_) => return None,
        None => upper.as_str(),
    };
    let (sign, text) = match text.strip_prefix(['+', '-', '\u{2212}']) {
        Some(rest) => (if text.starts_with('+') { 1 } else { -1 }, rest),
        None if was_plus && named.is_none() && matches!(text.len(), 4 | 5) => (1, text),
        None => return None,
    };
    let (hours, rest) = digits(text, 1, 2)?;
    let (minutes, rest) = match digits(rest.strip_prefix(':').unwrap_or(rest), 2, 2) {
        Some((minutes, rest)) => (minutes, rest),
        None => (0, rest),
    };
    // `+0800 CST`, as Go and Ruby print it: the offset says it already.
    let is_rest_a_name = rest.is_empty() || rest.starts_with(' ');
    if !is_rest_a_name || hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 60 + i32::from(minutes)) * 60).ok().map(Some)
}

/// A number of so many digits at the beginning.
fn digits(text: &str, least: usize, most: usize) -> Option<(u16, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(length);
    if length < least { None } else { Some((digits.parse().ok()?, rest)) }
}

/// Whether a text begins as most times do, and none that was never set.
#[inline]
fn is_of_now(text: &str) -> bool {
    text.starts_with('2')
}

/// Whether a date was never set: `0000-00-00` of databases, the year 1 of Go and .NET.
pub(super) fn is_unset_date(scalar: Scalar<'_>) -> bool {
    let Scalar::Text(text) = scalar else { return false };
    if is_of_now(text) {
        return false;
    }
    let text = text.trim_start();
    text.starts_with(['0', '1'])
        && ["0000-", "0000/", "0001-01-01", "0001/01/01", "1-01-01", "1/1/0001", "01/01/0001", "00000000"]
            .iter()
            .any(|start| text.starts_with(start))
}

/// The same for dates with a time, which are also unset at the beginning of 1970.
pub(super) fn is_unset(scalar: Scalar<'_>) -> bool {
    let is_zero = |number: i64| number == 0 || epoch(number).is_some_and(|at| at.as_second() <= YEAR_TWO);
    match scalar {
        Scalar::Int(number) => i64::try_from(number).is_ok_and(is_zero),
        Scalar::Float(number) => number == 0.0,
        Scalar::Text(text) => {
            if is_of_now(text) {
                return false;
            }
            let text = text.trim();
            if !text.starts_with(['0', '1', '-']) {
                return false;
            }
            let near_1970 = || text.starts_with("1970") || text.starts_with("1969");
            is_unset_date(scalar)
                || (!text.is_empty() && text.bytes().all(|b| b == b'0'))
                || text == "1970-01-01 00:00:00"
                || (text.starts_with('-') && text.parse().is_ok_and(is_zero))
                || (near_1970() && is_epoch(text))
        }
        Scalar::Null | Scalar::Bool(_) | Scalar::Container(_) => false,
    }
}

/// A moment from its distance to 1970, in whichever unit: the ranges in which calls are made do not touch.
pub(super) fn epoch(number: i64) -> Option<Timestamp> {
    const THOUSAND: u64 = 1_000;
    let size = number.unsigned_abs();
    let moment = if size < MILLISECONDS_FROM {
        Timestamp::from_second(number)
    } else if size < MILLISECONDS_FROM * THOUSAND {
        Timestamp::from_millisecond(number)
    } else if size < MILLISECONDS_FROM * THOUSAND * THOUSAND {
        Timestamp::from_microsecond(number)
    } else {
        Timestamp::from_nanosecond(number.into())
    };
    // Later ones are not moments but something else, such as a date in one piece.
    moment.ok().filter(|moment| moment.as_second() < YEAR_2200)
}

/// Whether a text is the beginning of 1970 in UTC.
fn is_epoch(text: &str) -> bool {
    let moment = || {
        let parts = parts(text)?;
        parts.offset?.to_timestamp(parts.date.to_datetime(parts.time?)).ok()
    };
    moment().is_some_and(|moment| moment.as_second() == 0)
}

/// The beginning of the year 2, in seconds before 1970.
const YEAR_TWO: i64 = -62_104_060_800;
