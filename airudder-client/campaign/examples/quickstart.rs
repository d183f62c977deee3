//! A list of people goes in, an outcome of each comes out.
//!
//! Without an account it runs against a simulator of its own, and nobody is called. With `AIRUDDER_APP_KEY`
//! and `AIRUDDER_APP_SECRET` in the environment it talks to the vendor, and asks before anybody is called:
//! then `AIRUDDER_ROBOT_ID` and `AIRUDDER_SIP_LINE` name your robot and line, and the machine's time zone is
//! taken for the account's. With `AIRUDDER_BASE_URL` besides, on this machine, it talks to a simulator in
//! another process.
//!
//! `cargo run --example quickstart -- [--fresh] [list.csv]`. Run it twice: the second run calls nobody and
//! shows the same outcomes. Interrupt it, and run it again: it goes on. `--fresh` begins a new campaign,
//! which calls the same people again. Everything lies in `target/quickstart`, or where `AIRUDDER_QUICKSTART`
//! says.

use std::error::Error;
use std::future::IntoFuture as _;
use std::io::{IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, io};

use airudder_campaign::load::{Loader, Pass, Progress as ListProgress, RefusedRows, Watch};
use airudder_campaign::{
    Campaign, Collection, Error as CampaignError, Inbox, Ledger, NotLoaded, Plan, Progress,
};
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{ToSpan as _, Zoned};
use airudder_client::receive::{Authenticator, Delivery, Receiver, Secret, Server};
use airudder_client::{Client, reqwest};
use airudder_simulator::Simulator;
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;

/// How many reasons for a refusal are shown one by one.
const SHOWN: usize = 20;

#[tokio::main]
pub(crate) async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let is_fresh = arguments.iter().any(|argument| argument == "--fresh");
    let list = arguments.iter().find(|argument| !argument.starts_with("--")).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/quickstart/contacts.csv")),
        PathBuf::from,
    );
    let folder = env::var_os("AIRUDDER_QUICKSTART").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/quickstart")),
        PathBuf::from,
    );
    fs::create_dir_all(&folder)?;
    let folder = folder.canonicalize()?;

    let ledger = Ledger::open(folder.join("ledger.sqlite")).await?;
    let inbox = Inbox::new(&ledger);
    let vendor = Vendor::connect(&folder, &inbox).await?;
    let id = campaign_id(&folder, &list, is_fresh)?;
    let campaign = Campaign::open(&ledger, &vendor.client, Collection, id, vendor.plan.clone()).await?;

    let bar = ProgressBar::no_length()
        .with_style(ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}, {msg}")?);
    let rows = Loader::<CollectionContact>::guess().region("ID").progress(watch(&bar)).open(&list)?;
    let path = folder.join("refused.csv");
    let mut file = RefusedRows::create(&path, &rows)?;
    let mut refused = 0;
    let (report, loaded) = campaign
        .load(rows, |row| {
            refused += 1;
            if refused <= SHOWN {
                bar.suspend(|| println!("  {row}"));
            }
            if let NotLoaded::Row(row) = row
                && let Err(error) = file.write(&row)
            {
                bar.suspend(|| eprintln!("{}: {error}", path.display()));
            }
        })
        .await?;
    file.finish()?;
    bar.finish_and_clear();
    println!(
        "{} rows: {} new people, {} known already, {refused} refused.",
        report.rows, loaded.accepted, loaded.duplicates
    );
    if refused > 0 {
        println!("The refused rows, to be mended and loaded again: {}", path.display());
    }
    if call(&campaign, &vendor, &inbox).await? {
        show(&campaign, &folder).await?;
    }
    Ok(())
}

/// Moves a bar as the list is read. Where nobody looks at a terminal there is none.
fn watch(bar: &ProgressBar) -> impl Watch + use<> {
    let bar = bar.clone();
    move |at: ListProgress| {
        bar.set_length(at.total);
        bar.set_position(at.bytes);
        bar.set_message(match at.pass {
            Pass::Formats => "looking at its formats",
            Pass::Rows => "loading",
        });
    }
}

/// Runs the campaign with a bar. False if nobody may be called.
async fn call(campaign: &Campaign, vendor: &Vendor, inbox: &Inbox) -> Result<bool, Box<dyn Error>> {
    let pause = Duration::from_secs(if vendor.is_real { 60 } else { 2 });
    let run = || campaign.run().inbox(inbox).poll_every(pause).until_signal();
    let started = match run().start().await {
        Err(CampaignError::NotConfirmed(preview)) => {
            println!("{preview}");
            if vendor.is_real && !may_call()? {
                return Ok(false);
            }
            run().confirmed().start().await
        }
        other => other,
    };
    let mut running = started?;
    let people = campaign.counts().await?.people;
    let bar =
        ProgressBar::new(people).with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    while let Some(progress) = running.next().await {
        match progress {
            Progress::Submitted { name, people, .. } => bar.println(format!("{name}: {people} people")),
            Progress::Refused { name, problem } => bar.println(format!("{name} was refused: {problem}")),
            Progress::InDoubt { name, .. } => bar.println(format!("{name} is in doubt, and looked for")),
            Progress::Trouble { name, problem } => bar.println(format!("{name} is tried again: {problem}")),
            Progress::Standing(counts) => bar.set_position(counts.outcomes),
            Progress::Outcome(outcome) => {
                bar.set_message(format!("the last one: {}", outcome.status.as_str()))
            }
            _ => {}
        }
    }
    bar.finish_and_clear();
    print!("{}", running.finish().await?);
    Ok(true)
}

/// One recording, and all results.
async fn show(campaign: &Campaign, folder: &Path) -> Result<(), Box<dyn Error>> {
    let recordings = folder.join("recordings").join(campaign.id());
    if fs::read_dir(&recordings).map_or(0, Iterator::count) == 0 {
        let fetched = campaign.recordings(&recordings).limit(1).fetch().await?;
        match (fetched.stored, fetched.problem) {
            (0, Some(problem)) => println!("No recording now: {problem}"),
            (0, None) => println!("Nobody talked, so there is no recording."),
            _ => {}
        }
    }
    for recording in fs::read_dir(&recordings)?.flatten().take(1) {
        println!("One recording, {} bytes: {}", recording.metadata()?.len(), recording.path().display());
    }
    let results = folder.join("results.csv");
    campaign.write_results(&results).await?;
    println!("All results: {}", results.display());
    Ok(())
}

/// The same list is the same campaign, however often the program runs and even if the ledger is lost: the
/// vendor takes the names of its tasks once. A fresh one has an id of its own from then on.
fn campaign_id(folder: &Path, list: &Path, is_fresh: bool) -> Result<String, Box<dyn Error>> {
    let content = fs::read(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let digest: String = Sha256::digest(content).iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let file = folder.join("fresh");
    if is_fresh {
        fs::write(&file, format!("_{:08x}", fastrand::u32(..)))?;
    }
    Ok(format!("q{digest}{}", fs::read_to_string(file).unwrap_or_default()))
}

fn may_call() -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        println!("This calls real people, and nobody is there to confirm it.");
        return Ok(false);
    }
    print!("This calls real people. Type `call` to go on: ");
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "call")
}

/// What the program talks to, and how people are called there.
struct Vendor {
    client: Client,
    plan: Plan,
    is_real: bool,
    /// It plays as long as it is there.
    _simulator: Option<Simulator>,
}

impl Vendor {
    async fn connect(folder: &Path, inbox: &Inbox) -> Result<Self, Box<dyn Error>> {
        let webhooks = receive(inbox.clone()).await?;
        if env::var_os("AIRUDDER_APP_KEY").is_some() {
            let base_url = env::var("AIRUDDER_BASE_URL").ok();
            let is_real = !base_url.as_deref().is_some_and(is_on_this_machine);
            let need =
                |name: &str| env::var(name).map_err(|_| format!("set {name}: the vendor gives it to you"));
            println!("Talking to {}.", base_url.as_deref().unwrap_or("the vendor"));
            println!("Webhooks would be received at {webhooks}, if they are registered there.");
            let now = if is_real { Zoned::now() } else { Zoned::now().with_time_zone(TimeZone::UTC) };
            let plan = plan(need("AIRUDDER_ROBOT_ID")?, need("AIRUDDER_SIP_LINE")?, &now)?;
            return Ok(Self { client: Client::from_env()?, plan, is_real, _simulator: None });
        }
        println!("No AIRUDDER_APP_KEY in the environment: running against a simulator. Nobody is called.");
        // Hours of dialling pass in some ten seconds. What it knows lies beside the ledger.
        let simulator =
            Simulator::builder().speed(60.0).state_file(folder.join("simulator.json")).start().await?;
        simulator.deliver_to(webhooks);
        let client = Client::builder()
            .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
            .base_url(simulator.base_url())
            .build()?;
        // It takes local times as UTC.
        let plan = plan("demo_robot", "DEMO_LINE", &simulator.clock().now().to_zoned(TimeZone::UTC))?;
        Ok(Self { client, plan, is_real: false, _simulator: Some(simulator) })
    }
}

/// From now on, for three hours.
fn plan(robot: impl Into<String>, line: impl Into<String>, now: &Zoned) -> Result<Plan, Box<dyn Error>> {
    let end = now.checked_add(3.hours())?;
    Ok(Plan::new(robot, line, now, &end).batch_size(500).prefix("quickstart"))
}

/// Whether a URL leads to this machine: then no people are behind it.
fn is_on_this_machine(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Receives webhooks on a loopback port, and gives the address. Acknowledged means stored.
async fn receive(inbox: Inbox) -> Result<String, Box<dyn Error>> {
    let secret = format!("{:032x}", fastrand::u128(..));
    let router = Receiver::new(Authenticator::secret(Secret::new(&secret)?))
        .routes()
        .webhooks(["collection"])
        .router(move |delivery: Delivery| {
            let inbox = inbox.clone();
            async move { inbox.store(&delivery.name, delivery.message.raw).await }
        })?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/{secret}/{{key}}", listener.local_addr()?);
    tokio::spawn(Server::new(listener, router).into_future());
    Ok(url)
}
