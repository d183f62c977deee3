//! Where tokens are kept, and how those who share a place decide who renews them.

mod file;
mod lease;
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

pub use self::file::FileTokenStore;
pub use self::lease::Lease;
pub use self::memory::MemoryTokenStore;
#[cfg(feature = "redis")]
pub use self::redis::RedisTokenStore;
use crate::encryption;

/// Why a store could not do what it was asked.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// What a store's methods return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tokens between calls, and between processes.
///
/// Asking the vendor for a token restarts the life of the one there is, so processes that work for one
/// account should share a store: a [`FileTokenStore`] on one machine, `RedisTokenStore` (cargo feature
/// `redis`) on several, or one of your own.
///
/// A store that fails, panics or is slow fails no call: it gets 5 seconds, and no more than a quarter of the
/// call's time-out, then a token is asked for as if the store were empty, and a warning is logged. An error
/// of a store is not shown in it, for nobody knows what it holds.
///
/// # Writing one
///
/// `load`, `save` and `remove` are enough to share tokens. With them alone, processes that miss a token at
/// the same moment ask the vendor each for itself. To have one ask for all, give out leases too:
/// - [`try_lease`](Self::try_lease) gives the lease of a key to one at a time, and says `None` to all others.
///   It must be atomic (`INSERT` with a unique key, `SET NX`), and the lease must end by itself, for its
///   holder may be killed: after the duration by the clock of the store, or with the process.
/// - [`extend_lease`](Self::extend_lease) and [`release_lease`](Self::release_lease) touch a lease only if it
///   is still the owner's: compare [`Lease::owner`] and change in one step.
///
/// Who gets no lease looks again and again for a new token or the end of the lease, for half of the call's
/// time-out and 30 seconds at most, and then asks the vendor without one. So a lease that is never given back
/// costs time, and fails no call.
///
/// Use [`TokenKey::id`] as the key. A token is a secret: whoever reads it can make calls.
///
/// ```
/// use airudder_client::token::{StoreFuture, StoredToken, TokenKey, TokenStore};
///
/// struct OurStore;
///
/// impl TokenStore for OurStore {
///     fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
///         Box::pin(async move {
///             println!("looking for {}", key.id()); // a name that gives nothing away
///             Ok(None)
///         })
///     }
///
///     fn save<'a>(&'a self, _key: &'a TokenKey, _token: StoredToken) -> StoreFuture<'a, ()> {
///         Box::pin(async { Ok(()) })
///     }
///
///     fn remove<'a>(&'a self, _key: &'a TokenKey) -> StoreFuture<'a, ()> {
///         Box::pin(async { Ok(()) })
///     }
/// }
///
/// let client = airudder_client::Client::builder().token_store(OurStore).build()?;
/// # Ok::<(), airudder_client::Error>(())
/// ```
pub trait TokenStore: Send + Sync {
    /// The token that is kept under this key.
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Keeps a token, in place of the one there is. It is of no use after its
    /// [`expires_at`](StoredToken::expires_at).
    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()>;

    /// Drops the token under this key: the vendor has refused it. Asked of a store that gives leases only by
    /// who holds the lease.
    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()>;

    /// The lease of this key, at once; `None` while another has it. It ends after `duration`, unless it is
    /// extended.
    ///
    /// Without an implementation everyone gets a [shared](Lease::shared) one.
    fn try_lease<'a>(&'a self, _key: &'a TokenKey, _duration: Duration) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async { Ok(Some(Lease::shared())) })
    }

    /// Has a lease end after `duration` from now. `false` if it has ended already, or is another's.
    fn extend_lease<'a>(
        &'a self,
        _key: &'a TokenKey,
        _lease: &'a Lease,
        _duration: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async { Ok(true) })
    }

    /// Ends a lease. One that has ended already, or is another's, is left as it is.
    fn release_lease<'a>(&'a self, _key: &'a TokenKey, lease: Lease) -> StoreFuture<'a, ()> {
        drop(lease);
        Box::pin(async { Ok(()) })
    }
}

impl<T: TokenStore + ?Sized> TokenStore for std::sync::Arc<T> {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        (**self).load(key)
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        (**self).save(key, token)
    }

    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()> {
        (**self).remove(key)
    }

    fn try_lease<'a>(&'a self, key: &'a TokenKey, duration: Duration) -> StoreFuture<'a, Option<Lease>> {
        (**self).try_lease(key, duration)
    }

    fn extend_lease<'a>(
        &'a self,
        key: &'a TokenKey,
        lease: &'a Lease,
        duration: Duration,
    ) -> StoreFuture<'a, bool> {
        (**self).extend_lease(key, lease, duration)
    }

    fn release_lease<'a>(&'a self, key: &'a TokenKey, lease: Lease) -> StoreFuture<'a, ()> {
        (**self).release_lease(key, lease)
    }
}

/// What went wrong in a store of this crate. Unlike another's error its text can be logged: it names files,
/// hosts and kinds of errors, never what they hold.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Problem(String);

impl Problem {
    fn boxed(text: impl Into<String>) -> StoreError {
        Box::new(Self(text.into()))
    }
}

/// A token in the form in which the stores of this crate keep it.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    token: String,
    /// In RFC 3339.
    expires_at: String,
}

impl From<StoredToken> for Kept {
    fn from(stored: StoredToken) -> Self {
        let StoredToken { token, expires_at } = stored;
        Self { token: token.expose_secret().to_owned(), expires_at: expires_at.to_string() }
    }
}

impl Kept {
    /// `None` if its end is no time.
    fn into_token(self) -> Option<StoredToken> {
        Some(StoredToken::new(self.token, self.expires_at.parse().ok()?))
    }
}

/// Which token: of which host, of which token endpoint, of which application.
#[derive(Clone)]
pub struct TokenKey {
    base_url: String,
    endpoint: &'static str,
    app_key: SecretString,
}

impl TokenKey {
    pub(crate) fn new(base_url: &str, endpoint: &'static str, app_key: SecretString) -> Self {
        Self { base_url: base_url.to_owned(), endpoint, app_key }
    }

    /// The host that the token is for.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Key of the token endpoint (`auth.get_token`). The predictive dialer has its own.
    pub fn endpoint(&self) -> &str {
        self.endpoint
    }

    /// The application key that the token belongs to.
    pub fn app_key(&self) -> &SecretString {
        &self.app_key
    }

    /// A name for this token that can be used as a key elsewhere: always the same for the same token, and the
    /// application key cannot be read from it.
    pub fn id(&self) -> String {
        let digest = encryption::digest(
            format!("{}\n{}\n{}", self.base_url, self.endpoint, self.app_key.expose_secret()).as_bytes(),
        );
        format!("airudder-token:{}:{}", self.endpoint, digest.get(..32).unwrap_or_default())
    }
}

impl PartialEq for TokenKey {
    fn eq(&self, other: &Self) -> bool {
        self.base_url == other.base_url
            && self.endpoint == other.endpoint
            && self.app_key.expose_secret() == other.app_key.expose_secret()
    }
}

impl Eq for TokenKey {}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey")
            .field("base_url", &self.base_url)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// A token and when it ends. `Debug` does not show the token.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The token, verbatim.
    pub token: SecretString,
    /// When it ends, if nobody asks for it again.
    pub expires_at: Timestamp,
}

impl StoredToken {
    /// A token with its end.
    pub fn new(token: impl Into<SecretString>, expires_at: Timestamp) -> Self {
        Self { token: token.into(), expires_at }
    }
}
