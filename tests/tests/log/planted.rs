//! What a person or the vendor may have written, in every place from which it could get into a log.

use std::time::Duration;

use airudder_client::observe::{InterceptFuture, Interceptor, PendingCall, Refusal};
use airudder_tests::loopback::{self, Server};
use airudder_tests::{create_task, task};
use axum::http::StatusCode;
use serde_json::json;
use tracing_subscriber::filter::LevelFilter;

use super::seen::{Line, Log};

airudder_client::api!("../../../airudder-client/examples/private/loyalty.yaml");

/// Refuses with a reason that is nobody's business.
struct Indiscreet;

impl Interceptor for Indiscreet {
    fn before_send<'a>(&'a self, _: &'a mut PendingCall) -> InterceptFuture<'a> {
        Box::pin(async { Err(Refusal::new("PLANTED reason")) })
    }
}

#[tokio::test]
async fn nothing_that_others_have_written_is_traced() {
    const NUMBER: &str = "+447700918273";
    let log = Log::default();
    let guard = log.catch(LevelFilter::TRACE);
    let said = format!("PLANTED Jane {NUMBER}");
    let quoted = json!(said);
    let answers = [
        (200, "application/json", format!(r#"{{"code":10402,"message":{quoted},"data":{quoted}}}"#)),
        (200, "application/json", format!(r#"{{"code":"PLANTED","message":{quoted}}}"#)),
        (
            200,
            "application/json",
            format!(r#"{{"code":200,"data":{{"TaskID":{{"a":{quoted}}},"PLANTED":1}}}}"#),
        ),
        (200, "application/json", format!(r#"{{"PLANTED":{quoted}}}"#)),
        (200, "application/json", quoted.to_string()),
        (401, "application/json", format!(r#"{{"code":10101,"message":{quoted}}}"#)),
        (500, "text/plain", said.clone()),
        (503, "text/html", format!("<title>{said}</title>")),
        (302, "PLANTED/planted", said.clone()),
    ];
    for (status, kind, body) in answers {
        let server = Server::start(move |_| {
            let mut answer = loopback::answer(StatusCode::from_u16(status).unwrap(), kind, body.clone());
            for header in ["retry-after", "location", "x-request-id"] {
                answer.headers_mut().insert(header, "PLANTED".parse().unwrap());
            }
            answer
        })
        .await;
        let client = server.client();
        let _ = create_task(&client, "PLANTED-name", 2).await;
        let _ = client.find_or_create(&task("PLANTED-name", 1)).await;
        let _ = client.find_task("PLANTED").await;
        let _ = client.collection().cancel_call().task_id("PLANTED").callee_number(NUMBER).send().await;
        let _ = client.collection().cancel_call().task_id("PLANTED").callee_number("PLANTED").send().await;
        let _ =
            client.collection().list_tasks().number(1).page(1).extra("who", "PLANTED").stream().next().await;
        let recording = client.collection().get_call_recording().task_id("PLANTED").callee(NUMBER);
        if let Ok(recording) = recording.send().await {
            let _ = recording.bytes().await;
        }
        let _ = client.recording(&format!("{}/{NUMBER}/PLANTED", server.url())).await;
        let _ = client.loyalty().get_member().member_id("PLANTED").send().await;
        let raw = client.raw("POST", &format!("/service/cloud/{NUMBER}?who=PLANTED"));
        let _ = raw.query("PLANTED", "PLANTED").json(&json!({"PLANTED": "PLANTED"})).send().await;
        let cut = client.collection().list_robots().extra("who", "PLANTED").send();
        let _ = tokio::time::timeout(Duration::from_millis(1), cut).await;
        let kept = server.client_builder().interceptor(Indiscreet).build().unwrap();
        create_task(&kept, "PLANTED-name", 1).await.unwrap_err();
        // The token, wherever it comes from, and what is said instead of one.
        let tokens = [("PLANTED-key", "PLANTED-secret"), ("a-key", "PLANTED-secret")];
        for (key, secret) in tokens {
            let client = server.client_builder().credentials(key, secret).build().unwrap();
            let _ = client.collection().list_robots().send().await;
            let _ = client.auth().get_token().app_key(key).app_secret(secret).send().await;
        }
        let elsewhere = server.client_builder().override_path("auth.get_token", "/no/token/here");
        let _ = elsewhere.build().unwrap().collection().list_robots().send().await;
    }
    drop(guard);
    let seen = log.take();
    assert!(seen.spans.len() > 100 && seen.records.len() > seen.spans.len());
    let calls = seen.spans.iter().filter(|span| span.name == "airudder_call").count();
    let ends = |line: &&Line| line.message.starts_with("the call ") && line.message != "the call is repeated";
    assert_eq!(seen.records.iter().filter(ends).count(), calls);
    assert!(seen.spans.iter().all(|span| span.closed && !span.fields.get("outcome").is_empty()));
    for text in seen
        .spans
        .iter()
        .map(|span| format!("{span:?}"))
        .chain(seen.records.iter().map(|line| format!("{line:?}")))
    {
        for secret in ["planted", "jane", "7700918273", &loopback::TOKEN.to_lowercase()] {
            assert!(!text.to_lowercase().contains(secret), "{text}");
        }
    }
}
