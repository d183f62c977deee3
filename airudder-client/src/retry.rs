//! What is tried again, and when.
//!
//! Nobody's phone rings twice because of this crate: calls that change something are repeated only when
//! nothing of them can have reached the vendor.
//!
//! | what happened | `read`, `idempotent` | `changes`, `calls_people` | the same with an idempotency key |
//! |---|---|---|---|
//! | no connection (refused, DNS, TLS, its time-out) | repeated | repeated | repeated |
//! | no answer in time | repeated | final | repeated, same key and bytes |
//! | the connection broke before or within the answer | repeated | final | repeated, same key and bytes |
//! | HTTP 429, 502, 503, 504 (or the family's [`transient_statuses`]) | repeated | final | repeated, same key and bytes |
//! | HTTP 2xx, and the answer is cut off (see below) | final | final | repeated, same key and bytes |
//! | any other status, an error code, a whole answer that cannot be read | final | final | final |
//! | a refusal of a family without an envelope, with a code of its table | repeated if the code is transient | final | repeated if the code is transient |
//!
//! [`transient_statuses`]: crate::catalogue::FamilyInfo::transient_statuses
//! [`max_response_bytes`]: crate::ClientBuilder::max_response_bytes
//!
//! An answer is cut off where it is empty and one is due, ends within its JSON, breaks off within its
//! compression, or has no end (it is longer than [`max_response_bytes`]). Such an answer is a lost one: of a
//! call that carries a key nothing else tells what has become of it, and asking again makes no second one.
//! What only reads is not asked again for it: that answer stays [`Error::Decode`].
//!
//! **Idempotency keys.** Some endpoints take a key by which the vendor knows a call that it has carried out
//! ([`Endpoint::idempotency`](crate::catalogue::Endpoint::idempotency)): sent again with the same content, it
//! is answered and not done a second time. Their requests always carry one. It lives in the request *value*:
//! made when the value is sent first (or asked for it, or cloned), the same for every attempt and every
//! further `execute` of the value and its clones, so that however often you send it, it is done once. What is
//! built anew gets another key, and is another call. After a crash of your program only a key of your own
//! helps, one made from your own records and kept before the call is made: `.idempotency_key("order-42")`.
//! Another content under a used key is refused with
//! [`is_idempotency_conflict`](crate::Error::is_idempotency_conflict).
//!
//! (The one repeat with a new token after HTTP 401 is not counted here: such a call was refused, so it is
//! safe for all. A call that changes something is repeated only where the answer can be nothing but a
//! refusal: it is empty, a page or plain text, or has a code other than success. Any other 401 is final for
//! it.)
//!
//! What an idempotent call is told after a repeat is told as it came. Was the answer to the first attempt
//! lost, the vendor may say of the second that it is done already: that stays an error, with
//! [`is_already_done`](crate::Error::is_already_done), for an answer is not invented.
//!
//! ```
//! use std::time::Duration;
//! use airudder_client::{Client, RetryPolicy, types::Phone};
//! # use airudder_simulator::{Fault, Simulator};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let builder = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url());
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
//! let to = [Phone::from("+639170000000")];
//! let sent = client.sms().send_message().to(to).message("hello").from("ACME").send().await;
//! if let Err(error) = &sent {
//!     assert!(error.may_have_reached_vendor() && !error.is_retryable());
//!     assert_eq!(error.attempts(), 1);
//! }
//! # assert!(sent.is_err());
//! # Ok(()) }
//! ```

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::catalogue::{Category, Family};
use crate::error::{ApiError, Context, Error, Phase};
use crate::http::{Failure, Limits};
use crate::observe::{Call, Running};

/// How often and how fast calls are repeated; see the [module](self) for which.
///
/// Waits grow exponentially and are jittered over their whole length ("full jitter"): before the n-th repeat,
/// a random time between zero and `base_delay * 2^(n-1)`, at most `max_delay`. A `Retry-After` of the server
/// is obeyed instead, as long as it ends within the budget.
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

/// Whether a status is worth another try, as the family says.
pub(crate) fn is_transient_status(family: Family, status: u16) -> bool {
    family.info().transient_statuses.contains(&status)
}

/// Whether a code says all about whether the same call may succeed later: in a family without an envelope the
/// HTTP status only says of which kind a refusal is, and the codes of its table are more exact.
fn is_told_by_code(error: &ApiError) -> bool {
    error.context.family.info().refusal.is_some() && error.context.row(error.code).is_some()
}

impl Error {
    /// Whether the cause is transient: the same call may succeed later. Says nothing of whether it may be
    /// repeated; that is [`is_retryable`](Self::is_retryable).
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(_) | Self::Timeout(_) => true,
            Self::Http(e) => is_transient_status(e.context.family, e.status),
            Self::Api(e) if is_told_by_code(e) => e.code().is(Category::Transient),
            Self::Api(e) => {
                is_transient_status(e.context.family, e.status) || e.code().is(Category::Transient)
            }
            Self::Intercepted(e) => e.retry_after().is_some(),
            Self::Decode(e) => e.cut_off,
            Self::Invalid(_) | Self::Auth(_) | Self::Config(_) | Self::Unconfirmed(_) | Self::Io(_) => false,
        }
    }

    /// Whether the same call may succeed later *and* sending it again does no harm.
    ///
    /// True for connection failures, time-outs, HTTP 429, 502, 503, 504, answers that are cut off of a call
    /// that carries a key, and the codes that the spec calls transient (the predictive dialer's "too many
    /// queries"), but for calls that change something only if
    /// the vendor cannot have received them. The client itself has then tried already, as often as its
    /// [`RetryPolicy`] says, but for those codes: it repeats no error code. True as well where an interceptor
    /// has kept the call back for a time ([`Refusal::retry_after`](crate::observe::Refusal::retry_after)).
    pub fn is_retryable(&self) -> bool {
        self.is_transient() && self.context().is_some_and(|c| !c.sent || c.repeatable)
    }
}

/// Whether a call may be repeated because of the key that it carries, and for nothing else.
pub(crate) fn is_keyed(context: &Context) -> bool {
    context.repeatable && !context.effect.is_repeatable()
}

/// What happened to one attempt, as far as repeating it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing of it was sent.
    NotSent,
    /// It may have arrived, and there is no whole answer.
    NoAnswer,
    /// It was refused; whether the same call may succeed later.
    Refused { transient: bool },
}

impl Outcome {
    /// `None` for what does not get better by sending it again. `keyed`: whether the call is known by its
    /// key.
    fn of_failure(failure: &Failure, keyed: bool) -> Option<Self> {
        match failure {
            Failure::Connect(_) | Failure::Timeout(Phase::Connect) => Some(Self::NotSent),
            Failure::Timeout(Phase::Exchange | Phase::Body) | Failure::Broken(..) => Some(Self::NoAnswer),
            // It has no end, or breaks off.
            Failure::TooBig | Failure::Undecodable(None) if keyed => Some(Self::NoAnswer),
            Failure::Timeout(Phase::Waiting | Phase::Polling)
            | Failure::TooBig
            | Failure::FileTooBig
            | Failure::Undecodable(_)
            | Failure::Unsendable(_)
            | Failure::Upload(_)
            | Failure::NoRuntime => None,
        }
    }
}

/// Whether a call may be repeated after this outcome.
fn may_repeat(repeatable: bool, outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => true,
        Outcome::NoAnswer => repeatable,
        Outcome::Refused { transient } => repeatable && transient,
    }
}

/// The attempts of one call: counts them, waits between them and knows when to stop.
#[derive(Debug)]
struct Attempts<'a> {
    policy: &'a RetryPolicy,
    repeatable: bool,
    started: Instant,
    made: u32,
}

impl<'a> Attempts<'a> {
    fn new(policy: &'a RetryPolicy, repeatable: bool) -> Self {
        Self { policy, repeatable, started: Instant::now(), made: 0 }
    }

    /// Counts the attempt that is about to be made.
    fn next(&mut self) {
        self.made += 1;
    }

    /// Takes the last attempt out of the count: it was refused for its token, which has nothing to do with
    /// the policy.
    fn refund(&mut self) {
        self.made = self.made.saturating_sub(1);
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    fn wait(&self, outcome: Outcome, retry_after: Option<Duration>) -> Option<Duration> {
        if self.made >= self.policy.max_attempts || !may_repeat(self.repeatable, outcome) {
            return None;
        }
        let ceiling = self.policy.ceiling(self.made);
        let jittered =
            Duration::try_from_secs_f64(ceiling.as_secs_f64() * fastrand::f64()).unwrap_or(ceiling);
        let wait = match retry_after {
            // Everyone who was given the same time would come back at the same moment: hence the jitter on
            // top.
            Some(asked) if self.policy.respect_retry_after => {
                asked.saturating_add(jittered.min(self.policy.base_delay))
            }
            _ => jittered,
        };
        let end = self.started.elapsed().saturating_add(wait);
        (end <= self.policy.budget).then_some(wait)
    }
}

/// How one attempt ended.
pub(crate) enum Attempt<T> {
    Done(T),
    /// Refused for something that the next attempt brings anew: its token.
    Renew(Error),
    Failed(Failed),
}

/// A failed attempt.
pub(crate) struct Failed {
    pub(crate) error: Error,
    /// `None`: final, whatever the policy says.
    outcome: Option<Outcome>,
    retry_after: Option<Duration>,
}

impl Failed {
    /// A failure that no repeat changes.
    pub(crate) fn fatal(error: Error) -> Self {
        Self { error, outcome: None, retry_after: None }
    }

    /// There was no whole answer.
    pub(crate) fn unanswered(failure: Failure, context: &Context, limits: Limits) -> Self {
        let outcome = Outcome::of_failure(&failure, is_keyed(context));
        let mut error = failure.into_error(context, limits);
        if let Error::Decode(decode) = &mut error {
            decode.cut_off = outcome.is_some();
        }
        Self { error, outcome, retry_after: None }
    }

    /// The answer is one of success, and cut off. Of a call that is known by its key it counts as lost.
    pub(crate) fn cut_off(mut error: Error, context: &Context) -> Self {
        let keyed = is_keyed(context);
        if let Error::Decode(decode) = &mut error {
            decode.cut_off = keyed;
        }
        Self { error, outcome: keyed.then_some(Outcome::NoAnswer), retry_after: None }
    }

    /// The answer was a refusal with this status.
    pub(crate) fn refused(error: Error, status: u16, retry_after: Option<Duration>) -> Self {
        let transient = if let Error::Api(e) = &error
            && is_told_by_code(e)
        {
            error.is_transient()
        } else {
            // Elsewhere no error code is repeated, only what the HTTP status says.
            error.context().is_some_and(|context| is_transient_status(context.family, status))
        };
        Self { error, outcome: Some(Outcome::Refused { transient }), retry_after }
    }
}

/// What is attempted until it succeeds or must not be repeated.
pub(crate) trait Operation: Send {
    type Output: Send;

    /// The HTTP status of what came.
    fn status(output: &Self::Output) -> Option<u16>;

    /// Gets what an attempt needs. A failure here is no attempt, and final.
    fn prepare(
        &mut self,
        _context: &Context,
        _call: &Arc<Call>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async { Ok(()) }
    }

    fn attempt(&mut self, context: &Context) -> impl Future<Output = Attempt<Self::Output>> + Send;
}

/// Attempts an operation as often as its effect and the policy allow. `context` counts the attempts, and
/// notes whether one that has failed may have been sent; `running` tells of them.
pub(crate) async fn run<O: Operation>(
    policy: &RetryPolicy,
    context: &mut Context,
    running: &mut Running,
    operation: &mut O,
) -> Result<O::Output, Error> {
    let mut attempts = Attempts::new(policy, context.repeatable);
    loop {
        operation.prepare(context, running.call()).await?;
        attempts.next();
        context.attempts += 1;
        running.attempt_begins();
        let (error, wait) = match operation.attempt(context).await {
            Attempt::Done(output) => {
                running.attempt_succeeded(O::status(&output));
                return Ok(output);
            }
            Attempt::Renew(refusal) => {
                attempts.refund();
                running.attempt_failed(&refusal);
                running.renews(&refusal);
                continue;
            }
            Attempt::Failed(Failed { error, outcome, retry_after }) => {
                running.attempt_failed(&error);
                (error, outcome.and_then(|outcome| attempts.wait(outcome, retry_after)))
            }
        };
        let Some(wait) = wait else { return Err(error) };
        running.waits(&error, wait);
        tokio::time::sleep(wait).await;
        context.sent |= error.may_have_reached_vendor();
    }
}

#[cfg(test)]
mod tests;
