//! The maintainer's tool, as it is called.

#![cfg(feature = "cli")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs the tool in the workspace's root.
fn spec(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spec"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("the tool runs")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

#[test]
fn the_real_spec_has_no_mistakes_and_nothing_unused() {
    let output = spec(&["check"]);
    assert!(output.status.success());
    assert!(stdout(&output).ends_with(": 0 mistakes, 0 warnings\n"), "{}", stdout(&output));
}

#[test]
fn mistakes_are_told_with_their_places_and_fail() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("spec");
    std::fs::create_dir(&copy).unwrap();
    for file in std::fs::read_dir(root().join("spec")).unwrap().flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = if file.file_name() == "sms.yaml" {
            text.replacen("effect: calls_people", "efect: calls_people", 1)
        } else {
            text
        };
        std::fs::write(copy.join(file.file_name()), text).unwrap();
    }
    let wrong = std::fs::read_to_string(copy.join("sms.yaml")).unwrap();
    let line = wrong.lines().position(|line| line.contains("efect")).unwrap() + 1;
    let output = spec(&["check", "--spec", copy.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stdout(&output).starts_with(&format!("spec/sms.yaml:{line}:5: unknown key `efect` in an endpoint\n")),
        "{}",
        stdout(&output)
    );
    assert!(stdout(&output).contains("did you mean `effect`?"));
    assert!(stdout(&output).contains(": 1 mistakes"), "one mistake is told once: {}", stdout(&output));
}

#[test]
fn expand_prints_code_or_the_nearest_key() {
    let output = spec(&["expand", "collection.stop_task"]);
    assert!(stdout(&output).contains("pub fn stop_task(&self)"), "{}", stderr(&output));
    assert!(syn::parse_file(stdout(&output)).is_ok());
    for key in ["TaskId", "collection.task_finished", "collection.CollectionContact"] {
        assert!(
            syn::parse_file(stdout(&spec(&["expand", key]))).is_ok_and(|file| !file.items.is_empty()),
            "{key}"
        );
    }
    let output = spec(&["expand", "collection.stop_tsk"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        stderr(&output),
        "the spec has no `collection.stop_tsk`; did you mean `collection.stop_task`?\n"
    );
}

#[test]
fn schema_and_coverage_are_printed() {
    let schema = spec(&["schema"]);
    assert_eq!(stdout(&schema), std::fs::read_to_string(root().join("spec/schema.json")).unwrap());
    let coverage = spec(&["coverage"]);
    assert!(stdout(&coverage).contains("| `collection` |") && stdout(&coverage).contains("| **total** |"));
}

#[test]
fn import_prints_an_entry_and_never_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let fragment = folder.path().join("page.yaml");
    let text = "openapi: 3.0.1\npaths:\n  /service/cloud/pause:\n    post:\n      summary: Pause a task\n      requestBody:\n        content:\n          application/json:\n            schema: {type: object, required: [TaskID], properties: {TaskID: {type: string, description: The task}}}\n";
    std::fs::write(&fragment, text).unwrap();
    let import = |key: &str, more: &[&str]| {
        let mut arguments =
            vec!["import", fragment.to_str().unwrap(), "--section", "collection", "--key", key];
        arguments.extend(more);
        spec(&arguments)
    };
    let output = import("pause_task", &[]);
    assert!(output.status.success(), "{}", stderr(&output));
    for part in [
        "pause_task:",
        "path: /service/cloud/pause",
        "task_id: {",
        "wire: TaskID",
        "required: true",
        "evidence: assumed",
    ] {
        assert!(stdout(&output).contains(part), "{part}: {}", stdout(&output));
    }
    let output = import("create_task", &[]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(
        stderr(&output).contains("create_task") && stderr(&output).contains("--again"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn wrong_words_get_help() {
    for (arguments, says) in [
        (&["chek"][..], "did you mean `check`?"),
        (&["expand"], "expand what?"),
        (&["check", "more"], "one argument too many"),
        (&["import", "x.yaml", "--key", "a"], "--section"),
        (&["check", "--spec"], "--spec needs a value"),
    ] {
        let output = spec(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
    assert!(stdout(&spec(&["help"])).contains("cargo spec import"));
}
