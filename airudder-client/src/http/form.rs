//! `name=value` pairs as query strings and URL-encoded forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

/// Media type of a URL-encoded form.
pub(crate) const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// All but letters, digits and `-._~`. A plus is `%2B` (the vendor's servers read a bare one as a space) and
/// a space is `%20`, which every parser understands.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A name, a value or a segment of a path, with everything escaped that could end it.
pub(crate) fn escape(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// `a=b&c=d`.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter();
    // More than most pairs take.
    let mut text = String::with_capacity(pairs.size_hint().0 * 32);
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.extend(escape(name));
        text.push('=');
        text.extend(escape(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_and_everything_else_that_matters_is_encoded() {
        for (name, value, text) in [
            ("Callee", "+6281200000000", "Callee=%2B6281200000000"),
            ("from", "2026-03-01 09:00:00", "from=2026-03-01%2009%3A00%3A00"),
            ("a&b", "c=d/e?f#g%h", "a%26b=c%3Dd%2Fe%3Ff%23g%25h"),
            ("name", "借款", "name=%E5%80%9F%E6%AC%BE"),
            ("-._~", "", "-._~="),
        ] {
            assert_eq!(encode([(name, value)]), text);
        }
        assert_eq!(encode([("TaskID", "1"), ("Page", "2")]), "TaskID=1&Page=2");
        assert_eq!(encode([]), "");
    }
}
