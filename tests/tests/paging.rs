//! Lists that come in pages.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::BTreeSet;

use airudder_client::{Client, Error, Value};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{Got, Server, json, success};
use airudder_tests::{TestSigner, client_builder, create_task, fast};
use axum::http::StatusCode;
use futures_util::StreamExt as _;
use serde_json::json;

const LIST: &str = "collection.list_tasks";

/// A simulator with that many tasks.
async fn with_tasks(count: usize) -> (Simulator, Client) {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    for n in 0..count {
        create_task(&client, &format!("task-{n}"), 1).await.unwrap();
    }
    (simulator, client)
}

/// The value of a parameter of a query.
fn parameter(got: &Got, name: &str) -> String {
    let found = got.query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no {name} in {}", got.query)).to_owned()
}

#[tokio::test]
async fn twenty_five_tasks_are_three_pages() {
    let (simulator, client) = with_tasks(25).await;
    let mut sizes = Vec::new();
    let mut pages = client.collection().list_tasks().number(10).page(1).stream();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap()["list"].as_array().unwrap().len());
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert!(pages.next().await.is_none(), "the end stays the end");
    assert_eq!(simulator.requests(LIST), 4, "a short page proves nothing");

    let mut names = BTreeSet::new();
    let mut items = client.collection().list_tasks().number(10).page(1).stream().items();
    while let Some(item) = items.next().await {
        assert!(names.insert(item.unwrap()["TaskName"].as_str().unwrap().to_owned()), "no entry comes twice");
    }
    assert_eq!(names, (0..25).map(|n| format!("task-{n}")).collect());
    assert!(items.next().await.is_none());
    assert_eq!(simulator.requests(LIST), 8);
}

#[tokio::test]
async fn a_stream_begins_where_the_request_says() {
    let (simulator, client) = with_tasks(25).await;
    let items: Vec<_> = client.collection().list_tasks().number(10).page(3).stream().items().collect().await;
    // A first page that is short may be one that the vendor has cut: only the empty one behind it is the end.
    assert_eq!((items.len(), simulator.requests(LIST)), (5, 2));
    let pages: Vec<_> = client.collection().list_tasks().number(10).page(2).stream().collect().await;
    assert_eq!(pages.len(), 2);
    // A page beyond the end is given too, once: that it is empty is an answer.
    let pages: Vec<Result<Value, Error>> =
        client.collection().list_tasks().number(10).page(9).stream().collect().await;
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0].as_ref().unwrap()["list"], json!([]));
}

#[tokio::test]
async fn pages_that_are_full_to_the_last_end_with_an_empty_one() {
    let (simulator, client) = with_tasks(20).await;
    let pages: Vec<_> = client.collection().list_tasks().number(10).page(1).stream().collect().await;
    assert_eq!(pages.len(), 2, "the empty one is not given");
    assert_eq!(simulator.requests(LIST), 3);
}

#[tokio::test]
async fn pages_are_asked_for_as_they_are_read() {
    let (simulator, client) = with_tasks(25).await;
    let mut items = client.collection().list_tasks().number(10).page(1).stream().items();
    assert_eq!(simulator.requests(LIST), 0, "nothing is asked for before somebody reads");
    for _ in 0..10 {
        items.next().await.unwrap().unwrap();
    }
    assert_eq!(simulator.requests(LIST), 1);
    items.next().await.unwrap().unwrap();
    assert_eq!(simulator.requests(LIST), 2);
}

#[tokio::test]
async fn each_page_is_repeated_like_any_read_and_an_error_is_the_end() {
    let (simulator, client) = with_tasks(25).await;
    simulator.inject(LIST, Fault::status(503), 2);
    let items: Vec<_> = client.collection().list_tasks().number(10).page(1).stream().items().collect().await;
    assert_eq!(items.iter().filter(|item| item.is_ok()).count(), 25);
    assert_eq!(simulator.requests(LIST), 6);

    simulator.inject(LIST, Fault::WrongCode(10906), 1);
    let items: Vec<_> = client.collection().list_tasks().number(10).page(1).stream().items().collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].as_ref().unwrap_err().vendor_code(), Some(10906));

    let mut pages = client.collection().list_tasks().number(10).page(0).stream();
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error:?}");
    assert!(pages.next().await.is_none());

    // A token that ends between two pages is renewed.
    let mut pages = client.collection().list_tasks().number(10).page(1).stream();
    pages.next().await.unwrap().unwrap();
    simulator.revoke_tokens();
    assert_eq!(pages.next().await.unwrap().unwrap()["list"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_server_that_ignores_the_page_number_does_not_go_on_for_ever() {
    let entries: Vec<Value> = (0..10).map(|n| json!({"TaskID": n})).collect();
    let told = entries.clone();
    let server = Server::start(move |_| success(&json!({"list": told}))).await;
    let items: Vec<_> =
        server.client().collection().list_tasks().number(10).page(1).stream().items().collect().await;
    assert_eq!((items.len(), server.got().len()), (10, 2));
    let asked: Vec<String> = server.got().iter().map(|got| parameter(got, "Page")).collect();
    assert_eq!(asked, ["1", "2"]);

    // Another form of the same: one page of everything, more than was asked for.
    let told: Vec<Value> = (0..37).map(|n| json!({"TaskID": n})).collect();
    let server = Server::start(move |_| success(&json!(told))).await;
    let items: Vec<_> =
        server.client().collection().list_tasks().number(10).page(1).stream().items().collect().await;
    assert_eq!((items.len(), server.got().len()), (37, 2));
}

#[tokio::test]
async fn answers_of_unknown_form_are_searched_for_their_list() {
    for (payload, expected) in [
        (json!([1, 2, 3]), 3),
        (json!({"total": 3, "tasks": [1, 2, 3]}), 3),
        (json!({"list": []}), 0),
        (json!({"total": 0, "list": null}), 0),
        (json!(null), 0),
        (json!("nothing"), 0),
        (json!({}), 0),
    ] {
        let told = payload.clone();
        let server = Server::start(move |_| success(&told)).await;
        let items: Vec<_> =
            server.client().collection().list_tasks().number(10).page(1).stream().items().collect().await;
        assert!(items.iter().all(Result::is_ok), "{payload}");
        // Where there are entries, the same come again, which is the end.
        assert_eq!(
            (items.len(), server.got().len()),
            (expected, if expected > 0 { 2 } else { 1 }),
            "{payload}"
        );
    }
}

/// Nobody knows how long a page may be: a vendor who gives fewer entries than asked for has more all the
/// same.
#[tokio::test]
async fn no_entry_is_lost_where_the_vendor_cuts_its_pages() {
    let server = Server::start(|got| {
        let page: usize = parameter(got, "Page").parse().unwrap();
        let entries: Vec<Value> =
            (0..23).skip((page - 1) * 5).take(5).map(|n| json!({"TaskID": n})).collect();
        success(&json!({"list": entries}))
    })
    .await;
    let items: Vec<_> =
        server.client().collection().list_tasks().number(10).page(1).stream().items().collect().await;
    assert_eq!((items.len(), server.got().len()), (23, 6), "the empty page is the end");
}

/// Messages, newest first, before the one that is named.
fn messages(got: &Got, count: usize) -> Value {
    let body = got.json();
    let from = match body["last_msg_id"].as_str().unwrap() {
        "" => 0,
        id => id.trim_start_matches("msg-").parse::<usize>().unwrap() + 1,
    };
    let size = usize::try_from(body["size"].as_u64().unwrap()).unwrap();
    (from..count.min(from + size))
        .map(|n| json!({"msg_id": format!("msg-{n}"), "sender_type": "user", "timestamp": 1_700_000_000}))
        .collect()
}

#[tokio::test]
async fn messages_are_read_from_cursor_to_cursor() {
    let server = Server::start(|got| {
        json(StatusCode::OK, &json!({"request_id": "1", "code": 200, "data": messages(got, 45)}))
    })
    .await;
    let client = server.client_builder().signer(TestSigner).build().unwrap();
    let list = || client.chatbot().list_messages().call_id("1").last_msg_id("").size(20);
    let ids: Vec<String> =
        list().stream().items().map(|item| item.unwrap().msg_id.unwrap().as_str().to_owned()).collect().await;
    assert_eq!(ids, (0..45).map(|n| format!("msg-{n}")).collect::<Vec<_>>());
    let cursors: Vec<String> =
        server.got().iter().map(|got| got.json()["last_msg_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(cursors, ["", "msg-19", "msg-39", "msg-44"]);
    assert!(
        server.got().iter().all(|got| got.json()["call_id"] == "1" && got.json()["size"] == 20),
        "all else stays"
    );

    // One that gives the same messages whatever it is asked.
    let server = Server::start(|_| {
        json(StatusCode::OK, &json!({"code": 200, "data": [{"msg_id": "7"}, {"msg_id": "8"}]}))
    })
    .await;
    let client = server.client_builder().signer(TestSigner).build().unwrap();
    let items: Vec<_> = client
        .chatbot()
        .list_messages()
        .call_id("1")
        .last_msg_id("")
        .size(2)
        .stream()
        .items()
        .collect()
        .await;
    assert_eq!((items.len(), server.got().len()), (2, 2));

    // Messages without an id cannot be gone on from, and there may be more behind a full page.
    let server = Server::start(|_| {
        json(StatusCode::OK, &json!({"code": 200, "data": [{"msg_id": "7"}, {"msg_id": null}]}))
    })
    .await;
    let client = server.client_builder().signer(TestSigner).build().unwrap();
    let items: Vec<_> = client
        .chatbot()
        .list_messages()
        .call_id("1")
        .last_msg_id("")
        .size(2)
        .stream()
        .items()
        .collect()
        .await;
    assert_eq!((items.len(), server.got().len()), (3, 1));
    assert!(items[1].is_ok() && items[2].is_err());
}

/// Results from an offset, at most `most` at once.
fn results(got: &Got, count: usize, most: usize, total: Option<usize>) -> Value {
    let body = got.json();
    let number = |key: &str, usual: usize| body[key].as_u64().map_or(usual, |n| usize::try_from(n).unwrap());
    let (offset, limit) = (number("offset", 0), number("limit", count).min(most));
    let list: Value = (offset..count.min(offset + limit))
        .map(|n| json!({"callid": format!("{n:032x}"), "nthCall": 1}))
        .collect();
    match total {
        Some(total) => json!({"code": 0, "body": {"total": total, "list": list}}),
        None => json!({"code": 0, "body": {"list": list}}),
    }
}

#[tokio::test]
async fn results_are_read_to_the_empty_page() {
    for (count, limit, most, total, offsets) in [
        (450, 200, 1_000, Some(450), vec![0, 200, 400, 450]),
        (400, 200, 1_000, Some(400), vec![0, 200, 400]),
        // Fewer at once than asked for is no end.
        (450, 200, 150, Some(450), vec![0, 150, 300, 450]),
        // Nor is a total that is too small.
        (450, 200, 1_000, Some(0), vec![0, 200, 400, 450]),
        (450, 200, 1_000, Some(200), vec![0, 200, 400, 450]),
        (450, 200, 1_000, None, vec![0, 200, 400, 450]),
        (400, 200, 1_000, None, vec![0, 200, 400]),
        (0, 200, 1_000, Some(0), vec![0]),
    ] {
        let server = Server::start(move |got| json(StatusCode::OK, &results(got, count, most, total))).await;
        let client = server.client();
        let stream =
            client.predictive_dialer().list_call_results().task_id("1").limit(limit).offset(0).stream();
        let ids: BTreeSet<String> =
            stream.items().map(|item| item.unwrap().callid.unwrap().as_str().to_owned()).collect().await;
        assert_eq!(ids.len(), count, "{count} {most} {total:?}");
        let asked: Vec<u64> = server.got().iter().map(|got| got.json()["offset"].as_u64().unwrap()).collect();
        assert_eq!(asked, offsets, "{count} {most} {total:?}");
    }
}

/// The vendor counts a row of null as a row.
#[tokio::test]
async fn a_null_among_the_rows_moves_no_offset() {
    let rows = [json!({"callid": "1"}), json!(null), json!({"callid": "2"}), json!({"callid": "3"})];
    let server = Server::start(move |got| {
        let from = usize::try_from(got.json()["offset"].as_u64().unwrap()).unwrap();
        let list: Vec<_> = rows.iter().skip(from).take(3).collect();
        json(StatusCode::OK, &json!({"code": 0, "body": {"list": list}}))
    })
    .await;
    let stream =
        server.client().predictive_dialer().list_call_results().task_id("1").limit(3).offset(0).stream();
    let ids: Vec<String> =
        stream.items().map(|item| item.unwrap().callid.unwrap().as_str().to_owned()).collect().await;
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test]
async fn a_total_that_lies_is_no_trap() {
    // More than there are: the empty page is the end.
    let server = Server::start(|got| json(StatusCode::OK, &results(got, 30, 10, Some(1_000_000)))).await;
    let stream =
        server.client().predictive_dialer().list_call_results().task_id("1").limit(10).offset(0).stream();
    assert_eq!(stream.items().filter(|item| std::future::ready(item.is_ok())).count().await, 30);
    assert_eq!(server.got().len(), 4);
    // And a page that comes for ever.
    let server = Server::start(|_| {
        json(StatusCode::OK, &json!({"code": 0, "body": {"total": "1000000", "list": [{"callid": "1"}]}}))
    })
    .await;
    let stream =
        server.client().predictive_dialer().list_call_results().task_id("1").limit(1).offset(0).stream();
    assert_eq!(stream.items().count().await, 1);
    assert_eq!(server.got().len(), 2);
}

/// What cannot be read costs itself.
#[tokio::test]
async fn a_value_that_cannot_be_read_costs_no_entry_and_an_entry_no_page() {
    let server = Server::start(|got| {
        let list = match got.json()["offset"].as_u64() {
            Some(0) => {
                let unreadable = json!({"callid": "2", "nthCall": {"secret": "x"}});
                json!([{"callid": "1"}, unreadable, "secret", {"callid": "3"}])
            }
            _ => json!([]),
        };
        json(StatusCode::OK, &json!({"code": 0, "body": {"list": list}}))
    })
    .await;
    let list = || server.client().predictive_dialer().list_call_results().task_id("1").limit(4).offset(0);
    let items: Vec<_> = list().stream().items().collect().await;
    assert_eq!(items.len(), 4);
    let second = items[1].as_ref().unwrap();
    assert_eq!((second.nth_call, &second.extra["nthCall"]), (None, &json!({"secret": "x"})));
    let error = items[2].as_ref().unwrap_err();
    assert!(error.to_string().contains("body.list[2]") && !error.to_string().contains("secret"), "{error}");
    assert_eq!(items[3].as_ref().unwrap().callid.as_ref().unwrap(), "3");

    let page = list().send().await.unwrap();
    assert_eq!((page.list.len(), &page.extra["list[2]"]), (3, &json!("secret")));
}
