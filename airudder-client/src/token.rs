//! Tokens: asked for once, shared, renewed early.
//!
//! A token lives for 24 hours and asking again restarts them (vendor's pages api-44712004, api-53949513), so a token is
//! - fetched once, however many calls wait for it,
//! - renewed in the background about an hour before its end, while the old one goes on serving (also if the renewal fails),
//! - renewed at once when the vendor refuses it (HTTP 401, or the code for it), and the refused call is repeated once,
//! - kept in a [`TokenStore`], so that a fleet of processes can share one.
//!
//! A failure to get one is never kept: the next call tries again. A refused key or secret is told at once, without repeats.
//!
//! ```
//! use std::sync::Arc;
//! use airudder_client::{Client, token::MemoryTokenStore};
//! # use airudder_simulator::Simulator;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::start().await?;
//! # let builder = || {
//! #     Client::builder().credentials(Simulator::APP_KEY, Simulator::APP_SECRET).base_url(simulator.base_url())
//! # };
//!
//! // let builder = || Client::builder().credentials("application key", "application secret");
//! let store = Arc::new(MemoryTokenStore::new()); // between processes: a store of yours
//! let first = builder().token_store(Arc::clone(&store)).build()?;
//! let second = builder().token_store(store).build()?;
//! first.collection().list_robots().send().await?;
//! second.collection().list_robots().send().await?; // with the same token
//! # assert_eq!(simulator.auth_requests(), 1);
//! # simulator.revoke_tokens();
//!
//! // The vendor refuses it some day: the call fetches another one, and goes on.
//! first.collection().list_robots().send().await?;
//! # assert_eq!(simulator.auth_requests(), 2);
//! # Ok(()) }
//! ```

mod fetch;
mod store;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
#[doc(no_inline)]
pub use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::watch, time::Instant};

pub use self::store::{MemoryTokenStore, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::catalogue::{ENDPOINTS, Endpoint, TokenAuth};
use crate::config::Settings;
use crate::error::{Context, Error, Phase, TimeoutError, no_token};

/// The application's key and secret.
pub(crate) struct Credentials {
    pub(crate) key: SecretString,
    pub(crate) secret: SecretString,
}

/// The tokens of one client.
pub(crate) struct Tokens {
    desk: Arc<Desk>,
    /// By token endpoint: families that name the same one share its token.
    slots: Mutex<HashMap<&'static str, Arc<Slot>>>,
}

/// What it takes to get a token.
struct Desk {
    settings: Arc<Settings>,
    credentials: Option<Credentials>,
    store: Arc<dyn TokenStore>,
    scheme: String,
    as_form: bool,
}

/// The place of one token.
struct Slot {
    key: TokenKey,
    auth: TokenAuth,
    endpoint: &'static Endpoint,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Token>>,
    /// The fetch that is on its way. Its result is for everyone who waits.
    flight: Option<watch::Receiver<Option<Fetched>>>,
    /// No renewal in the background before this: one has just failed.
    rest_until: Option<Instant>,
    /// The last token that the vendor refused: not to be taken from the store again.
    refused: Option<Arc<Token>>,
}

type Fetched = Result<Arc<Token>, Error>;

/// A token in use.
pub(crate) struct Token {
    /// The whole value of the header `Authorization`.
    pub(crate) header: HeaderValue,
    pub(crate) text: SecretString,
    expires_at: Timestamp,
    renew_at: Timestamp,
}

impl Tokens {
    pub(crate) fn new(
        settings: Arc<Settings>,
        credentials: Option<Credentials>,
        store: Arc<dyn TokenStore>,
        scheme: String,
        as_form: bool,
    ) -> Self {
        let desk = Desk { settings, credentials, store, scheme, as_form };
        Self { desk: Arc::new(desk), slots: Mutex::default() }
    }

    /// A token for a call that may wait as long as `patience` for it. If nobody waits any more, the fetch still goes on.
    pub(crate) async fn get(&self, auth: &TokenAuth, call: &Context, patience: Duration) -> Fetched {
        let slot = self.slot(auth, call)?;
        // A flight is lost when the runtime that it runs on is shut down; then another has to start.
        for _ in 0..3 {
            let mut flight = match slot.token_or_flight(&self.desk) {
                Step::Token(token) => return Ok(token),
                Step::Flight(flight) => flight,
                Step::NoRuntime => break,
            };
            let landed = match tokio::time::timeout(patience, flight.wait_for(Option::is_some)).await {
                Ok(Ok(result)) => result.clone(),
                Ok(Err(_)) => None,
                Err(_) => {
                    let mut context = call.clone();
                    context.during = Some(no_token(slot.endpoint.key));
                    return Err(Error::Timeout(Box::new(TimeoutError {
                        context,
                        phase: Phase::Exchange,
                        limit: patience,
                    })));
                }
            };
            match landed {
                Some(result) => return result.map_err(|error| error.for_want_of_a_token(call)),
                None => slot.forget_flight(&flight),
            }
        }
        Err(call.config("the async runtime that fetches tokens is shutting down"))
    }

    /// Takes note that the vendor refused this token: the next [`get`](Self::get) fetches another, unless that has happened already.
    pub(crate) fn refused(&self, auth: &TokenAuth, token: &Arc<Token>) {
        if let Some(slot) = lock(&self.slots).get(auth.endpoint) {
            let mut state = lock(&slot.state);
            if state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, token)) {
                state.refused = state.current.take();
            }
        }
    }

    /// What must never show in a text.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        self.desk.secrets()
    }

    fn slot(&self, auth: &TokenAuth, call: &Context) -> Result<Arc<Slot>, Error> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(auth.endpoint) {
            return Ok(Arc::clone(slot));
        }
        let Some(credentials) = &self.desk.credentials else {
            return Err(call.config(
                "this call needs a token and the client has no credentials: give them with `ClientBuilder::credentials(key, secret)`",
            ));
        };
        let Some(endpoint) = ENDPOINTS.iter().find(|e| e.key == auth.endpoint) else {
            return Err(call.config(format!("the catalogue has no token endpoint `{}`", auth.endpoint)));
        };
        let key = TokenKey::new(
            self.desk.settings.base_url(endpoint.family),
            endpoint.key,
            credentials.key.clone(),
        );
        let slot = Arc::new(Slot { key, auth: *auth, endpoint, state: Mutex::default() });
        slots.insert(auth.endpoint, Arc::clone(&slot));
        Ok(slot)
    }
}

enum Step {
    Token(Arc<Token>),
    Flight(watch::Receiver<Option<Fetched>>),
    NoRuntime,
}

impl Slot {
    fn token_or_flight(self: &Arc<Self>, desk: &Arc<Desk>) -> Step {
        let mut state = lock(&self.state);
        let now = Timestamp::now();
        if let Some(token) = state.current.clone().filter(|token| now < token.expires_at) {
            let rested = state.rest_until.is_none_or(|until| Instant::now() >= until);
            if now >= token.renew_at && rested && state.flight.is_none() {
                self.launch(&mut state, desk);
            }
            return Step::Token(token);
        }
        match state.flight.clone().or_else(|| self.launch(&mut state, desk)) {
            Some(flight) => Step::Flight(flight),
            None => Step::NoRuntime,
        }
    }

    /// Starts a fetch, as a task of its own: the caller may be cancelled, the others still wait for it.
    fn launch(
        self: &Arc<Self>,
        state: &mut State,
        desk: &Arc<Desk>,
    ) -> Option<watch::Receiver<Option<Fetched>>> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let (sender, receiver) = watch::channel(None);
        state.flight = Some(receiver.clone());
        let (slot, desk) = (Arc::clone(self), Arc::clone(desk));
        let (current, refused) = (state.current.clone(), state.refused.clone());
        runtime.spawn(async move {
            let result = desk.fetch(&slot, current.as_deref(), refused.as_deref()).await;
            slot.land(&result);
            sender.send_replace(Some(result));
        });
        Some(receiver)
    }

    fn land(&self, result: &Fetched) {
        let mut state = lock(&self.state);
        state.flight = None;
        match result {
            Ok(token) => {
                state.current = Some(Arc::clone(token));
                state.rest_until = None;
                state.refused = None;
            }
            Err(_) => {
                let rest = Duration::from_secs(30).mul_f32(1.0 + fastrand::f32());
                state.rest_until = Some(Instant::now() + rest);
            }
        }
    }

    fn forget_flight(&self, lost: &watch::Receiver<Option<Fetched>>) {
        let mut state = lock(&self.state);
        if state.flight.as_ref().is_some_and(|flight| flight.same_channel(lost)) {
            state.flight = None;
        }
    }
}

impl Desk {
    fn secrets(&self) -> Vec<&str> {
        self.credentials.iter().flat_map(|c| [c.key.expose_secret(), c.secret.expose_secret()]).collect()
    }

    /// A token ready for use; `None` if no HTTP header can carry it.
    fn token(&self, auth: &TokenAuth, stored: StoredToken) -> Option<Token> {
        // Verbatim: it holds `+` and `/`.
        let header = match self.scheme.is_empty() {
            true => stored.token.expose_secret().to_owned(),
            false => format!("{} {}", self.scheme, stored.token.expose_secret()),
        };
        let mut header = HeaderValue::try_from(header).ok()?;
        header.set_sensitive(true);
        let margin = lifetime(auth).min(4 * HOUR) / 4;
        // A fleet that was started together is not to renew together.
        let jitter = margin.as_secs_f64() / 6.0 * fastrand::f64();
        let early = SignedDuration::from_secs_f64(margin.as_secs_f64() + jitter);
        let renew_at = stored.expires_at.checked_sub(early).unwrap_or(stored.expires_at);
        Some(Token { header, text: stored.token, expires_at: stored.expires_at, renew_at })
    }
}

const HOUR: Duration = Duration::from_secs(3600);

fn lifetime(auth: &TokenAuth) -> Duration {
    Duration::from_secs(u64::from(auth.lifetime_secs).max(60))
}

/// No code of ours panics while it holds a lock; should it ever, the data behind it is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
