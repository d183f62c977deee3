//! Unpacking answers: HTTP status, envelope and payload are separate layers.
//!
//! The vendor wraps answers differently per family (`{code, status, data}`, `{code, message, body}`...); the
//! catalogue's [`Envelope`] says how. The whole answer is scanned once, without building a tree: the payload
//! stays a slice of it.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::catalogue::{Code, CodeForm, Envelope};
use crate::catalogue::{ErrorCode, Family};
use crate::error::{self, ApiError, Context, Error, HttpError, Masked, Raw, decode_error};
use crate::http::{content_type, is_json, retry_after};
use crate::wire;

/// An unpacked answer of success.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The whole body (decrypted, if it came encrypted).
    pub(crate) raw: Bytes,
    /// The payload: a part of `raw`, or `null`.
    pub(crate) payload: Bytes,
    /// The key under which the payload was; empty if it is the whole.
    pub(crate) key: &'static str,
}

impl Answer {
    /// The error of a payload that is not what its type says.
    pub(crate) fn decode_error(&self, context: &Context, error: wire::DecodeError) -> Error {
        let path = match (self.key, error.path.as_str()) {
            ("", path) => path.to_owned(),
            (key, "") => key.to_owned(),
            (key, path) if path.starts_with('[') => format!("{key}{path}"),
            (key, path) => format!("{key}.{path}"),
        };
        decode_error(context, Some(self.status), path, error.problem, self.raw.clone())
    }
}

/// Why an answer is not one of success.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The token is wrong or expired: HTTP 401 or one of the family's token codes.
    Token(Error),
    /// Anything else.
    Other(Error),
}

impl Refusal {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Token(error) | Self::Other(error) => error,
        }
    }
}

/// What the rules of unpacking depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) family: Family,
    pub(crate) envelope: Option<Envelope>,
    pub(crate) token_codes: &'static [Code],
    /// Whether the answer may be anything, nothing included.
    pub(crate) any: bool,
}

/// Unpacks a whole answer.
pub(crate) fn open(
    rules: &Rules,
    context: &Context,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let success = (200..300).contains(&status);
    let found = match &rules.envelope {
        Some(envelope) => scan(envelope, rules.family.info().code_form, &body),
        None => Scan::default(),
    };

    if let (Some(envelope), Some(code)) = (&rules.envelope, found.code)
        && code != envelope.success
    {
        let refusal = Error::Api(Box::new(ApiError {
            context: context.clone(),
            code: ErrorCode::from_code(rules.family, code),
            status,
            message: found.message.map(|m| Masked(m.into_owned())),
            retry_after: retry_after(&headers),
            raw: Raw(body),
        }));
        return Err(match status == 401 || rules.token_codes.contains(&code) {
            true => Refusal::Token(refusal),
            false => Refusal::Other(refusal),
        });
    }
    if !success {
        let code = found.code;
        let refusal = Error::Http(Box::new(HttpError {
            context: context.clone(),
            status,
            content_type: content_type(&headers),
            excerpt: Masked(error::excerpt(&body)),
            retry_after: retry_after(&headers),
            raw: Raw(body),
        }));
        return Err(match (status, code) {
            (401, None) => Refusal::Token(refusal),
            // A 401 around a code of success proves nothing, least of all that nothing was done.
            _ => Refusal::Other(refusal),
        });
    }

    let (key, payload) = if rules.envelope.is_none() {
        match body.trim_ascii().is_empty() {
            true => ("", Bytes::from_static(b"null")),
            false => ("", body.clone()),
        }
    } else if let Some((key, payload)) = found.payload {
        (key, body.slice_ref(payload.get().as_bytes()))
    } else if found.code.is_some() {
        // A success without a payload. Whether that is enough is for the type of the answer to say.
        let key = rules.envelope.and_then(|e| e.payload.first().copied()).unwrap_or_default();
        (key, Bytes::from_static(b"null"))
    } else if rules.any && body.trim_ascii().is_empty() {
        ("", Bytes::from_static(b"null"))
    } else {
        let problem = match found.problem {
            Some(problem) => problem,
            None => "neither a code nor a payload in it".to_owned(),
        };
        return Err(Refusal::Other(unreadable(context, status, &headers, body, problem)));
    };
    Ok(Answer { status, headers, payload, raw: body, key })
}

/// An answer of success that is none of the API's.
fn unreadable(context: &Context, status: u16, headers: &HeaderMap, body: Bytes, problem: String) -> Error {
    let mut text = problem;
    if let Some(kind) = content_type(headers).filter(|t| !is_json(t)) {
        text.push_str(&format!(", it is {}", kind.chars().take(80).collect::<String>()));
    }
    let excerpt = error::excerpt(&body);
    if !excerpt.is_empty() {
        text.push_str(&format!(" ({} bytes: {excerpt})", error::count(body.len())));
    }
    decode_error(context, Some(status), String::new(), text, body)
}

/// What was found in an envelope.
#[derive(Debug, Default)]
struct Scan<'a> {
    code: Option<Code>,
    payload: Option<(&'static str, &'a RawValue)>,
    message: Option<Cow<'a, str>>,
    problem: Option<String>,
}

#[allow(clippy::wildcard_enum_match_arm, reason = "kinds of error of serde_json")]
fn scan<'a>(envelope: &Envelope, form: CodeForm, body: &'a [u8]) -> Scan<'a> {
    if body.trim_ascii().is_empty() {
        return Scan { problem: Some("it is empty".to_owned()), ..Scan::default() };
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.trim_start_matches('\u{feff}'),
        Err(_) => {
            return Scan { problem: Some("it is not UTF-8 text".to_owned()), ..Scan::default() };
        }
    };
    let mut json = serde_json::Deserializer::from_str(text);
    let outcome =
        json.deserialize_map(EnvelopeVisitor(envelope, form)).and_then(|scan| json.end().map(|()| scan));
    match outcome {
        Ok(scan) => scan,
        Err(error) => {
            let problem = match error.classify() {
                serde_json::error::Category::Eof => {
                    format!("it is cut off after {} bytes", error::count(body.len()))
                }
                serde_json::error::Category::Data => "it is not a JSON object".to_owned(),
                _ => "it is not JSON".to_owned(),
            };
            Scan { problem: Some(problem), ..Scan::default() }
        }
    }
}

struct EnvelopeVisitor<'e>(&'e Envelope, CodeForm);

impl<'de> Visitor<'de> for EnvelopeVisitor<'_> {
    type Value = Scan<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self(envelope, form) = self;
        let mut scan = Scan::default();
        // Of several keys that would do, the first of the envelope's list counts, wherever it stands in the
        // answer.
        let (mut payload_rank, mut message_rank) = (usize::MAX, usize::MAX);
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            if key == "code" {
                let value = map.next_value::<&RawValue>()?;
                scan.code = code(value.get(), form);
                if scan.code.is_none() && value.get() != "null" {
                    scan.problem = Some("its code is not a number".to_owned());
                }
            } else if let Some(rank) = envelope.payload.iter().position(|k| *k == key) {
                let value = map.next_value::<&RawValue>()?;
                if rank < payload_rank && value.get() != "null" {
                    payload_rank = rank;
                    scan.payload = Some((envelope.payload[rank], value));
                }
            } else if let Some(rank) = envelope.message.iter().position(|k| *k == key) {
                let value = map.next_value::<&RawValue>()?;
                if rank < message_rank
                    && let Ok(Key(text)) = serde_json::from_str::<Key<'de>>(value.get())
                    && !text.is_empty()
                {
                    message_rank = rank;
                    scan.message = Some(text);
                }
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if scan.problem.is_some() {
            // A code that cannot be read proves nothing: neither success nor a known failure.
            scan.payload = None;
        }
        Ok(scan)
    }
}

/// A text, borrowed if it has no escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// A code: a whole number, or text that holds one; a word in families whose codes are words.
fn code(json: &str, form: CodeForm) -> Option<Code> {
    let text = json.trim().trim_matches('"').trim();
    // 200.0 is what some serialisers make of 200.
    let number = text.parse().or_else(|_| text.strip_suffix(".0").unwrap_or_default().parse());
    match (number, form) {
        (Ok(number), CodeForm::Number | CodeForm::Word) => Some(Code::Number(number)),
        (Err(_), CodeForm::Number) => None,
        (Err(_), CodeForm::Word) => {
            serde_json::from_str::<Key<'_>>(json).ok().map(|Key(word)| Code::word(&word))
        }
    }
}

#[cfg(test)]
mod tests;
