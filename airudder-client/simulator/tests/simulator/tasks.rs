//! Calling tasks and their recordings.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{ANN, BEN, CAT, Talk, scripted, task};

#[tokio::test]
async fn a_task_lives_on_the_clock() {
    let talk = Talk::with(scripted()).await;
    let made = talk.payload("collection.create_task", task("life", &[ANN, BEN, CAT])).await;
    let id = made["TaskID"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let detail = || talk.payload("collection.get_task_detail", json!({"TaskID": id}));

    let now = detail().await;
    assert_eq!(now["Status"], "running");
    assert!(now["detail"].as_array().unwrap().iter().all(|row| row["Status"] == "pending"), "{now}");

    talk.clock().advance(Duration::from_secs(60));
    let now = detail().await;
    assert_eq!(now["Status"], "running");
    let ann = &now["detail"][0];
    assert_eq!(
        (&ann["Status"], &ann["Intention"], &ann["Comments"]),
        (&json!("finished"), &json!("A"), &json!("0"))
    );
    assert_eq!(now["detail"][1]["Status"], "pending");

    // Ten minutes later the others are dialed again.
    talk.clock().advance(Duration::from_secs(660));
    let now = detail().await;
    assert_eq!(now["Status"], "finished", "{now}");
    assert_eq!(now["detail"][1]["Intention"], "--");
    assert_eq!(now["detail"][2]["Intention"], "C");
    assert!(now["detail"][2]["CallStartTime"].as_str().unwrap().ends_with('Z'));

    assert_eq!(talk.code("collection.stop_task", json!({"Action": "Stop", "TaskID": id})).await, 10904);
    let cancel = json!({"TaskID": id, "CalleeNumber": ANN});
    assert_eq!(talk.code("collection.cancel_call", cancel).await, 10904);
    assert_eq!(talk.code("collection.get_task_detail", json!({"TaskID": "nothing"})).await, 10702);
    assert_eq!(
        talk.code("collection.stop_task", json!({"Action": "Stop", "TaskID": "nothing"})).await,
        10503
    );
    assert_eq!(talk.code("collection.stop_task", json!({"Action": "Dance", "TaskID": id})).await, 10501);

    let list = talk.payload("collection.list_tasks", json!({"Number": 10, "Page": 1})).await;
    assert_eq!(list["list"][0]["TaskID"], json!(id));
    let list = talk.payload("collection.list_tasks", json!({"Number": 10, "Page": 2})).await;
    assert_eq!(list["list"], json!([]));
}

#[tokio::test]
async fn a_schedule_in_the_future_is_kept() {
    let start: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let talk = Talk::with(scripted().starts_at(start).lines(1)).await;
    let mut input = task("later", &[BEN, ANN, CAT]);
    input["ScheduleStartTime"] = json!("2030-01-01 01:00:00");
    input["ScheduleEndTime"] = json!("2030-01-01 01:00:05");
    let id = talk.payload("collection.create_task", input).await["TaskID"].clone();
    let detail = || talk.payload("collection.get_task_detail", json!({"TaskID": id}));
    assert_eq!(detail().await["Status"], "pending");
    talk.clock().advance(Duration::from_secs(3_601));
    assert_eq!(detail().await["Status"], "running");
    // One line: Ben is busy for three seconds, then Ann is called and may talk to the end. Cat has no chance.
    talk.simulator.play_out().await;
    let now = detail().await;
    assert_eq!(now["Status"], "finished");
    assert_eq!(now["detail"][0]["Status"], "finished");
    assert_eq!(now["detail"][1]["Intention"], "A");
    assert_eq!(now["detail"][2]["Status"], "cancelled");
    assert_eq!(now["detail"][2]["CallStartTime"], "");
}

#[tokio::test]
async fn calls_can_be_cancelled_and_tasks_stopped() {
    let talk = Talk::with(scripted().lines(1)).await;
    let id =
        talk.payload("collection.create_task", task("stop me", &[ANN, BEN, CAT])).await["TaskID"].clone();
    talk.payload("collection.cancel_call", json!({"TaskID": id, "CalleeNumber": CAT})).await;
    assert_ne!(talk.code("collection.cancel_call", json!({"TaskID": id, "CalleeNumber": CAT})).await, 200);
    talk.payload("collection.stop_task", json!({"TaskID": id, "Action": "Stop"})).await;
    let now = talk.payload("collection.get_task_detail", json!({"TaskID": id})).await;
    assert_eq!(now["Status"], "finished");
    let rows: Vec<&Value> = now["detail"].as_array().unwrap().iter().map(|row| &row["Status"]).collect();
    assert_eq!(rows, ["finished", "cancelled", "cancelled"]);
}

#[tokio::test]
async fn recordings_are_files_or_links() {
    let talk = Talk::with(scripted()).await;
    let id = talk.payload("collection.create_task", task("audio", &[ANN, BEN, CAT])).await["TaskID"].clone();
    talk.simulator.play_out().await;
    talk.tokens.lock().unwrap().clear();
    let (kind, wav) = talk.bytes("collection.get_call_recording", json!({"TaskID": id, "Callee": ANN})).await;
    assert_eq!(kind, "audio/wav");
    assert_eq!(&wav[..4], b"RIFF");
    assert_eq!(wav.len(), 44 + 10 * 16_000);
    assert_eq!(talk.code("collection.get_call_recording", json!({"TaskID": id, "Callee": BEN})).await, 10302);
    let (kind, zip) = talk.bytes("collection.get_task_recordings", json!({"TaskID": id})).await;
    assert_eq!(kind, "application/zip");
    assert_eq!(&zip[..4], b"PK\x03\x04");
    assert!(zip.len() > 30 * 16_000);

    let talk = Talk::with(scripted().recordings_as_links(true)).await;
    let id = talk.payload("collection.create_task", task("audio", &[ANN])).await["TaskID"].clone();
    talk.simulator.play_out().await;
    let link = talk.payload("collection.get_call_recording", json!({"TaskID": id, "Callee": ANN})).await;
    let link = link["link"].as_str().unwrap().to_owned();
    assert!(!link.starts_with(&talk.simulator.base_url()), "{link}");
    let linked = talk.http.get(&link).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(linked, wav);
    assert_eq!(talk.simulator.leaked_tokens(), 0);
    talk.http.get(&link).header("Authorization", "Token x").send().await.unwrap();
    assert_eq!(talk.simulator.leaked_tokens(), 1);
    let all = talk.payload("collection.get_task_recordings", json!({"TaskID": id})).await;
    assert_eq!(all["list"][0]["link"], json!(link));
}
