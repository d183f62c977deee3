//! Parameters of a call: those of its path, its query string and its headers.

use airudder_codegen::names;
use airudder_model::Effect;
use serde_json::{Map, Value as Json};

use super::call::Call;
use super::document::{Node, Value};
use super::draft::{Entry, Field, Idempotency, Sample, Side};
use super::error::ImportError;
use super::flat::Schema;
use super::free_names;
use super::losses::{elsewhere, shown};
use super::lowering::Lowering;
use super::yaml;

/// How many characters a key has that the client makes.
const MADE_KEY: i64 = 36;
/// How many a key may have where an entry does not say so.
const USUAL_KEY: u32 = 255;

/// A parameter as the page has it.
struct Parameter<'a> {
    name: String,
    place: String,
    node: &'a Node,
}

impl<'a> Lowering<'a> {
    pub(super) fn parameters(
        &mut self,
        entry: &mut Entry,
        call: &Call<'a>,
        has_body: bool,
        renamed: &[(String, String)],
    ) -> Result<(), ImportError> {
        let own = call.operation.get("parameters");
        let shared = call
            .item
            .and_then(|item| item.get("parameters"))
            .filter(|_| call.item.is_none_or(|i| !std::ptr::eq(i, call.operation)));
        let (mut in_query, mut sample) = (Vec::new(), Map::new());
        // Parameters of the path first: without them there is no call.
        let (of_path, others): (Vec<_>, Vec<_>) =
            self.listed([own, shared])?.into_iter().partition(|parameter| parameter.place == "path");
        for Parameter { name, place, node } in of_path.into_iter().chain(others) {
            let wire = match renamed.iter().find(|(page, _)| place == "path" && *page == name) {
                Some((_, used)) => used.clone(),
                None => name.clone(),
            };
            if place == "header" && self.is_key(entry, &wire, node) {
                self.idempotency(entry, &wire, node)?;
            } else if self.can_be_field(entry, call, &wire, &place, node) {
                let example = self.parameter(entry, node, &wire, &place, has_body)?;
                if let Some(example) = example.filter(|example| !example.is_null()) {
                    sample.insert(wire, example);
                }
                if place == "query" {
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
            entry.request_sample = Some(Sample::new(Json::Object(sample)));
        }
        Ok(())
    }

    /// The parameters of lists, references resolved. Those of the call replace those of its path.
    fn listed(&mut self, lists: [Option<&'a Node>; 2]) -> Result<Vec<Parameter<'a>>, ImportError> {
        let mut all: Vec<Parameter<'a>> = Vec::new();
        for list in lists.into_iter().flatten() {
            if !matches!(list.value, Value::List(_) | Value::Null) {
                return Err(ImportError::new(format!("`parameters` must be a list, and is {}", list.kind())));
            }
            let of_call = all.len();
            for (number, written) in list.items().iter().enumerate() {
                let (parameter, reference) = self.reader.resolve(written)?;
                let Some(node) = parameter else {
                    self.note(format!(
                        "a parameter is left out: {}",
                        elsewhere(&reference.unwrap_or_default())
                    ));
                    continue;
                };
                let (name, place) = name_and_place(node, number)?;
                match all.iter().position(|known| known.name == name && known.place == place) {
                    Some(at) if at < of_call => {}
                    Some(_) => {
                        let name = yaml::short(&name);
                        self.note(format!("{place} `{name}` is here twice: the first counts"));
                    }
                    None => all.push(Parameter { name, place, node }),
                }
            }
        }
        Ok(all)
    }

    /// Whether a header is the key by which a repeated call is the same call.
    fn is_key(&self, entry: &Entry, wire: &str, node: &Node) -> bool {
        let plain: String = wire.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_named =
            ["idempotencykey", "idempotencekey"].iter().any(|end| plain.to_lowercase().ends_with(end));
        let repeatable = match entry.effect {
            Some(effect) => matches!(effect, Effect::Read | Effect::Idempotent),
            None => entry.method == "GET",
        };
        let most = node.get("schema").and_then(|schema| schema.get("maxLength")).and_then(Node::integer);
        is_named
            && !entry.is_webhook
            && !repeatable
            && entry.idempotency.is_none()
            && names::problem_with_header(wire).is_none()
            // Shorter keys than those that the client makes are the caller's own matter.
            && most.is_none_or(|most| most >= MADE_KEY)
    }

    /// Keeps a header as the key of the call; what the language has no word for becomes notes.
    fn idempotency(&mut self, entry: &mut Entry, wire: &str, node: &'a Node) -> Result<(), ImportError> {
        let mut key = Entry::new("key");
        self.parameter(&mut key, node, wire, "header", false)?;
        let Some(field) = key.fields.pop() else { return Ok(()) };
        let doc = Some(&field.doc).filter(|doc| !doc.is_empty());
        for said in doc.into_iter().chain(&field.notes) {
            self.note(format!("of the key in `{}` the page says: {said}", yaml::short(wire)));
        }
        let most = field.limits.iter().find(|(key, _)| *key == "max_chars");
        entry.idempotency = Some(Idempotency {
            header: wire.to_owned(),
            required: field.required,
            max_chars: most.and_then(|(_, most)| most.parse().ok()).filter(|most| *most != USUAL_KEY),
        });
        Ok(())
    }

    /// Whether a parameter goes where fields go. If not, a note says so.
    fn can_be_field(&mut self, entry: &Entry, call: &Call<'a>, wire: &str, place: &str, node: &Node) -> bool {
        let shown = yaml::short(wire);
        let is_standard = ["authorization", "content-type", "accept"].contains(&wire.to_lowercase().as_str());
        let doc = node.text_at("description").map(|text| yaml::short(&text)).unwrap_or_default();
        let doc = if doc.is_empty() { doc } else { format!(" ({doc})") };
        let required = if node.flag_at("required") { "required " } else { "" };
        match place {
            "header" if is_standard => false,
            "header" if call.is_webhook => {
                self.note(format!(
                    "{required}header `{shown}` of the message{doc} is not part of it: where it repeats one \
                     of its values, `header: {{name: {shown}, key: ...}}` says so"
                ));
                false
            }
            _ if call.is_webhook => {
                self.note(format!(
                    "{required}{place} `{shown}` of the message{doc} is left out: only what its body holds \
                     is read"
                ));
                false
            }
            "cookie" => {
                self.note(format!(
                    "{required}cookie `{shown}`{doc} is not part of the entry: the language has no such \
                     fields"
                ));
                false
            }
            "header" if let Some((problem, _)) = names::problem_with_header(wire) => {
                self.note(format!("{required}header `{shown}`{doc} is left out: {problem}"));
                false
            }
            // The names of headers are equal in capitals and small letters.
            "header" if entry.fields.iter().any(|f| is_header(f) && f.wire.eq_ignore_ascii_case(wire)) => {
                self.note(format!("{required}header `{shown}`{doc} is here twice: the first counts"));
                false
            }
            _ if entry.fields.iter().any(|field| field.wire == wire) => {
                self.note(format!(
                    "{place} `{shown}` is left out: the page has a parameter of this name in another place \
                     too, and the language sends a field in one place"
                ));
                false
            }
            "path" if !entry.path.as_deref().unwrap_or_default().contains(&format!("{{{wire}}}")) => {
                if entry.path.is_some() {
                    self.note(format!("path `{shown}` is left out: the path on the page does not have it"));
                }
                entry.path.is_none()
            }
            _ => true,
        }
    }

    /// Adds the field of a parameter, and gives its example.
    fn parameter(
        &mut self,
        entry: &mut Entry,
        parameter: &'a Node,
        wire: &str,
        place: &str,
        has_body: bool,
    ) -> Result<Option<Json>, ImportError> {
        let content = parameter.get("content").and_then(|content| content.entries().first());
        let media = content.and_then(|(_, media)| media.get("schema"));
        let mut schema = Schema::from(parameter.get("schema").or(media).unwrap_or(parameter));
        // The example beside the schema tells the form of a time too.
        if parameter.get("schema").is_some() {
            schema.0.push(parameter);
        }
        let is_path = place == "path";
        let side = match place {
            "header" => Side::Header,
            "query" if has_body => Side::Body,
            _ => Side::Query,
        };
        let required = is_path || parameter.flag_at("required");
        let parent = self.parent();
        let mut field = self.reader.field(&entry.fields, wire, &schema, &parent, required, side, 0)?;
        if let Some((media_type, _)) = content {
            let shape =
                media.filter(|schema| schema.has_entries()).map(|schema| format!(": {}", shown(schema)));
            let note =
                format!("`{}` in one text on the page{}", yaml::short(media_type), shape.unwrap_or_default());
            field.notes = vec![note];
            field.ty = if media_type.contains("json") { "json_text" } else { "string" }.to_owned();
            field.limits.clear();
        }
        if let Some(description) = parameter.text_at("description").filter(|text| !text.trim().is_empty()) {
            // What the schema adds to its own description, such as the default, stays.
            let default = field.doc.rfind("Default: ").map(|at| field.doc[at..].to_owned());
            let own = std::mem::replace(&mut field.doc, yaml::short(&description));
            field.notes.retain(|note| *note != field.doc);
            let of_schema = schema.0[0].text_at("description").map(|text| yaml::short(&text));
            if let Some(of_schema) =
                of_schema.filter(|text| own.starts_with(text.as_str()) && !field.doc.contains(text.as_str()))
            {
                field.notes.push(of_schema);
            }
            if let Some(default) = default.filter(|default| !field.doc.ends_with(default.as_str())) {
                let stop = if field.doc.ends_with(['.', '!', '?', '。']) { "" } else { "." };
                field.doc = format!("{}{stop} {default}", field.doc);
            }
            if yaml::is_cut(&description) && !field.notes.iter().any(|note| note.contains("says more")) {
                field.notes.push("the page says more of it".to_owned());
            }
        }
        for key in ["style", "explode", "allowReserved", "allowEmptyValue"] {
            let usual = ["form", "simple", "false"];
            // How a list or an object is written matters; of single values only what is unusual.
            let is_single = !field.notes.iter().any(|note| note.contains("must be found out"));
            if let Some(value) = parameter.text_at(key)
                && !(is_single && (usual.contains(&value.as_str()) || key == "explode"))
            {
                field.notes.push(format!("not kept: `{key}: {}`", yaml::short(&value)));
            }
        }
        if parameter.flag_at("deprecated") && !field.notes.iter().any(|note| note.starts_with("deprecated")) {
            field.notes.push("deprecated on the page".to_owned());
        }
        if is_path {
            field.required = true;
        }
        if place == "header" {
            field.limits.insert(0, ("in", "header".to_owned()));
        }
        entry.fields.push(field);
        match self.reader.given(parameter)?.0 {
            Some(example) => Ok(Some(example)),
            None if content.is_some() => Ok(None),
            None => self.reader.example(&schema, 0),
        }
    }

    /// Parameters of the path that the page does not describe.
    pub(super) fn path_parameters(&mut self, entry: &mut Entry) {
        let path = entry.path.clone().unwrap_or_default();
        let names = path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name));
        for (at, wire) in names.enumerate() {
            if let Some(field) = entry.fields.iter_mut().find(|f| f.wire == wire) {
                field.required = true;
                continue;
            }
            let name = free_names::field_name(wire, &entry.fields);
            let notes = vec!["in the path, and not described on the page".to_owned()];
            let (wire, ty) = (wire.to_owned(), "string".to_owned());
            entry.fields.insert(
                at.min(entry.fields.len()),
                Field { name, wire, ty, required: true, limits: Vec::new(), doc: String::new(), notes },
            );
        }
    }
}

/// Whether a field goes into a header of its own.
fn is_header(field: &Field) -> bool {
    field.limits.iter().any(|(key, _)| *key == "in")
}

fn name_and_place(parameter: &Node, number: usize) -> Result<(String, String), ImportError> {
    let text = |key: &str| parameter.get(key).and_then(Node::scalar).filter(|text| !text.is_empty());
    let Some(name) = text("name") else {
        return Err(ImportError::new(format!("parameter {} lacks its `name`", number + 1)));
    };
    match text("in") {
        Some(place) if ["query", "path", "header", "cookie"].contains(&place.as_str()) => Ok((name, place)),
        Some(place) => Err(ImportError::new(format!(
            "the parameter `{}` has `in: {}`",
            yaml::line(&name),
            yaml::short(&place)
        ))
        .help("allowed: `query`, `path`, `header`, `cookie`")),
        None => Err(ImportError::new(format!("the parameter `{}` lacks `in`", yaml::line(&name)))
            .help("it is `query`, `path`, `header` or `cookie`")),
    }
}
