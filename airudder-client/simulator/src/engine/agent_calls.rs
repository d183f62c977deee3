//! What happens to calls of CALL-E by themselves: they are handed over, ring, are talked through and end.

use serde_json::{Value, json};

use crate::clock::{Moment, SECOND, instant};
use crate::json_schema;
use crate::state::agent_call::{AgentState, AgentStep, Fate};
use crate::state::bounded_store::Serial;
use crate::webhooks;
use crate::world::{Event, World};

/// How long a call can be cancelled. At the program's speed that is under half a second.
const BEFORE_HAND_OVER: Moment = 40 * SECOND;

impl World {
    /// A call has been accepted.
    pub(crate) fn agent_call_accepted(&mut self, serial: Serial) {
        let now = self.now;
        if let Some(call) = self.agent_calls.get_mut(serial) {
            call.note(now, "call.accepted", "Call accepted.", json!({}));
        }
        self.next_agent_step(serial, BEFORE_HAND_OVER, AgentStep::HandOver);
    }

    fn next_agent_step(&mut self, serial: Serial, after: Moment, step: AgentStep) {
        self.agenda.at(self.now.saturating_add(after), Event::AgentCall { call: serial, step });
    }

    pub(crate) fn advance_agent_call(&mut self, serial: Serial, step: AgentStep) {
        let now = self.now;
        let telephone_id = self.new_id();
        let Some(call) = self.agent_calls.get_mut(serial) else { return };
        if matches!(call.state, AgentState::Canceled | AgentState::Failed) {
            return;
        }
        let (after, next) = match (step, call.fate) {
            (AgentStep::HandOver, Fate::Fails) => {
                (call.state, call.ended, call.is_final) = (AgentState::Failed, Some(now), true);
                call.note(now, "call.failed", "Call failed.", json!({}));
                return self.agent_call_is_final(serial);
            }
            (AgentStep::HandOver, _) => {
                call.state = AgentState::InProgress;
                call.telephone_id = Some(telephone_id);
                call.note(now, "call.in_progress", "Call in progress.", json!({}));
                (2, AgentStep::Rings)
            }
            (AgentStep::Rings, Fate::Answered | Fate::NoResult) => {
                call.note(now, "call.ringing", "Ringing.", json!({}));
                (6, AgentStep::Connects)
            }
            (AgentStep::Rings, _) => {
                call.note(now, "call.ringing", "Ringing.", json!({}));
                (20, AgentStep::Ends)
            }
            (AgentStep::Connects, _) => {
                call.note(now, "call.connected", "Connected.", json!({}));
                (1, AgentStep::Speaks(0))
            }
            (AgentStep::Speaks(turn), _) => {
                let said = spoken(call.fate);
                let Some((speaker, text)) = said.get(turn) else { return };
                let (kind, message) = match *speaker {
                    "bot" => ("call.speech", "Agent speech."),
                    _ => ("call.asr", "Callee speech recognized."),
                };
                let details = json!({
                    "speaker": speaker, "turn": turn + 1, "text": text, "occurred_at": instant(now),
                });
                call.note(now, kind, message, details);
                let offset = 4 * turn;
                call.transcript.push(json!({"offset_seconds": offset, "speaker": speaker, "text": text}));
                match turn + 1 < said.len() {
                    true => (4, AgentStep::Speaks(turn + 1)),
                    false => (4, AgentStep::Ends),
                }
            }
            (AgentStep::Ends, _) => {
                (call.state, call.ended) = (AgentState::Completed, Some(now));
                call.note(now, "call.ended", "Call ended.", json!({}));
                (10, AgentStep::ResultReady)
            }
            (AgentStep::ResultReady, fate) => {
                call.is_final = true;
                call.result = (fate == Fate::Answered).then(|| json_schema::sample(&call.result_schema));
                call.note(now, "call.result_ready", "Result saved.", json!({}));
                call.note(now, "call.completed", "Call completed.", json!({}));
                return self.agent_call_is_final(serial);
            }
        };
        self.next_agent_step(serial, after * SECOND, next);
    }

    /// Tells of a call whose result status is not pending any more. Nothing is documented for runs of goals.
    pub(crate) fn agent_call_is_final(&mut self, serial: Serial) {
        let id = format!("evt_{}", self.new_id());
        let now = instant(self.now);
        let Some(call) = self.agent_calls.get(serial).filter(|call| !call.is_run()) else { return };
        let kind = match call.state {
            AgentState::Failed => "call.failed",
            AgentState::Canceled => "call.canceled",
            AgentState::Completed | AgentState::Queued | AgentState::InProgress => "call.completed",
        };
        let message = json!({"id": id, "type": kind, "created_at": now, "data": call.shown()});
        let url = call.input.get("webhook_url").and_then(Value::as_str).and_then(webhooks::callback);
        self.outbox.report("calle", "call_finished", message, url.as_deref());
    }
}

/// What is said.
fn spoken(fate: Fate) -> &'static [(&'static str, &'static str)] {
    match fate {
        Fate::NoResult => &[("bot", "Hello, this is a simulated call."), ("user", "I have no time.")],
        Fate::Answered | Fate::NoAnswer | Fate::Busy | Fate::Declined | Fate::Fails => &[
            ("bot", "Hello, this is a simulated call. Do you have a moment?"),
            ("user", "Yes, go on."),
            ("bot", "Thank you, that is all."),
        ],
    }
}
