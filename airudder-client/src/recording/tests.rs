use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::StreamExt;

use super::*;
use crate::client::Client;
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
    // The first piece is awaited to see what it is.
    assert!(recording(&client).await.unwrap_err().is_timeout());
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
async fn a_text_is_a_file_only_where_it_says_so() {
    let table = || answer(200, "a,b\n1,2\n");
    let server = Server::start(move |_| table().header("Content-Type", "text/csv")).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap(), "a,b\n1,2\n");
    for label in ["text/plain", "application/json", "application/octet-stream"] {
        let server = Server::start(move |_| table().header("Content-Type", label)).await;
        let error = recording(&server.client()).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{label}: {error}");
    }
}

#[tokio::test]
async fn nothing_and_a_part_are_no_file() {
    let wav = || b"RIFF\x24\0\0\0WAVE".to_vec();
    for (status, body) in [(200, vec![]), (200, b" \n".to_vec()), (202, wav()), (204, vec![]), (206, wav())] {
        let sent = body.clone();
        let server =
            Server::start(move |_| answer(status, sent.clone()).header("Content-Type", "audio/wav")).await;
        let file = recording(&server.client()).await.unwrap();
        assert!(file.is_json(), "{status}: there is no file (yet)");
        let dir = Dir::new();
        let error = file.download_to(dir.0.join("a.wav")).await.unwrap_err();
        assert!(error.to_string().contains("there is nothing in it"), "{status}: {error}");
        assert_eq!(dir.names(), [""; 0]);
        // A link promises a file.
        let error = server.client().recording(&format!("{}/1.wav", server.url)).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{status}: {error}");
    }
}

#[tokio::test]
async fn audio_under_a_wrong_label_is_audio_and_a_refusal_under_one_is_a_refusal() {
    const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\xff\xfe";
    for label in ["text/html; charset=UTF-8", "application/json", "text/plain", "application/xml"] {
        let server = Server::start(move |_| answer(200, WAV).header("Content-Type", label)).await;
        let client = server.client();
        assert_eq!(recording(&client).await.unwrap().bytes().await.unwrap(), WAV, "{label}");
        let linked = client.recording(&format!("{}/1.wav", server.url)).await.unwrap();
        assert_eq!(linked.bytes().await.unwrap(), WAV, "{label}");
    }
    for label in ["audio/wav", "application/zip", "application/octet-stream"] {
        let refusal = "\u{feff} {\"code\":10701,\"status\":\"no such task\"}";
        let server = Server::start(move |_| answer(200, refusal).header("Content-Type", label)).await;
        let client = server.client();
        assert_eq!(recording(&client).await.unwrap_err().vendor_code(), Some(10701), "{label}");
        let error = client.recording(&format!("{}/1.wav", server.url)).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{label}: {error}");
    }
}

#[tokio::test]
async fn several_links_are_listed_and_none_is_followed() {
    let storage = Server::bare(|_| wav(5)).await;
    let url = storage.url.clone();
    let server = Server::start(move |_| {
        ok(&format!(r#"{{"recordings":["{url}/2.wav?sig=topsecret","{url}/1.wav"],"avatar":"{url}/a.png"}}"#))
    })
    .await;
    let error = recording(&server.client()).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, Error::Decode(_)) && text.contains("2.wav") && text.contains("1.wav"), "{text}");
    assert!(!text.contains("topsecret") && !text.contains("a.png"), "{text}");
    assert_eq!(storage.got().len(), 0);
}

#[tokio::test]
async fn links_come_in_short_forms() {
    for form in ["HTTP://{host}/1.wav", "//{host}/1.wav", "{host}/1.wav", "/1.wav", "1.wav", "./1.wav"] {
        let server = Server::start(move |got| match got.path() {
            "/1.wav" => wav(5),
            _ => {
                let host = got.header("host").unwrap_or_default();
                ok(&format!(r#"{{"url":"{}"}}"#, form.replace("{host}", host)))
            }
        })
        .await;
        let file = recording(&server.client()).await.unwrap_or_else(|error| panic!("{form}: {error}"));
        assert_eq!(file.bytes().await.unwrap().len(), 5, "{form}");
    }
}

#[tokio::test]
async fn words_under_the_key_of_a_link_are_none() {
    for word in ["none", "null", "N/A", "-", "pending"] {
        let server = Server::start(move |_| ok(&format!(r#"{{"recordUrl":"{word}"}}"#))).await;
        let file = recording(&server.client()).await.unwrap_or_else(|error| panic!("{word}: {error}"));
        assert!(file.is_json(), "{word}");
        assert_eq!(server.got().len() - server.auths(), 1, "{word} is not asked for");
    }
}

#[tokio::test]
async fn links_into_private_networks_are_not_followed_from_outside() {
    // A base URL in the internet; links are asked for without it.
    let client = |hosts: &[&str]| {
        let builder = Client::builder().credentials("k", "s").base_url("https://api.example.com");
        let builder = builder.timeout(Duration::from_secs(2)).retry(crate::RetryPolicy::none());
        hosts.iter().fold(builder, |builder, host| builder.allow_link_host(*host)).build().unwrap()
    };
    for host in ["127.0.0.1:9", "169.254.169.254", "10.0.0.1", "[::1]:9", "localhost:9", "[::ffff:10.0.0.1]"]
    {
        let error = client(&[]).recording(&format!("https://{host}/a.wav")).await.unwrap_err();
        assert!(error.to_string().contains("private network"), "{host}: {error}");
        assert!(!error.may_have_reached_vendor());
    }
    let storage = Server::bare(|_| wav(5)).await;
    let allowed = client(&["127.0.0.1"]).recording(&format!("{}/a.wav", storage.url)).await.unwrap();
    assert_eq!(allowed.bytes().await.unwrap().len(), 5);
}

#[tokio::test]
async fn what_is_compressed_is_decoded() {
    // gzip of "RIFF".
    const GZIP: &[u8] =
        &[31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 11, 242, 116, 115, 3, 0, 92, 162, 151, 6, 4, 0, 0, 0];
    let server = Server::start(|got| {
        assert_eq!(got.header("accept-encoding"), Some("identity"));
        let coding = if got.path() == "/br" { "br" } else { "gzip" };
        answer(200, GZIP).header("Content-Type", "audio/wav").header("Content-Encoding", coding)
    })
    .await;
    let file = server.client().recording(&format!("{}/1.wav", server.url)).await.unwrap();
    assert_eq!((file.content_length(), file.bytes().await.unwrap()), (None, Bytes::from_static(b"RIFF")));
    let error = server.client().recording(&format!("{}/br", server.url)).await.unwrap_err();
    assert!(error.to_string().contains("`br`"), "{error}");
    // An archive that is compressed by itself stays as it is.
    let server = Server::start(|_| answer(200, GZIP).header("Content-Type", "application/gzip")).await;
    assert_eq!(recording(&server.client()).await.unwrap().bytes().await.unwrap(), GZIP);
    // Cut off.
    let server = Server::start(|_| answer(200, &GZIP[..20]).header("Content-Encoding", "gzip")).await;
    let outcome = match recording(&server.client()).await {
        Ok(file) => file.bytes().await.map(drop),
        Err(error) => Err(error),
    };
    assert!(matches!(outcome.unwrap_err(), Error::Decode(_)));
}

#[tokio::test]
async fn a_file_has_a_bound() {
    let server = Server::start(|_| wav(300_000)).await;
    let client = server.builder().max_file_bytes(100_000).build().unwrap();
    let dir = Dir::new();
    let error = recording(&client).await.unwrap().download_to(dir.0.join("a.wav")).await.unwrap_err();
    assert!(matches!(error, Error::Decode(_)) && error.to_string().contains("100_000"), "{error}");
    assert_eq!(dir.names(), [""; 0]);
}

#[tokio::test]
async fn a_long_name_is_no_obstacle_and_what_was_left_behind_is_used_again() {
    let server = Server::start(|_| wav(50)).await;
    let dir = Dir::new();
    let name = format!("{}.wav", "借".repeat(80));
    let path = dir.0.join(&name);
    // What a killed process leaves: a file that nobody holds.
    let (part, file) = download::unfinished(&path).unwrap();
    std::fs::write(&part, vec![1; 1_000]).unwrap();
    drop(file);
    assert_eq!(recording(&server.client()).await.unwrap().download_to(&path).await.unwrap(), 50);
    assert_eq!((dir.names(), std::fs::metadata(&path).unwrap().len()), (vec![name.clone()], 50));
    // One that somebody still writes to is left alone.
    let (part, file) = download::unfinished(&path).unwrap();
    assert_eq!(recording(&server.client()).await.unwrap().download_to(&path).await.unwrap(), 50);
    assert!(part.exists() && dir.names().len() == 2);
    drop(file);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
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
    let server = Server::start(|_| {
        let text = format!("{}a,b\n", " ".repeat(1024));
        answer(200, text).header("Content-Type", "text/csv").paced(Duration::from_millis(50))
    })
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
