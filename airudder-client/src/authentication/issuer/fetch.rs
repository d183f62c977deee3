//! Getting a token: from the store, else from the vendor.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use secrecy::{ExposeSecret, SecretString};
use serde_json::value::RawValue;
use tracing::Instrument as _;

use super::turn::Turn;
use super::{Lifetimes, Slot, Token, TokenIssuer};
use crate::authentication::credentials::Credentials;
use crate::authentication::store::{Lease, StoredToken};
use crate::catalogue::ErrorCode;
use crate::catalogue::{BodyForm, Category, SuccessRule};
use crate::envelope::{self, Answer, Refusal, Rules};
use crate::error::{AuthError, AuthFailure, Context, Error, Phase, TimeoutError, decode_error};
use crate::http::{self, Body, Incoming, IncomingBody, Limits, Outgoing};
use crate::observe::Running;
use crate::retry::{self, Attempt, Failed, Operation, is_transient_status};
use crate::settings::Settings;

/// What came of a fetch.
pub(super) struct Outcome {
    pub(super) result: Result<Token, Error>,
    /// The token in the form in which it is to be saved, if it is new.
    pub(super) to_save: Option<StoredToken>,
    /// To be released when it is saved.
    pub(super) lease: Option<Lease>,
}

impl TokenIssuer {
    /// A token from the store, if it is better than the current and not the one that was refused; else a new
    /// one. `limit` is what the call that wants it may take; `alone` waits for no other process.
    pub(super) async fn fetch(
        &self,
        slot: &Slot,
        current: Option<&Token>,
        refused: Option<&Token>,
        limit: Duration,
        alone: bool,
    ) -> Outcome {
        let lease = match self.turn(slot, current, refused, limit, alone).await {
            Turn::Renewed(token, lease) => return Outcome { result: Ok(token), to_save: None, lease },
            Turn::Ours(lease) => lease,
        };
        match self.with_lease(slot, lease.as_ref(), self.fetch_new(slot)).await {
            Ok((token, stored)) => Outcome { result: Ok(token), to_save: Some(stored), lease },
            Err(error) => Outcome { result: Err(error), to_save: None, lease },
        }
    }

    async fn fetch_new(&self, slot: &Slot) -> Result<(Token, StoredToken), Error> {
        let mut context = Context::of(slot.endpoint);
        let attempt = self.settings.limits(None, slot.endpoint.timeout_secs).timeout;
        // The attempts are bounded one by one and their sum by the budget; this bounds both together,
        // whatever the policy.
        let limit = attempt.saturating_add(self.settings.retry.budget);
        let mut running = self.settings.begin_token(slot.endpoint);
        let span = running.span();
        let asked = self.new_token(slot, &mut context, &mut running).instrument(span);
        let result = match tokio::time::timeout(limit, asked).await {
            Ok(Ok(stored)) => self.ready(slot, &context, stored),
            Ok(Err(mut error)) => {
                error.scrub(&self.secrets());
                Err(error)
            }
            Err(_) => Err(Error::Timeout(Box::new(TimeoutError { context, phase: Phase::Exchange, limit }))),
        };
        running.close(result)
    }

    /// A new token, and the form of it that is to be saved.
    fn ready(
        &self,
        slot: &Slot,
        context: &Context,
        stored: StoredToken,
    ) -> Result<(Token, StoredToken), Error> {
        match self.token(&slot.auth, stored.clone()) {
            Some(token) => Ok((token, stored)),
            None => {
                let problem = "the token has characters that no HTTP header can carry".to_owned();
                Err(decode_error(context, None, slot.auth.token_at.to_owned(), problem, Bytes::new()))
            }
        }
    }

    async fn new_token(
        &self,
        slot: &Slot,
        context: &mut Context,
        running: &mut Running,
    ) -> Result<StoredToken, Error> {
        let Some(Credentials::KeyAndSecret { key, secret }) = self.credentials.of(slot.endpoint.family)
        else {
            return Err(context.config("the client has no credentials"));
        };
        let endpoint = slot.endpoint;
        let family = endpoint.family.info();
        let mut request = TokenRequest {
            slot,
            settings: &self.settings,
            lifetimes: self.lifetimes,
            request: self.request(slot, context, key, secret)?,
            limits: self.settings.limits(None, endpoint.timeout_secs),
            rules: Rules {
                family: endpoint.family,
                envelope: family.envelope,
                refusal: family.refusal,
                token_codes: family.token_codes,
                any: false,
                // The token itself is the proof.
                needs_code: false,
                secret: true,
                success: SuccessRule::Envelope,
                payload_required: false,
            },
        };
        retry::run(&self.settings.retry, context, running, &mut request).await.map(|(token, _)| token)
    }

    fn request(
        &self,
        slot: &Slot,
        context: &Context,
        key: &SecretString,
        secret: &SecretString,
    ) -> Result<Outgoing, Error> {
        let settings = &self.settings;
        let path = settings.path(slot.endpoint)?;
        let url = settings
            .hosts
            .address(slot.endpoint.family, path, "")
            .map_err(|problem| context.config(problem))?;
        let method = Method::from_bytes(slot.endpoint.method.as_str().as_bytes())
            .map_err(|_| context.config("the catalogue names no valid HTTP method"))?;
        let fields =
            [(slot.auth.key_field, key.expose_secret()), (slot.auth.secret_field, secret.expose_secret())];
        let as_form = self.as_form || matches!(slot.endpoint.body, BodyForm::Form | BodyForm::Multipart);
        let (kind, body) = match as_form {
            true => (http::URL_ENCODED, http::encode(fields)),
            false => {
                let object: serde_json::Map<String, serde_json::Value> =
                    fields.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
                ("application/json", serde_json::Value::Object(object).to_string())
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, settings.user_agent.clone());
        Ok(Outgoing { method, url, headers, body: Body::Bytes(body.into()) })
    }
}

/// A request for a token, ready to be sent.
struct TokenRequest<'a> {
    slot: &'a Slot,
    settings: &'a Settings,
    lifetimes: Lifetimes,
    request: Outgoing,
    limits: Limits,
    rules: Rules,
}

impl Operation for TokenRequest<'_> {
    /// With the status of the answer.
    type Output = (StoredToken, u16);

    fn status((_, status): &Self::Output) -> Option<u16> {
        Some(*status)
    }

    async fn attempt(&mut self, context: &Context) -> Attempt<Self::Output> {
        // Counted from before the request, so that the token never ends earlier than thought.
        let asked_at = Timestamp::now();
        let incoming =
            match http::exchange(&self.settings.http, self.request.clone(), self.limits, false).await {
                Ok(incoming) => incoming,
                Err(failure) => return Attempt::Failed(Failed::unanswered(failure, context, self.limits)),
            };
        let status = incoming.status;
        match self.read(incoming, &context.clone().sent(true), asked_at) {
            Ok(token) => Attempt::Done((token, status)),
            Err(Refused::Final(error)) => Attempt::Failed(Failed::fatal(error)),
            Err(Refused::Transient(failed)) => Attempt::Failed(failed),
        }
    }
}

/// Why an answer holds no token.
enum Refused {
    /// These credentials will not do, or the answer is none that holds a token.
    Final(Error),
    /// It says nothing about the credentials.
    Transient(Failed),
}

impl TokenRequest<'_> {
    fn read(
        &self,
        incoming: Incoming,
        context: &Context,
        asked_at: Timestamp,
    ) -> Result<StoredToken, Refused> {
        let Incoming { status, headers, body } = incoming;
        let IncomingBody::Whole(body) = body else {
            let error = decode_error(context, Some(status), String::new(), "a file".to_owned(), Bytes::new());
            return Err(Refused::Final(error));
        };
        let retry_after = http::retry_after(&headers);
        match envelope::open(&self.rules, context, status, headers, body, None) {
            Ok(answer) => {
                let lifetime = self.lifetimes.of(&self.slot.auth);
                let expires_at = asked_at.checked_add(lifetime).unwrap_or(Timestamp::MAX);
                let token = token_in(&answer, self.slot, context).map_err(Refused::Final)?;
                Ok(StoredToken { token, expires_at })
            }
            Err(refusal) => Err(match final_refusal(refusal, context) {
                Ok(error) => Refused::Final(error),
                Err(error) => Refused::Transient(Failed::refused(error, status, retry_after)),
            }),
        }
    }
}

/// Tells a final refusal (`Ok`: these credentials will not do) from a transient one (`Err`).
fn final_refusal(refusal: Refusal, context: &Context) -> Result<Error, Error> {
    let failure = AuthFailure::Credentials;
    let context = context.clone();
    match refusal {
        Refusal::Token(Error::Http(e))
        | Refusal::Unclear(Error::Http(e))
        | Refusal::Other(Error::Http(e))
            if matches!(e.status, 401 | 403) =>
        {
            Ok(Error::Auth(Box::new(AuthError {
                context,
                failure,
                code: None,
                status: Some(e.status),
                message: None,
                source: None,
            })))
        }
        // A vendor's no at this endpoint is about the credentials (401, 403, 10101, 10102...), unless it
        // speaks of its own troubles.
        Refusal::Token(Error::Api(e)) | Refusal::Other(Error::Api(e))
            if !is_transient_status(e.context.family, e.status) && !is_vendor_failure(e.code) =>
        {
            let message = e.message.clone();
            let (code, status) = (Some(e.code), Some(e.status));
            Ok(Error::Auth(Box::new(AuthError { context, failure, code, status, message, source: None })))
        }
        other @ (Refusal::Token(_) | Refusal::Unclear(_) | Refusal::Other(_)) => Err(other.into_error()),
    }
}

/// Whether a code of the token endpoint says nothing about the credentials.
fn is_vendor_failure(code: ErrorCode) -> bool {
    matches!(code.code(), 429 | 500..600) || code.is(Category::Transient)
}

/// The token in an answer: under its key in the payload, or the payload itself if that is a text.
fn token_in(answer: &Answer, slot: &Slot, context: &Context) -> Result<SecretString, Error> {
    let at = slot.auth.token_at;
    let token = match serde_json::from_slice::<HashMap<String, &RawValue>>(&answer.payload) {
        Ok(fields) => fields.get(at).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok()),
        Err(_) => serde_json::from_slice::<String>(&answer.payload).ok(),
    };
    match token.filter(|t| !t.is_empty()) {
        Some(token) => Ok(token.into()),
        None => {
            let path = if answer.key.is_empty() { at.to_owned() } else { format!("{}.{at}", answer.key) };
            let problem = "a success without a token".to_owned();
            Err(decode_error(context, Some(answer.status), path, problem, answer.raw.clone()))
        }
    }
}
