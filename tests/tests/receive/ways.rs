//! All webhooks of the catalogue through the router, in all the ways in which they may come.

use std::collections::BTreeSet;
use std::time::Duration;

use airudder_client::Value;
use airudder_client::calle::CallFinished;
use airudder_client::catalogue::{WEBHOOKS, Webhook};
use airudder_client::encryption::{self, Key};
use airudder_client::receive::{Acknowledged, Received, Refusal};
use airudder_client::webhook::{self, Event};
use airudder_simulator::sample;
use axum::Router;
use axum::routing::post;
use futures_util::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{Kept, Log, SECRET, Serving, gzip, head, planted, raw, receiver, status};

fn message(webhook: &Webhook) -> Value {
    planted(&sample::payload(webhook))
}

fn path(webhook: &Webhook) -> String {
    format!("/{SECRET}/{}", webhook.key)
}

async fn all(kept: &Kept) -> Serving {
    let router: Router = receiver().routes().all().router(kept.clone()).unwrap();
    Serving::start(router).await
}

/// What came of one request.
#[track_caller]
fn events(kept: &Kept) -> Vec<Event> {
    let [delivery] = &mut kept.take()[..] else { panic!("there was one delivery") };
    std::mem::take(&mut delivery.message.events)
}

/// The event that was read, and its webhook is the one of the URL, where its form is known at all.
#[track_caller]
fn is_of(webhook: &Webhook, events: &[Event], count: usize) {
    assert_eq!(events.len(), count, "{}", webhook.key);
    for event in events {
        assert_eq!(event.key(), webhook.key);
        assert_eq!(event.webhook().is_some(), !matches!(event, Event::Unknown { .. }), "{}", webhook.key);
        assert!(event.webhook().is_some(), "{} is not known by its own sample", webhook.key);
    }
}

/// Of some nobody knows a single key. What they are wrapped in cannot be told from them, and stays.
fn knows_its_keys(webhook: &Webhook) -> bool {
    !webhook.payload.is_empty()
}

#[test]
fn there_are_webhooks_to_try() {
    assert!(WEBHOOKS.len() >= 56);
    assert!(WEBHOOKS.iter().filter(|webhook| knows_its_keys(webhook)).count() > 45);
}

#[tokio::test]
async fn each_is_taken_plain_doubled_wrapped_as_a_list_compressed_and_with_a_mark() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let serving = all(&kept).await;
    for webhook in WEBHOOKS {
        let (json, path) = (message(webhook), path(webhook));
        let text = json.to_string();
        assert_eq!(serving.post(&path, text.clone()).await, 200);
        let plain = events(&kept);
        is_of(webhook, &plain, 1);

        // The same again.
        assert_eq!(serving.post(&path, text.clone()).await, 200);
        let again = events(&kept);
        assert_eq!(again[0].identity(), plain[0].identity());
        assert_eq!(again, plain);

        for wrapped in [
            serde_json::json!({"data": json}),
            serde_json::json!({"code": 0, "message": "", "body": json}),
            serde_json::json!({"data": text}),
        ] {
            assert_eq!(serving.post(&path, wrapped.to_string()).await, 200);
            let found = events(&kept);
            match knows_its_keys(webhook) {
                true => assert_eq!(found, plain, "{wrapped}"),
                false => assert_eq!(found[0].to_json(), wrapped),
            }
        }
        for list in [serde_json::json!([json, json]), serde_json::json!({"list": [json, json]})] {
            assert_eq!(serving.post(&path, list.to_string()).await, 200);
            let both = events(&kept);
            if !knows_its_keys(webhook) && list.is_object() {
                assert_eq!(both[0].to_json(), list);
                continue;
            }
            is_of(webhook, &both, 2);
            assert_eq!([&both[0], &both[1]], [&plain[0], &plain[0]]);
        }

        let marked = format!("\u{feff}{text}");
        let encodings = [("Content-Encoding", "gzip")];
        for (headers, body) in [
            (&[][..], marked.clone().into_bytes()),
            (&encodings[..], gzip(text.as_bytes())),
            (&encodings[..], gzip(marked.as_bytes())),
            // It says so and is not any more, or is and does not say so.
            (&encodings[..], text.clone().into_bytes()),
            (&[][..], gzip(text.as_bytes())),
        ] {
            assert_eq!(serving.send(&path, headers, body).await, 200);
            assert_eq!(events(&kept), plain);
        }
        let broken = gzip(text.as_bytes());
        assert_eq!(serving.send(&path, &encodings, &broken[..broken.len() - 9]).await, 400);
        assert_eq!(serving.send(&path, &[("Content-Encoding", "br")], text.clone()).await, 415);
        for no_json in ["", "{", &text[..text.len() - 1], "<html>", "a=b&c=d"] {
            assert_eq!(serving.post(&path, no_json).await, 400, "{no_json}");
        }
        assert!(kept.take().is_empty());
    }
    log.hides_everything();
    let text = log.text();
    for field in
        ["collection.call_finished", "messages=2", "unknown=0", "http.response.status_code=200", "stored"]
    {
        assert!(
            text.contains("airudder_webhook{otel.kind=\"server\"") && text.contains(field),
            "{field}: {text}"
        );
    }
}

#[tokio::test]
async fn in_another_order_it_is_the_same_messages_and_their_times_tell_the_order() {
    let kept = Kept::default();
    let serving = all(&kept).await;
    let mut seen = Vec::new();
    let order: [Vec<&Webhook>; 2] =
        [WEBHOOKS.to_vec(), WEBHOOKS.iter().rev().chain(WEBHOOKS).copied().collect()];
    for order in order {
        for webhook in &order {
            assert_eq!(serving.post(&path(webhook), message(webhook).to_string()).await, 200);
        }
        let deliveries = kept.take();
        assert_eq!(deliveries.len(), order.len());
        let of_delivery = |event: &Event| (event.identity(), event.happened());
        let all = deliveries.iter().flat_map(|delivery| delivery.message.events.iter().map(of_delivery));
        seen.push(all.collect::<BTreeSet<_>>());
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].len(), WEBHOOKS.len(), "no two are taken for one");
    assert!(seen[0].iter().filter(|(_, happened)| happened.is_some()).count() > 5);
}

#[tokio::test]
async fn behind_one_url_each_is_told_as_reading_tells_it() {
    let kept = Kept::default();
    let names: Vec<&str> = WEBHOOKS.iter().map(|webhook| webhook.key).collect();
    let routes = receiver().routes().shared("all", names).shared("dialer", ["predictive_dialer"]);
    let serving = Serving::start(routes.router(kept.clone()).unwrap()).await;
    for webhook in WEBHOOKS {
        let text = message(webhook).to_string();
        assert_eq!(serving.post(&format!("/{SECRET}/all"), text.clone()).await, 200);
        let [delivery] = &kept.take()[..] else { panic!("there was one delivery") };
        assert_eq!(delivery.name, "all");
        assert_eq!(delivery.message, webhook::read_any(&text).unwrap());
        assert_eq!(delivery.message.raw, text.as_bytes());
        if webhook.section == "predictive_dialer" {
            assert_eq!(serving.post(&format!("/{SECRET}/dialer"), text).await, 200);
            is_of(webhook, &events(&kept), 1);
        }
    }
    // A URL for the dialer's takes nothing for another section's.
    assert_eq!(serving.post(&format!("/{SECRET}/dialer"), r#"{"a": "stranger"}"#).await, 200);
    assert!(matches!(&events(&kept)[..], [Event::Unknown { .. }]));
}

#[tokio::test]
async fn none_is_taken_with_a_wrong_secret_however_near() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let serving = all(&kept).await;
    let near = [
        SECRET[1..].to_owned(),
        SECRET[..SECRET.len() - 1].to_owned(),
        SECRET.to_lowercase(),
        format!("{SECRET}0"),
        format!("{SECRET}%00"),
        format!("{SECRET}%20"),
        "PLANTED".to_owned(),
        "-".to_owned(),
        "%7Bsecret%7D".to_owned(),
    ];
    for webhook in WEBHOOKS {
        let text = message(webhook).to_string();
        for wrong in &near {
            assert_eq!(
                serving.post(&format!("/{wrong}/{}", webhook.key), text.clone()).await,
                404,
                "{wrong}"
            );
        }
        for path in
            [format!("/{}", webhook.key), format!("//{}", webhook.key), format!("/{SECRET}/{}/", webhook.key)]
        {
            assert_eq!(serving.post(&path, text.clone()).await, 404, "{path}");
        }
        let named = format!("/a-wrong-secret-of-somebody/{}?secret={SECRET}", webhook.key);
        assert_eq!(serving.send(&named, &[("Secret", SECRET), ("Authorization", SECRET)], text).await, 404);
    }
    // By another method strangers learn no more, and the vendor that it is another.
    for (path, status) in [(format!("/{}/{}", near[0], WEBHOOKS[0].key), 404), (path(WEBHOOKS[0]), 405)] {
        let answer = crate::support::http().get(serving.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    assert_eq!(serving.post(&format!("/{SECRET}/collection.no_such_thing"), "{}").await, 404);
    assert!(kept.take().is_empty());
    log.hides_everything();
}

#[tokio::test]
async fn an_encrypted_one_is_taken_where_the_key_is_set() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let key = Key::new("PLANTED-key-0000").unwrap();
    let router: Router = receiver().encryption(key.clone()).routes().all().router(kept.clone()).unwrap();
    let serving = Serving::start(router).await;
    let without = all(&kept).await;
    for webhook in WEBHOOKS {
        let (text, path) = (message(webhook).to_string(), path(webhook));
        assert_eq!(serving.post(&path, text.clone()).await, 200, "what is not encrypted is taken as it is");
        let plain = events(&kept);
        let (encrypted, digest) = (key.encrypt(text.as_bytes()), encryption::digest(text.as_bytes()));
        let headers = [("Is-Encrypted", "1"), ("Signed", digest.as_str()), ("Content-Encoding", "gzip")];
        assert_eq!(serving.send(&path, &headers[..2], encrypted.clone()).await, 200);
        let [delivery] = &kept.take()[..] else { panic!("there was one delivery") };
        assert_eq!((&delivery.message.events, &delivery.message.raw[..]), (&plain, text.as_bytes()));
        assert_eq!(serving.send(&path, &headers, gzip(encrypted.as_bytes())).await, 200);
        assert_eq!(events(&kept), plain);

        assert_eq!(serving.send(&path, &headers[..1], encrypted.clone()).await, 400, "no digest");
        let other = [headers[0], ("Signed", &encryption::digest(b"another"))];
        assert_eq!(serving.send(&path, &other, encrypted.clone()).await, 400, "another digest");
        assert_eq!(serving.send(&path, &headers[..2], text.clone()).await, 400, "not encrypted at all");
        assert_eq!(serving.post(&path, encrypted.clone()).await, 400, "it does not say so");
        // The fault is here: it is to come again.
        let foreign = Key::new("another-key-0000").unwrap().encrypt(text.as_bytes());
        assert_eq!(serving.send(&path, &headers[..2], foreign).await, 503, "another key");
        assert_eq!(without.send(&path, &headers[..2], encrypted).await, 503, "no key");
        assert!(kept.take().is_empty());
    }
    log.hides_everything();
}

#[tokio::test]
async fn each_that_comes_too_slowly_is_answered_408_and_each_other_one_is_taken() {
    let kept = Kept::default();
    let receiver = receiver().body_timeout(Duration::from_millis(300));
    let router: Router = receiver.routes().all().router(kept.clone()).unwrap();
    let serving = Serving::start(router).await;
    let slow = |webhook: &'static Webhook| async move {
        let text = message(webhook).to_string();
        let head = head(&path(webhook), &format!("content-length: {}\r\n", text.len()));
        // All of it but the last byte.
        let cut = [head.as_bytes(), &text.as_bytes()[..text.len() - 1]].concat();
        raw(serving.address, &cut).await
    };
    for answered in join_all(WEBHOOKS.iter().copied().map(slow)).await {
        assert_eq!(answered, Some(408));
    }
    assert!(kept.take().is_empty());
    for webhook in WEBHOOKS {
        assert_eq!(serving.post(&path(webhook), message(webhook).to_string()).await, 200);
    }
}

/// What a sender of 100 MB could send before the answer came, and what it was.
async fn huge(
    serving: &Serving,
    webhook: &'static Webhook,
    headers: &str,
    chunk: &[u8],
) -> (usize, Option<u16>) {
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(head(&path(webhook), headers).as_bytes()).await.unwrap();
    let (mut sent, mut first) = (0, [0]);
    let (mut reads, mut writes) = stream.split();
    while sent < 100_000_000 {
        tokio::select! {
            biased;
            answered = reads.peek(&mut first) => {
                assert!(answered.is_ok_and(|read| read > 0));
                break;
            }
            written = writes.write(&chunk[sent % chunk.len()..]) => {
                sent += written.expect("it is told before it is cut off");
            }
        }
    }
    (sent, status(&mut stream).await)
}

#[tokio::test]
async fn who_announces_too_much_is_refused_before_he_sends_it_and_who_does_not_listen_is_heard_out() {
    let kept = Kept::default();
    let serving = all(&kept).await;
    let head = head(&path(WEBHOOKS[0]), "content-length: 100000000\r\n");
    assert_eq!(raw(serving.address, head.as_bytes()).await, Some(413));
    // He has sent a part of it when he looks for the answer.
    let mut stream = TcpStream::connect(serving.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.readable().await.unwrap();
    for _ in 0..10 {
        stream.write_all(&[b' '; 50_000]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stream.shutdown().await.unwrap();
    assert_eq!(status(&mut stream).await, Some(413));
    assert!(kept.take().is_empty());
}

#[tokio::test]
async fn each_of_100_mb_is_refused_before_it_was_read() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let serving = all(&kept).await;
    let spaces = vec![b' '; 65_536];
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend_from_slice(&spaces);
    chunk.extend_from_slice(b"\r\n");
    for webhook in WEBHOOKS {
        let (sent, status) = huge(&serving, webhook, "content-length: 100000000\r\n", &spaces).await;
        assert_eq!(status, Some(413));
        // What the sockets hold of it, and nothing of what the receiver has read.
        assert!(sent < 20_000_000, "{sent}");
    }
    // Without a length it must be read up to the limit, 4 MiB here.
    for webhook in [WEBHOOKS[0], WEBHOOKS[54]] {
        let (sent, status) = huge(&serving, webhook, "transfer-encoding: chunked\r\n", &chunk).await;
        assert_eq!(status, Some(413));
        assert!(sent > 4 << 20 && sent < 30_000_000, "{sent}");
    }
    // 100 MB of nothing in 100 KB.
    let bomb = gzip(&vec![b' '; 100_000_000]);
    assert!(bomb.len() < 200_000);
    for webhook in [WEBHOOKS[0], WEBHOOKS[54]] {
        let path = path(webhook);
        assert_eq!(serving.send(&path, &[("Content-Encoding", "gzip")], bomb.clone()).await, 413);
    }
    assert!(kept.take().is_empty());
    log.hides_everything();
}

/// The header that repeats a value of the message is there, once, and says the same as it.
#[tokio::test]
async fn a_header_that_repeats_a_value_is_there_and_says_the_same() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let names: Vec<&str> = WEBHOOKS.iter().map(|webhook| webhook.key).collect();
    let routes = receiver().routes().all().shared("all", names);
    let serving = Serving::start(routes.router(kept.clone()).unwrap()).await;
    let own = Router::new()
        .route("/{secret}/struct", post(|_: Received<CallFinished>| async { Acknowledged }))
        .route("/{secret}/event", post(|_: Received<Event>| async { Acknowledged }))
        .with_state(receiver());
    let own = Serving::start(own).await;
    let repeats: Vec<_> = WEBHOOKS.iter().filter_map(|webhook| Some((*webhook, webhook.header?))).collect();
    assert!(!repeats.is_empty());
    for (webhook, header) in repeats {
        let json = message(webhook);
        let id = json[header.key].as_str().expect("it is text").to_owned();
        let mut other = json.clone();
        other[header.key] = "evt_other".into();
        let mut without = json.clone();
        without.as_object_mut().unwrap().remove(header.key);
        let list = serde_json::json!([json, other]);
        let urls = [
            serving.url(&path(webhook)),
            serving.url(&format!("/{SECRET}/all")),
            own.url(&format!("/{SECRET}/struct")),
            own.url(&format!("/{SECRET}/event")),
        ];
        for url in &urls {
            for (what, values, body, status) in [
                ("the same", vec![id.as_str()], &json, 200),
                ("none", vec![], &json, 400),
                ("nothing", vec![""], &json, 400),
                ("another", vec!["evt_other"], &json, 400),
                ("two", vec![id.as_str(), id.as_str()], &json, 400),
                ("that of another message", vec![id.as_str()], &other, 400),
                ("one that the message lacks", vec![id.as_str()], &without, 400),
                ("that of one of two messages", vec![id.as_str()], &list, 400),
            ] {
                let request = crate::support::http().post(url).body(body.to_string());
                let request =
                    values.iter().fold(request, |request, value| request.header(header.name, *value));
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status().as_u16(), status, "{what}: {url}");
            }
        }
        assert_eq!(kept.take().len(), 2, "one at each URL of the router");
        // What is of no known form is held to it where nothing else comes to the URL.
        for (path, status) in [(path(webhook), 400), (format!("/{SECRET}/all"), 200)] {
            let request = crate::support::http().post(serving.url(&path)).body(r#"{"a": "stranger"}"#);
            assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{path}");
        }
        kept.take();
        for said in ["is missing", "has another value than the message"] {
            assert!(log.text().contains(&format!("the header {}", header.name)), "{said}");
            assert!(log.text().contains(said), "{said}");
        }
        assert!(!log.text().contains(&id), "what the header says is not logged");
    }
    log.hides_everything();
}

/// HTTP wants a word of how to come in, and of the methods that there are.
#[tokio::test]
async fn refusals_say_what_http_wants_them_to_say() {
    let routes = receiver().refuse_with(Refusal::Unauthorized).routes().all();
    let serving = Serving::start(routes.router(Kept::default()).unwrap()).await;
    let http = crate::support::http();
    let answer = http.post(serving.url("/a-wrong-secret/collection.call_finished")).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(answer.headers().contains_key("www-authenticate"));
    let answer = http.get(serving.url(&path(WEBHOOKS[0]))).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["allow"]), (405, &"POST".parse().unwrap()));
}
