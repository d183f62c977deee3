//! A server for answers that the simulator cannot make, and for a look at what really goes over the wire.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use airudder_client::token::{StoreFuture, StoredToken, TokenKey, TokenStore};
use airudder_client::{Bytes, Client, ClientBuilder, Value};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

/// What this server gives as a token: with the two characters that a careless client would encode.
pub const TOKEN: &str = "0AAAb1CDEFGHIjKLm+nopQR2/sTUVwXYZ==";

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Got {
    /// Which one it was, from 1; requests for tokens are counted apart.
    pub number: usize,
    /// HTTP method.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query as sent; empty if there was none.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Got {
    /// The text of a header; empty if there was none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("the body is not JSON: {error}"))
    }
}

#[derive(Default)]
struct Seen {
    calls: Vec<Got>,
    tokens: Vec<Got>,
}

/// A running server; it ends when dropped. It gives [`TOKEN`] to everyone who asks for a token.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    serving: JoinHandle<()>,
}

impl Server {
    /// Answers everything but requests for tokens with what `answer` makes of it.
    pub async fn start(answer: impl Fn(&Got) -> Response<Body> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port is free");
        Self::on(listener, answer)
    }

    /// The same on a port of one's own.
    pub fn on(
        listener: TcpListener,
        answer: impl Fn(&Got) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().expect("a listener has an address");
        let seen = Arc::<Mutex<Seen>>::default();
        let answer = Arc::new(answer);
        let shared = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (answer, seen) = (Arc::clone(&answer), Arc::clone(&shared));
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
                let mut got = Got {
                    number: 0,
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    query: head.uri.query().unwrap_or_default().to_owned(),
                    headers: head.headers,
                    body,
                };
                if got.path.ends_with("/auth") {
                    let code = if got.path.contains("/callcenter/") { 0 } else { 200 };
                    lock(&seen).tokens.push(got);
                    return json(
                        StatusCode::OK,
                        &serde_json::json!({"code": code, "data": {"token": TOKEN}}),
                    );
                }
                {
                    let mut seen = lock(&seen);
                    got.number = seen.calls.len() + 1;
                    seen.calls.push(got.clone());
                }
                answer(&got)
            }
        });
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, seen, serving }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A builder of a client of it.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder().credentials("a-key", "a-secret").base_url(self.url()).retry(crate::fast())
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        self.client_builder().build().expect("the settings are sound")
    }

    /// The requests so far, but for those for tokens.
    pub fn got(&self) -> Vec<Got> {
        lock(&self.seen).calls.clone()
    }

    /// The requests for tokens so far.
    pub fn token_requests(&self) -> Vec<Got> {
        lock(&self.seen).tokens.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer of this status, type and content.
pub fn answer(status: StatusCode, content_type: &str, body: impl Into<Body>) -> Response<Body> {
    let response =
        Response::builder().status(status).header(header::CONTENT_TYPE, content_type).body(body.into());
    response.expect("a status, a header and a body make an answer")
}

/// An answer of JSON.
pub fn json(status: StatusCode, body: &Value) -> Response<Body> {
    answer(status, "application/json", body.to_string())
}

/// An answer of success of the cloud family.
pub fn success(payload: &Value) -> Response<Body> {
    json(StatusCode::OK, &serde_json::json!({"code": 200, "status": "OK", "data": payload}))
}

/// A port where nobody listens, and nobody else can.
pub struct ClosedPort(TcpSocket);

impl ClosedPort {
    /// Takes a free port.
    pub fn take() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket can be made");
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a loopback port is free");
        Self(socket)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().expect("a bound socket has an address"))
    }

    /// From now on somebody listens.
    pub fn open(self) -> TcpListener {
        self.0.listen(64).expect("the port is ours")
    }
}

/// A store that always has this token, so that a call begins with the call itself.
#[derive(Debug)]
pub struct FixedToken(pub &'static str);

impl TokenStore for FixedToken {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        let expires_at = airudder_client::jiff::Timestamp::MAX;
        Box::pin(async move { Ok(Some(StoredToken::new(self.0, expires_at))) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
