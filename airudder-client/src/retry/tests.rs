use super::*;
use crate::catalogue::{Effect, Family};
use crate::observe::{CallKind, Details, Observers, Subject};

const BUSY: Outcome = Outcome::Refused { transient: true };

#[test]
fn decision_table() {
    use Outcome::{NoAnswer, NotSent, Refused};
    let (busy, no) = (Refused { transient: true }, Refused { transient: false });
    for outcome in [NotSent, NoAnswer, busy] {
        assert!(may_repeat(true, outcome), "{outcome:?}");
    }
    assert!(!may_repeat(true, no));
    assert!(may_repeat(false, NotSent));
    for outcome in [NoAnswer, busy, no] {
        assert!(!may_repeat(false, outcome), "{outcome:?}");
    }
    for effect in Effect::ALL.iter().copied() {
        let repeatable = Context::new("test", Family::Cloud, effect).repeatable;
        assert_eq!(repeatable, matches!(effect, Effect::Read | Effect::Idempotent), "{effect:?}");
    }
    for status in 100..600 {
        let transient = matches!(status, 429 | 502 | 503 | 504);
        assert_eq!(is_transient_status(Family::Cloud, status), transient, "{status}");
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
    let mut attempts = Attempts::new(&policy, true);
    attempts.next();
    assert!(attempts.wait(Outcome::NoAnswer, None).unwrap() <= policy.base_delay);
    attempts.next();
    assert!(attempts.wait(BUSY, None).unwrap() <= 2 * policy.base_delay);
    attempts.next();
    assert_eq!(attempts.wait(Outcome::NoAnswer, None), None, "three are made");
    attempts.refund();
    assert!(attempts.wait(Outcome::NoAnswer, None).is_some());
}

#[test]
fn retry_after_is_obeyed_within_the_budget() {
    let policy = RetryPolicy::default().budget(Duration::from_secs(10));
    let mut attempts = Attempts::new(&policy, true);
    attempts.next();
    let five = Duration::from_secs(5);
    assert!(attempts.wait(BUSY, Some(five)).unwrap() >= five);
    for long in [Duration::from_secs(3600), Duration::MAX] {
        assert_eq!(attempts.wait(BUSY, Some(long)), None, "would end after the budget");
    }
    let policy = policy.respect_retry_after(false);
    let mut attempts = Attempts::new(&policy, true);
    attempts.next();
    assert!(attempts.wait(BUSY, Some(Duration::MAX)).unwrap() < five);
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
    let mut running = Running::begin(&Observers::default(), &Default::default(), subject, nothing);
    (run(&policy, &mut context, &mut running, &mut Script(script)).await, context)
}

fn timed_out(phase: Phase) -> Attempt<()> {
    let context = Context::new("test", Family::Cloud, Effect::Read);
    let limits = Limits { timeout: Duration::from_secs(1), max_bytes: 1, max_file_bytes: 1 };
    Attempt::Failed(Failed::unanswered(Failure::Timeout(phase), &context, limits))
}

#[tokio::test(start_paused = true)]
async fn every_attempt_counts_and_a_renewal_uses_up_no_repeat() {
    let script = vec![Attempt::Renew(Error::config("refused")), timed_out(Phase::Connect), Attempt::Done(())];
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
