//! The chatbot.

use airudder_simulator::Simulator;
use serde_json::json;

use crate::common::{ANN, Receiver, Talk, endpoint, path, told};

#[tokio::test]
async fn the_bot_answers() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(Simulator::builder().speed(0.0).webhook_url(&receiver.url)).await;
    let say = |text: &str| {
        json!({"call_id": "mine", "channel": "HuaWei", "channel_id": "c", "user": {"id": "1",
            "name": "somebody"},
               "messages": [{"type": "text", "text": text}]})
    };
    for text in ["one", "two", "an agent please"] {
        talk.payload("chatbot.huawei_send_user_message", say(text)).await;
        talk.simulator.play_out().await;
    }
    assert_eq!(told(&talk, "chatbot.huawei_bot_replied"), 2);
    assert_eq!(told(&talk, "chatbot.huawei_transfer_requested"), 1);
    let reply = &receiver.bodies()[0];
    assert_eq!((&reply["call_id"], &reply["messages"][0]["sender_type"]), (&json!("mine"), &json!("robot")));

    let list = |last: &str, size: i64| {
        talk.payload("chatbot.list_messages", json!({"call_id": "mine", "last_msg_id": last, "size": size}))
    };
    let all = list("", 20).await;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(all[0]["content"]["text"], "an agent please");
    assert_eq!(all[1]["content"]["text"], "You said: two");
    let page = list(all[1]["msg_id"].as_str().unwrap(), 2).await;
    assert_eq!(page.as_array().unwrap()[..], all[2..4]);

    talk.payload("chatbot.mark_message_read", json!({"call_id": "mine", "msg_id": all[0]["msg_id"]})).await;
    assert_eq!(list("", 1).await[0]["status"], "read");
    talk.payload("chatbot.huawei_report_transfer_result", json!({"call_id": "mine"})).await;
    talk.payload(
        "chatbot.send_message",
        json!({"call_id": "mine", "messages": [{"type": "text", "text": "hello"}]}),
    )
    .await;
    talk.payload("chatbot.huawei_send_user_message", say("still there?")).await;
    talk.simulator.play_out().await;
    assert_eq!(told(&talk, "chatbot.transferred_user_message_received"), 1);
    assert_eq!(told(&talk, "chatbot.message_status_changed"), 2);
    assert_eq!(talk.payload("chatbot.list_sessions", json!({})).await["list"][0]["status"], "open");
    talk.payload("chatbot.end_session", json!({"call_id": "mine"})).await;
    talk.simulator.settle().await;
    assert_eq!(told(&talk, "chatbot.session_ended"), 1);
    assert_eq!(told(&talk, "chatbot.huawei_session_ended"), 1);
    assert_ne!(talk.code("chatbot.send_message", json!({"call_id": "mine", "messages": []})).await, 200);

    let sent = talk
        .payload(
            "chatbot.send_single_template_message",
            json!({"channel_id": "62", "template_id": "1", "callee": ANN}),
        )
        .await;
    talk.simulator.play_out().await;
    assert_eq!(told(&talk, "chatbot.single_template_user_responded"), 1);
    let unsigned =
        talk.http.post(format!("{}{}", talk.simulator.base_url(), path(endpoint("chatbot.list_messages"))));
    assert_eq!(unsigned.json(&json!({"call_id": sent["call_id"]})).send().await.unwrap().status(), 401);
}
