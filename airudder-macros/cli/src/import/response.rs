//! What the call returns: the payload inside its envelope.

use serde_json::Value as Json;

use super::document::Node;
use super::draft::{Entry, Response, Side};
use super::error::ImportError;
use super::flat::Flat;
use super::lowering::{Lowering, best_media};
use super::yaml;

impl<'a> Lowering<'a> {
    pub(super) fn response(&mut self, entry: &mut Entry, operation: &'a Node) -> Result<(), ImportError> {
        let responses = operation.get("responses").map(Node::entries).unwrap_or_default();
        let status = |wanted: &dyn Fn(&str) -> bool| responses.iter().find(|(status, _)| wanted(status));
        let found = status(&|s| s == "200")
            .or_else(|| status(&|s| s.starts_with('2')))
            .or_else(|| status(&|s| s == "default"));
        let Some((_, written)) = found else {
            self.note("the page describes no successful response");
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
