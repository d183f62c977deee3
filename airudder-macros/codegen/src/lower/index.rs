//! What is written where, by name: every field looks its type up, so no list may be searched for it.

use std::collections::{HashMap, HashSet};

use super::Trees;
use airudder_model::Scalar;

use crate::ir::{Type, TypeRef};
use crate::syntax::node::Node;
use crate::syntax::span::FileId;

/// The names of all trees.
pub(crate) struct Index<'a> {
    /// The section that a file belongs to.
    sections: HashMap<FileId, &'a str>,
    shared: NamedTypes<'a>,
    /// What each section defines.
    own: HashMap<&'a str, Own<'a>>,
    /// Sections whose files could not be read: nothing that they may define is judged.
    unread: &'a HashSet<String>,
    families: Group<'a>,
    timeouts: Group<'a>,
}

struct Own<'a> {
    types: NamedTypes<'a>,
    endpoints: Group<'a>,
    webhooks: Group<'a>,
}

#[derive(Default)]
struct NamedTypes<'a> {
    structs: Group<'a>,
    enums: Group<'a>,
    ids: Group<'a>,
}

/// The names below a key.
#[derive(Default)]
struct Group<'a> {
    known: HashMap<&'a str, &'a Node>,
    poisoned: &'a [String],
    /// Whether the whole group could not be read.
    unreadable: bool,
}

/// What a name leads to.
pub(crate) enum Found<T> {
    /// To this.
    Here(T),
    /// To something that has a diagnostic of its own, or may stand where nothing could be read: not to be
    /// blamed.
    Poisoned,
    /// To nothing.
    Nothing,
    /// Its section is not there.
    NoSection,
}

/// Endpoints or webhooks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Endpoint,
    Webhook,
}

impl Kind {
    pub(super) fn other(self) -> Self {
        match self {
            Self::Endpoint => Self::Webhook,
            Self::Webhook => Self::Endpoint,
        }
    }
}

impl<'a> Group<'a> {
    /// The entries of the mapping at a way down from `node`.
    fn at(node: Option<&'a Node>, way: &[&str]) -> Self {
        let Some(mut node) = node else { return Self { unreadable: true, ..Self::default() } };
        for key in way {
            match node.get(key) {
                Some(below) => node = below,
                None if node.is_poisoned(key) => return Self { unreadable: true, ..Self::default() },
                None => return Self::default(),
            }
        }
        Self {
            known: node.entries().iter().map(|(name, node)| (name.as_str(), node)).collect(),
            poisoned: &node.poisoned,
            unreadable: false,
        }
    }

    fn find(&self, name: &str) -> Found<&'a Node> {
        match self.known.get(name) {
            Some(node) if !node.is_poisoned(Node::ANY) => Found::Here(node),
            Some(_) => Found::Poisoned,
            None if self.unreadable
                || self.poisoned.iter().any(|poisoned| poisoned == name || poisoned == Node::ANY) =>
            {
                Found::Poisoned
            }
            None => Found::Nothing,
        }
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.known.keys().copied()
    }
}

impl<'a> NamedTypes<'a> {
    /// `way` leads to the mapping that holds the groups.
    fn at(node: Option<&'a Node>, way: &[&str], with_ids: bool) -> Self {
        let group = |name: &str| Group::at(node, &[way, &[name]].concat());
        Self {
            structs: group("structs"),
            enums: group("enums"),
            ids: if with_ids { group("ids") } else { Group::default() },
        }
    }

    fn find(&self, section: Option<&str>, name: &str) -> Found<Type> {
        let at = || TypeRef { section: section.map(str::to_owned), name: name.to_owned() };
        let mut poisoned = false;
        for (group, make) in [
            (&self.ids, Type::Id as fn(TypeRef) -> Type),
            (&self.enums, Type::Enum),
            (&self.structs, Type::Struct),
        ] {
            match group.find(name) {
                Found::Here(_) => return Found::Here(make(at())),
                Found::Poisoned => poisoned = true,
                Found::Nothing | Found::NoSection => {}
            }
        }
        if poisoned { Found::Poisoned } else { Found::Nothing }
    }

    fn names(&self) -> impl Iterator<Item = &'a str> {
        self.structs.names().chain(self.enums.names()).chain(self.ids.names())
    }
}

impl<'a> Index<'a> {
    pub(super) fn of(trees: &'a Trees) -> Self {
        let own = trees.sections.iter().map(|(name, node)| {
            let own = Own {
                types: NamedTypes::at(Some(node), &["types"], false),
                endpoints: Group::at(Some(node), &["endpoints"]),
                webhooks: Group::at(Some(node), &["webhooks"]),
            };
            (name.as_str(), own)
        });
        let files = trees.sections.iter().map(|(name, node)| (node.span.file, name.as_str()));
        let more = trees.overlays.iter().map(|(file, name)| (*file, name.as_str()));
        Self {
            sections: files.chain(more).collect(),
            shared: NamedTypes::at(trees.types.as_ref(), &[], true),
            own: own.collect(),
            unread: &trees.unread,
            families: Group::at(trees.api.as_ref(), &["families"]),
            timeouts: Group::at(trees.api.as_ref(), &["timeouts"]),
        }
    }

    /// The section that a value was written in; `None` for the shared files.
    pub(crate) fn section_of(&self, node: &Node) -> Option<&'a str> {
        self.sections.get(&node.span.file).copied()
    }

    /// Looks a type's name up: in the section where it was written, then in `types.yaml`; `section.Name` in
    /// that section.
    pub(crate) fn find_type(&self, name: &str, written: &Node) -> Found<Type> {
        if let Some((section, name)) = name.split_once('.') {
            return match self.own.get(section) {
                Some(own) => own.types.find(Some(section), name),
                None if self.unread.contains(section) => Found::Poisoned,
                None => Found::NoSection,
            };
        }
        let own = self.section_of(written).and_then(|section| Some((section, self.own.get(section)?)));
        match own.map_or(Found::Nothing, |(section, own)| own.types.find(Some(section), name)) {
            Found::Nothing => self.shared.find(None, name),
            // A type of this name may be meant, yet the shared one is as good a guess.
            Found::Poisoned => match self.shared.find(None, name) {
                Found::Here(ty) => Found::Here(ty),
                Found::Poisoned | Found::Nothing | Found::NoSection => Found::Poisoned,
            },
            found @ (Found::Here(_) | Found::NoSection) => found,
        }
    }

    /// Where a struct is written.
    pub(crate) fn struct_node(&self, at: &TypeRef) -> Option<&'a Node> {
        let types = match at.section.as_deref() {
            None => &self.shared,
            Some(section) => &self.own.get(section)?.types,
        };
        types.structs.known.get(at.name.as_str()).copied()
    }

    /// All type names as they would be written in a section.
    pub(crate) fn type_names(&self, section: Option<&str>) -> Vec<String> {
        let mut names: Vec<String> = Scalar::WORDS.iter().map(|word| (*word).to_owned()).collect();
        names.extend(self.shared.names().map(str::to_owned));
        for (name, own) in &self.own {
            names.extend(
                own.types
                    .names()
                    .map(|t| if section == Some(name) { t.to_owned() } else { format!("{name}.{t}") }),
            );
        }
        names.sort();
        names
    }

    /// The names of all sections.
    pub(crate) fn section_names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.own.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The entry of a key, `section.name`.
    pub(crate) fn entry(&self, kind: Kind, key: &str) -> Found<&'a Node> {
        let Some((section, name)) = key.split_once('.') else { return Found::Nothing };
        match self.own.get(section) {
            Some(own) => own.group(kind).find(name),
            None if self.unread.contains(section) => Found::Poisoned,
            None => Found::NoSection,
        }
    }

    /// All keys of a kind.
    pub(crate) fn keys(&self, kind: Kind) -> Vec<String> {
        let mut keys: Vec<String> = self
            .own
            .iter()
            .flat_map(|(section, own)| own.group(kind).names().map(move |name| format!("{section}.{name}")))
            .collect();
        keys.sort();
        keys
    }

    /// Whether a family may be there, sound or not.
    pub(crate) fn may_have_family(&self, name: &str) -> bool {
        !matches!(self.families.find(name), Found::Nothing)
    }

    /// Whether a time-out class may be there, sound or not.
    pub(crate) fn may_have_timeout(&self, name: &str) -> bool {
        !matches!(self.timeouts.find(name), Found::Nothing)
    }
}

impl<'a> Own<'a> {
    fn group(&self, kind: Kind) -> &Group<'a> {
        match kind {
            Kind::Endpoint => &self.endpoints,
            Kind::Webhook => &self.webhooks,
        }
    }
}
