//! The Rust names that a section's module, the shared types and the client's handles get: no two may be one.
//!
//! This is the only list of them. What reports a clash and what leaves the second of two names out read the
//! same.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Diagnostic;
use crate::ir::{Endpoint, Response, Section, Spec, TypeRef, Types};
use crate::names::{pascal, screaming, snake};
use crate::syntax::span::Span;

/// A Rust name, and what gets it.
pub(super) struct Taken {
    space: Space,
    rust: String,
    owner: Owner,
    span: Option<Span>,
    /// What it is, for messages: "the struct `Call`".
    what: String,
}

/// Where a name must be the only one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Space {
    /// Types of the module.
    Type,
    /// Constants of the module.
    Constant,
    /// Constants that describe objects.
    Object,
    /// Constants that describe enums.
    Enum,
    /// Variants of the event of all webhooks.
    Event,
    /// Variants of the enum of families.
    Family,
    /// Modules that describe token endpoints.
    Token,
}

/// What gets a name: its place in its list.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    /// Nobody in particular: whatever clashes with it is to blame.
    Generated,
    Id(usize),
    Enum(usize),
    Struct(usize),
    Endpoint(usize),
    Webhook(usize),
    Code(usize),
}

/// Types of the client's module `types` that are no entries of `types.yaml`.
const CLIENT_TYPES: [&str; 5] = ["JsonSchema", "JsonText", "LocalTime", "Phone", "TypeMismatch"];

/// The names of `types.yaml`.
fn shared(spec: &Spec, sent: &HashSet<TypeRef>) -> Vec<Taken> {
    let mut list = List::default();
    for name in CLIENT_TYPES {
        list.generated(Space::Type, name, format!("the client's own type `{name}`"));
    }
    list.types(&spec.shared, None, sent);
    list.0
}

/// The names of a section's module.
fn section(section: &Section, sent: &HashSet<TypeRef>) -> Vec<Taken> {
    let mut list = List::default();
    list.generated(Space::Type, &pascal(&section.name), "the section's handle".to_owned());
    // A consumer's section has these; one of the client's may become one.
    if !section.webhooks.is_empty() {
        list.generated(Space::Type, "Event", "the event that is one of the section's webhooks".to_owned());
    }
    for name in ["ENDPOINTS", "WEBHOOKS"] {
        list.generated(Space::Constant, name, format!("the list `{name}` of a section"));
    }
    list.types(&section.types, Some(&section.name), sent);
    for (at, endpoint) in section.endpoints.iter().enumerate() {
        list.endpoint(at, endpoint);
    }
    for (at, webhook) in section.webhooks.iter().enumerate() {
        let (name, span) = (pascal(&webhook.entry.name), webhook.entry.node.key_span);
        let what = format!("the webhook `{}`", webhook.entry.name);
        list.object(&name, Owner::Webhook(at), span, what);
    }
    for (at, row) in section.errors.iter().enumerate() {
        let what = format!("the error code `{}`", row.name);
        list.add(Space::Constant, screaming(&snake(&row.name)), Owner::Code(at), row.span, what);
    }
    list.0
}

/// The names that families, and the webhooks of all sections, get in the client.
fn across(spec: &Spec) -> Vec<Taken> {
    let mut list = List::default();
    list.generated(Space::Family, "Private", "the variant for families of private specs".to_owned());
    for family in spec.families.iter().filter(|f| f.section.is_none()) {
        let what = format!("the family `{}`", family.name);
        list.add(Space::Family, pascal(&family.name), Owner::Generated, family.node.key_span, what);
    }
    list.generated(Space::Event, "Unknown", "the event of an unknown key".to_owned());
    for section in &spec.sections {
        for webhook in &section.webhooks {
            let name = format!("{}{}", pascal(&section.name), pascal(&webhook.entry.name));
            let what = format!("the webhook `{}`", webhook.entry.key);
            list.add(Space::Event, name, Owner::Generated, webhook.entry.node.key_span, what);
        }
    }
    for endpoint in spec.token_endpoints() {
        let what = format!("the token endpoint `{}`", endpoint.entry.key);
        let name = endpoint.entry.key.replace('.', "_");
        list.add(Space::Token, name, Owner::Generated, endpoint.entry.node.key_span, what);
    }
    list.0
}

#[derive(Default)]
struct List(Vec<Taken>);

impl List {
    fn generated(&mut self, space: Space, rust: &str, what: String) {
        self.0.push(Taken { space, rust: rust.to_owned(), owner: Owner::Generated, span: None, what });
    }

    fn add(&mut self, space: Space, rust: String, owner: Owner, span: Span, what: String) {
        self.0.push(Taken { space, rust, owner, span: Some(span), what });
    }

    /// A type that is an object: its description has a name too.
    fn object(&mut self, name: &str, owner: Owner, span: Span, what: String) {
        self.add(Space::Type, name.to_owned(), owner, span, what.clone());
        self.add(Space::Object, screaming(&snake(name)), owner, span, what);
    }

    fn types(&mut self, types: &Types, section: Option<&str>, sent: &HashSet<TypeRef>) {
        for (at, id) in types.ids.iter().enumerate() {
            self.add(Space::Type, id.name.clone(), Owner::Id(at), id.span, format!("the id `{}`", id.name));
        }
        for (at, e) in types.enums.iter().enumerate() {
            let what = format!("the enum `{}`", e.name);
            self.add(Space::Type, e.name.clone(), Owner::Enum(at), e.span, what.clone());
            self.add(Space::Enum, screaming(&snake(&e.name)), Owner::Enum(at), e.span, what);
        }
        for (at, object) in types.structs.iter().enumerate() {
            let what = format!("the struct `{}`", object.name);
            self.object(&object.name, Owner::Struct(at), object.span, what);
            let key = TypeRef { section: section.map(str::to_owned), name: object.name.clone() };
            if sent.contains(&key) {
                let what = format!("the builder of the struct `{}`", object.name);
                let name = format!("{}Builder", object.name);
                self.add(Space::Type, name, Owner::Struct(at), object.span, what);
            }
        }
    }

    fn endpoint(&mut self, at: usize, endpoint: &Endpoint) {
        let (name, span) = (pascal(&endpoint.entry.name), endpoint.entry.node.key_span);
        let what = |what: &str| format!("{what} `{}`", endpoint.entry.name);
        let owner = Owner::Endpoint(at);
        self.add(Space::Type, name.clone(), owner, span, what("the endpoint"));
        self.add(Space::Type, format!("{name}Builder"), owner, span, what("the builder of the endpoint"));
        if matches!(endpoint.response, Response::Fields(_)) {
            self.object(&format!("{name}Response"), owner, span, what("the answer of the endpoint"));
        }
    }
}

/// The names that are taken already, each with what has it.
fn clashes(names: &[Taken]) -> Vec<(&Taken, &Taken)> {
    let mut first: HashMap<(Space, &str), &Taken> = HashMap::new();
    let mut clashes = Vec::new();
    for name in names {
        match first.get(&(name.space, name.rust.as_str())) {
            // An endpoint and a type may be one thing under one name twice.
            Some(other) if other.owner != name.owner || name.owner == Owner::Generated => {
                clashes.push((name, *other));
            }
            Some(_) => {}
            None => {
                first.insert((name.space, &name.rust), name);
            }
        }
    }
    clashes
}

/// Reports all clashes. Of an entry whose name clashes the names that follow from it clash too: that is one
/// cause.
pub(super) fn check_names(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    let sent = spec.sent_structs();
    report(&shared(spec, &sent), diagnostics);
    for section in &spec.sections {
        report(&self::section(section, &sent), diagnostics);
    }
    report(&across(spec), diagnostics);
}

fn report(names: &[Taken], diagnostics: &mut Vec<Diagnostic>) {
    let mut reported: Vec<Span> = Vec::new();
    for (name, other) in clashes(names) {
        let Some(span) = name.span.or(other.span).filter(|span| !reported.contains(span)) else { continue };
        reported.push(span);
        let text = match name.space {
            Space::Object | Space::Enum => {
                format!("{} differs from {} only in upper and lower case", name.what, other.what)
            }
            Space::Type | Space::Constant | Space::Event | Space::Family | Space::Token => {
                format!("{} becomes the Rust name `{}`, and so does {}", name.what, name.rust, other.what)
            }
        };
        let help = if other.owner == Owner::Generated && other.span.is_none() {
            "give it another name"
        } else {
            "give one of the two another name"
        };
        diagnostics.push(Diagnostic::new(span, text).help(help));
    }
}

/// What must be left out of the shared types, so that the rest compiles.
pub(super) fn surplus_shared(spec: &Spec) -> HashSet<Owner> {
    clashes(&shared(spec, &spec.sent_structs())).into_iter().map(|(name, _)| name.owner).collect()
}

/// What must be left out of a section, so that the rest compiles.
pub(super) fn surplus(spec: &Spec, section: &Section) -> HashSet<Owner> {
    clashes(&self::section(section, &spec.sent_structs())).into_iter().map(|(name, _)| name.owner).collect()
}
