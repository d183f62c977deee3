//! Whether calls may begin, and how many are on their way: for closing a client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Shared by all clones of a client.
#[derive(Default)]
pub(crate) struct Gate {
    closed: AtomicBool,
    running: AtomicUsize,
    idle: Notify,
}

impl Gate {
    /// Counts a call that begins, and says whether it is too late for it.
    pub(crate) fn enter(self: &Arc<Self>) -> Pass {
        // In this order: either the call sees that the gate is closed, or who closes it sees the call.
        self.running.fetch_add(1, Ordering::SeqCst);
        Pass { is_late: self.closed.load(Ordering::SeqCst), gate: Arc::clone(self) }
    }

    /// Lets no call begin any more, and waits for the end of those that are on their way.
    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        loop {
            // Before the look: an end in between wakes it.
            let idle = self.idle.notified();
            tokio::pin!(idle);
            idle.as_mut().enable();
            if self.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            idle.await;
        }
    }
}

/// A call on its way; dropped when it has ended.
pub(crate) struct Pass {
    gate: Arc<Gate>,
    is_late: bool,
}

impl Pass {
    /// Whether the call began after the client was closed.
    pub(crate) fn is_late(&self) -> bool {
        self.is_late
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.gate.running.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.gate.idle.notify_waiters();
        }
    }
}
