//! The simulator's time: runs with real time, at a speed of your choice, and can be turned forward.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

/// A moment of simulated time, in milliseconds since 1970.
pub(crate) type Moment = i64;

/// One second, in milliseconds.
pub(crate) const SECOND: Moment = 1_000;
/// One minute, in milliseconds.
pub(crate) const MINUTE: Moment = 60 * SECOND;
/// One hour, in milliseconds.
pub(crate) const HOUR: Moment = 60 * MINUTE;
/// One day, in milliseconds.
pub(crate) const DAY: Moment = 24 * HOUR;

/// A handle to the simulator's clock. Clones are the same clock.
///
/// It starts at the real time (or where [`SimulatorBuilder::starts_at`](super::SimulatorBuilder::starts_at)
/// says) and runs as fast as real time until told otherwise. Tasks, tokens and repeated webhooks follow this
/// clock; time-outs, [`Fault::Delay`](super::Fault::Delay) and everything else on the network follow the real
/// one.
#[derive(Debug, Clone)]
pub struct Clock {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    hand: Mutex<Hand>,
    turned: Notify,
}

/// Simulated time was `at` when real time was `since`, and runs `speed` times as fast.
#[derive(Debug, Clone, Copy)]
struct Hand {
    at: Moment,
    since: Instant,
    speed: f64,
}

impl Hand {
    fn now(&self) -> Moment {
        let passed = self.since.elapsed().as_secs_f64() * 1_000.0 * self.speed;
        // A cast of a float saturates, so that no speed can overflow.
        self.at.saturating_add(passed as Moment)
    }
}

impl Clock {
    pub(crate) fn new(at: Timestamp, speed: f64) -> Self {
        let hand = Hand { at: at.as_millisecond(), since: Instant::now(), speed: sane(speed) };
        Self { shared: Arc::new(Shared { hand: Mutex::new(hand), turned: Notify::new() }) }
    }

    /// What time it is in the simulation.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.moment()).unwrap_or(Timestamp::MAX)
    }

    /// Turns the clock forward. What is due by then has happened when the next request is answered.
    pub fn advance(&self, by: Duration) {
        let by = Moment::try_from(by.as_millis()).unwrap_or(Moment::MAX);
        self.turn(|hand| hand.at = hand.at.saturating_add(by));
    }

    /// Lets simulated time run `speed` times as fast as real time. `0.0` stops the clock: then only
    /// [`advance`](Self::advance) moves it. Negative and undefined speeds stop it too.
    pub fn set_speed(&self, speed: f64) {
        self.turn(|hand| hand.speed = sane(speed));
    }

    /// How many times as fast as real time the clock runs.
    pub fn speed(&self) -> f64 {
        self.hand().speed
    }

    pub(crate) fn moment(&self) -> Moment {
        self.hand().now()
    }

    /// Turns the clock to `moment`, unless it is past that already.
    pub(crate) fn turn_to(&self, moment: Moment) {
        self.turn(|hand| hand.at = hand.at.max(moment));
    }

    /// How long it is, in real time, until `moment`; `None` when the clock stands still.
    pub(crate) fn real_time_until(&self, moment: Moment) -> Option<Duration> {
        let hand = self.hand();
        let left = moment.saturating_sub(hand.now());
        if left <= 0 {
            return Some(Duration::ZERO);
        }
        // One millisecond more, so that the moment has come when the wait is over.
        let real = (left as f64 / 1_000.0 / hand.speed) + 0.001;
        (hand.speed > 0.0 && real.is_finite()).then(|| Duration::from_secs_f64(real.min(1e9)))
    }

    /// Waits until the clock has been turned or set to another speed.
    pub(crate) async fn turned(&self) {
        self.shared.turned.notified().await;
    }

    /// Wakes who waits in [`turned`](Self::turned): there is something new to wait for.
    pub(crate) fn wake(&self) {
        self.shared.turned.notify_one();
    }

    fn hand(&self) -> Hand {
        *self.shared.hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self, change: impl FnOnce(&mut Hand)) {
        {
            let mut hand = self.shared.hand.lock().unwrap_or_else(PoisonError::into_inner);
            hand.at = hand.now();
            hand.since = Instant::now();
            change(&mut hand);
        }
        self.wake();
    }
}

fn sane(speed: f64) -> f64 {
    if speed > 0.0 { speed } else { 0.0 }
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(crate) fn instant(moment: Moment) -> String {
    let seconds = moment.div_euclid(SECOND);
    Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}

/// Reads a local time (taken as UTC), a moment with `Z` or an offset, or a date.
pub(crate) fn read_moment(text: &str) -> Option<Moment> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_millisecond());
    }
    let local = text.parse::<jiff::civil::DateTime>().ok()?;
    Some(jiff::tz::Offset::UTC.to_timestamp(local).ok()?.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stopped_clock_moves_only_when_turned() {
        let clock = Clock::new(Timestamp::UNIX_EPOCH, 0.0);
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now().as_second(), 90);
        assert_eq!(clock.real_time_until(100 * SECOND), None);
        assert_eq!(clock.real_time_until(90 * SECOND), Some(Duration::ZERO));
        clock.set_speed(f64::NAN);
        assert_eq!(clock.speed(), 0.0);
        clock.set_speed(10.0);
        let wait = clock.real_time_until(100 * SECOND).unwrap();
        assert!(wait > Duration::from_millis(900) && wait < Duration::from_millis(1_100), "{wait:?}");
    }

    #[test]
    fn no_turn_overflows() {
        let clock = Clock::new(Timestamp::MAX, f64::INFINITY);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), Timestamp::MAX);
    }

    #[test]
    fn times_are_read_in_every_form_of_the_api() {
        let noon = Some(1_704_110_400_000);
        for text in [
            "2024-01-01 12:00:00",
            "2024-01-01T12:00:00Z",
            "2024-01-01 12:00:00+00:00",
            "2024-01-01 20:00:00+08:00",
        ] {
            assert_eq!(read_moment(text), noon, "{text}");
        }
        assert_eq!(read_moment("2024-01-01"), Some(1_704_067_200_000));
        assert_eq!(read_moment("tomorrow"), None);
        assert_eq!(instant(1_704_110_400_999), "2024-01-01T12:00:00Z");
    }
}
