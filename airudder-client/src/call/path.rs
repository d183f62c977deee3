//! Fields that stand in the path: `/orders/{id}`.

use crate::http;
use crate::json::Fields;

/// Puts fields into the braces of a path and takes them out of the others. The error is a sentence.
pub(super) fn fill(path: String, fields: &mut Fields<'_>) -> Result<String, String> {
    if !path.contains('{') {
        return Ok(path);
    }
    let mut filled = String::new();
    let mut used = Vec::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            return Err(format!("the path `{path}` has an opening brace without a closing one"));
        };
        let value = fields.text(name).map_err(|error| format!("the fields cannot be written: {error}"))?;
        // As a whole segment these would lead to another path.
        let Some(value) = value.filter(|value| !matches!(&**value, "" | "." | "..")) else {
            return Err(format!("the field `{name}` stands in the path and has no usable value"));
        };
        filled.push_str(before);
        filled.extend(http::escape(&value));
        used.push(name);
        rest = after;
    }
    filled.push_str(rest);
    fields.0.retain(|(name, _)| !used.contains(&&**name));
    Ok(filled)
}

/// Takes the query that a path brings along off it and puts it before the other one: it is to be encrypted
/// and signed like that.
pub(crate) fn split_query(path: String, query: String) -> (String, String) {
    match path.split_once('?') {
        None => (path, query),
        Some((path, "")) => (path.to_owned(), query),
        Some((path, own)) if query.is_empty() => (path.to_owned(), own.to_owned()),
        Some((path, own)) => (path.to_owned(), format!("{own}&{query}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(path: &str, json: &str) -> Result<(String, String), String> {
        let mut fields: Fields<'_> = serde_json::from_str(json).unwrap();
        fill(path.to_owned(), &mut fields).map(|path| (path, String::from_utf8(fields.json()).unwrap()))
    }

    #[test]
    fn fields_move_into_the_path() {
        let (path, json) = filled("/a/{id}/b/{n}", r#"{"id":"x/ y?","n":7,"amount":1.10}"#).unwrap();
        assert_eq!(path, "/a/x%2F%20y%3F/b/7");
        assert_eq!(json, r#"{"amount":1.10}"#, "what is left keeps its digits");
        assert_eq!(filled("/a/{id}/{id}", r#"{"id":1}"#).unwrap(), ("/a/1/1".to_owned(), "{}".to_owned()));
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
