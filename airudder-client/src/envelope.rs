//! Unpacking answers: HTTP status, envelope and payload are separate layers.
//!
//! The vendor wraps answers differently per family (`{code, status, data}`, `{code, message, body}`...); the
//! catalogue's [`Envelope`](crate::catalogue::Envelope) says how. The whole answer is read once, without
//! building a tree: the payload becomes its type on the way where the code of success came first, and else
//! stays a slice of the answer.

mod scan;

use std::cell::OnceCell;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

use self::scan::{Payload, Scan, scan};
use crate::catalogue::{Code, CodeForm, Envelope, RefusalForm, SuccessRule};
use crate::catalogue::{ErrorCode, Family};
use crate::error::{self, ApiError, Context, Error, HttpError, Masked, Message, Raw, decode_error};
use crate::http::{content_type, is_json, retry_after};
use crate::wire::{self, PayloadReader, repair};

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
    /// Whether the call's [`PayloadReader`] has the payload already.
    pub(crate) is_read: bool,
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
    /// The token is wrong or expired, and nothing was done: HTTP 401 or one of the family's token codes.
    Token(Error),
    /// HTTP 401 around something that may be more than a refusal. The token will not do any longer; whether
    /// the call was carried out nobody knows.
    Unclear(Error),
    /// Anything else.
    Other(Error),
}

impl Refusal {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Token(error) | Self::Unclear(error) | Self::Other(error) => error,
        }
    }
}

/// What the rules of unpacking depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) family: Family,
    pub(crate) envelope: Option<Envelope>,
    /// Where a refusal says what it is, without an envelope.
    pub(crate) refusal: Option<RefusalForm>,
    pub(crate) token_codes: &'static [Code],
    /// Whether the answer may be anything, nothing included.
    pub(crate) any: bool,
    /// Whether only the code of success is success. No evidence is not evidence: where a call does something,
    /// an answer without a code says nothing about whether it was done.
    pub(crate) needs_code: bool,
    /// Whether the answer may hold a token. Then nothing of it is quoted.
    pub(crate) secret: bool,
    /// What says that a call has succeeded.
    pub(crate) success: SuccessRule,
    /// Whether an answer without a payload is an error.
    pub(crate) payload_required: bool,
}

/// Unpacks a whole answer. `reader`: who may read the payload along with it.
pub(crate) fn open(
    rules: &Rules,
    context: &Context,
    status: u16,
    headers: HeaderMap,
    body: Bytes,
    reader: Option<&mut (dyn PayloadReader + 'static)>,
) -> Result<Answer, Refusal> {
    let success = (200..300).contains(&status);
    let (whole, fixed) = (body.clone(), OnceCell::new());
    let (found, text) = match &rules.envelope {
        Some(envelope) => {
            let form = rules.family.info().code_form;
            let found = scan(envelope, form, &whole, reader);
            // Only what cannot be read as it is: characters that are none, whose places are not those of its
            // structure.
            match found.problem.as_ref().and_then(|_| repair::repaired(&whole)) {
                Some(repaired) => {
                    let fixed: &Bytes = fixed.get_or_init(|| repaired.into());
                    (scan(envelope, form, fixed, None), fixed)
                }
                None => (found, &whole),
            }
        }
        None => (Scan::default(), &whole),
    };

    if let (Some(envelope), Some(code)) = (&rules.envelope, found.code)
        && code != envelope.success
    {
        let refusal = Error::Api(Box::new(ApiError {
            context: context.clone(),
            code: ErrorCode::from_code(rules.family, code),
            status,
            message: found.message.map(|m| Message::new(m.into_owned())),
            retry_after: retry_after(&headers),
            raw: Raw(body),
        }));
        return Err(match status == 401 || rules.token_codes.contains(&code) {
            true => Refusal::Token(refusal),
            false => Refusal::Other(refusal),
        });
    }
    if !success
        && let Some(form) = &rules.refusal
        && let Some((code, message)) = refused(form, rules.family, context, &body)
    {
        let refusal = Error::Api(Box::new(ApiError {
            context: context.clone(),
            code,
            status,
            message: message.map(Message::new),
            retry_after: retry_after(&headers),
            raw: Raw(body),
        }));
        return Err(match status == 401 || rules.token_codes.contains(&code.value()) {
            true => Refusal::Token(refusal),
            false => Refusal::Other(refusal),
        });
    }
    if !success {
        let code = found.code;
        let nothing_but_a_refusal = is_page_or_text(&body);
        let refusal = Error::Http(Box::new(HttpError {
            context: context.clone(),
            status,
            content_type: content_type(&headers),
            excerpt: Masked(if rules.secret { String::new() } else { error::excerpt(&body) }),
            retry_after: retry_after(&headers),
            raw: Raw(body),
        }));
        return Err(match (status, code) {
            (401, None) if nothing_but_a_refusal || context.repeatable => Refusal::Token(refusal),
            (401, None) => Refusal::Unclear(refusal),
            // A 401 around a code of success proves nothing, least of all that nothing was done.
            _ => Refusal::Other(refusal),
        });
    }

    let is_proof = found.code.is_some() || !rules.needs_code;
    let mut is_read = false;
    let (key, payload) = if rules.envelope.is_none() {
        match body.trim_ascii().is_empty() {
            true => ("", Bytes::from_static(b"null")),
            false => ("", body.clone()),
        }
    } else if let Some(Payload { key, text: payload, is_read: read }) = found.payload.filter(|_| is_proof) {
        is_read = read;
        (key, text.slice_ref(payload.as_bytes()))
    } else if found.code.is_some() && found.problem.is_none() {
        // A success without a payload. Whether that is enough is for the type of the answer to say.
        let key = rules.envelope.and_then(|e| e.payload.first().copied()).unwrap_or_default();
        (key, Bytes::from_static(b"null"))
    } else if (rules.any && is_proof && body.trim_ascii().is_empty())
        || (rules.success == SuccessRule::Status && !found.denies)
    {
        // Where the status decides, a body that is none of the API's says nothing, and is kept as it came.
        ("", Bytes::from_static(b"null"))
    } else {
        let problem = match found.problem {
            Some(problem) => problem,
            None if found.payload.is_some() => {
                "there is no code in it that says whether it was done".to_owned()
            }
            None => "neither a code nor a payload in it".to_owned(),
        };
        return Err(Refusal::Other(unreadable(rules, context, status, &headers, body, problem)));
    };
    if rules.payload_required && is_nothing(&payload) {
        let problem = "the payload is missing".to_owned();
        return Err(Refusal::Other(decode_error(context, Some(status), key.to_owned(), problem, body)));
    }
    Ok(Answer { status, headers, payload, raw: body, key, is_read })
}

/// What a refusal without an envelope says: the most exact code that the table has, and the text. `None`
/// where the body is none of the API's.
fn refused(
    form: &RefusalForm,
    family: Family,
    context: &Context,
    body: &[u8],
) -> Option<(ErrorCode, Option<String>)> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let at = |path: &str| path.split('.').try_fold(&body, |value, key| value.get(key));
    let code_at = |path: &str| match (at(path)?, family.info().code_form) {
        (Value::Number(number), _) => number.as_i64().map(Code::Number),
        (Value::String(text), CodeForm::Word) if !text.is_empty() => Some(Code::word(text)),
        (Value::String(text), CodeForm::Number) => text.trim().parse().ok().map(Code::Number),
        (Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_), _) => None,
    };
    let code = ErrorCode::from_code(family, code_at(form.code)?);
    let reason = form.reason.and_then(code_at).map(|code| ErrorCode::from_code(family, code));
    let message = form.message.and_then(at).and_then(Value::as_str).map(str::to_owned);
    Some((reason.filter(|reason| context.row(*reason).is_some()).unwrap_or(code), message))
}

/// Whether an answer can be nothing but somebody's refusal: it is empty, a page or plain text. What holds a
/// piece of JSON, or is no text at all, may be an answer of the API.
fn is_page_or_text(body: &[u8]) -> bool {
    match std::str::from_utf8(body).map(|text| text.trim_start_matches('\u{feff}').trim()) {
        Ok(text) if text.starts_with('<') => !text.contains("{\"") && !text.contains("{&quot;"),
        Ok(text) => !text.contains(['{', '[', '"']) && !text.contains('\0'),
        Err(_) => false,
    }
}

/// Whether a payload holds nothing: null, or empty text, object or list.
fn is_nothing(payload: &[u8]) -> bool {
    let bare: Vec<u8> = payload.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(5).collect();
    matches!(bare.as_slice(), b"" | b"null" | b"\"\"" | b"{}" | b"[]")
}

/// An answer of success that is none of the API's.
fn unreadable(
    rules: &Rules,
    context: &Context,
    status: u16,
    headers: &HeaderMap,
    body: Bytes,
    problem: String,
) -> Error {
    let mut text = problem;
    if let Some(kind) = content_type(headers).filter(|t| !is_json(t)) {
        text.push_str(&format!(", it is {}", kind.chars().take(80).collect::<String>()));
    }
    let excerpt = if rules.secret { String::new() } else { error::excerpt(&body) };
    match (excerpt.is_empty(), body.is_empty()) {
        (false, _) => text.push_str(&format!(" ({} bytes: {excerpt})", error::count(body.len()))),
        (true, false) => text.push_str(&format!(" ({} bytes)", error::count(body.len()))),
        (true, true) => {}
    }
    decode_error(context, Some(status), String::new(), text, body)
}

#[cfg(test)]
mod tests;
