//! Endpoints as operations.

use airudder_codegen::ir::{Endpoint, Family, Field};
use airudder_codegen::lint::parameters;
use airudder_model::{BodyForm, FieldPlace};

use super::components::Components;
use super::names::Named;
use super::responses::{self, JSON};
use super::scalars::Side;
use super::value::{Map, Value};
use super::{Version, errors, facts, families};

/// What the endpoints of one method and path make together. Twins, which send other fields to the same place,
/// are one operation: it has the parameters of all, and the body of any.
pub(super) fn operation(components: &mut Components<'_>, path: Option<&str>, twins: &[&Endpoint]) -> Map {
    let Some((first, others)) = twins.split_first() else { return Map::new() };
    let entry = &first.entry;
    let spec = components.spec;
    let family_of = |endpoint: &Endpoint| {
        spec.section(&endpoint.entry.section).and_then(|section| spec.family(&section.family))
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut bodies: Vec<Body> = Vec::new();
    let mut answers: Vec<responses::Answer> = Vec::new();
    let mut requirements: Vec<Map> = Vec::new();
    let mut codes = Map::new();
    let mut families: Vec<&Family> = Vec::new();
    let mut tags: Vec<&str> = Vec::new();
    for (at, endpoint) in twins.iter().enumerate() {
        let family = family_of(endpoint);
        let own = parameters_of(components, path, endpoint);
        for known in parameters.iter_mut().filter(|known| !own.iter().any(|new| new.is(known))) {
            known.required = false;
        }
        for mut new in own {
            match parameters.iter_mut().find(|known| known.is(&new)) {
                Some(known) => known.required &= new.required,
                None => {
                    new.required &= at == 0 || new.place == "path";
                    parameters.push(new);
                }
            }
        }
        bodies.extend(body(components, endpoint));
        answers.push(responses::answer(components, endpoint, family));
        let requirement = families::requirement(family, endpoint.no_auth);
        if !requirements.contains(&requirement) {
            requirements.push(requirement);
        }
        codes = codes.and(errors::of_endpoint(spec, endpoint, family));
        if let Some(family) = family
            && !families.iter().any(|known| known.name == family.name)
        {
            families.push(family);
        }
        if !tags.contains(&endpoint.entry.section.as_str()) {
            tags.push(&endpoint.entry.section);
        }
    }
    if !others.is_empty() {
        let keys: Vec<&str> = twins.iter().map(|twin| twin.entry.key.as_str()).collect();
        components.note(format!(
            "{} {} is one operation for {}: what one of them takes and answers, it does",
            entry.method,
            path.unwrap_or("?"),
            keys.join(", ")
        ));
    }
    let merged = others.iter().fold(Map::new(), |map, other| {
        let texts = Map::new()
            .with("summary", &other.entry.title)
            .with("description", description(other))
            .flag("deprecated", other.deprecated.is_some());
        map.with(&other.entry.key, texts.and(facts::of_endpoint(other)))
    });
    let servers: Vec<Map> = families
        .iter()
        .map(|family| families::server(family.base_url.as_deref().unwrap_or(&spec.base_url)))
        .collect();
    let elsewhere = families.iter().any(|family| family.base_url.is_some());
    let security = match requirements[..] {
        [ref one] if one.is_empty() => Vec::new(),
        _ => requirements,
    };
    let all_bodies = bodies.len() == twins.len();
    let in_parts = bodies.iter().any(|body| body.media == MULTIPART);
    let request_body = request_body(bodies, all_bodies);
    // progenitor gives a whole document up for one form in parts.
    let body_key = match components.version {
        Version::V3_0 if in_parts => {
            components.note(format!(
                "{} {} sends a form in parts, which generators for 3.0 cannot: its body stands under \
                 `x-request-body`",
                entry.method,
                path.unwrap_or("?")
            ));
            "x-request-body"
        }
        Version::V3_0 | Version::V3_1 => "requestBody",
    };
    Map::new()
        .with("tags", tags)
        .with("operationId", entry.key.replace('.', "_"))
        .with("summary", &entry.title)
        .with("description", description(first))
        .flag("deprecated", twins.iter().all(|twin| twin.deprecated.is_some()))
        .list("parameters", parameters.into_iter().map(|parameter| parameter.map().into()).collect())
        .maybe(body_key, request_body)
        .with("responses", all_responses(answers, &families))
        .with("security", Value::List(security.into_iter().map(Value::Map).collect()))
        .maybe("servers", elsewhere.then_some(servers))
        .with("x-endpoints", twins.iter().map(|twin| twin.entry.key.as_str()).collect::<Vec<_>>())
        .and(facts::of_endpoint(first))
        .map("x-error-codes", codes)
        .map("x-merged", merged)
}

fn description(endpoint: &Endpoint) -> String {
    let entry = &endpoint.entry;
    let deprecated = endpoint.deprecated.as_ref().map(|why| format!("Deprecated: {why}"));
    let mut texts: Vec<String> =
        std::iter::once(entry.summary.clone()).chain(entry.notes.iter().cloned()).chain(deprecated).collect();
    if matches!(endpoint.response, airudder_codegen::ir::Response::File) {
        texts.push("The answer is a file, or JSON with a link to one.".to_owned());
    }
    texts.join("\n\n")
}

/// A parameter of the path or the query.
struct Parameter {
    place: &'static str,
    name: String,
    required: bool,
    description: Option<Value>,
    example: Option<Value>,
    schema: Map,
}

impl Parameter {
    fn is(&self, other: &Self) -> bool {
        self.place == other.place && self.name == other.name
    }

    fn map(self) -> Map {
        Map::new()
            .with("name", self.name)
            .with("in", self.place)
            .flag("required", self.required)
            .maybe("description", self.description)
            .with("schema", self.schema)
            .maybe("example", self.example)
    }
}

/// Whether a field goes into the path or a header, whatever the body is.
fn is_parameter(endpoint: &Endpoint, field: &Field) -> bool {
    let in_path = || endpoint.path.as_deref().map(parameters).unwrap_or_default();
    field.place == FieldPlace::Header || in_path().contains(&field.wire.as_str())
}

fn parameters_of(components: &mut Components<'_>, path: Option<&str>, endpoint: &Endpoint) -> Vec<Parameter> {
    // The document's path may have other names for the same places.
    let own = endpoint.path.as_deref().map(parameters).unwrap_or_default();
    let shown = path.map(parameters).unwrap_or_default();
    let mut found = Vec::new();
    for field in &endpoint.request {
        let place = own.iter().position(|name| *name == field.wire);
        let kind = match (place, field.place) {
            (_, FieldPlace::Header) => "header",
            (Some(_), _) => "path",
            (None, _) if endpoint.body == BodyForm::Query => "query",
            (None, _) => continue,
        };
        let name = place.and_then(|at| shown.get(at)).map_or(field.wire.clone(), |name| (*name).to_owned());
        let mut schema = components.property(field, Side::Sent);
        let sample = endpoint.sample_request.as_ref().and_then(|sample| sample.get(&field.wire));
        found.push(Parameter {
            place: kind,
            name,
            required: place.is_some() || field.required || field.fixed.is_some(),
            description: schema.remove("description"),
            example: sample.map(Value::from),
            schema,
        });
    }
    found.extend(
        endpoint.idempotency.as_ref().map(|key| Parameter {
            place: "header",
            name: key.header.clone(),
            required: key.required,
            description: Some("Repeating the call with the same key and the same bytes is safe.".into()),
            example: None,
            schema: Map::new()
                .with("type", "string")
                .with("minLength", 1)
                .with("maxLength", i64::from(key.max_chars)),
        }),
    );
    found
}

const MULTIPART: &str = "multipart/form-data";

struct Body {
    media: &'static str,
    schema: Map,
    example: Option<Value>,
}

fn body(components: &mut Components<'_>, endpoint: &Endpoint) -> Option<Body> {
    let media = match endpoint.body {
        BodyForm::Query | BodyForm::None => return None,
        BodyForm::Json => JSON,
        BodyForm::Form => "application/x-www-form-urlencoded",
        BodyForm::Multipart => MULTIPART,
    };
    let in_body: Vec<Field> =
        endpoint.request.iter().filter(|field| !is_parameter(endpoint, field)).cloned().collect();
    let is_whole = in_body.len() == endpoint.request.len();
    if in_body.is_empty() && !is_whole && !endpoint.entry.open {
        return None;
    }
    let owner = if is_whole { &endpoint.request_owner } else { &endpoint.entry.key };
    let schema = components.named(Named::Request(owner.clone()), |components| {
        let object = Map::new().with("type", "object").and(components.object(&in_body, Side::Sent));
        object.flag("additionalProperties", endpoint.entry.open)
    });
    let mut example = endpoint.sample_request.as_ref().map(Value::from);
    if let Some(Value::Map(map)) = &mut example {
        endpoint.request.iter().filter(|field| is_parameter(endpoint, field)).for_each(|f| {
            map.remove(&f.wire);
        });
    }
    Some(Body { media, schema, example })
}

fn request_body(bodies: Vec<Body>, is_required: bool) -> Option<Map> {
    if bodies.is_empty() {
        return None;
    }
    let content = content(bodies.into_iter().map(|body| (body.media, body.schema, body.example)));
    Some(Map::new().with("required", is_required).with("content", content))
}

/// `content` of what may be one of several.
fn content(all: impl Iterator<Item = (&'static str, Map, Option<Value>)>) -> Map {
    let mut media_types: Vec<(&'static str, Vec<Map>, Option<Value>)> = Vec::new();
    for (media, schema, example) in all {
        match media_types.iter_mut().find(|(known, ..)| *known == media) {
            Some((_, schemas, known)) => {
                if !schemas.contains(&schema) {
                    schemas.push(schema);
                }
                if known.is_none() {
                    *known = example;
                }
            }
            None => media_types.push((media, vec![schema], example)),
        }
    }
    media_types.into_iter().fold(Map::new(), |map, (media, mut schemas, example)| {
        let schema = match schemas.len() {
            1 => schemas.remove(0),
            _ => Map::new().with("anyOf", schemas),
        };
        map.with(media, Map::new().with("schema", schema).maybe("example", example))
    })
}

fn all_responses(answers: Vec<responses::Answer>, families: &[&Family]) -> Map {
    let content = content(answers.into_iter().map(|answer| (answer.media, answer.schema, answer.example)));
    let success = Map::new().with("description", "Success.").with("content", content);
    // Any 2xx: which one is sent is not known. With `200` beside `default`, progenitor has two kinds of
    // success.
    let mut map = Map::new().with("2XX", success);
    // Of several families, the first one's: OpenAPI has one default.
    let refusal = families.iter().find(|family| family.envelope.is_some() || family.refusal.is_some());
    let default = match refusal {
        Some(family) => Map::new().with("$ref", format!("#/components/responses/{}", family.name)),
        None => Map::new().with("description", "A refusal. What it looks like is not known."),
    };
    map.put("default", default);
    map
}
