//! More rows than one query gives: a span of time is cut into windows.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use airudder_client::jiff::civil::{DateTime, date};
use airudder_client::predictive_dialer::ListCallResults;
use airudder_client::{Client, Error};
use airudder_tests::loopback::{Got, Server, json as answer};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

fn ok(payload: &Value) -> Response<Body> {
    answer(StatusCode::OK, &json!({"code": 0, "body": payload}))
}

fn day() -> Range<DateTime> {
    date(2026, 3, 2).at(0, 0, 0, 0)..date(2026, 3, 3).at(0, 0, 0, 0)
}

/// A time in the form of the wire.
fn time(text: &Value) -> DateTime {
    text.as_str().unwrap().replace(' ', "T").parse().unwrap()
}

/// The calls at these times, of which one query gives `most`, with both ends of its range.
async fn server(calls: Vec<DateTime>, most: usize) -> Server {
    let calls = Arc::new(calls);
    Server::start(move |got: &Got| {
        let query = got.json();
        let (from, to) = (time(&query["minstarttime"]), time(&query["maxstarttime"]));
        let found: Vec<Value> = calls
            .iter()
            .enumerate()
            .filter(|(_, at)| from <= **at && **at <= to)
            .map(|(n, _)| json!({"callid": format!("call-{n}")}))
            .collect();
        let total = found.len();
        let number = |key: &str| query[key].as_u64().unwrap_or(0) as usize;
        let page: Vec<Value> =
            found.into_iter().take(most).skip(number("offset")).take(number("limit")).collect();
        ok(&json!({"total": total, "list": page}))
    })
    .await
}

fn query(from: DateTime, to: DateTime) -> ListCallResults {
    ListCallResults::builder().task_id("TASK").minstarttime(from).maxstarttime(to).limit(3).build()
}

/// How often each call came.
async fn read(client: &Client, span: Range<DateTime>, most: u64) -> Result<HashMap<String, usize>, Error> {
    let mut calls = HashMap::new();
    let mut items = client.stream_windows(span, query).max_rows(most).items();
    while let Some(call) = items.next().await {
        *calls.entry(call?.callid.unwrap().to_string()).or_insert(0) += 1;
    }
    Ok(calls)
}

/// So many calls, one in each quarter of an hour: many lie on the cuts.
fn quarters(count: i64) -> Vec<DateTime> {
    (0..count).map(|n| day().start + airudder_client::jiff::SignedDuration::from_mins(15 * n)).collect()
}

#[tokio::test]
async fn every_call_comes_once_however_the_span_is_cut() {
    for (count, most) in [(0, 5), (4, 5), (5, 5), (96, 5), (96, 96), (96, 97), (96, 10), (97, 7)] {
        let server = server(quarters(count), most).await;
        let calls = read(&server.client(), day(), most as u64).await.unwrap();
        assert_eq!(calls.len(), count as usize, "{count} calls, {most} a query");
        assert!(calls.values().all(|times| *times == 1), "{count} calls, {most} a query: {calls:?}");
    }
}

#[tokio::test]
async fn rows_are_counted_first_and_read_in_the_order_of_time() {
    let server = server(quarters(96), 60).await;
    let items = server.client().stream_windows(day(), query).max_rows(60).items();
    let calls: Vec<String> = items.map(|call| call.unwrap().callid.unwrap().to_string()).collect().await;
    let expected: Vec<String> = (0..96).map(|n| format!("call-{n}")).collect();
    assert_eq!(calls, expected);
    let counts: Vec<_> = server.got().iter().map(Got::json).filter(|query| query["limit"] == 1).collect();
    assert_eq!(counts.len(), 3, "the day and its halves");
    assert_eq!(counts[0]["maxstarttime"], "2026-03-03 00:00:00");
    assert_eq!(counts[1]["maxstarttime"], "2026-03-02 12:00:00");
    assert_eq!(counts[2]["minstarttime"], "2026-03-02 12:00:00");
}

#[tokio::test]
async fn too_many_in_the_shortest_window_is_an_error() {
    let noon = date(2026, 3, 2).at(12, 0, 7, 0);
    let server = server(vec![noon; 20], 10).await;
    let client = server.client();
    let error = read(&client, day(), 10).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error}");
    assert!(error.to_string().contains("20 rows in a window"), "{error}");
    let asked = server.got().len();
    let windows = client.stream_windows(day(), query).max_rows(10).shortest(Duration::from_secs(7200));
    let errors: Vec<_> = windows.items().filter_map(async |call| call.err()).collect().await;
    assert_eq!(errors.len(), 1, "the stream ends with it");
    assert!(server.got().len() - asked < asked, "fewer cuts");
    // As many as one query gives may be all, or not.
    let client = self::server(vec![noon; 10], 10).await;
    assert!(read(&client.client(), day(), 10).await.is_err());
}

#[tokio::test]
async fn how_many_rows_one_query_gives_is_said_by_the_spec() {
    // A server that counts 50,000 until the window is shorter than two hours.
    let server = Server::start(|got: &Got| {
        let query = got.json();
        let length = time(&query["minstarttime"]).duration_until(time(&query["maxstarttime"]));
        let total = if length.as_hours() > 1 { 50_000 } else { 0 };
        ok(&json!({"total": total, "list": []}))
    })
    .await;
    let mut items = server.client().stream_windows(day(), query).items();
    assert!(items.next().await.is_none());
    let counts = server.got().iter().filter(|got| got.json()["limit"] == 1).count();
    assert_eq!(counts, 31, "a day, down to 16 windows of an hour and a half");
}

#[tokio::test]
async fn what_cannot_be_cut_is_an_error_before_anything_is_sent() {
    let server = server(Vec::new(), 5).await;
    let client = server.client();
    let backwards = day().end..day().start;
    let error = read(&client, backwards, 5).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)) && error.to_string().contains("ends before"), "{error}");
    let error = read(&client, day(), 0).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    let tasks = |_: DateTime, _: DateTime| {
        airudder_client::collection::ListTasks::builder().page(1).number(10).build()
    };
    let error = client.stream_windows(day(), tasks).items().next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Config(_)) && error.to_string().contains("how many rows"), "{error}");
    assert!(server.got().is_empty());
    assert!(read(&client, day().start..day().start, 5).await.unwrap().is_empty(), "a moment is a window");
}

#[tokio::test]
async fn an_answer_that_does_not_count_is_no_empty_one() {
    let with = |payload: Value| async move {
        let server = Server::start(move |_| ok(&payload)).await;
        let outcome = read(&server.client(), day(), 5).await;
        outcome.map(|calls| calls.len()).map_err(|error| error.to_string())
    };
    let error = with(json!({"list": [{"callid": "1"}]})).await.unwrap_err();
    assert!(error.contains("total"), "{error}");
    assert_eq!(with(json!({"list": []})).await, Ok(0));
    assert_eq!(with(json!({"total": "0", "list": null})).await, Ok(0));
}
