//! A schema and everything that holds beside it, read as one: members of `allOf`, what a reference leads to,
//! the only choice beside `null`.

use std::collections::{HashMap, HashSet};

use super::document::{Node, Value};
use super::yaml;

/// A schema: all of its nodes hold at once.
#[derive(Clone)]
pub(super) struct Schema<'a>(pub(super) Vec<&'a Node>);

impl<'a> From<&'a Node> for Schema<'a> {
    fn from(node: &'a Node) -> Self {
        Self(vec![node])
    }
}

/// A schema with all of its parts.
#[derive(Default)]
pub(super) struct Flat<'a> {
    pub(super) nodes: Vec<&'a Node>,
    /// Whether a choice allows `null`.
    pub(super) null: bool,
    /// Choices between several schemas.
    pub(super) choices: Vec<Vec<&'a Node>>,
    /// References to other files.
    pub(super) elsewhere: Vec<String>,
}

impl<'a> Flat<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.nodes.iter().find_map(|node| node.get(key))
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.nodes.iter().any(|node| node.flag_at(key))
    }

    /// Whether the page allows `null`, in any of its spellings.
    pub(super) fn is_nullable(&self) -> bool {
        self.null || self.kinds().1 || self.flag("nullable") || self.flag("x-nullable") || {
            self.get("enum").is_some_and(|list| list.items().iter().any(Node::is_null))
        }
    }

    /// The JSON types that it names, and whether `null` is one of them.
    pub(super) fn kinds(&self) -> (Vec<String>, bool) {
        let mut null = false;
        let mut named: Vec<(&Node, Vec<String>)> = Vec::new();
        for node in &self.nodes {
            let Some(written) = node.get("type") else { continue };
            let mut kinds: Vec<String> =
                std::iter::once(written).chain(written.items()).filter_map(Node::scalar).collect();
            let all = kinds.len();
            kinds.retain(|kind| kind != "null");
            null |= kinds.len() < all;
            if !kinds.is_empty() {
                named.push((node, kinds));
            }
        }
        // `type: object` without properties says little where another part says more.
        let is_vague = |(node, kinds): &&(&Node, Vec<String>)| {
            kinds == &["object"]
                && !["properties", "additionalProperties"].iter().any(|key| node.get(key).is_some())
        };
        let chosen = named.iter().find(|kind| !is_vague(kind)).or_else(|| named.first());
        if let Some((_, kinds)) = chosen {
            return (kinds.clone(), null);
        }
        let guess = [
            ("properties", "object"),
            ("additionalProperties", "object"),
            ("items", "array"),
            ("prefixItems", "array"),
        ];
        if let Some((_, kind)) = guess.iter().find(|(key, _)| self.get(key).is_some()) {
            return (vec![(*kind).to_owned()], null);
        }
        let values: Vec<&Node> = match (self.get("const"), self.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(list)) => list.items().iter().filter(|value| !value.is_null()).collect(),
            (None, None) => Vec::new(),
        };
        let all = |wanted: fn(&Node) -> bool| !values.is_empty() && values.iter().all(|value| wanted(value));
        let kind = if all(|value| value.integer().is_some()) {
            "integer"
        } else if all(|value| matches!(value.value, Value::Number(_))) {
            "number"
        } else if all(|value| matches!(value.value, Value::Flag(_))) {
            "boolean"
        } else if all(|value| value.scalar().is_some()) {
            "string"
        } else {
            null |= all(Node::is_null);
            return (Vec::new(), null);
        };
        (vec![kind.to_owned()], null)
    }

    /// The properties, in the order of `x-apifox-orders` where there is one. A name that several parts have
    /// is one property, and what all of them say of it holds.
    pub(super) fn properties(&self) -> Vec<(&'a str, Schema<'a>)> {
        let mut all: Vec<(&str, Schema<'a>)> = Vec::new();
        for (name, node) in ["properties", "x-properties"]
            .iter()
            .flat_map(|key| self.nodes.iter().filter_map(|node| node.get(key)))
            .flat_map(Node::entries)
        {
            match all.iter_mut().find(|(known, _)| known == name) {
                Some((_, schema)) if schema.0.contains(&node) => {}
                Some((_, schema)) => schema.0.push(node),
                None => all.push((name.as_str(), node.into())),
            }
        }
        let orders: Vec<String> =
            self.nodes.iter().flat_map(|node| node.texts_at("x-apifox-orders")).collect();
        let place: HashMap<&str, usize> =
            orders.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
        all.sort_by_key(|(name, _)| place.get(name).copied().unwrap_or(usize::MAX));
        all
    }

    pub(super) fn has_properties(&self) -> bool {
        self.nodes.iter().any(|node| node.get("properties").is_some_and(Node::has_entries))
    }

    pub(super) fn requires(&self, wire: &str) -> bool {
        self.required().contains(wire)
    }

    /// The names that `required` lists.
    pub(super) fn required(&self) -> HashSet<&'a str> {
        let lists = self.nodes.iter().filter_map(|node| node.get("required"));
        lists.flat_map(Node::items).filter_map(Node::text).collect()
    }

    pub(super) fn is_open(&self) -> bool {
        self.nodes
            .iter()
            .filter_map(|node| node.get("additionalProperties"))
            .any(|more| matches!(more.value, Value::Flag(true) | Value::Map(_)))
    }

    pub(super) fn doc(&self) -> String {
        doc_of(self.get("title"), self.get("description"))
    }

    /// Whether the doc is shorter than what the page says.
    pub(super) fn is_doc_cut(&self) -> bool {
        self.get("description").and_then(Node::scalar).is_some_and(|text| yaml::is_cut(&text))
    }
}

/// Whether a schema allows nothing but `null`.
pub(super) fn is_null(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Map(entries) => {
            let of_type = node.get("type");
            let only_null = |list: &Node| list.items().len() == 1 && list.items()[0].is_null();
            of_type.is_some_and(|kind| {
                kind.text() == Some("null")
                    || (kind.items().len() == 1 && kind.items()[0].text() == Some("null"))
            }) || node.get("enum").is_some_and(only_null)
                || node.get("const").is_some_and(Node::is_null)
                || (node.flag_at("nullable") && entries.len() == 1)
        }
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => false,
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
        .filter(|node| !node.is_null())
}
