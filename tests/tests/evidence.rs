//! What counts as success, what as a refusal, and what as neither: nobody is called twice, and nothing is
//! called done that nobody has confirmed.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::{Error, ErrorCode, Value};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{Server, answer, success};
use airudder_tests::{client, create_task};
use axum::http::StatusCode;
use serde_json::json;

const OK: StatusCode = StatusCode::OK;

/// A server that answers every call with this.
async fn answering(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Server {
    let body = body.into();
    Server::start(move |_| answer(status, content_type, body.clone())).await
}

async fn cancelled(server: &Server) -> Result<Value, Error> {
    server.client().collection().cancel_call().task_id("1").callee_number("+6281200000000").send().await
}

#[tokio::test]
async fn a_refusal_is_one_in_any_spelling() {
    for body in [
        r#"{"Code":10904,"Message":"the task is over","data":{}}"#,
        r#"{"CODE":"10904","MESSAGE":"the task is over","Data":null}"#,
        r#"{"_code":10904.0,"status":"the task is over"}"#,
        // What refuses outweighs what does not.
        r#"{"code":200,"Code":10904,"message":"the task is over","data":{}}"#,
        r#"{"Code":10904,"code":200,"message":"the task is over","data":{}}"#,
        // Cut off behind the code.
        r#"{"code":10904,"message":"the task is over","da"#,
    ] {
        let server = answering(OK, "application/json", body).await;
        let error = cancelled(&server).await.expect_err(body);
        let Error::Api(refusal) = &error else { panic!("{body}: {error}") };
        assert_eq!(error.code(), Some(ErrorCode::FinishedTaskNotCancellable), "{body}");
        assert_eq!(refusal.message(), Some("the task is over"), "{body}");
        assert!(error.is_already_done() && server.got().len() == 1, "{body}");
    }
}

#[tokio::test]
async fn what_denies_success_is_none() {
    for body in [
        r#"{"success":false,"data":{}}"#,
        r#"{"Success":"false","code":200,"data":{}}"#,
        r#"{"SUCCESS":0,"data":{}}"#,
        r#"{"code":"OK","data":{}}"#,
        r#"{"Code":"FAIL","data":{}}"#,
        r#"{"code":"isv.BUSINESS_LIMIT_CONTROL","data":{}}"#,
    ] {
        let server = answering(OK, "application/json", body).await;
        let error = cancelled(&server).await.expect_err(body);
        assert!(matches!(error, Error::Decode(_)) && error.may_have_reached_vendor(), "{body}: {error}");
        let read = server.client().collection().list_robots().send().await;
        assert!(read.is_err(), "{body}");
    }
    let server = answering(OK, "application/json", r#"{"Code":200,"Success":true,"Data":[1]}"#).await;
    assert_eq!(server.client().collection().list_robots().send().await.unwrap(), json!([1]));
}

#[tokio::test]
async fn where_the_status_is_enough_it_is_enough() {
    for (kind, body) in [
        ("text/plain", ""),
        ("text/plain", "OK"),
        ("text/html", "<html></html>"),
        ("application/json", "{}"),
        ("application/json", r#"{"code":200}"#),
        ("application/json", r#"{"code":200,"data":nul"#),
        ("application/json", r#"{"data":{}}"#),
        ("application/json", r#"{"status":"OK"}"#),
    ] {
        let server = answering(OK, kind, body).await;
        cancelled(&server).await.unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(server.got().len(), 1, "{body}");
    }
    // Nowhere else is it, for what does more than read.
    let server = answering(OK, "application/json", "{}").await;
    let stopped = server.client().collection().stop_task().task_id("1").action("Stop").send().await;
    assert!(matches!(stopped, Err(Error::Decode(_))), "{stopped:?}");
}

#[tokio::test]
async fn what_calls_people_needs_the_code() {
    let codeless = [
        r#"{"data":{"TaskID":"1"}}"#,
        r#"{"status":"FAIL","data":{"reason":"quota exceeded"}}"#,
        r#"{"message":"Internal server error","body":"please retry"}"#,
        r#"{"code":null,"data":{"TaskID":"1"}}"#,
        r#"{"TaskID":"1"}"#,
        "{}",
        "",
        "<html><title>Welcome</title></html>",
    ];
    for body in codeless {
        let server = answering(OK, "application/json", body).await;
        let client = server.client();
        let create = create_task(&client, "reminders", 1).await;
        let add = client
            .raw("POST", "/service/cloud/workflow/contacts")
            .json(&json!({"case_id": "1"}))
            .send()
            .await
            .map(|response| response.data);
        for (what, outcome) in [("create", create.map(|_| Value::Null)), ("raw", add)] {
            let error = outcome.expect_err(body);
            assert!(matches!(error, Error::Decode(_)), "{what} {body}: {error}");
            assert!(error.may_have_reached_vendor() && !error.is_retryable(), "{what} {body}: {error}");
        }
        assert_eq!(server.got().len(), 2, "{body}: once each");
    }
    // A payload is enough for what only reads.
    let server = answering(OK, "application/json", r#"{"data":[1]}"#).await;
    assert_eq!(server.client().collection().list_robots().send().await.unwrap(), json!([1]));
    // The code alone is enough where no payload is promised.
    let server = answering(OK, "application/json", r#"{"Code":"200"}"#).await;
    let sent = server.client().raw("POST", "/service/cloud/workflow/contacts").send().await.unwrap();
    assert_eq!(sent.data, Value::Null);
}

#[tokio::test]
async fn a_401_repeats_what_calls_people_only_if_it_can_be_nothing_but_a_refusal() {
    let refusals: &[&[u8]] = &[
        b"",
        b" \r\n",
        b"Unauthorized",
        b"<html><head><style>a { color: red }</style><title>401</title></head></html>",
        br#"{"code":401}"#,
        br#"{"code":10301,"data":{"TaskID":"1"}}"#,
        br#"{"Code":"401","message":"expired"}"#,
        br#"{"code":401,"message":"exp"#,
    ];
    let unclear: &[&[u8]] = &[
        br#"{"code":200,"data":{"TaskID":"1"}}"#,
        br#"{"Code":200,"data":{"TaskID":"1"}}"#,
        br#"{"code":"OK","data":{"TaskID":"1"}}"#,
        br#"{"data":{"TaskID":"1"}}"#,
        br#"{"TaskID":"1"}"#,
        br#"{"code":200,"data":{"TaskID":"1""#,
        br#"{"success":true}"#,
        b"1f\r\n{\"code\":200,\"data\":{\"TaskID\":\"1\"}}",
        b"<pre>{\"code\":200,\"data\":{\"TaskID\":\"1\"}}</pre>",
        b"[{\"TaskID\":\"1\"}]",
        b"\"1234\"",
        b"\x81\x8b\x08\x00\x00\xff",
        b"\xef\xbb\xbf{\"data\":{}}",
    ];
    for (bodies, times) in [(refusals, 2), (unclear, 1)] {
        for body in bodies {
            let shown = String::from_utf8_lossy(body);
            let server = answering(StatusCode::UNAUTHORIZED, "application/json", *body).await;
            let client = server.client();
            let error = create_task(&client, "reminders", 1).await.unwrap_err();
            assert_eq!(server.got().len(), times, "{shown}: {error}");
            assert!(error.may_have_reached_vendor(), "{shown}: {error}");
            // In either case the token is not used again.
            let tokens = server.token_requests().len();
            let _ = create_task(&client, "others", 1).await;
            let is_around_success =
                shown.contains(r#"ode":200,"data":{"TaskID":"1"}}"#) && shown.starts_with('{');
            assert!(is_around_success || server.token_requests().len() > tokens, "{shown}");
        }
    }
    // What only reads may be repeated whatever it was.
    let server = answering(StatusCode::UNAUTHORIZED, "application/json", r#"{"data":[]}"#).await;
    server.client().collection().list_robots().send().await.unwrap_err();
    assert_eq!(server.got().len(), 2);
}

#[tokio::test]
async fn a_code_is_read_whatever_its_text_is_encoded_in() {
    let bodies: &[&[u8]] = &[
        // GBK.
        b"{\"code\":10403,\"status\":\"\xc8\xce\xce\xf1\xc3\xfb\xd6\xd8\xb8\xb4\",\"data\":null}",
        // GBK and Big5 with a backslash as second byte of a character, also the last one.
        b"{\"status\":\"\x9f\x5c\xc3\xfb\",\"code\":10403,\"data\":null}",
        b"{\"status\":\"\xb3\x5c\xa6\x57\xa5\x5c\",\"code\":10403,\"data\":null}",
        // Latin-1.
        b"{\"Code\":10403,\"status\":\"el nombre ya est\xe1 en uso\"}",
    ];
    for body in bodies {
        let server = answering(OK, "application/json", *body).await;
        let error = create_task(&server.client(), "reminders", 1).await.unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::TaskNameExists), "{}", String::from_utf8_lossy(body));
        assert!(error.is_already_done());
    }
    let server = answering(
        OK,
        "application/json",
        &b"{\"code\":200,\"data\":{\"TaskID\":\"7\",\"x\":\"\xc8\xce\"}}"[..],
    )
    .await;
    assert_eq!(create_task(&server.client(), "reminders", 1).await.unwrap().task_id, "7");
}

#[tokio::test]
async fn what_was_done_before_a_lost_answer_stays_an_error_that_says_so() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let task = create_task(&client, "reminders", 3).await.unwrap().task_id;
    simulator.inject("collection.stop_task", Fault::ResetAfterEffect, 1);
    let error =
        client.collection().stop_task().task_id(task.as_str()).action("Stop").send().await.unwrap_err();
    assert_eq!((error.attempts(), error.is_already_done()), (2, true), "{error}");
    assert!(error.may_have_reached_vendor() && !error.is_retryable());
    assert_eq!(simulator.requests("collection.stop_task"), 2);
}

#[tokio::test]
async fn success_is_passed_on() {
    let server = Server::start(|_| success(&json!({"TaskID": "9"}))).await;
    assert_eq!(create_task(&server.client(), "reminders", 1).await.unwrap().task_id, "9");
}
