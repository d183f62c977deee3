//! Observers see every call, attempt and wait in order; interceptors have a say before each attempt, and can
//! harm nothing.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airudder_client::error::{InterceptedKind, Phase};
use airudder_client::observe::{
    AttemptEnd, Call, CallEnd, CallKind, InterceptFuture, Interceptor, Observer, PendingCall, RateLimit,
    Refusal, Wait,
};
use airudder_client::reqwest::header::{HeaderName, HeaderValue};
use airudder_client::{Client, Error, Family};
use airudder_simulator::{CallOutcome, Fault, Simulator};
use airudder_tests::loopback::{ClosedPort, FixedToken, Server, success};
use airudder_tests::{TestSigner, client_builder, create_task, fast, number};
use serde_json::json;

/// Writes down what it is told, and by which call.
#[derive(Default)]
struct Notes {
    said: Mutex<Vec<String>>,
    ids: Mutex<Vec<u64>>,
}

impl Notes {
    fn note(&self, call: &Call, text: &str) {
        self.said.lock().unwrap().push(format!("{} {text}", call.name()));
        self.ids.lock().unwrap().push(call.id());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.said.lock().unwrap())
    }
}

impl Observer for Notes {
    fn call_started(&self, call: &Call) {
        self.note(call, "started");
    }

    fn attempt_ended(&self, call: &Call, attempt: &AttemptEnd) {
        let (number, outcome) = (attempt.number(), attempt.outcome().as_str());
        assert_eq!(attempt.error_type().is_none(), outcome == "success");
        self.note(call, &format!("attempt {number}: {}", attempt.error_type().unwrap_or(outcome)));
    }

    fn waiting(&self, call: &Call, wait: &Wait) {
        assert!(wait.duration() < Duration::from_secs(1));
        self.note(call, &format!("waits after {}: {}", wait.attempt(), wait.error_type()));
    }

    fn call_ended(&self, call: &Call, end: &CallEnd) {
        let (outcome, attempts) = (end.outcome().as_str(), end.attempts());
        let status = end.http_status().map_or(String::new(), |status| format!(" {status}"));
        let code = end.code().map_or(String::new(), |code| format!(" {}", code.value()));
        let sent = if end.may_have_reached_vendor() { "" } else { " unsent" };
        self.note(call, &format!("{outcome} after {attempts}{status}{code}{sent}"));
    }
}

fn observed(simulator: &Simulator) -> (Client, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let builder = client_builder(simulator).retry(fast()).observer(Arc::clone(&notes));
    (builder.build().unwrap(), notes)
}

#[tokio::test]
async fn observers_are_told_in_order() {
    let simulator = Simulator::start().await.unwrap();
    let (client, notes) = observed(&simulator);
    simulator.inject("auth.get_token", Fault::status(503), 1);
    client.collection().list_robots().send().await.unwrap();
    assert_eq!(
        notes.take(),
        [
            "collection.list_robots started",
            "auth.get_token started",
            "auth.get_token attempt 1: 503",
            "auth.get_token waits after 1: 503",
            "auth.get_token attempt 2: success",
            "auth.get_token success after 2 200",
            "collection.list_robots attempt 1: success",
            "collection.list_robots success after 1 200",
        ]
    );
    let ids = std::mem::take(&mut *notes.ids.lock().unwrap());
    assert_eq!((ids[0], ids[1]), (ids[7], ids[5]));
    assert_ne!(ids[0], ids[1]);

    for (fault, times, told) in [
        (
            Fault::Reset,
            2,
            &[
                "attempt 1: connection_broken",
                "waits after 1: connection_broken",
                "attempt 2: connection_broken",
                "waits after 2: connection_broken",
                "attempt 3: success",
                "success after 3 200",
            ][..],
        ),
        (
            Fault::status_retry_after(429, Duration::ZERO),
            1,
            &["attempt 1: 429", "waits after 1: 429", "attempt 2: success", "success after 2 200"],
        ),
        (Fault::status(500), 1, &["attempt 1: 500", "failed after 1 500"]),
        (Fault::status(404), 1, &["attempt 1: 404", "refused after 1 404"]),
        (Fault::WrongCode(10402), 1, &["attempt 1: api", "refused after 1 200 10402"]),
    ] {
        simulator.inject("collection.list_robots", fault, times);
        let _ = client.collection().list_robots().send().await;
        let expected: Vec<String> = std::iter::once("started")
            .chain(told.iter().copied())
            .map(|text| format!("collection.list_robots {text}"))
            .collect();
        assert_eq!(notes.take(), expected);
    }
    // A renewal of the token is an attempt, a wait of no time, and a call for a token.
    simulator.inject("collection.list_robots", Fault::ExpiredToken, 1);
    client.collection().list_robots().send().await.unwrap();
    let told = notes.take();
    assert_eq!(told.iter().filter(|text| text.contains("list_robots attempt")).count(), 2, "{told:?}");
    assert!(told.contains(&"collection.list_robots success after 2 200".to_owned()), "{told:?}");
    assert!(told.contains(&"auth.get_token success after 1 200".to_owned()), "{told:?}");
}

#[tokio::test]
async fn observers_are_told_of_what_is_not_sent_and_of_what_is_dropped() {
    let simulator = Simulator::start().await.unwrap();
    let (client, notes) = observed(&simulator);
    client.collection().cancel_call().task_id("").callee_number("0812").send().await.unwrap_err();
    let told = notes.take();
    assert_eq!(told.len(), 2);
    assert!(told[1].starts_with("collection.cancel_call not_sent after 0 "), "{told:?}");
    assert!(told[1].ends_with(" unsent"), "{told:?}");
    client.raw("GET", "nowhere").send().await.unwrap_err();
    assert_eq!(notes.take(), ["GET started", "GET not_sent after 0 unsent"]);

    client.collection().list_robots().send().await.unwrap();
    notes.take();
    simulator.inject("collection.list_robots", Fault::Delay(Duration::from_secs(9)), 1);
    let slow = client.collection().list_robots().send();
    assert!(tokio::time::timeout(Duration::from_millis(200), slow).await.is_err());
    let told = notes.take();
    assert_eq!(told, ["collection.list_robots started", "collection.list_robots cancelled after 1"]);

    let port = ClosedPort::take();
    let notes = Arc::new(Notes::default());
    let builder = client_builder(&simulator).base_url(port.url()).token_store(FixedToken("T")).retry(fast());
    let nobody = builder.observer(Arc::clone(&notes)).build().unwrap();
    create_task(&nobody, "reminders", 1).await.unwrap_err();
    assert_eq!(notes.take().last().unwrap(), "collection.create_task not_sent after 4 unsent");
}

#[tokio::test]
async fn observers_see_a_download_with_its_link_as_one_call() {
    let connected = CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(2) };
    let builder = Simulator::builder().ignore_schedule(true).outcomes(move |_, _| Some(connected));
    let simulator = builder.recordings_as_links(true).start().await.unwrap();
    let (client, notes) = observed(&simulator);
    let task = create_task(&client, "reminders", 1).await.unwrap().task_id;
    simulator.play_out().await;
    notes.take();
    let file = client.collection().get_call_recording().task_id(task).callee(number(0)).send().await.unwrap();
    assert!(!notes.take().iter().any(|text| text.contains("after")));
    assert!(file.bytes().await.unwrap().len() > 1000);
    assert_eq!(notes.take(), ["collection.get_call_recording success after 2 200"]);
}

/// Panics at everything.
struct Broken;

impl Observer for Broken {
    fn call_started(&self, _: &Call) {
        panic!("as the test wants it");
    }

    fn call_ended(&self, _: &Call, _: &CallEnd) {
        panic!("as the test wants it");
    }
}

#[tokio::test]
async fn an_observer_that_panics_harms_nobody() {
    let simulator = Simulator::start().await.unwrap();
    let notes = Arc::new(Notes::default());
    let builder = client_builder(&simulator).token_store(FixedToken("T")).observer(Broken);
    let client = builder.observer(Arc::clone(&notes)).build().unwrap();
    simulator.answer("collection.list_robots", json!({"code": 200, "data": []}));
    // The simulator does not know the token: it is renewed, panic or not.
    client.collection().list_robots().send().await.unwrap();
    let told = notes.take();
    assert_eq!(told.iter().filter(|text| text.ends_with("list_robots started")).count(), 1, "{told:?}");
    assert!(told.last().unwrap().starts_with("collection.list_robots success"), "{told:?}");
}

/// An interceptor made of a function.
struct Asked<F>(F);

impl<F> Interceptor for Asked<F>
where
    F: Fn(&mut PendingCall) -> Result<(), Refusal> + Send + Sync,
{
    fn before_send<'a>(&'a self, call: &'a mut PendingCall) -> InterceptFuture<'a> {
        Box::pin(async move { (self.0)(call) })
    }
}

/// Holds every attempt back for so long.
struct Slow(Duration);

impl Interceptor for Slow {
    fn before_send<'a>(&'a self, _: &'a mut PendingCall) -> InterceptFuture<'a> {
        Box::pin(async move {
            tokio::time::sleep(self.0).await;
            Ok(())
        })
    }
}

fn name(text: &'static str) -> HeaderName {
    HeaderName::from_static(text)
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap()
}

#[tokio::test]
async fn a_refused_call_is_not_sent() {
    let server = Server::start(|_| success(&json!({}))).await;
    let refuse = |_: &mut PendingCall| Err(Refusal::new("not on Sundays, says +447700918273"));
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let count = move |_: &mut PendingCall| {
        counter.fetch_add(1, Ordering::SeqCst);
        Ok(())
    };
    let notes = Arc::new(Notes::default());
    let builder = server.client_builder().observer(Arc::clone(&notes));
    let client = builder.interceptor(Asked(refuse)).interceptor(Asked(count)).build().unwrap();
    let error = create_task(&client, "reminders", 1).await.unwrap_err();
    let Error::Intercepted(kept) = &error else { panic!("{error}") };
    assert_eq!(kept.kind(), InterceptedKind::Refused);
    assert_eq!((kept.endpoint(), kept.retry_after()), ("collection.create_task", None));
    assert_eq!(kept.reason(), "not on Sundays, says +447700918273");
    assert_eq!(error.to_string(), "collection.create_task: not sent: not on Sundays, says <number>");
    assert!(!format!("{error:?}{kept:?}").contains("7700918273"));
    assert!(!error.may_have_reached_vendor() && !error.is_retryable() && !error.is_transient());
    assert_eq!((error.attempts(), server.got().len()), (0, 0));
    assert_eq!(asked.load(Ordering::SeqCst), 0, "who comes after a refusal is not asked");
    assert_eq!(notes.take().last().unwrap(), "collection.create_task not_sent after 0 unsent");

    let refuse = |_: &mut PendingCall| Err(Refusal::new("later").retry_after(Duration::from_secs(3)));
    let client = server.client_builder().interceptor(Asked(refuse)).build().unwrap();
    let error = create_task(&client, "reminders", 1).await.unwrap_err();
    assert!(error.is_transient() && error.is_retryable());
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn interceptors_are_asked_before_each_attempt_and_of_calls_only() {
    let simulator = Simulator::start().await.unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&asked);
    let note = move |pending: &mut PendingCall| {
        assert!(pending.time_left() > Duration::from_secs(1));
        assert_eq!(pending.call().family(), Family::Cloud);
        assert_eq!(pending.call().kind(), CallKind::Endpoint);
        list.lock().unwrap().push(format!("{} {}", pending.call().endpoint(), pending.attempt()));
        Ok(())
    };
    let client = client_builder(&simulator).retry(fast()).interceptor(Asked(note)).build().unwrap();
    simulator.inject("collection.list_robots", Fault::status(503), 2);
    client.collection().list_robots().send().await.unwrap();
    let asked = asked.lock().unwrap().clone();
    assert_eq!(asked, [1, 2, 3].map(|attempt| format!("collection.list_robots {attempt}")));
    assert_eq!(simulator.auth_requests(), 1, "which nobody was asked about");

    // A repeat that is refused: the first attempt stays what it was.
    let once = |pending: &mut PendingCall| match pending.attempt() {
        1 => Ok(()),
        _ => Err(Refusal::new("once is enough")),
    };
    let client = client_builder(&simulator).retry(fast()).interceptor(Asked(once)).build().unwrap();
    simulator.inject("collection.list_robots", Fault::Reset, 1);
    let error = client.collection().list_robots().send().await.unwrap_err();
    assert_eq!(error.to_string(), "collection.list_robots: not sent again: once is enough");
    assert!(error.may_have_reached_vendor());
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn interceptors_add_headers() {
    let server = Server::start(|_| success(&json!({}))).await;
    let first = |pending: &mut PendingCall| {
        pending.set_header(name("x-first"), value("1"))?;
        pending.set_header(name("x-both"), value("first"))
    };
    let second = |pending: &mut PendingCall| pending.set_header(name("x-both"), value("second"));
    let builder = server.client_builder().interceptor(Asked(first)).interceptor(Asked(second));
    builder.build().unwrap().collection().list_robots().send().await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!((got.header("x-first"), got.header("x-both")), ("1", "second"));
    assert!(got.header("authorization").starts_with("Token "));
    assert_eq!(server.token_requests()[0].header("x-first"), "");
}

#[tokio::test]
async fn headers_of_the_client_are_its_own() {
    let server = Server::start(|_| success(&json!({}))).await;
    for header in [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "is-encrypted",
        "proxy-authorization",
        "range",
        "signed",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    ] {
        let set = move |pending: &mut PendingCall| pending.set_header(name(header), value("7"));
        let client = server.client_builder().interceptor(Asked(set)).build().unwrap();
        let error = client.collection().list_robots().send().await.unwrap_err();
        let Error::Intercepted(kept) = &error else { panic!("{header}: {error}") };
        assert_eq!(kept.kind(), InterceptedKind::ForbiddenHeader);
        assert!(kept.reason().contains(header) && !error.may_have_reached_vendor(), "{error}");
    }
    // Where the interceptor does not care, the call goes without it.
    let careless = |pending: &mut PendingCall| {
        let _ = pending.set_header(name("host"), value("elsewhere.example"));
        Ok(())
    };
    assert!(server.got().is_empty());
    let client = server.client_builder().interceptor(Asked(careless)).build().unwrap();
    client.collection().list_robots().send().await.unwrap();
    assert!(server.got()[0].header("host").starts_with("127.0.0.1:"));
    // What the signer sets is known only when it has signed.
    let sign = |pending: &mut PendingCall| pending.set_header(name("x-airudder-sign"), value("mine"));
    let client = server.client_builder().signer(TestSigner).interceptor(Asked(sign)).build().unwrap();
    let call = client.chatbot().list_messages().call_id("1").last_msg_id("").size(2).send().await;
    let Err(Error::Intercepted(kept)) = &call else { panic!("{call:?}") };
    assert_eq!(kept.kind(), InterceptedKind::ForbiddenHeader);
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn the_time_of_interceptors_counts() {
    let server = Server::start(|_| success(&json!({}))).await;
    let client = server.client_builder().interceptor(Slow(Duration::from_millis(50))).build().unwrap();
    let started = Instant::now();
    client.collection().list_robots().send().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(50));

    let builder = server.client_builder().timeout(Duration::from_millis(100));
    let client = builder.interceptor(Slow(Duration::from_secs(60))).build().unwrap();
    let error = create_task(&client, "reminders", 1).await.unwrap_err();
    let Error::Timeout(late) = &error else { panic!("{error}") };
    assert_eq!(late.phase(), Phase::Waiting);
    assert!(error.to_string().contains("held back by an interceptor"), "{error}");
    assert!(!error.may_have_reached_vendor());
    assert_eq!(server.got().len(), 1);
}

/// Panics, before there is a future.
struct Panics;

impl Interceptor for Panics {
    fn before_send<'a>(&'a self, _: &'a mut PendingCall) -> InterceptFuture<'a> {
        panic!("as the test wants it");
    }
}

#[tokio::test]
async fn an_interceptor_that_panics_ends_the_call_with_an_error() {
    let server = Server::start(|_| success(&json!({}))).await;
    let later = |_: &mut PendingCall| -> Result<(), Refusal> { panic!("as the test wants it") };
    let first = server.client_builder().max_concurrent(1).interceptor(Panics).build().unwrap();
    let second = server.client_builder().max_concurrent(1).interceptor(Asked(later)).build().unwrap();
    for client in [first, second] {
        // Twice: nothing is left behind that would hold up the next call.
        for _ in 0..2 {
            let error = create_task(&client, "reminders", 1).await.unwrap_err();
            let Error::Intercepted(kept) = &error else { panic!("{error}") };
            assert_eq!(kept.kind(), InterceptedKind::Panicked);
            assert!(!error.may_have_reached_vendor());
        }
    }
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn a_rate_limit_refuses_what_is_too_much() {
    let server = Server::start(|_| success(&json!({}))).await;
    let hour = Duration::from_secs(3600);
    let limit = RateLimit::new(60, hour).unwrap().burst(3).unwrap().refuse();
    let client = server.client_builder().interceptor(limit.endpoints(["collection.list_robots"]).unwrap());
    let client = client.build().unwrap();
    for _ in 0..3 {
        client.collection().list_robots().send().await.unwrap();
    }
    let error = client.collection().list_robots().send().await.unwrap_err();
    let Error::Intercepted(kept) = &error else { panic!("{error}") };
    assert!(kept.retry_after().unwrap() <= Duration::from_secs(60));
    assert!(error.is_transient() && error.is_retryable() && !error.may_have_reached_vendor());
    assert_eq!(server.got().len(), 3);
    // Other endpoints have nothing to do with it.
    create_task(&client, "reminders", 1).await.unwrap_err();
    assert_eq!(server.got().len(), 4);
}

#[tokio::test]
async fn a_rate_limit_lets_wait_and_is_shared() {
    let server = Server::start(|_| success(&json!({}))).await;
    let limit = Arc::new(RateLimit::new(10, Duration::from_secs(1)).unwrap());
    let client = || server.client_builder().interceptor(Arc::clone(&limit)).build().unwrap();
    let (one, other) = (client(), client());
    let started = Instant::now();
    let calls = (0..6).map(|n| if n % 2 == 0 { &one } else { &other }).map(|client| async {
        client.collection().list_robots().send().await.unwrap();
    });
    futures_util::future::join_all(calls).await;
    // The first at once, then one each 100 ms.
    assert!(started.elapsed() >= Duration::from_millis(490), "{:?}", started.elapsed());
    assert_eq!(server.got().len(), 6);
}

#[test]
fn a_rate_limit_that_is_none_is_refused() {
    let second = Duration::from_secs(1);
    for (calls, time) in [(0, second), (1, Duration::ZERO), (u32::MAX, second), (1, Duration::MAX)] {
        let error = RateLimit::new(calls, time).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{calls} in {time:?}: {error}");
    }
    let limit = || RateLimit::new(10, second).unwrap();
    assert!(limit().burst(0).is_err() && limit().burst(u32::MAX).is_err());
    assert!(limit().endpoints(["collection.list_robot"]).is_err());
    assert!(limit().endpoints(["list_robots"]).is_err());
    assert!(limit().endpoints(["our_own.endpoint"]).is_ok());
}
