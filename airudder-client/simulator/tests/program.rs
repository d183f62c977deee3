//! The program: flags, the ready line, signals, the control port, and a client of another process.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::Zoned;
use airudder_client::types::TaskStatus;
use airudder_simulator::Simulator;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// A running program; it is killed when dropped.
struct Program {
    child: Child,
    out: BufReader<ChildStdout>,
    url: String,
    control: Option<String>,
    http: reqwest::Client,
}

fn command(flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_airudder-simulator"));
    command.args(flags).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// What a program that does not start says.
async fn refused(flags: &[&str]) -> Output {
    let output = command(flags).output();
    tokio::time::timeout(Duration::from_secs(30), output).await.expect("it ends").expect("it starts")
}

impl Program {
    async fn start(flags: &[&str]) -> Self {
        let mut child = command(flags).spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut line = String::new();
        let ready = out.read_line(&mut line);
        tokio::time::timeout(Duration::from_secs(30), ready).await.expect("it is ready").expect("it speaks");
        let url =
            line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line:?}")).trim_end().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let mut control = None;
        if flags.contains(&"--control-port") {
            let mut errors = BufReader::new(child.stderr.take().expect("it is piped"));
            let mut line = String::new();
            errors.read_line(&mut line).await.expect("it says where");
            control = line.trim_end().strip_prefix("control at ").map(str::to_owned);
            assert!(control.is_some(), "{line:?}");
        }
        let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
        Self { child, out, url, control, http }
    }

    fn client(&self) -> Client {
        Client::builder()
            .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
            .base_url(&self.url)
            .build()
            .expect("URL and credentials are in order")
    }

    /// Gives an order; HTTP status and answer.
    async fn order(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.control.as_deref().expect("it has a control port"));
        let request = self.http.request(method.parse().expect("a method"), url);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.expect("it answers");
        (answer.status().as_u16(), answer.json().await.expect("it answers in JSON"))
    }

    /// Sends a signal; the exit code, and what else it wrote to standard output.
    async fn end(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args([signal, &id]).status().await.expect("there is a kill");
        assert!(sent.success());
        let status = tokio::time::timeout(Duration::from_secs(30), self.child.wait()).await;
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).await.expect("it closes its output");
        (status.expect("it ends").expect("it can be waited for").code(), rest)
    }
}

/// Creates a task of two people, and gives its id.
async fn call_people(
    client: &Client,
    name: &str,
) -> Result<airudder_client::types::TaskId, airudder_client::Error> {
    let contact = |number: &str| {
        CollectionContact::builder()
            .debtor("Jane Doe")
            .mobile(number)
            .loan_date(airudder_client::jiff::civil::date(2026, 2, 1))
            .due_date(airudder_client::jiff::civil::date(2026, 3, 1))
            .loan_amount(300_000)
            .arrears(321_000)
            .build()
    };
    let start = Zoned::now().datetime();
    let task = client
        .collection()
        .create_task()
        .task_name(name)
        .schedule_start_time(start.tomorrow().expect("there is a tomorrow"))
        .schedule_end_time(start.tomorrow().and_then(|day| day.tomorrow()).expect("and another one"))
        .robot_id("robot")
        .sip_line("LINE")
        .details([contact("+447700900001"), contact("+447700900002")])
        .send()
        .await?;
    Ok(task.task_id)
}

#[tokio::test]
async fn a_client_of_another_process_calls_and_sees_the_end_within_seconds() {
    let program = Program::start(&[]).await;
    let client = program.client();
    let task = call_people(&client, "other-process").await.unwrap();
    let mut status = None;
    for _ in 0..300 {
        let detail = client.collection().get_task_detail().task_id(task.clone()).send().await.unwrap();
        status = detail.status;
        if status == Some(TaskStatus::Finished) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status, Some(TaskStatus::Finished));
    // The other families are on the same port.
    client.workflow().list_templates().send().await.unwrap();
    let range = client.predictive_dialer().list_tasks();
    let day = Zoned::now().datetime();
    range.minstarttime(day).maxstarttime(day).limit(1).send().await.unwrap();
    // Other credentials than those are not taken.
    let stranger = Client::builder().credentials("other", "key").base_url(&program.url).build().unwrap();
    assert!(stranger.collection().list_robots().send().await.is_err());
    assert_eq!(program.end("-TERM").await, (Some(0), String::new()));
}

#[tokio::test]
async fn signals_end_it_and_the_state_stays() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json").display().to_string();
    // With a speed schedules are kept: nobody is called before tomorrow.
    let flags = ["--state", &state, "--speed", "1"];
    let program = Program::start(&flags).await;
    let task = call_people(&program.client(), "kept").await.unwrap();
    assert_eq!(program.end("-TERM").await.0, Some(0));

    let program = Program::start(&flags).await;
    let client = program.client();
    let detail = client.collection().get_task_detail().task_id(task.clone()).send().await.unwrap();
    assert_eq!((detail.status, detail.detail.len()), (Some(TaskStatus::Pending), 2));
    let taken = call_people(&client, "kept").await.unwrap_err();
    assert!(taken.to_string().contains("10403"), "{taken}");
    assert_eq!(program.end("-INT").await.0, Some(0));

    // It was killed: what happened more than a second before is there all the same.
    let mut program = Program::start(&flags).await;
    call_people(&program.client(), "killed").await.unwrap();
    for _ in 0..300 {
        if fs::read_to_string(&state).unwrap().contains("killed") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    program.child.kill().await.unwrap();
    let program = Program::start(&flags).await;
    assert!(call_people(&program.client(), "killed").await.is_err());
}

#[tokio::test]
async fn answers_and_faults_come_from_flags() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("robots.json");
    fs::write(&file, r#"[{"RobotID": "canned", "RobotName": "mine"}]"#).unwrap();
    let answer = format!("collection.list_robots={}", file.display());
    let flags = ["--answer", &answer, "--fault", "collection.list_robots=503:2", "--control-port", "0"];
    let program = Program::start(&flags).await;
    let robots = program.client().collection().list_robots().send().await.unwrap();
    assert!(format!("{robots:?}").contains("canned"), "{robots:?}");
    let (_, requests) = program.order("GET", "/requests?endpoint=collection.list_robots", Value::Null).await;
    let statuses: Vec<&Value> = requests.as_array().unwrap().iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, [503, 503, 200]);
}

#[tokio::test]
async fn what_was_asked_lies_in_files_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("fixtures");
    let program = Program::start(&["--record", record.to_str().unwrap(), "--control-port", "0"]).await;
    program.client().collection().list_robots().send().await.unwrap();
    let (_, recorded) = program.order("GET", "/fixtures", Value::Null).await;
    assert_eq!(recorded[0]["endpoint"], "collection.list_robots");
    assert_eq!(program.end("-TERM").await.0, Some(0));
    let fixture = airudder_simulator::Fixture::read(record.join("0001-collection.list_robots.json")).unwrap();
    assert_eq!((fixture.endpoint.as_str(), fixture.status), ("collection.list_robots", 200));
}

#[tokio::test]
async fn the_control_port_takes_orders() {
    let program = Program::start(&["--control-port", "0", "--speed", "0"]).await;
    let client = program.client();
    let task = call_people(&client, "orders").await.unwrap();
    let (status, last) = program.order("GET", "/requests/collection.create_task", Value::Null).await;
    assert_eq!((status, &last["count"], &last["last"]["TaskName"]), (200, &json!(1), &json!("orders")));

    let (_, before) = program.order("GET", "/clock", Value::Null).await;
    let (_, after) = program.order("POST", "/clock", json!({"advance_seconds": 3600})).await;
    let time = |clock: &Value| clock["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert_eq!(time(&after).duration_since(time(&before)).as_secs(), 3_600);
    let detail =
        || async { client.collection().get_task_detail().task_id(task.clone()).send().await.unwrap().status };
    assert_eq!(detail().await, Some(TaskStatus::Pending));
    assert_eq!(program.order("POST", "/play-out", Value::Null).await.0, 200);
    assert_eq!(detail().await, Some(TaskStatus::Finished));

    let canned = json!([{"RobotID": "canned"}]);
    assert_eq!(program.order("PUT", "/answers/collection.list_robots", canned).await.0, 200);
    let robots = client.collection().list_robots().send().await.unwrap();
    assert!(format!("{robots:?}").contains("canned"), "{robots:?}");
    assert_eq!(program.order("DELETE", "/answers/collection.list_robots", Value::Null).await.0, 200);

    let fault = json!({"endpoint": "collection.create_task", "fault": "code-10999"});
    assert_eq!(program.order("POST", "/faults", fault.clone()).await.0, 200);
    assert!(call_people(&client, "fault").await.unwrap_err().to_string().contains("10999"));
    assert_eq!(program.order("POST", "/faults", fault).await.0, 200);
    assert_eq!(program.order("DELETE", "/faults", Value::Null).await.0, 200);
    call_people(&client, "no-fault").await.unwrap();
    assert_eq!(program.order("POST", "/tokens/revoke", Value::Null).await.0, 200);

    let hook = json!({"url": "http://127.0.0.1:1/{key}"});
    assert_eq!(program.order("PUT", "/webhook", hook).await.0, 200);
    let (status, problem) = program.order("POST", "/webhooks/collection.task_finished", json!({})).await;
    assert_eq!(status, 400, "{problem}");
    assert_eq!(program.order("GET", "/deliveries", Value::Null).await.1.as_array().unwrap().len(), 1);

    assert_eq!(program.order("POST", "/reset", Value::Null).await.0, 200);
    assert_eq!(program.order("GET", "/requests", Value::Null).await.1, json!([]));
    call_people(&client, "orders").await.unwrap();

    for (method, path, body, status) in [
        ("GET", "/nothing", Value::Null, 404),
        ("GET", "/requests/no.such_key", Value::Null, 404),
        ("PUT", "/answers/no.such_key", json!(1), 404),
        ("POST", "/faults", json!({"endpoint": "no.such_key", "fault": "reset"}), 404),
        ("POST", "/faults", json!({"endpoint": "*", "fault": "nonsense"}), 400),
        ("POST", "/faults", json!({"fault": "reset"}), 400),
        ("POST", "/clock", json!({"advance_seconds": -1}), 400),
        ("PUT", "/webhook", json!({"url": "nonsense"}), 400),
        ("POST", "/webhooks/no.such_key", json!({}), 404),
    ] {
        let (got, problem) = program.order(method, path, body).await;
        assert_eq!(got, status, "{method} {path}: {problem}");
        assert!(problem["error"].is_string(), "{problem}");
    }
}

#[tokio::test]
async fn a_private_spec_is_played_with_its_own_key_and_codes() {
    let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.yaml");
    let program = Program::start(&["--spec", spec]).await;
    let greet = async |key: &str, body: Value| {
        let request = program.http.post(format!("{}/greet", program.url)).bearer_auth(key).json(&body);
        let answer = request.send().await.expect("it answers");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("it answers in JSON"))
    };
    let (status, answer) = greet("simulator-key", json!({"name": "Jane"})).await;
    assert_eq!(
        (status, &answer["code"], &answer["data"]),
        (200, &json!("ok"), &json!({"greeting": "Hello"}))
    );
    assert_eq!(greet("another-key", json!({"name": "Jane"})).await.0, 401);
    assert_eq!(greet("simulator-key", json!({})).await.1["code"], "no_name");
    let (_, answer) = greet("simulator-key", json!({"name": "Jane", "contacts": [{}]})).await;
    assert_eq!(answer["code"], "bad_request", "{answer}");
}

#[tokio::test]
async fn bad_flags_end_it_with_2_and_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "{").unwrap();
    let broken = format!("collection.list_robots={}", broken.display());
    for (flags, says) in [
        (&["--nonsense"][..], "--nonsense"),
        (&["--port", "x"], "--port"),
        (&["--speed", "-1"], "--speed"),
        (&["--webhook", "nowhere"], "--webhook"),
        (&["--address", "here"], "--address"),
        (&["--fault", "collection.list_tasks"], "KEY=KIND"),
        (&["--fault", "collection.list_tasks=nonsense"], "nonsense"),
        (&["--fault", "no.such_key=reset"], "no.such_key"),
        (&["--answer", "collection.list_robots=/no/such/file"], "/no/such/file"),
        (&["--answer", broken.as_str()], "broken.json"),
        (&["--answer", "no.such_key"], "KEY=FILE"),
        (&["--spec", "/no/such/folder"], "/no/such/folder"),
        (&["--spec", concat!(env!("CARGO_MANIFEST_DIR"), "/../spec")], "api.yaml"),
    ] {
        let output = refused(flags).await;
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{flags:?}: {text}");
        assert!(text.contains(says), "{flags:?}: {text}");
        assert_eq!(output.stdout, b"", "{flags:?}");
    }
}

#[tokio::test]
async fn what_stands_in_the_way_ends_it_with_1() {
    let program = Program::start(&[]).await;
    let port = program.url.rsplit(':').next().unwrap().to_owned();
    let output = refused(&["--port", &port]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains(&port) && text.contains("in use"), "{text}");
    let output = refused(&["--control-port", &port]).await;
    assert_eq!((output.status.code(), output.stdout), (Some(1), Vec::new()));

    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("state.json");
    fs::write(&state, "no state").unwrap();
    let output = refused(&["--state", &shown(&state)]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("state.json"));

    // The state that cannot be saved is no success.
    let nowhere = folder.path().join("none").join("state.json");
    let program = Program::start(&["--state", &shown(&nowhere)]).await;
    assert_eq!(program.end("-TERM").await.0, Some(1));
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
