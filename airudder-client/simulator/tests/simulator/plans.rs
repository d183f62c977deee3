//! Plans.

use std::time::Duration;

use serde_json::json;

use crate::common::{ANN, BEN, CAT, Receiver, Talk, row, scripted, told};

#[tokio::test]
async fn a_plan_runs_in_rounds() {
    let receiver = Receiver::start(0).await;
    let start: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let talk = Talk::with(scripted().starts_at(start).webhook_url(&receiver.url)).await;
    let plan = |name: &str, day: &str| {
        json!({"PlanName": name, "PlanStartDate": day, "StrategyID": "1", "SIPLine": "LINE",
               "Details": [row(ANN, "0"), row(BEN, "1"), row(CAT, "2")]})
    };
    assert_eq!(talk.code("collection.create_plan", plan("far", "2030-01-20")).await, 10802);
    let id = talk.payload("collection.create_plan", plan("plan", "2030-01-02")).await["PlanID"].clone();
    assert_eq!(talk.code("collection.create_plan", plan("plan", "2030-01-02")).await, 10801);
    let status = || talk.payload("collection.get_plan_status", json!({"PlanID": id}));
    assert_eq!(status().await["Status"], "pending");

    talk.clock().advance(Duration::from_secs(24 * 3_600));
    talk.tokens.lock().unwrap().clear();
    assert_eq!(status().await["Status"], "running");
    // The first round is over; Ben and Cat are called again in the second, unless Ben is cancelled.
    talk.clock().advance(Duration::from_secs(120));
    talk.payload("collection.cancel_plan_call", json!({"PlanID": id, "CalleeNumber": BEN})).await;
    assert_ne!(
        talk.code("collection.cancel_plan_call", json!({"PlanID": id, "CalleeNumber": ANN})).await,
        200
    );
    talk.simulator.play_out().await;
    assert_eq!(status().await["Status"], "finished");
    let rounds = talk.payload("collection.list_plan_rounds", json!({"PlanID": id})).await;
    let rounds = rounds.as_array().unwrap();
    assert_eq!(rounds.len(), 3, "{rounds:?}");
    let detail =
        talk.payload("collection.get_plan_task_detail", json!({"TaskID": rounds[1]["TaskID"]})).await;
    assert_eq!(detail["detail"].as_array().unwrap().len(), 1);
    assert_eq!(told(&talk, "collection.plan_finished"), 1);
    assert_eq!(told(&talk, "collection.plan_task_finished"), 3);
    assert_eq!(told(&talk, "collection.plan_call_finished"), 5);
    assert!(receiver.bodies().iter().all(|body| body["PlanID"] == id));
    let last = receiver.bodies().pop().unwrap();
    assert_eq!((&last["PlanName"], &last["Status"]), (&json!("plan"), &json!("finished")));
    let (kind, _) =
        talk.bytes("collection.list_plan_number_recordings", json!({"PlanID": id, "Callee": ANN})).await;
    assert_eq!(kind, "application/zip");
    assert_ne!(talk.code("collection.get_plan_status", json!({"PlanID": "nothing"})).await, 200);
    assert!(!talk.payload("collection.list_strategies", json!({})).await.as_array().unwrap().is_empty());
}
