//! The predictive dialer.

use serde_json::{Value, json};

use crate::common::{ANN, BEN, CAT, Receiver, Talk, scripted, told};

#[tokio::test]
async fn the_predictive_dialer_calls_and_tells() {
    use base64::Engine;
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted()).await;
    let contact = |number: &str, account: &str| json!({"phonenumber": number, "account_id": account});
    let task = |name: &str, contacts: Value| {
        json!({"taskName": name, "startTime": "2024-01-01 09:00:00", "autoEndTime": "2024-01-01 18:00:00",
            "groupName": "group",
               "contactList": [], "customizeContacts": contacts, "bulkCallInterval": 60, "repeatTimes": 1,
               "callback": base64::engine::general_purpose::STANDARD.encode(&receiver.url)})
    };
    let contacts =
        json!([contact(ANN, "1"), contact(BEN, "2"), contact(CAT, "3"), contact("+123456789012345", "4")]);
    let made = talk.payload("predictive_dialer.create_task", task("dial", contacts.clone())).await;
    let id = made["taskId"].clone();
    assert_eq!(made["errorContactList"].as_array().unwrap().len(), 1);
    assert_eq!(talk.code("predictive_dialer.create_task", task("dial", contacts.clone())).await, 10508);
    let mut night = task("night", contacts);
    night["autoEndTime"] = json!("2024-01-02 09:00:00");
    assert_eq!(talk.code("predictive_dialer.create_task", night).await, 10621);
    talk.simulator.play_out().await;

    assert_eq!(told(&talk, "predictive_dialer.task_status_changed"), 2);
    let bodies = receiver.bodies();
    let states = |kind: &str, number: &str, key: &str| -> Vec<Value> {
        let of = |body: &&Value| body["type"] == kind && body["body"]["phoneNumber"] == number;
        let mut events: Vec<&Value> = bodies.iter().filter(of).map(|body| &body["body"]).collect();
        events.sort_by_key(|event| event["timestamp"].as_i64());
        events.iter().map(|event| event[key].clone()).collect()
    };
    assert_eq!(states("ContactStatus", ANN, "state"), ["CALLING", "RINGING", "ANSWERED", "HANGUP"]);
    assert_eq!(states("ContactStatus", BEN, "state").len(), 6);
    assert_eq!(states("AgentStatus", ANN, "State"), ["ANSWERED", "HANGUP", "TALKRESULT"]);
    assert_eq!(states("AgentStatus", CAT, "nthCall"), [2, 2, 2]);
    let finished =
        bodies.iter().filter(|body| body["type"] == "TaskStatus").map(|body| &body["body"]["state"]);
    assert_eq!(finished.collect::<Vec<_>>(), ["Running", "Finished"]);

    let all = talk
        .payload("predictive_dialer.list_call_results", json!({"taskId": id, "needCustomerInfo": true}))
        .await;
    assert_eq!(all["total"], 5, "{all}");
    let page = talk
        .payload("predictive_dialer.list_call_results", json!({"taskId": id, "limit": 2, "offset": 4}))
        .await;
    assert_eq!((page["list"].as_array().unwrap().len(), &page["total"]), (1, &json!(5)));
    let ann = all["list"].as_array().unwrap().iter().find(|row| row["phoneNumber"] == ANN).unwrap();
    assert_eq!((&ann["customerInfo"]["account_id"], &ann["talkDuration"]), (&json!("1"), &json!(10)));
    let like = json!({"taskId": id, "like": [{"field": "callid", "pattern": ann["callid"]}]});
    assert_eq!(talk.payload("predictive_dialer.list_call_results", like).await["total"], 1);
    let link = talk.payload("predictive_dialer.get_call_recording", json!({"callid": ann["callid"]})).await;
    assert_eq!(link["link"], ann["reclink"]);
    let ben = all["list"].as_array().unwrap().iter().find(|row| row["phoneNumber"] == BEN).unwrap();
    let (_, none) = talk.call("predictive_dialer.get_call_recording", json!({"callid": ben["callid"]})).await;
    assert_eq!((&none["code"], &none["body"]), (&json!(0), &Value::Null));

    let cancel = json!({"TaskID": id, "contactList": [ANN]});
    assert_eq!(talk.code("predictive_dialer.cancel_contacts", cancel).await, 10513);
    let copy = |name: &str, from: &str| {
        json!({"taskName": name, "fromTask": from,
        "autoEndTime": "2024-01-01 18:00:00", "groupName": "group", "noanswerOnly": "Y"})
    };
    assert_eq!(talk.code("predictive_dialer.copy_task", copy("copy", "nothing")).await, 10506);
    talk.payload("predictive_dialer.copy_task", copy("copy", "dial")).await;
    let range =
        json!({"minstarttime": "2020-01-01 00:00:00", "maxstarttime": "2100-01-01 00:00:00", "limit": 500});
    let list = talk.payload("predictive_dialer.list_tasks", range).await;
    assert_eq!((&list["list"][0]["name"], &list["list"][0]["state"]), (&json!("copy"), &json!("Running")));
    let cancel = json!({"TaskID": list["list"][0]["taskId"], "contactList": [ANN, BEN]});
    assert_eq!(talk.payload("predictive_dialer.cancel_contacts", cancel).await, json!([BEN]));
    assert_eq!(talk.code("predictive_dialer.list_call_results", json!({"taskId": "nothing"})).await, 10702);
}
