//! From a call to a draft of its entry.

use airudder_codegen::names;
use airudder_model::Effect;

use super::call::Call;
use super::document::Node;
use super::draft::{Entry, Field, Response};
use super::error::ImportError;
use super::paths;
use super::samples;
use super::schemas::Reader;
use super::yaml;

/// Keywords of an operation that are read, or that say nothing about the call.
const READ: &[&str] = &[
    "tags",
    "summary",
    "description",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
    "security",
    "servers",
];

/// Names, in small letters and without signs, of what asks for the next page.
const CURSORS: &[&str] =
    &["cursor", "after", "startingafter", "startafter", "pagetoken", "nexttoken", "continuation", "marker"];
/// And of the key of an answer that has it.
const NEXT: &[&str] =
    &["nextcursor", "next", "nextpage", "nextpagetoken", "nexttoken", "endcursor", "cursor", "nextmarker"];
/// And of the size of a page.
const SIZES: &[&str] = &["limit", "size", "pagesize", "perpage", "count", "maxresults"];

/// Makes drafts; what a person must look at is collected in their notes.
pub(super) struct Lowering<'a> {
    pub(super) root: &'a Node,
    pub(super) reader: Reader<'a>,
    pub(super) key: String,
    /// Whether calls of the document say how they authenticate.
    pub(super) secured: bool,
    pub(super) notes: Vec<String>,
}

impl<'a> Lowering<'a> {
    pub(super) fn entry(&mut self, call: &Call<'a>, key: &str) -> Result<Entry, ImportError> {
        self.key = key.to_owned();
        self.notes.clear();
        self.reader.begin(self.parent());
        let operation = call.operation;
        let path = call.path.as_deref().map(|path| paths::path(path, call, self.root)).transpose()?;
        let (path, renamed) = match path {
            Some(path) => {
                path.notes.into_iter().for_each(|note| self.note(note));
                (Some(path.path), path.renamed)
            }
            None => (None, Vec::new()),
        };
        let written = operation.get("requestBody").or_else(|| operation.get("x-request-body"));
        let body = written.filter(|body| !body.is_null());
        let method =
            call.method.clone().unwrap_or_else(|| if body.is_some() { "POST" } else { "GET" }.to_owned());
        let mut entry = Entry {
            is_webhook: call.is_webhook,
            path,
            method_known: call.method.is_some(),
            deprecated: operation.flag_at("deprecated"),
            effect: operation.text_at("x-effect").as_deref().and_then(Effect::from_word),
            method,
            ..Entry::new(key)
        };
        self.titles(&mut entry, operation);
        self.parameters(&mut entry, call, body.is_some(), &renamed)?;
        if let Some(body) = body {
            self.body(&mut entry, body)?;
        }
        if !call.is_webhook {
            self.path_parameters(&mut entry);
            self.response(&mut entry, operation)?;
        }
        let item = call.item.filter(|item| !std::ptr::eq(*item, operation));
        for text in
            item.into_iter().flat_map(|item| [item.text_at("summary"), item.text_at("description")]).flatten()
        {
            if !yaml::short(&text).is_empty() {
                self.note(format!("of the path the page says: {}", yaml::short(&text)));
            }
        }
        entry.open |= operation.flag_at("x-open");
        if !call.is_webhook {
            without_body(&mut entry, body.is_some());
            self.cursor(&entry);
        }
        self.authentication(call);
        self.reader.find_extensions(operation);
        for (key, _) in operation.entries() {
            if !READ.contains(&key.as_str()) && !key.starts_with("x-") {
                self.note(format!("not read: `{}` of the call", yaml::short(key)));
            }
        }
        if let Some(sample) = entry.request_sample.as_mut().filter(|_| !call.is_webhook) {
            samples::complete(sample, &entry.fields, &self.reader.enums);
        }
        entry.notes = std::mem::take(&mut self.notes);
        Ok(entry)
    }

    /// What the call says of its authentication, where that is not what the document says of all.
    fn authentication(&mut self, call: &Call<'a>) {
        let (own, root) = (call.operation.get("security"), self.root.get("security"));
        let names = own.map(ways).unwrap_or_default();
        if call.is_webhook {
            if !names.is_empty() {
                self.note(format!(
                    "the message shows who sends it by {} on the page: `signed` may be right",
                    names.join(" or ")
                ));
            }
            return;
        }
        if own.is_some() && own == root || own.is_none() && (root.is_some() || !self.secured) {
            return;
        }
        let all = self.root.get("components").and_then(|components| components.get("securitySchemes"));
        let is_only = root.is_none() && all.is_some_and(|all| all.entries().len() == 1);
        if names.is_empty() {
            self.note("it goes without authentication on the page: `auth: none` may be right");
        } else if !is_only || names.iter().any(|name| !name.ends_with('`')) {
            self.note(format!("authentication of its own on the page: {}", names.join(" or ")));
        }
    }

    /// Whether it looks as if the call gave a list in pages: a person must say so.
    fn cursor(&mut self, entry: &Entry) {
        let Response::Fields(answer) = &entry.response else { return };
        let is = |names: &[&str], field: &Field| {
            let plain: String = field.wire.chars().filter(char::is_ascii_alphanumeric).collect();
            names.contains(&plain.to_lowercase().as_str())
        };
        let asked = entry.fields.iter().find(|field| is(CURSORS, field));
        let next = answer.iter().find(|field| is(NEXT, field) && field.ty == "string");
        let items = answer.iter().find(|field| field.ty.starts_with("list<"));
        if let (Some(asked), Some(next), Some(items), "GET") = (asked, next, items, entry.method.as_str()) {
            let size = entry.fields.iter().find(|field| is(SIZES, field) && field.ty == "integer");
            let size = size.map(|size| format!(", size: {}", size.name)).unwrap_or_default();
            self.note(format!(
                "it seems to give a list in pages: `page: {{kind: cursor, cursor: {}, next: {}{size}, items: \
                 {}}}` may be right",
                asked.name, next.wire, items.wire
            ));
        }
    }

    fn titles(&self, entry: &mut Entry, operation: &Node) {
        let said = |key: &str| operation.text_at(key).filter(|text| !yaml::short(text).is_empty());
        let own = self.key.replace('_', " ");
        let (title, description) = (said("summary"), said("description"));
        let is_chinese = |text: &String| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        let whole = description.or_else(|| title.clone()).unwrap_or_else(|| own.clone());
        let (summary, is_cut) = yaml::summary(&whole);
        entry.summary = summary;
        if is_cut {
            entry.paragraphs = yaml::paragraphs(&whole);
        }
        let title = title.map(|title| yaml::short(&title));
        match title {
            Some(title) if is_chinese(&title) => entry.title_zh = Some(title),
            Some(title) => entry.title = title,
            None => {}
        }
        if entry.title.is_empty() {
            entry.title = own[..1].to_uppercase() + &own[1..];
        }
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn parent(&self) -> String {
        names::pascal(&self.key)
    }
}

/// The authentication of a call or a document: each way with what it asks for.
pub(super) fn ways(security: &Node) -> Vec<String> {
    let is_nothing = |way: &&Node| !way.has_entries();
    if security.items().iter().all(|way| is_nothing(&way)) {
        return Vec::new();
    }
    let all = security.items().iter().map(|way| {
        if is_nothing(&way) {
            return "nothing".to_owned();
        }
        let parts = way.entries().iter().map(|(name, scopes)| {
            let scopes: Vec<String> = scopes.items().iter().filter_map(Node::scalar).collect();
            let scopes = match &scopes[..] {
                [] => String::new(),
                scopes => format!(" ({})", yaml::short(&scopes.join(", "))),
            };
            format!("`{}`{scopes}", yaml::short(name))
        });
        parts.collect::<Vec<_>>().join(" with ")
    });
    all.collect()
}

/// Where nothing is left for a body, none is sent.
fn without_body(entry: &mut Entry, has_body: bool) {
    let path = entry.path.as_deref().unwrap_or_default();
    let is_elsewhere = |field: &Field| {
        path.contains(&format!("{{{}}}", field.wire)) || field.limits.iter().any(|(key, _)| *key == "in")
    };
    if !has_body && !entry.open && entry.method != "GET" && entry.fields.iter().all(is_elsewhere) {
        entry.body = Some("none");
    }
}

/// The media type to read, JSON before all others, and the names of the others.
pub(super) fn best_media(content: &Node) -> Option<(&str, &Node, Vec<String>)> {
    let entries = content.entries();
    let json = entries.iter().find(|(name, _)| name.contains("json"));
    let (name, media) = json.or_else(|| entries.first())?;
    let others = entries.iter().filter(|(other, _)| other != name);
    Some((name, media, others.map(|(other, _)| format!("`{}`", yaml::short(other))).collect()))
}
