//! What is reported of tasks and calls, in answers and in webhooks.

use serde_json::{Map, Value, json};

use crate::clock::instant;
use crate::state::bounded_store::Serial;
use crate::state::recording::Recording;
use crate::state::task::{Attempt, Contact, ContactState, FoundCall, Owner, Task, TaskState};
use crate::world::World;

/// What is told of one call, with a link to its recording. The keys beside those of a call record are made
/// up.
pub(crate) fn call_information(world: &World, found: &FoundCall<'_>) -> Map<String, Value> {
    let mut record = record_of(world, found.task, found.contact, Some(found.call));
    record.insert("callid".to_owned(), found.id().into());
    record.insert("TaskID".to_owned(), found.task.id.clone().into());
    record.insert("Callee".to_owned(), found.contact.number.clone().into());
    let link = found.recording(world.now).map(|recording| world.link(&recording.name)).unwrap_or_default();
    record.insert("RecordingLink".to_owned(), link.into());
    record
}

/// The recordings of a task, or of one number of it, in the order of the calls.
pub(crate) fn recordings(world: &World, serial: Serial, number: Option<&str>) -> Vec<Recording> {
    let Some(task) = world.tasks.get(serial) else { return Vec::new() };
    task.calls(serial)
        .filter(|found| number.is_none_or(|number| found.contact.number == number))
        .filter_map(|found| found.recording(world.now))
        .collect()
}

/// `pending` and `finished` have been seen with the vendor; `running` is made up.
pub(crate) fn task_status(state: TaskState) -> &'static str {
    match state {
        TaskState::Waiting => "pending",
        TaskState::Running => "running",
        TaskState::Finished | TaskState::Stopped => "finished",
    }
}

/// What became of a row, in the words of a call record.
pub(crate) fn record(world: &World, task: &Task, contact: &Contact) -> Map<String, Value> {
    let last = match contact.state {
        ContactState::Finished | ContactState::Cancelled => contact.calls.last(),
        ContactState::Waiting | ContactState::Calling => None,
    };
    record_of(world, task, contact, last)
}

fn record_of(world: &World, task: &Task, contact: &Contact, attempt: Option<&Attempt>) -> Map<String, Value> {
    let status = match contact.state {
        ContactState::Waiting | ContactState::Calling => "pending",
        ContactState::Finished => "finished",
        ContactState::Cancelled => "cancelled",
    };
    let intention = attempt.map(|call| call.outcome.intention().map_or("--".to_owned(), String::from));
    let mut record = Map::new();
    let mut put = |key: &str, value: Value| record.insert(key.to_owned(), value);
    put("Comments", contact.reference.clone());
    put("Status", status.into());
    put("Intention", intention.clone().into());
    put(
        "Multi_intention",
        intention.map_or_else(|| "{}".to_owned(), |grade| json!({"main": grade}).to_string()).into(),
    );
    put("RingType", attempt.map_or("", |call| call.outcome.ring_type()).into());
    let hangup = attempt.map_or("", |call| call.outcome.hangup_type(world.rules.seed, &contact.number));
    put("HangupType", hangup.into());
    put("RobotID", contact.robot.clone().unwrap_or_else(|| task.robot.clone()).into());
    // Where nobody answered there is no time between the two.
    let start = attempt.map(|call| instant(if call.answered.is_some() { call.began } else { call.ended }));
    put("CallStartTime", start.unwrap_or_default().into());
    put("CallEndTime", attempt.map(|call| instant(call.ended)).unwrap_or_default().into());
    record
}

impl World {
    pub(crate) fn report_call_finished(&mut self, serial: Serial, contact: usize) {
        if !self.outbox.wanted() {
            return;
        }
        let Some(task) = self.tasks.get(serial) else { return };
        let Some(contact) = task.contacts.get(contact) else { return };
        let mut payload = record(self, task, contact);
        payload.insert("TaskID".to_owned(), task.id.clone().into());
        let name = self.add_plan(task, &mut payload, "call_finished");
        self.outbox.report(&task.section, name, Value::Object(payload), None);
    }

    pub(crate) fn report_task_finished(&mut self, serial: Serial) {
        if !self.outbox.wanted() {
            return;
        }
        let Some(task) = self.tasks.get(serial) else { return };
        let mut payload = Map::new();
        payload.insert("TaskID".to_owned(), task.id.clone().into());
        payload.insert("TaskName".to_owned(), task.name.clone().into());
        payload.insert("Status".to_owned(), task_status(task.state).into());
        let name = self.add_plan(task, &mut payload, "task_finished");
        self.outbox.report(&task.section, name, Value::Object(payload), None);
    }

    /// Adds the plan that a task belongs to, and gives the name of the webhook that is due then.
    fn add_plan(&self, task: &Task, payload: &mut Map<String, Value>, name: &'static str) -> &'static str {
        let Owner::Plan(plan) = task.owner else { return name };
        if let Some(plan) = self.plans.get(plan) {
            payload.insert("PlanID".to_owned(), plan.id.clone().into());
            payload.insert("PlanName".to_owned(), plan.name.clone().into());
        }
        if name == "call_finished" { "plan_call_finished" } else { "plan_task_finished" }
    }
}

/// The state of a task in the words of the predictive dialer.
pub(crate) fn dialer_task_state(task: &Task) -> &'static str {
    match task.state {
        TaskState::Waiting => "Not Started",
        TaskState::Running => "Running",
        TaskState::Finished => "Finished",
        TaskState::Stopped => "Cancelled",
    }
}

/// The first column of the form that an agent fills in.
pub(crate) fn level(connected: bool) -> &'static str {
    if connected { "Connected" } else { "Not_Connected" }
}
