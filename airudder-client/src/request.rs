//! What a request is to the client: the traits that generated request types implement.
//!
//! Most programs use the builders that a section's methods return. This module is for code that works on any
//! request: one can be built without sending it, kept, and sent later with
//! [`Client::execute`](crate::Client::execute).
//!
//! ```
//! use airudder_client::{Client, collection::{CollectionContact, CreateTask}, jiff::civil::date};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let client = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url())
//! #     .build()?;
//! # let contacts = [CollectionContact::builder()
//! #     .debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
//! #     .due_date(date(2026, 3, 3)).loan_amount(300_000).arrears(321_000).build()];
//!
//! // let client = Client::from_env()?;
//! // What belongs to the account is said once:
//! let usual = CreateTask::builder()
//!     .task_name("march-reminders")
//!     .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
//!     .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
//!     .robot_id("Example_Robot_A")
//!     .sip_line("ACMEAPI_CALLER_LINE")
//!     .details(contacts)
//!     .build();
//! let mut again = usual.clone();
//! again.task_name = "march-reminders-2".to_owned();
//!
//! for request in [usual, again] {
//!     assert!(client.check(&request)?.is_empty()); // nothing is wrong with it, as far as is known here
//!     let response = client.execute_full(&request).await?;
//!     println!("HTTP {}: {}", response.status, response.data.task_id);
//! }
//! # assert_eq!(simulator.requests("collection.create_task"), 2);
//! # Ok(()) }
//! ```

mod future;
mod idempotency;
mod raw;

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;
use std::time::Duration;

pub use self::future::ResponseFuture;
pub use self::raw::RawRequest;
use crate::catalogue::Endpoint;
pub use crate::response::{File, Payload, Reader, Received, Response};
use crate::wire::{Codec, JsonMap, Struct};

/// A request to an endpoint of the catalogue. Generated; not meant to be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request",
    label = "a request is made by a builder's `.build()`"
)]
pub trait Request: Struct + Send + Sync + 'static {
    /// What the endpoint answers.
    type Answer: Send + 'static;
    /// How the answer is read.
    type Reader: Reader<Answer = Self::Answer>;

    /// The endpoint that the type was made for. Another one that takes the same request may share it: see
    /// [`Meta::endpoint`].
    const ENDPOINT: &'static Endpoint;

    /// The endpoint, fields of one's own, and the time-out.
    fn meta(&self) -> &Meta<Self>;
}

/// A request to a list that comes in pages. Generated.
pub trait Paged: Request {
    /// One entry of the list.
    type Item: Send + 'static;
    /// How an entry is read.
    type ItemCodec: Codec<Value = Self::Item>;
}

/// A request whose end can be waited for: the spec says what the answer looks like then, or it is a file.
/// Generated.
#[diagnostic::on_unimplemented(
    message = "the spec does not say when `{Self}` is over",
    label = "use `Client::wait_until` with a condition of your own"
)]
pub trait Polled: Request {}

/// A request that starts something whose end another endpoint tells, as the spec says (`then_poll`).
/// Generated.
pub trait ThenPolled: Request {
    /// The request that is sent until it is over; it has the same answer.
    type Polled: Polled + Request<Answer = Self::Answer>;
}

/// What every request carries beside its fields.
pub struct Meta<R: ?Sized> {
    /// Where the endpoint is not the one that the type was made for.
    endpoint: Option<&'static Endpoint>,
    extra: JsonMap,
    timeout: Option<Duration>,
    key: OnceLock<String>,
    request: PhantomData<fn() -> R>,
}

impl<R: Request> Meta<R> {
    /// The endpoint.
    pub fn endpoint(&self) -> &'static Endpoint {
        self.endpoint.unwrap_or(R::ENDPOINT)
    }

    /// The key that makes a repeated call the same call; `None` where the endpoint takes none. Made when it
    /// is asked for first, unless one was set.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.endpoint().idempotency.map(|_| self.key.get_or_init(idempotency::new_key).as_str())
    }
}

impl<R> Meta<R> {
    /// Sends the request to this endpoint, which takes the same fields.
    #[doc(hidden)]
    pub fn __set_endpoint(&mut self, endpoint: &'static Endpoint) {
        self.endpoint = Some(endpoint);
    }

    /// Fields that the spec does not know; they are sent after the others.
    pub fn extra(&self) -> &JsonMap {
        &self.extra
    }

    /// Fields that the spec does not know, to be changed.
    pub fn extra_mut(&mut self) -> &mut JsonMap {
        &mut self.extra
    }

    /// Sets the idempotency key.
    pub fn set_idempotency_key(&mut self, key: String) {
        self.key = OnceLock::from(key);
    }

    /// Takes the idempotency key away: the request is another one from now on, and gets a new key.
    pub fn renew_idempotency_key(&mut self) {
        self.key = OnceLock::new();
    }

    /// How long one attempt may take, where the request has its own limit.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// Sets how long one attempt may take.
    pub fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }
}

impl<R> Default for Meta<R> {
    fn default() -> Self {
        Self {
            endpoint: None,
            extra: JsonMap::new(),
            timeout: None,
            key: OnceLock::new(),
            request: PhantomData,
        }
    }
}

/// A clone is the same request: it has the same idempotency key, which is made now if there is none yet.
impl<R: Request> Clone for Meta<R> {
    fn clone(&self) -> Self {
        self.idempotency_key();
        Self {
            key: self.key.clone(),
            endpoint: self.endpoint,
            extra: self.extra.clone(),
            timeout: self.timeout,
            request: PhantomData,
        }
    }
}

/// Equal for the same endpoint, with the same fields, time-out and idempotency key.
impl<R: Request> PartialEq for Meta<R> {
    fn eq(&self, other: &Self) -> bool {
        self.endpoint().key == other.endpoint().key
            && self.extra == other.extra
            && self.timeout == other.timeout
            && self.key == other.key
    }
}

/// Shows the names of the extra fields without their values, which may be personal.
impl<R: Request> fmt::Debug for Meta<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("endpoint", &self.endpoint().key)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// Marks a required field that has not been set yet, in the type of a builder.
pub struct Missing<F>(PhantomData<F>);

/// Marks a required field that has been set, in the type of a builder.
pub struct Set<F>(PhantomData<F>);

/// Says that a builder's required field `F` has been set. `send` wants it of each.
#[diagnostic::on_unimplemented(
    message = "required field `{F}` has not been set",
    label = "call `.{F}(...)` before `.send()` or `.build()`"
)]
pub trait IsSet<F> {}

#[diagnostic::do_not_recommend]
impl<F> IsSet<F> for Set<F> {}
