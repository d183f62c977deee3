//! An interceptor that keeps to a rate.
//!
//! Who waits stands in a line and sleeps on a timer of tokio: `governor`'s own waiting would start a thread
//! for its timers, and lets whoever wakes first go first.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::call::{Call, CallKind};
use super::interceptor::{InterceptFuture, Interceptor, PendingCall, Refusal};
use crate::catalogue::{ENDPOINTS, Family};
use crate::error::Error;

/// No more calls in a time than are allowed: an [`Interceptor`] for [`ClientBuilder::interceptor`]. Needs the
/// cargo feature `rate-limit`.
///
/// It counts every attempt that is sent, repeats included, but no requests for tokens and no linked files.
/// What is too much waits for its turn, first come, first served, and gives its place up when the call is
/// dropped. Who could not be sent within the call's time-out is refused at once ([`Error::Intercepted`],
/// which is [transient](Error::is_transient) then), or, still in the line, ends as [`Error::Timeout`] with
/// [`Phase::Waiting`](crate::error::Phase::Waiting).
///
/// A limit is for all calls of the client, for some families or for some endpoints, which share it. Several
/// limits are several interceptors. Clients that share one limit share an `Arc` of it; processes share none.
///
/// ```
/// use std::time::Duration;
/// use airudder_client::{Client, Family, observe::RateLimit};
///
/// let client = Client::builder()
///     // 600 in a minute, one each 100 ms, but 20 at once after a pause
///     .interceptor(RateLimit::new(600, Duration::from_secs(60))?.burst(20)?)
///     // and of the dialer's calls not more than 2 in a second
///     .interceptor(RateLimit::new(2, Duration::from_secs(1))?.families([Family::Callcenter]))
///     .build()?;
/// # Ok::<(), airudder_client::Error>(())
/// ```
///
/// [`ClientBuilder::interceptor`]: crate::ClientBuilder::interceptor
pub struct RateLimit {
    quota: Quota,
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Moment>>,
    /// Held by the one whose turn is next. First come, first served.
    line: Mutex<()>,
    scope: Scope,
    refuses: bool,
}

/// Beyond it, governor's sums overflow.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Whose calls count.
#[derive(Debug)]
enum Scope {
    All,
    Families(Vec<Family>),
    Endpoints(Vec<String>),
}

impl RateLimit {
    /// At most so many calls in such a time, evenly spaced: the next one goes `time / calls` after the last.
    ///
    /// # Errors
    /// [`Error::Config`] for no calls at all, for so many that there is no time between them, and for more
    /// than a year between two.
    pub fn new(calls: u32, time: Duration) -> Result<Self, Error> {
        let interval = time.checked_div(calls).filter(|interval| *interval <= LONGEST);
        match interval.and_then(Quota::with_period) {
            Some(quota) => Ok(Self::of(quota)),
            None => Err(Error::config(format!("a rate limit of {calls} calls in {time:?} is none"))),
        }
    }

    fn of(quota: Quota) -> Self {
        let limiter = RateLimiter::direct_with_clock(quota, TokioClock);
        Self { quota, limiter, line: Mutex::new(()), scope: Scope::All, refuses: false }
    }

    /// Lets so many go at once after a pause. Over the time of the limit that is up to so many more than it
    /// says. Default: 1.
    ///
    /// # Errors
    /// [`Error::Config`] for 0, and for more than the limit allows in a year.
    pub fn burst(self, calls: u32) -> Result<Self, Error> {
        let is_short = self.quota.replenish_interval().checked_mul(calls).is_some_and(|time| time <= LONGEST);
        let burst = NonZeroU32::new(calls)
            .filter(|_| is_short)
            .ok_or_else(|| Error::config(format!("a rate limit cannot let {calls} calls through at once")))?;
        let Self { quota, scope, refuses, .. } = self;
        Ok(Self { scope, refuses, ..Self::of(quota.allow_burst(burst)) })
    }

    /// Only for calls of these families.
    pub fn families(mut self, families: impl IntoIterator<Item = Family>) -> Self {
        self.scope = Scope::Families(families.into_iter().collect());
        self
    }

    /// Only for calls to these endpoints, by their keys in the [catalogue](crate::catalogue::ENDPOINTS)
    /// (`collection.get_task_detail`).
    ///
    /// # Errors
    /// [`Error::Config`] for a key that the catalogue does not have though it has the section.
    pub fn endpoints<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Result<Self, Error> {
        let keys: Vec<String> = keys.into_iter().map(Into::into).collect();
        for key in &keys {
            let section = key.split('.').next().unwrap_or_default();
            let is_known = ENDPOINTS.iter().any(|endpoint| endpoint.key == key);
            // A section of nobody's but the caller's may stand in a spec of their own.
            let is_foreign =
                key.contains('.') && !ENDPOINTS.iter().any(|endpoint| endpoint.section == section);
            if !is_known && !is_foreign {
                return Err(Error::config(format!("a rate limit: there is no endpoint `{key}`")));
            }
        }
        self.scope = Scope::Endpoints(keys);
        Ok(self)
    }

    /// Refuses what is too much, and lets nothing wait.
    pub fn refuse(mut self) -> Self {
        self.refuses = true;
        self
    }

    fn counts(&self, call: &Call) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Families(families) => families.contains(&call.family()),
            Scope::Endpoints(keys) => {
                call.kind() == CallKind::Endpoint && keys.iter().any(|key| key == call.endpoint())
            }
        }
    }
}

impl Interceptor for RateLimit {
    fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a> {
        Box::pin(async move {
            if !self.counts(call.call()) {
                return Ok(());
            }
            let _turn = self.line.lock().await;
            loop {
                let Err(not_yet) = self.limiter.check() else { return Ok(()) };
                let wait = not_yet.wait_time_from(TokioClock.now());
                if self.refuses || wait > call.time_left() {
                    return Err(Refusal::new("the rate limit is reached").retry_after(wait));
                }
                tokio::time::sleep(wait).await;
            }
        })
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("interval", &self.quota.replenish_interval())
            .field("burst", &self.quota.burst_size())
            .field("scope", &self.scope)
            .field("refuses", &self.refuses)
            .finish_non_exhaustive()
    }
}

/// The time of the runtime, which tests can pause.
struct TokioClock;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(Instant);

impl Clock for TokioClock {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(Instant::now())
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_duration_since(earlier.0).into()
    }

    fn saturating_sub(&self, duration: Nanos) -> Self {
        Self(self.0.checked_sub(duration.into()).unwrap_or(self.0))
    }
}

impl Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, other: Nanos) -> Self {
        Self(self.0 + Duration::from(other))
    }
}

#[cfg(test)]
mod tests;
