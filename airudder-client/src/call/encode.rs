//! From a request's fields to the call that is planned with them. Nothing is sent.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Carried, Content, Core, Plan, path};
use crate::catalogue::{
    Auth, BodyForm, Effect, Endpoint, ErrorCode, Field, FieldPlace, Idempotency, Kind, Problem, ResponseKind,
    Scalar, SuccessRule,
};
use crate::check::{Severity, Violation};
use crate::error::{Context, Error, Invalid};
use crate::http::{self, Part};
use crate::json::{Fields, Object};
use crate::types::{Source, Upload};

/// The error of a request that JSON cannot express (a number that is not finite, say).
pub(crate) fn serialize_error(endpoint: &'static Endpoint, error: &dyn std::fmt::Display) -> Error {
    Context::of(endpoint).config(format!("the request cannot be written as JSON: {error}"))
}

/// Checks a request against the catalogue and says how it goes out. Nothing is sent.
pub(super) fn plan(
    core: &Core,
    endpoint: &'static Endpoint,
    object: Object<'_>,
    carried: &mut Carried<'_>,
) -> Result<Plan, Error> {
    let context = Context::of(endpoint);
    let path = core.settings.path(endpoint)?.to_owned();
    let violations = carried.violations.take();
    let mut violations = violations.unwrap_or_else(|| core.settings.check(endpoint, object.text()));
    let mut headers = HeaderMap::new();
    if let (Some(idempotency), Some(key)) = (endpoint.idempotency, carried.key) {
        match idempotency_key(endpoint, idempotency, key) {
            Ok((name, value)) => drop(headers.insert(name, value)),
            Err(violation) => violations.push(*violation),
        }
    }
    if violations.iter().any(|violation| violation.severity == Severity::Error) {
        return Err(Error::Invalid(Box::new(Invalid::new(context, violations))));
    }
    let method = Method::from_bytes(endpoint.method.as_str().as_bytes())
        .map_err(|_| context.config(format!("`{}` is not an HTTP method", endpoint.method)))?;
    let unreadable =
        |error: serde_json::Error| context.config(format!("the fields cannot be written: {error}"));
    let as_it_is = matches!(endpoint.body, BodyForm::Json) && !path.contains('{') && !has_headers(endpoint);
    let (path, query, content) = if as_it_is {
        (path, String::new(), Content::Json(object.into_text().into()))
    } else {
        // The check has seen an object; what its rules let pass is well-formed.
        let mut fields = object.fields().map_err(unreadable)?;
        let path = path::fill(path, &mut fields).map_err(|problem| context.config(problem))?;
        fill_headers(endpoint, &mut fields, &mut headers, &context)?;
        match endpoint.body {
            BodyForm::Json => (path, String::new(), Content::Json(fields.json().into())),
            BodyForm::Form => {
                let pairs = fields.pairs().map_err(unreadable)?;
                (path, String::new(), Content::Form(encoded(&pairs).into()))
            }
            BodyForm::Multipart => {
                let pairs = fields.pairs().map_err(unreadable)?;
                (path, String::new(), multipart(endpoint.request, &pairs, &object, &context)?)
            }
            // What a path that somebody has given does not take is not lost.
            BodyForm::Query | BodyForm::None => {
                let pairs = fields.pairs().map_err(unreadable)?;
                let (path, query) = path::split_query(path, encoded(&pairs));
                (path, query, Content::None)
            }
        }
    };
    Ok(Plan {
        family: endpoint.family,
        method,
        path,
        query,
        headers,
        fields: endpoint.request,
        content,
        auth: endpoint.auth,
        limits: core.settings.limits(carried.timeout, endpoint.timeout_secs),
        wants_file: matches!(endpoint.response, ResponseKind::File),
        any_answer: any_answer(endpoint),
        needs_fields: endpoint.response.fields().iter().any(|field| field.required),
        needs_code: needs_code(endpoint),
        success: endpoint.success,
        payload_required: endpoint.payload_required,
        gives_token: matches!(
            endpoint.family.info().auth,
            Auth::Token(auth) if auth.endpoint.key == endpoint.key
        ),
        context,
    })
}

fn has_headers(endpoint: &Endpoint) -> bool {
    endpoint.request.iter().any(|field| field.place == FieldPlace::Header)
}

/// Takes the fields that are headers out of the others.
fn fill_headers(
    endpoint: &Endpoint,
    fields: &mut Fields<'_>,
    headers: &mut HeaderMap,
    context: &Context,
) -> Result<(), Error> {
    for field in endpoint.request.iter().filter(|field| field.place == FieldPlace::Header) {
        let text = fields
            .text(field.wire)
            .map_err(|error| context.config(format!("the fields cannot be written: {error}")))?;
        if let Some(text) = text {
            // What the check lets pass has no control characters.
            let header =
                HeaderName::try_from(field.wire).ok().zip(HeaderValue::from_bytes(text.as_bytes()).ok());
            let Some((name, mut value)) = header else {
                return Err(context.config(format!("the field {} fits no HTTP header", field.wire)));
            };
            value.set_sensitive(field.sensitive);
            headers.insert(name, value);
        }
        fields.0.retain(|(name, _)| name != field.wire);
    }
    Ok(())
}

/// The header with the key that makes a repeated call the same call, or what is wrong with the key.
fn idempotency_key(
    endpoint: &Endpoint,
    idempotency: Idempotency,
    key: &str,
) -> Result<(HeaderName, HeaderValue), Box<Violation>> {
    let most = usize::try_from(idempotency.max_chars).unwrap_or(usize::MAX);
    let refuse = |problem, message: String| {
        let code = endpoint.family.info().invalid_code;
        Box::new(Violation {
            field: idempotency.header.to_owned(),
            problem,
            code: code.map(|code| ErrorCode::from_code(endpoint.family, code)),
            severity: Severity::Error,
            message,
        })
    };
    let is_plain = |c: char| c == ' ' || c.is_ascii_graphic();
    let header = HeaderName::try_from(idempotency.header).ok().zip(HeaderValue::from_str(key).ok());
    match header {
        _ if key.trim().is_empty() => Err(refuse(Problem::Missing, "must not be empty".to_owned())),
        // What is around it is no part of a header's value.
        _ if key.trim() != key => {
            Err(refuse(Problem::Invalid, "must not begin or end with a space".to_owned()))
        }
        _ if key.chars().count() > most => {
            Err(refuse(Problem::TooLong, format!("must have at most {most} characters")))
        }
        Some((name, mut value)) if key.chars().all(is_plain) => {
            // It may be made from a customer's number.
            value.set_sensitive(true);
            Ok((name, value))
        }
        _ => Err(refuse(Problem::Invalid, "must be printable ASCII".to_owned())),
    }
}

/// Whether an answer of nothing at all will do.
fn any_answer(endpoint: &Endpoint) -> bool {
    endpoint.effect == Effect::Read
        && matches!(endpoint.response, ResponseKind::Value(Kind::Scalar(Scalar::Json)))
}

/// Whether only the code of success is success: of everything that does more than read, unless the spec says
/// that the status is enough.
fn needs_code(endpoint: &Endpoint) -> bool {
    match endpoint.success {
        SuccessRule::Envelope => endpoint.effect != Effect::Read,
        SuccessRule::Status => false,
    }
}

fn encoded(pairs: &[(&str, Cow<'_, str>)]) -> String {
    http::encode(pairs.iter().map(|(name, value)| (*name, &**value)))
}

/// The parts of a multipart form. Fields that hold files come as base64, as in JSON.
fn multipart(
    fields: &'static [Field],
    pairs: &[(&str, Cow<'_, str>)],
    object: &Object<'_>,
    context: &Context,
) -> Result<Content, Error> {
    let part = |(name, value): &(&str, Cow<'_, str>)| {
        let (name, value) = (*name, &**value);
        let is_file = fields
            .iter()
            .any(|field| field.wire == name && matches!(field.kind, Kind::Scalar(Scalar::Binary)));
        if !is_file {
            let content = Source::Bytes(value.to_owned().into());
            return Ok(Part { name: name.to_owned(), content, file: None, media_type: None });
        }
        let upload = match object.upload(name) {
            Some(upload) => upload.clone(),
            None => Upload::from(
                STANDARD
                    .decode(value)
                    .map_err(|_| context.config(format!("the field {name} is not base64")))?,
            ),
        };
        let file = upload.name().or_else(|| file_name(pairs)).unwrap_or(name).to_owned();
        let media_type = upload.media().map(str::to_owned);
        Ok(Part { name: name.to_owned(), content: upload.source().clone(), file: Some(file), media_type })
    };
    let parts: Result<Vec<Part>, Error> = pairs.iter().map(part).collect();
    Ok(Content::Multipart(parts?.into()))
}

/// The name that a field beside the file gives it: servers tell the kind of a file by it.
fn file_name<'a>(pairs: &'a [(&str, Cow<'_, str>)]) -> Option<&'a str> {
    let known = |name: &str| {
        matches!(name.to_ascii_lowercase().replace('_', "").as_str(), "filename" | "mediafilename")
    };
    pairs.iter().find(|(name, value)| known(name) && !value.is_empty()).map(|(_, value)| &**value)
}
