//! The one call that a fragment describes.

use airudder_model::Method;

use super::document::{Node, Value};
use super::error::ImportError;
use super::yaml;

/// The call that a fragment describes.
pub(super) struct Call<'a> {
    pub(super) path: Option<String>,
    pub(super) method: Option<String>,
    pub(super) operation: &'a Node,
    /// The path item around it.
    pub(super) item: Option<&'a Node>,
}

const OPERATION: [&str; 4] = ["responses", "requestBody", "parameters", "operationId"];

pub(super) fn find_call(root: &Node) -> Result<Call<'_>, ImportError> {
    let mut calls = Vec::new();
    let paths = match root.get("paths") {
        Some(paths) if paths.entries().is_empty() => {
            return Err(
                ImportError::new("`paths` of the fragment is empty").help("export the page of one call")
            );
        }
        Some(paths) => paths,
        None => root,
    };
    for (path, item) in
        paths.entries().iter().filter(|(path, _)| root.get("paths").is_some() || path.starts_with('/'))
    {
        let methods = methods(item)?;
        if methods.is_empty() {
            return Err(ImportError::new(format!("`{}` has no method", yaml::line(path)))
                .help("below a path stands `get`, `post`, `put`, `delete` or `patch`"));
        }
        calls.extend(methods.into_iter().map(|(method, operation)| Call {
            path: Some(path.clone()),
            method: Some(method),
            operation,
            item: Some(item),
        }));
    }
    if calls.is_empty() && root.get("paths").is_none() {
        let alone = methods(root)?;
        calls.extend(alone.into_iter().map(|(method, operation)| Call {
            path: None,
            method: Some(method),
            operation,
            item: Some(root),
        }));
        if calls.is_empty() && OPERATION.iter().any(|key| root.get(key).is_some()) {
            calls.push(Call { path: None, method: None, operation: root, item: None });
        }
    }
    if calls.len() > 1 {
        let shown = |call: &Call<'_>| {
            format!("{} {}", call.method.as_deref().unwrap_or("?"), call.path.as_deref().unwrap_or("?"))
        };
        let list: Vec<String> = calls.iter().take(5).map(|call| yaml::line(&shown(call))).collect();
        let error =
            ImportError::new(format!("the fragment describes {} calls: {}", calls.len(), list.join(", ")));
        return Err(error.help("an entry is one call: cut the fragment to one of them"));
    }
    calls.pop().ok_or_else(|| {
        ImportError::new(
            "the fragment describes no call: it has no `paths`, no path with a method, and no `responses` or \
             `requestBody`",
        )
        .help("export the page as OpenAPI 3.0, in YAML or JSON")
    })
}

/// The methods of a path item, in capitals.
fn methods(item: &Node) -> Result<Vec<(String, &Node)>, ImportError> {
    let mut found = Vec::new();
    for (key, operation) in item.entries() {
        let method = key.to_uppercase();
        if ["HEAD", "OPTIONS", "TRACE"].contains(&method.as_str()) && matches!(operation.value, Value::Map(_))
        {
            return Err(ImportError::new(format!("the method {method} is not supported")));
        }
        if Method::from_word(&method).is_none() {
            continue;
        }
        if !matches!(operation.value, Value::Map(_)) {
            return Err(ImportError::new(format!(
                "`{key}` must describe a call, and is {}",
                operation.kind()
            )));
        }
        found.push((method, operation));
    }
    Ok(found)
}
