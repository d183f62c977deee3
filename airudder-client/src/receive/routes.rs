//! The router.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tracing::Instrument as _;

use super::inbox::{Delivery, Inbox};
use super::presented::SECRET;
use super::receiver::{Receiver, Stopped, within};
use super::rejection::Reason;
use crate::catalogue::Webhook;
use crate::webhook::{AnyEvent, Event, FromMessage};

/// The parameter of a path that names the webhook.
const NAME: &str = "name";

/// What is acknowledged. That the status alone counts is assumed; public receivers answer one half of this or
/// the other.
const ACKNOWLEDGED: &str = r#"{"code":200,"msg":"ok","status":"success"}"#;

/// The answer that acknowledges a message, for routes of your own: 200 with a small JSON object. Give it when
/// the message is stored, and 503 when it could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Acknowledged;

impl IntoResponse for Acknowledged {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], ACKNOWLEDGED).into_response()
    }
}

/// The URLs of a receiver, on the way to a router.
///
/// | route | |
/// |---|---|
/// | `POST /{secret}/{key}` | one per webhook: most messages do not say of which they are |
/// | `POST /{secret}/{name}` | one for several webhooks, see [`shared`](Self::shared) |
/// | `GET /health` | 200 while [`Inbox::ready`] says so, else 503; without a secret |
///
/// Without a secret in the [`Authenticator`](super::Authenticator) the paths begin with the key. The router
/// has no state and can be nested, merged and layered like any other; two of them need prefixes
/// (`Router::new().nest("/collection", one).nest("/chat", other)`). The secret is to stay out of logs:
/// [`hide_secret`](super::hide_secret()).
#[must_use]
pub struct Routes<E: AnyEvent = Event> {
    receiver: Receiver,
    targets: BTreeMap<String, Target>,
    health: String,
    problem: Option<RoutesError>,
    event: PhantomData<fn() -> E>,
}

/// What comes to one URL.
struct Target {
    webhooks: Vec<&'static Webhook>,
    /// The webhook, where there is one alone.
    key: Option<&'static str>,
}

impl Receiver {
    /// Routes for webhooks of the vendor.
    pub fn routes(self) -> Routes<Event> {
        Routes::new(self)
    }

    /// Routes for webhooks of a section of your own, whose `Event` [`api!`](crate::api!) has made.
    pub fn routes_of<E: AnyEvent>(self) -> Routes<E> {
        Routes::new(self)
    }
}

impl<E: AnyEvent> Routes<E> {
    fn new(receiver: Receiver) -> Self {
        Self {
            receiver,
            targets: BTreeMap::new(),
            health: "/health".to_owned(),
            problem: None,
            event: PhantomData,
        }
    }

    /// Each of these webhooks at a URL of its own: by its key, or all of a section by the section's name.
    pub fn webhooks(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let found = self.find(names);
        self.add_each(&found);
        self
    }

    /// All webhooks that there are, each at a URL of its own.
    pub fn all(mut self) -> Self {
        self.add_each(E::__reader().webhooks);
        self
    }

    /// The webhooks of this struct, such as
    /// [`collection::CallFinished`](../collection/struct.CallFinished.html), each at a URL of its own. A
    /// struct that several share brings them all.
    pub fn of<T: FromMessage<Event = E>>(mut self) -> Self {
        self.add_each(&T::webhooks());
        self
    }

    /// One URL, `/{secret}/{name}`, for several webhooks, named as in [`webhooks`](Self::webhooks). Each
    /// message is told by what only its webhook has, as [`webhook::read_any`](crate::webhook::read_any) does
    /// it, among these alone. The predictive dialer has one URL for its three.
    pub fn shared(
        mut self,
        name: impl Into<String>,
        names: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Self {
        let (name, webhooks) = (name.into(), self.find(names));
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        if name.is_empty() || !name.bytes().all(is_plain) || name.bytes().all(|b| b == b'.') {
            self.fail(RoutesError::Name(name));
        } else if webhooks.is_empty() {
            self.fail(RoutesError::Empty);
        } else {
            let key = if let [one] = webhooks[..] { Some(one.key) } else { None };
            self.add(name, Target { webhooks, key });
        }
        self
    }

    /// The path of the health route, `/health` if not set.
    pub fn health(mut self, path: impl Into<String>) -> Self {
        self.health = path.into();
        self
    }

    /// The router. What comes goes to this inbox.
    ///
    /// # Errors
    /// [`RoutesError`]: a name that no webhook has, two URLs of one name, or none at all.
    pub fn router<S>(self, inbox: impl Inbox<E>) -> Result<Router<S>, RoutesError>
    where
        S: Clone + Send + Sync + 'static,
    {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
        let sound = self.health.len() > 1 && self.health.starts_with('/') && self.health.bytes().all(plain);
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if !sound || self.targets.contains_key(&self.health[1..]) {
            return Err(RoutesError::Health(self.health));
        }
        if self.targets.is_empty() {
            return Err(RoutesError::Empty);
        }
        let path = match self.receiver.authenticator().has_secret() {
            true => format!("/{{{SECRET}}}/{{{NAME}}}"),
            false => format!("/{{{NAME}}}"),
        };
        let shared = Shared { receiver: self.receiver, targets: self.targets, inbox: Arc::new(inbox) };
        Ok(Router::new()
            .route(&path, any(receive::<E>))
            .route(&self.health, get(health::<E>))
            .with_state(Arc::new(shared)))
    }

    /// The webhooks of these names, and a note of the first that there is not.
    fn find(&mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<&'static Webhook> {
        let all = E::__reader().webhooks;
        let mut found: Vec<&'static Webhook> = Vec::new();
        for name in names {
            let name = name.as_ref();
            let is_it = |webhook: &&&Webhook| webhook.key == name || webhook.section == name;
            let mut these = all.iter().filter(is_it).peekable();
            if these.peek().is_none() {
                self.fail(RoutesError::Unknown(name.to_owned()));
            }
            found.extend(these);
        }
        found
    }

    fn add_each(&mut self, webhooks: &[&'static Webhook]) {
        for webhook in webhooks {
            // The same webhook twice is one.
            let is_it = |target: &Target| target.key == Some(webhook.key);
            if !self.targets.get(webhook.key).is_some_and(is_it) {
                self.add(webhook.key.to_owned(), Target { webhooks: vec![webhook], key: Some(webhook.key) });
            }
        }
    }

    fn add(&mut self, name: String, target: Target) {
        match self.targets.contains_key(&name) {
            true => self.fail(RoutesError::Twice(name)),
            false => drop(self.targets.insert(name, target)),
        }
    }

    fn fail(&mut self, problem: RoutesError) {
        self.problem.get_or_insert(problem);
    }
}

impl<E: AnyEvent> std::fmt::Debug for Routes<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Routes")
            .field("receiver", &self.receiver)
            .field("names", &self.targets.keys())
            .field("health", &self.health)
            .finish_non_exhaustive()
    }
}

/// Why there is no router.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoutesError {
    /// No webhook and no section has this name, or the section's cargo feature is off.
    #[error(
        "there is no webhook and no section `{0}`: the keys stand in `catalogue::WEBHOOKS`, and a section \
         may be switched off by its cargo feature"
    )]
    Unknown(String),
    /// Two URLs would have this name.
    #[error("there are two URLs of the name `{0}`")]
    Twice(String),
    /// A URL cannot have this name.
    #[error("`{0}` cannot be a segment of a URL: it takes letters, digits and the characters - _ .")]
    Name(String),
    /// The health route cannot have this path.
    #[error("the health route cannot be at `{0}`: it takes a path of its own, such as /health")]
    Health(String),
    /// There is no webhook to receive.
    #[error("there is no webhook to receive: name some, or take `all`")]
    Empty,
}

struct Shared<E: AnyEvent> {
    receiver: Receiver,
    targets: BTreeMap<String, Target>,
    inbox: Arc<dyn Inbox<E>>,
}

async fn health<E: AnyEvent>(State(shared): State<Arc<Shared<E>>>) -> StatusCode {
    match within(shared.receiver.storing_timeout_is(), || shared.inbox.ready()).await {
        Ok(Ok(())) => StatusCode::OK,
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn receive<E: AnyEvent>(
    State(shared): State<Arc<Shared<E>>>,
    params: RawPathParams,
    request: Request,
) -> Response {
    let name = params.iter().filter(|(name, _)| *name == NAME).last().map(|(_, value)| value);
    let span = tracing::info_span!(
        "airudder_webhook",
        otel.kind = "server",
        webhook = tracing::field::Empty,
        messages = tracing::field::Empty,
        unknown = tracing::field::Empty,
        http.response.status_code = tracing::field::Empty,
    );
    async {
        let taken = shared.take(name.unwrap_or_default(), request).await;
        let response = match taken {
            Ok(()) => Acknowledged.into_response(),
            Err(reason) => {
                let mut response = shared.receiver.refused(reason).into_response();
                if reason == Reason::Method
                    && let Some(allowed) = shared.methods(name.unwrap_or_default())
                {
                    response.headers_mut().insert(header::ALLOW, allowed);
                }
                response
            }
        };
        tracing::Span::current().record("http.response.status_code", response.status().as_u16());
        response
    }
    .instrument(span)
    .await
}

impl<E: AnyEvent> Shared<E> {
    /// The HTTP methods of the webhooks of a URL.
    fn methods(&self, name: &str) -> Option<HeaderValue> {
        let webhooks = &self.targets.get(name)?.webhooks;
        let mut methods: Vec<&str> = webhooks.iter().map(|webhook| webhook.method.as_str()).collect();
        methods.sort_unstable();
        methods.dedup();
        HeaderValue::try_from(methods.join(", ")).ok()
    }

    async fn take(self: &Arc<Self>, name: &str, request: Request) -> Result<(), Reason> {
        let span = tracing::Span::current();
        let admitted = self.receiver.admit(request).await?;
        // Only names that we know are shown: what else stands in a path may be anything.
        let (name, target) = self.targets.get_key_value(name).ok_or(Reason::Name)?;
        span.record("webhook", name);
        let method = admitted.parts.method.as_str();
        if !target.webhooks.iter().any(|webhook| webhook.method.as_str() == method) {
            return Err(Reason::Method);
        }
        let taken = admitted.read().await?;
        let named = target.key.is_some();
        let message = E::__reader()
            .read_of(target.key, &target.webhooks, named, &taken.body)
            .map_err(|_| Reason::NotJson)?;
        taken.check_headers(&target.webhooks, named)?;
        let unknown = message.events.iter().filter(|event| event.webhook().is_none()).count();
        span.record("messages", message.events.len()).record("unknown", unknown);
        let delivery = Delivery::new(name, message, taken.arrived);
        let (shared, place) = (Arc::clone(self), taken.place);
        // A sender who hangs up does not stop what stores his message.
        let stored = tokio::spawn(
            async move {
                let timeout = shared.receiver.storing_timeout_is();
                let stored = within(timeout, || shared.inbox.store(delivery)).await;
                drop(place);
                stored
            }
            .in_current_span(),
        );
        match stored.await {
            Ok(Ok(Ok(()))) => {
                tracing::info!("stored");
                Ok(())
            }
            Ok(Ok(Err(_)) | Err(Stopped::Late)) => Err(Reason::Storing),
            Ok(Err(Stopped::Panicked)) => Err(Reason::Panicked),
            // The runtime is going down.
            Err(_) => Err(Reason::Storing),
        }
    }
}
