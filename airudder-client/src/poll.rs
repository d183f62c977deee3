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
use bytes::Bytes;
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
use crate::request::{Polled, Request, ResponseFuture, ThenPolled};
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

impl Client {
    /// Sends a request that starts something, and waits until that is over, as the spec says (`then_poll`).
    /// Builders have this as `send_and_wait`.
    pub fn send_and_wait<R: ThenPolled>(&self, request: R) -> SendAndWait<R> {
        SendAndWait { client: self.clone(), request, every: EVERY, deadline: DEADLINE }
    }
}

/// A request that starts something, and the wait for its end; nothing is sent before it is awaited. Made by
/// builders' `send_and_wait`.
///
/// Awaited it gives the last answer: that to the request itself where it is over already (a request that was
/// sent before, with the same idempotency key), else that of the last look.
///
/// # Errors
/// Those of the request. Then those of [`Wait`]; they tell what was started
/// ([`Error::started_id`]), which goes on: it can be asked for by that id, and sending the same request again
/// (the value, or one with the same idempotency key and content) starts nothing new and goes on waiting.
#[must_use = "nothing is sent before it is awaited"]
pub struct SendAndWait<R: ThenPolled> {
    client: Client,
    request: R,
    every: Duration,
    deadline: Duration,
}

impl<R: ThenPolled> SendAndWait<R> {
    /// The pause before the first look; later ones grow up to ten times that. Default: 5 seconds.
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }

    /// How long to go on once the request was answered. A look that has begun is finished. Default: 1 hour.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    async fn run(self) -> Result<R::Answer, Error> {
        let Self { client, request, every, deadline } = self;
        let endpoint = request.meta().endpoint();
        let mut slot = <R::Reader as Reader>::PayloadSlot::default();
        let reply = client.call(&request, &mut slot).await?;
        let payload = match &reply.done {
            Done::Answer(answer) => answer.payload.clone(),
            Done::File(_) => Bytes::new(),
        };
        let response = R::Reader::read(Received { core: Arc::clone(&client.core), reply }, slot).await?;
        let Some(then) = endpoint.then_poll else { return Ok(response.data) };
        // It was read a moment ago: it is a JSON object.
        let answer: Fields<'_> = serde_json::from_slice(&payload).unwrap_or_default();
        if then.endpoint.poll_until.is_some_and(|until| says_over(until, &answer)) {
            return Ok(response.data);
        }
        let id = then.fields.first().and_then(|(_, key)| text_at(&answer, key)).map(Arc::from);
        let mut fields = serde_json::Map::new();
        for (wire, key) in then.fields {
            fields.insert((*wire).to_owned(), text_at(&answer, key).into());
        }
        let json = Value::Object(fields).to_string().into_bytes();
        let mut looks = Looks::of(Arc::clone(&client.core), then.endpoint, json, request.meta().timeout());
        // The answer to the request was the first look.
        looks.started = Some(Instant::now());
        looks.asked = http::retry_after(&response.headers);
        let wait = Wait::<R::Polled> { looks: Ok(looks), is_over: None };
        wait.every(every).deadline(deadline).run().await.map_err(|error| error.with_started(id))
    }
}

impl<R: ThenPolled> IntoFuture for SendAndWait<R> {
    type Output = Result<R::Answer, Error>;
    type IntoFuture = ResponseFuture<R::Answer>;

    fn into_future(self) -> Self::IntoFuture {
        ResponseFuture::new(self.run())
    }
}

impl<R: ThenPolled> fmt::Debug for SendAndWait<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendAndWait")
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
            match R::Reader::read(received, Default::default()).await {
                Ok(response) => {
                    let is_there = R::Reader::is_there(&response.data);
                    let is_over = match &mut self.is_over {
                        Some(condition) => condition(&response.data),
                        None => is_over.unwrap_or(is_there),
                    };
                    return Ok((response.data, is_over));
                }
                // A link whose file is not there yet.
                Err(error) if looks.goes_on_after(&error) => looks.failed(error),
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Request> Wait<R> {
    /// Looks until it is over.
    async fn run(mut self) -> Result<R::Answer, Error> {
        loop {
            if let (answer, true) = self.next().await? {
                return Ok(answer);
            }
        }
    }
}

impl<R: Request> IntoFuture for Wait<R> {
    type Output = Result<R::Answer, Error>;
    type IntoFuture = ResponseFuture<R::Answer>;

    fn into_future(self) -> Self::IntoFuture {
        ResponseFuture::new(self.run())
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
        let json = core.settings.encode(endpoint, request);
        let json = json.map_err(|error| call::serialize_error(endpoint, &error))?;
        Ok(Self::of(core, endpoint, json, timeout))
    }

    fn of(core: Arc<Core>, endpoint: &'static Endpoint, json: Vec<u8>, timeout: Option<Duration>) -> Self {
        Self {
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
        }
    }

    /// Looks, when it is time, until there is an answer.
    async fn look(&mut self) -> Result<Reply, Error> {
        loop {
            self.rest().await?;
            self.taken = self.taken.saturating_add(1);
            let object = Object::from(self.json.clone());
            match call::run(&self.core, self.endpoint, object, self.timeout.into()).await {
                Ok(reply) => {
                    if let Done::Answer(answer) = &reply.done {
                        self.asked = http::retry_after(&answer.headers);
                    }
                    return Ok(reply);
                }
                Err(error) if self.goes_on_after(&error) => self.failed(error),
                Err(error) => return Err(error),
            }
        }
    }

    /// A look that failed, and may be made again when the server says.
    fn failed(&mut self, error: Error) {
        self.asked = match &error {
            Error::Api(e) => e.retry_after(),
            Error::Http(e) => e.retry_after(),
            Error::Intercepted(e) => e.retry_after(),
            Error::Auth(_)
            | Error::Config(_)
            | Error::Invalid(_)
            | Error::Unconfirmed(_)
            | Error::Decode(_)
            | Error::Transport(_)
            | Error::Timeout(_)
            | Error::Io(_) => None,
        };
        self.failure = Some(error);
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
        let until = self.endpoint.poll_until?;
        let Done::Answer(answer) = done else { return None };
        // What is no object says nothing of a state: it is not over.
        let fields: Fields<'_> = serde_json::from_slice(&answer.payload).unwrap_or_default();
        Some(says_over(until, &fields))
    }

    /// Whether it may be over at the next look all the same.
    fn goes_on_after(&self, error: &Error) -> bool {
        let is_absent = match error {
            Error::Http(_) => error.http_status() == Some(404),
            // Without a status it is about the link itself, and stays.
            Error::Decode(e) => {
                e.http_status().is_some_and(|status| matches!(status, 202 | 204) || e.raw().is_empty())
            }
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

/// Whether an answer says that it is over.
fn says_over(until: PollUntil, answer: &Fields<'_>) -> bool {
    let state = text_at(answer, until.field);
    state.is_some_and(|state| until.values.iter().any(|value| loosely_equal(value, &state)))
}

/// The text of a value of an answer.
fn text_at(answer: &Fields<'_>, key: &str) -> Option<String> {
    let (_, value) = answer.entry(key)?;
    json::scalar_text(&serde_json::from_str(value.get()).ok()?)
}
