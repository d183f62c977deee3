//! What is sent to receivers, and when.

use std::time::Duration;

use airudder_client::catalogue::WEBHOOKS;
use airudder_simulator::{Simulator, sample};
use serde_json::{Value, json};

use crate::common::{ANN, BEN, Receiver, Talk, endpoint, scripted, task};

#[tokio::test]
async fn changes_are_told_to_the_receiver_and_again_when_it_fails() {
    let receiver = Receiver::start(2).await;
    let talk = Talk::with(scripted().webhook_url(&receiver.url)).await;
    let id = talk.payload("collection.create_task", task("told", &[ANN, BEN])).await["TaskID"].clone();
    talk.clock().advance(Duration::from_secs(30));
    talk.simulator.settle().await;
    // The first call was told, and refused.
    assert_eq!(receiver.bodies().len(), 0);
    assert_eq!(talk.simulator.deliveries()[0].status, Some(500));
    talk.simulator.play_out().await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 3, "{bodies:?}");
    assert!(bodies.iter().all(|body| body["TaskID"] == id), "{bodies:?}");
    assert_eq!(bodies.iter().filter(|body| body["TaskName"] == "told").count(), 1);
    let ann = bodies.iter().find(|body| body["Comments"] == "0").unwrap();
    assert_eq!((&ann["Status"], &ann["Intention"]), (&json!("finished"), &json!("A")));
    let headers = receiver.seen.lock().unwrap()[0].0.clone();
    assert_eq!(headers["user-agent"], "Airudder");
    assert_eq!(headers["content-type"], "application/json");
    let tried: Vec<_> =
        talk.simulator.deliveries().iter().map(|d| (d.webhook, d.attempt, d.status)).collect();
    assert!(tried.contains(&("collection.call_finished", 3, Some(200))), "{tried:?}");
    assert!(tried.contains(&("collection.task_finished", 1, Some(200))), "{tried:?}");

    // Nobody listens: five attempts, then it is given up.
    let talk = Talk::with(scripted().webhook_url("http://127.0.0.1:1/")).await;
    talk.payload("collection.create_task", task("silence", &[ANN])).await;
    talk.simulator.play_out().await;
    let tried = talk.simulator.deliveries();
    assert_eq!(tried.len(), 10);
    assert!(tried.iter().all(|delivery| delivery.status.is_none() && delivery.attempt <= 5));
}

#[tokio::test]
async fn time_passes_by_itself() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted().speed(600.0).webhook_url(&receiver.url)).await;
    talk.payload("collection.create_task", task("alone", &[ANN])).await;
    for _ in 0..200 {
        if receiver.bodies().len() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", receiver.bodies());
}

#[tokio::test]
async fn any_webhook_can_be_delivered() {
    let receiver = Receiver::start(0).await;
    let simulator = Simulator::start().await.unwrap();
    assert!(simulator.deliver("collection.task_finished", Value::Null).await.is_err());
    simulator.deliver_to(&receiver.url);
    assert!(simulator.deliver("no.such_webhook", Value::Null).await.is_err());
    for webhook in WEBHOOKS {
        assert_eq!(simulator.deliver(webhook.key, Value::Null).await.unwrap(), 200, "{}", webhook.key);
    }
    let seen = receiver.bodies().len();
    assert_eq!(seen, WEBHOOKS.len());
    assert_eq!(
        simulator.deliver("collection.task_finished", json!({"task_name": "mine", "New": 1})).await.unwrap(),
        200
    );
    let body = receiver.bodies().pop().unwrap();
    assert_eq!((&body["TaskName"], &body["New"]), (&json!("mine"), &json!(1)));
}

#[tokio::test]
async fn text_messages_and_number_checks_report_to_their_own_url() {
    use base64::Engine;
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted()).await;
    let sms = json!({"to": [ANN], "message": "hello", "from": "ACME", "callbackUrl": receiver.url});
    let id = talk.payload("sms.send_message", sms).await["messageId"].clone();
    let callback = base64::engine::general_purpose::STANDARD.encode(&receiver.url);
    let mut check = sample::request(endpoint("number_detection.check_numbers"));
    check["business"]["calls"] = json!([{"callee": BEN, "callback": callback, "prvdata": "42"}]);
    let (status, _) = talk.call("number_detection.check_numbers", check).await;
    assert_eq!(status, 200);
    talk.simulator.play_out().await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().any(|body| body["messageId"] == id), "{bodies:?}");
    assert!(
        bodies.contains(&json!({"business": {"callee": BEN, "numstatus": 3, "prvdata": "42"}})),
        "{bodies:?}"
    );
}
