//! What makes texts and bytes from outside fit to be shown: bounded, without long numbers, without values.

use std::fmt;

use bytes::Bytes;

use super::number;

/// Cuts `text` to `limit` characters, replaces numbers that may be somebody's and drops control characters.
pub(crate) fn mask(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit * 4));
    let mut rest = text;
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        if count >= limit {
            shown.push('…');
            break;
        }
        let length = match number::at(rest) {
            Some((length, true)) => {
                shown.push_str("<number>");
                count += "<number>".len();
                length
            }
            // What is none of anybody's is copied as a whole, so that its tail is not looked at again.
            Some((length, false)) => {
                shown.push_str(&rest[..length]);
                count += length;
                length
            }
            None => {
                shown.push(if first.is_control() { ' ' } else { first });
                count += 1;
                first.len_utf8()
            }
        };
        rest = &rest[length..];
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

/// Replaces every occurrence of a secret.
pub(crate) fn scrub(text: &mut String, secrets: &[&str]) {
    for secret in secrets.iter().filter(|s| s.len() >= 4) {
        if text.contains(secret) {
            *text = text.replace(secret, "<redacted>");
        }
    }
}

/// Replaces every occurrence of a value of the request, which somebody has repeated.
///
/// Short words and numbers count only where they stand alone: `42` is not a part of `10402`.
pub(crate) fn conceal(text: &mut String, values: &[String]) {
    const HIDDEN: &str = "<hidden>";
    let mut lower = text.to_ascii_lowercase();
    for value in values {
        let value = value.to_ascii_lowercase();
        let mut from = 0;
        while let Some(at) = lower.get(from..).and_then(|rest| rest.find(&value)).map(|at| from + at) {
            let end = at + value.len();
            let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let within = (word(value.chars().next()) && word(lower[..at].chars().next_back()))
                || (word(value.chars().next_back()) && word(lower[end..].chars().next()));
            if within {
                from = end;
                continue;
            }
            text.replace_range(at..end, HIDDEN);
            lower.replace_range(at..end, HIDDEN);
            from = at + HIDDEN.len();
        }
    }
}

/// The beginning of a body from somewhere, fit to be shown: of JSON the keys without the values, of HTML the
/// title, of other text the first words, up to what may be quoted.
pub(crate) fn excerpt(body: &[u8]) -> String {
    const MAX_READ: usize = 4096;
    let start = &body[..body.len().min(MAX_READ)];
    let text = String::from_utf8_lossy(start);
    let text = text.trim_start_matches('\u{feff}').trim();
    match text.chars().next() {
        None => String::new(),
        Some('<') => match title(text) {
            Some(title) => format!("an HTML page, \"{}\"", words(title.trim(), 100)),
            None => "an HTML or XML page".to_owned(),
        },
        Some(_) if start.iter().filter(|b| **b < 9 || **b == 127).count() > 0 => "binary data".to_owned(),
        Some(_) => words(text, 160),
    }
}

/// The words of a text. Gateways repeat what they could not read: where a quotation may begin, only the keys
/// of JSON are shown.
fn words(text: &str, limit: usize) -> String {
    let quotes =
        |c: char| matches!(c, '{' | '[' | '"' | '<' | '=' | '`' | '“' | '‘' | '«' | '「' | '『' | '＂');
    let quoted = [" '", "('", ":'"].iter().filter_map(|start| text.find(start)).min();
    let end = text.find(quotes).into_iter().chain(quoted).min().unwrap_or(text.len());
    let (words, rest) = text.split_at(end);
    let mut shown = mask(words, limit);
    match rest.chars().next() {
        None => {}
        Some('{' | '[' | '"') => shown.push_str(&skeleton(rest, 200)),
        Some('=') => shown.push_str("=…"),
        Some(_) => shown.push('…'),
    }
    shown
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
                // The keys of an object are names of fields, unless the customer chose them: one word,
                // bounded, numbers masked.
                let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$');
                let is_key = chars.peek().is_some_and(|(_, c)| *c == ':')
                    && end.is_some_and(|end| json[at + 1..end].chars().all(is_word));
                match end {
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

/// What the vendor says, word for word for those who ask, and without the values of the request where it is
/// shown.
#[derive(Clone)]
pub(crate) struct Message {
    text: String,
    /// Where it differs from the text.
    shown: Option<String>,
}

impl Message {
    pub(crate) fn new(text: String) -> Self {
        Self { text, shown: None }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn scrub(&mut self, secrets: &[&str]) {
        scrub(&mut self.text, secrets);
        if let Some(shown) = &mut self.shown {
            scrub(shown, secrets);
        }
    }

    pub(super) fn conceal(&mut self, values: &[String]) {
        // More than is ever shown.
        let mut shown: String = self.text.chars().take(4_000).collect();
        conceal(&mut shown, values);
        self.shown = Some(shown);
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask(self.shown.as_ref().unwrap_or(&self.text), 300))
    }
}
