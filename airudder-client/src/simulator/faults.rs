//! Faults on demand.

use std::collections::VecDeque;
use std::time::Duration;

use crate::catalogue::Endpoint;

/// Something that goes wrong with the next requests, see [`Simulator::inject`](super::Simulator::inject).
///
/// Except where said otherwise, a request that meets a fault has no effect: nothing is created, nobody is called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request takes effect; its answer is the usual one and comes this much later (in real time).
    Delay(Duration),
    /// The connection is reset before anything is answered.
    Reset,
    /// The request takes effect, and then the connection is reset before anything is answered.
    ResetAfterEffect,
    /// This HTTP status, with a short JSON body that is no envelope.
    Status {
        /// The status.
        status: u16,
        /// Value of the header `Retry-After`, in whole seconds.
        retry_after: Option<Duration>,
    },
    /// The request takes effect; its answer breaks off half-way and the connection is closed.
    Truncated,
    /// HTTP 502 with a page of HTML, as gateways give it.
    Html,
    /// HTTP 200 with no body at all.
    Empty,
    /// HTTP 200 with a body of this many bytes, which is no complete JSON.
    Huge(u64),
    /// The tokens of the endpoint's family expire, and the answer is that of an expired token. Endpoints that take no
    /// token answer HTTP 401.
    ExpiredToken,
    /// HTTP 200 with an envelope that has this code.
    WrongCode(i64),
}

impl Fault {
    /// This HTTP status.
    pub const fn status(status: u16) -> Self {
        Self::Status { status, retry_after: None }
    }

    /// This HTTP status, with the header `Retry-After`.
    pub const fn status_retry_after(status: u16, after: Duration) -> Self {
        Self::Status { status, retry_after: Some(after) }
    }
}

/// The faults that wait for a request.
#[derive(Debug, Default)]
pub(super) struct Faults {
    waiting: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    /// `None`: any request.
    key: Option<String>,
    fault: Fault,
    times: usize,
}

impl Faults {
    pub(super) fn add(&mut self, key: &str, fault: Fault, times: usize) {
        if times > 0 {
            let key = (key != "*").then(|| key.to_owned());
            self.waiting.push_back(Waiting { key, fault, times });
        }
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The fault that meets a request that may be for any of these endpoints.
    pub(super) fn meet(&mut self, candidates: &[&'static Endpoint]) -> Option<Fault> {
        let meets = |waiting: &Waiting| match &waiting.key {
            None => true,
            Some(key) => candidates.iter().any(|endpoint| endpoint.key == key),
        };
        let at = self.waiting.iter().position(meets)?;
        let waiting = self.waiting.get_mut(at)?;
        let fault = waiting.fault.clone();
        waiting.times -= 1;
        if waiting.times == 0 {
            self.waiting.remove(at);
        }
        Some(fault)
    }
}
