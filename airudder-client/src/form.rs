//! Fields as `name=value` pairs: query strings and URL-encoded forms.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::fields::Fields;

/// Media type of a URL-encoded form.
pub(crate) const URL_ENCODED: &str = "application/x-www-form-urlencoded";

/// The fields of a JSON object as text, in their order: text as it is, other scalars as in JSON, lists and objects as compact JSON.
/// Fields that are null are left out.
pub(crate) fn pairs(json: &[u8]) -> Result<Vec<(String, String)>, serde_json::Error> {
    let fields: Fields<'_> = serde_json::from_slice(json)?;
    let mut pairs = Vec::with_capacity(fields.0.len());
    for (name, value) in fields.0 {
        if let Some(text) = text_of(&value)? {
            pairs.push((name, text.into_owned()));
        }
    }
    Ok(pairs)
}

/// `a=b&c=d`, with everything encoded that is not a letter, a digit or one of `-._~`: a plus is `%2B` (the vendor's servers read a
/// bare one as a blank) and a blank is `%20`, which every parser understands.
pub(crate) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode_into(&mut text, name);
        text.push('=');
        encode_into(&mut text, value);
    }
    text
}

fn encode_into(text: &mut String, value: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(byte.into());
        } else {
            text.push('%');
            text.push(HEX[usize::from(byte >> 4)].into());
            text.push(HEX[usize::from(byte & 15)].into());
        }
    }
}

/// A JSON value as the text of a field. Numbers keep their digits, for they do not pass through a float.
fn text_of(raw: &RawValue) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    let json = raw.get();
    Ok(match json.as_bytes().first() {
        Some(b'"') => Some(Cow::Owned(serde_json::from_str::<String>(json)?)),
        Some(b'n') => None,
        Some(b'{' | b'[') => Some(Cow::Owned(compact(json))),
        _ => Some(Cow::Borrowed(json)),
    })
}

/// JSON without the blanks between its tokens.
fn compact(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let keep = quoted || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(json: &str) -> String {
        let pairs = pairs(json.as_bytes()).unwrap();
        encode(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    #[test]
    fn a_plus_and_everything_else_that_matters_is_encoded() {
        assert_eq!(query(r#"{"TaskID":"1","Callee":"+6281200000000"}"#), "TaskID=1&Callee=%2B6281200000000");
        assert_eq!(query(r#"{"from":"2026-03-01 09:00:00"}"#), "from=2026-03-01%2009%3A00%3A00");
        assert_eq!(query(r#"{"a&b":"c=d/e?f#g%h"}"#), "a%26b=c%3Dd%2Fe%3Ff%23g%25h");
        assert_eq!(query(r#"{"name":"借款"}"#), "name=%E5%80%9F%E6%AC%BE");
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(
            query(r#"{"Page":2,"full":true,"none":null,"rate":0.10,"big":123456789012345678901234567890}"#),
            "Page=2&full=true&rate=0.10&big=123456789012345678901234567890"
        );
        let nested = pairs(br#"{"filter": {"a": [1, 2.50], "b": "x y\" z"}, "list": [ ]}"#).unwrap();
        assert_eq!(nested[0].1, r#"{"a":[1,2.50],"b":"x y\" z"}"#);
        assert_eq!(nested[1].1, "[]");
        assert_eq!(query("{}"), "");
        assert_eq!(query(r#"{"a":""}"#), "a=");
        assert!(pairs(b"[1]").is_err());
    }

    #[test]
    fn the_last_of_two_counts() {
        assert_eq!(query(r#"{"a":1,"b":2,"a":3}"#), "b=2&a=3");
        assert_eq!(query(r#"{"a":1,"a":null}"#), "");
    }
}
