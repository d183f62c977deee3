//! What becomes of a message after it was read, and of senders who are slow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use airudder_client::receive::{Delivery, Inbox, InboxFuture, Server};
use airudder_simulator::Simulator;
use axum::Router;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};

use crate::support::{Kept, Log, PHONE, SECRET, Serving, head, raw, receiver, status};

const KEY: &str = "collection.call_finished";

fn path() -> String {
    format!("/{SECRET}/{KEY}")
}

fn body() -> String {
    json!({"Callee": PHONE, "TaskID": "7"}).to_string()
}

fn request() -> String {
    format!("{}{}", head(&path(), &format!("content-length: {}\r\n", body().len())), body())
}

async fn serving(inbox: impl Inbox) -> Serving {
    Serving::start(receiver().routes().all().router(inbox).unwrap()).await
}

#[tokio::test]
async fn a_failure_is_503_a_panic_500_and_the_next_one_is_taken() {
    let (log, count) = (Log::default(), Arc::new(AtomicUsize::new(0)));
    let _catching = log.catch();
    let number = Arc::clone(&count);
    let serving = serving(move |delivery: Delivery| {
        let number = number.fetch_add(1, Ordering::SeqCst);
        async move {
            tokio::task::yield_now().await;
            match number {
                0 => Err(format!("duplicate key {}", String::from_utf8_lossy(&delivery.message.raw))),
                1 => panic!("a bug of the inbox"),
                _ => Ok(()),
            }
        }
    })
    .await;
    for wanted in [503, 500, 200] {
        assert_eq!(serving.post(&path(), body()).await, wanted);
    }
    assert_eq!(count.load(Ordering::SeqCst), 3);
    log.hides_everything();
    assert!(log.text().contains("could not be stored") && log.text().contains("panicked"));
}

#[tokio::test]
async fn what_was_not_stored_comes_again() {
    let (kept, count) = (Kept::default(), Arc::new(AtomicUsize::new(0)));
    let keeps = kept.clone();
    let serving = serving(move |delivery: Delivery| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        let keeps = keeps.clone();
        async move { if first { Err("the database is down".into()) } else { keeps.store(delivery).await } }
    })
    .await;
    let simulator = Simulator::builder().busy_speed(100_000.0).start().await.unwrap();
    simulator.deliver_to(serving.url(&format!("/{SECRET}/{{key}}")));
    let client = airudder_tests::client(&simulator);
    let task = client.execute(&airudder_tests::task("again", 1)).await.unwrap();
    simulator.play_out().await;
    let deliveries = kept.take();
    let of_task = deliveries
        .iter()
        .filter(|delivery| String::from_utf8_lossy(&delivery.message.raw).contains(task.task_id.as_str()));
    assert!(of_task.count() > 0, "{deliveries:?}");
    let statuses: Vec<_> = simulator.deliveries().into_iter().map(|delivery| delivery.status).collect();
    assert!(statuses.contains(&Some(503)), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == Some(200)).count(), deliveries.len());
}

/// Stores when it is let, and says that it was there.
#[derive(Clone)]
struct Gate {
    open: Arc<Semaphore>,
    began: Arc<Notify>,
    stored: Arc<AtomicUsize>,
    done: Arc<Notify>,
}

impl Gate {
    fn closed() -> Self {
        Self {
            open: Arc::new(Semaphore::new(0)),
            began: Arc::default(),
            stored: Arc::default(),
            done: Arc::default(),
        }
    }
}

impl Inbox for Gate {
    fn store(&self, _: Delivery) -> InboxFuture<'_> {
        Box::pin(async {
            self.began.notify_one();
            self.open.acquire().await?.forget();
            self.stored.fetch_add(1, Ordering::SeqCst);
            self.done.notify_one();
            Ok(())
        })
    }

    fn ready(&self) -> InboxFuture<'_> {
        Box::pin(async { if self.open.is_closed() { Err("it is closed".into()) } else { Ok(()) } })
    }
}

#[tokio::test]
async fn a_sender_who_hangs_up_does_not_stop_what_stores_the_message() {
    let gate = Gate::closed();
    let serving = serving(gate.clone()).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(request().as_bytes()).await.unwrap();
    gate.began.notified().await;
    drop(stream);
    // Let the server see that he is gone.
    tokio::time::sleep(Duration::from_millis(50)).await;
    gate.open.add_permits(1);
    let stored = tokio::time::timeout(Duration::from_secs(60), gate.done.notified());
    stored.await.expect("it was stopped halfway");
    assert_eq!(gate.stored.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_inbox_that_takes_too_long_is_503_and_so_is_what_comes_beyond_the_limit() {
    let gate = Gate::closed();
    let receiver = receiver().storing_timeout(Duration::from_millis(200)).max_concurrent(1);
    let router: Router = receiver.routes().all().router(gate.clone()).unwrap();
    let serving = Serving::start(router).await;
    assert_eq!(serving.post(&path(), body()).await, 503);
    assert_eq!(gate.stored.load(Ordering::SeqCst), 0, "it was dropped where it waited");
    gate.open.add_permits(1);
    assert_eq!(serving.post(&path(), body()).await, 200, "the place is free again");

    let gate = Gate::closed();
    let router: Router =
        crate::support::receiver().max_concurrent(1).routes().all().router(gate.clone()).unwrap();
    let serving = Serving::start(router).await;
    let mut first = TcpStream::connect(serving.address).await.unwrap();
    first.write_all(request().as_bytes()).await.unwrap();
    gate.began.notified().await;
    assert_eq!(serving.post(&path(), body()).await, 503);
    assert_eq!(serving.post("/a-wrong-secret/x", body()).await, 404, "strangers learn nothing of it");
    gate.open.add_permits(1);
    assert_eq!(status(&mut first).await, Some(200));
}

#[tokio::test]
async fn the_health_route_asks_the_inbox() {
    let gate = Gate::closed();
    let serving = serving(gate.clone()).await;
    let get = |path: &'static str| {
        let request = crate::support::http().get(serving.url(path));
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(get("/health").await, 200);
    gate.open.close();
    assert_eq!(get("/health").await, 503);
    assert_eq!(get("/healthy").await, 404);
    let elsewhere: Router = receiver().routes().all().health("/live/z").router(gate).unwrap();
    let elsewhere = Serving::start(elsewhere).await;
    let there = crate::support::http().get(elsewhere.url("/live/z")).send().await.unwrap();
    assert_eq!(there.status(), 503);
}

#[tokio::test]
async fn a_head_that_takes_too_long_is_408_and_silence_is_closed() {
    let log = Log::default();
    let _catching = log.catch();
    let kept = Kept::default();
    let router: Router = receiver().routes().all().router(kept.clone()).unwrap();
    let serving = Serving::with(router, |server| server.head_timeout(Duration::from_millis(300))).await;
    let head = head(&path(), "content-length: 2\r\n");
    assert_eq!(raw(serving.address, &head.as_bytes()[..head.len() - 2]).await, Some(408));
    assert_eq!(raw(serving.address, b"P").await, Some(408));
    assert_eq!(raw(serving.address, b"").await, None);
    // The time of the head is not that of the body.
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    stream.write_all(b"{}").await.unwrap();
    assert_eq!(status(&mut stream).await, Some(200));
    // Drop by drop is as slow.
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    for byte in head.as_bytes() {
        if stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(status(&mut stream).await, Some(408));
    assert_eq!(kept.take().len(), 1);
    log.hides_everything();
}

/// Whoever asks and asks, and takes no answer, would have its place for ever.
#[tokio::test]
async fn who_takes_no_answer_is_closed() {
    let router: Router = receiver().routes().all().router(Kept::default()).unwrap();
    let set = |server: Server| server.max_connections(1).write_timeout(Duration::from_millis(500));
    let serving = Serving::with(router, set).await;
    let mut greedy = TcpStream::connect(serving.address).await.unwrap();
    let asking = b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n".repeat(1_000);
    let asked = tokio::time::timeout(Duration::from_secs(30), async {
        // Some megabytes lie in the buffers of the system.
        while greedy.write_all(&asking).await.is_ok() {}
    });
    asked.await.expect("it is listened to for ever");
    assert_eq!(raw(serving.address, request().as_bytes()).await, Some(200));
}

#[tokio::test]
async fn a_body_that_drips_in_is_408_and_one_that_breaks_off_is_nothing() {
    let kept = Kept::default();
    let receiver = receiver().body_timeout(Duration::from_millis(300));
    let router: Router = receiver.routes().all().router(kept.clone()).unwrap();
    let serving = Serving::start(router).await;
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(head(&path(), "transfer-encoding: chunked\r\n").as_bytes()).await.unwrap();
    let (mut answer, mut reads) = (Vec::new(), 0);
    let (mut reading, mut writing) = stream.split();
    loop {
        tokio::select! {
            read = reading.read_buf(&mut answer) => if read.unwrap_or(0) == 0 { break },
            () = tokio::time::sleep(Duration::from_millis(30)) => {
                reads += 1;
                assert!(reads < 1_000, "it is never told");
                // It may be closed already.
                let _ = writing.write_all(b"1\r\n \r\n").await;
            }
        }
    }
    assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer));

    let mut broken = TcpStream::connect(serving.address).await.unwrap();
    broken.write_all(&request().as_bytes()[..request().len() - 1]).await.unwrap();
    broken.shutdown().await.unwrap();
    assert!([None, Some(400)].contains(&status(&mut broken).await));
    assert!(kept.take().is_empty());
}

#[tokio::test]
async fn a_server_that_stops_answers_what_is_under_way_and_takes_nothing_more() {
    let (gate, stop) = (Gate::closed(), Arc::new(Notify::new()));
    let router: Router = receiver().routes().all().router(gate.clone()).unwrap();
    let stopped = Arc::clone(&stop);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = airudder_client::receive::Server::new(listener, router);
    let served = tokio::spawn(async move {
        server.max_connections(2).graceful_shutdown(async move { stopped.notified().await }).await;
    });
    // One is idle, one is under way.
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request().as_bytes()).await.unwrap();
    gate.began.notified().await;
    stop.notify_one();
    assert_eq!(status(&mut idle).await, None);
    assert!(!served.is_finished());
    gate.open.add_permits(1);
    assert_eq!(status(&mut stream).await, Some(200));
    tokio::time::timeout(Duration::from_secs(60), served).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
