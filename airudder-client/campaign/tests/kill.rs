//! `kill -9` of runners, of the receiver and of the program that loads the list, at random moments, under
//! faults and on a disk that is full once: nobody is rung twice, and nothing is lost.
//!
//! The list is as people have it ([`messy`]). The parent has the simulator and stands between it and the
//! receiver: it loses, doubles and reorders messages, and notes which were acknowledged. Loader, workers and
//! receiver are this same program, started with `AIRUDDER_TEST_ROLE`. `AIRUDDER_TEST_PEOPLE` (rows of the
//! list) and `AIRUDDER_TEST_KILLS` make it longer.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/messy.rs"]
mod messy;
#[path = "support/place.rs"]
mod place;
#[cfg(feature = "postgres")]
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/small_disk.rs"]
mod small_disk;
#[path = "support/torture.rs"]
mod torture;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::place::Place;
use crate::small_disk::{SmallDisk, Way};

const ON_SQLITE: &str = "one_runner_on_sqlite";

/// Room for the ledger, and not much more.
fn kilobytes() -> usize {
    64 * 1024 + 10 * torture::rows()
}

fn on_sqlite() -> Result<(), Failed> {
    if small_disk::way() == Way::InNamespace {
        return small_disk::again_in_namespace(ON_SQLITE);
    }
    let place = Place::sqlite();
    let disk = SmallDisk::mount(place.folder.path(), kilobytes());
    torture::run(&place, 1, disk.as_ref());
    Ok(())
}

/// The log of the server lies on another disk: it is the tables for which no room is left.
#[cfg(feature = "postgres")]
fn on_postgres() -> Result<(), Failed> {
    let programs = postgres::programs().ok_or("PostgreSQL is not installed: apt-get install postgresql")?;
    let place = Place::sqlite();
    // In a namespace of its own it would be root, which PostgreSQL refuses.
    let disk = SmallDisk::mount(place.folder.path(), kilobytes());
    let server = postgres::Server::start(programs);
    let url = match &disk {
        Some(_) => server.database_in(place.folder.path()),
        None => server.database(),
    };
    torture::run(&Place { url: Some(url), ..place }, 3, disk.as_ref());
    // Its files lie on the disk.
    drop(server);
    Ok(())
}

fn main() -> ExitCode {
    if let Ok(role) = std::env::var("AIRUDDER_TEST_ROLE") {
        return torture::play(&role);
    }
    let arguments = Arguments::from_args();
    #[cfg_attr(not(feature = "postgres"), allow(unused_mut, reason = "there are more with PostgreSQL"))]
    let mut tests = vec![Trial::test(ON_SQLITE, on_sqlite)];
    #[cfg(feature = "postgres")]
    {
        let is_ignored = postgres::programs().is_none() && std::env::var_os("CI").is_none();
        let kind = if is_ignored { "no initdb here: install postgresql" } else { "" };
        let test = Trial::test("three_runners_on_postgres", on_postgres);
        tests.push(test.with_kind(kind).with_ignored_flag(is_ignored));
    }
    libtest_mimic::run(&arguments, tests).exit_code()
}
