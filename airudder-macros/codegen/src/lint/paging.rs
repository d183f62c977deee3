//! The keys of the answer that a paging names.

use airudder_model::{Effect, Scalar};

use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, Response, Spec, Type};
use crate::syntax::node::Node;

/// A stream calls the endpoint once a page, a wait until it is over: what it does is done as often.
pub(super) fn check_repeated_effect(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let node = &endpoint.entry.node;
    if endpoint.effect == Effect::Read || node.is_poisoned("effect") {
        return;
    }
    let word = endpoint.effect.word();
    let repeats = [
        ("page", endpoint.page.is_some(), "only what reads has pages", "for each of them"),
        ("poll_until", endpoint.poll_until.is_some(), "only what reads can be polled", "each time"),
    ];
    for (key, is_there, rule, how_often) in repeats {
        // Where neither is written, both are the base's, whose own report says so.
        if let Some(written) = node.get(key).or_else(|| node.get("effect")).filter(|_| is_there) {
            let text = format!("{rule}: `effect: {word}` would happen again {how_often}");
            let help = format!("drop `{key}`, or write `effect: read` if it only reads");
            diagnostics.push(at_key(written, text).help(help));
        }
    }
}

/// `poll_until` names a key of the answer, and values that it may have.
pub(super) fn check_poll_until(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("poll_until") else { return };
    let (Some(until), [(_, values)]) = (&endpoint.poll_until, written.entries()) else { return };
    if matches!(endpoint.response, Response::File) {
        let text = "`poll_until` beside `response: file`: a file has no state";
        diagnostics.push(at_key(written, text).help("drop it: every file can be waited for"));
        return;
    }
    let Some(fields) = fields_of_answer(spec, endpoint) else { return };
    let Some(field) = fields.iter().find(|f| f.wire == until.field) else {
        let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
        let text = format!("`poll_until` names `{}`, which is not a key of the answer", until.field);
        diagnostics.push(did_you_mean(at_key(values, text), &until.field, &known));
        return;
    };
    if let Type::List(_) | Type::Map(_) | Type::Struct(_) = field.ty {
        let text = format!("`poll_until` names `{}`, which is no single value", until.field);
        diagnostics.push(at_key(values, text).help("name the field with the state"));
    }
    if let Type::Enum(at) = &field.ty
        && let Some(object) = spec.find_enum(at)
    {
        let known: Vec<&str> = object.values.iter().map(|v| v.wire.as_str()).collect();
        for value in values.items() {
            let word = value.scalar().unwrap_or_default();
            if !known.contains(&word.as_str()) {
                let text = format!("`{word}` is no value of `{}`", object.name);
                diagnostics.push(did_you_mean(at_value(value, text), &word, &known));
            }
        }
    }
}

/// The fields of an answer, where all of them are known.
pub(super) fn fields_of_answer<'a>(spec: &'a Spec, endpoint: &'a Endpoint) -> Option<&'a [Field]> {
    let fields: &[Field] = match &endpoint.response {
        Response::Fields(fields) if !endpoint.open_response => fields,
        Response::Type(Type::Struct(at)) => match spec.find_struct(at) {
            Some(object) if object.open.is_none() && object.known => &object.fields,
            _ => return None,
        },
        // Of other answers nothing is known.
        Response::Fields(_) | Response::Type(_) | Response::File => return None,
    };
    let is_known = endpoint.entry.knows_fields() && fields.iter().all(|f| f.valid);
    is_known.then_some(fields)
}

/// The keys of the answer that a paging names.
pub(super) fn check_page(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("page") else { return };
    let Some(fields) = fields_of_answer(spec, endpoint) else { return };
    let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
    let mut items = None;
    for key in ["items", "total", "next"] {
        // Beside `item_id` it has been reported already.
        if key == "next" && written.get("item_id").is_some() {
            continue;
        }
        let Some(name) = written.get(key) else { continue };
        let wire = name.scalar().unwrap_or_default();
        match fields.iter().find(|f| f.wire == wire) {
            None => {
                let diagnostic =
                    at_value(name, format!("the paging names `{wire}`, which is not a key of the answer"));
                diagnostics.push(did_you_mean(diagnostic, &wire, &known));
            }
            Some(field)
                if key == "items" && !matches!(field.ty, Type::List(_) | Type::Scalar(Scalar::Json)) =>
            {
                let diagnostic =
                    at_value(name, format!("the paging takes its rows from `{wire}`, which is not a list"));
                diagnostics.push(diagnostic.help("`items` names the list of the answer"));
            }
            Some(field) if key == "items" => items = Some(field),
            Some(_) => {}
        }
    }
    check_item_id(spec, written, items, diagnostics);
}

pub(super) fn check_item_id(
    spec: &Spec,
    page: &Node,
    items: Option<&Field>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (Some(Field { ty: Type::List(inner), .. }), Some(name)) = (items, page.get("item_id")) else {
        return;
    };
    let Type::Struct(at) = &**inner else { return };
    let Some(row) =
        spec.find_struct(at).filter(|s| s.open.is_none() && s.known && s.fields.iter().all(|f| f.valid))
    else {
        return;
    };
    let wire = name.scalar().unwrap_or_default();
    if !row.fields.iter().any(|f| f.wire == wire) {
        let known: Vec<&str> = row.fields.iter().map(|f| f.wire.as_str()).collect();
        let diagnostic =
            at_value(name, format!("the paging names `{wire}`, which is not a key of a `{}`", row.name));
        diagnostics.push(did_you_mean(diagnostic, &wire, &known));
    }
}
