//! JSON objects as their fields, each with its JSON text: nothing is lost on the way, and amounts do not pass
//! through a float. The fields of a request are made once, for its path, its query or form, and its next
//! page.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::types::Upload;
use crate::wire::loosely_equal;

/// Names and values in their order. Of a name that comes twice, the last counts, as in most readers of JSON.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(pub(crate) Vec<Entry<'a>>);

/// A name and the JSON text of its value.
pub(crate) type Entry<'a> = (Cow<'a, str>, Cow<'a, RawValue>);

/// A text, borrowed if it has no escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

/// The JSON text of a request's object, with its fields where somebody has them already.
pub(crate) struct Object<'a> {
    text: Vec<u8>,
    fields: Option<Fields<'a>>,
    /// Files that its text only stands for.
    uploads: Vec<(&'static str, Upload)>,
}

impl From<Vec<u8>> for Object<'_> {
    fn from(text: Vec<u8>) -> Self {
        Self { text, fields: None, uploads: Vec::new() }
    }
}

impl<'a> From<&'a Fields<'_>> for Object<'a> {
    fn from(fields: &'a Fields<'_>) -> Self {
        Self { fields: Some(fields.view()), ..Self::from(fields.json()) }
    }
}

impl Object<'_> {
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn with_uploads(self, uploads: Vec<(&'static str, Upload)>) -> Self {
        Self { uploads, ..self }
    }

    /// The file of a field.
    pub(crate) fn upload(&self, name: &str) -> Option<&Upload> {
        self.uploads.iter().find(|(field, _)| *field == name).map(|(_, file)| file)
    }

    pub(crate) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// The fields, read from the text unless they are there.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, serde_json::Error> {
        match &self.fields {
            Some(fields) => Ok(fields.view()),
            None => serde_json::from_slice(&self.text),
        }
    }
}

impl Fields<'_> {
    pub(crate) fn into_owned(self) -> Fields<'static> {
        let owned = |(name, value): Entry<'_>| (name.into_owned().into(), Cow::Owned(value.into_owned()));
        Fields(self.0.into_iter().map(owned).collect())
    }

    /// The same fields, borrowed from these.
    pub(crate) fn view(&self) -> Fields<'_> {
        let view = self.0.iter().map(|(name, value)| (Cow::Borrowed(&**name), Cow::Borrowed(&**value)));
        Fields(view.collect())
    }

    /// The value under this name, or else under one that differs in case and underscores only.
    pub(crate) fn get(&self, key: &str) -> Option<&RawValue> {
        self.entry(key).map(|(_, value)| &**value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'_>> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .or_else(|| self.0.iter().find(|(name, _)| loosely_equal(name, key)))
    }

    /// The text of the field with exactly this name, as [`pairs`](Self::pairs) has it. `None` if it is null
    /// or not there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
        match self.0.iter().find(|(given, _)| given == name) {
            Some((_, value)) => text_of(value),
            None => Ok(None),
        }
    }

    /// The fields as text, in their order: text as it is, other scalars as in JSON, lists and objects as
    /// compact JSON. Fields that are null are left out.
    pub(crate) fn pairs(&self) -> Result<Vec<(&str, Cow<'_, str>)>, serde_json::Error> {
        let mut pairs = Vec::with_capacity(self.0.len());
        for (name, value) in &self.0 {
            if let Some(text) = text_of(value)? {
                pairs.push((&**name, text));
            }
        }
        Ok(pairs)
    }

    /// A whole number, written as such or as text.
    pub(crate) fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.get().trim_matches('"').trim().parse().ok()
    }

    /// Sets a field to a JSON text. Nothing happens if it is none.
    pub(crate) fn set(&mut self, key: &str, json: String) {
        let Ok(value) = RawValue::from_string(json) else {
            return;
        };
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, held)) => *held = Cow::Owned(value),
            None => self.0.push((key.to_owned().into(), Cow::Owned(value))),
        }
    }

    /// The object.
    pub(crate) fn json(&self) -> Vec<u8> {
        let mut json = vec![b'{'];
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            json.extend_from_slice(serde_json::Value::from(&**name).to_string().as_bytes());
            json.push(b':');
            json.extend_from_slice(value.get().as_bytes());
        }
        json.push(b'}');
        json
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Vec::with_capacity(map.size_hint().unwrap_or(8));
        while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
            fields.push((name, Cow::Borrowed(value)));
        }
        Ok(Fields(without_earlier(fields)))
    }
}

/// Of a name that comes twice, the last.
fn without_earlier(fields: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    let mut order: Vec<usize> = (0..fields.len()).collect();
    // Those of one name stay in their order.
    order.sort_by_key(|at| &fields[*at].0);
    let mut earlier: Vec<usize> =
        order.windows(2).filter(|two| fields[two[0]].0 == fields[two[1]].0).map(|two| two[0]).collect();
    if earlier.is_empty() {
        return fields;
    }
    earlier.sort_unstable();
    let kept = fields.into_iter().enumerate().filter(|(at, _)| earlier.binary_search(at).is_err());
    kept.map(|(_, field)| field).collect()
}

/// A JSON value as the text of a field. Numbers keep their digits, for they do not pass through a float.
fn text_of(raw: &RawValue) -> Result<Option<Cow<'_, str>>, serde_json::Error> {
    let json = raw.get();
    Ok(match json.as_bytes().first() {
        Some(b'"') => Some(serde_json::from_str::<Text<'_>>(json)?.0),
        Some(b'n') => None,
        Some(b'{' | b'[') => Some(Cow::Owned(compact(json))),
        _ => Some(Cow::Borrowed(json)),
    })
}

/// JSON without the white space between its tokens.
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

/// Text, a number or a truth value, as text.
pub(crate) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost() {
        let json = r#"{"a":0.10,"b":[1, 2],"a\"":null}"#;
        let fields: Fields<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(fields.json(), json.as_bytes());
        assert_eq!(fields.into_owned().json(), json.as_bytes());
    }

    #[test]
    fn values_are_found_and_set() {
        let mut fields: Fields<'_> = serde_json::from_str(r#"{"TaskID":"12","page":3,"page":4}"#).unwrap();
        assert_eq!(
            (fields.number("task_id"), fields.number("page"), fields.number("none")),
            (Some(12), Some(4), None)
        );
        fields.set("page", "5".to_owned());
        fields.set("more", "\"x\"".to_owned());
        fields.set("bad", "{".to_owned());
        assert_eq!(fields.json(), br#"{"TaskID":"12","page":5,"more":"x"}"#);
    }

    fn pairs(json: &str) -> Vec<(String, String)> {
        let fields: Fields<'_> = serde_json::from_str(json).unwrap();
        let pairs = fields.pairs().unwrap();
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into_owned())).collect()
    }

    fn query(json: &str) -> String {
        let pairs: Vec<String> = pairs(json).iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(
            query(r#"{"Page":2,"full":true,"none":null,"rate":0.10,"big":123456789012345678901234567890}"#),
            "Page=2&full=true&rate=0.10&big=123456789012345678901234567890"
        );
        let nested = pairs(r#"{"filter": {"a": [1, 2.50], "b": "x y\" z"}, "list": [ ]}"#);
        assert_eq!(nested[0].1, r#"{"a":[1,2.50],"b":"x y\" z"}"#);
        assert_eq!(nested[1].1, "[]");
        assert_eq!(query("{}"), "");
        assert_eq!(query(r#"{"a":""}"#), "a=");
        assert!(serde_json::from_str::<Fields<'_>>("[1]").is_err());
    }

    #[test]
    fn the_last_of_two_counts() {
        assert_eq!(query(r#"{"a":1,"b":2,"a":3}"#), "b=2&a=3");
        assert_eq!(query(r#"{"a":1,"a":null}"#), "");
        assert_eq!(query(r#"{"a":1,"\u0061":2,"b":3,"a":4,"b":5,"c":6}"#), "a=4&b=5&c=6");
    }

    #[test]
    fn an_object_gives_the_same_fields_with_and_without_them() {
        let json = br#"{"a":"x","b":[1, 2]}"#;
        let read = Object::from(json.to_vec());
        let fields = read.fields().unwrap();
        let given = Object::from(&fields);
        assert_eq!((given.text(), given.fields().unwrap().json()), (&json[..], json.to_vec()));
        assert!(Object::from(b"[1]".to_vec()).fields().is_err());
    }
}
