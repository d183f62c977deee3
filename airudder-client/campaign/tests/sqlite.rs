//! The suite on SQLite, and what only SQLite can have.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/bench.rs"]
mod bench;
#[path = "suite/clock.rs"]
mod clock;
#[path = "suite/life.rs"]
mod life;
#[path = "suite/merging.rs"]
mod merging;
#[path = "suite/overtaken.rs"]
mod overtaken;
#[path = "support/place.rs"]
mod place;
#[path = "suite/results.rs"]
mod results;
#[path = "suite/running.rs"]
mod running;
#[path = "suite/list.rs"]
#[macro_use]
mod list;

use airudder_campaign::{Campaign, Collection, Error, Ledger, LedgerProblem};

use crate::place::Place;

macro_rules! on_sqlite {
    ($($module:ident: $($test:ident),+;)+) => {
        mod suite {
            $(mod $module {
                $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$module::$test(crate::place::Place::sqlite()).await;
                })+
            })+
        }
    };
}

suite!(on_sqlite);

#[tokio::test]
async fn a_file_that_is_no_ledger_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a 100% ledger?");
    std::fs::write(&path, "no ledger at all, though long enough to be one").unwrap();
    let Err(Error::Ledger(error)) = Ledger::open(&path).await else { panic!() };
    assert_eq!(error.problem(), LedgerProblem::Damaged, "{error}");
    let Err(Error::Ledger(error)) = Ledger::open(folder.path().join("none/ledger")).await else { panic!() };
    assert_eq!(error.problem(), LedgerProblem::Unreachable, "{error}");
}

#[tokio::test]
async fn a_ledger_that_was_damaged_is_told_so() {
    let place = Place::sqlite();
    let bench = bench::Bench::start(&place, |simulator| simulator).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(bench::people(2_000)).await.unwrap();
    bench.ledger.close().await;
    // A disk that gives back other bytes than it was given.
    let path = place.folder.path().join("ledger");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 4..bytes.len() * 3 / 4;
    bytes[middle].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let read = async {
        let ledger = place.try_open().await?;
        let campaign = Campaign::find(&ledger, &bench.client, Collection, "first").await?;
        campaign.load_rows(bench::people(3_000)).await
    };
    let Err(Error::Ledger(error)) = read.await else { panic!() };
    assert_eq!(error.problem(), LedgerProblem::Damaged, "{error}");
}

/// It waits for half a minute.
#[tokio::test]
async fn a_ledger_that_stays_locked_is_told_so() {
    let place = Place::sqlite();
    let ledger = place.open().await;
    let another = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let lock = another.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let inbox = airudder_campaign::Inbox::new(&ledger);
    let Err(Error::Ledger(error)) = inbox.store("collection.call_finished", "{}").await else { panic!() };
    assert_eq!(error.problem(), LedgerProblem::Locked, "{error}");
    lock.rollback().await.unwrap();
    inbox.store("collection.call_finished", "{}").await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_a_ledger() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::sqlite();
    let ledger = place.open().await;
    airudder_campaign::Inbox::new(&ledger).store("collection.call_finished", "{}").await.unwrap();
    for file in std::fs::read_dir(place.folder.path()).unwrap().flatten() {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}
