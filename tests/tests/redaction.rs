//! What somebody else writes of a person is not shown by an error, and what helps to understand it is.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::fmt::Debug;

use airudder_client::collection::{CollectionContact, CreateTask};
use airudder_client::jiff::civil::date;
use airudder_client::{Client, Error};
use airudder_tests::loopback::{FixedToken, Server, answer, json as json_answer};
use axum::http::StatusCode;
use serde_json::json;

fn printed(error: &(impl Debug + ToString)) -> String {
    format!("{} {error:?} {error:#?}", error.to_string())
}

fn task() -> CreateTask {
    let contact = |name: &str, number: &str| {
        CollectionContact::builder()
            .debtor(name)
            .mobile(number)
            .loan_date(date(2026, 2, 1))
            .due_date(date(2026, 3, 1))
            .loan_amount(987_650)
            .arrears(87_654)
            .build()
    };
    CreateTask::builder()
        .task_name("march-reminders")
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("robot")
        .sip_line("LINE")
        .details([contact("Jane Doe", "+6281200000000"), contact("Nguyễn Văn A", "+84900000000")])
        .build()
}

async fn refused(status: StatusCode, kind: &'static str, body: String) -> Error {
    let server = Server::start(move |_| answer(status, kind, body.clone())).await;
    server.client().execute(&task()).await.unwrap_err()
}

#[tokio::test]
async fn a_number_is_not_shown_however_it_is_written() {
    for number in [
        "0812-3456-7890",
        "0917 123 4567",
        "(022) 4012-345",
        "62-812-3456-7890",
        "0812.3456.7890",
        "0812/345/6789",
        "+62 (0) 812 3456",
        "０８１２ ３４５６ ７８９０",
    ] {
        let body = json!({"code": 10902, "status": format!("{number} is on the list")}).to_string();
        let error = refused(StatusCode::OK, "application/json", body).await;
        assert!(!printed(&error).contains(number), "{error}");
        assert!(error.to_string().contains("10902"), "{error}");
        let Error::Api(refusal) = &error else { panic!("{error}") };
        assert!(refusal.message().unwrap().contains(number), "for those who ask it is there");
    }
}

#[tokio::test]
async fn codes_dates_and_times_are_shown() {
    for text in [
        "see 10402/10403",
        "HTTP 400 10402",
        "the window 2026-03-02 09:00:00 to 2026-03-02T18:00:00+07:00 is over",
        "not before 02/03/2026 9:00",
        "line 12 of 3000",
    ] {
        let body = json!({"code": 10405, "message": text}).to_string();
        let error = refused(StatusCode::OK, "application/json", body).await;
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[tokio::test]
async fn a_repeated_request_is_not_shown() {
    let body = r#"{"TaskName":"t","Details":[{"Debtor":"Jane Doe","Arrears":87654}]}"#;
    for (status, kind, text) in [
        (400, "text/plain", format!("Bad Request: cannot parse {body}")),
        (200, "text/plain", format!("error near {body}")),
        (200, "text/plain", format!("8f\r\n{body}")),
        (200, "application/json", format!("{body} trailing")),
        (502, "text/html", format!("<title>Cannot parse {body}</title>")),
        (400, "text/plain", "who is Jane Doe?".to_owned()),
        (400, "text/plain", "who is JANE DOE, who owes 87654?".to_owned()),
        (400, "text/plain", "cannot parse name Jane%20Doe&x".to_owned()),
        (400, "text/plain", "cannot parse name Jane+Doe&x".to_owned()),
        (
            200,
            "application/json",
            r#"{"code":10407,"message":"Debtor Jane Doe of row 1 owes 87654"}"#.to_owned(),
        ),
        (400, "application/json", r#"{"code":10407,"message":"Nguyễn Văn A: jane doe"}"#.to_owned()),
    ] {
        let error = refused(StatusCode::from_u16(status).unwrap(), kind, text.clone()).await;
        let shown = printed(&error).to_lowercase();
        for secret in ["jane", "doe", "87654", "nguyễn"] {
            assert!(!shown.contains(secret), "{text}: {error}");
        }
    }
}

#[tokio::test]
async fn a_repeated_raw_request_is_not_shown() {
    let server = Server::start(|got| {
        let text = format!("no such person: {} {}", got.query, String::from_utf8_lossy(&got.body));
        json_answer(StatusCode::OK, &json!({"code": 10407, "message": text, "data": null}))
    })
    .await;
    let client = server.client();
    for error in [
        client.raw("GET", "/service/cloud/x").query("name", "Jane Doe").send().await.unwrap_err(),
        client
            .raw("POST", "/service/cloud/x")
            .json(&json!({"a": [{"b": "Jane Doe"}]}))
            .send()
            .await
            .unwrap_err(),
    ] {
        assert!(error.to_string().contains("no such person"), "{error}");
        assert!(!printed(&error).contains("Jane"), "{error}");
    }
    let cancel = client.collection().cancel_call().task_id("1").callee_number("+6281200000000");
    let error = cancel.extra("nickname", "Calamity").send().await.unwrap_err();
    assert!(error.to_string().contains("no such person"), "{error}");
    assert!(!printed(&error).contains("Calamity"), "{error}");
}

#[tokio::test]
async fn of_a_token_endpoint_nothing_is_quoted() {
    const TOKEN: &str = "0AAAb-CDEFGHIjKLmnopQR-sTUVwXYZ";
    for (status, kind, body) in [
        (200, "text/plain", TOKEN.to_owned()),
        (200, "text/html", format!("<title>{TOKEN}</title>")),
        (200, "application/json", format!(r#"{{"{TOKEN}":1}}"#)),
        (200, "application/json", format!(r#"["{TOKEN}"]"#)),
        (503, "text/plain", TOKEN.to_owned()),
        (500, "text/html", format!("<title>{TOKEN}</title>")),
    ] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(move || {
            let body = body.clone();
            async move { answer(StatusCode::from_u16(status).unwrap(), kind, body) }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let builder = || {
            Client::builder().credentials("a-key", "a-secret").base_url(&url).retry(airudder_tests::fast())
        };
        let internal = builder().build().unwrap().execute(&task()).await.unwrap_err();
        let direct = builder().token_store(FixedToken("T")).build().unwrap();
        let direct =
            direct.auth().get_token().app_key("a-key").app_secret("a-secret").send().await.unwrap_err();
        for error in [internal, direct] {
            assert!(!printed(&error).contains(TOKEN), "{error}");
        }
    }
}

#[tokio::test]
async fn debug_of_an_error_is_short() {
    let body =
        json!({"code": 10402, "message": "x".repeat(5000), "data": {"a": "y".repeat(5000)}}).to_string();
    let error = refused(StatusCode::OK, "application/json", body).await;
    assert!(format!("{error:?}").len() < 600 && format!("{error:#?}").len() < 600);
    assert_eq!(format!("{error:?}"), format!("Api({error})"));
}

/// A type that cannot be written, and says what it holds.
struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("cannot write \"Jane Doe\", 0812 3456 7890: a list is too long"))
    }
}

#[tokio::test]
async fn what_a_body_says_that_cannot_be_written_is_not_shown() {
    let client = Client::builder().build().unwrap();
    let error = client.raw("POST", "/service/cloud/x").json(&Unwritable).send().await.unwrap_err();
    let text = printed(&error);
    assert!(text.contains("cannot be written as JSON") && text.contains("a list is too long"), "{text}");
    assert!(!text.contains("Jane") && !text.contains("3456"), "{text}");
}
