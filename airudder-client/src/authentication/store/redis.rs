//! Tokens in Redis.

mod connection;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use redis::FromRedisValue;
use secrecy::SecretString;

use self::connection::Server;
use super::{Kept, Lease, Problem, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::error::Error;

/// Keeps tokens in Redis (or Valkey), for the processes of several machines. Cargo feature `redis`.
///
/// - A token is kept as long as it lives, under [`TokenKey::id`] with the prefix before it; while it is
///   renewed, there is a key with `:lease` behind it, which Redis drops by itself should its owner die.
/// - An outage fails no call: a question to Redis, the connection included, is given a second
///   ([`timeout`](Self::timeout)); then a warning is logged, and the client asks for a token of its own.
///   Since it keeps that in memory, calls that have a token ask Redis nothing at all. When Redis is back, the
///   next renewal finds it.
/// - `rediss://` is TLS by rustls, with the certificate authorities of the system and those of
///   [`root_certificates`](Self::root_certificates). With `redis://` tokens and password travel in the clear.
/// - One server, or what looks like one (a proxy, a managed service). Clusters that redirect are not
///   followed.
///
/// A token is a secret, and Redis shows it to whoever may read the key: give the application a user of its
/// own that may read and write `airudder-token:*`. It needs `GET`, `SET`, `DEL`, `PEXPIRE` and `EVAL`, and
/// `SELECT` for another database than 0.
///
/// ```
/// use airudder_client::{Client, token::RedisTokenStore};
///
/// let store = RedisTokenStore::new("rediss://user:password@redis.example.com:6380/0")?.key_prefix("live:");
/// let client =
///     Client::builder().credentials("application key", "application secret").token_store(store).build()?;
/// # Ok::<(), airudder_client::Error>(())
/// ```
pub struct RedisTokenStore {
    server: Arc<Server>,
    prefix: String,
    timeout: Duration,
}

/// Takes the lease, also when the answer to the first attempt was lost.
const TAKE: &str = "if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end \
                    if redis.call('GET', KEYS[1]) == ARGV[1] then return 1 end \
                    return 0";

const EXTEND: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] \
                      then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end \
                      return 0";

const RELEASE: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end \
                       return 0";

impl RedisTokenStore {
    /// Keeps tokens in the Redis of this address: `redis://host:port/database` or `rediss://` for TLS (or
    /// `valkey://`, `valkeys://`), with `user:password@` before the host, percent-encoded. Nothing connects
    /// yet.
    ///
    /// # Errors
    /// [`Error::Config`] if the address is not valid, asks for TLS without a check of the certificate
    /// (`#insecure`), or TLS cannot be set up. The message does not hold the address.
    pub fn new(url: impl Into<SecretString>) -> Result<Self, Error> {
        let server = Server::new(&url.into()).map_err(refused)?;
        Ok(Self { server: Arc::new(server), prefix: String::new(), timeout: Duration::from_secs(1) })
    }

    /// Trusts these certificate authorities too: one or more certificates in PEM.
    ///
    /// # Errors
    /// [`Error::Config`] if there is none in it, or it cannot be read, or the address is not of TLS.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Result<Self, Error> {
        self.server = Arc::new(self.server.trusting(pem.as_ref()).map_err(refused)?);
        Ok(self)
    }

    /// What all keys begin with, for several applications in one database. Default: nothing. Processes share
    /// tokens only under the same prefix.
    #[must_use]
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a question to Redis may take, connecting included, before it counts as an outage. Default:
    /// one second. No call is delayed by more than that, for after the first such question no other is asked.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    fn key(&self, key: &TokenKey) -> String {
        format!("{}{}", self.prefix, key.id())
    }

    async fn ask<T: FromRedisValue>(&self, question: &redis::Cmd) -> Result<T, StoreError> {
        match tokio::time::timeout(self.timeout, self.server.ask(question)).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Problem::boxed(format!("Redis did not answer within {:?}", self.timeout))),
        }
    }

    /// Runs a script on the lease of a key, and says whether it did what it is for.
    async fn run(
        &self,
        script: &str,
        key: &TokenKey,
        lease: &Lease,
        duration: Duration,
    ) -> Result<bool, StoreError> {
        let mut question = redis::cmd("EVAL");
        question.arg(script).arg(1).arg(format!("{}:lease", self.key(key)));
        question.arg(lease.owner()).arg(millis(duration));
        Ok(self.ask::<i64>(&question).await? == 1)
    }
}

fn refused(problem: Problem) -> Error {
    Error::config(format!("tokens cannot be kept in Redis: {problem}"))
}

/// Redis takes no zero, and not every number.
fn millis(duration: Duration) -> u64 {
    const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60 * 1000;
    u64::try_from(duration.as_millis()).unwrap_or(TEN_YEARS).clamp(1, TEN_YEARS)
}

/// Shows neither user nor password.
impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore")
            .field("server", &self.server.address())
            .field("tls", &self.server.is_tls())
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl TokenStore for RedisTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            let kept: Option<Vec<u8>> = self.ask(redis::cmd("GET").arg(self.key(key))).await?;
            let Some(kept) = kept else { return Ok(None) };
            let token = serde_json::from_slice::<Kept>(&kept).ok().and_then(Kept::into_token);
            token.map(Some).ok_or_else(|| Problem::boxed("what Redis has under this key is no token"))
        })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let rest = token.expires_at.duration_since(Timestamp::now());
            let Ok(rest) = Duration::try_from(rest) else {
                return self.remove(key).await;
            };
            let kept = serde_json::to_vec(&Kept::from(token))?;
            let mut question = redis::cmd("SET");
            question.arg(self.key(key)).arg(kept).arg("PX").arg(millis(rest));
            self.ask(&question).await
        })
    }

    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.ask(redis::cmd("DEL").arg(self.key(key))).await })
    }

    fn try_lease<'a>(&'a self, key: &'a TokenKey, duration: Duration) -> StoreFuture<'a, Option<Lease>> {
        Box::pin(async move {
            let lease = Lease::new();
            let is_ours = self.run(TAKE, key, &lease, duration).await?;
            Ok(is_ours.then_some(lease))
        })
    }

    fn extend_lease<'a>(
        &'a self,
        key: &'a TokenKey,
        lease: &'a Lease,
        duration: Duration,
    ) -> StoreFuture<'a, bool> {
        Box::pin(async move { self.run(EXTEND, key, lease, duration).await })
    }

    fn release_lease<'a>(&'a self, key: &'a TokenKey, lease: Lease) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.run(RELEASE, key, &lease, Duration::ZERO).await.map(|_| ()) })
    }
}
