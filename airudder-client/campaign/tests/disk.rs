//! No room on the disk: said clearly, and nothing that was acknowledged is lost.
//!
//! It needs a small file system, which only root may mount: elsewhere it is listed as ignored.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::path::Path;
use std::process::{Command, ExitCode};

use airudder_campaign::{Error, Inbox, Ledger, LedgerProblem};
use libtest_mimic::{Arguments, Failed, Trial};

/// A file system of a few hundred kilobytes, as long as it is there.
struct Small(tempfile::TempDir);

impl Small {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=512k", "tmpfs"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn grow(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,size=64m"]).arg(self.path());
        assert!(mount.status().unwrap().success());
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.path()).status();
    }
}

fn no_room_on_the_disk() -> Result<(), Failed> {
    let disk = Small::mount().ok_or("a small file system could not be mounted")?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let path = disk.path().join("ledger");
        let ledger = Ledger::open(&path).await.unwrap();
        let inbox = Inbox::new(&ledger);
        let message = |n: u64| format!(r#"{{"TaskID": "{n}", "Filler": "{}"}}"#, "x".repeat(2_000));
        let mut acknowledged = 0;
        let error = loop {
            match inbox.store("collection.call_finished", message(acknowledged)).await {
                Ok(()) => acknowledged += 1,
                Err(error) => break error,
            }
            assert!(acknowledged < 10_000, "it is never full");
        };
        let Error::Ledger(error) = error else { panic!("{error}") };
        assert_eq!(error.problem(), LedgerProblem::Full, "{error}");
        assert!(error.to_string().starts_with("no room is left for the ledger"), "{error}");
        // As if the process had died of it, and somebody had made room.
        ledger.close().await;
        disk.grow();
        let ledger = Ledger::open(&path).await.unwrap();
        assert_eq!(ledger.messages().await.unwrap()["new"], acknowledged);
        Inbox::new(&ledger).store("collection.call_finished", message(acknowledged)).await.unwrap();
        ledger.close().await;
    });
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_possible = cfg!(target_os = "linux") && Small::mount().is_some();
    let kind = if is_possible { "" } else { "only root may mount a small file system" };
    let test = Trial::test("no_room_on_the_disk", no_room_on_the_disk);
    libtest_mimic::run(&arguments, vec![test.with_kind(kind).with_ignored_flag(!is_possible)]).exit_code()
}
