//! Which endpoints a method and a path may mean.

use std::collections::HashMap;

use crate::catalogue::{Auth, ENDPOINTS, Endpoint, FAMILIES};

#[derive(Debug, Default)]
pub(super) struct Routes {
    by_path: HashMap<String, Vec<&'static Endpoint>>,
    /// Keys of the endpoints that give tokens.
    token_endpoints: Vec<&'static str>,
}

/// Why no endpoint was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// The path is known, with other methods.
    OtherMethod,
    /// Nothing has this path.
    NoPath,
}

impl Routes {
    /// Routes of the catalogue and of `more` endpoints; `overrides` are keys and the paths that they get. The error is
    /// the key of an override that no endpoint has.
    pub(super) fn new(more: &[&'static Endpoint], overrides: &HashMap<String, String>) -> Result<Self, String> {
        let mut routes = Self::default();
        let all = || ENDPOINTS.iter().chain(more.iter().copied());
        for endpoint in all() {
            let path = overrides.get(endpoint.key).map(String::as_str).or(endpoint.path);
            if let Some(path) = path {
                routes.by_path.entry(normal(path)).or_default().push(endpoint);
            }
        }
        // Where nothing tells endpoints of one path apart, the original goes before those derived from it.
        for endpoints in routes.by_path.values_mut() {
            endpoints.sort_by_key(|endpoint| endpoint.key != endpoint.root);
        }
        if let Some(unknown) = overrides.keys().find(|key| !all().any(|endpoint| endpoint.key == key.as_str())) {
            return Err(unknown.clone());
        }
        for auth in FAMILIES.iter().map(|family| family.auth).chain(all().map(|endpoint| endpoint.auth)) {
            if let Auth::Token(token) = auth
                && !routes.token_endpoints.contains(&token.endpoint)
            {
                routes.token_endpoints.push(token.endpoint);
            }
        }
        Ok(routes)
    }

    /// The endpoints with this method and path.
    pub(super) fn find(&self, method: &str, path: &str) -> Result<Vec<&'static Endpoint>, Lost> {
        let at_path = self.by_path.get(&normal(path)).ok_or(Lost::NoPath)?;
        let found: Vec<_> = at_path.iter().copied().filter(|e| e.method.eq_ignore_ascii_case(method)).collect();
        if found.is_empty() { Err(Lost::OtherMethod) } else { Ok(found) }
    }

    pub(super) fn gives_tokens(&self, endpoint: &Endpoint) -> bool {
        self.token_endpoints.contains(&endpoint.key)
    }
}

fn normal(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}
