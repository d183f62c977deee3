//! `kill -9` of runners and of the receiver at random moments, under faults: nobody is rung twice, and
//! nothing is lost.
//!
//! The parent has the simulator and stands between it and the receiver: it loses, doubles and reorders
//! messages, and notes which were acknowledged. Workers and receiver are this same program, started with
//! `AIRUDDER_TEST_ROLE`. `AIRUDDER_TEST_PEOPLE` and `AIRUDDER_TEST_KILLS` make it longer.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/place.rs"]
mod place;
#[cfg(feature = "postgres")]
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/torture.rs"]
mod torture;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::place::Place;

fn on_sqlite() -> Result<(), Failed> {
    torture::run(&Place::sqlite(), 1);
    Ok(())
}

#[cfg(feature = "postgres")]
fn on_postgres() -> Result<(), Failed> {
    let programs = postgres::programs().ok_or("PostgreSQL is not installed: apt-get install postgresql")?;
    let server = postgres::Server::start(programs);
    torture::run(&Place { url: Some(server.database()), ..Place::sqlite() }, 3);
    Ok(())
}

fn main() -> ExitCode {
    if let Ok(role) = std::env::var("AIRUDDER_TEST_ROLE") {
        return torture::play(&role);
    }
    let arguments = Arguments::from_args();
    #[cfg_attr(not(feature = "postgres"), allow(unused_mut, reason = "there are more with PostgreSQL"))]
    let mut tests = vec![Trial::test("one_runner_on_sqlite", on_sqlite)];
    #[cfg(feature = "postgres")]
    {
        let is_ignored = postgres::programs().is_none() && std::env::var_os("CI").is_none();
        let kind = if is_ignored { "no initdb here: install postgresql" } else { "" };
        let test = Trial::test("three_runners_on_postgres", on_postgres);
        tests.push(test.with_kind(kind).with_ignored_flag(is_ignored));
    }
    libtest_mimic::run(&arguments, tests).exit_code()
}
