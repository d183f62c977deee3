//! The simulator over real HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::{CallOutcome, Fault, Simulator, SimulatorBuilder};
use crate::catalogue::{Auth, Body, ENDPOINTS, Endpoint, WEBHOOKS};
use crate::encryption::{self, Key};
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
        let token =
            ["data", "body"].iter().find_map(|key| answer[*key]["token"].as_str()).unwrap().to_owned();
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
            Body::Form => {
                request.header("Content-Type", "application/x-www-form-urlencoded").body(form(&input))
            }
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
    let rows: Vec<Value> =
        numbers.iter().enumerate().map(|(n, number)| row(number, &n.to_string())).collect();
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
    assert_eq!(
        (&ann["Status"], &ann["Intention"], &ann["Comments"]),
        (&json!("finished"), &json!("A"), &json!("0"))
    );
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
    assert_eq!(
        talk.code("collection.stop_task", json!({"Action": "Stop", "TaskID": "nothing"})).await,
        10503
    );
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
    let id =
        talk.payload("collection.create_task", task("stop me", &[ANN, BEN, CAT])).await["TaskID"].clone();
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
    let tried: Vec<_> =
        talk.simulator.deliveries().iter().map(|d| (d.webhook, d.attempt, d.status)).collect();
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
    assert_eq!(
        simulator.deliver("collection.task_finished", json!({"task_name": "mine", "New": 1})).await.unwrap(),
        200
    );
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

/// The payload of each webhook of a key that has arrived: found by the log of deliveries.
fn told(talk: &Talk, key: &str) -> usize {
    talk.simulator
        .deliveries()
        .iter()
        .filter(|delivery| delivery.webhook == key && delivery.status == Some(200))
        .count()
}

#[tokio::test]
async fn a_plan_runs_in_rounds() {
    let receiver = Receiver::start(0).await;
    let start: jiff::Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let talk = Talk::with(scripted().starts_at(start).webhook_url(&receiver.url)).await;
    let plan = |name: &str, day: &str| {
        json!({"PlanName": name, "PlanStartDate": day, "StrategyID": "1", "SIPLine": "LINE",
               "Details": [row(ANN, "0"), row(BEN, "1"), row(CAT, "2")]})
    };
    assert_eq!(talk.code("collection.create_plan", plan("far", "2030-01-20")).await, 10802);
    let id = talk.payload("collection.create_plan", plan("plan", "2030-01-02")).await["PlanID"].clone();
    assert_eq!(talk.code("collection.create_plan", plan("plan", "2030-01-02")).await, 10801);
    let status = || talk.payload("collection.get_plan_status", json!({"PlanID": id}));
    assert_eq!(status().await["Status"], "pending");

    talk.clock().advance(Duration::from_secs(24 * 3_600));
    talk.tokens.lock().unwrap().clear();
    assert_eq!(status().await["Status"], "running");
    // The first round is over; Ben and Cat are called again in the second, unless Ben is cancelled.
    talk.clock().advance(Duration::from_secs(120));
    talk.payload("collection.cancel_plan_call", json!({"PlanID": id, "CalleeNumber": BEN})).await;
    assert_ne!(
        talk.code("collection.cancel_plan_call", json!({"PlanID": id, "CalleeNumber": ANN})).await,
        200
    );
    talk.simulator.play_out().await;
    assert_eq!(status().await["Status"], "finished");
    let rounds = talk.payload("collection.list_plan_rounds", json!({"PlanID": id})).await;
    let rounds = rounds.as_array().unwrap();
    assert_eq!(rounds.len(), 3, "{rounds:?}");
    let detail =
        talk.payload("collection.get_plan_task_detail", json!({"TaskID": rounds[1]["TaskID"]})).await;
    assert_eq!(detail["detail"].as_array().unwrap().len(), 1);
    assert_eq!(told(&talk, "collection.plan_finished"), 1);
    assert_eq!(told(&talk, "collection.plan_task_finished"), 3);
    assert_eq!(told(&talk, "collection.plan_call_finished"), 5);
    assert!(receiver.bodies().iter().all(|body| body["PlanID"] == id));
    let last = receiver.bodies().pop().unwrap();
    assert_eq!((&last["PlanName"], &last["Status"]), (&json!("plan"), &json!("finished")));
    let (kind, _) =
        talk.bytes("collection.list_plan_number_recordings", json!({"PlanID": id, "Callee": ANN})).await;
    assert_eq!(kind, "application/zip");
    assert_ne!(talk.code("collection.get_plan_status", json!({"PlanID": "nothing"})).await, 200);
    assert!(!talk.payload("collection.list_strategies", json!({})).await.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_workflow_leads_contacts_through_its_nodes() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted().webhook_url(&receiver.url)).await;
    let input = json!({"workflow_template_id": 1, "name": "flow", "end_time": "2024-01-01 10:00:00+00:00", "details": [
        {"callee": ANN, "case_id": "ann", "variables": {"code": "1"}, "extra_b": "x"},
        {"callee": BEN, "case_id": "ben", "variables": {"code": "2"}},
    ]});
    let id = talk.payload("workflow.create_instance", input).await["workflow_id"].clone();
    let more = json!({"workflow_id": id, "details": [{"callee": CAT, "case_id": "cat", "variables": {}}]});
    talk.payload("workflow.add_contacts", more.clone()).await;
    talk.payload("workflow.update_contacts", more.clone()).await;
    let tasks = talk.payload("workflow.list_call_tasks", json!({"workflow_id": id})).await;
    assert_eq!(tasks["list"].as_array().unwrap().len(), 2);
    talk.simulator.play_out().await;

    for (webhook, times) in [
        ("status_changed", 2),
        ("call_finished", 3),
        ("node_data_pushed", 2),
        ("list_finished", 3),
        ("waba_message_status_changed", 3),
        ("chatbot_session_ended", 1),
    ] {
        assert_eq!(
            told(&talk, &format!("workflow.{webhook}")),
            times,
            "{webhook}: {:?}",
            talk.simulator.deliveries()
        );
    }
    let bodies = receiver.bodies();
    assert!(
        bodies.iter().all(|body| body["workflow_id"] == id && body["workflow_name"] == "flow"),
        "{bodies:#?}"
    );
    let ann = bodies.iter().find(|body| body["callee"]["case_id"] == "ann").unwrap();
    assert_eq!((&ann["callee"]["callee_number"], &ann["callee"]["extra_b"]), (&json!(ANN), &json!("x")));
    let ben = bodies.iter().find(|body| body["case_id"] == "ben" && body["rows"].is_array()).unwrap();
    assert_eq!(ben["rows"].as_array().unwrap().len(), 2);
    let session = bodies.iter().position(|body| body["session_end_reason"] == "robot").unwrap();
    assert!(receiver.seen.lock().unwrap()[session].0.contains_key("x-airudder-sign"));

    let verify = |callee: &str| json!({"workflow_id": id, "node_id": ann["node_id"], "callee": callee});
    assert_eq!(talk.payload("workflow.verify_node_data", verify(ANN)).await["valid"], true);
    assert_eq!(talk.payload("workflow.verify_node_data", verify(BEN)).await["valid"], false);
    let detail =
        talk.payload("workflow.get_call_task_detail", json!({"TaskID": tasks["list"][0]["task_id"]})).await;
    assert_eq!((&detail["workflow_id"], &detail["Status"]), (&id, &json!("finished")));
    assert_eq!(detail["detail"][0]["case_id"], "ann");
    assert_eq!(talk.code("workflow.get_call_task_detail", json!({"TaskID": "nothing"})).await, 10702);
    let range = json!({"case_id": "ben", "start_time": "2020-01-01 00:00:00+00:00", "end_time": "2100-01-01 00:00:00+00:00"});
    assert_eq!(talk.payload("workflow.find_workflow_ids", range).await["list"][0]["workflow_id"], id);
    let calls = talk.payload("workflow.find_calls", json!({"callee": ANN, "workflow_id": id})).await;
    let call = &calls["list"][0];
    assert!(call["RecordingLink"].as_str().unwrap().starts_with("http://"), "{call}");
    assert_eq!(talk.payload("workflow.get_call_by_id", json!({"callid": call["callid"]})).await, *call);
    let waba = talk.payload("workflow.list_waba_tasks", json!({"workflow_id": id})).await;
    let waba = talk
        .payload("workflow.get_waba_task_detail", json!({"waba_task_id": waba["list"][0]["waba_task_id"]}))
        .await;
    assert_eq!(waba["detail"][0]["status"], "read");
    assert_eq!(
        talk.payload("workflow.list_subtasks", json!({"workflow_id": id})).await["list"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(talk.payload("workflow.list_instances", json!({})).await["list"][0]["status"], "finished");
    let (kind, _) =
        talk.bytes("workflow.list_number_recordings", json!({"workflow_id": id, "callee": ANN})).await;
    assert_eq!(kind, "application/zip");
    assert_ne!(talk.code("workflow.add_contacts", more).await, 200);

    let second = json!({"workflow_template_id": 1, "name": "stopped", "end_time": "2100-01-01 10:00:00+00:00", "details": [
        {"callee": ANN, "variables": {}}, {"callee": BEN, "variables": {}}]});
    let id = talk.payload("workflow.create_instance", second).await["workflow_id"].clone();
    talk.payload("workflow.cancel_contact", json!({"workflow_id": id, "callee": ANN})).await;
    talk.payload("workflow.stop_instance", json!({"workflow_id": id})).await;
    assert_eq!(talk.payload("workflow.list_instances", json!({})).await["list"][0]["status"], "stopped");
    assert_ne!(talk.code("workflow.stop_instance", json!({"workflow_id": id})).await, 200);
}

#[tokio::test]
async fn the_predictive_dialer_calls_and_tells() {
    use base64::Engine;
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted()).await;
    let contact = |number: &str, account: &str| json!({"phonenumber": number, "account_id": account});
    let task = |name: &str, contacts: Value| {
        json!({"taskName": name, "startTime": "2024-01-01 09:00:00", "autoEndTime": "2024-01-01 18:00:00", "groupName": "group",
               "contactList": [], "customizeContacts": contacts, "bulkCallInterval": 60, "repeatTimes": 1,
               "callback": base64::engine::general_purpose::STANDARD.encode(&receiver.url)})
    };
    let contacts =
        json!([contact(ANN, "1"), contact(BEN, "2"), contact(CAT, "3"), contact("+123456789012345", "4")]);
    let made = talk.payload("predictive_dialer.create_task", task("dial", contacts.clone())).await;
    let id = made["taskId"].clone();
    assert_eq!(made["errorContactList"].as_array().unwrap().len(), 1);
    assert_eq!(talk.code("predictive_dialer.create_task", task("dial", contacts.clone())).await, 10508);
    let mut night = task("night", contacts);
    night["autoEndTime"] = json!("2024-01-02 09:00:00");
    assert_eq!(talk.code("predictive_dialer.create_task", night).await, 10621);
    talk.simulator.play_out().await;

    assert_eq!(told(&talk, "predictive_dialer.task_status_changed"), 2);
    let bodies = receiver.bodies();
    let states = |kind: &str, number: &str, key: &str| -> Vec<Value> {
        let of = |body: &&Value| body["type"] == kind && body["body"]["phoneNumber"] == number;
        let mut events: Vec<&Value> = bodies.iter().filter(of).map(|body| &body["body"]).collect();
        events.sort_by_key(|event| event["timestamp"].as_i64());
        events.iter().map(|event| event[key].clone()).collect()
    };
    assert_eq!(states("ContactStatus", ANN, "state"), ["CALLING", "RINGING", "ANSWERED", "HANGUP"]);
    assert_eq!(states("ContactStatus", BEN, "state").len(), 6);
    assert_eq!(states("AgentStatus", ANN, "State"), ["ANSWERED", "HANGUP", "TALKRESULT"]);
    assert_eq!(states("AgentStatus", CAT, "nthCall"), [2, 2, 2]);
    let finished =
        bodies.iter().filter(|body| body["type"] == "TaskStatus").map(|body| &body["body"]["state"]);
    assert_eq!(finished.collect::<Vec<_>>(), ["Running", "Finished"]);

    let all = talk
        .payload("predictive_dialer.list_call_results", json!({"taskId": id, "needCustomerInfo": true}))
        .await;
    assert_eq!(all["total"], 5, "{all}");
    let page = talk
        .payload("predictive_dialer.list_call_results", json!({"taskId": id, "limit": 2, "offset": 4}))
        .await;
    assert_eq!((page["list"].as_array().unwrap().len(), &page["total"]), (1, &json!(5)));
    let ann = all["list"].as_array().unwrap().iter().find(|row| row["phoneNumber"] == ANN).unwrap();
    assert_eq!((&ann["customerInfo"]["account_id"], &ann["talkDuration"]), (&json!("1"), &json!(10)));
    let like = json!({"taskId": id, "like": [{"field": "callid", "pattern": ann["callid"]}]});
    assert_eq!(talk.payload("predictive_dialer.list_call_results", like).await["total"], 1);
    let link = talk.payload("predictive_dialer.get_call_recording", json!({"callid": ann["callid"]})).await;
    assert_eq!(link["link"], ann["reclink"]);
    let ben = all["list"].as_array().unwrap().iter().find(|row| row["phoneNumber"] == BEN).unwrap();
    let (_, none) = talk.call("predictive_dialer.get_call_recording", json!({"callid": ben["callid"]})).await;
    assert_eq!((&none["code"], &none["body"]), (&json!(0), &Value::Null));

    let cancel = json!({"TaskID": id, "contactList": [ANN]});
    assert_eq!(talk.code("predictive_dialer.cancel_contacts", cancel).await, 10513);
    let copy = |name: &str, from: &str| json!({"taskName": name, "fromTask": from, "autoEndTime": "2024-01-01 18:00:00", "groupName": "group", "noanswerOnly": "Y"});
    assert_eq!(talk.code("predictive_dialer.copy_task", copy("copy", "nothing")).await, 10506);
    talk.payload("predictive_dialer.copy_task", copy("copy", "dial")).await;
    let range =
        json!({"minstarttime": "2020-01-01 00:00:00", "maxstarttime": "2100-01-01 00:00:00", "limit": 500});
    let list = talk.payload("predictive_dialer.list_tasks", range).await;
    assert_eq!((&list["list"][0]["name"], &list["list"][0]["state"]), (&json!("copy"), &json!("Running")));
    let cancel = json!({"TaskID": list["list"][0]["taskId"], "contactList": [ANN, BEN]});
    assert_eq!(talk.payload("predictive_dialer.cancel_contacts", cancel).await, json!([BEN]));
    assert_eq!(talk.code("predictive_dialer.list_call_results", json!({"taskId": "nothing"})).await, 10702);
}

#[tokio::test]
async fn the_bot_answers() {
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(Simulator::builder().speed(0.0).webhook_url(&receiver.url)).await;
    let say = |text: &str| {
        json!({"call_id": "mine", "channel": "HuaWei", "channel_id": "c", "user": {"id": "1", "name": "somebody"},
               "messages": [{"type": "text", "text": text}]})
    };
    for text in ["one", "two", "an agent please"] {
        talk.payload("chatbot.huawei_send_user_message", say(text)).await;
        talk.simulator.play_out().await;
    }
    assert_eq!(told(&talk, "chatbot.huawei_bot_replied"), 2);
    assert_eq!(told(&talk, "chatbot.huawei_transfer_requested"), 1);
    let reply = &receiver.bodies()[0];
    assert_eq!((&reply["call_id"], &reply["messages"][0]["sender_type"]), (&json!("mine"), &json!("robot")));

    let list = |last: &str, size: i64| {
        talk.payload("chatbot.list_messages", json!({"call_id": "mine", "last_msg_id": last, "size": size}))
    };
    let all = list("", 20).await;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), 5);
    assert_eq!(all[0]["content"]["text"], "an agent please");
    assert_eq!(all[1]["content"]["text"], "You said: two");
    let page = list(all[1]["msg_id"].as_str().unwrap(), 2).await;
    assert_eq!(page.as_array().unwrap()[..], all[2..4]);

    talk.payload("chatbot.mark_message_read", json!({"call_id": "mine", "msg_id": all[0]["msg_id"]})).await;
    assert_eq!(list("", 1).await[0]["status"], "read");
    talk.payload("chatbot.huawei_report_transfer_result", json!({"call_id": "mine"})).await;
    talk.payload(
        "chatbot.send_message",
        json!({"call_id": "mine", "messages": [{"type": "text", "text": "hello"}]}),
    )
    .await;
    talk.payload("chatbot.huawei_send_user_message", say("still there?")).await;
    talk.simulator.play_out().await;
    assert_eq!(told(&talk, "chatbot.transferred_user_message_received"), 1);
    assert_eq!(told(&talk, "chatbot.message_status_changed"), 2);
    assert_eq!(talk.payload("chatbot.list_sessions", json!({})).await["list"][0]["status"], "open");
    talk.payload("chatbot.end_session", json!({"call_id": "mine"})).await;
    talk.simulator.settle().await;
    assert_eq!(told(&talk, "chatbot.session_ended"), 1);
    assert_eq!(told(&talk, "chatbot.huawei_session_ended"), 1);
    assert_ne!(talk.code("chatbot.send_message", json!({"call_id": "mine", "messages": []})).await, 200);

    let sent = talk
        .payload(
            "chatbot.send_single_template_message",
            json!({"channel_id": "62", "template_id": "1", "callee": ANN}),
        )
        .await;
    talk.simulator.play_out().await;
    assert_eq!(told(&talk, "chatbot.single_template_user_responded"), 1);
    let unsigned =
        talk.http.post(format!("{}{}", talk.simulator.base_url(), path(endpoint("chatbot.list_messages"))));
    assert_eq!(unsigned.json(&json!({"call_id": sent["call_id"]})).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn text_messages_and_number_checks_report_to_their_own_url() {
    use base64::Engine;
    let receiver = Receiver::start(0).await;
    let talk = Talk::with(scripted()).await;
    let sms = json!({"to": [ANN], "message": "hello", "from": "ACME", "callbackUrl": receiver.url});
    let id = talk.payload("sms.send_message", sms).await["messageId"].clone();
    let callback = base64::engine::general_purpose::STANDARD.encode(&receiver.url);
    let mut check = sample::request(endpoint("number_detection.check_numbers"));
    check["business"]["calls"] = json!([{"callee": BEN, "callback": callback, "prvdata": "42"}]);
    let (status, _) = talk.call("number_detection.check_numbers", check).await;
    assert_eq!(status, 200);
    talk.simulator.play_out().await;
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert!(bodies.iter().any(|body| body["messageId"] == id), "{bodies:?}");
    assert!(
        bodies.contains(&json!({"business": {"callee": BEN, "numstatus": 3, "prvdata": "42"}})),
        "{bodies:?}"
    );
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

#[tokio::test]
async fn every_endpoint_answers_its_sample_somehow() {
    let talk = Talk::with(scripted()).await;
    for endpoint in ENDPOINTS.iter().filter(|endpoint| endpoint.body != Body::Multipart) {
        let token = match endpoint.auth {
            Auth::Token(auth) => Some(talk.token(auth.endpoint).await),
            _ => None,
        };
        let answer = talk.send(endpoint.key, sample::request(endpoint), token.as_deref()).await;
        assert_eq!(answer.status(), 200, "{}: {:?}", endpoint.key, answer.text().await);
    }
    talk.simulator.play_out().await;
}

#[test]
fn every_behaviour_has_its_endpoint() {
    assert!(super::behaviour::keys().all(|key| endpoint(key).key == key));
    let behaves = |key: &str| super::behaviour::of(endpoint(key)).is_some();
    for key in [
        "telemarketing.create_plan",
        "info_check.stop_plan_task",
        "leads_generation.create_instance",
        "didi.create_task",
    ] {
        assert!(behaves(key), "{key}");
    }
    assert!(!behaves("auth.get_token"));
}

#[tokio::test]
async fn nothing_that_is_sent_upsets_it() {
    let talk = Talk::with(scripted()).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for endpoint in ENDPOINTS {
        let token = match endpoint.auth {
            Auth::Token(auth) => talk.token(auth.endpoint).await,
            _ => String::new(),
        };
        let send = |query: String, kind: &'static str, body: String| {
            let url = format!("{}{}{query}", talk.simulator.base_url(), path(endpoint));
            let request = talk
                .http
                .request(endpoint.method.parse().unwrap(), url)
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

/// What the stateful parts answer is read by the client's own types.
#[cfg(all(feature = "collection", feature = "predictive_dialer", feature = "workflow"))]
#[tokio::test]
async fn the_client_understands_it() {
    use crate::collection::CollectionContact;
    use crate::workflow::Contact;
    use jiff::civil::date;

    let simulator = scripted().start().await.unwrap();
    let client = crate::Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .build()
        .unwrap();
    let contact = CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile(ANN)
        .loan_date(date(2023, 12, 1))
        .due_date(date(2024, 1, 1))
        .loan_amount(crate::Decimal::from(300))
        .arrears(crate::Decimal::from(100))
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
