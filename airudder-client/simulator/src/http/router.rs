//! Which endpoints a method and a path may mean.

use std::collections::{HashMap, HashSet};

use airudder_client::catalogue::{Auth, ENDPOINTS, Endpoint, FAMILIES};

#[derive(Debug, Default)]
pub(crate) struct Routes {
    by_path: HashMap<String, Vec<&'static Endpoint>>,
    /// Paths with fields in braces; looked at when no other path is the one.
    with_fields: Vec<(String, Vec<&'static Endpoint>)>,
    /// Keys of the endpoints that give tokens.
    token_endpoints: Vec<&'static str>,
    keys: HashSet<&'static str>,
}

/// Why no endpoint was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotRouted {
    /// The path is known, with other methods: these.
    OtherMethod(Vec<&'static str>),
    /// Nothing has this path.
    NoPath,
}

impl Routes {
    /// Routes of the catalogue and of `more` endpoints; `overrides` are keys and the paths that they get. The
    /// error is the key of an override that no endpoint has.
    pub(crate) fn new(
        more: &[&'static Endpoint],
        overrides: &HashMap<String, String>,
    ) -> Result<Self, String> {
        let mut all: Vec<&'static Endpoint> = ENDPOINTS.iter().chain(more).copied().collect();
        let mut routes = Self::default();
        let auths: Vec<Auth> = FAMILIES
            .iter()
            .map(|family| family.auth)
            .chain(all.iter().map(|endpoint| endpoint.auth))
            .collect();
        for auth in auths {
            if let Auth::Token(token) = auth
                && !routes.token_endpoints.contains(&token.endpoint.key)
            {
                routes.token_endpoints.push(token.endpoint.key);
                // The catalogue lacks it where the client is built without its section.
                if !all.iter().any(|endpoint| endpoint.key == token.endpoint.key) {
                    all.push(token.endpoint);
                }
            }
        }
        routes.keys = all.iter().map(|endpoint| endpoint.key).collect();
        for endpoint in all {
            let path = overrides.get(endpoint.key).map(String::as_str).or(endpoint.path);
            if let Some(path) = path {
                routes.add(normal(path), endpoint);
            }
        }
        // Where nothing tells endpoints of one path apart, the original goes before those derived from it.
        for endpoints in routes.by_path.values_mut() {
            endpoints.sort_by_key(|endpoint| endpoint.key != endpoint.root);
        }
        if let Some(unknown) = overrides.keys().find(|key| !routes.has(key)) {
            return Err(unknown.clone());
        }
        Ok(routes)
    }

    fn add(&mut self, path: String, endpoint: &'static Endpoint) {
        if !path.contains('{') {
            self.by_path.entry(path).or_default().push(endpoint);
            return;
        }
        match self.with_fields.iter_mut().find(|(known, _)| *known == path) {
            Some((_, endpoints)) => endpoints.push(endpoint),
            None => self.with_fields.push((path, vec![endpoint])),
        }
    }

    /// The endpoints with this method and path, and the fields that stand in the path.
    pub(crate) fn find(
        &self,
        method: &str,
        path: &str,
    ) -> Result<(Vec<&'static Endpoint>, PathFields), NotRouted> {
        let path = normal(path);
        let (at_path, fields) = match self.by_path.get(&path) {
            Some(endpoints) => (endpoints, PathFields::new()),
            None => {
                let mut matching = self
                    .with_fields
                    .iter()
                    .filter_map(|(template, endpoints)| Some((endpoints, fields_in(template, &path)?)));
                matching.next().ok_or(NotRouted::NoPath)?
            }
        };
        let found: Vec<_> =
            at_path.iter().copied().filter(|e| e.method.as_str().eq_ignore_ascii_case(method)).collect();
        if found.is_empty() {
            let mut methods: Vec<_> = at_path.iter().map(|endpoint| endpoint.method.as_str()).collect();
            methods.sort_unstable();
            methods.dedup();
            return Err(NotRouted::OtherMethod(methods));
        }
        Ok((found, fields))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub(crate) fn gives_tokens(&self, endpoint: &Endpoint) -> bool {
        self.token_endpoints.contains(&endpoint.key)
    }
}

/// Fields that stand in a path, by wire name.
pub(crate) type PathFields = Vec<(String, String)>;

/// The fields of a path, if it is of this form.
fn fields_in(template: &str, path: &str) -> Option<PathFields> {
    let mut segments = path.split('/');
    let mut fields = PathFields::new();
    for wanted in template.split('/') {
        let segment = segments.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => fields.push((name.to_owned(), unescaped(segment))),
            None if wanted == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(fields)
}

fn unescaped(segment: &str) -> String {
    // A plus is a plus in a path; the decoder for forms would take it for a space.
    let form = format!("x={}", segment.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn normal(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_paths() {
        let fields = fields_in("/a/{id}/b/{n}", "/a/x%2Fy+z/b/7").unwrap();
        assert_eq!(fields, [("id".to_owned(), "x/y+z".to_owned()), ("n".to_owned(), "7".to_owned())]);
        for other in ["/a/1/c/2", "/a/1/b", "/a/1/b/2/c"] {
            assert_eq!(fields_in("/a/{id}/b/{n}", other), None, "{other}");
        }
    }
}
