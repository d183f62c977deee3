//! A list of people goes in, an outcome of each comes out: `sixty_lines people.csv`. **It calls people.** It
//! can be killed at any moment and started again: nobody is called twice, and no result is lost.
//!
//! It needs `AIRUDDER_APP_KEY`, `AIRUDDER_APP_SECRET`, `AIRUDDER_ROBOT_ID`, `AIRUDDER_SIP_LINE`, the
//! account's `AIRUDDER_TIME_ZONE`, and where webhooks come in: `WEBHOOK_LISTEN` and `WEBHOOK_SECRET`.

use std::env::{args, var};
use std::error::Error;
use std::future::IntoFuture as _;

use airudder_campaign::load::{DoNotCall, Loader, PhoneReader, RefusedRows};
use airudder_campaign::{Campaign, Collection, Inbox, Ledger, NotLoaded, Plan, Progress};
use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::{ToSpan as _, Zoned};
use airudder_client::receive::{Authenticator, Receiver, Secret, Server};
use tokio::net::TcpListener;

#[tokio::main]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let list = args().nth(1).ok_or("which list?")?;
    let ledger = Ledger::open("ledger.sqlite").await?;
    let now = Zoned::now().in_tz(&var("AIRUDDER_TIME_ZONE")?)?;
    let plan = Plan::new(var("AIRUDDER_ROBOT_ID")?, var("AIRUDDER_SIP_LINE")?, &now, &(&now + 8.hours()));
    let campaign = Campaign::open(&ledger, &Client::from_env()?, Collection, "march_2026", plan).await?;

    let paid = DoNotCall::open("do-not-call.csv", PhoneReader::new("ID")?)?;
    let rows = Loader::<CollectionContact>::guess().region("ID").do_not_call(paid).open(list)?;
    let mut refused = RefusedRows::create("refused.csv", &rows)?;
    let refuse = |row| match row {
        NotLoaded::Row(row) => refused.write(&row).unwrap_or_else(|error| eprintln!("{row}: {error}")),
        other => eprintln!("{other}"),
    };
    let (report, loaded) = campaign.load(rows, refuse).await?;
    refused.finish()?;
    println!("{report}{} new people, {} known already", loaded.accepted, loaded.duplicates);

    let inbox = Inbox::new(&ledger);
    let receiver = Receiver::new(Authenticator::secret(Secret::new(var("WEBHOOK_SECRET")?)?)).routes();
    let router = receiver.webhooks(["collection"]).router(inbox.clone())?;
    let listener = TcpListener::bind(var("WEBHOOK_LISTEN")?).await?;
    tokio::spawn(Server::new(listener, router).into_future());

    println!("{}", campaign.dry_run(|_| {}).await?);
    let mut running = campaign.run().confirmed().inbox(&inbox).until_signal().start().await?;
    while let Some(progress) = running.next().await {
        match progress {
            Progress::Outcome(outcome) => println!("{}: {:?}", outcome.reference, outcome.answered),
            Progress::InDoubt { name, problem, .. } => println!("{name} is looked for: {problem}"),
            Progress::Trouble { name, problem } => println!("{name} is tried again: {problem}"),
            _ => {}
        }
    }
    println!("{}", running.finish().await?);
    campaign.recordings("recordings").fetch().await?;
    campaign.write_results("results.csv").await?;
    Ok(())
}
