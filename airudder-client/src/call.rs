//! The steps of one call: check, token, attempts, envelope.
//!
//! Not generic, like everything below it: `&'static Endpoint` and JSON bytes in, bytes out. A hundred endpoints do not make a hundred
//! copies of this.

pub(crate) mod outgoing;
pub(crate) mod path;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::{Method, header::HeaderMap};
use secrecy::ExposeSecret;
use tokio::{sync::OwnedSemaphorePermit, time::Instant};
use tracing::Instrument;

use self::outgoing::Content;
use crate::catalogue::{Auth, BodyForm, Endpoint, Kind, ResponseKind, Scalar};
use crate::config::Settings;
use crate::encryption::SIGNED;
use crate::envelope::{Answer, Refusal, Rules};
use crate::error::{AuthError, AuthFailure, Context, DecodeError, Error, Invalid, Masked, Raw};
use crate::retry::{Attempts, Outcome};
use crate::token::{Token, Tokens};
use crate::transport::{FileBody, Incoming, IncomingBody, Limits};
use crate::{Family, check, envelope, form, retry, transport};

/// What all clones of a client share.
pub(crate) struct Core {
    pub(crate) settings: Arc<Settings>,
    pub(crate) tokens: Tokens,
}

impl Core {
    /// Waits until another call may run; `None` if there is no limit.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        let semaphore = self.settings.concurrency.clone()?;
        // Nobody ever closes the semaphore.
        semaphore.acquire_owned().await.ok()
    }
}

/// A call, ready to be made.
pub(crate) struct Plan {
    pub(crate) context: Context,
    pub(crate) family: Family,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) content: Content,
    pub(crate) auth: Auth,
    pub(crate) limits: Limits,
    /// Whether the answer may be a file.
    pub(crate) wants_file: bool,
    /// Whether the answer may be anything, nothing included.
    pub(crate) any_answer: bool,
    /// Whether it is a token endpoint: those are never encrypted.
    pub(crate) gives_token: bool,
}

/// What came of a call, with what reading it needs to know.
pub(crate) struct Reply {
    pub(crate) context: Context,
    pub(crate) limits: Limits,
    pub(crate) done: Done,
}

pub(crate) enum Done {
    Answer(Answer),
    File(File),
}

/// A file on its way, with its head.
pub(crate) struct File {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: FileBody,
    /// Held as long as the file is on its way: it counts as a call that runs.
    pub(crate) permit: Option<OwnedSemaphorePermit>,
}

/// Calls an endpoint with the fields in `json`, an object.
pub(crate) async fn run(
    core: &Core,
    endpoint: &'static Endpoint,
    json: Vec<u8>,
    timeout: Option<Duration>,
) -> Result<Reply, Error> {
    let plan = plan(core, endpoint, json, timeout)?;
    send(core, plan).await
}

/// The error of a request that JSON cannot express (a number that is not finite, say).
pub(crate) fn unwritable(endpoint: &'static Endpoint, error: &dyn std::fmt::Display) -> Error {
    Context::new(endpoint.key, endpoint.family, endpoint.effect)
        .config(format!("the request cannot be written as JSON: {error}"))
}

/// Checks a request against the catalogue and says how it goes out. Nothing is sent.
fn plan(
    core: &Core,
    endpoint: &'static Endpoint,
    json: Vec<u8>,
    timeout: Option<Duration>,
) -> Result<Plan, Error> {
    let context = Context::new(endpoint.key, endpoint.family, endpoint.effect);
    let path = core.settings.path(endpoint)?.to_owned();
    let violations = check::check(endpoint.request, endpoint.family, &json);
    if !violations.is_empty() {
        return Err(Error::Invalid(Box::new(Invalid::new(context, violations))));
    }
    let method = Method::from_bytes(endpoint.method.as_str().as_bytes())
        .map_err(|_| context.config(format!("`{}` is not an HTTP method", endpoint.method)))?;
    let (path, json) = path::fill(path, json).map_err(|problem| context.config(problem))?;
    let (query, content) = match endpoint.body {
        BodyForm::Json => (String::new(), Content::Json(json.into())),
        flat => {
            // The check has seen an object; what its rules let pass is well-formed.
            let pairs = form::pairs(&json)
                .map_err(|error| context.config(format!("the fields cannot be written: {error}")))?;
            let encoded = || form::encode(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
            match flat {
                BodyForm::Form => (String::new(), Content::Form(encoded().into())),
                BodyForm::Multipart => {
                    (String::new(), outgoing::multipart(endpoint.request, &pairs, &context)?)
                }
                _ => (encoded(), Content::None),
            }
        }
    };
    let (path, query) = match endpoint.body {
        BodyForm::Query => path::split_query(path, query),
        // Of a call with a body, the body is what is encrypted.
        _ => (path, query),
    };
    Ok(Plan {
        family: endpoint.family,
        method,
        path,
        query,
        content,
        auth: endpoint.auth,
        limits: core.settings.limits(timeout, endpoint.timeout_secs),
        wants_file: matches!(endpoint.response, ResponseKind::File),
        // Nothing at all may say that a call was cancelled, but not that people will be called: there the code is needed.
        any_answer: matches!(endpoint.response, ResponseKind::Value(Kind::Scalar(Scalar::Json)))
            && endpoint.effect.is_repeatable(),
        gives_token: matches!(endpoint.family.info().auth, Auth::Token(auth) if auth.endpoint == endpoint.key),
        context,
    })
}

/// Makes a call, as often as its effect and the policy allow.
pub(crate) async fn send(core: &Core, plan: Plan) -> Result<Reply, Error> {
    let span = tracing::debug_span!("airudder_call", endpoint = %plan.context.endpoint, family = plan.family.as_str());
    async move {
        // Timers and sockets of tokio panic without its runtime; a library must not.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(plan.context.config("a call must be made from within a tokio runtime"));
        }
        Caller { core, plan }.call().await
    }
    .instrument(span)
    .await
}

struct Caller<'a> {
    core: &'a Core,
    plan: Plan,
}

/// What came of one attempt.
enum Attempt {
    Done(Done),
    /// The token was refused.
    TokenRefused(Error),
    /// Failed; `Some`: in a way that may pass.
    Failed(Error, Option<Outcome>, Option<Duration>),
}

impl Caller<'_> {
    async fn call(mut self) -> Result<Reply, Error> {
        let policy = &self.core.settings.retry;
        let mut attempts = Attempts::new(policy, self.plan.context.effect);
        let mut renewed = false;
        loop {
            let permit = self.core.permit().await;
            let token = self.token().await?;
            attempts.next();
            self.plan.context.attempts += 1;
            let attempt = self.attempt(token.as_deref(), permit).await;
            match attempt {
                Attempt::Done(done) => {
                    return Ok(Reply {
                        context: self.plan.context.sent(true),
                        limits: self.plan.limits,
                        done,
                    });
                }
                Attempt::TokenRefused(refusal) => match (self.plan.auth, &token) {
                    // Refused is not done: repeating is safe, whatever the call does.
                    (Auth::Token(auth), Some(token)) => {
                        self.core.tokens.refused(&auth, token);
                        if renewed {
                            return Err(self.scrubbed(token_error(refusal), Some(token)));
                        }
                        renewed = true;
                        attempts.uncount();
                    }
                    _ => return Err(self.scrubbed(refusal, None)),
                },
                Attempt::Failed(error, outcome, retry_after) => match outcome {
                    Some(outcome) if attempts.another(outcome, retry_after).await => {
                        self.plan.context.sent |= error.may_have_reached_vendor();
                    }
                    _ => return Err(self.scrubbed(error, token.as_deref())),
                },
            }
        }
    }

    async fn token(&self) -> Result<Option<Arc<Token>>, Error> {
        match &self.plan.auth {
            Auth::Token(auth) => {
                self.core.tokens.get(auth, &self.plan.context, self.plan.limits.timeout).await.map(Some)
            }
            Auth::Signature | Auth::Bearer | Auth::None => Ok(None),
        }
    }

    async fn attempt(&self, token: Option<&Token>, permit: Option<OwnedSemaphorePermit>) -> Attempt {
        let Self { core, plan } = self;
        let request = match outgoing::build(&core.settings, plan, token) {
            Ok(request) => request,
            Err(error) => return Attempt::Failed(error, None, None),
        };
        let started = Instant::now();
        let result = transport::exchange(&core.settings.http, &request, plan.limits, plan.wants_file).await;
        let attempt = match result {
            Ok(incoming) => self.judge(incoming, permit),
            Err(failure) => {
                let outcome = failure.outcome();
                Attempt::Failed(failure.into_error(&plan.context, plan.limits), outcome, None)
            }
        };
        let (status, error) = match &attempt {
            Attempt::Done(Done::Answer(answer)) => (Some(answer.status), None),
            Attempt::Done(Done::File(file)) => (Some(file.status), None),
            Attempt::TokenRefused(error) | Attempt::Failed(error, ..) => (error.http_status(), Some(error)),
        };
        tracing::debug!(
            endpoint = %plan.context.endpoint,
            family = plan.family.as_str(),
            attempt = plan.context.attempts,
            status,
            code = error.and_then(Error::code).map(|code| code.value()).map(tracing::field::display),
            elapsed_ms = started.elapsed().as_millis() as u64,
            "{}",
            error.map_or("answered", kind_of)
        );
        attempt
    }

    /// Makes sense of an answer.
    fn judge(&self, incoming: Incoming, permit: Option<OwnedSemaphorePermit>) -> Attempt {
        let plan = &self.plan;
        let context = plan.context.clone().sent(true);
        let Incoming { status, headers, body } = incoming;
        let body = match body {
            IncomingBody::File(body) => {
                return Attempt::Done(Done::File(File { status, headers, body, permit }));
            }
            IncomingBody::Whole(body) => body,
        };
        let retry_after = retry::retry_after(&headers);
        let body = match self.decrypt(&context, status, &headers, body) {
            Ok(body) => body,
            Err(error) => return Attempt::Failed(error, None, None),
        };
        let is_json = body.trim_ascii_start().starts_with(b"{");
        if plan.wants_file && transport::is_encrypted(&headers) && !is_json && (200..300).contains(&status) {
            let body = FileBody::held(body);
            return Attempt::Done(Done::File(File { status, headers, body, permit }));
        }
        let info = plan.family.info();
        let rules = Rules {
            family: plan.family,
            envelope: info.envelope,
            token_codes: info.token_codes,
            any: plan.any_answer || plan.wants_file,
        };
        match envelope::open(&rules, &context, status, headers, body) {
            Ok(answer) => Attempt::Done(Done::Answer(answer)),
            Err(Refusal::Token(error)) => Attempt::TokenRefused(error),
            Err(Refusal::Other(error)) => Attempt::Failed(error, Some(Outcome::Status(status)), retry_after),
        }
    }

    /// The plain text of an answer, by the answer's own word on whether it is encrypted: refusals may come in the clear.
    fn decrypt(
        &self,
        context: &Context,
        status: u16,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Bytes, Error> {
        if !transport::is_encrypted(headers) || body.trim_ascii().is_empty() {
            return Ok(body);
        }
        let error = |problem: String, source| {
            Err(Error::Decode(Box::new(DecodeError {
                context: context.clone(),
                status: Some(status),
                path: String::new(),
                problem: Masked(problem),
                source,
                raw: Raw(body.clone()),
            })))
        };
        let Some(encryption) = &self.core.settings.encryption else {
            return error(
                "it is encrypted, and the client has no key: give one with `ClientBuilder::encryption`"
                    .to_owned(),
                None,
            );
        };
        let signed = headers.get(SIGNED).and_then(|value| value.to_str().ok());
        match encryption.key.decrypt_verified(&body, signed) {
            Ok(plain) => Ok(plain.into()),
            Err(reason) => error(reason.to_string(), Some(reason)),
        }
    }

    fn scrubbed(&self, mut error: Error, token: Option<&Token>) -> Error {
        let mut secrets = self.core.tokens.secrets();
        secrets.extend(token.map(|token| token.text.expose_secret()));
        error.scrub(&secrets);
        error
    }
}

/// What to call a failure in one word.
fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::Api(_) | Error::Auth(_) => "refused",
        Error::Http(_) => "answered without an envelope",
        Error::Transport(_) => "no connection",
        Error::Timeout(_) => "timed out",
        Error::Decode(_) => "unreadable answer",
        _ => "not sent",
    }
}

/// The end of a call whose token was refused twice.
fn token_error(refusal: Error) -> Error {
    let failure = AuthFailure::Token;
    let auth = match refusal {
        Error::Api(e) => {
            let e = *e;
            AuthError {
                context: e.context,
                failure,
                code: Some(e.code),
                status: Some(e.status),
                message: e.message,
                source: None,
            }
        }
        Error::Http(e) => AuthError {
            context: e.context,
            failure,
            code: None,
            status: Some(e.status),
            message: None,
            source: None,
        },
        other => return other,
    };
    Error::Auth(Box::new(auth))
}

#[cfg(test)]
mod tests;
