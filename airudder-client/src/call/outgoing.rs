//! The HTTP request of one attempt: address, headers, body, encrypted and signed where it must be.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};

use super::{Content, Core, Plan};
use crate::authentication::signer::SignRequest;
use crate::authentication::{Token, bearer, sign};
use crate::catalogue::Auth;
use crate::encryption::{self, IS_ENCRYPTED, SIGNED};
use crate::error::{Context, Error};
use crate::http::{Body, Outgoing, URL_ENCODED};
use crate::observe;
use crate::settings::Encryption;

/// The request of one attempt.
pub(super) fn build(
    core: &Core,
    context: &Context,
    plan: &Plan,
    token: Option<&Token>,
    added: &HeaderMap,
) -> Result<Outgoing, Error> {
    let settings = &core.settings;
    let mut headers = plan.headers.clone();
    headers.insert(USER_AGENT, settings.user_agent.clone());
    headers
        .insert(ACCEPT, HeaderValue::from_static(if plan.wants_file { "*/*" } else { "application/json" }));
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, token.header.clone());
    }
    let (query, body) = match settings.encryption.as_ref().filter(|_| is_encrypted(plan)) {
        Some(encryption) => encrypted(encryption, context, plan, &mut headers)?,
        None => plain(plan, &mut headers),
    };
    match plan.auth {
        Auth::Token(_) | Auth::None => {}
        Auth::Bearer => {
            headers.insert(AUTHORIZATION, bearer(core.tokens.credentials(plan.family), context)?);
        }
        Auth::Signature => {
            let request = SignRequest {
                method: plan.method.as_str(),
                path: &plan.path,
                query: &query,
                body: match &body {
                    Body::Bytes(bytes) => bytes,
                    Body::Empty | Body::Multipart(_) => &[],
                },
            };
            sign(core.signer.as_deref(), context, &request, &mut headers)?;
        }
    }
    observe::add_headers(context, &mut headers, added)?;
    let url = settings.hosts.address(plan.family, &plan.path, &query);
    let url = url.map_err(|problem| context.config(problem))?;
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

/// Encryption is described for calls that carry a token; nobody has confirmed it for token calls and the
/// chatbot.
fn is_encrypted(plan: &Plan) -> bool {
    matches!(plan.auth, Auth::Token(_)) && plan.family.info().encrypted && !plan.gives_token
}

fn encrypted(
    encryption: &Encryption,
    context: &Context,
    plan: &Plan,
    headers: &mut HeaderMap,
) -> Result<(String, Body), Error> {
    let (plain, query, body) = match &plan.content {
        Content::None => {
            // Bare base64 behind the question mark, without a name and without percent signs.
            let encrypted = encryption.key.encrypt(plan.query.as_bytes());
            (plan.query.as_bytes(), encrypted, Body::Empty)
        }
        Content::Json(_) | Content::Form(_) if !plan.query.is_empty() => {
            return Err(context.config(
                "a call with both a query and a body cannot be encrypted: there is one digest for one text",
            ));
        }
        Content::Json(bytes) | Content::Form(bytes) => {
            headers.insert(CONTENT_TYPE, encryption.content_type.clone());
            (&bytes[..], String::new(), Body::Bytes(encryption.key.encrypt(bytes).into()))
        }
        Content::Multipart(_) => {
            return Err(context.config(
                "a multipart form cannot be encrypted, and is not sent in the clear by a client with a key",
            ));
        }
    };
    if plan.fields.iter().any(|field| field.sensitive && plan.headers.contains_key(field.wire)) {
        return Err(context.config(
            "a header is not encrypted, and a sensitive one is not sent in the clear by a client with a key",
        ));
    }
    headers.insert(IS_ENCRYPTED, HeaderValue::from_static("1"));
    if let Ok(digest) = HeaderValue::try_from(encryption::digest(plain)) {
        headers.insert(SIGNED, digest);
    }
    Ok((query, body))
}
