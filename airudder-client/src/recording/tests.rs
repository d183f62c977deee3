use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;

use super::*;
use crate::test_server::{Answering, Dir, Server, answer, ok, recording};

fn wav(bytes: usize) -> Answering {
    answer(200, vec![0xAB; bytes]).header("Content-Type", "Audio/WAV; rate=8000")
}

#[tokio::test]
async fn bytes() {
    let server = Server::start(|_| wav(300_000)).await;
    let client = server.client();
    let file = recording(&client).await.unwrap();
    assert_eq!(
        (file.content_type(), file.content_length(), file.is_json()),
        (Some("audio/wav"), Some(300_000), false)
    );
    assert_eq!(file.bytes().await.unwrap().len(), 300_000);

    let mut pieces = recording(&client).await.unwrap().bytes_stream();
    let mut length = 0;
    while let Some(piece) = pieces.next().await {
        length += piece.unwrap().len();
    }
    assert_eq!(length, 300_000);

    let client = server.builder().max_response_bytes(1000).build().unwrap();
    assert!(matches!(recording(&client).await.unwrap().bytes().await.unwrap_err(), Error::Decode(_)));
}

#[tokio::test]
async fn downloads() {
    let server = Server::start(|_| wav(300_000)).await;
    let dir = Dir::new();
    let path = dir.0.join("call.wav");
    std::fs::write(&path, "old").unwrap();
    let mut seen = Vec::new();
    let file = recording(&server.client()).await.unwrap();
    assert_eq!(file.download_with(&path, |progress| seen.push(progress)).await.unwrap(), 300_000);
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 300_000);
    assert_eq!(seen.last(), Some(&Progress { received: 300_000, total: Some(300_000) }));
    assert_eq!(dir.names(), ["call.wav"]);

    let file = recording(&server.client()).await.unwrap();
    let error = file.download_to(dir.0.join("no/such/dir.wav")).await.unwrap_err();
    assert!(matches!(error, Error::Io(_)), "{error}");
    let file = recording(&server.client()).await.unwrap();
    assert!(matches!(file.download_to("/").await.unwrap_err(), Error::Io(_)));
}

#[tokio::test]
async fn a_download_that_breaks_leaves_nothing() {
    let server = Server::start(|_| wav(300_000).cut_after(200_000)).await;
    let dir = Dir::new();
    let path = dir.0.join("call.wav");
    std::fs::write(&path, "old").unwrap();
    let error = recording(&server.client()).await.unwrap().download_to(&path).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)) && error.is_retryable(), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    assert_eq!(dir.names(), ["call.wav"]);
    assert_eq!(server.hits("/call"), 1, "not repeated after its first byte");
}

#[tokio::test]
async fn a_download_that_is_cancelled_leaves_nothing() {
    let server = Server::start(|_| wav(300_000).paced(Duration::from_millis(20))).await;
    let dir = Dir::new();
    let file = recording(&server.client()).await.unwrap();
    let download = file.download_to(dir.0.join("call.wav"));
    assert!(tokio::time::timeout(Duration::from_millis(200), download).await.is_err());
    assert_eq!(dir.names(), [""; 0]);
}

#[tokio::test]
async fn a_download_that_stops_is_a_time_out() {
    let server = Server::start(|_| wav(10_000).paced(Duration::from_millis(200))).await;
    let client = server.builder().timeout(Duration::from_millis(1200)).build().unwrap();
    // Slow is not stopped: the time-out is for each piece.
    assert_eq!(recording(&client).await.unwrap().bytes().await.unwrap().len(), 10_000);
    let server = Server::start(|_| wav(10_000).paced(Duration::from_millis(400))).await;
    let client = server.builder().timeout(Duration::from_millis(200)).build().unwrap();
    let file = recording(&client).await.unwrap();
    assert!(file.bytes().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn links_are_followed_without_the_token() {
    let storage = Server::bare(|got| match got.path() {
        "/moved" => answer(302, "").header("Location", "/file.wav?sig=1"),
        "/file.wav" => wav(5),
        _ => answer(403, "<html>"),
    })
    .await;
    let (link, failed) = (AtomicUsize::new(0), storage.url.clone());
    let server = Server::start(move |_| {
        let path = ["/file.wav", "/moved", "/gone"][link.fetch_add(1, Ordering::SeqCst) % 3];
        ok(&format!(r#"{{"callid":"1","recLink":"{failed}{path}"}}"#))
    })
    .await;
    let client = server.client();
    for _ in 0..2 {
        let file = recording(&client).await.unwrap();
        assert_eq!((file.is_json(), file.content_type()), (false, Some("audio/wav")));
        assert_eq!(file.json().unwrap()["callid"], "1");
        assert_eq!(file.bytes().await.unwrap().len(), 5);
    }
    let error = recording(&client).await.unwrap_err();
    assert_eq!((error.http_status(), error.endpoint()), (Some(403), Some("test.file")));
    assert!(error.to_string().starts_with("test.file: the linked file: HTTP 403"), "{error}");
    assert_eq!(storage.got().len(), 4);
    assert!(storage.got().iter().all(|got| got.header("authorization").is_none()));
}

#[tokio::test]
async fn a_link_that_fails_is_tried_again() {
    let count = AtomicUsize::new(0);
    let storage = Server::bare(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(503, ""),
        1 => Answering::reset(),
        _ => wav(5),
    })
    .await;
    let url = storage.url.clone();
    let server = Server::start(move |_| ok(&format!("{url:?}"))).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap().len(), 5);
    assert_eq!((storage.got().len(), server.hits("/call")), (3, 1));
}

#[tokio::test]
async fn attempts_at_a_link_count() {
    let busy = Server::start(|_| answer(503, "")).await;
    let client = busy.client();
    let error = client.recording(&format!("{}/file.wav", busy.url)).await.unwrap_err();
    assert_eq!((busy.hits("/file.wav"), error.attempts()), (4, 4));
    assert!(error.may_have_reached_vendor() && error.is_retryable(), "{error}");

    let url = busy.url.clone();
    let server = Server::start(move |_| ok(&format!(r#"{{"url":"{url}/file.wav"}}"#))).await;
    let error = recording(&server.client()).await.unwrap_err();
    assert_eq!((server.hits("/call"), busy.hits("/file.wav"), error.attempts()), (1, 8, 5));

    let storage = Server::start(|_| wav(300_000).cut_after(200_000)).await;
    let file = client.recording(&format!("{}/file.wav", storage.url)).await.unwrap();
    let error = file.bytes().await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn a_link_that_was_not_connected_to_was_not_reached() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let client = Server::start(|_| ok("{}")).await.client();
    let error = client.recording(&format!("http://{closed}/file.wav")).await.unwrap_err();
    assert_eq!(error.attempts(), 4);
    assert!(!error.may_have_reached_vendor() && error.is_retryable(), "{error}");
    let error = client.recording("http://example.com/file.wav").await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && !error.may_have_reached_vendor(), "{error}");
}

#[tokio::test]
async fn links_to_elsewhere_must_be_https() {
    for link in ["http://169.254.169.254/latest", "http://example.com/x.wav", "http://"] {
        let server = Server::start(move |_| ok(&format!(r#"{{"url":{link:?}}}"#))).await;
        let error = recording(&server.client()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error}");
        assert!(!error.to_string().contains("169"), "{error}");
    }
}

#[tokio::test]
async fn json_without_a_link_is_no_file_and_no_error() {
    let server = Server::start(|_| ok(r#"{"state":"pending"}"#)).await;
    let client = server.client();
    let file = recording(&client).await.unwrap();
    assert!(file.is_json());
    assert_eq!(file.json().unwrap()["state"], "pending");
    let dir = Dir::new();
    let error = file.download_to(dir.0.join("x")).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("there is no file"), "{error}");
    assert_eq!(dir.names().len(), 0);

    let server = Server::start(|_| {
        answer(200, r#"{"code":10701,"status":"no such task"}"#).header("Content-Type", "text/plain")
    })
    .await;
    assert_eq!(recording(&server.client()).await.unwrap_err().vendor_code(), Some(10701));
}

#[tokio::test]
async fn web_pages_are_no_files() {
    let server = Server::start(|_| answer(200, "<html><title>Maintenance</title>")).await;
    let error = recording(&server.client()).await.unwrap_err();
    assert!(error.to_string().contains("\"Maintenance\""), "{error}");
    let url = server.url.clone();
    let server = Server::start(move |_| ok(&format!("{url:?}"))).await;
    let error = recording(&server.client()).await.unwrap_err();
    assert!(error.to_string().contains("leads to a web page"), "{error}");
}

#[tokio::test]
async fn an_encrypted_file_is_decrypted() {
    let key = crate::encryption::Key::new("airudderredduria").unwrap();
    let plain = b"RIFF\xFF\xFE\x00\x01".to_vec();
    let sealed = answer(200, key.encrypt(&plain))
        .header("Is-Encrypted", "1")
        .header("Signed", crate::encryption::digest(&plain));
    let server = Server::start(move |_| sealed.clone()).await;
    let client = server.builder().encryption(key).build().unwrap();
    assert_eq!(recording(&client).await.unwrap().bytes().await.unwrap(), plain);
}

#[tokio::test]
async fn texts_that_are_no_json_are_files() {
    let server = Server::start(|_| answer(200, "a,b\n1,2\n")).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap(), "a,b\n1,2\n");
    let server = Server::start(|_| answer(200, "")).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_recording_counts_as_a_call_until_it_is_read_or_dropped() {
    let server = Server::start(|_| wav(5)).await;
    let client = server.builder().max_concurrent(1).build().unwrap();
    let held = recording(&client).await.unwrap();
    let second = recording(&client);
    tokio::pin!(second);
    assert!(tokio::time::timeout(Duration::from_millis(50), &mut second).await.is_err());
    drop(held);
    assert_eq!(second.await.unwrap().bytes().await.unwrap().len(), 5);
    recording(&client).await.unwrap();
}

#[tokio::test]
async fn a_refusal_that_calls_itself_bytes_is_no_file() {
    let server = Server::start(|_| {
        answer(200, r#"{"code":10701,"status":"no such task"}"#)
            .header("Content-Type", "application/octet-stream")
    })
    .await;
    let outcome = recording(&server.client()).await;
    assert_eq!(outcome.expect_err("no recording").vendor_code(), Some(10701));

    let server =
        Server::start(|_| answer(200, [0xAB; 9]).header("Content-Type", "application/octet-stream")).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap().len(), 9);
}

#[tokio::test]
async fn blanks_at_the_beginning_are_part_of_the_file() {
    let server =
        Server::start(|_| answer(200, format!("{}a,b\n", " ".repeat(1024))).paced(Duration::from_millis(50)))
            .await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap().len(), 1028);
}

#[tokio::test]
async fn the_length_is_that_of_the_file_and_not_of_its_encryption() {
    let key = crate::encryption::Key::new("airudderredduria").unwrap();
    let sealed = answer(200, key.encrypt(b"RIFF\xFF"))
        .header("Is-Encrypted", "1")
        .header("Signed", crate::encryption::digest(b"RIFF\xFF"));
    let server = Server::start(move |_| sealed.clone()).await;
    let client = server.builder().encryption(key).build().unwrap();
    assert_eq!(recording(&client).await.unwrap().content_length(), Some(5));
}

#[tokio::test]
async fn a_linked_recording_counts_as_a_call_too() {
    let storage = Server::bare(|_| wav(5)).await;
    let url = storage.url.clone();
    let server = Server::start(move |_| ok(&format!("{url:?}"))).await;
    let client = server.builder().max_concurrent(1).build().unwrap();
    let held = recording(&client).await.unwrap();
    let second = recording(&client);
    tokio::pin!(second);
    assert!(tokio::time::timeout(Duration::from_millis(500), &mut second).await.is_err());
    drop(held);
    assert_eq!(second.await.unwrap().bytes().await.unwrap().len(), 5);
}
