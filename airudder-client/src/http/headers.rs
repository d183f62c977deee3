//! What the headers of an answer say.

use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};

use crate::encryption::IS_ENCRYPTED;

/// The media type, in lower case, without parameters.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!essence.is_empty()).then_some(essence)
}

/// Whether a media type means JSON.
pub(crate) fn is_json(essence: &str) -> bool {
    matches!(essence, "application/json" | "text/json") || essence.ends_with("+json")
}

/// The `Retry-After` of an answer: seconds, or a date in any of the three forms of HTTP (then counted from
/// now).
///
/// Some servers write fractions of a second. A number beyond all measure is still a wish not to be asked
/// again.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    {
        let seconds = text.parse::<f64>().ok()?;
        return Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    let at = match httpdate::parse_http_date(text) {
        Ok(at) => at,
        Err(_) => rfc2822::parse(text).ok()?.timestamp().into(),
    };
    Some(at.duration_since(SystemTime::now()).unwrap_or(Duration::ZERO))
}

/// Whether an answer says that it is encrypted.
pub(crate) fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.get(IS_ENCRYPTED).map(HeaderValue::as_bytes).is_some_and(|v| v.trim_ascii() == b"1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let parse = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            retry_after(&headers)
        };
        for (text, seconds) in [("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("0.250", 0.25), ("3.", 3.0)] {
            assert_eq!(parse(text), Some(Duration::from_secs_f64(seconds)), "{text}");
        }
        for huge in ["18446744073709551615", "99999999999999999999999999", "1".repeat(400).as_str()] {
            assert!(parse(huge).unwrap() > Duration::from_secs(u64::MAX / 2), "{huge}");
        }
        for past in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 +0000",
        ] {
            assert_eq!(parse(past), Some(Duration::ZERO), "{past}");
        }
        for later in [
            "Thu, 31 Dec 2099 23:59:59 GMT",
            "Tuesday, 31-Dec-69 23:59:59 GMT",
            "Thu Dec 31 23:59:59 2099",
            "Thu, 31 Dec 2099 23:59:59 -0500",
        ] {
            assert!(parse(later).unwrap() > Duration::from_secs(1_000_000), "{later}");
        }
        assert_eq!(parse("soon"), None);
        for nothing in ["-1", "", "1,5", "1.2.3", "5s", "NaN", "inf", "1e3"] {
            assert_eq!(parse(nothing), None, "{nothing}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
