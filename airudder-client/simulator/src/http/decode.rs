//! Decodes a request's fields the way an endpoint wants them, and checks them.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use airudder_client::catalogue::{BodyForm, Endpoint, Field, FieldPlace, Kind, Problem, Scalar};
use airudder_client::check::{self, Severity, Violation};
use airudder_client::jiff::civil::Date;
use axum::body::Bytes;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::endpoints::failure::{Failure, family, invalid_code};
use crate::http::router::PathFields;
use crate::loose_json;

/// What came over the wire.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) query: String,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
    /// Of the request.
    pub(crate) headers: HeaderMap,
    json: OnceCell<Option<Arc<Value>>>,
}

/// A request as one endpoint understands it.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) endpoint: &'static Endpoint,
    /// Its fields by wire name.
    pub(crate) input: Arc<Value>,
    pub(crate) failure: Option<Failure>,
    /// How badly it fits: kinds of violations, and keys that the endpoint does not know.
    misfit: usize,
}

impl Incoming {
    pub(crate) fn new(query: String, content_type: String, body: Bytes) -> Self {
        Self { query, content_type, body, headers: HeaderMap::new(), json: OnceCell::new() }
    }

    /// The readings that fit best, of all these endpoints (they share a method and a path). The first of them
    /// counts. `in_path` are the fields that stand in the path.
    pub(crate) fn decode_as(&self, candidates: &[&'static Endpoint], in_path: &PathFields) -> Vec<Decoded> {
        let mut decoded: Vec<Decoded> =
            candidates.iter().map(|endpoint| self.decode(endpoint, in_path)).collect();
        let least = decoded.iter().map(|one| one.misfit).min().unwrap_or_default();
        decoded.retain(|one| one.misfit == least);
        decoded
    }

    fn decode(&self, endpoint: &'static Endpoint, in_path: &PathFields) -> Decoded {
        let elsewhere = [in_path.as_slice(), &self.in_headers(endpoint)].concat();
        let in_path = &elsewhere;
        let pairs = match endpoint.body {
            BodyForm::Json if !self.is_form() => return self.decode_json(endpoint, in_path),
            BodyForm::Query => url_pairs(self.query.as_bytes()),
            BodyForm::None => Vec::new(),
            // JSON is taken in the place of a form: public clients send either to the token endpoints.
            BodyForm::Form | BodyForm::Json | BodyForm::Multipart if self.looks_like_json() => {
                return self.decode_json(endpoint, in_path);
            }
            BodyForm::Multipart => self.parts(),
            BodyForm::Form | BodyForm::Json if self.content_type.starts_with("multipart/") => self.parts(),
            BodyForm::Form | BodyForm::Json => url_pairs(&self.body),
        };
        decode_pairs(endpoint, &[pairs.as_slice(), in_path.as_slice()].concat())
    }

    /// The fields that stand in headers.
    fn in_headers(&self, endpoint: &Endpoint) -> PathFields {
        let fields = endpoint.request.iter().filter(|field| field.place == FieldPlace::Header);
        let text = |field: &Field| {
            let value = self.headers.get(field.wire)?;
            Some((field.wire.to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        };
        fields.filter_map(text).collect()
    }

    fn is_form(&self) -> bool {
        (self.content_type.contains("form-urlencoded") || self.content_type.starts_with("multipart/"))
            && !self.looks_like_json()
    }

    fn looks_like_json(&self) -> bool {
        self.body.trim_ascii_start().starts_with(b"{")
    }

    fn decode_json(&self, endpoint: &'static Endpoint, in_path: &PathFields) -> Decoded {
        let text: &[u8] = if self.body.trim_ascii().is_empty() { b"{}" } else { &self.body };
        if !in_path.is_empty()
            && let Ok(Value::Object(mut map)) = serde_json::from_slice(text)
        {
            map.extend(in_path.iter().map(|(name, value)| (name.clone(), path_value(endpoint, name, value))));
            let input = Arc::new(Value::Object(map));
            let violations = checked(endpoint, input.to_string().as_bytes());
            let unknown = input.as_object().map_or(0, |map| unknown_keys(endpoint.request, map));
            return decoded(endpoint, input, &violations, unknown);
        }
        let parsed = self.json.get_or_init(|| serde_json::from_slice(text).ok().map(Arc::new));
        let Some(input) = parsed.as_ref().filter(|value| value.is_object()) else {
            let failure = Failure::code(invalid_code(endpoint), "the body is not a JSON object");
            return Decoded { endpoint, input: Arc::default(), failure: Some(failure), misfit: usize::MAX };
        };
        let violations = checked(endpoint, text);
        let unknown = input.as_object().map_or(0, |map| unknown_keys(endpoint.request, map));
        decoded(endpoint, Arc::clone(input), &violations, unknown)
    }

    /// The parts of a multipart form. Files are read as base64, as `check` wants them.
    fn parts(&self) -> Vec<(String, String)> {
        let boundary = self.content_type.split(';').find_map(|part| part.trim().strip_prefix("boundary="));
        let Some(boundary) = boundary.map(|boundary| boundary.trim_matches('"')).filter(|b| !b.is_empty())
        else {
            return Vec::new();
        };
        let boundary = format!("--{boundary}");
        split(&self.body, boundary.as_bytes()).into_iter().filter_map(part).collect()
    }
}

/// A field of the path as the JSON that its kind wants.
fn path_value(endpoint: &Endpoint, name: &str, value: &str) -> Value {
    let numeric = endpoint.request.iter().any(|field| {
        field.wire == name
            && matches!(
                field.kind,
                Kind::Scalar(Scalar::Integer) | Kind::Scalar(Scalar::Number) | Kind::Scalar(Scalar::Decimal)
            )
    });
    numeric.then(|| serde_json::from_str(value).ok()).flatten().unwrap_or_else(|| value.into())
}

/// The pieces of `bytes` between the places where `mark` stands.
fn split<'a>(mut bytes: &'a [u8], mark: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    while let Some(at) = bytes.windows(mark.len()).position(|window| window == mark) {
        let (piece, rest) = bytes.split_at(at);
        pieces.push(piece);
        bytes = rest.get(mark.len()..).unwrap_or_default();
    }
    pieces
}

/// Name and value of one part of a multipart form.
fn part(bytes: &[u8]) -> Option<(String, String)> {
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, content) = bytes.split_at(at);
    let content = content.get(4..)?;
    let content = content.strip_suffix(b"\r\n").unwrap_or(content);
    let head = String::from_utf8_lossy(head);
    let after = |mark: &str| head.split_once(mark)?.1.split('"').next().map(str::to_owned);
    let name = after(" name=\"")?;
    let value = match after("filename=\"") {
        Some(_) => STANDARD.encode(content),
        None => String::from_utf8_lossy(content).into_owned(),
    };
    Some((name, value))
}

fn url_pairs(text: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

fn decode_pairs(endpoint: &'static Endpoint, pairs: &[(String, String)]) -> Decoded {
    let violations = check::check_query(endpoint.request, endpoint.family, pairs);
    let map: Map<String, Value> =
        pairs.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let unknown = unknown_keys(endpoint.request, &map);
    decoded(endpoint, Arc::new(Value::Object(map)), &violations, unknown)
}

fn decoded(
    endpoint: &'static Endpoint,
    input: Arc<Value>,
    violations: &[check::Violation],
    unknown: usize,
) -> Decoded {
    let violations: Vec<_> =
        violations.iter().filter(|violation| violation.severity == Severity::Error).collect();
    // A violation in a thousand rows counts once: otherwise one wrong column would outweigh all the right
    // ones.
    let kinds: HashSet<_> =
        violations.iter().map(|violation| (without_indices(&violation.field), violation.problem)).collect();
    let failure = violations.first().map(|violation| {
        let missing = violation.problem == Problem::Missing;
        let of_family = family(endpoint).missing_code.filter(|_| missing).or(family(endpoint).invalid_code);
        let code = violation.code.map(|code| code.value()).or(of_family);
        Failure::code(code.unwrap_or_else(|| invalid_code(endpoint)), violation.to_string())
    });
    Decoded { endpoint, input, failure, misfit: kinds.len() + unknown }
}

/// `Details[3].Mobile` becomes `Details[].Mobile`.
fn without_indices(path: &str) -> String {
    path.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// How many keys the endpoint does not know; of lists, the first row counts.
fn unknown_keys(fields: &[Field], map: &Map<String, Value>) -> usize {
    map.iter()
        .map(|(key, value)| {
            let known = fields.iter().find(|f| {
                loose_json::same(f.wire, key) || f.aliases.iter().any(|a| loose_json::same(a, key))
            });
            match (known.map(|field| field.kind), value) {
                (None, _) => 1,
                (Some(Kind::List(Kind::Struct(info))), Value::Array(rows)) => {
                    rows.first().and_then(Value::as_object).map_or(0, |row| unknown_keys(info.fields, row))
                }
                (Some(Kind::Struct(info)), Value::Object(inner)) => unknown_keys(info.fields, inner),
                _ => 0,
            }
        })
        .sum()
}

/// What is wrong with a request. Days ahead count from the simulated day, which the endpoint knows: here none
/// is too far.
fn checked(endpoint: &Endpoint, json: &[u8]) -> Vec<Violation> {
    check::check_on(endpoint.request, endpoint.family, json, Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multipart_forms_are_read() {
        let body = "--xyz\r\nContent-Disposition: form-data; name=\"call_id\"\r\n\r\n7\r\n\
                    --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
                    Content-Type: image/png\r\n\r\n\x01\x02\x03\r\n\
                    --xyz--\r\n";
        let incoming =
            Incoming::new(String::new(), "multipart/form-data; boundary=xyz".to_owned(), Bytes::from(body));
        assert_eq!(
            incoming.parts(),
            [("call_id".to_owned(), "7".to_owned()), ("file".to_owned(), "AQID".to_owned())]
        );
        for broken in ["", "--xyz", "--xyz\r\n\r\n\r\n--xyz", "\r\n\r\n"] {
            let incoming = Incoming::new(
                String::new(),
                "multipart/form-data; boundary=xyz".to_owned(),
                Bytes::from(broken),
            );
            assert!(incoming.parts().is_empty(), "{broken:?}");
        }
    }
}
