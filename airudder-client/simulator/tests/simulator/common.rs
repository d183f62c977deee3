//! A simulator to talk to over real HTTP, and a receiver of its webhooks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::catalogue::{Auth, BodyForm, ENDPOINTS, Endpoint};
use airudder_simulator::{CallOutcome, Clock, Simulator, SimulatorBuilder};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A simulator, and what is needed to talk to it.
pub(crate) struct Talk {
    pub(crate) simulator: Simulator,
    pub(crate) http: Client,
    pub(crate) tokens: Mutex<HashMap<&'static str, String>>,
}

impl Talk {
    pub(crate) async fn start() -> Self {
        Self::with(Simulator::builder()).await
    }

    /// Paths that are only assumed may be absent from the catalogue: the tests give all endpoints one.
    pub(crate) async fn with(mut builder: SimulatorBuilder) -> Self {
        for endpoint in ENDPOINTS {
            builder = builder.override_path(endpoint.key, path(endpoint));
        }
        let simulator = builder.start().await.unwrap();
        Self { simulator, http: Client::builder().no_proxy().build().unwrap(), tokens: Mutex::default() }
    }

    pub(crate) fn clock(&self) -> Clock {
        self.simulator.clock()
    }

    pub(crate) async fn token(&self, endpoint: &'static str) -> String {
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

    pub(crate) async fn send(&self, key: &str, input: Value, token: Option<&str>) -> Response {
        self.try_send(key, input, token).await.unwrap()
    }

    pub(crate) async fn try_send(
        &self,
        key: &str,
        input: Value,
        token: Option<&str>,
    ) -> reqwest::Result<Response> {
        let endpoint = endpoint(key);
        let mut url = format!("{}{}", self.simulator.base_url(), path(endpoint));
        if endpoint.body == BodyForm::Query {
            url = format!("{url}?{}", form(&input));
        }
        let mut request = self.http.request(endpoint.method.as_str().parse().unwrap(), url);
        request = match endpoint.body {
            BodyForm::Query | BodyForm::None => request,
            BodyForm::Form => {
                request.header("Content-Type", "application/x-www-form-urlencoded").body(form(&input))
            }
            BodyForm::Json | BodyForm::Multipart => request.json(&input),
        };
        if let Some(token) = token {
            request = request.header("Authorization", format!("Token {token}"));
        }
        if matches!(endpoint.auth, Auth::Bearer) {
            request = request.bearer_auth(Simulator::APP_KEY);
        }
        if let Some(idempotency) = &endpoint.idempotency {
            request = request.header(idempotency.header, format!("key-of-{key}"));
        }
        if matches!(endpoint.auth, Auth::Signature) {
            request = request.header("X-AIRudder-Sign", "").header("X-AIRudder-Sign-Key", "0".repeat(32));
        }
        request.send().await
    }

    /// A call with a token: HTTP status and body.
    pub(crate) async fn call(&self, key: &str, input: Value) -> (u16, Value) {
        let token = match endpoint(key).auth {
            Auth::Token(auth) => Some(self.token(auth.endpoint.key).await),
            _ => None,
        };
        let answer = self.send(key, input, token.as_deref()).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap())
    }

    /// The payload of a call that goes well.
    pub(crate) async fn payload(&self, key: &str, input: Value) -> Value {
        let (status, mut body) = self.call(key, input).await;
        assert_eq!(status, 200, "{key}: {body}");
        let code = body["code"].as_i64();
        assert!(code == Some(200) || code == Some(0), "{key}: {body}");
        ["data", "body"].iter().find_map(|name| body.get_mut(*name).map(Value::take)).unwrap()
    }

    pub(crate) async fn code(&self, key: &str, input: Value) -> i64 {
        let (_, body) = self.call(key, input).await;
        body["code"].as_i64().unwrap_or_else(|| panic!("{key}: {body}"))
    }

    pub(crate) async fn bytes(&self, key: &str, input: Value) -> (String, Vec<u8>) {
        let token = self.token("auth.get_token").await;
        let answer = self.send(key, input, Some(&token)).await;
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        (kind, answer.bytes().await.unwrap().to_vec())
    }
}

pub(crate) fn endpoint(key: &str) -> &'static Endpoint {
    ENDPOINTS.iter().find(|endpoint| endpoint.key == key).unwrap_or_else(|| panic!("no endpoint {key}"))
}

pub(crate) fn path(endpoint: &Endpoint) -> String {
    endpoint.path.map_or_else(|| format!("/test/{}", endpoint.key), str::to_owned)
}

pub(crate) fn form(input: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in input.as_object().unwrap() {
        form.append_pair(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned).as_str());
    }
    form.finish()
}

pub(crate) fn row(number: &str, comments: &str) -> Value {
    json!({
        "Debtor": "Jane Doe", "Mobile": number, "LoanDate": "2023-12-01", "DueDate": "2024-01-01",
        "LoanAmount": 300_000,
        "Arrears": 321_000, "Unit": "Rupiah", "Platform": "ACME", "Comments": comments, "Gender": "female",
    })
}

pub(crate) fn task(name: &str, numbers: &[&str]) -> Value {
    let rows: Vec<Value> =
        numbers.iter().enumerate().map(|(n, number)| row(number, &n.to_string())).collect();
    json!({
        "TaskName": name, "ScheduleStartTime": "2024-01-01 08:00:00",
        "ScheduleEndTime": "2024-01-01 09:00:00",
        "RobotID": "robot", "SIPLine": "LINE", "RepeatInterval": 10, "RepeatNumber": 1, "Details": rows,
    })
}

pub(crate) const ANN: &str = "+6281200000001";
pub(crate) const BEN: &str = "+6281200000002";
pub(crate) const CAT: &str = "+6281200000003";

/// Ann talks for ten seconds, Ben's line is busy, Cat answers the second call.
pub(crate) fn scripted() -> SimulatorBuilder {
    Simulator::builder().speed(0.0).outcomes(|number, attempt| match (number, attempt) {
        (ANN, _) => Some(CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(10) }),
        (CAT, 2..) => Some(CallOutcome::Connected { intention: 'C', talk: Duration::from_secs(20) }),
        (BEN, _) => Some(CallOutcome::Busy),
        (CAT, _) => Some(CallOutcome::NoAnswer),
        _ => None,
    })
}

/// A receiver of webhooks that answers what it is told to, at first with `refusals` errors.
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

impl Receiver {
    pub(crate) async fn start(refusals: usize) -> Self {
        let seen = Arc::<Mutex<Vec<(HeaderMap, Value)>>>::default();
        let state = (Arc::clone(&seen), Arc::new(Mutex::new(refusals)));
        let app = axum::Router::new().route("/hook", axum::routing::post(receive)).with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    pub(crate) fn bodies(&self) -> Vec<Value> {
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

/// The payload of each webhook of a key that has arrived: found by the log of deliveries.
pub(crate) fn told(talk: &Talk, key: &str) -> usize {
    talk.simulator
        .deliveries()
        .iter()
        .filter(|delivery| delivery.webhook == key && delivery.status == Some(200))
        .count()
}
