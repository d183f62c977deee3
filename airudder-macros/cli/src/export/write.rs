//! The document as text.
//!
//! The YAML is written here and not by `serde_yaml`: that leaves `2024-01-01` and `08:00` without quotes, and
//! readers of YAML 1.1, of which there are many, take them for a day and a number.

use super::value::{Map, Value};

/// As JSON.
pub(super) fn json(document: &Map) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}

/// As YAML that means the same to readers of 1.1 and 1.2.
pub(super) fn yaml(document: &Map) -> String {
    let mut text = String::new();
    map(&mut text, document, 0);
    text
}

fn map(out: &mut String, of: &Map, indent: usize) {
    for (at, (key, value)) in of.entries().iter().enumerate() {
        // The first key of an item stands beside its dash.
        if at > 0 || out.is_empty() || out.ends_with('\n') {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&text(key));
        out.push(':');
        below(out, value, indent);
    }
}

fn below(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Map(inner) if !inner.is_empty() => {
            out.push('\n');
            map(out, inner, indent + 2);
        }
        Value::List(items) if !items.is_empty() && !items.iter().all(is_short) => {
            out.push('\n');
            for item in items {
                out.push_str(&" ".repeat(indent));
                out.push_str("- ");
                match item {
                    Value::Map(inner) if !inner.is_empty() => map(out, inner, indent + 2),
                    Value::Map(_) | Value::Scalar(_) | Value::List(_) => {
                        out.push_str(&flow(item));
                        out.push('\n');
                    }
                }
            }
        }
        Value::Scalar(_) | Value::List(_) | Value::Map(_) => {
            out.push(' ');
            out.push_str(&flow(value));
            out.push('\n');
        }
    }
}

/// Scalars, of which a list can stand in one line.
fn is_short(value: &Value) -> bool {
    match value {
        Value::Scalar(serde_json::Value::String(text)) => text.chars().count() <= 24,
        Value::Scalar(_) => true,
        Value::List(_) | Value::Map(_) => false,
    }
}

fn flow(value: &Value) -> String {
    match value {
        Value::Scalar(serde_json::Value::String(string)) => text(string),
        Value::Scalar(other) => other.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entries: Vec<String> =
                map.entries().iter().map(|(key, value)| format!("{}: {}", text(key), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Text without quotes where no reader can take it for anything else.
fn text(text: &str) -> String {
    let mut chars = text.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || "/$".contains(c))
        && chars.all(|c| c.is_ascii_alphanumeric() || " _./()'$*+;-".contains(c))
        && !text.ends_with(' ');
    let word = text.to_ascii_lowercase();
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if plain && !words.contains(&word.as_str()) {
        return text.to_owned();
    }
    // A text of JSON is one of YAML, but for what YAML does not allow unescaped.
    let mut quoted = String::new();
    for c in serde_json::Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => quoted.push(c),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let texts = [
            "plain",
            "yes",
            "2024-01-01",
            "08:00",
            "1",
            "1e3",
            "",
            " a",
            "a: b",
            "a #b",
            "\"quoted\"",
            "a\nb",
            "\u{85}\u{2028}\u{7f}",
            "电话",
            "😀",
            "~",
            "- a",
            "/a/{b}:c",
            "#/components",
            "null",
        ];
        let list: Vec<&str> = texts.to_vec();
        let inner = texts.iter().fold(Map::new(), |map, text| map.with(text, *text));
        let items = vec![Value::from(inner.clone()), Map::new().into(), Value::List(vec![]), 3.into()];
        let document =
            Map::new().with("list", list).with("map", inner).with("items", items).with("no", false);
        let expected = serde_json::to_value(&document).unwrap();
        assert_eq!(serde_yaml::from_str::<serde_json::Value>(&yaml(&document)).unwrap(), expected);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json(&document)).unwrap(), expected);
    }
}
