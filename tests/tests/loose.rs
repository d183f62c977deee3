//! Answers as real servers write them: loosely, compressed, in other charsets. One bad value costs one value.

use airudder_client::encryption::{Key, digest};
use airudder_client::jiff::civil::date;
use airudder_client::{Error, Family};
use airudder_tests::loopback::{Server, answer, json, success};
use airudder_tests::{contact, number};
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

fn task(
    client: &airudder_client::Client,
) -> airudder_client::request::ResponseFuture<airudder_client::collection::CreateTaskResponse> {
    client
        .collection()
        .create_task()
        .task_name("a-task")
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("1")
        .sip_line("LINE")
        .details([contact(number(1))])
        .send()
}

fn results(
    client: &airudder_client::Client,
) -> airudder_client::request::ResponseFuture<airudder_client::predictive_dialer::ListCallResultsResponse> {
    client.predictive_dialer().list_call_results().task_id("1").limit(10).offset(0).send()
}

async fn raw(body: impl Into<Vec<u8>>) -> Server {
    let body = body.into();
    Server::start(move |_| answer(StatusCode::OK, "application/json", body.clone())).await
}

#[tokio::test]
async fn an_empty_object_is_an_empty_list() {
    let server = Server::start(|_| success(&json!({"TaskID": "9", "detail_error_list": {}}))).await;
    let created = task(&server.client()).await.unwrap();
    assert_eq!((created.task_id.as_str(), created.detail_error_list.len()), ("9", 0), "no row was refused");
}

#[tokio::test]
async fn the_id_of_a_task_is_not_lost_with_what_stands_beside_it() {
    for beside in [json!("some text"), json!(7), json!({"a": [1]})] {
        let told = beside.clone();
        let server =
            Server::start(move |_| success(&json!({"TaskID": 12, "detail_error_list": told, "new": 1})))
                .await;
        let created = task(&server.client()).await.unwrap();
        assert_eq!((created.task_id.as_str(), &created.extra["new"]), ("12", &json!(1)), "{beside}");
    }
    // An id of more digits than numbers have.
    let server = raw(r#"{"code":200,"data":{"TaskID":123456789012345678901234567890}}"#).await;
    assert_eq!(task(&server.client()).await.unwrap().task_id, "123456789012345678901234567890");
}

#[tokio::test]
async fn an_empty_id_is_no_id() {
    for id in ["\"\"", "\" \"", "null"] {
        let server = raw(format!(r#"{{"code":200,"data":{{"TaskID":{id},"detail_error_list":[]}}}}"#)).await;
        let error = task(&server.client()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)) && error.may_have_reached_vendor(), "{id}: {error}");
    }
}

#[tokio::test]
async fn half_an_emoji_and_a_byte_of_another_charset_do_not_lose_a_page() {
    for name in [
        &br"Siti \ud83d"[..],
        br"\ude00 Siti",
        b"caf\xe9",
        b"\xbd\xe8\xbf\xee\xc8\xcb",
        b"a\nb\tc",
        b"\xed\xa0\xbd\xed\xb8\x80",
    ] {
        let mut body =
            br#"{"code":0,"body":{"total":2,"list":[{"callid":"1"},{"callid":"2","agentName":""#.to_vec();
        body.extend_from_slice(name);
        body.extend_from_slice(br#""}]}}"#);
        let server = raw(body).await;
        let page = results(&server.client()).await.unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert_eq!(page.list.len(), 2, "{name:?}");
        assert!(page.list[1].agent_name.is_some(), "{name:?}");
    }
}

#[tokio::test]
async fn one_bad_cell_costs_one_cell() {
    let server = Server::start(|_| {
        json(
            StatusCode::OK,
            &json!({"code": 0, "body": {"total": 3, "list": [
                {"callid": "1", "talkDuration": "00:35", "nthCall": "2/3", "customerInfo": {"tags": ["a"]}},
                {"callid": "2", "talkDuration": 12.5, "calltime": "02/03/2026 09:01"},
                {"callid": "3", "talkDuration": 35},
            ]}}),
        )
    })
    .await;
    let page = results(&server.client()).await.unwrap();
    let [first, second, third] = &page.list[..] else { panic!("{} rows", page.list.len()) };
    assert_eq!(
        (first.talk_duration, &first.extra["talkDuration"], &first.extra["nthCall"]),
        (None, &json!("00:35"), &json!("2/3"))
    );
    assert_eq!(first.customer_info["tags"], r#"["a"]"#);
    assert_eq!((second.talk_duration, &second.extra["calltime"]), (None, &json!("02/03/2026 09:01")));
    assert_eq!((third.talk_duration, third.extra.len()), (Some(35), 0));
}

#[tokio::test]
async fn encrypted_answers_may_come_in_lines() {
    const PLAIN: &[u8] =
        br#"{"code":200,"data":{"TaskID":"00000000000000000000000000000007","detail_error_list":[]}}"#;
    let key = Key::new("airudderredduria").unwrap();
    let encrypted = key.encrypt(PLAIN);
    for end in ["\r\n", "\n"] {
        let lines: Vec<String> =
            encrypted.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let body = lines.join(end);
        let server = Server::start(move |_| {
            let head = Response::builder().header("is-encrypted", "1").header("signed", digest(PLAIN));
            head.body(Body::from(body.clone())).unwrap()
        })
        .await;
        let client = server.client_builder().encryption(key.clone()).build().unwrap();
        assert_eq!(task(&client).await.unwrap().task_id, "00000000000000000000000000000007");
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_an_answer() {
    let server = raw("\u{feff}{\"code\":200,\"data\":{\"TaskID\":\"7\"}}").await;
    assert_eq!(task(&server.client()).await.unwrap().task_id, "7");
    let server = raw("\u{feff}{\"result\":1}").await;
    let call =
        server.client().raw("POST", "/service/cloud/emptycheck").family(Family::NumberDetection).json(&1);
    assert_eq!(call.send().await.unwrap().data["result"], 1);
}

/// gzip without compression: one stored block.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let length = u16::try_from(content.len()).expect("one block");
    bytes.push(1);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&(!length).to_le_bytes());
    bytes.extend_from_slice(content);
    let mut crc = u32::MAX;
    for byte in content {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    bytes.extend_from_slice(&(!crc).to_le_bytes());
    bytes.extend_from_slice(&u32::from(length).to_le_bytes());
    bytes
}

#[tokio::test]
async fn json_is_asked_for_compressed_and_bounded_when_decoded() {
    let body =
        gzip(format!(r#"{{"code":200,"data":{{"TaskID":"7","note":"{}"}}}}"#, "x".repeat(20_000)).as_bytes());
    for coding in ["gzip", "x-gzip", ""] {
        let body = body.clone();
        let server = Server::start(move |got| {
            assert!(got.header("accept-encoding").contains("gzip"));
            let head = Response::builder().header("content-type", "application/json");
            let head = if coding.is_empty() { head } else { head.header("content-encoding", coding) };
            head.body(Body::from(body.clone())).unwrap()
        })
        .await;
        assert_eq!(task(&server.client()).await.unwrap().task_id, "7", "{coding}");
        let client = server.client_builder().max_response_bytes(10_000).build().unwrap();
        let error = task(&client).await.unwrap_err();
        assert!(error.to_string().contains("10_000"), "{coding}: {error}");
    }
    let server = Server::start(|_| {
        Response::builder().header("content-encoding", "br").body(Body::from("x")).unwrap()
    })
    .await;
    let error = task(&server.client()).await.unwrap_err();
    assert!(error.to_string().contains("`br`") && error.may_have_reached_vendor(), "{error}");
}

#[test]
fn ids_and_numbers_are_given_by_reference() {
    let task = airudder_client::types::TaskId::from("7");
    let phone = airudder_client::types::Phone::from(number(1));
    let client = airudder_client::Client::builder().credentials("k", "s").build().unwrap();
    drop(client.collection().get_call_recording().task_id(&task).callee(&phone));
    assert_eq!((task.as_str(), phone.is_valid()), ("7", true));
}

#[tokio::test]
async fn nobody_cancelled_may_come_as_null() {
    for nobody in [json!(null), json!([])] {
        let body = json!({"code": 0, "message": "ok", "body": nobody});
        let server = Server::start(move |_| json(StatusCode::OK, &body)).await;
        let client = server.client();
        let dialer = client.predictive_dialer();
        let cancelled =
            dialer.cancel_contacts().task_id("TASK").contact_list(["+447700900001".parse().unwrap()]);
        assert!(cancelled.send().await.unwrap().is_empty());
    }
}
