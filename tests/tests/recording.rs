//! Recordings: bytes or links, complete under their name or not there at all, and never the token for
//! somebody else.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::path::Path;
use std::time::Duration;

use airudder_client::error::Phase;
use airudder_client::recording::Progress;
use airudder_client::types::TaskId;
use airudder_client::{Client, Error};
use airudder_simulator::{CallOutcome, Fault, Simulator, SimulatorBuilder};
use airudder_tests::loopback::{ClosedPort, Server, answer, json, success};
use airudder_tests::{client_builder, create_task, fast, number};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use futures_util::StreamExt as _;
use serde_json::json;
use tempfile::TempDir;

const KEY: &str = "collection.get_call_recording";
/// Two seconds of 8 kHz, 16 bits, and a header.
const WAV: usize = 44 + 2 * 2 * 8_000;

/// A simulator with a task of three people, all of whom talked for two seconds, and a client of it.
async fn called(simulator: SimulatorBuilder) -> (Simulator, Client, TaskId) {
    let talk = CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(2) };
    let simulator = simulator.outcomes(move |_, _| Some(talk)).start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    let task = create_task(&client, "a-task", 3).await.unwrap().task_id;
    simulator.play_out().await;
    (simulator, client, task)
}

fn names(dir: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A file that was there before.
fn old_file(dir: &TempDir) -> std::path::PathBuf {
    let path = dir.path().join("call.wav");
    std::fs::write(&path, "old").unwrap();
    path
}

#[track_caller]
fn is_untouched(dir: &TempDir, path: &Path) {
    assert_eq!(names(dir), ["call.wav"], "no partial file is left");
    assert_eq!(std::fs::read(path).unwrap(), b"old");
}

async fn recording(client: &Client) -> Result<airudder_client::recording::Recording, Error> {
    client.collection().get_call_recording().task_id("1").callee(number(1)).send().await
}

// --- bytes

#[tokio::test]
async fn a_recording_arrives_byte_by_byte() {
    let (simulator, client, task) = called(Simulator::builder()).await;
    let get = || client.collection().get_call_recording().task_id(task.clone()).callee(number(1));
    let recording = get().send().await.unwrap();
    assert_eq!((recording.content_type(), recording.content_length()), (Some("audio/wav"), Some(WAV as u64)));
    assert!(!recording.is_json() && recording.json().is_none());
    let bytes = recording.bytes().await.unwrap();
    assert_eq!((&bytes[..4], &bytes[8..12], bytes.len()), (&b"RIFF"[..], &b"WAVE"[..], WAV));

    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    assert_eq!(get().download_to(&path).await.unwrap(), WAV as u64);
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the old file is replaced");
    assert_eq!(names(&dir), ["call.wav"]);

    let mut streamed = Vec::new();
    let mut pieces = get().send().await.unwrap().bytes_stream();
    while let Some(piece) = pieces.next().await {
        streamed.extend_from_slice(&piece.unwrap());
    }
    assert_eq!(streamed, bytes);
    assert!(pieces.next().await.is_none(), "the end stays the end");
    assert_eq!((simulator.requests(KEY), simulator.leaked_tokens()), (3, 0));

    let full = get().send_full().await.unwrap();
    assert_eq!(full.status, 200);
    assert!(full.header("content-disposition").unwrap().contains(".wav"));
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let (_simulator, client, task) = called(Simulator::builder()).await;
    let recording =
        client.collection().get_call_recording().task_id(task).callee(number(1)).send().await.unwrap();
    let dir = TempDir::new().unwrap();
    let mut seen: Vec<Progress> = Vec::new();
    let path = dir.path().join("call.wav");
    // The file is under its name only when all of it is there.
    let length = recording
        .download_with(&path, |progress| {
            assert!(!path.exists());
            seen.push(progress);
        })
        .await
        .unwrap();
    assert!(path.exists());
    assert!(seen.windows(2).all(|pair| pair[0].received < pair[1].received), "{seen:?}");
    let last = seen.last().unwrap();
    assert_eq!((last.received, last.total), (length, Some(WAV as u64)));
}

#[tokio::test]
async fn all_recordings_of_a_task_come_as_an_archive() {
    let (_simulator, client, task) = called(Simulator::builder()).await;
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("all.zip");
    let length = client.collection().get_task_recordings().task_id(task).download_to(&path).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len() as u64, length);
    assert!(bytes.starts_with(b"PK\x03\x04") && length > 3 * WAV as u64);
    assert_eq!(bytes.windows(4).filter(|piece| piece == b"RIFF").count(), 3);
}

#[tokio::test]
async fn a_file_that_the_vendor_refuses_is_refused_with_its_code() {
    let (simulator, client, task) = called(Simulator::builder()).await;
    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    let get = |task: &TaskId, number: String| {
        client.collection().get_call_recording().task_id(task.clone()).callee(number)
    };
    let error = get(&"nobody".into(), number(1)).download_to(&path).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some(10702), "{error}");
    let error = get(&task, "0812".to_owned()).download_to(&path).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    // Whatever media type a refusal has.
    for kind in ["application/json", "text/plain; charset=utf-8", "text/json", "application/problem+json"] {
        let server =
            Server::start(move |_| answer(StatusCode::OK, kind, r#"  {"code": 10702, "status": "no"}"#))
                .await;
        let error = recording(&server.client()).await.unwrap_err();
        assert_eq!(error.vendor_code(), Some(10702), "{kind}: {error}");
    }
    is_untouched(&dir, &path);

    // A token that ends is renewed for files too.
    simulator.revoke_tokens();
    assert_eq!(get(&task, number(1)).download_to(&path).await.unwrap(), WAV as u64);
}

#[tokio::test]
async fn a_file_that_breaks_off_leaves_nothing_behind() {
    let (simulator, client, task) = called(Simulator::builder()).await;
    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    let get = || client.collection().get_call_recording().task_id(task.clone()).callee(number(1));
    simulator.inject(KEY, Fault::Truncated, 1);
    let before = simulator.requests(KEY);
    let error = get().download_to(&path).await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert_eq!(transport.phase(), Phase::Body);
    assert!(error.is_retryable(), "it may be asked for again");
    assert_eq!(simulator.requests(KEY), before + 1, "but not behind the caller's back");
    is_untouched(&dir, &path);

    simulator.inject(KEY, Fault::Truncated, 1);
    let mut pieces = get().send().await.unwrap().bytes_stream();
    let mut received = 0;
    let error = loop {
        match pieces.next().await.expect("the end is told as an error") {
            Ok(piece) => received += piece.len(),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Transport(_)) && received < WAV, "{received}: {error}");
    assert!(pieces.next().await.is_none(), "the first error is the last entry");
    simulator.inject(KEY, Fault::Truncated, 1);
    get().send().await.unwrap().bytes().await.unwrap_err();

    // Before its first byte it is a read like any other.
    simulator.inject(KEY, Fault::Reset, 1);
    simulator.inject(KEY, Fault::status(503), 1);
    assert_eq!(get().download_to(&path).await.unwrap(), WAV as u64);
}

/// Bytes for ever, a piece every few milliseconds.
fn endless() -> Response<Body> {
    let pieces = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Some((Ok::<_, std::convert::Infallible>(vec![7_u8; 1_000]), ()))
    });
    answer(StatusCode::OK, "audio/wav", Body::from_stream(pieces))
}

#[tokio::test]
async fn a_download_that_is_cancelled_leaves_nothing_behind() {
    let server = Server::start(|_| endless()).await;
    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    let recording = recording(&server.client()).await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let target = path.clone();
    let download = tokio::spawn(async move {
        recording
            .download_with(target, |progress| {
                if progress.received > 5_000
                    && let Some(begun) = begun.take()
                {
                    begun.send(()).expect("the test waits for it");
                }
            })
            .await
    });
    has_begun.await.unwrap();
    let partial = names(&dir);
    assert_eq!(partial.len(), 2, "{partial:?}");
    assert!(partial.iter().any(|name| name.starts_with('.') && name.ends_with(".part")), "{partial:?}");
    download.abort();
    assert!(download.await.unwrap_err().is_cancelled());
    is_untouched(&dir, &path);
}

#[tokio::test]
async fn a_file_that_stops_coming_is_a_time_out() {
    let server = Server::start(|_| {
        let first =
            futures_util::stream::once(async { Ok::<_, std::convert::Infallible>(vec![7_u8; 1_000]) });
        answer(StatusCode::OK, "audio/wav", Body::from_stream(first.chain(futures_util::stream::pending())))
    })
    .await;
    let client = server.client_builder().timeout(Duration::from_millis(200)).build().unwrap();
    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    let error = recording(&client).await.unwrap().download_to(&path).await.unwrap_err();
    assert!(error.is_timeout() && error.is_retryable(), "{error}");
    is_untouched(&dir, &path);
}

/// The time-out of a call is that of each piece: what keeps coming is not too late.
#[tokio::test]
async fn a_file_may_take_longer_than_the_time_out_as_long_as_it_comes() {
    let server = Server::start(|_| {
        let pieces = futures_util::stream::unfold(0, |n| async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            (n < 8).then_some((Ok::<_, std::convert::Infallible>(vec![7_u8; 100]), n + 1))
        });
        answer(StatusCode::OK, "audio/wav", Body::from_stream(pieces))
    })
    .await;
    let client = server.client_builder().timeout(Duration::from_millis(500)).build().unwrap();
    assert_eq!(recording(&client).await.unwrap().bytes().await.unwrap().len(), 800);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let (_simulator, client, task) = called(Simulator::builder()).await;
    let dir = TempDir::new().unwrap();
    let get = || client.collection().get_call_recording().task_id(task.clone()).callee(number(1));
    let error = get().download_to(dir.path().join("no/such/folder/call.wav")).await.unwrap_err();
    let Error::Io(io) = &error else { panic!("{error:?}") };
    assert_eq!((io.kind(), error.endpoint()), (std::io::ErrorKind::NotFound, Some(KEY)));
    assert!(!error.is_retryable());
    // A folder cannot be replaced by a file.
    let error = get().download_to(dir.path()).await.unwrap_err();
    assert!(matches!(error, Error::Io(_)), "{error:?}");
    assert!(names(&dir).is_empty());
}

#[tokio::test]
async fn only_what_is_wanted_in_memory_is_bounded() {
    let server = Server::start(|_| answer(StatusCode::OK, "audio/wav", vec![7_u8; 50_000])).await;
    let client = server.client_builder().max_response_bytes(10_000).build().unwrap();
    let error = recording(&client).await.unwrap().bytes().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("10_000"), "{error}");
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("call.wav");
    assert_eq!(recording(&client).await.unwrap().download_to(&path).await.unwrap(), 50_000);
}

// --- links

#[tokio::test]
async fn a_link_is_followed_without_the_token() {
    let (simulator, client, task) = called(Simulator::builder().recordings_as_links(true)).await;
    let get = || client.collection().get_call_recording().task_id(task.clone()).callee(number(1));
    let recording = get().send().await.unwrap();
    let link = recording.json().unwrap()["link"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with("http://127.0.0.1:") && !link.starts_with(&simulator.base_url()),
        "another host: {link}"
    );
    assert_eq!((recording.content_type(), recording.content_length()), (Some("audio/wav"), Some(WAV as u64)));
    let bytes = recording.bytes().await.unwrap();
    assert!(bytes.starts_with(b"RIFF") && bytes.len() == WAV);

    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    assert_eq!(get().download_to(&path).await.unwrap(), WAV as u64);
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(simulator.leaked_tokens(), 0);

    // That the simulator would notice is no idle claim.
    let with_token = client_of_link(&link).header("Authorization", "Token x").send().await.unwrap();
    assert_eq!((with_token.status().as_u16(), simulator.leaked_tokens()), (200, 1));
}

fn client_of_link(link: &str) -> reqwest::RequestBuilder {
    reqwest::Client::builder().no_proxy().build().unwrap().get(link)
}

/// A vendor whose answer links to a storage of somebody else.
async fn linking(link: String) -> Server {
    Server::start(move |_| success(&json!({"callid": "1", "detail": [{"note": "ftp://x"}, {"url": link}]})))
        .await
}

#[tokio::test]
async fn nothing_of_ours_goes_to_the_host_of_a_link() {
    let storage = Server::start(|got| match got.path.as_str() {
        "/moved" => {
            Response::builder().status(302).header("location", "/a.wav?sig=1").body(Body::empty()).unwrap()
        }
        _ => answer(StatusCode::OK, "audio/x-wav", "RIFF"),
    })
    .await;
    let vendor = linking(format!("{}/moved", storage.url())).await;
    let bytes = recording(&vendor.client()).await.unwrap().bytes().await.unwrap();
    assert_eq!(bytes, "RIFF");
    let got = storage.got();
    assert_eq!(
        got.iter().map(|got| got.path.as_str()).collect::<Vec<_>>(),
        ["/moved", "/a.wav"],
        "redirects of a link are followed"
    );
    assert_eq!(got[1].query, "sig=1");
    for got in got {
        assert_eq!(got.method, "GET");
        let sent = format!("{:?} {:?}", got.headers, got.body);
        for secret in
            ["authorization", "Token", airudder_tests::loopback::TOKEN, "a-key", "a-secret", "7700900"]
        {
            assert!(!sent.contains(secret), "{secret}: {sent}");
        }
    }
    assert_eq!(vendor.got().len(), 1);
    assert!(vendor.got()[0].header("authorization").starts_with("Token "), "the vendor gets it");
}

#[tokio::test]
async fn a_storage_with_troubles_is_asked_again() {
    let storage = Server::start(|got| match got.number {
        1 => answer(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "busy"),
        2 => answer(StatusCode::BAD_GATEWAY, "text/html", "<title>502</title>"),
        _ => answer(StatusCode::OK, "audio/wav", "RIFF"),
    })
    .await;
    let vendor = linking(format!("{}/a.wav", storage.url())).await;
    assert_eq!(recording(&vendor.client()).await.unwrap().bytes().await.unwrap(), "RIFF");
    assert_eq!((storage.got().len(), vendor.got().len()), (3, 1), "and the vendor is not bothered again");
}

#[tokio::test]
async fn a_link_that_leads_nowhere_is_told() {
    let storage = Server::start(|got| match got.path.as_str() {
        "/gone" => answer(StatusCode::NOT_FOUND, "application/xml", "<Error>secret-part</Error>"),
        "/page" => answer(StatusCode::OK, "text/html", "<html><title>Sign in</title></html>"),
        "/round" => Response::builder().status(302).header("location", "/round").body(Body::empty()).unwrap(),
        "/nowhere" => Response::builder().status(302).body(Body::empty()).unwrap(),
        _ => Response::builder()
            .status(302)
            .header("location", "ftp://example.com/a")
            .body(Body::empty())
            .unwrap(),
    })
    .await;
    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    for (link, status) in [
        ("/gone?sig=topsecret", Some(404)),
        ("/page", None),
        ("/round", None),
        ("/nowhere", None),
        ("/ftp", None),
    ] {
        let vendor = linking(format!("{}{link}", storage.url())).await;
        let get = vendor.client();
        let error = get
            .collection()
            .get_call_recording()
            .task_id("1")
            .callee(number(1))
            .download_to(&path)
            .await
            .unwrap_err();
        assert_eq!((error.http_status(), error.endpoint()), (status, Some(KEY)), "{link}: {error}");
        assert!(
            error.to_string().contains("linked file") || error.to_string().contains("link"),
            "{link}: {error}"
        );
        let text = format!("{error} {error:?}");
        assert!(!text.contains("topsecret") && !text.contains("secret-part"), "{text}");
        is_untouched(&dir, &path);
    }
    let closed = ClosedPort::take();
    let vendor = linking(format!("{}/a.wav", closed.url())).await;
    let error = recording(&vendor.client()).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error:?}");
}

/// In the clear a recording goes to this very machine only.
#[tokio::test]
async fn links_without_tls_are_not_followed() {
    for link in
        ["http://example.com/a.wav", "http://169.254.169.254/latest/meta-data", "HTTP://example.com/a.wav"]
    {
        let vendor = linking(link.to_owned()).await;
        match recording(&vendor.client()).await {
            Err(error) => assert!(matches!(error, Error::Decode(_)), "{link}: {error:?}"),
            Ok(recording) => assert!(recording.is_json(), "{link}"),
        }
    }
}

#[tokio::test]
async fn json_without_a_link_is_no_file_and_says_so() {
    let server = Server::start(|_| success(&json!({"callid": "1", "link": "", "state": "not ready"}))).await;
    let client = server.client();
    let recording = recording(&client).await.expect("no recording is no failure");
    assert!(recording.is_json());
    assert_eq!(recording.json().unwrap()["state"], "not ready");
    let error = recording.bytes().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("without a link"), "{error}");

    let dir = TempDir::new().unwrap();
    let path = old_file(&dir);
    let get = || client.collection().get_call_recording().task_id("1").callee(number(1));
    let error = get().download_to(&path).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("without a link"), "{error}");
    is_untouched(&dir, &path);
    let mut pieces = get().send().await.unwrap().bytes_stream();
    assert!(pieces.next().await.unwrap().is_err());
    assert!(pieces.next().await.is_none());
}

#[tokio::test]
async fn pages_are_no_recordings() {
    for (status, kind) in [(200, "text/html"), (200, "TEXT/HTML; charset=utf-8"), (404, "text/html")] {
        let page = "<html><head><title>Sign in</title></head></html>";
        let server = Server::start(move |_| answer(StatusCode::from_u16(status).unwrap(), kind, page)).await;
        let error = recording(&server.client()).await.unwrap_err();
        assert_eq!(error.http_status(), Some(status), "{kind}: {error}");
        assert!(error.to_string().contains("Sign in"), "{error}");
    }
}

#[tokio::test]
async fn the_links_of_a_whole_task_are_all_there() {
    let (simulator, client, task) = called(Simulator::builder().recordings_as_links(true)).await;
    let error = client.collection().get_task_recordings().task_id(task).send().await.unwrap_err();
    assert!(error.to_string().contains("there are 3 links"), "{error}");
    let Error::Decode(decode) = &error else { panic!("{error:?}") };
    let answer: serde_json::Value = serde_json::from_slice(decode.raw()).unwrap();
    let links: Vec<String> = answer["data"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["link"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(links.len(), 3);
    for link in links {
        let recording = client.recording(&link).await.unwrap();
        assert_eq!(
            (recording.content_type(), recording.content_length()),
            (Some("audio/wav"), Some(WAV as u64))
        );
        assert_eq!(recording.bytes().await.unwrap().len(), WAV);
    }
    assert_eq!(simulator.leaked_tokens(), 0);
}

#[tokio::test]
async fn what_is_no_link_is_not_fetched() {
    let (_simulator, client, _) = called(Simulator::builder()).await;
    for link in ["", "recording.wav", "/etc/passwd", "file:///etc/passwd", "http://198.51.100.1/a.wav"] {
        let error = client.recording(link).await.err().unwrap_or_else(|| panic!("{link} was fetched"));
        assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("link"), "{link}: {error}");
        assert!(!error.to_string().contains("passwd"), "links may be personal: {error}");
    }
}

#[tokio::test]
async fn a_file_where_json_was_promised_is_an_error() {
    let server = Server::start(|_| answer(StatusCode::OK, "audio/wav", vec![0_u8; 1_000])).await;
    let error = server.client().collection().get_task_detail().task_id("1").send().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    let server = Server::start(|_| json(StatusCode::OK, &json!([]))).await;
    let error = server.client().collection().get_task_detail().task_id("1").send().await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
}
