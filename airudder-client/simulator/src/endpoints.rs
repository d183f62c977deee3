//! What endpoints with a memory do. All others answer from the spec's samples.

pub(crate) mod call;
mod calle;
mod chatbot;
pub(crate) mod failure;
mod number_detection;
mod plans;
mod predictive_dialer;
mod sms;
mod tasks;
mod workflows;

use airudder_client::catalogue::Endpoint;

use self::call::{Call, Handled};
use crate::world::World;

pub(crate) type Handler = fn(&mut World, &Call<'_>) -> Handled;

const HANDLERS: &[(&str, Handler)] = &[
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
    ("predictive_dialer.create_task", predictive_dialer::create),
    ("predictive_dialer.copy_task", predictive_dialer::copy),
    ("predictive_dialer.list_tasks", predictive_dialer::list),
    ("predictive_dialer.list_call_results", predictive_dialer::results),
    ("predictive_dialer.cancel_contacts", predictive_dialer::cancel),
    ("predictive_dialer.get_call_recording", predictive_dialer::recording),
    ("chatbot.huawei_send_user_message", chatbot::huawei_user_message),
    ("chatbot.huawei_report_transfer_result", chatbot::transfer_result),
    ("chatbot.bot_send_user_message", chatbot::bot_user_message),
    ("chatbot.report_transfer_result", chatbot::transfer_result),
    ("chatbot.send_message", chatbot::send_message),
    ("chatbot.send_single_template_message", chatbot::send_template),
    ("chatbot.list_messages", chatbot::list_messages),
    ("chatbot.list_sessions", chatbot::list_sessions),
    ("chatbot.end_session", chatbot::end_session),
    ("chatbot.mark_message_read", chatbot::mark_read),
    ("calle.create_call", calle::create),
    ("calle.get_call", calle::get),
    ("calle.cancel_call", calle::cancel),
    ("calle.list_call_events", calle::events),
    ("calle.list_goals", calle::goals),
    ("calle.get_goal", calle::goal),
    ("calle.create_goal_run", calle::create_run),
    ("calle.get_goal_run", calle::get_run),
    ("calle.enroll_contacts", calle::enroll),
    ("sms.send_message", sms::send),
    ("number_detection.check_numbers", number_detection::check_numbers),
];

/// The handler of an endpoint: its own, that of its namesake in the section that it was derived from, or that
/// of the endpoint that it was derived from.
pub(crate) fn handler(endpoint: &Endpoint) -> Option<Handler> {
    let find = |key: &str| HANDLERS.iter().find(|(known, _)| *known == key).map(|(_, handler)| *handler);
    let (section, _) = endpoint.root.split_once('.')?;
    let (_, name) = endpoint.key.split_once('.')?;
    find(endpoint.key).or_else(|| find(&format!("{section}.{name}"))).or_else(|| find(endpoint.root))
}

#[cfg(test)]
mod tests {
    use airudder_client::catalogue::ENDPOINTS;

    use super::*;

    fn endpoint(key: &str) -> &'static Endpoint {
        ENDPOINTS.iter().find(|endpoint| endpoint.key == key).unwrap_or_else(|| panic!("no endpoint {key}"))
    }

    #[test]
    fn every_handler_has_its_endpoint() {
        assert!(HANDLERS.iter().all(|(key, _)| endpoint(key).key == *key));
        for key in [
            "telemarketing.create_plan",
            "info_check.stop_plan_task",
            "leads_generation.create_instance",
            "didi.create_task",
        ] {
            assert!(handler(endpoint(key)).is_some(), "{key}");
        }
        assert!(handler(endpoint("auth.get_token")).is_none());
    }
}
