//! The events of tasks, calls and agents of the predictive dialer.

use serde_json::{Map, Value, json};

use crate::engine::records::{dialer_task_state, level};
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::task::{CallStep, Contact, Dialer, FoundCall, Owner};
use crate::world::World;

/// The name of the section in the catalogue.
const SECTION: &str = "predictive_dialer";

impl World {
    pub(crate) fn dialer_task_changed(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get(serial) else { return };
        let Owner::Dialer(dialer) = &task.owner else { return };
        let body = json!({
            "taskId": task.id, "taskName": task.name, "state": dialer_task_state(task),
            "groupName": dialer.group, "timestamp": self.now,
        });
        self.report_dialer(dialer, "task_status_changed", "TaskStatus", body);
    }

    pub(crate) fn dialer_call_began(&mut self, serial: Serial, contact: usize) {
        self.report_contact(serial, contact, "CALLING");
    }

    /// A call of any task has come a step further; those of other tasks are not told.
    pub(crate) fn dialer_call_changed(&mut self, serial: Serial, contact: usize, step: CallStep) {
        let Some(task) = self.tasks.get(serial).filter(|task| task.is_dialer()) else { return };
        let connected = task.contacts.get(contact).is_some_and(Contact::is_reached);
        match step {
            CallStep::Ringing => self.report_contact(serial, contact, "RINGING"),
            CallStep::Answered => {
                self.report_contact(serial, contact, "ANSWERED");
                self.report_agent(serial, contact, "ANSWERED");
            }
            CallStep::HungUp => {
                self.report_contact(serial, contact, "HANGUP");
                if connected {
                    self.report_agent(serial, contact, "HANGUP");
                }
            }
            CallStep::Result => self.report_agent(serial, contact, "TALKRESULT"),
        }
    }

    fn report_contact(&self, serial: Serial, contact: usize, state: &str) {
        let Some((dialer, mut event)) = self.call_event(serial, contact, state) else { return };
        event.insert("state".to_owned(), state.into());
        self.report_dialer(dialer, "contact_status_changed", "ContactStatus", Value::Object(event));
    }

    fn report_agent(&self, serial: Serial, contact: usize, state: &str) {
        let Some((dialer, mut event)) = self.call_event(serial, contact, state) else { return };
        event.insert("State".to_owned(), state.into());
        event.insert("agentName".to_owned(), dialer.agent.clone().into());
        event.insert("talkremarks".to_owned(), "".into());
        if state == "TALKRESULT" {
            event.insert("customizeResults".to_owned(), json!({"Level1": level(true)}));
        }
        self.report_dialer(dialer, "agent_status_changed", "AgentStatus", Value::Object(event));
    }

    /// What the events of contacts and agents have in common. The link to the recording comes with the
    /// agent's result only: with the vendor, too, the record may be incomplete when the call has just ended.
    fn call_event(&self, serial: Serial, index: usize, state: &str) -> Option<(&Dialer, Map<String, Value>)> {
        let task = self.tasks.get(serial)?;
        let Owner::Dialer(dialer) = &task.owner else { return None };
        let contact = task.contacts.get(index)?;
        let attempt = contact.calls.len();
        let call = contact.calls.last()?;
        let found = FoundCall { serial, task, index, contact, attempt, call };
        let column = |key: &str| loose_json::text(&contact.columns, &[key]).unwrap_or_default();
        let mut event = json!({
            "taskId": task.id,
            "taskName": task.name,
            "groupName": dialer.group,
            "phoneNumber": contact.number,
            "mainNumber": contact.number,
            "phoneTag": "phonenumber",
            "callid": found.id(),
            "contactName": column("contactName"),
            "address": column("address"),
            "info1": column("info1"),
            "info2": column("info2"),
            "info3": column("info3"),
            "remark": column("remark"),
            "timestamp": self.now,
            "nthCall": attempt,
            "customerInfo": contact.columns,
        });
        if state == "HANGUP" || state == "TALKRESULT" {
            event["hangupReason"] = call.outcome.hangup_reason().into();
        }
        if state == "TALKRESULT" {
            event["recLink"] = self.link(&found.id()).into();
        }
        let Value::Object(event) = event else { return None };
        Some((dialer, event))
    }

    fn report_dialer(&self, dialer: &Dialer, webhook: &str, kind: &str, body: Value) {
        self.outbox.report(SECTION, webhook, json!({"type": kind, "body": body}), dialer.callback.as_deref());
    }
}
