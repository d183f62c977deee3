//! The product of the vendor that a campaign runs on.
//!
//! [`Collection`], [`Telemarketing`] and [`InfoCheck`] are calling tasks. What another product (a workflow,
//! the predictive dialer, CALL-E) would have to do is the trait [`Backend`].

mod tasks;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use airudder_client::jiff::Timestamp;
use airudder_client::jiff::civil::DateTime;
use airudder_client::types::{HangupType, Intention, Phone, RingType, TaskId};
use airudder_client::{Client, Error, ErrorCode, FoundTask};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

pub use self::tasks::{Collection, InfoCheck, Telemarketing};
use crate::person::Person;

/// What a product of the vendor must be able to do so that a campaign can run on it.
///
/// A campaign makes sure that nobody is called twice by three things alone: a batch has its name before
/// anything is sent; what is in doubt is looked for by that name; and it is sent again only if the vendor
/// refuses a name that it has ([`names_are_unique`](Self::names_are_unique)). So the one promise that an
/// implementation must keep is that [`create`](Self::create) sends **at most one request** that creates
/// something, under the name of the order, and says [`Creation::InDoubt`] whenever it cannot know what became
/// of it.
///
/// What the products need for it, as far as is known:
///
/// - **Workflow**: an instance has a name of its own (`workflow_name`); whether the vendor refuses one that
///   is taken is not known, so `names_are_unique` is false until somebody has seen it. Records are found by
///   `case_id`.
/// - **Predictive dialer**: code 10508 refuses a name that is taken, so `names_are_unique` is true, like for
///   tasks. Results come in pages of a time range, and by webhook with a call id and a time of their own.
/// - **CALL-E**: a call is a resource of its own, so an order is one contact; the idempotency key is made of
///   campaign and contact, and stands in the place of the name.
pub trait Backend: Send + Sync + 'static {
    /// A short word that stays: it is written into the ledger (`collection`).
    fn key(&self) -> &'static str;

    /// Whether the vendor refuses to create something under a name that it has already.
    fn names_are_unique(&self) -> bool;

    /// Makes a call that changes nothing, to find out whether the vendor can be talked to at all.
    fn reach<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<(), Error>>;

    /// What the vendor would refuse of an order.
    ///
    /// # Errors
    ///
    /// If the order cannot be written at all.
    fn check(&self, client: &Client, order: &Order) -> Result<Vec<Problem>, Error>;

    /// Whether a refusal is about the people of an order, so that another order may be taken: of an empty
    /// row, say. Any other is taken for one of the plan, and ends the run.
    fn is_about_people(&self, error: &Error) -> bool;

    /// Creates what the order says, with one request at most.
    ///
    /// An error means that **nothing was created**. Whatever is not certain is [`Creation::InDoubt`].
    fn create<'a>(&'a self, client: &'a Client, order: &'a Order) -> BoxFuture<'a, Result<Creation, Error>>;

    /// Whether the vendor has something of this name.
    fn find<'a>(
        &'a self,
        client: &'a Client,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundTask>, Error>>;

    /// Reads what became of the people of a task.
    fn read<'a>(&'a self, client: &'a Client, task: &'a TaskId) -> BoxFuture<'a, Result<Detail, Error>>;

    /// Ends a task before its time. That it was over already is no error.
    fn stop<'a>(&'a self, client: &'a Client, task: &'a TaskId) -> BoxFuture<'a, Result<(), Error>>;

    /// Takes a number out of a task, and says whether that came in time.
    fn take_out<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
        phone: &'a Phone,
    ) -> BoxFuture<'a, Result<bool, Error>>;

    /// Downloads the recording of a number to a file and gives its length; `None` if there is none.
    fn recording<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
        phone: &'a Phone,
        path: &'a Path,
    ) -> BoxFuture<'a, Result<Option<u64>, Error>>;

    /// What a webhook says: `key` is that of the webhook, such as `collection.call_finished`. Empty for those
    /// of other products.
    ///
    /// # Errors
    ///
    /// If the body is no JSON.
    fn reports(&self, key: &str, body: &[u8]) -> Result<Vec<Report>, Error>;
}

/// What the vendor would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The position in [`Order::people`]; `None`: the order as a whole, whoever is in it.
    pub position: Option<usize>,
    /// The name of the field on the wire.
    pub field: String,
    /// The code with which the vendor would refuse it, where one is known.
    pub code: Option<ErrorCode>,
    /// What is wrong. It never holds the value.
    pub reason: String,
}

/// What is to be created: one batch of a campaign.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Order {
    /// The name of the batch, at most 64 letters, digits and underscores.
    pub name: String,
    /// When dialling may begin, in the account's local time.
    pub start: DateTime,
    /// When dialling must be over, in the account's local time.
    pub end: DateTime,
    /// The robot that speaks.
    pub robot: String,
    /// The line on which the calls leave.
    pub line: String,
    /// All else that the request is to have, by the names on the wire.
    pub fields: Map<String, Value>,
    /// Whom to call. Each has a reference.
    pub people: Vec<Person>,
    /// How long the request may take.
    pub timeout: Duration,
}

/// What came of an order.
#[derive(Debug)]
#[non_exhaustive]
pub enum Creation {
    /// It was created now.
    Created {
        /// The id of the task.
        task: TaskId,
        /// Positions in [`Order::people`] of those whom the vendor refused, with its reason.
        refused: Vec<(usize, String)>,
    },
    /// It was there already.
    Found {
        /// The id of the task, if it could be found.
        task: Option<TaskId>,
    },
    /// It may have been created or not.
    InDoubt(Error),
}

/// What became of the people of a task, all of them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Detail {
    /// Whether the task is over: nothing changes any more.
    pub is_over: bool,
    /// One for each person.
    pub records: Vec<Record>,
}

impl Detail {
    /// What became of these people.
    pub fn new(is_over: bool, records: Vec<Record>) -> Self {
        Self { is_over, records }
    }
}

/// How far a person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordState {
    /// Still to be called, or being called, or in a state that nobody knows.
    Pending,
    /// The calling is over.
    Finished,
    /// Not to be called any more.
    Cancelled,
}

/// What became of one person.
#[derive(Clone)]
#[non_exhaustive]
pub struct Record {
    /// The reference under which the person was ordered.
    pub reference: Option<String>,
    /// How far it is.
    pub state: RecordState,
    /// When the call began.
    pub started: Option<Timestamp>,
    /// When the call ended.
    pub ended: Option<Timestamp>,
    /// The grade of the talk.
    pub intention: Option<Intention>,
    /// How the ringing ended.
    pub ring_type: Option<RingType>,
    /// Who or what ended the call.
    pub hangup_type: Option<HangupType>,
    /// The record as it came.
    pub raw: Value,
}

impl Record {
    /// A record that says nothing but the state: its other fields can be set.
    pub fn new(reference: impl Into<String>, state: RecordState) -> Self {
        Self {
            reference: Some(reference.into()),
            state,
            started: None,
            ended: None,
            intention: None,
            ring_type: None,
            hangup_type: None,
            raw: Value::Null,
        }
    }
}

/// Shows the state only: the rest may be personal.
impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("state", &self.state).finish_non_exhaustive()
    }
}

/// What one message says.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The task that it is about.
    pub task: TaskId,
    /// What became of a person; `None` if the message is about the task as a whole, which is over.
    pub record: Option<Record>,
    /// When it happened, where the message tells.
    pub happened: Option<Timestamp>,
}

impl Report {
    /// A report of a person of a task; without a record, that the task is over.
    pub fn new(task: TaskId, record: Option<Record>, happened: Option<Timestamp>) -> Self {
        Self { task, record, happened }
    }
}
