//! Dates and times. What has no zone on the wire has none in Rust, and nothing is converted silently.

use arrayvec::ArrayString;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::Offset;
use serde::Serializer;

use super::scalar::{Scalar, ScalarCodec, whole_text};
use super::times::{epoch, is_unset, is_unset_date, parts, time};

/// A calendar date, `2026-03-01`.
pub struct Date;

impl ScalarCodec for Date {
    type Value = civil::Date;
    const WHAT: &'static str = "a date (YYYY-MM-DD)";

    fn from_scalar(scalar: Scalar<'_>) -> Option<civil::Date> {
        let text = as_text(scalar)?;
        parse_date(text).or_else(|| {
            let parts = parts(text)?;
            // A time of day that is none: a date that went through a type with one.
            parts.time.unwrap_or_default().eq(&civil::Time::midnight()).then_some(parts.date)
        })
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset_date(scalar)
    }

    fn write<S: Serializer>(value: &civil::Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&date_text(*value))
    }
}

/// A time of day, `09:30:00`.
pub struct Time;

impl ScalarCodec for Time {
    type Value = civil::Time;
    const WHAT: &'static str = "a time (HH:MM:SS)";

    fn from_scalar(scalar: Scalar<'_>) -> Option<civil::Time> {
        let text = as_text(scalar)?;
        parse_time(text).or_else(|| {
            let (time, rest) = time(text)?;
            rest.is_empty().then_some(time)
        })
    }

    fn write<S: Serializer>(value: &civil::Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time_text(*value))
    }
}

/// A date and time of day without a zone, `2026-03-01 09:30:00`. Text with a zone is refused: leaving the
/// zone away would move the moment.
pub struct LocalDateTime;

impl ScalarCodec for LocalDateTime {
    type Value = civil::DateTime;
    const WHAT: &'static str = "a date and time without a zone (YYYY-MM-DD HH:MM:SS)";

    fn from_scalar(scalar: Scalar<'_>) -> Option<civil::DateTime> {
        let text = as_text(scalar)?;
        parse_local(text).or_else(|| {
            let parts = parts(text)?;
            parts.offset.is_none().then_some(parts.date.to_datetime(parts.time?))
        })
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset(scalar)
    }

    fn write<S: Serializer>(value: &civil::DateTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&local_text(*value, ' '))
    }
}

/// A moment, written `2026-03-01T09:30:00Z`. Read in that form, with a space for the `T`, with an offset, and
/// as seconds or milliseconds since 1970. Written without a fraction of a second, which the vendor's form has
/// no place for.
pub struct Instant;

impl ScalarCodec for Instant {
    type Value = Timestamp;
    const WHAT: &'static str = "a date and time with a zone (YYYY-MM-DDTHH:MM:SSZ)";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Timestamp> {
        moment(scalar)
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset(scalar)
    }

    fn write<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant_text(*value))
    }
}

/// A moment, written with an offset: `2026-03-01 09:30:00+00:00`. Read like an [`Instant`].
pub struct InstantOffset;

impl ScalarCodec for InstantOffset {
    type Value = Timestamp;
    const WHAT: &'static str = "a date and time with an offset (YYYY-MM-DD HH:MM:SS+00:00)";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Timestamp> {
        moment(scalar)
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset(scalar)
    }

    fn write<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant_offset_text(*value))
    }
}

/// A moment, in milliseconds since 1970. What an [`Instant`] is read from is read too.
pub struct EpochMs;

impl ScalarCodec for EpochMs {
    type Value = Timestamp;
    const WHAT: &'static str = "milliseconds since 1970";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Timestamp> {
        moment(scalar)
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset(scalar)
    }

    fn write<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(value.as_millisecond())
    }
}

/// A moment, in seconds since 1970. What an [`Instant`] is read from is read too.
pub struct EpochS;

impl ScalarCodec for EpochS {
    type Value = Timestamp;
    const WHAT: &'static str = "seconds since 1970";

    fn from_scalar(scalar: Scalar<'_>) -> Option<Timestamp> {
        moment(scalar)
    }

    fn is_unset(scalar: Scalar<'_>) -> bool {
        is_unset(scalar)
    }

    fn write<S: Serializer>(value: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(value.as_second())
    }
}

/// A moment from a number (or one written as text) or from a text with a zone.
fn moment(scalar: Scalar<'_>) -> Option<Timestamp> {
    match scalar {
        Scalar::Int(number) => i64::try_from(number).ok().and_then(epoch),
        // Casts saturate, and the ends are no moments.
        Scalar::Float(number) => epoch(number as i64),
        Scalar::Text(text) => {
            // Before numbers: a date in one piece is digits too.
            parse_instant(text).or_else(|| match parts(text) {
                Some(parts) => parts.offset?.to_timestamp(parts.date.to_datetime(parts.time?)).ok(),
                None => whole_text(text.trim()).and_then(epoch),
            })
        }
        Scalar::Null | Scalar::Bool(_) | Scalar::Container(_) => None,
    }
}

fn as_text(scalar: Scalar<'_>) -> Option<&str> {
    match scalar {
        Scalar::Text(text) => Some(text.trim()),
        Scalar::Null | Scalar::Bool(_) | Scalar::Int(_) | Scalar::Float(_) | Scalar::Container(_) => None,
    }
}

/// Reads `2026-03-01`.
#[inline]
pub(crate) fn parse_date(text: &str) -> Option<civil::Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return None;
    };
    let year = number([y1, y2])? * 100 + number([y3, y4])?;
    civil::Date::new(year, small([m1, m2])?, small([d1, d2])?).ok()
}

/// Reads `09:30:00`, with up to nine digits of a fraction.
#[inline]
pub(crate) fn parse_time(text: &str) -> Option<civil::Time> {
    let (clock, fraction) = text.split_at_checked(8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock.as_bytes() else {
        return None;
    };
    let nanoseconds = if fraction.is_empty() { 0 } else { parse_fraction(fraction.strip_prefix('.')?)? };
    civil::Time::new(small([h1, h2])?, small([m1, m2])?, small([s1, s2])?, nanoseconds).ok()
}

/// Digits behind the point, as billionths.
fn parse_fraction(digits: &str) -> Option<i32> {
    let usable = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if usable { format!("{digits:0<9}").parse().ok() } else { None }
}

/// Reads `2026-03-01 09:30:00`, with a `T` for the space too.
#[inline]
pub(crate) fn parse_local(text: &str) -> Option<civil::DateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let time = rest.strip_prefix([' ', 'T'])?;
    Some(parse_date(date)?.to_datetime(parse_time(time)?))
}

/// Reads a local date and time with `Z` or an offset behind it, a space between them or not.
pub(crate) fn parse_instant(text: &str) -> Option<Timestamp> {
    // As most come.
    if let Some(local) = text.strip_suffix('Z').and_then(parse_local) {
        return Offset::UTC.to_timestamp(local).ok();
    }
    let text = text.trim();
    let (local, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(local) => (local, Offset::UTC),
        None => {
            // The date has hyphens too: the offset's sign stands behind it.
            let at = text.get(10..)?.rfind(['+', '-'])? + 10;
            (&text[..at], parse_offset(&text[at..])?)
        }
    };
    offset.to_timestamp(parse_local(local.trim_end())?).ok()
}

/// Reads `+08:00`, `+0800` or `+08`.
fn parse_offset(text: &str) -> Option<Offset> {
    let (hours, minutes) = match *text.as_bytes() {
        [_, h1, h2, b':', m1, m2] | [_, h1, h2, m1, m2] => (number([h1, h2])?, number([m1, m2])?),
        [_, h1, h2] => (number([h1, h2])?, 0),
        _ => return None,
    };
    let seconds = (i32::from(hours) * 60 + i32::from(minutes)) * 60;
    let in_range = minutes < 60;
    Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok().filter(|_| in_range)
}

/// Two digits.
fn number(digits: [u8; 2]) -> Option<i16> {
    let [tens, ones] = digits;
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| i16::from(tens - b'0') * 10 + i16::from(ones - b'0'))
}

/// Two digits, in the type that the calendar wants.
fn small(digits: [u8; 2]) -> Option<i8> {
    number(digits)?.try_into().ok()
}

/// Long enough for all of them, the years before Christ and an offset included.
type ShortText = ArrayString<32>;

/// Writes `2026-03-01`.
pub(crate) fn date_text(date: civil::Date) -> ShortText {
    let mut text = ShortText::new();
    push_date(&mut text, date);
    text
}

/// Writes `09:30:00`.
pub(crate) fn time_text(time: civil::Time) -> ShortText {
    let mut text = ShortText::new();
    push_time(&mut text, time);
    text
}

/// Writes `2026-03-01 09:30:00`, with `separator` for the space.
pub(crate) fn local_text(local: civil::DateTime, separator: char) -> ShortText {
    let mut text = date_text(local.date());
    text.push(separator);
    push_time(&mut text, local.time());
    text
}

/// Writes `2026-03-01T09:30:00Z`.
pub(crate) fn instant_text(moment: Timestamp) -> ShortText {
    let mut text = local_text(Offset::UTC.to_datetime(moment), 'T');
    text.push('Z');
    text
}

/// Writes `2026-03-01 09:30:00+00:00`.
pub(crate) fn instant_offset_text(moment: Timestamp) -> ShortText {
    let mut text = local_text(Offset::UTC.to_datetime(moment), ' ');
    text.push_str("+00:00");
    text
}

// Digit by digit: requests have two dates in each of a hundred thousand rows, and formatting macros take six
// times as long.

fn push_date(text: &mut ShortText, date: civil::Date) {
    match u16::try_from(date.year()) {
        Ok(year) => {
            push_two(text, (year / 100) as i8);
            push_two(text, (year % 100) as i8);
        }
        // Before Christ.
        Err(_) => text.push_str(&format!("{:04}", date.year())),
    }
    text.push('-');
    push_two(text, date.month());
    text.push('-');
    push_two(text, date.day());
}

fn push_time(text: &mut ShortText, time: civil::Time) {
    push_two(text, time.hour());
    text.push(':');
    push_two(text, time.minute());
    text.push(':');
    push_two(text, time.second());
}

/// A number of at most two digits, none of them negative.
fn push_two(text: &mut ShortText, number: i8) {
    let number = number.unsigned_abs();
    text.push(char::from(b'0' + number / 10));
    text.push(char::from(b'0' + number % 10));
}
