//! The suite on PostgreSQL, on a server of its own.
//!
//! Without PostgreSQL's programs every test is listed as ignored; in CI it is not.

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
#[path = "support/postgres.rs"]
mod postgres;
#[path = "suite/results.rs"]
mod results;
#[path = "suite/running.rs"]
mod running;
#[path = "suite/list.rs"]
#[macro_use]
mod list;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use crate::bench::Bench;
use crate::place::Place;
use crate::postgres::Server;

/// Started by the first test that needs it.
type Shared = Arc<Mutex<Option<Server>>>;

fn place(shared: &Shared) -> Place {
    let mut server = shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let programs = || postgres::programs().expect("PostgreSQL is not installed: apt-get install postgresql");
    let url = server.get_or_insert_with(|| Server::start(programs())).database();
    Place { url: Some(url), ..Place::sqlite() }
}

fn run(test: impl Future<Output = ()>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(test);
    Ok(())
}

async fn not_there() {
    use airudder_campaign::{Error, Ledger, LedgerProblem};
    // A port that nobody listens at.
    let url = "postgres://somebody:password@127.0.0.1:9/campaigns";
    let opened = tokio::time::timeout(Duration::from_secs(20), Ledger::connect(url)).await.unwrap();
    let Err(Error::Ledger(error)) = opened else { panic!() };
    assert_eq!(error.problem(), LedgerProblem::Unreachable, "{error}");
    assert!(!format!("{error} {error:?}").contains("password"), "{error:?}");
    for url in ["sqlite://ledger", "mysql://localhost/a", "", "ledger"] {
        assert!(matches!(Ledger::connect(url).await, Err(Error::Setting(_))), "{url}");
    }
}

/// A message about the task of the batch that is there, which waits for it.
async fn put_aside(pool: &sqlx::AnyPool, id: &str) {
    let text = format!(
        "INSERT INTO message (id, webhook, body, arrived, copies, state)
             VALUES ('{id}', 'collection.call_finished', '{{}}', 0, 1, 'waiting');
         INSERT INTO message_task (task, message) SELECT task, '{id}' FROM batch;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(pool).await.unwrap();
}

async fn woken_later(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(bench::people(5)).await.unwrap();
    let run = || async { bench.run(&campaign).start().await.unwrap().finish().await.unwrap() };
    run().await;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    put_aside(&pool, "first").await;
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("SELECT id FROM message WHERE id = 'first' FOR UPDATE").execute(&mut *lock).await.unwrap();
    // Another runner puts a message aside while this one wakes the first, and waits for the lock.
    let meanwhile = async {
        let is_waiting = "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
            WHERE NOT l.granted AND a.datname = current_database()";
        for _ in 0..1_000 {
            let waiting: i64 = sqlx::query_scalar(is_waiting).fetch_one(&pool).await.unwrap();
            if waiting > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        put_aside(&pool, "second").await;
        lock.rollback().await.unwrap();
    };
    tokio::join!(run(), meanwhile);
    let messages = bench.ledger.messages().await.unwrap();
    assert_eq!((messages.get("waiting"), messages.values().sum::<u64>()), (None, 2), "{messages:?}");
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_here = postgres::programs().is_some();
    let is_ignored = !is_here && std::env::var_os("CI").is_none();
    let kind = if is_ignored { "no initdb here: install postgresql" } else { "" };
    let shared = Shared::default();
    let mut tests = Vec::new();
    macro_rules! on_postgres {
        ($($module:ident: $($test:ident),+;)+) => {
            $($({
                let shared = Arc::clone(&shared);
                let name = concat!(stringify!($module), "::", stringify!($test));
                let test = move || run(crate::$module::$test(place(&shared)));
                tests.push(Trial::test(name, test).with_kind(kind).with_ignored_flag(is_ignored));
            })+)+
        };
    }
    suite!(on_postgres);
    let shared_by_last = Arc::clone(&shared);
    let test = move || run(woken_later(place(&shared_by_last)));
    let name = "what_is_put_aside_while_others_are_woken_is_woken_later";
    tests.push(Trial::test(name, test).with_kind(kind).with_ignored_flag(is_ignored));
    tests.push(Trial::test("a_server_that_is_not_there_is_told_so", || run(not_there())));
    let conclusion = libtest_mimic::run(&arguments, tests);
    // Ends the server.
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    conclusion.exit_code()
}
