//! The extractor, for routes of one's own.

use axum::extract::{FromRef, FromRequest, Request};

use super::receiver::Receiver;
use super::rejection::{Reason, Rejection};
use crate::webhook::{FromMessage, Message};

/// What came to a route of your own: from a sender who may send, within the limits of the [`Receiver`] that
/// is the router's state or a part of it. `T` is an `Event` ([`webhook::Event`](crate::webhook::Event), or
/// the one of a section of yours), which takes all JSON, or the struct of one webhook, each then
/// [`Typed`](crate::webhook::Typed), which is refused with 422 where any message is of another form.
///
/// Where the authenticator has secrets the path of the route must have a `{secret}`.
///
/// ```
/// use airudder_client::collection::CallFinished;
/// use airudder_client::receive::{Acknowledged, Authenticator, Received, Receiver, Secret};
/// use axum::{Router, extract::{FromRef, State}, http::StatusCode, routing::post};
///
/// #[derive(Clone)]
/// struct App { receiver: Receiver /* and a pool of connections */ }
///
/// impl FromRef<App> for Receiver {
///     fn from_ref(app: &App) -> Self { app.receiver.clone() }
/// }
///
/// async fn call_finished(
///     State(_app): State<App>,
///     Received(calls): Received<CallFinished>,
/// ) -> Result<Acknowledged, StatusCode> {
///     for call in calls.events {
///         // store call.identity, call.happened, call.comments ..; 503 if that fails, so that it comes again
///         # let _ = (call.identity.clone(), call.happened, call.comments.clone());
///     }
///     Ok(Acknowledged)
/// }
///
/// let receiver = Receiver::new(Authenticator::secret(Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?));
/// let router: Router = Router::new()
///     .route("/hooks/{secret}/calls", post(call_finished))
///     .with_state(App { receiver });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What the extractor does not do is what happens afterwards: a handler that panics, takes long or is dropped
/// because the sender hung up is yours.
pub struct Received<T: FromMessage>(pub Message<T::Item>);

impl<T: FromMessage> std::fmt::Debug for Received<T>
where
    T::Item: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Received").field(&self.0).finish()
    }
}

impl<S, T> FromRequest<S> for Received<T>
where
    T: FromMessage,
    Receiver: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let receiver = Receiver::from_ref(state);
        let read = async {
            let taken = receiver.admit(request).await?.read().await?;
            match T::read(&taken.body) {
                Ok(message) => {
                    let webhooks = T::webhooks();
                    // What is of whichever webhook it fits may be of none.
                    let named = webhooks.iter().all(|webhook| webhook.header.is_some());
                    taken.check_headers(&webhooks, named).map(|()| Self(message))
                }
                Err(_) if serde_json::from_slice::<serde::de::IgnoredAny>(bare(&taken.body)).is_ok() => {
                    Err(Reason::Form)
                }
                Err(_) => Err(Reason::NotJson),
            }
        };
        read.await.map_err(|reason| receiver.refused(reason))
    }
}

/// The body without a byte order mark.
fn bare(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}
