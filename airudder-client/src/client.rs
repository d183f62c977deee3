//! The client: where every call begins.

mod builder;
mod config;
mod family;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use self::builder::ClientBuilder;
pub use self::config::{ClientConfig, FamilyConfig, RetryConfig};
pub use self::family::FamilyBuilder;
use crate::call::{self, Carried, Core, Reply};
use crate::catalogue::Effect;
use crate::catalogue::Family;
use crate::check::Violation;
use crate::error::{Context, Error};
use crate::json::Object;
use crate::observe::CallKind;
use crate::page::{Pages, Point, Windows};
use crate::recording::Recording;
use crate::request::{Paged, RawRequest, Request, ResponseFuture};
use crate::response::{Reader, Received, Response};
use crate::wire::PayloadReader;

/// Seconds until the first byte of a linked file, and between any two pieces.
const LINK_TIMEOUT_SECS: u32 = 300;

/// A client of the AI Rudder API.
///
/// Cheap to clone; all clones share connections, tokens and limits. Make one and keep it: a client per call
/// would ask for a token per call.
///
/// It may be shared by several tokio runtimes, each of which needs its timers and its io (`enable_all`):
/// without them tokio panics. No call depends on another runtime than its own, with one exception that costs
/// an attempt: connections in the pool are driven by the runtime that has made them. Where that rests
/// (`block_on` has returned), a call of another runtime finds no answer on such a connection within its
/// time-out. Nothing of it was sent then, and it is repeated over a new one.
///
/// There is a method per section of the API, and a method per endpoint on what it returns. `Debug` shows no
/// secret.
///
/// ```no_run
/// use airudder_client::Client;
///
/// # async fn run() -> Result<(), airudder_client::Error> {
/// let client = Client::builder().credentials("application key", "application secret").build()?;
/// // or, with AIRUDDER_APP_KEY, AIRUDDER_APP_SECRET and perhaps AIRUDDER_BASE_URL in the environment:
/// let client = Client::from_env()?;
///
/// let robots = client.raw("GET", "/service/cloud/robot").send().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) core: Arc<Core>,
}

impl Client {
    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from the environment variables `AIRUDDER_APP_KEY`, `AIRUDDER_APP_SECRET` and, if it is set,
    /// `AIRUDDER_BASE_URL`.
    ///
    /// # Errors
    /// [`Error::Config`] if one of the first two is missing or empty, or the base URL is not usable.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Sends a request and reads its answer.
    ///
    /// It is checked first, against what the vendor would refuse; what may be repeated afterwards depends on
    /// the endpoint's [`Effect`](crate::catalogue::Effect), see [`retry`](crate::retry).
    ///
    /// # Errors
    /// All variants of [`Error`], each of which says what it means.
    pub async fn execute<R: Request>(&self, request: &R) -> Result<R::Answer, Error> {
        self.execute_full(request).await.map(|response| response.data)
    }

    /// Like [`execute`](Self::execute), and gives HTTP status, headers and the whole body too.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn execute_full<R: Request>(&self, request: &R) -> Result<Response<R::Answer>, Error> {
        let mut slot = <R::Reader as Reader>::PayloadSlot::default();
        let reply = self.call(request, &mut slot).await?;
        R::Reader::read(Received { core: Arc::clone(&self.core), reply }, slot).await
    }

    /// Sends a request; its answer is still to be read, but for what `reader` takes of it.
    pub(crate) async fn call<R: Request>(
        &self,
        request: &R,
        reader: &mut (dyn PayloadReader + 'static),
    ) -> Result<Reply, Error> {
        let meta = request.meta();
        let encoded = self.core.settings.encode_checked(meta.endpoint(), request);
        let (json, violations) = encoded.map_err(|error| {
            let error = call::serialize_error(meta.endpoint(), &error);
            call::refused(&self.core.settings, meta.endpoint(), error)
        })?;
        let (timeout, key) = (meta.timeout(), meta.idempotency_key());
        let carried = Carried { timeout, key, violations: Some(violations), reader: Some(reader) };
        let object = Object::from(json).with_uploads(request.__uploads());
        call::run(&self.core, meta.endpoint(), object, carried).await
    }

    /// What `execute` would refuse in this request, without sending it: every field that breaks a rule of the
    /// vendor's, with the vendor's code. Empty: nothing.
    ///
    /// # Errors
    /// [`Error::Config`] if the request cannot be written as JSON.
    pub fn check<R: Request>(&self, request: &R) -> Result<Vec<Violation>, Error> {
        let endpoint = request.meta().endpoint();
        let encoded = self.core.settings.encode_checked(endpoint, request);
        encoded.map(|(_, violations)| violations).map_err(|error| call::serialize_error(endpoint, &error))
    }

    /// All pages of a list, from the one that the request asks for.
    pub fn stream<R: Paged>(&self, request: R) -> Pages<R> {
        Pages::new(Arc::clone(&self.core), &request)
    }

    /// All entries of a span of time of which one query gives only so many rows: the rows are counted first,
    /// and a window with as many as one query gives is cut in two, until all are within reach. `request`
    /// makes the request for a window; its ends are the ends of the span or points between.
    ///
    /// What lies on a cut comes in two windows and is given once, if it is the same both times. A call whose
    /// record changed in between may come twice: keep each by its id.
    ///
    /// ```
    /// use airudder_client::{Client, jiff::civil::date, predictive_dialer::ListCallResults};
    /// # async fn read(client: &Client) -> Result<(), airudder_client::Error> {
    ///
    /// let day = date(2026, 3, 2).at(0, 0, 0, 0)..date(2026, 3, 3).at(0, 0, 0, 0);
    /// let mut calls = client
    ///     .stream_windows(day, |from, to| {
    ///         let query = ListCallResults::builder().task_id("a task's id").limit(200);
    ///         query.minstarttime(from).maxstarttime(to).build()
    ///     })
    ///     .items();
    /// while let Some(call) = calls.next().await {
    ///     println!("{:?}", call?.callid);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the list. [`Error::Decode`] where the shortest window ([`Windows::shortest`]) still has as
    /// many rows as one query gives: some may be missing. [`Error::Config`] where the answer does not say how
    /// many rows there are, or the spec how many one query gives ([`Windows::max_rows`]).
    pub fn stream_windows<R: Paged, T: Point>(
        &self,
        span: std::ops::Range<T>,
        request: impl FnMut(T, T) -> R + Send + 'static,
    ) -> Windows<R, T> {
        Windows::new(Arc::clone(&self.core), span, Box::new(request))
    }

    /// Opens a recording by its link, as the predictive dialer gives it in answers and webhooks (`reclink`,
    /// `recLink`).
    ///
    /// The token is not sent along: links lead to storage on other hosts. Redirects are followed; `https`
    /// only, but for links to the host of an `http` base URL. Reading is repeated until the first byte has
    /// come.
    ///
    /// # Errors
    /// [`Error::Decode`] if it is no link that may be followed (nothing is sent then), else as for any read.
    pub async fn recording(&self, link: &str) -> Result<Recording, Error> {
        const SHOWN: &str = "recording link";
        let (family, effect) = (Family::Cloud, Effect::Read);
        let context = Context::new(SHOWN, family, effect);
        let settings = &self.core.settings;
        let running = settings.begin_other(CallKind::Link, SHOWN.into(), "GET", family, effect);
        let limits = settings.limits(None, LINK_TIMEOUT_SECS);
        if running.is_late() {
            return Err(running.failed(context.config(call::CLOSED)));
        }
        Recording::linked(&self.core, context, limits, link.trim(), running).await
    }

    /// Lets no call begin any more, of this client and all its clones, and waits until those that are on
    /// their way have ended: for a program that shuts down. What is called afterwards is [`Error::Config`],
    /// and nothing of it is sent.
    ///
    /// A recording counts until it is read or dropped, a call with its repeats until it is over; each is
    /// bounded by its own time-outs. For a limit of your own:
    ///
    /// ```
    /// # use std::time::Duration;
    /// # async fn shut_down(client: airudder_client::Client) {
    /// if tokio::time::timeout(Duration::from_secs(30), client.close()).await.is_err() {
    ///     println!("calls are cut off: what calls people may have reached the vendor all the same");
    /// }
    /// # }
    /// ```
    pub async fn close(&self) {
        self.core.settings.gate.close().await;
    }

    /// Calls any path: the escape hatch for what the catalogue does not know. Token, retries and envelope are
    /// those of the path's family.
    pub fn raw(&self, method: &str, path: &str) -> RawRequest {
        RawRequest::new(Arc::clone(&self.core), method, path)
    }
}

/// For generated code.
#[doc(hidden)]
impl Client {
    pub fn __send<R: Request>(self, request: R) -> ResponseFuture<R::Answer> {
        ResponseFuture::new(async move { self.execute(&request).await })
    }

    pub fn __send_full<R: Request>(self, request: R) -> ResponseFuture<Response<R::Answer>> {
        ResponseFuture::new(async move { self.execute_full(&request).await })
    }

    pub fn __download<R: Request<Answer = Recording>>(
        self,
        request: R,
        path: PathBuf,
    ) -> ResponseFuture<u64> {
        ResponseFuture::new(async move { self.execute(&request).await?.download_to(path).await })
    }
}

/// Shows no secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.core.settings;
        f.debug_struct("Client")
            .field("base_url", &settings.hosts.shared())
            .field("timeout", &settings.timeout)
            .field("retry", &settings.retry)
            .field("encryption", &settings.encryption.is_some())
            .field("signer", &self.core.signer.is_some())
            .finish_non_exhaustive()
    }
}
