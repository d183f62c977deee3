//! The samples of entries.

use crate::diagnostic::{Diagnostic, at_key};
use crate::ir::{Endpoint, Payload, Response, Spec, Type, Webhook};
use crate::lint::sample;

pub(super) fn check_endpoint_samples(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
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
