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
#[path = "support/place.rs"]
mod place;
#[path = "suite/results.rs"]
mod results;
#[path = "suite/running.rs"]
mod running;
#[path = "suite/list.rs"]
#[macro_use]
mod list;

use airudder_campaign::{Error, Ledger, LedgerProblem};

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
