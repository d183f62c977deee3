//! One attempt of a call: its permit and token, the exchange, and what the answer means.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde::de::IgnoredAny;
use tokio::sync::OwnedSemaphorePermit;

use super::{Core, Done, File, Plan, outgoing, sensitive};
use crate::authentication::Token;
use crate::catalogue::{Auth, SuccessRule};
use crate::encryption::SIGNED;
use crate::envelope::{self, Answer, Refusal, Rules};
use crate::error::{self, AuthError, AuthFailure, Context, DecodeError, Error, Masked, Raw, decode_error};
use crate::http::{self, FileBody, Incoming, IncomingBody};
use crate::observe::{self, Call};
use crate::retry::{self, Attempt, Failed, Operation};
use crate::wire::PayloadReader;

/// Makes the attempts of one call.
pub(super) struct Caller<'a> {
    core: &'a Core,
    plan: &'a Plan,
    permit: Option<OwnedSemaphorePermit>,
    token: Option<Arc<Token>>,
    /// What interceptors have added.
    headers: HeaderMap,
    /// A token was refused already, and renewed.
    renewed: bool,
    reader: Option<&'a mut (dyn PayloadReader + 'static)>,
}

/// What came of one exchange.
enum Classified {
    Done(Done),
    TokenRefused(Error),
    /// The token is worth nothing any more; whether the call was carried out nobody knows.
    TokenDoubtful(Error),
    Failed(Failed),
}

impl Operation for Caller<'_> {
    type Output = Done;

    fn status(done: &Done) -> Option<u16> {
        Some(match done {
            Done::Answer(answer) => answer.status,
            Done::File(file) => file.status,
        })
    }

    async fn prepare(&mut self, context: &Context, call: &Arc<Call>) -> Result<(), Error> {
        let (deadline, limit) = (self.plan.limits.deadline(), self.plan.limits.timeout);
        // What waits is boxed: mostly nothing has to.
        if self.core.settings.concurrency.is_some() {
            self.permit = Box::pin(self.core.permit(context, deadline, limit)).await?;
        }
        self.token = match &self.plan.auth {
            Auth::Token(auth) => Some(match self.core.tokens.at_hand(auth) {
                Some(token) => token,
                None => Box::pin(self.core.tokens.get(auth, context, deadline, limit)).await?,
            }),
            Auth::Signature | Auth::Bearer | Auth::None => None,
        };
        // Last, so that what a rate lets go goes now.
        let interceptors = &self.core.interceptors;
        if !interceptors.is_empty() {
            self.headers = Box::pin(observe::ask(interceptors, call, context, deadline, limit)).await?;
        }
        Ok(())
    }

    async fn attempt(&mut self, context: &Context) -> Attempt<Done> {
        let permit = self.permit.take();
        match self.exchange(context, permit).await {
            Classified::Done(done) => Attempt::Done(done),
            Classified::Failed(failed) => Attempt::Failed(failed),
            Classified::TokenRefused(refusal) => match (self.plan.auth, &self.token) {
                // Refused is not done: repeating is safe, whatever the call does.
                (Auth::Token(auth), Some(token)) => {
                    self.core.tokens.refused(&auth, token);
                    if self.renewed {
                        return Attempt::Failed(Failed::fatal(token_error(refusal)));
                    }
                    self.renewed = true;
                    Attempt::Renew(refusal)
                }
                _ => Attempt::Failed(Failed::fatal(refusal)),
            },
            Classified::TokenDoubtful(error) => {
                // The next call gets a new one.
                if let (Auth::Token(auth), Some(token)) = (self.plan.auth, &self.token) {
                    self.core.tokens.refused(&auth, token);
                }
                Attempt::Failed(Failed::fatal(error))
            }
        }
    }
}

impl<'a> Caller<'a> {
    pub(super) fn new(
        core: &'a Core,
        plan: &'a Plan,
        reader: Option<&'a mut (dyn PayloadReader + 'static)>,
    ) -> Self {
        Self { core, plan, permit: None, token: None, headers: HeaderMap::new(), renewed: false, reader }
    }

    async fn exchange(&mut self, context: &Context, permit: Option<OwnedSemaphorePermit>) -> Classified {
        let Self { core, plan, .. } = self;
        let token = self.token.as_deref();
        let request = match outgoing::build(core, context, plan, token, &self.headers) {
            Ok(request) => request,
            Err(error) => return Classified::Failed(Failed::fatal(error)),
        };
        match http::exchange(&core.settings.http, request, plan.limits, plan.wants_file).await {
            Ok(incoming) => self.classify(context, incoming, permit),
            Err(failure) => Classified::Failed(Failed::unanswered(failure, context, plan.limits)),
        }
    }

    /// Makes sense of an answer.
    fn classify(
        &mut self,
        context: &Context,
        incoming: Incoming,
        permit: Option<OwnedSemaphorePermit>,
    ) -> Classified {
        let plan = &self.plan;
        let context = context.clone().sent(true);
        let Incoming { status, headers, body } = incoming;
        let body = match body {
            IncomingBody::File(body) => {
                return Classified::Done(Done::File(File { status, headers, body, permit }));
            }
            IncomingBody::Whole(body) => body,
        };
        let retry_after = http::retry_after(&headers);
        let body = match self.decrypt(&context, status, &headers, body) {
            Ok(body) => body,
            Err(error) => return Classified::Failed(Failed::fatal(error)),
        };
        let is_whole = matches!(status, 200 | 201 | 203);
        if plan.wants_file && http::is_encrypted(&headers) && is_whole && !http::is_refusal(None, &body) {
            let body = FileBody::buffered(body);
            return Classified::Done(Done::File(File { status, headers, body, permit }));
        }
        let info = plan.family.info();
        let rules = Rules {
            family: plan.family,
            envelope: info.envelope,
            refusal: info.refusal,
            token_codes: info.token_codes,
            any: plan.any_answer || plan.wants_file,
            needs_code: plan.needs_code,
            secret: plan.gives_token,
            success: plan.success,
            payload_required: plan.payload_required,
        };
        // Of other calls nothing follows from it.
        let cut_off = retry::is_keyed(&context).then(|| cut_off(status, &body)).flatten();
        let reader = self.reader.as_deref_mut();
        match envelope::open(&rules, &context, status, headers, body, reader) {
            Ok(Answer { raw, .. }) if cut_off.is_some_and(|cut| plan.needs(cut)) => {
                let problem = format!("it is cut off after {} bytes", error::count(raw.len()));
                let error = decode_error(&context, Some(status), String::new(), problem, raw);
                Classified::Failed(Failed::cut_off(error, &context))
            }
            Ok(answer) => Classified::Done(Done::Answer(answer)),
            Err(Refusal::Other(error @ Error::Decode(_))) if cut_off.is_some() => {
                Classified::Failed(Failed::cut_off(error, &context))
            }
            Err(Refusal::Token(error)) => Classified::TokenRefused(error),
            Err(Refusal::Unclear(error)) => Classified::TokenDoubtful(error),
            Err(Refusal::Other(error)) => Classified::Failed(Failed::refused(error, status, retry_after)),
        }
    }

    /// The plain text of an answer, by the answer's own word on whether it is encrypted: refusals may come in
    /// the clear.
    fn decrypt(
        &self,
        context: &Context,
        status: u16,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Bytes, Error> {
        if !http::is_encrypted(headers) || body.trim_ascii().is_empty() {
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
                cut_off: false,
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

    /// Takes secrets and personal data out of the texts of an error.
    pub(super) fn scrubbed(&self, mut error: Error) -> Error {
        self.core.tokens.scrub(&mut error, self.token.as_deref());
        if error.quotes() {
            error.conceal(&sensitive::values(self.plan));
        }
        error
    }
}

/// How an answer of success is cut off, if it is.
#[derive(Clone, Copy)]
enum Cut {
    /// There is nothing.
    Empty,
    /// It ends within its JSON.
    Within,
}

fn cut_off(status: u16, body: &[u8]) -> Option<Cut> {
    // The other two say that nothing comes.
    if !(200..300).contains(&status) || matches!(status, 204 | 205) {
        return None;
    }
    let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    if text.trim_ascii().is_empty() {
        return Some(Cut::Empty);
    }
    let ends = serde_json::from_slice::<IgnoredAny>(text).is_err_and(|error| error.is_eof());
    ends.then_some(Cut::Within)
}

impl Plan {
    /// Whether an answer that was taken for one of success is none, because of how it is cut off.
    fn needs(&self, cut: Cut) -> bool {
        match cut {
            Cut::Empty => self.needs_fields,
            // With an envelope it was read, or the status decides.
            Cut::Within => self.family.info().envelope.is_none() && self.success == SuccessRule::Envelope,
        }
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
        other @ (Error::Invalid(_)
        | Error::Transport(_)
        | Error::Timeout(_)
        | Error::Decode(_)
        | Error::Auth(_)
        | Error::Config(_)
        | Error::Unconfirmed(_)
        | Error::Intercepted(_)
        | Error::Io(_)) => return other,
    };
    Error::Auth(Box::new(auth))
}
