//! Tokens: one for all, renewed in time, never asked for twice when once is enough.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::error::AuthFailure;
use airudder_client::jiff::{SignedDuration, Timestamp};
use airudder_client::token::{MemoryTokenStore, StoreFuture, StoredToken, TokenKey, TokenStore};
use airudder_client::types::Phone;
use airudder_client::{Client, Error, ErrorCode, RetryPolicy};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{FixedToken, Server, TOKEN, success};
use airudder_tests::{client, client_builder, create_task, fast};
use futures_util::future::join_all;
use serde_json::{Value, json};

const ROBOTS: &str = "collection.list_robots";
const AUTH: &str = "auth.get_token";
const DIALER_AUTH: &str = "predictive_dialer.get_token";

async fn robots(client: &Client) -> Result<Value, Error> {
    client.collection().list_robots().send().await
}

/// The calls run as tasks of their own, on all threads of the runtime.
async fn at_once(client: &Client, calls: usize) -> Vec<Result<Value, Error>> {
    let calls = (0..calls).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { robots(&client).await })
    });
    join_all(calls).await.into_iter().map(|joined| joined.expect("no call panics")).collect()
}

#[track_caller]
fn auth_error(error: &Error) -> &airudder_client::error::AuthError {
    match error {
        Error::Auth(error) => error,
        other => panic!("not Error::Auth: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_first_calls_make_one_auth_request() {
    let simulator = Simulator::start().await.unwrap();
    // So slow that all of them are there before the token is.
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(80)), 1);
    for outcome in at_once(&client(&simulator), 200).await {
        outcome.expect("every call succeeds");
    }
    assert_eq!(simulator.auth_requests(), 1);
    assert_eq!(simulator.requests(ROBOTS), 200);
    assert!(simulator.log().iter().all(|entry| entry.status == 200), "no call was sent without a token");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_token_revoked_amid_two_hundred_calls_is_renewed_once() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    robots(&client).await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);

    // A hundred calls pass as they are; with the next one the token is worth nothing any more.
    simulator.inject(ROBOTS, Fault::Delay(Duration::ZERO), 100);
    simulator.inject(ROBOTS, Fault::ExpiredToken, 1);
    let outcomes = at_once(&client, 200).await;
    assert_eq!(outcomes.len(), 200);
    for outcome in outcomes {
        outcome.expect("every call succeeds");
    }
    assert_eq!(simulator.auth_requests(), 2, "one renewal for all");
    let refused = simulator.log().iter().filter(|entry| entry.status == 401).count();
    // Of the hundred that came first, some may be looked at only after the token is gone.
    assert!((1..200).contains(&refused), "the token was revoked in the middle: {refused} calls were refused");
    assert_eq!(
        simulator.requests(ROBOTS),
        201 + refused,
        "each of them was repeated once, the others not at all"
    );
}

#[tokio::test]
async fn a_call_that_people_hear_is_repeated_when_its_token_was_refused() {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(RetryPolicy::none()).build().unwrap();
    robots(&client).await.unwrap();
    simulator.revoke_tokens();
    create_task(&client, "once", 1).await.unwrap();
    assert_eq!(simulator.requests("collection.create_task"), 2, "refused, and then with a new token");
    let tasks = client.collection().list_tasks().number(10).page(1).send().await.unwrap();
    assert_eq!(tasks["total"], 1);
}

#[tokio::test]
async fn a_token_that_is_refused_twice_is_an_error() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    simulator.inject(ROBOTS, Fault::ExpiredToken, 2);
    let error = robots(&client).await.unwrap_err();
    assert_eq!(auth_error(&error).failure(), AuthFailure::Token);
    assert_eq!(error.code(), Some(ErrorCode::TokenIncorrect));
    assert_eq!((error.http_status(), error.endpoint()), (Some(401), Some(ROBOTS)));
    assert!(!error.is_retryable());
    assert_eq!((simulator.requests(ROBOTS), simulator.auth_requests()), (2, 2), "one repeat, one renewal");
    robots(&client).await.expect("the next call begins anew");
}

#[tokio::test]
async fn a_wrong_secret_is_final_at_once() {
    let simulator = Simulator::builder().credentials("the-key", "the-right-secret").start().await.unwrap();
    let wrong =
        || client_builder(&simulator).credentials("the-key", "a-wrong-secret").retry(fast()).build().unwrap();

    let client = wrong();
    let error = robots(&client).await.unwrap_err();
    assert_eq!(simulator.auth_requests(), 1, "asking again with the same secret does not help");
    assert_eq!(auth_error(&error).failure(), AuthFailure::Credentials);
    assert_eq!(error.code(), Some(ErrorCode::AppSecretIncorrect));
    assert_eq!(error.vendor_code(), Some(10101));
    assert_eq!(error.endpoint(), Some(ROBOTS), "it is told of the call that was to be made");
    assert!(!error.is_retryable() && !error.may_have_reached_vendor() && !error.is_timeout());
    assert!(
        !error.to_string().contains("a-wrong-secret") && !format!("{error:?}").contains("a-wrong-secret")
    );

    // Whoever waits for the same token hears the same.
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(50)), 1);
    for outcome in at_once(&wrong(), 20).await {
        auth_error(&outcome.unwrap_err());
    }
    assert_eq!(simulator.auth_requests(), 2);

    // The predictive dialer says it with HTTP 401 instead of a code.
    let error = wrong().predictive_dialer().get_call_recording().callid("1").send().await.unwrap_err();
    assert_eq!(auth_error(&error).failure(), AuthFailure::Credentials);
    assert_eq!((error.http_status(), simulator.requests(DIALER_AUTH)), (Some(401), 1));

    assert_eq!(simulator.requests(ROBOTS), 0, "no call was sent without a token");
    let right = client_builder(&simulator).credentials("the-key", "the-right-secret").build().unwrap();
    robots(&right).await.expect("the right secret does");
}

#[tokio::test]
async fn a_failure_to_get_a_token_is_not_kept() {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(RetryPolicy::none()).build().unwrap();
    for (fault, status) in [
        (Fault::status(500), Some(500)),
        (Fault::Reset, None),
        (Fault::Html, Some(502)),
        (Fault::Empty, Some(200)),
    ] {
        let before = simulator.auth_requests();
        simulator.inject(AUTH, fault.clone(), 1);
        let error = robots(&client).await.unwrap_err();
        assert_eq!(error.http_status(), status, "{fault:?}: {error}");
        assert_eq!(error.endpoint(), Some(ROBOTS));
        assert!(error.to_string().contains(AUTH), "it tells which step failed: {error}");
        assert!(!error.may_have_reached_vendor(), "nothing of the call was sent: {error}");
        assert_eq!((simulator.auth_requests(), simulator.requests(ROBOTS)), (before + 1, 0));
    }
    robots(&client).await.expect("the next call asks again");
    assert_eq!(simulator.auth_requests(), 5);
}

#[tokio::test]
async fn troubles_of_the_token_endpoint_are_waited_out_for_every_kind_of_call() {
    let simulator = Simulator::start().await.unwrap();
    for (name, fault) in [
        ("one", Fault::status(503)),
        ("two", Fault::status(429)),
        ("three", Fault::Reset),
        ("four", Fault::Truncated),
        ("five", Fault::Html),
    ] {
        let client = client_builder(&simulator).retry(fast()).build().unwrap();
        let before = simulator.auth_requests();
        simulator.inject(AUTH, fault.clone(), 2);
        create_task(&client, name, 1).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(simulator.auth_requests(), before + 3, "{fault:?}");
    }
    assert_eq!(simulator.requests("collection.create_task"), 5, "the calls themselves were sent once each");
}

#[tokio::test]
async fn a_cancelled_caller_does_not_cancel_the_fetch() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(100)), 1);
    // The first caller, for whom the fetch is started, gives up; the second waits on.
    let impatient = tokio::time::timeout(Duration::from_millis(30), robots(&client));
    let patient = robots(&client);
    let (gave_up, answered) = tokio::join!(impatient, patient);
    assert!(gave_up.is_err());
    answered.expect("the token comes all the same");
    assert_eq!((simulator.auth_requests(), simulator.requests(ROBOTS)), (1, 1));

    // Nobody is left to wait, and the token is fetched for whoever comes next.
    let client = airudder_tests::client(&simulator);
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(60)), 1);
    assert!(tokio::time::timeout(Duration::from_millis(20), robots(&client)).await.is_err());
    robots(&client).await.unwrap();
    assert_eq!(simulator.auth_requests(), 2);
}

#[tokio::test]
async fn a_call_waits_for_its_token_as_long_as_its_time_out_says() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(150)), 1);
    let error =
        client.collection().list_robots().timeout(Duration::from_millis(30)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert!(error.is_retryable() && !error.may_have_reached_vendor(), "nothing of the call was sent");
    robots(&client).await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests(ROBOTS)), (1, 1), "the fetch went on");
}

#[tokio::test]
async fn a_token_ends_on_the_simulators_clock() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    robots(&client).await.unwrap();
    simulator.clock().advance(Duration::from_secs(23 * 3600));
    robots(&client).await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests(ROBOTS)), (1, 2), "23 hours are not 24");
    simulator.clock().advance(Duration::from_secs(3601));
    robots(&client).await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests(ROBOTS)), (2, 4), "refused once, then renewed");

    let simulator = Simulator::builder().token_lifetime(Duration::from_secs(60)).start().await.unwrap();
    let client = airudder_tests::client(&simulator);
    for expected in 1..=3 {
        robots(&client).await.unwrap();
        assert_eq!(simulator.auth_requests(), expected);
        simulator.clock().advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn each_family_has_a_token_of_its_own_and_sms_shares_that_of_the_cloud() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    robots(&client).await.unwrap();
    assert_eq!((simulator.requests(AUTH), simulator.requests(DIALER_AUTH)), (1, 0));
    let dialer = |client: &Client| {
        client.predictive_dialer().get_call_recording().callid("0123456789abcdef0123456789abcdef").send()
    };
    // Whether there is such a call does not matter: an answer of the API means that the token was good.
    if let Err(error) = dialer(&client).await {
        assert!(matches!(error, Error::Api(_)), "{error}");
    }
    assert_eq!((simulator.requests(AUTH), simulator.requests(DIALER_AUTH)), (1, 1));
    client
        .sms()
        .send_message()
        .to([Phone::from("+447700900123")])
        .message("hello")
        .from("ACME")
        .send()
        .await
        .unwrap();
    robots(&client).await.unwrap();
    assert_eq!((simulator.requests(AUTH), simulator.requests(DIALER_AUTH)), (1, 1));
    assert_eq!(simulator.auth_requests(), 2);

    // A refused token of one family costs the other nothing.
    simulator.inject(ROBOTS, Fault::ExpiredToken, 1);
    robots(&client).await.unwrap();
    if let Err(error) = dialer(&client).await {
        assert!(matches!(error, Error::Api(_)), "{error}");
    }
    assert_eq!((simulator.requests(AUTH), simulator.requests(DIALER_AUTH)), (2, 1));
}

#[tokio::test]
async fn clients_that_share_a_store_share_its_token() {
    let simulator = Simulator::start().await.unwrap();
    let store = Arc::new(MemoryTokenStore::new());
    let with_store = || client_builder(&simulator).token_store(Arc::clone(&store));
    let (one, two) = (with_store().build().unwrap(), with_store().build().unwrap());
    robots(&one).await.unwrap();
    robots(&two).await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);

    // A token that was revoked is renewed by whoever notices first, and the other takes the new one.
    simulator.revoke_tokens();
    robots(&two).await.unwrap();
    robots(&one).await.unwrap();
    assert_eq!(simulator.auth_requests(), 2);

    // Another application's is none of theirs.
    let other = with_store().credentials("another-key", Simulator::APP_SECRET).build().unwrap();
    robots(&other).await.unwrap();
    assert_eq!(simulator.auth_requests(), 3);
    // Without a shared store everyone asks for themselves.
    robots(&client(&simulator)).await.unwrap();
    assert_eq!(simulator.auth_requests(), 4);
}

#[tokio::test]
async fn clones_share_everything() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    robots(&client.clone()).await.unwrap();
    robots(&client.clone()).await.unwrap();
    robots(&client).await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);
}

#[tokio::test]
async fn the_token_goes_into_the_header_as_it_came() {
    let server = Server::start(|_| success(&json!([]))).await;
    robots(&server.client()).await.unwrap();
    for (scheme, expected) in
        [("Token", format!("Token {TOKEN}")), ("Bearer", format!("Bearer {TOKEN}")), ("", TOKEN.to_owned())]
    {
        let client = server.client_builder().token_scheme(scheme).build().unwrap();
        robots(&client).await.unwrap();
        assert_eq!(server.got().last().unwrap().header("authorization"), expected);
    }
    assert_eq!(
        server.got()[0].header("authorization"),
        format!("Token {TOKEN}"),
        "the default is the documented scheme"
    );
}

#[tokio::test]
async fn key_and_secret_go_into_the_body_of_the_auth_request_alone() {
    let server = Server::start(|_| success(&json!([]))).await;
    let client = server.client();
    robots(&client).await.unwrap();
    // The answer is of no use to that family; its token is fetched in its own way before.
    let _ = client.predictive_dialer().get_call_recording().callid("1").send().await;
    let as_form = server.client_builder().auth_as_form(true).build().unwrap();
    robots(&as_form).await.unwrap();

    let requests = server.token_requests();
    let [cloud, dialer, form] = requests.as_slice() else { panic!("three requests: {requests:?}") };
    assert_eq!((cloud.method.as_str(), cloud.path.as_str()), ("POST", "/service/cloud/auth"));
    assert_eq!(cloud.header("content-type"), "application/json");
    assert_eq!(cloud.json(), json!({"APPKey": "a-key", "APPSecret": "a-secret"}));
    assert_eq!(
        (dialer.method.as_str(), dialer.path.as_str()),
        ("POST", "/service/callcenter/call/predict/auth")
    );
    assert_eq!(form.path, "/service/cloud/auth");
    for form in [dialer, form] {
        assert_eq!(form.header("content-type"), "application/x-www-form-urlencoded");
        assert_eq!(form.body, "APPKey=a-key&APPSecret=a-secret");
    }
    for request in &requests {
        assert_eq!(
            (request.query.as_str(), request.header("authorization")),
            ("", ""),
            "nothing in address or headers"
        );
    }
    for call in server.got() {
        let text = format!("{call:?}");
        assert!(!text.contains("a-key") && !text.contains("a-secret"), "{text}");
    }
}

#[tokio::test]
async fn who_needs_no_token_gets_none() {
    let server = Server::start(|_| success(&json!([]))).await;
    let client = Client::builder().base_url(server.url()).signer(airudder_tests::TestSigner).build().unwrap();
    client.chatbot().list_messages().call_id("1").last_msg_id("").size(10).send().await.unwrap();
    let got = server.got();
    assert_eq!(got[0].header("authorization"), "");
    assert_eq!(got[0].header("x-airudder-sign"), "signed-by-a-test");
    assert!(server.token_requests().is_empty());

    let error = robots(&client).await.unwrap_err();
    assert!(matches!(error, Error::Config(_)), "{error}");
    assert!(error.to_string().contains("credentials"), "{error}");
    assert!(!error.may_have_reached_vendor());
    assert_eq!((server.got().len(), server.token_requests().len()), (1, 0), "nothing was sent");
}

#[tokio::test]
async fn a_stored_token_serves_until_it_is_refused() {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).token_store(FixedToken("stale")).build().unwrap();
    robots(&client).await.expect("refused once, then fetched");
    assert_eq!((simulator.requests(ROBOTS), simulator.auth_requests()), (2, 1));
    robots(&client).await.unwrap();
    assert_eq!(
        (simulator.requests(ROBOTS), simulator.auth_requests()),
        (3, 1),
        "the stale one is not taken again"
    );
}

/// A store that begins with a token of this life, and keeps what is saved.
#[derive(Clone)]
struct Kept {
    first: Option<SignedDuration>,
    saved: Arc<Mutex<Vec<StoredToken>>>,
}

impl Kept {
    fn new(first: Option<SignedDuration>) -> Self {
        Self { first, saved: Arc::default() }
    }
}

impl TokenStore for Kept {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        let token = self.first.map(|life| StoredToken::new(TOKEN, Timestamp::now() + life));
        Box::pin(async move { Ok(token) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        self.saved.lock().unwrap().push(token);
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_user_says() {
    let server = Server::start(|_| success(&json!([]))).await;
    for (said, hours) in [(None, 24), (Some(3600), 1)] {
        let store = Kept::new(None);
        let mut builder = server.client_builder().token_store(store.clone());
        if let Some(seconds) = said {
            builder = builder.token_lifetime(Duration::from_secs(seconds));
        }
        let asked = Timestamp::now();
        robots(&builder.build().unwrap()).await.unwrap();
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while store.saved.lock().unwrap().is_empty() {
            assert!(std::time::Instant::now() < until, "the token was never saved");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let life = asked.duration_until(store.saved.lock().unwrap()[0].expires_at);
        let expected = SignedDuration::from_hours(hours);
        assert!(life >= expected && life < expected + SignedDuration::from_mins(5), "{life:?}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_so_long_before_its_end() {
    let server = Server::start(|_| success(&json!([]))).await;
    // Half an hour is left: an hour before the end is past, a minute before it is not. The jitter adds a
    // sixth at most.
    for (margin, renewals) in [(Duration::from_secs(3600), 1), (Duration::from_secs(60), 0)] {
        let before = server.token_requests().len();
        let store = Kept::new(Some(SignedDuration::from_mins(30)));
        let client = server.client_builder().token_store(store).token_margin(margin).build().unwrap();
        for _ in 0..3 {
            robots(&client).await.unwrap();
        }
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while server.token_requests().len() < before + renewals {
            assert!(std::time::Instant::now() < until, "the token was never renewed");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(server.token_requests().len(), before + renewals, "{margin:?}");
    }
}
