//! What the stateful parts answer is read by the client's own types.

use airudder_simulator::Simulator;
use serde_json::Value;

use crate::common::{ANN, BEN, scripted};

#[tokio::test]
async fn the_client_understands_it() {
    use airudder_client::collection::CollectionContact;
    use airudder_client::workflow::Contact;
    use jiff::civil::date;

    let simulator = scripted().start().await.unwrap();
    let client = airudder_client::Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .build()
        .unwrap();
    let contact = CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile(ANN)
        .loan_date(date(2023, 12, 1))
        .due_date(date(2024, 1, 1))
        .loan_amount(airudder_client::Decimal::from(300))
        .arrears(airudder_client::Decimal::from(100))
        .comments("42")
        .build();
    let start = date(2024, 1, 1).at(9, 0, 0, 0);
    let task = client
        .collection()
        .create_task()
        .task_name("typed")
        .schedule_start_time(start)
        .schedule_end_time(date(2024, 1, 1).at(18, 0, 0, 0))
        .robot_id("robot")
        .sip_line("LINE")
        .details([contact])
        .send()
        .await
        .unwrap();
    simulator.play_out().await;
    let detail = client.collection().get_task_detail().task_id(task.task_id).send().await.unwrap();
    let row = &detail.detail[0];
    assert_eq!(row.comments.as_deref(), Some("42"));
    assert!(row.call_start_time < row.call_end_time);

    let flow = client
        .workflow()
        .create_instance()
        .workflow_template_id(1)
        .name("typed")
        .end_time(simulator.clock().now())
        .details([Contact::builder().callee(BEN).variables([("a".to_owned(), "b".to_owned())]).build()])
        .send()
        .await
        .unwrap();
    assert_eq!(flow.workflow_id.as_str().len(), 32);

    let dialer = client.predictive_dialer();
    let made = dialer
        .create_task()
        .task_name("typed")
        .start_time(start)
        .auto_end_time(date(2024, 1, 1).at(18, 0, 0, 0))
        .group_name("group")
        .contact_list(Vec::<Value>::new())
        .customize_contacts([std::collections::BTreeMap::from([("phonenumber".to_owned(), ANN.to_owned())])])
        .send()
        .await
        .unwrap();
    simulator.play_out().await;
    let results = dialer.list_call_results().task_id(made.task_id).send().await.unwrap();
    assert_eq!((results.total, results.list.len()), (Some(1), 1));
    assert!(results.list[0].answertime.is_some());
}
