//! No pair of names in a spec can break the code that is generated of it: each is taken, or refused at its
//! place.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use std::path::{Path, PathBuf};

use airudder_codegen::load::{Loaded, Vendor};
use airudder_codegen::names;

fn client(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../airudder-client").join(path))
        .unwrap()
}

/// The words behind one of these starts of a line.
fn words<'a>(text: &'a str, starts: &'a [&str]) -> Vec<&'a str> {
    let word = |rest: &'a str| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next();
    text.lines()
        .filter_map(|line| starts.iter().find_map(|start| line.strip_prefix(start)))
        .filter_map(word)
        .collect()
}

#[test]
fn the_names_of_the_client_are_known() {
    let methods = client("src/client.rs");
    let methods = words(&methods, &["    pub fn ", "    pub async fn "]);
    assert!(methods.contains(&"execute"));
    for method in methods.iter().filter(|name| !name.starts_with("__")) {
        assert!(names::CLIENT_METHODS.contains(method), "method {method}");
    }
    let library = client("src/lib.rs");
    let modules = words(&library, &["mod ", "pub mod "]);
    assert!(modules.contains(&"catalogue"));
    for module in modules.iter().filter(|name| !name.starts_with("__")) {
        assert!(names::CLIENT_MODULES.contains(module), "module {module}");
    }
    let manifest = client("Cargo.toml");
    let table = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in table.lines().filter(|line| line.contains('=')) {
        let name = line.split(['.', ' ', '=']).next().unwrap().replace('-', "_");
        assert!(names::CLIENT_CRATES.contains(&name.as_str()), "crate {name}");
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn section(name: &str) -> String {
    format!(
        "section: {name}\ntitle: Own\nfamily: cloud\nendpoints:\n  do_it:\n    title: Do It\n    \
         evidence: observed\n    method: POST\n    path: /service/custom/x\n    effect: changes\n    \
         summary: Does it.\n"
    )
}

fn texts(loaded: &Loaded) -> Vec<String> {
    loaded.reports().into_iter().map(|report| report.text).collect()
}

#[test]
fn a_section_may_not_be_named_like_what_is_there() {
    for (name, why) in [
        ("auth", "the client has a section of this name"),
        ("sms", "the client has a section of this name"),
        ("recording", "the client has a method of this name"),
        ("clone", "the client has a method of this name"),
    ] {
        let folder = folder(&[(&format!("{name}.yaml"), &section(name))]);
        let path: PathBuf = folder.path().join(format!("{name}.yaml"));
        for loaded in [
            Loaded::single(&path, "x.yaml", Vendor::Directory(&common::real_spec())),
            Loaded::private(folder.path(), "x", Vendor::Directory(&common::real_spec())),
        ] {
            let texts = texts(&loaded);
            assert_eq!(texts.len(), 1, "{name}: {texts:#?}");
            assert!(texts[0].contains(":1:10: ") && texts[0].contains(why), "{}", texts[0]);
            assert!(texts[0].contains(&format!("own_{name}")), "{}", texts[0]);
        }
    }
    // Modules of the client are in nobody's way outside of it.
    let other = folder(&[("token.yaml", &section("token"))]);
    let loaded = Loaded::private(other.path(), "x", Vendor::Directory(&common::real_spec()));
    assert!(loaded.is_valid(), "{:#?}", texts(&loaded));
}

#[test]
fn a_section_of_the_clients_own_needs_a_free_name_and_a_feature() {
    let tiny: Vec<(&str, &str)> =
        common::TINY.iter().filter(|(name, _)| !name.contains('/')).copied().collect();
    let folder = folder(&[]);
    let spec = folder.path().join("spec");
    std::fs::create_dir(&spec).unwrap();
    for (name, text) in &tiny {
        std::fs::write(spec.join(name), text).unwrap();
    }
    for name in ["token", "serde"] {
        std::fs::write(spec.join(format!("{name}.yaml")), section(name)).unwrap();
    }
    std::fs::write(
        folder.path().join("Cargo.toml"),
        "[package]\nname = \"airudder-client\"\n\n[features]\ndefault = []\ntasks = []\ndialer = []\n",
    )
    .unwrap();
    let texts = texts(&Loaded::directory(&spec, "spec"));
    let says = |wanted: &str| texts.iter().filter(|text| text.contains(wanted)).count();
    assert_eq!(says("`token` cannot name a section: the client has a module of this name"), 1, "{texts:#?}");
    assert_eq!(says("`serde` cannot name a section: the client uses a crate of this name"), 1, "{texts:#?}");
    assert_eq!(
        says("spec/twin.yaml:2:10: the client has no cargo feature `twin` for this section"),
        1,
        "{texts:#?}"
    );
    assert_eq!(texts.len(), 3, "{texts:#?}");
}
