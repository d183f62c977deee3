//! What looks right and is easily wrong: frames of any size, redirects, long lists of faults, unusual names.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::{Bytes, Client, Error, RetryPolicy, Value, reqwest};
use airudder_tests::loopback::{FixedToken, Server, json as json_answer, success};
use airudder_tests::{create_task, fast, task};
use axum::body::Body;
use axum::http::{Response, StatusCode, header};
use serde_json::json;

/// The macro stands wherever an item may.
mod inner {
    pub(crate) mod deeper {
        airudder_client::api!("data/specs/odd.yaml");
    }
}

use inner::deeper::odd;

fn client_of(server: &Server) -> Client {
    server.client_builder().retry(fast()).build().unwrap()
}

// ---------------------------------------------------------------------------------------- names and texts

#[tokio::test]
async fn unusual_names_are_called_like_any_other() {
    use inner::deeper::OddApi as _;
    let server = Server::start(|got| match got.path.as_str() {
        "/service/custom/clone" => success(&json!({"ok": "1", "err": "2", "some": "3"})),
        _ => success(&json!([got.path])),
    })
    .await;
    let client = client_of(&server);

    let cloned = client
        .odd()
        .clone()
        .i64(7)
        .str("x")
        .meta(json!({"a": 1}))
        .default("d")
        .into("i")
        .client("c")
        .value("v")
        .state("s")
        .map("m")
        .index(3)
        .a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name_a_very_long_name("l")
        .send()
        .await
        .unwrap();
    assert_eq!([cloned.ok, cloned.err, cloned.some].map(Option::unwrap), ["1", "2", "3"]);
    let sent = server.got()[0].json();
    assert_eq!((&sent["i64"], &sent["meta"], &sent["into"]), (&json!(7), &json!({"a": 1}), &json!("i")));

    for (answer, path) in [
        (client.odd().option().send().await, "/service/custom/option"),
        (client.odd().string().send().await, "/service/custom/string"),
        (client.odd().result().send().await, "/service/custom/result"),
        (client.odd().new().send().await, "/service/custom/new"),
        (client.odd().fmt().send().await, "/service/custom/fmt"),
        (client.odd().cancel().id("a b:c").send().await, "/service/custom/a%20b%3Ac:cancel"),
    ] {
        assert_eq!(answer.unwrap(), json!([path]));
    }
    assert_eq!(odd::ENDPOINTS.len(), 7);
}

#[test]
fn the_macro_stands_in_a_function_too() {
    airudder_client::api!("data/specs/odd.yaml");
    let client = Client::builder().build().unwrap();
    let request = OddApi::odd(&client).cancel().id("1").build();
    assert_eq!(request.id, "1");
}

// ----------------------------------------------------------------------------------------------- transport

/// An HTTP/2 server that sends each answer in frames as large as the client allows, without a length.
async fn large_frames(bytes: usize) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut builder = h2::server::Builder::new();
                let mut connection =
                    builder.max_send_buffer_size(16 << 20).handshake::<_, Bytes>(stream).await.unwrap();
                while let Some(Ok((_, mut respond))) = connection.accept().await {
                    tokio::spawn(async move {
                        let head = http::Response::builder().header("content-type", "application/json");
                        let mut send = respond.send_response(head.body(()).unwrap(), false).unwrap();
                        let text = format!(r#"{{"code":200,"data":["{}"]}}"#, "x".repeat(bytes));
                        send.reserve_capacity(text.len());
                        let mut granted = 0;
                        while granted < text.len() {
                            match std::future::poll_fn(|cx| send.poll_capacity(cx)).await {
                                Some(Ok(capacity)) => granted = capacity,
                                Some(Err(_)) | None => return,
                            }
                        }
                        let _ = send.send_data(text.into(), true);
                    });
                }
            });
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frame_of_several_mebibytes_is_read() {
    let size = 3 << 20;
    let url = large_frames(size).await;
    let http = reqwest::Client::builder()
        .http2_prior_knowledge()
        .http2_max_frame_size(Some(16_000_000))
        .http2_initial_stream_window_size(Some(32 << 20))
        .http2_initial_connection_window_size(Some(64 << 20))
        .build()
        .unwrap();
    let builder = Client::builder().credentials("a-key", "a-secret").base_url(url).http_client(http);
    let client = builder.token_store(FixedToken("T")).build().unwrap();
    let answer = client.collection().list_robots().send().await.unwrap();
    assert_eq!(answer[0].as_str().map(str::len), Some(size));
}

#[tokio::test]
async fn a_redirected_call_goes_nowhere_else_and_cookies_are_not_kept() {
    let elsewhere = Server::start(|_| success(&json!({"TaskID": "1"}))).await;
    let target = format!("{}/service/cloud/task", elsewhere.url());
    let server = Server::start(move |_| {
        let answer = Response::builder().status(StatusCode::TEMPORARY_REDIRECT);
        let answer = answer.header(header::LOCATION, &target).header(header::SET_COOKIE, "a=b");
        answer.body(Body::empty()).unwrap()
    })
    .await;
    let client = client_of(&server);
    for name in ["one", "two"] {
        let error = create_task(&client, name, 1).await.unwrap_err();
        assert!(matches!(error, Error::Http(_)) && error.to_string().contains("redirects are not followed"));
    }
    assert!(elsewhere.got().is_empty());
    assert_eq!(server.got().len(), 2, "each is sent once");
    assert!(server.got().iter().all(|got| got.header("cookie").is_empty()));
}

// -------------------------------------------------------------------------------------------------- checks

#[test]
fn every_row_that_is_wrong_is_told() {
    let client = Client::builder().build().unwrap();
    let mut task = task("reminders", 2_500);
    for (n, row) in task.details.iter_mut().enumerate() {
        row.mobile = format!("0812{n}").into();
    }
    let violations = client.check(&task).unwrap();
    assert_eq!(violations.len(), 2_500);
    assert!(violations.iter().enumerate().all(|(n, v)| v.row() == Some(n) && v.name() == "Mobile"));
}

#[tokio::test]
async fn stopping_a_task_does_nothing_else() {
    let server = Server::start(|_| json_answer(StatusCode::OK, &json!({"code": 200, "data": {}}))).await;
    let client = client_of(&server);
    let error = client.collection().stop_task().task_id("1").action("Start").send().await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)) && server.got().is_empty(), "{error}");
    client.collection().stop_task().task_id("1").send().await.unwrap();
    assert_eq!(server.got()[0].json(), json!({"Action": "Stop", "TaskID": "1"}));
}

// ------------------------------------------------------------------------------------- what `Debug` shows

/// Text of answers is the vendor's: it may name somebody, whatever its field is called.
#[tokio::test]
async fn free_text_of_answers_and_messages_is_not_shown() {
    let words = "transferred to +6281234567890 (Jane Doe)";
    let message = json!({"callid": "1", "hangupReason": words}).to_string();
    let ended = airudder_client::webhook::parse("inbound.call_ended", message.as_bytes()).unwrap();
    let record: airudder_client::types::CallRecord =
        serde_json::from_value(json!({"HangupType": words, "RingType": "Jane", "Status": "finished"}))
            .unwrap();
    let printed = format!("{ended:?} {record:?}");
    assert!(!printed.contains("Jane") && !printed.contains("628"), "{printed}");
    assert!(printed.contains("Finished"), "known words are shown: {printed}");
    assert_eq!(record.hangup_type.unwrap().as_str(), words, "and all of it is there");
}

// -------------------------------------------------------------------------------------------------- paging

#[tokio::test]
async fn where_there_is_no_such_page_the_list_ends() {
    let server = Server::start(|got| match got.number {
        1 | 2 => success(&json!([{"TaskID": got.number * 2}, {"TaskID": got.number * 2 + 1}])),
        _ => json_answer(StatusCode::OK, &json!({"code": 10602, "status": "page out of range"})),
    })
    .await;
    let client = server.client_builder().retry(RetryPolicy::none()).build().unwrap();
    let mut items = client.collection().list_tasks().number(2).page(1).stream().items();
    let mut found: Vec<Value> = Vec::new();
    while let Some(item) = items.next().await {
        found.push(item.unwrap()["TaskID"].clone());
    }
    assert_eq!(found, [2, 3, 4, 5]);
}
