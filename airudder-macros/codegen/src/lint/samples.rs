//! The samples of entries.

use crate::diagnostic::{Diagnostic, at_key};
use crate::ir::{Endpoint, Payload, Response, Spec, Type, Webhook};
use crate::lint::sample;
use crate::syntax::node::Node;

/// What is wrong with the samples of an endpoint. What is wrong with its base's samples in the same way has
/// the base's cause, and is reported there.
pub(super) fn check_endpoint_samples(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let mut found = Vec::new();
    check_own_samples(spec, endpoint, &mut found);
    if !found.is_empty() {
        let mut above = Vec::new();
        for base in endpoint.entry.bases.iter().filter_map(|key| spec.endpoint(key)) {
            check_own_samples(spec, base, &mut above);
        }
        found.retain(|diagnostic| !above.iter().any(|known: &Diagnostic| known.text == diagnostic.text));
    }
    name_dropped(spec, endpoint, &mut found);
    diagnostics.append(&mut found);
}

/// A key of the sample whose field the entry itself leaves out.
fn name_dropped(spec: &Spec, endpoint: &Endpoint, found: &mut Vec<Diagnostic>) {
    let node = &endpoint.entry.node;
    let Some(base) = endpoint.entry.bases.first().and_then(|key| spec.endpoint(key)) else { return };
    let dropped = node.get("drop").and_then(|d| d.get("request")).map(Node::items).unwrap_or_default();
    let Some(sample) = node.get("sample").and_then(|s| s.get("request")) else { return };
    for (key, value) in sample.entries() {
        let field = base.request.iter().find(|f| f.wire == *key);
        let Some(field) = field.filter(|f| dropped.iter().any(|d| d.scalar().as_ref() == Some(&f.name)))
        else {
            continue;
        };
        // Where other keys may come, nothing has been said of it yet.
        found.retain(|diagnostic| diagnostic.span != value.key_span);
        let text = format!("the sample has `{key}`, and `{}` is dropped here", field.name);
        found.push(at_key(value, text).help("take it out of the sample, or do not drop the field"));
    }
}

fn check_own_samples(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    // A sample that was taken over is checked where it stands.
    let entry = &endpoint.entry;
    let unknown = !entry.knows_fields();
    let own = entry.node.get("sample");
    if let Some(sample) = own.and_then(|s| s.get("request"))
        && !unknown
    {
        sample::check_object(
            spec,
            sample,
            &endpoint.request,
            entry.open || entry.is_poisoned("open"),
            diagnostics,
        );
    }
    if let Some(sample) = own.and_then(|s| s.get("response")) {
        let open = endpoint.open_response || entry.is_poisoned("open_response");
        match &endpoint.response {
            Response::Fields(_) if unknown => {}
            Response::Fields(fields) => sample::check_object(spec, sample, fields, open, diagnostics),
            Response::Type(ty) => sample::check_value(spec, sample, ty, true, diagnostics),
            Response::File => {
                diagnostics.push(
                    at_key(sample, "the answer is a file: it has no sample")
                        .help("leave `response` out of the sample"),
                );
            }
        }
    }
}

pub(super) fn check_webhook_sample(spec: &Spec, webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
    let entry = &webhook.entry;
    let Some(sample) = entry.node.get("sample").filter(|_| entry.knows_fields()) else { return };
    match &webhook.payload {
        Payload::Fields(fields) => {
            sample::check_object(spec, sample, fields, entry.open || entry.is_poisoned("open"), diagnostics)
        }
        Payload::Struct(at) => {
            sample::check_value(spec, sample, &Type::Struct(at.clone()), true, diagnostics)
        }
    }
}
