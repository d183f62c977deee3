use crate::client::Client;
use crate::error::Error;
use crate::page::walk::Walk;
use crate::test_server::{CURSOR, Got, NUMBERED, OFFSETS, Server, answer, ok};

fn walk(client: &Client, endpoint: &'static crate::catalogue::Endpoint, json: &str) -> Walk {
    Walk::new(client.core.clone(), endpoint, json.as_bytes(), None).unwrap()
}

/// The number of entries of each page.
async fn counts(mut walk: Walk) -> Result<Vec<usize>, Error> {
    let mut counts = Vec::new();
    while walk.next().await?.is_some() {
        counts.push(walk.entries().len());
    }
    assert!(walk.next().await?.is_none(), "an end is an end");
    Ok(counts)
}

/// A page of a list of `all` numbers.
fn page(all: usize, from: usize, size: usize) -> String {
    let entries: Vec<String> =
        (from..all.min(from + size)).map(|n| format!(r#"{{"msg_id":"m{n}","n":{n}}}"#)).collect();
    format!("[{}]", entries.join(","))
}

fn parameter(target: &str, name: &str) -> Option<usize> {
    target.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
}

#[tokio::test]
async fn by_page_number() {
    let server = Server::start(|got| {
        let number = parameter(&got.target, "Page").unwrap_or(1);
        ok(&format!(r#"{{"pages":9,"List":{}}}"#, page(25, (number - 1) * 10, 10)))
    })
    .await;
    let client = server.client();
    assert_eq!(counts(walk(&client, &NUMBERED, r#"{"Number":10}"#)).await.unwrap(), [10, 10, 5]);
    let targets: Vec<String> = server.got().iter().skip(1).map(|got| got.target.clone()).collect();
    let asked = ["", "&Page=2", "&Page=3", "&Page=4"].map(|page| format!("/call?Number=10{page}"));
    assert_eq!(targets, asked, "the end shows in an empty page");
    assert_eq!(counts(walk(&client, &NUMBERED, "{}")).await.unwrap(), [10, 10, 5]);
    assert_eq!(counts(walk(&client, &NUMBERED, r#"{"Number":10,"Page":3}"#)).await.unwrap(), [5]);
}

#[tokio::test]
async fn a_vendor_that_caps_its_pages_loses_no_rows() {
    let server = Server::start(|got| {
        let number = parameter(&got.target, "Page").unwrap_or(1);
        ok(&page(20, (number - 1) * 7, 7))
    })
    .await;
    let client = server.client();
    assert_eq!(counts(walk(&client, &NUMBERED, r#"{"Number":10}"#)).await.unwrap(), [7, 7, 6]);
}

#[tokio::test]
async fn pages_that_were_filtered_after_they_were_cut_lose_no_rows() {
    let server = Server::start(|got| {
        let lengths = [8, 7, 9, 0, 3];
        let number = parameter(&got.target, "Page").unwrap_or(1);
        let from: usize = lengths.iter().take(number - 1).sum();
        ok(&page(24, from, lengths.get(number - 1).copied().unwrap_or(0)))
    })
    .await;
    let counted = counts(walk(&server.client(), &NUMBERED, r#"{"Number":10}"#)).await.unwrap();
    assert_eq!(counted, [8, 7, 9]);
}

#[tokio::test]
async fn a_page_past_a_full_one_may_be_refused() {
    let server = Server::start(|got| match parameter(&got.target, "Page").unwrap_or(1) {
        number @ 1..=2 => ok(&page(4, (number - 1) * 2, 2)),
        _ => answer(200, r#"{"code":10602,"status":"no such page"}"#),
    })
    .await;
    assert_eq!(counts(walk(&server.client(), &NUMBERED, r#"{"Number":2}"#)).await.unwrap(), [2, 2]);
    // Of a first page it is an error.
    let error = counts(walk(&server.client(), &NUMBERED, r#"{"Number":2,"Page":9}"#)).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some(10_602));
}

#[tokio::test]
async fn a_wrong_total_loses_no_rows() {
    for total in ["0", "10", "null", "-1", "\"x\"", "1000000"] {
        let server = Server::start(move |got| {
            let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
            let from = body["offset"].as_u64().unwrap_or(0) as usize;
            ok(&format!(r#"{{"total":{total},"list":{}}}"#, page(25, from, 10)))
        })
        .await;
        let counted = counts(walk(&server.client(), &OFFSETS, r#"{"limit":10}"#)).await.unwrap();
        assert_eq!(counted, [10, 10, 5], "{total}");
    }
}

#[tokio::test]
async fn pages_that_take_turns_are_an_end() {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        ok(if turn.is_multiple_of(2) { r#"[{"n":1},{"n":2}]"# } else { r#"[{"n":2},{"n":1}]"# })
    })
    .await;
    assert_eq!(counts(walk(&server.client(), &NUMBERED, r#"{"Number":2}"#)).await.unwrap(), [2]);
}

#[tokio::test]
async fn a_list_without_an_end_is_an_error() {
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |_| {
        let turn = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        ok(&format!(r#"[{{"asked":{turn}}}]"#))
    })
    .await;
    let mut walk = walk(&server.client(), &NUMBERED, r#"{"Number":1}"#);
    walk.set_max_pages(20);
    let error = counts(walk).await.unwrap_err();
    assert!(error.to_string().contains("not ended after 20 pages"), "{error}");
    assert_eq!(server.hits("/call"), 20);
}

#[tokio::test]
async fn what_is_no_list_is_an_error_and_no_end() {
    for list in [r#""busy""#, "5", "true"] {
        let server = Server::start(move |_| ok(&format!(r#"{{"list":{list}}}"#))).await;
        let error = counts(walk(&server.client(), &OFFSETS, "{}")).await.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{list}: {error}");
    }
    let server = Server::start(|_| ok(r#"{"list":{"callid":"1"}}"#)).await;
    assert_eq!(counts(walk(&server.client(), &OFFSETS, "{}")).await.unwrap(), [1]);
}

#[tokio::test]
async fn a_full_page_without_a_cursor_is_an_error() {
    let server = Server::start(|_| ok(r#"[{"n":1},{"n":2}]"#)).await;
    let client = server.client();
    let mut full = walk(&client, &CURSOR, r#"{"last_msg_id":"","size":2}"#);
    assert!(full.next().await.unwrap().is_some(), "the page itself is fine");
    let error = full.next().await.err().unwrap();
    assert!(error.to_string().contains("[1].msg_id: missing"), "{error}");
    assert!(full.next().await.unwrap().is_none());
    assert_eq!(counts(walk(&client, &CURSOR, r#"{"last_msg_id":"","size":3}"#)).await.unwrap(), [2]);
}

#[tokio::test]
async fn a_page_past_the_end_may_be_refused() {
    let refusing = |code: u16| {
        move |got: &Got| match parameter(&got.target, "Page").unwrap_or(1) {
            1 => ok(&page(4, 0, 10)),
            _ => answer(200, format!(r#"{{"code":{code},"status":"wrong page"}}"#)),
        }
    };
    let server = Server::start(refusing(10_602)).await;
    assert_eq!(counts(walk(&server.client(), &NUMBERED, r#"{"Number":10}"#)).await.unwrap(), [4]);
    let server = Server::start(refusing(10_403)).await;
    let error = counts(walk(&server.client(), &NUMBERED, r#"{"Number":10}"#)).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some(10_403), "any other refusal is an error");
}

#[tokio::test]
async fn by_offset() {
    let server = Server::start(|got| {
        let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
        let from = body["offset"].as_u64().unwrap_or(0) as usize;
        // The vendor gives at most 7, whatever is asked for.
        ok(&format!(r#"{{"total":"20","list":{}}}"#, page(20, from, 7)))
    })
    .await;
    let client = server.client();
    assert_eq!(counts(walk(&client, &OFFSETS, r#"{"limit":10,"rate":0.10}"#)).await.unwrap(), [7, 7, 6]);
    assert_eq!(server.hits("/call"), 4);
    assert_eq!(server.got()[2].text(), r#"{"limit":10,"rate":0.10,"offset":7}"#);
}

#[tokio::test]
async fn by_cursor() {
    let server = Server::start(|got| {
        let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
        let from = body["last_msg_id"]
            .as_str()
            .unwrap()
            .strip_prefix('m')
            .map_or(0, |n| n.parse::<usize>().unwrap() + 1);
        ok(&page(25, from, 10))
    })
    .await;
    let client = server.client();
    assert_eq!(counts(walk(&client, &CURSOR, r#"{"last_msg_id":"","size":10}"#)).await.unwrap(), [10, 10, 5]);
    assert_eq!(server.got()[2].text(), r#"{"last_msg_id":"m9","size":10}"#);
}

#[tokio::test]
async fn a_page_that_comes_again_is_the_end() {
    let server = Server::start(|_| ok(&page(10, 0, 10))).await;
    let client = server.client();
    assert_eq!(counts(walk(&client, &NUMBERED, r#"{"Number":10}"#)).await.unwrap(), [10]);
    assert_eq!(counts(walk(&client, &CURSOR, r#"{"last_msg_id":"","size":10}"#)).await.unwrap(), [10]);
}

#[tokio::test]
async fn an_empty_list_is_one_page() {
    for payload in ["null", "[]", "{}", r#"{"list":null,"total":0}"#, r#"{"list":[]}"#, "7"] {
        let server = Server::start(move |_| ok(payload)).await;
        let client = server.client();
        for endpoint in [&NUMBERED, &OFFSETS, &CURSOR] {
            assert_eq!(
                counts(walk(&client, endpoint, "{}")).await.unwrap(),
                [0],
                "{payload} {}",
                endpoint.key
            );
        }
    }
}

#[tokio::test]
async fn an_error_is_the_end() {
    let server = Server::start(|got| match parameter(&got.target, "Page") {
        None => ok(&page(100, 0, 10)),
        Some(_) => answer(200, r#"{"code":10601}"#),
    })
    .await;
    let mut walk = walk(&server.client(), &NUMBERED, r#"{"Number":10}"#);
    assert!(walk.next().await.unwrap().is_some());
    assert_eq!(walk.next().await.err().unwrap().vendor_code(), Some(10601));
    assert!(walk.next().await.unwrap().is_none());
}
