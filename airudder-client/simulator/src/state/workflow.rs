//! Instances of workflows, and the contacts on their way through them.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::clock::Moment;
use crate::state::agenda::Appointment;
use crate::state::bounded_store::{Identified, Serial};

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Instance {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) template: i64,
    pub(crate) section: Cow<'static, str>,
    pub(crate) made: Moment,
    pub(crate) must_end: Option<Appointment>,
    pub(crate) state: InstanceState,
    pub(crate) call_node: String,
    pub(crate) waba_node: String,
    pub(crate) waba_task: String,
    pub(crate) api_node: String,
    pub(crate) members: Vec<Member>,
    /// One task for each batch of contacts, with the place of its first contact among the members.
    pub(crate) tasks: Vec<(Serial, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum InstanceState {
    Running,
    Finished,
    Stopped,
}

/// A contact on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) case_id: Option<String>,
    pub(crate) variables: Value,
    pub(crate) columns: Map<String, Value>,
    pub(crate) stage: Stage,
    /// The calling task.
    pub(crate) task: Option<Serial>,
    pub(crate) pushed: bool,
    pub(crate) message: Option<(Cow<'static, str>, Moment)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    Calling,
    Messaging,
    Done,
    Cancelled,
}

/// What happens to a WhatsApp message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WabaStep {
    Sent,
    Delivered,
    Read,
    /// The conversation that followed is over.
    Ended,
}

impl Identified for Instance {
    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.members.len()
    }
}

impl InstanceState {
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }
}

impl Stage {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

impl Instance {
    /// The head of every webhook.
    pub(crate) fn head(&self) -> Map<String, Value> {
        Map::from_iter([
            ("workflow_id".to_owned(), self.id.clone().into()),
            ("workflow_name".to_owned(), self.name.clone().into()),
        ])
    }
}
