//! Real cargo on crates that have nothing but the client among their dependencies, with one of its sections switched on: what
//! works for them, and what the compiler says of the sections that are off.
//!
//! They use the target directory of the workspace: `.ci/run` has checked the client with single features there already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The client under another name; types and an endpoint of a built-in section; fields called as the macro's own words.
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
    let spec = PRIVATE.replace("calls_people", "rings_people");
    let checked = Consumer::new("mistaken", "vendor", "collection", RENAMED, &spec).check();
    assert!(!checked.success, "an unknown effect compiles");
    let told = "error: private.yaml:16:13: `rings_people` is not allowed here";
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

/// A crate of its own, outside of the workspace.
struct Consumer {
    root: PathBuf,
}

struct Checked {
    success: bool,
    errors: String,
}

impl Consumer {
    fn new(name: &str, dependency: &str, feature: &str, library: &str, spec: &str) -> Self {
        let workspace =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace");
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("consumers").join(name);
        let client = workspace.join("airudder-client");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             {dependency} = {{ package = \"airudder-client\", path = {client:?}, default-features = false, \
             features = [{feature:?}] }}\n"
        );
        fs::create_dir_all(root.join("src")).expect("the target directory can be written to");
        let lock = fs::read(workspace.join("Cargo.lock")).expect("the workspace has a lock file");
        for (path, text) in [
            ("Cargo.lock", lock.as_slice()),
            ("Cargo.toml", manifest.as_bytes()),
            ("private.yaml", spec.as_bytes()),
            ("src/lib.rs", library.as_bytes()),
        ] {
            fs::write(root.join(path), text).expect("the target directory can be written to");
        }
        Self { root }
    }

    fn check(&self) -> Checked {
        let target =
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it lies in the target directory");
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(&self.root)
            .args(["check", "--offline", "--quiet"])
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo can be run");
        Checked {
            success: output.status.success(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
