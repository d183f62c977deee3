//! What the simulator keeps: data, and what can be read off it. What changes it by the rules is in `engine`.

pub(crate) mod agenda;
pub(crate) mod agent_call;
pub(crate) mod bounded_store;
pub(crate) mod chat;
pub(crate) mod keys;
pub(crate) mod outcome;
pub(crate) mod plan;
pub(crate) mod recording;
pub(crate) mod task;
pub(crate) mod token;
pub(crate) mod workflow;
