//! Reading the body of an answer: as a whole, or as a file, piece by piece.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::HeaderMap;
use tokio::time::{Instant, timeout_at};

use super::failure::Failure;
use super::headers::{content_type, is_encrypted, is_json};
use super::{MAX_TIMEOUT, needs_runtime};
use crate::error::Phase;

/// What the headers say about an answer that may be a file.
pub(super) enum BodyKind {
    Json,
    Bytes,
    Unknown,
}

impl BodyKind {
    pub(super) fn sniff(headers: &HeaderMap) -> Self {
        match content_type(headers).as_deref() {
            // Only as a whole can it be decrypted.
            _ if is_encrypted(headers) => Self::Json,
            Some(essence) if is_json(essence) => Self::Json,
            // Somebody's page about something, and no recording.
            Some("text/html") => Self::Json,
            // Servers send JSON as text/plain or without a type too.
            Some(essence) if essence.starts_with("text/") => Self::Unknown,
            // "Some bytes": what servers say that were not told what it is.
            Some("application/octet-stream" | "binary/octet-stream") | None => Self::Unknown,
            Some(_) => Self::Bytes,
        }
    }
}

/// The beginning of an answer, up to its first piece that is not space alone.
pub(super) async fn first_chunk(response: &mut Response) -> Result<Option<Bytes>, Failure> {
    /// More spaces than any JSON has before it.
    const MAX_LEN: usize = 64 * 1024;
    let mut first = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| Failure::new(e, Phase::Body, true))? {
        let blank = chunk.trim_ascii().is_empty();
        if first.is_empty() && !blank {
            return Ok(Some(chunk));
        }
        first.extend_from_slice(&chunk);
        if !blank || first.len() > MAX_LEN {
            break;
        }
    }
    Ok(Some(first.freeze()).filter(|first| !first.is_empty()))
}

pub(super) async fn read_whole(
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
            None => match response.chunk().await.map_err(|e| Failure::new(e, Phase::Body, true))? {
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
            whole.reserve((announced as usize).min(1 << 20).max(chunk.len()));
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
    /// A file that is read as it is asked for. `first`: what of it has come already.
    pub(super) fn streamed(response: Response, first: Option<Bytes>, idle: Duration) -> Self {
        Self { source: Source::Network(Box::new(response)), first, idle }
    }

    /// A file that is in memory already.
    pub(crate) fn buffered(content: Bytes) -> Self {
        Self { source: Source::Memory, first: Some(content), idle: Duration::MAX }
    }

    /// The length of a file that is in memory already.
    pub(crate) fn buffered_length(&self) -> Option<u64> {
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
                needs_runtime()?;
                let deadline = Instant::now() + self.idle.min(MAX_TIMEOUT);
                match timeout_at(deadline, response.chunk()).await {
                    Ok(chunk) => chunk.map_err(|e| Failure::new(e, Phase::Body, true)),
                    Err(_) => Err(Failure::Timeout(Phase::Body)),
                }
            }
        }
    }
}
