//! Endpoints and webhooks by their keys, and what they take over by `same_as`.

use std::collections::HashMap;

use airudder_codegen::syntax::node::Node;

use super::tree::{Document, at_path};

pub(super) struct Entries<'a>(HashMap<String, &'a Node>);

impl<'a> Entries<'a> {
    pub(super) fn of(documents: &'a [Document]) -> Self {
        let mut entries = HashMap::new();
        for document in documents {
            for group in ["endpoints", "webhooks"] {
                for (name, entry) in document.root.get(group).map(Node::entries).unwrap_or_default() {
                    entries.insert(format!("{}.{name}", document.name), entry);
                }
            }
        }
        Self(entries)
    }

    /// The entries that a key leads to by `same_as`, from itself on.
    fn bases(&self, key: &str) -> Vec<&'a Node> {
        let mut found: Vec<&'a Node> = Vec::new();
        let mut next = self.0.get(key);
        // A circle, which others report, ends when each was met.
        while let Some(entry) = next.filter(|_| found.len() < self.0.len()) {
            found.push(entry);
            next = entry.text_at("same_as").and_then(|key| self.0.get(&key));
        }
        found
    }

    /// What an entry says of a key, by itself or by those that it is like.
    pub(super) fn taken_over(&self, entry: &str, key: &str) -> Option<&'a Node> {
        for entry in self.bases(entry) {
            if let Some(node) = entry.get(key) {
                return Some(node);
            }
            if key == "title_is_ours" && entry.get("title").is_some() {
                return None;
            }
        }
        None
    }

    /// What an entry says of a key of one of its fields, by itself or by those that it is like.
    pub(super) fn field_key(&self, entry: &str, part: &str, field: &str, key: &str) -> Option<&'a Node> {
        let places = [&["change", part, field, key][..], &["add", part, field, key], &[part, field, key]];
        self.bases(entry).into_iter().find_map(|entry| places.iter().find_map(|path| at_path(entry, path)))
    }
}
