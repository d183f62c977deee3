//! Workflows.

use serde_json::json;

use crate::common::{ANN, BEN, CAT, Receiver, Talk, scripted, told};

#[tokio::test]
async fn a_workflow_leads_contacts_through_its_nodes() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted().webhook_url(&receiver.url)).await;
    let input = json!({"workflow_template_id": 1, "name": "flow", "end_time": "2024-01-01 10:00:00+00:00",
        "details": [
        {"callee": ANN, "case_id": "ann", "variables": {"code": "1"}, "extra_b": "x"},
        {"callee": BEN, "case_id": "ben", "variables": {"code": "2"}},
    ]});
    let id = talk.payload("workflow.create_instance", input).await["workflow_id"].clone();
    let more = json!({"workflow_id": id, "details": [{"callee": CAT, "case_id": "cat", "variables": {}}]});
    talk.payload("workflow.add_contacts", more.clone()).await;
    talk.payload("workflow.update_contacts", more.clone()).await;
    let tasks = talk.payload("workflow.list_call_tasks", json!({"workflow_id": id})).await;
    assert_eq!(tasks["list"].as_array().unwrap().len(), 2);
    talk.simulator.play_out().await;

    for (webhook, times) in [
        ("status_changed", 2),
        ("call_finished", 3),
        ("node_data_pushed", 2),
        ("list_finished", 3),
        ("waba_message_status_changed", 3),
        ("chatbot_session_ended", 1),
    ] {
        assert_eq!(
            told(&talk, &format!("workflow.{webhook}")),
            times,
            "{webhook}: {:?}",
            talk.simulator.deliveries()
        );
    }
    let bodies = receiver.bodies();
    assert!(
        bodies.iter().all(|body| body["workflow_id"] == id && body["workflow_name"] == "flow"),
        "{bodies:#?}"
    );
    let ann = bodies.iter().find(|body| body["callee"]["case_id"] == "ann").unwrap();
    assert_eq!((&ann["callee"]["callee_number"], &ann["callee"]["extra_b"]), (&json!(ANN), &json!("x")));
    let ben = bodies.iter().find(|body| body["case_id"] == "ben" && body["rows"].is_array()).unwrap();
    assert_eq!(ben["rows"].as_array().unwrap().len(), 2);
    let session = bodies.iter().position(|body| body["session_end_reason"] == "robot").unwrap();
    assert!(receiver.seen.lock().unwrap()[session].0.contains_key("x-airudder-sign"));

    let verify = |callee: &str| json!({"workflow_id": id, "node_id": ann["node_id"], "callee": callee});
    assert_eq!(talk.payload("workflow.verify_node_data", verify(ANN)).await["valid"], true);
    assert_eq!(talk.payload("workflow.verify_node_data", verify(BEN)).await["valid"], false);
    let detail =
        talk.payload("workflow.get_call_task_detail", json!({"TaskID": tasks["list"][0]["task_id"]})).await;
    assert_eq!((&detail["workflow_id"], &detail["Status"]), (&id, &json!("finished")));
    assert_eq!(detail["detail"][0]["case_id"], "ann");
    assert_eq!(talk.code("workflow.get_call_task_detail", json!({"TaskID": "nothing"})).await, 10702);
    let range = json!({"case_id": "ben", "start_time": "2020-01-01 00:00:00+00:00",
        "end_time": "2100-01-01 00:00:00+00:00"});
    assert_eq!(talk.payload("workflow.find_workflow_ids", range).await["list"][0]["workflow_id"], id);
    let calls = talk.payload("workflow.find_calls", json!({"callee": ANN, "workflow_id": id})).await;
    let call = &calls["list"][0];
    assert!(call["RecordingLink"].as_str().unwrap().starts_with("http://"), "{call}");
    assert_eq!(talk.payload("workflow.get_call_by_id", json!({"callid": call["callid"]})).await, *call);
    let waba = talk.payload("workflow.list_waba_tasks", json!({"workflow_id": id})).await;
    let waba = talk
        .payload("workflow.get_waba_task_detail", json!({"waba_task_id": waba["list"][0]["waba_task_id"]}))
        .await;
    assert_eq!(waba["detail"][0]["status"], "read");
    assert_eq!(
        talk.payload("workflow.list_subtasks", json!({"workflow_id": id})).await["list"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(talk.payload("workflow.list_instances", json!({})).await["list"][0]["status"], "finished");
    let (kind, _) =
        talk.bytes("workflow.list_number_recordings", json!({"workflow_id": id, "callee": ANN})).await;
    assert_eq!(kind, "application/zip");
    assert_ne!(talk.code("workflow.add_contacts", more).await, 200);

    let second = json!({"workflow_template_id": 1, "name": "stopped",
        "end_time": "2100-01-01 10:00:00+00:00", "details": [
        {"callee": ANN, "variables": {}}, {"callee": BEN, "variables": {}}]});
    let id = talk.payload("workflow.create_instance", second).await["workflow_id"].clone();
    talk.payload("workflow.cancel_contact", json!({"workflow_id": id, "callee": ANN})).await;
    talk.payload("workflow.stop_instance", json!({"workflow_id": id})).await;
    assert_eq!(talk.payload("workflow.list_instances", json!({})).await["list"][0]["status"], "stopped");
    assert_ne!(talk.code("workflow.stop_instance", json!({"workflow_id": id})).await, 200);
}
