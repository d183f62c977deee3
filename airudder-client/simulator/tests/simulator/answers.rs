//! Canned answers, and beginning anew.

use airudder_simulator::Fault;
use serde_json::json;

use crate::common::{ANN, Talk, scripted, task};

#[tokio::test]
async fn an_answer_can_be_set() {
    let talk = Talk::with(scripted()).await;
    talk.simulator.answer("collection.list_robots", json!([{"RobotID": "mine"}]));
    let robots = talk.payload("collection.list_robots", json!({})).await;
    assert_eq!(robots, json!([{"RobotID": "mine"}]));
    // Requests are checked all the same.
    talk.simulator.answer("collection.create_task", json!({"TaskID": "canned"}));
    assert_ne!(talk.code("collection.create_task", json!({"TaskName": "x"})).await, 200);
    let made = talk.payload("collection.create_task", task("canned", &[ANN])).await;
    assert_eq!(made, json!({"TaskID": "canned"}));
    // Nothing was made.
    let list = talk.payload("collection.list_tasks", json!({"Number": 10, "Page": 1})).await;
    assert_eq!(list["list"], json!([]));

    // With a code, the whole body.
    let body = json!({"code": 10999, "status": "no robots today"});
    talk.simulator.answer("collection.list_robots", body.clone());
    assert_eq!(talk.call("collection.list_robots", json!({})).await, (200, body));
    assert_eq!(talk.simulator.log().pop().unwrap().code, Some(10999));

    assert!(talk.simulator.clear_answer("collection.list_robots"));
    assert!(!talk.simulator.clear_answer("collection.list_robots"));
    assert_eq!(talk.payload("collection.list_robots", json!({})).await.as_array().unwrap().len(), 2);
    assert!(talk.simulator.has_endpoint("collection.list_robots") && !talk.simulator.has_endpoint("nothing"));
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let talk = Talk::with(scripted()).await;
    talk.payload("collection.create_task", task("forgotten", &[ANN])).await;
    talk.simulator.answer("collection.list_robots", json!([]));
    talk.simulator.inject("*", Fault::status(500), 9);
    talk.simulator.reset();
    assert_eq!((talk.simulator.log().len(), talk.simulator.requests("collection.create_task")), (0, 0));
    talk.tokens.lock().unwrap().clear();
    assert_eq!(talk.code("collection.create_task", task("forgotten", &[ANN])).await, 200);
    assert_eq!(talk.payload("collection.list_robots", json!({})).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn it_listens_where_it_is_told_and_has_recordings_on_one_port() {
    let builder = scripted().one_port(true).recordings_as_links(true);
    let talk = Talk::with(builder.address(([127, 0, 0, 1], 0))).await;
    let address = talk.simulator.address();
    assert!(address.ip().is_loopback());
    assert_eq!(talk.simulator.base_url(), format!("http://{address}"));
    let id = talk.payload("collection.create_task", task("audio", &[ANN])).await["TaskID"].clone();
    talk.simulator.play_out().await;
    let link = talk.payload("collection.get_call_recording", json!({"TaskID": id, "Callee": ANN})).await;
    let link = link["link"].as_str().unwrap();
    assert!(link.starts_with(&talk.simulator.base_url()), "{link}");
    let sound = talk.http.get(link).header("Authorization", "Token x").send().await.unwrap();
    assert_eq!(&sound.bytes().await.unwrap()[..4], b"RIFF");
    assert_eq!(talk.simulator.leaked_tokens(), 0);
    let taken = airudder_simulator::Simulator::builder().address(address).start().await;
    assert_eq!(taken.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
