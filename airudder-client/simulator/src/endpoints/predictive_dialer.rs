//! The predictive dialer.

use airudder_client::catalogue::Problem;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::clock::{DAY, MINUTE, Moment, SECOND, instant, read_moment};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::Failure;
use crate::endpoints::tasks;
use crate::engine::records::{dialer_task_state, level};
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::task::{Contact, ContactState, Dialer, FoundCall, NewTask, Owner, Task};
use crate::webhooks;
use crate::world::{NameKind, World};

/// Codes of the family that belong to no single field.
const CONTACTS_EMPTY: i64 = 10505;
const TASK_NOT_FOUND: i64 = 10506;
const NUMBER_MALFORMED: i64 = 10510;
const ALREADY_FINISHED: i64 = 10513;
const WINDOW_TOO_SHORT: i64 = 10620;
const WINDOW_OVER_MIDNIGHT: i64 = 10621;

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Handled {
    let rows = call.list(&["customizeContacts"]);
    if rows.is_empty() {
        return Err(Failure::code(CONTACTS_EMPTY, "the list of contacts is empty"));
    }
    let mut refused = Vec::new();
    let mut contacts = Vec::with_capacity(rows.len());
    for row in rows.iter().filter_map(Value::as_object) {
        let number = loose_json::text(row, &["phonenumber"]).unwrap_or_default();
        if !is_number(&number) || world.rules.refuses(&number) {
            refused.push(Value::Object(row.clone()));
            continue;
        }
        let mut contact = Contact::new(number, Value::Null);
        contact.columns = row
            .iter()
            .filter(|(key, _)| !loose_json::same(key, "phonenumber"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        contacts.push(contact);
    }
    if contacts.is_empty() {
        return Err(Failure::code(NUMBER_MALFORMED, "no contact has a well-formed number"));
    }
    let id = create_from(world, call, contacts)?;
    Ok(HandlerReply::Payload(json!({"taskId": id, "errorContactList": refused})))
}

/// Plus, and at most 14 digits.
fn is_number(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (1..=14).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Makes a task as `create_task` and `copy_task` describe it, and gives its id.
fn create_from(
    world: &mut World,
    call: &Call<'_>,
    mut contacts: Vec<Contact>,
) -> Result<Option<String>, Failure> {
    let name = call.text(&["taskName"]).unwrap_or_default();
    let owner = Owner::Dialer(Dialer {
        group: call.text(&["groupName"]).unwrap_or_default(),
        agent: call.list(&["agentName"]).first().and_then(Value::as_str).unwrap_or("agent1").to_owned(),
        callback: call
            .text(&["callback"])
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|url| webhooks::callback(&url)),
    });
    let kind = NameKind::of(&owner);
    if world.names.contains(&(kind, name.clone())) {
        return Err(call.fail("taskName", Problem::Taken, "a task of this name exists already"));
    }
    if call.text(&["groupName"]).is_some_and(|group| group.starts_with("unknown")) {
        return Err(call.fail("groupName", Problem::Unknown, "there is no such agent group"));
    }
    check_window(call)?;
    for contact in &mut contacts {
        contact.state = ContactState::Waiting;
        contact.last = false;
        contact.calls.clear();
    }
    let (starts, ends) = tasks::window(world, call, "startTime", "autoEndTime");
    let repeats =
        call.integer(&["repeatTimes"]).and_then(|times| u32::try_from(times).ok()).unwrap_or(0).min(15);
    let interval = call.integer(&["bulkCallInterval"]).unwrap_or(60).clamp(60, 86_400) * SECOND;
    world.names.insert((kind, name.clone()));
    let serial = world.create_task(NewTask {
        name,
        section: call.endpoint.section.into(),
        owner,
        robot: String::new(),
        starts,
        ends,
        repeats,
        interval,
        contacts,
    });
    Ok(world.tasks.get(serial).map(|task| task.id.clone()))
}

/// The end is on the day of the start, five minutes later at the earliest.
fn check_window(call: &Call<'_>) -> Result<(), Failure> {
    let read = |key| call.text(&[key]).and_then(|text| read_moment(&text));
    let (Some(start), Some(end)) = (read("startTime"), read("autoEndTime")) else { return Ok(()) };
    if end - start < 5 * MINUTE {
        return Err(Failure::code(WINDOW_TOO_SHORT, "the end is at least 5 minutes after the start"));
    }
    if start.div_euclid(DAY) != end.div_euclid(DAY) {
        return Err(Failure::code(WINDOW_OVER_MIDNIGHT, "start and end are on the same day"));
    }
    Ok(())
}

pub(crate) fn copy(world: &mut World, call: &Call<'_>) -> Handled {
    let from = call.text(&["fromTask"]).unwrap_or_default();
    let says = |key| call.text(&[key]).is_some_and(|text| text.eq_ignore_ascii_case("y"));
    let (unanswered_only, without_cancelled) = (says("noanswerOnly"), says("ignoreCancelled"));
    let source = world.tasks.iter().map(|(_, task)| task).find(|task| task.is_dialer() && task.name == from);
    let Some(source) = source else {
        return Err(Failure::code(TASK_NOT_FOUND, "there is no task of the name given in fromTask"));
    };
    let contacts: Vec<Contact> = source
        .contacts
        .iter()
        .filter(|contact| !(unanswered_only && contact.is_reached()))
        .filter(|contact| !(without_cancelled && contact.state == ContactState::Cancelled))
        .cloned()
        .collect();
    if contacts.is_empty() {
        return Err(Failure::code(CONTACTS_EMPTY, "no contact of that task is left"));
    }
    let id = create_from(world, call, contacts)?;
    Ok(HandlerReply::Payload(json!({"taskId": id})))
}

pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Handled {
    let from = call.text(&["minstarttime"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MIN);
    let to = call.text(&["maxstarttime"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MAX);
    let name = call.text(&["taskName"]);
    let state = call.text(&["state"]);
    // `cdate` is presumably the day of creation.
    let by_creation = call.text(&["filterTime"]).is_some_and(|what| what == "cdate");
    let limit = usize::try_from(call.integer(&["limit"]).unwrap_or(0).max(0)).unwrap_or(usize::MAX);
    let tasks = world.tasks.iter().map(|(_, task)| task).rev().filter(|task| {
        let time = if by_creation { task.made } else { task.starts };
        task.is_dialer()
            && (from..=to).contains(&time)
            && name.as_ref().is_none_or(|name| *name == task.name)
            && state.as_ref().is_none_or(|state| state == dialer_task_state(task))
    });
    let entry = |task: &Task| {
        let Owner::Dialer(dialer) = &task.owner else { return Value::Null };
        json!({
            "taskId": task.id, "name": task.name, "state": dialer_task_state(task),
            "groupName": dialer.group, "source": "api",
        })
    };
    Ok(HandlerReply::Payload(json!({"list": tasks.take(limit).map(entry).collect::<Vec<_>>()})))
}

pub(crate) fn results(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    let Some(task) = world.tasks.get(serial) else { return Err(unknown(call)) };
    let from = call.text(&["minstarttime"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MIN);
    let to = call.text(&["maxstarttime"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MAX);
    let patterns: Vec<(String, String)> = call
        .list(&["like"])
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|filter| {
            Some((loose_json::text(filter, &["field"])?, loose_json::text(filter, &["pattern"])?))
        })
        .collect();
    let with_columns = match loose_json::get(call.input, "needCustomerInfo") {
        Some(Value::Bool(wanted)) => *wanted,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("y"),
        _ => false,
    };
    let mut calls: Vec<FoundCall<'_>> = task
        .calls(serial)
        .filter(|found| found.call.ended <= world.now && (from..=to).contains(&found.call.began))
        .collect();
    calls.sort_by_key(|found| (found.call.began, found.index));
    let rows = calls.iter().map(|found| result_row(world, found, with_columns));
    let rows: Vec<Value> =
        rows.filter(|row| patterns.iter().all(|(field, pattern)| matches(row, field, pattern))).collect();
    let offset = usize::try_from(call.integer(&["offset"]).unwrap_or(0).max(0)).unwrap_or(usize::MAX);
    let limit = call
        .integer(&["limit"])
        .map_or(usize::MAX, |limit| usize::try_from(limit.max(0)).unwrap_or(usize::MAX));
    let total = rows.len();
    let page: Vec<Value> = rows.into_iter().skip(offset).take(limit).collect();
    Ok(HandlerReply::Payload(json!({"total": total, "list": page})))
}

/// Whether a column of a row holds a text, percent signs aside.
fn matches(row: &Value, field: &str, pattern: &str) -> bool {
    let value = row.as_object().and_then(|row| loose_json::text(row, &[field])).unwrap_or_default();
    value.contains(pattern.trim_matches('%'))
}

fn result_row(world: &World, found: &FoundCall<'_>, with_columns: bool) -> Value {
    let (call, contact) = (found.call, found.contact);
    let Owner::Dialer(dialer) = &found.task.owner else { return Value::Null };
    let connected = call.answered.is_some();
    let answered = call.answered.map(instant).unwrap_or_default();
    let talked = call.answered.map_or(0, |answered| (call.ended - answered) / SECOND);
    let mut row = json!({
        "taskId": found.task.id,
        "taskName": found.task.name,
        "callid": found.id(),
        "phoneNumber": contact.number,
        "mainNumber": contact.number,
        "phoneTag": "phonenumber",
        "customerName": loose_json::text(&contact.columns, &["contactName", "name"]).unwrap_or_default(),
        "callType": "auto",
        "callResultType": call.outcome.result_type(),
        "calltime": instant(call.began),
        "ringtime": if connected { instant(call.began + SECOND) } else { String::new() },
        "answertime": answered,
        "talktime": answered,
        "endtime": instant(call.ended),
        "talkDuration": talked,
        "waitingDuration": 0,
        "talkedTime": talked,
        "holdDuration": 0,
        "nthCall": found.attempt,
        "biztype": dialer.group,
        "agentName": if connected { dialer.agent.as_str() } else { "" },
        "adminAct": [],
        "transferReason": "",
        "hangupReason": call.outcome.hangup_reason(),
        "reclink": found
            .recording(world.now)
            .map(|recording| world.link(&recording.name))
            .unwrap_or_default(),
        "talkremarks": "",
        "customizeResults": [{"title": "Level1", "groupName": "", "value": level(connected)}],
    });
    if let Value::Object(row) = &mut row {
        if connected {
            row.insert("talkResult".to_owned(), "Connected".into());
        }
        if with_columns {
            row.insert("customerInfo".to_owned(), contact.columns.clone().into());
        }
    }
    row
}

pub(crate) fn cancel(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    if world.tasks.get(serial).is_some_and(Task::is_over) {
        return Err(Failure::code(ALREADY_FINISHED, "the task is finished already"));
    }
    let numbers = call.list(&["contactList"]).iter().filter_map(Value::as_str);
    let cancelled: Vec<&str> = numbers.filter(|number| world.cancel_number(serial, number) > 0).collect();
    Ok(HandlerReply::Payload(json!(cancelled)))
}

pub(crate) fn recording(world: &mut World, call: &Call<'_>) -> Handled {
    let id = call.text(&["callid"]).unwrap_or_default();
    let Some(found) = world.find_call(&id).filter(|found| found.task.is_dialer()) else {
        return Err(call.fail("callid", Problem::Invalid, "there is no such call"));
    };
    // No recording is no error.
    let recording = found.recording(world.now);
    Ok(HandlerReply::Payload(
        recording.map_or(Value::Null, |recording| json!({"link": world.link(&recording.name)})),
    ))
}

fn find(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let id = call.text(&["taskId"]).unwrap_or_default();
    let serial =
        world.tasks.serial(&id).filter(|serial| world.tasks.get(*serial).is_some_and(Task::is_dialer));
    serial.ok_or_else(|| unknown(call))
}

fn unknown(call: &Call<'_>) -> Failure {
    let field = if call.knows("TaskID") { "TaskID" } else { "taskId" };
    call.fail(field, Problem::Unknown, "there is no such task")
}
