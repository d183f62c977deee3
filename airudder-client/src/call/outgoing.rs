//! The HTTP request of one attempt: address, headers, body, encrypted and signed where it must be.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};

use super::Plan;
use crate::catalogue::{Auth, Field, Kind, Scalar};
use crate::config::{Encryption, Settings};
use crate::encryption;
use crate::encryption::{IS_ENCRYPTED, SIGNED};
use crate::error::{AuthError, AuthFailure, Context, Error};
use crate::form::URL_ENCODED;
use crate::signer::SignRequest;
use crate::token::Token;
use crate::transport::{Body, Outgoing, Part};

/// The body of a call, before encryption.
pub(crate) enum Content {
    None,
    Json(Bytes),
    Form(Bytes),
    Multipart(std::sync::Arc<[Part]>),
}

/// The parts of a multipart form. Fields that hold files come as base64, as in JSON.
pub(super) fn multipart(
    fields: &'static [Field],
    pairs: &[(String, String)],
    context: &Context,
) -> Result<Content, Error> {
    let part = |(name, value): &(String, String)| {
        let is_file = fields
            .iter()
            .any(|field| field.wire == *name && matches!(field.kind, Kind::Scalar(Scalar::Binary)));
        let (content, file) = match is_file {
            true => {
                let bytes = STANDARD
                    .decode(value)
                    .map_err(|_| context.config(format!("the field {name} is not base64")))?;
                (bytes.into(), Some(file_name(pairs).unwrap_or(name).to_owned()))
            }
            false => (Bytes::from(value.clone().into_bytes()), None),
        };
        Ok(Part { name: name.clone(), content, file })
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

/// The request of one attempt.
pub(super) fn build(settings: &Settings, plan: &Plan, token: Option<&Token>) -> Result<Outgoing, Error> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, settings.user_agent.clone());
    headers
        .insert(ACCEPT, HeaderValue::from_static(if plan.wants_file { "*/*" } else { "application/json" }));
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, token.header.clone());
    }
    let (query, body) = match settings.encryption.as_ref().filter(|_| is_encrypted(plan)) {
        Some(encryption) => encrypted(encryption, plan, &mut headers)?,
        None => plain(plan, &mut headers),
    };
    if plan.auth == Auth::Signature {
        sign(settings, plan, &query, &body, &mut headers)?;
    }
    let url =
        settings.url(plan.family, &plan.path, &query).map_err(|problem| plan.context.config(problem))?;
    Ok(Outgoing { method: plan.method.clone(), url, headers, body })
}

fn plain(plan: &Plan, headers: &mut HeaderMap) -> (String, Body) {
    let body = match &plan.content {
        Content::None => Body::Empty,
        Content::Json(bytes) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Body::Bytes(bytes.clone())
        }
        Content::Form(bytes) => {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(URL_ENCODED));
            Body::Bytes(bytes.clone())
        }
        // Its media type names the boundary, which is made with the form.
        Content::Multipart(parts) => Body::Multipart(parts.clone()),
    };
    (plan.query.clone(), body)
}

/// Encryption is described for calls that carry a token; nobody has confirmed it for token calls and the chatbot.
fn is_encrypted(plan: &Plan) -> bool {
    matches!(plan.auth, Auth::Token(_)) && plan.family.info().encrypted && !plan.gives_token
}

fn encrypted(encryption: &Encryption, plan: &Plan, headers: &mut HeaderMap) -> Result<(String, Body), Error> {
    let (plain, query, body) = match &plan.content {
        Content::None => {
            // Bare base64 behind the question mark, without a name and without percent signs.
            let encrypted = encryption.key.encrypt(plan.query.as_bytes());
            (plan.query.as_bytes(), encrypted, Body::Empty)
        }
        Content::Json(_) | Content::Form(_) if !plan.query.is_empty() => {
            return Err(plan.context.config(
                "a call with both a query and a body cannot be encrypted: there is one digest for one text",
            ));
        }
        Content::Json(bytes) | Content::Form(bytes) => {
            headers.insert(CONTENT_TYPE, encryption.content_type.clone());
            (&bytes[..], String::new(), Body::Bytes(encryption.key.encrypt(bytes).into()))
        }
        Content::Multipart(_) => {
            return Err(plan.context.config(
                "a multipart form cannot be encrypted, and is not sent in the clear by a client with a key",
            ));
        }
    };
    headers.insert(IS_ENCRYPTED, HeaderValue::from_static("1"));
    if let Ok(digest) = HeaderValue::try_from(encryption::digest(plain)) {
        headers.insert(SIGNED, digest);
    }
    Ok((query, body))
}

fn sign(
    settings: &Settings,
    plan: &Plan,
    query: &str,
    body: &Body,
    headers: &mut HeaderMap,
) -> Result<(), Error> {
    let Some(signer) = &settings.signer else {
        return Err(plan.context.config(
            "calls of this family are signed (X-AIRudder-Sign), the algorithm is not public, and the client has no signer: \
             give one with `ClientBuilder::signer`",
        ));
    };
    let request = SignRequest {
        method: plan.method.as_str(),
        path: &plan.path,
        query,
        body: match body {
            Body::Bytes(bytes) => bytes,
            Body::Empty | Body::Multipart(_) => &[],
        },
    };
    let signature = signer.sign(&request).map_err(|reason| {
        Error::Auth(Box::new(AuthError {
            context: plan.context.clone(),
            failure: AuthFailure::Signer,
            code: None,
            status: None,
            message: None,
            source: Some(reason.into()),
        }))
    })?;
    headers.extend(signature.into_iter().map(|(name, mut value)| {
        value.set_sensitive(true);
        (Some(name), value)
    }));
    Ok(())
}
