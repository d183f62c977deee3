//! The future of a call.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::error::Error;

/// A call on its way, made by `send`. Nothing is sent before it is awaited or polled; dropping it gives the
/// call up.
///
/// It is a type of its own, and not an `async fn`, so that a required field that is missing is reported once,
/// at `send`.
#[must_use = "nothing is sent before it is awaited"]
pub struct ResponseFuture<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T> ResponseFuture<T> {
    pub(crate) fn new(call: impl Future<Output = Result<T, Error>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }
}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
