//! Workflows. The one flow that the simulator knows is made up: everybody is called; who is reached comes to a custom API
//! node, who is not gets a WhatsApp message. What the spec knows of the answers is kept to, the rest is made up too.

use serde_json::{Map, Value, json};

use super::clock::{Moment, SECOND, instant, read_moment};
use super::dialling::{Contact, Order, Owner, Task};
use super::names;
use super::reply::Failure;
use super::shelf::{Identified, Serial};
use super::tasks;
use super::world::{Appointment, Call, Event, Outcome, Told, World};
use crate::catalogue::Problem;

const CALL_NODE: &str = "Call";
const WABA_NODE: &str = "WABA Template1";
const API_NODE: &str = "Custom API";

#[derive(Debug)]
pub(super) struct Instance {
    id: String,
    name: String,
    template: i64,
    section: &'static str,
    made: Moment,
    must_end: Option<Appointment>,
    state: State,
    call_node: String,
    waba_node: String,
    waba_task: String,
    api_node: String,
    members: Vec<Member>,
    /// One task for each batch of contacts, with the place of its first contact among the members.
    tasks: Vec<(Serial, usize)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Finished,
    Stopped,
}

/// A contact on its way.
#[derive(Debug)]
struct Member {
    id: String,
    number: String,
    case_id: Option<String>,
    variables: Value,
    columns: Map<String, Value>,
    stage: Stage,
    /// The calling task.
    task: Option<Serial>,
    pushed: bool,
    message: Option<(&'static str, Moment)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Calling,
    Messaging,
    Done,
    Cancelled,
}

/// What happens to a WhatsApp message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WabaStep {
    Sent,
    Delivered,
    Read,
    /// The conversation that followed is over.
    Ended,
}

impl Identified for Instance {
    fn id(&self) -> &str {
        &self.id
    }
}

impl State {
    fn text(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        }
    }
}

impl Stage {
    fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

impl Instance {
    /// The head of every webhook.
    fn head(&self) -> Map<String, Value> {
        Map::from_iter([
            ("workflow_id".to_owned(), self.id.clone().into()),
            ("workflow_name".to_owned(), self.name.clone().into()),
        ])
    }
}

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

pub(super) fn templates(_: &mut World, _: &Call<'_>) -> Outcome {
    let template =
        |id: i64| json!({"workflow_template_id": id, "workflow_template_name": format!("template {id}")});
    Ok(Told::Payload(json!([template(2), template(1)])))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let ends = call.text(&["end_time"]).and_then(|text| read_moment(&text));
    let ends = ends.filter(|end| *end > world.now && !world.rules.ignore_schedule);
    let serial = world.instances.next_serial();
    let id = world.new_id();
    let instance = Instance {
        id: id.clone(),
        name: call.text(&["name", "workflow_name"]).unwrap_or_default(),
        template: call.integer(&["workflow_template_id"]).unwrap_or_default(),
        section: call.endpoint.section,
        made: world.now,
        must_end: ends.map(|end| world.agenda.at(end, Event::InstanceMustEnd(serial))),
        state: State::Running,
        call_node: world.new_id(),
        waba_node: world.new_id(),
        waba_task: world.new_id(),
        api_node: world.new_id(),
        members: Vec::new(),
        tasks: Vec::new(),
    };
    if let Some(appointment) = world.instances.put(instance).and_then(|gone| gone.must_end) {
        world.agenda.cancel(appointment);
    }
    world.tell_workflow(serial);
    world.enroll(serial, call.list(&["details"]));
    Ok(Told::Payload(json!({"workflow_id": id})))
}

pub(super) fn add_contacts(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find_running(world, call)?;
    let details = call.list(&["details"]);
    world.enroll(serial, details);
    Ok(Told::Payload(json!({"workflow_id": call.text(&["workflow_id"]), "count": details.len()})))
}

pub(super) fn update_contacts(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find_running(world, call)?;
    let mut updated = 0;
    for row in call.list(&["details"]).iter().filter_map(Value::as_object) {
        let wanted =
            Wanted { number: names::text(row, &["callee"]), case_id: names::text(row, &["case_id"]) };
        let Some(instance) = world.instances.get_mut(serial) else { break };
        for member in instance.members.iter_mut().filter(|member| wanted.is(member)) {
            member.variables = names::get(row, "variables").cloned().unwrap_or_default();
            updated += 1;
        }
    }
    Ok(Told::Payload(json!({"workflow_id": call.text(&["workflow_id"]), "count": updated})))
}

pub(super) fn cancel_contact(world: &mut World, call: &Call<'_>) -> Outcome {
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
    Ok(Told::Payload(json!({"workflow_id": call.text(&["workflow_id"])})))
}

pub(super) fn stop(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find_running(world, call)?;
    world.end_instance(serial, State::Stopped);
    Ok(Told::Payload(json!({"workflow_id": call.text(&["workflow_id"])})))
}

pub(super) fn list(world: &mut World, _: &Call<'_>) -> Outcome {
    let entry = |(_, instance): (Serial, &Instance)| {
        let mut entry = instance.head();
        entry.insert("workflow_template_id".to_owned(), instance.template.into());
        entry.insert("status".to_owned(), instance.state.text().into());
        entry.insert("create_time".to_owned(), instant(instance.made).into());
        Value::Object(entry)
    };
    let list: Vec<Value> = world.instances.iter().rev().map(entry).collect();
    Ok(Told::Payload(json!({"total": list.len(), "list": list})))
}

pub(super) fn subtasks(world: &mut World, call: &Call<'_>) -> Outcome {
    let instance = find(world, call)?;
    Ok(Told::Payload(json!({"list": world.nodes(instance)})))
}

pub(super) fn call_tasks(world: &mut World, call: &Call<'_>) -> Outcome {
    let instance = find(world, call)?;
    let entry = |(task, _): &(Serial, usize)| {
        let task = world.tasks.get(*task)?;
        Some(json!({
            "task_id": task.id,
            "task_name": task.name,
            "task_status": tasks::task_status(task.state),
            "nodetask_id": instance.call_node,
            "nodetask_name": CALL_NODE,
        }))
    };
    Ok(Told::Payload(json!({"list": instance.tasks.iter().filter_map(entry).collect::<Vec<_>>()})))
}

pub(super) fn call_task_detail(world: &mut World, call: &Call<'_>) -> Outcome {
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
    detail.insert("Status".to_owned(), tasks::task_status(task.state).into());
    Ok(Told::Payload(Value::Object(detail)))
}

/// The keys that a workflow adds to the records of its calls.
fn node_keys(instance: Option<&Instance>) -> Map<String, Value> {
    let Some(instance) = instance else { return Map::new() };
    let mut keys = instance.head();
    keys.insert("nodetask_id".to_owned(), instance.call_node.clone().into());
    keys.insert("nodetask_name".to_owned(), CALL_NODE.into());
    keys
}

pub(super) fn find_calls(world: &mut World, call: &Call<'_>) -> Outcome {
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
            found.push(Value::Object(tasks::call_information(world, &one)));
        }
    }
    Ok(Told::Payload(json!({"list": found})))
}

pub(super) fn number_recordings(world: &mut World, call: &Call<'_>) -> Outcome {
    let number = call.text(&["callee"]).unwrap_or_default();
    let instance = find(world, call)?;
    let recordings =
        instance.tasks.iter().flat_map(|(task, _)| tasks::recordings(world, *task, Some(&number)));
    Ok(Told::Recordings(recordings.collect()))
}

pub(super) fn find_ids(world: &mut World, call: &Call<'_>) -> Outcome {
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
    Ok(Told::Payload(json!({"list": found})))
}

pub(super) fn waba_tasks(world: &mut World, call: &Call<'_>) -> Outcome {
    let instance = find(world, call)?;
    Ok(Told::Payload(json!({"list": [{
        "waba_task_id": instance.waba_task,
        "nodetask_id": instance.waba_node,
        "nodetask_name": WABA_NODE,
        "status": instance.state.text(),
    }]})))
}

pub(super) fn waba_task_detail(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.text(&["waba_task_id"]).unwrap_or_default();
    let instance =
        world.instances.iter().map(|(_, instance)| instance).find(|instance| instance.waba_task == id);
    let Some(instance) = instance else {
        return Err(call.fail("waba_task_id", Problem::Unknown, "there is no such WABA task"));
    };
    let entry = |member: &Member| {
        let (status, time) = member.message?;
        Some(json!({
            "wfdetail_uuid": member.id,
            "callee": member.number,
            "case_id": member.case_id,
            "status": status,
            "timestamp": time / SECOND,
        }))
    };
    let messages: Vec<Value> = instance.members.iter().filter_map(entry).collect();
    Ok(Told::Payload(json!({"waba_task_id": id, "workflow_id": instance.id, "detail": messages})))
}

pub(super) fn verify_node_data(world: &mut World, call: &Call<'_>) -> Outcome {
    let wanted = Wanted::of(call);
    let node = call.text(&["node_id"]).unwrap_or_default();
    let genuine = find(world, call).is_ok_and(|instance| {
        instance.api_node == node
            && instance.members.iter().filter(|member| wanted.is(member)).any(|member| member.pushed)
    });
    Ok(Told::Payload(json!({"valid": genuine})))
}

fn find<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Instance, Failure> {
    let id = call.text(&["workflow_id"]).unwrap_or_default();
    world.instances.find(&id).ok_or_else(|| unknown(call))
}

fn find_running(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let id = call.text(&["workflow_id"]).unwrap_or_default();
    let serial = world.instances.serial(&id).ok_or_else(|| unknown(call))?;
    match world.instances.get(serial).map(|instance| instance.state) {
        Some(State::Running) => Ok(serial),
        _ => Err(call.fail("workflow_id", Problem::Refused, "the workflow has ended")),
    }
}

fn unknown(call: &Call<'_>) -> Failure {
    call.fail("workflow_id", Problem::Unknown, "there is no such workflow")
}

impl World {
    /// Takes contacts into a workflow and calls them.
    fn enroll(&mut self, serial: Serial, details: &[Value]) {
        let mut members = Vec::with_capacity(details.len());
        for row in details.iter().filter_map(Value::as_object) {
            let known =
                |key: &String| ["callee", "case_id", "variables"].iter().any(|known| names::same(key, known));
            members.push(Member {
                id: self.new_id(),
                number: names::text(row, &["callee"]).unwrap_or_default(),
                case_id: names::text(row, &["case_id"]),
                variables: names::get(row, "variables").cloned().unwrap_or_default(),
                columns: row
                    .iter()
                    .filter(|(key, _)| !known(key))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect(),
                stage: Stage::Calling,
                task: None,
                pushed: false,
                message: None,
            });
        }
        if members.is_empty() {
            return;
        }
        let task = self.tasks.next_serial();
        let Some(instance) = self.instances.get_mut(serial) else { return };
        let contact = |member: &Member| Contact::new(member.number.clone(), member.case_id.clone().into());
        let order = Order {
            name: format!("{} {}", instance.name, instance.tasks.len() + 1),
            section: instance.section,
            owner: Owner::Instance(serial),
            robot: format!("robot of template {}", instance.template),
            starts: self.now,
            ends: None,
            repeats: 1,
            interval: 60 * SECOND,
            contacts: members.iter().map(contact).collect(),
        };
        instance.tasks.push((task, instance.members.len()));
        for mut member in members {
            member.task = Some(task);
            instance.members.push(member);
        }
        self.order(order);
    }

    /// The calls to a contact are over: on to the next node.
    pub(super) fn contact_called(&mut self, serial: Serial, task_serial: Serial, index: usize) {
        let Some(task) = self.tasks.get(task_serial) else { return };
        let Some(contact) = task.contacts.get(index) else { return };
        let reached = contact.is_reached();
        if let Some(instance) = self.instances.get(serial).filter(|_| self.post.wanted()) {
            let mut record = self.workflow_record(serial, task, contact);
            record.insert("TaskID".to_owned(), task.id.clone().into());
            self.post.tell(instance.section, "call_finished", Value::Object(record), None);
        }
        let Some(instance) = self.instances.get_mut(serial) else { return };
        let first = instance.tasks.iter().find(|(task, _)| *task == task_serial).map(|(_, first)| *first);
        let Some(place) = first.map(|first| first + index) else { return };
        let Some(member) = instance.members.get_mut(place) else { return };
        if member.stage != Stage::Calling {
            return;
        }
        if !reached {
            member.stage = Stage::Messaging;
            self.agenda.at(self.now, Event::Waba { instance: serial, contact: place, step: WabaStep::Sent });
            return;
        }
        member.pushed = true;
        member.stage = Stage::Done;
        self.tell_node_data(serial, place);
        self.tell_list_finished(serial, place);
        self.finish_instance_if_done(serial);
    }

    pub(super) fn waba_goes_on(&mut self, serial: Serial, place: usize, step: WabaStep) {
        let now = self.now;
        let Some(instance) = self.instances.get_mut(serial) else { return };
        let Some(member) = instance.members.get_mut(place).filter(|member| member.stage == Stage::Messaging)
        else {
            return;
        };
        let (status, next) = match step {
            WabaStep::Sent => ("send", Some((2 * SECOND, WabaStep::Delivered))),
            WabaStep::Delivered => ("delivery", Some((10 * SECOND, WabaStep::Read))),
            WabaStep::Read => ("read", Some((20 * SECOND, WabaStep::Ended))),
            WabaStep::Ended => ("read", None),
        };
        member.message = Some((status, now));
        if let Some((after, step)) = next {
            self.agenda.at(now.saturating_add(after), Event::Waba { instance: serial, contact: place, step });
            self.tell_waba_status(serial, place, status);
            return;
        }
        member.stage = Stage::Done;
        self.tell_session_ended(serial, place);
        self.tell_list_finished(serial, place);
        self.finish_instance_if_done(serial);
    }

    pub(super) fn instance_must_end(&mut self, serial: Serial) {
        if let Some(instance) = self.instances.get_mut(serial) {
            instance.must_end = None;
        }
        self.end_instance(serial, State::Finished);
    }

    fn finish_instance_if_done(&mut self, serial: Serial) {
        // With an end that is still to come, further contacts may be added until then.
        let done = self.instances.get(serial).is_some_and(|instance| {
            instance.must_end.is_none() && instance.members.iter().all(|member| member.stage.is_over())
        });
        if done {
            self.end_instance(serial, State::Finished);
        }
    }

    fn end_instance(&mut self, serial: Serial, state: State) {
        let running = self.instances.get_mut(serial).filter(|instance| instance.state == State::Running);
        let Some(instance) = running else { return };
        instance.state = state;
        for member in instance.members.iter_mut().filter(|member| !member.stage.is_over()) {
            member.stage = Stage::Cancelled;
        }
        if let Some(appointment) = instance.must_end.take() {
            self.agenda.cancel(appointment);
        }
        for (task, _) in instance.tasks.clone() {
            self.stop_task(task);
        }
        self.tell_workflow(serial);
    }

    fn nodes(&self, instance: &Instance) -> Vec<Value> {
        let last = instance.tasks.last().and_then(|(task, _)| self.tasks.get(*task));
        let mut call =
            json!({"nodetask_id": instance.call_node, "nodetask_name": CALL_NODE, "node_type": "call"});
        if let Some(task) = last {
            call["task_id"] = task.id.clone().into();
            call["task_status"] = tasks::task_status(task.state).into();
        }
        vec![
            call,
            json!({"nodetask_id": instance.api_node, "nodetask_name": API_NODE, "node_type": "api"}),
            json!({"nodetask_id": instance.waba_node, "nodetask_name": WABA_NODE, "node_type": "waba"}),
        ]
    }

    /// The record of a call, with the keys that a workflow adds.
    fn workflow_record(&self, instance: Serial, task: &Task, contact: &Contact) -> Map<String, Value> {
        let mut record = tasks::record(self, task, contact);
        record.append(&mut node_keys(self.instances.get(instance)));
        record.insert("case_id".to_owned(), contact.reference.clone());
        record
    }

    fn tell_workflow(&self, serial: Serial) {
        let Some(instance) = self.instances.get(serial) else { return };
        let mut payload = instance.head();
        payload.insert("status".to_owned(), instance.state.text().into());
        payload.insert("actions".to_owned(), self.nodes(instance).into());
        self.post.tell(instance.section, "status_changed", Value::Object(payload), None);
    }

    fn tell_node_data(&self, serial: Serial, place: usize) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut callee = member.columns.clone();
        callee.insert("case_id".to_owned(), member.case_id.clone().into());
        callee.insert("callee_number".to_owned(), member.number.clone().into());
        let mut payload = instance.head();
        payload.insert("node_id".to_owned(), instance.api_node.clone().into());
        payload.insert("node_name".to_owned(), API_NODE.into());
        payload.insert("callee".to_owned(), callee.into());
        self.post.tell(instance.section, "node_data_pushed", Value::Object(payload), None);
    }

    fn tell_list_finished(&self, serial: Serial, place: usize) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut rows = self.nodes(instance);
        // The second node is for those reached, the third for the others.
        rows.remove(if member.pushed { 2 } else { 1 });
        if let (Some(call), Some(task)) =
            (rows.first_mut(), member.task.and_then(|task| self.tasks.get(task)))
        {
            call["task_id"] = task.id.clone().into();
        }
        let mut payload = instance.head();
        payload.insert("case_id".to_owned(), member.case_id.clone().into());
        payload.insert("callee_number".to_owned(), member.number.clone().into());
        payload.insert("rows".to_owned(), rows.into());
        self.post.tell(instance.section, "list_finished", Value::Object(payload), None);
    }

    fn waba_head(&self, instance: &Instance, member: &Member) -> Map<String, Value> {
        let mut payload = instance.head();
        for (key, value) in [
            ("nodetask_id", instance.waba_node.as_str()),
            ("nodetask_name", WABA_NODE),
            ("waba_task_id", &instance.waba_task),
            ("wfdetail_uuid", &member.id),
            ("callee", &member.number),
        ] {
            payload.insert(key.to_owned(), value.into());
        }
        payload.insert("timestamp".to_owned(), (self.now / SECOND).into());
        payload
    }

    fn tell_waba_status(&self, serial: Serial, place: usize, status: &str) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut payload = self.waba_head(instance, member);
        payload.insert("status".to_owned(), status.into());
        self.post.tell(instance.section, "waba_message_status_changed", Value::Object(payload), None);
    }

    fn tell_session_ended(&self, serial: Serial, place: usize) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut payload = self.waba_head(instance, member);
        let began = self.now - 30 * SECOND;
        let talk = json!({
            "channel": "WhatsApp",
            "channel_id": "620000000000",
            "call_id": member.id,
            "robot_id": "1000",
            "status": "closed",
            "session_start_time": instant(began),
            "session_end_time": instant(self.now),
            "session_end_reason": "robot",
            "intention": "E",
            "talk_round": 1,
            "ner_slots": {},
            "event_label": {},
            "variables": if member.variables.is_object() { member.variables.clone() } else { json!({}) },
            "messages": [
                {"msg_id": format!("{}-1", member.id), "sender_type": "chatbot", "timestamp": began / SECOND, "status": "read",
                 "content": {"type": "template", "template": {"type": "WhatsApp", "content": {"body": "Hello"}}}},
                {"msg_id": format!("{}-2", member.id), "sender_type": "user", "timestamp": self.now / SECOND, "status": "read",
                 "content": {"type": "button", "text": "no"}},
            ],
        });
        if let Value::Object(mut talk) = talk {
            payload.append(&mut talk);
        }
        self.post.tell(instance.section, "chatbot_session_ended", Value::Object(payload), None);
    }
}
