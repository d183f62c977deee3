//! Recordings and other files.
//!
//! Whether the vendor sends a recording as bytes or as JSON with a link is not documented and seems to
//! differ, so a [`Recording`] is both: the client looks at what came, and follows a link (without the token,
//! for links lead to other hosts). What begins like JSON or a page is no recording, whatever it calls itself,
//! and audio under a wrong label is one. Of several links those whose keys name a recording go before all
//! others; if there are still several, that is an error which lists them
//! ([`DecodeError::raw`](error::DecodeError::raw) has them as a whole): open each with
//! [`Client::recording`](crate::Client::recording).
//!
//! ```
//! use airudder_client::Client;
//! # use airudder_client::{collection::CollectionContact, jiff::civil::date};
//! # use airudder_simulator::{CallOutcome, Simulator};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let simulator = Simulator::builder()
//! #     .outcomes(|_, _| {
//! #         Some(CallOutcome::Connected { intention: 'A', talk: std::time::Duration::from_secs(20) })
//! #     })
//! #     .recordings_as_links(true)
//! #     .start()
//! #     .await?;
//! # let client = Client::builder()
//! #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//! #     .base_url(simulator.base_url())
//! #     .build()?;
//! # let contact = CollectionContact::builder()
//! #     .debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
//! #     .due_date(date(2026, 3, 3)).loan_amount(300_000).arrears(321_000).build();
//! # let task = client.collection().create_task()
//! #     .task_name("march-reminders").robot_id("robot").sip_line("LINE")
//! #     .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
//! #     .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
//! #     .details([contact]).send().await?.task_id;
//! # simulator.play_out().await;
//! # let path = std::env::temp_dir().join(format!("airudder-doc-{}.wav", std::process::id()));
//!
//! // let client = Client::from_env()?;
//! let recording =
//!     client.collection().get_call_recording().task_id(task).callee("+6281200000000").send().await?;
//! if recording.is_json() {
//!     println!("there is no file (yet)");
//! } else {
//!     println!("{:?}", recording.content_type());
//!     let bytes = recording.download_to(&path).await?;
//!     println!("{bytes} bytes");
//!     # assert_eq!(std::fs::metadata(&path)?.len(), bytes);
//! }
//! # std::fs::remove_file(&path)?;
//! # assert_eq!(simulator.leaked_tokens(), 0);
//! # Ok(()) }
//! ```

mod candidates;
mod download;
mod link;
mod trust;

use std::fmt;
use std::path::Path;
use std::pin::Pin;
use std::task;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::header::{CONTENT_LENGTH, HeaderMap};
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument as _;

use self::candidates::Choice;
use crate::call::{self, Core, Done};
use crate::error::{self, Context, Error, decode_error};
use crate::http::{self, FileBody, Limits, content_type};
use crate::observe::Running;
use crate::response::{File, Reader, Received, Response};
use crate::wire::{self, NoPayload};

/// A file on its way, or JSON in place of one.
///
/// The bytes are read as they are asked for and never in memory as a whole, but by [`bytes`](Self::bytes). A
/// `Recording` that is dropped closes its connection. Once its bytes have begun to flow, nothing is repeated:
/// ask for the recording again.
pub struct Recording {
    context: Context,
    limits: Limits,
    content_type: Option<String>,
    content_length: Option<u64>,
    json: Option<serde_json::Value>,
    body: Option<FileBody>,
    /// Ends with the last byte.
    running: Option<Running>,
    _permit: Option<OwnedSemaphorePermit>,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes that have come so far.
    pub received: u64,
    /// Bytes there will be, if the server has said so.
    pub total: Option<u64>,
}

impl Recording {
    /// Makes sense of what came: bytes, a link to follow, or neither.
    async fn from_received(received: Received) -> Result<Response<Self>, Error> {
        let Received { core, reply } = received;
        let (context, limits, running) = (reply.context, reply.limits, reply.running);
        let answer = match reply.done {
            Done::File(call::File { status, headers, body, permit }) => {
                let mut data = Self::file(context, limits, &headers, body, running);
                data._permit = permit;
                return Ok(Response { data, status, headers, raw: Bytes::new() });
            }
            Done::Answer(answer) => answer,
        };
        let json: serde_json::Value = match wire::decode::<wire::Json>(&answer.payload) {
            Ok(json) => json,
            Err(_) => {
                let problem = "it is not JSON".to_owned();
                let (status, key) = (Some(answer.status), answer.key.into());
                return Err(running.failed(decode_error(&context, status, key, problem, answer.raw)));
            }
        };
        let base = core.settings.hosts.url(context.family);
        let choice = base.map_or(Choice::None, |base| candidates::choose(&base, &answer.payload));
        let mut data = match choice {
            Choice::One(url) => Box::pin(Self::linked(&core, context, limits, &url, running)).await?,
            Choice::Several(links) => {
                // Without their queries, which hold signatures: as a whole they stand in the error's `raw`.
                let places = links.iter().map(|link| link.split('?').next().unwrap_or_default());
                let problem = format!(
                    "there are {} links in it, open one with `Client::recording`: {}",
                    links.len(),
                    places.collect::<Vec<_>>().join(", ")
                );
                let (status, key) = (Some(answer.status), answer.key.into());
                return Err(running.failed(decode_error(&context, status, key, problem, answer.raw)));
            }
            Choice::None => {
                running.succeeded();
                Self {
                    context,
                    limits,
                    content_type: content_type(&answer.headers),
                    content_length: None,
                    json: None,
                    body: None,
                    running: None,
                    _permit: None,
                }
            }
        };
        data.json = Some(json);
        Ok(Response { data, status: answer.status, headers: answer.headers, raw: answer.raw })
    }

    /// Opens the file behind a link, without the token.
    pub(crate) async fn linked(
        core: &Core,
        mut context: Context,
        limits: Limits,
        url: &str,
        mut running: Running,
    ) -> Result<Self, Error> {
        let span = running.span();
        async move {
            if let Err(failure) = http::needs_runtime() {
                return Err(running.failed(failure.into_error(&context, limits)));
            }
            let permit = match core.permit(&context, limits.deadline(), limits.timeout).await {
                Ok(permit) => permit,
                Err(error) => return Err(running.failed(error)),
            };
            match link::follow(&core.settings, &mut context, limits, url, &mut running).await {
                Ok(linked) => {
                    let mut data = Self::file(context, limits, &linked.headers, linked.body, running);
                    data._permit = permit;
                    Ok(data)
                }
                Err(error) => Err(running.failed(error)),
            }
        }
        .instrument(span)
        .await
    }

    fn file(context: Context, limits: Limits, headers: &HeaderMap, body: FileBody, running: Running) -> Self {
        // Of what is in memory it is known; the header may be about the file's encrypted form.
        let length =
            body.buffered_length().or_else(|| headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok());
        Self {
            context,
            limits,
            content_type: content_type(headers),
            content_length: length,
            json: None,
            body: Some(body),
            running: Some(running),
            _permit: None,
        }
    }

    /// The media type, in lower case and without parameters (`audio/wav`).
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The length in bytes, if the server has said so.
    pub fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    /// Whether JSON without a link came in place of a file. There is nothing to download then: see
    /// [`json`](Self::json).
    pub fn is_json(&self) -> bool {
        self.body.is_none()
    }

    /// The payload, if the answer was JSON: also of one whose link was followed.
    pub fn json(&self) -> Option<&serde_json::Value> {
        self.json.as_ref()
    }

    /// The bytes, as they come.
    ///
    /// # Errors
    /// The stream ends with its first error: [`Error::Transport`], or [`Error::Timeout`] if nothing comes for
    /// as long as the call's time-out. If there is [no file](Self::is_json), [`Error::Decode`].
    pub fn bytes_stream(self) -> BytesStream {
        let pieces = stream::unfold(Some(self), |state| async move {
            let mut recording = state?;
            match recording.chunk().await {
                Ok(Some(chunk)) => Some((Ok(chunk), Some(recording))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        });
        BytesStream(Box::pin(pieces.fuse()))
    }

    /// The whole file, in memory.
    ///
    /// # Errors
    /// As [`bytes_stream`](Self::bytes_stream); [`Error::Decode`] if it is longer than
    /// [`max_response_bytes`](crate::ClientBuilder::max_response_bytes).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if whole.len() + chunk.len() > self.limits.max_bytes {
                let problem = format!(
                    "the file is longer than the {} bytes that are allowed in memory",
                    error::count(self.limits.max_bytes)
                );
                let error = self.no_file(problem);
                return Err(self.failed(error));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// Downloads to a file and says how many bytes it has.
    ///
    /// They are written to a hidden file beside it (`.<hexadecimal>.part`), which takes the final name only
    /// when it is complete and on disk, and is removed if the download fails or is cancelled. What a killed
    /// process has left there is used again by the next download to the same name. A file that was there
    /// before is replaced. On Unix only the user can read it: recordings are conversations.
    ///
    /// # Errors
    /// As [`bytes_stream`](Self::bytes_stream); [`Error::Io`] if the file cannot be written;
    /// [`Error::Decode`] if it is longer than [`max_file_bytes`](crate::ClientBuilder::max_file_bytes).
    pub async fn download_to(self, path: impl AsRef<Path>) -> Result<u64, Error> {
        self.download_with(path, |_| {}).await
    }

    /// Downloads to a file like [`download_to`](Self::download_to) and reports to `progress` after each
    /// piece.
    ///
    /// # Errors
    /// As [`download_to`](Self::download_to).
    pub async fn download_with(
        self,
        path: impl AsRef<Path>,
        progress: impl FnMut(Progress) + Send,
    ) -> Result<u64, Error> {
        download::to(self, path.as_ref(), progress).await
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = self.piece().await?;
        if piece.is_none() {
            self.succeeded();
        }
        Ok(piece)
    }

    /// Like `chunk`, but the call does not end with the last one.
    async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        let Some(body) = &mut self.body else {
            let nothing = self.json.as_ref().is_none_or(serde_json::Value::is_null);
            let what = if nothing { "there is nothing in it" } else { "it is JSON without a link" };
            return Err(self.no_file(format!("{what}, there is no file")));
        };
        let limits = Limits { timeout: body.idle(), ..self.limits };
        match body.chunk().await {
            Ok(piece) => Ok(piece),
            Err(failure) => {
                let error = failure.into_error(&self.context, limits);
                Err(self.failed(error))
            }
        }
    }

    fn succeeded(&mut self) {
        if let Some(running) = self.running.take() {
            running.succeeded();
        }
    }

    /// Ends the call with this error, unless it has ended already.
    fn failed(&mut self, error: Error) -> Error {
        match self.running.take() {
            Some(running) => running.failed(error),
            None => error,
        }
    }

    fn no_file(&self, problem: String) -> Error {
        decode_error(&self.context, None, String::new(), problem, Bytes::new())
    }
}

impl Reader for File {
    type Answer = Recording;
    type PayloadSlot = NoPayload;

    fn is_there(recording: &Recording) -> bool {
        !recording.is_json()
    }

    async fn read(received: Received, _: NoPayload) -> Result<Response<Recording>, Error> {
        Recording::from_received(received).await
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("endpoint", &self.context.endpoint)
            .field("content_type", &self.content_type)
            .field("content_length", &self.content_length)
            .field("is_json", &self.is_json())
            .finish_non_exhaustive()
    }
}

/// The bytes of a [`Recording`], as they come.
#[must_use = "streams do nothing unless polled"]
pub struct BytesStream(Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>);

impl Stream for BytesStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

impl fmt::Debug for BytesStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BytesStream")
    }
}

#[cfg(test)]
mod tests;
