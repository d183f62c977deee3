//! Where tokens are kept.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::encryption;

/// Why a store could not do what it was asked.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// What a store's methods return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tokens between calls, and between processes.
///
/// Asking the vendor for a token restarts the life of the one there is, so processes that work for one
/// account should share a store (Redis, a database, a file). A store that fails or is slow does no harm to
/// calls: it is given 5 seconds, and then a token is asked for as if it were empty.
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

    /// Drops the token under this key: the vendor has refused it.
    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()>;
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

/// Keeps tokens in memory: the default. Put it into an `Arc` to share it between clients of one process.
#[derive(Debug, Default)]
pub struct MemoryTokenStore {
    tokens: Mutex<HashMap<String, StoredToken>>,
}

impl MemoryTokenStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut HashMap<String, StoredToken>) -> T) -> T {
        work(&mut self.tokens.lock().unwrap_or_else(PoisonError::into_inner))
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
}
