//! Whose turn it is to ask the vendor: several processes, and several clients of one, may share a store.

use std::convert::Infallible;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio::time::{Instant, sleep, timeout_at};

use super::{Slot, Token, TokenIssuer};
use crate::authentication::store::{Lease, Problem, StoreFuture, StoredToken};

/// How long the store may take.
pub(super) const STORE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a lease lasts beyond the last sign of life of its holder.
const LEASE: Duration = Duration::from_secs(5);

/// How long another is waited for that has the lease.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Between two looks for what has become of it: the first pause, and the longest.
const PAUSE: Duration = Duration::from_millis(25);
const MAX_PAUSE: Duration = Duration::from_millis(500);

/// Whose turn it is.
pub(super) enum Turn {
    /// Another has renewed the token. The lease, if it was got to find out, is not needed any more.
    Renewed(Token, Option<Lease>),
    /// Ours, with the lease if the store gave one.
    Ours(Option<Lease>),
}

/// What the store has.
pub(super) enum Found {
    Nothing,
    /// The token that the vendor has refused.
    Refused,
    Token(Token),
}

/// The store failed. That has been logged.
#[derive(Debug)]
pub(super) struct StoreDown;

impl TokenIssuer {
    /// Looks for a token in the store, and waits while another renews it. A store that fails is asked no
    /// further. `alone` waits for nobody. `limit` is what the call that wants the token may take.
    pub(super) async fn turn(
        &self,
        slot: &Slot,
        current: Option<&Token>,
        refused: Option<&Token>,
        limit: Duration,
        alone: bool,
    ) -> Turn {
        let wait_until = Instant::now() + MAX_WAIT.min(limit / 2);
        let mut pause = PAUSE;
        loop {
            // All questions of one round together: a slow store must leave time to ask the vendor.
            let until = Instant::now() + STORE_TIMEOUT.min(limit / 4);
            let found = match self.stored_token(slot, current, refused, until).await {
                Ok(Found::Token(token)) => return Turn::Renewed(token, None),
                Ok(Found::Nothing | Found::Refused) if alone => return Turn::Ours(None),
                Ok(found @ (Found::Nothing | Found::Refused)) => found,
                Err(StoreDown) => return Turn::Ours(None),
            };
            let asked =
                self.ask_store(slot, "try_lease", until, || self.store.try_lease(&slot.key, LEASE)).await;
            match asked {
                Ok(Some(lease)) if lease.is_exclusive() => {
                    // Between the look and the lease another may have renewed it.
                    let found = self.stored_token(slot, current, refused, until).await;
                    return self.leased(slot, found.unwrap_or(Found::Nothing), lease, until).await;
                }
                Ok(Some(shared)) => return self.leased(slot, found, shared, until).await,
                Ok(None) => {}
                Err(StoreDown) => return Turn::Ours(None),
            }
            // Those who wait are not to ask all at the same moment.
            let jittered = pause.mul_f32(0.5 + fastrand::f32() / 2.0);
            if Instant::now() + jittered >= wait_until {
                tracing::warn!(
                    endpoint = slot.endpoint.key,
                    "another has been renewing the token for long: asking for one without it"
                );
                return Turn::Ours(None);
            }
            sleep(jittered).await;
            pause = MAX_PAUSE.min(pause * 2);
        }
    }

    async fn leased(&self, slot: &Slot, found: Found, lease: Lease, until: Instant) -> Turn {
        match found {
            Found::Token(token) => Turn::Renewed(token, Some(lease)),
            Found::Refused => {
                let remove = || self.store.remove(&slot.key);
                // Should it stay, whoever takes it will be told by the vendor.
                let _ = self.ask_store(slot, "remove", until, remove).await;
                Turn::Ours(Some(lease))
            }
            Found::Nothing => Turn::Ours(Some(lease)),
        }
    }

    /// Does the work, and has the lease go on meanwhile.
    pub(super) async fn with_lease<T>(
        &self,
        slot: &Slot,
        lease: Option<&Lease>,
        work: impl Future<Output = T>,
    ) -> T {
        let Some(lease) = lease.filter(|lease| lease.is_exclusive()) else { return work.await };
        match select(pin!(work), pin!(self.extend(slot, lease))).await {
            Either::Left((done, _)) => done,
            Either::Right((never, _)) => match never {},
        }
    }

    /// Has a lease go on, for as long as this is awaited.
    async fn extend(&self, slot: &Slot, lease: &Lease) -> Infallible {
        loop {
            sleep(LEASE / 4).await;
            let until = Instant::now() + LEASE / 4;
            let extend = || self.store.extend_lease(&slot.key, lease, LEASE);
            // Once it is lost, another may ask the vendor too, which does no harm.
            if matches!(self.ask_store(slot, "extend_lease", until, extend).await, Ok(false)) {
                return pending().await;
            }
        }
    }

    /// Keeps a token for others, and ends the lease.
    pub(super) async fn hand_over(&self, slot: &Slot, stored: Option<StoredToken>, lease: Option<Lease>) {
        if let Some(stored) = stored {
            let until = Instant::now() + STORE_TIMEOUT;
            let _ = self.ask_store(slot, "save", until, || self.store.save(&slot.key, stored)).await;
        }
        if let Some(lease) = lease.filter(Lease::is_exclusive) {
            let until = Instant::now() + STORE_TIMEOUT;
            let release = || self.store.release_lease(&slot.key, lease);
            let _ = self.ask_store(slot, "release_lease", until, release).await;
        }
    }

    pub(super) async fn stored_token(
        &self,
        slot: &Slot,
        current: Option<&Token>,
        refused: Option<&Token>,
        until: Instant,
    ) -> Result<Found, StoreDown> {
        let load = || self.store.load(&slot.key);
        let Some(stored) = self.ask_store(slot, "load", until, load).await? else {
            return Ok(Found::Nothing);
        };
        if refused.is_some_and(|refused| refused.text.expose_secret() == stored.token.expose_secret()) {
            return Ok(Found::Refused);
        }
        let Some(token) = self.token(&slot.auth, stored) else { return Ok(Found::Nothing) };
        // While there is one that works, only a fresher one is worth having. After one that was refused, one
        // that is older was not got in its place. With nothing in hand any that lives will do.
        let now = Timestamp::now();
        let wanted = match (current, refused) {
            (Some(current), _) => token.expires_at > current.expires_at && now < token.renew_at,
            (None, Some(refused)) => now < token.expires_at && refused.expires_at <= token.expires_at,
            (None, None) => now < token.expires_at,
        };
        Ok(if wanted { Found::Token(token) } else { Found::Nothing })
    }

    /// What the store answers. Calls do not depend on it: it may fail, panic or take too long.
    async fn ask_store<'a, T>(
        &'a self,
        slot: &Slot,
        what: &'static str,
        until: Instant,
        ask: impl FnOnce() -> StoreFuture<'a, T>,
    ) -> Result<T, StoreDown> {
        let asked = AssertUnwindSafe(async { ask().await }).catch_unwind();
        let problem = match timeout_at(until, asked).await {
            Ok(Ok(Ok(answer))) => return Ok(answer),
            Ok(Ok(Err(error))) => match error.downcast_ref::<Problem>() {
                Some(problem) => format!("failed: {problem}"),
                // Nobody knows what secrets another's error shows.
                None => "failed".to_owned(),
            },
            Ok(Err(_)) => "panicked".to_owned(),
            Err(_) => "took too long".to_owned(),
        };
        tracing::warn!(endpoint = slot.endpoint.key, what, "the token store {problem}");
        Err(StoreDown)
    }
}
