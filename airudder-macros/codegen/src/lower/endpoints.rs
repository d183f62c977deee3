//! Endpoints.

use super::fields::Changes;
use super::resolve;
use super::words::word_at;
use super::{Found, Kind, fields};
use crate::diagnostic::{at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, FindBy, Idempotency, PollUntil, Response, ThenPoll, Type, TypeRef};
use crate::schema::validate;
use crate::syntax::node::Node;
use airudder_model::{BodyForm, Effect, Evidence, Method, Scalar, SuccessRule};

use super::entries::Lowering;

impl<'c> Lowering<'_, '_, 'c> {
    pub(super) fn plain_endpoint(&mut self, key: &str, node: &Node) -> Endpoint {
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
            payload_required: false,
            success: SuccessRule::Envelope,
            find_by: None,
            poll_until: None,
            then_poll: None,
            idempotency: None,
            sample_request: None,
            sample_response: None,
            entry,
        };
        self.own_keys(&mut endpoint, node);
        endpoint
    }

    pub(super) fn derived_endpoint(
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
        self.check_effect_said(node, &endpoint, &base_key);
        endpoint.entry = self.derived_entry(key, node, base_entry, base_key);
        if base_is_gated && !endpoint.entry.evidence.is_gated() {
            // The base's types exist with the feature `unverified` only, this entry's always.
            endpoint.request_owner = key.to_owned();
            endpoint.response_owner = key.to_owned();
        }
        if had_default_body {
            endpoint.body = default_body(endpoint.entry.method);
        }
        let ceiling = endpoint.entry.fields_evidence.unwrap_or(Evidence::Assumed);
        fields::lower_evidence(&mut endpoint.request, ceiling);
        if let Response::Fields(fields) = &mut endpoint.response {
            fields::lower_evidence(fields, ceiling);
        }
        if node.get("timeout").is_some() {
            endpoint.timeout_secs = self.timeout(node);
        }
        if let Some(effect) = word_at(node, "effect", Effect::from_word) {
            endpoint.effect = effect;
        }
        // What makes a repeat safe, and where to look, is not taken over by another call.
        if endpoint.then_poll.take().is_some() || endpoint.idempotency.take().is_some() {
            endpoint.request_owner = key.to_owned();
            endpoint.idempotency = None;
        }
        // The list of the base's section may have no twin here.
        let section = endpoint.entry.section.clone();
        let is_here = |list: &str| {
            let key = format!("{section}.{list}");
            matches!(self.context.index.entry(Kind::Endpoint, &key), Found::Here(_))
        };
        endpoint.find_by = endpoint.find_by.take().filter(|find_by| is_here(&find_by.list));
        self.change_request(&mut endpoint, node);
        self.change_response(&mut endpoint, node);
        self.own_keys(&mut endpoint, node);
        Some(endpoint)
    }

    /// What may be repeated is not taken over by a call to another place.
    fn check_effect_said(&mut self, node: &Node, base: &Endpoint, base_key: &str) {
        if node.get("effect").is_some() || node.is_poisoned("effect") {
            return;
        }
        let path = node.get("path").filter(|path| {
            path.scalar().is_some_and(|path| Some(&path) != base.path.as_ref().or(Some(&"none".to_owned())))
        });
        let method = node.get("method").filter(|method| {
            method.text().and_then(Method::from_word).is_some_and(|method| method != base.entry.method)
        });
        if let Some((written, what)) = path.map(|p| (p, "path")).or(method.map(|m| (m, "method"))) {
            let text = format!("another {what} than that of `{base_key}`, and `effect` is not said again");
            let help = format!(
                "say what calling it does: `effect: {}` if it is as there, else {}",
                base.effect,
                Effect::WORDS
                    .iter()
                    .filter(|w| **w != base.effect.word())
                    .copied()
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            self.context.diagnostics.push(at_value(written, text).help(help));
        }
    }

    pub(super) fn change_request(&mut self, endpoint: &mut Endpoint, node: &Node) {
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

    pub(super) fn change_response(&mut self, endpoint: &mut Endpoint, node: &Node) {
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
        // What it is over by may have been left out.
        let is_there = |until: &PollUntil| fields.iter().any(|field| field.wire == until.field);
        endpoint.poll_until = endpoint.poll_until.take().filter(is_there);
        endpoint.response = Response::Fields(fields);
        endpoint.response_owner = endpoint.entry.key.clone();
        endpoint.sample_response = None;
    }

    /// Keys that stand for themselves: what an entry says replaces what its base says.
    pub(super) fn own_keys(&mut self, endpoint: &mut Endpoint, node: &Node) {
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
            endpoint.errors = errors.items().iter().filter_map(validate::code).collect();
        }
        if node.get("open_response").is_some() {
            endpoint.open_response = node.flag_at("open_response");
        }
        if node.get("payload_required").is_some() {
            endpoint.payload_required = node.flag_at("payload_required");
        }
        if let Some(success) = word_at(node, "success", SuccessRule::from_word) {
            endpoint.success = success;
        }
        if let Some(written) = node.get("find_by")
            && let (Some(name), Some(list)) = (written.text_at("name"), written.text_at("in"))
        {
            endpoint.find_by = Some(FindBy { name, list });
        }
        if let Some(page) = node.get("page") {
            endpoint.page = self.page(page, endpoint);
            // The type of a request says how its list pages.
            endpoint.request_owner = endpoint.entry.key.clone();
        }
        if let Some(until) = node.get("poll_until") {
            endpoint.poll_until = self.poll_until(until);
            endpoint.request_owner = endpoint.entry.key.clone();
        }
        if let Some(written) = node.get("then_poll")
            && let Some(name) = written.text_at("endpoint")
        {
            let fields = written.get("fields").map(Node::entries).unwrap_or_default();
            let fields =
                fields.iter().filter_map(|(wire, key)| Some((wire.clone(), key.scalar()?))).collect();
            endpoint.then_poll = Some(ThenPoll { endpoint: name, fields });
            endpoint.request_owner = endpoint.entry.key.clone();
        }
        if let Some(written) = node.get("idempotency")
            && let Some(header) = written.text_at("header")
        {
            let max_chars =
                written.integer_at("max_chars").and_then(|n| u32::try_from(n).ok()).unwrap_or(255);
            let required = written.flag_at("required");
            endpoint.idempotency = Some(Idempotency { header, required, max_chars });
            endpoint.request_owner = endpoint.entry.key.clone();
        }
        if let Some(sample) = node.get("sample") {
            endpoint.sample_request = sample.get("request").cloned().or(endpoint.sample_request.take());
            endpoint.sample_response = sample.get("response").cloned().or(endpoint.sample_response.take());
        }
    }

    /// One key of the answer, and what it says at the end.
    fn poll_until(&mut self, written: &Node) -> Option<PollUntil> {
        let entries = written.entries();
        let [(field, listed)] = entries else {
            let at = entries.get(1).map_or(written, |(_, second)| second);
            let text =
                format!("{} keys in this `poll_until`: one says whether the wait is over", entries.len());
            let help = "name the field of the answer with the state: `poll_until: {Status: [finished]}`";
            self.context.diagnostics.push(at_key(at, text).help(help));
            return None;
        };
        let values: Vec<String> = listed.items().iter().filter_map(Node::scalar).collect();
        if values.is_empty() {
            let text = format!("no value of `{field}` ends the wait");
            let help = format!("list the states in which it is over: `{{{field}: [finished]}}`");
            self.context.diagnostics.push(at_value(listed, text).help(help));
            return None;
        }
        Some(PollUntil { field: field.clone(), values })
    }

    pub(super) fn timeout(&mut self, node: &Node) -> u32 {
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

    pub(super) fn fields_or_struct(
        &mut self,
        written: Option<&Node>,
        evidence: Option<Evidence>,
    ) -> Vec<Field> {
        let Some(written) = written else { return Vec::new() };
        if written.text().is_some() {
            // What is wrong with the struct's fields is reported where it stands.
            let at = resolve::find_struct(written, self.context);
            let mut fields = at.map(|at| self.struct_fields(&at)).unwrap_or_default();
            fields::lower_evidence(&mut fields, evidence.unwrap_or(Evidence::Assumed));
            return fields;
        }
        let fields = fields::fields(written, evidence, self.context);
        fields::check_unique_wire_names(&fields, self.context);
        fields
    }

    pub(super) fn struct_fields(&self, at: &TypeRef) -> Vec<Field> {
        self.spec.find_struct(at).map(|s| s.fields.clone()).unwrap_or_default()
    }

    pub(super) fn response(&mut self, written: Option<&Node>, evidence: Option<Evidence>) -> Response {
        let json = || Response::Type(Type::Scalar(Scalar::Json));
        match written {
            None => json(),
            Some(written) => match written.text() {
                Some("file") => Response::File,
                Some(text) => {
                    resolve::parse_type(text, written, self.context).map_or_else(json, Response::Type)
                }
                None => {
                    let fields = fields::fields(written, evidence, self.context);
                    fields::check_unique_wire_names(&fields, self.context);
                    Response::Fields(fields)
                }
            },
        }
    }
}

/// Where the fields go unless an entry says so.
fn default_body(method: Method) -> BodyForm {
    match method {
        Method::Get => BodyForm::Query,
        Method::Post | Method::Put | Method::Delete | Method::Patch => BodyForm::Json,
    }
}
