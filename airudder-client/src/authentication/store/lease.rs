//! The right to renew a token.

use std::any::Any;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// The right to renew a token, for a while: who holds it asks the vendor, all others wait for what comes of
/// it. Given by [`TokenStore::try_lease`](super::TokenStore::try_lease).
///
/// ```
/// use airudder_client::token::Lease;
///
/// // Of a store that compares names (a row in a database, a key in Redis): no two are alike.
/// assert_ne!(Lease::new().owner(), Lease::new().owner());
/// // Of a store whose lease is a thing that ends when it is dropped (a locked file).
/// let lease = Lease::new().with_guard(vec![1]);
/// # drop(lease);
/// ```
pub struct Lease {
    owner: String,
    guard: Option<Box<dyn Any + Send + Sync>>,
    is_exclusive: bool,
}

impl Lease {
    /// A lease whose owner has a name that nobody else has, on this machine or another.
    pub fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // Their keys are random.
        let random = || {
            let mut hasher = RandomState::new().build_hasher();
            hasher.write_u32(std::process::id());
            hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
            hasher.finish()
        };
        Self { owner: format!("{:016x}{:016x}", random(), random()), guard: None, is_exclusive: true }
    }

    /// Keeps something until the end of the lease, when it is dropped: a lock, for example.
    #[must_use]
    pub fn with_guard(mut self, guard: impl Any + Send + Sync) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }

    /// The lease of a store that gives everyone one: there is nothing to extend and nothing to release.
    #[must_use]
    pub fn shared() -> Self {
        Self { owner: String::new(), guard: None, is_exclusive: false }
    }

    /// The owner's name. It is no secret.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub(crate) fn is_exclusive(&self) -> bool {
        self.is_exclusive
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("owner", &self.owner)
            .field("guard", &self.guard.is_some())
            .field("is_exclusive", &self.is_exclusive)
            .finish()
    }
}
