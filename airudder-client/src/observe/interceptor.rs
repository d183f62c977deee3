//! The trait for those who want a say before a call is sent.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE,
    COOKIE, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION, RANGE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use tokio::time::Instant;

use super::call::Call;
use crate::encryption::{IS_ENCRYPTED, SIGNED};
use crate::error::{Context, Error, InterceptedError, InterceptedKind, Phase, TimeoutError};

/// What an interceptor's method returns.
pub type InterceptFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send + 'a>>;

/// Is asked before each attempt of a call, and may delay it, refuse it, or add headers to it. Given to the
/// client with [`ClientBuilder::interceptor`](crate::ClientBuilder::interceptor).
///
/// It is asked when everything else is there: the token, and a place among the calls that may run at the same
/// time. What it lets through is sent at once. Of several, each is asked after the one before has agreed. Its
/// time counts as the other waiting does: after the call's time-out the call ends as
/// [`Error::Timeout`](crate::Error::Timeout) with [`Phase::Waiting`](crate::error::Phase::Waiting), and the
/// future is dropped wherever it stands.
///
/// A refusal ends the call as [`Error::Intercepted`](crate::Error::Intercepted), and is not repeated. So does
/// a panic. In both cases this attempt was not sent.
///
/// Not asked are requests for a token, which the client makes for all calls together, and files behind a
/// link, which lie on other hosts.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use airudder_client::catalogue::Effect;
/// use airudder_client::observe::{InterceptFuture, Interceptor, PendingCall, Refusal};
///
/// /// Nobody's phone rings while this is set; reading goes on.
/// #[derive(Default)]
/// struct Pause(AtomicBool);
///
/// impl Interceptor for Pause {
///     fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a> {
///         Box::pin(async move {
///             match self.0.load(Ordering::Relaxed) && call.call().effect() != Effect::Read {
///                 true => Err(Refusal::new("paused by the operator")),
///                 false => Ok(()),
///             }
///         })
///     }
/// }
///
/// let client = airudder_client::Client::builder().interceptor(Pause::default()).build()?;
/// # Ok::<(), airudder_client::Error>(())
/// ```
pub trait Interceptor: Send + Sync {
    /// Lets the attempt go, late or at once, or refuses it.
    fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a>;
}

impl<T: Interceptor + ?Sized> Interceptor for Arc<T> {
    fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a> {
        (**self).before_send(call)
    }
}

/// An attempt that is about to be sent.
#[derive(Debug)]
pub struct PendingCall {
    call: Arc<Call>,
    attempt: u32,
    deadline: Instant,
    headers: HeaderMap,
}

impl PendingCall {
    pub(super) fn new(call: Arc<Call>, attempt: u32, deadline: Instant) -> Self {
        Self { call, attempt, deadline, headers: HeaderMap::new() }
    }

    /// The call.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Which attempt of the call it is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// How long it can be held back before the call's time-out.
    pub fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Adds a header to this attempt, in place of one of the same name that an earlier interceptor has added.
    ///
    /// # Errors
    /// A refusal, to be given back with `?`, for headers that are the client's business: those of
    /// authentication, encryption and connection, `Host`, `Cookie`, `User-Agent`, `Accept`, `Range`, and all
    /// about the body. (A header that the [`Signer`](crate::signer::Signer) sets cannot be added either; that
    /// shows only afterwards, and ends the call in the same way.)
    pub fn set_header(&mut self, name: HeaderName, value: HeaderValue) -> Result<(), Refusal> {
        const OF_THE_CLIENT: [HeaderName; 19] = [
            ACCEPT,
            ACCEPT_ENCODING,
            AUTHORIZATION,
            CONNECTION,
            CONTENT_ENCODING,
            CONTENT_LENGTH,
            CONTENT_TYPE,
            COOKIE,
            EXPECT,
            HOST,
            IS_ENCRYPTED,
            PROXY_AUTHORIZATION,
            RANGE,
            SIGNED,
            TE,
            TRAILER,
            TRANSFER_ENCODING,
            UPGRADE,
            USER_AGENT,
        ];
        if OF_THE_CLIENT.contains(&name) {
            return Err(Refusal::forbidden(&name));
        }
        self.headers.insert(name, value);
        Ok(())
    }
}

/// Why an interceptor does not let a call go.
#[derive(Debug, Clone)]
pub struct Refusal {
    kind: InterceptedKind,
    reason: String,
    retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal for this reason, which the error shows.
    #[must_use = "a refusal does nothing unless it is returned"]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { kind: InterceptedKind::Refused, reason: reason.into(), retry_after: None }
    }

    /// Says that the same call may be let through after this time: the error is
    /// [transient](crate::Error::is_transient) then.
    #[must_use = "a refusal does nothing unless it is returned"]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    fn forbidden(name: &HeaderName) -> Self {
        let reason = format!("the header {name} is set by the client alone");
        Self { kind: InterceptedKind::ForbiddenHeader, reason, retry_after: None }
    }

    fn panicked() -> Self {
        let reason = "the interceptor has panicked".to_owned();
        Self { kind: InterceptedKind::Panicked, reason, retry_after: None }
    }

    fn into_error(self, context: &Context) -> Error {
        let Self { kind, reason, retry_after } = self;
        Error::Intercepted(Box::new(InterceptedError { context: context.clone(), kind, reason, retry_after }))
    }
}

/// Who is asked, in this order.
pub(crate) type Interceptors = Vec<Arc<dyn Interceptor>>;

/// Asks all of them about the attempt that comes next. Gives the headers that they have added.
pub(crate) async fn ask(
    interceptors: &Interceptors,
    call: &Arc<Call>,
    context: &Context,
    deadline: Instant,
    limit: Duration,
) -> Result<HeaderMap, Error> {
    let mut pending = PendingCall::new(Arc::clone(call), context.attempts + 1, deadline);
    for interceptor in interceptors {
        // Its method itself may panic too, before there is a future.
        let asked = AssertUnwindSafe(async { interceptor.before_send(&mut pending).await }).catch_unwind();
        match tokio::time::timeout_at(deadline, asked).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(refusal))) => return Err(refusal.into_error(context)),
            Ok(Err(_)) => return Err(Refusal::panicked().into_error(context)),
            Err(_) => {
                let mut context = context.clone();
                context.during = Some("held back by an interceptor".into());
                let phase = Phase::Waiting;
                return Err(Error::Timeout(Box::new(TimeoutError { context, phase, limit })));
            }
        }
    }
    Ok(pending.headers)
}

/// Puts the headers of interceptors beside those of the client.
pub(crate) fn add_headers(
    context: &Context,
    headers: &mut HeaderMap,
    added: &HeaderMap,
) -> Result<(), Error> {
    for (name, value) in added {
        if headers.contains_key(name) {
            return Err(Refusal::forbidden(name).into_error(context));
        }
        headers.insert(name, value.clone());
    }
    Ok(())
}
