//! The life of a calling task on a clock that is turned, and the webhooks that tell of it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::BTreeMap;
use std::time::Duration;

use airudder_client::catalogue::{Signed, WEBHOOKS};
use airudder_client::jiff::civil::{Time, date};
use airudder_client::types::{CallStatus, Intention, TaskId, TaskStatus};
use airudder_client::webhook::{self, Event};
use airudder_client::{Client, Error, ErrorCode};
use airudder_simulator::{CallOutcome, Simulator, SimulatorBuilder};
use airudder_tests::loopback::{Got, Server, answer};
use airudder_tests::{client, contact, number};
use axum::http::StatusCode;
use serde_json::{Value, json};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const TALK: CallOutcome = CallOutcome::Connected { intention: 'B', talk: Duration::from_secs(20) };

/// A receiver of webhooks with an address for each: `/collection.call_finished`.
async fn receiver() -> Server {
    Server::start(|_| answer(StatusCode::OK, "application/json", "{}")).await
}

fn events(receiver: &Server) -> Vec<Event> {
    receiver
        .got()
        .iter()
        .map(|got| webhook::parse(got.path.trim_start_matches('/'), &got.body).expect("it reads"))
        .collect()
}

/// A simulator whose clock stands still at eight in the morning.
fn at_eight() -> SimulatorBuilder {
    Simulator::builder().speed(0.0).starts_at("2026-03-02T08:00:00Z".parse().unwrap())
}

/// A task between nine and a later time of that day, with that many people, who are dialled three times at
/// most.
async fn create(
    client: &Client,
    name: &str,
    people: usize,
    until: Time,
) -> Result<(TaskId, Vec<Value>), Error> {
    let day = date(2026, 3, 2);
    let people: Vec<_> = (0..people)
        .map(|n| {
            let mut row = contact(number(n));
            row.comments = Some(n.to_string());
            row
        })
        .collect();
    let request = client
        .collection()
        .create_task()
        .task_name(name)
        .schedule_start_time(day.at(9, 0, 0, 0))
        .schedule_end_time(day.to_datetime(until))
        .robot_id("00000000000000000000000000000001")
        .sip_line("LINE")
        .repeat_interval(10)
        .repeat_number(2)
        .details(people);
    request.send().await.map(|task| (task.task_id, task.detail_error_list))
}

fn six() -> Time {
    Time::constant(18, 0, 0, 0)
}

async fn detail(client: &Client, task: &TaskId) -> airudder_client::collection::GetTaskDetailResponse {
    client.collection().get_task_detail().task_id(task.clone()).send().await.unwrap()
}

async fn stop(client: &Client, task: &TaskId) -> Result<Value, Error> {
    client.collection().stop_task().task_id(task.clone()).send().await
}

async fn cancel(client: &Client, task: &TaskId, who: usize) -> Result<Value, Error> {
    client.collection().cancel_call().task_id(task.clone()).callee_number(number(who)).send().await
}

#[tokio::test]
async fn the_life_of_a_task() {
    let receiver = receiver().await;
    // The first talks at once, the second never answers, the third talks the second time, the fourth is taken
    // out, the fifth is refused.
    let simulator = at_eight()
        .webhook_url(format!("{}/{{key}}", receiver.url()))
        .refuse_numbers(|who| who == number(4))
        .outcomes(|who, attempt| {
            let outcome = match who {
                who if who == number(1) => CallOutcome::NoAnswer,
                who if who == number(2) && attempt == 1 => CallOutcome::Busy,
                _ => TALK,
            };
            Some(outcome)
        })
        .start()
        .await
        .unwrap();
    let client = client(&simulator);

    let (task, refused) = create(&client, "march", 5, six()).await.unwrap();
    assert_eq!(refused.len(), 1, "a task may be created in part: {refused:?}");
    assert_eq!(refused[0]["Mobile"], number(4));
    let error = create(&client, "march", 1, six()).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::TaskNameExists));

    // Before nine nothing happens.
    simulator.clock().advance(59 * MINUTE);
    simulator.settle().await;
    let before = detail(&client, &task).await;
    assert_eq!((before.task_id.as_ref(), before.status.clone()), (Some(&task), Some(TaskStatus::Pending)));
    assert_eq!(before.detail.len(), 4, "those who were refused are not in it");
    assert!(
        before
            .detail
            .iter()
            .all(|row| row.status == Some(CallStatus::Pending) && row.call_start_time.is_none())
    );
    cancel(&client, &task, 3).await.unwrap();
    assert!(receiver.got().is_empty());

    // Two minutes after nine the first has talked, the second and the third are to be dialled again.
    simulator.clock().advance(3 * MINUTE);
    simulator.settle().await;
    let told = events(&receiver);
    assert_eq!(told.len(), 1, "{told:?}");
    let Event::CollectionCallFinished(first) = &told[0] else { panic!("{told:?}") };
    assert_eq!(first.task_id.as_ref(), Some(&task));
    assert_eq!((first.comments.as_deref(), first.status.clone()), (Some("0"), Some(CallStatus::Finished)));
    assert_eq!(first.intention, Some(Intention::B));
    let (began, ended) = (first.call_start_time.unwrap(), first.call_end_time.unwrap());
    assert_eq!(began, "2026-03-02T09:00:00Z".parse().unwrap());
    assert!(ended.as_second() - began.as_second() >= 20, "ringing and talking: {ended}");
    let during = detail(&client, &task).await;
    assert!(
        !matches!(during.status, Some(TaskStatus::Pending | TaskStatus::Finished)),
        "{:?}",
        during.status
    );

    // After the second attempt the third has talked, after the third the second has had enough.
    simulator.clock().advance(10 * MINUTE);
    simulator.settle().await;
    assert_eq!(receiver.got().len(), 2);
    simulator.play_out().await;
    let told = events(&receiver);
    let finished: Vec<(Option<String>, Option<Intention>)> = told
        .iter()
        .filter_map(|event| match event {
            Event::CollectionCallFinished(call) => Some((call.comments.clone(), call.intention.clone())),
            _ => None,
        })
        .collect();
    let talked = |who: &str| (Some(who.to_owned()), Some(Intention::B));
    assert_eq!(finished, [talked("0"), talked("2"), (Some("1".to_owned()), Some(Intention::NoGrade))]);
    assert_eq!(told.len(), 4);
    let Event::CollectionTaskFinished(last) = &told[3] else { panic!("the end comes last: {told:?}") };
    assert_eq!((last.task_id.as_ref(), last.task_name.as_deref()), (Some(&task), Some("march")));
    assert_eq!(last.status, Some(TaskStatus::Finished));

    let after = detail(&client, &task).await;
    assert_eq!(after.status, Some(TaskStatus::Finished));
    let rows: BTreeMap<String, _> =
        after.detail.iter().map(|row| (row.comments.clone().unwrap(), row)).collect();
    assert_eq!(rows["0"].status, Some(CallStatus::Finished));
    assert_eq!(
        (rows["1"].status.clone(), rows["1"].intention.clone()),
        (Some(CallStatus::Finished), Some(Intention::NoGrade))
    );
    assert_eq!((rows["3"].status.clone(), rows["3"].call_start_time), (Some(CallStatus::Cancelled), None));
    let third = rows["2"];
    assert_eq!(
        third.call_start_time.unwrap().as_second(),
        "2026-03-02T09:10:03Z".parse::<airudder_client::jiff::Timestamp>().unwrap().as_second()
    );

    // What is over stays over.
    assert_eq!(stop(&client, &task).await.unwrap_err().code(), Some(ErrorCode::FinishedTaskNotCancellable));
    assert_eq!(
        cancel(&client, &task, 0).await.unwrap_err().code(),
        Some(ErrorCode::FinishedTaskNotCancellable)
    );
    assert!(
        simulator.deliveries().iter().all(|delivery| delivery.status == Some(200) && delivery.attempt == 1)
    );

    let get = |who: usize| {
        client.collection().get_call_recording().task_id(task.clone()).callee(number(who)).send()
    };
    assert_eq!(get(0).await.unwrap().bytes().await.unwrap().len(), 44 + 16_000 * 20);
    let error = get(1).await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "nobody talked, so there is nothing to hear: {error:?}");
}

#[tokio::test]
async fn a_task_that_is_stopped_calls_nobody_more() {
    let receiver = receiver().await;
    let simulator = at_eight().lines(1).outcomes(|_, _| Some(TALK)).start().await.unwrap();
    simulator.deliver_to(format!("{}/{{key}}", receiver.url()));
    let client = client(&simulator);
    let (task, _) = create(&client, "a-task", 10, six()).await.unwrap();
    simulator.clock().advance(HOUR + MINUTE);
    simulator.settle().await;
    let calls = receiver.got().len();
    assert!((1..10).contains(&calls), "some have talked, one after the other: {calls}");
    stop(&client, &task).await.unwrap();
    simulator.play_out().await;

    let rows = detail(&client, &task).await;
    assert_eq!(rows.status, Some(TaskStatus::Finished));
    let count =
        |status: CallStatus| rows.detail.iter().filter(|row| row.status == Some(status.clone())).count();
    assert_eq!(count(CallStatus::Finished) + count(CallStatus::Cancelled), 10);
    assert!(
        count(CallStatus::Finished) <= calls + 1 && count(CallStatus::Cancelled) >= 8 - calls,
        "{rows:?}"
    );
    assert!(matches!(events(&receiver).last(), Some(Event::CollectionTaskFinished(_))));
    assert_eq!(stop(&client, &task).await.unwrap_err().vendor_code(), Some(10904));
    assert_eq!(stop(&client, &"nobody".into()).await.unwrap_err().vendor_code(), Some(10503));
}

#[tokio::test]
async fn the_window_ends_the_dialling() {
    let simulator = at_eight().outcomes(|_, _| Some(CallOutcome::NoAnswer)).start().await.unwrap();
    let client = client(&simulator);
    // Redials come after ten and twenty minutes, and the window is over after five.
    let (task, _) = create(&client, "a-task", 3, Time::constant(9, 5, 0, 0)).await.unwrap();
    simulator.clock().advance(HOUR + 4 * MINUTE);
    assert_ne!(detail(&client, &task).await.status, Some(TaskStatus::Finished));
    simulator.clock().advance(MINUTE);
    simulator.settle().await;
    let after = detail(&client, &task).await;
    assert_eq!(after.status, Some(TaskStatus::Finished));
    assert!(after.detail.iter().all(|row| row.intention == Some(Intention::NoGrade)), "{after:?}");
}

#[tokio::test]
async fn one_number_is_taken_out_of_a_task_that_runs() {
    let simulator = at_eight().outcomes(|_, _| Some(CallOutcome::NoAnswer)).start().await.unwrap();
    let client = client(&simulator);
    let (task, _) = create(&client, "a-task", 2, six()).await.unwrap();
    simulator.clock().advance(HOUR + 2 * MINUTE);
    cancel(&client, &task, 0).await.unwrap();
    let error = cancel(&client, &task, 0).await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "there is nothing more to cancel: {error:?}");
    assert!(matches!(cancel(&client, &task, 77).await.unwrap_err(), Error::Api(_)));
    simulator.play_out().await;
    let rows = detail(&client, &task).await;
    let of = |who: &str| rows.detail.iter().find(|row| row.comments.as_deref() == Some(who)).unwrap();
    assert_eq!(
        (of("0").status.clone(), of("1").status.clone()),
        (Some(CallStatus::Cancelled), Some(CallStatus::Finished))
    );
}

#[tokio::test]
async fn equal_numbers_and_lists_without_a_good_row_are_refused() {
    let simulator = Simulator::builder()
        .max_equal_numbers(2)
        .refuse_numbers(|who| who == number(5))
        .start()
        .await
        .unwrap();
    let client = client(&simulator);
    let send = |name: &str, rows: Vec<usize>| {
        let day = date(2026, 3, 2);
        let rows: Vec<_> = rows.into_iter().map(|n| contact(number(n))).collect();
        let request = client.collection().create_task().task_name(name).robot_id("1").sip_line("LINE");
        request
            .schedule_start_time(day.at(9, 0, 0, 0))
            .schedule_end_time(day.at(10, 0, 0, 0))
            .details(rows)
            .send()
    };
    assert_eq!(send("a", vec![1, 1, 1]).await.unwrap_err().code(), Some(ErrorCode::TooManyDuplicateNumbers));
    assert_eq!(send("a", vec![5, 5]).await.unwrap_err().code(), Some(ErrorCode::NoValidDetails));
    assert_eq!(send("a", vec![1, 1, 5]).await.unwrap().detail_error_list.len(), 1);
}

// ---------------------------------------------------------------------------------------------------------
// webhooks

#[tokio::test]
async fn every_webhook_of_the_catalogue_is_delivered_and_read() {
    let receiver = receiver().await;
    let simulator = Simulator::start().await.unwrap();
    simulator.deliver_to(format!("{}/{{key}}", receiver.url()));
    for webhook in WEBHOOKS {
        assert_eq!(simulator.deliver(webhook.key, Value::Null).await.unwrap(), 200, "{}", webhook.key);
        let got: Got = receiver.got().pop().unwrap();
        assert_eq!(
            (got.path.as_str(), got.method.as_str()),
            (format!("/{}", webhook.key).as_str(), webhook.method.as_str())
        );
        assert_eq!(got.header("content-type"), "application/json");
        assert_eq!(
            got.headers.contains_key("x-airudder-sign"),
            webhook.signed == Signed::Documented,
            "{}",
            webhook.key
        );
        let event =
            webhook::parse(webhook.key, &got.body).unwrap_or_else(|error| panic!("{}: {error}", webhook.key));
        assert_eq!(event.key(), webhook.key);
        assert!(!matches!(event, Event::Unknown { .. }), "{event:?}");
        assert_eq!(
            event.to_json(),
            webhook::parse(webhook.key, event.to_json().to_string().as_bytes()).unwrap().to_json()
        );
    }
    assert_eq!(receiver.got().len(), WEBHOOKS.len());
    assert_eq!(simulator.deliveries().len(), WEBHOOKS.len());
}

#[tokio::test]
async fn a_webhook_can_be_given_values_of_ones_own() {
    let receiver = receiver().await;
    let simulator = Simulator::start().await.unwrap();
    assert_eq!(
        simulator.deliver("collection.call_finished", Value::Null).await.unwrap_err().kind(),
        std::io::ErrorKind::NotConnected
    );
    simulator.deliver_to(receiver.url());
    assert_eq!(
        simulator.deliver("collection.no_such", Value::Null).await.unwrap_err().kind(),
        std::io::ErrorKind::NotFound
    );
    simulator
        .deliver("collection.call_finished", json!({"TaskID": "77", "Intention": "C", "new": [1]}))
        .await
        .unwrap();
    let body = receiver.got().pop().unwrap().body;
    let Event::CollectionCallFinished(call) = webhook::parse("collection.call_finished", &body).unwrap()
    else {
        panic!()
    };
    assert_eq!(call.task_id.as_ref().map(TaskId::as_str), Some("77"));
    assert_eq!((call.intention.clone(), &call.extra["new"]), (Some(Intention::C), &json!([1])));
}

#[tokio::test]
async fn what_a_receiver_does_not_take_comes_again_a_minute_later_five_times_at_most() {
    // The third attempt is taken, of everything.
    let receiver = Server::start(|got| {
        let status = if got.number < 3 { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK };
        answer(status, "application/json", "{}")
    })
    .await;
    let build = || at_eight().outcomes(|_, _| Some(TALK));
    let simulator = build().webhook_url(format!("{}/{{key}}", receiver.url())).start().await.unwrap();
    create(&client(&simulator), "a-task", 1, six()).await.unwrap();
    simulator.clock().advance(HOUR + MINUTE);
    simulator.settle().await;
    assert_eq!(receiver.got().len(), 2, "the call and the task, neither of which was taken");
    simulator.clock().advance(MINUTE);
    simulator.settle().await;
    let attempts: Vec<(u32, Option<u16>)> =
        simulator.deliveries().iter().map(|delivery| (delivery.attempt, delivery.status)).collect();
    assert_eq!(attempts, [(1, Some(500)), (1, Some(500)), (2, Some(200)), (2, Some(200))]);
    let first: Vec<_> = receiver.got().iter().map(|got| (got.path.clone(), got.body.clone())).collect();
    assert!(first[2..].iter().all(|again| first[..2].contains(again)), "the same messages again");

    let deaf = Server::start(|_| answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "no")).await;
    let simulator = build().webhook_url(format!("{}/{{key}}", deaf.url())).start().await.unwrap();
    create(&client(&simulator), "a-task", 1, six()).await.unwrap();
    simulator.play_out().await;
    assert_eq!(deaf.got().len(), 10, "five times each");
}

#[tokio::test]
async fn a_whole_campaign_is_told_number_by_number() {
    let receiver = receiver().await;
    let simulator = at_eight().webhook_url(format!("{}/{{key}}", receiver.url())).start().await.unwrap();
    let client = client(&simulator);
    let (task, _) = create(&client, "campaign", 300, six()).await.unwrap();
    simulator.play_out().await;
    let mut told: Vec<usize> = events(&receiver)
        .iter()
        .filter_map(|event| match event {
            Event::CollectionCallFinished(call) => Some(call.comments.as_ref().unwrap().parse().unwrap()),
            _ => None,
        })
        .collect();
    told.sort_unstable();
    assert_eq!(told, (0..300).collect::<Vec<_>>(), "one message for each number");
    assert_eq!(detail(&client, &task).await.detail.len(), 300);
    assert_eq!(simulator.dropped_webhooks(), 0);
}
