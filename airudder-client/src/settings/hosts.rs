//! Where the families' endpoints are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use reqwest::Url;

use crate::catalogue::Family;

pub(crate) struct Hosts {
    /// Takes the place of the host of all families of the API's account.
    shared: Option<String>,
    /// Take the place of the hosts of single families.
    own: BTreeMap<Family, String>,
    /// Parsed once, of all families that are known when the client is made.
    parsed: BTreeMap<Family, Url>,
}

impl Hosts {
    pub(crate) fn new(shared: Option<String>, own: BTreeMap<Family, String>) -> Self {
        let mut hosts = Self { shared, own, parsed: BTreeMap::new() };
        let known = Family::ALL.iter().chain(hosts.own.keys());
        let parsed = known.filter_map(|family| Some((*family, Url::parse(hosts.text(*family)).ok()?)));
        hosts.parsed = parsed.collect();
        hosts
    }

    /// The base URL that takes the place of the vendor's.
    pub(crate) fn shared(&self) -> Option<&str> {
        self.shared.as_deref()
    }

    /// Scheme and host (and path, if it has one) for a family's endpoints, without a slash at the end.
    pub(crate) fn text(&self, family: Family) -> &str {
        let info = family.info();
        match (self.own.get(&family), &self.shared) {
            (Some(url), _) => url,
            (None, Some(url)) if info.shares_host => url,
            (None, _) => info.base_url.trim_end_matches('/'),
        }
    }

    /// The same, parsed.
    pub(crate) fn url(&self, family: Family) -> Result<Cow<'_, Url>, String> {
        match self.parsed.get(&family) {
            Some(url) => Ok(Cow::Borrowed(url)),
            None => Url::parse(self.text(family))
                .map(Cow::Owned)
                .map_err(|error| format!("the base URL is not valid: {error}")),
        }
    }

    /// The whole address. `query` is put behind it as it is.
    pub(crate) fn address(&self, family: Family, path: &str, query: &str) -> Result<Url, String> {
        if path.contains('#') || query.contains('#') {
            return Err("the path has a `#`, which would cut it off: write `%23`".to_owned());
        }
        // Behind a host without a slash it would be a part of the host's name.
        if !path.starts_with('/') {
            return Err("the path does not begin with a slash".to_owned());
        }
        let mut url = self.url(family)?.into_owned();
        let (path, own) = match path.split_once('?') {
            Some((path, own)) => (path, Some(own)),
            None => (path, None),
        };
        // As a path it is read, whatever it holds: it cannot point to another host.
        match url.path() {
            "/" => url.set_path(path),
            base => url.set_path(&format!("{}{path}", base.trim_end_matches('/'))),
        }
        match (own, query) {
            (None, "") => url.set_query(None),
            (Some(own), "") => url.set_query(Some(own)),
            (None, query) => url.set_query(Some(query)),
            (Some(own), query) => url.set_query(Some(&format!("{own}&{query}"))),
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(base: &str) -> Hosts {
        Hosts::new(Some(base.to_owned()), BTreeMap::new())
    }

    /// What reading the whole text as one address gives.
    fn read(base: &str, path: &str, query: &str) -> Url {
        let mut text = format!("{base}{path}");
        if !query.is_empty() {
            text.push(if path.contains('?') { '&' } else { '?' });
            text.push_str(query);
        }
        Url::parse(&text).unwrap()
    }

    #[test]
    fn an_address_is_what_its_parts_make_together() {
        for base in ["http://127.0.0.1:80", "https://api.example.com", "https://example.com:8443/a/b"] {
            for path in [
                "/service/cloud/list",
                "/a/x%2F%20y%3F/b",
                "/a b/é\"<>`{}|^",
                "/a//b",
                "//x/y",
                "/?x=1",
                "/a?",
            ] {
                for query in ["", "Number=10&Page=1", "0UctL7H7qvqjiIZ/x6JCrA==", "q='\" <é>"] {
                    let url = hosts(base).address(Family::Cloud, path, query).unwrap();
                    assert_eq!(url, read(base, path, query), "{base} {path} {query}");
                }
            }
        }
    }

    #[test]
    fn no_path_leads_to_another_host() {
        for path in ["//evil.example/a", "/@evil.example", "/\\evil.example/a", "/../../a", "/.//a"] {
            let url = hosts("http://127.0.0.1:80").address(Family::Cloud, path, "").unwrap();
            assert_eq!(url.host_str(), Some("127.0.0.1"), "{path}");
        }
        for path in ["@evil.example/a", ".evil.example", ":99/a", "", "a", "?x=1"] {
            assert!(hosts("http://127.0.0.1").address(Family::Cloud, path, "").is_err(), "{path}");
        }
        for (path, query) in [("/a#b", ""), ("/a", "x=#")] {
            assert!(hosts("http://127.0.0.1").address(Family::Cloud, path, query).is_err(), "{path}");
        }
    }
}
