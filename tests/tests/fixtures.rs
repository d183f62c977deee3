//! The simulator records what was asked, and gives it back as tests need it.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_simulator::{Fault, Fixture, Simulator};
use airudder_tests::{client, client_builder, create_task, fast};

#[tokio::test]
async fn what_was_asked_is_written_and_can_be_answered_again() {
    let simulator = Simulator::start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    client.collection().list_robots().send().await.unwrap();
    assert!(simulator.fixtures().is_empty(), "nobody has asked for it yet");
    simulator.record();
    let task = create_task(&client, "a-task", 1).await.unwrap().task_id;
    simulator.inject("collection.list_tasks", Fault::status(503), 1);
    client.collection().list_tasks().number(5).page(1).send().await.unwrap();
    simulator.revoke_tokens();
    client.collection().stop_task().task_id(&task).send().await.unwrap();

    let keys: Vec<(String, u16)> =
        simulator.fixtures().into_iter().map(|fixture| (fixture.endpoint, fixture.status)).collect();
    let expected = [
        ("collection.create_task", 200),
        ("collection.list_tasks", 503),
        ("collection.list_tasks", 200),
        ("collection.stop_task", 401),
        ("collection.stop_task", 200),
    ];
    assert_eq!(keys, expected.map(|(key, status)| (key.to_owned(), status)), "and no request for a token");

    let folder = tempfile::tempdir().unwrap();
    let files = simulator.save_fixtures(folder.path().join("new")).unwrap();
    let names: Vec<_> = files.iter().map(|file| file.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!((names.len(), names[0]), (5, "0001-collection.create_task.json"));
    let again = simulator.save_fixtures(folder.path().join("new")).unwrap();
    assert!(again.iter().all(|file| !files.contains(file)), "nothing is overwritten");
    let written: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert!(!written.contains(Simulator::APP_SECRET), "no key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&files[0]).unwrap().permissions().mode() & 0o777, 0o600);
    }

    let fixture = Fixture::read(&files[0]).unwrap();
    assert_eq!(fixture.request["TaskName"], "a-task");
    let other = Simulator::start().await.unwrap();
    assert!(other.answer_as(&fixture));
    let answered = create_task(&client_of(&other), "b-task", 1).await.unwrap();
    assert_eq!(answered.task_id, task, "the recorded answer");
    assert!(Fixture::read(folder.path().join("missing")).is_err());
}

fn client_of(simulator: &Simulator) -> airudder_client::Client {
    client(simulator)
}

/// Two runs from one seed ask and answer the same.
#[tokio::test]
async fn the_same_seed_gives_the_same_answers() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let start = "2026-03-02T00:00:00Z".parse().unwrap();
        let simulator = Simulator::builder().seed(7).speed(0.0).starts_at(start).start().await.unwrap();
        let client = client(&simulator);
        simulator.record();
        let task = create_task(&client, "a-task", 20).await.unwrap().task_id;
        simulator.play_out().await;
        client.collection().get_task_detail().task_id(&task).send().await.unwrap();
        runs.push(simulator.fixtures());
    }
    assert_eq!(runs[0], runs[1]);
}
