//! The example of sixty lines does the whole job, and has sixty lines at most.
//!
//! This program is the example itself, when it is started with `AIRUDDER_TEST_EXAMPLE`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "../examples/sixty_lines.rs"]
mod example;

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};

use airudder_simulator::Simulator;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

const SECRET: &str = "kZ0vQx7w2uYbN4mEr9TfLs1p";
const LIST: &str = "Nama;No HP;Tgl Pinjam;Jatuh Tempo;Pinjaman;Tunggakan;Ref\r\n\
    Jane;0812-3456-7890;31/01/2026;28/03/2026;300.000,00;Rp 321.500,75;r1\r\n\
    John;0812;01/02/2026;28/03/2026;300.000;321.000;r2\r\n\
    Jim;+62 813 3456 7890;2026-02-01;28 Mar 2026;300.000;321.000;r3\r\n\
    Jane;6281234567890;2026-01-31;28/03/2026;300.000,-;Rp 321.500,75;r1\r\n\
    Joan;081434567890;01/02/2026;28/03/2026;300.000;321.000;r4\r\n";

fn has_sixty_lines() -> Result<(), Failed> {
    let lines = include_str!("../examples/sixty_lines.rs").lines().count();
    if lines > 60 { Err(format!("it has {lines}").into()) } else { Ok(()) }
}

fn does_the_whole_job() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("people.csv"), LIST)?;
    std::fs::write(folder.path().join("do-not-call.csv"), "phone\n(0814) 3456-7890\n")?;
    let runtime = Runtime::new()?;
    let rung = Arc::new(Mutex::new(HashMap::<String, u32>::new()));
    let count = Arc::clone(&rung);
    let builder = Simulator::builder().speed(600.0).outcomes(move |number, _| {
        *count.lock().unwrap().entry(number.to_owned()).or_default() += 1;
        None
    });
    let simulator = runtime.block_on(builder.start())?;
    for _ in 0..2 {
        let (good, text) = run(folder.path(), &simulator);
        assert!(good, "{text}");
        assert!(text.contains("5 rows: 2 accepted, 2 refused, 1 merged"), "{text}");
        let results = std::fs::read_to_string(folder.path().join("results.csv"))?;
        assert_eq!(results.matches(",finished,").count(), 2, "{results}");
    }
    let refused = std::fs::read_to_string(folder.path().join("refused.csv"))?;
    assert!(refused.contains("phone_too_short") && refused.contains("do_not_call"), "{refused}");
    let rung = rung.lock().unwrap();
    assert!(rung.len() == 2 && rung.values().all(|times| *times == 1), "{rung:?}");
    // The second run heard of nobody anew, and the first by webhooks.
    assert!(simulator.deliveries().iter().any(|delivery| delivery.status == Some(200)));
    Ok(())
}

fn run(folder: &Path, simulator: &Simulator) -> (bool, String) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    simulator.deliver_to(format!("http://127.0.0.1:{port}/{SECRET}/{{key}}"));
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("people.csv").current_dir(folder).stdin(Stdio::null());
    command.env("AIRUDDER_TEST_EXAMPLE", "1").env("AIRUDDER_BASE_URL", simulator.base_url());
    command.env("AIRUDDER_APP_KEY", Simulator::APP_KEY).env("AIRUDDER_APP_SECRET", Simulator::APP_SECRET);
    command
        .env("AIRUDDER_ROBOT_ID", "robot")
        .env("AIRUDDER_SIP_LINE", "LINE")
        .env("AIRUDDER_TIME_ZONE", "UTC");
    command.env("WEBHOOK_LISTEN", format!("127.0.0.1:{port}")).env("WEBHOOK_SECRET", SECRET);
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn main() -> ExitCode {
    if std::env::var_os("AIRUDDER_TEST_EXAMPLE").is_some() {
        return match example::main() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let tests = vec![
        Trial::test("has_sixty_lines", has_sixty_lines),
        Trial::test("does_the_whole_job", does_the_whole_job),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}
