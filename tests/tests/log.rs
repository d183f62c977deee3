//! What a program with `tracing` sees of its calls: each once, each repeat, each failure, under names that
//! stay.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "log/planted.rs"]
mod planted;
#[path = "log/seen.rs"]
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use airudder_client::{Client, CreateOutcome, RetryPolicy};
use airudder_simulator::{CallOutcome, Fault, Simulator};
use airudder_tests::loopback::{self, ClosedPort, FixedToken, Server};
use airudder_tests::{client, client_builder, create_task, fast, number, task};
use axum::http::StatusCode;
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tracing::Level;
use tracing_subscriber::filter::LevelFilter;

use self::seen::{Fields, Line, Log, Seen, log};

#[tokio::test]
async fn each_call_is_seen_once() {
    let (log, _guard) = log();
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();

    // The first one brings the token.
    client.collection().list_robots().send().await.unwrap();
    let seen = log.take();
    let names: Vec<&str> = seen.spans.iter().map(|span| span.name).collect();
    assert_eq!(names, ["airudder_call", "airudder_token"]);
    assert_eq!(seen.spans[1].parent, None, "others may wait for it too");
    let records: Vec<&str> = seen.records.iter().map(|line| line.message.as_str()).collect();
    assert_eq!(records, ["the request for a token succeeded", "the call succeeded"]);
    assert!(seen.spans.iter().all(|span| span.closed && span.target == "airudder_client"));
    assert!(seen.records.iter().all(|line| line.target == "airudder_client"));

    let call = seen.call();
    let expected = [
        ("attempts", "1"),
        ("effect", "read"),
        ("endpoint", "collection.list_robots"),
        ("family", "cloud"),
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("may_have_reached_vendor", "true"),
        ("otel.kind", "client"),
        ("otel.name", "collection.list_robots"),
        ("outcome", "success"),
        ("server.address", "127.0.0.1"),
        ("server.port", &simulator.address().port().to_string()),
        ("url.template", "/service/cloud/robot"),
    ];
    for (name, value) in expected {
        assert_eq!(call.fields.get(name), value, "{name}");
    }
    assert!(call.fields.get("elapsed_ms").parse::<u64>().is_ok());
    assert_eq!(call.fields.get("otel.status_code"), "");
    assert_eq!(seen.records[1].span, Some(call.id), "the record stands in the span");

    // Each repeat, with its cause and its wait.
    simulator.inject("collection.list_robots", Fault::status(503), 1);
    simulator.inject("collection.list_robots", Fault::Reset, 1);
    client.collection().list_robots().send().await.unwrap();
    let seen = log.take();
    assert_eq!(
        seen.lines(),
        ["WARN the call is repeated", "WARN the call is repeated", "INFO the call succeeded"]
    );
    let repeats: Vec<_> = seen.records[..2]
        .iter()
        .map(|line| {
            ["endpoint", "attempt", "error.type", "cause"].map(|name| line.fields.get(name).to_owned())
        })
        .collect();
    assert_eq!(repeats[0], ["collection.list_robots", "1", "503", "only an HTTP status"]);
    assert_eq!(repeats[1], ["collection.list_robots", "2", "connection_broken", "the connection broke"]);
    assert!(seen.records[..2].iter().all(|line| line.fields.get("wait_ms").parse::<u64>().is_ok()));
    assert_eq!(seen.call().fields.get("attempts"), "3");

    // A token that has expired is a repeat too.
    simulator.inject("collection.list_robots", Fault::ExpiredToken, 1);
    client.collection().list_robots().send().await.unwrap();
    let seen = log.take();
    assert_eq!(seen.records[0].message, "the call is repeated");
    assert_eq!(seen.records[0].fields.get("cause"), "the token was refused");
    assert_eq!(seen.call().fields.get("outcome"), "success");
}

/// The one record of a failure, and its span.
#[track_caller]
fn failure(seen: &Seen, message: &str, outcome: &str, error_type: &str) -> Fields {
    let call = seen.call();
    let ends: Vec<&Line> = seen.records.iter().filter(|line| line.span == Some(call.id)).collect();
    let last = ends.last().unwrap();
    assert_eq!((last.level, last.message.as_str()), (Level::WARN, message));
    assert_eq!(ends.iter().filter(|line| line.message != "the call is repeated").count(), 1);
    for fields in [&last.fields, &call.fields] {
        assert_eq!((fields.get("outcome"), fields.get("error.type")), (outcome, error_type));
    }
    assert_eq!(call.fields.get("otel.status_code"), "ERROR");
    assert!(call.closed);
    last.fields.clone()
}

#[tokio::test]
async fn each_failure_is_seen_once() {
    let (log, _guard) = log();
    let (key, secret) = (Simulator::APP_KEY, Simulator::APP_SECRET);
    let simulator = Simulator::builder().credentials(key, secret).start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    create_task(&client, "reminders", 1).await.unwrap();
    log.take();

    // The vendor says no.
    create_task(&client, "reminders", 1).await.unwrap_err();
    let fields = failure(&log.take(), "the call failed", "refused", "api");
    assert_eq!((fields.get("vendor_code"), fields.get("may_have_reached_vendor")), ("10403", "true"));

    // Nobody knows whether it was done.
    simulator.inject("collection.create_task", Fault::ResetAfterEffect, 1);
    create_task(&client, "others", 1).await.unwrap_err();
    let fields = failure(&log.take(), "the call failed", "failed", "connection_broken");
    assert_eq!(
        (fields.get("may_have_reached_vendor"), fields.get("cause")),
        ("true", "the connection broke")
    );
    simulator.inject("collection.create_task", Fault::status(503), 1);
    create_task(&client, "and more", 1).await.unwrap_err();
    failure(&log.take(), "the call failed", "failed", "503");
    simulator.inject("collection.get_task_detail", Fault::Huge(100), 1);
    client.collection().get_task_detail().task_id("1").send().await.unwrap_err();
    failure(&log.take(), "the call failed", "failed", "decode");

    // Refused here: a bad field, a path that nobody knows, a raw path that is none, no `find_by`.
    let cancel = client.collection().cancel_call().task_id("").callee_number("0812").send().await;
    assert_eq!(cancel.unwrap_err().violations().len(), 2);
    let fields = failure(&log.take(), "the call was not sent", "not_sent", "invalid");
    assert_eq!((fields.get("violations"), fields.get("attempts")), ("2", "0"));
    assert_eq!(fields.get("may_have_reached_vendor"), "false");
    client.flex_route().make_outbound_call().send().await.unwrap_err();
    failure(&log.take(), "the call was not sent", "not_sent", "unconfirmed");
    client.raw("GET", "nowhere").send().await.unwrap_err();
    failure(&log.take(), "the call was not sent", "not_sent", "config");

    // Nobody is there; without credentials; with wrong ones.
    let port = ClosedPort::take();
    let nobody = client_builder(&simulator).base_url(port.url()).token_store(FixedToken("T")).retry(fast());
    create_task(&nobody.build().unwrap(), "reminders", 1).await.unwrap_err();
    let seen = log.take();
    assert_eq!(seen.lines().len(), 4, "{:?}", seen.lines());
    failure(&seen, "the call was not sent", "not_sent", "connect");
    let stranger = Client::builder().base_url(simulator.base_url()).build().unwrap();
    stranger.collection().list_robots().send().await.unwrap_err();
    failure(&log.take(), "the call was not sent", "not_sent", "config");
    let wrong = client_builder(&simulator).credentials(key, "not the secret").build().unwrap();
    wrong.collection().list_robots().send().await.unwrap_err();
    let seen = log.take();
    failure(&seen, "the call was not sent", "not_sent", "auth");
    let token = seen.spans.iter().find(|span| span.name == "airudder_token").unwrap();
    assert_eq!((token.fields.get("outcome"), token.fields.get("error.type")), ("refused", "auth"));
    assert!(seen.records.iter().any(|line| line.message == "the request for a token failed"));
}

#[tokio::test]
async fn a_payload_that_cannot_be_read_is_a_failure_of_its_call() {
    let (log, _guard) = log();
    let server = Server::start(|_| loopback::success(&json!("no task"))).await;
    server.client().collection().get_task_detail().task_id("1").send().await.unwrap_err();
    let fields = failure(&log.take(), "the call failed", "failed", "decode");
    assert_eq!((fields.get("http.response.status_code"), fields.get("attempts")), ("200", "1"));
}

#[tokio::test]
async fn what_is_dropped_was_cancelled() {
    let (log, _guard) = log();
    let server = Server::start(|_| loopback::success(&json!({}))).await;
    let client = server.client_builder().token_store(FixedToken("T")).build().unwrap();
    // Never polled: there was no call.
    drop(client.collection().list_robots().send());
    assert!(log.take().spans.is_empty());

    let hanging = silent(false).await;
    let client = server.client_builder().base_url(hanging).token_store(FixedToken("T")).build().unwrap();
    let create = create_task(&client, "reminders", 1);
    assert!(tokio::time::timeout(Duration::from_millis(300), create).await.is_err());
    let seen = log.take();
    assert_eq!(seen.lines(), ["WARN the call was cancelled"]);
    let call = seen.call();
    assert!(call.closed);
    let fields = ["outcome", "error.type", "may_have_reached_vendor", "attempts"];
    assert_eq!(fields.map(|name| call.fields.get(name)), ["cancelled", "cancelled", "true", "1"]);

    let read = client.collection().list_robots().send();
    assert!(tokio::time::timeout(Duration::from_millis(300), read).await.is_err());
    assert_eq!(log.take().lines(), ["INFO the call was cancelled"]);
}

#[tokio::test]
async fn pages_raw_calls_and_look_ups_are_calls() {
    let (log, _guard) = log();
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    for n in 0..3 {
        create_task(&client, &format!("task-{n}"), 1).await.unwrap();
    }
    log.take();

    let before = simulator.requests("collection.list_tasks");
    let mut items = client.collection().list_tasks().number(2).page(1).stream().items();
    let mut count = 0;
    while let Some(item) = items.next().await {
        item.unwrap();
        count += 1;
    }
    assert_eq!(count, 3);
    let seen = log.take();
    let asked = simulator.requests("collection.list_tasks") - before;
    assert!(asked > 1);
    assert_eq!(seen.spans.len(), asked);
    assert_eq!(seen.lines(), vec!["INFO the call succeeded"; asked]);
    let mut pages = client.collection().list_tasks().number(2).page(1).stream();
    let mut read = 0;
    while let Some(page) = pages.next().await {
        page.unwrap();
        read += 1;
    }
    let seen = log.take();
    assert_eq!(seen.lines(), vec!["INFO the call succeeded"; read + 1], "and the empty one");

    client.raw("GET", "/service/cloud/robot").send().await.unwrap();
    let seen = log.take();
    assert_eq!(seen.lines(), ["INFO the call succeeded"]);
    assert_eq!(seen.call().fields.get("endpoint"), "GET /service/cloud/robot");
    assert_eq!(seen.call().fields.get("otel.name"), "GET");
    client.raw("SHOUT", "/service/cloud/robot/447700918273?who=Jane").send().await.unwrap_err();
    let seen = log.take();
    assert_eq!(seen.call().fields.get("otel.name"), "_OTHER");
    assert!(!format!("{:?}{:?}", seen.spans, seen.records).contains("447700918273"));
    assert!(!format!("{:?}{:?}", seen.spans, seen.records).contains("Jane"));

    // The name is taken: one call that is refused, and a look through the list.
    let outcome = client.find_or_create(&task("task-1", 1)).await.unwrap();
    assert!(matches!(outcome, CreateOutcome::Found(_)), "{outcome:?}");
    let seen = log.take();
    assert_eq!(seen.spans[0].fields.get("endpoint"), "collection.create_task");
    assert!(seen.spans[1..].iter().all(|span| span.fields.get("endpoint") == "collection.list_tasks"));
    assert_eq!(seen.lines().len(), seen.spans.len());
    let outcome = client.find_or_create(&task("task-9", 1)).await.unwrap();
    assert!(matches!(outcome, CreateOutcome::Created(_)), "{outcome:?}");
    assert_eq!(log.take().lines(), ["INFO the call succeeded"]);
}

#[tokio::test]
async fn a_download_is_one_call_and_ends_with_its_last_byte() {
    let (log, _guard) = log();
    let connected = CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(20) };
    let folder = tempfile::tempdir().unwrap();
    for links in [false, true] {
        let builder = Simulator::builder().ignore_schedule(true).outcomes(move |_, _| Some(connected));
        let simulator = builder.recordings_as_links(links).start().await.unwrap();
        let client = client(&simulator);
        let task = create_task(&client, "reminders", 1).await.unwrap().task_id;
        simulator.play_out().await;
        log.take();
        let recording = || client.collection().get_call_recording().task_id(&task).callee(number(0));

        let file = recording().send().await.unwrap();
        assert!(log.take().lines().is_empty(), "it is not over");
        file.download_to(folder.path().join("call.wav")).await.unwrap();
        let seen = log.take();
        assert_eq!(seen.lines(), ["INFO the call succeeded"]);

        recording().download_to(folder.path().join("call.wav")).await.unwrap();
        let seen = log.take();
        assert_eq!(seen.lines(), ["INFO the call succeeded"]);
        assert_eq!(seen.call().fields.get("attempts"), if links { "2" } else { "1" });

        drop(recording().send().await.unwrap());
        assert_eq!(log.take().lines(), ["INFO the call was cancelled"]);

        recording().download_to(folder.path().join("no/such/folder.wav")).await.unwrap_err();
        failure(&log.take(), "the call failed", "failed", "io");
    }
}

#[tokio::test]
async fn a_link_is_a_call_without_a_host() {
    let (log, _guard) = log();
    let server = Server::start(|_| loopback::answer(StatusCode::OK, "audio/wav", vec![0xAB; 1000])).await;
    let client = server.client();
    let link = format!("{}/files/447700918273.wav?signature=PLANTED", server.url());
    assert_eq!(client.recording(&link).await.unwrap().bytes().await.unwrap().len(), 1000);
    let seen = log.take();
    assert_eq!(seen.lines(), ["INFO the call succeeded"]);
    assert_eq!(seen.call().fields.get("endpoint"), "recording link");
    assert_eq!(seen.call().fields.get("server.address"), "");
    assert!(!format!("{:?}{:?}", seen.spans, seen.records).contains("447700918273"));
    client.recording("ftp://example.com/PLANTED").await.unwrap_err();
    failure(&log.take(), "the call was not sent", "not_sent", "decode");
}

/// The names of spans, records and fields are a part of the public API.
#[tokio::test]
async fn the_names_stay() {
    let log = Log::default();
    let guard = log.catch(LevelFilter::TRACE);
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    simulator.inject("collection.list_robots", Fault::status(503), 1);
    client.collection().list_robots().send().await.unwrap();
    client.collection().get_task_detail().task_id("no-such-task").send().await.unwrap_err();
    client.collection().cancel_call().task_id("").callee_number("0812").send().await.unwrap_err();
    drop(guard);
    let seen = log.take();

    const SPAN: [&str; 17] = [
        "attempts",
        "effect",
        "elapsed_ms",
        "endpoint",
        "error.type",
        "family",
        "http.request.method",
        "http.response.status_code",
        "may_have_reached_vendor",
        "otel.kind",
        "otel.name",
        "otel.status_code",
        "outcome",
        "server.address",
        "server.port",
        "url.template",
        "vendor_code",
    ];
    for span in &seen.spans {
        assert!(["airudder_call", "airudder_token"].contains(&span.name));
        assert_eq!(span.level, Level::INFO);
        let names: BTreeSet<&str> = span.names.iter().copied().collect();
        assert_eq!(names, SPAN.into(), "{}", span.name);
    }
    let mut records: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for line in &seen.records {
        records.entry(format!("{} {}", line.level, line.message)).or_default().extend(line.fields.0.keys());
    }
    let last = "attempts elapsed_ms endpoint http.response.status_code may_have_reached_vendor outcome";
    let attempt = "attempt cause elapsed_ms endpoint error.type family http.response.status_code outcome";
    let repeat = "attempt cause endpoint error.type http.response.status_code wait_ms";
    let expected = [
        ("DEBUG attempt ended", format!("{attempt} vendor_code")),
        ("INFO the call succeeded", last.to_owned()),
        ("INFO the request for a token succeeded", last.to_owned()),
        ("WARN the call failed", format!("{last} cause error.type vendor_code")),
        ("WARN the call is repeated", repeat.to_owned()),
        (
            "WARN the call was not sent",
            "attempts cause elapsed_ms endpoint error.type may_have_reached_vendor outcome \
             vendor_code violations"
                .to_owned(),
        ),
    ];
    let expected: BTreeMap<String, BTreeSet<&str>> = expected
        .iter()
        .map(|(record, names)| ((*record).to_owned(), names.split_whitespace().collect()))
        .collect();
    assert_eq!(records, expected);

    // And the guide has them all.
    let guide = include_str!("../../airudder-client/guides/observability.md");
    for name in SPAN.into_iter().chain(records.values().flatten().copied()) {
        assert!(guide.contains(&format!("`{name}`")), "{name}");
    }
    for message in records.keys().filter(|message| !message.contains("token")) {
        assert!(guide.contains(message.split_once(' ').unwrap().1), "{message}");
    }
}

/// Without the spans, which a filter at WARN leaves out, a record says what it is about.
#[tokio::test]
async fn a_warning_needs_no_span() {
    let log = Log::default();
    let guard = log.catch(LevelFilter::WARN);
    let simulator = Simulator::start().await.unwrap();
    create_task(&client(&simulator), "reminders", 1).await.unwrap();
    create_task(&client(&simulator), "reminders", 1).await.unwrap_err();
    drop(guard);
    let seen = log.take();
    assert!(seen.spans.is_empty());
    assert_eq!(seen.records.len(), 1);
    assert_eq!(seen.records[0].fields.get("endpoint"), "collection.create_task");
    assert_eq!(seen.records[0].fields.get("vendor_code"), "10403");
}

/// What is logged of one attempt to create a task at this address.
async fn attempt(url: String) -> Line {
    let log = Log::default();
    let guard = log.catch(LevelFilter::DEBUG);
    let builder =
        Client::builder().credentials("a-key", "a-secret").base_url(url).token_store(FixedToken("T"));
    let client = builder.timeout(Duration::from_millis(300)).retry(RetryPolicy::none()).build().unwrap();
    create_task(&client, "reminders", 1).await.unwrap_err();
    drop(guard);
    let attempts: Vec<Line> =
        log.take().records.into_iter().filter(|line| line.message == "attempt ended").collect();
    assert_eq!(attempts.len(), 1);
    attempts[0].clone()
}

/// Reads a request, and then closes the connection or keeps it for ever.
async fn silent(closes: bool) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 100_000]).await;
            if !closes {
                held.push(stream);
            }
        }
    });
    url
}

#[tokio::test]
async fn a_connection_that_broke_was_one() {
    let broke = attempt(silent(true).await).await;
    assert_eq!(broke.fields.get("cause"), "the connection broke");
    let nothing = attempt(silent(false).await).await;
    assert_eq!(nothing.fields.get("cause"), "no answer in time");
    let closed = ClosedPort::take();
    let refused = attempt(closed.url()).await;
    assert_eq!(refused.fields.get("cause"), "no connection");
}
