//! Where messages go.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

use crate::webhook::{Event, Message};

/// What came in one request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Delivery<E = Event> {
    /// The last segment of its path: the key of a webhook, or the name of a URL that several share.
    pub name: String,
    /// The messages, and the bytes that they were read from: decompressed and decrypted, otherwise as they
    /// came.
    pub message: Message<E>,
    /// When it came. The time of arrival stands in for a message that does not say when it happened.
    pub arrived: Timestamp,
}

impl<E> Delivery<E> {
    /// A delivery that was not received here: for tests of an inbox, and for messages that came another way.
    pub fn new(name: impl Into<String>, message: Message<E>, arrived: Timestamp) -> Self {
        Self { name: name.into(), message, arrived }
    }
}

/// Why an inbox could not store a message. Its text is not logged here, for it may hold what the message
/// holds.
pub type InboxError = Box<dyn Error + Send + Sync>;

/// What an inbox returns.
pub type InboxFuture<'a> = Pin<Box<dyn Future<Output = Result<(), InboxError>> + Send + 'a>>;

/// Stores messages: what it has said `Ok` to is acknowledged, and comes no more.
///
/// An async closure that takes a [`Delivery`] is one. Store, and work afterwards: the vendor waits for the
/// answer, and nobody knows how long.
///
/// ```
/// use airudder_client::receive::{Delivery, Inbox, InboxFuture};
///
/// struct Table; // a database
///
/// impl Inbox for Table {
///     fn store(&self, delivery: Delivery) -> InboxFuture<'_> {
///         Box::pin(async move {
///             for event in &delivery.message.events {
///                 let identity = event.identity();
///                 let happened = event.happened().unwrap_or(delivery.arrived);
///                 // insert into messages (identity, happened, raw) values (..) on conflict do nothing
///                 # let _ = (identity, happened);
///             }
///             Ok(())
///         })
///     }
/// }
/// ```
pub trait Inbox<E = Event>: Send + Sync + 'static {
    /// Stores what came in one request: all of it, or nothing. It comes at least once, so the same message
    /// may come again, also while it is still being stored; [`Event::identity`] is then the same.
    ///
    /// It is run to its end also when the sender does not wait for the answer, unless it takes longer than
    /// [`storing_timeout`](super::Receiver::storing_timeout).
    ///
    /// # Errors
    /// The sender is answered 503, so that the message comes again.
    fn store(&self, delivery: Delivery<E>) -> InboxFuture<'_>;

    /// Whether messages can be stored now. The health route asks for it.
    ///
    /// # Errors
    /// The health route answers 503.
    fn ready(&self) -> InboxFuture<'_> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl<E, F, Fut, Err> Inbox<E> for F
where
    F: Fn(Delivery<E>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Err>> + Send + 'static,
    Err: Into<InboxError>,
{
    fn store(&self, delivery: Delivery<E>) -> InboxFuture<'_> {
        let stored = self(delivery);
        Box::pin(async move { stored.await.map_err(Into::into) })
    }
}

impl<E, I: Inbox<E> + ?Sized> Inbox<E> for Arc<I> {
    fn store(&self, delivery: Delivery<E>) -> InboxFuture<'_> {
        (**self).store(delivery)
    }

    fn ready(&self) -> InboxFuture<'_> {
        (**self).ready()
    }
}
