//! Calling tasks of every kind, with their contacts and calls.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::state::agenda::Appointment;
use crate::state::bounded_store::{Identified, Serial};
use crate::state::outcome::CallOutcome;
use crate::state::recording::Recording;

/// Who a task belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A task of its own.
    Nobody,
    /// A round of a plan.
    Plan(Serial),
    /// The calling node of a workflow.
    Instance(Serial),
    /// The predictive dialer.
    Dialer(Dialer),
}

/// What a task of the predictive dialer has besides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Dialer {
    pub(crate) group: String,
    pub(crate) agent: String,
    /// Where its events go.
    pub(crate) callback: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TaskState {
    Waiting,
    Running,
    Finished,
    Stopped,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The section of the endpoint that created it: it decides which webhooks are sent.
    pub(crate) section: Cow<'static, str>,
    pub(crate) owner: Owner,
    pub(crate) robot: String,
    pub(crate) state: TaskState,
    pub(crate) made: Moment,
    pub(crate) starts: Moment,
    pub(crate) repeats: u32,
    pub(crate) interval: Moment,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) must_end: Option<Appointment>,
    /// The first contact that has not been dialed yet.
    pub(crate) next: usize,
    /// Contacts whose turn has come again.
    pub(crate) again: VecDeque<usize>,
    pub(crate) busy: usize,
    pub(crate) open: usize,
    /// The window is over: nobody is dialed again.
    pub(crate) closed: bool,
}

impl Identified for Task {
    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.contacts.len()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ContactState {
    Waiting,
    Calling,
    Finished,
    Cancelled,
}

/// One person to call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Contact {
    pub(crate) number: String,
    /// The caller's own reference (`Comments`, `case_id`).
    pub(crate) reference: Value,
    pub(crate) robot: Option<String>,
    /// Everything else that came with the contact, where it is needed later.
    pub(crate) columns: Map<String, Value>,
    pub(crate) state: ContactState,
    /// Cancelled while being called: not to be dialed again.
    pub(crate) last: bool,
    pub(crate) calls: Vec<Attempt>,
}

impl Contact {
    pub(crate) fn new(number: String, reference: Value) -> Self {
        Self {
            number,
            reference,
            robot: None,
            columns: Map::new(),
            state: ContactState::Waiting,
            last: false,
            calls: Vec::new(),
        }
    }

    pub(crate) fn is_reached(&self) -> bool {
        self.calls.last().is_some_and(|call| call.outcome.is_connected())
    }
}

/// One attempt to call somebody.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) began: Moment,
    pub(crate) answered: Option<Moment>,
    /// When it ends; in the future while it lasts.
    pub(crate) ended: Moment,
    pub(crate) outcome: CallOutcome,
}

/// The steps of a call that others than the task itself hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CallStep {
    Ringing,
    Answered,
    HungUp,
    /// The agent has filled in the form.
    Result,
}

/// A task to be made.
#[derive(Debug)]
pub(crate) struct NewTask {
    pub(crate) name: String,
    pub(crate) section: Cow<'static, str>,
    pub(crate) owner: Owner,
    pub(crate) robot: String,
    pub(crate) starts: Moment,
    pub(crate) ends: Option<Moment>,
    pub(crate) repeats: u32,
    pub(crate) interval: Moment,
    pub(crate) contacts: Vec<Contact>,
}

/// The id of a call tells which one it is.
pub(crate) fn call_id(task: Serial, contact: usize, attempt: usize) -> String {
    format!("{:016x}{contact:08x}{attempt:08x}", task ^ CALL_MARK)
}

const CALL_MARK: u64 = 0xA1C4_0000_0000_0000;

pub(crate) fn parse_call_id(id: &str) -> Option<(Serial, usize, usize)> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = |range: Range<usize>| u64::from_str_radix(id.get(range)?, 16).ok();
    let small = |range| usize::try_from(number(range)?).ok();
    Some((number(0..16)? ^ CALL_MARK, small(16..24)?, small(24..32)?))
}

/// One call, found by its id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FoundCall<'a> {
    pub(crate) serial: Serial,
    pub(crate) task: &'a Task,
    pub(crate) index: usize,
    pub(crate) contact: &'a Contact,
    pub(crate) attempt: usize,
    pub(crate) call: &'a Attempt,
}

impl FoundCall<'_> {
    pub(crate) fn id(&self) -> String {
        call_id(self.serial, self.index, self.attempt)
    }

    /// The recording, once the call is over and if anybody talked.
    pub(crate) fn recording(&self, now: Moment) -> Option<Recording> {
        let answered = self.call.answered?;
        (self.call.ended <= now).then(|| Recording { name: self.id(), length: self.call.ended - answered })
    }
}

impl Task {
    /// All attempts so far, contact by contact.
    pub(crate) fn calls(&self, serial: Serial) -> impl Iterator<Item = FoundCall<'_>> {
        self.contacts.iter().enumerate().flat_map(move |(index, contact)| {
            contact.calls.iter().enumerate().map(move |(attempt, call)| FoundCall {
                serial,
                task: self,
                index,
                contact,
                attempt: attempt + 1,
                call,
            })
        })
    }

    pub(crate) fn is_dialer(&self) -> bool {
        matches!(self.owner, Owner::Dialer(_))
    }

    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state, TaskState::Finished | TaskState::Stopped)
    }

    /// The next contact to dial.
    pub(crate) fn pick(&mut self) -> Option<usize> {
        while let Some(index) = self.again.pop_front() {
            if self.contacts.get(index).is_some_and(|contact| contact.state == ContactState::Waiting) {
                return Some(index);
            }
        }
        while let Some(contact) = self.contacts.get(self.next) {
            self.next += 1;
            if contact.state == ContactState::Waiting {
                return Some(self.next - 1);
            }
        }
        None
    }
}
