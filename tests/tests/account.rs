//! What belongs to the account is said once: a prefix of names, lines and robots, the life of tokens.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::BTreeMap;

use airudder_client::catalogue::{Code, Problem};
use airudder_client::jiff::civil::{DateTime, date};
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{SignedDuration, Timestamp};
use airudder_client::predictive_dialer::{CreateTask, YesNo};
use airudder_client::{ClientBuilder, CreateOutcome, Error, collection};
use airudder_simulator::Simulator;
use airudder_tests::loopback::{Server, json as answer, success};
use airudder_tests::{client, client_builder, contact, task};
use axum::http::StatusCode;
use serde_json::json;

/// A server of both families that takes everything.
async fn server() -> Server {
    Server::start(|got| match got.path.contains("/callcenter/") {
        true => answer(StatusCode::OK, &json!({"code": 0, "body": {"taskId": "1"}})),
        false => success(&json!({"TaskID": "1", "PlanID": "1"})),
    })
    .await
}

fn dialer_task(name: &str, start: DateTime, end: DateTime) -> CreateTask {
    let contact = BTreeMap::from([("phonenumber".to_owned(), "+447700900001".to_owned())]);
    let request = CreateTask::builder().task_name(name).start_time(start).auto_end_time(end);
    request.group_name("group").contact_list([]).customize_contacts([contact]).build()
}

fn day_of_dialing() -> (DateTime, DateTime) {
    (date(2030, 3, 2).at(9, 0, 0, 0), date(2030, 3, 2).at(18, 0, 0, 0))
}

#[tokio::test]
async fn names_that_must_be_unique_get_the_prefix() {
    let server = server().await;
    let client = server.client_builder().name_prefix("staging_").build().unwrap();
    client.execute(&task("march", 1)).await.unwrap();
    client.execute(&task("staging_march", 1)).await.unwrap();
    let (start, end) = day_of_dialing();
    client.execute(&dialer_task("march", start, end)).await.unwrap();
    let dialer = client.predictive_dialer();
    // The name of the task that is copied is somebody's to know.
    let copy =
        dialer.copy_task().task_name("april").from_task("march").auto_end_time(end).group_name("group");
    copy.send().await.unwrap();
    let sent: Vec<_> = server.got().iter().map(airudder_tests::loopback::Got::json).collect();
    let name = |n: usize, key: &str| sent[n][key].as_str().unwrap().to_owned();
    assert_eq!([name(0, "TaskName"), name(1, "TaskName")], ["staging_march"; 2]);
    assert_eq!(name(2, "taskName"), "staging_march");
    assert_eq!([name(3, "taskName"), name(3, "fromTask")], ["staging_april", "march"]);
}

#[tokio::test]
async fn limits_hold_for_the_whole_name_and_no_name_stays_none() {
    let server = server().await;
    let client = server.client_builder().name_prefix("staging_").build().unwrap();
    let codes = |name: &str| {
        let found = client.check(&task(name, 1)).unwrap();
        found.iter().map(|violation| violation.code.unwrap().value()).collect::<Vec<_>>()
    };
    assert_eq!(codes(&"x".repeat(56)), [Code::Number(0); 0]);
    assert_eq!(codes(&"x".repeat(57)), [Code::Number(10402)], "64 characters with the prefix");
    assert_eq!(codes(""), [Code::Number(10401)]);
    let error = client.execute(&task(&"x".repeat(57), 1)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn what_was_created_under_a_prefix_is_found_under_it() {
    let simulator = Simulator::start().await.unwrap();
    let staging = client_builder(&simulator).name_prefix("staging_").build().unwrap();
    let production = client(&simulator);
    let ours = staging.execute(&task("march", 1)).await.unwrap().task_id;
    let theirs = production.execute(&task("march", 1)).await.expect("no name is in the way").task_id;
    assert_ne!(ours, theirs);
    assert_eq!(staging.find_task("march").await.unwrap().unwrap().id, Some(ours.clone()));
    assert_eq!(staging.find_task("staging_march").await.unwrap().unwrap().id, Some(ours.clone()));
    assert_eq!(production.find_task("march").await.unwrap().unwrap().id, Some(theirs));
    match staging.find_or_create(&task("march", 1)).await.unwrap() {
        CreateOutcome::Found(found) => assert_eq!(found.id, Some(ours)),
        other => panic!("not found: {other:?}"),
    }
}

#[tokio::test]
async fn what_belongs_to_the_account_goes_where_it_is_not_set() {
    let server = server().await;
    let builder =
        server.client_builder().default_field("SIPLine", "ACME").default_field("RobotMethod", "group");
    let client = builder.default_field("Number", 7).build().unwrap();
    let (start, end) = (date(2026, 3, 2).at(9, 0, 0, 0), date(2026, 3, 2).at(18, 0, 0, 0));
    let create = |line: &str| {
        let request = collection::CreateTask::builder().task_name("march").robot_id("robot").sip_line(line);
        let request = request.schedule_start_time(start).schedule_end_time(end);
        request.details([contact("+447700900001")]).build()
    };
    assert!(client.check(&create("")).unwrap().is_empty(), "the line is there");
    client.execute(&create("")).await.unwrap();
    client.execute(&create("OWN")).await.unwrap();
    let _ = client.collection().list_tasks().page(1).number(3).send().await;
    client.raw("POST", "/service/cloud/other").json(&json!({"SIPLine": ""})).send().await.unwrap();
    let got = server.got();
    let sent = |n: usize, key: &str| got[n].json()[key].clone();
    assert_eq!((sent(0, "SIPLine"), sent(0, "RobotMethod")), (json!("ACME"), json!("group")));
    assert_eq!(sent(1, "SIPLine"), "OWN");
    assert!(got[0].json().get("Number").is_none(), "the endpoint has no such field");
    assert!(got[2].query.contains("Number=3"), "{}", got[2].query);
    assert_eq!(sent(3, "SIPLine"), "", "raw calls go out as they are");

    let plain = server.client();
    assert_eq!(plain.check(&create("")).unwrap()[0].problem, Problem::Missing);
}

#[tokio::test]
async fn a_field_of_two_spellings_is_sent_in_both() {
    let server = server().await;
    let client = server.client();
    let (start, end) = day_of_dialing();
    let plain = dialer_task("march", start, end);
    let (mut lower, mut upper, mut both) = (plain.clone(), plain.clone(), plain.clone());
    lower.auto_qa = Some(YesNo::Yes);
    upper.auto_qa_upper = Some(YesNo::No);
    both.auto_qa = Some(YesNo::Yes);
    both.auto_qa_upper = Some(YesNo::No);
    for request in [plain, lower, upper, both] {
        client.execute(&request).await.unwrap();
    }
    let sent: Vec<_> =
        server.got().iter().map(|got| (got.json()["autoQa"].clone(), got.json()["autoQA"].clone())).collect();
    let (yes, no) = (json!("Y"), json!("N"));
    assert_eq!(
        sent,
        [(json!(null), json!(null)), (yes.clone(), yes.clone()), (no.clone(), no.clone()), (yes, no)]
    );
}

#[tokio::test]
async fn the_window_of_a_dialer_task_is_checked_before_it_is_sent() {
    let server = server().await;
    let day = |hour, minute| date(2020, 3, 2).at(hour, minute, 0, 0);
    let codes = |client: &airudder_client::Client, start, end| {
        let found = client.check(&dialer_task("march", start, end)).unwrap();
        found.iter().map(|violation| violation.code.unwrap().value()).collect::<Vec<_>>()
    };
    let plain = server.client();
    assert_eq!(
        codes(&plain, day(9, 0), day(9, 5)),
        [Code::Number(0); 0],
        "whether it is past is not known without a zone"
    );
    assert_eq!(codes(&plain, day(9, 0), day(9, 4)), [Code::Number(10620)]);
    assert_eq!(codes(&plain, day(9, 0), date(2020, 3, 3).at(9, 0, 0, 0)), [Code::Number(10621)]);
    let zone = TimeZone::get("Asia/Jakarta").unwrap();
    let zoned = server.client_builder().account_time_zone(zone.clone()).build().unwrap();
    assert_eq!(codes(&zoned, day(9, 0), day(9, 5)), [Code::Number(10509)]);
    let soon = Timestamp::now().to_zoned(zone).datetime();
    assert_eq!(
        codes(&zoned, soon, soon + SignedDuration::from_mins(1)),
        [Code::Number(10620)],
        "now is not past"
    );
    assert!(server.got().is_empty());
}

#[tokio::test]
async fn all_of_it_can_stand_in_a_file() {
    let server = server().await;
    let config = serde_json::from_value(json!({
        "app_key": "key", "app_secret": "secret", "base_url": server.url(),
        "name_prefix": "test_", "default_fields": {"SIPLine": "ACME", "RepeatNumber": 2},
        "token_lifetime_secs": 3600, "token_margin_secs": 60.5,
    }));
    let client = ClientBuilder::from_config(config.unwrap()).unwrap().build().unwrap();
    client.execute(&task("march", 1)).await.unwrap();
    let sent = server.got()[0].json();
    assert_eq!((&sent["TaskName"], &sent["RepeatNumber"]), (&json!("test_march"), &json!(2)));
    for key in ["token_lifetime_secs", "token_margin_secs"] {
        let config = serde_json::from_value(json!({"app_key": "k", "app_secret": "s", key: -1})).unwrap();
        let error = ClientBuilder::from_config(config).unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
}
