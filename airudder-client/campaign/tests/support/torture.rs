//! The parent and its children.

use std::collections::{BTreeSet, HashSet};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airudder_campaign::load::{DoNotCall, Loader, PhoneReader, RefusedRows};
use airudder_campaign::{Campaign, Collection, Error, Inbox, Ledger, NotLoaded, Plan};
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::ToSpan as _;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::reqwest;
use airudder_simulator::Fault;
use axum::Router;
use axum::body::Bytes;
use axum::extract;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::bench::{client, counting, quick, receiver};
use crate::messy::Messy;
use crate::place::Place;
use crate::small_disk::SmallDisk;

const ID: &str = "torture";
/// Files in the folder that all share.
const LIST: &str = "list.csv";
const DO_NOT_CALL: &str = "do-not-call.csv";
const REFUSED: &str = "refused.csv";
const REPORT: &str = "report";
const RECORDINGS: &str = "recordings";

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// What a child does until it is killed, or has finished.
pub(crate) fn play(role: &str) -> ExitCode {
    match runtime().block_on(work(role)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{role}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn work(role: &str) -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).unwrap();
    let folder = PathBuf::from(variable("AIRUDDER_TEST_FOLDER"));
    let ledger = match std::env::var("AIRUDDER_TEST_LEDGER_URL").ok() {
        None => Ledger::open(variable("AIRUDDER_TEST_LEDGER")).await?,
        #[cfg(feature = "postgres")]
        Some(url) => Ledger::connect(&url).await?,
        #[cfg(not(feature = "postgres"))]
        Some(_) => unreachable!(),
    };
    if role == "receiver" {
        let listener = TcpListener::bind(variable("AIRUDDER_TEST_ADDRESS")).await.unwrap();
        axum::serve(listener, receiver(Inbox::new(&ledger))).await.unwrap();
        return Ok(());
    }
    let client = client(&variable("AIRUDDER_TEST_SIMULATOR"));
    let campaign = Campaign::find(&ledger, &client, Collection, ID).await?;
    match role {
        "loader" => load(&campaign, &folder).await,
        "recorder" => campaign.recordings(folder.join(RECORDINGS)).limit(200).fetch().await.map(|_| ()),
        _ => quick(&campaign).poll_every(Duration::from_secs(1)).start().await?.finish().await.map(|_| ()),
    }
}

/// Loads the list, as a program of a user's would.
async fn load(campaign: &Campaign, folder: &Path) -> Result<(), Error> {
    let phones = PhoneReader::new("ID").unwrap();
    let do_not_call = DoNotCall::open(folder.join(DO_NOT_CALL), phones).unwrap();
    let loader = Loader::<CollectionContact>::guess().region("ID").do_not_call(do_not_call);
    let rows = loader.open(folder.join(LIST)).unwrap();
    let mut file = RefusedRows::create(folder.join(REFUSED), &rows).unwrap();
    let refuse = |row| match row {
        NotLoaded::Row(row) => file.write(&row).unwrap(),
        other => panic!("{other}"),
    };
    let (report, loaded) = campaign.load(rows, refuse).await?;
    assert_eq!((file.rows(), report.refused), (loaded.refused, loaded.refused));
    assert_eq!(report.accepted, loaded.accepted + loaded.duplicates);
    file.finish().unwrap().flush().unwrap();
    let counts = [loaded.accepted + loaded.duplicates, loaded.refused, report.merged, report.blank];
    std::fs::write(folder.join(REPORT), format!("{counts:?}")).unwrap();
    Ok(())
}

/// A child that is started again whenever it is gone.
struct Role {
    name: &'static str,
    variables: Vec<(&'static str, String)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Role {
    fn start(&mut self) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("AIRUDDER_TEST_ROLE", self.name).envs(self.variables.iter().cloned());
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.log).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().unwrap());
    }

    /// How it has ended, if it has: well where nothing was left to do.
    fn ended(&mut self) -> Option<bool> {
        self.child.as_mut().and_then(|child| child.try_wait().unwrap()).map(|status| status.success())
    }

    /// True if it was still at work.
    fn kill(&mut self) -> bool {
        let was_at_work = self.ended().is_none();
        if let Some(mut child) = self.child.take() {
            // SIGKILL.
            let _ = child.kill();
            let _ = child.wait();
        }
        was_at_work
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

async fn carry(
    extract::State(postman): extract::State<Postman>,
    extract::Path(key): extract::Path<String>,
    body: Bytes,
) -> StatusCode {
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

/// Kills until it was often enough, and then lets all come to its end. `disk` is filled once, halfway.
pub(crate) fn run(place: &Place, workers: usize, disk: Option<&SmallDisk>) {
    runtime().block_on(torture(place, workers, disk));
}

/// How many rows the list has.
pub(crate) fn rows() -> usize {
    number("AIRUDDER_TEST_PEOPLE", 2_000)
}

async fn torture(place: &Place, workers: usize, disk: Option<&SmallDisk>) {
    let (rows, kills) = (rows(), number("AIRUDDER_TEST_KILLS", 12));
    let files = tempfile::tempdir().unwrap();
    let messy = Messy::new(rows);
    std::fs::write(files.path().join(LIST), &messy.list).unwrap();
    std::fs::write(files.path().join(DO_NOT_CALL), &messy.do_not_call).unwrap();

    let (builder, rung) = counting(|_| None);
    let simulator = builder.speed(20.0).start().await.unwrap();
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (postman, url) = Postman::start(address).await;
    simulator.deliver_to(url);

    let ledger = place.open().await;
    let talk = client(&simulator.base_url());
    let start = simulator.clock().now().to_zoned(TimeZone::UTC);
    let plan = Plan::new("robot", "LINE", &start, &(&start + 48.hours()))
        .batch_size(u32::try_from(rows / 100).unwrap());
    let campaign = Campaign::open(&ledger, &talk, Collection, ID, plan).await.unwrap();

    let mut variables = vec![
        ("AIRUDDER_TEST_SIMULATOR", simulator.base_url()),
        ("AIRUDDER_TEST_ADDRESS", address.to_string()),
        ("AIRUDDER_TEST_LEDGER", place.folder.path().join("ledger").display().to_string()),
        ("AIRUDDER_TEST_FOLDER", files.path().display().to_string()),
    ];
    if let Some(url) = &place.url {
        variables.push(("AIRUDDER_TEST_LEDGER_URL", url.clone()));
    }
    let log = files.path().join("log");
    let role = |name| Role { name, variables: variables.clone(), log: log.clone(), child: None };
    let said = || std::fs::read_to_string(&log).unwrap_or_default();
    let mut roles: Vec<Role> = vec![role("loader"), role("receiver")];
    roles.extend(std::iter::repeat_with(|| role("worker")).take(workers));
    roles.iter_mut().for_each(Role::start);

    let began = Instant::now();
    let (mut killed, mut killed_loading, mut partly) = (0, 0, BTreeSet::new());
    while killed < kills {
        // At first the list is being loaded; later it is loaded again and again.
        let is_loading = killed < kills / 3;
        let longest = if is_loading { 300 + rows as u64 / 4 } else { 1_500 };
        tokio::time::sleep(Duration::from_millis(fastrand::u64(50..longest))).await;
        for key in ["collection.create_task", "collection.list_tasks", "collection.get_task_detail"] {
            simulator.inject(key, fault(), 1);
        }
        let victim = if is_loading { 0 } else { fastrand::usize(0..roles.len()) };
        let was_at_work = roles[victim].kill();
        killed += 1;
        if victim == 0 && was_at_work {
            killed_loading += 1;
            partly.insert(campaign.counts().await.unwrap().people);
        }
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..200))).await;
        roles[victim].start();
        if let Some(disk) = disk.filter(|_| killed == kills / 2) {
            let ballast = disk.fill();
            let limit = Instant::now() + Duration::from_secs(60);
            while !said().contains("no room is left for the ledger") {
                assert!(Instant::now() < limit, "nobody has noticed that the disk is full: {}", said());
                start_again(&mut roles);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            drop(ballast);
        }
        start_again(&mut roles);
    }
    // Now it may come to its end: the list first.
    let limit = Instant::now() + Duration::from_secs(300);
    let mut is_loaded = false;
    loop {
        assert!(Instant::now() < limit, "it comes to no end: {:?}\n{}", campaign.counts().await, said());
        if !is_loaded && roles[0].ended() == Some(true) {
            is_loaded = true;
        } else if is_loaded
            && roles.iter_mut().any(|role| role.name == "worker" && role.ended() == Some(true))
        {
            break;
        }
        start_again(if is_loaded { &mut roles[1..] } else { &mut roles });
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    roles.clear();
    simulator.settle().await;
    let mut recorder = role("recorder");
    for _ in 0..kills / 3 {
        recorder.start();
        tokio::time::sleep(Duration::from_millis(fastrand::u64(20..300))).await;
        recorder.kill();
    }
    recorder.start();
    while recorder.ended() != Some(true) {
        assert!(Instant::now() < limit, "the recordings come to no end\n{}", said());
        start_again(std::slice::from_mut(&mut recorder));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    let rung = rung.lock().unwrap().clone();
    let twice = rung.values().filter(|times| **times > 1).count();
    let report = quick(&campaign).start().await.unwrap().finish().await.unwrap();
    let (stored, changed, recordings) = look(place).await;
    let files_there = std::fs::read_dir(files.path().join(RECORDINGS)).unwrap().count();
    let acknowledged = postman.acknowledged.lock().unwrap().clone();
    let lost = acknowledged.iter().filter(|body| !stored.contains(*body)).count();
    let said = said();
    eprintln!(
        "{rows} rows, {workers} workers, {kills} kills ({killed_loading} of the loader, when {partly:?} \
         people were loaded), {} in {:?}: \
         to be called {}, rung {}, twice {twice}, outcomes {}, refused {}, \
         webhooks acknowledged {}, lost {lost}, applied twice {changed}, recordings {recordings}",
        if disk.is_some() { "disk full once" } else { "disk never full" },
        began.elapsed(),
        messy.called.len(),
        rung.len(),
        report.counts.outcomes,
        messy.refused.len(),
        acknowledged.len()
    );
    let strangers = rung.keys().filter(|number| !messy.called.contains(*number)).count();
    assert_eq!((rung.len(), strangers), (messy.called.len(), 0), "rung");
    assert_eq!(twice, 0, "rung");
    assert_eq!(report.counts.outcomes, messy.called.len() as u64, "{report:?}");
    assert_eq!((lost, changed), (0, 0));
    assert!(!acknowledged.is_empty() && killed_loading > 0);
    assert!(recordings > 0 && files_there == recordings, "{files_there} files, {recordings} recordings");
    assert!(!said.contains("panicked"), "{said}");
    check_refusals(files.path(), &messy);
}

/// Starts whoever gave up because of a fault, or finished before the list was loaded, as a supervisor would.
fn start_again(roles: &mut [Role]) {
    for role in roles.iter_mut() {
        // The list is loaded once more when somebody is killed again.
        let is_done = role.name == "loader" && role.ended() == Some(true);
        if !is_done && role.ended().is_some() {
            role.start();
        }
    }
}

/// Every row that is not called is in the file of refused rows, merged or blank.
fn check_refusals(folder: &Path, messy: &Messy) {
    let mut file =
        csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_path(folder.join(REFUSED)).unwrap();
    let refused = file.records().map(|row| {
        let row = row.unwrap();
        (row[0].parse().unwrap(), row[2].to_owned())
    });
    let refused: Vec<(u64, String)> = refused.collect();
    let different = refused.iter().filter(|(line, code)| messy.refused.get(line) != Some(code));
    let different: Vec<_> = different.take(5).collect();
    assert!(different.is_empty(), "{different:?}");
    assert_eq!(refused.len(), messy.refused.len());
    let counts = [messy.called.len() as u64, messy.refused.len() as u64, messy.merged, messy.blank];
    assert_eq!(std::fs::read_to_string(folder.join(REPORT)).unwrap(), format!("{counts:?}"));
}

/// The messages that are stored, how many outcomes were changed more than once, and how many recordings are
/// stored.
async fn look(place: &Place) -> (HashSet<Vec<u8>>, i64, usize) {
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let bodies: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT body FROM message").fetch_all(&pool).await.unwrap();
    let (changed,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM outcome WHERE changes > 1").fetch_one(&pool).await.unwrap();
    let recordings = "SELECT COUNT(*) FROM recording WHERE state = 'stored'";
    let (recordings,): (i64,) = sqlx::query_as(recordings).fetch_one(&pool).await.unwrap();
    pool.close().await;
    (bodies.into_iter().map(|(body,)| body).collect(), changed, usize::try_from(recordings).unwrap())
}
