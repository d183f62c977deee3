//! The steps of one call: check, token, attempts, envelope.
//!
//! Not generic, like everything below it: `&'static Endpoint` and JSON in, bytes out. A hundred endpoints do
//! not make a hundred copies of this.

mod attempt;
mod encode;
mod outgoing;
mod path;
mod sensitive;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use tracing::Instrument;

use self::attempt::Caller;
pub(crate) use self::encode::serialize_error;
pub(crate) use self::path::split_query;
use crate::authentication::Tokens;
use crate::authentication::signer::Signer;
use crate::catalogue::Family;
use crate::catalogue::{Auth, Endpoint, Field, SuccessRule};
use crate::check::Violation;
use crate::envelope::Answer;
use crate::error::{Context, Error, Phase, TimeoutError};
use crate::http::{self, FileBody, Limits, Part};
use crate::json::Object;
use crate::observe::{Interceptors, Running};
use crate::retry;
use crate::settings::Settings;
use crate::wire::PayloadReader;

/// What all clones of a client share.
pub(crate) struct Core {
    pub(crate) settings: Arc<Settings>,
    pub(crate) tokens: Tokens,
    pub(crate) signer: Option<Arc<dyn Signer>>,
    pub(crate) interceptors: Interceptors,
}

impl Core {
    /// Waits until another call may run, but not beyond `deadline`, which is after `limit`; `None` if there
    /// is no limit to how many.
    pub(crate) async fn permit(
        &self,
        context: &Context,
        deadline: Instant,
        limit: Duration,
    ) -> Result<Option<OwnedSemaphorePermit>, Error> {
        let Some(semaphore) = self.settings.concurrency.clone() else { return Ok(None) };
        match tokio::time::timeout_at(deadline, semaphore.acquire_owned()).await {
            // Nobody ever closes the semaphore.
            Ok(permit) => Ok(permit.ok()),
            Err(_) => {
                let mut context = context.clone();
                context.during = Some(
                    "no place among the calls and recordings that may run at the same time (`max_concurrent`)"
                        .into(),
                );
                let phase = Phase::Waiting;
                Err(Error::Timeout(Box::new(TimeoutError { context, phase, limit })))
            }
        }
    }
}

/// Why nothing is sent any more.
pub(crate) const CLOSED: &str = "the client has been closed (`Client::close`)";

/// A call, ready to be made.
pub(crate) struct Plan {
    pub(crate) context: Context,
    pub(crate) family: Family,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Fields that go as headers, and the idempotency key.
    pub(crate) headers: HeaderMap,
    /// What its content and query are made of; of a raw call nothing is known.
    pub(crate) fields: &'static [Field],
    pub(crate) content: Content,
    pub(crate) auth: Auth,
    pub(crate) limits: Limits,
    /// Whether the answer may be a file.
    pub(crate) wants_file: bool,
    /// Whether the answer may be anything, nothing included.
    pub(crate) any_answer: bool,
    /// Whether its answer makes no sense without some of its fields.
    pub(crate) needs_fields: bool,
    /// What says that it has succeeded.
    pub(crate) success: SuccessRule,
    /// Whether an answer without a payload is an error.
    pub(crate) payload_required: bool,
    /// Whether only the code of success says that it was done.
    pub(crate) needs_code: bool,
    /// Whether it is a token endpoint: those are never encrypted, and nothing of their
    /// answers is quoted.
    pub(crate) gives_token: bool,
}

/// What a request carries beside its fields.
#[derive(Default)]
pub(crate) struct Carried<'a> {
    /// How long one attempt may take, where the request has its own limit.
    pub(crate) timeout: Option<Duration>,
    /// What makes a repeated call the same call.
    pub(crate) key: Option<&'a str>,
    /// What is wrong with the fields, where somebody has looked.
    pub(crate) violations: Option<Vec<Violation>>,
    /// Reads the payload of the answer while its envelope is read.
    pub(crate) reader: Option<&'a mut (dyn PayloadReader + 'static)>,
}

impl From<Option<Duration>> for Carried<'_> {
    fn from(timeout: Option<Duration>) -> Self {
        Self { timeout, ..Self::default() }
    }
}

/// The body of a call, before encryption.
pub(crate) enum Content {
    None,
    Json(Bytes),
    Form(Bytes),
    Multipart(Arc<[Part]>),
}

/// What came of a call, with what reading it needs to know.
pub(crate) struct Reply {
    pub(crate) context: Context,
    pub(crate) limits: Limits,
    pub(crate) done: Done,
    /// To be ended by who reads what came.
    pub(crate) running: Running,
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

/// Calls an endpoint with the fields of `object`.
pub(crate) async fn run(
    core: &Core,
    endpoint: &'static Endpoint,
    object: Object<'_>,
    mut carried: Carried<'_>,
) -> Result<Reply, Error> {
    let running = core.settings.begin(endpoint);
    // Bound here, and not within the match, so that the future holds it once.
    let plan = match encode::plan(core, endpoint, object, &mut carried) {
        Ok(plan) => plan,
        Err(error) => return Err(running.failed(error)),
    };
    send(core, running, &plan, carried.reader).await
}

/// Ends a call to an endpoint that has come to nothing before it could be planned.
pub(crate) fn refused(settings: &Settings, endpoint: &'static Endpoint, error: Error) -> Error {
    settings.begin(endpoint).failed(error)
}

/// Makes a call, as often as its effect and the policy allow.
///
/// A future is as big as all that it may hold, and is moved and touched as a whole: what is boxed on the way
/// keeps each below what allocators have at hand for a thread (a kilobyte in glibc).
pub(crate) fn send<'a>(
    core: &'a Core,
    mut running: Running,
    plan: &'a Plan,
    reader: Option<&'a mut (dyn PayloadReader + 'static)>,
) -> Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>> {
    let span = running.span();
    let call = async move {
        if let Err(failure) = http::needs_runtime() {
            return Err(running.failed(failure.into_error(&plan.context, plan.limits)));
        }
        if running.is_late() {
            return Err(running.failed(plan.context.config(CLOSED)));
        }
        let mut context = plan.context.clone();
        let mut caller = Caller::new(core, plan, reader);
        match retry::run(&core.settings.retry, &mut context, &mut running, &mut caller).await {
            Ok(done) => Ok(Reply { context: context.sent(true), limits: plan.limits, done, running }),
            Err(error) => Err(running.failed(caller.scrubbed(error))),
        }
    };
    Box::pin(call.instrument(span))
}

#[cfg(test)]
mod tests;
