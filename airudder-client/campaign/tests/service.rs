//! The example of a receiver and three workers on PostgreSQL, as people run it: twice.
//!
//! This program is the example itself, when it is started with `DATABASE_URL`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/postgres.rs"]
mod postgres;
#[path = "../examples/campaign_service.rs"]
mod service;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};

fn run_twice() -> Result<(), Failed> {
    let programs = postgres::programs().ok_or("PostgreSQL is not installed: apt-get install postgresql")?;
    let server = postgres::Server::start(programs);
    let url = server.database();
    let list = tempfile::NamedTempFile::new()?;
    let row = |n: usize| format!("Jane Doe,+62812{n:08},2026-02-01,2026-03-03,300000,321000,r{n}\n");
    let header = "debtor,mobile,loan_date,due_date,loan_amount,arrears,comments\n";
    std::fs::write(list.path(), header.to_owned() + &(0..150).map(row).collect::<String>())?;
    for _ in 0..2 {
        let output = command(list.path(), &url).output()?;
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let outcomes = text.lines().find(|line| line.contains("with an outcome"));
        let is_good = outcomes.is_some_and(|line| line.split_whitespace().nth(3) == Some("150"));
        assert!(output.status.success() && is_good, "{text}");
    }
    Ok(())
}

fn command(list: &Path, url: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(list).env("DATABASE_URL", url).env_remove("AIRUDDER_APP_KEY");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn main() -> ExitCode {
    if std::env::var_os("DATABASE_URL").is_some() {
        return match service::main() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let is_ignored = postgres::programs().is_none() && std::env::var_os("CI").is_none();
    let kind = if is_ignored { "no initdb here: install postgresql" } else { "" };
    let test = Trial::test("run_twice", run_twice);
    let tests = vec![test.with_kind(kind).with_ignored_flag(is_ignored)];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}
