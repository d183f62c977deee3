//! A tiny HTTP server for tests, and the requests that they send to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::call::{self, Carried, Content, Plan, Reply};
use crate::catalogue::{
    self, Auth, BodyForm, Code, Effect, Endpoint, Evidence, Family, Field, Kind, NextCursor, Paging, Problem,
    ResponseKind, Scalar, SuccessRule,
};
use crate::client::{Client, ClientBuilder};
use crate::error::Context;
use crate::error::Error;
use crate::response::{File, Payload, Reader, Received, Response};
use crate::retry::RetryPolicy;
use crate::wire::{self, NoPayload, PayloadSlot};

/// What the server got.
#[derive(Debug, Clone, Default)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Got {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// What it answers.
#[derive(Debug, Clone)]
pub(crate) struct Answering {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) delay: Duration,
    /// Close the connection after this many bytes of the body.
    pub(crate) cut: Option<usize>,
    /// Close it without any answer.
    pub(crate) reset: bool,
    /// Wait before each kilobyte of the body.
    pub(crate) pace: Duration,
}

pub(crate) fn answer(status: u16, body: impl AsRef<[u8]>) -> Answering {
    let body = body.as_ref().to_vec();
    let kind = match body.first() {
        Some(b'{') => "application/json",
        Some(b'<') => "text/html",
        _ => "text/plain",
    };
    Answering {
        status,
        headers: vec![("Content-Type", kind.to_owned())],
        body,
        delay: Duration::ZERO,
        cut: None,
        reset: false,
        pace: Duration::ZERO,
    }
}

pub(crate) fn ok(payload: &str) -> Answering {
    answer(200, format!(r#"{{"code":200,"status":"OK","data":{payload}}}"#))
}

impl Answering {
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(crate) fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }

    pub(crate) fn reset() -> Self {
        Self { reset: true, ..answer(200, "") }
    }
}

type Handler = dyn Fn(&Got) -> Answering + Send + Sync;

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) log: Arc<Mutex<Vec<Got>>>,
}

impl Server {
    /// A server that gives tokens T1, T2... and answers calls with `handler`.
    pub(crate) async fn start(handler: impl Fn(&Got) -> Answering + Send + Sync + 'static) -> Self {
        let issued = AtomicUsize::new(0);
        Self::bare(move |got| match got.path() {
            "/service/cloud/auth" => {
                let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
                ok(&format!(r#"{{"token":"T{number}"}}"#))
            }
            _ => handler(got),
        })
        .await
    }

    /// A server that answers everything with `handler`.
    pub(crate) async fn bare(handler: impl Fn(&Got) -> Answering + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (handler, shared): (Arc<Handler>, _) = (Arc::new(handler), Arc::clone(&log));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&handler), Arc::clone(&shared)));
            }
        });
        Self { url, log }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        Client::builder()
            .credentials("the-app-key", "the-app-secret")
            .base_url(&self.url)
            .http_client(plain_http())
            .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
    }

    pub(crate) fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.log.lock().unwrap().clone()
    }

    /// How often a path was called.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.got().iter().filter(|got| got.path() == path).count()
    }

    pub(crate) fn auths(&self) -> usize {
        self.hits("/service/cloud/auth")
    }
}

/// Loading the certificates of the system takes longer than all the rest of a test.
pub(crate) fn plain_http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
        .unwrap()
}

async fn serve(mut stream: TcpStream, handler: Arc<Handler>, log: Arc<Mutex<Vec<Got>>>) {
    let mut buffer = Vec::new();
    while let Some(got) = read(&mut stream, &mut buffer).await {
        log.lock().unwrap().push(got.clone());
        let answering = handler(&got);
        tokio::time::sleep(answering.delay).await;
        if answering.reset {
            return;
        }
        let mut head =
            format!("HTTP/1.1 {} X\r\nContent-Length: {}\r\n", answering.status, answering.body.len());
        for (name, value) in &answering.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let body = &answering.body[..answering.cut.unwrap_or(answering.body.len())];
        if stream.write_all(head.as_bytes()).await.is_err() {
            return;
        }
        for piece in body.chunks(if answering.pace.is_zero() { usize::MAX } else { 1024 }) {
            tokio::time::sleep(answering.pace).await;
            if stream.write_all(piece).await.is_err() {
                return;
            }
        }
        if answering.cut.is_some() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Got> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer.drain(..end + 4).collect()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let mut got = Got { method, target, headers, body: Vec::new() };
    if got.header("transfer-encoding").is_some() {
        panic!("the test server reads no chunked bodies");
    }
    let length: usize = got.header("content-length").map_or(0, |length| length.parse().unwrap());
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    got.body = buffer.drain(..length).collect();
    Some(got)
}

/// An endpoint of the cloud family.
pub(crate) const fn endpoint(
    key: &'static str,
    effect: Effect,
    body: BodyForm,
    response: ResponseKind,
    auth: Auth,
) -> Endpoint {
    Endpoint {
        section: "test",
        method: match body {
            BodyForm::Query => catalogue::Method::Get,
            BodyForm::Json | BodyForm::Form | BodyForm::Multipart | BodyForm::None => catalogue::Method::Post,
        },
        path: Some("/call"),
        effect,
        evidence: Evidence::Documented,
        method_evidence: Evidence::Documented,
        body,
        open: true,
        response,
        timeout_secs: 5,
        root: key,
        ..Endpoint::new(key, Family::Cloud, auth)
    }
}

pub(crate) const CLOUD: Auth = catalogue::__families::AUTH_CLOUD;
const TEXTS: ResponseKind = ResponseKind::Value(Kind::Map(&Kind::Scalar(Scalar::String)));

pub(crate) static READ: Endpoint = endpoint("test.read", Effect::Read, BodyForm::Query, TEXTS, CLOUD);
pub(crate) static CREATE: Endpoint =
    endpoint("test.create", Effect::CallsPeople, BodyForm::Json, TEXTS, CLOUD);
pub(crate) static ANY: Endpoint = endpoint(
    "test.any",
    Effect::Read,
    BodyForm::Query,
    ResponseKind::Value(Kind::Scalar(Scalar::Json)),
    CLOUD,
);
pub(crate) static FILE: Endpoint =
    endpoint("test.file", Effect::Read, BodyForm::Query, ResponseKind::File, CLOUD);
pub(crate) static NUMBERED: Endpoint = Endpoint {
    request: &[Field {
        name: "page",
        wire: "Page",
        kind: Kind::Scalar(Scalar::Integer),
        codes: &[(Problem::OutOfRange, Code::Number(10602))],
        ..Field::EMPTY
    }],
    paging: Some(Paging::Number { page: "Page", size: "Number", first: 1, items: None }),
    ..endpoint("test.numbered", Effect::Read, BodyForm::Query, TEXTS, CLOUD)
};
pub(crate) static OFFSETS: Endpoint = Endpoint {
    paging: Some(Paging::Offset {
        offset: "offset",
        limit: "limit",
        items: Some("list"),
        total: Some("total"),
        max_rows: None,
    }),
    ..endpoint("test.offsets", Effect::Read, BodyForm::Json, TEXTS, CLOUD)
};
pub(crate) static CURSOR: Endpoint = Endpoint {
    paging: Some(Paging::Cursor {
        cursor: "last_msg_id",
        size: Some("size"),
        items: None,
        next: NextCursor::ItemId("msg_id"),
    }),
    ..endpoint("test.cursor", Effect::Read, BodyForm::Json, TEXTS, CLOUD)
};

/// Calls an endpoint with these fields.
pub(crate) async fn run(client: &Client, endpoint: &'static Endpoint, json: &str) -> Result<Reply, Error> {
    call::run(&client.core, endpoint, json.as_bytes().to_vec().into(), Carried::default()).await
}

/// Calls an endpoint and reads its payload as JSON.
pub(crate) async fn value(
    client: &Client,
    endpoint: &'static Endpoint,
    json: &str,
) -> Result<serde_json::Value, Error> {
    full(client, endpoint, json).await.map(|response| response.data)
}

pub(crate) async fn full(
    client: &Client,
    endpoint: &'static Endpoint,
    json: &str,
) -> Result<Response<serde_json::Value>, Error> {
    let reply = run(client, endpoint, json).await?;
    Payload::<wire::Json>::read(Received { core: Arc::clone(&client.core), reply }, PayloadSlot::default())
        .await
}

pub(crate) async fn recording(client: &Client) -> Result<crate::recording::Recording, Error> {
    let reply = run(client, &FILE, "{}").await?;
    File::read(Received { core: Arc::clone(&client.core), reply }, NoPayload)
        .await
        .map(|response| response.data)
}

/// A plan for a call that no endpoint describes.
pub(crate) fn plan(client: &Client, auth: Auth, family: Family, content: Content) -> Plan {
    Plan {
        context: Context::new("test.plan", family, Effect::Changes),
        family,
        method: Method::POST,
        path: "/call".to_owned(),
        headers: reqwest::header::HeaderMap::new(),
        query: String::new(),
        fields: &[],
        content,
        auth,
        limits: client.core.settings.limits(None, 5),
        wants_file: false,
        any_answer: true,
        needs_fields: false,
        needs_code: true,
        success: SuccessRule::Envelope,
        payload_required: false,
        gives_token: false,
    }
}

/// A directory that is removed in the end.
pub(crate) struct Dir(pub(crate) std::path::PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("airudder-client-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        std::fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
