//! Tokens in a real Redis, which each test starts for itself.

#![cfg(all(unix, feature = "redis"))]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::token::{Lease, RedisTokenStore, StoreFuture, StoredToken, TokenKey, TokenStore};
use airudder_client::{Client, Error};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::client_builder;
use airudder_tests::fleet::{Lines, Member, all_call, warnings};
use futures_util::future::join_all;
use tempfile::TempDir;

const AUTH: &str = "auth.get_token";

/// A Redis of our own, on a port of this machine; it is killed when dropped.
struct Redis {
    child: Child,
    port: u16,
    folder: TempDir,
    arguments: Vec<String>,
}

impl Redis {
    fn start(arguments: &[&str]) -> Self {
        Self::with(TempDir::new().unwrap(), arguments)
    }

    fn with(folder: TempDir, arguments: &[&str]) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let child = spawn(port, &folder, &arguments);
        let mut redis = Self { child, port, folder, arguments };
        redis.wait();
        redis
    }

    fn is_tls(&self) -> bool {
        self.arguments.iter().any(|argument| argument.starts_with("--tls"))
    }

    /// Waits until it answers: `+PONG`, or that it wants a password.
    fn wait(&mut self) {
        loop {
            assert!(self.child.try_wait().unwrap().is_none(), "redis-server has ended");
            if let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
                if self.is_tls() {
                    return;
                }
                let mut sign = [0];
                if stream.write_all(b"PING\r\n").is_ok()
                    && stream.read(&mut sign).is_ok()
                    && b"+-".contains(&sign[0])
                {
                    return;
                }
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again, on the same port and with nothing in it.
    fn restart(&mut self) {
        self.child = spawn(self.port, &self.folder, &self.arguments);
        self.wait();
    }

    /// SIGSTOP: its connections stay, and nobody answers.
    fn stop(&self) {
        let kill = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Asks it something, as a person would with telnet.
    fn ask(&self, question: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        write!(stream, "{question}\r\nQUIT\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.strip_suffix("+OK\r\n").unwrap_or(&answer).trim().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(port: u16, folder: &TempDir, arguments: &Vec<String>) -> Child {
    let port = port.to_string();
    let is_tls = arguments.iter().any(|argument| argument.starts_with("--tls"));
    let ports =
        if is_tls { ["--port", "0", "--tls-port", &port] } else { ["--port", &port, "--tls-port", "0"] };
    let ports = &ports[..if is_tls { 4 } else { 2 }];
    Command::new("redis-server")
        .args(ports)
        .args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
        .arg(folder.path())
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("redis-server starts: `apt-get install redis-server`")
}

fn member(simulator: &Simulator, redis: &Redis) -> Member {
    Member::start(env!("CARGO_BIN_EXE_fleet_member"), simulator, &redis.url())
}

fn store(url: &str) -> RedisTokenStore {
    RedisTokenStore::new(url).unwrap()
}

fn with_store(simulator: &Simulator, store: impl TokenStore + 'static) -> Client {
    client_builder(simulator).token_store(store).build().unwrap()
}

async fn call(client: &Client) -> Result<(), Error> {
    client.collection().list_robots().send().await.map(|_| ())
}

/// Waits until the token is in Redis: calls do not wait for it.
async fn kept(redis: &Redis) -> String {
    loop {
        let keys = redis.ask("KEYS *");
        let key = keys.lines().find(|line| line.contains("airudder-token:"));
        if let Some(key) = key.filter(|_| !keys.contains(":lease")) {
            return key.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn logged(lines: &Lines, text: &str) {
    while !lines.text().contains(text) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn two_processes_ask_once() {
    let (simulator, redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let mut members = [member(&simulator, &redis), member(&simulator, &redis)];
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(300)), 1);
    all_call(&mut members, 50);
    assert_eq!((simulator.auth_requests(), simulator.requests("collection.list_robots")), (1, 100));

    simulator.revoke_tokens();
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(300)), 1);
    all_call(&mut members, 50);
    assert_eq!(simulator.auth_requests(), 2, "one renewal for both");

    let key = kept(&redis).await;
    let rest: u64 = redis.ask(&format!("TTL {key}")).trim_start_matches(':').parse().unwrap();
    assert!((23 * 3600..=24 * 3600).contains(&rest), "Redis drops it when it ends: {rest}");
    assert!(!redis.ask(&format!("GET {key}")).contains(Simulator::APP_KEY));
    // A program that is started again goes on with it.
    all_call(&mut [member(&simulator, &redis)], 1);
    assert_eq!(simulator.auth_requests(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn a_slow_renewal_keeps_its_lease_and_a_killed_one_does_not() {
    let (simulator, redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let mut members = [member(&simulator, &redis), member(&simulator, &redis)];
    // Longer than a lease.
    simulator.inject(AUTH, Fault::Delay(Duration::from_secs(7)), 1);
    all_call(&mut members, 1);
    assert_eq!(simulator.auth_requests(), 1);

    let [mut first, mut second] = members;
    simulator.revoke_tokens();
    simulator.inject(AUTH, Fault::Delay(Duration::from_secs(3600)), 1);
    first.begin(1);
    while simulator.auth_requests() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    second.begin(1);
    first.kill();
    assert_eq!(second.succeeded(), 1, "the lease ended by itself");
    assert_eq!(simulator.auth_requests(), 3);
}

#[tokio::test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn redis_is_killed_and_calls_go_on() {
    let (simulator, mut redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let (one, two) =
        (with_store(&simulator, store(&redis.url())), with_store(&simulator, store(&redis.url())));
    call(&one).await.unwrap();
    kept(&redis).await;
    call(&two).await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);

    let (lines, guard) = warnings();
    redis.kill();
    let outcomes = join_all((0..50).map(|n| call(if n % 2 == 0 { &one } else { &two }))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((simulator.auth_requests(), lines.text().as_str()), (1, ""), "they have their token");

    // The token is refused amid the outage: each asks for its own.
    simulator.revoke_tokens();
    let outcomes = join_all((0..50).map(|n| call(if n % 2 == 0 { &one } else { &two }))).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(simulator.auth_requests(), 3);
    logged(&lines, "WARN").await;
    logged(&lines, "no connection to Redis at 127.0.0.1:").await;
    drop(guard);

    // It comes back, empty. The next renewal is kept there, and the other takes it.
    redis.restart();
    simulator.revoke_tokens();
    call(&one).await.unwrap();
    kept(&redis).await;
    call(&two).await.unwrap();
    assert_eq!(simulator.auth_requests(), 4);
}

#[tokio::test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn a_redis_that_hangs_delays_a_call_once() {
    let (simulator, redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let quick = || store(&redis.url()).timeout(Duration::from_millis(200));
    let client = with_store(&simulator, quick());
    call(&client).await.unwrap();
    kept(&redis).await;
    redis.stop();
    let (lines, guard) = warnings();
    simulator.revoke_tokens();
    call(&client).await.unwrap();
    call(&with_store(&simulator, quick())).await.unwrap();
    logged(&lines, "Redis did not answer within 200ms").await;
    drop(guard);
    assert_eq!(simulator.auth_requests(), 3);
    let asked = lines.text().lines().filter(|line| line.contains("what=\"load\"")).count();
    assert_eq!(asked, 2, "whoever got no answer asks nothing else before it has a token: {}", lines.text());
}

#[tokio::test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn a_password_is_used_and_never_shown() {
    let simulator = Simulator::start().await.unwrap();
    let redis = Redis::start(&["--requirepass", "the pass/word"]);
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}/3", redis.port);
    let right = store(&url("the%20pass%2Fword")).key_prefix("live:");
    assert!(!format!("{right:?}").contains("pass"), "{right:?}");
    call(&with_store(&simulator, right)).await.unwrap();
    loop {
        let keys = redis.ask("AUTH \"the pass/word\"\r\nSELECT 3\r\nKEYS live:airudder-token:*");
        if keys.contains("live:airudder-token:auth.get_token:") && !keys.contains(":lease") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    call(&with_store(&simulator, store(&url("the%20pass%2Fword")).key_prefix("live:"))).await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);

    let (lines, guard) = warnings();
    call(&with_store(&simulator, store(&url("wrong-password")))).await.unwrap();
    logged(&lines, "what=\"save\"").await;
    drop(guard);
    assert_eq!(simulator.auth_requests(), 2);
    assert!(lines.text().contains("the token store failed"), "{}", lines.text());
    assert!(!lines.text().contains("wrong-password"), "{}", lines.text());
}

#[tokio::test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn a_user_who_may_do_no_more_than_needed_is_enough() {
    let (simulator, redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let rights = "~airudder-token:* +get +set +del +pexpire +eval";
    assert_eq!(redis.ask(&format!("ACL SETUSER app on >password {rights}")), "+OK");
    let url = format!("redis://app:password@127.0.0.1:{}", redis.port);
    // So slow that the lease is extended.
    simulator.inject(AUTH, Fault::Delay(Duration::from_secs(2)), 1);
    let (lines, guard) = warnings();
    call(&with_store(&simulator, store(&url))).await.unwrap();
    kept(&redis).await;
    simulator.revoke_tokens();
    call(&with_store(&simulator, store(&url))).await.unwrap();
    kept(&redis).await;
    call(&with_store(&simulator, store(&url))).await.unwrap();
    drop(guard);
    // That a refused token is renewed is a warning of its own.
    let text = lines.text();
    let of_the_store: Vec<&str> =
        text.lines().filter(|line| !line.contains("the token was refused")).collect();
    assert_eq!((simulator.auth_requests(), of_the_store), (2, Vec::new()));
}

#[test]
fn an_address_that_will_not_do_is_refused_and_not_shown() {
    for url in [
        "",
        "a-secret",
        "http://u:a-secret@h",
        "redis://u:a-secret@",
        "redis://u:a-secret@h/x",
        "redis://u:a-secret@h:port",
        "rediss://u:a-secret@h#insecure",
        "redis://u:a-secret@h?protocol=a-secret",
        "redis://u:a-secret@0.0.0.0",
    ] {
        let error = RedisTokenStore::new(url).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("a-secret"), "{error:?}");
    }
    assert!(RedisTokenStore::new("redis://h").unwrap().root_certificates("").is_err());
    assert!(RedisTokenStore::new("rediss://h").unwrap().root_certificates("no certificate").is_err());
    let shown = format!("{:?}", RedisTokenStore::new("rediss://user:a-secret@h:6380/1").unwrap());
    assert!(shown.contains("h:6380") && !shown.contains("user") && !shown.contains("a-secret"), "{shown}");
}

/// Finds out the key under which a client looks.
#[derive(Clone, Default)]
struct Listening(Arc<Mutex<Option<TokenKey>>>);

impl TokenStore for Listening {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        *self.0.lock().unwrap() = Some(key.clone());
        Box::pin(async { Ok(None) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
async fn a_lease_is_its_owners_alone() {
    let (simulator, redis) = (Simulator::start().await.unwrap(), Redis::start(&[]));
    let listening = Listening::default();
    call(&with_store(&simulator, listening.clone())).await.unwrap();
    let key = listening.0.lock().unwrap().clone().unwrap();
    let (one, two) = (store(&redis.url()), store(&redis.url()));
    let (long, short) = (Duration::from_secs(60), Duration::from_millis(50));

    let lease = one.try_lease(&key, long).await.unwrap().expect("nobody has it");
    assert!(two.try_lease(&key, long).await.unwrap().is_none());
    assert!(one.try_lease(&key, long).await.unwrap().is_none(), "not even to the same process twice");
    // Another's lease is neither extended nor ended.
    let forged = Lease::new();
    assert!(!two.extend_lease(&key, &forged, long).await.unwrap());
    two.release_lease(&key, forged).await.unwrap();
    assert!(two.try_lease(&key, long).await.unwrap().is_none());
    // It ends by itself, unless it is extended.
    assert!(one.extend_lease(&key, &lease, short).await.unwrap());
    let next = loop {
        match two.try_lease(&key, long).await.unwrap() {
            Some(next) => break next,
            None => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    };
    // Who comes too late with the old one changes nothing.
    assert!(!one.extend_lease(&key, &lease, short).await.unwrap());
    one.release_lease(&key, lease).await.unwrap();
    assert!(one.try_lease(&key, long).await.unwrap().is_none());
    two.release_lease(&key, next).await.unwrap();
    assert!(one.try_lease(&key, long).await.unwrap().is_some());

    // What is no token is an error and no answer.
    redis.ask(&format!("SET {} garbage", key.id()));
    assert!(one.load(&key).await.is_err());
    one.remove(&key).await.unwrap();
    assert!(one.load(&key).await.unwrap().is_none());
    // A token that has ended already is not kept, nor is one for ever.
    let now = airudder_client::jiff::Timestamp::now();
    one.save(&key, StoredToken::new("T", now)).await.unwrap();
    assert!(one.load(&key).await.unwrap().is_none());
    one.save(&key, StoredToken::new("T", airudder_client::jiff::Timestamp::MAX)).await.unwrap();
    assert!(one.load(&key).await.unwrap().is_some());
}

#[test]
#[cfg_attr(not(redis_server), ignore = "needs redis-server: install it, then `touch tests/build.rs`")]
fn a_store_serves_several_runtimes() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let simulator = serving.block_on(Simulator::start()).unwrap();
    let redis = Redis::start(&[]);
    let (lines, guard) = warnings();
    let shared = Arc::new(store(&redis.url()));
    let (resting, other) = (runtime(), runtime());
    for _ in 0..3 {
        for runtime in [&resting, &other] {
            // Each a new client, which looks into the store.
            let client = with_store(&simulator, Arc::clone(&shared));
            runtime.block_on(async {
                call(&client).await.unwrap();
                kept(&redis).await;
            });
        }
    }
    // One whose runtime is gone.
    drop(resting);
    other.block_on(call(&with_store(&simulator, shared))).unwrap();
    drop(guard);
    assert_eq!((simulator.auth_requests(), lines.text().as_str()), (1, ""));
}

/// A certificate for this machine in the folder, and the authority that has signed it.
fn certificate(folder: &TempDir) -> String {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let server = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(folder.path().join("server.pem"), server.pem()).unwrap();
    std::fs::write(folder.path().join("server.key"), key.serialize_pem()).unwrap();
    std::fs::write(folder.path().join("authority.pem"), &pem).unwrap();
    pem
}

#[tokio::test]
#[cfg_attr(not(redis_tls), ignore = "needs a redis-server with TLS: install it, then `touch tests/build.rs`")]
async fn tls_is_spoken_and_the_certificate_checked() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let authority = certificate(&folder);
    let in_folder = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (server, key, ca) = (in_folder("server.pem"), in_folder("server.key"), in_folder("authority.pem"));
    let redis = Redis::start(&[
        "--tls-cert-file",
        &server,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &ca,
        "--tls-auth-clients",
        "no",
    ]);
    for host in ["localhost", "127.0.0.1"] {
        let store = || {
            let store = store(&format!("rediss://{host}:{}/0", redis.port));
            store.root_certificates(&authority).unwrap().key_prefix(host)
        };
        let (lines, guard) = warnings();
        // A new client takes the token of the one before, as soon as that is kept.
        let mut asked = None;
        while asked != Some(simulator.auth_requests()) {
            asked = Some(simulator.auth_requests());
            call(&with_store(&simulator, store())).await.unwrap();
        }
        drop(guard);
        assert_eq!(lines.text(), "");
    }
    // Nobody vouches for it, and TLS is not spoken at all.
    for (url, problem) in [("rediss", "no connection to Redis"), ("redis", "Redis at localhost")] {
        let (lines, guard) = warnings();
        let before = simulator.auth_requests();
        call(&with_store(&simulator, store(&format!("{url}://localhost:{}/0", redis.port)))).await.unwrap();
        drop(guard);
        assert_eq!(simulator.auth_requests(), before + 1);
        assert!(lines.text().contains(problem), "{}", lines.text());
    }
}
