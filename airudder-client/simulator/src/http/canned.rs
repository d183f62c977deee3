//! Answers that somebody else has set.

use std::collections::HashMap;
use std::sync::Arc;

use airudder_client::catalogue::Endpoint;
use serde_json::Value;

use crate::endpoints::failure::family;

/// The canned answers, by endpoint key.
#[derive(Debug, Default)]
pub(crate) struct Canned {
    answers: HashMap<String, Arc<Value>>,
}

impl Canned {
    pub(crate) fn set(&mut self, key: &str, answer: Value) {
        self.answers.insert(key.to_owned(), Arc::new(answer));
    }

    pub(crate) fn remove(&mut self, key: &str) -> bool {
        self.answers.remove(key).is_some()
    }

    pub(crate) fn clear(&mut self) {
        self.answers.clear();
    }

    pub(crate) fn get(&self, endpoint: &Endpoint) -> Option<Arc<Value>> {
        self.answers.get(endpoint.key).cloned()
    }
}

/// Whether a canned answer comes with the envelope of the endpoint's family: an object with a code, and with
/// a text or a payload beside it.
pub(crate) fn has_envelope(endpoint: &Endpoint, answer: &Value) -> bool {
    let envelope = family(endpoint).envelope;
    envelope.is_some_and(|envelope| {
        answer.get("code").is_some_and(Value::is_i64)
            && envelope.payload.iter().chain(envelope.message).any(|key| answer.get(key).is_some())
    })
}
