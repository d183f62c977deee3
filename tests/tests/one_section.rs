//! Real cargo on a consumer's crate that takes one section of the client and no other: its calls get their
//! token all the same, though the token endpoint belongs to a section that is not there.
//!
//! The consumer lies outside the workspace, as consumers do, and uses its target directory and its lock file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MANIFEST: &str = r#"[package]
name = "one-section"
version = "0.0.0"
edition = "2024"
publish = false

[workspace]

[features]
workflow = ["airudder-client/workflow"]
predictive_dialer = ["airudder-client/predictive_dialer"]
sms = ["airudder-client/sms"]

[dependencies]
airudder-client = { path = "CLIENT", default-features = false }

[dev-dependencies]
airudder-simulator = { path = "CLIENT/simulator" }
# With the features that it has in the workspace, and the same profile: what is built there of the registry
# is used again.
tokio = { version = "1", features = ["macros", "process", "rt-multi-thread", "signal", "test-util"] }

[profile.dev]
debug = "line-tables-only"
"#;

const CALLS: &str = r#"
#[cfg(feature = "predictive_dialer")]
use airudder_client::jiff::civil::date;
#[cfg(feature = "workflow")]
use airudder_client::workflow;
use airudder_client::{Client, ClientBuilder};
use airudder_simulator::Simulator;

async fn simulator() -> (Simulator, ClientBuilder) {
    let simulator = Simulator::builder().stateless(true).start().await.unwrap();
    let builder = Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url());
    (simulator, builder)
}

#[cfg(feature = "workflow")]
#[tokio::test]
async fn workflow_calls_with_the_token_of_the_cloud_family() {
    let (simulator, builder) = simulator().await;
    let nobody = [(String::new(), String::new()); 0];
    let people = [workflow::Contact::builder().callee("+447700900001").variables(nobody).build()];
    let contacts = builder.build().unwrap().workflow().add_contacts();
    contacts.workflow_id("00000000000000000000000000000001").details(people).send().await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests("workflow.add_contacts")), (1, 1));
}

#[cfg(feature = "predictive_dialer")]
#[tokio::test]
async fn predictive_dialer_calls_with_a_token_of_its_own() {
    let (simulator, builder) = simulator().await;
    let (from, to) = (date(2026, 3, 2).at(0, 0, 0, 0), date(2026, 3, 3).at(0, 0, 0, 0));
    let tasks = builder.build().unwrap().predictive_dialer().list_tasks();
    tasks.minstarttime(from).maxstarttime(to).limit(500).send().await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests("predictive_dialer.list_tasks")), (1, 1));
    assert_eq!(simulator.requests("predictive_dialer.get_token"), 1);
}

#[cfg(feature = "sms")]
#[tokio::test]
async fn sms_calls_with_the_token_of_the_cloud_family() {
    let (simulator, builder) = simulator().await;
    let client = builder.build().unwrap();
    let message = client.sms().send_message().to(["+447700900001".into()]).message("hello");
    message.from("ACME").send().await.unwrap();
    assert_eq!((simulator.auth_requests(), simulator.requests("sms.send_message")), (1, 1));
}
"#;

/// One test and not three: the builds would wait for one another.
#[test]
fn a_section_by_itself_gets_its_token() {
    let consumer = Consumer::new();
    for (section, test) in [
        ("workflow", "workflow_calls_with_the_token_of_the_cloud_family"),
        ("predictive_dialer", "predictive_dialer_calls_with_a_token_of_its_own"),
        ("sms", "sms_calls_with_the_token_of_the_cloud_family"),
    ] {
        let output = consumer.test(section);
        assert!(output.contains(&format!("test {test} ... ok")), "{section}: {output}");
        assert!(output.contains("test result: ok. 1 passed;"), "{section} alone: {output}");
    }
}

struct Consumer {
    root: PathBuf,
    target: PathBuf,
}

impl Consumer {
    fn new() -> Self {
        let workspace =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace");
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = temporary.join("one_section");
        let client = workspace.join("airudder-client");
        let manifest = MANIFEST.replace("CLIENT", client.to_str().expect("the path is text"));
        let lock = fs::read(workspace.join("Cargo.lock")).expect("the lock file is there");
        fs::create_dir_all(root.join("src")).expect("the target directory can be written to");
        fs::create_dir_all(root.join("tests")).expect("the target directory can be written to");
        for (path, bytes) in [
            ("Cargo.toml", manifest.as_bytes()),
            ("Cargo.lock", &lock),
            ("src/lib.rs", b"//! Nothing: the test is what calls."),
            ("tests/calls.rs", CALLS.as_bytes()),
        ] {
            fs::write(root.join(path), bytes).expect("the target directory can be written to");
        }
        Self { root, target: temporary.parent().expect("it lies in the target directory").to_owned() }
    }

    /// Runs the consumer's test with one section, and gives what it prints.
    fn test(&self, section: &str) -> String {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(&self.root)
            .args(["test", "--offline", "--test", "calls", "--features", section])
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{section}: {}\n{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }
}

#[test]
fn who_does_not_receive_webhooks_does_not_build_axum() {
    let tree = |features: &[&str]| {
        let ran = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
            .args([
                "tree",
                "--package",
                "airudder-client",
                "--edges",
                "normal",
                "--prefix",
                "none",
                "--offline",
            ])
            .args(features)
            .output()
            .expect("cargo can be run");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        String::from_utf8_lossy(&ran.stdout).lines().any(|line| line.starts_with("axum v"))
    };
    assert!(!tree(&[]) && !tree(&["--features", "full"]));
    assert!(tree(&["--features", "axum"]));
}
