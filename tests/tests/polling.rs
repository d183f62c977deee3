//! Waiting for what takes time, and lists whose answers say how they go on.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::time::{Duration, Instant};

use airudder_client::error::Phase;
use airudder_client::{Client, Error, RetryPolicy};
use airudder_simulator::Simulator;
use airudder_tests::loopback::{self, Got, Server, success};
use airudder_tests::{client, create_task};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use futures_util::StreamExt as _;
use serde_json::json;

airudder_client::api!("../data/jobs.yaml");

const SOON: Duration = Duration::from_millis(1);

fn client_of(server: &Server) -> Client {
    server.client_builder().retry(RetryPolicy::none()).build().unwrap()
}

/// A job that is over at the look with this number.
async fn job(over_at: usize, state: &'static str) -> Server {
    Server::start(move |got| success(&json!({"State": if got.number < over_at { "running" } else { state }})))
        .await
}

#[tokio::test]
async fn it_looks_until_the_answer_says_that_it_is_over() {
    for state in ["done", "failed", "DONE"] {
        let server = job(3, state).await;
        let job = client_of(&server).jobs().get_job().id("7").wait().every(SOON).await.unwrap();
        assert!(job.state.unwrap().as_str().eq_ignore_ascii_case(state), "the last answer");
        assert_eq!(server.got().len(), 3);
    }
}

#[tokio::test]
async fn an_answer_without_a_state_does_not_end_it() {
    let server = Server::start(|got| {
        success(&match got.number {
            1 => json!(null),
            2 => json!({}),
            3 => json!({"State": null}),
            _ => json!({"State": "done"}),
        })
    })
    .await;
    client_of(&server).jobs().get_job().id("7").wait().every(SOON).await.unwrap();
    assert_eq!(server.got().len(), 4);
}

#[tokio::test]
async fn each_answer_on_the_way_is_given_once() {
    let server = job(4, "done").await;
    let answers = client_of(&server).jobs().get_job().id("7").wait().every(SOON).answers();
    let states: Vec<String> =
        answers.map(|answer| answer.unwrap().state.unwrap().as_str().to_owned()).collect().await;
    assert_eq!(states, ["running", "running", "running", "done"]);
    let server = job(1, "done").await;
    let answers = client_of(&server).jobs().get_job().id("7").poll();
    assert_eq!(answers.count().await, 1, "over at the first look");
}

#[tokio::test]
async fn another_state_ends_the_wait_of_a_twin() {
    let server = job(2, "failed").await;
    let wait = client_of(&server).jobs().get_plain_job().id("7").wait().every(SOON);
    let error = wait.deadline(Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(&error, Error::Timeout(e) if e.phase() == Phase::Polling), "{error}");
    assert!(server.got().iter().all(|got| got.path == "/private/plain"));
}

#[tokio::test]
async fn at_the_deadline_it_says_so_and_how_often_it_looked() {
    let server = job(usize::MAX, "done").await;
    let limit = Duration::from_millis(300);
    let error =
        client_of(&server).jobs().get_job().id("7").wait().every(SOON).deadline(limit).await.unwrap_err();
    let Error::Timeout(timeout) = &error else { panic!("{error}") };
    assert_eq!((timeout.phase(), timeout.limit()), (Phase::Polling, limit));
    assert_eq!(error.attempts() as usize, server.got().len());
    assert!(error.to_string().contains("not over within 300ms"), "{error}");
    assert!(error.is_retryable(), "it may be over later");
}

#[tokio::test]
async fn pauses_grow_and_have_an_end() {
    let server = job(usize::MAX, "done").await;
    let wait = client_of(&server).jobs().get_job().id("7").wait().every(Duration::from_millis(10));
    wait.deadline(Duration::from_millis(500)).await.unwrap_err();
    // 10, 15, 22, 33, 50, 76, 100, 100 ms: even a slow machine does not look more often.
    assert!((3..=10).contains(&server.got().len()), "{}", server.got().len());
}

#[tokio::test]
async fn a_wish_of_the_server_is_obeyed() {
    let server = Server::start(|got| {
        let mut answer = success(&json!({"State": if got.number < 2 { "running" } else { "done" }}));
        answer.headers_mut().insert("retry-after", "1".parse().unwrap());
        answer
    })
    .await;
    let started = Instant::now();
    client_of(&server).jobs().get_job().id("7").wait().every(SOON).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    let server = Server::start(|_| {
        let mut answer = success(&json!({"State": "running"}));
        answer.headers_mut().insert("retry-after", "3600".parse().unwrap());
        answer
    })
    .await;
    let wait = client_of(&server).jobs().get_job().id("7").wait().deadline(Duration::from_secs(60));
    wait.await.unwrap_err();
    assert_eq!(server.got().len(), 1, "it would be later than the deadline");
    // A failure too says when to come again.
    let server = Server::start(|_| {
        let mut answer = loopback::json(StatusCode::SERVICE_UNAVAILABLE, &json!({}));
        answer.headers_mut().insert("retry-after", "3600".parse().unwrap());
        answer
    })
    .await;
    let wait = client_of(&server).jobs().get_job().id("7").wait().every(SOON);
    let error = wait.deadline(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!((error.http_status(), server.got().len()), (Some(503), 1));
}

/// It will lead to the same place at the next look.
#[tokio::test]
async fn a_link_that_is_not_followed_ends_the_wait() {
    let server = Server::start(|_| success(&json!({"url": "http://192.0.2.1/call.mp3"}))).await;
    let recording = server.client().collection().get_call_recording().task_id("1").callee("+6281200000000");
    let error = recording.wait().every(SOON).deadline(Duration::from_secs(5)).await.unwrap_err();
    assert!(error.to_string().contains("not to be trusted"), "{error}");
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn what_is_transient_ends_no_wait_and_everything_else_does() {
    let flaky = |got: &Got| match got.number {
        1 => loopback::json(StatusCode::SERVICE_UNAVAILABLE, &json!({})),
        2 => success(&json!({"State": "running"})),
        3 => loopback::json(StatusCode::TOO_MANY_REQUESTS, &json!({})),
        _ => success(&json!({"State": "done"})),
    };
    let server = Server::start(flaky).await;
    client_of(&server).jobs().get_job().id("7").wait().every(SOON).await.unwrap();
    assert_eq!(server.got().len(), 4);

    let server =
        Server::start(|_| loopback::json(StatusCode::OK, &json!({"code": 10702, "status": "no such job"})))
            .await;
    let error = client_of(&server).jobs().get_job().id("7").wait().every(SOON).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(server.got().len(), 1);

    let away = Server::start(|_| loopback::json(StatusCode::BAD_GATEWAY, &json!({}))).await;
    let wait = client_of(&away).jobs().get_job().id("7").wait().every(SOON);
    let error = wait.deadline(Duration::from_millis(100)).await.unwrap_err();
    assert_eq!(error.http_status(), Some(502), "why it does not know: {error}");
}

#[tokio::test]
async fn a_file_is_waited_for_until_it_is_there() {
    let wav = b"RIFF\x24\0\0\0WAVEfmt ".to_vec();
    let expected = wav.clone();
    let server = Server::start(move |got| {
        let answer = |status: u16, body: Vec<u8>| {
            let answer = Response::builder().status(status).header("content-type", "audio/wav");
            answer.body(Body::from(body)).unwrap()
        };
        match got.number {
            1 => answer(202, Vec::new()),
            2 => answer(404, Vec::new()),
            3 => answer(200, Vec::new()),
            4 => success(&json!(null)),
            _ => answer(200, wav.clone()),
        }
    })
    .await;
    let file = client_of(&server).jobs().get_file().id("7").wait().every(SOON).await.unwrap();
    assert_eq!(file.bytes().await.unwrap(), expected);
    assert_eq!(server.got().len(), 5);
}

#[tokio::test]
async fn a_condition_of_ones_own_and_never_on_what_changes_something() {
    let server = job(3, "done").await;
    let request = jobs::GetJob::builder().id("7").build();
    let wait = client_of(&server).wait_until(&request, |job| job.state != Some(jobs::JobState::Running));
    wait.every(SOON).await.unwrap();
    assert_eq!(server.got().len(), 3);

    let start = jobs::StartJob::builder().build();
    let error = client_of(&server).wait_until(&start, |_| false).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert_eq!(server.got().len(), 3, "nothing was sent");
}

#[test]
fn without_a_runtime_it_is_an_error() {
    let client = Client::builder().credentials("key", "secret").build().unwrap();
    let wait = client.jobs().get_job().id("7").wait();
    let error = futures_util::FutureExt::now_or_never(std::future::IntoFuture::into_future(wait));
    assert!(matches!(error, Some(Err(Error::Config(_)))));
}

#[tokio::test]
async fn a_real_task_is_waited_for() {
    let simulator = Simulator::builder().speed(3600.0).ignore_schedule(true).start().await.unwrap();
    let client = client(&simulator);
    let task = create_task(&client, "a-task", 3).await.unwrap().task_id;
    let wait = client.collection().get_task_detail().task_id(task).wait();
    let detail = wait.every(Duration::from_millis(20)).deadline(Duration::from_secs(60)).await.unwrap();
    assert_eq!(detail.detail.len(), 3);
    assert!(detail.detail.iter().all(|row| row.status.is_some()));
}

/// Pages by a cursor in the answer: some are empty, and one of those says how it goes on.
#[tokio::test]
async fn a_list_goes_on_where_the_answer_says() {
    let server = Server::start(|got| {
        success(&match got.query.as_str() {
            "" => json!({"events": ["a", "b"], "next_cursor": "1 2"}),
            "after=1%202" | "after=1+2" => json!({"events": [], "next_cursor": "3"}),
            "after=3" => json!({"events": ["c"], "next_cursor": "4"}),
            "after=4" => json!({"events": ["d"], "next_cursor": null}),
            other => panic!("{other}"),
        })
    })
    .await;
    let events: Vec<String> =
        client_of(&server).jobs().list_events().stream().items().map(Result::unwrap).collect().await;
    assert_eq!(events, ["a", "b", "c", "d"]);
    assert_eq!(server.got().len(), 4);
}

#[tokio::test]
async fn a_cursor_that_stands_still_ends_the_list() {
    let server = Server::start(|_| success(&json!({"events": ["a"], "next_cursor": "1"}))).await;
    let events = client_of(&server).jobs().list_events().stream().items();
    assert_eq!(events.count().await, 1);
    assert_eq!(server.got().len(), 2);
}
