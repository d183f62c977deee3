//! `paths` of the document: one operation for each method and path.

use airudder_codegen::ir::{Endpoint, Section};
use airudder_model::Method;

use super::components::Components;
use super::operations::operation;
use super::value::{Map, Value};

pub(super) struct Paths {
    pub(super) paths: Map,
    /// Endpoints whose path nobody knows, by key.
    pub(super) unconfirmed: Map,
}

/// Endpoints of one method and path.
struct Place<'a> {
    path: &'a str,
    method: Method,
    twins: Vec<&'a Endpoint>,
}

pub(super) fn paths(components: &mut Components<'_>, sections: &[&Section]) -> Paths {
    let mut places: Vec<Place<'_>> = Vec::new();
    let mut unconfirmed = Map::new();
    for endpoint in sections.iter().flat_map(|section| &section.endpoints) {
        let entry = &endpoint.entry;
        let Some(path) = &endpoint.path else {
            let operation = operation(components, None, &[endpoint]);
            let with_method = Map::new().with("method", entry.method.word()).and(operation);
            unconfirmed.put(&entry.key, with_method);
            components.note(format!("{} has no path: it stands under `x-unconfirmed`", entry.key));
            continue;
        };
        // Paths that differ in the names of their parameters only are the same to OpenAPI.
        let path = places.iter().map(|place| place.path).find(|known| is_same(known, path)).unwrap_or(path);
        match places.iter_mut().find(|place| place.path == path && place.method == entry.method) {
            Some(place) => place.twins.push(endpoint),
            None => places.push(Place { path, method: entry.method, twins: vec![endpoint] }),
        }
    }
    let mut paths = Map::new();
    for place in &places {
        let operation = operation(components, Some(place.path), &place.twins);
        paths.below(place.path).put(&place.method.word().to_lowercase(), operation);
    }
    paths.each(hoist_servers);
    Paths { paths, unconfirmed }
}

/// Where all operations of a path have the same servers, so has the path.
fn hoist_servers(item: &mut Map) {
    let servers = |operation: &Value| match operation {
        Value::Map(operation) => operation.get("servers").cloned(),
        Value::Scalar(_) | Value::List(_) => None,
    };
    let Some(first) = item.entries().first().and_then(|(_, operation)| servers(operation)) else { return };
    if item.entries().iter().all(|(_, operation)| servers(operation).as_ref() == Some(&first)) {
        item.each(|operation| {
            operation.remove("servers");
        });
        item.put("servers", first);
    }
}

fn is_same(a: &str, b: &str) -> bool {
    anonymous(a) == anonymous(b)
}

/// A path without the names of its parameters.
fn anonymous(path: &str) -> String {
    let mut out = String::new();
    for part in path.split_inclusive('}') {
        match part.split_once('{') {
            Some((before, _)) => out.extend([before, "{}"]),
            None => out.push_str(part),
        }
    }
    out
}
