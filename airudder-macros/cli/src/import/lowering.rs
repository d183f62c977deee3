//! From the call to a draft of its entry.

use airudder_codegen::names;
use serde_json::Value as Json;

use super::call::Call;
use super::document::{Node, Value};
use super::draft::{Entry, Field, Response, Side};
use super::error::ImportError;
use super::request::Request;
use super::schemas::Reader;
use super::yaml;

/// Makes the draft; what a person must look at is collected in `notes`.
pub(super) struct Lowering<'a> {
    pub(super) reader: Reader<'a>,
    pub(super) request: &'a Request,
    pub(super) notes: Vec<String>,
}

impl<'a> Lowering<'a> {
    pub(super) fn entry(&mut self, call: &Call<'a>) -> Result<Entry, ImportError> {
        let operation = call.operation;
        let path = call.path.as_deref().map(|path| self.path(path)).transpose()?;
        let has_body = operation.get("requestBody").is_some();
        let method = call.method.clone().unwrap_or_else(|| if has_body { "POST" } else { "GET" }.to_owned());
        let mut entry = Entry {
            title: String::new(),
            title_zh: None,
            summary: String::new(),
            path,
            method_known: call.method.is_some(),
            body: None,
            deprecated: operation.flag_at("deprecated"),
            open: false,
            open_response: false,
            fields: Vec::new(),
            response: Response::Nothing,
            request_sample: None,
            response_sample: None,
            method,
        };
        self.titles(&mut entry, operation);
        self.parameters(&mut entry, call, has_body)?;
        if let Some(body) = operation.get("requestBody") {
            self.body(&mut entry, body)?;
        }
        self.path_parameters(&mut entry);
        self.response(&mut entry, operation)?;
        Ok(entry)
    }

    fn titles(&mut self, entry: &mut Entry, operation: &Node) {
        let said = |key: &str| {
            operation
                .get(key)
                .and_then(Node::scalar)
                .map(|text| yaml::short(&text))
                .filter(|text| !text.is_empty())
        };
        let own = self.request.key.replace('_', " ");
        let (title, description) = (said("summary"), said("description"));
        let is_chinese = |text: &String| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        entry.summary = description.or_else(|| title.clone()).unwrap_or_else(|| own.clone());
        match title {
            Some(title) if is_chinese(&title) => entry.title_zh = Some(title),
            Some(title) => entry.title = title,
            None => {}
        }
        if entry.title.is_empty() {
            entry.title = own[..1].to_uppercase() + &own[1..];
        }
    }

    fn path(&mut self, written: &str) -> Result<String, ImportError> {
        let mut path = written.trim();
        if let Some((_, rest)) = path.split_once("://") {
            self.note("the page's path names a host: that of the family is used");
            path = rest.find('/').map_or("/", |at| &rest[at..]);
        }
        if let Some((before, _)) = path.split_once('?') {
            self.note("the page's path has a query: its parameters are fields, check that none is missing");
            path = before;
        }
        let steps: Vec<String> = path
            .split('/')
            .map(|step| step.strip_prefix(':').map_or(step.to_owned(), |p| format!("{{{p}}}")))
            .collect();
        let path = format!("/{}", steps.join("/").trim_start_matches('/'));
        let shown = yaml::line(written);
        if let Some(character) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}".contains(*c)))
        {
            return Err(ImportError::new(format!(
                "the path `{shown}` contains `{}`",
                yaml::line(&character.to_string())
            ))
            .help("letters, digits, `/`, `-`, `_`, `.`, `~` and `{name}` are allowed"));
        }
        let mut open = false;
        let balanced = path.chars().all(|c| match c {
            '{' => !std::mem::replace(&mut open, true),
            '}' => std::mem::replace(&mut open, false),
            _ => true,
        });
        if !balanced || open || path.contains("{}") {
            return Err(ImportError::new(format!("the braces of the path `{shown}` do not match")));
        }
        Ok(path)
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn parent(&self) -> String {
        names::pascal(&self.request.key)
    }

    fn parameters(&mut self, entry: &mut Entry, call: &Call<'a>, has_body: bool) -> Result<(), ImportError> {
        let own = call.operation.get("parameters");
        let shared = call
            .item
            .and_then(|item| item.get("parameters"))
            .filter(|_| call.item.is_none_or(|i| !std::ptr::eq(i, call.operation)));
        let (mut in_query, mut sample) = (Vec::new(), serde_json::Map::new());
        for list in [own, shared].into_iter().flatten() {
            if !matches!(list.value, Value::List(_) | Value::Null) {
                return Err(ImportError::new(format!("`parameters` must be a list, and is {}", list.kind())));
            }
            for (number, written) in list.items().iter().enumerate() {
                let (parameter, _) = self.reader.resolve(written)?;
                let text =
                    |key: &str| parameter.get(key).and_then(Node::scalar).filter(|text| !text.is_empty());
                let Some(name) = text("name") else {
                    return Err(ImportError::new(format!("parameter {} lacks its `name`", number + 1)));
                };
                let Some(place) = text("in") else {
                    return Err(ImportError::new(format!(
                        "the parameter `{}` lacks `in`",
                        yaml::line(&name)
                    ))
                    .help("it is `query`, `path`, `header` or `cookie`"));
                };
                let standard =
                    ["authorization", "content-type", "accept"].contains(&name.to_lowercase().as_str());
                match place.as_str() {
                    "query" | "path" => {}
                    "header" if standard => continue,
                    "header" | "cookie" => {
                        self.note(format!(
                            "{place} `{}` is not part of the entry: the language has no such fields",
                            yaml::short(&name)
                        ));
                        continue;
                    }
                    _ => {
                        return Err(ImportError::new(format!(
                            "the parameter `{}` has `in: {}`",
                            yaml::line(&name),
                            yaml::short(&place)
                        ))
                        .help("allowed: `query`, `path`, `header`, `cookie`"));
                    }
                }
                if entry.fields.iter().any(|f| f.wire == name) {
                    continue;
                }
                let schema = parameter.get("schema").unwrap_or(parameter);
                let is_path = place == "path";
                let side = if is_path || !has_body { Side::Query } else { Side::Body };
                let required = is_path || parameter.flag_at("required");
                let parent = self.parent();
                self.reader.field(&mut entry.fields, &name, schema, &parent, required, side, 0)?;
                let example =
                    parameter.get("example").map(Node::to_json).or_else(|| first_example(parameter));
                let example = match example {
                    Some(example) => Some(example),
                    None => self.reader.example(schema, 0)?,
                };
                if let Some(field) = entry.fields.iter_mut().find(|f| f.wire == name) {
                    if let Some(description) = text("description") {
                        field.doc = yaml::short(&description);
                    }
                    if is_path {
                        field.required = true;
                    }
                    if let Some(example) = example {
                        sample.insert(name.clone(), example);
                    }
                }
                if !is_path {
                    in_query.push(yaml::short(&name));
                }
            }
        }
        if !in_query.is_empty() && has_body {
            self.note(format!(
                "in the query string on the page, beside a body: {}. The language sends all \
                 fields in one place",
                in_query.join(", ")
            ));
        } else if !in_query.is_empty() && entry.method != "GET" {
            entry.body = Some("query");
        }
        if !sample.is_empty() {
            entry.request_sample = Some(Json::Object(sample));
        }
        Ok(())
    }

    /// Parameters of the path that the page does not describe.
    fn path_parameters(&mut self, entry: &mut Entry) {
        let path = entry.path.clone().unwrap_or_default();
        let names = path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name));
        for (at, wire) in names.enumerate() {
            if let Some(field) = entry.fields.iter_mut().find(|f| f.wire == wire) {
                field.required = true;
                continue;
            }
            let snake = names::snake(wire);
            let name =
                if names::problem_with_setter(&snake).is_none() { snake } else { names::other_name(&snake) };
            let notes = vec!["in the path, and not described on the page".to_owned()];
            let (wire, ty) = (wire.to_owned(), "string".to_owned());
            entry.fields.insert(
                at.min(entry.fields.len()),
                Field { name, wire, ty, required: true, limits: Vec::new(), doc: String::new(), notes },
            );
        }
    }

    fn body(&mut self, entry: &mut Entry, written: &'a Node) -> Result<(), ImportError> {
        let (body, _) = self.reader.resolve(written)?;
        if matches!(body.value, Value::Null) {
            return Ok(());
        }
        let Some(content) = body.get("content") else {
            return Err(ImportError::new("`requestBody` lacks `content`")
                .help("below it stands a media type, such as `application/json`"));
        };
        let Some((media_type, media)) = best_media(content) else {
            return Ok(());
        };
        let place = match media_type {
            _ if media_type.contains("urlencoded") => Some("form"),
            _ if media_type.contains("multipart") => Some("multipart"),
            _ => None,
        };
        let Some(schema) = media.get("schema").filter(|schema| !schema.entries().is_empty()) else {
            self.note("the page does not describe the fields of the body: `open: true` until they are known");
            entry.open = true;
            return Ok(());
        };
        let Some(flat) = self.reader.object(schema)? else {
            self.note(
                "the body is not an object on the page, and requests of the language are objects: its fields \
                 must be written by hand",
            );
            entry.open = true;
            return Ok(());
        };
        entry.open = flat.is_open();
        let parent = self.parent();
        for field in self.reader.fields(&flat, &parent, Side::Body, 0)? {
            match entry.fields.iter().find(|f| f.wire == field.wire || f.name == field.name) {
                None => entry.fields.push(field),
                Some(_) => self.note(format!(
                    "`{}` is both a parameter and in the body on the page",
                    yaml::short(&field.wire)
                )),
            }
        }
        entry.body = place;
        if place.is_none() && entry.method == "GET" && !flat.properties().is_empty() {
            entry.body = Some("json");
        }
        let example = self.media_example(media, schema)?;
        if let (Some(Json::Object(more)), sample) = (example, &mut entry.request_sample) {
            let mut map = match sample.take() {
                Some(Json::Object(map)) => map,
                _ => serde_json::Map::new(),
            };
            map.extend(more);
            *sample = Some(Json::Object(map));
        }
        Ok(())
    }

    pub(super) fn media_example(
        &mut self,
        media: &'a Node,
        schema: &'a Node,
    ) -> Result<Option<Json>, ImportError> {
        let example = media.get("example").map(Node::to_json).or_else(|| first_example(media));
        match example {
            // Some exports keep the example as text.
            Some(Json::String(text)) => Ok(serde_json::from_str(&text).ok()),
            Some(Json::Null) | None => self.reader.example(schema, 0),
            example => Ok(example),
        }
    }
}

/// The media type to read: JSON before all others.
pub(super) fn best_media(content: &Node) -> Option<(&str, &Node)> {
    let entries = content.entries();
    let json = entries.iter().find(|(name, _)| name.contains("json"));
    json.or_else(|| entries.first()).map(|(name, media)| (name.as_str(), media))
}

/// The first of named examples, or of a list of them.
fn first_example(node: &Node) -> Option<Json> {
    let examples = node.get("examples")?;
    let first =
        examples.entries().first().map(|(_, example)| example).or_else(|| examples.items().first())?;
    Some(first.get("value").unwrap_or(first).to_json())
}
