//! Synchronous programs: the client without `async`.
//!
//! ```
//! use airudder_client::blocking::Client;
//! use airudder_client::collection::ListTasks;
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # let simulator = runtime.block_on(airudder_simulator::Simulator::start())?;
//! # let setup = airudder_client::Client::builder()
//! #     .credentials(airudder_simulator::Simulator::APP_KEY, airudder_simulator::Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url());
//!
//! // let client = Client::from_env()?;
//! # let client = Client::new(setup.build()?)?;
//! let request = ListTasks::builder().number(20).page(1).build();
//! println!("{}", client.execute(&request)?);
//! for task in client.stream(request).items() {
//!     println!("{}", task?);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Requests are made by the same builders, with `build` in place of `send`. Everything else of the
//! asynchronous client is there too: [`Client::as_async`] gives it, and [`Client::run`] waits for what it
//! returns.
//!
//! A client has a thread of its own, which drives its connections and timers; clones share it. Calls can be
//! made from several threads at the same time. Inside of an asynchronous runtime a call would block it, and
//! is refused with [`Error::Config`].

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::check::Violation;
use crate::client;
use crate::error::Error;
use crate::find::{CreateOutcome, FoundTask};
use crate::page;
use crate::recording::Recording;
use crate::request::{Paged, Request};
use crate::response::Response;

/// A client that blocks until an answer is there.
#[derive(Clone)]
pub struct Client {
    client: client::Client,
    driver: Arc<Driver>,
}

/// The runtime of a client. Dropped anywhere, it ends without waiting for what still runs.
struct Driver(Option<Runtime>);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// Makes a blocking client of an asynchronous one, which should not be used beside it: connections belong
    /// to the runtime that has opened them.
    ///
    /// # Errors
    /// [`Error::Config`] if the system gives no thread.
    pub fn new(client: client::Client) -> Result<Self, Error> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("airudder-client")
            .enable_all()
            .build()
            .map_err(|error| Error::config(format!("there is no thread for the client: {error}")))?;
        Ok(Self { client, driver: Arc::new(Driver(Some(runtime))) })
    }

    /// A client from the environment, see [`airudder_client::Client::from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(client::Client::from_env()?)
    }

    /// The asynchronous client, for what has no method here: see [`run`](Self::run).
    pub fn as_async(&self) -> &client::Client {
        &self.client
    }

    /// Waits for something of the asynchronous client.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), airudder_client::Error> {
    /// # let client = airudder_client::blocking::Client::from_env()?;
    /// let robots = client.run(client.as_async().collection().list_robots().send())?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the future, and [`Error::Config`] inside of an asynchronous runtime.
    pub fn run<T, F>(&self, future: F) -> Result<T, Error>
    where
        F: IntoFuture<Output = Result<T, Error>>,
    {
        self.wait_for(future.into_future())?
    }

    /// Sends a request and reads its answer, see [`execute`](crate::Client::execute).
    ///
    /// # Errors
    /// As there, and [`Error::Config`] inside of an asynchronous runtime.
    pub fn execute<R: Request>(&self, request: &R) -> Result<R::Answer, Error> {
        self.run(self.client.execute(request))
    }

    /// The same with HTTP status, headers and the whole body.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_full<R: Request>(&self, request: &R) -> Result<Response<R::Answer>, Error> {
        self.run(self.client.execute_full(request))
    }

    /// What `execute` would refuse, see [`check`](crate::Client::check).
    ///
    /// # Errors
    /// As there.
    pub fn check<R: Request>(&self, request: &R) -> Result<Vec<Violation>, Error> {
        self.client.check(request)
    }

    /// Creates something once, see [`find_or_create`](crate::Client::find_or_create).
    ///
    /// # Errors
    /// As there.
    pub fn find_or_create<R: Request>(&self, request: &R) -> Result<CreateOutcome<R::Answer>, Error> {
        self.run(self.client.find_or_create(request))
    }

    /// The task of this name, see [`find_task`](crate::Client::find_task).
    ///
    /// # Errors
    /// As there.
    pub fn find_task(&self, name: &str) -> Result<Option<FoundTask>, Error> {
        self.run(self.client.find_task(name))
    }

    /// All pages of a list, one by one as they are asked for. [`Pages::items`] gives the entries.
    pub fn stream<R: Paged>(&self, request: R) -> Pages<R> {
        Pages { client: self.clone(), pages: Some(self.client.stream(request)) }
    }

    /// Writes a recording to `path`, see [`Recording::download_to`]. Gives its length.
    ///
    /// # Errors
    /// As there.
    pub fn download_to<R>(&self, request: &R, path: impl AsRef<Path>) -> Result<u64, Error>
    where
        R: Request<Answer = Recording>,
    {
        self.run(async { self.client.execute(request).await?.download_to(path).await })
    }

    /// Writes the recording behind a link to `path`, see [`recording`](crate::Client::recording).
    ///
    /// # Errors
    /// As there, and as [`Recording::download_to`].
    pub fn download_link_to(&self, link: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.run(async { self.client.recording(link).await?.download_to(path).await })
    }

    /// Lets no call begin any more, and waits for those of other threads, see
    /// [`close`](crate::Client::close).
    ///
    /// # Errors
    /// [`Error::Config`] inside of an asynchronous runtime.
    pub fn close(&self) -> Result<(), Error> {
        self.wait_for(self.client.close())
    }

    fn wait_for<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        if Handle::try_current().is_ok() {
            let problem = "a blocking client cannot be used inside of an asynchronous runtime: use \
                           `airudder_client::Client` there";
            return Err(Error::config(problem.to_owned()));
        }
        match &self.driver.0 {
            Some(runtime) => Ok(runtime.block_on(future)),
            None => Err(Error::config("the client has been shut down".to_owned())),
        }
    }
}

/// Shows no secret.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("blocking::Client").field(&self.client).finish()
    }
}

/// The pages of a list, as an iterator over answers. Made by [`Client::stream`].
#[must_use = "iterators do nothing unless they are advanced"]
pub struct Pages<R: Paged> {
    client: Client,
    pages: Option<page::Pages<R>>,
}

impl<R: Paged> Pages<R> {
    /// Reads at most so many pages, see [`max_pages`](page::Pages::max_pages).
    pub fn max_pages(mut self, pages: u64) -> Self {
        self.pages = self.pages.map(|stream| stream.max_pages(pages));
        self
    }

    /// The entries of all pages, one by one.
    pub fn items(self) -> Items<R> {
        Items { client: self.client, items: self.pages.map(page::Pages::items) }
    }
}

impl<R: Paged> Iterator for Pages<R> {
    type Item = Result<R::Answer, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.client.wait_for(self.pages.as_mut()?.next());
        let next = next.unwrap_or_else(|error| Some(Err(error)));
        if !matches!(next, Some(Ok(_))) {
            self.pages = None;
        }
        next
    }
}

impl<R: Paged> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("blocking::Pages")
    }
}

/// The entries of a list that comes in pages, as an iterator. Made by [`Pages::items`].
#[must_use = "iterators do nothing unless they are advanced"]
pub struct Items<R: Paged> {
    client: Client,
    items: Option<page::Items<R>>,
}

impl<R: Paged> Iterator for Items<R> {
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.client.wait_for(self.items.as_mut()?.next()) {
            // An entry that cannot be read is not the end.
            Ok(next) => {
                if next.is_none() {
                    self.items = None;
                }
                next
            }
            Err(error) => {
                self.items = None;
                Some(Err(error))
            }
        }
    }
}

impl<R: Paged> fmt::Debug for Items<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("blocking::Items")
    }
}
