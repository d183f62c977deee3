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
];

/// The behaviour of an endpoint: its own, that of its namesake in the section that it was derived from, or that of the
/// endpoint that it was derived from.
pub(super) fn of(endpoint: &Endpoint) -> Option<Behaviour> {
    let find = |key: &str| BEHAVIOURS.iter().find(|(known, _)| *known == key).map(|(_, behaviour)| *behaviour);
    let (section, _) = endpoint.root.split_once('.')?;
    let (_, name) = endpoint.key.split_once('.')?;
    find(endpoint.key).or_else(|| find(&format!("{section}.{name}"))).or_else(|| find(endpoint.root))
}
