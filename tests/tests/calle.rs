//! CALL-E against the simulator: one call made, whatever goes wrong on the way, and results as types.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::calle::{CreateCall, CreateGoalRun, EventKind, ResultStatus, TelephonyOutcome};
use airudder_client::catalogue::{ENDPOINTS, Effect};
use airudder_client::types::JsonSchema;
use airudder_client::{Client, Error, ErrorCode, Family, webhook};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::fast;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CREATE: &str = "calle.create_call";
const PHONE: &str = "+447700900123";

#[derive(serde::Deserialize, schemars::JsonSchema, Debug, PartialEq)]
struct Reply {
    /// Whether Friday noon suits.
    suits: Suits,
    guests: Option<u32>,
}

#[derive(serde::Deserialize, schemars::JsonSchema, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Suits {
    Yes,
    No,
    Unknown,
}

async fn simulator() -> Simulator {
    let simulator = Simulator::builder().busy_speed(2_000.0).credentials("key", "secret");
    simulator.start().await.expect("a loopback port is free")
}

fn client_with(simulator: &Simulator, key: &str) -> Client {
    let url = simulator.base_url();
    let builder = Client::builder().family(Family::Calle, |f| f.api_key(key).base_url(url));
    builder.timeout(Duration::from_millis(400)).retry(fast()).build().expect("one key is enough")
}

fn client(simulator: &Simulator) -> Client {
    client_with(simulator, "key")
}

fn request() -> CreateCall {
    CreateCall::builder().task("Say hello.").phone(PHONE).result_schema(JsonSchema::of::<Reply>()).build()
}

/// How many calls were made.
fn made(simulator: &Simulator) -> usize {
    simulator.carried_out(CREATE)
}

#[tokio::test]
async fn every_fault_on_a_create_makes_one_call_with_one_key_and_the_same_bytes() {
    for fault in [
        Fault::Delay(Duration::from_millis(600)),
        Fault::Reset,
        Fault::ResetAfterEffect,
        Fault::Truncated,
        Fault::Empty,
        Fault::Huge(100),
        Fault::Html,
        Fault::status(429),
        Fault::status(500),
        Fault::status(502),
        Fault::status(503),
        Fault::status(504),
        Fault::status_retry_after(429, Duration::ZERO),
        Fault::WrongWord("creation_in_progress".to_owned()),
        Fault::WrongWord("rate_limit_exceeded".to_owned()),
        Fault::WrongWord("internal_error".to_owned()),
        Fault::WrongWord("provider_unavailable".to_owned()),
        Fault::WrongWord("account_concurrency_unavailable".to_owned()),
        Fault::WrongWord("llm_token_budget_unavailable".to_owned()),
    ] {
        let simulator = simulator().await;
        simulator.inject(CREATE, fault.clone(), 2);
        let request = request();
        let call =
            client(&simulator).execute(&request).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(simulator.requests(CREATE), 3, "{fault:?}");
        let keyed = simulator.keyed_requests(CREATE);
        assert!(keyed.iter().all(|one| one.key == request.idempotency_key()), "{fault:?}: one key");
        assert!(keyed.iter().all(|one| one.digest == keyed[0].digest), "{fault:?}: the same bytes");
        assert_eq!((keyed.len(), made(&simulator)), (3, 1), "{fault:?}");
        // Sent once more: the same call.
        let again = client(&simulator).execute(&request.clone()).await.unwrap();
        assert_eq!((again.id, made(&simulator)), (call.id, 1), "{fault:?}");
    }
}

#[tokio::test]
async fn what_no_repeat_helps_is_final() {
    for word in [
        "invalid_request",
        "result_schema_invalid",
        "insufficient_balance",
        "forbidden",
        "idempotency_conflict",
        "input_incomplete",
        "policy_violation",
        "account_concurrency_exceeded",
        "llm_token_budget_exceeded",
        "unauthorized",
        "something_new",
    ] {
        let simulator = simulator().await;
        simulator.inject(CREATE, Fault::WrongWord(word.to_owned()), 1);
        let error = client(&simulator).execute(&request()).await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{word}: {error}");
        assert_eq!(error.vendor_code_text().as_deref(), Some(word));
        assert_eq!((simulator.requests(CREATE), error.is_transient()), (1, false), "{word}");
        assert_eq!(error.is_idempotency_conflict(), word == "idempotency_conflict");
    }
}

#[tokio::test]
async fn the_error_after_all_repeats_says_that_it_may_be_sent_again() {
    let simulator = simulator().await;
    simulator.inject(CREATE, Fault::ResetAfterEffect, 100);
    let request = request();
    let error = client(&simulator).execute(&request).await.unwrap_err();
    assert!(error.may_have_reached_vendor() && error.is_retryable(), "{error}");
    assert!(error.attempts() > 1);
    simulator.clear_faults();
    let call = client(&simulator).execute(&request).await.unwrap();
    assert_eq!(made(&simulator), 1);
    // A key of one's own survives a crash: the same request, made anew.
    let own = || {
        let builder = CreateCall::builder().task("Say hello.").phone(PHONE).idempotency_key("order-42");
        builder.result_schema(json!({"type": "object", "additionalProperties": false})).build()
    };
    let first = client(&simulator).execute(&own()).await.unwrap();
    assert_eq!(client(&simulator).execute(&own()).await.unwrap().id, first.id);
    assert_ne!(first.id, call.id);
    let mut other = own();
    other.task = "Something else.".to_owned();
    let error = client(&simulator).execute(&other).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::IdempotencyConflict));
    assert!(error.is_idempotency_conflict());
}

#[tokio::test]
async fn a_call_is_waited_for_and_its_result_is_a_type() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let call = client.calle().create_call().task("Say hello.").phone(PHONE);
    let call = call.result_schema(JsonSchema::of::<Reply>()).metadata([("order".to_owned(), json!("42"))]);
    let call = call.send_and_wait().every(Duration::from_millis(10)).await.unwrap();
    assert_eq!(call.result_status, ResultStatus::Available);
    assert_eq!(call.call_outcome, Some(TelephonyOutcome::Completed));
    assert_eq!(call.was_answered(), Some(true));
    assert_eq!(call.metadata["order"], "42");
    let reply: Reply = call.result_as().unwrap();
    assert_eq!(reply.guests, Some(2));
    let error = call.result_as::<Vec<u8>>().unwrap_err();
    assert_eq!(error.field(), "result");

    let mut events = client.calle().list_call_events().call_id(&call.id).limit(3).stream().items();
    let mut kinds = Vec::new();
    while let Some(event) = events.next().await {
        kinds.extend(event.unwrap().kind);
    }
    assert_eq!(
        (kinds.first(), kinds.last()),
        (Some(&EventKind::CallAccepted), Some(&EventKind::CallCompleted))
    );
    // A replay that is over is answered at once.
    let waited = client.send_and_wait(request()).every(Duration::from_millis(10)).await.unwrap();
    assert_ne!(waited.id, call.id);

    let silent = client.calle().create_call().task("Say hello.").phone("+447700900480");
    let silent = silent.result_schema(JsonSchema::default());
    let silent = silent.send_and_wait().every(Duration::from_millis(10)).await.unwrap();
    assert_eq!(silent.call_outcome, Some(TelephonyOutcome::NoAnswer));
    assert_eq!(silent.result_as::<Option<Reply>>().unwrap(), None);
}

#[tokio::test]
async fn a_goal_is_run() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let goals = client.calle().list_goals().send().await.unwrap();
    let goal = goals.data.first().expect("one is published");
    let spec = goal.published_run_spec.as_ref().expect("it is");
    assert_eq!(spec.input_schema.as_ref().map(|s| &s.as_value()["required"]), Some(&json!(["order"])));
    let run = CreateGoalRun::builder().goal_id(&goal.id).phone(PHONE);
    let run = run.variables([("order".to_owned(), Value::from("42"))]).build();
    let begun = client.execute_full(&run).await.unwrap();
    assert_eq!((begun.status, begun.header("retry-after")), (201, Some("1")));
    assert!(begun.header("location").is_some_and(|path| path.ends_with(begun.data.id.as_str())));
    let end = client.send_and_wait(run.clone()).every(Duration::from_millis(10)).await.unwrap();
    assert_eq!((end.id, end.result_status), (begun.data.id, ResultStatus::Available));
    let wrong = client.calle().create_goal_run().goal_id(&goal.id).phone(PHONE).send().await.unwrap_err();
    assert_eq!(wrong.code(), Some(ErrorCode::VariablesInvalid));
}

#[tokio::test]
async fn a_call_can_be_cancelled_before_it_is_handed_over() {
    let simulator = Simulator::builder().credentials("key", "secret").start().await.unwrap();
    let client = client(&simulator);
    let call = client.execute(&request()).await.unwrap();
    let canceled = client.calle().cancel_call().call_id(&call.id).send().await.unwrap();
    assert_eq!(canceled.result_status, ResultStatus::NotApplicable);
    let call = client.execute(&request()).await.unwrap();
    simulator.clock().advance(Duration::from_secs(41));
    let error = client.calle().cancel_call().call_id(&call.id).send().await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::CallCannotCancel));
    simulator.play_out().await;
    let over = client.calle().cancel_call().call_id(&call.id).send().await.unwrap();
    assert_eq!(over.result_status, ResultStatus::Available);
    let error = client.calle().get_call().call_id("call_none").send().await.unwrap_err();
    assert!(error.is_not_found());
    let error = client_with(&simulator, "other").calle().list_goals().limit(1).send().await.unwrap_err();
    assert_eq!((error.code(), error.http_status()), (Some(ErrorCode::Unauthorized), Some(401)));
}

#[test]
fn a_message_is_read() {
    let sample = airudder_tests::webhook("calle.call_finished");
    let event = webhook::parse(sample.key, sample.sample.expect("it has one").as_bytes()).unwrap();
    let webhook::Event::CalleCallFinished(message) = event else { panic!("{event:?}") };
    let call = message.data.expect("it has the call");
    assert_eq!(call.result_as::<Value>().unwrap(), json!({"suits": "yes"}));
    assert!(!format!("{call:?}").contains("yes"), "the result is not shown");
}

#[test]
fn what_calls_people_carries_a_key() {
    let calls = ENDPOINTS.iter().filter(|e| e.section == "calle" && e.effect == Effect::CallsPeople);
    for endpoint in calls {
        assert!(endpoint.idempotency.is_some_and(|key| key.required), "{}", endpoint.key);
        assert!(endpoint.is_repeatable());
    }
}

/// The bytes of answers, in their order; the last one again and again. Each connection is closed after its
/// answer.
async fn raw_server(answers: Vec<Vec<u8>>) -> (String, Arc<Mutex<Vec<Vec<u8>>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let seen = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let (mut got, mut piece) = (Vec::new(), [0_u8; 4096]);
            let is_whole = |got: &[u8]| {
                let head = got.windows(4).position(|four| four == b"\r\n\r\n")?;
                let text = String::from_utf8_lossy(&got[..head]).to_lowercase();
                let length = text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                let length = length.map_or(Ok(0), str::parse::<usize>).ok()?;
                (got.len() >= head + 4 + length).then_some(())
            };
            while is_whole(&got).is_none() {
                match socket.read(&mut piece).await {
                    Ok(count @ 1..) => got.extend_from_slice(&piece[..count]),
                    Ok(0) | Err(_) => break,
                }
            }
            let number = {
                let mut kept = kept.lock().expect("nobody panics");
                kept.push(got);
                kept.len()
            };
            let _ = socket.write_all(&answers[(number - 1).min(answers.len() - 1)]).await;
            let _ = socket.shutdown().await;
        }
    });
    (url, seen)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    [format!("HTTP/1.1 {head}\r\nContent-Type: application/json\r\nConnection: close\r\n").as_bytes(), body]
        .concat()
}

/// What is cut off is a lost answer, however it is cut; what is whole is none, however strange it is.
#[tokio::test]
async fn answers_that_are_cut_off_are_asked_for_again_by_the_same_key() {
    let call = json!({"id": "call_1", "result_status": "pending"}).to_string();
    let whole = answer("202 Accepted", format!("Content-Length: {}\r\n\r\n{call}", call.len()).as_bytes());
    let sized = |body: &str| format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes();
    let half = &call[..call.len() / 2];
    let chunk = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{half}\r\n", half.len());
    let endless = format!("\r\n{{\"padding\": \"{}", "a".repeat(20_000)).into_bytes();
    // What gzip makes of nothing, without its end.
    let gzip = b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xabV".to_vec();
    let lost: [(&str, Vec<u8>); 9] = [
        ("nothing", sized("")),
        ("spaces", sized(" \r\n")),
        ("a part of what is announced", [b"Content-Length: 500\r\n\r\n", half.as_bytes()].concat()),
        ("a part, and the connection closes", [b"\r\n", half.as_bytes()].concat()),
        ("a part that calls itself whole", sized(half)),
        ("chunks without an end", chunk.clone().into_bytes()),
        ("chunks that end too early", format!("{chunk}0\r\n\r\n").into_bytes()),
        ("no end", endless),
        ("half of what is compressed", gzip),
    ];
    let client_of = |url: &str| {
        let builder = Client::builder().family(Family::Calle, |f| f.api_key("key").base_url(url));
        builder.timeout(Duration::from_secs(5)).max_response_bytes(10_000).retry(fast()).build().unwrap()
    };
    let bodies = |seen: &Mutex<Vec<Vec<u8>>>| seen.lock().unwrap().clone();
    for (what, body) in lost {
        let cut = answer("202 Accepted", &body);
        let (url, seen) = raw_server(vec![cut.clone(), cut.clone(), whole.clone()]).await;
        let made =
            client_of(&url).execute(&request()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        let bodies = bodies(&seen);
        assert_eq!((made.id.as_str(), bodies.len()), ("call_1", 3), "{what}");
        assert!(bodies.iter().all(|body| *body == bodies[0]), "{what}: the same key, the same bytes");
        // It ends, and says that the same request may be sent again.
        let (url, seen) = raw_server(vec![cut]).await;
        let error = client_of(&url).execute(&request()).await.unwrap_err();
        assert_eq!(seen.lock().unwrap().len(), 4, "{what}: {error}");
        assert!(error.is_retryable() && error.may_have_reached_vendor(), "{what}: {error}");
        // What only reads is its caller's to ask again, unless the connection broke.
        let (url, seen) = raw_server(vec![answer("200 OK", &body)]).await;
        let error = client_of(&url).calle().get_call().call_id("call_1").send().await.unwrap_err();
        let broken = !matches!(error, Error::Decode(_));
        assert_eq!(
            (seen.lock().unwrap().len() > 1, error.is_transient()),
            (broken, broken),
            "{what}: {error}"
        );
    }
    for (what, head, body) in [
        ("an object of another kind", "200 OK", sized("{}")),
        ("null", "200 OK", sized("null")),
        ("a page", "200 OK", sized("<html>Welcome</html>")),
        ("no JSON", "200 OK", sized("{\"id\": }")),
        ("a word that says that nothing comes", "204 No Content", b"\r\n".to_vec()),
        ("a refusal without a body", "409 Conflict", sized("")),
        ("a refusal that is cut off", "409 Conflict", sized("{\"error\": {\"code\": \"idem")),
    ] {
        let (url, seen) = raw_server(vec![answer(head, &body)]).await;
        let error = client_of(&url).execute(&request()).await.unwrap_err();
        assert_eq!((seen.lock().unwrap().len(), error.is_retryable()), (1, false), "{what}: {error}");
    }
}

/// What the vendor would refuse is found before anything is sent, with its code.
#[tokio::test]
async fn a_schema_outside_of_the_profile_is_not_sent() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let of = |property: Value| {
        let properties = json!({"suits": property});
        let schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
        CreateCall::builder().task("Say hello.").phone(PHONE).result_schema(schema).build()
    };
    for property in [
        json!({"type": "object"}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"type": ["string", "null"]}),
        json!({"type": "string", "anyOf": []}),
    ] {
        let found = client.check(&of(property.clone())).unwrap();
        assert_eq!(found.len(), 1, "{property}: {found:?}");
        assert_eq!(found[0].field, "result_schema.suits");
        assert_eq!(found[0].code, Some(ErrorCode::ResultSchemaInvalid));
        let error = client.execute(&of(property)).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error}");
    }
    assert_eq!(simulator.requests(CREATE), 0);
    let good = of(json!({"type": "string", "enum": ["yes", "no"]}));
    assert!(client.check(&good).unwrap().is_empty());
    client.execute(&good).await.unwrap();
    assert!(client.check(&request()).unwrap().is_empty(), "the schema of a type");
}
