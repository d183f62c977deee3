//! Nothing waits without end, and nothing on another's runtime.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use airudder_client::error::Phase;
use airudder_client::jiff::Timestamp;
use airudder_client::token::{Lease, StoreFuture, StoredToken, TokenKey, TokenStore};
use airudder_client::{Client, Error, RetryPolicy, Value};
use airudder_tests::create_task;
use airudder_tests::loopback::{FixedToken, Server, answer, success};
use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// A runtime that runs only while somebody blocks on it.
fn resting() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// A server on threads of its own.
fn served(
    answer: impl Fn() -> axum::http::Response<axum::body::Body> + Send + Sync + 'static,
) -> (Runtime, Server) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(move |_| answer()));
    (runtime, server)
}

async fn robots(client: &Client) -> Result<Value, Error> {
    client.collection().list_robots().send().await
}

/// Begins a call on a runtime and leaves it there: what it has spawned does not even start.
fn begin_and_leave(runtime: &Runtime, client: &Client) {
    runtime.block_on(async {
        let mut call = pin!(robots(client));
        let polled = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
        assert!(polled, "it has a token to wait for");
    });
}

#[track_caller]
fn phase(error: &Error) -> Phase {
    match error {
        Error::Timeout(error) => error.phase(),
        other => panic!("not Error::Timeout: {other}"),
    }
}

#[test]
fn a_fetch_that_nobody_drives_stops_no_other_runtime() {
    let (_runtime, server) = served(|| success(&json!([])));
    let client = server.client_builder().timeout(Duration::from_secs(3)).build().unwrap();
    let (one, other) = (resting(), resting());
    begin_and_leave(&one, &client);
    for _ in 0..3 {
        other.block_on(robots(&client)).expect("it gets its own token");
    }
    assert!(server.token_requests().len() <= 2, "one for each at most");
    // The one that rested comes back: its token is as good.
    one.block_on(robots(&client)).unwrap();
}

#[test]
fn a_connection_that_nobody_drives_is_none() {
    let (_runtime, server) = served(|| success(&json!({"TaskID": "1"})));
    let client = server.client_builder().timeout(Duration::from_millis(500)).build().unwrap();
    let (one, other) = (resting(), resting());
    one.block_on(create_task(&client, "first", 1)).unwrap();
    // Its connection is in the pool, and the runtime that reads and writes it rests.
    other.block_on(create_task(&client, "second", 1)).expect("nothing of the first attempt was sent");
    one.block_on(create_task(&client, "third", 1)).unwrap();
    let names: Vec<_> = server.got().iter().map(|got| got.json()["TaskName"].clone()).collect();
    assert_eq!(names, ["first", "second", "third"], "each once");
}

#[test]
fn whoever_has_no_time_to_see_that_a_fetch_rests_says_what_it_waited_for() {
    let (_runtime, server) = served(|| success(&json!([])));
    let client = server.client_builder().build().unwrap();
    let (one, other) = (resting(), resting());
    begin_and_leave(&one, &client);
    std::thread::sleep(Duration::from_millis(250));
    let began = Instant::now();
    let limit = Duration::from_millis(300);
    let request = client.collection().list_robots().timeout(limit);
    let error = other.block_on(async { request.send().await }).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!((phase(&error), error.may_have_reached_vendor()), (Phase::Waiting, false));
    assert!(error.to_string().contains("the runtime that asks for it stands still"), "{error}");
    assert!(error.is_retryable(), "nothing was sent");
    other.block_on(robots(&client)).expect("the next one does not wait for it any more");
}

#[test]
fn a_renewal_that_was_left_lying_fails_nobody() {
    let (_runtime, server) = served(|| success(&json!([])));
    // Its end is near, so that the first call starts a renewal, and the last one needs it.
    let store = EndsIn(Duration::from_secs(2));
    let client = server.client_builder().token_store(store).retry(RetryPolicy::none()).build().unwrap();
    let runtime = resting();
    runtime.block_on(robots(&client)).unwrap();
    std::thread::sleep(Duration::from_millis(2200));
    runtime.block_on(robots(&client)).expect("the token endpoint is well");
}

#[test]
fn a_renewal_that_died_with_its_runtime_is_started_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let url = serving.block_on(slow_tokens(Duration::from_secs(30), Arc::clone(&asked)));
    let client = Client::builder().credentials("a", "b").base_url(url);
    let client = client.token_store(EndsIn(Duration::from_secs(600))).build().unwrap();
    // This one takes the token from the store; those behind it find that its end is near.
    resting().block_on(robots(&client)).unwrap();
    for round in 1..=3 {
        // A runtime that ends with the renewal on its way, as `#[tokio::main]` and tests have it.
        resting().block_on(async {
            robots(&client).await.unwrap();
            for _ in 0..250 {
                if asked.load(Ordering::SeqCst) >= round {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            panic!("nobody renews the token any more");
        });
    }
}

/// A server that takes its time to give tokens, and counts how often it was asked.
async fn slow_tokens(slow: Duration, asked: Arc<AtomicUsize>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let asked = Arc::clone(&asked);
        async move {
            if request.uri().path().ends_with("/auth") {
                asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(slow).await;
                return success(&json!({"token": "T"}));
            }
            success(&json!([]))
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_token_endpoint_is_asked_once_and_waited_for_no_longer_than_the_call_may_take() {
    let asked = Arc::new(AtomicUsize::new(0));
    let url = slow_tokens(Duration::from_millis(1500), Arc::clone(&asked)).await;
    let client = Client::builder().credentials("a", "b").base_url(url).build().unwrap();
    let limit = Duration::from_millis(700);
    let error = client.collection().list_robots().timeout(limit).send().await.unwrap_err();
    assert_eq!(phase(&error), Phase::Waiting);
    assert!(error.to_string().contains("auth.get_token: not within 700ms"), "{error}");
    assert!(join_all((0..20).map(|_| robots(&client))).await.iter().all(Result::is_ok));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "a fetch that lives is not replaced");
}

#[tokio::test]
async fn a_place_is_waited_for_no_longer_than_the_call_may_take() {
    let server = Server::start(|got| match got.path.as_str() {
        "/1.wav" => answer(StatusCode::OK, "audio/wav", b"RIFF".repeat(1_000_000)),
        _ => success(&json!([])),
    })
    .await;
    let limit = Duration::from_millis(300);
    let client = server.client_builder().max_concurrent(1).timeout(limit).build().unwrap();
    let link = format!("{}/1.wav", server.url());
    let held = client.recording(&link).await.unwrap();
    for error in [
        timeout(Duration::from_secs(5), robots(&client)).await.expect("it ends").unwrap_err(),
        timeout(Duration::from_secs(5), create_task(&client, "t", 1)).await.expect("it ends").unwrap_err(),
        timeout(Duration::from_secs(5), client.recording(&link)).await.expect("it ends").unwrap_err(),
    ] {
        assert_eq!((phase(&error), error.may_have_reached_vendor()), (Phase::Waiting, false), "{error}");
        assert!(error.to_string().contains("max_concurrent"), "{error}");
    }
    drop(held);
    robots(&client).await.unwrap();
}

#[tokio::test]
async fn a_store_does_no_harm() {
    for (name, store) in [
        ("hangs", Bad::Hangs),
        ("hangs on save", Bad::HangsOn("save")),
        ("hangs on the lease", Bad::HangsOn("try_lease")),
        ("hangs on extending the lease", Bad::HangsOn("extend_lease")),
        ("hangs on the end of the lease", Bad::HangsOn("release_lease")),
        ("panics", Bad::Panics),
        ("panics at once", Bad::PanicsAtOnce),
        ("panics on the lease", Bad::PanicsOn("try_lease")),
        ("panics on the end of the lease", Bad::PanicsOn("release_lease")),
        ("gives nobody the lease", Bad::GivesNoLease),
    ] {
        let server = Server::start(|_| success(&json!([]))).await;
        let client =
            server.client_builder().timeout(Duration::from_secs(2)).token_store(store).build().unwrap();
        robots(&client).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(server.token_requests().len(), 1, "{name}");
    }
}

#[test]
fn outside_of_tokio_everything_is_an_error_and_nothing_panics() {
    let (runtime, server) = served(|| answer(StatusCode::OK, "audio/wav", b"RIFF".repeat(25_000)));
    for client in [
        server.client_builder().max_concurrent(1).build().unwrap(),
        server.client_builder().token_store(FixedToken("T")).build().unwrap(),
    ] {
        let link = format!("{}/1.wav", server.url());
        for error in [
            block_on(robots(&client)).unwrap_err(),
            block_on(create_task(&client, "t", 1)).unwrap_err(),
            block_on(client.recording(&link)).unwrap_err(),
            block_on(async { client.raw("GET", "/service/cloud/x").send().await }).unwrap_err(),
        ] {
            assert!(matches!(error, Error::Config(_)), "{error}");
            assert!(
                error.to_string().contains("tokio runtime") && !error.may_have_reached_vendor(),
                "{error}"
            );
        }
        let recording = || runtime.block_on(client.recording(&link)).unwrap();
        assert!(block_on(recording().bytes()).is_err());
        let path = std::env::temp_dir().join("airudder-outside-of-tokio.wav");
        assert!(block_on(recording().download_to(&path)).is_err());
        assert!(!path.exists());
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    // Nobody accepts, and the queue is full: further connections hang (Linux).
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(100)) {
        queue.push(stream);
    }
    let builder = || {
        Client::builder()
            .credentials("a-key", "a-secret")
            .base_url(format!("http://{address}"))
            .timeout(Duration::from_millis(300))
            .token_store(FixedToken("T"))
    };
    let once = builder().retry(RetryPolicy::none()).build().unwrap();
    let twice = builder().retry(airudder_tests::fast().max_attempts(2)).build().unwrap();
    for (client, attempts) in [(once, 1), (twice, 2)] {
        let error = create_task(&client, "t", 1).await.unwrap_err();
        assert_eq!((phase(&error), error.attempts()), (Phase::Connect, attempts), "{error}");
        assert!(!error.may_have_reached_vendor() && error.is_retryable(), "{error}");
        assert!(error.to_string().contains("no connection within"), "{error}");
    }
}

#[tokio::test]
async fn with_a_connection_it_may_have_been_sent() {
    // Accepts and never answers.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let builder =
        Client::builder().credentials("a-key", "a-secret").base_url(base).token_store(FixedToken("T"));
    let client = builder.timeout(Duration::from_millis(300)).build().unwrap();
    let error = create_task(&client, "t", 1).await.unwrap_err();
    assert_eq!((phase(&error), error.attempts()), (Phase::Exchange, 1), "{error}");
    assert!(error.may_have_reached_vendor() && !error.is_retryable(), "{error}");
    // A body of no characters is never asked for, and may be on its way all the same.
    let error = client.raw("POST", "/service/cloud/x").send().await.unwrap_err();
    assert!(error.may_have_reached_vendor() && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn a_wish_not_to_be_asked_again_is_obeyed_in_every_form() {
    for wish in [
        "Thu, 31 Dec 2099 23:59:59 GMT",
        "Thursday, 31-Dec-65 23:59:59 GMT",
        "Thu Dec 31 23:59:59 2099",
        "99999999999999999999999999",
        "86400.5",
    ] {
        let server = Server::start(move |_| {
            let mut response = answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "busy");
            response.headers_mut().insert("retry-after", wish.parse().unwrap());
            response
        })
        .await;
        let error = robots(&server.client()).await.unwrap_err();
        assert_eq!((server.got().len(), error.attempts()), (1, 1), "{wish}");
        let Error::Http(http) = &error else { panic!("{error}") };
        assert!(http.retry_after() > Some(Duration::from_secs(3600)), "{wish}: {:?}", http.retry_after());
    }
    for wish in ["0", "0.01", "Sun Nov  6 08:49:37 1994", "soon"] {
        let server = Server::start(move |got| match got.number {
            1 => {
                let mut response = answer(StatusCode::TOO_MANY_REQUESTS, "text/plain", "busy");
                response.headers_mut().insert("retry-after", wish.parse().unwrap());
                response
            }
            _ => success(&json!([])),
        })
        .await;
        robots(&server.client()).await.unwrap();
        assert_eq!(server.got().len(), 2, "{wish}");
    }
}

/// Holds a token that ends soon, and keeps none.
struct EndsIn(Duration);

impl TokenStore for EndsIn {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move { Ok(Some(StoredToken::new("OLD", Timestamp::now() + self.0))) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Stores that do not do what they should.
#[derive(Clone, Copy, PartialEq)]
enum Bad {
    Hangs,
    HangsOn(&'static str),
    Panics,
    PanicsAtOnce,
    PanicsOn(&'static str),
    GivesNoLease,
}

impl Bad {
    fn ask<'a, T: Send + 'a>(self, what: &'static str, answer: T) -> StoreFuture<'a, T> {
        assert!(self != Self::PanicsAtOnce, "the store panics");
        Box::pin(async move {
            match self {
                Self::Hangs => pending().await,
                Self::HangsOn(method) if method == what => pending().await,
                Self::PanicsOn(method) if method == what => panic!("the store panics"),
                Self::HangsOn(_) | Self::PanicsAtOnce | Self::PanicsOn(_) | Self::GivesNoLease => Ok(answer),
                Self::Panics => panic!("the store panics"),
            }
        })
    }
}

impl TokenStore for Bad {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.ask("load", None)
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        self.ask("save", ())
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        self.ask("remove", ())
    }

    fn try_lease<'a>(&'a self, _: &'a TokenKey, _: Duration) -> StoreFuture<'a, Option<Lease>> {
        self.ask("try_lease", (*self != Self::GivesNoLease).then(Lease::new))
    }

    fn extend_lease<'a>(&'a self, _: &'a TokenKey, _: &'a Lease, _: Duration) -> StoreFuture<'a, bool> {
        self.ask("extend_lease", true)
    }

    fn release_lease<'a>(&'a self, _: &'a TokenKey, lease: Lease) -> StoreFuture<'a, ()> {
        drop(lease);
        self.ask("release_lease", ())
    }
}

/// An executor that is none of tokio's.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = std::pin::pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
}
