//! From nodes to the IR: names resolved, `same_as` and `include` carried out.

mod constraints;
mod endpoints;
mod entries;
mod errors;
mod families;
mod fields;
mod index;
mod paging;
mod resolve;
mod types;
mod webhooks;
mod words;

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Section, Spec, Struct, TypeRef};
use crate::schema::grammar::{API, ERRORS, SECTION, Shape, TYPES_FILE};
use crate::schema::validate;
use crate::syntax::node::Node;
use crate::syntax::span::FileId;

pub(crate) use index::{Found, Index, Kind};

/// The trees of a spec's files.
#[derive(Default)]
pub(crate) struct Trees {
    /// `api.yaml`; `None` where it cannot be read.
    pub(crate) api: Option<Node>,
    /// `errors.yaml`.
    pub(crate) errors: Option<Node>,
    /// `types.yaml`.
    pub(crate) types: Option<Node>,
    /// Sections, with their files' names without ending.
    pub(crate) sections: Vec<(String, Node)>,
    /// Sections whose files cannot be read.
    pub(crate) unread: HashSet<String>,
    /// Files whose entries were put into a section's tree.
    pub(crate) overlays: Vec<(FileId, String)>,
    /// Sections that are the vendor's, below a private spec.
    pub(crate) vendor: HashSet<String>,
    /// Whether the spec is a private one, on top of the vendor's: then the sections that api.yaml speaks of
    /// need not be here.
    pub(crate) is_private: bool,
}

/// What lowering needs to know of everything else.
pub(crate) struct Context<'a> {
    pub(crate) index: Index<'a>,
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
    /// The structs that have been made; `None` while one is in the making, and for those that cannot be made.
    structs: HashMap<TypeRef, Option<Struct>>,
}

/// Lowers all trees. Whatever is wrong is reported, and marked as invalid in what is made of it.
pub(crate) fn lower(mut trees: Trees, diagnostics: &mut Vec<Diagnostic>) -> Spec {
    check_shapes(&mut trees, diagnostics);
    let mut spec = Spec::default();
    let mut context = Context { index: Index::of(&trees), diagnostics, structs: HashMap::new() };
    match &trees.api {
        Some(api) => families::api(api, &mut spec, &mut context),
        None => families::stand_in(&trees, &mut spec, &mut context),
    }
    if let Some(errors) = &trees.errors {
        spec.errors = errors::errors(errors, &spec, &mut context);
        errors::categories(errors, &mut spec, &mut context);
    }
    if let Some(types) = &trees.types {
        spec.shared = types::types(types, None, &mut context);
    }
    // Sections in two steps: endpoints may use the types of any section.
    for (name, node) in &trees.sections {
        if let Some(families) = node.get("families")
            && !trees.is_private
        {
            let diagnostic = at_key(families, "a section of this spec has no families of its own");
            context.diagnostics.push(diagnostic.help("families go into api.yaml"));
        }
        families::families(node, Some(name), &mut spec, &mut context);
        let section = section_head(name, node, &spec, &mut context);
        spec.sections.push(Section { is_vendors: trees.vendor.contains(name), ..section });
    }
    spec.reindex();
    families::check_token_endpoints(&spec, trees.is_private, &mut context);
    let mut lowered = entries::lower_all(&spec, &trees, &mut context);
    for section in &mut spec.sections {
        (section.endpoints, section.webhooks) = lowered.remove(&section.name).unwrap_or_default();
        let written = trees.sections.iter().find(|(name, _)| *name == section.name);
        let written =
            written.and_then(|(_, tree)| tree.get("endpoints")).map_or(0, |all| all.entries().len());
        if section.endpoints.len() < written {
            // What names an entry that was left out is not to blame.
            section.node.poison("endpoints");
        }
    }
    spec.reindex();
    families::check_token_fields(&spec, context.diagnostics);
    spec
}

fn check_shapes(trees: &mut Trees, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(api) = &mut trees.api {
        validate::check(api, &Shape::Object(&API), diagnostics);
    }
    if let Some(errors) = &mut trees.errors {
        validate::check(errors, &ERRORS, diagnostics);
    }
    if let Some(types) = &mut trees.types {
        validate::check(types, &Shape::Object(&TYPES_FILE), diagnostics);
    }
    for (_, section) in &mut trees.sections {
        validate::check(section, &Shape::Object(&SECTION), diagnostics);
    }
}

fn section_head(file_name: &str, node: &Node, spec: &Spec, context: &mut Context<'_>) -> Section {
    if let Some(written) = node.get("section") {
        let name = written.scalar().unwrap_or_default();
        if name != file_name {
            let diagnostic =
                at_value(written, format!("the section is called `{name}`, its file `{file_name}.yaml`"));
            context
                .diagnostics
                .push(diagnostic.help("give both the same name: it is the cargo feature and the module too"));
        }
    }
    let family = node.text_at("family").unwrap_or_default();
    if let Some(written) = node.get("family")
        && spec.family(&family).is_none()
        && !context.index.may_have_family(&family)
    {
        let names: Vec<&str> = spec.families.iter().map(|f| f.name.as_str()).collect();
        context.diagnostics.push(did_you_mean(
            at_value(written, format!("there is no family `{family}`")),
            &family,
            &names,
        ));
    }
    let nothing = Node::empty(node.span);
    let (errors, errors_known) = match node.get("errors") {
        Some(rows) => errors::own_rows(
            rows,
            spec.family(&family).map(|f| f.code_form),
            spec.errors.iter().find(|t| t.family == family),
            context,
        ),
        None => (Vec::new(), true),
    };
    Section {
        name: file_name.to_owned(),
        title: node.text_at("title").unwrap_or_default(),
        title_zh: node.text_at("title_zh"),
        family,
        summary: node.text_at("summary").unwrap_or_default(),
        guide: String::new(),
        pages: node.texts_at("pages"),
        types: types::types(node.get("types").unwrap_or(&nothing), Some(file_name), context),
        errors,
        errors_unknown: !errors_known,
        endpoints: Vec::new(),
        webhooks: Vec::new(),
        is_vendors: false,
        file: node.span.file,
        node: Node { poisoned: node.poisoned.clone(), ..Node::empty(node.span) },
    }
}
