//! Calls of CALL-E: those with a task of their own, and runs of goals.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::{Moment, instant};
use crate::state::bounded_store::Identified;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AgentCall {
    pub(crate) id: String,
    /// The run's inner id; empty for a call with a task of its own.
    pub(crate) run_id: String,
    /// What was asked for, by wire name: without the fields of the path.
    pub(crate) input: Map<String, Value>,
    pub(crate) result_schema: Value,
    pub(crate) fate: Fate,
    pub(crate) state: AgentState,
    pub(crate) created: Moment,
    pub(crate) ended: Option<Moment>,
    /// Of the telephone call.
    pub(crate) telephone_id: Option<String>,
    pub(crate) result: Option<Value>,
    /// Whether the result is final.
    pub(crate) is_final: bool,
    pub(crate) transcript: Vec<Value>,
    /// Oldest first.
    pub(crate) events: Vec<Value>,
}

/// How it will go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Fate {
    Answered,
    NoAnswer,
    Busy,
    Declined,
    /// A technical failure.
    Fails,
    /// The talk yields no result.
    NoResult,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AgentState {
    Queued,
    InProgress,
    Completed,
    Failed,
    Canceled,
}

/// What happens to it next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AgentStep {
    HandOver,
    Rings,
    Connects,
    Speaks(usize),
    Ends,
    ResultReady,
}

impl AgentState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }
}

impl AgentCall {
    pub(crate) fn is_run(&self) -> bool {
        !self.run_id.is_empty()
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.input.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn outcome(&self) -> Value {
        match (self.state, self.fate) {
            (AgentState::Completed, Fate::Answered | Fate::NoResult) => "completed".into(),
            (AgentState::Completed, Fate::NoAnswer) => "no_answer".into(),
            (AgentState::Completed, Fate::Busy) => "busy".into(),
            (AgentState::Completed, Fate::Declined) => "declined".into(),
            (AgentState::Completed, Fate::Fails) | (_, _) => Value::Null,
        }
    }

    pub(crate) fn result_status(&self) -> &'static str {
        match self.state {
            AgentState::Canceled | AgentState::Failed => "not_applicable",
            AgentState::Completed if self.is_final && self.result.is_some() => "available",
            AgentState::Completed if self.is_final => "unavailable",
            AgentState::Completed | AgentState::Queued | AgentState::InProgress => "pending",
        }
    }

    fn error(&self) -> Value {
        match self.state {
            AgentState::Failed => json!({
                "code": "call_failed", "message": "The call could not be placed.",
                "detail_code": "submission_unknown",
            }),
            AgentState::Queued | AgentState::InProgress | AgentState::Completed | AgentState::Canceled => {
                Value::Null
            }
        }
    }

    /// As the vendor shows it.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = json!({
            "id": self.id,
            "call_id": self.telephone_id,
            "status": self.state.word(),
            "call_outcome": self.outcome(),
            "result_status": self.result_status(),
            "transcript": if self.state.is_over() { self.transcript.as_slice() } else { &[] },
            "result": self.result.as_ref().filter(|_| self.is_final),
            "error": self.error(),
            "created_at": instant(self.created),
            "completed_at": self.ended.map(instant),
        });
        let own = if self.is_run() {
            json!({
                "object": "goal_run", "goal_id": self.text("goal_id"), "run_id": self.run_id,
                "run_spec": {"id": self.text("run_spec"), "version": 1},
            })
        } else {
            json!({
                "object": "call", "task": self.text("task"), "phone": self.text("phone"),
                "region": self.text("region"), "locale": self.text("locale"),
                "metadata": self.input.get("metadata").filter(|m| m.is_object()).cloned().unwrap_or(json!({})),
            })
        };
        crate::project::merge(&mut shown, own);
        shown
    }

    /// Keeps an event.
    pub(crate) fn note(&mut self, now: Moment, kind: &str, message: &str, details: Value) {
        let event = json!({
            "id": format!("{}:event:{}", self.id, self.events.len() + 1),
            "type": kind, "call_id": self.id, "created_at": instant(now), "level": "info",
            "status": self.state.word(), "message": message, "details": details,
        });
        self.events.push(event);
    }
}

impl Identified for AgentCall {
    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        1 + self.events.len()
    }
}
