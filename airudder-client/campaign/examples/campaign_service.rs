//! A receiver and three workers, each a process, on PostgreSQL.
//!
//! ```sh
//! export DATABASE_URL=postgres://user:password@127.0.0.1/campaigns
//! cargo run -p airudder-campaign --features postgres --example campaign_service -- list.csv
//! ```
//!
//! The first process loads the list, starts the others and starts them again when they die, until everybody
//! has an outcome. Without `AIRUDDER_APP_KEY` it has a simulator, and nobody is called; with it, it needs
//! `AIRUDDER_ROBOT_ID`, `AIRUDDER_SIP_LINE`, and `--yes` for what is said before.

use std::env;
use std::error::Error;
use std::process::Stdio;
use std::time::Duration;

use airudder_campaign::load::Loader;
use airudder_campaign::{Campaign, Collection, Inbox, Ledger, Plan, Progress};
use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{ToSpan as _, Zoned};
use airudder_client::receive::{Authenticator, Delivery, Receiver, Secret, Server};
use airudder_simulator::Simulator;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const ID: &str = "service";
const WORKERS: usize = 3;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
pub(crate) async fn main() -> Result {
    let ledger = Ledger::connect(&env::var("DATABASE_URL").map_err(|_| "set DATABASE_URL")?).await?;
    match env::var("CAMPAIGN_ROLE").as_deref() {
        Ok("receiver") => receive(&ledger).await,
        Ok(_) => work(&ledger).await,
        Err(_) => lead(&ledger).await,
    }
}

/// Loads the list, and keeps the others alive.
async fn lead(ledger: &Ledger) -> Result {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let list = arguments.iter().find(|argument| !argument.starts_with("--")).ok_or("which list?")?;
    // A port of its own, which stays the same when the receiver is started again.
    let receiver = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let secret = env::var("CAMPAIGN_SECRET").unwrap_or_else(|_| format!("{:032x}", fastrand::u128(..)));
    let is_real = env::var_os("AIRUDDER_APP_KEY").is_some();
    let simulator = match is_real {
        true => None,
        false => Some(Simulator::builder().speed(60.0).start().await?),
    };
    let (client, robot, line, now) = match &simulator {
        Some(simulator) => {
            simulator.deliver_to(format!("http://{receiver}/{secret}/{{key}}"));
            let client = Client::builder()
                .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
                .base_url(simulator.base_url())
                .build()?;
            (client, "robot".to_owned(), "LINE".to_owned(), simulator.clock().now().to_zoned(TimeZone::UTC))
        }
        None => (
            Client::from_env()?,
            env::var("AIRUDDER_ROBOT_ID")?,
            env::var("AIRUDDER_SIP_LINE")?,
            Zoned::now(),
        ),
    };
    let plan = Plan::new(robot, line, &now, &now.checked_add(8.hours())?).batch_size(100);
    let campaign = Campaign::open(ledger, &client, Collection, ID, plan).await?;
    let rows = Loader::<CollectionContact>::guess().region("ID").open(list)?;
    let (report, _) = campaign.load(rows, |row| println!("{row}")).await?;
    println!("{} rows, {} refused\n{}", report.rows, report.refused, campaign.dry_run(|_| {}).await?);
    if is_real && !arguments.iter().any(|argument| argument == "--yes") {
        return Err("real people would be called: say --yes".into());
    }

    let start = |role: &str| -> std::io::Result<Child> {
        let mut command = Command::new(env::current_exe()?);
        command.env("CAMPAIGN_ROLE", role).env("CAMPAIGN_RECEIVER", receiver.to_string());
        command.env("CAMPAIGN_SECRET", &secret);
        if let Some(simulator) = &simulator {
            command.env("AIRUDDER_BASE_URL", simulator.base_url());
            command
                .env("AIRUDDER_APP_KEY", Simulator::APP_KEY)
                .env("AIRUDDER_APP_SECRET", Simulator::APP_SECRET);
        }
        command.stdin(Stdio::null()).kill_on_drop(true).spawn()
    };
    let mut receiving = start("receiver")?;
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(Some(start("worker")?));
    }
    while workers.iter().any(Option::is_some) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        if receiving.try_wait()?.is_some() {
            receiving = start("receiver")?;
        }
        for worker in &mut workers {
            match worker.as_mut().map(Child::try_wait).transpose()?.flatten() {
                // It has nothing left to do.
                Some(status) if status.success() => *worker = None,
                Some(_) => *worker = Some(start("worker")?),
                None => {}
            }
        }
    }
    receiving.kill().await?;
    print!("{}", campaign.counts().await?);
    Ok(())
}

/// Takes messages: acknowledged means stored. Put it behind a proxy that speaks TLS.
async fn receive(ledger: &Ledger) -> Result {
    let secret = Secret::new(env::var("CAMPAIGN_SECRET")?)?;
    let inbox = Inbox::new(ledger);
    let router = Receiver::new(Authenticator::secret(secret))
        .routes()
        .webhooks(["collection"])
        .health("/health")
        .router(move |delivery: Delivery| {
            let inbox = inbox.clone();
            async move { inbox.store(&delivery.name, delivery.message.raw).await }
        })?;
    Server::new(TcpListener::bind(env::var("CAMPAIGN_RECEIVER")?).await?, router).await;
    Ok(())
}

/// Submits and follows, as one of several.
async fn work(ledger: &Ledger) -> Result {
    let campaign = Campaign::find(ledger, &Client::from_env()?, Collection, ID).await?;
    let run = campaign.run().confirmed().poll_every(Duration::from_secs(5)).until_signal();
    let mut running = run.start().await?;
    while let Some(progress) = running.next().await {
        if let Progress::Submitted { name, people, .. } = progress {
            println!("worker {}: {name}, {people} people", std::process::id());
        }
    }
    running.finish().await?;
    Ok(())
}
