//! From a request's fields to the call that is planned with them. Nothing is sent.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;

use super::{Content, Core, Plan, path};
use crate::catalogue::{Auth, BodyForm, Effect, Endpoint, Field, Kind, ResponseKind, Scalar, SuccessRule};
use crate::check::Severity;
use crate::error::{Context, Error, Invalid};
use crate::http::{self, Part};
use crate::json::Object;
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
    timeout: Option<Duration>,
) -> Result<Plan, Error> {
    let context = Context::of(endpoint);
    let path = core.settings.path(endpoint)?.to_owned();
    let violations = core.settings.check(endpoint, object.text());
    if violations.iter().any(|violation| violation.severity == Severity::Error) {
        return Err(Error::Invalid(Box::new(Invalid::new(context, violations))));
    }
    let method = Method::from_bytes(endpoint.method.as_str().as_bytes())
        .map_err(|_| context.config(format!("`{}` is not an HTTP method", endpoint.method)))?;
    let unreadable =
        |error: serde_json::Error| context.config(format!("the fields cannot be written: {error}"));
    let (path, query, content) = if matches!(endpoint.body, BodyForm::Json) && !path.contains('{') {
        (path, String::new(), Content::Json(object.into_text().into()))
    } else {
        // The check has seen an object; what its rules let pass is well-formed.
        let mut fields = object.fields().map_err(unreadable)?;
        let path = path::fill(path, &mut fields).map_err(|problem| context.config(problem))?;
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
            BodyForm::Query => {
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
        fields: endpoint.request,
        content,
        auth: endpoint.auth,
        limits: core.settings.limits(timeout, endpoint.timeout_secs),
        wants_file: matches!(endpoint.response, ResponseKind::File),
        any_answer: any_answer(endpoint),
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

fn encoded(pairs: &[(String, String)]) -> String {
    http::encode(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The parts of a multipart form. Fields that hold files come as base64, as in JSON.
fn multipart(
    fields: &'static [Field],
    pairs: &[(String, String)],
    object: &Object<'_>,
    context: &Context,
) -> Result<Content, Error> {
    let part = |(name, value): &(String, String)| {
        let is_file = fields
            .iter()
            .any(|field| field.wire == *name && matches!(field.kind, Kind::Scalar(Scalar::Binary)));
        if !is_file {
            let content = Source::Bytes(value.clone().into());
            return Ok(Part { name: name.clone(), content, file: None, media_type: None });
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
        Ok(Part { name: name.clone(), content: upload.source().clone(), file: Some(file), media_type })
    };
    let parts: Result<Vec<Part>, Error> = pairs.iter().map(part).collect();
    Ok(Content::Multipart(parts?.into()))
}

/// The name that a field beside the file gives it: servers tell the kind of a file by it.
fn file_name(pairs: &[(String, String)]) -> Option<&str> {
    let known = |name: &str| {
        matches!(name.to_ascii_lowercase().replace('_', "").as_str(), "filename" | "mediafilename")
    };
    pairs.iter().find(|(name, value)| known(name) && !value.is_empty()).map(|(_, value)| value.as_str())
}
