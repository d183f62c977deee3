//! What is tried again, and when.
//!
//! Nobody's phone rings twice because of this crate: calls that change something are repeated only when
//! nothing of them can have reached the vendor.
//!
//! | what happened                                       | `read`, `idempotent` | `changes`, `calls_people` |
//! |-----------------------------------------------------|----------------------|---------------------------|
//! | no connection (refused, DNS, TLS, its time-out)     | repeated             | repeated                  |
//! | no answer in time                                   | repeated             | final                     |
//! | the connection broke before or within the answer    | repeated             | final                     |
//! | HTTP 429, 502, 503, 504                             | repeated             | final                     |
//! | any other status, an error code, no readable answer | final                | final                     |
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
            Self::Invalid(_)
            | Self::Decode(_)
            | Self::Auth(_)
            | Self::Config(_)
            | Self::Unconfirmed(_)
            | Self::Io(_) => false,
        }
    }

    /// Whether the same call may succeed later *and* sending it again does no harm.
    ///
    /// True for connection failures, time-outs, HTTP 429, 502, 503, 504 and the codes that the spec calls
    /// transient (the predictive dialer's "too many queries"), but for calls that change something only if
    /// the vendor cannot have received them. The client itself has then tried already, as often as its
    /// [`RetryPolicy`] says, but for those codes: it repeats no error code. True as well where an interceptor
    /// has kept the call back for a time ([`Refusal::retry_after`](crate::observe::Refusal::retry_after)).
    pub fn is_retryable(&self) -> bool {
        self.is_transient() && self.context().is_some_and(|c| !c.sent || c.repeatable)
    }
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
    /// `None` for what does not get better by sending it again.
    fn of_failure(failure: &Failure) -> Option<Self> {
        match failure {
            Failure::Connect(_) | Failure::Timeout(Phase::Connect) => Some(Self::NotSent),
            Failure::Timeout(Phase::Exchange | Phase::Body) | Failure::Broken(..) => Some(Self::NoAnswer),
            Failure::Timeout(Phase::Waiting | Phase::Polling)
            | Failure::TooBig
            | Failure::FileTooBig
            | Failure::Undecodable(_)
            | Failure::Unsendable(_)
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
        let outcome = Outcome::of_failure(&failure);
        Self { error: failure.into_error(context, limits), outcome, retry_after: None }
    }

    /// The answer was a refusal with this status.
    pub(crate) fn refused(error: Error, status: u16, retry_after: Option<Duration>) -> Self {
        let by_status = |context: &Context| is_transient_status(context.family, status);
        let transient = match &error {
            Error::Api(e) if is_told_by_code(e) => error.is_transient(),
            // Elsewhere no error code is repeated, only what the HTTP status says.
            _ => error.context().is_some_and(by_status),
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
mod tests {
    use super::*;
    use crate::catalogue::Family;
    use crate::observe::{CallKind, Details, Observers, Subject};

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
        attempts.next();
        assert!(attempts.wait(Outcome::NoAnswer, None).unwrap() <= policy.base_delay);
        attempts.next();
        assert!(attempts.wait(Outcome::Status(503), None).unwrap() <= 2 * policy.base_delay);
        attempts.next();
        assert_eq!(attempts.wait(Outcome::NoAnswer, None), None, "three are made");
        attempts.refund();
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

    /// Ends its attempts in the order given.
    struct Script(Vec<Attempt<()>>);

    impl Operation for Script {
        type Output = ();

        fn status((): &()) -> Option<u16> {
            None
        }

        async fn prepare(&mut self, context: &Context, _: &Arc<Call>) -> Result<(), Error> {
            match self.0.is_empty() {
                true => Err(context.config("nothing is left")),
                false => Ok(()),
            }
        }

        async fn attempt(&mut self, _: &Context) -> Attempt<()> {
            self.0.remove(0)
        }
    }

    async fn ended(effect: Effect, script: Vec<Attempt<()>>) -> (Result<(), Error>, Context) {
        let mut context = Context::new("test", Family::Cloud, effect);
        let policy = RetryPolicy::default().max_attempts(2);
        let subject = Subject {
            kind: CallKind::Raw,
            endpoint: "test".into(),
            family: Family::Cloud,
            effect,
            method: "GET",
        };
        let nothing = || Details { address: None, port: None, template: None };
        let mut running = Running::begin(&Observers::default(), subject, nothing);
        (run(&policy, &mut context, &mut running, &mut Script(script)).await, context)
    }

    fn timed_out(phase: Phase) -> Attempt<()> {
        let context = Context::new("test", Family::Cloud, Effect::Read);
        let limits = Limits { timeout: Duration::from_secs(1), max_bytes: 1, max_file_bytes: 1 };
        Attempt::Failed(Failed::unanswered(Failure::Timeout(phase), &context, limits))
    }

    #[tokio::test(start_paused = true)]
    async fn every_attempt_counts_and_a_renewal_uses_up_no_repeat() {
        let script =
            vec![Attempt::Renew(Error::config("refused")), timed_out(Phase::Connect), Attempt::Done(())];
        let (result, context) = ended(Effect::CallsPeople, script).await;
        assert!(result.is_ok());
        assert_eq!((context.attempts, context.sent), (3, false), "without a connection nothing is sent");

        let script = vec![timed_out(Phase::Exchange), Attempt::Done(())];
        let (result, context) = ended(Effect::Read, script).await;
        assert_eq!((result.is_ok(), context.attempts, context.sent), (true, 2, true));
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_not_be_repeated_is_not() {
        for (effect, first) in [
            (Effect::CallsPeople, timed_out(Phase::Exchange)),
            (Effect::Read, Attempt::Failed(Failed::fatal(Error::config("no")))),
        ] {
            let (result, context) = ended(effect, vec![first, Attempt::Done(())]).await;
            assert_eq!((result.is_err(), context.attempts), (true, 1));
        }
        let (result, context) = ended(Effect::Read, vec![timed_out(Phase::Connect)]).await;
        assert!(result.unwrap_err().to_string().contains("nothing is left"));
        assert_eq!(context.attempts, 1, "what could not be prepared is no attempt");
    }
}
