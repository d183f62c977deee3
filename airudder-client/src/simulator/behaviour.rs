//! Which endpoints have a memory. All others answer from the spec's samples.

use super::world::{Call, Outcome, World};
use super::{chats, dialer, others, plans, tasks, workflows};
use crate::catalogue::Endpoint;

pub(super) type Behaviour = fn(&mut World, &Call<'_>) -> Outcome;

const BEHAVIOURS: &[(&str, Behaviour)] = &[
    ("collection.create_task", tasks::create),
    ("collection.list_tasks", tasks::list),
    ("collection.stop_task", tasks::stop),
    ("collection.cancel_call", tasks::cancel_call),
    ("collection.get_task_detail", tasks::detail),
    ("collection.get_call_recording", tasks::recording),
    ("collection.get_task_recordings", tasks::task_recordings),
    ("collection.list_robots", tasks::robots),
    ("collection.get_call_by_id", tasks::call_by_id),
    ("collection.list_strategies", plans::strategies),
    ("collection.create_plan", plans::create),
    ("collection.get_plan_status", plans::status),
    ("collection.list_plan_rounds", plans::rounds),
    ("collection.cancel_plan_call", plans::cancel_call),
    ("collection.list_plan_number_recordings", plans::number_recordings),
    ("workflow.list_templates", workflows::templates),
    ("workflow.create_instance", workflows::create),
    ("workflow.add_contacts", workflows::add_contacts),
    ("workflow.update_contacts", workflows::update_contacts),
    ("workflow.cancel_contact", workflows::cancel_contact),
    ("workflow.stop_instance", workflows::stop),
    ("workflow.list_instances", workflows::list),
    ("workflow.list_subtasks", workflows::subtasks),
    ("workflow.list_call_tasks", workflows::call_tasks),
    ("workflow.get_call_task_detail", workflows::call_task_detail),
    ("workflow.find_calls", workflows::find_calls),
    ("workflow.get_call_by_id", tasks::call_by_id),
    ("workflow.list_number_recordings", workflows::number_recordings),
    ("workflow.find_workflow_ids", workflows::find_ids),
    ("workflow.list_waba_tasks", workflows::waba_tasks),
    ("workflow.get_waba_task_detail", workflows::waba_task_detail),
    ("workflow.verify_node_data", workflows::verify_node_data),
    ("predictive_dialer.create_task", dialer::create),
    ("predictive_dialer.copy_task", dialer::copy),
    ("predictive_dialer.list_tasks", dialer::list),
    ("predictive_dialer.list_call_results", dialer::results),
    ("predictive_dialer.cancel_contacts", dialer::cancel),
    ("predictive_dialer.get_call_recording", dialer::recording),
    ("chatbot.huawei_send_user_message", chats::huawei_user_message),
    ("chatbot.huawei_report_transfer_result", chats::transfer_result),
    ("chatbot.bot_send_user_message", chats::bot_user_message),
    ("chatbot.report_transfer_result", chats::transfer_result),
    ("chatbot.send_message", chats::send_message),
    ("chatbot.send_single_template_message", chats::send_template),
    ("chatbot.list_messages", chats::list_messages),
    ("chatbot.list_sessions", chats::list_sessions),
    ("chatbot.end_session", chats::end_session),
    ("chatbot.mark_message_read", chats::mark_read),
    ("sms.send_message", others::send_sms),
    ("number_detection.check_numbers", others::check_numbers),
];

/// The behaviour of an endpoint: its own, that of its namesake in the section that it was derived from, or that of the
/// endpoint that it was derived from.
pub(super) fn of(endpoint: &Endpoint) -> Option<Behaviour> {
    let find =
        |key: &str| BEHAVIOURS.iter().find(|(known, _)| *known == key).map(|(_, behaviour)| *behaviour);
    let (section, _) = endpoint.root.split_once('.')?;
    let (_, name) = endpoint.key.split_once('.')?;
    find(endpoint.key).or_else(|| find(&format!("{section}.{name}"))).or_else(|| find(endpoint.root))
}

/// The endpoints with a behaviour of their own.
#[cfg(test)]
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    BEHAVIOURS.iter().map(|(key, _)| *key)
}
