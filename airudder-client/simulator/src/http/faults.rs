//! Faults on demand.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use airudder_client::catalogue::Endpoint;

/// Something that goes wrong with the next requests, see [`Simulator::inject`](crate::Simulator::inject).
///
/// Except where said otherwise, a request that meets a fault has no effect: nothing is created, nobody is
/// called.
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
    /// The tokens of the endpoint's family expire, and the answer is that of an expired token. Endpoints that
    /// take no token answer HTTP 401.
    ExpiredToken,
    /// HTTP 200 with an envelope that has this code.
    WrongCode(i64),
    /// A refusal with this code, for families whose codes are words; the HTTP status is the one that the
    /// spec's table has for it.
    WrongWord(String),
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

/// A text that names no fault, see the [`FromStr`] of [`Fault`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidFault(String);

impl fmt::Display for InvalidFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = "503, status-503, retry-after-429-5, delay-500, reset, reset-after-effect, \
                     truncated, html, empty, huge-1000000, expired-token, code-10101, \
                     word-internal_error";
        write!(f, "`{}` is not a kind of fault; there are: {kinds}", self.0)
    }
}

impl std::error::Error for InvalidFault {}

/// Reads a fault as the program takes it: a word, and numbers where there are any, in any case and with any
/// signs between them. Delays are in milliseconds, times to wait in seconds.
impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, InvalidFault> {
        let invalid = || InvalidFault(text.to_owned());
        if let Some(word) = text.strip_prefix("word-").filter(|word| !word.is_empty()) {
            return Ok(Self::WrongWord(word.to_owned()));
        }
        let word: String =
            text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
        let numbers: Vec<u64> = text
            .split(|c: char| !c.is_ascii_digit())
            .filter(|digits| !digits.is_empty())
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| invalid())?;
        let status = |number: u64| {
            u16::try_from(number).ok().filter(|status| (100..=599).contains(status)).ok_or_else(invalid)
        };
        match (word.as_str(), numbers.as_slice()) {
            ("" | "status", [number]) => Ok(Self::status(status(*number)?)),
            ("retryafter" | "statusretryafter", [number, seconds]) => {
                Ok(Self::status_retry_after(status(*number)?, Duration::from_secs(*seconds)))
            }
            ("delay" | "delayms", [milliseconds]) => Ok(Self::Delay(Duration::from_millis(*milliseconds))),
            ("reset", []) => Ok(Self::Reset),
            ("resetaftereffect", []) => Ok(Self::ResetAfterEffect),
            ("truncated", []) => Ok(Self::Truncated),
            ("html", []) => Ok(Self::Html),
            ("empty", []) => Ok(Self::Empty),
            ("huge", [bytes]) => Ok(Self::Huge(*bytes)),
            ("expiredtoken", []) => Ok(Self::ExpiredToken),
            ("code" | "wrongcode", [code]) => {
                Ok(Self::WrongCode(i64::try_from(*code).map_err(|_| invalid())?))
            }
            _ => Err(invalid()),
        }
    }
}

/// The faults that wait for a request.
#[derive(Debug, Default)]
pub(crate) struct Faults {
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
    pub(crate) fn add(&mut self, key: &str, fault: Fault, times: usize) {
        if times > 0 {
            let key = (key != "*").then(|| key.to_owned());
            self.waiting.push_back(Waiting { key, fault, times });
        }
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// The fault that meets a request that may be for any of these endpoints.
    pub(crate) fn meet(&mut self, candidates: &[&'static Endpoint]) -> Option<Fault> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_in_many_spellings() {
        for (text, fault) in [
            ("503", Fault::status(503)),
            ("status-503", Fault::status(503)),
            ("Status503", Fault::status(503)),
            ("retry-after-429-5", Fault::status_retry_after(429, Duration::from_secs(5))),
            ("delay-500", Fault::Delay(Duration::from_millis(500))),
            ("ResetAfterEffect", Fault::ResetAfterEffect),
            ("reset_after_effect", Fault::ResetAfterEffect),
            ("expired-token", Fault::ExpiredToken),
            ("code-10101", Fault::WrongCode(10101)),
            ("huge-9", Fault::Huge(9)),
            ("word-not_found", Fault::WrongWord("not_found".to_owned())),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
        for text in
            ["", "nonsense", "99", "status", "status-1-2", "reset-3", "delay", "code-99999999999999999999"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }
}
