//! Answers: payloads and failures in the envelope of their family.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use super::names;
use super::recordings::Archive;
use crate::catalogue::{Endpoint, FAMILIES, FamilyInfo, Field, Problem};
use crate::encryption::{self, Key};

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: i64,
    pub(super) message: String,
}

impl Failure {
    /// A business error: HTTP 200 and a code (that it is 200 is assumed).
    pub(super) fn code(code: i64, message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, code, message: message.into() }
    }

    /// The token is absent, wrong or expired.
    pub(super) fn unauthorized(code: i64) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code,
            message: "the token is missing, wrong or has expired".to_owned(),
        }
    }

    /// A value that is right by itself and yet cannot be used: the field's own code, else the family's.
    pub(super) fn field(
        endpoint: &Endpoint,
        wire: &str,
        problem: Problem,
        message: impl Into<String>,
    ) -> Self {
        let code = field_code(endpoint.request, wire, problem).unwrap_or_else(|| invalid_code(endpoint));
        Self::code(code, message)
    }
}

/// The code that a field of the request (or of a row of one of its lists) has for a problem.
pub(super) fn field_code(fields: &'static [Field], wire: &str, problem: Problem) -> Option<i64> {
    let own = fields.iter().find(|field| names::same(field.wire, wire))?;
    own.codes.iter().find(|(known, _)| *known == problem).map(|(_, code)| *code)
}

/// The code for a value that is wrong in a way that has none of its own. 400 where the family has no such code either
/// (made up).
pub(super) fn invalid_code(endpoint: &Endpoint) -> i64 {
    family(endpoint).and_then(|family| family.invalid_code).unwrap_or(400)
}

pub(super) fn family(endpoint: &Endpoint) -> Option<&'static FamilyInfo> {
    FAMILIES.iter().find(|family| family.family == endpoint.family)
}

/// What a request is answered with, before it is turned into HTTP.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// The code in the envelope, for the log.
    pub(super) code: Option<i64>,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    Json(Value),
    /// Content type and bytes.
    Bytes(&'static str, Bytes),
    Archive(Archive),
    /// That many bytes of nothing.
    Blank(u64),
}

impl Reply {
    pub(super) fn new(status: StatusCode, content: Content) -> Self {
        Self { status, code: None, headers: Vec::new(), content }
    }

    /// JSON that is no envelope.
    pub(super) fn plain(status: StatusCode, message: &str) -> Self {
        Self::new(status, Content::Json(json!({"code": status.as_u16(), "message": message})))
    }

    /// A payload in its envelope.
    pub(super) fn success(endpoint: &Endpoint, payload: Value, request_id: &str) -> Self {
        let Some(envelope) = family(endpoint).and_then(|family| family.envelope) else {
            return Self::new(StatusCode::OK, Content::Json(payload));
        };
        let mut reply = enveloped(endpoint, envelope.success, "OK", Some(payload), request_id);
        reply.status = StatusCode::OK;
        reply
    }

    pub(super) fn failure(endpoint: &Endpoint, failure: &Failure, request_id: &str) -> Self {
        let mut reply = enveloped(endpoint, failure.code, &failure.message, None, request_id);
        reply.status = failure.status;
        // Without an envelope only the HTTP status can say that something is wrong.
        if family(endpoint).is_none_or(|family| family.envelope.is_none()) && failure.status == StatusCode::OK
        {
            reply.status = StatusCode::BAD_REQUEST;
        }
        reply
    }

    pub(super) fn file(content: Content, name: &str) -> Self {
        let mut reply = Self::new(StatusCode::OK, content);
        if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
            reply.headers.push((header::CONTENT_DISPOSITION, value));
        }
        reply
    }

    /// Encrypts JSON. Other contents, and refusals of a token, stay in the clear.
    pub(super) fn encrypt(&mut self, key: &Key) {
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

    pub(super) fn into_response(self) -> Response<Body> {
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
            Content::Blank(length) => {
                let mut response =
                    Response::new(Body::from_stream(futures_util::stream::iter(blanks(length))));
                set(&mut response, header::CONTENT_TYPE, "application/json");
                response
            }
        };
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}

fn enveloped(
    endpoint: &Endpoint,
    code: i64,
    message: &str,
    payload: Option<Value>,
    request_id: &str,
) -> Reply {
    let envelope = family(endpoint).and_then(|family| family.envelope);
    let mut body = Map::new();
    // Only the chatbot's envelope is known to have an id of its own.
    if matches!(endpoint.family, crate::Family::Chatbot) {
        body.insert("request_id".to_owned(), request_id.into());
    }
    body.insert("code".to_owned(), code.into());
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

fn blanks(length: u64) -> impl Iterator<Item = Result<Bytes, std::convert::Infallible>> {
    const CHUNK: usize = 64 * 1024;
    let chunk = Bytes::from(vec![b' '; CHUNK]);
    let whole = length / CHUNK as u64;
    let rest = usize::try_from(length % CHUNK as u64).unwrap_or(0);
    let last = (rest > 0).then(|| chunk.slice(..rest));
    (0..whole).map(move |_| chunk.clone()).chain(last).map(Ok)
}
