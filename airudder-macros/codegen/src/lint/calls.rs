//! How a call goes out and what makes a repeat of it safe: headers, keys, what is polled afterwards.

use airudder_model::{BodyForm, Effect, FieldPlace};

use super::paging::fields_of_answer;
use super::paths::{not_single, parameters};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, Payload, Response, Section, Spec, ThenPoll, Webhook};
use crate::names;
use crate::syntax::node::Node;

/// Where the fields of a request go.
pub(super) fn check_places(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let node = &endpoint.entry.node;
    let in_path = endpoint.path.as_deref().map(parameters).unwrap_or_default();
    for field in endpoint.request.iter().filter(|f| f.valid) {
        let Some(written) = field.node.get("in").filter(|written| !written.is_null()) else { continue };
        // What stands in the base is reported there.
        if !node.span.contains(&written.span) {
            continue;
        }
        let is_in_path = in_path.contains(&field.wire.as_str());
        match field.place {
            FieldPlace::Header => {
                if let Some((text, help)) = names::problem_with_header(&field.wire) {
                    diagnostics.push(at_value(written, text).help(help));
                } else if let Some(what) = not_single(&field.ty) {
                    let text = format!("`{}` is {what}, and it is a header", field.name);
                    let help = "a header holds single values: text, ids, numbers, dates";
                    diagnostics.push(at_value(written, text).help(help));
                } else if is_in_path {
                    let text = format!("`{}` is a header, and the path names it", field.name);
                    diagnostics.push(at_value(written, text).help("write `in: path`, or another path"));
                }
            }
            FieldPlace::Path if !is_in_path && endpoint.path.is_some() => {
                let text = format!("the path has no `{{{}}}`", field.wire);
                let help = "put the field's wire name into the path, in braces";
                diagnostics.push(at_value(written, text).help(help));
            }
            FieldPlace::Body if is_in_path => {
                let text = format!("`{}` stands in the path", field.name);
                diagnostics.push(at_value(written, text).help("leave `in` out, or write `in: path`"));
            }
            FieldPlace::Path | FieldPlace::Body => {}
        }
    }
    check_no_body(endpoint, &in_path, diagnostics);
    check_typed_request(&endpoint.request, node, diagnostics);
}

/// Without a body, every field stands in the path or in a header.
fn check_no_body(endpoint: &Endpoint, in_path: &[&str], diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("body").filter(|_| endpoint.body == BodyForm::None) else {
        return;
    };
    let left = endpoint.request.iter().find(|field| {
        field.valid && field.place != FieldPlace::Header && !in_path.contains(&field.wire.as_str())
    });
    if let Some(field) = left {
        let text =
            format!("there is no body, and `{}` stands neither in the path nor in a header", field.name);
        diagnostics.push(at_value(written, text).help("leave `body` out, or say where the field goes: `in`"));
    }
}

/// `typed` is for what is read.
fn check_typed_request(fields: &[Field], owner: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for field in fields.iter().filter(|field| field.typed) {
        if let Some(written) = field.node.get("typed").filter(|written| owner.span.contains(&written.span)) {
            let text = format!("`{}` is a field of a request: there is nothing to read", field.name);
            diagnostics.push(at_key(written, text).help("`typed` is for fields of answers and webhooks"));
        }
    }
}

/// `in` is for fields of requests, not for those inside of objects, answers and webhooks.
pub(super) fn check_no_place(fields: &[Field], owner: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for field in fields.iter().filter(|field| field.valid) {
        let written = field.node.get("in").filter(|written| !written.is_null());
        if let Some(written) = written.filter(|written| owner.span.contains(&written.span)) {
            let text = format!("`in` says where a field of a request goes, and `{}` is none", field.name);
            diagnostics.push(at_key(written, text).help("leave it out"));
        }
    }
}

/// The fields of an answer.
pub(super) fn check_answer(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    if let Response::Fields(fields) = &endpoint.response {
        check_no_place(fields, &endpoint.entry.node, diagnostics);
    }
}

/// The fields of a webhook, and its header.
pub(super) fn check_webhook(webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
    let node = &webhook.entry.node;
    if let Payload::Fields(fields) = &webhook.payload {
        check_no_place(fields, node, diagnostics);
    }
    if let Some(written) = node.get("header").and_then(|header| header.get("name"))
        && let Some((text, help)) = written.scalar().and_then(|name| names::problem_with_header(&name))
    {
        diagnostics.push(at_value(written, text).help(help));
    }
}

/// A key is for what does something, and is the header's only use.
pub(super) fn check_idempotency(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("idempotency") else { return };
    let Some(key) = &endpoint.idempotency else { return };
    if matches!(endpoint.effect, Effect::Read | Effect::Idempotent) && !endpoint.entry.is_poisoned("effect") {
        let text = format!("`idempotency` says nothing beside `effect: {}`", endpoint.effect);
        let help = "such a call may be repeated as it is: leave `idempotency` out, or correct `effect`";
        diagnostics.push(at_key(written, text).help(help));
        return;
    }
    if let Some(name) = written.get("header") {
        if let Some((text, help)) = names::problem_with_header(&key.header) {
            diagnostics.push(at_value(name, text).help(help));
        }
        let same = |field: &&Field| {
            field.place == FieldPlace::Header && field.wire.eq_ignore_ascii_case(&key.header)
        };
        if let Some(field) = endpoint.request.iter().find(same) {
            let text = format!("`{}` is this header too", field.name);
            diagnostics.push(at_value(name, text).help("leave the field out: every request has its key"));
        }
    }
    if let Some(most) = written.get("max_chars").filter(|_| key.max_chars < 36) {
        let text =
            format!("a key of {} characters is too short for one that the client makes", key.max_chars);
        diagnostics.push(at_value(most, text).help("made keys have 36 characters"));
    }
}

/// `then_poll` names an endpoint that can be polled, with the same answer, and gives it what it needs.
pub(super) fn check_then_poll(
    spec: &Spec,
    section: &Section,
    endpoint: &Endpoint,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(written) = endpoint.entry.node.get("then_poll") else { return };
    let (Some(then), Some(name)) = (&endpoint.then_poll, written.get("endpoint")) else { return };
    let Some(polled) = spec.endpoint(&format!("{}.{}", section.name, then.endpoint)) else {
        if !section.node.is_poisoned("endpoints") {
            let known: Vec<&str> = section.endpoints.iter().map(|e| e.entry.name.as_str()).collect();
            let text = format!("this section has no endpoint `{}` to poll", then.endpoint);
            diagnostics.push(did_you_mean(at_value(name, text), &then.endpoint, &known));
        }
        return;
    };
    if polled.effect != Effect::Read || polled.poll_until.is_none() || polled.then_poll.is_some() {
        if !polled.entry.is_poisoned("poll_until") && !polled.entry.is_poisoned("effect") {
            let text = format!("`{}` does not say when it is over", then.endpoint);
            diagnostics.push(
                at_value(name, text)
                    .help("name an endpoint that reads, and has `poll_until` and no `then_poll`"),
            );
        }
        return;
    }
    if !has_answer_of(endpoint, polled) {
        let text = format!("`{}` has another answer than this endpoint", then.endpoint);
        let help = "both answer the same struct: `response: Call`";
        diagnostics.push(at_value(name, text).help(help));
        return;
    }
    check_then_fields(spec, endpoint, polled, then, written, diagnostics);
}

/// Whether what is polled can be made from what is there.
pub(super) fn has_answer_of(endpoint: &Endpoint, polled: &Endpoint) -> bool {
    match (&endpoint.response, &polled.response) {
        (Response::Type(own), Response::Type(other)) => own == other,
        (Response::Fields(_), Response::Fields(_)) => endpoint.response_owner == polled.response_owner,
        (Response::Type(_) | Response::Fields(_) | Response::File, _) => false,
    }
}

fn check_then_fields(
    spec: &Spec,
    endpoint: &Endpoint,
    polled: &Endpoint,
    then: &ThenPoll,
    written: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let Some(fields) = written.get("fields") else { return };
    if polled.entry.knows_fields() && polled.request.iter().all(|f| f.valid) {
        for (wire, value) in fields.entries() {
            if !polled.request.iter().any(|f| f.wire == *wire) {
                let known: Vec<&str> = polled.request.iter().map(|f| f.wire.as_str()).collect();
                let text = format!("`{wire}` is not a wire name of the request of `{}`", then.endpoint);
                diagnostics.push(did_you_mean(at_key(value, text), wire, &known));
            }
        }
        let given = |field: &&Field| then.fields.iter().any(|(wire, _)| *wire == field.wire);
        if let Some(field) = polled.request.iter().filter(|f| f.is_demanded()).find(|f| !given(f)) {
            let text = format!("`{}` needs `{}`, and nothing gives it", then.endpoint, field.wire);
            let help = format!("name the key of this answer that has it: `{{{}: id}}`", field.wire);
            diagnostics.push(at_key(fields, text).help(help));
        }
    }
    let Some(answer) = fields_of_answer(spec, endpoint) else { return };
    for (_, value) in fields.entries() {
        let key = value.scalar().unwrap_or_default();
        let known: Vec<&str> = answer.iter().map(|f| f.wire.as_str()).collect();
        match answer.iter().find(|f| f.wire == key) {
            None => {
                let text = format!("`{key}` is not a key of the answer");
                diagnostics.push(did_you_mean(at_value(value, text), &key, &known));
            }
            Some(field) if not_single(&field.ty).is_some() => {
                let text = format!("`{key}` is no single value");
                diagnostics.push(at_value(value, text).help("name the key with the id"));
            }
            Some(_) => {}
        }
    }
}
