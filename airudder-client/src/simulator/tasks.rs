//! Calling tasks of the business lines: the endpoints and webhooks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::clock::{MINUTE, Moment, instant, read_moment};
use super::dialling::{Attempt, Contact, FoundCall, Order, Owner, Row, Task, TaskState, names_of};
use super::names;
use super::recordings::Recording;
use super::reply::{Failure, field_code, invalid_code};
use super::shelf::Serial;
use super::world::{Call, Outcome, Told, World};
use crate::catalogue::Problem;

/// The vendor's code for too many equal numbers, and the one for a list without any good row.
const TOO_MANY_EQUAL: i64 = 10809;
const NO_ROW_LEFT: i64 = 10902;
const ALREADY_FINISHED: i64 = 10904;

/// The keys that hold the number of a row.
const NUMBER: &[&str] = &["Mobile", "callee", "CalleeNumber"];

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let name = call.text(&["TaskName"]).unwrap_or_default();
    if world.names.contains(&("task", name.clone())) {
        return Err(call.fail("TaskName", Problem::Taken, "a task of this name exists already"));
    }
    check_robot_and_line(call)?;
    let (contacts, refused) = rows(world, call)?;
    let (starts, ends) = window(world, call, "ScheduleStartTime", "ScheduleEndTime");
    let order = Order {
        name: name.clone(),
        section: call.endpoint.section,
        owner: Owner::Nobody,
        robot: call.text(&["RobotID"]).unwrap_or_default(),
        starts,
        ends,
        repeats: repeats(call),
        interval: call.integer(&["RepeatInterval"]).unwrap_or(0).clamp(0, 30) * MINUTE,
        contacts,
    };
    world.names.insert((names_of(&Owner::Nobody), name));
    let serial = world.order(order);
    let id = world.tasks.get(serial).map(|task| task.id.clone());
    Ok(Told::Payload(json!({"TaskID": id, "detail_error_list": refused})))
}

/// The simulator takes every robot and every line, except those whose name begins with `unknown`.
pub(super) fn check_robot_and_line(call: &Call<'_>) -> Result<(), Failure> {
    for (field, message) in
        [("RobotID", "the account has no such robot"), ("SIPLine", "the account has no such line")]
    {
        if call.text(&[field]).is_some_and(|value| value.starts_with("unknown")) {
            return Err(call.fail(field, Problem::Unknown, message));
        }
    }
    Ok(())
}

fn repeats(call: &Call<'_>) -> u32 {
    call.integer(&["RepeatNumber"]).and_then(|repeats| u32::try_from(repeats).ok()).unwrap_or(0)
}

/// The contacts of `Details`, and the rows that are refused although they are right by the spec.
pub(super) fn rows(world: &World, call: &Call<'_>) -> Result<(Vec<Contact>, Vec<Value>), Failure> {
    let details = call.list(&["Details"]);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut contacts = Vec::with_capacity(details.len());
    let mut refused = Vec::new();
    for (index, row) in details.iter().enumerate() {
        let Some(row) = row.as_object() else { continue };
        let number = NUMBER.iter().find_map(|key| names::get(row, key)?.as_str()).unwrap_or_default();
        let times = seen.entry(number).or_default();
        *times += 1;
        if *times > world.rules.equal_numbers {
            return Err(Failure::code(TOO_MANY_EQUAL, "the list holds too many equal numbers"));
        }
        let robot = names::text(row, &["RobotID"]);
        if robot.as_ref().is_some_and(|robot| robot.starts_with("unknown")) {
            return Err(Failure::code(
                field_code(call.endpoint.request, "RobotID", Problem::Unknown)
                    .unwrap_or_else(|| invalid_code(call.endpoint)),
                format!("row {index} names a robot that the account does not have"),
            ));
        }
        if world.rules.refuses(number) {
            refused.push(json!({"Index": index, "Mobile": number, "Message": "refused by the simulator"}));
            continue;
        }
        let mut contact =
            Contact::new(number.to_owned(), names::get(row, "Comments").cloned().unwrap_or_default());
        contact.robot = robot;
        contacts.push(contact);
    }
    if contacts.is_empty() {
        return Err(Failure::code(NO_ROW_LEFT, "not one row of the list was accepted"));
    }
    Ok((contacts, refused))
}

/// Start and end of a task. What lies in the past counts as no limit; local times are read as UTC.
pub(super) fn window(world: &World, call: &Call<'_>, start: &str, end: &str) -> (Moment, Option<Moment>) {
    if world.rules.ignore_schedule {
        return (world.now, None);
    }
    let read =
        |key| call.text(&[key]).and_then(|text| read_moment(&text)).filter(|moment| *moment > world.now);
    (read(start).unwrap_or(world.now), read(end))
}

pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let size = call.integer(&["Number"]).unwrap_or(10);
    if size < 1 {
        return Err(call.fail("Number", Problem::Refused, "a page has at least one entry"));
    }
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let page = usize::try_from(call.integer(&["Page"]).unwrap_or(1).max(1) - 1).unwrap_or(usize::MAX);
    let mine = |task: &&Task| matches!(task.owner, Owner::Nobody | Owner::Plan(_));
    let tasks: Vec<&Task> = world.tasks.iter().map(|(_, task)| task).filter(mine).collect();
    let entry = |task: &&Task| {
        json!({
            "TaskID": task.id,
            "TaskName": task.name,
            "Status": task_status(task.state),
            "CreateTime": instant(task.made),
        })
    };
    let entries: Vec<Value> =
        tasks.iter().rev().skip(page.saturating_mul(size)).take(size).map(entry).collect();
    Ok(Told::Payload(json!({"list": entries, "total": tasks.len()})))
}

pub(super) fn stop(world: &mut World, call: &Call<'_>) -> Outcome {
    if call.text(&["Action"]).is_some_and(|action| !action.eq_ignore_ascii_case("stop")) {
        return Err(call.fail("Action", Problem::Unknown, "there is no such action"));
    }
    let serial = find(world, call)?;
    refuse_finished(world, serial)?;
    world.stop_task(serial);
    let id = world.tasks.get(serial).map(|task| task.id.clone());
    Ok(Told::Payload(json!({"TaskID": id})))
}

pub(super) fn cancel_call(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    refuse_finished(world, serial)?;
    let number = call.text(&["CalleeNumber"]).unwrap_or_default();
    if world.cancel_number(serial, &number) == 0 {
        return Err(call.fail(
            "CalleeNumber",
            Problem::Unknown,
            "the task has no such number that could still be cancelled",
        ));
    }
    Ok(Told::Payload(json!({"TaskID": call.text(&["TaskID"]), "CalleeNumber": number})))
}

pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    let Some(task) = world.tasks.get(serial) else { return Err(unknown(call)) };
    let rows: Vec<Value> =
        task.contacts.iter().map(|contact| Value::Object(record(world, task, contact))).collect();
    Ok(Told::Payload(json!({"TaskID": task.id, "Status": task_status(task.state), "detail": rows})))
}

pub(super) fn recording(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    let number = call.text(&["Callee"]).unwrap_or_default();
    let recordings = recordings(world, serial, Some(&number));
    match recordings.into_iter().next_back() {
        Some(recording) => Ok(Told::Recording(recording)),
        None => {
            Err(call.fail("Callee", Problem::Unknown, "there is no recording of this number in the task"))
        }
    }
}

pub(super) fn task_recordings(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    Ok(Told::Recordings(recordings(world, serial, None)))
}

pub(super) fn robots(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(Told::Payload(json!([
        {"RobotID": "00000000000000000000000000000001", "RobotName": "Example_Robot_A"},
        {"RobotID": "00000000000000000000000000000002", "RobotName": "Example_Robot_B"},
    ])))
}

pub(super) fn call_by_id(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.text(&["callid", "call_id"]).unwrap_or_default();
    match world.find_call(&id) {
        Some(found) => Ok(Told::Payload(Value::Object(call_information(world, &found)))),
        None => Err(call.fail("callid", Problem::Unknown, "there is no such call")),
    }
}

/// What is told of one call, with a link to its recording. The keys beside those of a call record are made up.
pub(super) fn call_information(world: &World, found: &FoundCall<'_>) -> Map<String, Value> {
    let mut record = record_of(world, found.task, found.contact, Some(found.call));
    record.insert("callid".to_owned(), found.id().into());
    record.insert("TaskID".to_owned(), found.task.id.clone().into());
    record.insert("Callee".to_owned(), found.contact.number.clone().into());
    let link = found.recording(world.now).map(|recording| world.link(&recording.name)).unwrap_or_default();
    record.insert("RecordingLink".to_owned(), link.into());
    record
}

/// The recordings of a task, or of one number of it, in the order of the calls.
pub(super) fn recordings(world: &World, serial: Serial, number: Option<&str>) -> Vec<Recording> {
    let Some(task) = world.tasks.get(serial) else { return Vec::new() };
    task.calls(serial)
        .filter(|found| number.is_none_or(|number| found.contact.number == number))
        .filter_map(|found| found.recording(world.now))
        .collect()
}

fn find(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let id = call.text(&["TaskID", "taskid"]).unwrap_or_default();
    world.tasks.serial(&id).ok_or_else(|| unknown(call))
}

fn unknown(call: &Call<'_>) -> Failure {
    call.fail("TaskID", Problem::Unknown, "there is no such task")
}

fn refuse_finished(world: &World, serial: Serial) -> Result<(), Failure> {
    if world.tasks.get(serial).is_some_and(Task::is_over) {
        return Err(Failure::code(ALREADY_FINISHED, "a finished task cannot be cancelled"));
    }
    Ok(())
}

/// `pending` and `finished` have been seen with the vendor; `running` is made up.
pub(super) fn task_status(state: TaskState) -> &'static str {
    match state {
        TaskState::Waiting => "pending",
        TaskState::Running => "running",
        TaskState::Finished | TaskState::Stopped => "finished",
    }
}

/// What became of a row, in the words of a call record.
pub(super) fn record(world: &World, task: &Task, contact: &Contact) -> Map<String, Value> {
    let last = match contact.row {
        Row::Finished | Row::Cancelled => contact.calls.last(),
        Row::Waiting | Row::Calling => None,
    };
    record_of(world, task, contact, last)
}

fn record_of(world: &World, task: &Task, contact: &Contact, attempt: Option<&Attempt>) -> Map<String, Value> {
    let status = match contact.row {
        Row::Waiting | Row::Calling => "pending",
        Row::Finished => "finished",
        Row::Cancelled => "cancelled",
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
    put("CallStartTime", attempt.map(|call| instant(call.began)).unwrap_or_default().into());
    put("CallEndTime", attempt.map(|call| instant(call.ended)).unwrap_or_default().into());
    record
}

impl World {
    pub(super) fn tell_call_finished(&mut self, serial: Serial, contact: usize) {
        if !self.post.wanted() {
            return;
        }
        let Some(task) = self.tasks.get(serial) else { return };
        let Some(contact) = task.contacts.get(contact) else { return };
        let mut payload = record(self, task, contact);
        payload.insert("TaskID".to_owned(), task.id.clone().into());
        let name = self.add_plan(task, &mut payload, "call_finished");
        self.post.tell(task.section, name, Value::Object(payload), None);
    }

    pub(super) fn tell_task_finished(&mut self, serial: Serial) {
        if !self.post.wanted() {
            return;
        }
        let Some(task) = self.tasks.get(serial) else { return };
        let mut payload = Map::new();
        payload.insert("TaskID".to_owned(), task.id.clone().into());
        payload.insert("TaskName".to_owned(), task.name.clone().into());
        payload.insert("Status".to_owned(), task_status(task.state).into());
        let name = self.add_plan(task, &mut payload, "task_finished");
        self.post.tell(task.section, name, Value::Object(payload), None);
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
