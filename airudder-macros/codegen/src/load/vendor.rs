//! The vendor's own spec, below private ones.

use std::collections::BTreeSet;
use std::path::Path;

use crate::syntax::node::Node;

/// How messages call the vendor's folder.
pub(super) const SHOWN: &str = "built-in";

/// Where the vendor's files are.
#[derive(Clone, Copy, Debug)]
pub enum Vendor<'a> {
    /// Nowhere: what is not given is missing.
    None,
    /// In a folder: the client crate's own.
    Directory(&'a Path),
    /// In memory, by name: what a tool carries with it.
    Texts(&'a [(&'a str, &'a str)]),
}

impl Vendor<'_> {
    /// The names of its sections.
    pub(super) fn sections(self) -> BTreeSet<String> {
        let section = |name: &str| {
            name.strip_suffix(".yaml").filter(|_| !super::SHARED.contains(&name)).map(str::to_owned)
        };
        match self {
            Self::None => BTreeSet::new(),
            Self::Directory(folder) => {
                let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
                entries.filter_map(|entry| section(&entry.file_name().to_string_lossy())).collect()
            }
            Self::Texts(texts) => texts.iter().filter_map(|(name, _)| section(name)).collect(),
        }
    }
}

/// Keys whose text may name something of another section, as `section.name`.
const NAMING: [&str; 6] = ["same_as", "type", "include", "payload", "request", "response"];

/// The sections that a section's file may name something of. Those that are read for nothing do no harm.
pub(super) fn named_sections(tree: &Node) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(tree, false, &mut found);
    found
}

fn walk(node: &Node, names: bool, found: &mut BTreeSet<String>) {
    for (key, value) in node.entries() {
        walk(value, NAMING.contains(&key.as_str()), found);
    }
    for item in node.items() {
        walk(item, names, found);
    }
    if names && let Some(text) = node.text() {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')));
        found.extend(
            words.filter_map(|word| Some(word.split_once('.')?.0.to_owned())).filter(|name| !name.is_empty()),
        );
    }
}
