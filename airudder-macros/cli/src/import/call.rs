//! The calls that a document describes.

use airudder_model::Method;

use super::document::{Node, Value};
use super::error::ImportError;
use super::references::{Target, look_up};
use super::yaml;

/// A call.
pub(super) struct Call<'a> {
    pub(super) path: Option<String>,
    pub(super) method: Option<String>,
    pub(super) operation: &'a Node,
    /// The path item around it.
    pub(super) item: Option<&'a Node>,
    /// Whether it is the vendor who calls.
    pub(super) is_webhook: bool,
}

impl Call<'_> {
    /// `GET /tasks`, for messages.
    pub(super) fn shown(&self) -> String {
        let shown =
            format!("{} {}", self.method.as_deref().unwrap_or("?"), self.path.as_deref().unwrap_or("?"));
        yaml::line(&shown)
    }
}

const OPERATION: [&str; 4] = ["responses", "requestBody", "parameters", "operationId"];
/// Methods that the language lacks.
const UNSUPPORTED: [&str; 4] = ["HEAD", "OPTIONS", "TRACE", "QUERY"];

/// Why a document is none that can be read, by its first words.
pub(super) fn check_version(root: &Node) -> Result<(), ImportError> {
    if let Some(version) = root.get("swagger").and_then(Node::scalar) {
        return Err(ImportError::new(format!("this is Swagger {}, not OpenAPI 3", yaml::short(&version))).help(
            "convert it to OpenAPI 3, with `npx swagger2openapi FILE -o openapi.yaml`, in editor.swagger.io \
             (Edit, Convert to OpenAPI 3), or by exporting it from Apifox as OpenAPI 3.0",
        ));
    }
    if root.get("asyncapi").is_some() {
        return Err(
            ImportError::new("this is AsyncAPI, not OpenAPI 3").help("export the page as OpenAPI 3.0")
        );
    }
    if root.get("paths").is_none()
        && let Some(info) = root.get("info").filter(|info| info.get("_postman_id").is_some())
    {
        return Err(ImportError::new(format!(
            "this is a Postman collection, {}, not OpenAPI 3",
            yaml::short(&info.text_at("name").unwrap_or_default())
        ))
        .help("convert it to OpenAPI 3, with `npx postman-to-openapi FILE -f openapi.yaml`"));
    }
    match root.text_at("openapi") {
        Some(version) if !version.starts_with('3') => Err(ImportError::new(format!(
            "this is OpenAPI {}, and 3.0 and 3.1 are read",
            yaml::short(&version)
        ))
        .help("export the page as OpenAPI 3.0 or 3.1")),
        _ => Ok(()),
    }
}

/// The one call that a fragment describes.
pub(super) fn find_call(root: &Node) -> Result<Call<'_>, ImportError> {
    let mut left_out = Vec::new();
    let mut calls = find_calls(root, &mut left_out)?;
    if calls.len() > 1 {
        let list: Vec<String> = calls.iter().take(5).map(Call::shown).collect();
        let error = ImportError::new(format!(
            "the fragment describes {} calls: {}{}",
            calls.len(),
            list.join(", "),
            if calls.len() > 5 { ", ..." } else { "" }
        ));
        return Err(
            error.help("an entry is one call: cut the fragment to one of them, or import all with `--all`")
        );
    }
    match (calls.pop(), left_out.pop()) {
        (Some(call), _) => Ok(call),
        (None, Some(problem)) => Err(problem),
        (None, None) if root.get("webhooks").is_some() => {
            Err(ImportError::new("the document describes webhooks and no call")
                .help("import them as a section, with `--all`"))
        }
        (None, None) => Err(ImportError::new(
            "the fragment describes no call: it has no `paths`, no path with a method, and no `responses` or \
             `requestBody`",
        )
        .help("export the page as OpenAPI 3.0, in YAML or JSON")),
    }
}

/// All calls that a document describes, in its order. What is none that can be read is left out with its
/// reason.
pub(super) fn find_calls<'a>(
    root: &'a Node,
    left_out: &mut Vec<ImportError>,
) -> Result<Vec<Call<'a>>, ImportError> {
    let mut calls = Vec::new();
    let has_others = ["webhooks", "x-webhooks", "x-unconfirmed"].iter().any(|key| root.get(key).is_some());
    let paths = match root.get("paths") {
        Some(paths) if paths.entries().is_empty() && !has_others => {
            return Err(
                ImportError::new("`paths` of the fragment is empty").help("export the page of one call")
            );
        }
        Some(paths) => paths,
        None => root,
    };
    let is_path = |path: &str| match root.get("paths") {
        Some(_) => !path.starts_with("x-"),
        None => path.starts_with('/'),
    };
    for (path, item) in paths.entries().iter().filter(|(path, _)| is_path(path)) {
        match item_calls(root, path, item, left_out) {
            Ok(found) => calls.extend(found),
            Err(problem) => left_out.push(problem),
        }
    }
    if calls.is_empty() && left_out.is_empty() && root.get("paths").is_none() {
        for (method, operation) in methods(root, "?", left_out)? {
            calls.push(Call {
                path: None,
                method: Some(method),
                operation,
                item: Some(root),
                is_webhook: false,
            });
        }
        if calls.is_empty() && OPERATION.iter().any(|key| root.get(key).is_some()) {
            calls.push(Call { path: None, method: None, operation: root, item: None, is_webhook: false });
        }
    }
    Ok(calls)
}

fn item_calls<'a>(
    root: &'a Node,
    path: &str,
    written: &'a Node,
    left_out: &mut Vec<ImportError>,
) -> Result<Vec<Call<'a>>, ImportError> {
    let shown = yaml::line(path);
    let mut item = written;
    for _ in 0..8 {
        let Some(reference) = item.get("$ref").and_then(Node::scalar) else { break };
        item = match look_up(root, &reference) {
            Target::Here(target) => target,
            Target::Elsewhere => {
                return Err(ImportError::new(format!(
                    "`{shown}` stands in another file, `$ref: {}`, which is not read",
                    yaml::line(&reference)
                ))
                .help(
                    "bundle the document into one file, with `npx @redocly/cli bundle FILE -o openapi.yaml`",
                ));
            }
            Target::Nowhere => {
                return Err(ImportError::new(format!(
                    "`{shown}`: `$ref: {}` points to nothing in the fragment",
                    yaml::line(&reference)
                )));
            }
        };
    }
    let before = left_out.len();
    let found = methods(item, path, left_out)?;
    if found.is_empty() && left_out.len() == before {
        return Err(ImportError::new(format!("`{shown}` has no method"))
            .help("below a path stands `get`, `post`, `put`, `delete` or `patch`"));
    }
    Ok(found
        .into_iter()
        .map(|(method, operation)| Call {
            path: Some(path.to_owned()),
            method: Some(method),
            operation,
            item: Some(item),
            is_webhook: false,
        })
        .collect())
}

/// The webhooks of a document, with their names: 3.1 has a key for them, and some write them as an extension.
pub(super) fn find_webhooks<'a>(root: &'a Node, left_out: &mut Vec<ImportError>) -> Vec<(String, Call<'a>)> {
    let mut found = Vec::new();
    for (name, item) in
        ["webhooks", "x-webhooks"].iter().filter_map(|key| root.get(key)).flat_map(Node::entries)
    {
        match item_calls(root, name, item, left_out) {
            Ok(calls) => {
                let calls = calls.into_iter().map(|call| Call { path: None, is_webhook: true, ..call });
                found.extend(calls.map(|call| (name.clone(), call)));
            }
            Err(problem) => left_out.push(problem),
        }
    }
    found
}

/// Calls whose path nobody knows: an export of a spec has them beside its paths.
pub(super) fn find_unconfirmed(root: &Node) -> Vec<Call<'_>> {
    let all = root.get("x-unconfirmed").map(Node::entries).unwrap_or_default().iter();
    all.map(|(_, operation)| Call {
        path: None,
        method: operation.text_at("method").filter(|method| Method::from_word(method).is_some()),
        operation,
        item: None,
        is_webhook: false,
    })
    .collect()
}

/// The methods of a path item, in capitals.
fn methods<'a>(
    item: &'a Node,
    path: &str,
    left_out: &mut Vec<ImportError>,
) -> Result<Vec<(String, &'a Node)>, ImportError> {
    let mut found = Vec::new();
    for (key, operation) in item.entries() {
        let method = key.to_uppercase();
        if UNSUPPORTED.contains(&method.as_str()) && matches!(operation.value, Value::Map(_)) {
            left_out.push(ImportError::new(format!(
                "{method} {}: the method {method} is not supported",
                yaml::line(path)
            )));
            continue;
        }
        if Method::from_word(&method).is_none() {
            continue;
        }
        if !operation.is_map() {
            return Err(ImportError::new(format!(
                "`{key}` must describe a call, and is {}",
                operation.kind()
            )));
        }
        found.push((method, operation));
    }
    Ok(found)
}
