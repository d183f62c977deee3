//! How contacts go through a workflow. The one flow that the simulator knows is made up: everybody is called;
//! who is reached comes to a custom API node, who is not gets a WhatsApp message.

use serde_json::{Map, Value, json};

use crate::clock::{SECOND, instant};
use crate::engine::records;
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::task::{Contact, NewTask, Owner, Task};
use crate::state::workflow::{Instance, InstanceState, Member, Stage, WabaStep};
use crate::world::{Event, World};

pub(crate) const CALL_NODE: &str = "Call";
pub(crate) const WABA_NODE: &str = "WABA Template1";
const API_NODE: &str = "Custom API";

impl World {
    /// Takes contacts into a workflow and calls them.
    pub(crate) fn enroll(&mut self, serial: Serial, details: &[Value]) {
        let mut members = Vec::with_capacity(details.len());
        for row in details.iter().filter_map(Value::as_object) {
            let known = |key: &String| {
                ["callee", "case_id", "variables"].iter().any(|known| loose_json::same(key, known))
            };
            members.push(Member {
                id: self.new_id(),
                number: loose_json::text(row, &["callee"]).unwrap_or_default(),
                case_id: loose_json::text(row, &["case_id"]),
                variables: loose_json::get(row, "variables").cloned().unwrap_or_default(),
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
        let batch = NewTask {
            name: format!("{} {}", instance.name, instance.tasks.len() + 1),
            section: instance.section.clone(),
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
        self.create_task(batch);
    }

    /// The calls to a contact are over: on to the next node.
    pub(crate) fn contact_called(&mut self, serial: Serial, task_serial: Serial, index: usize) {
        let Some(task) = self.tasks.get(task_serial) else { return };
        let Some(contact) = task.contacts.get(index) else { return };
        let reached = contact.is_reached();
        if let Some(instance) = self.instances.get(serial).filter(|_| self.outbox.wanted()) {
            let mut record = self.workflow_record(serial, task, contact);
            record.insert("TaskID".to_owned(), task.id.clone().into());
            self.outbox.report(&instance.section, "call_finished", Value::Object(record), None);
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
        self.report_node_data(serial, place);
        self.report_list_finished(serial, place);
        self.finish_instance_if_done(serial);
    }

    pub(crate) fn advance_waba(&mut self, serial: Serial, place: usize, step: WabaStep) {
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
        member.message = Some((status.into(), now));
        if let Some((after, step)) = next {
            self.agenda.at(now.saturating_add(after), Event::Waba { instance: serial, contact: place, step });
            self.report_waba_status(serial, place, status);
            return;
        }
        member.stage = Stage::Done;
        self.report_session_ended(serial, place);
        self.report_list_finished(serial, place);
        self.finish_instance_if_done(serial);
    }

    pub(crate) fn instance_must_end(&mut self, serial: Serial) {
        if let Some(instance) = self.instances.get_mut(serial) {
            instance.must_end = None;
        }
        self.end_instance(serial, InstanceState::Finished);
    }

    pub(crate) fn finish_instance_if_done(&mut self, serial: Serial) {
        // With an end that is still to come, further contacts may be added until then.
        let done = self.instances.get(serial).is_some_and(|instance| {
            instance.must_end.is_none() && instance.members.iter().all(|member| member.stage.is_over())
        });
        if done {
            self.end_instance(serial, InstanceState::Finished);
        }
    }

    pub(crate) fn end_instance(&mut self, serial: Serial, state: InstanceState) {
        let running =
            self.instances.get_mut(serial).filter(|instance| instance.state == InstanceState::Running);
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
        self.report_workflow(serial);
    }

    pub(crate) fn nodes(&self, instance: &Instance) -> Vec<Value> {
        let last = instance.tasks.last().and_then(|(task, _)| self.tasks.get(*task));
        let mut call =
            json!({"nodetask_id": instance.call_node, "nodetask_name": CALL_NODE, "node_type": "call"});
        if let Some(task) = last {
            call["task_id"] = task.id.clone().into();
            call["task_status"] = records::task_status(task.state).into();
        }
        vec![
            call,
            json!({"nodetask_id": instance.api_node, "nodetask_name": API_NODE, "node_type": "api"}),
            json!({"nodetask_id": instance.waba_node, "nodetask_name": WABA_NODE, "node_type": "waba"}),
        ]
    }

    /// The record of a call, with the keys that a workflow adds.
    pub(crate) fn workflow_record(
        &self,
        instance: Serial,
        task: &Task,
        contact: &Contact,
    ) -> Map<String, Value> {
        let mut record = records::record(self, task, contact);
        record.append(&mut node_keys(self.instances.get(instance)));
        record.insert("case_id".to_owned(), contact.reference.clone());
        record
    }

    pub(crate) fn report_workflow(&self, serial: Serial) {
        let Some(instance) = self.instances.get(serial) else { return };
        let mut payload = instance.head();
        payload.insert("status".to_owned(), instance.state.text().into());
        payload.insert("actions".to_owned(), self.nodes(instance).into());
        self.outbox.report(&instance.section, "status_changed", Value::Object(payload), None);
    }

    fn report_node_data(&self, serial: Serial, place: usize) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut callee = member.columns.clone();
        callee.insert("case_id".to_owned(), member.case_id.clone().into());
        callee.insert("callee_number".to_owned(), member.number.clone().into());
        let mut payload = instance.head();
        payload.insert("node_id".to_owned(), instance.api_node.clone().into());
        payload.insert("node_name".to_owned(), API_NODE.into());
        payload.insert("callee".to_owned(), callee.into());
        self.outbox.report(&instance.section, "node_data_pushed", Value::Object(payload), None);
    }

    fn report_list_finished(&self, serial: Serial, place: usize) {
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
        self.outbox.report(&instance.section, "list_finished", Value::Object(payload), None);
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

    fn report_waba_status(&self, serial: Serial, place: usize, status: &str) {
        let Some(instance) = self.instances.get(serial) else { return };
        let Some(member) = instance.members.get(place) else { return };
        let mut payload = self.waba_head(instance, member);
        payload.insert("status".to_owned(), status.into());
        self.outbox.report(&instance.section, "waba_message_status_changed", Value::Object(payload), None);
    }

    fn report_session_ended(&self, serial: Serial, place: usize) {
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
                {"msg_id": format!("{}-1", member.id), "sender_type": "chatbot",
                "timestamp": began / SECOND, "status": "read",
                 "content": {"type": "template", "template": {"type": "WhatsApp",
                 "content": {"body": "Hello"}}}},
                {"msg_id": format!("{}-2", member.id), "sender_type": "user",
                "timestamp": self.now / SECOND, "status": "read",
                 "content": {"type": "button", "text": "no"}},
            ],
        });
        if let Value::Object(mut talk) = talk {
            payload.append(&mut talk);
        }
        self.outbox.report(&instance.section, "chatbot_session_ended", Value::Object(payload), None);
    }
}

/// The keys that a workflow adds to the records of its calls.
pub(crate) fn node_keys(instance: Option<&Instance>) -> Map<String, Value> {
    let Some(instance) = instance else { return Map::new() };
    let mut keys = instance.head();
    keys.insert("nodetask_id".to_owned(), instance.call_node.clone().into());
    keys.insert("nodetask_name".to_owned(), CALL_NODE.into());
    keys
}
