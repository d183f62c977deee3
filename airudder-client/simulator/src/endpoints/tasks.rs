//! Calling tasks of the business lines.

use std::collections::HashMap;

use airudder_client::catalogue::Problem;
use serde_json::{Value, json};

use crate::clock::{MINUTE, Moment, instant, read_moment};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::{Failure, field_code, invalid_code};
use crate::engine::records;
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::task::{Contact, NewTask, Owner, Task};
use crate::world::{NameKind, World};

/// The vendor's code for too many equal numbers, and the one for a list without any good row.
const TOO_MANY_EQUAL: i64 = 10809;
const NO_ROW_LEFT: i64 = 10902;
const ALREADY_FINISHED: i64 = 10904;

/// The keys that hold the number of a row.
const NUMBER: &[&str] = &["Mobile", "callee", "CalleeNumber"];

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Handled {
    let name = call.text(&["TaskName"]).unwrap_or_default();
    if world.names.contains(&(NameKind::Task, name.clone())) {
        return Err(call.fail("TaskName", Problem::Taken, "a task of this name exists already"));
    }
    check_robot_and_line(call)?;
    let (contacts, refused) = rows(world, call)?;
    let (starts, ends) = window(world, call, "ScheduleStartTime", "ScheduleEndTime");
    let new = NewTask {
        name: name.clone(),
        section: call.endpoint.section.into(),
        owner: Owner::Nobody,
        robot: call.text(&["RobotID"]).unwrap_or_default(),
        starts,
        ends,
        repeats: repeats(call),
        interval: call.integer(&["RepeatInterval"]).unwrap_or(0).clamp(0, 30) * MINUTE,
        contacts,
    };
    world.names.insert((NameKind::Task, name));
    let serial = world.create_task(new);
    let id = world.tasks.get(serial).map(|task| task.id.clone());
    Ok(HandlerReply::Payload(json!({"TaskID": id, "detail_error_list": refused})))
}

/// The simulator takes every robot and every line, except those whose name begins with `unknown`.
pub(crate) fn check_robot_and_line(call: &Call<'_>) -> Result<(), Failure> {
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
pub(crate) fn rows(world: &World, call: &Call<'_>) -> Result<(Vec<Contact>, Vec<Value>), Failure> {
    let details = call.list(&["Details"]);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut contacts = Vec::with_capacity(details.len());
    let mut refused = Vec::new();
    for (index, row) in details.iter().enumerate() {
        let Some(row) = row.as_object() else { continue };
        let number = NUMBER.iter().find_map(|key| loose_json::get(row, key)?.as_str()).unwrap_or_default();
        let times = seen.entry(number).or_default();
        *times += 1;
        if *times > world.rules.equal_numbers {
            return Err(Failure::code(TOO_MANY_EQUAL, "the list holds too many equal numbers"));
        }
        let robot = loose_json::text(row, &["RobotID"]);
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
            Contact::new(number.to_owned(), loose_json::get(row, "Comments").cloned().unwrap_or_default());
        contact.robot = robot;
        contacts.push(contact);
    }
    if contacts.is_empty() {
        return Err(Failure::code(NO_ROW_LEFT, "not one row of the list was accepted"));
    }
    Ok((contacts, refused))
}

/// Start and end of a task. What lies in the past counts as no limit; local times are read as UTC.
pub(crate) fn window(world: &World, call: &Call<'_>, start: &str, end: &str) -> (Moment, Option<Moment>) {
    if world.rules.ignore_schedule {
        return (world.now, None);
    }
    let read =
        |key| call.text(&[key]).and_then(|text| read_moment(&text)).filter(|moment| *moment > world.now);
    (read(start).unwrap_or(world.now), read(end))
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Handled {
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
            "Status": records::task_status(task.state),
            "CreateTime": instant(task.made),
        })
    };
    let entries: Vec<Value> =
        tasks.iter().rev().skip(page.saturating_mul(size)).take(size).map(entry).collect();
    Ok(HandlerReply::Payload(json!({"list": entries, "total": tasks.len()})))
}

pub(crate) fn stop(world: &mut World, call: &Call<'_>) -> Handled {
    if call.text(&["Action"]).is_some_and(|action| !action.eq_ignore_ascii_case("stop")) {
        return Err(call.fail("Action", Problem::Unknown, "there is no such action"));
    }
    let serial = find(world, call)?;
    refuse_finished(world, serial)?;
    world.stop_task(serial);
    let id = world.tasks.get(serial).map(|task| task.id.clone());
    Ok(HandlerReply::Payload(json!({"TaskID": id})))
}

pub(crate) fn cancel_call(world: &mut World, call: &Call<'_>) -> Handled {
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
    Ok(HandlerReply::Payload(json!({"TaskID": call.text(&["TaskID"]), "CalleeNumber": number})))
}

pub(crate) fn detail(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    let Some(task) = world.tasks.get(serial) else { return Err(unknown(call)) };
    let rows: Vec<Value> =
        task.contacts.iter().map(|contact| Value::Object(records::record(world, task, contact))).collect();
    Ok(HandlerReply::Payload(
        json!({"TaskID": task.id, "Status": records::task_status(task.state), "detail": rows}),
    ))
}

pub(crate) fn recording(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    let number = call.text(&["Callee"]).unwrap_or_default();
    let recordings = records::recordings(world, serial, Some(&number));
    match recordings.into_iter().next_back() {
        Some(recording) => Ok(HandlerReply::Recording(recording)),
        None => {
            Err(call.fail("Callee", Problem::Unknown, "there is no recording of this number in the task"))
        }
    }
}

pub(crate) fn task_recordings(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    Ok(HandlerReply::Recordings(records::recordings(world, serial, None)))
}

pub(crate) fn robots(_: &mut World, _: &Call<'_>) -> Handled {
    Ok(HandlerReply::Payload(json!([
        {"RobotID": "00000000000000000000000000000001", "RobotName": "Example_Robot_A"},
        {"RobotID": "00000000000000000000000000000002", "RobotName": "Example_Robot_B"},
    ])))
}

pub(crate) fn call_by_id(world: &mut World, call: &Call<'_>) -> Handled {
    let id = call.text(&["callid", "call_id"]).unwrap_or_default();
    match world.find_call(&id) {
        Some(found) => Ok(HandlerReply::Payload(Value::Object(records::call_information(world, &found)))),
        None => Err(call.fail("callid", Problem::Unknown, "there is no such call")),
    }
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
