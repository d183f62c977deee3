//! Tokens, checks, routes and encryption.

use std::time::Duration;

use airudder_client::encryption::{self, Key};
use airudder_simulator::Simulator;
use serde_json::{Value, json};

use crate::common::{ANN, BEN, Talk, endpoint, path, row, scripted, task};

#[tokio::test]
async fn a_token_is_wanted_lives_its_time_and_can_be_revoked() {
    let talk = Talk::with(Simulator::builder().speed(0.0).credentials("key", "secret")).await;
    let ask = |secret: &str| talk.send("auth.get_token", json!({"APPKey": "key", "APPSecret": secret}), None);

    let refused = ask("wrong").await;
    assert_eq!(refused.status(), 200);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], 10101);
    assert_eq!(ask("").await.json::<Value>().await.unwrap()["code"], 10102);

    let body: Value = ask("secret").await.json().await.unwrap();
    assert_eq!(body["code"], 200);
    let token = body["data"]["token"].as_str().unwrap().to_owned();

    let robots = |token: Option<String>| {
        let talk = &talk;
        async move {
            let answer = talk.send("collection.list_robots", json!({}), token.as_deref()).await;
            answer.status().as_u16()
        }
    };
    assert_eq!(robots(None).await, 401);
    assert_eq!(robots(Some("nonsense".to_owned())).await, 401);
    assert_eq!(robots(Some(token.clone())).await, 200);
    talk.clock().advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(robots(Some(token.clone())).await, 200);
    talk.clock().advance(Duration::from_secs(1));
    assert_eq!(robots(Some(token.clone())).await, 401);

    let fresh: Value = ask("secret").await.json().await.unwrap();
    let fresh = fresh["data"]["token"].as_str().unwrap().to_owned();
    assert_ne!(fresh, token);
    assert_eq!(robots(Some(fresh.clone())).await, 200);
    talk.simulator.revoke_tokens();
    assert_eq!(robots(Some(fresh)).await, 401);
    assert_eq!(talk.simulator.auth_requests(), 4);
    let last = talk.simulator.log().pop().unwrap();
    assert_eq!((last.endpoint, last.status, last.code), (Some("collection.list_robots"), 401, Some(401)));
}

#[tokio::test]
async fn each_family_has_its_own_token_and_form() {
    let talk = Talk::with(Simulator::builder().credentials("key", "secret")).await;
    let input = json!({"APPKey": "key", "APPSecret": "secret"});
    let dialer: Value =
        talk.send("predictive_dialer.get_token", input.clone(), None).await.json().await.unwrap();
    assert_eq!(dialer["code"], 0);
    let dialer = dialer["body"]["token"].as_str().unwrap();
    assert_eq!(talk.send("collection.list_robots", json!({}), Some(dialer)).await.status(), 401);
    let wrong = json!({"APPKey": "key", "APPSecret": "wrong"});
    assert_eq!(talk.send("predictive_dialer.get_token", wrong, None).await.status(), 401);
    // JSON is taken in the place of a form, and a form in the place of JSON.
    let url = format!("{}{}", talk.simulator.base_url(), path(endpoint("auth.get_token")));
    let request = talk.http.post(url).header("Content-Type", "application/x-www-form-urlencoded");
    let body: Value = request.body("APPKey=key&APPSecret=secret").send().await.unwrap().json().await.unwrap();
    assert_eq!(body["code"], 200, "{body}");
}

#[tokio::test]
async fn requests_are_checked_against_the_spec() {
    let talk =
        Talk::with(scripted().max_equal_numbers(2).refuse_numbers(|number| number.ends_with("0000"))).await;
    let create = |change: Value| {
        let talk = &talk;
        async move {
            let mut input = task("checked", &[ANN]);
            for (key, value) in change.as_object().unwrap() {
                input[key] = value.clone();
            }
            talk.call("collection.create_task", input).await
        }
    };
    for (change, code) in [
        (json!({"TaskName": null}), 10401),
        (json!({"TaskName": "x".repeat(65)}), 10402),
        (json!({"RobotID": "unknown robot"}), 10406),
        (json!({"SIPLine": "unknown line"}), 10407),
        (json!({"Details": [row("0812", "1")]}), 10416),
        (json!({"Details": [row(ANN, "1"), row(ANN, "2"), row(ANN, "3")]}), 10809),
        (json!({"Details": [row("+6281200000000", "1")]}), 10902),
    ] {
        let (status, body) = create(change.clone()).await;
        assert_eq!((status, body["code"].as_i64()), (200, Some(code)), "{change}: {body}");
        assert!(body.get("data").is_none(), "{body}");
    }
    let (_, body) = create(json!({"Details": [row(ANN, "1"), row("+6281200000000", "2")]})).await;
    assert_eq!(body["code"], 200, "{body}");
    assert_eq!(body["data"]["detail_error_list"].as_array().unwrap().len(), 1);
    let (_, body) = create(json!({})).await;
    assert_eq!(body["code"], 10403, "{body}");

    let no_json = talk.http.post(format!("{}/service/cloud/task", talk.simulator.base_url()));
    let token = talk.token("auth.get_token").await;
    let answer =
        no_json.header("Authorization", format!("Token {token}")).body("{oops").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 10302);
}

#[tokio::test]
async fn paths_that_the_spec_does_not_have_are_not_found() {
    let talk = Talk::start().await;
    let get = |path: &str| talk.http.get(format!("{}{path}", talk.simulator.base_url())).send();
    let lost = get("/service/cloud/nothing").await.unwrap();
    assert_eq!(lost.status(), 404);
    assert_eq!(lost.json::<Value>().await.unwrap()["code"], 404);
    let other = get("/service/cloud/task").await.unwrap();
    assert_eq!((other.status().as_u16(), &other.headers()["allow"]), (405, &"POST".parse().unwrap()));
    assert_eq!(talk.simulator.log().len(), 2);
    // A family without an envelope refuses in its own form.
    let other = get("/v2/calls").await.unwrap();
    assert_eq!((other.status().as_u16(), &other.headers()["allow"]), (405, &"POST".parse().unwrap()));
    assert_eq!(other.json::<Value>().await.unwrap()["error"]["code"], "invalid_request");
    let lost = get("/v2/calls/a/b/c").await.unwrap();
    assert_eq!(lost.status(), 404);
    assert_eq!(lost.json::<Value>().await.unwrap()["error"]["code"], "not_found");
    for (path, scheme) in [("/v1/goals", "Bearer"), ("/service/cloud/robot", "Token")] {
        let refused = get(path).await.unwrap();
        let challenge = refused.headers().get("www-authenticate").map(|value| value.to_str().unwrap());
        assert!(challenge.is_some_and(|text| text.starts_with(scheme)), "{path}: {challenge:?}");
    }
    let key = talk.http.get(format!("{}/v1/goals?after=", talk.simulator.base_url()));
    let key = key.header("Authorization", format!("bearer {}", Simulator::APP_KEY)).send().await.unwrap();
    assert_eq!(key.status(), 400, "schemes have no case, and a cursor is not empty");
    assert!(Simulator::builder().override_path("no.such_key", "/x").start().await.is_err());
}

#[tokio::test]
async fn endpoints_of_one_path_are_told_apart_by_their_fields() {
    let talk = Talk::start().await;
    let (_, body) = talk.call("collection.create_task", task("one", &[ANN])).await;
    assert_eq!(body["code"], 200, "{body}");
    let mut sale = task("two", &[ANN]);
    sale["Details"] = json!([{"Customer": "Jane Doe", "Mobile": ANN}]);
    let (_, body) = talk.call("telemarketing.create_task", sale).await;
    assert_eq!(body["code"], 200, "{body}");
    assert_eq!(talk.simulator.requests("collection.create_task"), 1);
    assert_eq!(talk.simulator.requests("telemarketing.create_task"), 1);
    assert_eq!(talk.simulator.last_request("telemarketing.create_task").unwrap()["TaskName"], "two");

    // A row without a required key stays a row of Collection.
    let mut incomplete = task("three", &[ANN, BEN]);
    for row in incomplete["Details"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("LoanDate");
    }
    talk.call("collection.create_task", incomplete).await;
    assert_eq!(talk.simulator.requests("collection.create_task"), 2);
    let last = talk.simulator.log().pop().unwrap();
    assert_ne!(last.code, Some(200));

    let talk = Talk::with(Simulator::builder().business_line("info_check")).await;
    talk.call("collection.stop_task", json!({"Action": "Stop", "TaskID": "1"})).await;
    assert_eq!(talk.simulator.log().pop().unwrap().endpoint, Some("info_check.stop_task"));
}

#[tokio::test]
async fn encrypted_requests_get_encrypted_answers() {
    let key = Key::new("airudderredduria").unwrap();
    let talk = Talk::with(scripted().encryption(key.clone())).await;
    let token = talk.token("auth.get_token").await;
    let send = |request: reqwest::RequestBuilder, plain: String, token: String| {
        let key = &key;
        async move {
            let signed = encryption::digest(plain.as_bytes());
            let request = request.header("Is-Encrypted", "1").header("Signed", signed);
            let answer = request.header("Authorization", format!("Token {token}")).send().await.unwrap();
            let headers = answer.headers().clone();
            let body = answer.bytes().await.unwrap();
            let Some(signed) = headers.get("signed") else {
                return serde_json::from_slice::<Value>(&body).unwrap();
            };
            assert_eq!(headers["is-encrypted"], "1");
            serde_json::from_slice(&key.decrypt_verified(&body, signed.to_str().ok()).unwrap()).unwrap()
        }
    };
    let post = || talk.http.post(format!("{}/service/cloud/task", talk.simulator.base_url()));
    let plain = task("secret", &[ANN]).to_string();
    let made = send(post().body(key.encrypt(plain.as_bytes())), plain.clone(), token.clone()).await;
    assert_eq!(made["code"], 200, "{made}");
    let query = format!("TaskID={}", made["data"]["TaskID"].as_str().unwrap());
    let url = format!("{}/service/cloud/detail?{}", talk.simulator.base_url(), key.encrypt(query.as_bytes()));
    let detail = send(talk.http.get(url), query, token.clone()).await;
    assert_eq!(detail["data"]["TaskID"], made["data"]["TaskID"], "{detail}");

    let wrong_digest =
        send(post().body(key.encrypt(plain.as_bytes())), "else".to_owned(), token.clone()).await;
    assert_eq!(wrong_digest["code"], 10302, "{wrong_digest}");
    let wrong_key = Key::new("0123456789abcdef").unwrap().encrypt(plain.as_bytes());
    assert_eq!(send(post().body(wrong_key), plain.clone(), token).await["code"], 10302);
    assert_eq!(send(post().body(key.encrypt(plain.as_bytes())), plain, String::new()).await["code"], 401);
}
