//! Endpoints and webhooks, with `same_as` carried out.

use super::tables::evidence_at;
use super::{Context, fields, types};
use crate::names;
use crate::spec::mistakes::{Mistake, at_key, at_value, did_you_mean};
use crate::spec::model::{Endpoint, Entry, Evidence, Field, Page, Payload, Response, Spec, Type, TypeRef, Webhook};
use crate::spec::node::Node;

/// The endpoints and webhooks of a section.
pub(super) fn entries(spec: &Spec, section: usize, node: &Node, context: &mut Context<'_>) -> (Vec<Endpoint>, Vec<Webhook>) {
    let name = &spec.sections[section].name;
    let mut endpoints = Vec::new();
    for (entry, written) in node.get("endpoints").map(Node::entries).unwrap_or_default() {
        if good_name(entry, written, context) {
            let mut way = Vec::new();
            endpoints.extend(Maker { spec, context }.endpoint(&format!("{name}.{entry}"), written, &mut way));
        }
    }
    let mut webhooks = Vec::new();
    for (entry, written) in node.get("webhooks").map(Node::entries).unwrap_or_default() {
        if endpoints.iter().any(|e: &Endpoint| e.entry.name == *entry) {
            let mistake = at_key(&written.origin, format!("the webhook `{entry}` has the name of an endpoint of this section"));
            context.mistakes.push(mistake.help("endpoints are called `verb_noun`, webhooks `thing_happened`"));
            continue;
        }
        if good_name(entry, written, context) {
            let mut way = Vec::new();
            webhooks.extend(Maker { spec, context }.webhook(&format!("{name}.{entry}"), written, &mut way));
        }
    }
    check_types(spec, section, &endpoints, &webhooks, context);
    (endpoints, webhooks)
}

fn good_name(name: &str, written: &Node, context: &mut Context<'_>) -> bool {
    match names::problem_with_field_name(name) {
        None => true,
        Some(problem) => {
            context.mistakes.push(at_key(&written.origin, format!("`{name}` cannot name a method: {problem}")));
            false
        }
    }
}

/// Reports two things of a section that would have one Rust name.
fn check_types(spec: &Spec, section: usize, endpoints: &[Endpoint], webhooks: &[Webhook], context: &mut Context<'_>) {
    let section = &spec.sections[section];
    let mut all = Vec::new();
    for e in &section.types.enums {
        all.push((e.name.clone(), e.origin.clone(), format!("the enum `{}`", e.name)));
    }
    for s in &section.types.structs {
        all.push((s.name.clone(), s.origin.clone(), format!("the struct `{}`", s.name)));
    }
    for e in endpoints {
        let name = names::pascal(&e.entry.name);
        all.push((name.clone(), e.entry.node.origin.clone(), format!("the endpoint `{}`", e.entry.name)));
        if matches!(e.response, Response::Fields(_)) && e.response_owner == e.entry.key {
            all.push((format!("{name}Response"), e.entry.node.origin.clone(), format!("the answer of the endpoint `{}`", e.entry.name)));
        }
    }
    for w in webhooks {
        all.push((names::pascal(&w.entry.name), w.entry.node.origin.clone(), format!("the webhook `{}`", w.entry.name)));
    }
    all.push((
        names::pascal(&section.name),
        all.first().map_or_else(|| crate::spec::node::Origin::root(section.file), |a| a.1.clone()),
        "the section's handle".to_owned(),
    ));
    // The handle's name was given by nobody in particular: blame the thing that clashes with it.
    all.rotate_right(1);
    context.check_unique_rust_names(&all);
}

struct Maker<'a, 'b, 'c> {
    spec: &'a Spec,
    context: &'b mut Context<'c>,
}

impl Maker<'_, '_, '_> {
    fn endpoint(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<Endpoint> {
        way.push(key.to_owned());
        let made = match node.get("same_as") {
            Some(written) => self.derived_endpoint(key, node, written, way),
            None => Some(self.plain_endpoint(key, node)),
        };
        way.pop();
        made
    }

    fn webhook(&mut self, key: &str, node: &Node, way: &mut Vec<String>) -> Option<Webhook> {
        way.push(key.to_owned());
        let made = match node.get("same_as") {
            Some(written) => self.derived_webhook(key, node, written, way),
            None => Some(self.plain_webhook(key, node)),
        };
        way.pop();
        made
    }

    fn plain_endpoint(&mut self, key: &str, node: &Node) -> Endpoint {
        let entry = self.entry(key, node);
        let request = self.fields_or_struct(node.get("request"), entry.fields_evidence);
        let response = self.response(node.get("response"), entry.fields_evidence);
        let mut endpoint = Endpoint {
            path: None,
            body: String::new(),
            effect: node.text_at("effect").unwrap_or_default(),
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
        if endpoint.body.is_empty() {
            endpoint.body = if endpoint.entry.method == "GET" { "query" } else { "json" }.to_owned();
        }
        endpoint
    }

    fn derived_endpoint(&mut self, key: &str, node: &Node, written: &Node, way: &mut Vec<String>) -> Option<Endpoint> {
        let (base_key, base_node) = self.base("endpoints", written, way)?;
        let mut endpoint = self.quietly(|maker| maker.endpoint(&base_key, &base_node, way))?;
        let base_entry = endpoint.entry.clone();
        let base_is_gated = base_entry.evidence == Evidence::Assumed && endpoint.path.is_some();
        endpoint.entry = self.derived_entry(key, node, base_entry, base_key);
        if base_is_gated && endpoint.entry.evidence != Evidence::Assumed {
            // The base's types exist with the feature `unverified` only, this entry's always.
            endpoint.request_owner = key.to_owned();
            endpoint.response_owner = key.to_owned();
        }
        if let Some(evidence) = node.text_at("fields_evidence").as_deref().and_then(Evidence::from_word) {
            endpoint.request.iter_mut().for_each(|f| f.evidence = evidence);
            if let Response::Fields(fields) = &mut endpoint.response {
                fields.iter_mut().for_each(|f| f.evidence = evidence);
            }
        }
        if node.get("timeout").is_some() {
            endpoint.timeout_secs = self.timeout(node);
        }
        if let Some(effect) = node.text_at("effect") {
            endpoint.effect = effect;
        }
        self.change_request(&mut endpoint, node);
        self.change_response(&mut endpoint, node);
        self.own_keys(&mut endpoint, node);
        Some(endpoint)
    }

    fn change_request(&mut self, endpoint: &mut Endpoint, node: &Node) {
        let [change, add, drop] = parts(node, "request");
        if change.is_some() || add.is_some() || drop.is_some() {
            let base = std::mem::take(&mut endpoint.request);
            endpoint.request = fields::changed(base, change, add, drop, endpoint.entry.fields_evidence, self.context);
            fields::check_unique_wire_names(&endpoint.request, self.context);
            endpoint.request_owner = endpoint.entry.key.clone();
            // The base's example may lack what was added.
            endpoint.sample_request = None;
        }
    }

    fn change_response(&mut self, endpoint: &mut Endpoint, node: &Node) {
        let [change, add, drop] = parts(node, "response");
        let Some(first) = change.or(add).or(drop) else { return };
        let Response::Fields(base) = &mut endpoint.response else {
            let mistake = at_value(first, "the base's answer has no fields of its own to change".to_owned());
            self.context.mistakes.push(mistake.help("its `response` is a type's name: derive that type instead"));
            return;
        };
        let base = std::mem::take(base);
        let fields = fields::changed(base, change, add, drop, endpoint.entry.fields_evidence, self.context);
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
        if let Some(body) = node.text_at("body") {
            endpoint.body = body;
        }
        if node.get("auth").is_some() {
            endpoint.no_auth = true;
        }
        if let Some(deprecated) = node.text_at("deprecated") {
            endpoint.deprecated = Some(deprecated);
        }
        if let Some(errors) = node.get("errors") {
            endpoint.errors = errors.items().iter().filter_map(Node::integer).collect();
        }
        if node.get("open_response").is_some() {
            endpoint.open_response = node.flag_at("open_response");
        }
        if let Some(page) = node.get("page") {
            endpoint.page = self.page(page, &endpoint.request);
        }
        if let Some(sample) = node.get("sample") {
            endpoint.sample_request = sample.get("request").cloned().or(endpoint.sample_request.take());
            endpoint.sample_response = sample.get("response").cloned().or(endpoint.sample_response.take());
        }
    }

    fn plain_webhook(&mut self, key: &str, node: &Node) -> Webhook {
        let entry = self.entry(key, node);
        let payload = match node.get("payload") {
            Some(written) if written.text().is_some() => match self.named_struct(written) {
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
        Webhook { signed: signed(node), payload, payload_owner: key.to_owned(), sample: node.get("sample").cloned(), entry }
    }

    fn derived_webhook(&mut self, key: &str, node: &Node, written: &Node, way: &mut Vec<String>) -> Option<Webhook> {
        let (base_key, base_node) = self.base("webhooks", written, way)?;
        let mut webhook = self.quietly(|maker| maker.webhook(&base_key, &base_node, way))?;
        let base_entry = webhook.entry.clone();
        webhook.entry = self.derived_entry(key, node, base_entry, base_key);
        if let (Some(evidence), Payload::Fields(fields)) = (evidence_at(node), &mut webhook.payload) {
            fields.iter_mut().for_each(|f| f.evidence = evidence);
        }
        if node.get("signed").is_some() {
            webhook.signed = signed(node);
        }
        let [change, add, drop] = parts(node, "payload");
        if let Some(first) = change.or(add).or(drop) {
            let base = match &webhook.payload {
                Payload::Fields(fields) => fields.clone(),
                Payload::Struct(at) => self.spec_struct(at),
            };
            let fields = fields::changed(base, change, add, drop, webhook.entry.fields_evidence, self.context);
            fields::check_unique_wire_names(&fields, self.context);
            let _ = first;
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
    fn base(&mut self, group: &str, written: &Node, way: &[String]) -> Option<(String, Node)> {
        let key = written.scalar()?;
        if way.contains(&key) {
            let circle: Vec<&str> = way.iter().map(String::as_str).chain([key.as_str()]).collect();
            self.context.mistakes.push(at_value(written, format!("`same_as: {key}` goes in a circle: {}", circle.join(" -> "))));
            return None;
        }
        let found = key.split_once('.').and_then(|(section, name)| {
            let (_, tree) = self.context.trees.sections.iter().find(|(s, _)| s == section)?;
            tree.get(group)?.get(name).cloned()
        });
        if found.is_none() && !self.context.is_declared(group, &key) {
            let known = self.context.declared(group);
            let mistake = at_value(written, format!("`same_as: {key}` names nothing"));
            let mistake = did_you_mean(mistake, &key, &known).help("it takes the whole key, such as `collection.create_task`");
            self.context.mistakes.push(mistake);
        }
        found.map(|node| (key, node))
    }

    /// Mistakes of a base are told where it stands; only circles show on the way down.
    fn quietly<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> T {
        let told = self.context.mistakes.len();
        let made = make(self);
        let circles: Vec<Mistake> = self.context.mistakes.drain(told..).filter(|m| m.text.contains("goes in a circle")).collect();
        self.context.mistakes.extend(circles);
        made
    }

    fn entry(&mut self, key: &str, node: &Node) -> Entry {
        let (section, name) = key.split_once('.').unwrap_or(("", key));
        let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
        Entry {
            name: name.to_owned(),
            key: key.to_owned(),
            section: section.to_owned(),
            title: node.text_at("title").unwrap_or_default(),
            title_zh: node.text_at("title_zh"),
            title_is_ours: node.flag_at("title_is_ours"),
            pages: node.texts_at("pages"),
            pages_maybe: node.texts_at("pages_maybe"),
            evidence,
            method_evidence: word_at(node, "method_evidence").unwrap_or(evidence),
            fields_evidence: match node.text_at("fields_evidence").as_deref() {
                None => Some(evidence),
                Some(word) => Evidence::from_word(word),
            },
            method: node.text_at("method").unwrap_or_else(|| "POST".to_owned()),
            summary: node.text_at("summary").unwrap_or_default(),
            notes: node.texts_at("notes"),
            open: node.flag_at("open"),
            bases: Vec::new(),
            node: node.clone(),
        }
    }

    fn derived_entry(&mut self, key: &str, node: &Node, base: Entry, base_key: String) -> Entry {
        let own = self.entry(key, node);
        let says = |name: &str| node.get(name).is_some();
        let mut bases = vec![base_key];
        bases.extend(base.bases);
        let evidence = if says("evidence") { own.evidence } else { base.evidence };
        Entry {
            title: if says("title") { own.title } else { base.title },
            title_zh: if says("title_zh") { own.title_zh.filter(|t| t != "none") } else { base.title_zh },
            title_is_ours: if says("title_is_ours") || says("title") { own.title_is_ours } else { base.title_is_ours },
            // A page tells of one entry: a twin has its own or none.
            pages: own.pages,
            pages_maybe: own.pages_maybe,
            evidence,
            method_evidence: if says("method_evidence") { own.method_evidence } else { base.method_evidence },
            fields_evidence: if says("fields_evidence") || says("evidence") { own.fields_evidence } else { base.fields_evidence },
            method: if says("method") { own.method } else { base.method },
            summary: if says("summary") { own.summary } else { base.summary },
            notes: if says("notes") { own.notes } else { base.notes },
            open: if says("open") { own.open } else { base.open },
            bases,
            ..own
        }
    }

    fn timeout(&mut self, node: &Node) -> u32 {
        let wanted = node.text_at("timeout");
        let class = wanted.as_deref().unwrap_or("normal");
        let found = self.spec.timeouts.iter().find(|(name, _)| name == class).map(|(_, secs)| *secs);
        if let (None, Some(written)) = (found, node.get("timeout"))
            && !self.context.is_blind()
        {
            let known: Vec<&str> = self.spec.timeouts.iter().map(|(name, _)| name.as_str()).collect();
            let mistake = did_you_mean(at_value(written, format!("there is no time-out class `{class}` in api.yaml")), class, &known);
            self.context.mistakes.push(mistake);
        }
        found.unwrap_or(60)
    }

    fn fields_or_struct(&mut self, written: Option<&Node>, evidence: Option<Evidence>) -> Vec<Field> {
        let Some(written) = written else { return Vec::new() };
        let fields = if written.text().is_some() {
            match self.named_struct(written) {
                Some(at) => self.spec_struct(&at),
                None => Vec::new(),
            }
        } else {
            fields::fields(written, evidence, self.context)
        };
        fields::check_unique_wire_names(&fields, self.context);
        fields
    }

    fn spec_struct(&self, at: &TypeRef) -> Vec<Field> {
        self.spec.find_struct(at).map(|s| s.fields.clone()).unwrap_or_default()
    }

    fn named_struct(&mut self, written: &Node) -> Option<TypeRef> {
        let name = written.scalar()?;
        match types::find_type(&name, written, self.context) {
            Some(Type::Struct(at)) => Some(at),
            Some(_) => {
                self.context.mistakes.push(at_value(written, format!("`{name}` is not a struct")));
                None
            }
            None => {
                types::unknown_type(&name, written, self.context);
                None
            }
        }
    }

    fn response(&mut self, written: Option<&Node>, evidence: Option<Evidence>) -> Response {
        let json = || Response::Type(Type::Plain("json"));
        match written {
            None => json(),
            Some(written) => match written.text() {
                Some("file") => Response::File,
                Some(text) => fields::parse_type(text, written, self.context).map_or_else(json, Response::Type),
                None => {
                    let fields = fields::fields(written, evidence, self.context);
                    fields::check_unique_wire_names(&fields, self.context);
                    Response::Fields(fields)
                }
            },
        }
    }

    fn page(&mut self, node: &Node, request: &[Field]) -> Option<Page> {
        let kind = node.text_at("kind")?;
        let (moves, size) = match kind.as_str() {
            "number" => ("page", "size"),
            "offset" => ("offset", "limit"),
            _ => ("cursor", "size"),
        };
        let moves = self.page_field(node, moves, request);
        let size = self.page_field(node, size, request);
        if kind == "cursor" && node.get("item_id").is_none() {
            self.context
                .mistakes
                .push(at_key(&node.origin, "the key `item_id` is missing: a cursor is the id of the last entry".to_owned()));
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
    fn page_field(&mut self, page: &Node, key: &str, request: &[Field]) -> Option<String> {
        let Some(written) = page.get(key) else {
            self.context.mistakes.push(at_key(&page.origin, format!("the key `{key}` is missing in this paging")));
            return None;
        };
        let name = written.scalar()?;
        let found = request.iter().find(|f| f.name == name).map(|f| f.wire.clone());
        if found.is_none() {
            let known: Vec<&str> = request.iter().map(|f| f.name.as_str()).collect();
            let mistake = at_value(written, format!("the paging names `{name}`, which is no field of the request"));
            self.context.mistakes.push(did_you_mean(mistake, &name, &known));
        }
        found
    }
}

fn parts<'a>(node: &'a Node, what: &str) -> [Option<&'a Node>; 3] {
    ["change", "add", "drop"].map(|group| node.get(group).and_then(|g| g.get(what)))
}

fn word_at(node: &Node, key: &str) -> Option<Evidence> {
    node.text_at(key).as_deref().and_then(Evidence::from_word)
}

fn signed(node: &Node) -> Option<Evidence> {
    word_at(node, "signed")
}
