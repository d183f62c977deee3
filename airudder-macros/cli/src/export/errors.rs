//! Error codes: of a family, and of a call.

use airudder_codegen::ir::{Endpoint, Family, Field, Spec, Type, TypeRef};
use airudder_model::Code;

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
    used.iter().filter_map(|family| family.envelope.as_ref().map(|envelope| (family, envelope))).fold(
        Map::new(),
        |map, (family, envelope)| {
            let schema = components.named(Named::Error(family.name.clone()), |_| {
                responses::envelope(family, envelope, None)
                    .with("description", "A refusal. The code counts, whatever the HTTP status is.")
            });
            let content = Map::new().with("application/json", Map::new().with("schema", schema));
            let response = Map::new()
                .with("description", "A refusal: a code other than that of success.")
                .with("content", content);
            map.with(&family.name, response)
        },
    )
}
