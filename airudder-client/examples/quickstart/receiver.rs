//! Receives the vendor's webhooks: answers at once, and passes on what came.

use std::collections::HashSet;

use airudder_client::types::TaskId;
use airudder_client::webhook::{self, Event};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use tokio::sync::mpsc;

/// A receiver on a loopback port.
pub(crate) struct Receiver {
    url: String,
    events: mpsc::Receiver<Event>,
    /// Rows whose call was reported: a message may come twice.
    seen: HashSet<String>,
}

impl Receiver {
    pub(crate) async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        // One address per webhook: a message does not say which it is.
        let url = format!("http://{}/webhooks/{{key}}", listener.local_addr()?);
        let (sender, events) = mpsc::channel(1_000);
        let router = Router::new().route("/webhooks/{key}", post(receive)).with_state(sender);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url, events, seen: HashSet::new() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn reported(&self) -> usize {
        self.seen.len()
    }

    /// Waits for the next call of the task that is over, and says how it went.
    pub(crate) async fn next_call(&mut self, task: &TaskId) -> String {
        loop {
            let Some(event) = self.events.recv().await else { return std::future::pending().await };
            if let Event::CollectionCallFinished(call) = event
                && call.task_id.as_ref() == Some(task)
                && self.seen.insert(call.comments.clone().unwrap_or_default())
            {
                return call.ring_type.map_or_else(|| "no word".to_owned(), |ring| ring.to_string());
            }
        }
    }
}

async fn receive(
    State(events): State<mpsc::Sender<Event>>,
    Path(key): Path<String>,
    body: Bytes,
) -> StatusCode {
    let Ok(message) = webhook::read(&key, &body) else { return StatusCode::BAD_REQUEST };
    for event in message.events {
        if events.send(event).await.is_err() {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    StatusCode::OK
}
