//! What is tried again, and when.
//!
//! Nobody's phone rings twice because of this crate: calls that change something are repeated only when nothing of them can have
//! reached the vendor.
//!
//! | what happened                                        | `read`, `idempotent` | `changes`, `calls_people` |
//! |------------------------------------------------------|----------------------|---------------------------|
//! | no connection (refused, DNS, TLS, time-out of it)     | repeated             | repeated                  |
//! | no answer in time                                    | repeated             | final                     |
//! | the connection broke before or within the answer     | repeated             | final                     |
//! | HTTP 429, 502, 503, 504                              | repeated             | final                     |
//! | any other status, any error code, an unreadable answer | final              | final                     |
//!
//! (The one repeat with a new token after HTTP 401 is not counted here: such a call was refused, so it is safe for all.
//! A 401 around a code of success is no such refusal and final.)
//!
//! ```
//! use std::time::Duration;
//! use airudder_client::{Client, RetryPolicy, types::Phone};
//! # use airudder_simulator::{Fault, Simulator};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let builder = Client::builder().credentials(Simulator::APP_KEY, Simulator::APP_SECRET).base_url(simulator.base_url());
//!
//! // let builder = Client::builder().credentials("application key", "application secret");
//! let client = builder.retry(RetryPolicy::default().base_delay(Duration::from_millis(10))).build()?;
//!
//! // The vendor's gateway says 503 twice, and this only reads: nobody notices.
//! # simulator.inject("collection.list_robots", Fault::status(503), 2);
//! client.collection().list_robots().send().await?;
//! # assert_eq!(simulator.requests("collection.list_robots"), 3);
//!
//! // The connection breaks before the answer, and this sends something: look before you send it again.
//! # simulator.inject("sms.send_message", Fault::ResetAfterEffect, 1);
//! let sent = client.sms().send_message().to([Phone::from("+639170000000")]).message("hello").from("ACME").send().await;
//! if let Err(error) = &sent {
//!     assert!(error.may_have_reached_vendor() && !error.is_retryable());
//!     assert_eq!(error.attempts(), 1);
//! }
//! # assert!(sent.is_err());
//! # Ok(()) }
//! ```

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::Instant;

use crate::{catalogue::Effect, error};

/// How often and how fast calls are repeated; see the [module](self) for which.
///
/// Waits grow exponentially and are jittered over their whole length ("full jitter"): before the n-th repeat, a random time between
/// zero and `base_delay * 2^(n-1)`, at most `max_delay`. A `Retry-After` of the server is obeyed instead, as long as it ends
/// within the budget.
///
/// ```
/// use std::time::Duration;
/// use airudder_client::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(8).budget(Duration::from_secs(600));
/// let never = RetryPolicy::none();
/// # assert_eq!((patient.max_attempts, never.max_attempts), (8, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How often a call is sent at most, the first time included. Default: 4.
    pub max_attempts: u32,
    /// The longest wait before the first repeat. Default: 500 ms.
    pub base_delay: Duration,
    /// The longest wait before any repeat. Default: 20 s.
    pub max_delay: Duration,
    /// No repeat is started later than this after the start of the call. Default: 2 minutes.
    pub budget: Duration,
    /// Whether `Retry-After` is obeyed. Default: yes.
    pub respect_retry_after: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            budget: Duration::from_secs(120),
            respect_retry_after: true,
        }
    }
}

impl RetryPolicy {
    /// Never repeats anything.
    pub fn none() -> Self {
        Self { max_attempts: 1, ..Self::default() }
    }

    /// Sets how often a call is sent at most, the first time included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the longest wait before the first repeat.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the longest wait before any repeat.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the time, counted from the start of the call, after which no repeat is started.
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Sets whether `Retry-After` is obeyed.
    pub fn respect_retry_after(mut self, respect: bool) -> Self {
        self.respect_retry_after = respect;
        self
    }

    /// The longest wait before the repeat that follows attempt number `attempt` (from 1).
    fn ceiling(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.checked_pow(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base_delay.saturating_mul(doubled).min(self.max_delay)
    }
}

/// What happened to one attempt, as far as repeating it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing of it was sent.
    NotSent,
    /// It may have arrived, and there is no whole answer.
    NoAnswer,
    /// It was answered with this status.
    Status(u16),
}

/// Whether a call with this effect may be repeated after this outcome.
pub(crate) fn may_repeat(effect: Effect, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => true,
        Outcome::NoAnswer => effect.is_repeatable(),
        Outcome::Status(status) => effect.is_repeatable() && error::is_passing_status(status),
    }
}

/// The attempts of one call: counts them, waits between them and knows when to stop.
#[derive(Debug)]
pub(crate) struct Attempts<'a> {
    policy: &'a RetryPolicy,
    effect: Effect,
    started: Instant,
    made: u32,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy, effect: Effect) -> Self {
        Self { policy, effect, started: Instant::now(), made: 0 }
    }

    /// Counts the attempt that is about to be made; its number, from 1.
    pub(crate) fn next(&mut self) -> u32 {
        self.made += 1;
        self.made
    }

    /// Takes the last attempt out of the count: it was refused for its token, which has nothing to do with the policy.
    pub(crate) fn uncount(&mut self) {
        self.made = self.made.saturating_sub(1);
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    fn wait(&self, outcome: Outcome, retry_after: Option<Duration>) -> Option<Duration> {
        if self.made >= self.policy.max_attempts || !may_repeat(self.effect, outcome) {
            return None;
        }
        let ceiling = self.policy.ceiling(self.made);
        let jittered =
            Duration::try_from_secs_f64(ceiling.as_secs_f64() * fastrand::f64()).unwrap_or(ceiling);
        let wait = match retry_after {
            // Everyone who was told the same time would come back at the same moment: hence the jitter on top.
            Some(asked) if self.policy.respect_retry_after => {
                asked.saturating_add(jittered.min(self.policy.base_delay))
            }
            _ => jittered,
        };
        let end = self.started.elapsed().saturating_add(wait);
        (end <= self.policy.budget).then_some(wait)
    }

    /// Waits until it is time for another attempt. False if there is to be none.
    pub(crate) async fn another(&self, outcome: Outcome, retry_after: Option<Duration>) -> bool {
        match self.wait(outcome, retry_after) {
            Some(wait) => {
                tokio::time::sleep(wait).await;
                true
            }
            None => false,
        }
    }
}

/// The `Retry-After` of an answer: seconds, or a date (then counted from now).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn decision_table() {
        use Outcome::{NoAnswer, NotSent, Status};
        for effect in [Effect::Read, Effect::Idempotent] {
            for outcome in [NotSent, NoAnswer, Status(429), Status(502), Status(503), Status(504)] {
                assert!(may_repeat(effect, outcome), "{effect:?} {outcome:?}");
            }
            for status in [200, 301, 400, 401, 403, 404, 500, 501] {
                assert!(!may_repeat(effect, Status(status)), "{effect:?} {status}");
            }
        }
        for effect in [Effect::Changes, Effect::CallsPeople] {
            assert!(may_repeat(effect, NotSent));
            for outcome in
                [NoAnswer, Status(429), Status(502), Status(503), Status(504), Status(500), Status(200)]
            {
                assert!(!may_repeat(effect, outcome), "{effect:?} {outcome:?}");
            }
        }
    }

    #[test]
    fn waits_grow_up_to_the_maximum() {
        let policy = RetryPolicy::default();
        let ceilings: Vec<u64> =
            [1, 2, 3, 6, 7, 40, u32::MAX].iter().map(|n| policy.ceiling(*n).as_millis() as u64).collect();
        assert_eq!(ceilings, [500, 1000, 2000, 16000, 20000, 20000, 20000]);
    }

    #[test]
    fn attempts_end() {
        let policy = RetryPolicy::default().max_attempts(3);
        let mut attempts = Attempts::new(&policy, Effect::Read);
        assert_eq!(attempts.next(), 1);
        assert!(attempts.wait(Outcome::NoAnswer, None).unwrap() <= policy.base_delay);
        attempts.next();
        assert!(attempts.wait(Outcome::Status(503), None).unwrap() <= 2 * policy.base_delay);
        attempts.next();
        assert_eq!(attempts.wait(Outcome::NoAnswer, None), None, "three are made");
        attempts.uncount();
        assert!(attempts.wait(Outcome::NoAnswer, None).is_some());
    }

    #[test]
    fn retry_after_is_obeyed_within_the_budget() {
        let policy = RetryPolicy::default().budget(Duration::from_secs(10));
        let mut attempts = Attempts::new(&policy, Effect::Read);
        attempts.next();
        let five = Duration::from_secs(5);
        assert!(attempts.wait(Outcome::Status(429), Some(five)).unwrap() >= five);
        for long in [Duration::from_secs(3600), Duration::MAX] {
            assert_eq!(attempts.wait(Outcome::Status(429), Some(long)), None, "would end after the budget");
        }
        let policy = policy.respect_retry_after(false);
        let mut attempts = Attempts::new(&policy, Effect::Read);
        attempts.next();
        assert!(attempts.wait(Outcome::Status(429), Some(Duration::MAX)).unwrap() < five);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let parse = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            retry_after(&headers)
        };
        assert_eq!(parse("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let later = parse("Thu, 31 Dec 2099 23:59:59 GMT").unwrap();
        assert!(later > Duration::from_secs(1_000_000));
        assert_eq!(parse("soon"), None);
        assert_eq!(parse("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
