//! What the environment of a process does to a client. Each case is a process of its own.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::process::Command;

use airudder_client::{Client, Family};
use airudder_tests::create_task;
use airudder_tests::loopback::{Server, answer, success};
use axum::http::StatusCode;
use serde_json::json;

const PROXIES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Runs this test again as a child with these variables. True in the child.
fn is_child() -> bool {
    std::env::var_os("AIRUDDER_TEST_CHILD").is_some()
}

fn child(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test]).env("AIRUDDER_TEST_CHILD", "1");
    for proxy in PROXIES {
        command.env_remove(proxy);
    }
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_this_machine_goes_through_a_proxy() {
    if is_child() {
        let client = Client::from_env().unwrap();
        create_task(&client, "reminders", 1).await.unwrap();
        let link = std::env::var("AIRUDDER_TEST_LINK").unwrap();
        assert_eq!(client.recording(&link).await.unwrap().bytes().await.unwrap().len(), 4);
        return;
    }
    let proxy = Server::start(|_| answer(StatusCode::FORBIDDEN, "text/html", "<title>Blocked</title>")).await;
    let target = Server::start(|got| match got.path.as_str() {
        "/1.wav" => answer(StatusCode::OK, "audio/wav", "RIFF"),
        _ => success(&json!({"TaskID": "1"})),
    })
    .await;
    for variable in &PROXIES[..6] {
        let mut command = child("nothing_of_this_machine_goes_through_a_proxy");
        command.env("AIRUDDER_APP_KEY", "a-key").env("AIRUDDER_APP_SECRET", "a-secret");
        command.env("AIRUDDER_BASE_URL", target.url()).env(variable, proxy.url());
        command.env("AIRUDDER_TEST_LINK", format!("{}/1.wav", target.url()));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{variable}: {}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!((proxy.got().len(), proxy.token_requests().len()), (0, 0));
    assert_eq!((target.got().len(), target.token_requests().len()), (12, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_machines_are_reached_through_the_proxy() {
    if is_child() {
        let client = Client::builder().credentials("a-key", "a-secret").allow_http(true);
        let client = client.base_url("http://gateway.invalid").build().unwrap();
        let _ = create_task(&client, "reminders", 1).await;
        return;
    }
    let proxy = Server::start(|_| success(&json!({"TaskID": "1"}))).await;
    let mut command = child("other_machines_are_reached_through_the_proxy");
    command.env("HTTP_PROXY", proxy.url());
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(proxy.got().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_surrounds_a_secret_in_its_file_is_not_sent() {
    if is_child() {
        create_task(&Client::from_env().unwrap(), "reminders", 1).await.unwrap();
        return;
    }
    for (before, after) in [("", "\n"), ("", "\r\n"), (" ", "\t"), ("\u{feff}", "\n"), ("\u{a0}", "\u{2028}")]
    {
        let server = Server::start(|_| success(&json!({"TaskID": "1"}))).await;
        let mut command = child("what_surrounds_a_secret_in_its_file_is_not_sent");
        command.env("AIRUDDER_APP_KEY", format!("{before}a-key{after}"));
        command.env("AIRUDDER_APP_SECRET", format!("{before}a secret{after}"));
        command.env("AIRUDDER_BASE_URL", format!("{}{after}", server.url()));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let sent: Vec<_> = server.token_requests().iter().map(airudder_tests::loopback::Got::json).collect();
        assert_eq!(sent, [json!({"APPKey": "a-key", "APPSecret": "a secret"})]);
    }
}

#[tokio::test]
async fn what_surrounds_a_secret_given_in_code_is_not_sent_either() {
    let server = Server::start(|_| success(&json!({"TaskID": "1"}))).await;
    for client in [
        Client::builder().credentials(" a-key\n", "a-secret\r\n").base_url(server.url()),
        Client::builder()
            .family(Family::Cloud, |cloud| cloud.credentials("a-key\n", "\ta-secret").base_url(server.url())),
    ] {
        create_task(&client.build().unwrap(), "reminders", 1).await.unwrap();
    }
    let sent: Vec<_> = server.token_requests().iter().map(airudder_tests::loopback::Got::json).collect();
    assert_eq!(sent, vec![json!({"APPKey": "a-key", "APPSecret": "a-secret"}); 2]);
}
