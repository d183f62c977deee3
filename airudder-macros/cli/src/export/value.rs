//! The document as a tree whose keys keep their order: a reader wants `title` before `components`.

use airudder_codegen::syntax::node::{self, Node};
use serde::ser::{Serialize, Serializer};

/// A value of the document.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null, a flag, a number or text.
    Scalar(serde_json::Value),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Map),
}

/// A mapping, in the order in which its keys were put.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map(Vec<(String, Value)>);

impl Map {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Puts a value, in place of what was there.
    pub(super) fn put(&mut self, key: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.put(key, value);
        self
    }

    /// Puts a value where there is one.
    pub(super) fn maybe(mut self, key: &str, value: Option<impl Into<Value>>) -> Self {
        if let Some(value) = value {
            self.put(key, value);
        }
        self
    }

    /// Puts a flag where it is set.
    pub(super) fn flag(self, key: &str, flag: bool) -> Self {
        self.maybe(key, flag.then_some(true))
    }

    /// Puts text where there is any.
    pub(super) fn text(self, key: &str, text: &str) -> Self {
        self.maybe(key, Some(text).filter(|text| !text.is_empty()))
    }

    /// Puts a list where it has items.
    pub(super) fn list(self, key: &str, items: Vec<Value>) -> Self {
        self.maybe(key, Some(items).filter(|items| !items.is_empty()))
    }

    /// Puts a mapping where it has entries.
    pub(super) fn map(self, key: &str, map: Map) -> Self {
        self.maybe(key, Some(map).filter(|map| !map.is_empty()))
    }

    /// Puts what another mapping holds.
    pub(super) fn and(mut self, other: Map) -> Self {
        other.0.into_iter().for_each(|(key, value)| self.put(&key, value));
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(known, _)| known == key)?;
        Some(self.0.remove(at).1)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Works on each mapping below.
    pub(super) fn each(&mut self, work: impl Fn(&mut Map)) {
        for (_, value) in &mut self.0 {
            if let Value::Map(map) = value {
                work(map);
            }
        }
    }

    /// The mapping under a key; where there is none, an empty one is put there.
    pub(super) fn below(&mut self, key: &str) -> &mut Map {
        let at = self.0.iter().position(|(known, value)| known == key && matches!(value, Value::Map(_)));
        let at = at.unwrap_or_else(|| {
            self.0.retain(|(known, _)| known != key);
            self.0.push((key.to_owned(), Value::Map(Map::new())));
            self.0.len() - 1
        });
        match &mut self.0[at].1 {
            Value::Map(map) => map,
            Value::Scalar(_) | Value::List(_) => unreachable!("a mapping was found or put here"),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[(String, Value)] {
        &self.0
    }

    pub(super) fn sort(&mut self) {
        self.0.sort_by(|(a, _), (b, _)| a.cmp(b));
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Scalar(text.into())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Scalar(text.into())
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Scalar(flag.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Scalar(number.into())
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<&Node> for Value {
    fn from(node: &Node) -> Self {
        match &node.value {
            node::Value::Scalar(_) => Self::Scalar(node.to_json()),
            node::Value::List(items) => Self::List(items.iter().map(Self::from).collect()),
            node::Value::Map(entries) => {
                Self::Map(Map(entries.iter().map(|(key, value)| (key.clone(), value.into())).collect()))
            }
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Scalar(value) => value.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}
