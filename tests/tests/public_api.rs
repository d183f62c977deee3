//! Everything public of the published crates, line by line: an edit of the spec is a change of the API, and a
//! reviewer sees it.
//!
//! `UPDATE=1 cargo test -p airudder-tests --test public_api` writes the lists anew; read the difference
//! before you commit it.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use public_api::{Builder, PublicApi};

/// The crates that others build on. `airudder-macros`, `airudder-codegen` and `airudder-spec` promise
/// nothing.
const CRATES: [&str; 4] = ["airudder-campaign", "airudder-client", "airudder-model", "airudder-simulator"];

/// Methods that the line of the `impl` says already.
const FOLLOWS_FROM_TRAIT: [&str; 3] = [
    "::fmt(&self, &mut core::fmt::Formatter<",
    "::serialize<S: serde_core::ser::Serializer>(",
    "::deserialize<D: serde_core::de::Deserializer<",
];

#[test]
#[cfg_attr(
    not(named_compiler),
    ignore = "rustdoc's JSON is read as rustc 1.95 writes it; run `cargo +1.95 test`"
)]
fn public_api_is_as_listed() {
    let folder = rustdoc_json();
    let mut changed = Vec::new();
    for name in CRATES {
        let api = Builder::from_rustdoc_json(folder.join(format!("{}.json", name.replace('-', "_"))))
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(true)
            .build()
            .unwrap_or_else(|error| panic!("the rustdoc JSON of {name} does not read: {error}"));
        let listed = lines(&api);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/public-api/{name}.txt"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &listed).expect("the list can be written");
        }
        let held = fs::read_to_string(&path).unwrap_or_default();
        if held != listed {
            changed.push(format!("{name}:\n{}", difference(&held, &listed)));
        }
    }
    assert!(
        changed.is_empty(),
        "the public API has changed; if it is meant, say so in CHANGELOG.md and run \
         `UPDATE=1 cargo test -p airudder-tests --test public_api`\n{}",
        changed.join("\n")
    );
}

/// Has rustdoc describe the workspace as JSON, and gives the folder. The features are those of `cargo test
/// --workspace --all-features`, so that dependencies are built already.
///
/// The switch that lets a stable rustdoc write JSON goes to rustdoc alone: build scripts would take it for a
/// nightly compiler, and everything would be built again.
fn rustdoc_json() -> PathBuf {
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().expect("it lies in the target directory");
    let rustdoc = temporary.join("rustdoc-json");
    fs::write(&rustdoc, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n")
        .expect("a script can be written");
    fs::set_permissions(&rustdoc, fs::Permissions::from_mode(0o755)).expect("a script can be run");
    let ran = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args(["doc", "--workspace", "--lib", "--all-features", "--no-deps", "--offline"])
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_TERM_COLOR", "never")
        .env("RUSTDOC", &rustdoc)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow")
        .output()
        .expect("cargo can be run");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    target.join("doc")
}

/// One item a line. What is re-exported from another crate is one line; that crate has a list of its own, or
/// a version.
fn lines(api: &PublicApi) -> String {
    let mut text = String::new();
    for item in api.items().map(ToString::to_string) {
        if !FOLLOWS_FROM_TRAIT.iter().any(|method| item.contains(method)) {
            text.push_str(&item);
            text.push('\n');
        }
    }
    text
}

/// The lines that went and the lines that came.
fn difference(held: &str, listed: &str) -> String {
    let missing = |from: &str, of: &str, sign: char| -> Vec<String> {
        let there: std::collections::HashSet<&str> = of.lines().collect();
        from.lines().filter(|line| !there.contains(line)).map(|line| format!("{sign} {line}")).collect()
    };
    [missing(held, listed, '-'), missing(listed, held, '+')].concat().join("\n")
}
