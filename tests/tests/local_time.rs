//! Times that the vendor takes in the account's zone: a zone is never dropped silently.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::collection::CreateTask;
use airudder_client::jiff::civil::date;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{Timestamp, Zoned};
use airudder_client::types::LocalTime;
use airudder_client::{Client, Error};
use airudder_tests::contact;
use airudder_tests::loopback::{Server, success};
use serde_json::{Value, json};

fn task(start: impl Into<LocalTime>, end: impl Into<LocalTime>) -> CreateTask {
    CreateTask::builder()
        .task_name("reminders")
        .schedule_start_time(start)
        .schedule_end_time(end)
        .robot_id("robot")
        .sip_line("LINE")
        .details([contact("+447700900001")])
        .build()
}

async fn server() -> Server {
    Server::start(|_| success(&json!({"TaskID": "1"}))).await
}

/// Start and end of the last task, as they were sent.
fn sent(server: &Server) -> [Value; 2] {
    let body = server.got().last().unwrap().json();
    [body["ScheduleStartTime"].clone(), body["ScheduleEndTime"].clone()]
}

#[tokio::test]
async fn moments_are_sent_in_the_zone_of_the_account() {
    let server = server().await;
    let zone = |name| TimeZone::get(name).unwrap();
    let start: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
    let end: Zoned = "2026-03-02T18:00:00[Asia/Manila]".parse().unwrap();
    for (account, times) in [
        ("Asia/Jakarta", ["2026-03-02 09:00:00", "2026-03-02 17:00:00"]),
        ("Asia/Manila", ["2026-03-02 10:00:00", "2026-03-02 18:00:00"]),
        ("America/Mexico_City", ["2026-03-01 20:00:00", "2026-03-02 04:00:00"]),
    ] {
        let client = server.client_builder().account_time_zone(zone(account)).build().unwrap();
        for request in [task(start, &end), task(start, end.clone())] {
            assert!(client.check(&request).unwrap().is_empty(), "{account}");
            client.execute(&request).await.unwrap();
            assert_eq!(sent(&server), times, "{account}");
        }
    }
    // Both sides of the hour that comes twice are told apart by nobody but the moment.
    let client = server.client_builder().account_time_zone(zone("Europe/Berlin")).build().unwrap();
    let moments =
        ["2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z"].map(|text| text.parse::<Timestamp>().unwrap());
    client.execute(&task(moments[0], moments[1])).await.unwrap();
    assert_eq!(sent(&server), ["2026-10-25 02:30:00", "2026-10-25 04:00:00"]);
}

#[tokio::test]
async fn local_times_are_sent_as_they_are() {
    let server = server().await;
    let (start, end) = (date(2026, 3, 2).at(9, 0, 0, 0), date(2026, 3, 2).at(18, 0, 0, 0));
    let with_zone = server.client_builder().account_time_zone(TimeZone::get("Asia/Tokyo").unwrap());
    for client in [server.client(), with_zone.build().unwrap()] {
        client.execute(&task(start, end)).await.unwrap();
        assert_eq!(sent(&server), ["2026-03-02 09:00:00", "2026-03-02 18:00:00"]);
    }
}

#[tokio::test]
async fn a_moment_without_the_zone_of_the_account_is_refused() {
    let server = server().await;
    let client: Client = server.client();
    let start: Zoned = "2026-03-02T09:00:00[Asia/Jakarta]".parse().unwrap();
    let request = task(&start, date(2026, 3, 2).at(18, 0, 0, 0));
    let error = client.execute(&request).await.unwrap_err();
    let Error::Invalid(_) = &error else { panic!("{error}") };
    assert_eq!(error.violations().len(), 1, "{error}");
    assert_eq!(error.violations()[0].field, "ScheduleStartTime");
    assert!(error.to_string().contains("account_time_zone"), "{error}");
    assert_eq!(client.check(&request).unwrap().len(), 1);
    assert!(server.got().is_empty() && !error.may_have_reached_vendor());
}

#[test]
fn a_request_can_be_kept_as_json() {
    let moment: Timestamp = "2026-03-02T02:00:00Z".parse().unwrap();
    let request = task(moment, date(2026, 3, 2).at(18, 0, 0, 0));
    let json = serde_json::to_string(&request).unwrap();
    assert!(json.contains("2026-03-02T02:00:00Z") && json.contains("2026-03-02 18:00:00"), "{json}");
    let again: CreateTask = serde_json::from_str(&json).unwrap();
    assert_eq!(again.schedule_start_time.moment(), Some(moment));
    assert_eq!(again.schedule_end_time, date(2026, 3, 2).at(18, 0, 0, 0));
}
