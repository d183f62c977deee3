//! The line for `curl` in the guide and in the example.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use airudder_client::receive::{Authenticator, Receiver, Secret};
use airudder_client::webhook::Event;

use crate::support::{Kept, Serving, raw};

/// The lines of a file that are a call of `curl`, without the marks of a comment.
fn documented(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../airudder-client").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let lines =
        text.lines().map(|line| line.trim_start_matches("//! ")).skip_while(|l| !l.starts_with("curl "));
    lines.take_while(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n")
}

fn with_address(line: &str, address: SocketAddr) -> String {
    assert!(line.contains("127.0.0.1:8080"), "{line}");
    line.replace("127.0.0.1:8080", &address.to_string())
}

async fn serving(kept: &Kept, line: &str) -> Serving {
    let secret = line.split('/').rev().nth(1).unwrap();
    let receiver = Receiver::new(Authenticator::secret(Secret::new(secret).unwrap()));
    Serving::start(receiver.routes().all().router(kept.clone()).unwrap()).await
}

#[track_caller]
fn is_the_row(kept: &Kept) {
    let [delivery] = &kept.take()[..] else { panic!("there was one delivery") };
    let [Event::CollectionCallFinished(call)] = &delivery.message.events[..] else { panic!("{delivery:?}") };
    assert_eq!(call.comments.as_deref(), Some("row 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_line_sends_a_message() {
    let kept = Kept::default();
    let guide = documented("guides/receiving.md");
    assert_eq!(guide, documented("examples/webhook_receiver.rs"));
    let serving = serving(&kept, &guide).await;
    let line = with_address(&guide, serving.address);

    // By hand, as curl sends it: this runs everywhere.
    let body = guide.split('\'').nth(3).unwrap();
    let path = &line[line.rfind(&serving.address.to_string()).unwrap() + serving.address.to_string().len()..];
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nUser-Agent: curl/8.0\r\nAccept: */*\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        serving.address,
        body.len()
    );
    assert_eq!(raw(serving.address, request.as_bytes()).await, Some(200));
    is_the_row(&kept);

    // And by curl itself, where there is one.
    let here = Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if here {
        let shell = tokio::task::spawn_blocking(move || {
            Command::new("sh").args(["-c", &line]).env("no_proxy", "*").env("NO_PROXY", "*").output().unwrap()
        });
        let output = shell.await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && text.starts_with("HTTP/1.1 200"), "{text}");
        assert!(text.ends_with(r#"{"code":200,"msg":"ok","status":"success"}"#), "{text}");
        is_the_row(&kept);
    }
}
