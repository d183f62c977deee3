//! A fetch that is on its way, and what waits for it.
//!
//! A fetch runs on the runtime of the call that has started it, and others wait for it on runtimes of their
//! own. The one may stand still while the others run: a `block_on` that has returned, a blocked thread. So a
//! fetch gives signs of life, and whoever sees none for a while takes its place.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout, timeout_at};

use super::{Fetched, lock};

/// Between two signs of life.
const BEAT: Duration = Duration::from_millis(100);

/// How often those who wait look for one. Two looks in vain are enough.
const LOOK: Duration = Duration::from_millis(250);

/// A fetch without a sign of life for so long is not waited for at all.
const DEAD: Duration = Duration::from_secs(5);

/// A fetch that is on its way. Its result is for everyone who waits.
#[derive(Clone)]
pub(super) struct InFlight {
    result: watch::Receiver<Option<Fetched>>,
    started: Instant,
    last_beat: Arc<Mutex<Instant>>,
}

/// The end of a fetch at which it runs.
pub(super) struct Running {
    result: watch::Sender<Option<Fetched>>,
    last_beat: Arc<Mutex<Instant>>,
}

/// What came of waiting.
pub(super) enum Waited {
    Done(Fetched),
    /// Its runtime was shut down.
    Lost,
    /// Its runtime stands still.
    Stalled,
    TimedOut,
}

pub(super) fn start() -> (Running, InFlight) {
    let (sender, result) = watch::channel(None);
    let started = Instant::now();
    let last_beat = Arc::new(Mutex::new(started));
    (Running { result: sender, last_beat: Arc::clone(&last_beat) }, InFlight { result, started, last_beat })
}

impl Running {
    /// Does the work, with signs of life.
    pub(super) async fn alive<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        loop {
            *lock(&self.last_beat) = Instant::now();
            if let Ok(output) = timeout(BEAT, &mut work).await {
                return output;
            }
        }
    }

    pub(super) fn end(&self, result: Fetched) {
        self.result.send_replace(Some(result));
    }
}

impl InFlight {
    /// Whether it is worth waiting for.
    pub(super) fn is_live(&self) -> bool {
        let is_lost = self.result.has_changed().is_err() && self.result.borrow().is_none();
        !is_lost && self.last_beat().elapsed() < DEAD
    }

    /// Whether it had begun long before `moment`: what came of it then says little about now.
    pub(super) fn is_older_than(&self, moment: Instant) -> bool {
        self.started + Duration::from_secs(1) < moment
    }

    /// Whether it has lately shown no sign of life.
    pub(super) fn is_silent(&self) -> bool {
        self.last_beat().elapsed() > 2 * BEAT
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.result.same_channel(&other.result)
    }

    fn last_beat(&self) -> Instant {
        *lock(&self.last_beat)
    }

    /// Waits for the result. With `patient`, however still it stands.
    pub(super) async fn wait(&mut self, deadline: Instant, patient: bool) -> Waited {
        let mut seen = self.last_beat();
        let mut in_vain = 0;
        loop {
            let look = deadline.min(Instant::now() + LOOK);
            match timeout_at(look, self.result.wait_for(Option::is_some)).await {
                Ok(Ok(result)) => return result.clone().map_or(Waited::Lost, Waited::Done),
                Ok(Err(_)) => return Waited::Lost,
                Err(_) if look == deadline => return Waited::TimedOut,
                Err(_) => {}
            }
            let beat = self.last_beat();
            in_vain = if beat == seen { in_vain + 1 } else { 0 };
            if in_vain >= 2 && !patient {
                return Waited::Stalled;
            }
            seen = beat;
        }
    }
}
