//! How a run goes about it.

use std::time::Duration;

/// How a run goes about it. Nothing of it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) upload_timeout: Duration,
    pub(crate) poll: Duration,
    pub(crate) grace: Duration,
    pub(crate) lease: Duration,
    pub(crate) concurrency: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // What the client gives a request that carries a list.
            upload_timeout: Duration::from_secs(150),
            poll: Duration::from_secs(60),
            // A public client reads ten minutes after the end of the window.
            grace: Duration::from_secs(15 * 60),
            lease: Duration::from_secs(20),
            concurrency: 4,
        }
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

impl Settings {
    pub(crate) fn poll_every(&self) -> i64 {
        millis(self.poll)
    }

    /// Nothing is put off so far. What is was written before the clock was turned back.
    pub(crate) fn far(&self) -> i64 {
        2 * millis(self.poll).max(millis(self.upload_timeout)).max(millis(self.lease)).max(60_000)
    }

    pub(crate) fn grace(&self) -> i64 {
        millis(self.grace)
    }

    pub(crate) fn lease(&self) -> i64 {
        millis(self.lease)
    }

    /// So long after a request was last on its way it is no longer.
    pub(crate) fn upload_timeout(&self) -> i64 {
        millis(self.upload_timeout)
    }
}
