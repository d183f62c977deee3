//! Real cargo on crates that have nothing but the client among their dependencies, with one of its sections
//! switched on: what works for them, and what the compiler says of the sections that are off.
//!
//! They use the target directory of the workspace: `.ci/run` has checked the client with single features
//! there already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use airudder_simulator::Simulator;

/// The client under another name; types and an endpoint of a built-in section; fields called as the macro's
/// own words.
const PRIVATE: &str = "section: private
title: Endpoints of One Customer
family: cloud
summary: They stand on a section of the client.
endpoints:
  create_vip_task:
    same_as: collection.create_task
    title: Create a VIP Task
    evidence: observed
    path: /private/vip
    effect: calls_people
  call_back:
    title: Call Back
    evidence: observed
    method: POST
    path: /private/call-back
    effect: calls_people
    summary: Calls people again.
    request:
      meta: {wire: Meta, type: json}
      contacts: {wire: Contacts, type: list<collection.CollectionContact>, required: true}
    response:
      meta: {wire: Meta, type: string}
";

const RENAMED: &str = "//! A consumer that calls the client something else.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, unreachable_pub, missing_debug_implementations)]

use vendor::collection::CollectionContact;
use vendor::{Client, Error, Value};

vendor::api!(\"private.yaml\");

/// Calls both endpoints.
pub async fn run(client: &Client, contact: CollectionContact) -> Result<Option<String>, Error> {
    let answer = client.private().call_back().meta(Value::from(1)).contacts([contact.clone()]).send().await?;
    let task = client
        .private()
        .create_vip_task()
        .task_name(\"vip\")
        .schedule_start_time(vendor::jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(vendor::jiff::civil::date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id(\"robot\")
        .sip_line(\"LINE\")
        .details([contact])
        .send()
        .await?;
    assert!(task.detail_error_list.is_empty());
    Ok(answer.meta)
}
";

#[test]
fn a_renamed_client_serves_a_private_spec_on_a_built_in_section() {
    let checked = Consumer::new("renamed", "vendor", "collection", RENAMED, PRIVATE).check();
    assert!(checked.success, "{}", checked.errors);
}

#[test]
fn a_mistake_is_told_under_another_name_too() {
    let sound = "path: /private/call-back\n    effect: calls_people";
    assert!(PRIVATE.contains(sound));
    let spec = PRIVATE.replace(sound, "path: /private/call-back\n    effect: rings_people");
    let checked = Consumer::new("mistaken", "vendor", "collection", RENAMED, &spec).check();
    assert!(!checked.success, "an unknown effect compiles");
    let told = "error: private.yaml:17:13: `rings_people` is not allowed here";
    assert!(checked.errors.contains(told), "{}", checked.errors);
    // The place of the call, in the consumer's file.
    assert!(checked.errors.contains("--> src/lib.rs:8:"), "{}", checked.errors);
    assert!(!checked.errors.contains("no method named `create_vip_task`"), "{}", checked.errors);
}

#[test]
fn a_private_spec_on_a_section_that_is_off_names_the_feature() {
    let library = "vendor::api!(\"private.yaml\");";
    let checked = Consumer::new("switched_off", "vendor", "sms", library, PRIVATE).check();
    assert!(!checked.success, "a section that is off can be used");
    let told = "error: private.yaml: the section `collection` of the client is used here, and it is off: add \
                `collection` to the `features` of the client in Cargo.toml";
    assert!(checked.errors.contains(told), "{}", checked.errors);
}

#[test]
fn a_module_of_a_section_that_is_off_is_said_to_be_behind_its_feature() {
    let library = "pub use airudder_client::workflow::WorkflowContact;";
    let checked = Consumer::new("off_module", "airudder-client", "sms", library, PRIVATE).check();
    assert!(!checked.success, "a section that is off can be used");
    assert!(checked.errors.contains("could not find `workflow` in `airudder_client`"), "{}", checked.errors);
    assert!(checked.errors.contains("the item is gated behind the `workflow` feature"), "{}", checked.errors);
}

const REDUCED: &str = "
use airudder_client::{Client, Error};

#[tokio::main(flavor = \"current_thread\")]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let tasks = client.collection().list_tasks().number(10).page(1).send().await?;
    println!(\"cloud: {tasks}\");
    // The section of this family is off. An answer of the API means that the token was good.
    match client.raw(\"GET\", \"/service/callcenter/call/predict/querytasklist\").send().await {
        Ok(_) | Err(Error::Api(_)) => println!(\"callcenter: answered\"),
        Err(error) => return Err(error),
    }
    Ok(())
}
";

#[tokio::test]
async fn a_client_of_one_section_gets_the_token_of_every_family() {
    let simulator = Simulator::start().await.expect("a loopback port is free");
    let consumer = Consumer::new("reduced", "airudder-client", "workflow", "", PRIVATE);
    consumer.write("src/main.rs", REDUCED);
    consumer.depend("tokio = { version = \"1\", features = [\"macros\", \"rt\"] }");
    let base_url = simulator.base_url().to_string();
    let ran = tokio::task::spawn_blocking(move || consumer.cargo("run", &[("AIRUDDER_BASE_URL", &base_url)]))
        .await
        .expect("it does not panic");
    assert!(ran.success, "{}", ran.errors);
    assert!(ran.output.contains("callcenter: answered"), "{}", ran.output);
    let tokens = ["auth.get_token", "predictive_dialer.get_token"].map(|key| simulator.requests(key));
    assert_eq!((tokens, simulator.auth_requests()), ([1, 1], 2));
}

/// A crate of its own, outside of the workspace.
struct Consumer {
    root: PathBuf,
}

struct Ran {
    success: bool,
    output: String,
    errors: String,
}

impl Consumer {
    fn new(name: &str, dependency: &str, feature: &str, library: &str, spec: &str) -> Self {
        let workspace =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace");
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumers").join(name);
        let client = workspace.join("airudder-client");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n\
             {dependency} = {{ package = \"airudder-client\", path = {client:?}, default-features = false, \
             features = [{feature:?}] }}\n"
        );
        fs::create_dir_all(root.join("src")).expect("the target directory can be written to");
        let lock = fs::read_to_string(workspace.join("Cargo.lock")).expect("the workspace has a lock file");
        let consumer = Self { root };
        consumer.write("Cargo.lock", &lock);
        consumer.write("Cargo.toml", &manifest);
        consumer.write("private.yaml", spec);
        consumer.write("src/lib.rs", library);
        consumer
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).expect("the target directory can be written to");
    }

    /// One more line of `[dependencies]`.
    fn depend(&self, line: &str) {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml")).expect("it was written");
        self.write("Cargo.toml", &format!("{manifest}{line}\n"));
    }

    fn check(&self) -> Ran {
        self.cargo("check", &[])
    }

    fn cargo(&self, command: &str, variables: &[(&str, &str)]) -> Ran {
        let target =
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target directory");
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(&self.root)
            .args([command, "--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .env("AIRUDDER_APP_KEY", Simulator::APP_KEY)
            .env("AIRUDDER_APP_SECRET", Simulator::APP_SECRET)
            .envs(variables.iter().copied())
            .output()
            .expect("cargo can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { success: output.status.success(), output: text(&output.stdout), errors: text(&output.stderr) }
    }
}
