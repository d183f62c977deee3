//! Files that are sent: names, media types, and files on disk that are never in memory as a whole.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::types::Upload;
use airudder_client::{Bytes, Error};
use airudder_tests::loopback::{Server, success};
use serde_json::json;

airudder_client::api!("../data/files.yaml");

async fn server() -> Server {
    Server::start(|_| success(&json!({}))).await
}

#[tokio::test]
async fn name_and_media_type_go_along() {
    let server = server().await;
    let file =
        Upload::from(Bytes::from_static(b"\x00\xff")).file_name("greeting.wav").media_type("audio/wav");
    let call = server.client().files().send_file().title("hello").file(file).cover(b"bare".to_vec());
    call.send().await.unwrap();
    let body = server.got()[0].body.clone();
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("name=\"Title\"\r\n\r\nhello\r\n"), "{text}");
    assert!(
        text.contains("name=\"File\"; filename=\"greeting.wav\"\r\nContent-Type: audio/wav\r\n"),
        "{text}"
    );
    assert!(body.windows(4).any(|four| four == b"\x00\xff\r\n"), "the bytes as they are");
    assert!(text.contains("name=\"Cover\"; filename=\"Cover\"\r\n\r\nbare\r\n"), "{text}");
}

#[tokio::test]
async fn a_file_on_disk_is_read_while_it_is_sent() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    std::fs::write(&path, vec![b'x'; 3_000_000]).unwrap();
    let request = files::SendFile::builder().title("t").file(Upload::path(&path)).build();
    let client = server.client();
    assert!(client.check(&request).unwrap().is_empty());
    client.execute(&request).await.unwrap();
    client.execute(&request).await.unwrap();
    for got in server.got() {
        let text = String::from_utf8_lossy(&got.body);
        assert!(text.contains("filename=\"list.csv\""));
        assert_eq!(got.body.iter().filter(|byte| **byte == b'x').count(), 3_000_000);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_nothing_is_sent() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("missing"), folder.path().to_owned()] {
        let call = server.client().files().send_file().title("t").file(Upload::path(&path));
        let error = call.send().await.unwrap_err();
        assert!(matches!(error, Error::Io(_)) && !error.may_have_reached_vendor(), "{error}");
        assert!(!error.to_string().contains("missing"), "names of files may be personal: {error}");
    }
    let odd = Upload::from(b"a".to_vec()).media_type("no media type");
    let error = server.client().files().send_file().title("t").file(odd).send().await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert_eq!(server.got().len(), 0);
}

#[test]
fn neither_name_nor_content_is_shown() {
    let shown = format!(
        "{:?} {:?}",
        Upload::from(b"secret".to_vec()).file_name("Jane Doe.wav"),
        Upload::path("/home/jane/doe.wav"),
    );
    assert!(!shown.to_lowercase().contains("jane") && !shown.contains("secret"), "{shown}");
}
