//! What is repeated and what is not, by what a call does: nobody's phone rings twice.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use airudder_client::catalogue::{Auth, Effect};
use airudder_client::error::Phase;
use airudder_client::types::{TaskAction, TaskId};
use airudder_client::{Client, ClientBuilder, Error, Family, RetryPolicy};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{ClosedPort, FixedToken, Server, answer, success};
use airudder_tests::{SampleRequest, TestSigner, client_builder, create_task, endpoint, fast};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const CREATE: &str = "collection.create_task";
const DETAIL: &str = "collection.get_task_detail";
const ROBOTS: &str = "collection.list_robots";

/// The answer to a delayed request comes after its time-out, whatever else the machine has to do.
const TOO_LATE: Duration = Duration::from_secs(60);
const TIME_OUT: Duration = Duration::from_millis(250);

/// How a fault looks from outside, when it is not repeated.
struct Expected {
    fault: Fault,
    kind: &'static str,
    status: Option<u16>,
    phase: Option<Phase>,
    /// Whether it may be gone the next time.
    passing: bool,
}

fn all_faults() -> Vec<Expected> {
    let http = |fault: Fault, status: u16, passing: bool| Expected {
        fault,
        kind: "Http",
        status: Some(status),
        phase: None,
        passing,
    };
    let broken = |fault: Fault, kind: &'static str, phase: Phase| Expected {
        fault,
        kind,
        status: None,
        phase: Some(phase),
        passing: true,
    };
    let odd = |fault: Fault, kind: &'static str, status: Option<u16>| Expected {
        fault,
        kind,
        status,
        phase: None,
        passing: false,
    };
    vec![
        http(Fault::status(429), 429, true),
        http(Fault::status(502), 502, true),
        http(Fault::status(503), 503, true),
        http(Fault::status(504), 504, true),
        http(Fault::Html, 502, true),
        http(Fault::status(400), 400, false),
        http(Fault::status(403), 403, false),
        http(Fault::status(404), 404, false),
        http(Fault::status(500), 500, false),
        http(Fault::status(501), 501, false),
        http(Fault::status(302), 302, false),
        broken(Fault::Reset, "Transport", Phase::Exchange),
        broken(Fault::ResetAfterEffect, "Transport", Phase::Exchange),
        broken(Fault::Truncated, "Transport", Phase::Body),
        broken(Fault::Delay(TOO_LATE), "Timeout", Phase::Exchange),
        odd(Fault::Empty, "Decode", Some(200)),
        odd(Fault::Huge(20_000), "Decode", Some(200)),
        odd(Fault::Huge(200_000), "Decode", None),
        odd(Fault::WrongCode(10302), "Api", Some(200)),
        odd(Fault::WrongCode(10901), "Api", Some(200)),
    ]
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Invalid(_) => "Invalid",
        Error::Api(_) => "Api",
        Error::Http(_) => "Http",
        Error::Transport(_) => "Transport",
        Error::Timeout(_) => "Timeout",
        Error::Decode(_) => "Decode",
        Error::Auth(_) => "Auth",
        Error::Config(_) => "Config",
        _ => "another",
    }
}

fn phase(error: &Error) -> Option<Phase> {
    match error {
        Error::Transport(error) => Some(error.phase()),
        Error::Timeout(error) => Some(error.phase()),
        _ => None,
    }
}

fn judge(error: &Error, expected: &Expected, repeatable: bool) {
    let about = format!("{:?}: {error}", expected.fault);
    assert_eq!(kind(error), expected.kind, "{about}");
    assert_eq!(error.http_status(), expected.status, "{about}");
    assert_eq!(phase(error), expected.phase, "{about}");
    assert_eq!(error.is_timeout(), expected.kind == "Timeout", "{about}");
    assert!(error.may_have_reached_vendor(), "it was sent: {about}");
    assert_eq!(error.is_retryable(), expected.passing && repeatable, "{about}");
}

/// Reads a task: its answer has a known form, so that nothing is not taken for an answer.
async fn read(client: &Client, task: &TaskId) -> Result<(), Error> {
    client.collection().get_task_detail().task_id(task.clone()).send().await.map(drop)
}

async fn number_of_tasks(client: &Client) -> Value {
    client.collection().list_tasks().number(10).page(1).send().await.unwrap()["total"].clone()
}

fn ready(simulator: &Simulator, policy: RetryPolicy) -> Client {
    client_builder(simulator).retry(policy).max_response_bytes(100_000).build().unwrap()
}

/// A simulator with a client and a task, whose token is fetched already.
async fn with_task(policy: RetryPolicy) -> (Simulator, Client, TaskId) {
    let simulator = Simulator::start().await.unwrap();
    let client = ready(&simulator, policy);
    let task = create_task(&client, "a-task", 1).await.unwrap().task_id;
    (simulator, client, task)
}

/// Clients of a simulator with their tokens: for faults that make the answer late one that gives up soon; for
/// all others one that does not, for machines are slow at times.
struct Clients {
    patient: Client,
    impatient: Client,
}

impl Clients {
    async fn new(simulator: &Simulator, policy: RetryPolicy) -> Self {
        let impatient = client_builder(simulator).retry(policy.clone()).timeout(TIME_OUT).build().unwrap();
        let clients = Self { patient: ready(simulator, policy), impatient };
        number_of_tasks(&clients.patient).await;
        number_of_tasks(&clients.impatient).await;
        clients
    }

    fn client(&self, fault: &Fault) -> &Client {
        if let Fault::Delay(_) = fault { &self.impatient } else { &self.patient }
    }
}

#[tokio::test]
async fn a_task_is_never_sent_twice_whatever_goes_wrong() {
    let simulator = Simulator::start().await.unwrap();
    let clients = Clients::new(&simulator, fast().max_attempts(10)).await;
    let mut tasks = 0;
    for (n, expected) in all_faults().into_iter().enumerate() {
        let about = format!("{:?}", expected.fault);
        let client = clients.client(&expected.fault);
        simulator.inject(CREATE, expected.fault.clone(), 10);
        let error = create_task(client, &format!("task-{n}"), 1).await.unwrap_err();
        simulator.clear_faults();
        assert_eq!(simulator.requests(CREATE), n + 1, "{about}");
        assert_eq!((error.attempts(), error.endpoint()), (1, Some(CREATE)), "{about}");
        judge(&error, &expected, false);
        // What the error says of reaching the vendor is no idle warning: some of these tasks exist.
        tasks +=
            i64::from(matches!(expected.fault, Fault::ResetAfterEffect | Fault::Truncated | Fault::Delay(_)));
        assert_eq!(number_of_tasks(client).await, tasks, "{about}");
    }
}

#[tokio::test]
async fn a_read_is_repeated_until_it_passes() {
    let (simulator, _, task) = with_task(fast()).await;
    let clients = Clients::new(&simulator, fast()).await;
    for expected in all_faults() {
        let about = format!("{:?}", expected.fault);
        simulator.inject(DETAIL, expected.fault.clone(), 2);
        let before = simulator.requests(DETAIL);
        let outcome = read(clients.client(&expected.fault), &task).await;
        simulator.clear_faults();
        let requests = simulator.requests(DETAIL) - before;
        if expected.passing {
            outcome.unwrap_or_else(|error| panic!("{about}: {error}"));
            assert_eq!(requests, 3, "{about}");
        } else {
            judge(&outcome.unwrap_err(), &expected, true);
            assert_eq!(requests, 1, "{about} does not pass");
        }
    }
}

#[tokio::test]
async fn a_read_that_does_not_pass_says_how_it_was() {
    let (simulator, _, task) = with_task(fast()).await;
    for (policy, attempts) in [(fast().max_attempts(3), 3), (RetryPolicy::none(), 1)] {
        let clients = Clients::new(&simulator, policy).await;
        for expected in all_faults().into_iter().filter(|expected| expected.passing) {
            simulator.inject(DETAIL, expected.fault.clone(), 10);
            let error = read(clients.client(&expected.fault), &task).await.unwrap_err();
            simulator.clear_faults();
            assert_eq!(error.attempts(), attempts, "{:?}", expected.fault);
            judge(&error, &expected, true);
        }
    }
}

#[tokio::test]
async fn the_effect_decides() {
    let simulator = Simulator::start().await.unwrap();
    let clients = Clients::new(&simulator, fast()).await;
    for effect in [Effect::Read, Effect::Idempotent, Effect::Changes, Effect::CallsPeople] {
        // A raw call takes nothing for an answer too.
        for expected in all_faults()
            .into_iter()
            .filter(|expected| !matches!(expected.fault, Fault::Empty | Fault::Huge(20_000)))
        {
            let about = format!("{effect:?} {:?}", expected.fault);
            simulator.inject(ROBOTS, expected.fault.clone(), 1);
            let before = simulator.requests(ROBOTS);
            let outcome = clients
                .client(&expected.fault)
                .raw("GET", "/service/cloud/robot")
                .effect(effect)
                .send()
                .await;
            let repeated = expected.passing && matches!(effect, Effect::Read | Effect::Idempotent);
            assert_eq!(simulator.requests(ROBOTS) - before, if repeated { 2 } else { 1 }, "{about}");
            match outcome {
                Ok(_) => assert!(repeated, "{about}"),
                Err(error) => judge(&error, &expected, effect.is_repeatable()),
            }
        }
    }
}

#[tokio::test]
async fn raw_calls_are_as_careful_as_their_method() {
    let simulator = Simulator::start().await.unwrap();
    let client = ready(&simulator, fast());
    let task = create_task(&client, "a-task", 1).await.unwrap().task_id;
    simulator.inject(ROBOTS, Fault::status(503), 1);
    client.raw("GET", "/service/cloud/robot").send().await.expect("a GET is taken to read");
    assert_eq!(simulator.requests(ROBOTS), 2);
    simulator.inject("collection.stop_task", Fault::status(503), 1);
    let stop = json!({"Action": "Stop", "TaskID": task.as_str()});
    let error = client.raw("POST", "/service/cloud/operation").json(&stop).send().await.unwrap_err();
    assert!(!error.is_retryable(), "a POST is taken to change something");
    assert_eq!(simulator.requests("collection.stop_task"), 1);
}

/// Whether somebody answers or not: what cannot have arrived is tried again, whatever it does.
#[tokio::test]
async fn a_task_is_sent_again_when_nobody_listens() {
    let port = ClosedPort::take();
    let builder =
        || Client::builder().credentials("k", "s").base_url(port.url()).token_store(FixedToken("t"));
    let client = builder().retry(fast().max_attempts(3)).build().unwrap();
    let error = create_task(&client, "a-task", 1).await.unwrap_err();
    assert_eq!((kind(&error), phase(&error)), ("Transport", Some(Phase::Connect)), "{error}");
    assert_eq!(error.attempts(), 3);
    assert!(error.is_retryable() && !error.may_have_reached_vendor() && !error.is_timeout());
    assert_eq!(error.http_status(), None);

    // The server comes up while the client tries.
    let client =
        builder().retry(fast().max_attempts(u32::MAX).budget(Duration::from_secs(30))).build().unwrap();
    let (outcome, server) = tokio::join!(create_task(&client, "a-task", 1), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Server::on(port.open(), |_| success(&json!({"TaskID": "7"})))
    });
    assert_eq!(outcome.unwrap().task_id.as_str(), "7");
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn a_handshake_that_fails_has_sent_nothing() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        loop {
            // Closed at once: no TLS server here.
            drop(listener.accept().await);
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    let url = format!("https://{address}");
    let client = Client::builder()
        .credentials("k", "s")
        .base_url(url)
        .token_store(FixedToken("t"))
        .retry(fast().max_attempts(3))
        .build()
        .unwrap();
    let error = create_task(&client, "a-task", 1).await.unwrap_err();
    assert_eq!((kind(&error), phase(&error)), ("Transport", Some(Phase::Connect)), "{error}");
    assert!(error.is_retryable() && !error.may_have_reached_vendor());
    assert_eq!((error.attempts(), accepted.load(Ordering::SeqCst)), (3, 3));
}

#[tokio::test]
async fn what_never_left_is_no_trouble() {
    let simulator = Simulator::start().await.unwrap();
    let client = ready(&simulator, fast());
    let error = create_task(&client, "", 0).await.unwrap_err();
    assert_eq!(kind(&error), "Invalid");
    assert!(!error.is_retryable() && !error.may_have_reached_vendor() && !error.is_timeout());
    assert_eq!((error.attempts(), error.http_status()), (0, None));
    assert!(simulator.log().is_empty());
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let (simulator, client, task) = with_task(fast()).await;
    simulator.inject(DETAIL, Fault::status_retry_after(429, Duration::from_secs(1)), 1);
    let started = Instant::now();
    read(&client, &task).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
    assert_eq!(simulator.requests(DETAIL), 2);
}

#[tokio::test]
async fn who_is_told_to_wait_longer_than_the_budget_does_not_wait_at_all() {
    let (simulator, client, task) = with_task(fast()).await;
    let hour = Duration::from_secs(3600);
    for status in [429, 503] {
        simulator.inject(DETAIL, Fault::status_retry_after(status, hour), 10);
        let before = simulator.requests(DETAIL);
        let error = read(&client, &task).await.unwrap_err();
        simulator.clear_faults();
        let Error::Http(http) = &error else { panic!("{error}") };
        assert_eq!(http.retry_after(), Some(hour), "the caller is told");
        assert!(error.is_retryable());
        assert_eq!(simulator.requests(DETAIL), before + 1);
    }

    // Who does not care for it goes by the policy alone.
    simulator.inject(DETAIL, Fault::status_retry_after(429, hour), 2);
    let before = simulator.requests(DETAIL);
    read(&ready(&simulator, fast().respect_retry_after(false)), &task).await.unwrap();
    assert_eq!(simulator.requests(DETAIL), before + 3);
}

#[tokio::test]
async fn retry_after_may_be_a_date() {
    let server = Server::start(|got| {
        let date = match got.path.as_str() {
            "/past" => "Sun, 06 Nov 1994 08:49:37 GMT",
            _ => "Thu, 31 Dec 2099 23:59:59 GMT",
        };
        if got.path == "/past" && got.number > 1 {
            return success(&json!("there"));
        }
        let mut busy = answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "busy");
        busy.headers_mut().insert(header::RETRY_AFTER, date.parse().unwrap());
        busy
    })
    .await;
    let client = server.client();
    assert_eq!(client.raw("GET", "/past").send().await.unwrap().data, "there");
    assert_eq!(server.got().len(), 2);
    let Error::Http(error) = client.raw("GET", "/future").send().await.unwrap_err() else {
        panic!("an HTTP error")
    };
    assert!(error.retry_after().unwrap() > Duration::from_secs(1_000_000));
    assert_eq!(server.got().len(), 3);
}

#[tokio::test]
async fn the_budget_ends_every_patience() {
    let (simulator, client, task) =
        with_task(fast().max_attempts(u32::MAX).budget(Duration::from_millis(80))).await;
    simulator.inject(DETAIL, Fault::status(503), usize::MAX);
    let started = Instant::now();
    let error = read(&client, &task).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(simulator.requests(DETAIL), error.attempts() as usize);
    assert!(error.attempts() > 2, "it was tried while there was time: {}", error.attempts());

    // Time that attempts take counts as well as the pauses between them.
    simulator.clear_faults();
    simulator.inject(DETAIL, Fault::Delay(TOO_LATE), usize::MAX);
    let error = client
        .collection()
        .get_task_detail()
        .task_id(task)
        .timeout(Duration::from_millis(60))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(error.attempts() <= 2, "{}", error.attempts());
}

#[tokio::test]
async fn the_number_of_attempts_is_bounded() {
    let (simulator, _, task) = with_task(fast()).await;
    for (policy, attempts) in
        [(fast(), 4), (fast().max_attempts(2), 2), (fast().max_attempts(0), 1), (RetryPolicy::none(), 1)]
    {
        let client = ready(&simulator, policy);
        client.collection().list_robots().send().await.unwrap();
        simulator.inject(DETAIL, Fault::status(503), usize::MAX);
        let before = simulator.requests(DETAIL);
        let error = read(&client, &task).await.unwrap_err();
        assert_eq!((error.attempts(), simulator.requests(DETAIL) - before), (attempts, attempts as usize));
        simulator.clear_faults();
    }
}

#[tokio::test]
async fn an_idempotent_call_is_repeated() {
    let simulator = Simulator::start().await.unwrap();
    let client = ready(&simulator, fast());
    for (n, fault) in [Fault::Reset, Fault::status(503), Fault::Html].into_iter().enumerate() {
        let task = create_task(&client, &format!("task-{n}"), 1).await.unwrap().task_id;
        simulator.inject("collection.stop_task", fault.clone(), 1);
        client
            .collection()
            .stop_task()
            .action(TaskAction::Stop)
            .task_id(task)
            .send()
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(simulator.requests("collection.stop_task"), 2 * (n + 1));
    }
}

/// What of the catalogue makes phones ring, or sends messages, is never taken for something else.
#[test]
fn what_creates_or_sends_is_not_repeatable() {
    let mut calling = 0;
    for endpoint in airudder_client::catalogue::ENDPOINTS {
        let (_, name) = endpoint.key.split_once('.').unwrap();
        let reads = ["list_", "get_", "find_"].iter().any(|word| name.starts_with(word))
            && !name.ends_with("get_token");
        if reads {
            assert_eq!(endpoint.effect, Effect::Read, "{}", endpoint.key);
        } else if ["create_", "copy_", "send_", "add_", "upload_", "update_", "push_"]
            .iter()
            .any(|word| name.contains(word))
        {
            assert!(!endpoint.effect.is_repeatable(), "{}", endpoint.key);
        }
        calling += usize::from(endpoint.effect == Effect::CallsPeople);
    }
    assert!(calling >= 10, "{calling}");
}

/// The same promise for each endpoint of the catalogue, with its own builder.
#[allow(unused_variables, reason = "requests without fields do not look at their sample")]
mod each {
    use super::*;

    const PATH: &str = "/some/path/of/a/test";

    struct Setting {
        simulator: Simulator,
        client: Client,
        closed: Client,
        sample: SampleRequest,
    }

    impl Setting {
        async fn new(key: &'static str, confirmed: bool) -> Self {
            let mut simulator = Simulator::builder().stateless(true);
            if !confirmed {
                simulator = simulator.override_path(key, PATH);
            }
            let simulator = simulator.start().await.unwrap();
            let with_path = |client: airudder_client::ClientBuilder| {
                let client = if confirmed { client } else { client.override_path(key, PATH) };
                client.retry(fast().max_attempts(2)).build().unwrap()
            };
            let client = with_path(client_builder(&simulator));
            let port = ClosedPort::take();
            let own = Family::ALL.iter().filter(|family| matches!(family.info().auth, Auth::Bearer));
            let here = |builder: ClientBuilder, family: &Family| {
                builder.family(*family, |f| f.api_key("k").base_url(port.url()))
            };
            let closed = own
                .fold(Client::builder(), here)
                .credentials("k", "s")
                .token_store(FixedToken("t"))
                .base_url(port.url())
                .signer(TestSigner);
            let closed = with_path(closed);
            Self { simulator, client, closed, sample: SampleRequest::of(key) }
        }

        fn judge<T>(&self, key: &str, fault: &Fault, before: usize, outcome: Result<T, Error>) {
            let effect = endpoint(key).effect;
            // With its key a repeat is the same call.
            let is_repeatable = effect.is_repeatable() || endpoint(key).idempotency.is_some();
            let requests = self.simulator.requests(key) - before;
            match outcome {
                Ok(_) => assert!(
                    is_repeatable && requests == 2,
                    "{key} {effect:?}: {requests} requests after {fault:?}"
                ),
                Err(error) => {
                    assert!(
                        !is_repeatable && requests == 1,
                        "{key} {effect:?}: {requests} requests after {fault:?}: {error}"
                    );
                    assert!(!error.is_retryable() && error.may_have_reached_vendor(), "{key}: {error}");
                }
            }
        }

        fn judge_closed<T>(key: &str, outcome: Result<T, Error>) {
            let Err(error) = outcome else { panic!("{key} was answered by nobody") };
            assert_eq!(phase(&error), Some(Phase::Connect), "{key}: {error}");
            assert_eq!(error.attempts(), 2, "{key}: nothing can have reached the vendor");
            assert!(error.is_retryable() && !error.may_have_reached_vendor(), "{key}: {error}");
        }
    }

    macro_rules! endpoint {
        (
            $test:ident, $key:literal, confirmed: $confirmed:literal,
            |$client:ident, $sample:ident| $call:expr
        ) => {
            #[tokio::test]
            async fn $test() {
                let setting = Setting::new($key, $confirmed).await;
                let $sample = &setting.sample;
                for fault in
                    [Fault::ResetAfterEffect, Fault::Truncated, Fault::status(503), Fault::status(429)]
                {
                    setting.simulator.inject($key, fault.clone(), 1);
                    let before = setting.simulator.requests($key);
                    let $client = &setting.client;
                    let outcome = $call.send().await;
                    setting.judge($key, &fault, before, outcome);
                }
                let $client = &setting.closed;
                let outcome = $call.send().await;
                Setting::judge_closed($key, outcome);
            }
        };
    }

    /// A file whose transfer has begun is not begun anew: nothing is said about an answer that breaks off.
    macro_rules! file_endpoint {
        (
            $test:ident, $key:literal, confirmed: $confirmed:literal,
            |$client:ident, $sample:ident| $call:expr
        ) => {
            #[tokio::test]
            async fn $test() {
                let setting = Setting::new($key, $confirmed).await;
                let $sample = &setting.sample;
                for fault in [Fault::ResetAfterEffect, Fault::status(503), Fault::status(429)] {
                    setting.simulator.inject($key, fault.clone(), 1);
                    let before = setting.simulator.requests($key);
                    let $client = &setting.client;
                    let outcome = $call.send().await;
                    setting.judge($key, &fault, before, outcome);
                }
                let $client = &setting.closed;
                let outcome = $call.send().await;
                Setting::judge_closed($key, outcome);
            }
        };
    }

    macro_rules! answer {
        ($($ignored:tt)*) => {};
    }

    macro_rules! webhook {
        ($($ignored:tt)*) => {};
    }

    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}
