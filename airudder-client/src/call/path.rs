//! Fields that stand in the path: `/orders/{id}`.

use std::fmt::Write as _;

use crate::{fields::Fields, form};

/// Puts fields into the braces of a path and takes them out of the request's other fields. The error is a sentence.
pub(super) fn fill(path: String, json: Vec<u8>) -> Result<(String, Vec<u8>), String> {
    if !path.contains('{') {
        return Ok((path, json));
    }
    let values = form::pairs(&json).map_err(|error| format!("the fields cannot be written: {error}"))?;
    let mut fields: Fields<'_> =
        serde_json::from_slice(&json).map_err(|error| format!("the fields cannot be written: {error}"))?;
    let mut filled = String::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the path `{path}` has an opening brace without a closing one"));
        };
        let value = values.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
        // As a whole segment these would lead to another path.
        let Some(value) = value.filter(|value| !matches!(*value, "" | "." | "..")) else {
            return Err(format!("the field `{name}` stands in the path and has no usable value"));
        };
        filled.push_str(before);
        push_segment(&mut filled, value);
        fields.0.retain(|(given, _)| given != name);
        rest = after;
    }
    filled.push_str(rest);
    Ok((filled, fields.json()))
}

/// Takes the query that a path brings along off it and puts it before the other one: it is to be encrypted and signed like that.
pub(crate) fn split_query(path: String, query: String) -> (String, String) {
    match path.split_once('?') {
        None => (path, query),
        Some((path, "")) => (path.to_owned(), query),
        Some((path, own)) if query.is_empty() => (path.to_owned(), own.to_owned()),
        Some((path, own)) => (path.to_owned(), format!("{own}&{query}")),
    }
}

/// Everything that could end a segment, or begin a query, is escaped.
fn push_segment(path: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                path.push(char::from(byte))
            }
            other => {
                let _ = write!(path, "%{other:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(path: &str, json: &str) -> Result<(String, String), String> {
        fill(path.to_owned(), json.as_bytes().to_vec())
            .map(|(path, json)| (path, String::from_utf8(json).unwrap()))
    }

    #[test]
    fn fields_move_into_the_path() {
        let (path, json) = filled("/a/{id}/b/{n}", r#"{"id":"x/ y?","n":7,"amount":1.10}"#).unwrap();
        assert_eq!(path, "/a/x%2F%20y%3F/b/7");
        assert_eq!(json, r#"{"amount":1.10}"#, "what is left keeps its digits");
        assert_eq!(filled("/a", r#"{"id":1}"#).unwrap().1, r#"{"id":1}"#);
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused() {
        for json in [r#"{"id":".."}"#, r#"{"id":"."}"#, r#"{"id":""}"#, "{}"] {
            assert!(filled("/a/{id}", json).unwrap_err().contains("`id`"), "{json}");
        }
        assert!(filled("/a/{id", r#"{"id":1}"#).is_err());
    }
}
