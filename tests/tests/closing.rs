//! A client that is closed lets the calls on their way end, and no other begin.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::time::Duration;

use airudder_client::{Client, Error};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::{client, create_task};
use futures_util::FutureExt as _;

fn is_closed(error: &Error) -> bool {
    matches!(error, Error::Config(_))
        && error.to_string().contains("closed")
        && !error.may_have_reached_vendor()
}

#[tokio::test]
async fn a_call_on_its_way_ends_and_none_begins() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    simulator.inject("collection.create_task", Fault::Delay(Duration::from_millis(300)), 1);
    let other = client.clone();
    let running = tokio::spawn(async move { create_task(&other, "a-task", 1).await });
    while simulator.requests("collection.create_task") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(client.close().now_or_never().is_none(), "it waits for the call");
    let late = client.collection().list_robots().send().await.unwrap_err();
    assert!(is_closed(&late), "{late}");
    client.close().await;
    assert!(running.is_finished() || running.await.unwrap().is_ok());
    assert_eq!(simulator.requests("collection.create_task"), 1);

    let before = simulator.log().len();
    for error in [
        create_task(&client, "b-task", 1).await.unwrap_err(),
        client.clone().raw("GET", "/service/cloud/robot").send().await.unwrap_err(),
        client.recording(&format!("{}/a.wav", simulator.base_url())).await.unwrap_err(),
        client.collection().list_tasks().number(1).page(1).stream().next().await.unwrap().unwrap_err(),
    ] {
        assert!(is_closed(&error), "{error}");
    }
    assert_eq!(simulator.log().len(), before, "nothing was sent");
    client.close().await;
}

#[tokio::test]
async fn repeats_and_downloads_belong_to_their_calls() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let task_id = create_task(&client, "a-task", 1).await.unwrap().task_id;
    simulator.play_out().await;
    let recordings = client.collection().get_task_recordings().task_id(&task_id).send().await.unwrap();
    assert!(client.close().now_or_never().is_none(), "the file is on its way");
    recordings.bytes().await.unwrap();
    client.close().await;
}

#[tokio::test]
async fn a_client_without_calls_is_closed_at_once() {
    let client = Client::builder().credentials("key", "secret").build().unwrap();
    client.close().now_or_never().unwrap();
    let dropped = client.collection().list_robots().send();
    drop(dropped);
    client.close().now_or_never().unwrap();
}
