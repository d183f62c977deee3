//! The forms of text that have one: dates, times, phone numbers. Stated here once, for samples and for
//! requests.

use crate::Scalar;

impl Scalar {
    /// The form of its text on the wire, for types whose text has one: digits stand for the letters `YMDHS`.
    pub const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Date => Some("YYYY-MM-DD"),
            Self::Time => Some("HH:MM:SS"),
            Self::LocalDateTime => Some("YYYY-MM-DD HH:MM:SS"),
            Self::Instant => Some("YYYY-MM-DDTHH:MM:SSZ"),
            Self::InstantOffset => Some("YYYY-MM-DD HH:MM:SS+HH:MM"),
            Self::String
            | Self::Integer
            | Self::Number
            | Self::Decimal
            | Self::Boolean
            | Self::EpochMs
            | Self::EpochS
            | Self::Phone
            | Self::Url
            | Self::Base64
            | Self::Binary
            | Self::Json
            | Self::JsonText
            | Self::JsonSchema
            | Self::AnyScalar => None,
        }
    }
}

/// Whether a text is a phone number in international (E.164) form: a plus and 7 to 15 digits, the first of
/// them not 0.
pub fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

/// Whether a text has the form of a [pattern](Scalar::pattern). Says nothing of whether there is such a day.
pub fn has_pattern(text: &str, pattern: &str) -> bool {
    text.chars().count() == pattern.len()
        && pattern.bytes().zip(text.chars()).all(|(p, t)| match p {
            b'Y' | b'M' | b'D' | b'H' | b'S' => t.is_ascii_digit(),
            b'+' => matches!(t, '+' | '-'),
            _ => t == char::from(p),
        })
}

/// Whether the numbers in a text of a [pattern](Scalar::pattern)'s form make a day of the calendar and a time
/// of day.
pub fn is_on_calendar(text: &str, pattern: &str) -> bool {
    let number = |at: usize, len: usize| text.get(at..at + len).and_then(|part| part.parse::<u32>().ok());
    let date = match pattern.starts_with("YYYY-MM-DD") {
        true => match (number(0, 4), number(5, 2), number(8, 2)) {
            (Some(year), Some(month), Some(day)) => (1..=days_in(year, month)).contains(&day),
            _ => false,
        },
        false => true,
    };
    let time = pattern.find("HH:MM:SS").is_none_or(|at| {
        matches!((number(at, 2), number(at + 3, 2), number(at + 6, 2)),
            (Some(hour), Some(minute), Some(second)) if hour < 24 && minute < 60 && second < 60)
    });
    date && time
}

/// How many days a month has; none where there is no such month.
const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400) => 29,
        2 => 28,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::{has_pattern, is_on_calendar, is_phone};
    use crate::Scalar;

    fn is(scalar: Scalar, text: &str) -> bool {
        scalar.pattern().is_some_and(|p| has_pattern(text, p) && is_on_calendar(text, p))
    }

    #[test]
    fn phones() {
        for good in ["+4477009", "+447700900123", "+123456789012345"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in [
            "",
            "+",
            "+447700",
            "+1234567890123456",
            "447700900123",
            "+0447700900",
            "+44 7700900",
            "+４４７７００９",
        ] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn days_and_times() {
        assert!(is(Scalar::Date, "2024-02-29") && is(Scalar::Date, "2000-02-29"));
        assert!(
            !is(Scalar::Date, "2023-02-29")
                && !is(Scalar::Date, "1900-02-29")
                && !is(Scalar::Date, "2024-04-31")
        );
        assert!(
            !is(Scalar::Date, "2024-13-01")
                && !is(Scalar::Date, "2024-1-1")
                && !is(Scalar::Date, "2024-01-00")
        );
        assert!(is(Scalar::Time, "23:59:59") && !is(Scalar::Time, "24:00:00"));
        assert!(
            is(Scalar::LocalDateTime, "2024-01-01 09:00:00")
                && !is(Scalar::LocalDateTime, "2024-01-01T09:00:00")
        );
        assert!(is(Scalar::Instant, "2024-01-01T09:00:00Z") && !is(Scalar::Instant, "2024-01-01T09:60:00Z"));
        assert!(is(Scalar::InstantOffset, "2024-01-01 09:00:00-05:00"));
        assert!(!is(Scalar::InstantOffset, "2024-01-01 09:00:00 05:00"));
    }
}
