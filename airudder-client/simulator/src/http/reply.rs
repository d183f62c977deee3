//! Answers: payloads and failures in the envelope of their family.

use airudder_client::Family;
use airudder_client::catalogue::{Code, ERROR_CODES, Endpoint, RefusalForm};
use airudder_client::encryption::{self, Key};
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::endpoints::failure::{Failure, code_json, family};
use crate::http::audio::Archive;

/// What a request is answered with, before it is turned into HTTP.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// The code in the envelope, for the log.
    pub(crate) code: Option<Code>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Json(Value),
    /// Content type and bytes.
    Bytes(&'static str, Bytes),
    Archive(Archive),
    /// That many bytes of nothing but spaces.
    Spaces(u64),
}

impl Reply {
    pub(crate) fn new(status: StatusCode, content: Content) -> Self {
        Self { status, code: None, headers: Vec::new(), content }
    }

    /// JSON that is no envelope.
    pub(crate) fn plain(status: StatusCode, message: &str) -> Self {
        Self::new(status, Content::Json(json!({"code": status.as_u16(), "message": message})))
    }

    /// A payload in its envelope.
    pub(crate) fn success(endpoint: &Endpoint, payload: Value, request_id: &str) -> Self {
        let Some(envelope) = family(endpoint).envelope else {
            return Self::new(StatusCode::OK, Content::Json(payload));
        };
        let mut reply = enveloped(endpoint, envelope.success, "OK", Some(payload), request_id);
        reply.status = StatusCode::OK;
        reply
    }

    pub(crate) fn failure(endpoint: &Endpoint, failure: &Failure, request_id: &str) -> Self {
        if let Some(form) = family(endpoint).refusal {
            return refused(endpoint, &form, failure);
        }
        let mut reply = enveloped(endpoint, failure.code, &failure.message, None, request_id);
        reply.status = failure.status;
        // Without an envelope only the HTTP status can say that something is wrong.
        if family(endpoint).envelope.is_none() && failure.status == StatusCode::OK {
            reply.status = StatusCode::BAD_REQUEST;
        }
        reply
    }

    /// A refusal that is of no endpoint, in the form of a family without an envelope.
    pub(crate) fn refusal(form: &RefusalForm, code: Code, status: StatusCode, message: &str) -> Self {
        written(form, code, None, Map::new(), status, message)
    }

    pub(crate) fn file(content: Content, name: &str) -> Self {
        let mut reply = Self::new(StatusCode::OK, content);
        if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
            reply.headers.push((header::CONTENT_DISPOSITION, value));
        }
        reply
    }

    /// The body, where it is JSON.
    pub(crate) fn json(&self) -> Option<&Value> {
        match &self.content {
            Content::Json(value) => Some(value),
            Content::Bytes(..) | Content::Archive(_) | Content::Spaces(_) => None,
        }
    }

    /// Encrypts JSON. Other contents, and refusals of a token, stay in the clear.
    pub(crate) fn encrypt(&mut self, key: &Key) {
        let Content::Json(value) = &self.content else { return };
        if self.status == StatusCode::UNAUTHORIZED {
            return;
        }
        let plain = value.to_string();
        if let Ok(signed) = HeaderValue::try_from(encryption::digest(plain.as_bytes())) {
            self.headers.push((encryption::IS_ENCRYPTED, HeaderValue::from_static("1")));
            self.headers.push((encryption::SIGNED, signed));
            self.content = Content::Bytes("text/plain", key.encrypt(plain.as_bytes()).into());
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = match self.content {
            Content::Json(value) => {
                let mut response = Response::new(Body::from(value.to_string()));
                set(&mut response, header::CONTENT_TYPE, "application/json");
                response
            }
            Content::Bytes(kind, bytes) => {
                let mut response = Response::new(Body::from(bytes));
                if !kind.is_empty() {
                    set(&mut response, header::CONTENT_TYPE, kind);
                }
                response
            }
            Content::Archive(archive) => {
                let length = HeaderValue::from(archive.length());
                let chunks =
                    futures_util::stream::iter(archive.chunks().map(Ok::<_, std::convert::Infallible>));
                let mut response = Response::new(Body::from_stream(chunks));
                set(&mut response, header::CONTENT_TYPE, "application/zip");
                response.headers_mut().insert(header::CONTENT_LENGTH, length);
                response
            }
            Content::Spaces(length) => {
                let mut response =
                    Response::new(Body::from_stream(futures_util::stream::iter(spaces(length))));
                set(&mut response, header::CONTENT_TYPE, "application/json");
                response
            }
        };
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A refusal of a family without an envelope: the HTTP status, and a body with the code.
fn refused(endpoint: &Endpoint, form: &RefusalForm, failure: &Failure) -> Reply {
    let rows = || ERROR_CODES.iter().chain(endpoint.own_codes);
    let of_code = |code: Code| rows().find(|row| row.family == endpoint.family && row.code == code);
    let (code, reason) = exact(endpoint, failure.code);
    let of_row = of_code(failure.code).and_then(|row| StatusCode::from_u16(row.status?).ok());
    let status = match failure.status {
        StatusCode::OK => of_row.unwrap_or(StatusCode::BAD_REQUEST),
        status => status,
    };
    written(form, code, reason, (*failure.details).clone(), status, &failure.message)
}

/// A refusal in this form.
fn written(
    form: &RefusalForm,
    code: Code,
    reason: Option<Code>,
    mut details: Map<String, Value>,
    status: StatusCode,
    message: &str,
) -> Reply {
    let mut body = Value::Object(Map::new());
    if let Some(path) = form.reason {
        let (object, key) = path.rsplit_once('.').unwrap_or(("", path));
        if let Some(reason) = reason {
            details.insert(key.to_owned(), code_json(reason));
        }
        if !object.is_empty() {
            put(&mut body, object, Value::Object(details));
        }
    }
    put(&mut body, form.code, code_json(code));
    if let Some(path) = form.message {
        put(&mut body, path, message.into());
    }
    let mut reply = Reply::new(status, Content::Json(body));
    reply.code = Some(code);
    reply.headers.push((header::CACHE_CONTROL, HeaderValue::from_static("no-store")));
    reply
}

/// A code, and a more exact one where it is that: CALL-E has one, which says that a call is being created.
fn exact(endpoint: &Endpoint, code: Code) -> (Code, Option<Code>) {
    let conflicts = family(endpoint).categories.idempotency_conflict;
    match conflicts.first() {
        Some(conflict) if code == "creation_in_progress" => (*conflict, Some(code)),
        Some(_) | None => (code, None),
    }
}

/// Puts a value where dots lead into objects.
fn put(body: &mut Value, path: &str, value: Value) {
    let mut at = body;
    for key in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(map) = at else { return };
        at = map.entry(key).or_insert(Value::Null);
    }
    *at = value;
}

fn enveloped(
    endpoint: &Endpoint,
    code: Code,
    message: &str,
    payload: Option<Value>,
    request_id: &str,
) -> Reply {
    let envelope = family(endpoint).envelope;
    let mut body = Map::new();
    // Only the chatbot's envelope is known to have an id of its own.
    if matches!(endpoint.family, Family::Chatbot) {
        body.insert("request_id".to_owned(), request_id.into());
    }
    body.insert("code".to_owned(), code_json(code));
    let message_key = envelope.and_then(|e| e.message.first().copied()).unwrap_or("message");
    body.insert(message_key.to_owned(), message.into());
    if let Some(payload) = payload {
        let payload_key = envelope.and_then(|e| e.payload.first().copied()).unwrap_or("data");
        body.insert(payload_key.to_owned(), payload);
    }
    let mut reply = Reply::new(StatusCode::OK, Content::Json(Value::Object(body)));
    reply.code = Some(code);
    reply
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn spaces(length: u64) -> impl Iterator<Item = Result<Bytes, std::convert::Infallible>> {
    const CHUNK: usize = 64 * 1024;
    let chunk = Bytes::from(vec![b' '; CHUNK]);
    let whole = length / CHUNK as u64;
    let rest = usize::try_from(length % CHUNK as u64).unwrap_or(0);
    let last = (rest > 0).then(|| chunk.slice(..rest));
    (0..whole).map(move |_| chunk.clone()).chain(last).map(Ok)
}
