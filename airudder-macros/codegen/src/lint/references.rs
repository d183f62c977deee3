//! Keys that name other entries, or keys of other places.

use airudder_model::Effect;

use crate::diagnostic::{Diagnostic, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, Payload, Response, Section, Spec, Type, Webhook};
use crate::syntax::node::Node;

/// `find_by` names a field of the request, and a list of the same section.
pub(super) fn check_find_by(
    spec: &Spec,
    section: &Section,
    endpoint: &Endpoint,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(written) = endpoint.entry.node.get("find_by") else { return };
    let Some(find_by) = &endpoint.find_by else { return };
    // A field that the entry's own sample has too is gone: the sample's report says so.
    let in_sample =
        endpoint.entry.node.get("sample").and_then(|s| s.get("request")?.get(&find_by.name)).is_some();
    if let Some(name) = written.get("name")
        && !in_sample
        && endpoint.entry.knows_fields()
        && !endpoint.request.iter().any(|f| f.wire == find_by.name)
    {
        let known: Vec<&str> = endpoint.request.iter().map(|f| f.wire.as_str()).collect();
        let text = format!("`find_by` names `{}`, which is not a wire name of the request", find_by.name);
        diagnostics.push(did_you_mean(at_value(name, text), &find_by.name, &known));
    }
    if let Some(list) = written.get("in")
        && spec.endpoint(&format!("{}.{}", section.name, find_by.list)).is_none()
        && !section.node.is_poisoned("endpoints")
    {
        let known: Vec<&str> = section.endpoints.iter().map(|e| e.entry.name.as_str()).collect();
        let text = format!("this section has no endpoint `{}` to look in", find_by.list);
        diagnostics.push(did_you_mean(at_value(list, text), &find_by.list, &known));
    }
    // Looking must never do anything, and never lead from list to list.
    if let Some(at) = written.get("in")
        && let Some(list) = spec.endpoint(&format!("{}.{}", section.name, find_by.list))
        && (list.effect != Effect::Read || list.find_by.is_some())
    {
        let text = format!("`{}` is no list to look in: that only reads, and has no `find_by`", find_by.list);
        diagnostics.push(at_value(at, text).help("name the endpoint that lists what was made"));
    }
}

/// `unique` names a field of the list's entries. Reported where it is written.
pub(super) fn check_unique(spec: &Spec, fields: &[Field], owner: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for field in fields {
        let Some(written) = field.node.get("unique").filter(|w| owner.span.contains(&w.span)) else {
            continue;
        };
        let Some(name) = &field.unique else { continue };
        let Type::Struct(at) = field.ty.innermost() else { continue };
        let Some(row) = spec.find_struct(at).filter(|s| s.known && s.fields.iter().all(|f| f.valid)) else {
            continue;
        };
        if !row.fields.iter().any(|f| f.name == *name) {
            let known: Vec<&str> = row.fields.iter().map(|f| f.name.as_str()).collect();
            let text = format!("`unique: {name}` does not name a field of `{}`", at.name);
            diagnostics.push(did_you_mean(at_value(written, text), name, &known));
        }
    }
}

/// The keys that a webhook names lead to fields of its message.
pub(super) fn check_webhook_keys(spec: &Spec, webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
    let (entry, node) = (&webhook.entry, &webhook.entry.node);
    let fields: &[Field] = match &webhook.payload {
        Payload::Fields(fields) => fields,
        Payload::Struct(at) => match spec.find_struct(at) {
            Some(object) if object.known => &object.fields,
            _ => return,
        },
    };
    if !entry.knows_fields() || fields.iter().any(|f| !f.valid) {
        return;
    }
    let identity = node.get("identity").map(Node::items).unwrap_or_default();
    let happened = node.get("happened");
    let header = node.get("header").and_then(|header| header.get("key"));
    let by = node.get("discriminator").and_then(|d| d.get("field")).filter(|_| !entry.open);
    for written in identity.iter().chain(happened).chain(header).chain(by) {
        let Some(key) = written.scalar() else { continue };
        match field_at(spec, fields, &key) {
            Err((part, known)) => {
                let text = format!("`{part}` is not a wire name of this webhook's message");
                diagnostics.push(did_you_mean(at_value(written, text), part, &known));
            }
            Ok(Some(field)) if happened.is_some_and(|h| h.span == written.span) && !field.ty.is_time() => {
                let text = format!("`happened` names `{key}`, which is not a date or time");
                diagnostics.push(at_value(written, text).help("name the time at which it happened"));
            }
            Ok(_) => {}
        }
    }
}

/// The field that a key leads to; `None` below what may hold anything. Else the part that leads nowhere, and
/// what could stand there.
fn field_at<'a, 'k>(
    spec: &'a Spec,
    fields: &'a [Field],
    key: &'k str,
) -> Result<Option<&'a Field>, (&'k str, Vec<&'a str>)> {
    let (mut fields, mut found) = (fields, None);
    for part in key.split('.') {
        let Some(field) = fields.iter().find(|f| f.wire == part) else {
            return Err((part, fields.iter().map(|f| f.wire.as_str()).collect()));
        };
        found = Some(field);
        fields = match &field.ty {
            Type::Struct(at) => match spec.find_struct(at) {
                Some(object) if object.known => &object.fields,
                _ => return Ok(None),
            },
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::List(_) | Type::Map(_) => &[],
        };
    }
    Ok(found)
}

/// A payload that must be there: a file always is, or is none.
pub(super) fn check_payload_required(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let node = &endpoint.entry.node;
    if let Some(written) = node.get("payload_required")
        && endpoint.payload_required
        && matches!(endpoint.response, Response::File)
    {
        diagnostics.push(
            at_value(written, "the answer is a file: it has no payload that could be absent")
                .help("leave `payload_required` out"),
        );
    }
}
