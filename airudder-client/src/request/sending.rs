//! The future of a call.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Request, Response};
use crate::{Client, Error, recording::Recording};

/// A call on its way, made by `send`. Nothing is sent before it is awaited or polled; dropping it gives the call up.
///
/// It is a type of its own, and not an `async fn`, so that a required field that is missing is told once, at `send`.
#[must_use = "nothing is sent before it is awaited"]
pub struct Sending<T>(Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>);

impl<T> Future for Sending<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for Sending<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sending")
    }
}

/// For generated code.
#[doc(hidden)]
impl<T> Sending<T> {
    pub fn __payload<R: Request<Answer = T>>(client: Client, request: R) -> Self {
        Self(Box::pin(async move { client.execute(&request).await }))
    }
}

#[doc(hidden)]
impl<T> Sending<Response<T>> {
    pub fn __full<R: Request<Answer = T>>(client: Client, request: R) -> Self {
        Self(Box::pin(async move { client.execute_full(&request).await }))
    }
}

#[doc(hidden)]
impl Sending<u64> {
    pub fn __download<R: Request<Answer = Recording>>(client: Client, request: R, path: PathBuf) -> Self {
        Self(Box::pin(async move { client.execute(&request).await?.download_to(path).await }))
    }
}
