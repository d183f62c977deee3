//! Idempotency keys, and what they stand for.

use std::collections::{HashMap, VecDeque};

use airudder_client::catalogue::{Endpoint, FieldPlace};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// How many keys are kept; then the oldest go.
const CAPACITY: usize = 100_000;

/// What a key belongs to: an endpoint, and what stands in its path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Scope(String);

impl Scope {
    /// `None` without a key.
    pub(crate) fn of(endpoint: &Endpoint, input: &Value, key: Option<&str>) -> Option<Self> {
        let mut scope = endpoint.key.to_owned();
        let in_path = |wire: &str| endpoint.path.is_some_and(|path| path.contains(&format!("{{{wire}}}")));
        for field in endpoint.request {
            if field.place == FieldPlace::Path || in_path(field.wire) {
                scope.push_str(&format!(" {}", input.get(field.wire).unwrap_or(&Value::Null)));
            }
        }
        Some(Self(format!("{scope} {}", key?)))
    }
}

/// What a key stands for.
#[derive(Debug, Serialize, Deserialize)]
struct Bound {
    /// The request; the order of its keys says nothing.
    input: Value,
    /// The id of what it has made.
    made: String,
}

/// All keys that were used. What was refused leaves its key free.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "Vec<(Scope, Bound)>")]
pub(crate) struct Keys {
    bound: HashMap<Scope, Bound>,
    /// Oldest first.
    order: VecDeque<Scope>,
}

impl Serialize for Keys {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.order.iter().filter_map(|scope| Some((scope, self.bound.get(scope)?))))
    }
}

impl From<Vec<(Scope, Bound)>> for Keys {
    fn from(entries: Vec<(Scope, Bound)>) -> Self {
        let order = entries.iter().map(|(scope, _)| scope.clone()).collect();
        Self { bound: entries.into_iter().collect(), order }
    }
}

impl Keys {
    /// What the same request has made before; an error if the key stands for another one.
    pub(crate) fn find(&self, scope: &Scope, input: &Value) -> Result<Option<String>, ()> {
        match self.bound.get(scope) {
            None => Ok(None),
            Some(bound) if bound.input == *input => Ok(Some(bound.made.clone())),
            Some(_) => Err(()),
        }
    }

    pub(crate) fn bind(&mut self, scope: Scope, input: &Value, made: String) {
        if self.order.len() >= CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.bound.remove(&oldest);
        }
        self.order.push_back(scope.clone());
        self.bound.insert(scope, Bound { input: input.clone(), made });
    }
}
