//! The fields of a JSON object, each with its JSON text: nothing is lost on the way, and amounts do not pass through a float.

use std::{borrow::Cow, collections::HashMap, fmt};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Names and values in their order. Of a name that comes twice, the last counts, as in most readers of JSON.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(pub(crate) Vec<(String, Cow<'a, RawValue>)>);

impl Fields<'_> {
    pub(crate) fn into_owned(self) -> Fields<'static> {
        Fields(self.0.into_iter().map(|(name, value)| (name, Cow::Owned(value.into_owned()))).collect())
    }

    /// The value under this name, or else under one that differs in case and underscores only.
    pub(crate) fn get(&self, key: &str) -> Option<&RawValue> {
        self.entry(key).map(|(_, value)| &**value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&(String, Cow<'_, RawValue>)> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .or_else(|| self.0.iter().find(|(name, _)| same_key(name, key)))
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
            None => self.0.push((key.to_owned(), Cow::Owned(value))),
        }
    }

    /// The object.
    pub(crate) fn json(&self) -> Vec<u8> {
        let mut json = vec![b'{'];
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                json.push(b',');
            }
            json.extend_from_slice(serde_json::Value::from(name.as_str()).to_string().as_bytes());
            json.push(b':');
            json.extend_from_slice(value.get().as_bytes());
        }
        json.push(b'}');
        json
    }
}

/// Whether two keys are one to the vendor, who changes case and underscores.
fn same_key(a: &str, b: &str) -> bool {
    fn letters(key: &str) -> impl Iterator<Item = char> {
        key.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
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
        let mut fields = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            if let Some(earlier) = places.insert(name.clone(), fields.len()) {
                fields[earlier] = None;
            }
            fields.push(Some((name, Cow::Borrowed(value))));
        }
        Ok(Fields(fields.into_iter().flatten().collect()))
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
}
