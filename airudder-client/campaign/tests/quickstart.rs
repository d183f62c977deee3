//! The quickstart, as people run it: twice, interrupted, without its ledger, with odd lists.
//!
//! This program is the quickstart itself, when it is started with `AIRUDDER_TEST_QUICKSTART`.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "../examples/quickstart.rs"]
mod quickstart;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use tempfile::TempDir;

const HEADER: &str = "debtor,mobile,loan_date,due_date,loan_amount,arrears,comments\n";

struct Bench {
    folder: TempDir,
    list: PathBuf,
    variables: Vec<(&'static str, String)>,
}

impl Bench {
    fn new(people: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list.csv");
        let row = |n: usize| format!("Jane Doe,+62812{n:08},2026-02-01,2026-03-03,300000,321000,r{n}\n");
        fs::write(&list, HEADER.to_owned() + &(0..people).map(row).collect::<String>()).unwrap();
        Self { folder, list, variables: Vec::new() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(arguments).arg(&self.list);
        command.env_remove("AIRUDDER_APP_KEY").env_remove("AIRUDDER_BASE_URL");
        command.env("AIRUDDER_TEST_QUICKSTART", "1").env("AIRUDDER_QUICKSTART", self.data());
        command.envs(self.variables.iter().cloned());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        said(self.command(arguments).output().unwrap())
    }

    fn start(&self) -> Child {
        self.command(&[]).spawn().unwrap()
    }

    /// How often each number was rung, as the simulator has it on disk.
    fn rung(&self) -> HashMap<String, usize> {
        let state: Value =
            serde_json::from_slice(&fs::read(self.data().join("simulator.json")).unwrap()).unwrap();
        let mut rung = HashMap::new();
        count_calls(&state, &mut rung);
        rung
    }

    fn results(&self) -> String {
        fs::read_to_string(self.data().join("results.csv")).unwrap()
    }
}

/// Contacts, wherever they stand in the state: objects with a number and calls.
fn count_calls(value: &Value, rung: &mut HashMap<String, usize>) {
    match value {
        Value::Object(object) => {
            if let (Some(Value::String(number)), Some(Value::Array(calls))) =
                (object.get("number"), object.get("calls"))
            {
                *rung.entry(number.clone()).or_default() += calls.len();
            }
            object.values().for_each(|value| count_calls(value, rung));
        }
        Value::Array(list) => list.iter().for_each(|value| count_calls(value, rung)),
        _ => {}
    }
}

fn said(output: Output) -> (bool, String) {
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

fn check(rung: &HashMap<String, usize>, people: usize, each: usize) {
    assert_eq!(rung.len(), people);
    assert!(rung.values().all(|times| *times == each), "{rung:?}");
}

fn a_second_run_calls_nobody_and_shows_the_same() {
    let bench = Bench::new(30);
    let (good, first) = bench.run(&[]);
    assert!(good && first.contains("30 new people") && first.contains("One recording"), "{first}");
    check(&bench.rung(), 30, 1);
    let results = bench.results();
    let (good, second) = bench.run(&[]);
    assert!(good && second.contains("0 new people, 30 known already"), "{second}");
    assert_eq!(bench.results(), results);
    check(&bench.rung(), 30, 1);
    // A new campaign, and the one after it is the same.
    assert!(bench.run(&["--fresh"]).0 && bench.run(&[]).0);
    check(&bench.rung(), 30, 2);
}

fn without_its_ledger_nobody_is_called_again() {
    let bench = Bench::new(30);
    assert!(bench.run(&[]).0);
    let results = bench.results();
    for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
        let _ = fs::remove_file(bench.data().join(name));
    }
    let (good, text) = bench.run(&[]);
    assert!(good && text.contains("30 new people"), "{text}");
    check(&bench.rung(), 30, 1);
    let count = |text: &str| text.matches(",finished,").count();
    assert_eq!(count(&bench.results()), count(&results));
}

fn interrupted_at_any_moment_it_goes_on(signal: &str) {
    let bench = Bench::new(60);
    for pause in [30, 120, 300, 700, 1_500] {
        let mut child = bench.start();
        std::thread::sleep(Duration::from_millis(pause));
        Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
    }
    let (good, text) = bench.run(&[]);
    assert!(good && text.contains("with an outcome          60"), "{text}");
    check(&bench.rung(), 60, 1);
}

fn a_list_of_which_half_is_bad() {
    let bench = Bench::new(1_500);
    let mut list = fs::read_to_string(&bench.list).unwrap();
    for n in 0..1_500 {
        list += &format!(",0812,2026-02-01,2026-03-03,300000,321000,bad{n}\n");
    }
    fs::write(&bench.list, list).unwrap();
    let (good, text) = bench.run(&[]);
    assert!(good && text.contains("3000 rows: 1500 new people, 0 known already, 1500 refused."), "{text}");
    assert!(text.len() < 8_000, "{} characters", text.len());
    assert_eq!(fs::read_to_string(bench.data().join("refused.csv")).unwrap().lines().count(), 1_501);
}

fn one_who_does_not_answer() {
    // Which number is not answered depends on the seed of the simulator.
    let bench = Bench::new(30);
    assert!(bench.run(&[]).0);
    let results = bench.results();
    let row = results.lines().find(|line| line.contains(",finished,no,")).unwrap();
    let number = row.split(',').nth(2).unwrap();
    let one = Bench::new(0);
    let row = format!("Jane Doe,{number},2026-02-01,2026-03-03,300000,321000,r\n");
    fs::write(&one.list, HEADER.to_owned() + &row).unwrap();
    let (good, text) = one.run(&[]);
    assert!(good && text.contains("Nobody talked, so there is no recording."), "{text}");
}

fn nobody_answers_and_other_mistakes_are_said_clearly() {
    let mut bench = Bench::new(3);
    let account = [
        ("AIRUDDER_APP_KEY", "key"),
        ("AIRUDDER_APP_SECRET", "secret"),
        ("AIRUDDER_BASE_URL", "http://127.0.0.1:9"),
    ];
    bench.variables = account.map(|(name, value)| (name, value.to_owned())).into();
    let (good, text) = bench.run(&[]);
    assert!(!good && text.contains("set AIRUDDER_ROBOT_ID"), "{text}");
    bench.variables.extend([("AIRUDDER_ROBOT_ID", "r".to_owned()), ("AIRUDDER_SIP_LINE", "l".to_owned())]);
    let (good, text) = bench.run(&[]);
    assert!(!good && text.to_lowercase().contains("connect"), "{text}");
    assert!(text.len() < 2_000 && !text.contains("secret"), "{text}");
    // Real people are not called without a person who says so.
    bench.variables[2].1 = "https://nobody.invalid".to_owned();
    let (good, text) = bench.run(&[]);
    assert!(good && text.contains("nobody is there to confirm it"), "{text}");
    fs::remove_file(&bench.list).unwrap();
    let (good, text) = bench.run(&[]);
    assert!(!good && text.contains("list.csv"), "{text}");
    let damaged = Bench::new(3);
    fs::create_dir_all(damaged.data()).unwrap();
    fs::write(Path::new(&damaged.data()).join("ledger.sqlite"), "not a ledger at all, is it? no, it is not.")
        .unwrap();
    let (good, text) = damaged.run(&[]);
    assert!(!good && text.contains("the ledger is damaged, or no ledger at all"), "{text}");
}

fn main() -> ExitCode {
    if std::env::var_os("AIRUDDER_TEST_QUICKSTART").is_some() {
        return quickstart::main();
    }
    let arguments = Arguments::from_args();
    let trial = |name: &'static str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok::<(), Failed>(())
        })
    };
    let mut tests = vec![
        trial("a_second_run_calls_nobody_and_shows_the_same", a_second_run_calls_nobody_and_shows_the_same),
        trial("without_its_ledger_nobody_is_called_again", without_its_ledger_nobody_is_called_again),
        trial("a_list_of_which_half_is_bad", a_list_of_which_half_is_bad),
        trial("one_who_does_not_answer", one_who_does_not_answer),
        trial("mistakes_are_said_clearly", nobody_answers_and_other_mistakes_are_said_clearly),
    ];
    if cfg!(unix) {
        tests
            .push(trial("killed_at_any_moment_it_goes_on", || interrupted_at_any_moment_it_goes_on("-KILL")));
        tests.push(trial("interrupted_at_any_moment_it_goes_on", || {
            interrupted_at_any_moment_it_goes_on("-INT")
        }));
        tests.push(trial("ended_at_any_moment_it_goes_on", || interrupted_at_any_moment_it_goes_on("-TERM")));
    }
    libtest_mimic::run(&arguments, tests).exit_code()
}
