//! A schema and the members of its `allOf`, read as one.

use std::collections::{HashMap, HashSet};

use super::document::{Node, Value};
use super::yaml;

/// A schema with the members of its `allOf`.
pub(super) struct Flat<'a>(pub(super) Vec<&'a Node>);

impl<'a> Flat<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.0.iter().find_map(|node| node.get(key))
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.0.iter().any(|node| node.flag_at(key))
    }

    /// The JSON types that it names, and whether `null` is one of them.
    pub(super) fn kinds(&self) -> (Vec<String>, bool) {
        let mut kinds: Vec<String> = match self.get("type") {
            Some(node) => std::iter::once(node).chain(node.items()).filter_map(Node::scalar).collect(),
            None => Vec::new(),
        };
        let all = kinds.len();
        kinds.retain(|kind| kind != "null");
        let null = kinds.len() < all;
        if kinds.is_empty() && !null {
            let guess = [
                ("properties", "object"),
                ("additionalProperties", "object"),
                ("items", "array"),
                ("enum", "string"),
            ];
            kinds.extend(
                guess.iter().find(|(key, _)| self.get(key).is_some()).map(|(_, kind)| (*kind).to_owned()),
            );
            if kinds == ["string"]
                && self
                    .get("enum")
                    .is_some_and(|e| !e.items().is_empty() && e.items().iter().all(|v| v.integer().is_some()))
            {
                kinds = vec!["integer".to_owned()];
            }
        }
        (kinds, null)
    }

    /// The members of a choice without `null`, and whether `null` was one.
    pub(super) fn choice(&self) -> Option<(Vec<&'a Node>, bool)> {
        let members = ["oneOf", "anyOf"]
            .iter()
            .find_map(|key| self.get(key).map(Node::items).filter(|items| !items.is_empty()))?;
        let is_null = |node: &&Node| {
            node.text_at("type").as_deref() == Some("null") || matches!(node.value, Value::Null)
        };
        let others: Vec<&Node> = members.iter().filter(|node| !is_null(node)).collect();
        let null = others.len() < members.len();
        Some((others, null))
    }

    /// The properties, in the order of `x-apifox-orders` where there is one. The first of a name counts.
    pub(super) fn properties(&self) -> Vec<(&'a str, &'a Node)> {
        let mut seen = HashSet::new();
        let written = self.0.iter().filter_map(|node| node.get("properties")).flat_map(Node::entries);
        let mut all: Vec<(&str, &Node)> = written
            .map(|(name, node)| (name.as_str(), node))
            .filter(|(name, _)| seen.insert((*name).to_owned()))
            .collect();
        let orders: Vec<String> = self.0.iter().flat_map(|node| node.texts_at("x-apifox-orders")).collect();
        let place: HashMap<&str, usize> =
            orders.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
        all.sort_by_key(|(name, _)| place.get(name).copied().unwrap_or(usize::MAX));
        all
    }

    pub(super) fn requires(&self, wire: &str) -> bool {
        self.0.iter().any(|node| {
            node.get("required").is_some_and(|r| r.items().iter().any(|item| item.text() == Some(wire)))
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.0
            .iter()
            .filter_map(|node| node.get("additionalProperties"))
            .any(|more| matches!(more.value, Value::Flag(true) | Value::Map(_)))
    }

    pub(super) fn doc(&self) -> String {
        doc_of(self.get("title"), self.get("description"))
    }
}

/// Title and description in one short line.
pub(super) fn doc_of(title: Option<&Node>, description: Option<&Node>) -> String {
    let [title, description] = [title, description]
        .map(|node| node.and_then(Node::scalar).map(|text| yaml::short(&text)).unwrap_or_default());
    match (title.is_empty(), description.is_empty()) {
        (true, _) => description,
        (_, true) => title,
        _ if description.starts_with(&title) => description,
        _ => yaml::short(&format!("{title}: {description}")),
    }
}

/// The example that stands in a schema itself.
pub(super) fn example_here<'a>(flat: &Flat<'a>) -> Option<&'a Node> {
    flat.get("example")
        .or_else(|| flat.get("examples").and_then(|list| list.items().first()))
        .filter(|node| !matches!(node.value, Value::Null))
}
