//! Encrypted calls, as the vendor describes them and as the simulator speaks them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::encryption::{EncryptionError, Key, digest};
use airudder_client::types::TaskStatus;
use airudder_client::{Client, Error};
use airudder_simulator::{CallOutcome, Simulator};
use airudder_tests::loopback::{self, Server, answer, json};
use airudder_tests::{TestSigner, client_builder, create_task, fast, number};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};

const KEY: &str = "airudderredduria";

/// Plain text, base64, digest. The first is the vendor's own (doc-1678219), the others were made with
/// OpenSSL.
const VECTORS: [(&str, &str, &str); 5] = [
    (
        "TaskID=69f531a01a9df58aa6de2487be610abb",
        "qbj8cnqKnqR66qDS49ib9ymU1mpMCyp8Dm0gS1VvmnEqTxPGSBzruAU1sapP+cye",
        "6956d7af4c89b89f19f9ae0a8be4bcf12abe7c6ed893691733f3480ad3f3aabc",
    ),
    (
        "0123456789abcdef",
        "6eK3sOQOSuWBIj7Fj0MdEggkmNTgimEHedXC8888uR0=",
        "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f",
    ),
    ("", "CCSY1OCKYQd51cLzzzy5HQ==", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
        r#"{"Number":10}"#,
        "0UctL7H7qvqjiIZ/x6JCrA==",
        "b10c978dcb25577b42be517c04683d823238cbff271ec5f8a52baecd83bdcb43",
    ),
    (
        r#"{"Debtor":"借款人"}"#,
        "AETOFcGgS2d3ueP0Np1Iqt9fI+JyCeiEHfVVesS+CHs=",
        "70414134ba2decadd73402fba023e0cad2712901bb0c949179cadf280824eeb4",
    ),
];

fn key() -> Key {
    Key::new(KEY).unwrap()
}

#[test]
fn the_vectors_hold() {
    for (plain, encrypted, digested) in VECTORS {
        assert_eq!(key().encrypt(plain.as_bytes()), encrypted, "{plain}");
        assert_eq!(digest(plain.as_bytes()), digested, "{plain}");
        assert_eq!(key().decrypt(encrypted.as_bytes()).unwrap(), plain.as_bytes());
        assert_eq!(key().decrypt_verified(encrypted.as_bytes(), Some(digested)).unwrap(), plain.as_bytes());
        assert_eq!(key().decrypt_callback(encrypted.as_bytes(), Some(digested)).unwrap(), plain.as_bytes());
    }
}

#[test]
fn keys_have_sixteen_twenty_four_or_thirty_two_bytes() {
    for length in 0..=40 {
        match Key::new("k".repeat(length)) {
            Ok(key) => {
                assert!(matches!(length, 16 | 24 | 32), "{length}");
                for text in ["", "x", "0123456789abcdef", "{\"a\":\"ä\"}"] {
                    assert_eq!(
                        key.decrypt(key.encrypt(text.as_bytes()).as_bytes()).unwrap(),
                        text.as_bytes()
                    );
                }
                assert!(!format!("{key:?}").contains("kkk"));
            }
            Err(error) => {
                assert!(!matches!(length, 16 | 24 | 32), "{length}");
                assert_eq!(error, EncryptionError::KeyLength(length));
            }
        }
    }
    let same = |length: usize| Key::new("k".repeat(length)).unwrap().encrypt(b"text");
    assert!(same(16) != same(24) && same(24) != same(32), "each length is a cipher of its own");
}

#[tokio::test]
async fn whole_calls_go_encrypted_both_ways() {
    for secret in [KEY, "a key of 24 bytes, truly", "and this one has 32 bytes, truly"] {
        let simulator = Simulator::builder()
            .encryption(Key::new(secret).unwrap())
            .ignore_schedule(true)
            .outcomes(|_, _| Some(CallOutcome::Busy))
            .start()
            .await
            .unwrap();
        let client = client_builder(&simulator).encryption(Key::new(secret).unwrap()).build().unwrap();
        let task = create_task(&client, "a-task", 2).await.unwrap().task_id;
        let arrived = simulator.last_request("collection.create_task").unwrap();
        assert_eq!(
            (&arrived["TaskName"], &arrived["Details"][1]["Mobile"]),
            (&json!("a-task"), &json!(number(1)))
        );
        simulator.play_out().await;
        let detail = client.collection().get_task_detail().task_id(task.clone()).send_full().await.unwrap();
        assert_eq!(detail.header("is-encrypted"), Some("1"), "the answer was encrypted");
        assert_eq!(detail.data.status, Some(TaskStatus::Finished));
        assert_eq!(detail.data.detail.len(), 2);
        let raw: Value = serde_json::from_slice(&detail.raw).expect("the raw answer is the decrypted one");
        assert_eq!(raw["code"], 200);
        // Refusals come encrypted too, and those of the token in the clear.
        assert_eq!(create_task(&client, "a-task", 2).await.unwrap_err().vendor_code(), Some(10403));
        simulator.revoke_tokens();
        client.collection().list_tasks().number(10).page(1).send().await.unwrap();
        assert!(simulator.log().iter().any(|entry| entry.status == 401));
    }
}

#[tokio::test]
async fn another_key_than_the_vendors_is_refused() {
    let simulator = Simulator::builder().encryption(key()).start().await.unwrap();
    let client = client_builder(&simulator)
        .encryption(Key::new("another key here").unwrap())
        .retry(fast())
        .build()
        .unwrap();
    let error = create_task(&client, "a-task", 1).await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert_eq!(simulator.requests("collection.create_task"), 1);
    // A simulator without a key says so, and one with a key takes calls in the clear as well.
    let plain = Simulator::start().await.unwrap();
    let error = create_task(&client_builder(&plain).encryption(key()).build().unwrap(), "a-task", 1)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    create_task(&airudder_tests::client(&simulator), "a-task", 1).await.unwrap();
}

#[tokio::test]
async fn requests_go_out_as_the_vendor_shows_them() {
    let server = Server::start(|_| loopback::success(&json!({"TaskID": "7"}))).await;
    let client = server.client_builder().encryption(key()).signer(TestSigner).build().unwrap();
    // A GET: the vendor's own example, with nothing done to the base64 text.
    let (_, encrypted, digested) = VECTORS[0];
    client.collection().get_task_detail().task_id("69f531a01a9df58aa6de2487be610abb").send().await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!((got.path.as_str(), got.query.as_str()), ("/service/cloud/detail", encrypted));
    assert_eq!((got.header("is-encrypted"), got.header("signed")), ("1", digested));
    assert_eq!(got.header("authorization"), format!("Token {}", loopback::TOKEN));
    assert!(got.body.is_empty());

    // A GET without any parameter is one too.
    client.collection().list_robots().send().await.unwrap();
    let got = server.got().pop().unwrap();
    assert_eq!((got.query.as_str(), got.header("signed")), (VECTORS[2].1, VECTORS[2].2));

    // A POST: base64 is the whole body, and its digest is that of the JSON.
    create_task(&client, "a-task", 1).await.unwrap();
    let got = server.got().pop().unwrap();
    let plain = key().decrypt(&got.body).unwrap();
    assert_eq!(got.header("signed"), digest(&plain));
    assert_eq!(serde_json::from_slice::<Value>(&plain).unwrap()["TaskName"], "a-task");
    assert_eq!((got.query.as_str(), got.header("content-type")), ("", "application/json"));
    let other =
        server.client_builder().encryption(key()).encryption_content_type("text/plain").build().unwrap();
    create_task(&other, "a-task", 1).await.unwrap();
    assert_eq!(server.got().pop().unwrap().header("content-type"), "text/plain");

    // Tokens and the chatbot are left out of it.
    for request in server.token_requests() {
        assert_eq!((request.header("is-encrypted"), request.json()["APPKey"].as_str()), ("", Some("a-key")));
    }
    let _ = client.chatbot().list_messages().call_id("1").last_msg_id("").size(2).send().await;
    let got = server.got().pop().unwrap();
    assert_eq!((got.header("is-encrypted"), got.json()["call_id"].as_str()), ("", Some("1")));
}

/// An answer that says that it is encrypted.
fn encrypted(body: String, signed: Option<String>) -> Response<Body> {
    let response = Response::builder().header("Is-Encrypted", "1").header("content-type", "text/plain");
    let response = if let Some(signed) = signed { response.header("Signed", signed) } else { response };
    response.body(Body::from(body)).unwrap()
}

async fn read(client: &Client) -> Result<(), Error> {
    client.collection().get_task_detail().task_id("1").send().await.map(drop)
}

#[tokio::test]
async fn answers_that_cannot_be_decrypted_are_typed_errors() {
    let plain = json!({"code": 200, "data": {"TaskID": "7", "Status": "finished"}}).to_string();
    let good = key().encrypt(plain.as_bytes());
    let right = digest(plain.as_bytes());
    let other = Key::new("another key here").unwrap().encrypt(plain.as_bytes());
    let cases: Vec<(&str, String, Option<String>, Option<EncryptionError>)> = vec![
        ("good", good.clone(), Some(right.clone()), None),
        ("good, in capitals", good.clone(), Some(right.to_ascii_uppercase()), None),
        ("good, with a line's end", format!("{good}\r\n"), Some(right.clone()), None),
        ("good, without a digest", good.clone(), None, None),
        ("another digest", good.clone(), Some(digest(b"else")), Some(EncryptionError::WrongDigest)),
        ("no base64", "{\"code\": 200}".to_owned(), Some(right.clone()), Some(EncryptionError::NotBase64)),
        ("cut off", good[..good.len() - 8].to_owned(), Some(right.clone()), Some(EncryptionError::NotBlocks)),
        ("another key", other.clone(), Some(right.clone()), Some(EncryptionError::WrongKey)),
        ("another key, without a digest", other, None, Some(EncryptionError::WrongKey)),
    ];
    for (name, body, signed, expected) in cases {
        let server = Server::start(move |_| encrypted(body.clone(), signed.clone())).await;
        let client = server.client_builder().encryption(key()).build().unwrap();
        match (read(&client).await, expected) {
            (Ok(()), None) => {}
            (Err(Error::Decode(error)), Some(expected)) => {
                assert_eq!(error.encryption(), Some(&expected), "{name}");
                assert_eq!(error.http_status(), Some(200), "{name}");
                assert!(error.to_string().contains(&expected.to_string()), "{name}: {error}");
            }
            (outcome, _) => panic!("{name}: {outcome:?}"),
        }
        assert_eq!(server.got().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn answers_say_themselves_whether_they_are_encrypted() {
    // In the clear to a client with a key: refusals may be.
    let server = Server::start(|_| json(StatusCode::OK, &json!({"code": 10906, "status": "no"}))).await;
    let error = read(&server.client_builder().encryption(key()).build().unwrap()).await.unwrap_err();
    assert_eq!(error.vendor_code(), Some(10906));
    // And encrypted to one without.
    let server = Server::start(|_| encrypted(key().encrypt(b"{}"), None)).await;
    let error = read(&server.client()).await.unwrap_err();
    assert!(
        matches!(error, Error::Decode(_)) && error.to_string().contains("ClientBuilder::encryption"),
        "{error}"
    );
    // Only the value 1 means it.
    for value in ["0", "", "true"] {
        let server = Server::start(move |_| {
            let mut answer =
                answer(StatusCode::OK, "application/json", r#"{"code":200,"data":{"Status":"finished"}}"#);
            answer.headers_mut().insert("is-encrypted", value.parse().unwrap());
            answer
        })
        .await;
        read(&server.client_builder().encryption(key()).build().unwrap()).await.unwrap();
    }
}

#[test]
fn a_callback_needs_its_digest() {
    let (plain, encrypted, digested) = VECTORS[4];
    let decrypt = |body: &str, signed| key().decrypt_callback(body.as_bytes(), signed);
    assert_eq!(decrypt(encrypted, Some(digested)).unwrap(), plain.as_bytes());
    assert_eq!(decrypt(encrypted, None), Err(EncryptionError::NoDigest));
    assert_eq!(decrypt(encrypted, Some(" ")), Err(EncryptionError::NoDigest));
    assert_eq!(decrypt(encrypted, Some(VECTORS[0].2)), Err(EncryptionError::WrongDigest));
    assert_eq!(decrypt("%%%", Some(digested)), Err(EncryptionError::NotBase64));
    assert_eq!(decrypt("", Some(digested)), Err(EncryptionError::NotBlocks));
}
