use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;

use super::turn::{Found, STORE_TIMEOUT};
use super::*;
use crate::authentication::store::{MemoryTokenStore, StoreFuture};
use crate::client::Client;
use crate::error::AuthFailure;
use crate::test_server::{Answering, CREATE, Got, READ, Server, answer, ok, value};

fn bearer(got: &Got) -> &str {
    got.header("authorization").unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_first_calls_ask_for_one_token() {
    let server = Server::start(|got| match bearer(got) {
        "Token T1" => ok("{}"),
        _ => answer(401, ""),
    })
    .await;
    let client = server.client();
    let calls = join_all((0..200).map(|_| value(&client, &READ, "{}"))).await;
    assert!(calls.iter().all(Result::is_ok), "{:?}", calls.iter().find(|c| c.is_err()));
    assert_eq!((server.auths(), server.hits("/call")), (1, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_calls_that_wait_ask_for_one_token() {
    // So slow that all of them wait. Their calls themselves would need as many connections.
    let server = Server::bare(|_| ok(r#"{"token":"T"}"#).after(Duration::from_secs(1))).await;
    let client = server.client();
    let auth = cloud();
    let waiting = Arc::new(AtomicUsize::new(0));
    let calls = (0..10_000).map(|_| {
        let (client, waiting) = (client.clone(), Arc::clone(&waiting));
        tokio::spawn(async move {
            let context = Context::new("test", crate::Family::Cloud, crate::catalogue::Effect::Read);
            let (limit, deadline) = (Duration::from_secs(60), Instant::now() + Duration::from_secs(60));
            waiting.fetch_add(1, Ordering::SeqCst);
            let token = client.core.tokens.get(&auth, &context, deadline, limit).await;
            waiting.fetch_sub(1, Ordering::SeqCst);
            token.map(|token| token.text.expose_secret().to_owned())
        })
    });
    let calls: Vec<_> = calls.collect();
    let mut most = 0;
    while calls.iter().any(|call| !call.is_finished()) {
        most = most.max(waiting.load(Ordering::SeqCst));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "T");
    }
    assert_eq!(server.auths(), 1);
    assert!(most > 5_000, "they waited together: {most}");
}

fn cloud() -> TokenAuth {
    let crate::catalogue::Auth::Token(auth) = crate::test_server::CLOUD else { unreachable!() };
    auth
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_amid_calls_is_renewed_once() {
    let revoked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&revoked);
    // The 50th call and all later ones find the first token revoked.
    let server = Server::start(move |got| match bearer(got) {
        "Token T1" if counter.fetch_add(1, Ordering::SeqCst) < 50 => ok("{}"),
        "Token T2" => ok("{}"),
        _ => answer(200, r#"{"code":401,"status":"token expired"}"#)
            .after(Duration::from_millis(fastrand::u64(0..30))),
    })
    .await;
    let client = server.client();
    for endpoint in [&READ, &CREATE] {
        let calls = join_all((0..100).map(|_| value(&client, endpoint, "{}"))).await;
        assert!(calls.iter().all(Result::is_ok), "{:?}", calls.iter().find(|c| c.is_err()));
    }
    assert_eq!(server.auths(), 2);
}

#[tokio::test]
async fn a_token_that_is_refused_twice_is_an_error() {
    let server =
        Server::start(|_| answer(401, r#"{"code":401,"message":"token the-app-key T2 invalid"}"#)).await;
    let client = server.client();
    let error = value(&client, &CREATE, "{}").await.unwrap_err();
    let Error::Auth(auth) = &error else { panic!("{error}") };
    assert_eq!(
        (auth.failure(), error.http_status(), error.vendor_code()),
        (AuthFailure::Token, Some(401), Some(401))
    );
    assert_eq!((server.auths(), server.hits("/call"), error.attempts()), (2, 2, 2));
    assert!(error.may_have_reached_vendor() && !error.is_retryable());
    assert!(!format!("{error}{error:?}").contains("the-app-key"), "{error:?}");
    assert_eq!(error.endpoint(), Some("test.create"));
}

#[tokio::test]
async fn wrong_credentials_are_final_at_once() {
    for refusal in [
        answer(401, ""),
        answer(403, "<html>"),
        answer(200, r#"{"code":401}"#),
        answer(200, r#"{"code":10101,"status":"secret the-app-secret is wrong"}"#),
        answer(400, r#"{"code":10102}"#),
    ] {
        let status = refusal.status;
        let server = Server::bare(move |_| refusal.clone()).await;
        let error = value(&server.client(), &READ, "{}").await.unwrap_err();
        let Error::Auth(auth) = &error else { panic!("{error}") };
        assert_eq!((auth.failure(), error.http_status()), (AuthFailure::Credentials, Some(status)));
        assert_eq!((server.auths(), server.hits("/call")), (1, 0));
        assert!(!error.may_have_reached_vendor());
        assert_eq!(error.endpoint(), Some("test.read"));
        assert!(!format!("{error}{error:?}").contains("the-app-secret"), "{error:?}");
    }
}

#[tokio::test]
async fn troubles_of_the_token_endpoint_pass() {
    let asked = AtomicUsize::new(0);
    let server = Server::bare(move |got| match got.path() {
        "/call" => ok("{}"),
        _ => match asked.fetch_add(1, Ordering::SeqCst) {
            0 => answer(503, "busy"),
            1 => Answering::reset(),
            _ => ok(r#"{"token":"T"}"#),
        },
    })
    .await;
    value(&server.client(), &CREATE, "{}").await.unwrap();
    assert_eq!((server.auths(), server.hits("/call")), (3, 1));
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let up = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&up);
    let server = Server::bare(move |got| match (got.path(), switch.load(Ordering::SeqCst)) {
        ("/call", _) => ok("{}"),
        (_, false) => answer(200, r#"{"code":500,"status":"internal error"}"#),
        (_, true) => ok(r#"{"token":"T"}"#),
    })
    .await;
    let client = server.client();
    let error = value(&client, &CREATE, "{}").await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error}");
    assert!(!error.may_have_reached_vendor(), "only the token endpoint was reached");
    up.store(true, Ordering::SeqCst);
    value(&client, &CREATE, "{}").await.unwrap();
}

#[tokio::test]
async fn a_success_without_a_token_is_no_success() {
    for payload in ["null", "{}", r#"{"token":""}"#, "[]"] {
        let server = Server::bare(move |_| ok(payload)).await;
        let error = value(&server.client(), &READ, "{}").await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{error}") };
        assert_eq!(decode.path(), "data.token");
    }
    let server = Server::bare(move |_| ok(r#"{"token":"line\nbreak"}"#)).await;
    assert!(matches!(value(&server.client(), &READ, "{}").await.unwrap_err(), Error::Decode(_)));
}

#[tokio::test]
async fn a_cancelled_caller_does_not_cancel_the_fetch() {
    let server = Server::bare(|got| match got.path() {
        "/call" => ok("{}"),
        _ => ok(r#"{"token":"T"}"#).after(Duration::from_secs(1)),
    })
    .await;
    let client = server.client();
    let first = tokio::spawn({
        let client = client.clone();
        async move { value(&client, &READ, "{}").await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    first.abort();
    value(&client, &READ, "{}").await.unwrap();
    assert_eq!((server.auths(), server.hits("/call")), (1, 1));
}

#[tokio::test]
async fn a_call_waits_for_its_token_no_longer_than_its_time_out() {
    let server = Server::bare(|got| match got.path() {
        "/call" => ok("{}"),
        _ => ok(r#"{"token":"T"}"#).after(Duration::from_millis(300)),
    })
    .await;
    let client = server.client();
    let impatient = Some(Duration::from_millis(50));
    let error =
        crate::call::run(&client.core, &CREATE, b"{}".to_vec().into(), impatient.into()).await.err().unwrap();
    assert!(error.is_timeout() && !error.may_have_reached_vendor() && error.is_retryable(), "{error}");
    // The fetch has gone on meanwhile.
    value(&client, &CREATE, "{}").await.unwrap();
    assert_eq!(server.auths(), 1);
}

fn with_stored(server: &Server, minutes: i64) -> (Client, Arc<MemoryTokenStore>) {
    let store = Arc::new(MemoryTokenStore::new());
    let key = TokenKey::new(&server.url, "auth.get_token", "the-app-key".into());
    let expires_at = Timestamp::now() + SignedDuration::from_mins(minutes);
    store.with(|tokens| tokens.insert(key.id(), StoredToken::new("STORED", expires_at)));
    (server.builder().token_store(Arc::clone(&store)).build().unwrap(), store)
}

#[tokio::test]
async fn a_stored_token_spares_the_request() {
    let server = Server::start(|got| ok(&format!("{:?}", bearer(got)))).await;
    let (client, _) = with_stored(&server, 600);
    assert_eq!(value(&client, &READ, "{}").await.unwrap(), "Token STORED");
    assert_eq!(server.auths(), 0);
    // An expired one does not.
    let (client, _) = with_stored(&server, -1);
    assert_eq!(value(&client, &READ, "{}").await.unwrap(), "Token T1");
}

#[tokio::test]
async fn a_token_near_its_end_is_renewed_in_the_background() {
    let server = Server::start(|got| ok(&format!("{:?}", bearer(got)))).await;
    let (client, store) = with_stored(&server, 30);
    // The first call gets the old token and has a new one fetched.
    assert_eq!(value(&client, &READ, "{}").await.unwrap(), "Token STORED");
    let mut token = serde_json::Value::Null;
    for _ in 0..100 {
        token = value(&client, &READ, "{}").await.unwrap();
        if token == "Token T1" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(token, "Token T1");
    assert_eq!(server.auths(), 1);
    let kept = store.with(|tokens| tokens.values().next().cloned()).unwrap();
    assert_eq!(kept.token.expose_secret(), "T1");
    assert!(kept.expires_at > Timestamp::now() + SignedDuration::from_hours(23));
}

#[tokio::test]
async fn the_old_token_serves_while_its_renewal_fails() {
    let server = Server::bare(|got| match got.path() {
        "/call" => ok(&format!("{:?}", bearer(got))),
        _ => answer(500, ""),
    })
    .await;
    let (client, _) = with_stored(&server, 30);
    for _ in 0..20 {
        assert_eq!(value(&client, &READ, "{}").await.unwrap(), "Token STORED");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.auths(), 1, "there is a pause after a failure");
}

#[tokio::test]
async fn a_refused_token_is_not_taken_from_the_store_again() {
    let server = Server::start(|got| match bearer(got) {
        "Token STORED" => answer(401, ""),
        other => ok(&format!("{other:?}")),
    })
    .await;
    let (client, store) = with_stored(&server, 600);
    assert_eq!(value(&client, &CREATE, "{}").await.unwrap(), "Token T1");
    assert_eq!(server.auths(), 1);
    let kept = store.with(|tokens| tokens.values().next().cloned()).unwrap();
    assert_eq!(kept.token.expose_secret(), "T1");
}

#[tokio::test]
async fn a_refused_token_is_removed_though_no_other_is_got() {
    let server = Server::bare(|got| match got.path() {
        "/call" => answer(401, ""),
        _ => answer(403, ""),
    })
    .await;
    let (client, store) = with_stored(&server, 600);
    value(&client, &CREATE, "{}").await.unwrap_err();
    assert!(store.with(|tokens| tokens.is_empty()), "nobody else is to try it");
    assert_eq!(server.auths(), 1);
}

#[tokio::test]
async fn a_token_older_than_the_one_that_was_refused_is_not_taken_in_its_place() {
    let server = Server::start(|got| match bearer(got) {
        "Token T2" => ok("{}"),
        _ => answer(401, ""),
    })
    .await;
    // The store keeps nothing: what it has is older than what the vendor gives.
    let client = server.builder().token_store(Stale).build().unwrap();
    let error = value(&client, &READ, "{}").await;
    assert!(error.is_ok(), "{error:?}");
    assert_eq!(server.auths(), 2);
}

/// Has nothing at first, and then another, old token.
struct Stale;

impl TokenStore for Stale {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        static LOADS: AtomicUsize = AtomicUsize::new(0);
        Box::pin(async {
            let end = Timestamp::now() + SignedDuration::from_hours(12);
            Ok((LOADS.fetch_add(1, Ordering::SeqCst) > 0).then(|| StoredToken::new("OLD", end)))
        })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

struct Failing;

impl TokenStore for Failing {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async { Err("out of order".into()) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Err("out of order".into()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Err("out of order".into()) })
    }
}

#[tokio::test]
async fn a_store_that_fails_does_no_harm() {
    let server = Server::start(|_| ok("{}")).await;
    let client = server.builder().token_store(Failing).build().unwrap();
    value(&client, &READ, "{}").await.unwrap();
    value(&client, &READ, "{}").await.unwrap();
    assert_eq!(server.auths(), 1);
}

#[tokio::test]
async fn the_request_is_as_documented() {
    let server = Server::start(|_| ok("{}")).await;
    value(&server.client(), &READ, "{}").await.unwrap();
    let auth = &server.got()[0];
    assert_eq!(auth.method, "POST");
    let body: serde_json::Value = serde_json::from_str(auth.text()).unwrap();
    assert_eq!(body, serde_json::json!({"APPKey": "the-app-key", "APPSecret": "the-app-secret"}));
    assert_eq!(auth.header("content-type"), Some("application/json"));
    assert_eq!(auth.header("user-agent"), Some(concat!("airudder-client/", env!("CARGO_PKG_VERSION"))));

    let client = server.builder().auth_as_form(true).token_scheme("Bearer").build().unwrap();
    value(&client, &READ, "{}").await.unwrap();
    let got = server.got();
    assert_eq!(got[2].text(), "APPKey=the-app-key&APPSecret=the-app-secret");
    assert_eq!(bearer(&got[3]), "Bearer T2");

    let moved = server.builder().override_path("auth.get_token", "/service/cloud/auth?v=2").build().unwrap();
    value(&moved, &READ, "{}").await.unwrap();
    assert_eq!(server.got()[4].target, "/service/cloud/auth?v=2");
}

#[tokio::test]
async fn the_predictive_dialer_has_its_own_token() {
    let server = Server::bare(|got| match got.path() {
        "/service/cloud/auth" => ok(r#"{"token":"CLOUD"}"#),
        "/service/callcenter/call/predict/auth" => {
            answer(200, r#"{"code":0,"message":"successfully","body":{"token":"DIALER"}}"#)
        }
        path if path.starts_with("/service/callcenter/") => {
            answer(200, format!(r#"{{"code":"0","body":{:?}}}"#, bearer(got)))
        }
        path if path.starts_with("/service/sms/") => {
            answer(200, format!(r#"{{"code":0,"body":{:?}}}"#, bearer(got)))
        }
        _ => ok(&format!("{:?}", bearer(got))),
    })
    .await;
    let client = server.client();
    for (path, token) in [
        ("/service/cloud/robot", "Token CLOUD"),
        ("/service/callcenter/call/predict/querytasklist", "Token DIALER"),
        ("/service/sms/message/v2/send", "Token CLOUD"),
    ] {
        assert_eq!(client.raw("POST", path).send().await.unwrap().data, token);
    }
    assert_eq!((server.auths(), server.hits("/service/callcenter/call/predict/auth")), (1, 1));
    let form = server.got().into_iter().find(|got| got.path().ends_with("predict/auth")).unwrap();
    assert_eq!(form.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(
        form.text().contains("=the-app-key&") && form.text().ends_with("=the-app-secret"),
        "{}",
        form.text()
    );
}

#[tokio::test]
async fn without_credentials_nothing_is_sent() {
    let server = Server::start(|_| ok("{}")).await;
    let client = Client::builder().base_url(&server.url).build().unwrap();
    let error = value(&client, &READ, "{}").await.unwrap_err();
    assert!(matches!(error, Error::Config(_)) && error.to_string().contains("credentials"), "{error}");
    assert_eq!(server.got().len(), 0);
}

#[test]
fn a_fetch_that_its_runtime_took_along_is_started_anew() {
    let runtime =
        || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let serving = runtime();
    let server = serving.block_on(Server::bare(|got| match got.path() {
        "/call" => ok("{}"),
        _ => ok(r#"{"token":"T"}"#).after(Duration::from_secs(1)),
    }));
    let client = server.client();
    let gone = runtime();
    gone.block_on(async {
        let call = value(&client, &READ, "{}");
        assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    });
    gone.shutdown_background();
    runtime().block_on(async { value(&client, &READ, "{}").await.unwrap() });
}

#[test]
fn nothing_shows_a_token_or_a_key() {
    let key = TokenKey::new("https://api.airudder.com", "auth.get_token", "app-key".into());
    let stored = StoredToken::new("a-token", Timestamp::UNIX_EPOCH);
    let text = format!("{key:?} {stored:?} {}", key.id());
    assert!(!text.contains("app-key") && !text.contains("a-token"), "{text}");
    assert_eq!(key.id(), key.clone().id());
    assert_ne!(key.id(), TokenKey::new("https://api.airudder.com", "auth.get_token", "other".into()).id());
}

#[tokio::test]
async fn a_renewal_takes_only_a_newer_token_from_the_store() {
    let server = Server::start(|_| ok("{}")).await;
    // Within the range in which chance decides when a renewal is due.
    let (client, store) = with_stored(&server, 65);
    let tokens = &client.core.tokens;
    let slot = tokens
        .slot(&cloud(), &Context::new("test", crate::Family::Cloud, crate::catalogue::Effect::Read))
        .unwrap();
    let stored = async |current: Option<&Token>| {
        let until = Instant::now() + STORE_TIMEOUT;
        match tokens.issuer.stored_token(&slot, current, None, until).await.unwrap() {
            Found::Token(token) => Some(token),
            Found::Nothing | Found::Refused => None,
        }
    };
    let current = stored(None).await.unwrap();
    for _ in 0..50 {
        assert!(stored(Some(&current)).await.is_none(), "it is the one that is to be renewed");
    }
    // Another process has renewed it. That the text is another is not known.
    let later = Timestamp::now() + SignedDuration::from_hours(24);
    store.with(|tokens| tokens.values_mut().for_each(|token| token.expires_at = later));
    assert!(stored(Some(&current)).await.is_some());
}

#[tokio::test]
async fn too_many_questions_are_no_wrong_secret() {
    let server = Server::bare(|_| answer(200, r#"{"code":10705,"message":"too many queries"}"#)).await;
    let error = server
        .client()
        .raw("POST", "/service/callcenter/call/predict/querytasklist")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error}");
    assert!(error.is_retryable() && !error.may_have_reached_vendor());
}
