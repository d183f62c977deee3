//! Waiting for what takes time: a task that is called through, a recording that is not there yet.
//!
//! Where the spec says what an answer looks like once it is over (`poll_until`), the builder has `wait`,
//! which gives the answer at the end, and `poll`, which gives each answer on the way. Files can be waited for
//! too. For anything else there is [`Client::wait_until`], with a condition of your own.
//!
//! ```
//! use std::time::Duration;
//! # use airudder_client::{Client, collection::{CollectionContact, CreateTask}, jiff::civil::date};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let client = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url())
//! #     .build()?;
//! # let contact = CollectionContact::builder()
//! #     .debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
//! #     .due_date(date(2026, 3, 3)).loan_amount(300_000).arrears(321_000).build();
//! # let request = CreateTask::builder().task_name("march").robot_id("robot").sip_line("LINE")
//! #     .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
//! #     .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
//! #     .details([contact]).build();
//! # let task_id = client.execute(&request).await?.task_id;
//! # simulator.play_out().await;
//!
//! // let client = Client::from_env()?;
//! let wait = client.collection().get_task_detail().task_id(task_id).wait();
//! let task = wait
//!     .every(Duration::from_secs(60)) // how soon to look again at first
//!     .deadline(Duration::from_secs(8 * 3600)) // how long to go on
//!     .await?;
//! println!("{} rows", task.detail.len());
//! # assert_eq!(task.detail.len(), 1);
//! # Ok(()) }
//! ```
//!
//! The first look is taken at once. The pauses grow by half each time, up to ten times the first, and a
//! `Retry-After` of the server is obeyed. What is transient (no connection, HTTP 429, 502, 503, 504, after
//! the repeats of the call itself) ends no wait; every other error does. Dropping the future, or the stream,
//! gives up the wait and nothing else: what is waited for goes on.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task;
use std::time::Duration;

use airudder_model::loosely_equal;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::time::Instant;

use crate::call::{self, Core, Done, Reply};
use crate::catalogue::{Effect, Endpoint, PollUntil, ResponseKind};
use crate::client::Client;
use crate::error::{Context, Error, Phase, TimeoutError};
use crate::http;
use crate::json::{self, Fields, Object};
use crate::request::{Polled, Request, ResponseFuture};
use crate::response::{Reader, Received};

/// The pause before the second look, unless somebody says otherwise.
const EVERY: Duration = Duration::from_secs(5);
/// How long a wait goes on, unless somebody says otherwise.
const DEADLINE: Duration = Duration::from_secs(60 * 60);
/// How much longer than the first the longest pause is.
const GROWTH: u32 = 10;

type Condition<A> = Box<dyn FnMut(&A) -> bool + Send>;

impl Client {
    /// Waits until what the request asks for is over, as the spec says (`poll_until`), or until the file that
    /// it asks for is there. Builders have this as `wait`.
    pub fn wait<R: Polled>(&self, request: &R) -> Wait<R> {
        Wait::new(Arc::clone(&self.core), request, None)
    }

    /// Waits until an answer to the request meets a condition: for plans, workflow instances and lists, whose
    /// end the spec does not know.
    ///
    /// ```no_run
    /// # use airudder_client::{Client, jiff::civil::date};
    /// use airudder_client::predictive_dialer::{ListTasks, TaskState};
    ///
    /// # async fn run(client: Client) -> Result<(), airudder_client::Error> {
    /// let request = ListTasks::builder()
    ///     .minstarttime(date(2026, 3, 2).at(0, 0, 0, 0))
    ///     .maxstarttime(date(2026, 3, 2).at(23, 59, 59, 0))
    ///     .limit(500)
    ///     .task_name("march")
    ///     .build();
    /// let tasks = client
    ///     .wait_until(&request, |tasks| {
    ///         tasks.list.iter().any(|task| task.state == Some(TaskState::Finished))
    ///     })
    ///     .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// The request is sent over and over: one that does more than read is refused with [`Error::Config`].
    pub fn wait_until<R: Request>(
        &self,
        request: &R,
        is_over: impl FnMut(&R::Answer) -> bool + Send + 'static,
    ) -> Wait<R> {
        Wait::new(Arc::clone(&self.core), request, Some(Box::new(is_over)))
    }
}

/// A wait for the end of something, on its way once it is awaited; see the [module](self).
///
/// Awaited it gives the last answer. [`answers`](Self::answers) gives each.
///
/// # Errors
/// - [`Error::Timeout`] with [`Phase::Polling`] if it is not over by the deadline, or the error of the last
///   look if that failed.
/// - The first error that is not transient.
#[must_use = "nothing is sent before it is awaited"]
pub struct Wait<R: Request> {
    looks: Result<Looks, Error>,
    is_over: Option<Condition<R::Answer>>,
}

impl<R: Request> Wait<R> {
    fn new(core: Arc<Core>, request: &R, is_over: Option<Condition<R::Answer>>) -> Self {
        Self { looks: Looks::new(core, request), is_over }
    }

    /// The pause before the second look; later ones grow up to ten times that. Default: 5 seconds.
    pub fn every(mut self, pause: Duration) -> Self {
        if let Ok(looks) = &mut self.looks {
            looks.pause = pause;
            looks.longest = pause.saturating_mul(GROWTH);
        }
        self
    }

    /// How long to go on, from the first look. A look that has begun is finished. Default: 1 hour, which for
    /// a task that is called over a day is too short.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        if let Ok(looks) = &mut self.looks {
            looks.limit = deadline;
        }
        self
    }

    /// Each answer on the way, the last one included, as a stream.
    pub fn answers(self) -> Answers<R> {
        let answers = stream::unfold(Some(self), |state| async move {
            let mut wait = state?;
            match wait.next().await {
                Ok((answer, false)) => Some((Ok(answer), Some(wait))),
                Ok((answer, true)) => Some((Ok(answer), None)),
                Err(error) => Some((Err(error), None)),
            }
        });
        Answers(Box::pin(answers.fuse()))
    }

    /// The next answer, and whether it is the last.
    async fn next(&mut self) -> Result<(R::Answer, bool), Error> {
        let looks = self.looks.as_mut().map_err(|error| error.clone())?;
        loop {
            let reply = looks.look().await?;
            let is_over = looks.is_over(&reply.done);
            let received = Received { core: Arc::clone(&looks.core), reply };
            match R::Reader::read(received).await {
                Ok(response) => {
                    let is_there = R::Reader::is_there(&response.data);
                    let is_over = match &mut self.is_over {
                        Some(condition) => condition(&response.data),
                        None => is_over.unwrap_or(is_there),
                    };
                    return Ok((response.data, is_over));
                }
                // A link whose file is not there yet.
                Err(error) if looks.goes_on_after(&error) => looks.failure = Some(error),
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Request> IntoFuture for Wait<R> {
    type Output = Result<R::Answer, Error>;
    type IntoFuture = ResponseFuture<R::Answer>;

    fn into_future(mut self) -> Self::IntoFuture {
        ResponseFuture::new(async move {
            loop {
                if let (answer, true) = self.next().await? {
                    return Ok(answer);
                }
            }
        })
    }
}

impl<R: Request> fmt::Debug for Wait<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wait")
    }
}

/// The answers on the way to the end of something, as a stream. Made by [`Wait::answers`] and by builders'
/// `poll`.
///
/// The stream ends after the answer that says that it is over, or with an error.
#[must_use = "streams do nothing unless polled"]
pub struct Answers<R: Request>(Pin<Box<dyn Stream<Item = Result<R::Answer, Error>> + Send>>);

impl<R: Request> Answers<R> {
    /// The next answer.
    pub async fn next(&mut self) -> Option<Result<R::Answer, Error>> {
        self.0.next().await
    }
}

impl<R: Request> Stream for Answers<R> {
    type Item = Result<R::Answer, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl<R: Request> fmt::Debug for Answers<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

/// One look after the other. Not generic: works on the request's JSON.
struct Looks {
    core: Arc<Core>,
    endpoint: &'static Endpoint,
    json: Vec<u8>,
    timeout: Option<Duration>,
    pause: Duration,
    longest: Duration,
    limit: Duration,
    /// When the first look was taken.
    started: Option<Instant>,
    /// How many have been taken.
    taken: u32,
    /// What the server has asked for.
    asked: Option<Duration>,
    /// Why the last look has shown nothing.
    failure: Option<Error>,
}

impl Looks {
    fn new<R: Request>(core: Arc<Core>, request: &R) -> Result<Self, Error> {
        let (endpoint, timeout) = (request.meta().endpoint(), request.meta().timeout());
        if endpoint.effect != Effect::Read {
            let context = Context::new(endpoint.key, endpoint.family, endpoint.effect);
            return Err(context.config("only what reads can be polled: this would be done over and over"));
        }
        let json = core.settings.encode(request);
        let json = json.map_err(|error| call::serialize_error(endpoint, &error))?;
        Ok(Self {
            core,
            endpoint,
            json,
            timeout,
            pause: EVERY,
            longest: EVERY.saturating_mul(GROWTH),
            limit: DEADLINE,
            started: None,
            taken: 0,
            asked: None,
            failure: None,
        })
    }

    /// Looks, when it is time, until there is an answer.
    async fn look(&mut self) -> Result<Reply, Error> {
        loop {
            self.rest().await?;
            self.taken = self.taken.saturating_add(1);
            let object = Object::from(self.json.clone());
            match call::run(&self.core, self.endpoint, object, self.timeout).await {
                Ok(reply) => {
                    if let Done::Answer(answer) = &reply.done {
                        self.asked = http::retry_after(&answer.headers);
                    }
                    return Ok(reply);
                }
                Err(error) if self.goes_on_after(&error) => self.failure = Some(error),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for the time of the next look.
    async fn rest(&mut self) -> Result<(), Error> {
        let Some(started) = self.started else {
            // Outside a runtime there is no clock: the call says so.
            self.started = tokio::runtime::Handle::try_current().ok().map(|_| Instant::now());
            return Ok(());
        };
        let pause = self.pause.max(self.asked.take().unwrap_or_default());
        if started.elapsed().saturating_add(pause) > self.limit {
            return Err(self.failure.take().unwrap_or_else(|| self.not_over()));
        }
        self.failure = None;
        tokio::time::sleep(pause).await;
        self.pause = (self.pause + self.pause / 2).min(self.longest);
        Ok(())
    }

    /// What the spec says of this answer; `None` where it says nothing.
    fn is_over(&self, done: &Done) -> Option<bool> {
        let PollUntil { field, values } = self.endpoint.poll_until?;
        let Done::Answer(answer) = done else { return None };
        let fields: Fields<'_> = serde_json::from_slice(&answer.payload).ok()?;
        let state =
            fields.entry(field).and_then(|(_, value)| serde_json::from_str::<Value>(value.get()).ok());
        let state = state.as_ref().and_then(json::scalar_text);
        Some(state.is_some_and(|state| values.iter().any(|value| loosely_equal(value, &state))))
    }

    /// Whether it may be over at the next look all the same.
    fn goes_on_after(&self, error: &Error) -> bool {
        let is_absent = match error {
            Error::Http(_) => error.http_status() == Some(404),
            Error::Decode(e) => e.http_status().is_some_and(|s| matches!(s, 202 | 204)) || e.raw().is_empty(),
            Error::Invalid(_)
            | Error::Api(_)
            | Error::Transport(_)
            | Error::Timeout(_)
            | Error::Auth(_)
            | Error::Config(_)
            | Error::Unconfirmed(_)
            | Error::Intercepted(_)
            | Error::Io(_) => false,
        };
        error.is_transient() || (is_absent && matches!(self.endpoint.response, ResponseKind::File))
    }

    fn not_over(&self) -> Error {
        let endpoint = self.endpoint;
        let mut context = Context::new(endpoint.key, endpoint.family, endpoint.effect).sent(true);
        context.attempts = self.taken;
        Error::Timeout(Box::new(TimeoutError { context, phase: Phase::Polling, limit: self.limit }))
    }
}
