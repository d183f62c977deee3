//! What the call returns: the payload inside its envelope.

use serde_json::Value as Json;

use super::document::Node;
use super::draft::{Entry, Response, Sample, Side};
use super::error::ImportError;
use super::flat::{Flat, Schema};
use super::losses::elsewhere;
use super::lowering::{Lowering, best_media};
use super::schemas::Place;
use super::yaml;

/// Parts of media types of files.
const FILES: [&str; 9] =
    ["audio/", "video/", "image/", "octet-stream", "/zip", "/pdf", "excel", "spreadsheet", "/csv"];

impl<'a> Lowering<'a> {
    pub(super) fn response(&mut self, entry: &mut Entry, operation: &'a Node) -> Result<(), ImportError> {
        let all = operation.get("responses").map(Node::entries).unwrap_or_default();
        let responses: Vec<_> = all.iter().filter(|(status, _)| !status.starts_with("x-")).collect();
        let status = |wanted: &dyn Fn(&str) -> bool| responses.iter().find(|(status, _)| wanted(status));
        let found = status(&|s| s == "200")
            .or_else(|| status(&|s| s.starts_with('2')))
            .or_else(|| status(&|s| s == "default"));
        let Some((chosen, written)) = found else {
            self.note("the page describes no successful response");
            return Ok(());
        };
        let others: Vec<String> = responses
            .iter()
            .map(|(status, _)| yaml::short(status))
            .filter(|status| status != chosen)
            .collect();
        if !others.is_empty() {
            self.note(format!(
                "the answer is that of {}; not read: {}. Codes of errors are those of the family",
                yaml::short(chosen),
                others.join(", ")
            ));
        }
        let (answer, reference) = self.reader.resolve(written)?;
        let Some(answer) = answer else {
            self.note(format!("the answer is not described: {}", elsewhere(&reference.unwrap_or_default())));
            return Ok(());
        };
        if let Some(text) = answer.text_at("description").filter(|text| text.split_whitespace().count() > 3) {
            self.note(format!("of the answer the page says: {}", yaml::short(&text)));
        }
        for key in ["headers", "links"] {
            let names: Vec<String> = answer
                .get(key)
                .map(Node::entries)
                .unwrap_or_default()
                .iter()
                .map(|(name, _)| format!("`{}`", yaml::short(name)))
                .collect();
            if !names.is_empty() {
                self.note(format!("{key} of the answer are not read: {}", names.join(", ")));
            }
        }
        let Some((media_type, media, others)) = answer.get("content").and_then(best_media) else {
            if ["204", "205"].contains(&chosen.as_str()) {
                entry.by_status = entry.method != "GET";
                return Ok(());
            }
            self.note("the page does not describe what is answered");
            return Ok(());
        };
        if !others.is_empty() {
            self.note(format!(
                "the answer is read as `{}`; the page has it as {} too",
                yaml::short(media_type),
                others.join(", ")
            ));
        }
        let schema = media.get("schema").filter(|schema| schema.has_entries());
        let binary = schema.is_some_and(|schema| schema.text_at("format").as_deref() == Some("binary"));
        if binary || FILES.iter().any(|part| media_type.contains(part)) {
            entry.response = Response::Type("file".to_owned());
            return Ok(());
        }
        if !media_type.contains("json") && media_type != "*/*" {
            self.note(format!(
                "the answer is `{}` on the page, and is read as JSON",
                yaml::short(media_type)
            ));
        }
        let Some(schema) = schema else {
            self.note("the page does not describe what is answered");
            return Ok(());
        };
        let schema = Schema::from(schema);
        let example = self.media_example(media, &schema)?;
        let Some(flat) = self.reader.object(&schema, false)? else {
            self.reader.bare = true;
            return self.payload(entry, &schema, example);
        };
        match envelope(&flat) {
            None => {
                self.reader.bare = true;
                self.payload_object(entry, &schema, &flat, example)
            }
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
                self.payload(entry, &payload, example)
            }
        }
    }

    fn payload(
        &mut self,
        entry: &mut Entry,
        schema: &Schema<'a>,
        example: Option<Json>,
    ) -> Result<(), ImportError> {
        if let Some(flat) = self.reader.object(schema, false)? {
            return self.payload_object(entry, schema, &flat, example);
        }
        let hint = format!("{}Row", self.parent());
        let typed = self.reader.typed(schema, Place::new(&hint, Side::Answer, 0))?;
        for note in typed.notes {
            self.note(format!("the answer: {note}"));
        }
        entry.response = Response::Type(typed.ty);
        entry.response_sample = example.filter(|example| !example.is_null()).map(Sample::new);
        Ok(())
    }

    fn payload_object(
        &mut self,
        entry: &mut Entry,
        schema: &Schema<'a>,
        flat: &Flat<'a>,
        example: Option<Json>,
    ) -> Result<(), ImportError> {
        entry.response_sample = example.filter(|example| !example.is_null()).map(Sample::new);
        let parent = self.parent();
        if !flat.doc().is_empty() {
            self.note(format!("of the answer the page says: {}", flat.doc()));
        }
        if flat.has_properties() {
            let all = self.reader.fields(flat, &parent, Side::Answer, 0)?;
            for note in all.notes {
                self.note(format!("the answer: {note}"));
            }
            entry.open_response = all.open;
            if !all.fields.is_empty() {
                entry.response = Response::Fields(all.fields);
            }
            return Ok(());
        }
        let typed = self.reader.typed(schema, Place::new(&format!("{parent}Value"), Side::Answer, 0))?;
        for note in typed.notes {
            self.note(format!("the answer: {note}"));
        }
        entry.response = Response::Type(typed.ty);
        Ok(())
    }
}

/// The payload of an answer's envelope with its key, and the keys that stand beside it and belong to neither.
type Envelope<'a> = (Option<(&'a str, Schema<'a>)>, Vec<String>);

fn envelope<'a>(flat: &Flat<'a>) -> Option<Envelope<'a>> {
    let properties = flat.properties();
    let is = |names: &[&str], wire: &str| names.contains(&wire.to_lowercase().as_str());
    let marks = ["code", "status", "message", "msg", "request_id", "requestid", "success"];
    if !properties.iter().any(|(wire, _)| is(&["code", "status", "message"], wire)) {
        return None;
    }
    let payload =
        ["data", "body"].iter().find_map(|key| properties.iter().find(|(wire, _)| is(&[key], wire)).cloned());
    let beside: Vec<String> = properties
        .iter()
        .filter(|(wire, _)| !is(&marks, wire) && payload.as_ref().is_none_or(|(key, _)| key != wire))
        // An export says where the payload may stand besides.
        .filter(|(_, schema)| !schema.0.iter().any(|node| node.flag_at("x-payload")))
        .map(|(wire, _)| format!("`{}`", yaml::short(wire)))
        .collect();
    // Without a payload, other keys mean that `status` and its like are part of what is answered; without a
    // code, that `body` is the text of something.
    let has_code = properties.iter().any(|(wire, _)| is(&["code"], wire));
    (beside.is_empty() || (payload.is_some() && has_code)).then_some((payload, beside))
}
