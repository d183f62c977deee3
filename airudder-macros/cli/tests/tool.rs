//! The maintainer's tool, as it is called.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Runs the tool in the workspace's root.
fn spec(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_airudder-spec"))
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
fn the_real_spec_has_no_errors_and_no_warnings() {
    let output = spec(&["check"]);
    assert!(output.status.success());
    assert!(stdout(&output).ends_with(": 0 errors, 0 warnings\n"), "{}", stdout(&output));
}

#[test]
fn errors_are_reported_with_their_places_and_fail() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("spec");
    std::fs::create_dir(&copy).unwrap();
    for file in std::fs::read_dir(root().join("spec")).unwrap().flatten().filter(|f| f.path().is_file()) {
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
    assert!(stdout(&output).contains(": 1 error,"), "one error is reported once: {}", stdout(&output));
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
fn schema_and_evidence_are_printed() {
    let schema = spec(&["schema"]);
    assert_eq!(stdout(&schema), std::fs::read_to_string(root().join("spec/schema.json")).unwrap());
    let evidence = spec(&["evidence"]);
    assert!(stdout(&evidence).contains("| `collection` |") && stdout(&evidence).contains("| **total** |"));
}

#[test]
fn import_prints_an_entry_and_never_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let fragment = folder.path().join("page.yaml");
    let text = "openapi: 3.0.1\npaths:\n  /service/cloud/pause:\n    post:\n      \
        summary: Pause a task\n      requestBody:\n        content:\n          \
        application/json:\n            schema: {type: object, required: [TaskID], \
        properties: {TaskID: {type: string, description: The task}}}\n";
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
fn import_all_makes_a_section_in_a_new_file() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("openapi.yaml");
    let text = "openapi: 3.1.0\ninfo: {title: Trees, version: '1'}\npaths:\n  /trees:\n    \
        get: {operationId: listTrees, responses: {}}\n    \
        post: {operationId: plantTree, parameters: [{name: X-Key, in: header}], responses: {}}\n";
    std::fs::write(&document, text).unwrap();
    let out = folder.path().join("trees.yaml");
    let import = |section: &str, more: &[&str]| {
        spec(&[&["import", "--all", document.to_str().unwrap(), "--section", section], more].concat())
    };
    let printed = import("trees", &[]);
    assert!(printed.status.success() && stdout(&printed).contains("section: trees"), "{}", stderr(&printed));
    assert!(
        stdout(&printed).contains("x_key: {wire: X-Key, type: string, in: header}"),
        "{}",
        stdout(&printed)
    );
    assert!(stdout(&printed).contains("body: none"), "{}", stdout(&printed));
    let written = import("trees", &["--out", out.to_str().unwrap()]);
    assert!(written.status.success() && stdout(&written).is_empty(), "{}", stderr(&written));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), stdout(&printed));
    let checked = spec(&["check", out.to_str().unwrap()]);
    assert!(stdout(&checked).contains("2 endpoints, 0 webhooks, 0 error codes: 0 errors, 0 warnings"));
    assert!(spec(&["fmt", "--check", out.to_str().unwrap()]).status.success(), "it is formatted");
    let again = import("trees", &["--out", out.to_str().unwrap()]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("nothing is overwritten"), "{}", stderr(&again));
    // Of a section that is there already, a draft to compare it with.
    let there = import("collection", &[]);
    assert!(there.status.success(), "{}", stderr(&there));
    for text in [stdout(&there), stderr(&there)] {
        assert!(text.contains("is there already: this is a draft to compare it with"), "{text}");
    }
    let strange = import("trees", &["--family", "nobody"]);
    assert_eq!(strange.status.code(), Some(2));
    assert!(stderr(&strange).contains("nobody"), "{}", stderr(&strange));
}

#[test]
fn export_prints_a_document_or_writes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let printed = spec(&["export", "--openapi", "3.1", "--section", "flex_route"]);
    assert!(printed.status.success() && stdout(&printed).starts_with("openapi: \"3.1.0\"\n"));
    assert!(
        stderr(&printed).contains("note: flex_route.make_outbound_call has no path"),
        "{}",
        stderr(&printed)
    );
    let written = |name: &str, more: &[&str]| {
        let file = file(name);
        let output = spec(&[&["export", "--openapi", "3.0", "--out", &file], more].concat());
        assert!(output.status.success() && stdout(&output).is_empty(), "{}", stderr(&output));
        std::fs::read_to_string(&file).unwrap()
    };
    assert!(written("all.yaml", &[]).starts_with("openapi: \"3.0.3\"\n"));
    assert!(written("all.json", &[]).starts_with("{\n  \"openapi\": \"3.0.3\",\n"));
    assert!(written("all.txt", &["--json"]).starts_with('{'));
    // A private section, by its path.
    let own = file("own.yaml");
    std::fs::write(&own, "section: own\ntitle: Own\nfamily: cloud\nendpoints: {}\n").unwrap();
    let private = spec(&["export", "--openapi", "3.1", &own]);
    assert!(stdout(&private).contains("\n  title: Own\n"), "{}", stderr(&private));
    // Of what is wrong nothing is written.
    std::fs::write(&own, "section: own\ntitle: Own\nfamily: nobody\nendpoints: {}\n").unwrap();
    let wrong = spec(&["export", "--openapi", "3.1", "--out", &file("wrong.yaml"), &own]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(stderr(&wrong).contains("nobody") && !folder.path().join("wrong.yaml").exists());
    for (arguments, says) in [
        (&["export", "--openapi", "3.1", "--section", "nothing"][..], "`nothing`"),
        (&["export", "--openapi", "2.0"], "3.0"),
        (&["export"], "--openapi"),
    ] {
        let output = spec(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(says), "{}", stderr(&output));
    }
}

#[test]
fn wrong_calls_get_help() {
    for (arguments, says) in [
        (&["chek"][..], "check"),
        (&["expand"], "<KEY>"),
        (&["check", "a", "b"], "unexpected argument 'b'"),
        (&["import", "x.yaml", "--key", "a"], "--section"),
        (&["check", "--spec"], "a value is required"),
        (&["check", "--spec", "spec", "spec"], "cannot be used with"),
        (&["check", "nowhere"], "nowhere: there is no such file or folder"),
        (&["check", "README.md/x"], "no such file or folder"),
        (&["check", "airudder-client/src"], "holds no spec files"),
        (&[], "Usage"),
    ] {
        let output = spec(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(says), "{arguments:?}: {}", stderr(&output));
    }
    let help = spec(&["help"]);
    assert!(help.status.success() && stdout(&help).contains("import"));
}

/// A folder with two private sections, the second with an error in its third line.
fn private_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let endpoints = "endpoints:\n  get_tier:\n    title: Get a Tier\n    evidence: observed\n    \
        method: GET\n    path: /private/tier\n    effect: read\n    summary: Reads a tier.\n";
    let good = format!("section: private\ntitle: Private\nfamily: cloud\n{endpoints}");
    std::fs::write(folder.path().join("private.yaml"), good).unwrap();
    let wrong = format!("section: other\ntitle: Other\nfamily: clout\n{endpoints}");
    std::fs::write(folder.path().join("other.yaml"), wrong).unwrap();
    folder
}

#[test]
fn private_sections_are_checked_alone_and_in_their_folder() {
    let folder = private_folder();
    let good = folder.path().join("private.yaml");
    let output = spec(&["check", good.to_str().unwrap()]);
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(0), "1 section, 1 endpoint, 0 webhooks, 0 error codes: 0 errors, 0 warnings\n")
    );
    let output = spec(&["check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    let text = stdout(&output);
    assert!(text.starts_with(&format!("{name}/other.yaml:3:9: there is no family `clout`\n")), "{text}");
    assert!(
        text.ends_with("2 sections, 2 endpoints, 0 webhooks, 0 error codes: 1 error, 0 warnings\n"),
        "{text}"
    );
    let code = spec(&["expand", "private.get_tier", "--spec", good.to_str().unwrap()]);
    assert!(stdout(&code).contains("pub fn get_tier(&self)"), "{}", stderr(&code));
}

#[test]
fn one_file_of_a_whole_spec_is_checked_with_the_files_around_it() {
    let output = spec(&["check", "spec/telemarketing.yaml"]);
    assert!(
        output.status.success() && stdout(&output).ends_with(": 0 errors, 0 warnings\n"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn the_real_spec_is_formatted() {
    let output = spec(&["fmt", "--check"]);
    assert!(output.status.success(), "run `cargo spec fmt`:\n{}{}", stdout(&output), stderr(&output));
}

#[test]
fn fmt_writes_what_is_not_formatted_and_nothing_else() {
    let folder = private_folder();
    let (path, text) = (folder.path().join("private.yaml"), "section:   private\n");
    std::fs::write(&path, text).unwrap();
    let other = std::fs::read_to_string(folder.path().join("other.yaml")).unwrap();
    let format = |more: &[&str]| spec(&[&["fmt", folder.path().to_str().unwrap()], more].concat());
    let output = format(&["--check"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), format!("{} is not formatted\n", path.display()));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "--check writes nothing");
    assert!(format(&[]).status.success() && format(&["--check"]).status.success());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "section: private\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("other.yaml")).unwrap(), other);
    std::fs::write(&path, "a: {b: 1\n").unwrap();
    let output = format(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("private.yaml: this is not valid YAML"), "{}", stdout(&output));
}
