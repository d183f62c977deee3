//! Which of the language's forms of time a text has.

use jiff::civil::{Date, DateTime, Time};

/// Whether a text is a date or time in the form of a built-in type, and on the calendar.
pub(super) fn has_form(text: &str, word: &str) -> bool {
    match word {
        "date" => Date::strptime("%Y-%m-%d", text).is_ok_and(|date| date.to_string() == text),
        "time" => Time::strptime("%H:%M:%S", text).is_ok_and(|time| time.to_string() == text),
        "local_datetime" => is_moment(text, "%Y-%m-%d %H:%M:%S"),
        "instant" => is_moment(text, "%Y-%m-%dT%H:%M:%SZ"),
        "instant_offset" => text.split_at_checked(19).is_some_and(|(moment, offset)| {
            is_moment(moment, "%Y-%m-%d %H:%M:%S")
                && offset.strip_prefix(['+', '-']).is_some_and(|offset| {
                    Time::strptime("%H:%M", offset)
                        .is_ok_and(|time| time.strftime("%H:%M").to_string() == offset)
                })
        }),
        _ => false,
    }
}

/// Whether the form gives the text back, so that no digit is missing or made up.
fn is_moment(text: &str, form: &str) -> bool {
    DateTime::strptime(form, text).is_ok_and(|moment| moment.strftime(form).to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::has_form;

    #[test]
    fn forms_are_exact_and_on_the_calendar() {
        for (word, right, wrong) in [
            ("date", "2024-02-29", "2023-02-29"),
            ("date", "2024-01-01", "2024-1-1"),
            ("time", "23:59:59", "24:00:00"),
            ("time", "08:00:00", "08:00"),
            ("local_datetime", "2024-01-01 08:00:00", "2024-01-01T08:00:00"),
            ("local_datetime", "2024-01-01 08:00:00", "2024-01-01 08:00:60"),
            ("instant", "2024-01-01T08:00:00Z", "2024-01-01T08:00:00"),
            ("instant_offset", "2024-01-01 08:00:00+07:00", "2024-01-01 08:00:00+7"),
            ("instant_offset", "2024-01-01 08:00:00-03:30", "2024-01-01 08:00:00"),
        ] {
            assert!(has_form(right, word), "{word}: {right}");
            assert!(!has_form(wrong, word), "{word}: {wrong}");
        }
    }
}
