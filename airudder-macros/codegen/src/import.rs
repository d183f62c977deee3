//! From a page's OpenAPI fragment, as the vendor's documentation tool exports it, to an entry of the spec.
//!
//! Nothing is written to files: the result is text, a YAML document with the entry and the types that it needs.

mod read;
mod types;
mod yaml;

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use serde_json::Value as Json;

use crate::names;
use crate::spec::{Loaded, SHARED};
use crate::syntax::node::Node;
use read::{from_json, from_yaml};
use types::{Enum, Field, Flat, Reader, Side, Struct};

/// What to make of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The section that the entry is for.
    pub section: String,
    /// The entry's key.
    pub key: String,
    /// The vendor's page, `doc-1678229`. With it, what the fragment tells is documented; without, assumed.
    pub page: Option<String>,
    /// Whether to print an entry that the section has already.
    pub again: bool,
}

/// Why nothing could be made of a fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportError {
    text: String,
    help: Option<String>,
}

impl ImportError {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.help {
            Some(help) => write!(f, "\n  = {help}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ImportError {}

/// Turns the fragment of one page into the text of an entry and its types. `section_text` is the section's file, where
/// there is one: no name that it has is taken again.
///
/// # Errors
///
/// Where the fragment is malformed, tells of more than one call, or where the section has the key already.
pub fn import(fragment: &str, request: &Request, section_text: Option<&str>) -> Result<String, ImportError> {
    check_names(request)?;
    let section = section_text.map(|text| parse_section(text, request)).transpose()?;
    let root = parse(fragment)?;
    let call = find_call(&root)?;
    let taken = taken_names(section.as_ref(), request)?;
    let mut maker = Maker { reader: Reader::new(&root, taken), request, notes: Vec::new() };
    let entry = maker.entry(&call)?;
    if let Some(other) = section.as_ref().and_then(|section| same_call(section, &entry, request)) {
        let twin = format!("{}.{other}", request.section);
        maker.notes.insert(
            0,
            format!("`{twin}` has this method and path already: `same_as: {twin}` may be what you want"),
        );
    }
    maker.sound(&entry)
}

fn check_names(request: &Request) -> Result<(), ImportError> {
    for (what, name) in [("section", &request.section), ("key", &request.key)] {
        if let Some(problem) = names::problem_with_field_name(name) {
            let other = names::snake(name);
            let error = ImportError::new(format!("`{}` cannot be a {what}: {problem}", yaml::line(name)));
            return Err(if names::problem_with_field_name(&other).is_none() {
                error.help(format!("write `{other}`"))
            } else {
                error
            });
        }
    }
    if SHARED.contains(&format!("{}.yaml", request.section).as_str()) {
        return Err(ImportError::new(format!("`{}` is a shared file, not a section", request.section)));
    }
    if request.page.as_ref().is_some_and(|page| page.trim().is_empty()) {
        return Err(ImportError::new("the page has no name")
            .help("name it as in `pages:`, such as `doc-1678229`, or leave it out"));
    }
    Ok(())
}

/// How many brackets may be open at once.
const BRACKETS: usize = 1_000;

fn parse(text: &str) -> Result<Node, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
    // The YAML parser takes the square of the depth for its time.
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > BRACKETS {
            return Err(ImportError::new(format!(
                "the fragment has more than {BRACKETS} brackets inside each other"
            )));
        }
    }
    // JSON is nearly YAML, but its escapes of letters beyond 16 bits are not.
    let read = if text.trim_start().starts_with(['{', '[']) {
        from_json(text).or_else(|problem| from_yaml(text).map_err(|_| problem))
    } else {
        from_yaml(text)
    };
    let node = read.map_err(|problem| {
        ImportError::new(format!("the fragment is neither YAML nor JSON: {}", yaml::line(&problem)))
    })?;
    if node.is_map() {
        Ok(node)
    } else if node.is_null() {
        Err(ImportError::new("the fragment is empty").help("export the page as OpenAPI 3.0, in YAML or JSON"))
    } else {
        Err(ImportError::new(format!("the fragment is {}, not an object with `paths`", node.kind())))
    }
}

fn parse_section(text: &str, request: &Request) -> Result<Node, ImportError> {
    let name = format!("{}.yaml", request.section);
    let node = from_yaml(text).map_err(|problem| {
        ImportError::new(format!("{name} cannot be read: {}", yaml::line(&problem))).help("mend it first")
    })?;
    match node.text_at("section") {
        Some(section) if section == request.section => Ok(node),
        Some(section) => Err(ImportError::new(format!("{name} says `section: {}`", yaml::line(&section)))),
        None => Err(ImportError::new(format!("{name} is no section: it lacks the key `section`"))),
    }
}

fn below<'a>(section: &'a Node, way: &[&str]) -> &'a [(String, Node)] {
    way.iter().try_fold(section, |node, key| node.get(key)).map(Node::entries).unwrap_or_default()
}

/// The type names that a section has, and those that the new entry will have.
fn taken_names(section: Option<&Node>, request: &Request) -> Result<HashSet<String>, ImportError> {
    let mut taken = HashSet::from([names::pascal(&request.section)]);
    let own = names::pascal(&request.key);
    let of_entry = |name: &str| [name.to_owned(), format!("{name}Builder"), format!("{name}Response")];
    if let Some(section) = section {
        for group in ["endpoints", "webhooks"] {
            for (name, _) in below(section, &[group]) {
                if *name == request.key && !request.again {
                    let error = ImportError::new(format!(
                        "{} has `{name}` already, under `{group}`",
                        request.section
                    ));
                    return Err(error.help("choose another key, or print it again (`--again`) and compare: nothing is overwritten"));
                }
                if *name != request.key {
                    taken.extend(of_entry(&names::pascal(name)));
                }
            }
        }
        for group in ["enums", "structs"] {
            // An earlier import made types of these names: those that are printed again replace them.
            let names = below(section, &["types", group]).iter().map(|(name, _)| name);
            taken.extend(names.filter(|name| !request.again || !name.starts_with(&own)).cloned());
        }
    }
    for name in of_entry(&own) {
        if !taken.insert(name.clone()) {
            return Err(ImportError::new(format!(
                "`{}` would need the Rust name `{name}`, which its section has already",
                request.key
            ))
            .help("choose another key"));
        }
    }
    Ok(taken)
}

/// An entry of the section with the same method and path.
fn same_call<'a>(section: &'a Node, entry: &Entry, request: &Request) -> Option<&'a str> {
    let path = entry.path.as_ref()?;
    let same = |node: &Node| {
        node.text_at("path").as_ref() == Some(path) && node.text_at("method").as_ref() == Some(&entry.method)
    };
    below(section, &["endpoints"])
        .iter()
        .find(|(name, node)| *name != request.key && same(node))
        .map(|(name, _)| name.as_str())
}

/// The call that a fragment tells of.
struct Call<'a> {
    path: Option<String>,
    method: Option<String>,
    operation: &'a Node,
    /// The path item around it.
    item: Option<&'a Node>,
}

const OPERATION: [&str; 4] = ["responses", "requestBody", "parameters", "operationId"];

fn find_call(root: &Node) -> Result<Call<'_>, ImportError> {
    let mut calls = Vec::new();
    let paths = match root.get("paths") {
        Some(paths) if paths.entries().is_empty() => {
            return Err(
                ImportError::new("`paths` of the fragment is empty").help("export the page of one call")
            );
        }
        Some(paths) => paths,
        None => root,
    };
    for (path, item) in
        paths.entries().iter().filter(|(path, _)| root.get("paths").is_some() || path.starts_with('/'))
    {
        let methods = methods(item)?;
        if methods.is_empty() {
            return Err(ImportError::new(format!("`{}` has no method", yaml::line(path)))
                .help("below a path stands `get`, `post`, `put`, `delete` or `patch`"));
        }
        calls.extend(methods.into_iter().map(|(method, operation)| Call {
            path: Some(path.clone()),
            method: Some(method),
            operation,
            item: Some(item),
        }));
    }
    if calls.is_empty() && root.get("paths").is_none() {
        let alone = methods(root)?;
        calls.extend(alone.into_iter().map(|(method, operation)| Call {
            path: None,
            method: Some(method),
            operation,
            item: Some(root),
        }));
        if calls.is_empty() && OPERATION.iter().any(|key| root.get(key).is_some()) {
            calls.push(Call { path: None, method: None, operation: root, item: None });
        }
    }
    if calls.len() > 1 {
        let shown = |call: &Call<'_>| {
            format!("{} {}", call.method.as_deref().unwrap_or("?"), call.path.as_deref().unwrap_or("?"))
        };
        let list: Vec<String> = calls.iter().take(5).map(|call| yaml::line(&shown(call))).collect();
        let error =
            ImportError::new(format!("the fragment tells of {} calls: {}", calls.len(), list.join(", ")));
        return Err(error.help("an entry is one call: cut the fragment to one of them"));
    }
    calls.pop().ok_or_else(|| {
        ImportError::new("the fragment tells of no call: it has no `paths`, no path with a method, and no `responses` or `requestBody`")
            .help("export the page as OpenAPI 3.0, in YAML or JSON")
    })
}

/// The methods of a path item, in capitals.
fn methods(item: &Node) -> Result<Vec<(String, &Node)>, ImportError> {
    let mut found = Vec::new();
    for (key, operation) in item.entries() {
        let method = key.to_uppercase();
        if ["HEAD", "OPTIONS", "TRACE"].contains(&method.as_str()) && operation.is_map() {
            return Err(ImportError::new(format!("the method {method} is not one of the language")));
        }
        if airudder_model::Method::from_word(&method).is_none() {
            continue;
        }
        if !operation.is_map() {
            return Err(ImportError::new(format!(
                "`{key}` holds {} where a call is described",
                operation.kind()
            )));
        }
        found.push((method, operation));
    }
    Ok(found)
}

/// An entry, ready to be written.
struct Entry {
    title: String,
    title_zh: Option<String>,
    summary: String,
    path: Option<String>,
    method: String,
    method_known: bool,
    body: Option<&'static str>,
    deprecated: bool,
    open: bool,
    open_response: bool,
    fields: Vec<Field>,
    response: Response,
    request_sample: Option<Json>,
    response_sample: Option<Json>,
}

enum Response {
    Nothing,
    Fields(Vec<Field>),
    Type(String),
}

struct Maker<'a> {
    reader: Reader<'a>,
    request: &'a Request,
    notes: Vec<String>,
}

impl<'a> Maker<'a> {
    fn entry(&mut self, call: &Call<'a>) -> Result<Entry, ImportError> {
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
        if let Some(sign) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}".contains(*c))) {
            return Err(ImportError::new(format!(
                "the path `{shown}` holds `{}`",
                yaml::line(&sign.to_string())
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

    fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn parent(&self) -> String {
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
            if !(list.is_list() || list.is_null()) {
                return Err(ImportError::new(format!(
                    "`parameters` holds {} where a list is wanted",
                    list.kind()
                )));
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
                "in the query string on the page, beside a body: {}. The language sends all fields in one place",
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
        if body.is_null() {
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
            self.note("the body is no object on the page, and requests of the language are objects: its fields must be written by hand");
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

    fn media_example(&mut self, media: &'a Node, schema: &'a Node) -> Result<Option<Json>, ImportError> {
        let example = media.get("example").map(Node::to_json).or_else(|| first_example(media));
        match example {
            // Some exports keep the example as text.
            Some(Json::String(text)) => Ok(serde_json::from_str(&text).ok()),
            Some(Json::Null) | None => self.reader.example(schema, 0),
            example => Ok(example),
        }
    }

    fn response(&mut self, entry: &mut Entry, operation: &'a Node) -> Result<(), ImportError> {
        let responses = operation.get("responses").map(Node::entries).unwrap_or_default();
        let status = |wanted: &dyn Fn(&str) -> bool| responses.iter().find(|(status, _)| wanted(status));
        let found = status(&|s| s == "200")
            .or_else(|| status(&|s| s.starts_with('2')))
            .or_else(|| status(&|s| s == "default"));
        let Some((_, written)) = found else {
            self.note("the page describes no answer of success");
            return Ok(());
        };
        let (answer, _) = self.reader.resolve(written)?;
        let Some((media_type, media)) = answer.get("content").and_then(best_media) else {
            self.note("the page does not describe what is answered");
            return Ok(());
        };
        let is_file =
            ["audio/", "video/", "image/", "octet-stream", "/zip", "/pdf", "excel", "spreadsheet", "/csv"];
        let schema = media.get("schema").filter(|schema| !schema.entries().is_empty());
        let binary = schema.is_some_and(|schema| schema.text_at("format").as_deref() == Some("binary"));
        if binary || is_file.iter().any(|part| media_type.contains(part)) {
            entry.response = Response::Type("file".to_owned());
            return Ok(());
        }
        let Some(schema) = schema else {
            self.note("the page does not describe what is answered");
            return Ok(());
        };
        let example = self.media_example(media, schema)?;
        let Some(flat) = self.reader.object(schema)? else {
            return self.payload(entry, schema, example);
        };
        match envelope(&flat) {
            None => self.payload_object(entry, schema, &flat, example),
            Some((None, _)) => {
                self.note("the answer is its envelope alone: no payload is described");
                Ok(())
            }
            Some((Some((key, payload)), beside)) => {
                if !beside.is_empty() {
                    self.note(format!(
                        "beside the payload `{key}` the answer has {}, which is not read",
                        beside.join(", ")
                    ));
                }
                let example = match example {
                    Some(Json::Object(mut map)) => map.remove(key),
                    _ => None,
                };
                self.payload(entry, payload, example)
            }
        }
    }

    fn payload(
        &mut self,
        entry: &mut Entry,
        schema: &'a Node,
        example: Option<Json>,
    ) -> Result<(), ImportError> {
        if let Some(flat) = self.reader.object(schema)? {
            return self.payload_object(entry, schema, &flat, example);
        }
        let hint = format!("{}Row", self.parent());
        let typed = self.reader.typed(schema, &hint, Side::Answer, 0, 6, false)?;
        for note in typed.notes {
            self.note(format!("the answer is {note}"));
        }
        entry.response = Response::Type(typed.ty);
        entry.response_sample = example.filter(|example| !example.is_null());
        Ok(())
    }

    fn payload_object(
        &mut self,
        entry: &mut Entry,
        schema: &'a Node,
        flat: &Flat<'a>,
        example: Option<Json>,
    ) -> Result<(), ImportError> {
        entry.response_sample = example.filter(|example| !example.is_null());
        if flat.properties().is_empty() {
            let typed =
                self.reader.typed(schema, &format!("{}Value", self.parent()), Side::Answer, 0, 6, false)?;
            entry.response = Response::Type(typed.ty);
            return Ok(());
        }
        let parent = self.parent();
        entry.response = Response::Fields(self.reader.fields(flat, &parent, Side::Answer, 0)?);
        entry.open_response = flat.is_open();
        Ok(())
    }

    /// The text, with as many samples as fit their types.
    fn sound(&self, entry: &Entry) -> Result<String, ImportError> {
        let mut why = None;
        for (request, response) in [(true, true), (true, false), (false, true), (false, false)] {
            if (request && entry.request_sample.is_none()) || (response && entry.response_sample.is_none()) {
                continue;
            }
            let text = self.text(entry, request, response, why.as_deref());
            match self.problem(&text) {
                None => return Ok(text),
                Some(problem) => why = why.or(Some(problem)),
            }
        }
        let problem = why.unwrap_or_else(|| "it is not sound".to_owned());
        Err(ImportError::new(format!("no sound entry can be made of the fragment: {problem}")))
    }

    /// The first mistake of an entry, read as a section of its own.
    fn problem(&self, text: &str) -> Option<String> {
        let name = format!("{}.yaml", self.request.section);
        let section = format!("section: {}\ntitle: t\nfamily: cloud\n{text}", self.request.section);
        let loaded = Loaded::texts([(name.as_str(), section.as_str())]);
        let report = loaded.reports().into_iter().next()?;
        let start = format!("{}:{}:{}: ", report.path, report.position.line, report.position.column);
        Some(yaml::line(report.text.lines().next().unwrap_or_default().trim_start_matches(&start)))
    }

    fn text(&self, entry: &Entry, with_request: bool, with_response: bool, why: Option<&str>) -> String {
        let Request { section, key, page, again } = self.request;
        let mut out = format!(
            "# {key}, from the vendor's OpenAPI fragment, for spec/{section}.yaml. Nothing has been written.\n"
        );
        if *again {
            out.push_str(
                "# It is there already: compare it with this, and replace what is to be replaced.\n",
            );
        }
        out.push_str("# Check by hand: names, docs, `effect`, error codes of the fields, `sensitive: true` on personal data.\n");
        for note in &self.notes {
            let _ = writeln!(out, "# - {note}");
        }
        if self.reader.lenient {
            out.push_str("# - answers are read leniently: fields that the page requires there are `required` only where you say so\n");
        }
        let evidence = if page.is_some() { "documented" } else { "assumed" };
        self.write_types(&mut out, evidence);
        let _ = writeln!(out, "\n# Put this below `endpoints:` of the section.\nendpoints:\n  {key}:");
        self.write_facts(&mut out, entry, page.as_deref(), evidence);
        if !entry.fields.is_empty() {
            out.push_str("    request:\n");
            write_fields(&mut out, &entry.fields, "      ");
        }
        match &entry.response {
            Response::Nothing => {}
            Response::Type(ty) => {
                let _ = writeln!(out, "    response: {ty}");
            }
            Response::Fields(fields) => {
                out.push_str("    response:\n");
                write_fields(&mut out, fields, "      ");
            }
        }
        if entry.open_response {
            out.push_str("    open_response: true\n");
        }
        let samples = [
            ("request", &entry.request_sample, with_request),
            ("response", &entry.response_sample, with_response),
        ];
        if samples.iter().any(|(_, sample, fits)| sample.is_some() && *fits) {
            out.push_str("    sample:\n");
        }
        for (what, sample, _) in samples.iter().filter(|(_, _, fits)| *fits) {
            if let Some(sample) = sample {
                let _ = writeln!(out, "      {what}: {}", yaml::flow(sample));
            }
        }
        for (what, sample, _) in samples.iter().filter(|(_, _, fits)| !*fits) {
            if let Some(sample) = sample {
                let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "    # The page's example does not fit its own types{why}. Mend one of them:"
                );
                let _ = writeln!(out, "    # sample: {{{what}: {}}}", yaml::flow(sample));
            }
        }
        out
    }

    fn write_facts(&self, out: &mut String, entry: &Entry, page: Option<&str>, evidence: &str) {
        let mut line = |line: String| {
            let _ = writeln!(out, "    {line}");
        };
        line(format!("title: {}", yaml::text(&entry.title)));
        if let Some(title) = &entry.title_zh {
            line(format!("title_zh: {}", yaml::text(title)));
            line("title_is_ours: true".to_owned());
        }
        if let Some(page) = page {
            line(format!("pages: [{}]", yaml::text(page.trim())));
        }
        match (page, &entry.path) {
            (_, None) => {
                line("# The fragment names no path: give `path`, and raise `evidence` with it.".to_owned());
                line("evidence: assumed".to_owned());
                if page.is_some() {
                    line(format!(
                        "method_evidence: {}",
                        if entry.method_known { "documented" } else { "assumed" }
                    ));
                    line("fields_evidence: documented".to_owned());
                }
            }
            (Some(_), Some(_)) => line("evidence: documented".to_owned()),
            (None, Some(_)) => {
                line("# To raise it: name the vendor's page, `pages: [doc-...]`, and write `documented` here and in the types.".to_owned());
                line(format!("evidence: {evidence}"));
            }
        }
        if !entry.method_known {
            line("# The fragment names no method: this one is a guess.".to_owned());
        }
        line(format!("method: {}", entry.method));
        line(format!("path: {}", entry.path.as_deref().unwrap_or("none")));
        if let Some(body) = entry.body {
            line(format!("body: {body}"));
        }
        if entry.method == "GET" {
            line("effect: read".to_owned());
        } else {
            line("# `changes` is never repeated by itself. A person must decide: `calls_people` where it places calls or sends".to_owned());
            line(
                "# messages, `idempotent` where repeating changes nothing more, `read` where it only reads."
                    .to_owned(),
            );
            line("effect: changes".to_owned());
        }
        line(format!("summary: {}", yaml::text(&entry.summary)));
        if entry.deprecated {
            line("deprecated: the vendor's page says so".to_owned());
        }
        if entry.open {
            line("open: true".to_owned());
        }
    }

    fn write_types(&self, out: &mut String, evidence: &str) {
        let structs: Vec<&Struct> = self.reader.structs().collect();
        if structs.is_empty() && self.reader.enums.is_empty() {
            return;
        }
        out.push_str("\n# Put these below `types:` of the section, enums below `enums:`, structs below `structs:`.\ntypes:\n");
        if !self.reader.enums.is_empty() {
            out.push_str("  enums:\n");
        }
        for Enum { name, doc, integer, values } in &self.reader.enums {
            let doc = if doc.is_empty() { format!("Values of `{name}`.") } else { doc.clone() };
            let _ = writeln!(out, "    {name}:\n      doc: {}\n      evidence: {evidence}", yaml::text(&doc));
            if *integer {
                out.push_str("      kind: integer\n");
            }
            out.push_str("      values:\n");
            for value in values {
                let rust = value.rust.as_ref().map(|rust| format!("rust: {rust}"));
                let doc = (!value.doc.is_empty()).then(|| format!("doc: {}", yaml::text(&value.doc)));
                let keys: Vec<String> = rust.into_iter().chain(doc).collect();
                let hint = if value.nameless { " # name it" } else { "" };
                let _ = writeln!(out, "        {}: {{{}}}{hint}", yaml::text(&value.wire), keys.join(", "));
            }
        }
        if !structs.is_empty() {
            out.push_str("  structs:\n");
        }
        for Struct { name, doc, open, fields } in structs {
            let _ = writeln!(out, "    {name}:");
            if !doc.is_empty() {
                let _ = writeln!(out, "      doc: {}", yaml::text(doc));
            }
            let _ = writeln!(out, "      evidence: {evidence}");
            if *open {
                out.push_str("      open: true\n");
            }
            out.push_str("      fields:\n");
            write_fields(out, fields, "        ");
        }
    }
}

fn write_fields(out: &mut String, fields: &[Field], indent: &str) {
    for field in fields {
        for note in &field.notes {
            let _ = writeln!(out, "{indent}# {note}");
        }
        let mut keys = Vec::new();
        if field.wire != field.name {
            keys.push(format!("wire: {}", yaml::text(&field.wire)));
        }
        keys.push(format!(
            "type: {}",
            if field.ty.contains('<') { field.ty.clone() } else { yaml::text(&field.ty) }
        ));
        if field.required {
            keys.push("required: true".to_owned());
        }
        keys.extend(field.limits.iter().map(|(key, limit)| format!("{key}: {limit}")));
        if !field.doc.is_empty() {
            keys.push(format!("doc: {}", yaml::text(&field.doc)));
        }
        let _ = writeln!(out, "{indent}{}: {{{}}}", field.name, keys.join(", "));
    }
}

/// The media type to read: JSON before all others.
fn best_media(content: &Node) -> Option<(&str, &Node)> {
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

/// The payload of an answer's envelope with its key, and the keys that stand beside it and belong to neither.
type Envelope<'a> = (Option<(&'a str, &'a Node)>, Vec<String>);

fn envelope<'a>(flat: &Flat<'a>) -> Option<Envelope<'a>> {
    let properties = flat.properties();
    let is = |names: &[&str], wire: &str| names.contains(&wire.to_lowercase().as_str());
    let marks = ["code", "status", "message", "msg", "request_id", "requestid", "success"];
    if !properties.iter().any(|(wire, _)| is(&["code", "status", "message"], wire)) {
        return None;
    }
    let payload =
        ["data", "body"].iter().find_map(|key| properties.iter().find(|(wire, _)| is(&[key], wire)).copied());
    let beside: Vec<String> = properties
        .iter()
        .filter(|(wire, _)| !is(&marks, wire) && payload.is_none_or(|(key, _)| key != *wire))
        .map(|(wire, _)| format!("`{}`", yaml::short(wire)))
        .collect();
    // Without a payload, other keys mean that `status` and its like are part of what is answered.
    (payload.is_some() || beside.is_empty()).then_some((payload, beside))
}
