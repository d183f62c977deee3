//! The simulator over real HTTP.

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
