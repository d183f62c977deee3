//! What was asked and answered.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use serde_json::Value;

use crate::fixture::Fixture;

use airudder_client::catalogue::Endpoint;

/// How many entries are kept.
const CAPACITY: usize = 10_000;

/// One request that the simulator has answered. No bodies, no query strings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Logged {
    /// The endpoint; `None` where no endpoint has that method and path.
    pub endpoint: Option<&'static str>,
    /// HTTP method.
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// HTTP status of the answer; 0 where the connection was reset instead.
    pub status: u16,
    /// The envelope's code, where the answer has an envelope.
    pub code: Option<i64>,
}

/// One attempt to deliver a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The webhook.
    pub webhook: &'static str,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// The receiver's HTTP status; `None` where it did not answer.
    pub status: Option<u16>,
}

/// One request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keyed {
    /// The endpoint.
    pub endpoint: &'static str,
    /// The key.
    pub key: String,
    /// A digest of the body's bytes: equal for equal bodies.
    pub digest: u64,
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    keyed: VecDeque<Keyed>,
    log: VecDeque<Logged>,
    counts: HashMap<&'static str, usize>,
    auth: usize,
    last: HashMap<&'static str, Arc<Value>>,
    deliveries: VecDeque<Delivery>,
    /// What is recorded, from when that was asked for.
    recorded: Option<VecDeque<Fixture>>,
    /// Links to recordings that were fetched with a token.
    pub(crate) leaked_tokens: usize,
}

impl RequestLog {
    /// A request has come that fits these endpoints (which share a path) equally well.
    pub(crate) fn received(
        &mut self,
        endpoints: &[&'static Endpoint],
        is_auth: bool,
        input: Option<&Arc<Value>>,
    ) {
        self.auth += usize::from(is_auth);
        for endpoint in endpoints {
            *self.counts.entry(endpoint.key).or_default() += 1;
            if let Some(input) = input {
                self.last.insert(endpoint.key, Arc::clone(input));
            }
        }
    }

    /// A request with an idempotency key has come.
    pub(crate) fn carries_key(&mut self, endpoint: &'static str, key: &str, body: &[u8]) {
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        push_bounded(&mut self.keyed, Keyed { endpoint, key: key.to_owned(), digest: hasher.finish() });
    }

    pub(crate) fn keyed(&self, endpoint: &str) -> Vec<Keyed> {
        self.keyed.iter().filter(|keyed| keyed.endpoint == endpoint).cloned().collect()
    }

    pub(crate) fn answered(&mut self, entry: Logged) {
        push_bounded(&mut self.log, entry);
    }

    /// Records from now on.
    pub(crate) fn record(&mut self) {
        self.recorded.get_or_insert_default();
    }

    /// Keeps a request and its answer, if that was asked for.
    pub(crate) fn recorded(&mut self, fixture: impl FnOnce() -> Fixture) {
        if let Some(recorded) = &mut self.recorded {
            push_bounded(recorded, fixture());
        }
    }

    pub(crate) fn fixtures(&self) -> Vec<Fixture> {
        self.recorded.iter().flatten().cloned().collect()
    }

    pub(crate) fn delivered(&mut self, delivery: Delivery) {
        push_bounded(&mut self.deliveries, delivery);
    }

    pub(crate) fn requests(&self, key: &str) -> usize {
        self.counts.get(key).copied().unwrap_or_default()
    }

    pub(crate) fn auth_requests(&self) -> usize {
        self.auth
    }

    pub(crate) fn last_request(&self, key: &str) -> Option<Value> {
        self.last.get(key).map(|input| Value::clone(input))
    }

    pub(crate) fn log(&self) -> Vec<Logged> {
        self.log.iter().cloned().collect()
    }

    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.iter().cloned().collect()
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, entry: T) {
    if queue.len() == CAPACITY {
        queue.pop_front();
    }
    queue.push_back(entry);
}
