//! Settings out of a file.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::{Client, ClientBuilder, ClientConfig, Error};
use airudder_simulator::Simulator;
use airudder_tests::loopback::{self, Server};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn config(json: Value) -> ClientConfig {
    serde_json::from_value(json).unwrap()
}

fn client(json: Value) -> Result<Client, Error> {
    ClientBuilder::from_config(config(json))?.build()
}

#[tokio::test]
async fn what_the_file_says_is_done() {
    let simulator = Simulator::start().await.unwrap();
    let yaml = format!(
        "app_key: {}\napp_secret: {}\nbase_url: {}\n\
         override_paths: {{collection.list_robots: /other/robot}}\n",
        Simulator::APP_KEY,
        Simulator::APP_SECRET,
        simulator.base_url()
    );
    let config: ClientConfig = serde_yaml::from_str(&yaml).unwrap();
    let client = ClientBuilder::from_config(config).unwrap().build().unwrap();
    client.collection().list_tasks().number(1).page(1).send().await.unwrap();
    assert_eq!(simulator.requests("collection.list_tasks"), 1);
    assert!(client.collection().list_robots().send().await.is_err(), "the path is another");
}

#[tokio::test]
async fn retries_and_time_outs_are_the_files() {
    let server = Server::start(|_| loopback::json(StatusCode::SERVICE_UNAVAILABLE, &json!({}))).await;
    let retry = json!({"max_attempts": 3, "base_delay_secs": 0.001, "max_delay_secs": 0.002});
    let client = client(json!({
        "app_key": "key", "app_secret": "secret", "base_url": server.url(), "retry": retry, "timeout_secs": 5,
    }));
    client.unwrap().collection().list_robots().send().await.unwrap_err();
    assert_eq!(server.got().len(), 3);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    for (json, wanted) in [
        (json!({"app_key": "key"}), "`app_secret` is missing"),
        (json!({"app_secret": "secret"}), "`app_key` is missing"),
        (json!({"families": {"cloud": {"app_key": "a"}}}), "`families.cloud.app_secret` is missing"),
        (json!({"families": {"sea": {}}}), "`families.sea`"),
        (json!({"account_time_zone": "Asia/Atlantis"}), "`account_time_zone`"),
        (json!({"timeout_secs": -1}), "`timeout_secs`"),
        (json!({"retry": {"budget_secs": -0.5}}), "`retry.budget_secs`"),
        (json!({"encryption_key": "short"}), "`encryption_key`"),
        (json!({"base_url": "http://example.com"}), "https"),
    ] {
        let error = client(json).unwrap_err();
        assert!(matches!(error, Error::Config(_)));
        assert!(error.to_string().contains(wanted), "{error}");
    }
    let unknown = serde_json::from_value::<ClientConfig>(json!({"app_kee": "key"})).unwrap_err();
    assert!(unknown.to_string().contains("app_kee"), "{unknown}");
}

#[test]
fn no_secret_is_shown() {
    let family = json!({"app_key": "hidden-a", "app_secret": "hidden-b", "api_key": "hidden-c"});
    let config = config(json!({
        "app_key": "hidden-d", "app_secret": "hidden-e", "encryption_key": "hidden-f",
        "families": {"cloud": family},
    }));
    assert!(!format!("{config:?}").contains("hidden"), "{config:?}");
}
