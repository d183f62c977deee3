//! The parent and its children.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airudder_campaign::{Campaign, Collection, Error, Inbox, Ledger, Plan};
use airudder_client::jiff::ToSpan as _;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::reqwest;
use airudder_simulator::Fault;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::bench::{client, counting, people, quick, receiver};
use crate::place::Place;

const ID: &str = "torture";

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What a child does until it is killed, or has finished.
pub(crate) fn play(role: &str) -> ExitCode {
    let variable = |name: &str| std::env::var(name).unwrap();
    runtime().block_on(async {
        let url = std::env::var("AIRUDDER_TEST_LEDGER_URL").ok();
        let ledger = match url {
            None => Ledger::open(variable("AIRUDDER_TEST_LEDGER")).await,
            #[cfg(feature = "postgres")]
            Some(url) => Ledger::connect(&url).await,
            #[cfg(not(feature = "postgres"))]
            Some(_) => unreachable!(),
        };
        let done = async {
            let ledger = ledger?;
            match role {
                "receiver" => {
                    let listener = TcpListener::bind(variable("AIRUDDER_TEST_ADDRESS")).await.unwrap();
                    axum::serve(listener, receiver(Inbox::new(&ledger))).await.unwrap();
                    Ok(())
                }
                _ => {
                    let client = client(&variable("AIRUDDER_TEST_SIMULATOR"));
                    let campaign = Campaign::find(&ledger, &client, Collection, ID).await?;
                    quick(&campaign)
                        .poll_every(Duration::from_secs(1))
                        .start()
                        .await?
                        .finish()
                        .await
                        .map(|_| ())
                }
            }
        };
        let done: Result<(), Error> = done.await;
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{role}: {error}");
                ExitCode::FAILURE
            }
        }
    })
}

/// A child that is started again whenever it is gone.
struct Role {
    name: &'static str,
    variables: Vec<(&'static str, String)>,
    child: Option<Child>,
}

impl Role {
    fn start(&mut self) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("AIRUDDER_TEST_ROLE", self.name).envs(self.variables.iter().cloned());
        self.child = Some(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
    }

    /// Whether it has ended by itself, as it does when there is nothing left to do.
    fn has_finished(&mut self) -> bool {
        let ended = self.child.as_mut().and_then(|child| child.try_wait().unwrap());
        ended.is_some_and(|status| status.success())
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // SIGKILL.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Stands between simulator and receiver.
#[derive(Clone)]
struct Postman {
    http: reqwest::Client,
    to: SocketAddr,
    acknowledged: Arc<Mutex<HashSet<Vec<u8>>>>,
}

impl Postman {
    async fn start(to: SocketAddr) -> (Self, String) {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap();
        let postman = Self { http, to, acknowledged: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/{{key}}", listener.local_addr().unwrap());
        let router = Router::new().route("/{key}", post(carry)).with_state(postman.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (postman, url)
    }

    async fn deliver(&self, key: &str, body: &Bytes) -> StatusCode {
        let url = format!("http://{}/{key}", self.to);
        match self.http.post(url).body(body.clone()).send().await {
            Ok(answer) => {
                if answer.status() == StatusCode::OK {
                    self.acknowledged.lock().unwrap().insert(body.to_vec());
                }
                answer.status()
            }
            Err(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

async fn carry(State(postman): State<Postman>, Path(key): Path<String>, body: Bytes) -> StatusCode {
    match fastrand::u32(0..10) {
        // Lost.
        0 => StatusCode::OK,
        // Later, behind others; whether it arrives or not.
        1 => {
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(50..2_000))).await;
                postman.deliver(&key, &body).await;
            });
            StatusCode::OK
        }
        // Twice.
        2 => {
            postman.deliver(&key, &body).await;
            postman.deliver(&key, &body).await
        }
        _ => postman.deliver(&key, &body).await,
    }
}

fn fault() -> Fault {
    match fastrand::u32(0..6) {
        0 => Fault::ResetAfterEffect,
        1 => Fault::Truncated,
        2 => Fault::status(503),
        3 => Fault::ExpiredToken,
        4 => Fault::Reset,
        _ => Fault::Delay(Duration::from_millis(1_500)),
    }
}

pub(crate) fn run(place: &Place, workers: usize) {
    runtime().block_on(torture(place, workers));
}

async fn torture(place: &Place, workers: usize) {
    let count = number("AIRUDDER_TEST_PEOPLE", 1_200);
    let kills = number("AIRUDDER_TEST_KILLS", 12);
    let (builder, rung) = counting(|_| None);
    let simulator = builder.speed(20.0).start().await.unwrap();
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (postman, url) = Postman::start(address).await;
    simulator.deliver_to(url);

    let ledger = place.open().await;
    let talk = client(&simulator.base_url());
    let start = simulator.clock().now().to_zoned(TimeZone::UTC);
    let plan = Plan::new("robot", "LINE", &start, &(&start + 48.hours()))
        .batch_size(u32::try_from(count / 60).unwrap());
    let campaign = Campaign::open(&ledger, &talk, Collection, ID, plan).await.unwrap();
    campaign.load_rows(people(count)).await.unwrap();

    let mut variables = vec![
        ("AIRUDDER_TEST_SIMULATOR", simulator.base_url()),
        ("AIRUDDER_TEST_ADDRESS", address.to_string()),
        ("AIRUDDER_TEST_LEDGER", place.folder.path().join("ledger").display().to_string()),
    ];
    if let Some(url) = &place.url {
        variables.push(("AIRUDDER_TEST_LEDGER_URL", url.clone()));
    }
    let role = |name| Role { name, variables: variables.clone(), child: None };
    let mut roles: Vec<Role> = std::iter::once(role("receiver"))
        .chain(std::iter::repeat_with(|| role("worker")).take(workers))
        .collect();
    roles.iter_mut().for_each(Role::start);

    let began = Instant::now();
    let mut killed = 0;
    while killed < kills {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(100..1_500))).await;
        for key in ["collection.create_task", "collection.list_tasks", "collection.get_task_detail"] {
            simulator.inject(key, fault(), 1);
        }
        let victim = fastrand::usize(0..roles.len());
        let victim = &mut roles[victim];
        victim.kill();
        killed += 1;
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..200))).await;
        victim.start();
        for role in &mut roles {
            // What gave up because of a fault is started again, as a supervisor would.
            if role.child.as_mut().is_some_and(|child| child.try_wait().unwrap().is_some()) {
                role.start();
            }
        }
    }
    // Now it may come to its end.
    let limit = Instant::now() + Duration::from_secs(120);
    while !roles.iter_mut().any(|role| role.name == "worker" && role.has_finished()) {
        assert!(Instant::now() < limit, "no worker comes to its end: {:?}", campaign.counts().await);
        for role in roles.iter_mut().filter(|role| role.name == "worker") {
            if role
                .child
                .as_mut()
                .is_some_and(|child| child.try_wait().unwrap().is_some_and(|s| !s.success()))
            {
                role.start();
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    roles.clear();
    simulator.settle().await;

    let twice = rung.lock().unwrap().values().filter(|times| **times > 1).count();
    let reached = rung.lock().unwrap().len();
    let report = quick(&campaign).start().await.unwrap().finish().await.unwrap();
    let (stored, changed) = look(place).await;
    let acknowledged = postman.acknowledged.lock().unwrap().clone();
    let lost = acknowledged.iter().filter(|body| !stored.contains(*body)).count();
    eprintln!(
        "{count} people, {workers} workers, {kills} kills in {:?}: rung {reached}, twice {twice}, \
         outcomes {}, webhooks acknowledged {}, lost {lost}, applied twice {changed}",
        began.elapsed(),
        report.counts.outcomes,
        acknowledged.len()
    );
    assert_eq!((reached, twice), (count, 0), "rung");
    assert_eq!(report.counts.outcomes, count as u64, "{report:?}");
    assert_eq!((lost, changed), (0, 0));
    assert!(!acknowledged.is_empty());
}

/// The messages that are stored, and how many outcomes were changed more than once.
async fn look(place: &Place) -> (HashSet<Vec<u8>>, i64) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let bodies: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT body FROM message").fetch_all(&pool).await.unwrap();
    let (changed,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM outcome WHERE changes > 1").fetch_one(&pool).await.unwrap();
    pool.close().await;
    (bodies.into_iter().map(|(body,)| body).collect(), changed)
}
