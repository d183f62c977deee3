//! The client for synchronous programs: no test here is asynchronous, the simulator has a runtime of its own.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use airudder_client::blocking::Client;
use airudder_client::collection::{GetTaskDetail, GetTaskRecordings, ListTasks, StopTask};
use airudder_client::{CreateOutcome, Error};
use airudder_simulator::{CallOutcome, Fault, Simulator};
use airudder_tests::{client_builder, fast, task};
use tokio::runtime::Runtime;

struct World {
    simulator: Simulator,
    runtime: Runtime,
}

impl World {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let talk = std::time::Duration::from_secs(20);
        let builder =
            Simulator::builder().outcomes(move |_, _| Some(CallOutcome::Connected { intention: 'A', talk }));
        let simulator = runtime.block_on(builder.start()).unwrap();
        Self { simulator, runtime }
    }

    fn client(&self) -> Client {
        Client::new(client_builder(&self.simulator).retry(fast()).build().unwrap()).unwrap()
    }
}

#[test]
fn requests_are_executed() {
    let world = World::new();
    let client = world.client();
    let task_id = client.execute(&task("a-task", 2)).unwrap().task_id;
    world.runtime.block_on(world.simulator.play_out());
    let response = client.execute_full(&GetTaskDetail::builder().task_id(&task_id).build()).unwrap();
    assert_eq!((response.status, response.data.detail.len()), (200, 2));
    assert!(client.check(&task("", 1)).unwrap().iter().any(|violation| violation.name() == "TaskName"));
    let CreateOutcome::Found(found) = client.find_or_create(&task("a-task", 2)).unwrap() else {
        panic!("created twice")
    };
    assert_eq!(found.id, Some(task_id.clone()));
    assert_eq!(client.find_task("a-task").unwrap().unwrap().id, Some(task_id));
    let robots = client.run(client.as_async().collection().list_robots().send());
    robots.unwrap();
}

#[test]
fn lists_are_iterators() {
    let world = World::new();
    let client = world.client();
    for n in 0..5 {
        client.execute(&task(&format!("task-{n}"), 1)).unwrap();
    }
    let request = ListTasks::builder().number(2).page(1).build();
    assert_eq!(client.stream(request.clone()).map(Result::unwrap).count(), 3);
    assert_eq!(client.stream(request.clone()).items().map(Result::unwrap).count(), 5);
    let mut short = client.stream(request.clone()).max_pages(1);
    assert!(short.next().unwrap().is_ok());
    assert!(matches!(short.next(), Some(Err(Error::Decode(_)))), "not the end, and it says so");
    assert!(short.next().is_none());

    world.simulator.inject("collection.list_tasks", Fault::WrongCode(10302), 9);
    let mut failing = client.stream(request);
    assert!(failing.next().unwrap().is_err());
    assert!(failing.next().is_none(), "an error ends it");
}

#[test]
fn recordings_are_written_to_files() {
    let world = World::new();
    let client = world.client();
    let task_id = client.execute(&task("a-task", 1)).unwrap().task_id;
    world.runtime.block_on(world.simulator.play_out());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recordings.zip");
    let length = client.download_to(&GetTaskRecordings::builder().task_id(task_id).build(), &path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap().len() as u64, length);
    assert!(length > 0);
    let refused = client.download_link_to("http://192.168.0.1/a.wav", folder.path().join("b"));
    assert!(matches!(refused, Err(Error::Decode(_))), "{refused:?}");
}

#[test]
fn threads_share_a_client_and_its_token() {
    let world = World::new();
    let client = world.client();
    std::thread::scope(|scope| {
        for n in 0..8 {
            let client = client.clone();
            scope.spawn(move || client.execute(&task(&format!("task-{n}"), 1)).unwrap());
        }
    });
    assert_eq!(world.simulator.requests("collection.create_task"), 8);
    assert_eq!(world.simulator.auth_requests(), 1);
}

#[test]
fn inside_of_a_runtime_it_is_refused_and_nothing_is_sent() {
    let world = World::new();
    let client = world.client();
    world.runtime.block_on(async {
        let error = client.execute(&StopTask::builder().task_id("1").build()).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{error}");
        assert!(error.to_string().contains("airudder_client::Client"), "{error}");
        let mut pages = client.stream(ListTasks::builder().number(2).page(1).build());
        assert!(matches!(pages.next(), Some(Err(Error::Config(_)))));
        assert!(pages.next().is_none());
        // Dropping a runtime here would panic.
        drop(pages);
        drop(client);
    });
    assert_eq!(world.simulator.log().len(), 0);
}
