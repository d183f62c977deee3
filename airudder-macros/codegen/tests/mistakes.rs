//! Every kind of mistake that a maintainer makes: told once, at its place, in one sentence and with help.
//!
//! The snapshot holds the whole text of every report, so that a reviewer can read them aloud.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use std::fmt::Write as _;
use std::path::Path;

use airudder_codegen::diagnostic::Report;
use airudder_codegen::load::{Loaded, Vendor};
use common::{load, tiny_with};

/// A mistake made in the tiny spec. `¦` in a new text marks where it must be told.
struct Case {
    name: &'static str,
    edits: Vec<(&'static str, &'static str, &'static str)>,
    /// What the sentence must say.
    says: &'static str,
    /// What the help must say.
    helps: &'static str,
}

impl Case {
    fn edit(mut self, file: &'static str, from: &'static str, to: &'static str) -> Self {
        self.edits.push((file, from, to));
        self
    }

    fn says(mut self, says: &'static str, helps: &'static str) -> Self {
        (self.says, self.helps) = (says, helps);
        self
    }
}

/// A field that nothing needs.
const DAY: &str = "day: {wire: Day, type: date, max_days_ahead: 5}";

fn case(name: &'static str) -> Case {
    Case { name, edits: Vec::new(), says: "", helps: "" }
}

/// The files with the edits made, and where the mark stood.
fn spoil(edits: &[(&str, &str, &str)]) -> (Vec<(String, String)>, Vec<String>) {
    let mut files = tiny_with(edits);
    let mut places = Vec::new();
    for (name, text) in &mut files {
        while let Some(at) = text.find('¦') {
            let before = &text[..at];
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            places.push(format!("spec/{name}:{line}:{column}: "));
            text.remove(at);
        }
    }
    (files, places)
}

fn first_line(report: &Report) -> &str {
    report.text.lines().next().unwrap()
}

fn helps(report: &Report) -> String {
    report.text.lines().filter(|line| line.starts_with("  = ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mistake_is_told_once_at_its_place_with_help() {
    let mut all = String::new();
    let mut failures = String::new();
    for case in cases() {
        let (files, places) = spoil(&case.edits);
        let reports = load(&files).reports();
        let texts: Vec<&str> = reports.iter().map(|r| r.text.as_str()).collect();
        let _ = writeln!(all, "## {}\n\n{}\n", case.name, texts.join("\n\n"));
        let ok = match (&reports[..], &places[..]) {
            ([report], [place]) => {
                report.text.starts_with(place.as_str())
                    && first_line(report).contains(case.says)
                    && helps(report).contains(case.helps)
                    && !helps(report).is_empty()
            }
            _ => false,
        };
        if !ok || case.says.is_empty() {
            let _ = writeln!(
                failures,
                "## {}: wanted {places:?} {:?} {:?}, got\n{}\n",
                case.name,
                case.says,
                case.helps,
                texts.join("\n\n")
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
    insta::assert_snapshot!("mistakes", all);
}

#[test]
fn the_tiny_spec_is_valid() {
    let loaded = load(&tiny_with(&[]));
    assert!(loaded.is_valid(), "{:#?}", loaded.reports());
    assert!(loaded.warnings().is_empty(), "{:#?}", loaded.warnings());
}

#[test]
fn several_mistakes_come_out_at_once_sorted_by_place() {
    let (files, mut places) = spoil(
        &[
            ("twin", "family: cloud", "family: ¦clod"),
            ("tasks", "effect: calls_people", "effect: ¦rings"),
            ("tasks", "max: 15", "¦maxi: 15"),
            (
                "tasks",
                "{wire: Source, type: TaskId, required: true}",
                "{wire: Source, type: ¦TaskID, required: true}",
            ),
            ("api", "title: Tiny", "¦titel: Tiny"),
        ]
        .map(|(file, from, to)| (leak(file), from, to)),
    );
    let reports = load(&files).reports();
    let told: Vec<String> =
        reports.iter().map(|r| format!("{}:{}:{}: ", r.path, r.position.line, r.position.column)).collect();
    let mut sorted = reports.clone();
    sorted.sort_by(|a, b| (&a.path, a.position).cmp(&(&b.path, b.position)));
    assert_eq!(
        sorted.iter().map(|r| &r.text).collect::<Vec<_>>(),
        reports.iter().map(|r| &r.text).collect::<Vec<_>>()
    );
    places.sort();
    let mut told_sorted = told.clone();
    told_sorted.sort();
    assert_eq!(told_sorted, places);
}

fn leak(file: &str) -> &'static str {
    Box::leak(format!("{file}.yaml").into_boxed_str())
}

#[test]
fn three_mistakes_in_one_entry_give_three_reports() {
    let (files, places) = spoil(&[
        ("tasks.yaml", "effect: calls_people", "effect: ¦rings"),
        ("tasks.yaml", "timeout: upload", "timeout: ¦uplod"),
        ("tasks.yaml", "max: 15, example: 3", "¦max_chars: 15, example: 3"),
    ]);
    let reports = load(&files).reports();
    assert_eq!(reports.len(), 3, "{reports:#?}");
    for (report, place) in reports.iter().zip(&places) {
        assert!(report.text.starts_with(place.as_str()), "{} is not at {place}", report.text);
    }
}

#[test]
fn what_is_valid_is_still_there() {
    let (files, _) = spoil(&[("tasks.yaml", "effect: calls_people", "effect: rings")]);
    let loaded = load(&files);
    assert!(!loaded.is_valid());
    assert!(loaded.spec.endpoint("tasks.list_calls").is_some());
    assert!(
        loaded.spec.endpoint("tasks.create_task").is_none(),
        "an endpoint without an effect cannot be generated"
    );
    assert!(loaded.spec.endpoint("twin.list_calls").is_some());
}

#[test]
fn an_unread_file_leads_to_no_further_complaints() {
    let (files, _) = spoil(&[("tasks.yaml", "section: tasks\n", "section: tasks: x\n")]);
    let reports = load(&files).reports();
    assert_eq!(reports.len(), 1, "{reports:#?}");
    for name in ["api.yaml", "errors.yaml", "types.yaml"] {
        let mut files = tiny_with(&[]);
        files.iter_mut().find(|(file, _)| file == name).unwrap().1 = "a: b: c\n".to_owned();
        let reports = load(&files).reports();
        assert_eq!(reports.len(), 1, "{name}: {reports:#?}");
        assert!(
            reports[0].text.starts_with(&format!("spec/{name}:1:5: this is not valid YAML")),
            "{}",
            reports[0].text
        );
    }
}

#[test]
fn an_unused_type_is_a_warning() {
    let (files, places) = spoil(&[("types.yaml", "ids:\n", "ids:\n  ¦PlanId: {doc: A plan.}\n")]);
    let loaded = load(&files);
    assert!(loaded.is_valid(), "{:#?}", loaded.reports());
    let warnings = loaded.warnings();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert!(warnings[0].text.starts_with(&places[0]), "{}", warnings[0].text);
    assert!(warnings[0].text.contains("nothing uses the type `PlanId`"));
}

/// Writes the tiny spec to a directory, spoils it, and reads it from there.
fn on_disk(spoil: impl FnOnce(&Path)) -> Vec<Report> {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in tiny_with(&[]) {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    spoil(directory.path());
    let reports = Loaded::directory(directory.path(), "spec").reports();
    let absolute = directory.path().to_string_lossy().into_owned();
    assert!(reports.iter().all(|r| !r.text.contains(&absolute)), "no absolute path: {reports:#?}");
    reports
}

fn only(reports: &[Report], place: &str, says: &str, helps_with: &str) {
    assert_eq!(reports.len(), 1, "{reports:#?}");
    let report = &reports[0];
    assert!(report.text.starts_with(place), "{}", report.text);
    assert!(first_line(report).contains(says), "{}", report.text);
    assert!(helps(report).contains(helps_with) && !helps(report).is_empty(), "{}", report.text);
}

#[test]
fn files_that_cannot_be_read() {
    assert!(on_disk(|_| ()).is_empty());
    let twin = |text: &'static [u8]| on_disk(move |at| std::fs::write(at.join("twin.yaml"), text).unwrap());
    only(&twin(b""), "spec/twin.yaml:1:1: ", "this file is empty", "README");
    only(&twin(b"# nothing\n"), "spec/twin.yaml:1:1: ", "this file is empty", "README");
    only(&twin(b"- a\n- b\n"), "spec/twin.yaml:1:1: ", "expected a mapping of keys, found a list", "README");
    only(&twin(b"just text\n"), "spec/twin.yaml:1:1: ", "expected a mapping of keys, found text", "README");
    only(
        &twin(b"section: twin\ntitle: Gr\xfc\xdfe\n"),
        "spec/twin.yaml:2:10: ",
        "not UTF-8",
        "save it as UTF-8",
    );
    only(
        &on_disk(|at| std::fs::remove_file(at.join("types.yaml")).unwrap()),
        "spec/types.yaml:1:1: ",
        "there is no such file",
        "relative",
    );
    let directory = on_disk(|at| {
        std::fs::remove_file(at.join("twin.yaml")).unwrap();
        std::fs::create_dir(at.join("twin.yaml")).unwrap();
    });
    only(&directory, "spec/twin.yaml:1:1: ", "this is a directory, not a file", "name one YAML file");
    let misnamed = on_disk(|at| std::fs::rename(at.join("twin.yaml"), at.join("twin.yml")).unwrap());
    only(&misnamed, "spec/twin.yml:1:1: ", "spec files end in `.yaml`", "name it `twin.yaml`");
    let bad_name = on_disk(|at| std::fs::rename(at.join("twin.yaml"), at.join("Twin-2.yaml")).unwrap());
    only(&bad_name, "spec/Twin-2.yaml:1:1: ", "cannot name a module", "one name");
    let gone = tempfile::tempdir().unwrap();
    only(
        &Loaded::directory(&gone.path().join("nowhere"), "spec").reports(),
        "spec:1:1: ",
        "there is no such directory",
        "api.yaml",
    );
    only(
        &Loaded::single(
            &gone.path().join("private.yaml"),
            "my/private.yaml",
            Vendor::Directory(&common::real_spec()),
        )
        .reports(),
        "my/private.yaml:1:1: ",
        "there is no such file",
        "relative",
    );
    only(
        &Loaded::single(gone.path(), "my", Vendor::Directory(&common::real_spec())).reports(),
        "my:1:1: ",
        "this is a directory",
        "one YAML file",
    );
}

/// A place that no field has.
const DIALER_COOKIE: &str = "task_id: {wire: taskId, type: TaskId, required: true, in: ¦cookie, codes";

fn cases() -> Vec<Case> {
    vec![
        case("yaml_missing_brace")
            .edit(
                "tasks.yaml",
                "task_id: {wire: TaskID, type: TaskId, required: true}\n      page",
                "task_id: ¦{wire: TaskID, type: TaskId, required: true\n      page",
            )
            .says("lacks its closing `}`", "close it on its line"),
        case("yaml_missing_quote")
            .edit("tasks.yaml", "StartTime: \"2024-01-01 08:00:00\"", "StartTime: ¦\"2024-01-01 08:00:00")
            .says("the quote that opens here is not closed", "close it"),
        case("yaml_missing_quote_at_the_end")
            .edit("twin.yaml", "title: Twin", "title: ¦\"Twin")
            .says("the quote that opens here is not closed", "close it"),
        case("yaml_missing_colon")
            .edit("tasks.yaml", "summary: Fetches a token.", "¦summary Fetches a token.")
            .says("the key of this line has no colon", "a key is followed by a colon"),
        case("yaml_missing_colon_of_the_first_key")
            .edit("types.yaml", "  Gender:\n    doc: Gender, for", "  Gender:\n    ¦doc Gender, for")
            .says("the key of this line has no colon", "a key is followed by a colon"),
        case("yaml_first_line_indented")
            .edit("twin.yaml", "section: twin", " ¦section: twin")
            .says("this line is indented, and those on its level below are not", "start in the first column"),
        case("yaml_missing_space")
            .edit("tasks.yaml", "    timeout: upload", "    ¦timeout:upload")
            .says("a space is missing after the colon of `timeout`", "a colon and a space"),
        case("yaml_missing_space_in_braces")
            .edit(
                "tasks.yaml",
                "{wire: Repeat, type: integer, min: 0",
                "{wire: Repeat, type: integer, ¦min:0",
            )
            .says("unknown key `min:0`", "a space is missing after the colon: `min: ...`"),
        case("yaml_colon_in_text")
            .edit(
                "tasks.yaml",
                "summary: Starts one round of calls.",
                "summary: Starts¦: one round of calls.",
            )
            .says("there is a second colon with a space in this line", "needs quotes"),
        case("yaml_colon_in_text_in_braces")
            .edit("tasks.yaml", "doc: Who is called.}", "doc: Who¦: is called.}")
            .says("a comma or the closing `}` is expected here", "needs quotes"),
        case("yaml_comment_in_braces")
            .edit(
                "tasks.yaml",
                "name: {wire: Name, type: string, required: true, max_chars: 63, sensitive: true, \
                 doc: Who is called.}",
                "name: ¦{wire: Name, type: string, required: true, max_chars: 63, sensitive: true, \
                 doc: Who #1 is called.}",
            )
            .says("lacks its closing `}`", "` #`"),
        case("yaml_wrong_indent")
            .edit(
                "tasks.yaml",
                "    effect: idempotent\n    summary: Fetches",
                "    effect: idempotent\n   ¦summary: Fetches",
            )
            .says("this line is indented unlike the others of its block", "start in the same column"),
        case("yaml_second_document")
            .edit("twin.yaml", "types:\n", "¦---\ntypes:\n")
            .says("a second YAML document starts here", "remove the line `---`"),
        case("yaml_reserved_character")
            .edit("twin.yaml", "title: Twin", "title: ¦@Twin")
            .says("text cannot start with `@`", "needs quotes"),
        case("yaml_anchor")
            .edit("twin.yaml", "title: Twin", "title: ¦*Twin")
            .says("unknown anchor", "needs quotes"),
        case("yaml_tag")
            .edit("twin.yaml", "title: Twin", "title: ¦!Twin x")
            .says("YAML tags are not used here", "needs quotes"),
        case("yaml_tab")
            .edit("tasks.yaml", "    title: Create a Task\n", "¦\ttitle: Create a Task\n")
            .says("a tab is used for indentation", "indented with spaces"),
        case("yaml_control_character")
            .edit("twin.yaml", "title: Twin", "title: Twin¦\u{7}")
            .says("control character", "remove it"),
        case("yaml_crlf")
            .edit("twin.yaml", "title: Twin\n", "title: Twin¦\r\n")
            .says("a line ends with CR LF", "LF alone"),
        case("yaml_bom")
            .edit(
                "twin.yaml",
                "# yaml-language-server: $schema=../../../../spec/schema.json\nsection",
                "¦\u{feff}# comment\nsection",
            )
            .says("starts with a byte order mark", "without a byte order mark"),
        case("key_twice")
            .edit(
                "tasks.yaml",
                "    effect: idempotent\n    summary: Fetches",
                "    effect: idempotent\n    ¦effect: read\n    summary: Fetches",
            )
            .says("the key `effect` appears twice", "keep one of the two"),
        case("key_twice_endpoint")
            .edit("tasks.yaml", "  list_calls:\n", "  ¦get_token: {}\n  list_calls:\n")
            .says("the key `get_token` appears twice", "another name"),
        case("key_twice_field")
            .edit("tasks.yaml", "      repeat: {", "      ¦task_name: {type: string}\n      repeat: {")
            .says("the key `task_name` appears twice", "another name"),
        case("key_twice_in_sample")
            .edit("tasks.yaml", "TaskName: first", "TaskName: first\n        ¦TaskName: second")
            .says("the key `TaskName` appears twice", "keep one"),
        case("key_unknown")
            .edit("tasks.yaml", "    notes: [A", "    ¦nots: [A")
            .says("unknown key `nots` in an endpoint", "did you mean `notes`?"),
        case("key_unknown_of_field")
            .edit("tasks.yaml", "required: true, max_chars: 63,", "required: true, ¦max_char: 63,")
            .says("unknown key `max_char` in a field", "did you mean `max_chars`?"),
        case("key_unknown_of_section")
            .edit("twin.yaml", "title: Twin", "title: Twin\n¦owner: me")
            .says("unknown key `owner` in a section", "allowed: section"),
        case("key_unknown_of_api")
            .edit(
                "api.yaml",
                "base_url: https://api.example.com",
                "base_url: https://api.example.com\n¦version: 1",
            )
            .says("unknown key `version` in api.yaml", "allowed: title"),
        case("key_unknown_of_family")
            .edit("api.yaml", "token_codes: [401]", "¦token_code: [401]")
            .says("unknown key `token_code` in a family", "did you mean `token_codes`?"),
        case("key_unknown_of_errors")
            .edit(
                "errors.yaml",
                "meaning: a parameter is missing}",
                "meaning: a parameter is missing, ¦grp: x}",
            )
            .says("unknown key `grp` in an error code", "allowed: name"),
        case("key_unknown_of_types")
            .edit("types.yaml", "ids:\n", "¦aliases: {}\nids:\n")
            .says("unknown key `aliases` in types.yaml", "allowed: ids"),
        case("key_unknown_of_webhook")
            .edit("tasks.yaml", "    signed: documented", "    ¦sigend: documented")
            .says("unknown key `sigend` in a webhook", "did you mean `signed`?"),
        case("key_unknown_code")
            .edit("tasks.yaml", "taken: 10403}", "¦token: 10403}")
            .says("unknown key `token` in the codes of a field", "did you mean `taken`?"),
        case("key_misspelt_that_is_needed")
            .edit("tasks.yaml", "effect: calls_people", "¦efect: calls_people")
            .says("unknown key `efect` in an endpoint", "did you mean `effect`?"),
        case("key_misspelt_type")
            .edit(
                "tasks.yaml",
                "repeat: {wire: Repeat, type: integer",
                "repeat: {wire: Repeat, ¦tpye: integer",
            )
            .says("unknown key `tpye` in a field", "did you mean `type`?"),
        case("key_misspelt_request")
            .edit("tasks.yaml", "    request:\n      task_name", "    ¦reqest:\n      task_name")
            .says("unknown key `reqest` in an endpoint", "did you mean `request`?"),
        case("key_misspelt_same_as")
            .edit(
                "twin.yaml",
                "    same_as: tasks.create_task\n    title_zh",
                "    ¦sameas: tasks.create_task\n    title_zh",
            )
            .says("unknown key `sameas`", "did you mean `same_as`?"),
        case("key_misspelt_section")
            .edit("twin.yaml", "section: twin", "¦secton: twin")
            .says("unknown key `secton` in a section", "did you mean `section`?"),
        case("key_misspelt_endpoints")
            .edit("tasks.yaml", "endpoints:\n", "¦endponts:\n")
            .says("unknown key `endponts`", "did you mean `endpoints`?"),
        case("key_request_beside_same_as")
            .edit(
                "twin.yaml",
                "{same_as: tasks.list_calls, evidence: inferred}",
                "{same_as: tasks.list_calls, evidence: inferred, ¦request: {}}",
            )
            .says("unknown key `request`", "with `same_as`, fields are changed by"),
        case("missing_effect")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    effect: calls_people\n", "")
            .says("the key `effect` is missing in an endpoint", "`effect`: "),
        case("missing_path")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    path: /task\n", "")
            .says("the key `path` is missing in an endpoint", "`path`: "),
        case("missing_summary")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    summary: Starts one round of calls.\n", "")
            .says("the key `summary` is missing in an endpoint", "`summary`: "),
        case("missing_title")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    title: Create a Task\n", "")
            .says("the key `title` is missing in an endpoint", "`title`: "),
        case("missing_method")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    method: POST\n    path: /task\n", "    path: /task\n")
            .says("the key `method` is missing in an endpoint", "Allowed: GET, POST"),
        case("missing_evidence")
            .edit("tasks.yaml", "  create_task:\n", "  ¦create_task:\n")
            .edit("tasks.yaml", "    pages: [doc-2]\n    evidence: documented\n", "    pages: [doc-2]\n")
            .says("the key `evidence` is missing in an endpoint", "Allowed: documented, observed"),
        case("missing_type_of_field")
            .edit("tasks.yaml", "repeat: {wire: Repeat, type: integer", "¦repeat: {wire: Repeat")
            .says("the key `type` is missing in a field", "`type`: "),
        case("missing_type_value")
            .edit("tasks.yaml", "repeat: {wire: Repeat, type: integer", "repeat: {wire: Repeat, type: ¦")
            .says("expected text, found nothing", "after the key"),
        case("missing_family")
            .edit("twin.yaml", "family: cloud\n", "")
            .edit("twin.yaml", "section: twin", "¦section: twin")
            .says("the key `family` is missing in a section", "`family`: "),
        case("missing_doc_of_enum")
            .edit("types.yaml", "  Gender:\n    doc: Gender, for the form of address.\n", "  ¦Gender:\n")
            .says("the key `doc` is missing in an enum", "`doc`: "),
        case("missing_name_of_code")
            .edit("errors.yaml", "10403: {name: TaskNameExists, ", "¦10403: {")
            .says("the key `name` is missing in an error code", "PascalCase"),
        case("missing_wire_of_entry")
            .edit(
                "tasks.yaml",
                "      include: [CallRecord]\n",
                "      include: [CallRecord]\n      ¦entry: {key: callid}\n",
            )
            .says("the key `value` is missing in an entry", "object's value"),
        case("wrong_type_list")
            .edit(
                "tasks.yaml",
                "    notes: [A unique name guards against a second task.]",
                "    notes: ¦A unique name guards against a second task.",
            )
            .says("expected a list, found `A unique name", "write it in brackets"),
        case("wrong_type_flag")
            .edit(
                "tasks.yaml",
                "    open: true\n    summary: Fetches the audio",
                "    open: ¦yes\n    summary: Fetches the audio",
            )
            .says("expected true or false, found `yes`", "write `true`"),
        case("wrong_type_required")
            .edit(
                "tasks.yaml",
                "page: {wire: Page, type: integer, required: true",
                "page: {wire: Page, type: integer, required: ¦yes",
            )
            .says("expected true or false, found `yes`", "write `true`"),
        case("wrong_type_number")
            .edit("tasks.yaml", "max: 15", "max: ¦fifteen")
            .says("expected a whole number, found `fifteen`", "digits"),
        case("wrong_type_number_quoted")
            .edit("tasks.yaml", "max: 15", "max: ¦\"15\"")
            .says("expected a whole number, found `15` (text)", "without quotes"),
        case("wrong_type_number_huge")
            .edit("tasks.yaml", "max: 15", "max: ¦99999999999999999999999999")
            .says("expected a whole number", "no fraction"),
        case("wrong_type_number_fraction")
            .edit("tasks.yaml", "max: 15", "max: ¦1.5")
            .says("expected a whole number", "no fraction"),
        case("wrong_type_text")
            .edit("twin.yaml", "title: Twin", "title: ¦[Twin]")
            .says("expected text, found a list", "needs quotes"),
        case("wrong_type_nothing")
            .edit("twin.yaml", "title: Twin", "title:¦")
            .says("expected text, found nothing", "after the key"),
        case("wrong_type_fields")
            .edit(
                "tasks.yaml",
                "    request:\n      file: {type: binary, required: true}",
                "    request: ¦[file]",
            )
            .says("expected a mapping of names, found a list", "name: ..."),
        case("wrong_type_object")
            .edit("tasks.yaml", "page: {wire: Page, type: integer, required: true, min: 1}", "page: ¦integer")
            .says("expected a field, found `integer`", "it has keys such as `type`"),
        case("wrong_type_endpoint")
            .edit("tasks.yaml", "webhooks:\n", "  get_more: ¦/more\nwebhooks:\n")
            .says("expected an endpoint, found `/more`", "it has keys such as `title`"),
        case("wrong_type_negative")
            .edit("tasks.yaml", "max_items: 5", "max_items: ¦-1")
            .says("expected a whole number from 0", "from 0 to"),
        case("wrong_type_code")
            .edit("tasks.yaml", "errors: [401, 10301]", "errors: [401, ¦abc]")
            .says("expected a whole number, found `abc`", "digits"),
        case("wrong_word")
            .edit("tasks.yaml", "effect: calls_people", "effect: ¦call_people")
            .says("`call_people` is not allowed here", "did you mean `calls_people`?"),
        case("wrong_word_method")
            .edit("tasks.yaml", "method: POST\n    path: /task\n", "method: ¦post\n    path: /task\n")
            .says("`post` is not allowed here", "did you mean `POST`?"),
        case("wrong_word_evidence")
            .edit(
                "tasks.yaml",
                "    evidence: inferred\n    method: GET",
                "    evidence: ¦guessed\n    method: GET",
            )
            .says("`guessed` is not allowed here", "allowed: documented, observed, inferred, assumed"),
        case("wrong_word_evidence_of_field")
            .edit("tasks.yaml", "repeat: {wire: Repeat,", "repeat: {wire: Repeat, evidence: ¦document,")
            .says("`document` is not allowed here", "did you mean `documented`?"),
        case("wrong_word_body")
            .edit("tasks.yaml", "body: multipart", "body: ¦multi")
            .says("`multi` is not allowed here", "allowed: query, json, form, multipart"),
        case("type_unknown")
            .edit(
                "tasks.yaml",
                "{wire: Amount, type: decimal, greater_than: 0}",
                "{wire: Amount, type: ¦money}",
            )
            .says("unknown type `money`", "did you mean `decimal`?"),
        case("type_misspelt")
            .edit(
                "tasks.yaml",
                "repeat: {wire: Repeat, type: integer, min: 0, max: 15, example: 3}",
                "repeat: {wire: Repeat, type: ¦integr, min: 0, max: 15, example: 3}",
            )
            .says("unknown type `integr`", "did you mean `integer`?"),
        case("type_unknown_enum")
            .edit(
                "tasks.yaml",
                "gender: {wire: Gender, type: Gender}",
                "gender: {wire: Gender, type: ¦Gendre}",
            )
            .says("unknown type `Gendre`", "did you mean `Gender`?"),
        case("type_unknown_id")
            .edit(
                "tasks.yaml",
                "{wire: Source, type: TaskId, required: true}",
                "{wire: Source, type: ¦TaskID, required: true}",
            )
            .says("unknown type `TaskID`", "did you mean `TaskId`?"),
        case("type_of_another_section")
            .edit(
                "dialer.yaml",
                "task_id: {wire: taskId, type: TaskId, required",
                "task_id: {wire: taskId, type: ¦State, required",
            )
            .says("unknown type `State`", "did you mean `tasks.State`?"),
        case("type_unknown_section")
            .edit(
                "dialer.yaml",
                "task_id: {wire: taskId, type: TaskId, required",
                "task_id: {wire: taskId, type: ¦task.State, required",
            )
            .says("there is no section `task`", "did you mean `tasks`?"),
        case("type_unclosed")
            .edit("tasks.yaml", "type: list<Contact>, required", "type: ¦list<Contact, required")
            .says("`list<Contact` lacks its closing `>`", "write `list<Contact>`"),
        case("type_list_of_nothing")
            .edit("tasks.yaml", "type: list<Contact>, required", "type: ¦list, required")
            .says("`list` does not say of what", "list<string>"),
        case("type_nested_too_deep")
            .edit(
                "tasks.yaml",
                "notes: {type: map<string>}",
                "notes: {type: ¦list<list<list<list<list<list<list<list<list<list<json>>>>>>>>>>}",
            )
            .says("more than 8 lists", "json"),
        case("type_unknown_of_response")
            .edit("tasks.yaml", "    response: json\n  copy", "    response: ¦jsn\n  copy")
            .says("unknown type `jsn`", "did you mean `json`?"),
        case("type_is_no_struct")
            .edit("tasks.yaml", "payload: CallRecord", "payload: ¦Gender")
            .says("`Gender` is not a struct", "only structs"),
        case("type_unknown_payload")
            .edit("tasks.yaml", "payload: CallRecord", "payload: ¦CallRecrd")
            .says("unknown type `CallRecrd`", "did you mean `CallRecord`?"),
        case("type_unknown_include")
            .edit("tasks.yaml", "include: [CallRecord]", "include: [¦CallRecords]")
            .says("unknown type `CallRecords`", "did you mean `CallRecord`?"),
        case("family_unknown")
            .edit("twin.yaml", "family: cloud", "family: ¦clout")
            .says("there is no family `clout`", "did you mean `cloud`?"),
        case("family_unknown_in_errors")
            .edit("errors.yaml", "dialer:\n", "¦dailer:\n")
            .says("there is no family `dailer`", "did you mean `dialer`?"),
        case("section_and_file_differ")
            .edit("twin.yaml", "section: twin", "section: ¦twins")
            .says("the section is called `twins`, its file `twin.yaml`", "the same name"),
        case("timeout_unknown")
            .edit("tasks.yaml", "timeout: upload", "timeout: ¦uplod")
            .says("there is no time-out class `uplod`", "did you mean `upload`?"),
        case("timeout_normal_missing")
            .edit("api.yaml", "timeouts: {normal: 30, upload: 150}", "timeouts: ¦{upload: 150}")
            .says("there is no time-out class `normal`", "default"),
        case("token_endpoint_unknown")
            .edit("api.yaml", "endpoint: tasks.get_token", "endpoint: ¦tasks.get_tokn")
            .says("there is no endpoint `tasks.get_tokn`", "did you mean `tasks.get_token`?"),
        case("code_unknown")
            .edit(
                "tasks.yaml",
                "codes: {missing: 10401, too_long: 10402",
                "codes: {missing: 10401, too_long: ¦10404",
            )
            .says("the family `cloud` has no error code 10404", "the nearest code is 10403"),
        case("code_of_another_family")
            .edit("tasks.yaml", "errors: [401, 10301]", "errors: [401, ¦3001]")
            .says("the family `cloud` has no error code 3001", "3001 is a code of dialer"),
        case("code_of_another_family_in_field")
            .edit("dialer.yaml", "codes: {unknown: 3001}", "codes: {unknown: ¦10401}")
            .says("the family `dialer` has no error code 10401", "10401 is a code of cloud"),
        case("code_unknown_in_list")
            .edit("tasks.yaml", "refused: [20001, 10302]", "refused: [20001, ¦10304]")
            .says("the family `cloud` has no error code 10304", "the nearest code is 10302"),
        case("code_unknown_in_change")
            .edit(
                "tasks.yaml",
                "change: {request: {task_name: {max_chars: 20}}}",
                "change: {request: {task_name: {max_chars: 20, codes: {too_long: ¦99}}}}",
            )
            .says("has no error code 99", "errors.yaml"),
        case("code_unknown_of_family")
            .edit("api.yaml", "missing_code: 10301", "missing_code: ¦10300")
            .says("the family `cloud` has no error code 10300", "errors.yaml"),
        case("code_unknown_of_shared_struct")
            .edit(
                "types.yaml",
                "call_id: {wire: callid, type: string, required: true",
                "call_id: {wire: callid, type: string, codes: {invalid: ¦77}, required: true",
            )
            .says("no family has an error code 77", "errors.yaml"),
        case("code_twice")
            .edit(
                "errors.yaml",
                "10402: {name: TaskNameTooLong",
                "10402: {name: TaskNameLong, meaning: x}\n    ¦10402: {name: TaskNameTooLong",
            )
            .says("the key `10402` appears twice", "keep one"),
        case("code_twice_as_a_number")
            .edit(
                "errors.yaml",
                "10402: {name: TaskNameTooLong",
                "010402: {name: TaskNameLong, meaning: x}\n    ¦10402: {name: TaskNameTooLong",
            )
            .says("the code 10402 appears twice", "meanings"),
        case("code_name_twice")
            .edit("errors.yaml", "name: TaskNameExists", "name: ¦TaskNameMissing")
            .says("`TaskNameMissing` names two codes, 10401 and 10403", "family's name"),
        case("code_name_twice_in_families")
            .edit("errors.yaml", "name: DialerTaskUnknown", "name: ¦TaskNameMissing")
            .says("`TaskNameMissing` names two codes", "family's name"),
        case("code_name_bad")
            .edit("errors.yaml", "name: TaskNameExists", "name: ¦task_name_exists")
            .says("cannot be a variant of ErrorCode", "`TaskNameExists`"),
        case("code_name_reserved")
            .edit("errors.yaml", "name: TaskNameExists", "name: ¦Other")
            .says("cannot be a variant of ErrorCode", "PascalCase"),
        case("code_no_number")
            .edit("errors.yaml", "10403: {name", "¦abc: {name")
            .says("`abc` is not an error code", "10402: {name"),
        case("code_own_is_known_already")
            .edit("tasks.yaml", "20001: {name: TooManyRows", "¦10402: {name: TooManyRows")
            .edit("tasks.yaml", "refused: [20001, 10302]", "refused: [10402, 10302]")
            .says("the code 10402 is in the family's table already, as `TaskNameTooLong`", "leave it out"),
        case("code_same_meaning_as_nothing")
            .edit("errors.yaml", "same_meaning_as: 10402", "same_meaning_as: ¦10499")
            .says("does not name a code of this table", "same family"),
        case("code_taken_over_from_another_family")
            .edit(
                "dialer.yaml",
                "endpoints:\n",
                "endpoints:\n  create_task:\n    same_as: ¦tasks.create_task\n    evidence: inferred\n    \
                 change: {request: {contacts: {codes: null}}}\n",
            )
            .says(
                "what is taken over names codes that the family `dialer` lacks: 401, 10301, 10302, 10401, \
                 10402, 10403",
                "codes: null",
            ),
        case("constraint_chars_of_integer")
            .edit(
                "tasks.yaml",
                "repeat: {wire: Repeat, type: integer, min: 0",
                "repeat: {wire: Repeat, type: integer, ¦max_chars: 3, min: 0",
            )
            .says("`max_chars` does not fit the type `integer`", "did you mean `max`?"),
        case("constraint_max_of_text")
            .edit("tasks.yaml", "max_chars: 63, sensitive: true, doc", "¦max: 63, sensitive: true, doc")
            .says("`max` does not fit the type `string`", "did you mean `max_chars`?"),
        case("constraint_items_of_text")
            .edit("tasks.yaml", "max_chars: 63, sensitive: true, doc", "¦max_items: 63, sensitive: true, doc")
            .says("`max_items` does not fit the type `string`", "did you mean `max_chars`?"),
        case("constraint_digits_of_text")
            .edit(
                "tasks.yaml",
                "max_chars: 63, sensitive: true, doc",
                "¦max_digits: 63, sensitive: true, doc",
            )
            .says("`max_digits` does not fit the type `string`", "did you mean `max_chars`?"),
        case("constraint_one_of_number")
            .edit(
                "tasks.yaml",
                "{wire: Amount, type: decimal, greater_than: 0}",
                "{wire: Amount, type: decimal, ¦one_of: [a]}",
            )
            .says("`one_of` does not fit the type `decimal`", "text and whole numbers"),
        case("constraint_one_of_nothing")
            .edit("tasks.yaml", "one_of: [normal, special]", "one_of: ¦[]")
            .says("`one_of` allows no value", "list the values"),
        case("constraint_one_of_text_for_integer")
            .edit(
                "tasks.yaml",
                "repeat: {wire: Repeat, type: integer, min: 0",
                "repeat: {wire: Repeat, type: integer, one_of: [1, ¦two], min: 0",
            )
            .says("this is not a whole number", "without quotes"),
        case("constraint_min_above_max")
            .edit("tasks.yaml", "min: 0, max: 15", "min: ¦16, max: 15")
            .says("`min: 16` and `max: 15` leave no value", "must be below"),
        case("constraint_min_chars_above_max")
            .edit(
                "tasks.yaml",
                "max_chars: 63, sensitive: true, doc",
                "min_chars: ¦64, max_chars: 63, sensitive: true, doc",
            )
            .says("`min_chars: 64` and `max_chars: 63` leave no value", "must be below"),
        case("constraint_greater_than_above_less_than")
            .edit("tasks.yaml", "greater_than: 0", "greater_than: ¦5, less_than: 5")
            .says("leave no value", "must be below"),
        case("constraint_below_the_base")
            .edit(
                "tasks.yaml",
                "change: {request: {task_name: {max_chars: 20}}}",
                "change: {request: {repeat: {max: ¦-1}}}",
            )
            .says("`min: 0` and `max: -1` leave no value", "must be below"),
        case("before_nothing")
            .edit("tasks.yaml", "before: end_time", "before: ¦endtime")
            .says("`before: endtime` does not name a field", "did you mean `end_time`?"),
        case("before_itself")
            .edit("tasks.yaml", "before: end_time", "before: ¦start_time")
            .says("names the field itself", "later field"),
        case("same_day_as_nothing")
            .edit("tasks.yaml", "same_day_as: end_time", "same_day_as: ¦endtime")
            .says("`same_day_as: endtime` does not name a field", "did you mean `end_time`?"),
        case("same_day_as_no_day")
            .edit("tasks.yaml", "same_day_as: end_time", "same_day_as: ¦repeat")
            .says("`same_day_as: repeat` compares what has no day", "times with a day"),
        case("minutes_before_nothing")
            .edit("tasks.yaml", "before: end_time, min_minutes_before", "¦min_minutes_before")
            .says("`min_minutes_before` says nothing without `before`", "before: end_time"),
        case("minutes_before_of_text")
            .edit("tasks.yaml", "Action, type: string,", "Action, type: string, ¦min_minutes_before: 5,")
            .says("`min_minutes_before` does not fit the type `string`", "times with a day"),
        case("not_past_of_no_day")
            .edit("tasks.yaml", "Action, type: string,", "Action, type: string, ¦not_past: true,")
            .says("`not_past` does not fit the type `string`", "times with a day"),
        case("schema_profile_of_text")
            .edit(
                "tasks.yaml",
                "Action, type: string,",
                "Action, type: string, ¦schema_profile: {types: [string]},",
            )
            .says("`schema_profile` does not fit the type `string`", "it is for `json_schema`"),
        case("schema_profile_of_nothing")
            .edit("tasks.yaml", DAY, "form: {type: json_schema, schema_profile: {types: ¦[]}}")
            .says("`types` allows no property at all", "such as `[string, boolean]`"),
        case("schema_profile_of_no_type")
            .edit("tasks.yaml", DAY, "form: {type: json_schema, schema_profile: {types: [¦text]}}")
            .says("`text`", "string"),
        case("example_outside_of_its_profile")
            .edit(
                "tasks.yaml",
                DAY,
                "form: {type: json_schema, schema_profile: {types: [string]}, example: ¦{type: object, \
                 properties: {a: {type: object}}}}",
            )
            .says("must have one `type` of string, in its property `a`", "fix the example"),
        case("mirror_of_another_type")
            .edit("tasks.yaml", "max_days_ahead: 5", "max_days_ahead: 5, mirror: ¦start_time")
            .says("`mirror: start_time` takes over a value of another type", "of one type"),
        case("mirror_of_itself")
            .edit("tasks.yaml", "max_days_ahead: 5", "max_days_ahead: 5, mirror: ¦day")
            .says("`mirror: day` names the field itself", "other field"),
        case("code_of_what_is_never_past")
            .edit("tasks.yaml", "Action, type: string,", "Action, type: string, codes: {¦other_day: 10302},")
            .says("a value of the type `string` is never `other_day`", "times with a day"),
        case("max_rows_of_pages")
            .edit("tasks.yaml", "size: size, items: Rows}", "size: size, ¦max_rows: 10, items: Rows}")
            .says("`max_rows` says nothing in a paging of `kind: number`", "`kind: offset`"),
        case("before_no_time")
            .edit("tasks.yaml", "before: end_time", "before: ¦repeat")
            .says("compares what is not a date or time", "date or time type"),
        case("before_dropped")
            .edit("tasks.yaml", "drop: {request: [kind]}", "drop: {request: [kind, ¦end_time]}")
            .says(
                "`end_time` is dropped, and another field of the base says `before: end_time`",
                "before: null",
            ),
        case("duplicate_wire")
            .edit("tasks.yaml", "repeat: {wire: Repeat,", "repeat: {wire: ¦EndTime,")
            .edit("tasks.yaml", "        Repeat: 3\n", "")
            .says("`end_time` and `repeat` have the same wire name `EndTime`", "one field"),
        case("duplicate_wire_by_alias")
            .edit("tasks.yaml", "aliases: [status]", "aliases: [¦callid]")
            .says("have the same wire name `callid`", "one field"),
        case("duplicate_wire_by_change")
            .edit(
                "tasks.yaml",
                "change: {request: {task_name: {max_chars: 20}}}",
                "change: {request: {task_name: {wire: ¦Repeat}}}",
            )
            .says("`repeat` and `task_name` have the same wire name `Repeat`", "one field"),
        case("duplicate_rust_name_of_endpoint_and_type")
            .edit(
                "tasks.yaml",
                "  create_task:\n",
                "  ¦contact:\n    title: x\n    evidence: assumed\n    method: POST\n    path: none\n    \
                 effect: read\n    summary: x\n  create_task:\n",
            )
            .says(
                "the endpoint `contact` becomes the Rust name `Contact`, and so does the struct `Contact`",
                "another name",
            ),
        case("duplicate_rust_name_of_endpoints")
            .edit(
                "tasks.yaml",
                "webhooks:\n",
                "  ¦create__task:\n    same_as: tasks.create_task\n    evidence: inferred\nwebhooks:\n",
            )
            .says("the endpoint `create__task` becomes the Rust name `CreateTask`", "another name"),
        case("duplicate_rust_name_of_handle")
            .edit(
                "tasks.yaml",
                "    Contact:\n      doc: One person to call.",
                "    ¦Tasks: {doc: x, evidence: assumed, fields: {a: {type: string}}}\n    Contact:\n      \
                 doc: One person to call.",
            )
            .says(
                "the struct `Tasks` becomes the Rust name `Tasks`, and so does the section's handle",
                "another name",
            ),
        case("duplicate_rust_name_of_shared_types")
            .edit("types.yaml", "structs:\n", "structs:\n  ¦Gender: {fields: {a: {type: string}}}\n")
            .says(
                "the struct `Gender` becomes the Rust name `Gender`, and so does the enum `Gender`",
                "another name",
            ),
        case("duplicate_variant")
            .edit("types.yaml", "      male: {}\n", "      male: {}\n      ¦Male: {}\n")
            .says(
                "the values `male` and `Male` of `Gender` both become the variant `Male`",
                "rust: AnotherName",
            ),
        case("duplicate_included_field")
            .edit(
                "types.yaml",
                "structs:\n",
                "structs:\n  Extra: {doc: x, evidence: assumed, fields: {call_id: {type: string}}}\n",
            )
            .edit("tasks.yaml", "include: [CallRecord]", "include: ¦[CallRecord, Extra]")
            .says("two of these structs have a field `call_id`", "takes the place of both"),
        case("reserved_word_field")
            .edit(
                "tasks.yaml",
                "      kind: {wire: Type, type: string",
                "      ¦type: {wire: Type, type: string",
            )
            .edit("tasks.yaml", "drop: {request: [kind]}", "drop: {request: [repeat]}")
            .says("`type` cannot name a field: it is a word of the Rust language", "kind: {wire: Type, ...}"),
        case("reserved_word_endpoint")
            .edit("tasks.yaml", "  stop_task:\n    title", "  ¦loop:\n    title")
            .says("`loop` cannot name a method: it is a word of the Rust language", "create_task"),
        case("reserved_builder_method")
            .edit("tasks.yaml", "      repeat: {wire: Repeat", "      ¦send: {wire: Repeat")
            .says(
                "`send` cannot name a field: every builder has a method of this name",
                "send_value: {wire: Repeat",
            ),
        case("name_not_snake_case")
            .edit("tasks.yaml", "      repeat: {wire: Repeat", "      ¦Repeat: {wire: Repeat")
            .says("`Repeat` cannot name a field: Rust names here are snake_case", "repeat: {wire: Repeat"),
        case("name_of_endpoint")
            .edit("tasks.yaml", "  stop_task:\n    title", "  ¦stopTask:\n    title")
            .says("`stopTask` cannot name a method", "name it `stop_task`"),
        case("name_of_type")
            .edit(
                "tasks.yaml",
                "    Contact:\n      doc: One person to call.",
                "    ¦note_row: {doc: x, evidence: assumed, fields: {a: {type: string}}}\n    \
                 Contact:\n      doc: One person to call.",
            )
            .says("`note_row` cannot name a type: it is not PascalCase", "`NoteRow`"),
        case("name_of_built_in_type")
            .edit(
                "tasks.yaml",
                "    Contact:\n      doc: One person to call.",
                "    ¦String: {doc: x, evidence: assumed, fields: {a: {type: string}}}\n    Contact:\n      \
                 doc: One person to call.",
            )
            .says("`String` cannot name a type: Rust has a type of this name", "`OwnString`"),
        case("name_of_variant")
            .edit("types.yaml", "\"--\": {rust: Unsaid}", "¦\"--\": {}")
            .says("the value `--` gives no variant of `Gender`", "{rust: SomeName}"),
        case("name_of_variant_other")
            .edit("types.yaml", "\"--\": {rust: Unsaid}", "¦other: {}")
            .says("`Other` is kept for values that nobody knows", "{rust: SomeName}"),
        case("integer_enum_with_word")
            .edit("types.yaml", "\"3\": {rust: Busy", "¦busy: {rust: Busy")
            .says("`busy` is not a whole number", "leave `kind` out"),
        case("wire_empty")
            .edit("tasks.yaml", "repeat: {wire: Repeat", "repeat: {wire: ¦\"\"")
            .says("the wire name is empty", "leave `wire` out"),
        case("path_without_slash")
            .edit("tasks.yaml", "path: /recording", "path: ¦recording")
            .says("the path `recording` does not start with a slash", "write `/recording`"),
        case("path_with_host")
            .edit("tasks.yaml", "path: /recording", "path: ¦https://api.example.com/recording")
            .says("does not start with a slash", "write `/recording`"),
        case("path_with_query")
            .edit("tasks.yaml", "path: /recording", "path: ¦/recording?x=1")
            .says("the path `/recording?x=1` has `?`", "query parameters are fields"),
        case("path_braces")
            .edit("tasks.yaml", "path: /recording", "path: ¦/recording/{TaskID")
            .says("the braces of the path", "in braces"),
        case("path_parameter_without_field")
            .edit("tasks.yaml", "path: /task/{TaskID}/calls", "path: ¦/task/{TaskId}/calls")
            .says("the path names a parameter `{TaskId}`", "wire: TaskId, required: true"),
        case("path_parameter_by_rust_name")
            .edit("tasks.yaml", "path: /task/{TaskID}/calls", "path: ¦/task/{task_id}/calls")
            .says("the path names a parameter `{task_id}`", "`{TaskID}`"),
        case("path_parameter_not_required")
            .edit("tasks.yaml", "path: /task/{TaskID}/calls", "path: ¦/task/{TaskID}/{Size}")
            .says("the path names a parameter `{Size}`", "required: true"),
        case("path_parameter_dropped")
            .edit(
                "twin.yaml",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred}",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred, drop: {request: ¦[task_id]}}",
            )
            .says("the path names a parameter `{TaskID}`", "TaskID, required: true"),
        case("get_with_list")
            .edit(
                "tasks.yaml",
                "      size: {wire: Size, type: integer}",
                "      ¦size: {wire: Size, type: list<integer>}",
            )
            .says(
                "`size` is a list, and the fields of a GET go into the query string",
                "POST with a JSON body",
            ),
        case("get_with_object")
            .edit("dialer.yaml", "    response:\n", "      ¦more: {type: tasks.Contact}\n    response:\n")
            .says("`more` is an object, and the fields of a GET", "POST with a JSON body"),
        case("same_method_and_path").edit("tasks.yaml", "path: /task/stop", "path: ¦/task").says(
            "`stop_task` has the method and path of `create_task`: POST /task",
            "write `same_as: tasks.create_task`",
        ),
        case("same_as_nothing")
            .edit("twin.yaml", "same_as: tasks.list_calls", "same_as: ¦tasks.list_cals")
            .says("`same_as: tasks.list_cals` does not name an endpoint", "did you mean `tasks.list_calls`?"),
        case("same_as_without_section")
            .edit(
                "tasks.yaml",
                "same_as: tasks.create_task\n    title: Copy",
                "same_as: ¦create_task\n    title: Copy",
            )
            .says("does not name an endpoint", "did you mean `tasks.create_task`?"),
        case("same_as_unknown_section")
            .edit("twin.yaml", "same_as: tasks.list_calls", "same_as: ¦task.list_calls")
            .says("does not name an endpoint", "there is no section `task`"),
        case("same_as_webhook")
            .edit("twin.yaml", "same_as: tasks.list_calls", "same_as: ¦tasks.task_finished")
            .says("does not name an endpoint", "not of the same kind"),
        case("same_as_itself")
            .edit(
                "tasks.yaml",
                "same_as: tasks.create_task\n    title: Copy",
                "same_as: ¦tasks.copy_task\n    title: Copy",
            )
            .says("goes in a circle: tasks.copy_task -> tasks.copy_task", "described in full"),
        case("same_as_circle")
            .edit(
                "tasks.yaml",
                "same_as: tasks.create_task\n    title: Copy",
                "same_as: ¦twin.create_task\n    title: Copy",
            )
            .edit(
                "twin.yaml",
                "same_as: tasks.create_task\n    title_zh",
                "same_as: tasks.copy_task\n    title_zh",
            )
            .says(
                "goes in a circle: tasks.copy_task -> twin.create_task -> tasks.copy_task",
                "described in full",
            ),
        case("same_as_circle_of_structs")
            .edit(
                "tasks.yaml",
                "    Contact:\n      doc: One person to call.",
                "    First: {same_as: ¦Second}\n    Second: {same_as: First}\n    Contact:\n      \
                 doc: One person to call.",
            )
            .says("goes in a circle: First -> Second -> First", "fields of its own"),
        case("include_circle")
            .edit(
                "types.yaml",
                "  CallRecord:\n    doc: One call.",
                "  CallRecord:\n    include: [¦CallRecord]\n    doc: One call.",
            )
            .says("goes in a circle: CallRecord -> CallRecord", "fields of its own"),
        case("same_as_nothing_struct")
            .edit("twin.yaml", "same_as: tasks.Contact", "same_as: ¦tasks.Contract")
            .says("unknown type `tasks.Contract`", "did you mean `tasks.Contact`?"),
        case("change_of_absent_field")
            .edit(
                "tasks.yaml",
                "change: {request: {task_name: {max_chars: 20}}}",
                "change: {request: {¦taskname: {max_chars: 20}}}",
            )
            .says("the base has no field `taskname` to change", "did you mean `task_name`?"),
        case("change_of_absent_struct_field")
            .edit(
                "twin.yaml",
                "change: {fields: {name: {wire: Customer}}}",
                "change: {fields: {¦nam: {wire: Customer}}}",
            )
            .says("the base has no field `nam` to change", "did you mean `name`?"),
        case("change_of_payload")
            .edit(
                "tasks.yaml",
                "add: {payload: {source: {wire: Source, type: TaskId}}}",
                "change: {payload: {¦task: {wire: Source}}}",
            )
            .says("the base has no field `task` to change", "add"),
        case("drop_of_absent_field")
            .edit("tasks.yaml", "drop: {request: [kind]}", "drop: {request: [¦kinds]}")
            .says("the base has no field `kinds` to drop", "did you mean `kind`?"),
        case("add_of_present_field")
            .edit(
                "tasks.yaml",
                "add: {request: {source: {wire: Source, type: TaskId, required: true}}}",
                "add: {request: {¦repeat: {wire: Source, type: TaskId}}}",
            )
            .says("the base has a field `repeat` already", "goes under `change`"),
        case("change_of_no_fields")
            .edit(
                "tasks.yaml",
                "    drop: {request: [kind]}",
                "    drop: {request: [kind]}\n  copy_list: {same_as: tasks.upload_list, evidence: assumed, \
                 change: {¦response: {a: {doc: x}}}}",
            )
            .says("the base's answer has no fields", "derive that type"),
        case("change_makes_misfit")
            .edit(
                "tasks.yaml",
                "change: {request: {task_name: {max_chars: 20}}}",
                "change: {request: {task_name: {type: ¦integer}}}",
            )
            .says("`max_chars` does not fit the type `integer`, which the base has", "`null`"),
        case("drop_of_page_field")
            .edit(
                "twin.yaml",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred}",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred, drop: {request: [¦size]}}",
            )
            .says("`size` is dropped, and the base pages by it", "`page` of its own"),
        case("sample_unknown_key")
            .edit("tasks.yaml", "TaskName: first", "¦TaskNam: first")
            .says("the sample has a key `TaskNam` that its type lacks", "did you mean `TaskName`?"),
        case("sample_lacks_required")
            .edit("tasks.yaml", "        TaskName: first\n        Start", "        ¦Start")
            .says("the sample lacks the required field `TaskName`", "add it to the sample"),
        case("sample_wrong_type").edit("tasks.yaml", "        Repeat: 3\n", "        Repeat: ¦many\n").says(
            "the sample does not decode as `integer`: expected a whole number, found text",
            "fix the sample",
        ),
        case("sample_wrong_date")
            .edit("tasks.yaml", "EndTime: \"2024-01-01 09:00:00\"", "EndTime: ¦\"2024-01-01T09:00:00\"")
            .says("is not of the form YYYY-MM-DD HH:MM:SS", "fix the sample"),
        case("sample_no_day_of_the_calendar")
            .edit("tasks.yaml", "EndTime: \"2024-01-01 09:00:00\"", "EndTime: ¦\"2024-02-30 09:00:00\"")
            .says("not a day of the calendar", "fix the sample"),
        case("sample_deep_inside")
            .edit("tasks.yaml", "Mobile: \"+6281200000000\"", "Mobile: ¦\"081200000000\"")
            .says("a phone number has a plus", "fix the sample"),
        case("sample_list_for_text")
            .edit(
                "tasks.yaml",
                "response: {TaskID: \"1\", Refused: []}",
                "response: {TaskID: ¦[1], Refused: []}",
            )
            .says("the sample has a list where a `TaskId` is text", "fix the sample"),
        case("sample_text_for_list")
            .edit(
                "tasks.yaml",
                "response: {TaskID: \"1\", Refused: []}",
                "response: {TaskID: \"1\", Refused: ¦none}",
            )
            .says("the sample has text where its type is a list", "in brackets"),
        case("sample_of_response_unknown_key")
            .edit("tasks.yaml", "response: {token: t}", "response: {token: t, ¦more: 1}")
            .says("the sample has a key `more` that its type lacks", "allowed: token"),
        case("sample_of_file")
            .edit(
                "tasks.yaml",
                "    response: file",
                "    response: file\n    sample: {request: {TaskID: \"1\"}, ¦response: x}",
            )
            .says("the answer is a file", "leave `response` out"),
        case("sample_of_webhook")
            .edit(
                "tasks.yaml",
                "sample: {TaskID: \"1\", State: closed}",
                "sample: {TaskID: \"1\", State: ¦{a: 1}}",
            )
            .says("the sample has a mapping where a `State` is text", "fix the sample"),
        case("example_does_not_fit")
            .edit("tasks.yaml", "max: 15, example: 3", "max: 15, example: ¦three")
            .says("the example does not fit the type `integer`", "fix the example"),
        case("documented_without_page")
            .edit(
                "tasks.yaml",
                "    title: Stop a Task\n    evidence: assumed",
                "    title: Stop a Task\n    evidence: ¦documented",
            )
            .says("the path is said to be documented, and no page is named", "pages: [doc-...]"),
        case("documented_twin_without_page")
            .edit(
                "twin.yaml",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred}",
                "list_calls: {same_as: tasks.list_calls, evidence: ¦documented}",
            )
            .says("the path is said to be documented, and no page is named", "pages: [doc-...]"),
        case("evidence_without_path")
            .edit(
                "tasks.yaml",
                "    evidence: assumed\n    method: POST\n    path: none",
                "    evidence: ¦observed\n    method: POST\n    path: none",
            )
            .says("there is no path", "evidence: assumed"),
        case("page_names_no_field")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: {kind: number, page: ¦pages, size: size, items: Rows}",
            )
            .says("the paging names `pages`, which is not a field of the request", "did you mean `page`?"),
        case("page_names_wire_name")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: {kind: number, page: page, size: ¦Size, items: Rows}",
            )
            .says("the paging names `Size`", "did you mean `size`?"),
        case("page_lacks_size")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    ¦page: {kind: number, page: page, items: Rows}",
            )
            .says("the key `size` is missing in this paging", "Rust name"),
        case("page_names_no_key_of_the_answer")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: {kind: number, page: page, size: size, items: ¦Row}",
            )
            .says("the paging names `Row`, which is not a key of the answer", "did you mean `Rows`?"),
        case("page_of_another_kind")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: {kind: number, page: page, size: size, ¦item_id: callid, items: Rows}",
            )
            .says("`item_id` says nothing in a paging of `kind: number`", "kind: cursor"),
        case("page_cursor_without_id")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             ¦page: {kind: cursor, cursor: page, size: size, items: Rows}",
            )
            .says("the key `item_id` or `next` is missing", "Wire key of the next cursor"),
        case("page_cursor_of_both_kinds")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: \
             {kind: cursor, cursor: page, size: size, item_id: callid, ¦next: Next, items: Rows}",
            )
            .says("`next` beside `item_id`", "`next` if it is in the answer"),
        case("page_next_is_no_key_of_the_answer")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: \
             {kind: cursor, cursor: page, next: ¦Next, items: Rows}",
            )
            .says("the paging names `Next`, which is not a key of the answer", "Rows"),
        case("place_that_is_none")
            .edit("dialer.yaml", "task_id: {wire: taskId, type: TaskId, required: true, codes", DIALER_COOKIE)
            .says("`cookie`", "body, path, header"),
        case("header_that_the_client_sets")
            .edit(
                "dialer.yaml",
                "    request:\n",
                "    request:\n      key: {wire: Authorization, type: string, in: ¦header}\n",
            )
            .says("the client sets the header `Authorization` itself", "leave it out"),
        case("header_that_cannot_be_one")
            .edit(
                "dialer.yaml",
                "    request:\n",
                "    request:\n      key: {wire: My Key, type: string, in: ¦header}\n",
            )
            .says("`My Key` cannot name an HTTP header", "letters, digits and hyphens"),
        case("header_of_a_list")
            .edit(
                "dialer.yaml",
                "    request:\n",
                "    request:\n      keys: {wire: X-Keys, type: list<string>, in: ¦header}\n",
            )
            .says("`keys` is a list, and it is a header", "single values"),
        case("header_in_the_path")
            .edit(
                "tasks.yaml",
                "task_id: {wire: TaskID, type: TaskId, required: true}\n      page",
                "task_id: {wire: TaskID, type: TaskId, required: true, in: ¦header}\n      page",
            )
            .says("`task_id` is a header, and the path names it", "`in: path`"),
        case("place_in_a_path_that_does_not_name_it")
            .edit("dialer.yaml", "    request:\n", "    request:\n      line: {type: string, in: ¦path}\n")
            .says("the path has no `{line}`", "in braces"),
        case("place_of_a_field_in_an_answer")
            .edit(
                "tasks.yaml",
                "token: {type: string, required: true, sensitive: true}",
                "token: {type: string, ¦in: header}",
            )
            .says("`in` says where a field of a request goes, and `token` is none", "leave it out"),
        case("no_body_and_a_field_for_it")
            .edit(
                "tasks.yaml",
                "    effect: idempotent\n    success: status",
                "    effect: idempotent\n    body: ¦none\n    success: status",
            )
            .says("there is no body, and `action` stands neither in the path nor in a header", "`in`"),
        case("typed_text")
            .edit(
                "tasks.yaml",
                "token: {type: string, required: true, sensitive: true}",
                "token: {type: string, ¦typed: true}",
            )
            .says("`typed` does not fit the type `string`", "it is for `json`"),
        case("typed_field_of_a_request")
            .edit(
                "dialer.yaml",
                "    request:\n",
                "    request:\n      more: {type: json_text, doc: a}\n      form: {type: json, ¦t\
                 yped: true}\n",
            )
            .edit("dialer.yaml", "    method: GET", "    method: POST")
            .says("`form` is a field of a request: there is nothing to read", "answers and webhooks"),
        case("idempotency_of_what_reads")
            .edit("dialer.yaml", "    effect: read\n", "    effect: read\n    ¦idempotency: {header: Key}\n")
            .says("`idempotency` says nothing beside `effect: read`", "leave `idempotency` out"),
        case("idempotency_in_a_header_of_the_client")
            .edit(
                "tasks.yaml",
                "    effect: calls_people\n",
                "    effect: calls_people\n    idempotency: {header: ¦Signed}\n",
            )
            .says("the client sets the header `Signed` itself", "leave it out"),
        case("idempotency_with_too_short_keys")
            .edit(
                "tasks.yaml",
                "    effect: calls_people\n",
                "    effect: calls_people\n    idempotency: {header: Key, max_chars: ¦9}\n",
            )
            .says("a key of 9 characters is too short", "36 characters"),
        case("then_poll_names_nothing")
            .edit(
                "tasks.yaml",
                "    effect: calls_people\n",
                "    effect: calls_people\n    then_poll: {endpoint: ¦list_task, fields: {}}\n",
            )
            .says("this section has no endpoint `list_task` to poll", "did you mean `list_tasks`?"),
        case("then_poll_of_what_does_not_end")
            .edit(
                "tasks.yaml",
                "    effect: calls_people\n",
                "    effect: calls_people\n    then_poll: {endpoint: ¦list_tasks, fields: {}}\n",
            )
            .says("`list_tasks` does not say when it is over", "`poll_until`"),
        case("then_poll_with_another_answer")
            .edit("dialer.yaml", "    effect: read\n", "    effect: read\n    poll_until: {taskId: [a]}\n")
            .edit(
                "dialer.yaml",
                "endpoints:\n",
                "endpoints:\n  start:\n    title: Start\n    evidence: observed\n    method: POS\
                 T\n    path: /start\n    effect: changes\n    summary: Starts.\n    response: {t\
                 ask_id: {wire: taskId, type: TaskId}}\n    then_poll: {endpoint: ¦get_task, fiel\
                 ds: {taskId: taskId}}\n",
            )
            .says("`get_task` has another answer than this endpoint", "the same struct"),
        case("then_poll_that_gives_too_little")
            .edit("dialer.yaml", "    effect: read\n", "    effect: read\n    poll_until: {callid: [a]}\n")
            .edit(
                "dialer.yaml",
                "    response:\n      task_id: {wire: taskId, type: TaskId}\n",
                "    response: CallRecord\n",
            )
            .edit(
                "dialer.yaml",
                "endpoints:\n",
                "endpoints:\n  start:\n    title: Start\n    evidence: observed\n    method: POS\
                 T\n    path: /start\n    effect: changes\n    summary: Starts.\n    response: Ca\
                 llRecord\n    then_poll: {endpoint: get_task, ¦fields: {}}\n",
            )
            .says("`get_task` needs `taskId`, and nothing gives it", "{taskId: id}"),
        case("then_poll_by_a_key_that_is_none")
            .edit("dialer.yaml", "    effect: read\n", "    effect: read\n    poll_until: {callid: [a]}\n")
            .edit(
                "dialer.yaml",
                "    response:\n      task_id: {wire: taskId, type: TaskId}\n",
                "    response: CallRecord\n",
            )
            .edit(
                "dialer.yaml",
                "endpoints:\n",
                "endpoints:\n  start:\n    title: Start\n    evidence: observed\n    method: POS\
                 T\n    path: /start\n    effect: changes\n    summary: Starts.\n    response: Ca\
                 llRecord\n    then_poll: {endpoint: get_task, fields: {taskId: ¦callId}}\n",
            )
            .says("`callId` is not a key of the answer", "did you mean `callid`?"),
        case("refusal_beside_an_envelope")
            .edit(
                "api.yaml",
                "    missing_code: 10301",
                "    ¦refusal: {code: error.code}\n    missing_code: 10301",
            )
            .says("`refusal` beside `envelope`", "an HTTP status with a body"),
        case("header_of_a_webhook_from_nowhere")
            .edit(
                "tasks.yaml",
                "webhooks:\n  task_finished:\n",
                "webhooks:\n  task_finished:\n    header: {name: X-Id, key: ¦TaskId}\n",
            )
            .says("`TaskId` is not a wire name of this webhook's message", "did you mean `TaskID`?"),
        case("poll_until_of_two_keys")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             poll_until: {Rows: [a], ¦Other: [b]}",
            )
            .says("2 keys in this `poll_until`", "poll_until: {Status: [finished]}"),
        case("poll_until_without_values")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             poll_until: {Rows: ¦[]}",
            )
            .says("no value of `Rows` ends the wait", "list the states"),
        case("poll_until_names_no_key")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             poll_until: {¦Row: [finished]}",
            )
            .says("`poll_until` names `Row`, which is not a key of the answer", "did you mean `Rows`?"),
        case("poll_until_names_a_list")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             poll_until: {¦Rows: [finished]}",
            )
            .says("`poll_until` names `Rows`, which is no single value", "the state"),
        case("poll_until_of_a_file")
            .edit(
                "tasks.yaml",
                "    response: file\n",
                "    response: file\n    ¦poll_until: {Status: \
             [finished]}\n",
            )
            .says("a file has no state", "every file can be waited for"),
        case("poll_until_of_what_changes")
            .edit("tasks.yaml", "/calls\n    effect: read", "/calls\n    effect: changes")
            .edit(
                "tasks.yaml",
                "    page: {kind: number, page: page, size: size, items: Rows}",
                "    \
             ¦poll_until: {Status: [finished]}\n    open_response: true",
            )
            .says("only what reads can be polled", "drop `poll_until`"),
        case("page_unknown_kind")
            .edit(
                "tasks.yaml",
                "page: {kind: number, page: page, size: size, items: Rows}",
                "page: {kind: ¦numbered, page: page, size: size, items: Rows}",
            )
            .says("`numbered` is not allowed here", "did you mean `number`?"),
        case("control_characters_in_a_key")
            .edit(
                "types.yaml",
                "  TaskId: {doc: A task., ",
                "  TaskId: {doc: A task., ¦\"e\\tv\\ni\\u001b\": a, ",
            )
            .says("unknown key `e\\tv\\ni\\u{1b}` in an id", "allowed: doc"),
        case("page_of_what_changes")
            .edit("tasks.yaml", "/calls\n    effect: read", "/calls\n    effect: changes")
            .edit("tasks.yaml", "    page: {kind", "    ¦page: {kind")
            .says("only what reads has pages", "drop `page`"),
        case("page_of_a_twin_that_changes")
            .edit(
                "twin.yaml",
                "list_calls: {same_as: tasks.list_calls, ",
                "list_calls: {same_as: \
             tasks.list_calls, ¦effect: calls_people, ",
            )
            .says("`effect: calls_people` would happen again for each of them", "effect: read"),
        case("webhook_named_as_endpoint")
            .edit(
                "tasks.yaml",
                "  call_finished:\n    title: Webhook of Call",
                "  ¦stop_task:\n    title: Webhook of Call",
            )
            .says("the webhook `stop_task` has the name of an endpoint", "thing_happened"),
        case("struct_holds_itself")
            .edit(
                "tasks.yaml",
                "        gender: {wire: Gender, type: Gender}\n",
                "        gender: {wire: Gender, type: Gender}\n        friend: {type: ¦Contact}\n",
            )
            .says("a `Contact` would hold itself: Contact -> Contact", "use `list<Contact>`"),
        case("struct_entry_names_nothing")
            .edit(
                "tasks.yaml",
                "      include: [CallRecord]\n",
                "      include: [CallRecord]\n      entry: {key: callid, value: ¦Value}\n",
            )
            .says("no field of this struct has the wire name `Value`", "allowed: callid"),
        case("struct_with_same_as_and_fields")
            .edit(
                "twin.yaml",
                "      same_as: tasks.Contact\n",
                "      same_as: tasks.Contact\n      ¦fields: {a: {type: string}}\n",
            )
            .says("a struct with `same_as` has no `fields` of its own", "`change`, `add` and `drop`"),
        case("cascade_none_from_a_bad_type_name")
            .edit(
                "types.yaml",
                "  TaskId: {doc: A task., evidence: documented}",
                "  TaskId: {¦dok: A task., evidence: documented}",
            )
            .says("unknown key `dok` in an id", "did you mean `doc`?"),
        case("cascade_none_from_a_bad_family")
            .edit("api.yaml", "  dialer:\n    title: The dialer", "  dialer:\n    ¦titel: The dialer")
            .says("unknown key `titel` in a family", "did you mean `title`?"),
        case("cascade_none_from_a_bad_struct")
            .edit(
                "tasks.yaml",
                "    Contact:\n      doc: One person to call.\n      evidence: documented",
                "    Contact:\n      doc: One person to call.\n      evidence: ¦proven",
            )
            .says("`proven` is not allowed here", "allowed: documented"),
        case("cascade_none_from_a_bad_field")
            .edit(
                "tasks.yaml",
                "end_time: {wire: EndTime, type: local_datetime, required: true}",
                "end_time: {wire: EndTime, type: ¦local_datetim, required: true}",
            )
            .says("unknown type `local_datetim`", "did you mean `local_datetime`?"),
        case("cascade_none_from_a_bad_page_field")
            .edit(
                "tasks.yaml",
                "page: {wire: Page, type: integer, required: true, min: 1}",
                "page: {wire: Page, type: ¦int, required: true, min: 1}",
            )
            .says("unknown type `int`", "did you mean `integer`?"),
        case("cascade_none_from_a_bad_token_endpoint")
            .edit(
                "tasks.yaml",
                "    auth: none\n    effect: idempotent",
                "    auth: none\n    effect: ¦idempotend",
            )
            .says("`idempotend` is not allowed here", "did you mean `idempotent`?"),
        case("cascade_none_from_bad_pages")
            .edit("tasks.yaml", "pages: [doc-2]", "pages: ¦doc-2")
            .says("expected a list", "[doc-2]"),
        case("cascade_none_from_a_bad_code_row")
            .edit(
                "errors.yaml",
                "10402: {name: TaskNameTooLong, meaning: the name is too long",
                "10402: {name: TaskNameTooLong, ¦meanin: the name is too long",
            )
            .says("unknown key `meanin`", "did you mean `meaning`?"),
        case("cascade_none_from_bad_timeouts")
            .edit("api.yaml", "timeouts: {normal: 30, upload: 150}", "timeouts: {normal: 30, upload: ¦long}")
            .says("expected a whole number from 0", "digits"),
        case("line_missing_head_of_an_endpoint")
            .edit("tasks.yaml", "  list_calls:\n    title", "    ¦title")
            .says(
                "the key `title` and 8 more appear twice: another entry seems to start",
                "the line with the name",
            ),
        case("line_missing_head_of_a_derived_endpoint")
            .edit(
                "tasks.yaml",
                "  copy_task:\n    same_as: tasks.create_task\n    title",
                "    same_as: tasks.create_task\n    ¦title",
            )
            .says("another entry seems to start", "the line with the name"),
        case("line_missing_head_of_the_first_endpoint")
            .edit("dialer.yaml", "  get_task:\n    title", "    ¦title")
            .says(
                "the key `title` of an endpoint is where a name is expected",
                "the line with the name is missing",
            ),
        case("line_missing_head_of_the_first_of_many")
            .edit("tasks.yaml", "  get_token:\n    title", "    ¦title")
            .says("the lines from here to line 53 are indented differently", "same column"),
        case("line_missing_webhooks")
            .edit("tasks.yaml", "webhooks:\n  task_finished", "  ¦task_finished")
            .says(
                "`task_finished` is a webhook: it goes under `webhooks:`, and 2 more below too",
                "the line above it is missing",
            ),
        case("line_missing_endpoints").edit("tasks.yaml", "endpoints:\n  get_token", "  ¦get_token").says(
            "`get_token` and 7 more below are not keys of types of a section",
            "the line above it is missing",
        ),
        case("line_missing_types").edit("tasks.yaml", "types:\n  enums", "  ¦enums").says(
            "`enums` is not an error code: codes are whole numbers, and 1 more below too",
            "10402: {name",
        ),
        case("line_missing_structs").edit("tasks.yaml", "  structs:\n    Contact", "    ¦Contact").says(
            "`Contact` is a struct: it goes under `structs:`, and 1 more below too",
            "the line above it is missing",
        ),
        case("line_missing_enums").edit("types.yaml", "enums:\n  Gender", "  ¦Gender").says(
            "`Gender` is an enum: it goes under `enums:`, and 1 more below too",
            "the line above it is missing",
        ),
        case("line_missing_head_of_a_family")
            .edit("api.yaml", "  dialer:\n    title", "    ¦title")
            .says("the key `title` and 2 more appear twice", "the line with the name"),
        case("indent_too_far_of_the_first")
            .edit("tasks.yaml", "  get_token:\n", "   ¦get_token:\n")
            .says("the lines from here to line 54 are indented differently", "same column"),
        case("sample_of_other_fields")
            .edit("tasks.yaml", "      include: [CallRecord]\n", "")
            .edit("tasks.yaml", "Rows: [{callid", "Rows: [{¦callid")
            .says(
                "the sample has keys `callid`, `HangupReason`, `CallStartTime` that its type lacks",
                "allowed: State",
            ),
        case("find_by_names_no_field")
            .edit("tasks.yaml", "find_by: {name: TaskName,", "find_by: {name: ¦task_name,")
            .says(
                "`find_by` names `task_name`, which is not a wire name of the request",
                "did you mean `TaskName`?",
            ),
        case("find_by_names_no_list")
            .edit("tasks.yaml", "in: list_tasks}", "in: ¦list_task}")
            .says("this section has no endpoint `list_task` to look in", "did you mean `list_tasks`?"),
        case("find_by_looks_in_what_calls_people")
            .edit("tasks.yaml", "in: list_tasks}", "in: ¦create_task}")
            .says("`create_task` is no list to look in", "name the endpoint that lists"),
        case("unique_names_no_field")
            .edit("tasks.yaml", "unique: mobile", "unique: ¦Mobile")
            .says("`unique: Mobile` does not name a field of `Contact`", "did you mean `mobile`?"),
        case("unique_of_no_list")
            .edit("tasks.yaml", "max_days_ahead: 5", "max_days_ahead: 5, ¦unique: mobile")
            .says("`unique` does not fit the type `date`", "lists of a struct"),
        case("fixed_of_another_type")
            .edit("tasks.yaml", "max_days_ahead: 5", "¦fixed: Stop")
            .says("`fixed` does not fit the type `date`", "one word"),
        case("days_ahead_of_no_date")
            .edit("tasks.yaml", "Action, type: string,", "Action, type: string, ¦max_days_ahead: 5,")
            .says("`max_days_ahead` does not fit the type `string`", "dates"),
        case("identity_names_no_field")
            .edit("tasks.yaml", "identity: [TaskID, State]", "identity: [¦TaskId, State]")
            .says("`TaskId` is not a wire name of this webhook's message", "did you mean `TaskID`?"),
        case("happened_is_no_time")
            .edit("tasks.yaml", "happened: Time", "happened: ¦State")
            .says("`happened` names `State`, which is not a date or time", "the time at which"),
        case("discriminator_lacks_value")
            .edit(
                "tasks.yaml",
                "discriminator: {field: State, value: closed}",
                "¦discriminator: {field: State}",
            )
            .says("the key `value` is missing in a discriminator", "only this webhook"),
        case("signed_by_another_word")
            .edit("tasks.yaml", "signed: documented", "signed: ¦observed")
            .says("`observed` is not allowed here", "allowed: documented, none"),
        case("payload_of_a_file")
            .edit("tasks.yaml", "    response: file\n", "    response: file\n    payload_required: ¦true\n")
            .says("the answer is a file", "leave `payload_required` out"),
        case("effect_not_said_for_another_path")
            .edit("tasks.yaml", "    path: /task/copy\n    effect: changes\n", "    path: ¦/task/copy\n")
            .says(
                "another path than that of `tasks.create_task`, and `effect` is not said again",
                "`effect: calls_people` if it is as there",
            ),
        case("effect_not_said_for_another_method")
            .edit(
                "twin.yaml",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred}",
                "list_calls: {same_as: tasks.list_calls, evidence: inferred, method: ¦POST}",
            )
            .says(
                "another method than that of `tasks.list_calls`, and `effect` is not said again",
                "else idempotent, changes, calls_people",
            ),
        case("name_of_the_event")
            .edit("tasks.yaml", "    LongRecord:\n", "    ¦Event:\n      doc: A step.\n    LongRecord:\n")
            .says(
                "the struct `Event` becomes the Rust name `Event`, and so does the event that is one",
                "give it another name",
            ),
        case("name_of_a_builder")
            .edit(
                "tasks.yaml",
                "    LongRecord:\n",
                "    ¦ContactBuilder:\n      doc: A step.\n    LongRecord:\n",
            )
            .says(
                "`ContactBuilder`, and so does the builder of the struct `Contact`",
                "give one of the two another name",
            ),
        case("name_in_other_case")
            .edit(
                "tasks.yaml",
                "    LongRecord:\n",
                "    SMSTask: {doc: A step.}\n    ¦SmsTask: {doc: A step.}\n    LongRecord:\n",
            )
            .says(
                "the struct `SmsTask` differs from the struct `SMSTask` only in upper and lower case",
                "give one of the two",
            ),
        case("name_of_a_list_of_the_section")
            .edit(
                "tasks.yaml",
                "  20001: {name: TooManyRows,",
                "  ¦20002: {name: Endpoints, meaning: none, evidence: observed}\n  \
                 20001: {name: TooManyRows,",
            )
            .says("the error code `Endpoints` becomes the Rust name `ENDPOINTS`", "give it another name"),
        case("name_of_a_code_in_other_case")
            .edit(
                "tasks.yaml",
                "meaning: there are too many rows, evidence: observed}",
                "meaning: there are too many rows, evidence: observed}\n  \
                 ¦20002: {name: TOOManyRows, meaning: none, evidence: observed}",
            )
            .says(
                "the error code `TOOManyRows` becomes the Rust name `TOO_MANY_ROWS`",
                "give one of the two",
            ),
        case("name_of_the_clients_own_type")
            .edit(
                "types.yaml",
                "enums:\n",
                "enums:\n  ¦Phone: {doc: A phone., evidence: assumed, values: {a: {}}}\n",
            )
            .says(
                "the enum `Phone` becomes the Rust name `Phone`, and so does the client's own type",
                "give it another name",
            ),
        case("get_with_map")
            .edit("dialer.yaml", "    response:\n", "      ¦more: {type: map<string>}\n    response:\n")
            .says("`more` is a map, and the fields of a GET", "POST with a JSON body"),
        case("wrong_type_text_is_a_mapping")
            .edit(
                "tasks.yaml",
                "summary: Starts one round of calls.",
                "summary: ¦{en: Starts one round of calls.}",
            )
            .says("expected text, found a mapping", "needs quotes"),
        case("wrong_type_field_is_a_list")
            .edit(
                "tasks.yaml",
                "page: {wire: Page, type: integer, required: true, min: 1}",
                "page: ¦[integer]",
            )
            .says("expected a field, found a list", "it has keys such as `type`"),
        case("yaml_indented_further")
            .edit(
                "tasks.yaml",
                "    method: POST\n    path: /task\n",
                "    method: POST\n      ¦path: /task\n",
            )
            .says(
                "this line is indented further than the one above, which has a value already",
                "start in the same column",
            ),
        case("example_of_no_date")
            .edit(
                "tasks.yaml",
                "end_time: {wire: EndTime, type: local_datetime, required: true}",
                "end_time: {wire: EndTime, type: local_datetime, required: true, example: ¦\"31.12.2026\"}",
            )
            .says(
                "the example does not fit the type `local_datetime`: `31.12.2026` is not of the form",
                "fix the example",
            ),
        case("name_of_the_private_family")
            .edit(
                "api.yaml",
                "  dialer:\n    title",
                "  ¦private: {title: Own, evidence: assumed, auth: {kind: none}}\n  dialer:\n    title",
            )
            .says(
                "the family `private` becomes the Rust name `Private`, and so does the variant",
                "give it another name",
            ),
        case("alias_of_another_value")
            .edit("tasks.yaml", "closed: {aliases: [done]}", "closed: {aliases: [done, ¦open]}")
            .says("`open` is another value of `State`, or an alias already", "each spelling"),
        case("path_with_list")
            .edit(
                "tasks.yaml",
                "      task_id: {wire: TaskID, type: TaskId, required: true}\n      page:",
                "      ¦task_id: {wire: TaskID, type: list<TaskId>, required: true}\n      page:",
            )
            .edit(
                "tasks.yaml",
                "sample: {request: {TaskID: \"1\", Page: 1}",
                "sample: {request: {TaskID: [\"1\"], Page: 1}",
            )
            .says("`task_id` is a list, and it is part of the path", "single values"),
        case("path_with_space_at_its_end")
            .edit("tasks.yaml", "path: /recording", "path: ¦\"/recording \"")
            .says("the path `/recording ` has a space at its end", "remove it"),
        case("file_in_json")
            .edit("tasks.yaml", "    body: multipart\n", "")
            .edit(
                "tasks.yaml",
                "      file: {type: binary, required: true}",
                "      ¦file: {type: binary, required: true}",
            )
            .says("`file` is a file, and the body is not multipart", "say `body: multipart`"),
        case("files_in_one_part")
            .edit(
                "tasks.yaml",
                "      file: {type: binary, required: true}",
                "      ¦file: {type: list<binary>, required: true}",
            )
            .says("`file` is several files, and a part of the body is one", "a field of its own"),
        case("file_in_a_struct")
            .edit(
                "tasks.yaml",
                "        gender: {wire: Gender, type: Gender}\n",
                "        gender: {wire: Gender, type: Gender}\n        ¦photo: {type: binary}\n",
            )
            .says("`photo` is a file inside an object", "multipart request"),
        case("sample_breaks_a_limit")
            .edit("tasks.yaml", "        Repeat: 3\n", "        Repeat: ¦16\n")
            .says("the value of `Repeat` in the sample breaks `max: 15`", "fix the sample, or the limit"),
        case("sample_of_row_breaks_a_limit")
            .edit("tasks.yaml", "labels: [a], notes", "labels: ¦[a, b, c, d, e, f], notes")
            .says(
                "the value of `labels` in the sample has 6 entries, at most 5 are allowed",
                "fix the sample",
            ),
        case("example_breaks_a_limit")
            .edit("tasks.yaml", "max: 15, example: 3", "max: 15, example: ¦30")
            .says("the value of `Repeat` in the example breaks `max: 15`", "fix the example"),
        case("sample_of_a_dropped_field")
            .edit(
                "twin.yaml",
                "    change: {request: {contacts: {type: list<Customer>}}}\n",
                "    change: {request: {contacts: {type: list<Customer>}}}\n    \
                 drop: {request: [repeat]}\n    sample: {request: {TaskName: a, \
                 StartTime: \"2024-01-01 08:00:00\", EndTime: \"2024-01-01 09:00:00\", ¦Repeat: 3, \
                 Contacts: [{Customer: J, Mobile: \"+6281200000000\"}]}}\n",
            )
            .says("the sample has `Repeat`, and `repeat` is dropped here", "take it out of the sample"),
        case("code_of_what_never_happens")
            .edit(
                "tasks.yaml",
                "repeat: {wire: Repeat, type: integer,",
                "repeat: {wire: Repeat, type: integer, codes: {¦too_long: 10302},",
            )
            .says("a value of the type `integer` is never `too_long`", "for text"),
        case("token_under_another_name")
            .edit("api.yaml", "token_at: token", "token_at: ¦tokn")
            .says("the answer of `tasks.get_token` has no field `tokn`", "did you mean `token`?"),
        case("token_key_in_other_case")
            .edit("api.yaml", "key: AppKey", "key: ¦APPKey")
            .says("the request of `tasks.get_token` has no field `APPKey`", "did you mean `AppKey`?"),
        case("merge_key")
            .edit(
                "tasks.yaml",
                "      start_time: {wire: StartTime,",
                "      start_time: {¦<<: {a: b}, wire: StartTime,",
            )
            .says("merge keys (`<<`) are not read", "`same_as`"),
        case("comma_in_text")
            .edit("tasks.yaml", "doc: Who is called.}", "doc: Who is called, ¦by the robot.}")
            .says("the text of `doc` ends at the comma before `by the robot.`", "needs quotes"),
        case("full_width_colon_in_braces")
            .edit(
                "tasks.yaml",
                "amount: {wire: Amount, type: decimal,",
                "amount: {wire: Amount, ¦type：decimal,",
            )
            .says("there is a full-width colon after `type`", "a plain colon and a space"),
        case("dash_of_the_first_entry")
            .edit(
                "tasks.yaml",
                "    notes: [A unique name guards against a second task.]",
                "    notes:\n      ¦One.\n      - Two.",
            )
            .says("expected a list", "a dash is missing before the first entry"),
        case("no_break_space")
            .edit("tasks.yaml", "    summary: Stops a task.", "  ¦\u{a0} summary: Stops a task.")
            .says("a no-break space (U+00A0) is used for indentation", "plain spaces"),
        case("merge_key_of_an_anchor")
            .edit("tasks.yaml", "    title: Create a Task\n", "    ¦<<: *base\n    title: Create a Task\n")
            .says("merge keys (`<<`) are not read", "`same_as`"),
        case("merge_conflict")
            .edit(
                "tasks.yaml",
                "    timeout: upload\n",
                "¦<<<<<<< HEAD\n    timeout: upload\n=======\n    timeout: \
                 normal\n>>>>>>> other\n",
            )
            .says("this line marks a conflict of a merge", "keep the lines that are right"),
        case("merge_conflict_rest")
            .edit("tasks.yaml", "    timeout: upload\n", "    timeout: upload\n¦>>>>>>> other\n")
            .says("this line marks a conflict of a merge", "`>>>>>>>`"),
        case("comment_of_another_language")
            .edit("tasks.yaml", "    timeout: upload\n", "    ¦// slow\n    timeout: upload\n")
            .says("the key of this line has no colon", "a comment starts with `#`"),
        case("pasted_text")
            .edit(
                "tasks.yaml",
                "    timeout: upload\n",
                "¦Rows that were refused are listed\n    timeout: upload\n",
            )
            .says("the key of this line has no colon", "indented further than its key"),
        case("pasted_text_with_a_colon")
            .edit("types.yaml", "    values:\n      male", "    values:\n¦Note: see the page\n      male")
            .says("this line is to the left of the block around it", "or remove it"),
        case("no_break_space_after_a_colon")
            .edit("tasks.yaml", "effect: calls_people", "effect:¦\u{a0}calls_people")
            .says(
                "the space after the colon of `effect` is a no-break space \
                 (U+00A0)",
                "a plain space",
            ),
        case("full_width_space_after_a_colon")
            .edit("tasks.yaml", "effect: calls_people", "effect:¦\u{3000}calls_people")
            .says(
                "the space after the colon of `effect` is a full-width \
                 space (U+3000)",
                "a plain space",
            ),
        case("no_break_space_before_a_key")
            .edit("tasks.yaml", "type: list<json>}", "¦\u{a0}type: list<json>}")
            .says("the key `type` is written with a no-break space (U+00A0)", "a plain space"),
        case("invisible_character_in_a_key")
            .edit("tasks.yaml", "    timeout: upload\n", "    ¦time\u{200b}out: upload\n")
            .says(
                "the key `timeout` is written with an invisible character \
                 (U+200B)",
                "remove it",
            ),
        case("invisible_character_in_a_path")
            .edit("tasks.yaml", "path: /task\n", "path: ¦/ta\u{200b}sk\n")
            .says("has an invisible character in it, U+200B", "remove it"),
        case("full_width_comma_in_a_list")
            .edit("tasks.yaml", "errors: [401, 10301]", "errors: [¦401\u{ff0c}10301]")
            .says("expected an error code", "a full-width comma, `\u{ff0c}`: write `,`"),
        case("full_width_comma_between_keys")
            .edit(
                "tasks.yaml",
                "page: {wire: Page, type: integer",
                "page: {wire: Page¦\u{ff0c} type: integer",
            )
            .says("this is a full-width comma", "write `,`"),
        case("full_width_brace")
            .edit("tasks.yaml", "page: {wire: Page", "page: ¦\u{ff5b}wire: Page")
            .says("this is a full-width brace", "write `{`"),
        case("curly_quote_around_text_with_a_comma")
            .edit("tasks.yaml", "doc: Who is called.}", "doc: ¦\u{201c}Who is called, and when.\u{201d}}")
            .says("the text of `doc` starts with a curly quote", "write `\"`"),
        case("dash_without_space")
            .edit(
                "tasks.yaml",
                "    notes: [A unique name guards against a second task.]",
                "    notes:\n      ¦-One.",
            )
            .says("expected a list", "a space is missing after the dash"),
        case("star_for_a_dash")
            .edit(
                "tasks.yaml",
                "    notes: [A unique name guards against a second task.]",
                "    notes:\n      ¦* One.",
            )
            .says("text cannot start with `*`", "starts with `- `"),
        case("type_as_a_list")
            .edit("tasks.yaml", "type: list<json>}", "type: ¦[json]}")
            .says("expected the name of a type, found a list", "`list<json>`"),
        case("type_of_another_language")
            .edit("tasks.yaml", "type: list<json>}", "type: ¦array<json>}")
            .says("unknown type `array<json>`", "did you mean `list<...>`?"),
        case("number_with_a_leading_zero")
            .edit("tasks.yaml", "max: 15", "max: ¦015")
            .says("expected a whole number, found `015`", "write 15"),
        case("number_that_is_absent")
            .edit("tasks.yaml", "max: 15", "max:¦")
            .says("expected a whole number, found nothing", "after the key"),
        case("code_twice")
            .edit("errors.yaml", "    10403: {", "    ¦10402: {")
            .says("the key `10402` appears twice", "keep one of the two"),
        case("endpoint_twice_and_another_gone")
            .edit("tasks.yaml", "  list_calls:\n", "  ¦get_token:\n")
            .says("the key `get_token` appears twice", "another name"),
        case("wire_name_twice")
            .edit("tasks.yaml", "repeat: {wire: Repeat,", "repeat: {wire: ¦EndTime,")
            .says("have the same wire name `EndTime`", "belongs to one field"),
        case("sample_too_far_left")
            .edit(
                "tasks.yaml",
                "    sample:\n      request: {AppKey: k",
                "  ¦sample:\n      request: {AppKey: k",
            )
            .says("the key `sample` of an endpoint is where a name is expected", "indented too little"),
        case("sample_in_the_wrong_order")
            .edit("tasks.yaml", "StartTime: \"2024-01-01 08:00:00\"", "StartTime: ¦\"2024-01-01 09:00:00\"")
            .says("the value of `StartTime` in the sample is not before `EndTime`", "fix the sample"),
        case("sample_of_too_short_a_time")
            .edit("tasks.yaml", "StartTime: \"2024-01-01 08:00:00\"", "StartTime: ¦\"2024-01-01 08:56:00\"")
            .says("`StartTime` in the sample is less than 5 minutes before `EndTime`", "fix the sample"),
        case("sample_on_two_days")
            .edit("tasks.yaml", "StartTime: \"2024-01-01 08:00:00\"", "StartTime: ¦\"2023-12-31 08:00:00\"")
            .says("`StartTime` in the sample is not on the day of `EndTime`", "fix the sample"),
        case("sample_with_one_number_twice")
            .edit(
                "tasks.yaml",
                "own: 1}\n",
                "own: 1}\n          - {Name: John Doe, Mobile: ¦\"+6281200000000\"}\n",
            )
            .says("two entries of `Contacts` in the sample have the same `Mobile`", "warns of such a list"),
        case("sample_of_nothing")
            .edit("tasks.yaml", "TaskName: first", "TaskName: ¦\"\"")
            .says("the value of `TaskName` in the sample is empty", "something that could be sent"),
        case("sample_of_a_dropped_field_where_others_may_come")
            .edit(
                "twin.yaml",
                "    change: {request: {contacts: {type: list<Customer>}}}\n",
                "    open: true\n    change: {request: {contacts: {type: \
                 list<Customer>}}}\n    drop: {request: [repeat]}\n    \
                 sample: {request: {TaskName: a, StartTime: \"2024-01-01 \
                 08:00:00\", EndTime: \"2024-01-01 09:00:00\", ¦Repeat: \
                 3, Contacts: [{Customer: J, Mobile: \"+6281200000000\"}]}}\n",
            )
            .says("the sample has `Repeat`, and `repeat` is dropped here", "take it out of the sample"),
        case("list_to_look_in_that_is_left_out")
            .edit("tasks.yaml", "  list_tasks:\n", "  list_tasks:\n    same_as: ¦tasks.nothing\n")
            .says("`same_as: tasks.nothing` does not name an endpoint", "it takes the whole key"),
        case("list_in_a_form")
            .edit("tasks.yaml", "    body: multipart\n", "    body: form\n")
            .edit(
                "tasks.yaml",
                "      file: {type: binary, required: true}",
                "      ¦file: {type: list<string>}",
            )
            .says("`file` is a list, and the body is a form", "a form holds single values"),
        case("path_of_dots")
            .edit("tasks.yaml", "path: /task\n", "path: ¦/task/../other\n")
            .says("has a part that is nothing but dots", "write the path that is meant"),
        case("endpoint_called_self")
            .edit("tasks.yaml", "  upload_list:\n", "  ¦self_:\n")
            .says("`self_` cannot name a method: its types would be called `Self`", "give it a name"),
        case("webhook_called_unknown")
            .edit(
                "tasks.yaml",
                "webhooks:\n",
                "webhooks:\n  ¦unknown: {title: T, evidence: assumed, summary: \
                 It came., payload: {}}\n",
            )
            .says("the webhook `unknown` becomes the Rust name `Unknown`", "give it another name"),
        case("type_called_as_one_of_rust")
            .edit(
                "types.yaml",
                "enums:\n",
                "enums:\n  ¦Result: {doc: A result., evidence: assumed, \
                 values: {a: {}}}\n",
            )
            .says("`Result` cannot name a type: Rust has a type of this name", "such as `OwnResult`"),
        case("guide_in_the_section")
            .edit("twin.yaml", "title: Twin\n", "title: Twin\n¦guide: |\n  \tText.\n")
            .says("unknown key `guide` in a section", "guides/<section>.md"),
    ]
}
