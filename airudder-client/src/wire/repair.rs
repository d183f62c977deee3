//! Text that is JSON but for its characters: bytes that are not UTF-8, half an emoji, raw control characters,
//! numbers that are none. Repaired only where a strict reading has failed.

use std::borrow::Cow;

/// The document with what no reader of JSON takes replaced; `None` if there is nothing to replace.
pub(crate) fn repaired(json: &[u8]) -> Option<String> {
    let text = text_of(json);
    let fixed = characters(&text);
    match (text, fixed) {
        (_, Some(fixed)) => Some(fixed),
        (Cow::Owned(text), None) => Some(text),
        (Cow::Borrowed(_), None) => None,
    }
}

/// The bytes as text. A byte that is not UTF-8 takes the one behind it along: in the double-byte encodings of
/// East Asia (GBK, Big5, Shift JIS) that may be a backslash, which is none of JSON's.
fn text_of(json: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(json) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    loop {
        let error = match std::str::from_utf8(rest) {
            Ok(valid) => {
                text.push_str(valid);
                return Cow::Owned(text);
            }
            Err(error) => error,
        };
        let (valid, broken) = rest.split_at(error.valid_up_to());
        text.push_str(&String::from_utf8_lossy(valid));
        text.push(char::REPLACEMENT_CHARACTER);
        let mut length = error.error_len().unwrap_or(broken.len()).max(1);
        if broken.get(length) == Some(&b'\\') && !escapes(&broken[length..]) {
            length += 1;
        }
        rest = &broken[length.min(broken.len())..];
    }
}

/// Whether a backslash begins an escape of JSON that does not end the text.
fn escapes(text: &[u8]) -> bool {
    match text.get(1) {
        // A quotation mark that ends the text stands before a comma or a bracket.
        Some(b'"') => !matches!(text[2..].trim_ascii_start().first(), None | Some(b',' | b':' | b'}' | b']')),
        Some(b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => true,
        _ => false,
    }
}

/// The text with broken escapes, raw control characters and words in place of numbers replaced; `None` if
/// there are none.
fn characters(text: &str) -> Option<String> {
    let mut fixed = String::new();
    let (mut copied, mut at, mut quoted) = (0, 0, false);
    let bytes = text.as_bytes();
    let mut replace = |from: usize, to: usize, with: &str| {
        fixed.push_str(&text[copied..from]);
        fixed.push_str(with);
        copied = to;
    };
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'"' => {
                quoted = !quoted;
                1
            }
            b'\\' if quoted => match escape(&bytes[at..]) {
                Escape::Good(length) => length,
                Escape::HalfPair => {
                    replace(at, at + 6, "\\ufffd");
                    6
                }
                Escape::Unknown => {
                    replace(at, at + 1, "\\\\");
                    1
                }
            },
            0..=0x1f if quoted => {
                replace(at, at + 1, &format!("\\u{byte:04x}"));
                1
            }
            b'N' | b'I' | b'-' if !quoted => {
                let rest = &bytes[at..];
                match ["NaN", "Infinity", "-Infinity"].iter().find(|word| rest.starts_with(word.as_bytes())) {
                    Some(word) => {
                        replace(at, at + word.len(), "null");
                        word.len()
                    }
                    None => 1,
                }
            }
            _ => 1,
        };
    }
    if copied == 0 {
        return None;
    }
    fixed.push_str(&text[copied..]);
    Some(fixed)
}

enum Escape {
    /// As JSON has it, with its length.
    Good(usize),
    /// Half of a character beyond the 16th bit.
    HalfPair,
    /// None of JSON's.
    Unknown,
}

/// The escape at the beginning of a text.
fn escape(text: &[u8]) -> Escape {
    match text.get(1) {
        Some(b'u') => match unit(text) {
            Some(0xD800..=0xDBFF) => match text.get(6..).and_then(unit) {
                Some(0xDC00..=0xDFFF) => Escape::Good(12),
                _ => Escape::HalfPair,
            },
            Some(0xDC00..=0xDFFF) => Escape::HalfPair,
            Some(_) => Escape::Good(6),
            None => Escape::Unknown,
        },
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Escape::Good(2),
        _ => Escape::Unknown,
    }
}

/// The number of `\u12ab`.
fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(json: &[u8]) -> Value {
        let text = repaired(json).expect("there is something to repair");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn what_is_fine_is_left_alone() {
        for fine in [r#"{"a":"\ud83d\ude00 \\ud83d \" x","b":-1.5}"#, "", "NULL"] {
            assert_eq!(repaired(fine.as_bytes()), None, "{fine}");
        }
    }

    #[test]
    fn half_an_emoji_costs_one_character() {
        for half in [r#""Siti \ud83d""#, r#""Siti \ude00""#, r#""Siti \uD83D""#] {
            assert_eq!(read(half.as_bytes()), json!("Siti \u{fffd}"), "{half}");
        }
        assert_eq!(read(br#""\ud83d!\ud83d\ude00\\u1""#), json!("\u{fffd}!\u{1f600}\\u1"));
        assert_eq!(read(br#""\ud83d\ud83d\ude00""#), json!("\u{fffd}\u{1f600}"));
    }

    #[test]
    fn bytes_of_other_encodings_cost_their_characters() {
        assert_eq!(read(b"{\"a\":\"caf\xe9\",\"b\":1}"), json!({"a": "caf\u{fffd}", "b": 1}));
        // GBK, whose second byte here is a backslash.
        assert_eq!(read(b"{\"a\":\"\xd5\\\",\"b\":1}"), json!({"a": "\u{fffd}", "b": 1}));
        // Cut off within a character.
        assert_eq!(read(b"\"a\xe5\x80\""), json!("a\u{fffd}"));
        // A surrogate pair written as two characters of UTF-8.
        assert!(read(b"\"\xed\xa0\xbd\xed\xb8\x80 x\"").as_str().unwrap().ends_with(" x"));
    }

    #[test]
    fn raw_control_characters_and_unknown_escapes_are_text() {
        assert_eq!(read(b"{\"a\":\"x\ny\tz\"}"), json!({"a": "x\ny\tz"}));
        assert_eq!(read(br#""it\'s C:\Users\x""#), json!(r"it\'s C:\Users\x"));
    }

    #[test]
    fn numbers_that_are_none_are_nothing() {
        assert_eq!(
            read(br#"{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN"}"#),
            json!({"a": null, "b": [null, null, -1], "c": "NaN"})
        );
    }
}
