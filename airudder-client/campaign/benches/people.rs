//! How much memory and time it takes to put many people of a file into a ledger:
//! `cargo bench -p airudder-campaign --all-features --bench people -- [ROWS] [postgres://DATABASE]`.

use std::error::Error;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use airudder_campaign::load::Loader;
use airudder_campaign::{Campaign, Collection, Ledger, Plan};
use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::{ToSpan as _, Zoned};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rows: u64 = std::env::args().skip(1).find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("list.csv");
    let mut file = BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "debtor,mobile,loan_date,due_date,loan_amount,arrears,comments")?;
    for n in 0..rows {
        writeln!(file, "Jane Doe,+62812{n:08},2026-02-01,2026-03-03,300000,321000.50,r{n}")?;
    }
    file.flush()?;
    println!("{rows} rows; before: {}", peak());
    let ledger = match std::env::args().find(|word| word.starts_with("postgres://")) {
        #[cfg(feature = "postgres")]
        Some(url) => Ledger::connect(&url).await?,
        _ => Ledger::open(folder.path().join("ledger")).await?,
    };
    let client = Client::builder().credentials("key", "secret").base_url("http://127.0.0.1:9").build()?;
    let now = Zoned::now();
    let plan = Plan::new("robot", "LINE", &now, &now.checked_add(8.hours())?);
    let campaign = Campaign::open(&ledger, &client, Collection, "people", plan).await?;
    let start = Instant::now();
    let list = Loader::<CollectionContact>::guess().open(&path)?;
    let (_, loaded) = campaign.load(list, |row| println!("{row}")).await?;
    println!("{loaded:?} after {:.1?}: {}", start.elapsed(), peak());
    println!("{} after {:.1?}: {}", campaign.dry_run(|_| {}).await?, start.elapsed(), peak());
    Ok(())
}

/// The most memory that the process has had, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "memory not known".to_owned(), |peak| format!("{} at most", peak.trim()))
}
