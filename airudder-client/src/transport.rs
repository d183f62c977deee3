//! One HTTP exchange: a request out, an answer back, within a time and a size. Knows nothing of tokens, envelopes or retries.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Response, Url, multipart};
use tokio::time::{Instant, timeout_at};

use crate::encryption::IS_ENCRYPTED;
use crate::envelope::content_type;
use crate::error::{Context, Error, Phase, TimeoutError, TransportError};
use crate::retry::Outcome;
use crate::{envelope, error};

/// A request, ready to go out. Can be sent more than once.
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
    pub(crate) content: Bytes,
    /// Name of the file, if it is one.
    pub(crate) file: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of one exchange; of a file, until its first bytes and between any two pieces of it.
    pub(crate) timeout: Duration,
    pub(crate) max_bytes: usize,
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

/// Why nothing came back.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No connection.
    Connect(reqwest::Error),
    Timeout(Phase),
    Broken(Phase, reqwest::Error),
    TooBig,
    /// The request cannot be written as HTTP.
    Unsendable(reqwest::Error),
}

impl Failure {
    fn of(error: reqwest::Error, phase: Phase) -> Self {
        // The URL holds the query, and that personal data.
        let error = error.without_url();
        if error.is_builder() {
            Self::Unsendable(error)
        } else if error.is_connect() {
            match error.is_timeout() {
                true => Self::Timeout(Phase::Connect),
                false => Self::Connect(error),
            }
        } else if error.is_timeout() {
            Self::Timeout(phase)
        } else {
            Self::Broken(phase, error)
        }
    }

    /// What it means for repeating the call.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Connect(_) | Self::Timeout(Phase::Connect) => Some(Outcome::NotSent),
            Self::Timeout(_) | Self::Broken(..) => Some(Outcome::NoAnswer),
            // Neither gets better by sending it again.
            Self::TooBig | Self::Unsendable(_) => None,
        }
    }

    pub(crate) fn into_error(self, context: &Context, limits: Limits) -> Error {
        let sent = !matches!(self, Self::Connect(_) | Self::Timeout(Phase::Connect) | Self::Unsendable(_));
        let context = context.clone().sent(sent);
        match self {
            Self::Connect(error) => Error::Transport(Box::new(TransportError {
                context,
                phase: Phase::Connect,
                source: Arc::new(error),
            })),
            Self::Broken(phase, error) => {
                Error::Transport(Box::new(TransportError { context, phase, source: Arc::new(error) }))
            }
            Self::Timeout(phase) => {
                Error::Timeout(Box::new(TimeoutError { context, phase, limit: limits.timeout }))
            }
            Self::TooBig => {
                let problem = format!(
                    "it is longer than the {} bytes that are allowed",
                    error::count(limits.max_bytes)
                );
                envelope::decode_error(&context, None, String::new(), problem, Bytes::new())
            }
            Self::Unsendable(error) => context.config(format!("this request cannot be sent: {error}")),
        }
    }
}

/// Sends a request and reads the answer: as a whole, or, if `wants_file` and it is none of JSON, up to its first bytes.
pub(crate) async fn exchange(
    http: &reqwest::Client,
    request: &Outgoing,
    limits: Limits,
    wants_file: bool,
) -> Result<Incoming, Failure> {
    let deadline = Instant::now() + limits.timeout.min(FOREVER);
    let built = build(http, request).map_err(|e| Failure::of(e, Phase::Connect))?;
    let mut response = match timeout_at(deadline, http.execute(built)).await {
        Ok(outcome) => outcome.map_err(|e| Failure::of(e, Phase::Exchange))?,
        Err(_) => return Err(Failure::Timeout(Phase::Exchange)),
    };
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = timeout_at(deadline, async {
        if !wants_file || !response.status().is_success() {
            return read_whole(response, None, limits.max_bytes).await.map(IncomingBody::Whole);
        }
        let first = match Look::at(&headers) {
            Look::Json => {
                return read_whole(response, None, limits.max_bytes).await.map(IncomingBody::Whole);
            }
            Look::Bytes => None,
            Look::Unsure => first_chunk(&mut response).await?,
        };
        let begins = first.as_deref().map(|bytes| bytes.trim_ascii_start()).unwrap_or_default();
        match begins.starts_with(b"{") {
            true => read_whole(response, first, limits.max_bytes).await.map(IncomingBody::Whole),
            false => Ok(IncomingBody::File(FileBody {
                source: Source::Network(Box::new(response)),
                first,
                idle: limits.timeout,
            })),
        }
    })
    .await;
    match body {
        Ok(body) => Ok(Incoming { status, headers, body: body? }),
        Err(_) => Err(Failure::Timeout(Phase::Body)),
    }
}

/// What "no limit" is taken as: adding more than some centuries to an instant overflows.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// What the headers say about an answer that may be a file.
enum Look {
    Json,
    Bytes,
    Unsure,
}

impl Look {
    fn at(headers: &HeaderMap) -> Self {
        match content_type(headers).as_deref() {
            // Only as a whole can it be decrypted.
            _ if is_encrypted(headers) => Self::Json,
            Some(essence) if envelope::is_json(essence) => Self::Json,
            // Somebody's page about something, and no recording.
            Some("text/html") => Self::Json,
            // Servers send JSON as text/plain or without a type too.
            Some(essence) if essence.starts_with("text/") => Self::Unsure,
            // "Some bytes": what servers say that were not told what it is.
            Some("application/octet-stream" | "binary/octet-stream") | None => Self::Unsure,
            Some(_) => Self::Bytes,
        }
    }
}

/// Whether an answer says that it is encrypted.
pub(crate) fn is_encrypted(headers: &HeaderMap) -> bool {
    headers.get(IS_ENCRYPTED).map(HeaderValue::as_bytes).is_some_and(|v| v.trim_ascii() == b"1")
}

fn build(http: &reqwest::Client, request: &Outgoing) -> Result<reqwest::Request, reqwest::Error> {
    let builder = http.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
    match &request.body {
        Body::Empty => builder,
        Body::Bytes(bytes) => builder.body(bytes.clone()),
        Body::Multipart(parts) => {
            let form = parts.iter().fold(multipart::Form::new(), |form, part| {
                let length = part.content.len() as u64;
                let content = multipart::Part::stream_with_length(part.content.clone(), length);
                form.part(
                    part.name.clone(),
                    match &part.file {
                        Some(file) => content.file_name(file.clone()),
                        None => content,
                    },
                )
            });
            builder.multipart(form)
        }
    }
    .build()
}

/// The beginning of an answer, up to its first piece that is not blank.
async fn first_chunk(response: &mut Response) -> Result<Option<Bytes>, Failure> {
    /// More blanks than any JSON has before it.
    const MOST: usize = 64 * 1024;
    let mut first = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| Failure::of(e, Phase::Body))? {
        let blank = chunk.trim_ascii().is_empty();
        if first.is_empty() && !blank {
            return Ok(Some(chunk));
        }
        first.extend_from_slice(&chunk);
        if !blank || first.len() > MOST {
            break;
        }
    }
    Ok(Some(first.freeze()).filter(|first| !first.is_empty()))
}

async fn read_whole(
    mut response: Response,
    first: Option<Bytes>,
    max_bytes: usize,
) -> Result<Bytes, Failure> {
    let announced = response.content_length().unwrap_or(0);
    if announced > max_bytes as u64 {
        return Err(Failure::TooBig);
    }
    let mut whole = BytesMut::new();
    let mut next = first;
    loop {
        let chunk = match next.take() {
            Some(chunk) => chunk,
            None => match response.chunk().await.map_err(|e| Failure::of(e, Phase::Body))? {
                Some(chunk) => chunk,
                None => return Ok(whole.freeze()),
            },
        };
        if whole.len() + chunk.len() > max_bytes {
            return Err(Failure::TooBig);
        }
        if whole.is_empty() && chunk.len() as u64 >= announced && announced > 0 {
            // It came in one piece, as most do: no copy.
            return Ok(chunk);
        }
        if whole.is_empty() {
            // Not all that is announced at once: the announcement is the server's and may be a lie.
            whole.reserve((announced as usize).clamp(chunk.len(), 1 << 20));
        }
        whole.extend_from_slice(&chunk);
    }
}

/// A file on its way.
pub(crate) struct FileBody {
    source: Source,
    first: Option<Bytes>,
    idle: Duration,
}

enum Source {
    Network(Box<Response>),
    Memory,
}

impl FileBody {
    /// A file that is held already.
    pub(crate) fn held(content: Bytes) -> Self {
        Self { source: Source::Memory, first: Some(content), idle: Duration::MAX }
    }

    /// The length of a file that is held already.
    pub(crate) fn held_length(&self) -> Option<u64> {
        match self.source {
            Source::Memory => self.first.as_ref().map(|content| content.len() as u64),
            Source::Network(_) => None,
        }
    }

    /// The time that may pass between two pieces.
    pub(crate) fn idle(&self) -> Duration {
        self.idle
    }

    /// The next piece; `None` at the end.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, Failure> {
        if let Some(first) = self.first.take() {
            return Ok(Some(first));
        }
        match &mut self.source {
            Source::Memory => Ok(None),
            Source::Network(response) => {
                let deadline = Instant::now() + self.idle.min(FOREVER);
                match timeout_at(deadline, response.chunk()).await {
                    Ok(chunk) => chunk.map_err(|e| Failure::of(e, Phase::Body)),
                    Err(_) => Err(Failure::Timeout(Phase::Body)),
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod test_server;
