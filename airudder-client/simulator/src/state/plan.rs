//! Plans: several rounds over one list, each round a task.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::state::bounded_store::{Identified, Serial};
use crate::state::task::Contact;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) section: Cow<'static, str>,
    pub(crate) robot: String,
    pub(crate) strategy: String,
    pub(crate) starts: Moment,
    pub(crate) is_over: bool,
    /// Those whom the next round calls.
    pub(crate) contacts: Vec<Contact>,
    pub(crate) rounds: Vec<Serial>,
}

impl Identified for Plan {
    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.contacts.len()
    }
}

impl Plan {
    pub(crate) fn status(&self) -> &'static str {
        match (self.is_over, self.rounds.is_empty()) {
            (true, _) => "finished",
            (false, true) => "pending",
            (false, false) => "running",
        }
    }
}
