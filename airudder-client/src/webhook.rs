//! Messages that the vendor sends to a URL of yours.
//!
//! [`read`] turns the body of a push into a [`Message`]: its bytes, and the [`Event`]s in it, each with its
//! typed struct, or `Unknown`, which keeps the raw JSON, for all that the spec does not know. Most messages
//! do not say which webhook they are of, so that is told by the URL: register one per webhook and pass its
//! key (`predictive_dialer.task_status_changed`). For a URL that several share, [`read_any`] tells them
//! apart, by keys that only one of them has or by what fits best: of twins with the same keys (webhooks that
//! were derived from one another) it takes the one that the others come from. [`parse`] is for a body that
//! holds exactly one message in the form of the spec.
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
//! With the cargo feature `axum` there is a receiver that does all this: [`receive`](../receive/index.html),
//! and a chapter on it, [receiving results](../guides/receiving/index.html). Any other HTTP server will do as
//! well. Here is what it takes at least: a handler that answers first, and a worker that applies each message
//! once and only what is newer:
//!
//! ```
//! use std::collections::{HashMap, HashSet};
//! use airudder_client::{jiff::Timestamp, webhook::{self, Event, Message}};
//! use axum::{Router, body::Bytes, extract::{Path, State}, http::StatusCode, routing::post};
//! use tokio::{net::TcpListener, sync::mpsc};
//!
//! async fn receive(
//!     State(queue): State<mpsc::Sender<Message>>,
//!     Path(key): Path<String>,
//!     body: Bytes,
//! ) -> (StatusCode, &'static str) {
//!     let Ok(message) = webhook::read(&key, &body) else {
//!         return (StatusCode::BAD_REQUEST, "{}"); // no JSON
//!     };
//!     match queue.try_send(message) {
//!         Ok(()) => (StatusCode::OK, r#"{"status": "success"}"#),
//!         Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "{}"), // it may come again
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // What must not be lost belongs into a table, with the bytes of each message, and not into the memory of
//! // a process.
//! let (queue, mut messages) = mpsc::channel(10_000);
//! let receiver = Router::new().route("/a-secret/{key}", post(receive)).with_state(queue);
//! let listener = TcpListener::bind("127.0.0.1:0").await?;
//! # let simulator = airudder_simulator::Simulator::start().await?;
//! # simulator.deliver_to(format!("http://{}/a-secret/{{key}}", listener.local_addr()?));
//! tokio::spawn(async move { axum::serve(listener, receiver).await });
//! # for timestamp in [2, 2, 1, 3] {
//! #     let event = serde_json::json!({"body": {"callid": "7", "state": "HANGUP", "timestamp": timestamp}});
//! #     assert_eq!(simulator.deliver("predictive_dialer.contact_status_changed", event).await?, 200);
//! # }
//! # let (mut came, mut applied) = (0, 0);
//!
//! let mut seen = HashSet::new();
//! let mut newest: HashMap<_, Timestamp> = HashMap::new();
//! while let Some(message) = messages.recv().await {
//!     # came += 1;
//!     for event in message.events {
//!         if !seen.insert(event.identity()) {
//!             continue; // a copy
//!         }
//!         let at = event.happened();
//!         if let Event::PredictiveDialerContactStatusChanged(push) = event
//!             && let Some(call) = push.body
//!             && let (Some(id), Some(at)) = (call.callid, at)
//!             && newest.get(&id).is_none_or(|seen| at > *seen)
//!         {
//!             println!("call {id}: {:?}", call.state);
//!             newest.insert(id, at);
//!             # applied += 1;
//!         }
//!     }
//!     # if came == 4 { break; }
//! }
//! # assert_eq!(applied, 2);
//! # Ok(()) }
//! ```

mod shape;

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use crate::catalogue::Family;
use crate::catalogue::{Effect, Webhook, WebhookHeader};
use crate::encryption::digest;
use crate::error::{Context, Error, decode_error};
use crate::wire::{self, Codec, Instant, loosely_equal, repair};

/// What came to a URL: the bytes, and the messages in them. What reads it keeps the bytes for the day on
/// which it turns out that the messages were read wrongly.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Message<E = Event> {
    /// The whole body, as it came.
    pub raw: Bytes,
    /// The messages in it: mostly one. Never none.
    pub events: Vec<E>,
}

/// Shows the length of the raw body only: it holds personal data.
impl<E: fmt::Debug> fmt::Debug for Message<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("raw_len", &self.raw.len()).field("events", &self.events).finish()
    }
}

/// The messages of one set of webhooks: [`Event`], or the `Event` that [`api!`](crate::api!) makes of a
/// section of yours. For code that works with either.
pub trait AnyEvent: Sized + Send + Sync + 'static {
    /// The webhook's key, such as `collection.task_finished`.
    fn key(&self) -> &str;
    /// The webhook, as data; `None` for an unknown message.
    fn webhook(&self) -> Option<&'static Webhook>;
    /// A text that this message has in common with its copies and with no other.
    fn identity(&self) -> String;
    /// When it happened, where the message says so.
    fn happened(&self) -> Option<Timestamp>;
    /// The message as JSON again, in wire names.
    fn to_json(&self) -> Value;
    #[doc(hidden)]
    fn __reader() -> &'static __Reader<Self>;
}

/// What can be read from the body of a webhook by its type alone: the struct of one webhook, such as
/// [`collection::CallFinished`](../collection/struct.CallFinished.html), or an `Event` of several.
pub trait FromMessage: Sized + Send + 'static {
    /// The set of webhooks that these belong to.
    type Event: AnyEvent;
    /// What each message is read as.
    type Item: Send + 'static;
    /// The webhooks that are read as this. Several may share a struct.
    fn webhooks() -> Vec<&'static Webhook>;
    /// Reads a body: one message or a list of them, also within `data`, `body` and the like.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] for what is not JSON and, where this is a struct, for a body with a message of
    /// another form: nothing is left out. An `Event` takes all JSON.
    fn read(body: &[u8]) -> Result<Message<Self::Item>, Error>;
}

/// A message of a webhook as its struct, and what it takes to apply it once. It dereferences to the struct.
#[derive(Clone)]
#[non_exhaustive]
pub struct Typed<T> {
    /// The webhook: of several that share the struct, the one that it fits best.
    pub webhook: &'static Webhook,
    /// A text that this message has in common with its copies and with no other; see [`Event::identity`].
    pub identity: String,
    /// When it happened, where the message says so; see [`Event::happened`].
    pub happened: Option<Timestamp>,
    /// The message.
    pub data: T,
}

impl<T> Deref for Typed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: fmt::Debug> fmt::Debug for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed")
            .field("webhook", &self.webhook.key)
            .field("happened", &self.happened)
            .field("data", &self.data)
            .finish_non_exhaustive()
    }
}

/// What reading the events of one set of webhooks needs. For generated code.
#[doc(hidden)]
pub struct __Reader<E> {
    pub webhooks: &'static [&'static Webhook],
    pub parse: fn(&str, &[u8]) -> Result<E, Error>,
    pub unknown: fn(String, Value) -> E,
}

impl<E> __Reader<E> {
    /// Reads a body. `key`: of the webhook that it came to; `None`: of whichever it fits.
    pub fn read(&self, key: Option<&str>, body: &[u8]) -> Result<Message<E>, Error> {
        let of_key: Vec<&'static Webhook> = self
            .webhooks
            .iter()
            .copied()
            .filter(|webhook| key.is_none_or(|key| webhook.key == key))
            .collect();
        self.read_of(key, &of_key, key.is_some(), body)
    }

    /// Reads a body that is of one of these webhooks. `named`: it is known to be, so that a weak fit will do.
    pub(crate) fn read_of(
        &self,
        key: Option<&str>,
        webhooks: &[&'static Webhook],
        named: bool,
        body: &[u8],
    ) -> Result<Message<E>, Error> {
        let text = json_text(key.unwrap_or("webhook"), body)?;
        let found = shape::find(&text, webhooks, named);
        let events = found.into_iter().map(|found| self.event(key, found)).collect();
        Ok(Message { raw: Bytes::copy_from_slice(body), events })
    }

    /// Reads a body whose messages are all of these webhooks, as their struct.
    pub fn read_typed<T>(
        &self,
        webhooks: &[&'static Webhook],
        body: &[u8],
        data: fn(E) -> Result<T, E>,
    ) -> Result<Message<Typed<T>>, Error>
    where
        E: AnyEvent,
    {
        let key = webhooks.first().map_or("webhook", |webhook| webhook.key);
        let message = self.read_of(None, webhooks, true, body)?;
        let typed = message.events.into_iter().map(|event| {
            let (webhook, identity, happened) = (event.webhook(), event.identity(), event.happened());
            match (webhook, data(event)) {
                (Some(webhook), Ok(data)) => Ok(Typed { webhook, identity, happened, data }),
                _ => {
                    let problem = "a message in it is of another form".to_owned();
                    Err(unreadable(
                        key,
                        Family::Cloud,
                        wire::DecodeError { path: String::new(), problem },
                        body,
                    ))
                }
            }
        });
        Ok(Message { raw: message.raw, events: typed.collect::<Result<_, _>>()? })
    }

    fn event(&self, key: Option<&str>, found: shape::Found<'_>) -> E {
        let parsed = found.webhook.and_then(|webhook| (self.parse)(webhook.key, found.text.as_bytes()).ok());
        parsed.unwrap_or_else(|| {
            let key = key.or(found.webhook.map(|webhook| webhook.key)).unwrap_or_default();
            let raw = wire::decode::<wire::Json>(found.text.as_bytes());
            (self.unknown)(key.to_owned(), raw.unwrap_or_else(|_| Value::from(found.text.as_ref())))
        })
    }
}

/// The headers that repeat values of the messages in a body, each with its value, as the message has it; the
/// body is known to be JSON. A message of no known form is held to the header that all of these webhooks
/// have.
#[cfg_attr(not(feature = "axum"), expect(dead_code, reason = "the receiver checks them"))]
pub(crate) fn repeated(
    webhooks: &[&'static Webhook],
    named: bool,
    body: &[u8],
) -> Vec<(WebhookHeader, Option<String>)> {
    let Ok(text) = json_text("webhook", body) else { return Vec::new() };
    let first = webhooks.first().and_then(|webhook| webhook.header);
    let of_all = first.filter(|_| named && webhooks.iter().all(|webhook| webhook.header == first));
    let of_message = |found: shape::Found<'_>| {
        let header = found.webhook.map_or(of_all, |webhook| webhook.header)?;
        let message: Value = serde_json::from_str(&found.text).unwrap_or_default();
        let value = value_at(&message, header.key).and_then(|value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        });
        Some((header, value))
    };
    shape::find(&text, webhooks, named).into_iter().filter_map(of_message).collect()
}

/// The body as text that is JSON.
fn json_text(key: &str, body: &[u8]) -> Result<String, Error> {
    let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let error = wire::decode::<wire::Json>(json).err();
    let text = match (std::str::from_utf8(json), repair::repaired(json)) {
        (_, Some(repaired)) => repaired,
        (Ok(text), None) => text.to_owned(),
        (Err(_), None) => String::new(),
    };
    match error {
        None => Ok(text.trim().to_owned()),
        Some(error) => Err(unreadable(key, Family::Cloud, error, body)),
    }
}

/// Reads the body of a webhook with this codec. For generated code.
#[doc(hidden)]
pub fn __decode<C: Codec>(webhook: &'static Webhook, body: &[u8]) -> Result<C::Value, Error> {
    let read = must_be_object(body).and_then(|()| wire::decode::<C>(body));
    read.map_err(|error| unreadable(webhook.key, webhook.family, error, body))
}

/// Reads the body of a webhook that the spec does not know, as it is. For generated code.
#[doc(hidden)]
pub fn __decode_unknown(key: &str, body: &[u8]) -> Result<Value, Error> {
    let read = must_be_object(body).and_then(|()| wire::decode::<wire::Json>(body));
    read.map_err(|error| unreadable(key, Family::Cloud, error, body))
}

/// Read as a struct, nothing at all would be an event with nothing in it.
fn must_be_object(body: &[u8]) -> Result<(), wire::DecodeError> {
    let json = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii_start();
    match json.first() {
        Some(b'{') => Ok(()),
        _ => {
            let problem = "it is not a JSON object".to_owned();
            Err(wire::DecodeError { path: String::new(), problem })
        }
    }
}

fn unreadable(key: &str, family: Family, error: wire::DecodeError, body: &[u8]) -> Error {
    // The vendor has sent it; nothing is to be repeated from here.
    let context = Context::new(key.to_owned(), family, Effect::Changes);
    decode_error(&context, None, error.path, error.problem, Bytes::copy_from_slice(body))
}

/// A message as JSON again. For generated code.
#[doc(hidden)]
pub fn __encode<T: serde::Serialize>(event: &T) -> Value {
    serde_json::to_value(event).unwrap_or_default()
}

/// What a message has in common with its copies, and with no other. For generated code.
#[doc(hidden)]
pub fn __identity(key: &str, webhook: Option<&'static Webhook>, json: &Value) -> String {
    let places = webhook.map_or(&[][..], |webhook| webhook.identity);
    let values: Vec<&Value> = places.iter().filter_map(|place| value_at(json, place)).collect();
    // Where one is missing the others say too little.
    let text = match !places.is_empty() && values.len() == places.len() {
        true => serde_json::to_vec(&values),
        false => serde_json::to_vec(json),
    };
    format!("{key}:{}", digest(&text.unwrap_or_default()))
}

/// When what a message tells has happened. For generated code.
#[doc(hidden)]
pub fn __happened(webhook: Option<&'static Webhook>, json: &Value) -> Option<Timestamp> {
    Instant::read_opt(value_at(json, webhook?.happened?)?).ok().flatten()
}

/// The value at a place; dots lead into objects.
fn value_at<'v>(json: &'v Value, place: &str) -> Option<&'v Value> {
    place
        .split('.')
        .try_fold(json, |value, key| {
            let fields = value.as_object()?;
            fields
                .get(key)
                .or_else(|| fields.iter().find(|(name, _)| loosely_equal(name, key)).map(|(_, value)| value))
        })
        .filter(|value| !value.is_null())
}

airudder_macros::webhooks!("spec");

#[cfg(test)]
mod tests;
