//! From a call to a draft of its entry.

use airudder_codegen::names;
use airudder_model::Effect;

use super::call::Call;
use super::document::Node;
use super::draft::{Entry, Response};
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

/// Makes drafts; what a person must look at is collected in their notes.
pub(super) struct Lowering<'a> {
    pub(super) root: &'a Node,
    pub(super) reader: Reader<'a>,
    pub(super) key: String,
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
            key: key.to_owned(),
            is_webhook: call.is_webhook,
            title: String::new(),
            title_zh: None,
            summary: String::new(),
            paragraphs: Vec::new(),
            path,
            method_known: call.method.is_some(),
            body: None,
            deprecated: operation.flag_at("deprecated"),
            effect: operation.text_at("x-effect").as_deref().and_then(Effect::from_word),
            open: false,
            by_status: false,
            open_response: false,
            fields: Vec::new(),
            response: Response::Nothing,
            request_sample: None,
            response_sample: None,
            method,
            notes: Vec::new(),
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
        if !call.is_webhook {
            self.authentication(operation);
        }
        self.reader.find_extensions(operation);
        for (key, _) in operation.entries() {
            if !READ.contains(&key.as_str()) && !key.starts_with("x-") {
                self.note(format!("not read: `{}` of the call", yaml::short(key)));
            }
        }
        if let Some(sample) = entry.request_sample.as_mut().filter(|_| !call.is_webhook) {
            samples::complete(sample, &entry.fields, &self.reader.enums);
        }
        entry.open |= operation.flag_at("x-open");
        entry.notes = std::mem::take(&mut self.notes);
        Ok(entry)
    }

    /// What the call says of its authentication, where that is not what the document says.
    fn authentication(&mut self, operation: &Node) {
        let Some(own) = operation.get("security").filter(|own| self.root.get("security") != Some(own)) else {
            return;
        };
        let schemes = |node: &Node| -> Vec<String> {
            node.items()
                .iter()
                .flat_map(Node::entries)
                .map(|(name, _)| format!("`{}`", yaml::short(name)))
                .collect()
        };
        let names = schemes(own);
        if names.is_empty() {
            self.note("it goes without authentication on the page: `auth: none` may be right");
        } else if self.root.get("security").is_some() {
            self.note(format!("authentication of its own on the page: {}", names.join(", ")));
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

/// The media type to read, JSON before all others, and the names of the others.
pub(super) fn best_media(content: &Node) -> Option<(&str, &Node, Vec<String>)> {
    let entries = content.entries();
    let json = entries.iter().find(|(name, _)| name.contains("json"));
    let (name, media) = json.or_else(|| entries.first())?;
    let others = entries.iter().filter(|(other, _)| other != name);
    Some((name, media, others.map(|(other, _)| format!("`{}`", yaml::short(other))).collect()))
}
