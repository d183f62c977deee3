//! A YAML document as a tree in which every value knows where it was written.
//!
//! Entries of one file are merged into another's (`same_as`, `include`), so a value carries its origin with it: whatever
//! is wrong with it is told at the place where somebody wrote it.

use std::fmt;
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// Where a value was written: a file, and the way down to it.
#[derive(Clone)]
pub struct Origin(Rc<Step>);

struct Step {
    file: usize,
    parent: Option<Origin>,
    to: To,
}

/// One step down a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum To {
    /// The document itself.
    Root,
    /// The value of a key; the number counts equal keys before it.
    Key(String, usize),
    /// An entry of a list.
    Index(usize),
}

impl Origin {
    /// The whole of a file.
    pub fn root(file: usize) -> Self {
        Self(Rc::new(Step { file, parent: None, to: To::Root }))
    }

    /// One step further down.
    pub fn down(&self, to: To) -> Self {
        Self(Rc::new(Step { file: self.0.file, parent: Some(self.clone()), to }))
    }

    /// The place of a key below this value.
    pub fn key(&self, key: &str) -> Self {
        self.down(To::Key(key.to_owned(), 0))
    }

    /// The number of the file.
    pub fn file(&self) -> usize {
        self.0.file
    }

    /// The value that this one is part of.
    pub fn parent(&self) -> Option<&Self> {
        self.0.parent.as_ref()
    }

    /// Whether two values are one.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Whether this value is part of another, or that value itself.
    pub fn is_under(&self, other: &Self) -> bool {
        let mut at = Some(self);
        while let Some(origin) = at {
            if origin.is(other) {
                return true;
            }
            at = origin.parent();
        }
        false
    }

    /// The steps from the document's root.
    pub fn path(&self) -> Vec<To> {
        let mut path = Vec::new();
        let mut at = Some(self);
        while let Some(origin) = at {
            if origin.0.to != To::Root {
                path.push(origin.0.to.clone());
            }
            at = origin.0.parent.as_ref();
        }
        path.reverse();
        path
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:?}", self.0.file, self.path())
    }
}

/// A value with its origin.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub origin: Origin,
    /// Keys of a mapping that are meant to be there, and are not, because something is wrong with them: that has been
    /// told, so whoever misses them must not tell it again.
    pub lost: Vec<String>,
}

/// A YAML value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file, duplicate keys and all.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self { value, origin, lost: Vec::new() }
    }

    /// Whether a key was taken away, or is missing, and that has been told.
    pub fn has_lost(&self, key: &str) -> bool {
        self.lost.iter().any(|lost| lost == key || lost == Self::ANY)
    }

    /// Among the lost keys: nobody knows which ones are lost.
    pub const ANY: &str = "*";

    /// Notes that a key is lost.
    pub fn lose(&mut self, key: &str) {
        if !self.has_lost(key) {
            self.lost.push(key.to_owned());
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Flag(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(k, _)| k == key).map(|(_, v)| v)
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(String, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Text, if it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as text: numbers and flags as they are written.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Flag(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// The text of a key below.
    pub fn text_at(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Node::scalar)
    }

    /// The flag of a key below; `false` where there is none.
    pub fn flag_at(&self, key: &str) -> bool {
        matches!(self.get(key).map(|n| &n.value), Some(Value::Flag(true)))
    }

    /// The whole number of a key below.
    pub fn integer_at(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Node::integer)
    }

    /// A whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match &self.value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The texts of a list below.
    pub fn texts_at(&self, key: &str) -> Vec<String> {
        self.get(key).map(|n| n.items().iter().filter_map(Node::scalar).collect()).unwrap_or_default()
    }

    /// Puts a value under a key, in place of what was there.
    pub fn set(&mut self, key: &str, node: Node) {
        if let Value::Map(entries) = &mut self.value {
            match entries.iter_mut().find(|(k, _)| k == key) {
                Some((_, old)) => *old = node,
                None => entries.push((key.to_owned(), node)),
            }
        }
    }

    /// Takes a key away.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let Value::Map(entries) = &mut self.value else { return None };
        let at = entries.iter().position(|(k, _)| k == key)?;
        Some(entries.remove(at).1)
    }

    /// Takes over the entries of another section's mapping: endpoints, webhooks and types, each as a whole.
    pub(crate) fn merge(&mut self, other: &Node) {
        for (group, entries) in other.entries() {
            self.with_below(group, &entries.origin, |into| match group.as_str() {
                "types" => {
                    for (kind, types) in entries.entries() {
                        into.with_below(kind, &types.origin, |into| {
                            types.entries().iter().for_each(|(name, ty)| into.set(name, ty.clone()));
                        });
                    }
                }
                _ => entries.entries().iter().for_each(|(name, entry)| into.set(name, entry.clone())),
            });
        }
    }

    /// Works on the mapping under a key, made if there is none.
    fn with_below(&mut self, key: &str, origin: &Origin, work: impl FnOnce(&mut Node)) {
        let mut below = match self.remove(key) {
            Some(node) if matches!(node.value, Value::Map(_)) => node,
            _ => Node::new(Value::Map(Vec::new()), origin.clone()),
        };
        work(&mut below);
        self.set(key, below);
    }

    /// The same value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Flag(flag) => (*flag).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|(k, v)| (k.clone(), v.to_json())).collect(),
        }
    }
}

/// What is said of a value such as `!name text`.
pub(super) const TAGGED: &str = "YAML tags are not used here";

/// Reads a document's value, keeping origins.
pub(crate) struct NodeSeed(pub(crate) Origin);

impl<'de> DeserializeSeed<'de> for NodeSeed {
    type Value = Node;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let origin = self.0.clone();
        let value = deserializer.deserialize_any(self)?;
        Ok(Node::new(value, origin))
    }
}

impl<'de> Visitor<'de> for NodeSeed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Flag(v))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(Value::Number(v.into()))
    }
    // Numbers too big for 64 bits stay numbers, so that the message is about the key that holds them.
    fn visit_i128<E: Error>(self, v: i128) -> Result<Value, E> {
        self.visit_f64(v as f64)
    }
    fn visit_u128<E: Error>(self, v: u128) -> Result<Value, E> {
        self.visit_f64(v as f64)
    }
    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<Value, A::Error> {
        Err(A::Error::custom(TAGGED))
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<Value, E> {
        Number::from_f64(v)
            .map(Value::Number)
            .ok_or_else(|| E::custom("infinite numbers and NaN are not used here"))
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::Text(v.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(NodeSeed(self.0.down(To::Index(items.len()))))? {
            items.push(item);
        }
        Ok(Value::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries: Vec<(String, Node)> = Vec::new();
        // Occurrences are counted as keys come: a scan of all earlier keys would make long mappings quadratic.
        let mut seen = std::collections::HashMap::<String, usize>::new();
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let nth = seen.entry(key.clone()).or_insert(0);
            let origin = self.0.down(To::Key(key.clone(), *nth));
            *nth += 1;
            let node = map.next_value_seed(NodeSeed(origin))?;
            entries.push((key, node));
        }
        Ok(Value::Map(entries))
    }
}

/// Reads a key: any scalar, as text.
pub(crate) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for KeySeed {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain key")
    }
    fn visit_str<E>(self, v: &str) -> Result<String, E> {
        Ok(v.to_owned())
    }
    fn visit_i64<E>(self, v: i64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_u64<E>(self, v: u64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_f64<E>(self, v: f64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_bool<E>(self, v: bool) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_unit<E>(self) -> Result<String, E> {
        Ok("null".to_owned())
    }
}
