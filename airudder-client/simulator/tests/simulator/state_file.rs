//! The state that outlives the process.

use std::io::ErrorKind;
use std::time::Duration;

use airudder_simulator::{Simulator, SimulatorBuilder};
use serde_json::{Value, json};

use crate::common::{ANN, BEN, CAT, Receiver, Talk, row, scripted, task, told};

fn with_file(folder: &tempfile::TempDir) -> SimulatorBuilder {
    let start: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    scripted().starts_at(start).lines(1).state_file(folder.path().join("state.json"))
}

#[tokio::test]
async fn calls_go_on_where_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(with_file(&folder).webhook_url(&receiver.url)).await;
    let id = talk.payload("collection.create_task", task("kept", &[ANN, BEN, CAT])).await["TaskID"].clone();
    let plan = json!({"PlanName": "plan", "PlanStartDate": "2030-01-02", "StrategyID": "1", "SIPLine": "LINE",
                      "Details": [row(ANN, "0")]});
    let plan = talk.payload("collection.create_plan", plan).await["PlanID"].clone();
    let flow = json!({"workflow_template_id": 1, "name": "flow", "end_time": "2030-01-03 10:00:00+00:00",
                      "details": [{"callee": BEN, "case_id": "ben", "variables": {}}]});
    let flow = talk.payload("workflow.create_instance", flow).await["workflow_id"].clone();
    let chat = json!({"call_id": "mine", "channel": "HuaWei", "channel_id": "c", "user": {"id": "1",
        "name": "n"},
                      "messages": [{"type": "text", "text": "hello"}]});
    talk.payload("chatbot.huawei_send_user_message", chat).await;
    talk.clock().advance(Duration::from_secs(2));
    talk.simulator.settle().await;
    let token = talk.token("auth.get_token").await;
    let reported = receiver.bodies().len();
    drop(talk);

    let talk = Talk::with(with_file(&folder).webhook_url(&receiver.url)).await;
    // The token still counts, and so does everything that was made.
    talk.tokens.lock().unwrap().insert("auth.get_token", token);
    assert_eq!(talk.clock().now().to_string(), "2030-01-01T00:00:02Z");
    assert_eq!(receiver.bodies().len(), reported);
    assert_eq!(talk.code("collection.create_task", task("kept", &[ANN])).await, 10403);
    assert_eq!(talk.simulator.auth_requests(), 0);
    let detail = || talk.payload("collection.get_task_detail", json!({"TaskID": id}));
    assert_eq!(detail().await["Status"], "running");
    talk.simulator.play_out().await;
    talk.tokens.lock().unwrap().clear();
    let rows = detail().await;
    let grades: Vec<&Value> =
        rows["detail"].as_array().unwrap().iter().map(|row| &row["Intention"]).collect();
    assert_eq!(grades, ["A", "--", "C"]);
    assert_eq!(
        talk.payload("collection.get_plan_status", json!({"PlanID": plan})).await["Status"],
        "finished"
    );
    let tasks = talk.payload("workflow.list_call_tasks", json!({"workflow_id": flow})).await;
    assert_eq!(tasks["list"][0]["task_status"], "finished");
    let messages = talk.payload("chatbot.list_messages", json!({"call_id": "mine", "size": 9})).await;
    assert_eq!(messages.as_array().unwrap().len(), 2);
    assert_eq!(told(&talk, "collection.task_finished"), 1);
    assert_eq!(told(&talk, "collection.plan_finished"), 1);

    // Ids are never given twice.
    let next = talk.payload("collection.create_task", task("next", &[ANN])).await["TaskID"].clone();
    assert!(next != id && next != plan && next != flow);
}

/// What was due while nobody was there has happened, at its own time.
#[tokio::test]
async fn time_that_passed_between_two_runs_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let talk = Talk::with(with_file(&folder)).await;
    let id = talk.payload("collection.create_task", task("gap", &[BEN, CAT])).await["TaskID"].clone();
    drop(talk);
    let later: jiff::Timestamp = "2030-01-02T00:00:00Z".parse().unwrap();
    let talk = Talk::with(with_file(&folder).starts_at(later)).await;
    let detail = talk.payload("collection.get_task_detail", json!({"TaskID": id})).await;
    assert_eq!(detail["Status"], "finished");
    let ended = detail["detail"][1]["CallEndTime"].as_str().unwrap();
    assert!(ended.starts_with("2030-01-01T00:1"), "{ended}");
    assert_eq!(talk.clock().now(), later);
}

#[tokio::test]
async fn webhooks_that_were_not_taken_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let talk = Talk::with(with_file(&folder).webhook_url("http://127.0.0.1:1/")).await;
    talk.payload("collection.create_task", task("told later", &[ANN])).await;
    talk.clock().advance(Duration::from_secs(60));
    talk.simulator.settle().await;
    assert_eq!(talk.simulator.deliveries().len(), 2);
    drop(talk);

    // The URL is that of the first run: a webhook is on its way to where it was sent.
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(with_file(&folder).webhook_url(&receiver.url)).await;
    talk.simulator.play_out().await;
    let attempts: Vec<u32> = talk.simulator.deliveries().iter().map(|delivery| delivery.attempt).collect();
    assert_eq!(attempts.len(), 8, "{attempts:?}");
    assert!(attempts.iter().all(|attempt| (2..=5).contains(attempt)), "{attempts:?}");
}

#[tokio::test]
async fn it_is_saved_by_itself_and_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let talk = Talk::with(with_file(&folder)).await;
    talk.payload("collection.create_task", task("saved", &[ANN])).await;
    for _ in 0..300 {
        if std::fs::read_to_string(&path).is_ok_and(|text| text.contains("saved")) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(std::fs::read_to_string(&path).unwrap().contains("saved"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    talk.payload("collection.create_task", task("at once", &[ANN])).await;
    talk.simulator.save().unwrap();
    assert!(std::fs::read_to_string(&path).unwrap().contains("at once"));
    // Nothing but the file itself is left in its folder.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_holds_no_state_is_an_error_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    for text in ["", "{}", "not json", r#"{"version": 2}"#] {
        std::fs::write(&path, text).unwrap();
        let error = Simulator::builder().state_file(&path).start().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
        assert!(error.to_string().contains("state.json"), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let nowhere = folder.path().join("none").join("state.json");
    let simulator = Simulator::builder().state_file(nowhere).start().await.unwrap();
    assert!(simulator.save().is_err());
}
