//! What a request is to the client: the traits that generated request types implement.
//!
//! Most programs use the builders that a section's methods return. This module is for code that works on any request: one can
//! be built without sending it, kept, and sent later with [`Client::execute`](crate::Client::execute).
//!
//! ```
//! use airudder_client::{Client, collection::{CollectionContact, CreateTask}, jiff::civil::date};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let client =
//! #     Client::builder().credentials(Simulator::APP_KEY, Simulator::APP_SECRET).base_url(simulator.base_url()).build()?;
//! # let contacts = [CollectionContact::builder().debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
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

mod raw;
mod sending;

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::header::HeaderMap;

pub use self::{raw::RawRequest, sending::Sending};
use crate::call::{Core, Done, Reply};
use crate::catalogue::Endpoint;
pub use crate::page::Paged;
use crate::recording::Recording;
use crate::wire::Codec;
use crate::{Error, JsonMap, envelope, wire};

/// A request to an endpoint of the catalogue. Generated; not meant to be implemented by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request",
    label = "a request is made by a builder's `.build()`"
)]
pub trait Request: wire::Struct + Send + Sync + 'static {
    /// What the endpoint answers.
    type Answer: Send + 'static;
    /// How the answer is read.
    type Reader: Reader<Answer = Self::Answer>;

    /// The endpoint, fields of one's own, and the time-out.
    fn meta(&self) -> &Meta;
}

/// What every request carries beside its fields.
#[derive(Clone)]
pub struct Meta {
    endpoint: &'static Endpoint,
    extra: JsonMap,
    timeout: Option<Duration>,
}

impl Meta {
    /// For a request to this endpoint.
    pub fn new(endpoint: &'static Endpoint) -> Self {
        Self { endpoint, extra: JsonMap::new(), timeout: None }
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }

    /// Fields that the spec does not know; they are sent after the others.
    pub fn extra(&self) -> &JsonMap {
        &self.extra
    }

    /// Fields that the spec does not know, to be changed.
    pub fn extra_mut(&mut self) -> &mut JsonMap {
        &mut self.extra
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

/// Equal for the same endpoint, with the same fields and time-out.
impl PartialEq for Meta {
    fn eq(&self, other: &Self) -> bool {
        self.endpoint.key == other.endpoint.key && self.extra == other.extra && self.timeout == other.timeout
    }
}

/// Shows the names of the extra fields without their values, which may be personal.
impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meta")
            .field("endpoint", &self.endpoint.key)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// An answer with what came around it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Response<T> {
    /// The typed payload.
    pub data: T,
    /// The HTTP status.
    pub status: u16,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The whole body, with its envelope (decrypted, if it came encrypted); empty for a file.
    pub raw: Bytes,
}

impl<T> Response<T> {
    /// The same answer with another payload.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { data: change(self.data), status: self.status, headers: self.headers, raw: self.raw }
    }

    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Shows the length of the raw body only: it holds personal data.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("data", &self.data)
            .field("status", &self.status)
            .field("raw_len", &self.raw.len())
            .finish_non_exhaustive()
    }
}

/// How an answer becomes its type. There are two: [`Payload`] and [`File`].
pub trait Reader: sealed::Sealed + Send + Sync + 'static {
    /// The type.
    type Answer;

    #[doc(hidden)]
    fn read(received: Received) -> impl Future<Output = Result<Response<Self::Answer>, Error>> + Send;
}

/// Something received and not yet read.
#[doc(hidden)]
pub struct Received {
    pub(crate) core: Arc<Core>,
    pub(crate) reply: Reply,
}

/// Reads the payload of an envelope, with this codec.
pub struct Payload<C>(PhantomData<C>);

/// Reads a file, or JSON with a link to one.
pub struct File;

mod sealed {
    pub trait Sealed {}
    impl<C> Sealed for super::Payload<C> {}
    impl Sealed for super::File {}
}

impl<C: Codec + Send + Sync + 'static> Reader for Payload<C>
where
    C::Value: Send,
{
    type Answer = C::Value;

    async fn read(received: Received) -> Result<Response<C::Value>, Error> {
        let Reply { context, done, .. } = received.reply;
        let answer = match done {
            Done::Answer(answer) => answer,
            Done::File(file) => {
                let problem = "it is a file".to_owned();
                return Err(envelope::decode_error(
                    &context,
                    Some(file.status),
                    String::new(),
                    problem,
                    Bytes::new(),
                ));
            }
        };
        match wire::decode::<C>(&answer.payload) {
            Ok(data) => {
                Ok(Response { data, status: answer.status, headers: answer.headers, raw: answer.raw })
            }
            Err(error) => Err(answer.misread(&context, error)),
        }
    }
}

impl Reader for File {
    type Answer = Recording;

    async fn read(received: Received) -> Result<Response<Recording>, Error> {
        Recording::of(received).await
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
