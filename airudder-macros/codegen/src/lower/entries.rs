//! Endpoints and webhooks, with `same_as` carried out.

use super::words::{evidence_at, word_at};
use super::{Context, Found, Kind, Trees};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Entry, Spec, Webhook};
use crate::names;
use crate::syntax::node::Node;
use airudder_model::{Evidence, Method};
use std::collections::HashMap;

/// How long a chain of `same_as` may be: far longer than anybody needs, and short enough for any stack.
const LONGEST: usize = 32;

/// The endpoints and webhooks of one section.
type Entries = (Vec<Endpoint>, Vec<Webhook>);

/// The endpoints and webhooks of all sections, by the section's name.
pub(super) fn lower_all(spec: &Spec, trees: &Trees, context: &mut Context<'_>) -> HashMap<String, Entries> {
    let mut lowering = Lowering { spec, context, endpoints: HashMap::new(), webhooks: HashMap::new() };
    let mut keys = Vec::new();
    for (section, node) in &trees.sections {
        let endpoints = lowering.lower_section(section, node.get("endpoints"), Kind::Endpoint);
        let webhooks = lowering.lower_section(section, node.get("webhooks"), Kind::Webhook);
        keys.push((section, endpoints, webhooks));
    }
    let mut all = HashMap::new();
    for (section, endpoints, webhooks) in keys {
        // Each was made once; the maker gives it away in the order of the file.
        let endpoints: Vec<Endpoint> =
            endpoints.iter().filter_map(|key| lowering.endpoints.remove(key)?).collect();
        let webhooks: Vec<Webhook> =
            webhooks.iter().filter_map(|key| lowering.webhooks.remove(key)?).collect();
        all.insert(section.clone(), (endpoints, webhooks));
    }
    all
}

fn good_name(name: &str, written: &Node, kind: Kind, context: &mut Context<'_>) -> bool {
    let as_type = || {
        names::problem_with_type_name(&names::pascal(name))
            .map(|_| format!("its types would be called `{}`", names::pascal(name)))
    };
    let Some(problem) = names::problem_with_field_name(name).or_else(as_type) else { return true };
    let (what, example) = match kind {
        Kind::Endpoint => ("a method", "create_task"),
        Kind::Webhook => ("a webhook", "task_finished"),
    };
    let diagnostic = at_key(written, format!("`{name}` cannot name {what}: {problem}"));
    let other = names::snake(name);
    context.diagnostics.push(match names::problem_with_field_name(&other) {
        None if other != name => diagnostic.help(format!("name it `{other}`")),
        _ => diagnostic.help(format!("give it a name such as `{example}`")),
    });
    false
}

/// How well fields are known where the path is known so well: what is carried over from a sibling is assumed.
fn of_fields(evidence: Evidence) -> Evidence {
    match evidence {
        Evidence::Inferred => Evidence::Assumed,
        Evidence::Documented | Evidence::Observed | Evidence::Assumed => evidence,
    }
}

pub(super) struct Lowering<'a, 'b, 'c> {
    pub(super) spec: &'a Spec,
    pub(super) context: &'b mut Context<'c>,
    /// What has been made; `None` for what cannot be made, and that has been reported.
    pub(super) endpoints: HashMap<String, Option<Endpoint>>,
    pub(super) webhooks: HashMap<String, Option<Webhook>>,
}

impl<'c> Lowering<'_, '_, 'c> {
    /// Makes the entries of a section, and gives their keys.
    pub(super) fn lower_section(&mut self, section: &str, group: Option<&Node>, kind: Kind) -> Vec<String> {
        let mut keys = Vec::new();
        for (name, written) in group.map(Node::entries).unwrap_or_default() {
            let key = format!("{section}.{name}");
            if kind == Kind::Webhook
                && matches!(self.context.index.entry(Kind::Endpoint, &key), Found::Here(_))
            {
                let diagnostic = at_key(
                    written,
                    format!("the webhook `{name}` has the name of an endpoint of this section"),
                );
                self.context
                    .diagnostics
                    .push(diagnostic.help("endpoints are called `verb_noun`, webhooks `thing_happened`"));
                continue;
            }
            if !good_name(name, written, kind, self.context) {
                continue;
            }
            match kind {
                Kind::Endpoint => drop(self.endpoint(&key, written, &mut Vec::new())),
                Kind::Webhook => drop(self.webhook(&key, written, &mut Vec::new())),
            }
            keys.push(key);
        }
        keys
    }

    pub(super) fn endpoint(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<&Endpoint> {
        if node.is_poisoned(Node::ANY) {
            return None;
        }
        if !self.endpoints.contains_key(key) {
            way.push(key.to_owned());
            let made = match node.get("same_as") {
                Some(written) => self.derived_endpoint(key, node, written, way),
                None if node.is_poisoned("same_as") => None,
                None => Some(self.plain_endpoint(key, node)),
            };
            way.pop();
            self.endpoints.insert(key.to_owned(), made);
        }
        self.endpoints.get(key)?.as_ref()
    }

    pub(super) fn webhook(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<&Webhook> {
        if node.is_poisoned(Node::ANY) {
            return None;
        }
        if !self.webhooks.contains_key(key) {
            way.push(key.to_owned());
            let made = match node.get("same_as") {
                Some(written) => self.derived_webhook(key, node, written, way),
                None if node.is_poisoned("same_as") => None,
                None => Some(self.plain_webhook(key, node)),
            };
            way.pop();
            self.webhooks.insert(key.to_owned(), made);
        }
        self.webhooks.get(key)?.as_ref()
    }

    /// The entry that `same_as` names.
    pub(super) fn base(&mut self, kind: Kind, written: &Node, way: &[String]) -> Option<(String, &'c Node)> {
        let key = written.scalar()?;
        if let Some(start) = way.iter().position(|k| *k == key) {
            let circle: Vec<&str> = way[start..].iter().map(String::as_str).chain([key.as_str()]).collect();
            // Reported at the entry that the way started from: of all those in the circle it stands first.
            let place = match self.context.index.entry(kind, &way[start]) {
                Found::Here(node) => node.get("same_as"),
                Found::Poisoned | Found::Nothing | Found::NoSection => None,
            };
            let diagnostic = at_value(
                place.unwrap_or(written),
                format!("`same_as` goes in a circle: {}", circle.join(" -> ")),
            );
            self.context.diagnostics.push(diagnostic.help("one of them must be described in full"));
            return None;
        }
        if way.len() > LONGEST {
            let diagnostic =
                at_value(written, format!("more than {LONGEST} entries in a row are `same_as` another"));
            self.context.diagnostics.push(diagnostic.help("name the entry that is described in full"));
            return None;
        }
        match self.context.index.entry(kind, &key) {
            Found::Here(node) => Some((key, node)),
            Found::Poisoned => None,
            // What stands in the wrong place has been reported as being there.
            _ if matches!(self.context.index.entry(kind.other(), &key), Found::Poisoned) => None,
            found @ (Found::Nothing | Found::NoSection) => {
                let no_section = matches!(found, Found::NoSection);
                let diagnostic = self.names_nothing(kind, written, &key, no_section);
                self.context.diagnostics.push(diagnostic);
                None
            }
        }
    }

    pub(super) fn names_nothing(
        &self,
        kind: Kind,
        written: &Node,
        key: &str,
        no_section: bool,
    ) -> Diagnostic {
        let known = self.context.index.keys(kind);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let full = self.context.index.section_of(written).map(|section| format!("{section}.{key}"));
        let (this, other) = match kind {
            Kind::Endpoint => ("an endpoint", kind.other()),
            Kind::Webhook => ("a webhook", kind.other()),
        };
        let diagnostic = at_value(written, format!("`same_as: {key}` does not name {this}"));
        if let Some(full) = full.filter(|full| known.contains(&full.as_str())) {
            return diagnostic.help(format!("did you mean `{full}`? It takes the whole key"));
        }
        if let Found::Here(_) = self.context.index.entry(other, key) {
            return diagnostic.help(format!(
                "`{key}` is there, but it is not of the same kind: endpoints derive from endpoints, \
                 webhooks from webhooks"
            ));
        }
        let diagnostic = match no_section {
            true => diagnostic
                .help(format!("there is no section `{}`", key.split('.').next().unwrap_or_default())),
            false => diagnostic,
        };
        did_you_mean(diagnostic, key, &known).help("it takes the whole key, such as `collection.create_task`")
    }

    pub(super) fn entry(&mut self, key: &str, node: &Node) -> Entry {
        let (section, name) = key.split_once('.').unwrap_or(("", key));
        let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
        Entry {
            name: name.to_owned(),
            key: key.to_owned(),
            section: section.to_owned(),
            title: node.text_at("title").unwrap_or_default(),
            title_zh: node.text_at("title_zh").filter(|title| title != "none"),
            title_is_ours: node.flag_at("title_is_ours"),
            pages: node.texts_at("pages"),
            pages_maybe: node.texts_at("pages_maybe"),
            evidence,
            method_evidence: word_at(node, "method_evidence", Evidence::from_word).unwrap_or(evidence),
            fields_evidence: match node.text_at("fields_evidence").as_deref() {
                None => Some(of_fields(evidence)),
                Some(word) => Evidence::from_word(word),
            },
            method: word_at(node, "method", Method::from_word).unwrap_or(Method::Post),
            summary: node.text_at("summary").unwrap_or_default(),
            notes: node.texts_at("notes"),
            open: node.flag_at("open"),
            bases: Vec::new(),
            poisoned: node.poisoned.clone(),
            node: node.clone(),
        }
    }

    pub(super) fn derived_entry(&mut self, key: &str, node: &Node, base: Entry, base_key: String) -> Entry {
        let own = self.entry(key, node);
        let says = |name: &str| node.get(name).is_some();
        let mut bases = vec![base_key];
        bases.extend(base.bases);
        let mut poisoned = own.poisoned;
        poisoned.extend(base.poisoned.into_iter().filter(|key| !says(key)));
        let evidence = if says("evidence") { own.evidence } else { base.evidence };
        Entry {
            title: if says("title") { own.title } else { base.title },
            title_zh: if says("title_zh") { own.title_zh } else { base.title_zh },
            title_is_ours: if says("title_is_ours") || says("title") {
                own.title_is_ours
            } else {
                base.title_is_ours
            },
            // A page is about one entry: a twin has its own or none.
            pages: own.pages,
            pages_maybe: own.pages_maybe,
            evidence,
            method_evidence: if says("method_evidence") { own.method_evidence } else { base.method_evidence },
            // What the base does not know of its fields, who takes them over does not know either.
            fields_evidence: match (own.fields_evidence, base.fields_evidence) {
                (Some(own), Some(base)) if says("fields_evidence") || says("evidence") => Some(own.max(base)),
                (own, None) if says("fields_evidence") => own,
                (None, Some(_)) if says("fields_evidence") => None,
                (_, base) => base,
            },
            method: if says("method") { own.method } else { base.method },
            summary: if says("summary") { own.summary } else { base.summary },
            notes: if says("notes") { own.notes } else { base.notes },
            open: if says("open") { own.open } else { base.open },
            bases,
            poisoned,
            ..own
        }
    }
}
