//! A second API with a bearer key, words as codes, keys, cursors and headers, invented, in a consumer's own
//! spec: by YAML alone.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::catalogue::Code;
use airudder_client::types::JsonSchema;
use airudder_client::{Client, Error, ErrorCode, Family};
use airudder_tests::fast;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use orchard::{PickApples, PickState};
use serde_json::{Value, json};

airudder_client::api!("data/orchard.yaml");

/// What came.
#[derive(Debug, Clone)]
struct Arrived {
    line: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Arrived {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A server that answers in this order, and keeps what comes.
struct Server {
    url: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Server {
    async fn start(answers: Vec<(u16, Value)>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter()));
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrived);
        let router = Router::new().fallback(move |request: Request| {
            let (answers, kept) = (Arc::clone(&answers), Arc::clone(&kept));
            async move {
                let (head, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.expect("it is short");
                let line = format!("{} {}", head.method, head.uri);
                kept.lock().expect("nobody panics").push(Arrived { line, headers: head.headers, body });
                let (status, json) =
                    answers.lock().expect("nobody panics").next().unwrap_or((500, json!("nothing is left")));
                let answer = Response::builder().status(status).header("Content-Type", "application/json");
                answer.body(Body::from(json.to_string())).expect("it is an answer")
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, arrived }
    }

    fn client(&self) -> Client {
        let family = orchard::ENDPOINTS[0].family;
        let builder = Client::builder().family(family, |f| f.api_key("orchard-key").base_url(&self.url));
        builder.retry(fast()).build().expect("one key is enough")
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().expect("nobody panics").clone()
    }
}

fn picking() -> PickApples {
    PickApples::builder().tree("t/1").basket("jane").amount("all").build()
}

fn refusal(kind: &str, exact: Option<&str>) -> Value {
    json!({"fault": {"kind": kind, "text": "no", "cause": {"exact": exact}}})
}

#[tokio::test]
async fn headers_keys_and_repeats_follow_the_yaml() {
    let picked = json!({"id": "p-1", "state": "picking", "report": null});
    let answers = vec![
        (503, json!("a gateway")),
        (409, refusal("pickers_busy", None)),
        (409, refusal("ticket_reused", Some("still_picking"))),
        (201, picked),
    ];
    let server = Server::start(answers).await;
    let request = picking();
    let answer = server.client().execute_full(&request).await.unwrap();
    assert_eq!((answer.status, answer.data.state), (201, Some(PickState::Picking)));
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 4, "what is transient is repeated");
    for one in &arrived {
        assert_eq!(one.line, "POST /trees/t%2F1/pickings");
        assert_eq!(one.header("authorization"), Some("Bearer orchard-key"));
        assert_eq!(one.header("x-basket"), Some("jane"));
        assert_eq!(one.header("x-ticket"), Some(request.idempotency_key()), "one key");
        assert_eq!(one.body, arrived[0].body, "the same bytes");
    }
    let body: Value = serde_json::from_slice(&arrived[0].body).unwrap();
    assert_eq!(body, json!({"amount": "all"}), "header and path stand nowhere else");
}

#[tokio::test]
async fn codes_are_words_and_decide() {
    let family = orchard::ENDPOINTS[0].family;
    assert!(matches!(family, Family::Private(_)));
    // HTTP 429 is worth another try, but for the codes of the table that are not.
    for (status, word, known) in [
        (409, "ticket_reused", Some("TicketReused")),
        (404, "no_such_tree", Some("NoSuchTree")),
        (429, "out_of_season", Some("OutOfSeason")),
        (418, "teapot", None),
    ] {
        let server = Server::start(vec![(status, refusal(word, None))]).await;
        let error = server.client().execute(&picking()).await.unwrap_err();
        let Error::Api(refused) = &error else { panic!("{error}") };
        assert_eq!(error.code(), Some(ErrorCode::Other { family, code: Code::word(word) }));
        assert_eq!((refused.code_name(), error.http_status()), (known, Some(status)));
        assert_eq!(refused.message(), Some("no"));
        assert_eq!(server.arrived().len(), 1, "{word} is final");
        assert_eq!(error.is_idempotency_conflict(), word == "ticket_reused");
        assert_eq!(error.is_not_found(), word == "no_such_tree");
        assert!(!error.is_transient() && !error.is_retryable());
    }
    let server = Server::start(vec![(400, json!("no object")); 1]).await;
    let error = server.client().execute(&picking()).await.unwrap_err();
    assert!(matches!(error, Error::Http(_)), "{error}");
}

#[tokio::test]
async fn what_is_started_is_waited_for_and_read_as_a_type() {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Report {
        apples: u32,
    }
    let state = |state: &str, report: Value| (200, json!({"id": "p-1", "state": state, "report": report}));
    let answers = vec![
        state("picking", Value::Null),
        state("picking", Value::Null),
        state("done", json!({"apples": 3})),
    ];
    let server = Server::start(answers).await;
    let call = server.client().orchard().pick_apples().tree("t-1").basket("jane");
    let done =
        call.form(json!({"type": "object"})).send_and_wait().every(Duration::from_millis(5)).await.unwrap();
    assert_eq!(done.report_as::<Report>().unwrap(), Report { apples: 3 });
    let lines: Vec<String> = server.arrived().into_iter().map(|one| one.line).collect();
    assert_eq!(lines, ["POST /trees/t-1/pickings", "GET /pickings/p-1", "GET /pickings/p-1"]);

    let answers = vec![state("picking", Value::Null); 3];
    let server = Server::start(answers).await;
    let wait = server.client().orchard().pick_apples().tree("t-1").basket("jane").send_and_wait();
    let error = wait.every(Duration::from_millis(50)).deadline(Duration::from_millis(60)).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.started_id(), Some("p-1"), "it goes on, and can be asked for");
    // What is over already is not looked at again.
    let server = Server::start(vec![state("done", Value::Null)]).await;
    let call = server.client().orchard().pick_apples().tree("t-1").basket("jane");
    call.idempotency_key("mine").send_and_wait().await.unwrap();
    assert_eq!(server.arrived()[0].header("x-ticket"), Some("mine"));
    assert_eq!(server.arrived().len(), 1);
}

#[tokio::test]
async fn pages_end_with_the_cursor_and_bodies_may_be_none() {
    let page = |id: &str, next: Value| (200, json!({"trees": [{"id": id, "height": "tall"}], "next": next}));
    let server =
        Server::start(vec![page("a", json!("m1")), page("b", Value::Null), (204, json!(null))]).await;
    let client = server.client();
    let mut trees = client.orchard().list_trees().stream().items();
    let mut ids = Vec::new();
    while let Some(tree) = trees.next().await {
        ids.push(tree.unwrap().id);
    }
    assert_eq!(ids, ["a", "b"]);
    client.orchard().fell_tree().tree("t-1").reason("old").send().await.unwrap();
    let last = server.arrived().pop().unwrap();
    assert_eq!((last.line.as_str(), last.header("x-reason")), ("DELETE /trees/t-1", Some("old")));
    assert!(last.body.is_empty() && last.header("content-type").is_none());
    assert_eq!(server.arrived()[1].line, "GET /trees?after=m1");
}

#[tokio::test]
async fn what_fits_no_header_is_refused_and_nothing_shows() {
    let server = Server::start(Vec::new()).await;
    let client = server.client();
    let too_long = "k".repeat(65);
    for (basket, key, field) in [
        ("jane\r\nX-Evil: 1", "key", "X-Basket"),
        ("jane", "", "X-Ticket"),
        ("jane", " key", "X-Ticket"),
        ("jane", "k\n", "X-Ticket"),
        ("jane", "schlüssel", "X-Ticket"),
        ("jane", too_long.as_str(), "X-Ticket"),
    ] {
        let call = client.orchard().pick_apples().tree("t-1").basket(basket).idempotency_key(key);
        let error = call.send().await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{key:?}: {error}");
        assert_eq!(error.violations().iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), [field]);
    }
    let nested = client.orchard().pick_apples().tree("t-1").basket("jane").amount(json!([1]));
    assert_eq!(nested.send().await.unwrap_err().violations()[0].field, "amount");
    let form = JsonSchema::from(json!("text"));
    let error =
        client.orchard().pick_apples().tree("t-1").basket("jane").form(form).send().await.unwrap_err();
    assert_eq!(error.violations()[0].field, "form");
    assert!(server.arrived().is_empty(), "nothing was sent");
    assert!(!format!("{:?}", picking()).contains("jane"));
}

#[test]
fn a_clone_is_the_same_request() {
    let request = picking();
    let clone = request.clone();
    assert_eq!(clone.idempotency_key(), request.idempotency_key());
    let mut other = clone;
    other.renew_idempotency_key();
    assert_ne!(other.idempotency_key(), request.idempotency_key());
    other.set_idempotency_key("mine");
    assert_eq!((other.idempotency_key(), request.idempotency_key().len()), ("mine", 36));
}
