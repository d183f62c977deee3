//! The body of a webhook: nothing panics, the bytes are kept, and what is JSON is a message.
//!
//! The first byte says to which webhook's URL it came.

use airudder_client::catalogue::WEBHOOKS;
use airudder_client::webhook::{self, Event, Message};
use serde_json::Value;

/// Reads the input in every way.
pub fn run(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let key = WEBHOOKS.get(usize::from(*first)).map_or("fuzz.unknown", |webhook| webhook.key);
    let is_json = serde_json::from_slice::<Value>(body).is_ok();
    let of_key = webhook::read(key, body);
    let of_any = webhook::read_any(body);
    assert_eq!(of_key.is_ok(), of_any.is_ok(), "whether it is JSON does not depend on the key");
    assert!(of_key.is_ok() || !is_json, "JSON is a message, known or not");
    for message in [of_key, of_any].into_iter().flatten() {
        check(&message, body);
    }
    match webhook::parse(key, body) {
        Ok(event) => check_event(&event),
        Err(error) => _ = format!("{error} {error:?}"),
    }
}

fn check(message: &Message, body: &[u8]) {
    assert_eq!(message.raw, body);
    assert!(!message.events.is_empty());
    message.events.iter().for_each(check_event);
    let _ = format!("{message:?}");
}

fn check_event(event: &Event) {
    let json = event.to_json();
    assert_eq!(event.identity(), event.identity());
    let _ = (event.happened(), format!("{event:?}"));
    let again = webhook::parse(event.key(), json.to_string().as_bytes());
    let _ = again.map(|again| (again.identity(), again.happened()));
}
