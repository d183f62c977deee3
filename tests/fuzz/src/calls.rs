//! Calls to a server on the loopback that answers with whatever it is told, all in one thread.

use std::cell::RefCell;
use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::rc::Rc;

use airudder_client::catalogue::{Auth, Effect, SuccessRule};
use airudder_client::encryption::Key;
use airudder_client::jiff::Timestamp;
use airudder_client::request::{Request, Response};
use airudder_client::signer::{SignRequest, Signer};
use airudder_client::token::{StoreFuture, StoredToken, TokenKey, TokenStore};
use airudder_client::wire::{self, Obj};
use airudder_client::{
    Bytes, Client, ClientBuilder, Error, Family, RetryPolicy, auth, chatbot, collection, number_detection,
    predictive_dialer, reqwest, sms,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

/// What must be found in nothing that is shown.
pub const SECRETS: [&str; 3] = ["fuzz-app-secret", "fuzz-stored-token", "airudderredduria"];

/// What encrypted answers are encrypted with.
pub const ENCRYPTION_KEY: &str = SECRETS[2];

/// A call that was answered.
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The whole body, decrypted.
    pub raw: Bytes,
    /// `Debug` of all of it.
    pub shown: String,
}

type Outcome = Pin<Box<dyn Future<Output = Result<Answered, Error>>>>;

/// A call that is tried.
#[derive(Clone, Copy)]
pub struct Call {
    /// Its family.
    pub family: Family,
    /// What it does.
    pub effect: Effect,
    /// What says that it has succeeded.
    pub success: SuccessRule,
    send: fn(Client, Family, Effect) -> Outcome,
}

/// The calls: typed ones, and any call of each family.
pub fn calls() -> Vec<Call> {
    let mut calls = vec![
        Call::typed::<collection::CreateTask>(),
        Call::typed::<collection::ListTasks>(),
        Call::typed::<collection::GetTaskDetail>(),
        Call::typed::<collection::CancelCall>(),
        Call::typed::<predictive_dialer::ListCallResults>(),
        Call::typed::<predictive_dialer::CreateTask>(),
        Call::typed::<sms::SendMessage>(),
        Call::typed::<number_detection::CheckNumbers>(),
        Call::typed::<chatbot::ListMessages>(),
        Call::typed::<chatbot::HuaweiSendUserMessage>(),
        Call::typed::<auth::GetToken>(),
    ];
    for family in Family::ALL {
        calls.extend([Effect::Read, Effect::Changes].map(|effect| Call {
            family: *family,
            effect,
            success: SuccessRule::Envelope,
            send: raw,
        }));
    }
    calls
}

impl Call {
    fn typed<R: Request<Answer: std::fmt::Debug>>() -> Self {
        let endpoint = R::ENDPOINT;
        Self { family: endpoint.family, effect: endpoint.effect, success: endpoint.success, send: typed::<R> }
    }
}

fn answered<T: std::fmt::Debug>(response: Response<T>) -> Answered {
    let shown = format!("{response:?}");
    Answered { status: response.status, raw: response.raw, shown }
}

fn typed<R: Request<Answer: std::fmt::Debug>>(client: Client, _: Family, _: Effect) -> Outcome {
    let sample = R::ENDPOINT.sample.request.unwrap_or("{}");
    let request = wire::decode::<Obj<R>>(sample.as_bytes()).expect("the samples of the spec read");
    Box::pin(async move { client.execute_full(&request).await.map(answered) })
}

fn raw(client: Client, family: Family, effect: Effect) -> Outcome {
    let method = if effect == Effect::Read { "GET" } else { "POST" };
    Box::pin(async move {
        let call = client.raw(method, "/fuzz").family(family).effect(effect);
        // The payload of a call that nobody knows is a plain value, which shows what it holds.
        call.send().await.map(|response| answered(response.map(|_| ())))
    })
}

/// What the server answers.
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// Name and value.
    pub headers: Vec<(&'static str, &'a [u8])>,
    /// Body.
    pub body: &'a [u8],
}

impl Answer<'_> {
    fn http(&self) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 {} Fuzz\r\n", self.status).into_bytes();
        for (name, value) in &self.headers {
            answer.extend_from_slice(name.as_bytes());
            answer.extend_from_slice(b": ");
            // What no server can write into a line.
            answer.extend(
                value.iter().copied().filter(|byte| *byte == b'\t' || (*byte >= b' ' && *byte != 127)),
            );
            answer.extend_from_slice(b"\r\n");
        }
        // These have no body.
        if !matches!(self.status, 204 | 304) {
            answer.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.body.len()).as_bytes());
            answer.extend_from_slice(self.body);
        } else {
            answer.extend_from_slice(b"\r\n");
        }
        answer
    }
}

/// Sends the call, which gets this answer, whatever it asks.
pub fn send(call: Call, answer: &Answer<'_>) -> Result<Answered, Error> {
    thread_local!(static STAGE: Stage = Stage::new());
    STAGE.with(|stage| {
        stage.answer.replace(answer.http());
        let outcome = (call.send)(stage.client.clone(), call.family, call.effect);
        stage.tasks.block_on(&stage.runtime, outcome)
    })
}

/// A client and its server.
struct Stage {
    runtime: Runtime,
    tasks: LocalSet,
    client: Client,
    answer: Rc<RefCell<Vec<u8>>>,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let (tasks, answer) = (LocalSet::new(), Rc::<RefCell<Vec<u8>>>::default());
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a loopback port is free");
        let url = format!("http://{}", listener.local_addr().expect("a listener has an address"));
        tasks.spawn_local(serve(listener, Rc::clone(&answer)));
        // Families with a key of their own have a host of their own too.
        let own = Family::ALL.iter().filter(|family| matches!(family.info().auth, Auth::Bearer));
        let here = |builder: ClientBuilder, family: &Family| {
            builder.family(*family, |f| f.api_key(SECRETS[0]).base_url(url.as_str()))
        };
        let client = own
            .fold(Client::builder(), here)
            .credentials("fuzz-app-key", SECRETS[0])
            .base_url(url.as_str())
            .encryption(Key::new(ENCRYPTION_KEY).expect("it has 16 bytes"))
            .retry(RetryPolicy::none())
            .token_store(FixedToken)
            .signer(NoSignature)
            .build()
            .expect("the settings are sound");
        Self { runtime, tasks, client, answer }
    }
}

async fn serve(listener: TcpListener, answer: Rc<RefCell<Vec<u8>>>) {
    while let Ok((connection, _)) = listener.accept().await {
        tokio::task::spawn_local(converse(connection, Rc::clone(&answer)));
    }
}

/// Answers the requests of one connection.
async fn converse(mut connection: TcpStream, answer: Rc<RefCell<Vec<u8>>>) {
    let mut got = Vec::new();
    while let Ok(count) = connection.read_buf(&mut got).await
        && count > 0
    {
        let Some(length) = request_length(&got) else { continue };
        if got.len() < length {
            continue;
        }
        got.clear();
        let answer = answer.borrow().clone();
        if connection.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// Length of the request with its body, once its head is there.
fn request_length(got: &[u8]) -> Option<usize> {
    let head = got.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let lines = String::from_utf8_lossy(&got[..head]).to_ascii_lowercase();
    let body =
        lines.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    Some(head + body.unwrap_or(0))
}

#[derive(Debug)]
struct FixedToken;

impl TokenStore for FixedToken {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async { Ok(Some(StoredToken::new(SECRETS[1], Timestamp::MAX))) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[derive(Debug)]
struct NoSignature;

type Headers = Vec<(reqwest::header::HeaderName, reqwest::header::HeaderValue)>;

impl Signer for NoSignature {
    fn sign(&self, _: &SignRequest<'_>) -> Result<Headers, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Vec::new())
    }
}
