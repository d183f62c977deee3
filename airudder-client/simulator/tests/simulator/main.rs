//! The simulator over real HTTP.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail as tests do")]

mod answers;
mod chatbot;
mod client;
mod common;
mod plans;
mod predictive_dialer;
mod requests;
mod robustness;
mod state_file;
mod tasks;
mod webhooks;
mod workflows;
