//! Who is let in: rotation, addresses behind proxies, a verifier of one's own. No forged message is taken.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::receive::{
    Addresses, Authenticator, Reason, Receiver, Refusal, Secret, Verdict, Verifier, VerifyFuture,
    VerifyRequest,
};
use axum::Router;
use axum::extract::connect_info::MockConnectInfo;

use crate::support::{Kept, Log, SECRET, Serving, gzip, receiver};

const OLD: &str = "PLANTED-old-secret-012345";
const KEY: &str = "collection.call_finished";
const BODY: &str = r#"{"Callee": "+447700918273", "TaskID": "7"}"#;

fn router(authenticator: Authenticator, kept: &Kept) -> Router {
    Receiver::new(authenticator).routes().webhooks([KEY]).router(kept.clone()).unwrap()
}

fn with_secret(secret: &str) -> String {
    format!("/{secret}/{KEY}")
}

#[tokio::test]
async fn while_one_secret_takes_the_place_of_another_both_are_right() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let both = Authenticator::secrets(Secret::new(SECRET).unwrap(), [Secret::new(OLD).unwrap()]);
    let serving = Serving::start(router(both, &kept)).await;
    for (secret, status) in [(SECRET, 200), (OLD, 200), (&OLD[1..], 404), ("another-secret-0123456789", 404)]
    {
        assert_eq!(serving.post(&with_secret(secret), BODY).await, status, "{secret}");
        assert_eq!(kept.take().len(), usize::from(status == 200));
    }
    let new = Serving::start(router(Authenticator::secret(Secret::new(SECRET).unwrap()), &kept)).await;
    assert_eq!(new.post(&with_secret(OLD), BODY).await, 404);
    assert!(kept.take().is_empty());
    log.hides_everything();
}

#[tokio::test]
async fn a_refusal_is_404_or_401_and_the_same_for_all() {
    let kept = Kept::default();
    let routes = receiver().refuse_with(Refusal::Unauthorized).routes().webhooks([KEY]);
    let serving = Serving::start(routes.router(kept.clone()).unwrap()).await;
    for wrong in [&SECRET[1..], "x", OLD] {
        assert_eq!(serving.post(&with_secret(wrong), BODY).await, 401);
        // Whoever has no secret does not learn which webhooks there are.
        assert_eq!(serving.post(&format!("/{wrong}/no.such"), BODY).await, 401);
    }
    assert_eq!(serving.post(&format!("/{SECRET}/no.such"), BODY).await, 404);
    assert!(kept.take().is_empty());
}

fn local(proxies: &[&str]) -> Authenticator {
    let addresses = Addresses::new(["203.0.113.7"]).unwrap().behind_proxies(proxies).unwrap();
    Authenticator::addresses(addresses)
}

#[tokio::test]
async fn behind_a_proxy_of_ours_the_address_that_it_names_counts() {
    let kept = Kept::default();
    let path = format!("/{KEY}");
    let serving = Serving::start(router(local(&["127.0.0.0/8", "10.0.0.0/8"]), &kept)).await;
    for (forwarded, status) in [
        ("203.0.113.7", 200),
        ("1.1.1.1, 203.0.113.7, 10.1.1.1", 200),
        ("203.0.113.7, 1.1.1.1", 404),
        ("203.0.113.7, nobody", 404),
        ("127.0.0.1", 404),
    ] {
        let got = serving.send(&path, &[("X-Forwarded-For", forwarded)], BODY).await;
        assert_eq!(got, status, "{forwarded}");
        assert_eq!(kept.take().len(), usize::from(status == 200));
    }
    let twice = [("X-Forwarded-For", "203.0.113.7"), ("X-Forwarded-For", "1.1.1.1")];
    assert_eq!(serving.send(&path, &twice, BODY).await, 404);
    assert_eq!(serving.post(&path, BODY).await, 404);

    // Nobody else's word counts, and loopback itself is not on the list.
    let bare = Serving::start(router(local(&[]), &kept)).await;
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"] {
        assert_eq!(bare.send(&path, &[(header, "203.0.113.7")], BODY).await, 404, "{header}");
    }
    assert!(kept.take().is_empty());
    let own = Authenticator::addresses(Addresses::new(["127.0.0.1"]).unwrap());
    assert_eq!(Serving::start(router(own, &kept)).await.post(&path, BODY).await, 200);
}

#[tokio::test]
async fn what_is_combined_must_hold_together() {
    let kept = Kept::default();
    let secret = || Authenticator::secret(Secret::new(SECRET).unwrap());
    let here = Addresses::new(["127.0.0.1"]).unwrap();
    let elsewhere = Addresses::new(["203.0.113.7"]).unwrap();
    let both = Serving::start(router(secret().and_addresses(here), &kept)).await;
    assert_eq!(both.post(&with_secret(SECRET), BODY).await, 200);
    assert_eq!(both.post(&with_secret(OLD), BODY).await, 404);
    let one = Serving::start(router(secret().and_addresses(elsewhere), &kept)).await;
    assert_eq!(one.post(&with_secret(SECRET), BODY).await, 404);
    assert_eq!(kept.take().len(), 1);
}

#[tokio::test]
async fn without_the_address_of_the_sender_nobody_is_let_in_and_the_log_says_why() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let here = Authenticator::addresses(Addresses::new(["127.0.0.1"]).unwrap());
    // As `axum::serve` serves it, if it is not told otherwise.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/{KEY}", listener.local_addr().unwrap());
    let app = router(here.clone(), &kept);
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    let answer = crate::support::http().post(&url).body(BODY).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    serving.abort();
    assert!(log.text().contains("into_make_service_with_connect_info"), "{}", log.text());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/{KEY}", listener.local_addr().unwrap());
    let app = router(here.clone(), &kept).into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move { axum::serve(listener, app).await });
    assert_eq!(crate::support::http().post(&url).body(BODY).send().await.unwrap().status(), 200);
    serving.abort();
    assert_eq!(kept.take().len(), 1);

    // What axum has for tests; the server's own is asked first.
    let mock = router(here, &kept).layer(MockConnectInfo(SocketAddr::from(([203, 0, 113, 7], 1))));
    assert_eq!(Serving::start(mock).await.post(&format!("/{KEY}"), BODY).await, 200);
}

/// Method, path, query, body.
type Seen = (String, String, String, Vec<u8>);

/// Decides by a mark in a header, and keeps what it was shown.
#[derive(Clone, Default)]
struct Marks {
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Verifier for Marks {
    fn verify<'a>(&'a self, request: VerifyRequest<'a>) -> VerifyFuture<'a> {
        let (path, query) = (request.path.to_owned(), request.query.to_owned());
        let seen = (request.method.to_string(), path, query, request.body.to_vec());
        self.seen.lock().unwrap().push(seen);
        assert!(!format!("{request:?}").contains("PLANTED"));
        Box::pin(async move {
            // It may wait.
            tokio::task::yield_now().await;
            match request.headers.get("x-airudder-sign").map(|value| value.as_bytes()) {
                Some(b"genuine") => Ok(Verdict::Genuine),
                Some(b"broken") => panic!("a bug of the verifier"),
                Some(b"hanging") => std::future::pending().await,
                Some(b"unknown") => Err("PLANTED: the service of keys is down".into()),
                _ => Ok(Verdict::Forged),
            }
        })
    }
}

#[tokio::test]
async fn a_verifier_sees_the_bytes_as_they_came_and_has_the_last_word() {
    let (kept, log, marks) = (Kept::default(), Log::default(), Marks::default());
    let _catching = log.catch();
    let authenticator = Authenticator::secret(Secret::new(SECRET).unwrap()).and_verifier(marks.clone());
    let receiver = Receiver::new(authenticator).storing_timeout(Duration::from_millis(300));
    let routes = receiver.routes().webhooks([KEY]).router(kept.clone()).unwrap();
    let app = Router::new().nest("/hooks", routes);
    let serving = Serving::start(app).await;
    let path = format!("/hooks{}", with_secret(SECRET));
    let signed = |sign| [("X-AIRudder-Sign", sign), ("Content-Encoding", "gzip")];
    let zipped = gzip(BODY.as_bytes());
    assert_eq!(serving.send(&format!("{path}?a=1&b=%20"), &signed("genuine"), zipped.clone()).await, 200);
    let seen = (String::from("POST"), path.clone(), String::from("a=1&b=%20"), zipped.clone());
    assert_eq!(std::mem::take(&mut *marks.seen.lock().unwrap()), [seen]);
    assert_eq!(kept.take().len(), 1);

    assert_eq!(serving.send(&path, &signed("forged"), zipped.clone()).await, 404);
    assert_eq!(serving.post(&path, BODY).await, 404);
    assert_eq!(serving.send(&path, &signed("unknown"), zipped.clone()).await, 503);
    // A forger does not learn whether his message could be read.
    assert_eq!(serving.send(&path, &signed("forged"), "no json").await, 404);
    assert_eq!(serving.send(&path, &signed("broken"), BODY).await, 500);
    assert_eq!(serving.send(&path, &signed("hanging"), BODY).await, 503);
    assert_eq!(marks.seen.lock().unwrap().len(), 6);
    // Whoever has no secret is not asked further.
    let elsewhere = format!("/hooks{}", with_secret(OLD));
    assert_eq!(serving.send(&elsewhere, &signed("genuine"), zipped).await, 404);
    assert_eq!(marks.seen.lock().unwrap().len(), 6);
    assert!(kept.take().is_empty());
    log.hides_everything();
    assert!(
        log.text().contains(&Reason::Forged.to_string())
            && log.text().contains(&Reason::Verifier.to_string())
    );
}

#[test]
fn debug_shows_no_secret() {
    let authenticator = Authenticator::secret(Secret::new(SECRET).unwrap()).and_verifier(Marks::default());
    let routes = Receiver::new(authenticator.clone()).routes().all();
    for shown in
        [format!("{authenticator:?}"), format!("{routes:?}"), format!("{:#?}", Receiver::new(authenticator))]
    {
        assert!(!shown.contains("PLANTED"), "{shown}");
    }
}
