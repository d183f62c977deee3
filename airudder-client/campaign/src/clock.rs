//! What time it is, and whether the clock was turned.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use airudder_client::jiff::Timestamp;

/// Less is no turn: a lease is lengthened long before it is over.
const TOLERANCE: i64 = 250;

/// What time it is, as all who share a ledger see it. Clones are the same clock.
///
/// Each look compares it with a clock that nobody can turn. A machine that slept looks as if its clock was
/// turned forward, and is taken for that: what was on its way when it fell asleep still is.
#[derive(Clone)]
pub(crate) struct Clock {
    source: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    hand: Arc<Mutex<Hand>>,
}

#[derive(Debug, Default)]
struct Hand {
    /// How far the database's clock is ahead, in milliseconds.
    ahead: i64,
    /// The last look.
    seen: Option<(i64, Instant)>,
    turned: Option<Turned>,
}

/// When the clock was turned forward, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turned {
    /// By the clock as it is now.
    pub(crate) at: i64,
    pub(crate) by: i64,
}

impl Clock {
    pub(crate) fn new(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), hand: Arc::default() }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        let mut hand = self.hand();
        let now = self.own().saturating_add(hand.ahead);
        let passed = |since: Instant| i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
        let by = hand.seen.map_or(0, |(at, since)| now.saturating_sub(at).saturating_sub(passed(since)));
        hand.seen = Some((now, Instant::now()));
        if by > TOLERANCE {
            tracing::warn!(by_ms = by, "the clock was turned forward");
            hand.turned = Some(Turned { at: now, by });
        } else if by < -TOLERANCE {
            // What it was turned forward before is still to come.
            hand.turned = None;
        }
        now
    }

    /// The same by this machine alone.
    pub(crate) fn own(&self) -> i64 {
        (self.source)().as_millisecond()
    }

    /// The database's clock is so far ahead.
    pub(crate) fn set_ahead(&self, by: i64) {
        self.hand().ahead = by;
    }

    /// The last time that it was turned forward.
    pub(crate) fn turned(&self) -> Option<Turned> {
        self.hand().turned
    }

    fn hand(&self) -> MutexGuard<'_, Hand> {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("hand", &self.hand).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    #[test]
    fn a_clock_that_is_turned_is_noticed() {
        let hour = 3_600_000;
        let ahead = Arc::new(AtomicI64::new(hour));
        let hand = Arc::clone(&ahead);
        let now = move || Timestamp::now().as_millisecond() + ahead.load(Ordering::SeqCst);
        let clock = Clock::new(move || Timestamp::from_millisecond(now()).unwrap());
        assert_eq!((clock.now() - hour) / hour, Timestamp::now().as_millisecond() / hour);
        assert_eq!(clock.turned(), None);
        hand.fetch_add(2 * hour, Ordering::SeqCst);
        let now = clock.now();
        let turned = clock.turned().unwrap();
        assert!(turned.at == now && (turned.by - 2 * hour).abs() < 100, "{turned:?}");
        clock.now();
        assert_eq!(clock.turned(), Some(turned));
        hand.fetch_sub(hour, Ordering::SeqCst);
        clock.now();
        assert_eq!(clock.turned(), None);
        // The database's clock counts.
        clock.set_ahead(hour);
        clock.now();
        assert!((clock.turned().unwrap().by - hour).abs() < 100);
    }
}
