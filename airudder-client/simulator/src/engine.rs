//! What changes the world by the rules: transitions of tasks, plans, workflows and conversations.

mod agent_calls;
mod chats;
mod dialer_events;
mod dialing;
mod dispatch;
pub(crate) mod plans;
pub(crate) mod records;
mod reports;
pub(crate) mod workflows;
