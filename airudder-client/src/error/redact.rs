//! What makes texts and bytes from outside fit to be shown: bounded, without long numbers, without values.

use std::fmt;

use bytes::Bytes;

/// Runs of this many digits may be a phone number.
const MIN_DIGITS: usize = 6;

/// Cuts `text` to `limit` characters, replaces numbers that may be somebody's and drops control characters.
///
/// A run of 6 digits or more is a number; after a plus, spaces, hyphens, dots and parentheses between the
/// digits belong to it.
pub(crate) fn mask(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit * 4));
    let mut rest = text;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        if count >= limit {
            shown.push('…');
            break;
        }
        let (length, digits) = number_at(rest);
        if digits >= MIN_DIGITS {
            shown.push_str("<number>");
            count += "<number>".len();
            rest = &rest[length..];
        } else if digits > 0 {
            // A short run is copied as a whole, so that its tail is not looked at again.
            shown.push_str(&rest[..length]);
            count += length;
            rest = &rest[length..];
        } else {
            shown.push(if first.is_control() { ' ' } else { first });
            count += 1;
            rest = &rest[first.len_utf8()..];
        }
    }
    shown
}

/// A number of ours, written so that nothing takes it for somebody's: `67_108_864`.
pub(crate) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('_');
        }
        grouped.push(digit);
    }
    grouped
}

/// Length in bytes of the number at the start of `text`, and how many digits it has.
fn number_at(text: &str) -> (usize, usize) {
    let plus = text.starts_with('+');
    let (mut end, mut digits) = (0, 0);
    for (at, c) in text.char_indices().skip(usize::from(plus)) {
        if c.is_ascii_digit() || (!c.is_ascii() && c.is_numeric()) {
            digits += 1;
            end = at + c.len_utf8();
        } else if !(plus && matches!(c, ' ' | '-' | '.' | '(' | ')')) {
            break;
        }
    }
    (end, digits)
}

/// Replaces every occurrence of a secret.
pub(crate) fn scrub(text: &mut String, secrets: &[&str]) {
    for secret in secrets.iter().filter(|s| s.len() >= 4) {
        if text.contains(secret) {
            *text = text.replace(secret, "<redacted>");
        }
    }
}

/// The beginning of a body from somewhere, fit to be shown: of JSON the keys without the values, of HTML the
/// title, of other text the first words.
pub(crate) fn excerpt(body: &[u8]) -> String {
    const MAX_READ: usize = 4096;
    let start = &body[..body.len().min(MAX_READ)];
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => String::new(),
        Some('{' | '[' | '"') => skeleton(text, 200),
        Some('<') => match title(text) {
            Some(title) => format!("an HTML page, \"{}\"", mask(title.trim(), 100)),
            None => "an HTML or XML page".to_owned(),
        },
        Some(_) if start.iter().filter(|b| **b < 9 || **b == 127).count() > 0 => "binary data".to_owned(),
        Some(_) => mask(text, 160),
    }
}

fn title(html: &str) -> Option<&str> {
    let lower = html.to_ascii_lowercase();
    let from = lower.find("<title>")? + "<title>".len();
    let length = lower[from..].find("</title>")?;
    html.get(from..from + length)
}

/// JSON with every value but objects and lists replaced by a dot, so that keys show what it is and values
/// stay private.
fn skeleton(json: &str, limit: usize) -> String {
    let mut shown = String::new();
    let mut chars = json.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if shown.len() > limit {
            shown.push('…');
            break;
        }
        match c {
            '{' | '}' | '[' | ']' | ',' | ':' => shown.push(c),
            '"' => {
                let mut end = None;
                let mut escaped = false;
                for (at, c) in chars.by_ref() {
                    match c {
                        _ if escaped => escaped = false,
                        '\\' => escaped = true,
                        '"' => {
                            end = Some(at);
                            break;
                        }
                        _ => {}
                    }
                }
                while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
                let is_key = chars.peek().is_some_and(|(_, c)| *c == ':');
                match end {
                    // The keys of an object are names of fields, unless the customer chose them: bounded,
                    // numbers masked.
                    Some(end) if is_key => shown.push_str(&mask(&json[at..=end], 40)),
                    _ => shown.push('…'),
                }
            }
            c if c.is_whitespace() => {}
            _ => {
                while chars
                    .next_if(|(_, c)| !matches!(c, ',' | '}' | ']' | '"') && !c.is_whitespace())
                    .is_some()
                {}
                shown.push('…');
            }
        }
    }
    shown
}

/// Bytes that `Debug` does not show.
#[derive(Clone, Default)]
pub(crate) struct Raw(pub(crate) Bytes);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} bytes>", self.0.len())
    }
}

/// A text of the vendor's, shown bounded and with its numbers masked.
#[derive(Clone)]
pub(crate) struct Masked(pub(crate) String);

impl fmt::Debug for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&mask(&self.0, 300), f)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(&self.0, 300))
    }
}
