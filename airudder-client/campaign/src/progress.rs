//! What a run tells while it goes on, and at its end.

use std::collections::BTreeMap;

use airudder_client::types::TaskId;

use crate::ledger::Counts;
use crate::outcome::{Outcome, WithoutOutcome};

/// What a run tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Progress {
    /// The vendor has a batch: its calls begin with the window.
    Submitted {
        /// The name of the batch, and of its task.
        name: String,
        /// The id of the task; `None` if it is not known yet.
        task: Option<TaskId>,
        /// How many people.
        people: u64,
    },
    /// The vendor has refused a batch. Nobody of it is called.
    Refused {
        /// The name of the batch.
        name: String,
        /// What the vendor says.
        problem: String,
    },
    /// It is not known whether the vendor has a batch. Nothing is sent again before that is known.
    InDoubt {
        /// The name of the batch.
        name: String,
        /// What happened.
        problem: String,
        /// Whether a person must look: the vendor would take the name twice. See
        /// [`Campaign::settle`](crate::Campaign::settle).
        needs_a_person: bool,
    },
    /// What became of a person, once for each change of it. After an interruption the last ones may come
    /// again, with the same [`Outcome::id`].
    Outcome(Box<Outcome>),
    /// Something failed that is tried again by itself.
    Trouble {
        /// The name of the batch that it is about.
        name: String,
        /// What failed.
        problem: String,
    },
    /// How the campaign stands, now and then.
    Standing(Counts),
}

impl Progress {
    pub(crate) fn trouble(name: &str, error: &airudder_client::Error) -> Self {
        tracing::warn!(batch = name, %error, "tried again later");
        Self::Trouble { name: name.to_owned(), problem: error.to_string() }
    }
}

/// How a run has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How the campaign stands.
    pub counts: Counts,
    /// How many people have no outcome, by reason. Who they are says
    /// [`Campaign::without_outcome`](crate::Campaign::without_outcome).
    pub without: BTreeMap<WithoutOutcome, u64>,
    /// The run was interrupted: the next one goes on.
    pub is_interrupted: bool,
}
