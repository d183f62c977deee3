//! What is answered: the payload, in the family's envelope.

use airudder_codegen::ir::{Endpoint, Envelope, Family, Response};

use super::codes;
use super::components::Components;
use super::fields::nullable;
use super::names::Named;
use super::scalars::Side;
use super::value::{Map, Value};

pub(super) const JSON: &str = "application/json";
const FILE: &str = "application/octet-stream";

/// An answer by media type.
pub(super) struct Answer {
    pub(super) media: &'static str,
    pub(super) schema: Map,
    pub(super) example: Option<Value>,
}

pub(super) fn answer(
    components: &mut Components<'_>,
    endpoint: &Endpoint,
    family: Option<&Family>,
) -> Answer {
    let Some(payload) = payload(components, endpoint) else {
        let schema = Map::new().with("type", "string").with("format", "binary");
        return Answer { media: FILE, schema, example: None };
    };
    let sample = endpoint.sample_response.as_ref().map(Value::from);
    let Some((family, envelope)) =
        family.and_then(|family| family.envelope.as_ref().map(|envelope| (family, envelope)))
    else {
        return Answer { media: JSON, schema: payload, example: sample };
    };
    let example = sample.map(|sample| {
        let map = Map::new().with("code", codes::value(envelope.success));
        match envelope.payload.first() {
            Some(key) => Value::Map(map.with(key, sample)),
            None => Value::Map(map),
        }
    });
    // Twins answer the same in the same envelope.
    let owner = components.spec.endpoint(&endpoint.response_owner).map(|owner| &owner.entry);
    let section = owner.and_then(|owner| components.spec.section(&owner.section));
    let entry =
        owner.filter(|_| section.is_some_and(|of| of.family == family.name)).unwrap_or(&endpoint.entry);
    let named = Named::Answer(entry.key.clone());
    let schema = components.named(named, |components| {
        let inner = nullable(payload, components.version);
        self::envelope(family, envelope, Some(&inner))
    });
    Answer { media: JSON, schema, example }
}

/// The payload; `None` for a file.
fn payload(components: &mut Components<'_>, endpoint: &Endpoint) -> Option<Map> {
    match &endpoint.response {
        Response::File => None,
        Response::Type(ty) => Some(components.of_type(ty, Side::Received)),
        Response::Fields(fields) => {
            Some(components.named(Named::Response(endpoint.response_owner.clone()), |components| {
                let object = Map::new().with("type", "object").and(components.object(fields, Side::Received));
                object.flag("additionalProperties", endpoint.open_response)
            }))
        }
    }
}

/// An envelope around a payload, or around nothing.
pub(super) fn envelope(family: &Family, envelope: &Envelope, payload: Option<&Map>) -> Map {
    let success = format!("`{}` and nothing else means success.", envelope.success);
    let mut properties =
        Map::new().with("code", codes::schema(family.code_form).with("description", success));
    for key in &envelope.message {
        properties.put(key, Map::new().with("type", "string"));
    }
    for (at, key) in envelope.payload.iter().enumerate() {
        let Some(payload) = payload else { continue };
        // The usual key needs no word.
        if at == 0 {
            properties.put(key, payload.clone());
            continue;
        }
        let text = format!("The payload, where it is not under `{}`.", envelope.payload[0]);
        let described = match payload.get("$ref") {
            Some(_) => Map::new().with("allOf", vec![payload.clone()]),
            None => payload.clone(),
        };
        properties.put(key, described.with("description", text).with("x-payload", true));
    }
    Map::new().with("type", "object").with("required", vec!["code"]).with("properties", properties)
}
