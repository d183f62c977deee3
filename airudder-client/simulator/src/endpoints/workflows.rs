//! Workflows. What the spec knows of the answers is kept to, the rest is made up.

use airudder_client::catalogue::Problem;
use serde_json::{Value, json};

use crate::clock::{Moment, SECOND, instant, read_moment};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::Failure;
use crate::engine::records;
use crate::engine::workflows::{CALL_NODE, WABA_NODE, node_keys};
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::task::Owner;
use crate::state::workflow::{Instance, InstanceState, Member, Stage};
use crate::world::{Event, World};

/// A contact by number, key, or both.
#[derive(Debug, Clone, Default)]
struct Wanted {
    number: Option<String>,
    case_id: Option<String>,
}

impl Wanted {
    fn of(call: &Call<'_>) -> Self {
        Self { number: call.text(&["callee"]), case_id: call.text(&["case_id", "caseid"]) }
    }

    fn is_empty(&self) -> bool {
        self.number.is_none() && self.case_id.is_none()
    }

    fn is(&self, member: &Member) -> bool {
        self.number.as_ref().is_none_or(|number| *number == member.number)
            && self.case_id.as_ref().is_none_or(|case_id| member.case_id.as_ref() == Some(case_id))
    }
}

pub(crate) fn templates(_: &mut World, _: &Call<'_>) -> Handled {
    let template =
        |id: i64| json!({"workflow_template_id": id, "workflow_template_name": format!("template {id}")});
    Ok(HandlerReply::Payload(json!([template(2), template(1)])))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Handled {
    let ends = call.text(&["end_time"]).and_then(|text| read_moment(&text));
    let ends = ends.filter(|end| *end > world.now && !world.rules.ignore_schedule);
    let serial = world.instances.next_serial();
    let id = world.new_id();
    let instance = Instance {
        id: id.clone(),
        name: call.text(&["name", "workflow_name"]).unwrap_or_default(),
        template: call.integer(&["workflow_template_id"]).unwrap_or_default(),
        section: call.endpoint.section.into(),
        made: world.now,
        must_end: ends.map(|end| world.agenda.at(end, Event::InstanceMustEnd(serial))),
        state: InstanceState::Running,
        call_node: world.new_id(),
        waba_node: world.new_id(),
        waba_task: world.new_id(),
        api_node: world.new_id(),
        members: Vec::new(),
        tasks: Vec::new(),
    };
    for appointment in world.instances.insert(instance).into_iter().filter_map(|gone| gone.must_end) {
        world.agenda.cancel(appointment);
    }
    world.report_workflow(serial);
    world.enroll(serial, call.list(&["details"]));
    Ok(HandlerReply::Payload(json!({"workflow_id": id})))
}

pub(crate) fn add_contacts(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_running(world, call)?;
    let details = call.list(&["details"]);
    world.enroll(serial, details);
    Ok(HandlerReply::Payload(json!({"workflow_id": call.text(&["workflow_id"]), "count": details.len()})))
}

pub(crate) fn update_contacts(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_running(world, call)?;
    let mut updated = 0;
    for row in call.list(&["details"]).iter().filter_map(Value::as_object) {
        let wanted = Wanted {
            number: loose_json::text(row, &["callee"]),
            case_id: loose_json::text(row, &["case_id"]),
        };
        let Some(instance) = world.instances.get_mut(serial) else { break };
        for member in instance.members.iter_mut().filter(|member| wanted.is(member)) {
            member.variables = loose_json::get(row, "variables").cloned().unwrap_or_default();
            updated += 1;
        }
    }
    Ok(HandlerReply::Payload(json!({"workflow_id": call.text(&["workflow_id"]), "count": updated})))
}

pub(crate) fn cancel_contact(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_running(world, call)?;
    let wanted = Wanted::of(call);
    let Some(instance) = world.instances.get_mut(serial) else { return Err(unknown(call)) };
    let mut cancelled = Vec::new();
    for member in instance.members.iter_mut().filter(|member| !member.stage.is_over() && wanted.is(member)) {
        if member.stage == Stage::Calling {
            cancelled.extend(member.task.map(|task| (task, member.number.clone())));
        }
        member.stage = Stage::Cancelled;
    }
    for (task, number) in cancelled {
        world.cancel_number(task, &number);
    }
    world.finish_instance_if_done(serial);
    Ok(HandlerReply::Payload(json!({"workflow_id": call.text(&["workflow_id"])})))
}

pub(crate) fn stop(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_running(world, call)?;
    world.end_instance(serial, InstanceState::Stopped);
    Ok(HandlerReply::Payload(json!({"workflow_id": call.text(&["workflow_id"])})))
}

pub(crate) fn list(world: &mut World, _: &Call<'_>) -> Handled {
    let entry = |(_, instance): (Serial, &Instance)| {
        let mut entry = instance.head();
        entry.insert("workflow_template_id".to_owned(), instance.template.into());
        entry.insert("status".to_owned(), instance.state.text().into());
        entry.insert("create_time".to_owned(), instant(instance.made).into());
        Value::Object(entry)
    };
    let list: Vec<Value> = world.instances.iter().rev().map(entry).collect();
    Ok(HandlerReply::Payload(json!({"total": list.len(), "list": list})))
}

pub(crate) fn subtasks(world: &mut World, call: &Call<'_>) -> Handled {
    let instance = find(world, call)?;
    Ok(HandlerReply::Payload(json!({"list": world.nodes(instance)})))
}

pub(crate) fn call_tasks(world: &mut World, call: &Call<'_>) -> Handled {
    let instance = find(world, call)?;
    let entry = |(task, _): &(Serial, usize)| {
        let task = world.tasks.get(*task)?;
        Some(json!({
            "task_id": task.id,
            "task_name": task.name,
            "task_status": records::task_status(task.state),
            "nodetask_id": instance.call_node,
            "nodetask_name": CALL_NODE,
        }))
    };
    Ok(HandlerReply::Payload(json!({"list": instance.tasks.iter().filter_map(entry).collect::<Vec<_>>()})))
}

pub(crate) fn call_task_detail(world: &mut World, call: &Call<'_>) -> Handled {
    let Some(id) = call.text(&["TaskID", "task_id"]) else {
        return Err(call.fail("TaskID", Problem::Missing, "no task id was sent"));
    };
    let task = world.tasks.serial(&id).and_then(|serial| world.tasks.get(serial));
    let Some(task) = task else { return Err(call.fail("TaskID", Problem::Unknown, "there is no such task")) };
    let Owner::Instance(instance) = task.owner else {
        return Err(call.fail("TaskID", Problem::Unknown, "the task belongs to no workflow"));
    };
    let mut detail = node_keys(world.instances.get(instance));
    let rows = task.contacts.iter().map(|contact| world.workflow_record(instance, task, contact));
    detail.insert("detail".to_owned(), rows.map(Value::Object).collect());
    detail.insert("TaskID".to_owned(), task.id.clone().into());
    detail.insert("Status".to_owned(), records::task_status(task.state).into());
    Ok(HandlerReply::Payload(Value::Object(detail)))
}

pub(crate) fn find_calls(world: &mut World, call: &Call<'_>) -> Handled {
    let wanted = Wanted::of(call);
    if wanted.is_empty() {
        return Err(call.fail("callee", Problem::Missing, "one of callee and caseid is needed"));
    }
    let batches: Vec<Serial> = match (call.text(&["taskid"]), call.text(&["workflow_id"])) {
        (Some(task), _) => world.tasks.serial(&task).into_iter().collect(),
        (None, Some(_)) => find(world, call)?.tasks.iter().map(|(task, _)| *task).collect(),
        (None, None) => {
            return Err(call.fail(
                "workflow_id",
                Problem::Missing,
                "one of taskid and workflow_id is needed",
            ));
        }
    };
    let mut found = Vec::new();
    for serial in batches {
        let Some(task) = world.tasks.get(serial) else { continue };
        for one in task.calls(serial).filter(|one| {
            wanted.number.as_ref().is_none_or(|number| *number == one.contact.number)
                && wanted.case_id.as_ref().is_none_or(|case_id| one.contact.reference == **case_id)
        }) {
            found.push(Value::Object(records::call_information(world, &one)));
        }
    }
    Ok(HandlerReply::Payload(json!({"list": found})))
}

pub(crate) fn number_recordings(world: &mut World, call: &Call<'_>) -> Handled {
    let number = call.text(&["callee"]).unwrap_or_default();
    let instance = find(world, call)?;
    let recordings =
        instance.tasks.iter().flat_map(|(task, _)| records::recordings(world, *task, Some(&number)));
    Ok(HandlerReply::Recordings(recordings.collect()))
}

pub(crate) fn find_ids(world: &mut World, call: &Call<'_>) -> Handled {
    let wanted = Wanted::of(call);
    if wanted.is_empty() {
        return Err(call.fail("case_id", Problem::Missing, "one of case_id and callee is needed"));
    }
    let from = call.text(&["start_time"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MIN);
    let to = call.text(&["end_time"]).and_then(|text| read_moment(&text)).unwrap_or(Moment::MAX);
    let mut found = Vec::new();
    for (_, instance) in world.instances.iter().filter(|(_, instance)| (from..=to).contains(&instance.made)) {
        for member in instance.members.iter().filter(|member| wanted.is(member)) {
            let mut entry = instance.head();
            entry.insert("case_id".to_owned(), member.case_id.clone().into());
            entry.insert("callee".to_owned(), member.number.clone().into());
            found.push(Value::Object(entry));
        }
    }
    Ok(HandlerReply::Payload(json!({"list": found})))
}

pub(crate) fn waba_tasks(world: &mut World, call: &Call<'_>) -> Handled {
    let instance = find(world, call)?;
    Ok(HandlerReply::Payload(json!({"list": [{
        "waba_task_id": instance.waba_task,
        "nodetask_id": instance.waba_node,
        "nodetask_name": WABA_NODE,
        "status": instance.state.text(),
    }]})))
}

pub(crate) fn waba_task_detail(world: &mut World, call: &Call<'_>) -> Handled {
    let id = call.text(&["waba_task_id"]).unwrap_or_default();
    let instance =
        world.instances.iter().map(|(_, instance)| instance).find(|instance| instance.waba_task == id);
    let Some(instance) = instance else {
        return Err(call.fail("waba_task_id", Problem::Unknown, "there is no such WABA task"));
    };
    let entry = |member: &Member| {
        let (status, time) = member.message.as_ref()?;
        Some(json!({
            "wfdetail_uuid": member.id,
            "callee": member.number,
            "case_id": member.case_id,
            "status": status,
            "timestamp": time / SECOND,
        }))
    };
    let messages: Vec<Value> = instance.members.iter().filter_map(entry).collect();
    Ok(HandlerReply::Payload(json!({"waba_task_id": id, "workflow_id": instance.id, "detail": messages})))
}

pub(crate) fn verify_node_data(world: &mut World, call: &Call<'_>) -> Handled {
    let wanted = Wanted::of(call);
    let node = call.text(&["node_id"]).unwrap_or_default();
    let genuine = find(world, call).is_ok_and(|instance| {
        instance.api_node == node
            && instance.members.iter().filter(|member| wanted.is(member)).any(|member| member.pushed)
    });
    Ok(HandlerReply::Payload(json!({"valid": genuine})))
}

fn find<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Instance, Failure> {
    let id = call.text(&["workflow_id"]).unwrap_or_default();
    world.instances.find(&id).ok_or_else(|| unknown(call))
}

fn find_running(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let id = call.text(&["workflow_id"]).unwrap_or_default();
    let serial = world.instances.serial(&id).ok_or_else(|| unknown(call))?;
    match world.instances.get(serial).map(|instance| instance.state) {
        Some(InstanceState::Running) => Ok(serial),
        Some(InstanceState::Finished | InstanceState::Stopped) | None => {
            Err(call.fail("workflow_id", Problem::Refused, "the workflow has ended"))
        }
    }
}

fn unknown(call: &Call<'_>) -> Failure {
    call.fail("workflow_id", Problem::Unknown, "there is no such workflow")
}
