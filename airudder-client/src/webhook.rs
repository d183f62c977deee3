//! Messages that the vendor sends to a URL of yours.
//!
//! [`parse`] turns the body of a push into an [`Event`]: one variant per webhook of the spec, with its typed
//! struct, and `Unknown`, which keeps the raw JSON, for all that the spec does not know. The vendor does not
//! say in a message which webhook it is, so it is told apart by the URL: register one per webhook and pass
//! its key (`predictive_dialer.task_status_changed`).
//!
//! What the vendor's pages and public receivers teach (api-50406436, api-50408764):
//! - Answer with HTTP 200 and a small JSON object at once, also for what you do not need, and work
//!   afterwards. The predictive dialer tries again a minute after any other answer, five tries at most.
//! - Messages come twice and out of order. Where there is a call id, a state and a timestamp, take them as
//!   the key, and apply only what is newer.
//! - Right after a call its record may be incomplete (final hang-up reason, start time): ask for it a little
//!   later.
//! - Most webhooks carry no signature. Put a secret into the URL's path or filter by address;
//!   `X-AIRudder-Sign` is sent with few of them, and how it is made is not public. If the vendor tells you,
//!   check the bytes of the body before they are parsed, and compare in constant time.
//! - Do not trust them alone: read the results of finished tasks again, and add what is missing.
//!
//! A receiver (with axum here; any HTTP server will do) that answers first, and a worker that applies what is
//! newer:
//!
//! ```
//! use std::collections::HashMap;
//! use airudder_client::{jiff::Timestamp, webhook::{self, Event}};
//! use axum::{Router, body::Bytes, extract::{Path, State}, http::StatusCode, routing::post};
//! use tokio::{net::TcpListener, sync::mpsc};
//!
//! async fn receive(State(queue): State<mpsc::Sender<Event>>, Path(key): Path<String>, body: Bytes) -> (StatusCode, &'static str) {
//!     let Ok(event) = webhook::parse(&key, &body) else { return (StatusCode::BAD_REQUEST, "{}") };
//!     match queue.try_send(event) {
//!         Ok(()) => (StatusCode::OK, r#"{"status": "success"}"#),
//!         Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "{}"), // it may come again
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What must not be lost belongs into a table, and not into the memory of a process.
//! let (queue, mut events) = mpsc::channel(10_000);
//! let receiver = Router::new().route("/a-secret/{key}", post(receive)).with_state(queue);
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! # let simulator = airudder_client::simulator::Simulator::start().await?;
//! # simulator.deliver_to(format!("http://{}/a-secret/{{key}}", listener.local_addr()?));
//! tokio::spawn(async move { axum::serve(listener, receiver).await });
//! # for timestamp in [2, 2, 1, 3] {
//! #     let event = serde_json::json!({"body": {"callid": "7", "state": "HANGUP", "timestamp": timestamp}});
//! #     assert_eq!(simulator.deliver("predictive_dialer.contact_status_changed", event).await?, 200);
//! # }
//! # let (mut came, mut applied) = (0, 0);
//!
//! let mut newest: HashMap<_, Timestamp> = HashMap::new();
//! while let Some(event) = events.recv().await {
//!     # came += 1;
//!     if let Event::PredictiveDialerContactStatusChanged(push) = event
//!         && let Some(call) = push.body
//!         && let (Some(id), Some(at)) = (call.callid, call.timestamp)
//!         && newest.get(&id).is_none_or(|seen| at > *seen)
//!     {
//!         println!("call {id}: {:?}", call.state);
//!         newest.insert(id, at);
//!         # applied += 1;
//!     }
//!     # if came == 4 { break; }
//! }
//! # assert_eq!(applied, 2);
//! # Ok(()) }
//! ```

use bytes::Bytes;

use crate::catalogue::Family;
use crate::catalogue::{Effect, Webhook};
use crate::error::{Context, Error, decode_error};
use crate::wire::{self, Codec};

/// Reads the body of a webhook with this codec. For generated code.
#[doc(hidden)]
pub fn __decode<C: Codec>(webhook: &'static Webhook, body: &[u8]) -> Result<C::Value, Error> {
    wire::decode::<C>(body).map_err(|error| unreadable(webhook.key, webhook.family, error, body))
}

/// Reads the body of a webhook that the spec does not know, as it is. For generated code.
#[doc(hidden)]
pub fn __decode_unknown(key: &str, body: &[u8]) -> Result<serde_json::Value, Error> {
    wire::decode::<wire::Json>(body).map_err(|error| unreadable(key, Family::Cloud, error, body))
}

fn unreadable(key: &str, family: Family, error: wire::DecodeError, body: &[u8]) -> Error {
    // The vendor has sent it; nothing is to be repeated from here.
    let context = Context::new(key.to_owned(), family, Effect::Changes);
    decode_error(&context, None, error.path, error.problem, Bytes::copy_from_slice(body))
}

/// A message as JSON again. For generated code.
#[doc(hidden)]
pub fn __encode<T: serde::Serialize>(event: &T) -> serde_json::Value {
    serde_json::to_value(event).unwrap_or_default()
}

airudder_macros::webhooks!("spec");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_an_unknown_message() {
        let event = parse("nobody.knows", br#"{"callee":"+447700900123","name":"Jane Doe"}"#).unwrap();
        let shown = format!("{event:?}");
        assert!(shown.contains("nobody.knows"), "{shown}");
        assert!(!shown.contains("7700") && !shown.contains("Jane"), "{shown}");
    }
}
