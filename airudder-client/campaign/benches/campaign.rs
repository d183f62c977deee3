//! A large campaign against a simulator in another process: loading, submitting, and an hour of a hundred
//! webhooks a second, on the simulator's clock, which is turned as fast as all of them are taken.
//!
//! `cargo bench -p airudder-campaign --all-features --bench campaign -- [PEOPLE] [SECONDS]
//! [postgres://DATABASE]`; a million people, 3,600 seconds and SQLite unless said otherwise. It prints time,
//! peak of memory and size of the ledger after each step; what came of it is in `README.md` beside it.

#![allow(clippy::unwrap_used, reason = "a benchmark fails as a test does")]

use std::error::Error;
use std::future::IntoFuture as _;
use std::io::{BufRead as _, BufReader, BufWriter, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use airudder_campaign::load::Loader;
use airudder_campaign::{Campaign, Collection, Inbox, Ledger, Plan, Progress};
use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{Timestamp, ToSpan as _};
use airudder_client::receive::{Authenticator, Delivery, Receiver, Secret, Server};
use airudder_simulator::{CallOutcome, Simulator};
use tokio::net::TcpListener;

type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const BATCH: u32 = 1_000;
/// Webhooks in a second of the simulator's.
const RATE: f64 = 100.0;
/// Calls at the same time, on the lines of all tasks together.
const CALLS: usize = 2_000;
/// How long a phone of the simulator's rings, on average, in seconds.
const RINGING: f64 = 8.5;
const SECRET: &str = "kZ0vQx7w2uYbN4mEr9TfLs1p";

#[tokio::main]
async fn main() -> Result {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u64>().ok());
    let (people, seconds) = (numbers.next().unwrap_or(1_000_000), numbers.next().unwrap_or(3_600));
    if std::env::var_os("AIRUDDER_BENCH_VENDOR").is_some() {
        return play(people).await;
    }
    let folder = tempfile::tempdir()?;
    let mut vendor = Vendor::start(people)?;
    let ledger = match std::env::args().find(|word| word.starts_with("postgres://")) {
        #[cfg(feature = "postgres")]
        Some(url) => Ledger::connect(&url).await?,
        _ => Ledger::open(folder.path().join("ledger")).await?,
    };
    let client = Client::builder().credentials(Simulator::APP_KEY, Simulator::APP_SECRET);
    let client = client.base_url(vendor.said()?).build()?;
    let now = vendor.said()?.parse::<Timestamp>()?.to_zoned(TimeZone::UTC);
    let plan = Plan::new("robot", "LINE", &now, &now.checked_add(48.hours())?).batch_size(BATCH);
    let campaign = Campaign::open(&ledger, &client, Collection, "people", plan).await?;
    let list = write(folder.path(), people)?;
    let tell = |what: &str, since: Instant| {
        println!("{what} in {:.1?}: {}, {}", since.elapsed(), peak(), size(folder.path()));
    };
    println!("{people} people; before: {}", peak());

    let began = Instant::now();
    let rows = Loader::<CollectionContact>::guess().open(list)?;
    let (_, loaded) = campaign.load(rows, |row| println!("{row}")).await?;
    assert_eq!(loaded.accepted, people);
    tell("loaded", began);

    let began = Instant::now();
    let inbox = Inbox::new(&ledger);
    let mut running = campaign.run().confirmed().inbox(&inbox).start().await?;
    let mut submitted = 0;
    while submitted < people {
        match running.next().await.ok_or("the run has ended")? {
            Progress::Submitted { people, .. } => submitted += people,
            Progress::Trouble { name, problem } => println!("{name}: {problem}"),
            _ => {}
        }
    }
    tell("submitted", began);

    let began = Instant::now();
    vendor.say(&receive(inbox).await?)?;
    let mut turning = tokio::task::spawn_blocking(move || vendor.turn(seconds));
    let (mut outcomes, mut is_turned) = (0, false);
    let mut look = tokio::time::interval(Duration::from_millis(500));
    loop {
        tokio::select! {
            turned = &mut turning, if !is_turned => {
                turned??;
                is_turned = true;
                println!("{seconds} seconds have passed for the simulator after {:.1?}", began.elapsed());
            }
            progress = running.next() => {
                let progress = progress.ok_or("the run has ended")?;
                outcomes += u64::from(matches!(progress, Progress::Outcome(_)));
            }
            // All that came is applied, and handed out.
            _ = look.tick(), if is_turned => {
                let is_applied = !ledger.messages().await?.contains_key("new");
                if is_applied && outcomes >= campaign.counts().await?.outcomes {
                    break;
                }
            }
        }
    }
    let messages: u64 = ledger.messages().await?.values().sum();
    tell(&format!("{messages} webhooks stored and applied, {outcomes} outcomes handed out"), began);
    running.interrupt();
    running.finish().await?;
    Ok(())
}

/// The simulator, in a process of its own: its memory is not that of the campaign.
struct Vendor {
    process: Child,
    tell: ChildStdin,
    says: Lines<BufReader<ChildStdout>>,
}

impl Vendor {
    fn start(people: u64) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.env("AIRUDDER_BENCH_VENDOR", "1").arg(people.to_string());
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (tell, says) = process.stdin.take().zip(process.stdout.take()).ok_or("no pipe")?;
        Ok(Self { process, tell, says: BufReader::new(says).lines() })
    }

    fn say(&mut self, line: &str) -> Result {
        Ok(writeln!(self.tell, "{line}")?)
    }

    fn said(&mut self) -> Result<String> {
        Ok(self.says.next().ok_or("the simulator is gone")??)
    }

    /// One second after the other, each when the webhooks of the one before are delivered.
    fn turn(mut self, seconds: u64) -> Result<Self> {
        for _ in 0..seconds {
            self.say("turn")?;
            self.said()?;
        }
        Ok(self)
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the process of the simulator does.
async fn play(people: u64) -> Result {
    let tasks = usize::try_from(people)?.div_ceil(BATCH as usize);
    let lines = (CALLS / tasks).max(1);
    let talk = Duration::from_secs_f64((lines * tasks) as f64 / RATE - RINGING);
    let builder = Simulator::builder().lines(lines).speed(0.0);
    let outcome = CallOutcome::Connected { intention: 'A', talk };
    let simulator = builder.outcomes(move |_, _| Some(outcome)).start().await?;
    println!("{}\n{}", simulator.base_url(), simulator.clock().now());
    for line in std::io::stdin().lines() {
        match line?.as_str() {
            "turn" => {
                simulator.clock().advance(Duration::from_secs(1));
                simulator.settle().await;
                println!("turned");
            }
            url => simulator.deliver_to(url),
        }
    }
    Ok(())
}

/// Receives webhooks, and gives the address.
async fn receive(inbox: Inbox) -> Result<String> {
    let router = Receiver::new(Authenticator::secret(Secret::new(SECRET)?))
        .routes()
        .webhooks(["collection"])
        .router(move |delivery: Delivery| {
            let inbox = inbox.clone();
            async move { inbox.store(&delivery.name, delivery.message.raw).await }
        })?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/{SECRET}/{{key}}", listener.local_addr()?);
    tokio::spawn(Server::new(listener, router).into_future());
    Ok(url)
}

fn write(folder: &Path, people: u64) -> Result<PathBuf> {
    let path = folder.join("list.csv");
    let mut file = BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "debtor,mobile,loan_date,due_date,loan_amount,arrears,comments")?;
    for n in 0..people {
        writeln!(file, "Jane Doe,+62812{n:08},2026-02-01,2026-03-03,300000,321000.50,r{n}")?;
    }
    file.flush()?;
    Ok(path)
}

/// The most memory that the process has had, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "memory not known".to_owned(), |peak| format!("{} at most", peak.trim()))
}

/// The ledger and the files beside it.
fn size(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let ledger = files.filter(|file| file.file_name().to_string_lossy().starts_with("ledger"));
    let bytes: u64 = ledger.map(|file| file.metadata().unwrap().len()).sum();
    format!("ledger {} MB", bytes >> 20)
}
