//! Whole documents become sections of their own.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use airudder_codegen::load::Loaded;
use airudder_spec::import::{AllRequest, Imported, import_all};
use airudder_spec::{format, lint};

const ORCHARD: &str = include_str!("fragments/classes/orchard.yaml");

fn request() -> AllRequest {
    AllRequest { section: "orchard".to_owned(), family: "cloud".to_owned(), page: None }
}

/// Reads a section as a private one.
#[track_caller]
fn loaded(imported: &Imported) -> Loaded {
    let loaded = Loaded::texts(airudder_spec::vendor::VENDOR, [("orchard.yaml", imported.text.as_str())]);
    let own = loaded.file("orchard.yaml").unwrap();
    let warnings = loaded.warnings().into_iter().chain(lint::warnings(&loaded.files));
    let reports = loaded.reports().into_iter().chain(warnings.filter(|report| report.file == own));
    let reports: Vec<String> = reports.map(|report| report.text).collect();
    assert!(reports.is_empty(), "{}\n{}", reports.join("\n"), imported.text);
    loaded
}

#[test]
fn a_document_becomes_the_section_that_was_reviewed() {
    let imported = import_all(ORCHARD, &request()).unwrap();
    let loaded = loaded(&imported);
    let keys: Vec<&str> = loaded
        .spec
        .sections
        .iter()
        .filter(|section| section.name == "orchard")
        .flat_map(|section| &section.endpoints)
        .map(|endpoint| endpoint.entry.name.as_str())
        .collect();
    assert_eq!(
        keys,
        ["list_trees", "plant_tree", "get_trees_id", "delete_trees_id", "fetch", "fetch_2", "type_call"]
    );
    let webhooks = &loaded.spec.section("orchard").unwrap().webhooks;
    let webhooks: Vec<&str> = webhooks.iter().map(|webhook| webhook.entry.name.as_str()).collect();
    assert_eq!(webhooks, ["tree_fell", "fetch_3"]);
    insta::assert_snapshot!("all_orchard", imported.text);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!("all_orchard_notes", notes.join("\n"));
    // What is formatted means the same.
    let formatted = Imported { text: format::format(&imported.text).unwrap(), notes: Vec::new() };
    self::loaded(&formatted);
}

#[test]
fn a_page_makes_all_of_it_documented() {
    let imported = import_all(ORCHARD, &AllRequest { page: Some("doc-1".to_owned()), ..request() }).unwrap();
    loaded(&imported);
    assert!(!imported.text.contains("assumed"), "{}", imported.text);
}

#[test]
fn a_document_of_webhooks_alone_is_a_section_too() {
    let text = "openapi: 3.1.0\nwebhooks: {a: {post: {requestBody: {content: {application/json: {schema: \
                {type: object, properties: {id: {type: string}}}}}}}}}";
    let imported = import_all(text, &request()).unwrap();
    let loaded = loaded(&imported);
    let section = loaded.spec.section("orchard").unwrap();
    assert_eq!((section.endpoints.len(), section.webhooks.len()), (0, 1), "{}", imported.text);
}

#[test]
fn documents_without_a_call_and_names_that_will_not_do_are_errors() {
    let cases = [
        ("paths: {}", "`paths` of the fragment is empty"),
        ("paths: {/a: {head: {}}}", "HEAD"),
        ("openapi: 3.0.1", "describes no call"),
        ("paths: {/a: {get: {parameters: [{$ref: '#/no'}]}}}", "points to nothing"),
    ];
    for (text, expected) in cases {
        let error = import_all(text, &request()).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
    let error = import_all(ORCHARD, &AllRequest { section: "types".to_owned(), ..request() }).unwrap_err();
    assert!(error.to_string().contains("shared file"), "{error}");
}

/// A call that cannot be imported is left out with its reason, and takes nothing else with it.
#[test]
fn what_cannot_be_imported_is_left_out_with_a_note() {
    let text = "{openapi: 3.0.1, paths: {/a: {get: {responses: {}}}, \
        /b: {get: {parameters: [{name: x, in: sky}]}}, '/c d': {get: {}}}}";
    let imported = import_all(text, &request()).unwrap();
    assert_eq!(
        loaded(&imported)
            .spec
            .sections
            .iter()
            .filter(|s| s.name == "orchard")
            .flat_map(|s| &s.endpoints)
            .count(),
        1
    );
    for part in
        ["left out: GET /b: the parameter `x` has `in: sky`", "left out: GET /c d: the path `/c d` contains"]
    {
        assert!(imported.text.contains(part), "{}", imported.text);
        assert!(imported.notes.iter().any(|note| note.text.contains(part)), "{part}");
    }
}

/// Whatever becomes of a document: a section that is sound, or an error, and no panic.
#[test]
fn spoilt_documents_never_panic() {
    let words = [
        "type", "object", "array", "$ref", "allOf", "oneOf", "[]", "{}", "é", "null", "-1", "in: path", "x-",
        "'",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    let mut sound = 0;
    for _ in 0..60 {
        let mut lines: Vec<String> = ORCHARD.lines().map(str::to_owned).collect();
        for _ in 0..random.usize(1..3) {
            let at = random.usize(4..lines.len());
            match random.u8(..3) {
                0 => drop(lines.remove(at)),
                1 => lines.swap(at, random.usize(4..at.max(5))),
                _ => {
                    let mut parts: Vec<&str> = lines[at].split_inclusive(' ').collect();
                    let part = random.usize(..parts.len());
                    parts[part] = words[random.usize(..words.len())];
                    lines[at] = parts.concat();
                }
            }
        }
        let spoilt = lines.join("\n");
        match import_all(&spoilt, &request()) {
            Ok(imported) => {
                sound += 1;
                loaded(&imported);
            }
            Err(error) => assert!(!error.to_string().contains("no valid entry"), "{error}\n{spoilt}"),
        }
    }
    assert!(sound > 8, "only {sound} of them gave a section");
}
