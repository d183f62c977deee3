//! From trees to the model: names resolved, `same_as` and `include` carried out.

mod entries;
mod fields;
mod tables;
mod types;

use std::collections::{BTreeMap, HashSet};

use super::grammar::{API, ERRORS, SECTION, Shape, TYPES_FILE};
use super::mistakes::{Mistake, at_key, at_value, did_you_mean};
use super::model::{Section, Spec};
use super::node::{Node, Value};
use super::shape;

/// The trees of a spec's files.
#[derive(Default)]
pub(crate) struct Trees {
    /// `api.yaml`.
    pub(crate) api: Option<Node>,
    /// `errors.yaml`.
    pub(crate) errors: Option<Node>,
    /// `types.yaml`.
    pub(crate) types: Option<Node>,
    /// Sections, with their files' names without ending.
    pub(crate) sections: Vec<(String, Node)>,
}

/// What interpretation needs to know of everything else.
pub(crate) struct Context<'a> {
    pub(crate) trees: &'a Trees,
    pub(crate) mistakes: &'a mut Vec<Mistake>,
    /// Names of all entries as written, sound or not: an entry that names an unsound one is not to blame.
    declared: HashSet<String>,
    /// Whether a shared file could not be read at all: then names that it may define are not judged.
    blind: bool,
}

/// Interprets all trees. Whatever is wrong is reported and left out; the rest is complete.
pub(crate) fn interpret(mut trees: Trees, mistakes: &mut Vec<Mistake>) -> Spec {
    let blind = trees.api.is_none() || trees.errors.is_none() || trees.types.is_none();
    let declared = declared_names(&trees);
    check_shapes(&mut trees, mistakes);
    let mut spec = Spec::default();
    let mut context = Context { trees: &trees, mistakes, declared, blind };
    if let Some(api) = &trees.api {
        tables::api(api, &mut spec, &mut context);
    }
    if let Some(errors) = &trees.errors {
        spec.errors = tables::errors(errors, &spec, &mut context);
    }
    if let Some(types) = &trees.types {
        spec.shared = types::types(types, None, &mut context);
    }
    // Sections in two steps: endpoints may use the types of any section.
    for (name, node) in &trees.sections {
        let section = section_head(name, node, &spec, &mut context);
        spec.sections.push(section);
    }
    for (index, (_, node)) in trees.sections.iter().enumerate() {
        let (endpoints, webhooks) = entries::entries(&spec, index, node, &mut context);
        spec.sections[index].endpoints = endpoints;
        spec.sections[index].webhooks = webhooks;
    }
    spec
}

fn declared_names(trees: &Trees) -> HashSet<String> {
    let mut names = HashSet::new();
    for (section, node) in &trees.sections {
        for group in ["endpoints", "webhooks"] {
            for (name, _) in node.get(group).map(Node::entries).unwrap_or_default() {
                names.insert(format!("{group} {section}.{name}"));
            }
        }
        for group in ["enums", "structs"] {
            for (name, _) in node.get("types").and_then(|t| t.get(group)).map(Node::entries).unwrap_or_default() {
                names.insert(format!("type {section}.{name}"));
            }
        }
    }
    for group in ["ids", "enums", "structs"] {
        for (name, _) in trees.types.as_ref().and_then(|t| t.get(group)).map(Node::entries).unwrap_or_default() {
            names.insert(format!("type {name}"));
        }
    }
    names
}

fn check_shapes(trees: &mut Trees, mistakes: &mut Vec<Mistake>) {
    if let Some(api) = &mut trees.api {
        shape::check(api, &Shape::Object(&API), mistakes);
    }
    if let Some(errors) = &mut trees.errors {
        shape::check(errors, &ERRORS, mistakes);
    }
    if let Some(types) = &mut trees.types {
        shape::check(types, &Shape::Object(&TYPES_FILE), mistakes);
    }
    for (_, section) in &mut trees.sections {
        shape::check(section, &Shape::Object(&SECTION), mistakes);
    }
}

fn section_head(file_name: &str, node: &Node, spec: &Spec, context: &mut Context<'_>) -> Section {
    if let Some(written) = node.get("section") {
        let name = written.scalar().unwrap_or_default();
        if name != file_name {
            let mistake = at_value(written, format!("the section is called `{name}`, its file `{file_name}.yaml`"));
            context.mistakes.push(mistake.help("give both the same name: it is the cargo feature and the module too"));
        }
    }
    let family = node.text_at("family").unwrap_or_default();
    if let Some(written) = node.get("family")
        && spec.family(&family).is_none()
        && !context.blind
    {
        let names: Vec<&str> = spec.families.iter().map(|f| f.name.as_str()).collect();
        context.mistakes.push(did_you_mean(at_value(written, format!("there is no family `{family}`")), &family, &names));
    }
    let nothing = Node { value: Value::Null, origin: node.origin.clone() };
    let errors = match node.get("errors") {
        Some(rows) => tables::rows(rows, None, &mut HashSet::new(), context),
        None => Vec::new(),
    };
    Section {
        name: file_name.to_owned(),
        title: node.text_at("title").unwrap_or_default(),
        title_zh: node.text_at("title_zh"),
        family,
        summary: node.text_at("summary").unwrap_or_default(),
        guide: node.text_at("guide").unwrap_or_default(),
        pages: node.texts_at("pages"),
        types: types::types(node.get("types").unwrap_or(&nothing), Some(file_name), context),
        errors,
        endpoints: Vec::new(),
        webhooks: Vec::new(),
        file: node.origin.file(),
    }
}

impl Context<'_> {
    /// The section that a value was written in; `None` for the shared files.
    pub(crate) fn section_of(&self, node: &Node) -> Option<&str> {
        let file = node.origin.file();
        self.trees.sections.iter().find(|(_, tree)| tree.origin.file() == file).map(|(name, _)| name.as_str())
    }

    /// Whether somebody wrote an entry or type of this name, sound or not.
    pub(crate) fn is_declared(&self, what: &str, name: &str) -> bool {
        self.declared.contains(&format!("{what} {name}"))
    }

    /// All declared names of a kind.
    pub(crate) fn declared(&self, what: &str) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.declared.iter().filter_map(|name| name.strip_prefix(what).and_then(|rest| rest.strip_prefix(' '))).collect();
        names.sort_unstable();
        names
    }

    /// Whether an unknown name can be blamed on its user: not while the file that may define it is unreadable.
    pub(crate) fn is_blind(&self) -> bool {
        self.blind
    }

    /// Reports Rust names that are taken by two things of one module.
    pub(crate) fn check_unique_rust_names(&mut self, names: &[(String, super::node::Origin, String)]) {
        let mut first = BTreeMap::<&str, &str>::new();
        for (rust, origin, what) in names {
            if let Some(other) = first.get(rust.as_str()) {
                let mistake = at_key(origin, format!("{what} becomes the Rust type `{rust}`, and so does {other}"));
                self.mistakes.push(mistake.help("give one of the two another name"));
            } else {
                first.insert(rust, what);
            }
        }
    }
}
