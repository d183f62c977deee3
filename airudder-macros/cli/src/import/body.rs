//! The body of a request.

use serde_json::{Map, Value as Json};

use super::document::Node;
use super::draft::{Entry, Sample, Side};
use super::error::ImportError;
use super::flat::{Flat, Schema};
use super::free_names;
use super::losses::{elsewhere, shown};
use super::lowering::{Lowering, best_media};
use super::schemas::Reader;
use super::yaml;

impl<'a> Reader<'a> {
    /// The schema as an object, if it is one. `united`: a choice between objects is one too.
    pub(super) fn object(
        &mut self,
        schema: &Schema<'a>,
        united: bool,
    ) -> Result<Option<Flat<'a>>, ImportError> {
        let flat = self.flat(schema)?;
        if flat.choices.is_empty() || flat.has_properties() {
            return Ok((flat.kinds().0 == ["object"]).then_some(flat));
        }
        for member in flat.choices.iter().flatten().filter(|_| united) {
            if self.object(&(*member).into(), united)?.is_none() {
                return Ok(None);
            }
        }
        Ok(united.then_some(flat))
    }
}

impl<'a> Lowering<'a> {
    pub(super) fn body(&mut self, entry: &mut Entry, written: &'a Node) -> Result<(), ImportError> {
        let (body, reference) = self.reader.resolve(written)?;
        let Some(body) = body else {
            self.note(format!("the body is not described: {}", elsewhere(&reference.unwrap_or_default())));
            entry.open = true;
            return Ok(());
        };
        if body.is_null() {
            return Ok(());
        }
        let Some(content) = body.get("content") else {
            return Err(ImportError::new("`requestBody` lacks `content`")
                .help("below it stands a media type, such as `application/json`"));
        };
        let Some((media_type, media, others)) = best_media(content) else {
            self.note("the page does not describe the fields of the body: `open: true` until they are known");
            entry.open = true;
            return Ok(());
        };
        if !others.is_empty() {
            self.note(format!(
                "the body is read as `{}`; the page has it as {} too",
                yaml::short(media_type),
                others.join(", ")
            ));
        }
        if let Some(text) = body.text_at("description").filter(|text| text.split_whitespace().count() > 2) {
            self.note(format!("of the body the page says: {}", yaml::short(&text)));
        }
        for (key, value) in media.entries().iter().filter(|(key, _)| key == "encoding") {
            self.note(format!("not kept: `{key}: {}` of the body", shown(value)));
        }
        let (place, side) = match media_type {
            _ if media_type.contains("urlencoded") => (Some("form"), Side::Form),
            _ if media_type.contains("multipart") => (Some("multipart"), Side::Parts),
            _ if media_type.contains("json") || media_type == "*/*" => (None, Side::Body),
            _ => {
                self.note(format!(
                    "the body is `{}` on the page, and the language sends JSON, forms and parts: such a \
                     call cannot be sent",
                    yaml::short(media_type)
                ));
                (None, Side::Body)
            }
        };
        let Some(schema) = media.get("schema").filter(|schema| schema.has_entries()) else {
            self.note("the page does not describe the fields of the body: `open: true` until they are known");
            entry.open = true;
            return Ok(());
        };
        let schema = Schema::from(schema);
        // What comes by a webhook is read like an answer.
        let side = if entry.is_webhook { Side::Answer } else { side };
        let Some(flat) = self.reader.object(&schema, true)? else {
            let flat = self.reader.flat(&schema)?;
            let why = match flat.elsewhere.first() {
                Some(reference) => elsewhere(reference),
                None => {
                    "the body is not an object on the page, and requests of the language are objects: its \
                         fields must be written by hand"
                        .to_owned()
                }
            };
            self.note(why);
            entry.open = true;
            return Ok(());
        };
        if !flat.doc().is_empty() {
            self.note(format!("of the body the page says: {}", flat.doc()));
        }
        let parent = self.parent();
        let all = self.reader.fields(&flat, &parent, side, 0)?;
        entry.open = all.open;
        if all.fields.is_empty() && !all.open {
            self.note("the page lists no field of the body: `open: true` until they are known");
            entry.open = true;
        }
        for note in all.notes {
            self.note(format!("the body: {note}"));
        }
        let has_fields = !all.fields.is_empty();
        self.reader.optional_body |=
            !entry.is_webhook && !body.flag_at("required") && all.fields.iter().any(|field| field.required);
        for mut field in all.fields {
            if entry.fields.iter().any(|f| f.wire == field.wire) {
                self.note(format!(
                    "`{}` is both a parameter and in the body on the page: the parameter is kept",
                    yaml::short(&field.wire)
                ));
                continue;
            }
            if entry.fields.iter().any(|f| f.name == field.name) {
                field.name = free_names::field_name(&field.wire, &entry.fields);
            }
            entry.fields.push(field);
        }
        entry.body = place;
        if place.is_none() && entry.method == "GET" && has_fields {
            entry.body = Some("json");
        }
        if let Some(Json::Object(more)) = self.media_example(media, &schema)? {
            let mut map = match entry.request_sample.take() {
                Some(Sample { value: Json::Object(map), .. }) => map,
                _ => Map::new(),
            };
            map.extend(more);
            entry.request_sample = Some(Sample::new(Json::Object(map)));
        }
        Ok(())
    }

    pub(super) fn media_example(
        &mut self,
        media: &'a Node,
        schema: &Schema<'a>,
    ) -> Result<Option<Json>, ImportError> {
        let (example, count) = self.reader.given(media)?;
        if count > 1 {
            self.note(format!("the page gives {count} examples: the first is kept"));
        }
        match example {
            // Some exports keep the example as text.
            Some(Json::String(text)) => Ok(serde_json::from_str(&text).ok()),
            Some(Json::Null) | None => self.reader.example(schema, 0),
            example => Ok(example),
        }
    }
}
