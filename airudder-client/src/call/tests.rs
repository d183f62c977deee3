use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::header::{HeaderName, HeaderValue};

use super::*;
use crate::authentication::signer::{SignError, SignRequest, Signer};
use crate::catalogue::{BodyForm, Effect, Endpoint, Kind, ResponseKind, Scalar};
use crate::client::Client;
use crate::encryption;
use crate::error::Phase;
use crate::http::{Connections, Part};
use crate::observe::CallKind;
use crate::retry::RetryPolicy;
use crate::test_server::{
    ANY, Answering, CLOUD, CREATE, READ, Server, answer, endpoint, full, ok, plain_http, plan, run, value,
};
use crate::types::Source;

async fn send(core: &Core, plan: Plan) -> Result<Reply, Error> {
    let (shown, family, effect) = (plan.context.endpoint.clone(), plan.family, plan.context.effect);
    let running = core.settings.begin_other(CallKind::Raw, shown, "POST", family, effect);
    super::send(core, running, &plan, None).await
}

/// Answers the n-th call with the n-th of these, and the last for ever.
async fn sequence(answers: Vec<Answering>) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let index = count.fetch_add(1, Ordering::SeqCst);
        answers[index.min(answers.len() - 1)].clone()
    })
    .await
}

#[tokio::test]
async fn a_call_and_its_answer() {
    let server = Server::start(|_| ok(r#"{"TaskID":"1"}"#).header("X-Request", "abc")).await;
    let client = server.client();
    let response =
        full(&client, &READ, r#"{"TaskID":"1","Callee":"+62812345678","none":null}"#).await.unwrap();
    assert_eq!(response.data, serde_json::json!({"TaskID": "1"}));
    assert_eq!((response.status, response.header("x-request")), (200, Some("abc")));
    assert_eq!(&response.raw[..], br#"{"code":200,"status":"OK","data":{"TaskID":"1"}}"#);

    value(&client, &CREATE, r#"{"TaskName":"x"}"#).await.unwrap();
    let got = server.got();
    assert_eq!(got[1].target, "/call?TaskID=1&Callee=%2B62812345678");
    assert_eq!((got[1].method.as_str(), got[1].header("content-type")), ("GET", None));
    assert_eq!((got[2].method.as_str(), got[2].text()), ("POST", r#"{"TaskName":"x"}"#));
    assert_eq!(got[2].header("content-type"), Some("application/json"));
    assert_eq!(got[2].header("authorization"), Some("Token T1"));
}

#[tokio::test]
async fn reads_are_repeated() {
    let server = sequence(vec![
        answer(503, "<html>"),
        Answering::reset(),
        answer(429, "").header("Retry-After", "0"),
        ok("{}"),
    ])
    .await;
    value(&server.client(), &READ, "{}").await.unwrap();
    assert_eq!(server.hits("/call"), 4);

    let server = sequence(vec![answer(504, "")]).await;
    let error = value(&server.client(), &READ, "{}").await.unwrap_err();
    assert_eq!((server.hits("/call"), error.attempts(), error.http_status()), (4, 4, Some(504)));
    assert!(error.is_retryable() && error.may_have_reached_vendor());

    let client = server.builder().retry(RetryPolicy::none()).build().unwrap();
    value(&client, &READ, "{}").await.unwrap_err();
    assert_eq!(server.hits("/call"), 5);
}

#[tokio::test]
async fn a_phone_never_rings_twice() {
    for failure in [
        answer(503, "").header("Retry-After", "0"),
        answer(429, ""),
        answer(502, "<html>"),
        Answering::reset(),
        ok(r#"{"TaskID":"1"}"#).cut_after(20),
        answer(200, "<html>"),
    ] {
        let server = sequence(vec![failure]).await;
        let error = value(&server.client(), &CREATE, "{}").await.unwrap_err();
        assert_eq!(server.hits("/call"), 1, "{error}");
        assert!(error.may_have_reached_vendor() && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn a_call_that_cannot_have_arrived_is_repeated() {
    let server = Server::start(|_| ok("{}")).await;
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let mut client = server.client();
    value(&client, &READ, "{}").await.unwrap();
    // The token is there; now the host is away.
    let settings = Arc::new(Settings {
        http: Connections::Given(plain_http()),
        hosts: crate::settings::Hosts::new(Some(format!("http://{closed}")), Default::default()),
        paths: Default::default(),
        user_agent: HeaderValue::from_static("x"),
        timeout: None,
        zone: None,
        retry: RetryPolicy::default().base_delay(Duration::from_millis(1)).max_attempts(3),
        max_response_bytes: 1000,
        max_file_bytes: 1000,
        link_hosts: Vec::new(),
        encryption: None,
        concurrency: None,
        observers: Default::default(),
        gate: Default::default(),
        additions: crate::settings::Additions::default(),
    });
    let core = Arc::into_inner(client.core).unwrap();
    client = Client {
        core: Arc::new(Core { settings, tokens: core.tokens, signer: None, interceptors: Vec::new() }),
    };
    let error = value(&client, &CREATE, "{}").await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error}") };
    assert_eq!((transport.phase(), error.attempts()), (Phase::Connect, 3));
    assert!(!error.may_have_reached_vendor() && error.is_retryable());
    assert!(error.to_string().starts_with("test.create: could not connect: "), "{error}");
}

#[tokio::test]
async fn time_outs() {
    let server = Server::start(|_| ok("{}").after(Duration::from_millis(300))).await;
    let client = server.builder().retry(RetryPolicy::none()).build().unwrap();
    value(&client, &READ, "{}").await.unwrap();
    let short = Some(Duration::from_millis(50));
    let error = super::run(&client.core, &CREATE, b"{}".to_vec().into(), short.into()).await.err().unwrap();
    assert!(error.is_timeout() && error.may_have_reached_vendor() && !error.is_retryable(), "{error}");
    assert_eq!(error.to_string(), "test.create: no answer within 50ms");

    let server =
        Server::start(|_| ok(&format!("{:?}", "x".repeat(4000))).paced(Duration::from_millis(100))).await;
    let client =
        server.builder().retry(RetryPolicy::none()).timeout(Duration::from_millis(150)).build().unwrap();
    let error = value(&client, &READ, "{}").await.unwrap_err();
    let Error::Timeout(timeout) = &error else { panic!("{error}") };
    assert_eq!(timeout.phase(), Phase::Body);
}

#[tokio::test]
async fn broken_answers_are_typed() {
    let client = |server: &Server| {
        server.builder().retry(RetryPolicy::none()).max_response_bytes(1000).build().unwrap()
    };
    let server = sequence(vec![ok(r#"{"TaskID":"1"}"#).cut_after(20)]).await;
    let error = value(&client(&server), &READ, "{}").await.unwrap_err();
    assert!(matches!(&error, Error::Transport(e) if e.phase() == Phase::Body), "{error}");

    let server = sequence(vec![ok(&format!("{:?}", "x".repeat(2000)))]).await;
    let error = value(&client(&server), &READ, "{}").await.unwrap_err();
    assert!(
        matches!(error, Error::Decode(_)) && error.to_string().contains("longer than the 1_000 bytes"),
        "{error}"
    );

    let server = sequence(vec![answer(302, "").header("Location", "https://elsewhere.example/")]).await;
    let error = value(&client(&server), &READ, "{}").await.unwrap_err();
    assert!(
        matches!(error, Error::Http(_)) && error.to_string().contains("redirects are not followed"),
        "{error}"
    );
    assert_eq!(server.hits("/call"), 1);

    let server = sequence(vec![answer(200, "")]).await;
    assert!(matches!(value(&client(&server), &READ, "{}").await.unwrap_err(), Error::Decode(_)));
    assert!(value(&client(&server), &ANY, "{}").await.unwrap().is_null());
}

#[tokio::test]
async fn refusals() {
    let body =
        r#"{"code":10402,"message":"the name for +62 812-3456-7890 (token T1) is too long","data":null}"#;
    let server = sequence(vec![answer(200, body)]).await;
    let error = value(&server.client(), &CREATE, "{}").await.unwrap_err();
    assert_eq!((error.vendor_code(), error.http_status(), server.hits("/call")), (Some(10402), Some(200), 1));
    let shown = error.to_string();
    assert!(shown.contains("10402 TaskNameTooLong") && shown.contains("the name for <number>"), "{shown}");
    assert!(!format!("{shown}{error:?}").contains("3456"), "{error:?}");
    let Error::Api(api) = error else { unreachable!() };
    assert_eq!(api.raw(), body.as_bytes());
}

#[tokio::test]
async fn paths() {
    let server = Server::start(|_| ok("{}")).await;
    let client = server.builder().override_path("test.read", "/other").build().unwrap();
    value(&client, &READ, "{}").await.unwrap();
    assert_eq!(server.hits("/other"), 1);

    static NOWHERE: Endpoint = Endpoint { path: None, ..READ };
    let error = value(&server.client(), &NOWHERE, "{}").await.unwrap_err();
    assert!(matches!(error, Error::Unconfirmed(_)), "{error}");
    assert!(!error.may_have_reached_vendor() && !error.is_retryable());
    assert_eq!(error.endpoint(), Some("test.read"));
    value(&client, &NOWHERE, "{}").await.unwrap();

    for path in ["//evil.example/x", "/ok/../x"] {
        let outcome = client.raw("GET", path).send().await;
        if let Err(error) = outcome {
            assert!(matches!(error, Error::Config(_) | Error::Http(_)), "{error}");
        }
    }
    assert!(
        server.got().iter().all(|got| { got.header("host").is_some_and(|host| server.url.ends_with(host)) })
    );
}

#[tokio::test]
async fn raw_calls() {
    let server = Server::start(|_| ok(r#"{"n":1}"#)).await;
    let client = server.client();
    let response = client.raw("get", "/service/cloud/new").query("Callee", "+62 8").send().await.unwrap();
    assert_eq!(response.data["n"], 1);
    client
        .raw("POST", "/service/cloud/new?a=1")
        .query("b", 2)
        .json(&serde_json::json!({"x": 1}))
        .send()
        .await
        .unwrap();
    let got = server.got();
    assert_eq!(got[1].target, "/service/cloud/new?Callee=%2B62%208");
    assert_eq!((got[2].target.as_str(), got[2].text()), ("/service/cloud/new?a=1&b=2", r#"{"x":1}"#));
    assert_eq!(got[2].header("authorization"), Some("Token T1"));
    for request in [
        client.raw("GET", "no-slash"),
        client.raw("BAD METHOD", "/x"),
        client.raw("POST", "/x").json(&Unwritable),
    ] {
        assert!(matches!(request.send().await.unwrap_err(), Error::Config(_)));
    }
    assert_eq!(server.got().len(), 3);
}

struct Unwritable;

impl serde::Serialize for Unwritable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}

const QUERY: (&str, &str, &str) = (
    "69f531a01a9df58aa6de2487be610abb",
    "/call?qbj8cnqKnqR66qDS49ib9ymU1mpMCyp8Dm0gS1VvmnEqTxPGSBzruAU1sapP+cye",
    "6956d7af4c89b89f19f9ae0a8be4bcf12abe7c6ed893691733f3480ad3f3aabc",
);

fn encrypted(key: &encryption::Key, body: &str, digest: &str) -> Answering {
    answer(200, key.encrypt(body.as_bytes())).header("Is-Encrypted", "1").header("Signed", digest)
}

#[tokio::test]
async fn encryption_of_requests_and_answers() {
    let key = encryption::Key::new("airudderredduria").unwrap();
    let body = r#"{"code":200,"data":{"Debtor":"借款人"}}"#;
    let sealed = encrypted(&key, body, &encryption::digest(body.as_bytes()));
    let server = Server::start(move |_| sealed.clone()).await;
    let client =
        server.builder().encryption(key.clone()).encryption_content_type("text/plain").build().unwrap();
    let response = full(&client, &READ, &format!(r#"{{"TaskID":"{}"}}"#, QUERY.0)).await.unwrap();
    assert_eq!(response.data["Debtor"], "借款人");
    assert_eq!(response.raw, body.as_bytes());
    value(&client, &CREATE, r#"{"Number":10}"#).await.unwrap();

    let got = server.got();
    assert_eq!(
        (got[0].header("is-encrypted"), got[0].text().contains("APPKey")),
        (None, true),
        "token calls are not encrypted"
    );
    assert_eq!(
        (got[1].target.as_str(), got[1].header("signed"), got[1].header("is-encrypted")),
        (QUERY.1, Some(QUERY.2), Some("1"))
    );
    assert_eq!(
        (got[2].text(), got[2].header("content-type")),
        ("0UctL7H7qvqjiIZ/x6JCrA==", Some("text/plain"))
    );

    // Without a key, and with a wrong one.
    let error = value(&server.client(), &READ, "{}").await.unwrap_err();
    assert!(error.to_string().contains("the client has no key"), "{error}");
    let other =
        server.builder().encryption(encryption::Key::new("0000000000000000").unwrap()).build().unwrap();
    let error = value(&other, &READ, "{}").await.unwrap_err();
    assert!(
        matches!(&error, Error::Decode(e) if e.encryption() == Some(&encryption::EncryptionError::WrongKey)),
        "{error}"
    );
}

#[tokio::test]
async fn answers_say_themselves_whether_they_are_encrypted() {
    let key = encryption::Key::new("airudderredduria").unwrap();
    let wrong = encrypted(&key, r#"{"code":200,"data":1}"#, QUERY.2);
    let broken = answer(200, "not base64!").header("Is-Encrypted", "1");
    let count = AtomicUsize::new(0);
    let server = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(200, r#"{"code":10402,"status":"in the clear"}"#),
        1 => wrong.clone(),
        _ => broken.clone(),
    })
    .await;
    let client = server.builder().encryption(key).build().unwrap();
    assert_eq!(value(&client, &READ, "{}").await.unwrap_err().vendor_code(), Some(10402));
    let of = |error: Error| match error {
        Error::Decode(e) => e.encryption().copied().unwrap(),
        other => panic!("{other}"),
    };
    assert_eq!(of(value(&client, &READ, "{}").await.unwrap_err()), encryption::EncryptionError::WrongDigest);
    assert_eq!(of(value(&client, &READ, "{}").await.unwrap_err()), encryption::EncryptionError::NotBase64);
}

struct TestSigner;

impl Signer for TestSigner {
    fn sign(&self, request: &SignRequest<'_>) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
        if request.query == "fail=1" {
            return Err("no key".into());
        }
        let text = format!("{} {} {} {}", request.method, request.path, request.query, request.body.len());
        Ok(vec![(HeaderName::from_static("x-airudder-sign"), HeaderValue::from_str(&text)?)])
    }
}

#[tokio::test]
async fn signatures() {
    let server = Server::start(|_| ok("[]")).await;
    let client = server.client();
    let chat = |client: &Client| {
        plan(client, Auth::Signature, Family::Chatbot, Content::Json(Bytes::from_static(b"{}")))
    };
    let error = send(&client.core, chat(&client)).await.err().unwrap();
    assert!(
        matches!(error, Error::Config(_)) && error.to_string().contains("ClientBuilder::signer"),
        "{error}"
    );
    assert_eq!(server.got().len(), 0);

    let key = encryption::Key::new("airudderredduria").unwrap();
    let client = Client::builder().base_url(&server.url).signer(TestSigner).encryption(key).build().unwrap();
    send(&client.core, chat(&client)).await.unwrap();
    let got = &server.got()[0];
    assert_eq!((got.header("x-airudder-sign"), got.header("authorization")), (Some("POST /call  2"), None));
    assert_eq!((got.header("is-encrypted"), got.text()), (None, "{}"), "the chatbot is never encrypted");

    let mut failing = chat(&client);
    failing.query = "fail=1".to_owned();
    let error = send(&client.core, failing).await.err().unwrap();
    assert!(matches!(error, Error::Auth(_)) && !error.may_have_reached_vendor(), "{error}");
}

#[tokio::test]
async fn forms_with_files() {
    let server = Server::start(|_| ok("{}")).await;
    let client = server.client();
    let parts = [
        Part {
            name: "channel".to_owned(),
            content: Source::Bytes(Bytes::from_static("借".as_bytes())),
            file: None,
            media_type: None,
        },
        Part {
            name: "file".to_owned(),
            content: Source::Bytes(Bytes::from_static(b"\x00\x01")),
            file: Some("a.png".to_owned()),
            media_type: None,
        },
    ];
    let upload = plan(&client, CLOUD, Family::Cloud, Content::Multipart(parts.into()));
    send(&client.core, upload).await.unwrap();
    let got = &server.got()[1];
    assert!(got.header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
    let text = String::from_utf8_lossy(&got.body);
    assert!(text.contains("name=\"channel\"\r\n\r\n借\r\n"), "{text}");
    assert!(
        text.contains("name=\"file\"; filename=\"a.png\"") && text.contains("\r\n\r\n\u{0}\u{1}\r\n"),
        "{text}"
    );

    let key = encryption::Key::new("airudderredduria").unwrap();
    let client = server.builder().encryption(key).build().unwrap();
    let upload = plan(&client, CLOUD, Family::Cloud, Content::Multipart(Vec::new().into()));
    assert!(matches!(send(&client.core, upload).await.err().unwrap(), Error::Config(_)));
}

#[tokio::test]
async fn calls_at_the_same_time_are_bounded() {
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (now, top) = (Arc::clone(&running), Arc::clone(&most));
    let server = Server::start(move |_| {
        top.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let now = Arc::clone(&now);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(10)).await;
            now.fetch_sub(1, Ordering::SeqCst);
        });
        ok("{}").after(Duration::from_millis(20))
    })
    .await;
    let client = server.builder().max_concurrent(3).build().unwrap();
    let calls = (0..12).map(|_| value(&client, &READ, "{}"));
    assert!(futures_util::future::join_all(calls).await.iter().all(Result::is_ok));
    assert!(most.load(Ordering::SeqCst) <= 3);
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let client = Client::builder().credentials("k", "s").base_url("http://127.0.0.1:1").build().unwrap();
    let error = futures_util::FutureExt::now_or_never(run(&client, &READ, "{}")).unwrap().err().unwrap();
    assert!(matches!(error, Error::Config(_)), "{error}");
}

/// Writes down everything that is traced, by whomever.
struct Recorder(Arc<std::sync::Mutex<String>>);

impl tracing::field::Visit for Recorder {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
    }
}

impl tracing::Subscriber for Recorder {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut Self(Arc::clone(&self.0)));
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut Self(Arc::clone(&self.0)));
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        self.0.lock().unwrap().push('\n');
        event.record(&mut Self(Arc::clone(&self.0)));
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn traces_tell_what_happened_and_nothing_personal() {
    let traced = Arc::new(std::sync::Mutex::new(String::new()));
    let _guard = tracing::subscriber::set_default(Recorder(Arc::clone(&traced)));
    let server = Server::bare(|got| match got.path() {
        "/service/cloud/auth" => ok(r#"{"token":"the-token"}"#),
        _ => answer(503, r#"{"code":10402,"message":"Jane Doe +6281234567890 the-token"}"#),
    })
    .await;
    let client = server
        .builder()
        .retry(RetryPolicy::default().max_attempts(2).base_delay(Duration::ZERO))
        .build()
        .unwrap();
    let fields = r#"{"Debtor":"Jane Doe","Callee":"+6281234567890"}"#;
    let mut errors = Vec::new();
    let expected = [
        "endpoint=\"test.read\"",
        "family=\"cloud\"",
        "attempt=2",
        "status_code=503",
        "vendor_code=10402",
        "elapsed_ms=",
    ];
    let missing = || expected.into_iter().find(|text| !traced.lock().unwrap().contains(text));
    // What another test has met first in this very moment counts as unwanted by everybody, until it is asked
    // anew.
    for _ in 0..5 {
        for endpoint in [&READ, &CREATE] {
            errors.push(value(&client, endpoint, fields).await.unwrap_err());
        }
        let path = "/service/cloud/number/6281234567890?Callee=Jane";
        errors.push(client.raw("GET", path).query("Callee", "Jane").send().await.unwrap_err());
        if missing().is_none() {
            break;
        }
        tracing::callsite::rebuild_interest_cache();
    }
    assert_eq!(missing(), None, "{}", traced.lock().unwrap());
    let traced = traced.lock().unwrap().clone();
    let shown = format!("{traced}{errors:?}{}", errors.iter().map(Error::to_string).collect::<String>());
    // The vendor's text is shown in errors, names and all; it is not traced.
    assert!(!traced.contains("Jane"), "{traced}");
    for secret in ["81234567890", "the-token", "the-app-key", "the-app-secret"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

static STOP: Endpoint = endpoint(
    "test.stop",
    Effect::Idempotent,
    BodyForm::Json,
    ResponseKind::Value(Kind::Scalar(Scalar::Json)),
    Auth::None,
);
static RENAME: Endpoint = endpoint(
    "test.rename",
    Effect::Idempotent,
    BodyForm::Json,
    ResponseKind::Value(Kind::Scalar(Scalar::Json)),
    CLOUD,
);

#[tokio::test]
async fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    // Takes one request, breaks the connection, and is away from then on.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0; 4096]).await;
    });
    let policy = RetryPolicy::default().base_delay(Duration::from_millis(1)).max_attempts(2);
    let client = Client::builder().base_url(url).http_client(plain_http()).retry(policy).build().unwrap();
    let error = value(&client, &STOP, "{}").await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error}") };
    assert_eq!((transport.phase(), error.attempts()), (Phase::Connect, 2));
    assert!(error.may_have_reached_vendor(), "the first attempt may have");
    assert!(error.is_retryable());

    // The same when it is a new token that cannot be had in the end.
    let (calls, tokens) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let server = Server::bare(move |got| match got.path() {
        "/call" => match calls.fetch_add(1, Ordering::SeqCst) {
            0 => Answering::reset(),
            _ => answer(401, ""),
        },
        _ => match tokens.fetch_add(1, Ordering::SeqCst) {
            0 => ok(r#"{"token":"T"}"#),
            _ => answer(403, ""),
        },
    })
    .await;
    let error = value(&server.client(), &RENAME, "{}").await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error}");
    assert_eq!((error.attempts(), server.hits("/call")), (2, 2));
    assert!(error.may_have_reached_vendor(), "the first attempt may have");
}

#[tokio::test]
async fn a_refusal_that_reports_success_is_no_reason_to_call_again() {
    let server = sequence(vec![answer(401, r#"{"code":200,"status":"OK","data":{"TaskID":"1"}}"#)]).await;
    let error = value(&server.client(), &CREATE, "{}").await.unwrap_err();
    assert_eq!((server.hits("/call"), server.auths(), error.http_status()), (1, 1, Some(401)), "{error}");
    assert!(error.may_have_reached_vendor() && !error.is_retryable());
}

#[tokio::test]
async fn a_query_within_a_path_is_a_query_like_any_other() {
    let server = Server::start(|_| ok("{}")).await;
    let client = server.client();
    client.raw("GET", "/call?Callee=%2B62812345678").query("Page", 1).send().await.unwrap();
    assert_eq!(server.got()[1].target, "/call?Callee=%2B62812345678&Page=1");

    let key = encryption::Key::new("airudderredduria").unwrap();
    let sealed =
        server.builder().encryption(key.clone()).override_path("test.read", "/call?v=2").build().unwrap();
    sealed.raw("GET", "/call?Callee=%2B62812345678").send().await.unwrap();
    value(&sealed, &READ, r#"{"TaskID":"1"}"#).await.unwrap();
    let got = server.got();
    let encrypted = |plain: &str| format!("/call?{}", key.encrypt(plain.as_bytes()));
    assert_eq!(got[3].target, encrypted("Callee=%2B62812345678"), "nothing of it goes in the clear");
    assert_eq!(got[4].target, encrypted("v=2&TaskID=1"));
}

#[tokio::test]
async fn a_path_does_not_end_at_a_hash() {
    let server = Server::start(|_| ok("{}")).await;
    let error = server.client().raw("DELETE", "/call/#1/part").send().await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert_eq!(server.hits("/call/"), 0, "another path than the one that was asked for");
}
