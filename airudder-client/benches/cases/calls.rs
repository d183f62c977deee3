//! Two reads over loopback, against a server that answers the same bytes to all.

use std::sync::mpsc;
use std::time::Duration;

use airudder_client::collection::GetTaskDetailResponse;
use airudder_client::{Client, Value};
use axum::Router;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use reqwest::header::AUTHORIZATION;
use serde::Deserialize;

use crate::bodies::{ROWS, derived, detail};

const TASK: &str = "00000000000000000000000000000002";
const TOKEN: &str = "0AAAb1CDEFGHIjKLmnopQR2+sTUVwXYZabCdEF3GH4iJ+KlMNopQ";

/// A task with as many records as it had rows.
const BIG: &str = "00000000000000000000000000000003";

/// Records in the answer of `get_task_detail`.
const RECORDS: usize = 3;

/// Starts a server on a thread of its own, which lives as long as the process, and gives its address.
pub(crate) fn server() -> String {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async move {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let address = listener.local_addr().expect("an address");
            let answer = |payload: String| {
                let body = format!(r#"{{"code":200,"status":"OK","data":{payload}}}"#);
                move || std::future::ready(([(CONTENT_TYPE, "application/json")], body.clone()))
            };
            let tasks: Vec<String> = (0..10)
                .map(|n| format!(r#"{{"TaskID":"{n:032}","TaskName":"task-{n}","Status":"finished"}}"#))
                .collect();
            let (few, many) = (answer(detail(RECORDS)), answer(detail(ROWS)));
            let details = move |uri: Uri| {
                let is_big = uri.query().is_some_and(|query| query.ends_with(BIG));
                if is_big { many() } else { few() }
            };
            let router = Router::new()
                .route("/service/cloud/auth", post(answer(format!(r#"{{"token":"{TOKEN}"}}"#))))
                .route("/service/cloud/list", get(answer(format!("[{}]", tasks.join(",")))))
                .route("/service/cloud/detail", get(details));
            sender.send(address).expect("somebody waits");
            axum::serve(listener, router).await.expect("it serves");
        });
    });
    format!("http://{}", receiver.recv().expect("a server"))
}

/// A runtime of one thread: all that a call costs on this side happens on the thread that waits for it.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub(crate) fn client(server: &str) -> Client {
    Client::builder().credentials("key", "secret").base_url(server).build().expect("a client")
}

pub(crate) async fn list_tasks(client: &Client) -> Value {
    client.collection().list_tasks().number(10).page(1).send().await.expect("an answer")
}

pub(crate) async fn get_task_detail(client: &Client) -> GetTaskDetailResponse {
    client.collection().get_task_detail().task_id(TASK).send().await.expect("an answer")
}

/// The answer of a task with many records.
pub(crate) async fn big_detail(client: &Client) -> GetTaskDetailResponse {
    client.collection().get_task_detail().task_id(BIG).send().await.expect("an answer")
}

/// The same calls by hand: reqwest and serde's derives, with the token and the time-out and nothing else.
pub(crate) struct ByHand {
    http: reqwest::Client,
    server: String,
}

#[derive(Deserialize)]
struct Envelope<T> {
    code: i64,
    data: T,
}

impl ByHand {
    pub(crate) fn new(server: &str) -> Self {
        Self { http: reqwest::Client::new(), server: server.to_owned() }
    }

    pub(crate) async fn list_tasks(&self) -> Value {
        self.get(format!("{}/service/cloud/list?Number=10&Page=1", self.server)).await
    }

    pub(crate) async fn get_task_detail(&self) -> derived::TaskDetail<derived::CallRecord> {
        self.get(format!("{}/service/cloud/detail?TaskID={TASK}", self.server)).await
    }

    pub(crate) async fn big_detail(&self) -> derived::TaskDetail<derived::CallRecord> {
        self.get(format!("{}/service/cloud/detail?TaskID={BIG}", self.server)).await
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, url: String) -> T {
        let request = self
            .http
            .get(url)
            .header(AUTHORIZATION, format!("Token {TOKEN}"))
            .timeout(Duration::from_secs(60));
        let response = request.send().await.and_then(reqwest::Response::error_for_status).expect("an answer");
        let envelope: Envelope<T> = response.json().await.expect("an envelope");
        assert_eq!(envelope.code, 200);
        envelope.data
    }
}
