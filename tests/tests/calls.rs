//! Ways to make a call: by builder, by request, round the catalogue; with paths, fields and limits of one's
//! own.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use airudder_client::catalogue::Effect;
use airudder_client::collection::GetTaskDetail;
use airudder_client::{Client, Error, Family};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{self, Server, json, success};
use airudder_tests::{client, client_builder, contact, create_task, fast, number, task};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use serde_json::{Value, json};

#[tokio::test]
async fn a_request_can_be_built_kept_and_sent_later() {
    let simulator = Simulator::start().await.unwrap();
    let (one, two) = (client(&simulator), client(&simulator));
    let request = task("a-task", 1);
    assert_eq!(one.check(&request).unwrap(), []);
    let id = one.execute(&request).await.unwrap().task_id;
    let error = two.execute(&request).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some(10403), "sent again by another client: {error}");
    let same = one.collection().get_task_detail().task_id(id.clone()).build();
    let detached = GetTaskDetail::builder().task_id(id.clone()).build();
    assert_eq!(one.execute(&same).await.unwrap().task_id, two.execute(&detached).await.unwrap().task_id);

    let mut refused = task("a-task", 1);
    refused.task_name.clear();
    let violations = one.check(&refused).unwrap();
    let error = one.execute(&refused).await.unwrap_err();
    assert_eq!(violations, error.violations());
    assert_eq!(violations[0].code.map(airudder_client::ErrorCode::code), Some(10401));
}

#[tokio::test]
async fn what_is_sent_is_what_was_set() {
    let server = Server::start(|_| success(&json!({"TaskID": "7"}))).await;
    let client = server.client();
    let mut request = task("a \"task\" & more=yes", 1);
    request.repeat_number = Some(3);
    client.execute(&request).await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!(
        (got.method.as_str(), got.path.as_str(), got.query.as_str()),
        ("POST", "/service/cloud/task", "")
    );
    assert_eq!((got.header("content-type"), got.header("accept")), ("application/json", "application/json"));
    assert!(got.header("user-agent").starts_with("airudder-client/"));
    let row = json!({
        "Debtor": "Jane Doe", "Mobile": number(0), "LoanDate": "2026-02-01", "DueDate": "2026-03-01",
        "LoanAmount": 300_000, "Arrears": 321_000, "Comments": "42",
    });
    let expected = json!({
        "TaskName": "a \"task\" & more=yes", "ScheduleStartTime": "2026-03-02 09:00:00",
        "ScheduleEndTime": "2026-03-02 18:00:00",
        "RobotID": "00000000000000000000000000000001", "SIPLine": "LINE", "RepeatNumber": 3, "Details": [row],
    });
    assert_eq!(got.json(), expected, "nothing that was not set");

    // In a query a plus must not become a blank.
    let _ = client.collection().get_call_recording().task_id("a b&c").callee(number(0)).send().await;
    let got = server.got().pop().unwrap();
    let pairs: Vec<&str> = got.query.split('&').collect();
    assert!(pairs.contains(&format!("Callee=%2B{}", &number(0)[1..]).as_str()), "{}", got.query);
    assert!(pairs.contains(&"TaskID=a+b%26c") || pairs.contains(&"TaskID=a%20b%26c"), "{}", got.query);
    assert!(got.body.is_empty());
}

#[tokio::test]
async fn money_is_exact_on_the_wire() {
    let server = Server::start(|_| success(&json!({"TaskID": "7"}))).await;
    let mut request = task("a-task", 1);
    request.details[0].loan_amount = "12345678901234567.89".parse().unwrap();
    request.details[0].arrears = "0.1".parse().unwrap();
    server.client().execute(&request).await.unwrap();
    let body = String::from_utf8(server.got().pop().unwrap().body.to_vec()).unwrap();
    assert!(
        body.contains(r#""LoanAmount":12345678901234567.89"#) && body.contains(r#""Arrears":0.1"#),
        "{body}"
    );
}

#[tokio::test]
async fn fields_that_nobody_knows_arrive() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let mut row = contact(number(1));
    row.extra.insert("pet".to_owned(), json!("cat"));
    let mut request = task("a-task", 1);
    request.details = vec![row];
    client.execute(&request).await.unwrap();
    assert_eq!(simulator.last_request("collection.create_task").unwrap()["Details"][0]["pet"], "cat");

    let request = client
        .collection()
        .list_tasks()
        .number(5)
        .page(1)
        .extra("Sort", "desc")
        .extra("Deep", json!({"a": [1]}));
    request.send().await.unwrap();
    let arrived = simulator.last_request("collection.list_tasks").unwrap();
    assert_eq!(
        (&arrived["Sort"], &arrived["Number"]),
        (&json!("desc"), &json!("5")),
        "in a query all is text"
    );
    assert_eq!(arrived["Deep"], r#"{"a":[1]}"#);
}

#[tokio::test]
async fn the_full_answer_has_status_headers_and_bytes() {
    let body = json!({"code": 200, "status": "OK", "data": {"TaskID": "7", "beside": 1}, "trace": "t-1"});
    let told = body.clone();
    let server = Server::start(move |_| {
        let mut answer = json(StatusCode::CREATED, &told);
        answer.headers_mut().insert("x-trace", "t-1".parse().unwrap());
        answer
    })
    .await;
    let client = server.client();
    let full = client.execute_full(&task("a-task", 1)).await.unwrap();
    assert_eq!((full.status, full.header("X-Trace"), full.header("x-none")), (201, Some("t-1"), None));
    assert_eq!(full.data.task_id.as_str(), "7");
    assert_eq!(
        serde_json::from_slice::<Value>(&full.raw).unwrap(),
        body,
        "with all that the types do not have"
    );
    let id = full.map(|data| data.task_id);
    assert_eq!((id.data.as_str(), id.status), ("7", 201));
    let full = client.collection().get_task_detail().task_id("7").send_full().await.unwrap();
    assert_eq!(full.data.extra["beside"], 1);
}

#[tokio::test]
async fn a_path_can_be_replaced() {
    let (key, path) = ("sms.send_message", "/service/sms/message/v3/send");
    let simulator = Simulator::builder().override_path(key, path).start().await.unwrap();
    let send = |client: &Client| {
        client.sms().send_message().to([number(1).into()]).message("hello").from("ACME").send()
    };
    let error = send(&client(&simulator)).await.unwrap_err();
    assert_eq!(error.http_status(), Some(404), "nobody is at the old path: {error:?}");
    let moved = client_builder(&simulator).override_path(key, path).build().unwrap();
    send(&moved).await.unwrap();
    moved.collection().list_robots().send().await.expect("all others stay where they are");
    assert_eq!(simulator.requests(key), 1);

    // The token endpoint's too, a query in the path, and a path before all paths.
    let server = Server::start(|_| success(&json!([]))).await;
    let client = server
        .client_builder()
        .base_url(format!("{}/gateway/", server.url()))
        .override_path("auth.get_token", "/elsewhere/auth")
        .override_path("collection.list_tasks", "/lists?region=id")
        .build()
        .unwrap();
    client.collection().list_tasks().number(1).page(2).send().await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!((got.path.as_str(), got.query.as_str()), ("/gateway/lists", "region=id&Number=1&Page=2"));
    assert_eq!(server.token_requests()[0].path, "/gateway/elsewhere/auth");
}

#[tokio::test]
async fn what_has_no_path_is_not_sent_until_it_is_given_one() {
    let server = Server::start(|_| success(&json!({"done": true}))).await;
    let client = server.client();
    let call = |client: &Client| client.flex_route().make_outbound_call().extra("who", number(1)).send();
    let error = call(&client).await.unwrap_err();
    assert!(matches!(error, Error::Unconfirmed(_)), "{error:?}");
    assert_eq!(error.endpoint(), Some("flex_route.make_outbound_call"));
    assert!(error.to_string().contains("override_path"), "{error}");
    assert!(!error.may_have_reached_vendor() && !error.is_retryable());
    assert!(server.got().is_empty() && server.token_requests().is_empty());
    let client = server
        .client_builder()
        .override_path("flex_route.make_outbound_call", "/told/by/the/vendor")
        .build()
        .unwrap();
    call(&client).await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!((got.path.as_str(), got.json()), ("/told/by/the/vendor", json!({"who": number(1)})));
}

// --- raw

#[tokio::test]
async fn a_raw_call_has_token_retries_and_envelope() {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    create_task(&client, "a-task", 1).await.unwrap();
    simulator.inject("collection.list_tasks", Fault::status(503), 2);
    let answer =
        client.raw("get", "/service/cloud/list").query("Number", 10).query("Page", 1).send().await.unwrap();
    assert_eq!((answer.status, &answer.data["total"]), (200, &json!(1)), "the payload, without its envelope");
    assert_eq!(simulator.requests("collection.list_tasks"), 3);
    simulator.revoke_tokens();
    client.raw("GET", "/service/cloud/list").query("Number", 10).query("Page", 1).send().await.unwrap();
    assert_eq!(simulator.auth_requests(), 2);
    let error = client
        .raw("GET", "/service/cloud/list")
        .query("Number", "ten")
        .query("Page", 1)
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (error.vendor_code(), error.endpoint()),
        (Some(10601), Some("GET /service/cloud/list")),
        "{error}"
    );
    let error = client.raw("GET", "/no/such/path").send().await.unwrap_err();
    assert_eq!(error.http_status(), Some(404), "{error}");
}

#[tokio::test]
async fn a_raw_call_goes_out_as_it_was_put_together() {
    let server = Server::start(|got| match got.path.starts_with("/service/callcenter/") {
        true => json(StatusCode::OK, &json!({"code": 0, "body": "dialer"})),
        false => success(&json!("cloud")),
    })
    .await;
    let client = server.client();
    let body = json!({"who": "Jane & Joe", "n": 1.5});
    let sent = client
        .raw("PUT", "/a/path?fixed=1")
        .query("a b", "c&d=+ü")
        .json(&body)
        .effect(Effect::Idempotent)
        .send()
        .await
        .unwrap();
    assert_eq!(sent.data, "cloud");
    let got = server.got().pop().unwrap();
    assert_eq!((got.method.as_str(), got.path.as_str()), ("PUT", "/a/path"));
    assert!(
        matches!(got.query.as_str(), "fixed=1&a+b=c%26d%3D%2B%C3%BC" | "fixed=1&a%20b=c%26d%3D%2B%C3%BC"),
        "{}",
        got.query
    );
    assert_eq!((got.json(), got.header("content-type")), (body, "application/json"));
    assert_eq!(got.header("authorization"), format!("Token {}", loopback::TOKEN));

    // The family is told by the path, or by the caller.
    assert_eq!(client.raw("POST", "/service/callcenter/x").send().await.unwrap().data, "dialer");
    assert_eq!(server.token_requests().last().unwrap().path, "/service/callcenter/call/predict/auth");
    let error = client.raw("POST", "/a/path").family(Family::Callcenter).send().await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "200 is no success there: {error:?}");

    let sent = server.got().len();
    for (method, path) in [
        ("GET", "no/slash"),
        ("GET", "//evil.example/a"),
        ("GET", "/@evil.example"),
        ("BAD METHOD", "/a"),
        ("GET", ""),
    ] {
        match client.raw(method, path).send().await {
            Err(Error::Config(_)) => {}
            // An odd path of the same host is the caller's business.
            other => assert!(other.is_ok() && path.starts_with('/'), "{method} {path}: {other:?}"),
        }
    }
    for got in &server.got()[sent..] {
        assert!(!got.header("host").contains("evil"), "{got:?}");
    }
}

// --- limits

#[tokio::test]
async fn a_time_out_of_ones_own_goes_before_the_clients() {
    let server = Server::start(|got| match got.path.as_str() {
        "/service/cloud/robot" => {
            let late = futures_util::stream::once(async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Ok::<_, std::convert::Infallible>(r#"{"code":200,"data":[]}"#)
            });
            loopback::answer(StatusCode::OK, "application/json", Body::from_stream(late))
        }
        _ => success(&json!({"list": []})),
    })
    .await;
    let quick = Duration::from_millis(50);
    let slow = Duration::from_secs(30);
    let build = |timeout: Duration| {
        server.client_builder().timeout(timeout).retry(airudder_client::RetryPolicy::none()).build().unwrap()
    };
    let error = build(slow).collection().list_robots().timeout(quick).send().await.unwrap_err();
    let Error::Timeout(timeout) = &error else { panic!("{error:?}") };
    assert_eq!(timeout.limit(), quick);
    build(quick)
        .collection()
        .list_robots()
        .timeout(slow)
        .send()
        .await
        .expect("the call's own is long enough");
    assert!(build(quick).collection().list_robots().send().await.unwrap_err().is_timeout());
    assert!(
        build(slow).raw("GET", "/service/cloud/robot").timeout(quick).send().await.unwrap_err().is_timeout()
    );
    let request = airudder_client::collection::ListRobots::builder().timeout(quick).build();
    assert!(build(slow).execute(&request).await.unwrap_err().is_timeout(), "it travels with the request");
}

/// A server that keeps count of the calls that it has at the same time.
async fn counting() -> (Server, Arc<AtomicUsize>) {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let highest = Arc::clone(&most);
    let server = Server::start(move |_| {
        let here = now.fetch_add(1, Ordering::SeqCst) + 1;
        most.fetch_max(here, Ordering::SeqCst);
        let now = Arc::clone(&now);
        let late = futures_util::stream::once(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, std::convert::Infallible>(r#"{"code":200,"data":[]}"#)
        });
        loopback::answer(StatusCode::OK, "application/json", Body::from_stream(late))
    })
    .await;
    (server, highest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_more_calls_than_wanted_run_at_the_same_time() {
    for limit in [1, 4] {
        let (server, most) = counting().await;
        let client = server.client_builder().max_concurrent(limit).build().unwrap();
        let calls = (0..30).map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.collection().list_robots().send().await })
        });
        for outcome in join_all(calls).await {
            outcome.unwrap().unwrap();
        }
        assert_eq!(server.got().len(), 30);
        let most = most.load(Ordering::SeqCst);
        assert!(most <= limit, "{most} at the same time");
        assert!(limit == 1 || most > 1, "and not one by one");
    }
    let (server, most) = counting().await;
    let client = server.client();
    join_all((0..30).map(|_| client.collection().list_robots().send())).await;
    assert!(most.load(Ordering::SeqCst) > 8, "without a limit they run as they come");
}

#[tokio::test]
async fn a_cancelled_call_makes_room_for_others() {
    let (server, _) = counting().await;
    let client = server.client_builder().max_concurrent(1).build().unwrap();
    client.collection().list_robots().send().await.unwrap();
    for _ in 0..5 {
        let _ =
            tokio::time::timeout(Duration::from_millis(2), client.collection().list_robots().send()).await;
    }
    tokio::time::timeout(Duration::from_secs(20), client.collection().list_robots().send())
        .await
        .expect("no room is lost")
        .unwrap();
}

#[tokio::test]
async fn a_recording_counts_until_it_is_read_or_dropped() {
    let server = Server::start(|got| match got.path.as_str() {
        "/service/cloud/case" => loopback::answer(StatusCode::OK, "audio/wav", vec![7_u8; 100_000]),
        _ => success(&json!([])),
    })
    .await;
    let client = server.client_builder().max_concurrent(1).build().unwrap();
    let get = || client.collection().get_call_recording().task_id("1").callee(number(1)).send();
    let blocked = async || {
        tokio::time::timeout(Duration::from_millis(50), client.collection().list_robots().send())
            .await
            .is_err()
    };
    let recording = get().await.unwrap();
    assert!(blocked().await);
    drop(recording);
    assert!(!blocked().await);
    get().await.unwrap().bytes().await.unwrap();
    assert!(!blocked().await);
    let mut pieces = get().await.unwrap().bytes_stream();
    while let Some(piece) = pieces.next().await {
        piece.unwrap();
    }
    drop(pieces);
    assert!(!blocked().await);
}

#[tokio::test]
async fn a_call_in_its_pause_holds_no_place() {
    let server = Server::start(|got| match (got.path.as_str(), got.number) {
        ("/first", 1) => {
            Response::builder().status(503).header("retry-after", "1").body(Body::empty()).unwrap()
        }
        _ => success(&json!([])),
    })
    .await;
    let client = server.client_builder().max_concurrent(1).build().unwrap();
    let started = std::time::Instant::now();
    let (first, second) = tokio::join!(client.raw("GET", "/first").send(), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let outcome = client.raw("GET", "/second").send().await;
        (outcome, started.elapsed())
    });
    first.unwrap();
    second.0.unwrap();
    assert!(second.1 < Duration::from_millis(900), "{:?}", second.1);
    let order: Vec<String> = server.got().iter().map(|got| got.path.clone()).collect();
    assert_eq!(order, ["/first", "/second", "/first"]);
}
