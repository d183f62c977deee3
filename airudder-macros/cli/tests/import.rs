//! Fragments in the style of the vendor's documentation tool become sound entries; malformed ones clear
//! errors.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use airudder_codegen::ir::{Endpoint, Response};
use airudder_codegen::load::Loaded;
use airudder_model::{Effect, Evidence};
use airudder_spec::import::{ImportError, Request};
use airudder_spec::lint;

fn real_spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

const FRAGMENTS: [(&str, &str); 6] = [
    ("create_plan", include_str!("fragments/create_plan.yaml")),
    ("list_plans", include_str!("fragments/list_plans.yaml")),
    ("get_plan", include_str!("fragments/get_plan.json")),
    ("send_message", include_str!("fragments/send_message.yaml")),
    ("upload_contacts", include_str!("fragments/upload_contacts.yaml")),
    ("get_recording", include_str!("fragments/get_recording.yaml")),
];

/// The text alone.
fn import(fragment: &str, request: &Request, section: Option<&str>) -> Result<String, ImportError> {
    airudder_spec::import::import(fragment, request, section).map(|imported| imported.text)
}

fn request(key: &str) -> Request {
    Request { section: "fresh".to_owned(), key: key.to_owned(), page: None, again: false }
}

fn fragment(key: &str) -> &'static str {
    FRAGMENTS.iter().find(|(name, _)| *name == key).unwrap().1
}

/// Puts an imported entry into a section of its own.
#[track_caller]
fn loaded(text: &str) -> Loaded {
    let section = format!("section: fresh\ntitle: t\nfamily: cloud\n{text}");
    let loaded = Loaded::texts(airudder_spec::vendor::VENDOR, [("fresh.yaml", section.as_str())]);
    let reports: Vec<String> = loaded.reports().into_iter().map(|r| r.text).collect();
    assert!(reports.is_empty(), "{}\n{text}", reports.join("\n"));
    let own = loaded.file("fresh.yaml").unwrap();
    let warnings = loaded.warnings().into_iter().chain(lint::warnings(&loaded.files));
    let unused: Vec<String> = warnings.filter(|r| r.file == own).map(|r| r.text).collect();
    assert!(unused.is_empty(), "{}\n{text}", unused.join("\n"));
    loaded
}

#[track_caller]
fn endpoint(key: &str) -> (String, Endpoint) {
    let text = import(fragment(key), &request(key), None).unwrap();
    let endpoint = loaded(&text).spec.endpoint(&format!("fresh.{key}")).unwrap().clone();
    (text, endpoint)
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

#[test]
fn every_fragment_gives_the_text_that_was_reviewed() {
    for (key, fragment) in FRAGMENTS {
        let text = import(fragment, &request(key), None).unwrap();
        loaded(&text);
        insta::assert_snapshot!(format!("import_{key}"), text);
    }
}

#[test]
fn nested_lists_nullable_and_orders() {
    let (text, endpoint) = endpoint("create_plan");
    let names: Vec<&str> = endpoint.request.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["x_trace_id", "plan_name", "start_date", "rounds", "budget"]);
    assert_eq!(endpoint.effect, Effect::Changes);
    assert_eq!(endpoint.entry.evidence, Evidence::Assumed);
    assert!(!endpoint.request[2].required, "null stands for it");
    has(
        &text,
        &[
            "type: list<CreatePlanRound>",
            "calls: {wire: Calls, type: list<list<CreatePlanRoundCall>>}",
            "min_items: 1, max_items: 5",
            "greater_than: 0",
            "kind: {wire: Type, type: CreatePlanRoundKind, required: true",
            "To raise it",
            "title_zh",
            "X-Trace-Id",
        ],
    );
    let Response::Fields(fields) = endpoint.response else { panic!("no fields") };
    assert_eq!(fields.iter().map(|f| f.wire.as_str()).collect::<Vec<_>>(), ["PlanID", "Errors"]);
    assert!(endpoint.sample_request.is_some() && endpoint.sample_response.is_some());
    assert!(!text.contains("<br"), "{text}");
}

#[test]
fn queries_references_and_numbers() {
    let (text, endpoint) = endpoint("list_plans");
    assert_eq!(
        (endpoint.entry.method.word(), endpoint.body.word(), endpoint.effect.word()),
        ("GET", "query", "read")
    );
    has(
        &text,
        &[
            "response: list<PlanRow>",
            "owner: {wire: Owner, type: Owner, doc: Who made it}",
            "children: {wire: Children, type: list<PlanRow>}",
            "contains itself",
            "kind: integer",
            "rust: Waiting",
            "kind: {wire: type, type: string}",
        ],
    );
}

#[test]
fn paths_with_parameters_and_json() {
    let (text, endpoint) = endpoint("get_plan");
    assert_eq!(endpoint.path.as_deref(), Some("/service/cloud/plan/{PlanID}/rounds/{round-no}"));
    assert!(endpoint.request.iter().all(|f| f.required) && endpoint.request.len() == 2);
    has(
        &text,
        &["type: local_datetime", "type: map<integer>", "open_response: true", "not described on the page"],
    );
}

#[test]
fn choices_keywords_and_wrong_examples() {
    let (text, endpoint) = endpoint("send_message");
    let names: Vec<&str> = endpoint.request.iter().map(|f| f.name.as_str()).collect();
    assert!(
        names.contains(&"async_value") && names.contains(&"self_value") && names.contains(&"build_value"),
        "{names:?}"
    );
    has(
        &text,
        &[
            "one of several on the page (string, object)",
            "max_chars: 100",
            "type: instant",
            "does not fit",
            "rust: Empty",
        ],
    );
}

#[test]
fn operations_alone_and_files() {
    let (text, endpoint) = endpoint("upload_contacts");
    assert_eq!((endpoint.path, endpoint.body.word()), (None, "multipart"));
    has(&text, &["names no path", "names no method", "response: integer"]);
    let (text, endpoint) = self::endpoint("get_recording");
    assert_eq!((endpoint.path.as_deref(), endpoint.body.word()), (Some("/service/cloud/recording"), "query"));
    assert!(matches!(endpoint.response, Response::File));
    has(&text, &["deprecated:", "names a host"]);
}

#[test]
fn a_page_makes_it_documented() {
    for (key, fragment) in FRAGMENTS {
        let text =
            import(fragment, &Request { page: Some("doc-1".to_owned()), ..request(key) }, None).unwrap();
        let endpoint = loaded(&text).spec.endpoint(&format!("fresh.{key}")).unwrap().clone();
        assert_eq!(endpoint.entry.pages, ["doc-1"]);
        let expected = if endpoint.path.is_some() { Evidence::Documented } else { Evidence::Assumed };
        assert_eq!(endpoint.entry.evidence, expected, "{key}");
        assert_eq!(endpoint.entry.fields_evidence, Some(Evidence::Documented), "{key}");
    }
}

/// The entries go into every section of the real spec, types and all.
#[test]
fn real_sections_take_the_entries() {
    let spec = Loaded::directory(&real_spec(), "spec");
    let section = std::fs::read_to_string(real_spec().join("collection.yaml")).unwrap();
    for (key, fragment) in FRAGMENTS {
        let key = format!("{key}_again");
        let request =
            Request { section: "collection".to_owned(), key: key.clone(), page: None, again: false };
        let text = import(fragment, &request, Some(&section)).unwrap();
        let with = spec.with_entries("collection", "imported.yaml", &text);
        let reports: Vec<String> = with.reports().into_iter().map(|r| r.text).collect();
        // Where the section has the call already, the text says so at its top.
        assert!(
            reports.is_empty() || text.contains("has this method and path already"),
            "{}\n{text}",
            reports.join("\n")
        );
        assert!(with.spec.endpoint(&format!("collection.{key}")).is_some());
    }
}

#[test]
fn nothing_is_overwritten() {
    let section = std::fs::read_to_string(real_spec().join("collection.yaml")).unwrap();
    let mut request =
        Request { section: "collection".to_owned(), key: "create_task".to_owned(), page: None, again: false };
    let error = import(fragment("create_plan"), &request, Some(&section)).unwrap_err().to_string();
    has(&error, &["collection has `create_task` already", "nothing is overwritten"]);
    request.key = "task_finished".to_owned();
    assert!(import(fragment("create_plan"), &request, Some(&section)).is_err(), "a webhook has this name");
    request.again = true;
    let text = import(fragment("create_plan"), &request, Some(&section)).unwrap();
    has(&text, &["It is there already"]);
    let error = import(fragment("create_plan"), &self::request("x"), Some(&section)).unwrap_err().to_string();
    has(&error, &["section: collection"]);
}

#[test]
fn types_get_names_that_are_free() {
    let section = "section: fresh\ntitle: t\nfamily: cloud\n\
        types: {structs: {PlanRow: {fields: {x: {type: string}}}}}\n";
    let text = import(fragment("list_plans"), &request("list_plans"), Some(section)).unwrap();
    has(&text, &["list<PlanRow2>", "    PlanRow2:"]);
}

#[test]
fn malformed_fragments_say_what_is_missing() {
    let cases = [
        ("", "empty"),
        ("[1, 2]", "not an object"),
        ("a: [", "neither YAML nor JSON"),
        ("{\"a\": ", "neither YAML nor JSON"),
        ("openapi: 3.0.1", "describes no call"),
        ("paths: {}", "`paths` of the fragment is empty"),
        ("paths: {/a: {}}", "`/a` has no method"),
        ("paths: {/a: {get: text}}", "must describe a call"),
        ("paths: {/a: {head: {}}}", "HEAD"),
        ("paths: {/a: {get: {}, post: {}}}", "2 calls: GET /a, POST /a"),
        ("paths: {'/a b': {get: {}}}", "contains"),
        ("paths: {'/a/{b': {get: {}}}", "braces"),
        ("paths: {/a: {post: {requestBody: {}}}}", "lacks `content`"),
        ("paths: {/a: {get: {parameters: {a: 1}}}}", "must be a list"),
        ("paths: {/a: {get: {parameters: [{in: query}]}}}", "parameter 1 lacks its `name`"),
        ("paths: {/a: {get: {parameters: [{name: x}]}}}", "lacks `in`"),
        ("paths: {/a: {get: {parameters: [{name: x, in: sky}]}}}", "in: sky"),
        ("paths: {/a: {get: {parameters: [{$ref: '#/components/parameters/P'}]}}}", "points to nothing"),
        ("{paths: {/a: {get: {parameters: [{$ref: '#/b'}]}}}, b: {$ref: '#/b'}}", "is circular"),
    ];
    for (text, expected) in cases {
        let error = import(text, &request("do_it"), None).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    for (section, key) in
        [("fresh", "doIt"), ("fresh", "type"), ("Fresh", "do_it"), ("types", "do_it"), ("fresh", "")]
    {
        let request = Request { section: section.to_owned(), key: key.to_owned(), page: None, again: false };
        assert!(import(fragment("get_plan"), &request, None).is_err(), "{section} {key}");
    }
}

#[test]
fn schemas_that_hold_themselves_many_times_come_to_an_end() {
    let fields: String = (0..20).map(|n| format!("f{n}: {{$ref: '#/components/schemas/Tree'}}, ")).collect();
    let tree = format!("{{components: {{schemas: {{Tree: {{type: object, properties: {{{fields}}}}}}}}}, ");
    let schema = "{schema: {$ref: '#/components/schemas/Tree'}}";
    let text = format!(
        "{tree}paths: {{/a: {{post: {{requestBody: {{content: {{application/json: {schema}}}}}}}}}}}}}"
    );
    loaded(&import(&text, &request("do_it"), None).unwrap());
    let all_of = "{paths: {/a: {post: {requestBody: {content: {application/json: \
        {schema: {$ref: '#/S'}}}}}}}, S: {allOf: [{$ref: '#/S'}, {$ref: '#/S'}]}}";
    assert!(import(all_of, &request("do_it"), None).is_err());
    let deep = format!("paths: {}", "[".repeat(100_000));
    assert!(import(&deep, &request("do_it"), None).is_err());
    assert!(import(&format!("{{\"a\": {}", "[".repeat(100_000)), &request("do_it"), None).is_err());
}

/// Whatever becomes of a fragment: an entry that is sound, or an error, and no panic.
#[test]
fn spoilt_fragments_never_panic() {
    let words = [
        "type",
        "null",
        "object",
        "array",
        "$ref",
        "'#/components/schemas/Owner'",
        "é",
        "{",
        "}",
        "[]",
        ": ",
        "\n",
        "  ",
        "-1",
        "1e400",
        "data",
    ];
    let mut random = fastrand::Rng::with_seed(4);
    let mut sound = 0;
    for round in 0..150 {
        let (key, text) = FRAGMENTS[round % FRAGMENTS.len()];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..lines.len());
            match random.u8(..5) {
                0 => drop(lines.remove(at)),
                1 => lines.swap(at, random.usize(..text.lines().count()).min(at)),
                2 => lines
                    .insert(at, text.lines().nth(random.usize(..text.lines().count())).unwrap().to_owned()),
                _ => {
                    let chars: Vec<char> = lines[at].chars().collect();
                    let (a, b) = (random.usize(..=chars.len()), random.usize(..=chars.len()));
                    let (start, end) =
                        (a.min(b), if random.bool() { a.max(b).min(a.min(b) + 6) } else { a.min(b) });
                    let (before, after): (String, String) =
                        (chars[..start].iter().collect(), chars[end..].iter().collect());
                    lines[at] = format!("{before}{}{after}", words[random.usize(..words.len())]);
                }
            }
        }
        let spoilt = lines.join("\n");
        match import(&spoilt, &request(key), None) {
            Ok(text) => {
                sound += 1;
                loaded(&text);
            }
            Err(error) => assert!(!error.to_string().contains("no valid entry"), "{error}\n{spoilt}"),
        }
    }
    assert!(sound > 25, "only {sound} of them gave an entry");
}
