//! Messages acknowledged durably per second: through the inbox, and beside it by bare axum and sqlx doing one
//! insert each.
//!
//! `cargo bench -p airudder-campaign --bench inbox`; with `AIRUDDER_BENCH_DATABASE=postgres://...` (and
//! feature `postgres`) on PostgreSQL too.

#![allow(clippy::unwrap_used, reason = "a benchmark fails as a test does")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use airudder_campaign::{Inbox, Ledger};
use airudder_client::reqwest;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor as _};
use tokio::net::TcpListener;

const SENDERS: usize = 50;
const LASTS: Duration = Duration::from_secs(3);

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// Messages that are acknowledged, for each second.
async fn measure(url: &str) -> f64 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let began = Instant::now();
    let senders = (0..SENDERS).map(|sender| {
        let (http, url) = (http.clone(), url.to_owned());
        tokio::spawn(async move {
            let mut acknowledged = 0_u32;
            while began.elapsed() < LASTS {
                let body = serde_json::json!({
                    "TaskID": "0123456789abcdef0123456789abcdef",
                    "Comments": format!("{sender}-{acknowledged}-{:x}", fastrand::u64(..)),
                    "Status": "finished", "Intention": "A", "RingType": "answered", "HangupType": "robot",
                    "CallStartTime": "2026-03-02T02:00:00Z", "CallEndTime": "2026-03-02T02:01:00Z",
                })
                .to_string();
                let answer = http.post(&url).body(body).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::OK);
                acknowledged += 1;
            }
            acknowledged
        })
    });
    let mut all = 0;
    for sender in senders.collect::<Vec<_>>() {
        all += sender.await.unwrap();
    }
    f64::from(all) / began.elapsed().as_secs_f64()
}

async fn inbox(ledger: &Ledger) -> f64 {
    async fn store(State(inbox): State<Inbox>, body: Bytes) -> StatusCode {
        match inbox.store("collection.call_finished", body).await {
            Ok(()) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
    measure(&serve(Router::new().route("/", post(store)).with_state(Inbox::new(ledger))).await).await
}

async fn bare(url: &str, is_sqlite: bool) -> f64 {
    async fn store(State(pool): State<Arc<AnyPool>>, body: Bytes) -> StatusCode {
        let insert = sqlx::query("INSERT INTO bare (id, body) VALUES ($1, $2)");
        let id = format!("{:032x}", fastrand::u128(..));
        match insert.bind(id).bind(body.to_vec()).execute(&*pool).await {
            Ok(_) => StatusCode::OK,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
    sqlx::any::install_default_drivers();
    let options = AnyPoolOptions::new().max_connections(if is_sqlite { 1 } else { 8 });
    let options = options.after_connect(move |connection, _| {
        Box::pin(async move {
            if is_sqlite {
                connection.execute("PRAGMA journal_mode = WAL").await?;
                connection.execute("PRAGMA synchronous = FULL").await?;
            }
            Ok(())
        })
    });
    let pool = options.connect(url).await.unwrap();
    let blob = if is_sqlite { "BLOB" } else { "BYTEA" };
    let create = format!("CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, body {blob})");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&pool).await.unwrap();
    measure(&serve(Router::new().route("/", post(store)).with_state(Arc::new(pool))).await).await
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("bare").display());
    let ledger = Ledger::open(folder.path().join("ledger")).await.unwrap();
    for _ in 0..2 {
        let (ours, bare) = (inbox(&ledger).await, bare(&url, true).await);
        println!("SQLite: {ours:.0} a second, bare {bare:.0}, {:.2}", ours / bare);
    }
    #[cfg(feature = "postgres")]
    if let Ok(url) = std::env::var("AIRUDDER_BENCH_DATABASE") {
        let ledger = Ledger::connect(&url).await.unwrap();
        for _ in 0..2 {
            let (ours, bare) = (inbox(&ledger).await, bare(&url, false).await);
            println!("PostgreSQL: {ours:.0} a second, bare {bare:.0}, {:.2}", ours / bare);
        }
    }
}
