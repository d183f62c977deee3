//! Endpoints and webhooks, with `same_as` carried out.

use std::collections::HashMap;

use airudder_model::{BodyForm, Effect, Evidence, Method, PagingKind, Scalar};

use super::fields::Changes;
use super::tables::{evidence_at, word_at};
use super::{Context, Found, Kind, Named, Trees, fields, types};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::names;
use crate::spec::model::{Endpoint, Entry, Field, Page, Payload, Response, Spec, Type, TypeRef, Webhook};
use crate::spec::shape;
use crate::syntax::node::Node;
use crate::syntax::span::Span;

/// How long a chain of `same_as` may be: far longer than anybody needs, and short enough for any stack.
const LONGEST: usize = 32;

/// The endpoints and webhooks of one section.
type Entries = (Vec<Endpoint>, Vec<Webhook>);

/// The endpoints and webhooks of all sections, by the section's name.
pub(super) fn make_all(spec: &Spec, trees: &Trees, context: &mut Context<'_>) -> HashMap<String, Entries> {
    let mut maker = Maker { spec, context, endpoints: HashMap::new(), webhooks: HashMap::new() };
    let mut keys = Vec::new();
    for (section, node) in &trees.sections {
        let endpoints = maker.make_section(section, node.get("endpoints"), Kind::Endpoint);
        let webhooks = maker.make_section(section, node.get("webhooks"), Kind::Webhook);
        keys.push((section, node.span, endpoints, webhooks));
    }
    let mut all = HashMap::new();
    for (index, (section, span, endpoints, webhooks)) in keys.into_iter().enumerate() {
        // Each was made once; the maker gives it away in the order of the file.
        let endpoints: Vec<Endpoint> =
            endpoints.iter().filter_map(|key| maker.endpoints.remove(key)?).collect();
        let webhooks: Vec<Webhook> = webhooks.iter().filter_map(|key| maker.webhooks.remove(key)?).collect();
        check_types(spec, index, span, &endpoints, &webhooks, maker.context);
        all.insert(section.clone(), (endpoints, webhooks));
    }
    all
}

fn good_name(name: &str, written: &Node, kind: Kind, context: &mut Context<'_>) -> bool {
    let Some(problem) = names::problem_with_field_name(name) else { return true };
    let (what, example) = match kind {
        Kind::Endpoint => ("a method", "create_task"),
        Kind::Webhook => ("a webhook", "task_finished"),
    };
    let diagnostic = at_key(written, format!("`{name}` cannot name {what}: {problem}"));
    let other = names::snake(name);
    context.diagnostics.push(match names::problem_with_field_name(&other) {
        None => diagnostic.help(format!("name it `{other}`")),
        Some(_) => diagnostic.help(format!("give it a name such as `{example}`")),
    });
    false
}

/// Reports two things of a section that would have one Rust name.
fn check_types(
    spec: &Spec,
    section: usize,
    span: Span,
    endpoints: &[Endpoint],
    webhooks: &[Webhook],
    context: &mut Context<'_>,
) {
    let section = &spec.sections[section];
    // The handle's name was given by nobody in particular: whatever clashes with it is to blame.
    let handle = Named { rust: names::pascal(&section.name), span, what: "the section's handle".to_owned() };
    let mut all = vec![handle];
    all.extend(types::named(&section.types));
    for e in endpoints {
        let (name, span) = (names::pascal(&e.entry.name), e.entry.node.key_span);
        let mut add = |rust: String, what: &str| {
            all.push(Named { rust, span, what: format!("{what} `{}`", e.entry.name) });
        };
        add(name.clone(), "the endpoint");
        add(format!("{name}Builder"), "the builder of the endpoint");
        if matches!(e.response, Response::Fields(_)) && e.response_owner == e.entry.key {
            add(format!("{name}Response"), "the answer of the endpoint");
        }
    }
    for w in webhooks {
        let what = format!("the webhook `{}`", w.entry.name);
        all.push(Named { rust: names::pascal(&w.entry.name), span: w.entry.node.key_span, what });
    }
    context.check_unique_rust_names(&all);
}

struct Maker<'a, 'b, 'c> {
    spec: &'a Spec,
    context: &'b mut Context<'c>,
    /// What has been made; `None` for what cannot be made, and that has been told.
    endpoints: HashMap<String, Option<Endpoint>>,
    webhooks: HashMap<String, Option<Webhook>>,
}

impl<'c> Maker<'_, '_, 'c> {
    /// Makes the entries of a section, and gives their keys.
    fn make_section(&mut self, section: &str, group: Option<&Node>, kind: Kind) -> Vec<String> {
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

    fn endpoint(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<&Endpoint> {
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

    fn webhook(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<&Webhook> {
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

    fn plain_endpoint(&mut self, key: &str, node: &Node) -> Endpoint {
        let entry = self.entry(key, node);
        let request = self.fields_or_struct(node.get("request"), entry.fields_evidence);
        let response = self.response(node.get("response"), entry.fields_evidence);
        let mut endpoint = Endpoint {
            path: None,
            body: default_body(entry.method),
            effect: word_at(node, "effect", Effect::from_word).unwrap_or(Effect::CallsPeople),
            timeout_secs: self.timeout(node),
            no_auth: false,
            deprecated: None,
            errors: Vec::new(),
            request,
            request_owner: key.to_owned(),
            response,
            response_owner: key.to_owned(),
            open_response: false,
            page: None,
            sample_request: None,
            sample_response: None,
            entry,
        };
        self.own_keys(&mut endpoint, node);
        endpoint
    }

    fn derived_endpoint(
        &mut self,
        key: &str,
        node: &Node,
        written: &Node,
        way: &mut Vec<String>,
    ) -> Option<Endpoint> {
        let (base_key, base_node) = self.base(Kind::Endpoint, written, way)?;
        let mut endpoint = self.endpoint(&base_key, base_node, way)?.clone();
        let base_entry = endpoint.entry.clone();
        let base_is_gated = base_entry.evidence.is_gated() && endpoint.path.is_some();
        let had_default_body = endpoint.body == default_body(base_entry.method);
        endpoint.entry = self.derived_entry(key, node, base_entry, base_key);
        if base_is_gated && !endpoint.entry.evidence.is_gated() {
            // The base's types exist with the feature `unverified` only, this entry's always.
            endpoint.request_owner = key.to_owned();
            endpoint.response_owner = key.to_owned();
        }
        if had_default_body {
            endpoint.body = default_body(endpoint.entry.method);
        }
        if let Some(evidence) = word_at(node, "fields_evidence", Evidence::from_word) {
            endpoint.request.iter_mut().for_each(|f| f.evidence = evidence);
            if let Response::Fields(fields) = &mut endpoint.response {
                fields.iter_mut().for_each(|f| f.evidence = evidence);
            }
        }
        if node.get("timeout").is_some() {
            endpoint.timeout_secs = self.timeout(node);
        }
        if let Some(effect) = word_at(node, "effect", Effect::from_word) {
            endpoint.effect = effect;
        }
        self.change_request(&mut endpoint, node);
        self.change_response(&mut endpoint, node);
        self.own_keys(&mut endpoint, node);
        Some(endpoint)
    }

    fn change_request(&mut self, endpoint: &mut Endpoint, node: &Node) {
        let changes = Changes::of(node, "request");
        if changes.first().is_none() {
            return;
        }
        let (evidence, known) = (endpoint.entry.fields_evidence, endpoint.entry.knows_fields());
        let old = std::mem::take(&mut endpoint.request);
        let new = fields::changed(old.clone(), changes, known, evidence, self.context);
        fields::check_unique_wire_names(&new, self.context);
        if node.get("page").is_none()
            && let Some(page) = endpoint.page.take()
        {
            endpoint.page = self.kept_page(page, &old, &new, changes);
        }
        endpoint.request = new;
        endpoint.request_owner = endpoint.entry.key.clone();
        // The base's example may lack what was added.
        endpoint.sample_request = None;
    }

    /// The base's paging, with the wire names that its fields have now. A field that it needs may not be dropped.
    fn kept_page(&mut self, page: Page, old: &[Field], new: &[Field], changes: Changes<'_>) -> Option<Page> {
        let name_of = |wire: &str| old.iter().find(|f| f.wire == wire).map(|f| f.name.clone());
        let mut wires = Vec::new();
        for wire in [&page.moves, &page.size] {
            let name = name_of(wire)?;
            match new.iter().find(|f| f.name == name) {
                Some(field) => wires.push(field.wire.clone()),
                None => {
                    let items = changes.drop.map(Node::items).unwrap_or_default();
                    if let Some(item) = items.iter().find(|item| item.scalar().as_ref() == Some(&name)) {
                        let diagnostic =
                            at_value(item, format!("`{name}` is dropped, and the base pages by it"));
                        self.context
                            .diagnostics
                            .push(diagnostic.help("keep the field, or give this entry a `page` of its own"));
                    }
                    return None;
                }
            }
        }
        let (Some(size), Some(moves)) = (wires.pop(), wires.pop()) else { return None };
        Some(Page { moves, size, ..page })
    }

    fn change_response(&mut self, endpoint: &mut Endpoint, node: &Node) {
        let changes = Changes::of(node, "response");
        let Some(first) = changes.first() else { return };
        let known = endpoint.entry.knows_fields();
        let Response::Fields(base) = &mut endpoint.response else {
            if known {
                let diagnostic =
                    at_key(first, "the base's answer has no fields of its own to change".to_owned());
                self.context
                    .diagnostics
                    .push(diagnostic.help("its `response` is a type's name: derive that type instead"));
            }
            return;
        };
        let base = std::mem::take(base);
        let fields = fields::changed(base, changes, known, endpoint.entry.fields_evidence, self.context);
        fields::check_unique_wire_names(&fields, self.context);
        endpoint.response = Response::Fields(fields);
        endpoint.response_owner = endpoint.entry.key.clone();
        endpoint.sample_response = None;
    }

    /// Keys that stand for themselves: what an entry says replaces what its base says.
    fn own_keys(&mut self, endpoint: &mut Endpoint, node: &Node) {
        if let Some(path) = node.text_at("path") {
            endpoint.path = (path != "none").then_some(path);
        }
        if let Some(body) = word_at(node, "body", BodyForm::from_word) {
            endpoint.body = body;
        }
        if node.get("auth").is_some() {
            endpoint.no_auth = true;
        }
        if let Some(deprecated) = node.text_at("deprecated") {
            endpoint.deprecated = Some(deprecated);
        }
        if let Some(errors) = node.get("errors") {
            endpoint.errors = errors.items().iter().filter_map(shape::code).collect();
        }
        if node.get("open_response").is_some() {
            endpoint.open_response = node.flag_at("open_response");
        }
        if let Some(page) = node.get("page") {
            endpoint.page = self.page(page, endpoint);
        }
        if let Some(sample) = node.get("sample") {
            endpoint.sample_request = sample.get("request").cloned().or(endpoint.sample_request.take());
            endpoint.sample_response = sample.get("response").cloned().or(endpoint.sample_response.take());
        }
    }

    fn plain_webhook(&mut self, key: &str, node: &Node) -> Webhook {
        let entry = self.entry(key, node);
        let payload = match node.get("payload") {
            Some(written) if written.text().is_some() => match types::find_struct(written, self.context) {
                Some(at) => Payload::Struct(at),
                None => Payload::Fields(Vec::new()),
            },
            Some(written) => {
                let fields = fields::fields(written, entry.fields_evidence, self.context);
                fields::check_unique_wire_names(&fields, self.context);
                Payload::Fields(fields)
            }
            None => Payload::Fields(Vec::new()),
        };
        Webhook {
            signed: signed(node),
            payload,
            payload_owner: key.to_owned(),
            sample: node.get("sample").cloned(),
            entry,
        }
    }

    fn derived_webhook(
        &mut self,
        key: &str,
        node: &Node,
        written: &Node,
        way: &mut Vec<String>,
    ) -> Option<Webhook> {
        let (base_key, base_node) = self.base(Kind::Webhook, written, way)?;
        let mut webhook = self.webhook(&base_key, base_node, way)?.clone();
        let base_entry = webhook.entry.clone();
        webhook.entry = self.derived_entry(key, node, base_entry, base_key);
        if let (Some(evidence), Payload::Fields(fields)) = (evidence_at(node), &mut webhook.payload) {
            fields.iter_mut().for_each(|f| f.evidence = evidence);
        }
        if node.get("signed").is_some() {
            webhook.signed = signed(node);
        }
        let changes = Changes::of(node, "payload");
        if changes.first().is_some() {
            let base = match webhook.payload {
                Payload::Fields(fields) => fields,
                Payload::Struct(at) => self.struct_fields(&at),
            };
            let known = webhook.entry.knows_fields();
            let fields = fields::changed(base, changes, known, webhook.entry.fields_evidence, self.context);
            fields::check_unique_wire_names(&fields, self.context);
            webhook.payload = Payload::Fields(fields);
            webhook.payload_owner = key.to_owned();
            webhook.sample = None;
        }
        if let Some(sample) = node.get("sample") {
            webhook.sample = Some(sample.clone());
        }
        Some(webhook)
    }

    /// The entry that `same_as` names.
    fn base(&mut self, kind: Kind, written: &Node, way: &[String]) -> Option<(String, &'c Node)> {
        let key = written.scalar()?;
        if let Some(start) = way.iter().position(|k| *k == key) {
            let circle: Vec<&str> = way[start..].iter().map(String::as_str).chain([key.as_str()]).collect();
            // Told at the entry that the way started from: of all those in the circle it stands first.
            let place = match self.context.index.entry(kind, &way[start]) {
                Found::Here(node) => node.get("same_as"),
                _ => None,
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
            // What stands in the wrong place has been told to be there.
            _ if matches!(self.context.index.entry(kind.other(), &key), Found::Poisoned) => None,
            found => {
                let no_section = matches!(found, Found::NoSection);
                let diagnostic = self.names_nothing(kind, written, &key, no_section);
                self.context.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn names_nothing(&self, kind: Kind, written: &Node, key: &str, no_section: bool) -> Diagnostic {
        let known = self.context.index.keys(kind);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let full = self.context.index.section_of(written).map(|section| format!("{section}.{key}"));
        let (this, other) = match kind {
            Kind::Endpoint => ("endpoint", kind.other()),
            Kind::Webhook => ("webhook", kind.other()),
        };
        let diagnostic = at_value(written, format!("`same_as: {key}` names no {this}"));
        if let Some(full) = full.filter(|full| known.contains(&full.as_str())) {
            return diagnostic.help(format!("did you mean `{full}`? It takes the whole key"));
        }
        if let Found::Here(_) = self.context.index.entry(other, key) {
            return diagnostic.help(format!(
                "`{key}` is there, but it is not of the same kind: endpoints derive from endpoints, webhooks from webhooks"
            ));
        }
        let diagnostic = match no_section {
            true => diagnostic
                .help(format!("there is no section `{}`", key.split('.').next().unwrap_or_default())),
            false => diagnostic,
        };
        did_you_mean(diagnostic, key, &known).help("it takes the whole key, such as `collection.create_task`")
    }

    fn entry(&mut self, key: &str, node: &Node) -> Entry {
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
                None => Some(evidence),
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

    fn derived_entry(&mut self, key: &str, node: &Node, base: Entry, base_key: String) -> Entry {
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
            // A page tells of one entry: a twin has its own or none.
            pages: own.pages,
            pages_maybe: own.pages_maybe,
            evidence,
            method_evidence: if says("method_evidence") { own.method_evidence } else { base.method_evidence },
            fields_evidence: if says("fields_evidence") || says("evidence") {
                own.fields_evidence
            } else {
                base.fields_evidence
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

    fn timeout(&mut self, node: &Node) -> u32 {
        let wanted = node.text_at("timeout");
        let class = wanted.as_deref().unwrap_or("normal");
        let found = self.spec.timeouts.iter().find(|(name, _)| name == class).map(|(_, secs)| *secs);
        if let (None, Some(written)) = (found, node.get("timeout"))
            && !self.context.index.may_have_timeout(class)
        {
            let known: Vec<&str> = self.spec.timeouts.iter().map(|(name, _)| name.as_str()).collect();
            let diagnostic = did_you_mean(
                at_value(written, format!("there is no time-out class `{class}` in api.yaml")),
                class,
                &known,
            );
            self.context.diagnostics.push(diagnostic);
        }
        found.unwrap_or(60)
    }

    fn fields_or_struct(&mut self, written: Option<&Node>, evidence: Option<Evidence>) -> Vec<Field> {
        let Some(written) = written else { return Vec::new() };
        if written.text().is_some() {
            // What is wrong with the struct's fields is told where it stands.
            return types::find_struct(written, self.context)
                .map(|at| self.struct_fields(&at))
                .unwrap_or_default();
        }
        let fields = fields::fields(written, evidence, self.context);
        fields::check_unique_wire_names(&fields, self.context);
        fields
    }

    fn struct_fields(&self, at: &TypeRef) -> Vec<Field> {
        self.spec.find_struct(at).map(|s| s.fields.clone()).unwrap_or_default()
    }

    fn response(&mut self, written: Option<&Node>, evidence: Option<Evidence>) -> Response {
        let json = || Response::Type(Type::Scalar(Scalar::Json));
        match written {
            None => json(),
            Some(written) => match written.text() {
                Some("file") => Response::File,
                Some(text) => {
                    fields::parse_type(text, written, self.context).map_or_else(json, Response::Type)
                }
                None => {
                    let fields = fields::fields(written, evidence, self.context);
                    fields::check_unique_wire_names(&fields, self.context);
                    Response::Fields(fields)
                }
            },
        }
    }

    fn page(&mut self, node: &Node, endpoint: &Endpoint) -> Option<Page> {
        let kind = word_at(node, "kind", PagingKind::from_word)?;
        let (moves, size) = match kind {
            PagingKind::Number => ("page", "size"),
            PagingKind::Offset => ("offset", "limit"),
            PagingKind::Cursor => ("cursor", "size"),
        };
        for (key, only) in [
            ("page", PagingKind::Number),
            ("first", PagingKind::Number),
            ("offset", PagingKind::Offset),
            ("limit", PagingKind::Offset),
            ("total", PagingKind::Offset),
            ("cursor", PagingKind::Cursor),
            ("item_id", PagingKind::Cursor),
        ] {
            if let Some(written) = node.get(key).filter(|_| kind != only) {
                let diagnostic =
                    at_key(written, format!("`{key}` says nothing in a paging of `kind: {kind}`"));
                self.context.diagnostics.push(
                    diagnostic
                        .help(format!("it is for `kind: {only}`; this kind has `{moves}` and `{size}`")),
                );
            }
        }
        let moves = self.page_field(node, moves, endpoint);
        let size = self.page_field(node, size, endpoint);
        if kind == PagingKind::Cursor && node.get("item_id").is_none() && !node.is_poisoned("item_id") {
            let diagnostic =
                at_key(node, "the key `item_id` is missing: a cursor is the id of the last entry".to_owned());
            self.context.diagnostics.push(diagnostic.help("`item_id`: Wire key of an entry's id."));
            return None;
        }
        Some(Page {
            kind,
            moves: moves?,
            size: size?,
            first: node.integer_at("first").unwrap_or(1),
            items: node.text_at("items"),
            total: node.text_at("total"),
            item_id: node.text_at("item_id"),
        })
    }

    /// The wire name of the request field that a paging names.
    fn page_field(&mut self, page: &Node, key: &str, endpoint: &Endpoint) -> Option<String> {
        let request = &endpoint.request;
        let Some(written) = page.get(key) else {
            if !page.is_poisoned(key) {
                let diagnostic = at_key(page, format!("the key `{key}` is missing in this paging"));
                self.context
                    .diagnostics
                    .push(diagnostic.help(format!("`{key}`: Rust name of a field of the request")));
            }
            return None;
        };
        let name = written.scalar()?;
        let found = request.iter().find(|f| f.name == name).map(|f| f.wire.clone());
        if found.is_none() && endpoint.entry.knows_fields() {
            let known: Vec<&str> = request.iter().map(|f| f.name.as_str()).collect();
            let diagnostic =
                at_value(written, format!("the paging names `{name}`, which is not a field of the request"));
            let diagnostic = match request.iter().find(|f| f.wire == name) {
                Some(field) => {
                    diagnostic.help(format!("did you mean `{}`? Here its Rust name is wanted", field.name))
                }
                None => did_you_mean(diagnostic, &name, &known),
            };
            self.context.diagnostics.push(diagnostic);
        }
        found
    }
}

/// Where the fields go unless an entry says so.
fn default_body(method: Method) -> BodyForm {
    match method {
        Method::Get => BodyForm::Query,
        Method::Post | Method::Put | Method::Delete | Method::Patch => BodyForm::Json,
    }
}

fn signed(node: &Node) -> Option<Evidence> {
    word_at(node, "signed", Evidence::from_word)
}
