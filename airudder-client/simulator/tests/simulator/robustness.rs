//! Faults on demand, and requests of every kind.

use std::time::Duration;

use airudder_client::catalogue::{Auth, BodyForm, ENDPOINTS};
use airudder_simulator::{Fault, Simulator, sample};
use serde_json::{Value, json};

use crate::common::{ANN, Talk, form, path, scripted, task};

#[tokio::test]
async fn faults_happen_on_demand() {
    let talk = Talk::with(scripted()).await;
    let token = talk.token("auth.get_token").await;
    let robots = || talk.try_send("collection.list_robots", json!({}), Some(&token));
    let inject = |fault| talk.simulator.inject("collection.list_robots", fault, 1);

    inject(Fault::status_retry_after(429, Duration::from_secs(7)));
    let answer = robots().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "7"));
    inject(Fault::status(503));
    assert_eq!(robots().await.unwrap().status(), 503);
    inject(Fault::Html);
    assert!(robots().await.unwrap().text().await.unwrap().starts_with("<html>"));
    inject(Fault::Empty);
    assert_eq!(robots().await.unwrap().text().await.unwrap(), "");
    inject(Fault::WrongCode(10906));
    assert_eq!(robots().await.unwrap().json::<Value>().await.unwrap()["code"], 10906);
    inject(Fault::Huge(1_000_000));
    assert_eq!(robots().await.unwrap().bytes().await.unwrap().len(), 1_000_000);
    inject(Fault::Truncated);
    let cut = robots().await.unwrap();
    assert!(cut.content_length().unwrap() > 10);
    assert!(cut.bytes().await.is_err());
    inject(Fault::Reset);
    let error = robots().await.unwrap_err();
    assert!(error.is_request() && !error.is_timeout(), "{error:?}");
    inject(Fault::Delay(Duration::from_millis(100)));
    let began = std::time::Instant::now();
    assert_eq!(robots().await.unwrap().status(), 200);
    assert!(began.elapsed() >= Duration::from_millis(100));
    talk.simulator.inject("*", Fault::status(500), 2);
    assert_eq!(robots().await.unwrap().status(), 500);
    talk.simulator.clear_faults();
    assert_eq!(robots().await.unwrap().status(), 200);

    // The task exists although nobody heard of it.
    talk.simulator.inject("collection.create_task", Fault::ResetAfterEffect, 1);
    assert!(talk.try_send("collection.create_task", task("lost", &[ANN]), Some(&token)).await.is_err());
    assert_eq!(talk.code("collection.create_task", task("lost", &[ANN])).await, 10403);
    // Here nothing happened.
    talk.simulator.inject("collection.create_task", Fault::Reset, 1);
    assert!(talk.try_send("collection.create_task", task("never", &[ANN]), Some(&token)).await.is_err());
    assert_eq!(talk.code("collection.create_task", task("never", &[ANN])).await, 200);

    inject(Fault::ExpiredToken);
    assert_eq!(robots().await.unwrap().status(), 401);
    assert_eq!(robots().await.unwrap().status(), 401);
    assert!(talk.simulator.log().iter().any(|entry| entry.status == 0));
}

#[tokio::test]
async fn dropping_it_stops_the_server() {
    let talk = Talk::start().await;
    talk.token("auth.get_token").await;
    let Talk { simulator, http, .. } = talk;
    let url = format!("{}/service/cloud/robot", simulator.base_url());
    assert!(http.get(&url).send().await.is_ok());
    drop(simulator);
    for _ in 0..100 {
        if http.get(&url).send().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it still answers");
}

#[tokio::test]
async fn without_state_every_endpoint_answers_its_sample() {
    let talk = Talk::with(Simulator::builder().stateless(true)).await;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.body != BodyForm::Multipart) {
        let token = match endpoint.auth {
            Auth::Token(auth) => Some(talk.token(auth.endpoint.key).await),
            _ => None,
        };
        let answer = talk.send(endpoint.key, sample::request(endpoint), token.as_deref()).await;
        assert!(answer.status().is_success(), "{}: {:?}", endpoint.key, answer.text().await);
        let last = talk.simulator.log().pop().unwrap();
        assert!(matches!(last.code, None | Some(0 | 200)), "{last:?}");
    }
    assert!(!talk.simulator.log().is_empty());
}

#[tokio::test]
async fn every_endpoint_answers_its_sample_somehow() {
    let talk = Talk::with(scripted()).await;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.body != BodyForm::Multipart) {
        let token = match endpoint.auth {
            Auth::Token(auth) => Some(talk.token(auth.endpoint.key).await),
            _ => None,
        };
        let answer = talk.send(endpoint.key, sample::request(endpoint), token.as_deref()).await;
        // Without an envelope it is the status that says that there is no such call.
        let is_missing = endpoint.family.info().envelope.is_none() && answer.status() == 404;
        assert!(
            answer.status().is_success() || is_missing,
            "{}: {} {:?}",
            endpoint.key,
            answer.status(),
            answer.text().await
        );
    }
    talk.simulator.play_out().await;
}

#[tokio::test]
async fn nothing_that_is_sent_upsets_it() {
    let talk = Talk::with(scripted()).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for endpoint in ENDPOINTS {
        let token = match endpoint.auth {
            Auth::Token(auth) => talk.token(auth.endpoint.key).await,
            _ => String::new(),
        };
        let send = |query: String, kind: &'static str, body: String| {
            let url = format!("{}{}{query}", talk.simulator.base_url(), path(endpoint));
            let request = talk
                .http
                .request(endpoint.method.as_str().parse().unwrap(), url)
                .header("Content-Type", kind)
                .body(body);
            let request = request.header("X-AIRudder-Sign", "").header("X-AIRudder-Sign-Key", "");
            request.header("Authorization", format!("Token {token}")).send()
        };
        for value in [
            Value::Null,
            json!(""),
            json!("x"),
            json!(-1),
            json!(i64::MAX),
            json!(1e300),
            json!([]),
            json!([{}]),
            json!({"a": 1}),
        ] {
            let all: serde_json::Map<_, _> =
                endpoint.request.iter().map(|field| (field.wire.to_owned(), value.clone())).collect();
            let all = Value::Object(all);
            let answer = send(format!("?{}", form(&all)), "application/json", all.to_string()).await;
            assert!(answer.is_ok(), "{}: {all}", endpoint.key);
        }
        for body in ["", "null", "[]", "{", "\u{fffd}", &deep] {
            for kind in [
                "application/json",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "",
            ] {
                let answer = send("?%zz=%ff&&=&a".to_owned(), kind, body.to_owned()).await;
                assert!(answer.is_ok(), "{}: {kind} {body:.20}", endpoint.key);
            }
        }
    }
    talk.simulator.play_out().await;
}
