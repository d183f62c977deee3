//! The keys of the answer that a paging names.

use airudder_model::{Effect, Scalar};

use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, Response, Spec, Type};
use crate::syntax::node::Node;

/// A stream calls the endpoint once a page: what it does is done as often.
pub(super) fn check_paged_effect(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let node = &endpoint.entry.node;
    // Where neither is written, both are the base's, whose own report says so.
    let Some(written) = node.get("page").or_else(|| node.get("effect")) else { return };
    if endpoint.page.is_some() && endpoint.effect != Effect::Read && !node.is_poisoned("effect") {
        let word = endpoint.effect.word();
        let text = format!("only what reads has pages: `effect: {word}` would happen again for each of them");
        diagnostics.push(at_key(written, text).help("drop `page`, or write `effect: read` if it only reads"));
    }
}

/// The keys of the answer that a paging names.
pub(super) fn check_page(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("page") else { return };
    let fields: &[Field] = match &endpoint.response {
        Response::Fields(fields) if !endpoint.open_response => fields,
        Response::Type(Type::Struct(at)) => match spec.find_struct(at) {
            Some(object) if object.open.is_none() && object.known => &object.fields,
            _ => return,
        },
        // Of other answers nothing is known.
        Response::Fields(_) | Response::Type(_) | Response::File => return,
    };
    if !endpoint.entry.knows_fields() || fields.iter().any(|f| !f.valid) {
        return;
    }
    let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
    let mut items = None;
    for key in ["items", "total"] {
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
