//! Clients and processes that share their tokens ask for one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use airudder_client::token::{FileTokenStore, MemoryTokenStore, TokenStore};
use airudder_client::{Client, Error};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::client_builder;
use airudder_tests::fleet::{Member, all_call, warnings};
use futures_util::future::join_all;
use tempfile::TempDir;

const AUTH: &str = "auth.get_token";

fn member(simulator: &Simulator, file: &Path) -> Member {
    let store = format!("file:{}", file.display());
    Member::start(env!("CARGO_BIN_EXE_fleet_member"), simulator, &store)
}

fn with_store(simulator: &Simulator, store: impl TokenStore + 'static) -> Client {
    client_builder(simulator).token_store(store).build().unwrap()
}

async fn call(client: &Client) -> Result<(), Error> {
    client.collection().list_robots().send().await.map(|_| ())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_one_process_that_begin_at_once_ask_once() {
    let simulator = Simulator::start().await.unwrap();
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(100)), 1);
    let store = Arc::new(MemoryTokenStore::new());
    let clients: Vec<_> = (0..20).map(|_| with_store(&simulator, Arc::clone(&store))).collect();
    let outcomes = join_all(clients.iter().map(call)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(simulator.auth_requests(), 1);
    simulator.revoke_tokens();
    let outcomes = join_all(clients.iter().map(call)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(simulator.auth_requests(), 2, "one renewal for all");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_processes_over_one_file_ask_once() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    // The folder is made by whoever comes first.
    let file = folder.path().join("private/token.json");
    let mut members: Vec<_> = (0..8).map(|_| member(&simulator, &file)).collect();
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(300)), 1);
    all_call(&mut members, 25);
    assert_eq!((simulator.auth_requests(), simulator.requests("collection.list_robots")), (1, 200));

    simulator.revoke_tokens();
    simulator.inject(AUTH, Fault::Delay(Duration::from_millis(300)), 1);
    all_call(&mut members, 25);
    assert_eq!(simulator.auth_requests(), 2, "one renewal for all");

    // A program that is started again goes on with the token.
    let mut late = [member(&simulator, &file)];
    all_call(&mut late, 1);
    assert_eq!(simulator.auth_requests(), 2);

    let private = file.parent().unwrap();
    assert_eq!((mode(private), mode(&file)), (0o700, 0o600));
    let names = names(private);
    assert_eq!(names.len(), 3, "nothing is left over: {names:?}");
    assert!(names.iter().all(|name| mode(&private.join(name)) == 0o600), "{names:?}");
    assert!(!fs::read_to_string(&file).unwrap().contains(Simulator::APP_KEY));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed_amid_the_renewal_stops_no_other() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token.json");
    let (mut first, mut second) = (member(&simulator, &file), member(&simulator, &file));
    simulator.inject(AUTH, Fault::Delay(Duration::from_secs(3600)), 1);
    first.begin(1);
    asked(&simulator, 1).await;
    second.begin(1);
    first.kill();
    assert_eq!(second.succeeded(), 1, "the lock ended with the process");
    assert_eq!(simulator.auth_requests(), 2);
}

/// Waits until so many tokens were asked for.
async fn asked(simulator: &Simulator, times: usize) {
    while simulator.auth_requests() < times {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_damaged_file_is_a_warning_and_replaced() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token.json");
    let too_long = vec![b' '; 1024 * 1024 + 1];
    let damaged: [&[u8]; 7] =
        [b"", b"{", b"\xff\xfe\0", b"[]", br#"{"a":1}"#, br#"{"a":{"token":"secret-text"}}"#, &too_long];
    for (round, damaged) in damaged.iter().enumerate() {
        fs::write(&file, damaged).unwrap();
        let (lines, guard) = warnings();
        call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
        drop(guard);
        assert_eq!(simulator.auth_requests(), round + 1);
        let text = lines.text();
        assert!(text.contains("damaged") && !text.contains("secret-text"), "{round}: {text}");
        replaced(&simulator, &file).await;
        assert_eq!(mode(&file), 0o600);
    }
    // A token whose end is no time, or is over, is none.
    let healthy = fs::read_to_string(&file).unwrap();
    let end = healthy.split("\"expires_at\": \"").nth(1).unwrap().split('"').next().unwrap();
    for other in ["tomorrow", "2001-01-01T00:00:00Z"] {
        fs::write(&file, healthy.replace(end, other)).unwrap();
        let before = simulator.auth_requests();
        call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
        assert_eq!(simulator.auth_requests(), before + 1, "{other}");
        replaced(&simulator, &file).await;
    }
}

/// Waits until the file has a token again: calls do not wait for it.
async fn replaced(simulator: &Simulator, file: &Path) {
    let good = || {
        let tokens: serde_json::Value = serde_json::from_slice(&fs::read(file).ok()?).ok()?;
        let mut ends = tokens.as_object()?.values().map(|kept| kept["expires_at"].as_str());
        ends.any(|end| end.is_some_and(|end| end > "2026")).then_some(())
    };
    while good().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let before = simulator.auth_requests();
    call(&with_store(simulator, FileTokenStore::new(file).unwrap())).await.unwrap();
    assert_eq!(simulator.auth_requests(), before, "what was written is read");
}

#[tokio::test]
async fn a_link_is_neither_followed_nor_written_through() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let (file, target) = (folder.path().join("token.json"), folder.path().join("elsewhere"));
    fs::write(&target, "precious").unwrap();
    symlink(&target, &file).unwrap();
    let (lines, guard) = warnings();
    call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
    drop(guard);
    assert!(lines.text().contains("it is a link"), "{}", lines.text());
    replaced(&simulator, &file).await;
    assert!(fs::symlink_metadata(&file).unwrap().is_file());
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");

    // So with what was left over, and with the locks.
    fs::remove_file(&file).unwrap();
    symlink(&target, folder.path().join(".token.json.tmp")).unwrap();
    call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
    replaced(&simulator, &file).await;
    fs::remove_file(folder.path().join(".token.json.lock")).unwrap();
    symlink(&target, folder.path().join(".token.json.lock")).unwrap();
    simulator.revoke_tokens();
    call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
    assert_eq!(mode(&target), 0o644);
}

#[tokio::test]
async fn a_file_that_others_can_read_is_made_private() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token.json");
    call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
    replaced(&simulator, &file).await;
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    call(&with_store(&simulator, FileTokenStore::new(&file).unwrap())).await.unwrap();
    assert_eq!((mode(&file), simulator.auth_requests()), (0o600, 1));
}

#[tokio::test]
async fn accounts_share_a_file_and_no_token() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token.json");
    let of = |key: &str| {
        let store = FileTokenStore::new(&file).unwrap();
        let builder = client_builder(&simulator).credentials(key, Simulator::APP_SECRET);
        builder.token_store(store).build().unwrap()
    };
    let kept = || {
        let tokens: serde_json::Value = serde_json::from_slice(&fs::read(&file).unwrap_or_default()).ok()?;
        Some(tokens.as_object()?.len())
    };
    for (index, key) in ["one", "two", "three"].into_iter().enumerate() {
        call(&of(key)).await.unwrap();
        while kept() != Some(index + 1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    for key in ["three", "one", "two"] {
        call(&of(key)).await.unwrap();
    }
    assert_eq!(simulator.auth_requests(), 3, "one for each, which is kept beside the others");
}

#[test]
fn a_place_that_cannot_hold_a_file_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, problem) in [
        (folder.path().to_owned(), "that is no file"),
        (Path::new("/").to_owned(), "names no file"),
        (Path::new("").to_owned(), "tokens cannot be kept in"),
        (file.join("token.json"), "its folder is none"),
        (file.join("deeper/token.json"), "is not made"),
    ] {
        let error = FileTokenStore::new(&path).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(error.to_string().contains(problem), "{}: {error}", path.display());
    }
}

#[tokio::test]
async fn who_holds_a_lock_for_ever_fails_no_call() {
    let simulator = Simulator::start().await.unwrap();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("token.json");
    let store = || FileTokenStore::new(&file).unwrap();
    call(&with_store(&simulator, store())).await.unwrap();
    replaced(&simulator, &file).await;
    // A process that is stopped in the middle: its locks stay.
    let held: Vec<_> = names(folder.path())
        .iter()
        .filter(|name| name.ends_with(".lock") || name.ends_with(".lease"))
        .map(|name| fs::File::open(folder.path().join(name)).unwrap())
        .collect();
    assert_eq!(held.len(), 2);
    held.iter().for_each(|file| file.lock().unwrap());
    simulator.revoke_tokens();
    let client = client_builder(&simulator).timeout(Duration::from_secs(2)).token_store(store());
    let client = client.build().unwrap();
    let (lines, guard) = warnings();
    call(&client).await.expect("it asks for a token of its own");
    assert_eq!(simulator.auth_requests(), 2);
    assert!(lines.text().contains("another has been renewing"), "{}", lines.text());
    while !lines.text().contains("is locked by another process") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(guard);
}

#[test]
fn a_lease_of_a_runtime_that_stands_still_is_not_waited_for() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let serving = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let simulator = serving.block_on(Simulator::start()).unwrap();
    let folder = TempDir::new().unwrap();
    let client = with_store(&simulator, FileTokenStore::new(folder.path().join("token.json")).unwrap());
    simulator.inject(AUTH, Fault::Delay(Duration::from_secs(3600)), 1);
    let (resting, other) = (runtime(), runtime());
    resting.block_on(async {
        tokio::select! {
            _ = call(&client) => panic!("there is no token yet"),
            () = asked(&simulator, 1) => {}
        }
    });
    // Nobody drives the fetch any more, which has the lease.
    let (lines, guard) = warnings();
    other.block_on(call(&client)).unwrap();
    drop(guard);
    assert_eq!((simulator.auth_requests(), lines.text().as_str()), (2, ""));
}
