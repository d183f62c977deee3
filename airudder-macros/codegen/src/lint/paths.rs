//! Paths: their form, their parameters, and what goes into a query string.

use std::collections::HashMap;

use airudder_model::{BodyForm, Method, Scalar};

use crate::diagnostic::{Diagnostic, at_key, at_value};
use crate::ir::{Endpoint, Section, Spec, Type, TypeRef};
use crate::syntax::node::Node;

pub(super) fn check_path(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(path) = &endpoint.path else { return };
    let node = &endpoint.entry.node;
    if let Some(diagnostic) = node.get("path").and_then(|written| path_problem(path, written)) {
        diagnostics.push(diagnostic);
        return;
    }
    if !endpoint.entry.knows_fields() || endpoint.request.iter().any(|f| !f.valid) {
        return;
    }
    // A parameter that a derived entry removed is reported where it did so; one that the base lacks is
    // reported there.
    let changes = ["drop", "change"].iter().find_map(|group| node.get(group)?.get("request"));
    let Some(place) = node.get("path").or(changes) else { return };
    for name in parameters(path) {
        let field = endpoint.request.iter().find(|f| f.wire == name);
        if let Some((field, what)) = field.and_then(|field| Some((field, not_single(&field.ty)?))) {
            let text = format!("`{}` is {what}, and it is part of the path", field.name);
            let diagnostic = match node.span.contains(&field.node.span) {
                true => at_key(&field.node, text),
                false => at_value(place, text),
            };
            diagnostics.push(diagnostic.help("a path holds single values: text, ids, numbers, dates"));
            continue;
        }
        if field.is_some_and(|f| f.required) {
            continue;
        }
        let diagnostic = at_value(
            place,
            format!("the path names a parameter `{{{name}}}` that is not a required field of the request"),
        );
        diagnostics.push(match field {
            Some(field) => diagnostic.help(format!("say `required: true` of the field `{}`", field.name)),
            None => match endpoint.request.iter().find(|f| f.name == name) {
                Some(field) => {
                    diagnostic.help(format!("the path takes the wire name of a field: `{{{}}}`", field.wire))
                }
                None => diagnostic.help(format!("add a field with `wire: {name}, required: true`")),
            },
        });
    }
}

fn path_problem(path: &str, written: &Node) -> Option<Diagnostic> {
    if !path.starts_with('/') {
        let diagnostic = at_value(written, format!("the path `{path}` does not start with a slash"));
        let host = path.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        return Some(diagnostic.help(match host {
            Some(rest) => format!("the host is that of the family: write `{rest}`"),
            None => format!("write `/{path}`, or `none` where no path is known"),
        }));
    }
    if let Some((at, character)) = path.char_indices().find(|(_, c)| !is_of_path(*c)) {
        let behind = at + character.len_utf8() == path.len();
        let place = if behind { "at its end" } else { "in it" };
        let (what, help) = match character {
            ' ' => (format!("a space {place}"), "remove it"),
            '?' | '#' => (format!("`{character}`"), "query parameters are fields of `request`"),
            c if c.is_whitespace() || c.is_control() => {
                (format!("an invisible character {place}, U+{:04X}", u32::from(c)), "remove it")
            }
            c => (
                format!("`{c}`"),
                "write such characters as the server wants them, in percent form: `%C3%A9`",
            ),
        };
        return Some(at_value(written, format!("the path `{path}` has {what}")).help(help));
    }
    let escaped = path.split('%').skip(1);
    if escaped.clone().any(|rest| rest.len() < 2 || !rest.bytes().take(2).all(|b| b.is_ascii_hexdigit())) {
        let text = format!("the path `{path}` has a `%` without two hexadecimal digits behind it");
        return Some(at_value(written, text).help("write `%25` for a percent sign"));
    }
    let mut open = false;
    let balanced = path.chars().all(|c| match c {
        '{' => !std::mem::replace(&mut open, true),
        '}' => std::mem::replace(&mut open, false),
        _ => true,
    });
    if !balanced || open || path.contains("{}") {
        let diagnostic = at_value(written, format!("the braces of the path `{path}` do not match"));
        return Some(diagnostic.help("a parameter is the wire name of a field in braces: `/tasks/{TaskID}`"));
    }
    None
}

/// Whether a path may hold a character: those of RFC 3986, and the braces of parameters.
fn is_of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-._~{}:@!$&'()*+,;=%".contains(c)
}

/// What a value is that is not a single one.
pub(super) fn not_single(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::List(_) => Some("a list"),
        Type::Map(_) => Some("a map"),
        Type::Struct(_) => Some("an object"),
        Type::Scalar(Scalar::Binary) => Some("a file"),
        Type::Scalar(Scalar::Json) => Some("any JSON"),
        Type::Scalar(Scalar::JsonSchema) => Some("a JSON Schema"),
        Type::Scalar(_) | Type::Id(_) | Type::Enum(_) => None,
    }
}

/// Files go into multipart bodies only, each in a part of its own.
pub(super) fn check_files(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let (entry, node) = (&endpoint.entry, &endpoint.entry.node);
    if entry.is_poisoned("body") || entry.is_poisoned("method") {
        return;
    }
    for field in endpoint.request.iter().filter(|f| f.valid) {
        if !matches!(field.ty.innermost(), Type::Scalar(Scalar::Binary)) {
            continue;
        }
        let (text, help) = match (&field.ty, endpoint.body) {
            (Type::Scalar(_), BodyForm::Multipart) => continue,
            (_, BodyForm::Multipart) => (
                format!("`{}` is several files, and a part of the body is one", field.name),
                "give each file a field of its own",
            ),
            // That it goes into a query has been reported.
            (_, BodyForm::Query | BodyForm::None) => continue,
            (_, BodyForm::Json | BodyForm::Form) => (
                format!("`{}` is a file, and the body is not multipart", field.name),
                "say `body: multipart`; bytes that go as base64 text are `base64`",
            ),
        };
        let diagnostic = match node.get("body").or(node.get("method")) {
            Some(written) if !node.span.contains(&field.node.span) => at_value(written, text),
            _ => at_key(&field.node, text),
        };
        diagnostics.push(diagnostic.help(help));
    }
}

/// A struct of a request holds no files.
pub(super) fn check_files_in_structs(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    let mut sent: Vec<TypeRef> = spec.sent_structs().into_iter().collect();
    sent.sort();
    for object in sent.iter().filter_map(|at| spec.find_struct(at)) {
        for field in object.fields.iter().filter(|f| f.valid && object.node.span.contains(&f.node.span)) {
            if matches!(field.ty.innermost(), Type::Scalar(Scalar::Binary)) {
                let text = format!("`{}` is a file inside an object", field.name);
                let help =
                    "a file is a field of a multipart request; bytes that go as base64 text are `base64`";
                diagnostics.push(at_key(&field.node, text).help(help));
            }
        }
    }
}

/// The names in braces of a path.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

pub(super) fn check_query(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let entry = &endpoint.entry;
    if endpoint.body != BodyForm::Query || entry.is_poisoned("body") || entry.is_poisoned("method") {
        return;
    }
    let in_path = endpoint.path.as_deref().map(parameters).unwrap_or_default();
    for field in endpoint.request.iter().filter(|f| !in_path.contains(&f.wire.as_str())) {
        let Some(what) = not_single(&field.ty) else { continue };
        if matches!(field.ty, Type::Scalar(Scalar::Json)) {
            continue;
        }
        let text = format!(
            "`{}` is {what}, and the fields of a {} go into the query string",
            field.name, entry.method
        );
        // What the base may send, a derived entry with another method may not: then the method is to blame.
        let node = &entry.node;
        let diagnostic = match node.get("body").or(node.get("method")) {
            Some(written) if !node.span.contains(&field.node.span) => at_value(written, text),
            _ => at_key(&field.node, text),
        };
        diagnostics
            .push(diagnostic.help("a query holds single values: use POST with a JSON body, or `body: json`"));
    }
}

/// Two endpoints of a section on one path, where neither comes from the other.
pub(super) fn check_same_path(section: &Section, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(Method, &str), &Endpoint> = HashMap::new();
    for endpoint in section.endpoints.iter().filter(|e| !e.entry.is_poisoned("method")) {
        let entry = &endpoint.entry;
        let Some(path) = &endpoint.path else { continue };
        let Some(other) = seen.insert((entry.method, path), endpoint) else { continue };
        if entry.root() != other.entry.root() {
            let text = format!(
                "`{}` has the method and path of `{}`: {} {path}",
                entry.name, other.entry.name, entry.method
            );
            let diagnostic = match entry.node.get("path") {
                Some(written) => at_value(written, text),
                None => at_key(&entry.node, text),
            };
            diagnostics
                .push(diagnostic.help(format!("if they are one call, write `same_as: {}`", other.entry.key)));
        }
    }
}
