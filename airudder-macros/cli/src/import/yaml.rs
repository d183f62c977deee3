//! Writing YAML: scalars, samples and comments that stay on one line.

use serde_json::Value;

use super::markup;

/// Longest description that is taken over whole.
const MAX_DESCRIPTION: usize = 240;
/// Longest summary of a call: the whole text stands below it.
const MAX_SUMMARY: usize = 160;
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

/// A value in one line; lists are cut to a number of entries.
pub(super) fn flow(value: &Value, most: usize) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(string) => text(string),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().take(most).map(|item| flow(item, most)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(map) => {
            let entries: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", text(key), flow(value, most))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// The number of entries of the longest list in a value.
pub(super) fn longest_list(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        Value::Array(items) => items.iter().map(longest_list).max().unwrap_or(0).max(items.len()),
        Value::Object(map) => map.values().map(longest_list).max().unwrap_or(0),
    }
}

/// A text in one line, as it is written.
pub(super) fn plain(text: &str) -> String {
    let safe: String = text.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).collect();
    safe.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in one line, without markup.
pub(super) fn line(text: &str) -> String {
    plain(&markup::removed(text))
}

/// The paragraphs of a text, each in one line, without markup.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n").map(line).filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Whether `short` leaves a part of a text out.
pub(super) fn is_cut(text: &str) -> bool {
    line(text).chars().count() > MAX_DESCRIPTION
}

/// A description in one line, cut after a sentence, or at least after a word, where it is long.
pub(super) fn short(text: &str) -> String {
    cut(text, MAX_DESCRIPTION)
}

/// A description as the summary of a call, and whether it is cut.
pub(super) fn summary(text: &str) -> (String, bool) {
    (cut(text, MAX_SUMMARY), line(text).chars().count() > MAX_SUMMARY)
}

fn cut(text: &str, most: usize) -> String {
    let line = line(text);
    if line.chars().count() <= most {
        return line;
    }
    let end = line.char_indices().nth(most).map_or(line.len(), |(at, _)| at);
    let start = &line[..end];
    if let Some(at) = start.rfind(['。', '！', '；']) {
        return start[..at + '。'.len_utf8()].to_owned();
    }
    // A first sentence of a few words says little of a long text.
    if let Some(at) = start.rfind(". ").filter(|at| *at > end / 3) {
        return start[..=at].to_owned();
    }
    let cut = start.rfind(' ').unwrap_or(end);
    format!("{}...", start[..cut].trim_end_matches([',', ';', ' ']))
}
