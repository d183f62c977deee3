//! Real cargo on a copy of the workspace: an edit, a new file and a removed file in `spec/` each cause the
//! rebuild that is needed and no other; an endpoint written into the YAML can be called at once; one whose
//! path is a guess cannot.
//!
//! The copy uses the target directory of the workspace: all crates of the registry are built already, for the
//! features are the same. It has few sections, so that the client compiles fast.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

/// What the copy has of `spec/`.
const SPEC: [&str; 8] = [
    "api.yaml",
    "errors.yaml",
    "types.yaml",
    "auth.yaml",
    "collection.yaml",
    "predictive_dialer.yaml",
    "guides/collection.md",
    "guides/predictive_dialer.md",
];

/// The version of the copy's crates, in place of 0.1.0.
const COPY_VERSION: &str = "0.1.999";

/// The crates of the copy: those that a consumer needs, a consumer, and the tests' manifest.
const MEMBERS: [&str; 7] = [
    "airudder-client",
    "airudder-client/simulator",
    "airudder-macros",
    "airudder-macros/codegen",
    "airudder-macros/model",
    "consumer",
    "tests",
];

const EXTRA_SECTION: &str = "section: extra
title: Extra
family: cloud
summary: A section that was added.
endpoints:
  get_extra:
    title: Get an Extra
    evidence: observed
    method: GET
    path: /service/cloud/extra
    effect: read
    summary: Reads an extra.
";

const ADDED_CODE: &str = "errors:
  19901: {name: ParcelLost, meaning: the parcel is lost, evidence: observed}
";

const ADDED_ENDPOINTS: &str = r#"  send_parcel:
    title: Send a Parcel
    evidence: observed
    method: POST
    path: /service/cloud/parcel
    effect: changes
    summary: Sends a parcel.
    request:
      parcel_id: {wire: ParcelID, type: string, required: true, codes: {missing: 19901}}
      weight: {wire: Weight, type: integer, min: 1}
      express: {wire: Express, type: boolean}
    response:
      tracking_id: {wire: TrackingID, type: string, required: true}
      price: {wire: Price, type: decimal}
    sample: {request: {ParcelID: p-1, Weight: 3, Express: true}, response: {TrackingID: t-1, Price: 12.5}}
  guess_parcel:
    title: Guess a Parcel
    evidence: assumed
    method: GET
    path: /service/cloud/guess
    effect: read
    summary: Reads a parcel from a path that nobody has confirmed.
"#;

const CALLS_ADDED_ENDPOINT: &str = r#"
use airudder_simulator::Simulator;
use airudder_client::{Client, Decimal, Error, collection};

#[tokio::test]
async fn the_added_endpoint_answers() {
    let simulator = Simulator::start().await.unwrap();
    let builder = Client::builder().credentials("key", "secret").base_url(simulator.base_url());
    let client = builder.build().unwrap();
    let parcel = client.collection().send_parcel().parcel_id("p-1").weight(3).express(true);
    let sent = parcel.send().await.unwrap();
    assert_eq!((sent.tracking_id.as_str(), sent.price), ("t-1", Some(Decimal::new(125, 1))));
    assert_eq!(simulator.last_request("collection.send_parcel").unwrap()["Weight"], 3);
    let refused = client.collection().send_parcel().parcel_id("").send().await.unwrap_err();
    assert!(matches!(refused, Error::Invalid(_)));
    assert_eq!(refused.code(), Some(collection::PARCEL_LOST));
}
"#;

const CALLS_ASSUMED_PATH: &str = "
#[test]
fn calls_a_path_that_is_a_guess() {
    let client = airudder_client::Client::builder().credentials(\"key\", \"secret\").build().unwrap();
    let _ = client.collection().guess_parcel();
}
";

#[test]
fn spec_edits_rebuild_what_they_must() {
    let copy = Copy::new();
    copy.build("first", "probe");
    copy.build("again", "probe").expect_all_fresh();

    let collection = copy.read("spec/collection.yaml");
    copy.write("spec/collection.yaml", &replaced(&collection, "max_chars: 64", "max_chars: 65"));
    copy.build("one line of a section", "probe").expect_only_client_rebuilt();

    let guide = copy.read("spec/guides/collection.md");
    copy.write("spec/guides/collection.md", &format!("{guide}\nOne more paragraph.\n"));
    copy.build("one line of a guide", "probe").expect_only_client_rebuilt();
    copy.write("spec/guides/auth.md", "How tokens work.\n");
    copy.build("a new guide", "probe").expect_only_client_rebuilt();
    copy.build("the new guide again", "probe").expect_all_fresh();

    copy.write("spec/extra.yaml", EXTRA_SECTION);
    copy.build("a new file", "probe").expect_only_client_rebuilt();
    copy.build("the new file again", "probe").expect_all_fresh();
    copy.remove("spec/extra.yaml");
    copy.build("the file removed", "probe").expect_only_client_rebuilt();
    copy.build("nothing", "probe").expect_all_fresh();

    // An endpoint with a code of its own: `spec/collection.yaml` alone is edited, and a program can call it.
    let with_code = replaced(&collection, "\ntypes:\n", &format!("\n{ADDED_CODE}types:\n"));
    copy.write(
        "spec/collection.yaml",
        &replaced(&with_code, "\nwebhooks:\n", &format!("\n{ADDED_ENDPOINTS}webhooks:\n")),
    );
    copy.write("consumer/tests/added_endpoint.rs", CALLS_ADDED_ENDPOINT);
    let ran = copy.cargo("a new endpoint", "added_endpoint", &[], &[]);
    assert!(ran.success, "{}", ran.errors);
    assert!(ran.output.contains("test the_added_endpoint_answers ... ok"), "{}", ran.output);

    // An endpoint whose path is a guess is not there without the feature.
    copy.write("consumer/tests/assumed_path.rs", CALLS_ASSUMED_PATH);
    let refused = copy.cargo("an assumed path", "assumed_path", &["--no-run"], &[]);
    assert!(!refused.success, "a path that is a guess can be called");
    assert!(
        refused.errors.contains("error[E0599]: no method named `guess_parcel` found"),
        "{}",
        refused.errors
    );
    let taken = copy.cargo(
        "an assumed path, with the feature",
        "assumed_path",
        &["--no-run"],
        &["airudder-client/unverified"],
    );
    assert!(taken.success, "{}", taken.errors);

    // A file that cannot be read is one error: nothing is said of what would have come out of it.
    for (path, from, to) in [
        ("spec/api.yaml", "title: Calling tasks", "title: \"Calling tasks"),
        ("spec/errors.yaml", "meaning: the task has no name", "meaning: \"the task has no name"),
        ("spec/types.yaml", "\nenums:\n", "\nenums\n"),
        ("spec/collection.yaml", "\nendpoints:\n", "\nendpoints\n"),
    ] {
        let sound = copy.read(path);
        copy.write(path, &replaced(&sound, from, to));
        let refused = copy.cargo("a file that cannot be read", "probe", &["--no-run"], &[]);
        copy.write(path, &sound);
        let says = |what: &str| -> Vec<&str> {
            let of_crate = |line: &&str| line.starts_with(what) && !line.contains("could not compile");
            refused.errors.lines().filter(of_crate).collect()
        };
        assert!(!refused.success, "{path}");
        let errors = says("error");
        assert!(!errors.is_empty() && errors.iter().all(|line| line.contains(path)), "{}", refused.errors);
        let warnings = says("warning");
        assert!(warnings.iter().all(|line| line.contains("build failed")), "{}", refused.errors);
    }
}

fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the spec has changed: {from:?} is not there any more");
    text.replacen(from, to, 1)
}

/// A copy of the workspace with a consumer's crate in it.
struct Copy {
    root: PathBuf,
    target: PathBuf,
    features: Vec<String>,
}

/// What cargo did.
struct Ran {
    success: bool,
    output: String,
    errors: String,
}

impl Ran {
    /// Which library targets were fresh, by name. A crate that is built for the host too is fresh if both
    /// are.
    fn fresh(&self) -> BTreeMap<String, bool> {
        let mut fresh = BTreeMap::new();
        for line in self.output.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            if line["reason"] == "compiler-artifact" {
                let name = line["target"]["name"].as_str().unwrap_or_default().to_owned();
                *fresh.entry(name).or_insert(true) &= line["fresh"] == true;
            }
        }
        fresh
    }

    fn expect_all_fresh(&self) {
        let stale: Vec<_> = self.fresh().into_iter().filter(|(_, fresh)| !fresh).collect();
        assert!(stale.is_empty(), "nothing has changed, and this was built again: {stale:?}");
    }

    /// The client and what depends on it, and neither the generator nor any crate of the registry.
    fn expect_only_client_rebuilt(&self) {
        let dependents = [
            "airudder_client",
            "airudder_simulator",
            "airudder_tests",
            "build-script-build",
            "consumer",
            "probe",
        ];
        let stale: Vec<String> =
            self.fresh().into_iter().filter(|(_, fresh)| !fresh).map(|(name, _)| name).collect();
        assert!(
            stale.iter().any(|name| name == "airudder_client"),
            "the client must be built again: {stale:?}"
        );
        assert!(
            stale.iter().all(|name| dependents.contains(&name.as_str())),
            "more was built again than is needed: {stale:?}"
        );
        for generator in ["airudder_macros", "airudder_codegen", "airudder_model"] {
            assert_eq!(self.fresh().get(generator), Some(&true), "{generator}");
        }
    }
}

impl Copy {
    fn new() -> Self {
        let workspace =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests are a member of the workspace");
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = temporary.join("rebuild");
        let mut files = BTreeMap::new();
        for folder in ["airudder-client", "airudder-macros", "tests"] {
            gather(workspace, Path::new(folder), &mut files);
        }
        // The library of the tests is of no use here; its manifest is, for the features that it asks of the
        // registry.
        files.retain(|path, _| {
            !path.starts_with("tests/src")
                && !path.starts_with("tests/ui")
                && path != Path::new("tests/build.rs")
        });
        files.insert("tests/src/lib.rs".into(), Kind::File(b"//! Empty.\n".to_vec()));
        for name in SPEC {
            let path = Path::new("spec").join(name);
            files
                .insert(path.clone(), Kind::File(fs::read(workspace.join(path)).expect("the spec is there")));
        }
        files.insert(
            "Cargo.lock".into(),
            Kind::File(fs::read(workspace.join("Cargo.lock")).expect("the lock file is there")),
        );
        let manifest =
            fs::read_to_string(workspace.join("Cargo.toml")).expect("the workspace has a manifest");
        let (before, rest) = manifest.split_once("\nmembers = [").expect("the workspace has members");
        let (_, after) = rest.split_once(']').expect("the list of members ends");
        let members = MEMBERS.map(|member| format!("{member:?}")).join(", ");
        // What is built by default need not be a member of the copy.
        let after: Vec<&str> = after.lines().filter(|line| !line.starts_with("default-members")).collect();
        let manifest = format!("{before}\nmembers = [{members}]{}\n", after.join("\n"));
        files.insert("Cargo.toml".into(), Kind::File(manifest.into_bytes()));
        consumer(workspace, &mut files);
        // Cargo names what it builds of a workspace by the path within it and by the version: with the same
        // version, the copy would take the place of the workspace's own crates, and its documentation tests
        // would not link.
        for (path, kind) in &mut files {
            if let Kind::File(bytes) = kind
                && path.ends_with("Cargo.toml")
            {
                *bytes = String::from_utf8_lossy(bytes).replace("0.1.0", COPY_VERSION).into_bytes();
            }
        }
        sync(&root, &files);
        let features =
            features(&fs::read_to_string(root.join("airudder-client/Cargo.toml")).expect("it was copied"));
        Self {
            root,
            target: temporary.parent().expect("it lies in the target directory").to_owned(),
            features,
        }
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).expect("the file is in the copy")
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).expect("the copy can be written to");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.root.join(path)).expect("the file is in the copy");
    }

    fn build(&self, step: &str, test: &str) -> Ran {
        let ran = self.cargo(step, test, &["--no-run", "--message-format=json"], &[]);
        assert!(ran.success, "{step}: {}", ran.errors);
        ran
    }

    fn cargo(&self, step: &str, test: &str, arguments: &[&str], features: &[&str]) -> Ran {
        let started = Instant::now();
        let features: Vec<&str> =
            self.features.iter().map(String::as_str).chain(features.iter().copied()).collect();
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .current_dir(&self.root)
            .args(["test", "--offline", "--workspace", "--test", test, "--features", &features.join(",")])
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo can be run");
        println!("{step}: {:.1} s", started.elapsed().as_secs_f32());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { success: output.status.success(), output: text(&output.stdout), errors: text(&output.stderr) }
    }
}

/// A crate that needs the client and nothing else; strict about what the macros make.
fn consumer(workspace: &Path, files: &mut BTreeMap<PathBuf, Kind>) {
    let manifest = "[package]
name = \"consumer\"
version = \"0.0.0\"
edition = \"2024\"
publish = false

[dependencies]
airudder-client.workspace = true

[dev-dependencies]
airudder-simulator.workspace = true
tokio = { workspace = true, features = [\"macros\", \"rt-multi-thread\"] }
";
    let library = "//! Endpoints of a consumer's own.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, unreachable_pub, missing_debug_implementations)]

airudder_client::api!(\"own_endpoints.yaml\");
";
    let [spec, guide] = ["own_endpoints.yaml", "guides/own_endpoints.md"]
        .map(|name| fs::read(workspace.join("tests/ui/pass").join(name)).expect("the case is there"));
    for (path, text) in [
        ("consumer/Cargo.toml", manifest.as_bytes().to_vec()),
        ("consumer/src/lib.rs", library.as_bytes().to_vec()),
        ("consumer/src/own_endpoints.yaml", spec),
        ("consumer/src/guides/own_endpoints.md", guide),
        (
            "consumer/tests/probe.rs",
            b"//! Nothing: with a test among the targets, features are those of a test run.\n".to_vec(),
        ),
    ] {
        files.insert(path.into(), Kind::File(text));
    }
}

/// All features of the client but `unverified`: what `cargo test --workspace --all-features` has built.
fn features(manifest: &str) -> Vec<String> {
    let section =
        manifest.split("\n[features]\n").nth(1).and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let wanted = names
        .filter(|name| !name.starts_with(['#', ' ']) && !["default", "unverified", "full"].contains(name));
    wanted.map(|name| format!("airudder-client/{name}")).collect()
}

enum Kind {
    File(Vec<u8>),
    Link(PathBuf),
}

/// All files below a folder, links as links.
fn gather(workspace: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, Kind>) {
    for entry in fs::read_dir(workspace.join(folder)).expect("the folder is there").flatten() {
        let (path, kind) = (folder.join(entry.file_name()), entry.file_type().expect("it is there"));
        if kind.is_symlink() {
            files
                .insert(path.clone(), Kind::Link(fs::read_link(workspace.join(path)).expect("it is a link")));
        } else if kind.is_dir() {
            gather(workspace, &path, files);
        } else {
            files.insert(path.clone(), Kind::File(fs::read(workspace.join(path)).expect("it is readable")));
        }
    }
}

/// Makes the folder hold these files. What is equal is left alone, with its time stamp: it need not be built
/// again.
fn sync(root: &Path, files: &BTreeMap<PathBuf, Kind>) {
    fs::create_dir_all(root).expect("the target directory can be written to");
    remove_others(root, Path::new(""), files);
    for (path, kind) in files {
        let at = root.join(path);
        fs::create_dir_all(at.parent().expect("it lies in the copy"))
            .expect("the target directory can be written to");
        match kind {
            Kind::File(bytes) if fs::read(&at).is_ok_and(|there| there == *bytes) => {}
            Kind::File(bytes) => fs::write(&at, bytes).expect("the target directory can be written to"),
            Kind::Link(to) if fs::read_link(&at).is_ok_and(|there| there == *to) => {}
            Kind::Link(to) => {
                // Of an earlier run there may be a file, or another link.
                let _ = fs::remove_file(&at);
                std::os::unix::fs::symlink(to, &at).expect("a link can be made");
            }
        }
    }
}

fn remove_others(root: &Path, folder: &Path, files: &BTreeMap<PathBuf, Kind>) {
    for entry in fs::read_dir(root.join(folder)).expect("the folder is there").flatten() {
        let (path, kind) = (folder.join(entry.file_name()), entry.file_type().expect("it is there"));
        if kind.is_dir() {
            remove_others(root, &path, files);
        } else if !files.contains_key(&path) {
            fs::remove_file(root.join(path)).expect("the copy can be changed");
        }
    }
}
