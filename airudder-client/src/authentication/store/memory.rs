//! Tokens in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Lease, StoreFuture, StoredToken, TokenKey, TokenStore};

/// Keeps tokens in memory: the default. Put it into an `Arc` to share it between clients of one process.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    tokens: Mutex<HashMap<String, StoredToken>>,
    /// The owner and the end.
    leases: Mutex<HashMap<String, (String, Instant)>>,
}

impl MemoryTokenStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, StoredToken>) -> T) -> T {
        work(&mut lock(&self.tokens))
    }
}

impl TokenStore for MemoryTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move { Ok(self.with(|tokens| tokens.get(&key.id()).cloned())) })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.with(|tokens| tokens.insert(key.id(), token));
            Ok(())
        })
    }

    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.with(|tokens| tokens.remove(&key.id()));
            Ok(())
        })
    }

    fn try_lease<'a>(&'a self, key: &'a TokenKey, duration: Duration) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async move {
            let mut leases = lock(&self.leases);
            let now = Instant::now();
            if leases.get(&key.id()).is_some_and(|(_, end)| now < *end) {
                return Ok(None);
            }
            let lease = Lease::new();
            leases.insert(key.id(), (lease.owner().to_owned(), end_after(duration)));
            Ok(Some(lease))
        })
    }

    fn extend_lease<'a>(
        &'a self,
        key: &'a TokenKey,
        lease: &'a Lease,
        duration: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let mut leases = lock(&self.leases);
            let held = leases.get_mut(&key.id()).filter(|(owner, _)| owner == lease.owner());
            Ok(held.map(|(_, end)| *end = end_after(duration)).is_some())
        })
    }

    fn release_lease<'a>(&'a self, key: &'a TokenKey, lease: Lease) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut leases = lock(&self.leases);
            if leases.get(&key.id()).is_some_and(|(owner, _)| owner == lease.owner()) {
                leases.remove(&key.id());
            }
            Ok(())
        })
    }
}

/// An instant cannot hold every duration.
fn end_after(duration: Duration) -> Instant {
    Instant::now() + duration.min(Duration::from_secs(24 * 60 * 60))
}

/// No code of ours panics while it holds a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
