//! The tokens of one client: one fetch for all that wait, renewal in the background.

mod fetch;
mod in_flight;
mod turn;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use self::fetch::Outcome;
use self::in_flight::{InFlight, Waited};
use super::store::{StoredToken, TokenKey, TokenStore};
use crate::authentication::credentials::{CredentialSet, Credentials};
use crate::catalogue::Family;
use crate::catalogue::{Endpoint, TokenAuth};
use crate::error::{Context, Error, Phase, TimeoutError, no_token};
use crate::http;
use crate::settings::Settings;

/// The tokens of one client.
pub(crate) struct Tokens {
    issuer: Arc<TokenIssuer>,
    /// By token endpoint: families that name the same one share its token.
    slots: Mutex<HashMap<&'static str, Arc<Slot>>>,
}

/// What it takes to get a token.
struct TokenIssuer {
    settings: Arc<Settings>,
    credentials: CredentialSet,
    store: Arc<dyn TokenStore>,
    scheme: String,
    as_form: bool,
    lifetimes: Lifetimes,
}

/// How long tokens live and when they are renewed; `None`: as the spec has it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lifetimes {
    pub(crate) lifetime: Option<Duration>,
    pub(crate) margin: Option<Duration>,
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
    /// The fetch that is on its way.
    in_flight: Option<InFlight>,
    /// No renewal in the background before this: one has just failed.
    backoff_until: Option<Instant>,
    /// The last token that the vendor refused: not to be taken from the store again.
    refused: Option<Arc<Token>>,
    /// A fetch of ours came to nothing, and may have left its lease behind: the next one waits for nobody.
    abandoned: bool,
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
        credentials: CredentialSet,
        store: Arc<dyn TokenStore>,
        scheme: String,
        as_form: bool,
        lifetimes: Lifetimes,
    ) -> Self {
        let issuer = TokenIssuer { settings, credentials, store, scheme, as_form, lifetimes };
        Self { issuer: Arc::new(issuer), slots: Mutex::default() }
    }

    /// The token that [`get`](Self::get) would give at once, if it is not even time to renew it.
    pub(crate) fn at_hand(&self, auth: &TokenAuth) -> Option<Arc<Token>> {
        lock(&self.slots).get(auth.endpoint.key)?.at_hand()
    }

    /// A token for a call that may wait until `deadline` for it, which is after `limit`. If nobody waits any
    /// more, the fetch still goes on.
    pub(crate) async fn get(
        &self,
        auth: &TokenAuth,
        call: &Context,
        deadline: Instant,
        limit: Duration,
    ) -> Fetched {
        let slot = self.slot(auth, call)?;
        let began = Instant::now();
        // So often another fetch is started in the place of one that came to nothing without a word of the
        // vendor.
        let mut again = 3;
        loop {
            let mut fetch = match slot.token_or_fetch(&self.issuer, limit) {
                Step::Token(token) => return Ok(token),
                Step::Fetch(fetch) => fetch,
                Step::NoRuntime => return Err(call.config(http::NO_RUNTIME)),
            };
            match fetch.wait(deadline, again == 0).await {
                Waited::Done(Ok(token)) => return Ok(token),
                // What another call has begun long ago, and perhaps left lying for hours, is not this one's
                // failure.
                Waited::Done(Err(Error::Transport(_) | Error::Timeout(_)))
                    if fetch.is_older_than(began) && again > 0 => {}
                Waited::Done(Err(error)) => return Err(error.with_call_context(call)),
                Waited::Lost if again > 0 => slot.forget_fetch(&fetch),
                Waited::Lost => {
                    return Err(call.config("no token: the async runtime that asks for it is shutting down"));
                }
                Waited::Stalled => slot.forget_fetch(&fetch),
                Waited::TimedOut => {
                    let mut context = call.clone();
                    let key = slot.endpoint.key;
                    context.during = Some(match fetch.is_silent() {
                        true => {
                            slot.forget_fetch(&fetch);
                            format!("no token: {key} (the runtime that asks for it stands still)").into()
                        }
                        false => no_token(key),
                    });
                    let phase = Phase::Waiting;
                    return Err(Error::Timeout(Box::new(TimeoutError { context, phase, limit })));
                }
            }
            again -= 1;
        }
    }

    /// Takes note that the vendor refused this token: the next [`get`](Self::get) fetches another, unless
    /// that has happened already.
    pub(crate) fn refused(&self, auth: &TokenAuth, token: &Arc<Token>) {
        if let Some(slot) = lock(&self.slots).get(auth.endpoint.key) {
            let mut state = lock(&slot.state);
            if state.current.as_ref().is_some_and(|current| Arc::ptr_eq(current, token)) {
                state.refused = state.current.take();
            }
        }
    }

    /// The credentials of a family.
    pub(crate) fn credentials(&self, family: Family) -> Option<&Credentials> {
        self.issuer.credentials.of(family)
    }

    /// Takes all that must never show in a text out of an error: what the client was given, the tokens that
    /// it holds, and the one that a call was made with.
    pub(crate) fn scrub(&self, error: &mut Error, used: Option<&Token>) {
        let held: Vec<Arc<Token>> = lock(&self.slots)
            .values()
            .flat_map(|slot| {
                let state = lock(&slot.state);
                [state.current.clone(), state.refused.clone()].into_iter().flatten()
            })
            .collect();
        let mut secrets = self.issuer.secrets();
        secrets.extend(held.iter().map(|token| token.text.expose_secret()));
        secrets.extend(used.map(|token| token.text.expose_secret()));
        error.scrub(&secrets);
    }

    fn slot(&self, auth: &TokenAuth, call: &Context) -> Result<Arc<Slot>, Error> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(auth.endpoint.key) {
            return Ok(Arc::clone(slot));
        }
        let endpoint = auth.endpoint;
        let Some(Credentials::KeyAndSecret { key, .. }) = self.issuer.credentials.of(endpoint.family) else {
            return Err(call.config(
                "this call needs a token and the client has no credentials: give them with \
                 `ClientBuilder::credentials(key, secret)`",
            ));
        };
        let key = TokenKey::new(self.issuer.settings.hosts.text(endpoint.family), endpoint.key, key.clone());
        let slot = Arc::new(Slot { key, auth: *auth, endpoint, state: Mutex::default() });
        slots.insert(auth.endpoint.key, Arc::clone(&slot));
        Ok(slot)
    }
}

enum Step {
    Token(Arc<Token>),
    Fetch(InFlight),
    NoRuntime,
}

impl Slot {
    /// What [`token_or_fetch`](Self::token_or_fetch) gives where there is nothing to be done.
    fn at_hand(&self) -> Option<Arc<Token>> {
        let now = Timestamp::now();
        lock(&self.state).current.clone().filter(|token| now < token.renew_at && now < token.expires_at)
    }

    fn token_or_fetch(self: &Arc<Self>, issuer: &Arc<TokenIssuer>, limit: Duration) -> Step {
        let mut state = lock(&self.state);
        let now = Timestamp::now();
        let in_flight = state.in_flight.clone().filter(InFlight::is_live);
        if let Some(token) = state.current.clone().filter(|token| now < token.expires_at) {
            let may_renew = state.backoff_until.is_none_or(|until| Instant::now() >= until);
            if now >= token.renew_at && may_renew && in_flight.is_none() {
                self.spawn_fetch(&mut state, issuer, limit);
            }
            return Step::Token(token);
        }
        match in_flight.or_else(|| self.spawn_fetch(&mut state, issuer, limit)) {
            Some(fetch) => Step::Fetch(fetch),
            None => Step::NoRuntime,
        }
    }

    /// Starts a fetch, as a task of its own: the caller may be cancelled, the others still wait for it.
    fn spawn_fetch(
        self: &Arc<Self>,
        state: &mut State,
        issuer: &Arc<TokenIssuer>,
        limit: Duration,
    ) -> Option<InFlight> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        let (running, fetch) = in_flight::start();
        let alone = state.in_flight.replace(fetch.clone()).is_some() || state.abandoned;
        state.abandoned = false;
        let (slot, issuer, this) = (Arc::clone(self), Arc::clone(issuer), fetch.clone());
        let (current, refused) = (state.current.clone(), state.refused.clone());
        runtime.spawn(async move {
            let work = issuer.fetch(&slot, current.as_deref(), refused.as_deref(), limit, alone);
            let work = AssertUnwindSafe(running.alive(work)).catch_unwind();
            let outcome = work.await.unwrap_or_else(|_| Outcome {
                result: Err(Error::config(PANICKED)),
                to_save: None,
                lease: None,
            });
            let result = outcome.result.map(Arc::new);
            slot.complete(&this, &result);
            running.end(result);
            // Nobody waits for the store.
            issuer.hand_over(&slot, outcome.to_save, outcome.lease).await;
        });
        Some(fetch)
    }

    fn complete(&self, fetch: &InFlight, result: &Fetched) {
        let mut state = lock(&self.state);
        // Another one may have taken its place meanwhile.
        let is_current = state.in_flight.as_ref().is_some_and(|current| current.is(fetch));
        if is_current {
            state.in_flight = None;
        }
        match result {
            Ok(token) => {
                let is_better = state.current.as_ref().is_none_or(|old| old.expires_at < token.expires_at);
                if is_current || (is_better && state.in_flight.is_some()) {
                    state.current = Some(Arc::clone(token));
                    state.backoff_until = None;
                    state.refused = None;
                }
            }
            Err(_) if is_current => {
                let pause = Duration::from_secs(30).mul_f32(1.0 + fastrand::f32());
                state.backoff_until = Some(Instant::now() + pause);
            }
            Err(_) => {}
        }
    }

    fn forget_fetch(&self, lost: &InFlight) {
        let mut state = lock(&self.state);
        if state.in_flight.as_ref().is_some_and(|fetch| fetch.is(lost)) {
            state.in_flight = None;
            state.abandoned = true;
        }
    }
}

impl TokenIssuer {
    /// What the client was given. The key of encrypted calls is never sent, and the vendor knows it all the
    /// same.
    fn secrets(&self) -> Vec<&str> {
        let mut secrets = self.credentials.secrets();
        secrets.extend(self.settings.encryption_key());
        secrets
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
        let margin = self.lifetimes.margin(auth);
        // A fleet that was started together is not to renew together.
        let jitter = margin.as_secs_f64() / 6.0 * fastrand::f64();
        let early = SignedDuration::from_secs_f64(margin.as_secs_f64() + jitter);
        let renew_at = stored.expires_at.checked_sub(early).unwrap_or(stored.expires_at);
        Some(Token { header, text: stored.token, expires_at: stored.expires_at, renew_at })
    }
}

const PANICKED: &str =
    "no token: asking for it has panicked; the tokio runtime needs its timers and its io (`enable_all`)";

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

impl Lifetimes {
    /// How long a token lives whose answer does not say.
    fn of(self, auth: &TokenAuth) -> Duration {
        let usual = Duration::from_secs(auth.lifetime_secs.into());
        self.lifetime.unwrap_or(usual).max(MINUTE)
    }

    /// How long before its end a token is renewed. A token that is to be renewed all its life would be asked
    /// for with every call.
    fn margin(self, auth: &TokenAuth) -> Duration {
        let lifetime = self.of(auth);
        self.margin.unwrap_or(lifetime.min(4 * HOUR) / 4).min(lifetime / 2)
    }
}

/// No code of ours panics while it holds a lock; should it ever, the data behind it is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
