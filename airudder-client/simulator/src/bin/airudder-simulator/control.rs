//! The control port: orders over HTTP. The documentation of the library has the table.

use std::sync::Arc;
use std::time::Duration;

use airudder_simulator::{Delivery, Fault, Logged, Simulator};
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Json, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

/// No canned answer is longer.
const MAX_BODY: usize = 64 << 20;

type Shared = State<Arc<Simulator>>;

pub(crate) fn router(simulator: Arc<Simulator>) -> Router {
    Router::new()
        .route("/requests", get(log))
        .route("/requests/{key}", get(requests))
        .route("/fixtures", get(fixtures).post(record))
        .route("/deliveries", get(deliveries))
        .route("/faults", post(inject).delete(clear_faults))
        .route("/answers/{key}", put(answer).delete(clear_answer))
        .route("/webhook", put(deliver_to))
        .route("/webhooks/{key}", post(deliver))
        .route("/clock", get(clock).post(advance))
        .route("/play-out", post(play_out))
        .route("/tokens/revoke", post(revoke_tokens))
        .route("/reset", post(reset))
        .fallback(async || Refused(StatusCode::NOT_FOUND, "there is no such order".to_owned()))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(simulator)
}

/// Why an order is not followed.
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<JsonRejection> for Refused {
    fn from(rejection: JsonRejection) -> Self {
        Self(StatusCode::BAD_REQUEST, rejection.body_text())
    }
}

type Reply = Result<Json<Value>, Refused>;
type Body<T> = Result<Json<T>, JsonRejection>;

fn known(simulator: &Simulator, key: &str) -> Result<(), Refused> {
    if simulator.has_endpoint(key) {
        return Ok(());
    }
    Err(Refused(StatusCode::NOT_FOUND, format!("no endpoint has the key `{key}`")))
}

fn done() -> Reply {
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Filter {
    endpoint: Option<String>,
}

async fn log(State(simulator): Shared, Query(filter): Query<Filter>) -> Json<Value> {
    let log = simulator.log();
    let wanted =
        log.iter().filter(|entry| filter.endpoint.is_none() || entry.endpoint == filter.endpoint.as_deref());
    let entry = |entry: &Logged| {
        json!({
            "endpoint": entry.endpoint,
            "method": entry.method,
            "path": entry.path,
            "status": entry.status,
            "code": entry.code,
        })
    };
    Json(wanted.map(entry).collect())
}

async fn requests(State(simulator): Shared, Path(key): Path<String>) -> Reply {
    known(&simulator, &key)?;
    Ok(Json(json!({"count": simulator.requests(&key), "last": simulator.last_request(&key)})))
}

async fn record(State(simulator): Shared) -> Reply {
    simulator.record();
    done()
}

async fn fixtures(State(simulator): Shared) -> Json<Value> {
    Json(simulator.fixtures().into_iter().map(|fixture| json!(fixture)).collect())
}

async fn deliveries(State(simulator): Shared) -> Json<Value> {
    let entry =
        |one: &Delivery| json!({"webhook": one.webhook, "attempt": one.attempt, "status": one.status});
    Json(simulator.deliveries().iter().map(entry).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderedFault {
    endpoint: String,
    fault: String,
    #[serde(default = "once")]
    times: usize,
}

const fn once() -> usize {
    1
}

async fn inject(State(simulator): Shared, body: Body<OrderedFault>) -> Reply {
    let Json(order) = body?;
    if order.endpoint != "*" {
        known(&simulator, &order.endpoint)?;
    }
    let fault: Fault =
        order.fault.parse().map_err(|error| Refused(StatusCode::BAD_REQUEST, format!("{error}")))?;
    simulator.inject(&order.endpoint, fault, order.times);
    done()
}

async fn clear_faults(State(simulator): Shared) -> Reply {
    simulator.clear_faults();
    done()
}

async fn answer(State(simulator): Shared, Path(key): Path<String>, body: Body<Value>) -> Reply {
    known(&simulator, &key)?;
    let Json(answer) = body?;
    simulator.answer(&key, answer);
    done()
}

async fn clear_answer(State(simulator): Shared, Path(key): Path<String>) -> Reply {
    known(&simulator, &key)?;
    simulator.clear_answer(&key);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    url: String,
}

async fn deliver_to(State(simulator): Shared, body: Body<Receiver>) -> Reply {
    let Json(receiver) = body?;
    let url =
        crate::args::webhook_url(&receiver.url).map_err(|error| Refused(StatusCode::BAD_REQUEST, error))?;
    simulator.deliver_to(url);
    done()
}

async fn deliver(State(simulator): Shared, Path(key): Path<String>, body: Body<Value>) -> Reply {
    let Json(overrides) = body?;
    let status = simulator.deliver(&key, overrides).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Refused(StatusCode::NOT_FOUND, error.to_string()),
        _ => Refused(StatusCode::BAD_REQUEST, error.to_string()),
    })?;
    Ok(Json(json!({"status": status})))
}

async fn clock(State(simulator): Shared) -> Json<Value> {
    Json(json!({"now": simulator.clock().now().to_string(), "speed": simulator.clock().speed()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    advance_seconds: f64,
}

async fn advance(State(simulator): Shared, body: Body<Turn>) -> Reply {
    let Json(turn) = body?;
    let by = Duration::try_from_secs_f64(turn.advance_seconds)
        .map_err(|error| Refused(StatusCode::BAD_REQUEST, format!("advance_seconds: {error}")))?;
    simulator.clock().advance(by);
    simulator.settle().await;
    Ok(clock(State(simulator)).await)
}

async fn play_out(State(simulator): Shared) -> Reply {
    simulator.play_out().await;
    done()
}

async fn revoke_tokens(State(simulator): Shared) -> Reply {
    simulator.revoke_tokens();
    done()
}

async fn reset(State(simulator): Shared) -> Reply {
    simulator.reset();
    done()
}
