//! Paths: their form, their parameters, and what goes into a query string.

use std::collections::HashMap;

use airudder_model::{BodyForm, Method, Scalar};

use crate::diagnostic::{Diagnostic, at_key, at_value};
use crate::ir::{Endpoint, Section, Type};
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
    // A parameter that a derived entry removed is told where it did so; one that the base lacks is told there.
    let changes = ["drop", "change"].iter().find_map(|group| node.get(group)?.get("request"));
    let Some(place) = node.get("path").or(changes) else { return };
    for name in parameters(path) {
        let field = endpoint.request.iter().find(|f| f.wire == name);
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
    if let Some(character) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}".contains(*c))) {
        return Some(
            at_value(written, format!("the path `{path}` holds `{character}`"))
                .help("query parameters are fields of `request`"),
        );
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

/// The names in braces of a path.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

pub(super) fn check_query(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let entry = &endpoint.entry;
    if endpoint.body != BodyForm::Query || entry.is_poisoned("body") || entry.is_poisoned("method") {
        return;
    }
    for field in &endpoint.request {
        let what = match field.ty {
            Type::List(_) => "a list",
            Type::Map(_) => "a map",
            Type::Struct(_) => "an object",
            Type::Scalar(Scalar::Binary) => "a file",
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) => continue,
        };
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
