//! Writing YAML: scalars, samples and comments that stay on one line.

use serde_json::Value;

/// Longest description that is taken over whole.
const MAX_DESCRIPTION: usize = 160;
/// How many entries of a list a sample shows.
const SAMPLE_ITEMS: usize = 2;

/// Text as a plain scalar where that is safe inside braces, else in double quotes.
pub(super) fn text(text: &str) -> String {
    let mut chars = text.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.all(|c| c.is_ascii_alphanumeric() || " _./()'-".contains(c))
        && !text.ends_with(' ');
    let word = text.to_ascii_lowercase();
    if plain && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&word.as_str()) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            _ if is_unsafe(c) => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Characters that YAML does not allow, or takes for the end of a line.
fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// A value in one line; long lists are cut.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(string) => text(string),
        Value::Array(items) => {
            format!("[{}]", items.iter().take(SAMPLE_ITEMS).map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", text(key), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// A text in one line, without markup.
pub(super) fn line(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        bare.push_str(before);
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>').filter(|_| is_tag) {
            Some(end) => {
                bare.push(' ');
                rest = &tag[end + 1..];
            }
            None => {
                bare.push('<');
                rest = &tag[1..];
            }
        }
    }
    bare.push_str(rest);
    let bare: String = bare.replace("**", "").chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A description in one line, cut after a sentence, or at least after a word, where it is long.
pub(super) fn short(text: &str) -> String {
    let line = line(text);
    if line.chars().count() <= MAX_DESCRIPTION {
        return line;
    }
    let end = line.char_indices().nth(MAX_DESCRIPTION).map_or(line.len(), |(at, _)| at);
    let start = &line[..end];
    if let Some(at) = start.rfind(['。', '！', '；']) {
        return start[..at + '。'.len_utf8()].to_owned();
    }
    if let Some(at) = start.rfind(". ") {
        return start[..=at].to_owned();
    }
    let cut = start.rfind(' ').unwrap_or(end);
    format!("{}...", start[..cut].trim_end_matches([',', ';', ' ']))
}
