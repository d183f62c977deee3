//! From a request to the bytes of a message that may be read.

use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts as _, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use bytes::Bytes;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::authenticator::{Authenticator, Verdict, VerifyRequest};
use super::body;
use super::presented::{original_uri, secret_of};
use super::rejection::{Alarm, Reason, Refusal, Rejection};
use crate::catalogue::Webhook;
use crate::encryption::Key;
use crate::webhook;

/// How messages are received: who may send them, and within which limits. Cheap to clone.
///
/// It makes a router ([`routes`](Self::routes)); where the routes are your own, it is the state, or a part of
/// it, that [`Received`](super::Received) takes its limits from.
#[derive(Debug, Clone)]
#[must_use]
pub struct Receiver {
    settings: Arc<Settings>,
}

#[derive(Debug, Clone)]
struct Settings {
    authenticator: Authenticator,
    refusal: Refusal,
    key: Option<Key>,
    max_body_bytes: usize,
    body_timeout: Duration,
    storing_timeout: Duration,
    places: Arc<Semaphore>,
}

impl Receiver {
    /// A receiver that takes messages from these senders alone.
    pub fn new(authenticator: Authenticator) -> Self {
        let settings = Settings {
            authenticator,
            refusal: Refusal::default(),
            key: None,
            max_body_bytes: 4 << 20,
            body_timeout: Duration::from_secs(15),
            storing_timeout: Duration::from_secs(8),
            places: Arc::new(Semaphore::new(256)),
        };
        Self { settings: Arc::new(settings) }
    }

    fn with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(Arc::make_mut(&mut self.settings));
        self
    }

    /// The size of a body, as it comes and decompressed: 4 MiB if not set. What is larger is answered 413, as
    /// early as it is known. Nobody knows how large the vendor's messages can be.
    pub fn max_body_bytes(self, max: usize) -> Self {
        self.with(|settings| settings.max_body_bytes = max)
    }

    /// The time that the body of a request may take to come, 15 seconds if not set: then 408. For the time
    /// that the head may take see [`Server`](super::Server).
    pub fn body_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.body_timeout = timeout)
    }

    /// The time that an inbox may take to store a message, and a verifier to tell, 8 seconds if not set: then
    /// it is dropped where it waits, and the answer is 503. How long the vendor waits for an answer is not
    /// known.
    pub fn storing_timeout(self, timeout: Duration) -> Self {
        self.with(|settings| settings.storing_timeout = timeout)
    }

    /// How many messages are read and stored at a time, 256 if not set: what comes beyond is answered 503.
    /// With [`max_body_bytes`](Self::max_body_bytes) this bounds the memory.
    pub fn max_concurrent(self, max: usize) -> Self {
        let places = Semaphore::new(max.clamp(1, Semaphore::MAX_PERMITS));
        self.with(|settings| settings.places = Arc::new(places))
    }

    /// What senders who are not let in are answered: 404 if not set.
    pub fn refuse_with(self, refusal: Refusal) -> Self {
        self.with(|settings| settings.refusal = refusal)
    }

    /// Decrypts messages that say, in the header `Is-Encrypted`, that they are encrypted; see
    /// [`Key::decrypt_callback`]. That the vendor encrypts messages in this way is **assumed**. Messages that
    /// do not say so are taken as they are: encryption tells nothing of the sender.
    pub fn encryption(self, key: Key) -> Self {
        self.with(|settings| settings.key = Some(key))
    }

    pub(super) fn authenticator(&self) -> &Authenticator {
        &self.settings.authenticator
    }

    pub(super) fn storing_timeout_is(&self) -> Duration {
        self.settings.storing_timeout
    }

    /// What is answered, after a word of it in the log.
    pub(super) fn refused(&self, reason: Reason) -> Rejection {
        match reason.alarm() {
            // What is missing has been said already.
            Alarm::Said => {}
            Alarm::Warning => tracing::warn!("not taken: {reason}"),
            Alarm::None => tracing::info!("not taken: {reason}"),
        }
        Rejection::new(reason, self.settings.refusal)
    }

    /// Lets a request in, or not; nothing of its body is read.
    pub(super) async fn admit(&self, request: Request) -> Result<Admitted, Reason> {
        let arrived = Timestamp::now();
        let (mut parts, body) = request.into_parts();
        let authenticator = &self.settings.authenticator;
        let secret = secret_of(&mut parts).await;
        if authenticator.has_secret() && secret.is_none() {
            tracing::error!("the path of this route has no `{{secret}}`, which the authenticator needs");
            return Err(Reason::Setup);
        }
        let peer = ConnectInfo::<SocketAddr>::from_request_parts(&mut parts, &()).await;
        let peer = peer.ok().map(|ConnectInfo(peer)| peer.ip());
        if authenticator.has_addresses() && peer.is_none() {
            tracing::error!(
                "the address of the sender is not known: serve with `receive::Server`, or with axum's \
                 `into_make_service_with_connect_info::<SocketAddr>`"
            );
            return Err(Reason::Setup);
        }
        if !authenticator.lets_in(peer, &parts.headers, secret.as_deref()) {
            return Err(Reason::Sender);
        }
        let place = Arc::clone(&self.settings.places).try_acquire_owned().map_err(|_| Reason::Busy)?;
        Ok(Admitted { receiver: self.clone(), parts, body, arrived, place })
    }
}

/// Why there is no result of what a user of this crate has written.
pub(super) enum Stopped {
    Late,
    Panicked,
}

/// What it comes to, if it does so in this time and without a panic.
pub(super) async fn within<F: Future>(
    timeout: Duration,
    work: impl FnOnce() -> F,
) -> Result<F::Output, Stopped> {
    let caught = AssertUnwindSafe(async { work().await }).catch_unwind();
    match tokio::time::timeout(timeout, caught).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) => Err(Stopped::Panicked),
        Err(_) => Err(Stopped::Late),
    }
}

/// A request from somebody who may send.
pub(super) struct Admitted {
    receiver: Receiver,
    pub(super) parts: Parts,
    body: axum::body::Body,
    /// When it came.
    pub(super) arrived: Timestamp,
    /// Its place among those that are taken at a time.
    place: OwnedSemaphorePermit,
}

/// What was read of a request.
pub(super) struct Taken {
    /// The JSON, in the clear.
    pub(super) body: Bytes,
    headers: HeaderMap,
    pub(super) arrived: Timestamp,
    pub(super) place: OwnedSemaphorePermit,
}

impl Admitted {
    /// Reads the body, and has it verified before anything is made of it.
    pub(super) async fn read(self) -> Result<Taken, Reason> {
        let Self { receiver, parts, body, arrived, place } = self;
        let settings = &receiver.settings;
        let headers = &parts.headers;
        let max = settings.max_body_bytes;
        let raw = body::read(headers, body, max, settings.body_timeout).await?;
        let uri = original_uri(&parts);
        let request = VerifyRequest {
            method: &parts.method,
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers,
            body: &raw,
        };
        match within(settings.storing_timeout, || settings.authenticator.verify(request)).await {
            Ok(Ok(Verdict::Genuine)) => {}
            Ok(Ok(Verdict::Forged)) => return Err(Reason::Forged),
            Ok(Err(_)) | Err(Stopped::Late) => return Err(Reason::Verifier),
            Err(Stopped::Panicked) => return Err(Reason::Panicked),
        }
        let plain = body::decompress(headers, raw, max)?;
        let body = body::decrypt(headers, plain, settings.key.as_ref())?;
        Ok(Taken { body, headers: parts.headers, arrived, place })
    }
}

impl Taken {
    /// Whether the headers that repeat a value of a message say the same as it.
    pub(super) fn check_headers(&self, webhooks: &[&'static Webhook], named: bool) -> Result<(), Reason> {
        if webhooks.iter().all(|webhook| webhook.header.is_none()) {
            return Ok(());
        }
        for (header, value) in webhook::repeated(webhooks, named, &self.body) {
            let mut all = self.headers.get_all(header.name).iter();
            let (Some(sent), None) = (all.next(), all.next()) else {
                return Err(Reason::HeaderMissing(header.name));
            };
            if value.is_none_or(|value| value.as_bytes() != sent.as_bytes().trim_ascii()) {
                return Err(Reason::HeaderDiffers(header.name));
            }
        }
        Ok(())
    }
}
