//! The simulator over real HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::{CallOutcome, Fault, Simulator, SimulatorBuilder};
use crate::catalogue::{Auth, Body, ENDPOINTS, Endpoint, WEBHOOKS};
use crate::sample;

/// A simulator, and what is needed to talk to it.
struct Talk {
    simulator: Simulator,
    http: Client,
    tokens: Mutex<std::collections::HashMap<&'static str, String>>,
}

impl Talk {
    async fn start() -> Self {
        Self::with(Simulator::builder()).await
    }

    /// Paths that are only assumed may be absent from the catalogue: the tests give all endpoints one.
    async fn with(mut builder: SimulatorBuilder) -> Self {
        for endpoint in ENDPOINTS {
            builder = builder.override_path(endpoint.key, path(endpoint));
        }
        let simulator = builder.start().await.unwrap();
        Self { simulator, http: Client::builder().no_proxy().build().unwrap(), tokens: Mutex::default() }
    }

    fn clock(&self) -> super::Clock {
        self.simulator.clock()
    }

    async fn token(&self, endpoint: &'static str) -> String {
        if let Some(token) = self.tokens.lock().unwrap().get(endpoint) {
            return token.clone();
        }
        let body = json!({"APPKey": Simulator::APP_KEY, "APPSecret": Simulator::APP_SECRET});
        let answer = self.send(endpoint, body, None).await;
        let answer: Value = answer.json().await.unwrap();
        let token = ["data", "body"].iter().find_map(|key| answer[*key]["token"].as_str()).unwrap().to_owned();
        self.tokens.lock().unwrap().insert(endpoint, token.clone());
        token
    }

    async fn send(&self, key: &str, input: Value, token: Option<&str>) -> Response {
        self.try_send(key, input, token).await.unwrap()
    }

    async fn try_send(&self, key: &str, input: Value, token: Option<&str>) -> reqwest::Result<Response> {
        let endpoint = endpoint(key);
        let mut url = format!("{}{}", self.simulator.base_url(), path(endpoint));
        if endpoint.body == Body::Query {
            url = format!("{url}?{}", form(&input));
        }
        let mut request = self.http.request(endpoint.method.parse().unwrap(), url);
        request = match endpoint.body {
            Body::Query => request,
            Body::Form => request.header("Content-Type", "application/x-www-form-urlencoded").body(form(&input)),
            Body::Json | Body::Multipart => request.json(&input),
        };
        if let Some(token) = token {
            request = request.header("Authorization", format!("Token {token}"));
        }
        if endpoint.auth == Auth::Signature {
            request = request.header("X-AIRudder-Sign", "").header("X-AIRudder-Sign-Key", "0".repeat(32));
        }
        request.send().await
    }

    /// A call with a token: HTTP status and body.
    async fn call(&self, key: &str, input: Value) -> (u16, Value) {
        let token = match endpoint(key).auth {
            Auth::Token(auth) => Some(self.token(auth.endpoint).await),
            _ => None,
        };
        let answer = self.send(key, input, token.as_deref()).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    /// The payload of a call that goes well.
    async fn payload(&self, key: &str, input: Value) -> Value {
        let (status, mut body) = self.call(key, input).await;
        assert_eq!(status, 200, "{key}: {body}");
        let code = body["code"].as_i64();
        assert!(code == Some(200) || code == Some(0), "{key}: {body}");
        ["data", "body"].iter().find_map(|name| body.get_mut(*name).map(Value::take)).unwrap()
    }

    async fn code(&self, key: &str, input: Value) -> i64 {
        let (_, body) = self.call(key, input).await;
        body["code"].as_i64().unwrap_or_else(|| panic!("{key}: {body}"))
    }

    async fn bytes(&self, key: &str, input: Value) -> (String, Vec<u8>) {
        let token = self.token("auth.get_token").await;
        let answer = self.send(key, input, Some(&token)).await;
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, answer.bytes().await.unwrap().to_vec())
    }
}

fn endpoint(key: &str) -> &'static Endpoint {
    ENDPOINTS.iter().find(|endpoint| endpoint.key == key).unwrap_or_else(|| panic!("no endpoint {key}"))
}

fn path(endpoint: &Endpoint) -> String {
    endpoint.path.map_or_else(|| format!("/test/{}", endpoint.key), str::to_owned)
}

fn form(input: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in input.as_object().unwrap() {
        form.append_pair(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned).as_str());
    }
    form.finish()
}

fn row(number: &str, comments: &str) -> Value {
    json!({
        "Debtor": "Jane Doe", "Mobile": number, "LoanDate": "2023-12-01", "DueDate": "2024-01-01", "LoanAmount": 300_000,
        "Arrears": 321_000, "Unit": "Rupiah", "Platform": "ACME", "Comments": comments, "Gender": "female",
    })
}

fn task(name: &str, numbers: &[&str]) -> Value {
    let rows: Vec<Value> = numbers.iter().enumerate().map(|(n, number)| row(number, &n.to_string())).collect();
    json!({
        "TaskName": name, "ScheduleStartTime": "2024-01-01 08:00:00", "ScheduleEndTime": "2024-01-01 09:00:00",
        "RobotID": "robot", "SIPLine": "LINE", "RepeatInterval": 10, "RepeatNumber": 1, "Details": rows,
    })
}

const ANN: &str = "+6281200000001";
const BEN: &str = "+6281200000002";
const CAT: &str = "+6281200000003";

/// Ann talks for ten seconds, Ben's line is busy, Cat answers the second call.
fn scripted() -> SimulatorBuilder {
    Simulator::builder().speed(0.0).outcomes(|number, attempt| match (number, attempt) {
        (ANN, _) => Some(CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(10) }),
        (CAT, 2..) => Some(CallOutcome::Connected { intention: 'C', talk: Duration::from_secs(20) }),
        (BEN, _) => Some(CallOutcome::Busy),
        (CAT, _) => Some(CallOutcome::NoAnswer),
        _ => None,
    })
}

/// A receiver of webhooks that answers what it is told to, at first with `refusals` errors.
struct Receiver {
    url: String,
    seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

impl Receiver {
    async fn start(refusals: usize) -> Self {
        let seen = Arc::<Mutex<Vec<(HeaderMap, Value)>>>::default();
        let state = (Arc::clone(&seen), Arc::new(Mutex::new(refusals)));
        let app = axum::Router::new().route("/hook", axum::routing::post(receive)).with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    fn bodies(&self) -> Vec<Value> {
        self.seen.lock().unwrap().iter().map(|(_, body)| body.clone()).collect()
    }
}

type Seen = (Arc<Mutex<Vec<(HeaderMap, Value)>>>, Arc<Mutex<usize>>);

async fn receive(State((seen, refusals)): State<Seen>, headers: HeaderMap, body: String) -> StatusCode {
    let mut refusals = refusals.lock().unwrap();
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    seen.lock().unwrap().push((headers, serde_json::from_str(&body).unwrap()));
    StatusCode::OK
}

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
        async move { talk.send("collection.list_robots", json!({}), token.as_deref()).await.status().as_u16() }
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
    let dialer: Value = talk.send("predictive_dialer.get_token", input.clone(), None).await.json().await.unwrap();
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
    let talk = Talk::with(scripted().max_equal_numbers(2).refuse_numbers(|number| number.ends_with("0000"))).await;
    let create = |change: Value| {
        let talk = &talk;
        async move {
            let mut input = task("checked", &[ANN]);
            super::shape::merge(&mut input, change);
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
    let answer = no_json.header("Authorization", format!("Token {token}")).body("{oops").send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], 10302);
}

#[tokio::test]
async fn paths_that_the_spec_does_not_have_are_not_found() {
    let talk = Talk::start().await;
    let get = |path: &str| talk.http.get(format!("{}{path}", talk.simulator.base_url())).send();
    let lost = get("/service/cloud/nothing").await.unwrap();
    assert_eq!(lost.status(), 404);
    assert_eq!(lost.json::<Value>().await.unwrap()["code"], 404);
    assert_eq!(get("/service/cloud/task").await.unwrap().status(), 405);
    assert_eq!(talk.simulator.log().len(), 2);
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
async fn a_task_lives_on_the_clock() {
    let talk = Talk::with(scripted()).await;
    let made = talk.payload("collection.create_task", task("life", &[ANN, BEN, CAT])).await;
    let id = made["TaskID"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 32);
    let detail = || talk.payload("collection.get_task_detail", json!({"TaskID": id}));

    let now = detail().await;
    assert_eq!(now["Status"], "running");
    assert!(now["detail"].as_array().unwrap().iter().all(|row| row["Status"] == "pending"), "{now}");

    talk.clock().advance(Duration::from_secs(60));
    let now = detail().await;
    assert_eq!(now["Status"], "running");
    let ann = &now["detail"][0];
    assert_eq!((&ann["Status"], &ann["Intention"], &ann["Comments"]), (&json!("finished"), &json!("A"), &json!("0")));
    assert_eq!(now["detail"][1]["Status"], "pending");

    // Ten minutes later the others are dialled again.
    talk.clock().advance(Duration::from_secs(660));
    let now = detail().await;
    assert_eq!(now["Status"], "finished", "{now}");
    assert_eq!(now["detail"][1]["Intention"], "--");
    assert_eq!(now["detail"][2]["Intention"], "C");
    assert!(now["detail"][2]["CallStartTime"].as_str().unwrap().ends_with('Z'));

    assert_eq!(talk.code("collection.stop_task", json!({"Action": "Stop", "TaskID": id})).await, 10904);
    let cancel = json!({"TaskID": id, "CalleeNumber": ANN});
    assert_eq!(talk.code("collection.cancel_call", cancel).await, 10904);
    assert_eq!(talk.code("collection.get_task_detail", json!({"TaskID": "nothing"})).await, 10702);
    assert_eq!(talk.code("collection.stop_task", json!({"Action": "Stop", "TaskID": "nothing"})).await, 10503);
    assert_eq!(talk.code("collection.stop_task", json!({"Action": "Dance", "TaskID": id})).await, 10501);

    let list = talk.payload("collection.list_tasks", json!({"Number": 10, "Page": 1})).await;
    assert_eq!(list["list"][0]["TaskID"], json!(id));
    let list = talk.payload("collection.list_tasks", json!({"Number": 10, "Page": 2})).await;
    assert_eq!(list["list"], json!([]));
}

#[tokio::test]
async fn a_schedule_in_the_future_is_kept() {
    let start: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let talk = Talk::with(scripted().starts_at(start).lines(1)).await;
    let mut input = task("later", &[BEN, ANN, CAT]);
    input["ScheduleStartTime"] = json!("2030-01-01 01:00:00");
    input["ScheduleEndTime"] = json!("2030-01-01 01:00:05");
    let id = talk.payload("collection.create_task", input).await["TaskID"].clone();
    let detail = || talk.payload("collection.get_task_detail", json!({"TaskID": id}));
    assert_eq!(detail().await["Status"], "pending");
    talk.clock().advance(Duration::from_secs(3_601));
    assert_eq!(detail().await["Status"], "running");
    // One line: Ben is busy for three seconds, then Ann is called and may talk to the end. Cat has no chance.
    talk.simulator.play_out().await;
    let now = detail().await;
    assert_eq!(now["Status"], "finished");
    assert_eq!(now["detail"][0]["Status"], "finished");
    assert_eq!(now["detail"][1]["Intention"], "A");
    assert_eq!(now["detail"][2]["Status"], "cancelled");
    assert_eq!(now["detail"][2]["CallStartTime"], "");
}

#[tokio::test]
async fn calls_can_be_cancelled_and_tasks_stopped() {
    let talk = Talk::with(scripted().lines(1)).await;
    let id = talk.payload("collection.create_task", task("stop me", &[ANN, BEN, CAT])).await["TaskID"].clone();
    talk.payload("collection.cancel_call", json!({"TaskID": id, "CalleeNumber": CAT})).await;
    assert_ne!(talk.code("collection.cancel_call", json!({"TaskID": id, "CalleeNumber": CAT})).await, 200);
    talk.payload("collection.stop_task", json!({"TaskID": id, "Action": "Stop"})).await;
    let now = talk.payload("collection.get_task_detail", json!({"TaskID": id})).await;
    assert_eq!(now["Status"], "finished");
    let rows: Vec<&Value> = now["detail"].as_array().unwrap().iter().map(|row| &row["Status"]).collect();
    assert_eq!(rows, ["finished", "cancelled", "cancelled"]);
}

#[tokio::test]
async fn recordings_are_files_or_links() {
    let talk = Talk::with(scripted()).await;
    let id = talk.payload("collection.create_task", task("audio", &[ANN, BEN, CAT])).await["TaskID"].clone();
    talk.simulator.play_out().await;
    talk.tokens.lock().unwrap().clear();
    let (kind, wav) = talk.bytes("collection.get_call_recording", json!({"TaskID": id, "Callee": ANN})).await;
    assert_eq!(kind, "audio/wav");
    assert_eq!(&wav[..4], b"RIFF");
    assert_eq!(wav.len(), 44 + 10 * 16_000);
    assert_eq!(talk.code("collection.get_call_recording", json!({"TaskID": id, "Callee": BEN})).await, 10302);
    let (kind, zip) = talk.bytes("collection.get_task_recordings", json!({"TaskID": id})).await;
    assert_eq!(kind, "application/zip");
    assert_eq!(&zip[..4], b"PK\x03\x04");
    assert!(zip.len() > 30 * 16_000);

    let talk = Talk::with(scripted().recordings_as_links(true)).await;
    let id = talk.payload("collection.create_task", task("audio", &[ANN])).await["TaskID"].clone();
    talk.simulator.play_out().await;
    let link = talk.payload("collection.get_call_recording", json!({"TaskID": id, "Callee": ANN})).await;
    let link = link["link"].as_str().unwrap().to_owned();
    assert!(!link.starts_with(&talk.simulator.base_url()), "{link}");
    let linked = talk.http.get(&link).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(linked, wav);
    assert_eq!(talk.simulator.leaked_tokens(), 0);
    talk.http.get(&link).header("Authorization", "Token x").send().await.unwrap();
    assert_eq!(talk.simulator.leaked_tokens(), 1);
    let all = talk.payload("collection.get_task_recordings", json!({"TaskID": id})).await;
    assert_eq!(all["list"][0]["link"], json!(link));
}

#[tokio::test]
async fn changes_are_told_to_the_receiver_and_again_when_it_fails() {
    let receiver = Receiver::start(2).await;
    let talk = Talk::with(scripted().webhook_url(&receiver.url)).await;
    let id = talk.payload("collection.create_task", task("told", &[ANN, BEN])).await["TaskID"].clone();
    talk.clock().advance(Duration::from_secs(30));
    talk.simulator.settle().await;
    // The first call was told, and refused.
    assert_eq!(receiver.bodies().len(), 0);
    assert_eq!(talk.simulator.deliveries()[0].status, Some(500));
    talk.simulator.play_out().await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 3, "{bodies:?}");
    assert!(bodies.iter().all(|body| body["TaskID"] == id), "{bodies:?}");
    assert_eq!(bodies.iter().filter(|body| body["TaskName"] == "told").count(), 1);
    let ann = bodies.iter().find(|body| body["Comments"] == "0").unwrap();
    assert_eq!((&ann["Status"], &ann["Intention"]), (&json!("finished"), &json!("A")));
    let headers = receiver.seen.lock().unwrap()[0].0.clone();
    assert_eq!(headers["user-agent"], "Airudder");
    assert_eq!(headers["content-type"], "application/json");
    let tried: Vec<_> = talk.simulator.deliveries().iter().map(|d| (d.webhook, d.attempt, d.status)).collect();
    assert!(tried.contains(&("collection.call_finished", 3, Some(200))), "{tried:?}");
    assert!(tried.contains(&("collection.task_finished", 1, Some(200))), "{tried:?}");

    // Nobody listens: five attempts, then it is given up.
    let talk = Talk::with(scripted().webhook_url("http://127.0.0.1:1/")).await;
    talk.payload("collection.create_task", task("silence", &[ANN])).await;
    talk.simulator.play_out().await;
    let tried = talk.simulator.deliveries();
    assert_eq!(tried.len(), 10);
    assert!(tried.iter().all(|delivery| delivery.status.is_none() && delivery.attempt <= 5));
}

#[tokio::test]
async fn time_passes_by_itself() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted().speed(600.0).webhook_url(&receiver.url)).await;
    talk.payload("collection.create_task", task("alone", &[ANN])).await;
    for _ in 0..200 {
        if receiver.bodies().len() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{:?}", receiver.bodies());
}

#[tokio::test]
async fn any_webhook_can_be_delivered() {
    let receiver = Receiver::start(0).await;
    let simulator = Simulator::start().await.unwrap();
    assert!(simulator.deliver("collection.task_finished", Value::Null).await.is_err());
    simulator.deliver_to(&receiver.url);
    assert!(simulator.deliver("no.such_webhook", Value::Null).await.is_err());
    for webhook in WEBHOOKS {
        assert_eq!(simulator.deliver(webhook.key, Value::Null).await.unwrap(), 200, "{}", webhook.key);
    }
    let seen = receiver.bodies().len();
    assert_eq!(seen, WEBHOOKS.len());
    assert_eq!(simulator.deliver("collection.task_finished", json!({"task_name": "mine", "New": 1})).await.unwrap(), 200);
    let body = receiver.bodies().pop().unwrap();
    assert_eq!((&body["TaskName"], &body["New"]), (&json!("mine"), &json!(1)));
}

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
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.body != Body::Multipart) {
        let token = match endpoint.auth {
            Auth::Token(auth) => Some(talk.token(auth.endpoint).await),
            _ => None,
        };
        let answer = talk.send(endpoint.key, sample::request(endpoint), token.as_deref()).await;
        assert_eq!(answer.status(), 200, "{}: {:?}", endpoint.key, answer.text().await);
        let last = talk.simulator.log().pop().unwrap();
        assert!(matches!(last.code, None | Some(0 | 200)), "{last:?}");
    }
    assert!(!talk.simulator.log().is_empty());
}
