//! What the log says of a call is what happened to it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::{Client, RetryPolicy};
use airudder_tests::create_task;
use airudder_tests::loopback::{ClosedPort, FixedToken};
use tokio::io::AsyncReadExt as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged of one attempt to create a task at this address.
async fn logged(url: String) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let guard = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish()
        .set_default();
    let builder =
        Client::builder().credentials("a-key", "a-secret").base_url(url).token_store(FixedToken("T"));
    let client = builder.timeout(Duration::from_millis(300)).retry(RetryPolicy::none()).build().unwrap();
    create_task(&client, "reminders", 1).await.unwrap_err();
    drop(guard);
    let lines = lines.0.lock().unwrap().clone();
    let of_call = |line: &&str| line.contains("attempt=1");
    String::from_utf8(lines).unwrap().lines().filter(of_call).collect::<Vec<_>>().join("\n")
}

/// Reads a request, and then closes the connection or keeps it for ever.
async fn silent(closes: bool) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 100_000]).await;
            if !closes {
                held.push(stream);
            }
        }
    });
    url
}

#[tokio::test]
async fn a_connection_that_broke_was_one() {
    let broke = logged(silent(true).await).await;
    assert!(broke.contains("the connection broke") && !broke.contains("no connection"), "{broke}");
    let nothing = logged(silent(false).await).await;
    assert!(nothing.contains("no answer in time") && !nothing.contains("no connection"), "{nothing}");
    let closed = ClosedPort::take();
    let refused = logged(closed.url()).await;
    assert!(refused.contains("no connection") && !refused.contains("broke"), "{refused}");
}
