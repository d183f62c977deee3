//! A request on its way to the part that answers it, and what that part answers with.

use std::sync::Arc;

use airudder_client::catalogue::{Endpoint, Problem};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

use crate::endpoints::failure::Failure;
use crate::loose_json;
use crate::state::recording::Recording;

/// A request that is in order by the spec.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) input: &'a Map<String, Value>,
    /// What the same call has made before, by its idempotency key: the id, empty where it made nothing that
    /// has one.
    pub(crate) replay: Option<String>,
}

impl Call<'_> {
    /// The text of the first of these fields that is there.
    pub(crate) fn text(&self, keys: &[&str]) -> Option<String> {
        loose_json::text(self.input, keys)
    }

    pub(crate) fn integer(&self, keys: &[&str]) -> Option<i64> {
        loose_json::integer(self.input, keys)
    }

    pub(crate) fn list(&self, keys: &[&str]) -> &[Value] {
        loose_json::list(self.input, keys)
    }

    /// Whether the endpoint's request has a field of this name.
    pub(crate) fn knows(&self, wire: &str) -> bool {
        self.endpoint.request.iter().any(|field| loose_json::same(field.wire, wire))
    }

    /// A failure with the code of this field for that problem.
    pub(crate) fn fail(&self, wire: &str, problem: Problem, message: &str) -> Failure {
        Failure::field(self.endpoint, wire, problem, message)
    }
}

/// What a stateful part answers with.
#[derive(Debug)]
pub(crate) enum HandlerReply {
    /// A payload, still to be put into the form of the spec.
    Payload(Value),
    /// A payload as it is, with its HTTP status and headers.
    Made {
        /// The id of what was made, for repeats of the call.
        id: String,
        payload: Value,
        status: StatusCode,
        headers: Vec<(HeaderName, HeaderValue)>,
    },
    /// What somebody has set: a payload, or a whole body.
    Canned(Arc<Value>),
    /// The answer of the spec's sample.
    Sample,
    /// The recording of one call.
    Recording(Recording),
    /// Several recordings.
    Recordings(Vec<Recording>),
}

impl HandlerReply {
    /// The id of what was made.
    pub(crate) fn made(&self) -> String {
        match self {
            Self::Made { id, .. } => id.clone(),
            Self::Payload(_) | Self::Canned(_) | Self::Sample | Self::Recording(_) | Self::Recordings(_) => {
                String::new()
            }
        }
    }
}

pub(crate) type Handled = Result<HandlerReply, Failure>;
