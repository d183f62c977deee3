//! One HTTP exchange: a request out, an answer back, within a time and a size.
//!
//! Knows nothing of tokens, envelopes or retries. Of encryption it knows the header that says that an answer
//! can only be read as a whole.

mod body;
mod connections;
mod failure;
mod form;
mod headers;
mod pieces;
mod watch;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Method, Response, Url, multipart};
use tokio::fs::File;
use tokio::time::{Instant, timeout_at};

pub(crate) use self::body::{FileBody, is_refusal};
use self::body::{beginning, read_whole};
pub(crate) use self::connections::{Connections, is_loopback};
pub(crate) use self::failure::{Failure, NO_RUNTIME};
pub(crate) use self::form::{URL_ENCODED, encode, escape};
pub(crate) use self::headers::{content_type, is_encrypted, is_json, retry_after};
use self::pieces::Pieces;
use self::watch::Watch;
use crate::error::Phase;
use crate::types::Source;

/// A request, ready to go out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

#[derive(Clone)]
pub(crate) enum Body {
    Empty,
    Bytes(Bytes),
    Multipart(Arc<[Part]>),
}

/// One field of a multipart form.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) content: Source,
    /// Name of the file, if it is one.
    pub(crate) file: Option<String>,
    pub(crate) media_type: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of one exchange; of a file, until its first bytes and between any two pieces of it.
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: usize,
    /// Of a file that is read piece by piece.
    pub(crate) max_file_bytes: u64,
}

impl Limits {
    /// When the time is over that begins now.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout.min(MAX_TIMEOUT)
    }
}

/// What came back.
pub(crate) struct Incoming {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: IncomingBody,
}

pub(crate) enum IncomingBody {
    Whole(Bytes),
    File(FileBody),
}

/// What "no limit" is taken as: adding more than some centuries to an instant overflows.
const MAX_TIMEOUT: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Sends a request and reads the answer: as a whole, or, if `wants_file` and it is one, up to its first
/// bytes. Panics outside of a tokio runtime: see [`needs_runtime`].
pub(crate) fn exchange(
    connections: &Connections,
    request: Outgoing,
    limits: Limits,
    wants_file: bool,
) -> Pin<Box<dyn Future<Output = Result<Incoming, Failure>> + Send + '_>> {
    Box::pin(async move {
        let http = connections.to(&request.url).map_err(|e| Failure::Unsendable(e.without_url()))?;
        let deadline = limits.deadline();
        let mut request = build(http, request, wants_file).await?;
        let watch = Watch::over(&mut request);
        let response = http.execute(request);
        let mut in_body = false;
        let answered = async {
            let response = response.await;
            let response = response.map_err(|e| Failure::new(e, Phase::Exchange, watch.may_be_sent()))?;
            in_body = true;
            Box::pin(read(response, limits, wants_file)).await
        };
        match timeout_at(deadline, answered).await {
            Ok(outcome) => outcome,
            Err(_) if in_body => Err(Failure::Timeout(Phase::Body)),
            Err(_) if watch.may_be_sent() => Err(Failure::Timeout(Phase::Exchange)),
            Err(_) => Err(Failure::Timeout(Phase::Connect)),
        }
    })
}

/// Reads an answer whose head has come. What is known at once is not part of the future, which would hold it
/// twice.
fn read(
    mut response: Response,
    limits: Limits,
    wants_file: bool,
) -> impl Future<Output = Result<Incoming, Failure>> + Send {
    let (status, is_success) = (response.status().as_u16(), response.status().is_success());
    let mut headers = std::mem::take(response.headers_mut());
    let pieces = Pieces::new(response, &headers, wants_file || !is_success);
    async move {
        let body = match pieces {
            Ok(mut pieces) => {
                // Only as a whole can it be decrypted.
                let may_be_file = is_success && wants_file && !is_encrypted(&headers);
                let first = if may_be_file { beginning(&mut pieces).await? } else { Bytes::new() };
                if !may_be_file || is_refusal(content_type(&headers).as_deref(), &first) {
                    read_whole(&mut pieces, first, limits.max_bytes).await.map(IncomingBody::Whole)
                } else {
                    Ok(match status {
                        // Accepted, nothing, a part: there is no file (yet).
                        202 | 204 | 205 | 206 => IncomingBody::Whole(Bytes::new()),
                        _ => IncomingBody::File(FileBody::streamed(pieces, first, limits)),
                    })
                }
            }
            Err(failure) => Err(failure),
        };
        let body = match body {
            // The status says enough, and this says nothing: it is neither empty nor text.
            Err(Failure::Undecodable(_)) if !is_success => IncomingBody::Whole(Bytes::from_static(b"\0")),
            body => body?,
        };
        // They are about the compressed form, which nobody sees.
        if headers.remove(CONTENT_ENCODING).is_some() {
            headers.remove(CONTENT_LENGTH);
        }
        Ok(Incoming { status, headers, body })
    }
}

/// Timers and sockets of tokio panic without its runtime; a library must not.
pub(crate) fn needs_runtime() -> Result<(), Failure> {
    tokio::runtime::Handle::try_current().map(drop).map_err(|_| Failure::NoRuntime)
}

/// The request of one exchange.
async fn build(
    http: &reqwest::Client,
    request: Outgoing,
    wants_file: bool,
) -> Result<reqwest::Request, Failure> {
    let Outgoing { method, url, mut headers, body } = request;
    // Audio is compressed already.
    let coding = if wants_file { "identity" } else { "gzip" };
    headers.entry(ACCEPT_ENCODING).or_insert(HeaderValue::from_static(coding));
    let bytes = match body {
        Body::Empty => None,
        Body::Bytes(bytes) => Some(bytes),
        Body::Multipart(parts) => {
            let form = Box::pin(form(&parts)).await?;
            let built = http.request(method, url).headers(headers).multipart(form).build();
            return built.map_err(|error| Failure::Unsendable(error.without_url()));
        }
    };
    let mut built = reqwest::Request::new(method, url);
    *built.headers_mut() = headers;
    *built.body_mut() = bytes.map(Into::into);
    Ok(built)
}

async fn form(parts: &[Part]) -> Result<multipart::Form, Failure> {
    let mut form = multipart::Form::new();
    for part in parts {
        form = form.part(part.name.clone(), part.to_multipart().await?);
    }
    Ok(form)
}

impl Part {
    /// The part with its content, opened where that lies on disk.
    async fn to_multipart(&self) -> Result<multipart::Part, Failure> {
        let mut part = match &self.content {
            Source::Bytes(bytes) => multipart::Part::stream_with_length(bytes.clone(), bytes.len() as u64),
            Source::Path(path) => {
                let file = File::open(path).await.map_err(Failure::Upload)?;
                let about = file.metadata().await.map_err(Failure::Upload)?;
                if !about.is_file() {
                    return Err(Failure::Upload(io::Error::other("it is no file")));
                }
                multipart::Part::stream_with_length(file, about.len())
            }
        };
        if let Some(name) = &self.file {
            part = part.file_name(name.clone());
        }
        match &self.media_type {
            Some(media_type) => part.mime_str(media_type).map_err(Failure::Unsendable),
            None => Ok(part),
        }
    }
}
