//! A YAML document as a tree in which every value knows where it was written.
//!
//! Entries of one file are merged into another's (`same_as`, `include`), so a value carries its spans with
//! it: whatever is wrong with it is reported at the place where somebody wrote it.

use std::fmt;

use super::scalar::{Meaning, Scalar, Style};
use super::span::Span;

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
    /// Where the key is written under which it stands; the same as `span` where there is none.
    pub key_span: Span,
    /// Keys of a mapping that are meant to be there, and are not, because something is wrong with them: that
    /// has been reported, so whoever misses them must not report it again.
    pub poisoned: Vec<String>,
}

/// A YAML value.
#[derive(Clone, Debug)]
pub enum Value {
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file, duplicate keys and all.
    Map(Vec<(String, Node)>),
}

/// What a value is: of scalars, by the core schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A list.
    List,
    /// A mapping.
    Map,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "nothing",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::List => "a list",
            Self::Map => "a mapping",
        })
    }
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span, key_span: span, poisoned: Vec::new() }
    }

    /// A mapping without entries, at a place.
    pub fn empty(span: Span) -> Self {
        Self::new(Value::Map(Vec::new()), span)
    }

    /// Whether a key was removed, or is missing, and that has been reported.
    pub fn is_poisoned(&self, key: &str) -> bool {
        self.poisoned.iter().any(|poisoned| poisoned == key || poisoned == Self::ANY)
    }

    /// Among the poisoned keys: nobody knows which ones are.
    pub const ANY: &str = "*";

    /// Notes that a key is poisoned.
    pub fn poison(&mut self, key: &str) {
        if !self.is_poisoned(key) {
            self.poisoned.push(key.to_owned());
        }
    }

    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        match &self.value {
            Value::List(_) => Kind::List,
            Value::Map(_) => Kind::Map,
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Null => Kind::Null,
                Meaning::Flag(_) => Kind::Flag,
                Meaning::Number => Kind::Number,
                Meaning::Text => Kind::Text,
            },
        }
    }

    /// Whether there is no value.
    pub fn is_null(&self) -> bool {
        self.kind() == Kind::Null
    }

    /// Whether nothing is written: a key without a value.
    pub fn is_absent(&self) -> bool {
        matches!(&self.value, Value::Scalar(scalar) if scalar.style == Style::Absent)
    }

    /// Whether it is a mapping.
    pub fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.kind() == Kind::Number
    }

    /// A flag, if it is one.
    pub fn flag(&self) -> Option<bool> {
        match &self.value {
            Value::Scalar(scalar) => match scalar.meaning() {
                Meaning::Flag(flag) => Some(flag),
                Meaning::Null | Meaning::Number | Meaning::Text => None,
            },
            Value::List(_) | Value::Map(_) => None,
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
            Value::Scalar(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Scalar(_) | Value::Map(_) => &[],
        }
    }

    /// Text, if it is text and can be nothing else.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if scalar.meaning() == Meaning::Text => Some(&scalar.text),
            Value::Scalar(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// A scalar as text: numbers and flags as they are written.
    pub fn scalar(&self) -> Option<String> {
        match &self.value {
            Value::Scalar(scalar) if scalar.meaning() != Meaning::Null => Some(scalar.text.clone()),
            Value::Scalar(_) | Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The text of a key below.
    pub fn text_at(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Node::scalar)
    }

    /// The flag of a key below; `false` where there is none.
    pub fn flag_at(&self, key: &str) -> bool {
        self.get(key).and_then(Node::flag) == Some(true)
    }

    /// The whole number of a key below.
    pub fn integer_at(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Node::integer)
    }

    /// A whole number, if it is one.
    pub fn integer(&self) -> Option<i64> {
        match &self.value {
            Value::Scalar(scalar) => scalar.integer(),
            Value::List(_) | Value::Map(_) => None,
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

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let Value::Map(entries) = &mut self.value else { return None };
        let at = entries.iter().position(|(k, _)| k == key)?;
        Some(entries.remove(at).1)
    }

    /// Takes over the entries of another section's mapping: endpoints, webhooks and types, each as a whole.
    pub(crate) fn merge(&mut self, other: &Node) {
        for (group, entries) in other.entries() {
            self.with_below(group, entries, |into| match group.as_str() {
                "types" => {
                    for (kind, types) in entries.entries() {
                        into.with_below(kind, types, |into| {
                            types.entries().iter().for_each(|(name, ty)| into.set(name, ty.clone()));
                        });
                    }
                }
                _ => entries.entries().iter().for_each(|(name, entry)| into.set(name, entry.clone())),
            });
        }
    }

    /// Works on the mapping under a key; where there is none, one is made at the place of `like`.
    fn with_below(&mut self, key: &str, like: &Node, work: impl FnOnce(&mut Node)) {
        let mut below = match self.remove(key) {
            Some(node) if node.is_map() => node,
            Some(_) | None => Node { key_span: like.key_span, ..Node::empty(like.span) },
        };
        work(&mut below);
        self.set(key, below);
    }

    /// The same value as JSON.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => scalar.to_json(),
            Value::List(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|(k, v)| (k.clone(), v.to_json())).collect(),
        }
    }
}
