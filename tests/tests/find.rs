//! A task is created once, whatever happens to the answer: `find_or_create` and `find_task`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::collection::CreateTaskResponse;
use airudder_client::types::TaskId;
use airudder_client::{CreateOutcome, Error, FoundTask};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{self, Server, answer, success};
use airudder_tests::{client, create_task, task};
use axum::http::StatusCode;
use serde_json::{Value, json};

const LIST: &str = "/service/cloud/list";

fn created(outcome: CreateOutcome<CreateTaskResponse>) -> CreateTaskResponse {
    match outcome {
        CreateOutcome::Created(answer) => answer,
        other => panic!("not created: {other:?}"),
    }
}

fn found(outcome: CreateOutcome<CreateTaskResponse>) -> FoundTask {
    match outcome {
        CreateOutcome::Found(task) => task,
        other => panic!("not found: {other:?}"),
    }
}

/// A server that answers the creation so, and every page of the list so.
async fn server(create: (StatusCode, Value), list: Value) -> Server {
    Server::start(move |got| match got.path.as_str() {
        LIST => success(&list),
        _ => loopback::json(create.0, &create.1),
    })
    .await
}

/// How often a creation came.
fn creations(server: &Server) -> usize {
    server.got().iter().filter(|got| got.path != LIST).count()
}

fn taken() -> (StatusCode, Value) {
    (StatusCode::OK, json!({"code": 10403, "status": "the name exists", "data": null}))
}

#[tokio::test]
async fn the_same_request_again_finds_the_task_of_the_first() {
    let simulator = Simulator::start().await.unwrap();
    for n in 0..25 {
        create_task(&client(&simulator), &format!("other-{n}"), 1).await.unwrap();
    }
    let first = created(client(&simulator).find_or_create(&task("a-task", 1)).await.unwrap());
    for n in 25..50 {
        create_task(&client(&simulator), &format!("other-{n}"), 1).await.unwrap();
    }
    let again = found(client(&simulator).find_or_create(&task("a-task", 1)).await.unwrap());
    assert_eq!(again.id, Some(first.task_id.clone()), "another process, after a crash");
    assert_eq!(again.raw["TaskName"], "a-task");
    assert_eq!(client(&simulator).find_task("a-task").await.unwrap(), Some(again));
    assert_eq!(client(&simulator).find_task("other").await.unwrap(), None, "the beginning of a name is none");
    let shown = format!("{:?}", client(&simulator).find_task("a-task").await.unwrap());
    assert!(!shown.contains("a-task") && shown.contains(first.task_id.as_str()), "{shown}");
}

#[tokio::test]
async fn a_lost_answer_is_no_second_task() {
    let simulator = Simulator::start().await.unwrap();
    simulator.inject("collection.create_task", Fault::ResetAfterEffect, 1);
    let task = found(client(&simulator).find_or_create(&task("a-task", 1)).await.unwrap());
    assert!(task.id.is_some());
    assert_eq!(simulator.requests("collection.create_task"), 1);
}

#[tokio::test]
async fn what_is_neither_refused_nor_found_is_in_doubt() {
    let server = server((StatusCode::BAD_GATEWAY, json!({})), json!([])).await;
    let outcome = server.client().find_or_create(&task("a-task", 1)).await.unwrap();
    let CreateOutcome::InDoubt(error) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(&error, Error::Http(e) if e.http_status() == 502), "{error}");
    assert_eq!(creations(&server), 1);

    // The list fails too: the error told is that of the creation.
    let server = Server::start(|got| match got.path.as_str() {
        LIST => loopback::json(StatusCode::OK, &json!({"code": 10302, "status": "no"})),
        _ => answer(StatusCode::OK, "text/html", "<html>"),
    })
    .await;
    let outcome = server.client().find_or_create(&task("a-task", 1)).await.unwrap();
    assert!(matches!(&outcome, CreateOutcome::InDoubt(Error::Decode(_) | Error::Http(_))), "{outcome:?}");
}

/// An HTTP status of success with a failure of the vendor's own in it says nothing about the task.
#[tokio::test]
async fn a_failure_of_the_vendor_is_no_refusal() {
    for code in [500, 502, 599] {
        let failure = json!({"code": code, "status": "internal error", "data": null});
        let shown =
            server((StatusCode::OK, failure.clone()), json!([{"TaskName": "a-task", "TaskID": "7"}])).await;
        let task_found = found(shown.client().find_or_create(&task("a-task", 1)).await.unwrap());
        assert_eq!(task_found.id.as_ref().map(|id| id.as_str()), Some("7"), "{code}");
        let hidden = server((StatusCode::OK, failure), json!([])).await;
        let outcome = hidden.client().find_or_create(&task("a-task", 1)).await.unwrap();
        assert!(matches!(&outcome, CreateOutcome::InDoubt(Error::Api(_))), "{code}: {outcome:?}");
        assert_eq!(creations(&hidden), 1, "{code}");
    }
}

#[tokio::test]
async fn a_refusal_creates_nothing_and_looks_for_nothing() {
    let list = json!([{"TaskName": "a-task", "TaskID": "7"}]);
    for (status, body) in [
        (StatusCode::OK, json!({"code": 10902, "status": "no row is left", "data": null})),
        (StatusCode::BAD_REQUEST, json!({"code": 10401, "status": "the name", "data": null})),
    ] {
        let server = server((status, body), list.clone()).await;
        let error = server.client().find_or_create(&task("a-task", 1)).await.unwrap_err();
        assert!(matches!(error, Error::Api(_)), "{error}");
        assert_eq!(server.got().len(), 1, "{error}");
    }
    let server = server(taken(), list).await;
    let error = server.client().find_or_create(&task("", 1)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    assert_eq!(server.got().len(), 0);
}

#[tokio::test]
async fn the_task_is_found_in_a_list_of_any_form() {
    let others = json!({"TaskName": "another", "TaskID": "1", "Remark": "a-task"});
    for (list, id) in [
        (json!([others, {"TaskName": "a-task", "TaskID": "7"}]), Some("7")),
        (json!({"List": [others, {"task_name": "a-task", "taskId": 7}], "Total": 2}), Some("7")),
        (json!({"data": {"rows": [others, {"taskname": " a-task ", "id": "7"}]}}), Some("7")),
        (json!({"7": {"name": "a-task", "task_id": "7"}, "1": others}), Some("7")),
        (json!([others, {"name": "a-task", "TaskID": ""}]), None),
        (json!([others]), None),
        (json!([{"name": "another", "group": "a-task", "TaskID": "1"}]), None),
        (json!(null), None),
    ] {
        let server = server(taken(), list.clone()).await;
        let task = found(server.client().find_or_create(&task("a-task", 1)).await.unwrap());
        assert_eq!(task.id, id.map(TaskId::from), "{list}");
        assert_eq!(creations(&server), 1, "{list}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_and_a_list_that_fails_is_an_error_to_try_again() {
    let server = Server::start(|got| match got.path.as_str() {
        LIST => loopback::json(StatusCode::OK, &json!({"code": 10302, "status": "no"})),
        _ => loopback::json(StatusCode::OK, &taken().1),
    })
    .await;
    let error = server.client().find_or_create(&task("a-task", 1)).await.unwrap_err();
    assert_eq!(error.endpoint(), Some("collection.list_tasks"), "{error}");
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_found_again_is_told_before_anything_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let stop = client.collection().stop_task().task_id("1").build();
    let error = client.find_or_create(&stop).await.unwrap_err();
    assert!(
        matches!(error, Error::Config(_)) && error.to_string().contains("collection.stop_task"),
        "{error}"
    );
    assert_eq!(simulator.requests("collection.stop_task"), 0);
}

airudder_client::api!("../data/campaigns.yaml");

#[tokio::test]
async fn where_nothing_guards_a_name_it_is_looked_for_before() {
    let server = Server::start(|got| match (got.path.as_str(), got.query.as_str()) {
        ("/private/campaigns", "Limit=2&Offset=0") => success(&json!([{"Title": "a"}, {"Title": "b"}])),
        ("/private/campaigns", "Limit=2&Offset=2") => success(&json!([{"Title": "spring", "Id": 7}])),
        ("/private/campaigns", _) => success(&json!([])),
        _ => success(&json!({"Id": "8"})),
    })
    .await;
    let client = server.client();
    let spring = campaigns::CreateCampaign::builder().title("spring").build();
    let outcome = client.find_or_create(&spring).await.unwrap();
    assert!(
        matches!(&outcome, CreateOutcome::Found(FoundTask { id: Some(id), .. }) if id.as_str() == "7"),
        "{outcome:?}"
    );
    assert_eq!(server.got().len(), 2);
    let summer = campaigns::CreateCampaign::builder().title("summer").build();
    let outcome = client.find_or_create(&summer).await.unwrap();
    assert!(matches!(&outcome, CreateOutcome::Created(answer) if answer.id.as_str() == "8"), "{outcome:?}");
    assert_eq!(server.got().len(), 6);
    // Nothing is looked for where the request is refused, and nothing has no name.
    let nameless = campaigns::CreateCampaign::builder().title("").build();
    let error = client.find_or_create(&nameless).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    assert_eq!(client.find_task(" ").await.unwrap(), None);
    assert_eq!(server.got().len(), 6);
}
