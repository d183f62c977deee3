//! Whether any of a request has left.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::Request;

/// Knows whether the body of a request was asked for, which happens when there is a connection to write it
/// to. Of a request without a body nothing is known.
pub(super) struct Watch(Option<Arc<AtomicBool>>);

impl Watch {
    pub(super) fn over(request: &mut Request) -> Self {
        let slot = request.body_mut();
        // An empty one is never asked for.
        let Some(inner) = slot.take_if(|body| !body.is_end_stream()) else { return Self(None) };
        let asked = Arc::new(AtomicBool::new(false));
        *slot = Some(reqwest::Body::wrap(Watched { inner, asked: Arc::clone(&asked) }));
        Self(Some(asked))
    }

    /// False only if it is certain that nothing was sent.
    pub(super) fn may_be_sent(&self) -> bool {
        self.0.as_ref().is_none_or(|asked| asked.load(Ordering::Acquire))
    }
}

struct Watched {
    inner: reqwest::Body,
    asked: Arc<AtomicBool>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.asked.store(true, Ordering::Release);
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body::Body as _;
    use reqwest::{Method, Url};

    use super::*;

    #[tokio::test]
    async fn what_is_never_asked_for_may_be_sent_all_the_same() {
        let request = |body: Option<&'static str>| {
            let mut request = Request::new(Method::POST, Url::parse("http://127.0.0.1").unwrap());
            *request.body_mut() = body.map(Into::into);
            request
        };
        for body in [None, Some("")] {
            assert!(Watch::over(&mut request(body)).may_be_sent(), "{body:?}");
        }
        let mut request = request(Some("{}"));
        let watch = Watch::over(&mut request);
        let body = request.body_mut().as_mut().unwrap();
        assert_eq!(body.size_hint().exact(), Some(2), "it is announced as before");
        assert!(!watch.may_be_sent());
        let _ = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await;
        assert!(watch.may_be_sent());
    }
}
