//! A receiver on a loopback port, and senders of all kinds.

use std::future::IntoFuture as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::Value;
use airudder_client::catalogue::WEBHOOKS;
use airudder_client::receive::{Authenticator, Delivery, Inbox, InboxFuture, Receiver, Secret, Server};
use airudder_simulator::sample;
use axum::Router;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

pub(crate) const SECRET: &str = "PLANTED-secret-0123456789";
/// Planted in messages; the number of the samples is another.
pub(crate) const PHONE: &str = "+447700918273";
pub(crate) const TEXT: &str = "PLANTED-text";

pub(crate) fn secret() -> Authenticator {
    Authenticator::secret(Secret::new(SECRET).expect("it is long enough"))
}

pub(crate) fn receiver() -> Receiver {
    Receiver::new(secret())
}

/// Keeps all that comes.
#[derive(Clone, Default)]
pub(crate) struct Kept(Arc<Mutex<Vec<Delivery>>>);

impl Kept {
    /// What has come since this was asked last.
    pub(crate) fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.0.lock().expect("nobody panics here"))
    }
}

impl Inbox for Kept {
    fn store(&self, delivery: Delivery) -> InboxFuture<'_> {
        self.0.lock().expect("nobody panics here").push(delivery);
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Serves a router until it is dropped.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
    task: JoinHandle<()>,
}

impl Serving {
    pub(crate) async fn start(router: Router) -> Self {
        Self::with(router, |server| server).await
    }

    pub(crate) async fn with(router: Router, set: impl FnOnce(Server) -> Server) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let task = tokio::spawn(set(Server::new(listener, router)).into_future());
        Self { address, http: http(), task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends a body, as the vendor does: with the headers that repeat values of the samples.
    pub(crate) async fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> u16 {
        self.send(path, &[], body).await
    }

    pub(crate) async fn send(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> u16 {
        let mut request = self.http.post(self.url(path)).header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for webhook in WEBHOOKS {
            let Some(header) = webhook.header.filter(|own| !headers.iter().any(|(n, _)| n == &own.name))
            else {
                continue;
            };
            let value = sample::payload(webhook)[header.key].clone();
            request = request.header(header.name, value.as_str().expect("it is text"));
        }
        let answer = request.body(body.into()).send().await.expect("there is an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("the answer is whole");
        // What is refused says nothing.
        assert_eq!(text.is_empty(), status != 200, "{status}: {text}");
        status
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(crate) fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("it needs nothing")
}

/// Writes these bytes, then waits for the answer, and gives its status.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(bytes).await.expect("it reads");
    status(&mut stream).await
}

/// The status of the answer; `None`: the connection was closed without one.
pub(crate) async fn status(stream: &mut TcpStream) -> Option<u16> {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer));
    read.await.expect("the connection is closed in the end").expect("the answer is whole");
    let text = String::from_utf8_lossy(&answer);
    Some(text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().expect("a status is a number"))
}

pub(crate) fn head(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: here\r\nconnection: close\r\n{headers}\r\n")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// The message with personal data under keys that nobody knows, in each object of it.
pub(crate) fn planted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: serde_json::Map<String, Value> =
                fields.iter().map(|(key, value)| (key.clone(), planted(value))).collect();
            fields.insert("planted_number".to_owned(), PHONE.into());
            fields.insert("planted_text".to_owned(), TEXT.into());
            Value::Object(fields)
        }
        Value::Array(entries) => entries.iter().map(planted).collect(),
        other => other.clone(),
    }
}

/// All that is logged on this thread, by everybody.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn catch(&self) -> impl Sized + use<> {
        tracing_subscriber::fmt()
            .with_env_filter("trace")
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish()
            .set_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics here")).into_owned()
    }

    /// Fails where a secret or a number is in it.
    #[track_caller]
    pub(crate) fn hides_everything(&self) {
        let text = self.text();
        for planted in ["PLANTED", "7700918273", "7700900123"] {
            let line = text.lines().find(|line| line.contains(planted));
            assert_eq!(line, None, "{planted} is in the log");
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics here").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
