//! No room on the disk: said clearly, and nothing that was acknowledged is lost.
//!
//! It needs a small file system: where there can be none, it is listed as ignored.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/small_disk.rs"]
mod small_disk;

use std::process::ExitCode;

use airudder_campaign::{Error, Inbox, Ledger, LedgerProblem};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::small_disk::{NOT_HERE, SmallDisk, Way};

const NAME: &str = "no_room_on_the_disk";

fn no_room_on_the_disk() -> Result<(), Failed> {
    if small_disk::way() == Way::InNamespace {
        return small_disk::again_in_namespace(NAME);
    }
    let folder = tempfile::tempdir()?;
    let disk = SmallDisk::mount(folder.path(), 8 * 1024).ok_or(NOT_HERE)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let path = folder.path().join("ledger");
        let ledger = Ledger::open(&path).await.unwrap();
        let inbox = Inbox::new(&ledger);
        let message = |n: u64| format!(r#"{{"TaskID": "{n}", "Filler": "{}"}}"#, "x".repeat(2_000));
        let mut acknowledged = 0;
        inbox.store("collection.call_finished", message(acknowledged)).await.unwrap();
        let ballast = disk.fill();
        let error = loop {
            acknowledged += 1;
            assert!(acknowledged < 10_000, "it is never full");
            if let Err(error) = inbox.store("collection.call_finished", message(acknowledged)).await {
                break error;
            }
        };
        let Error::Ledger(error) = error else { panic!("{error}") };
        assert_eq!(error.problem(), LedgerProblem::Full, "{error}");
        assert!(error.to_string().starts_with("no room is left for the ledger"), "{error}");
        // As if the process had died of it, and somebody had made room.
        ledger.close().await;
        drop(ballast);
        let ledger = Ledger::open(&path).await.unwrap();
        assert_eq!(ledger.messages().await.unwrap()["new"], acknowledged);
        Inbox::new(&ledger).store("collection.call_finished", message(acknowledged)).await.unwrap();
        ledger.close().await;
    });
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_possible = small_disk::way() != Way::NotAtAll;
    let kind = if is_possible { "" } else { NOT_HERE };
    let test = Trial::test(NAME, no_room_on_the_disk);
    libtest_mimic::run(&arguments, vec![test.with_kind(kind).with_ignored_flag(!is_possible)]).exit_code()
}
