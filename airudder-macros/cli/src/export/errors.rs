//! Error codes: of a family, and of a call.

use airudder_codegen::ir::{Endpoint, Family, Field, RefusalForm, Spec, Type, TypeRef};
use airudder_model::Code;

use super::codes;
use super::components::Components;
use super::names::Named;
use super::responses;
use super::value::Map;

/// The codes that a call may get, with their meanings.
pub(super) fn of_endpoint(spec: &Spec, endpoint: &Endpoint, family: Option<&Family>) -> Map {
    let mut codes = endpoint.errors.clone();
    let mut seen = Vec::new();
    of_fields(spec, &endpoint.request, &mut seen, &mut codes);
    if let Some(family) = family {
        if !endpoint.request.is_empty() {
            codes.extend(family.missing_code.into_iter().chain(family.invalid_code));
        }
        if !endpoint.no_auth {
            codes.extend(&family.token_codes);
        }
    }
    codes.sort();
    codes.dedup();
    let own = spec.section(&endpoint.entry.section).map(|section| section.errors.as_slice());
    let table = family.and_then(|family| spec.errors.iter().find(|table| table.family == family.name));
    let rows = || own.into_iter().flatten().chain(table.into_iter().flat_map(|table| &table.rows));
    codes.into_iter().fold(Map::new(), |map, code| {
        let row = rows().find(|row| row.code == code);
        map.with(&code.to_string(), row.map(|row| row.meaning.as_str()).unwrap_or_default())
    })
}

fn of_fields(spec: &Spec, fields: &[Field], seen: &mut Vec<TypeRef>, codes: &mut Vec<Code>) {
    for field in fields {
        codes.extend(field.codes.iter().map(|(_, code)| *code));
        if let Type::Struct(at) = field.ty.innermost()
            && !seen.contains(at)
            && let Some(inner) = spec.find_struct(at)
        {
            seen.push(at.clone());
            of_fields(spec, &inner.fields, seen, codes);
        }
    }
}

/// What families answer where they refuse.
pub(super) fn responses(components: &mut Components<'_>, used: &[&Family]) -> Map {
    used.iter().fold(Map::new(), |map, family| {
        let (schema, text) = match (&family.envelope, &family.refusal) {
            (Some(envelope), _) => (
                responses::envelope(family, envelope, None)
                    .with("description", "A refusal. The code counts, whatever the HTTP status is."),
                "A refusal: a code other than that of success.",
            ),
            (None, Some(form)) => (refusal(family, form), "A refusal."),
            (None, None) => return map,
        };
        let schema = components.named(Named::Error(family.name.clone()), |_| schema);
        let content = Map::new().with("application/json", Map::new().with("schema", schema));
        map.with(&family.name, Map::new().with("description", text).with("content", content))
    })
}

/// A refusal outside an envelope: its code and its words, where dots lead to them.
fn refusal(family: &Family, form: &RefusalForm) -> Map {
    let text = || Map::new().with("type", "string");
    let mut all = vec![(&form.code, codes::schema(family.code_form))];
    all.extend(form.message.iter().map(|path| (path, text())));
    all.extend(form.reason.iter().map(|path| (path, text().with("description", "A more exact code."))));
    all.into_iter().fold(Map::new().with("type", "object"), |mut map, (path, schema)| {
        let mut at = &mut map;
        let mut steps = path.split('.').peekable();
        while let Some(step) = steps.next() {
            let properties = at.below("properties");
            if steps.peek().is_none() {
                properties.put(step, schema);
                break;
            }
            at = properties.below(step);
            at.put("type", "object");
        }
        map
    })
}
