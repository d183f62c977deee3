//! What became of a person.

use std::fmt;
use std::time::Duration;

use airudder_client::types::Intention;
use serde_json::Value;

use crate::backend::{Record, RecordState};

/// What became of a person, as far as it is known.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// Your own reference, as it was loaded.
    pub reference: String,
    /// How it ended.
    pub status: Status,
    /// Whether somebody answered. `Some` only where facts decide: a grade and a time in which somebody
    /// talked, or neither.
    pub answered: Option<bool>,
    /// How long they talked, by the times of the call; `None` if it has none.
    pub talk_time: Option<Duration>,
    /// The grade of the talk. What a letter means depends on the robot.
    pub intention: Option<Intention>,
    /// The record as the vendor sent it, with all that this crate does not know; null where there is none.
    pub raw: Value,
    /// Stays the same when the same outcome is handed out again, and is another when it has changed.
    pub id: String,
}

/// How it ended with a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// The calling is over.
    Finished,
    /// The vendor did not call any more: the person was taken out, or the task stopped or ended.
    Cancelled,
    /// The vendor refused the person. Nobody was called.
    Refused {
        /// What the vendor says, without personal data.
        problem: String,
    },
    /// Taken out before anything was sent. Nobody was called.
    TakenOut,
    /// The window was over, or the campaign stopped, before anything was sent. Nobody was called.
    NotCalled,
}

impl Status {
    /// The status in one word: `finished`, `cancelled`, `refused`, `taken_out`, `not_called`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
            Self::Refused { .. } => "refused",
            Self::TakenOut => "taken_out",
            Self::NotCalled => "not_called",
        }
    }

    pub(crate) fn from_parts(word: &str, problem: Option<String>) -> Option<Self> {
        Some(match word {
            "finished" => Self::Finished,
            "cancelled" => Self::Cancelled,
            "refused" => Self::Refused { problem: problem.unwrap_or_default() },
            "taken_out" => Self::TakenOut,
            "not_called" => Self::NotCalled,
            _ => return None,
        })
    }
}

/// Shows no raw record: it is personal. The reference is your own key.
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("status", &self.status)
            .field("answered", &self.answered)
            .field("talk_time", &self.talk_time)
            .field("intention", &self.intention)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a person has no outcome at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WithoutOutcome {
    /// Nothing was sent yet.
    NotSubmitted,
    /// It is not known whether the vendor has the batch: see [`Campaign::settle`](crate::Campaign::settle).
    InDoubt,
    /// The vendor has the task, and its id is not known.
    TaskUnknown,
    /// The vendor's last word was that the person is still to be called.
    Pending,
    /// The vendor's detail of the task does not have the person.
    NotInTask,
}

impl fmt::Display for WithoutOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSubmitted => "nothing was sent yet",
            Self::InDoubt => "it is not known whether the vendor has the batch",
            Self::TaskUnknown => "the vendor has the task, and its id is not known",
            Self::Pending => "the vendor still had the call before it",
            Self::NotInTask => "the vendor has no word of the person in its task",
        })
    }
}

/// What the facts of a record say of the talk: whether somebody answered, and how long they talked.
pub(crate) fn talk(record: &Record) -> (Option<bool>, Option<Duration>) {
    let talk = match (record.started, record.ended) {
        (Some(start), Some(end)) => Duration::try_from(end.duration_since(start)).ok(),
        _ => None,
    };
    if record.state != RecordState::Finished {
        return (None, talk);
    }
    // Whether the start is that of the ringing or of the talk is not documented, so a time alone says
    // nothing.
    let graded = matches!(&record.intention, Some(grade) if *grade != Intention::NoGrade);
    let answered = match (talk, graded) {
        (Some(talk), true) if !talk.is_zero() => Some(true),
        (Some(Duration::ZERO), false) => Some(false),
        _ => None,
    };
    (answered, talk)
}
