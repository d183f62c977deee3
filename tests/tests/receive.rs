//! Receiving webhooks: over real connections, with senders of all kinds.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "receive/composing.rs"]
mod composing;
#[path = "receive/curl.rs"]
mod curl;
#[path = "receive/senders.rs"]
mod senders;
#[path = "receive/storing.rs"]
mod storing;
#[path = "receive/support.rs"]
mod support;
#[path = "receive/ways.rs"]
mod ways;
