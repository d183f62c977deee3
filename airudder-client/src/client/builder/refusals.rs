//! What a builder refuses: base URLs that are none, paths of endpoints that do not exist.

use reqwest::Url;

use super::nearest::nearest;
use crate::catalogue::{Auth, ENDPOINTS, Endpoint, FAMILIES, FamilyInfo};
use crate::error::Error;
use crate::http::is_loopback;

/// A base URL that can be used, without a slash at its end.
pub(super) fn base_url_of(text: &str, allow_http: bool) -> Result<String, Error> {
    let text = text.trim();
    let url = Url::parse(text).map_err(|error| {
        Error::config(format!("the base URL is not a URL ({error}): it looks like https://api.airudder.com"))
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::config("the base URL must not have a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(Error::config("the base URL must not have a query or fragment"));
    }
    match url.scheme() {
        "https" if url.has_host() => {}
        "http" if url.has_host() && (allow_http || is_loopback(&url)) => {}
        "http" => {
            return Err(Error::config(
                "the base URL is http, which would send secrets and personal data in the clear: use https, \
                 or `ClientBuilder::allow_http(true)` within a network of your own",
            ));
        }
        other => {
            return Err(Error::config(format!("the base URL must be https, not {other}")));
        }
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn check_path(key: &str, path: &str) -> Result<(), Error> {
    if !path.starts_with('/') || path.starts_with("//") {
        return Err(Error::config(format!(
            "override_path(\"{key}\", ...): the path must begin with one slash"
        )));
    }
    // The endpoints that give tokens are there whatever sections are.
    let tokens = || FAMILIES.iter().filter_map(token_endpoint);
    let all = || ENDPOINTS.iter().copied().chain(tokens());
    let known = || all().map(|endpoint| endpoint.key);
    if known().any(|k| k == key) {
        return Ok(());
    }
    let section = match key.split_once('.') {
        Some((section, method)) if !section.is_empty() && !method.is_empty() => section,
        _ => return Err(unknown_key(key, known())),
    };
    match all().any(|endpoint| endpoint.section == section) {
        true => Err(unknown_key(key, known())),
        // A section of nobody's but the caller's: an endpoint of a spec of their own.
        false => Ok(()),
    }
}

/// The endpoint that gives a family's tokens.
fn token_endpoint(family: &FamilyInfo) -> Option<&'static Endpoint> {
    match family.auth {
        Auth::Token(token) => Some(token.endpoint),
        Auth::Signature | Auth::Bearer | Auth::None => None,
    }
}

fn unknown_key<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let near = nearest(key, known);
    let hint = match near.is_empty() {
        true => "keys look like `collection.create_task`, see `catalogue::ENDPOINTS`".to_owned(),
        false => format!(
            "did you mean {}?",
            near.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(" or ")
        ),
    };
    Error::config(format!("override_path: there is no endpoint `{key}`: {hint}"))
}
