//! What was asked and answered.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use crate::catalogue::Endpoint;

/// How many entries are kept.
const ROOM: usize = 10_000;

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

#[derive(Debug, Default)]
pub(super) struct Ledger {
    log: VecDeque<Logged>,
    counts: HashMap<&'static str, usize>,
    auth: usize,
    last: HashMap<&'static str, Arc<Value>>,
    deliveries: VecDeque<Delivery>,
    /// Links to recordings that were fetched with a token.
    pub(super) leaked_tokens: usize,
}

impl Ledger {
    /// A request has come that fits these endpoints (which share a path) equally well.
    pub(super) fn came(
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

    pub(super) fn answered(&mut self, entry: Logged) {
        push_bounded(&mut self.log, entry);
    }

    pub(super) fn delivered(&mut self, delivery: Delivery) {
        push_bounded(&mut self.deliveries, delivery);
    }

    pub(super) fn requests(&self, key: &str) -> usize {
        self.counts.get(key).copied().unwrap_or_default()
    }

    pub(super) fn auth_requests(&self) -> usize {
        self.auth
    }

    pub(super) fn last_request(&self, key: &str) -> Option<Value> {
        self.last.get(key).map(|input| Value::clone(input))
    }

    pub(super) fn log(&self) -> Vec<Logged> {
        self.log.iter().cloned().collect()
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.iter().cloned().collect()
    }
}

fn push_bounded<T>(queue: &mut VecDeque<T>, entry: T) {
    if queue.len() == ROOM {
        queue.pop_front();
    }
    queue.push_back(entry);
}
