//! `spec/schema.json`: up to date, and accepts what the generator accepts.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};

use airudder_codegen::load::Loaded;
use airudder_spec::location::section_files;
use airudder_spec::schema;
use jsonschema::Validator;
use serde_json::Value;

fn real_spec() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")
}

/// The names and texts of a folder's files.
fn files(folder: &Path) -> Vec<(String, String)> {
    let files = section_files(folder).unwrap();
    files
        .iter()
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The committed schema is this text: see the first test.
fn validator() -> Validator {
    let schema: Value = serde_json::from_str(&schema::text()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// YAML as editors see it: keys are text.
fn json(text: &str) -> Value {
    fn convert(value: serde_yaml::Value) -> Value {
        match value {
            serde_yaml::Value::Mapping(map) => Value::Object(
                map.into_iter()
                    .map(|(key, value)| {
                        let key = match convert(key) {
                            Value::String(key) => key,
                            other => other.to_string(),
                        };
                        (key, convert(value))
                    })
                    .collect(),
            ),
            serde_yaml::Value::Sequence(items) => Value::Array(items.into_iter().map(convert).collect()),
            other => serde_json::to_value(other).unwrap(),
        }
    }
    convert(serde_yaml::from_str(text).unwrap())
}

#[track_caller]
fn assert_valid(validator: &Validator, name: &str, text: &str) {
    let document = json(text);
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{name}:\n{}", errors.join("\n"));
}

#[test]
fn the_committed_schema_is_up_to_date() {
    let path = real_spec().join("schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, schema::text()).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == schema::text(), "spec/schema.json is stale: run this test again with UPDATE=1");
}

#[test]
fn every_spec_file_is_valid_and_names_the_schema() {
    let validator = validator();
    let files = files(&real_spec());
    assert!(files.len() >= 17);
    for (name, text) in &files {
        assert_valid(&validator, name, text);
        assert_eq!(
            text.lines().next(),
            Some("# yaml-language-server: $schema=schema.json"),
            "first line of {name}"
        );
    }
}

/// The tiny spec uses every feature of the language.
#[test]
fn the_tiny_spec_is_valid() {
    let validator = validator();
    for (name, text) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../codegen/tests/tiny")) {
        assert_valid(&validator, &name, &text);
    }
}

#[test]
fn what_the_language_allows_is_valid() {
    let validator = validator();
    let section = |rest: &str| format!("section: s\ntitle: 2026\nfamily: cloud\n{rest}");
    for text in [
        "endpoints:",
        "endpoints: {a: {same_as: s.b, change: {request: {x: {max_chars: null, codes: null}}}, \
         drop: {request: [y]}}}",
        "types: {enums: {Colour: {doc: d, evidence: observed, kind: integer, \
         values: {3: , 4: {rust: Blue}}}}}",
        "types: {structs: {Row: {fields: {x: {type: 'list<map<workflow.Contact>>', \
         codes: {missing: 1, invalid: [2, 3]}}}}}}",
        "webhooks: {w: {title: t, evidence: assumed, summary: true, payload: Contact, \
         sample: [1, {a: null}]}}",
    ] {
        assert_valid(&validator, text, &section(text));
    }
    assert_valid(&validator, "types.yaml", "ids: {TaskId: {doc: d}}");
    assert_valid(
        &validator,
        "errors.yaml",
        "cloud: {evidence: documented, codes: {1: {name: A, meaning: b, limit: {max_chars: 3}}}}",
    );
}

#[test]
fn wrong_documents_are_not_valid() {
    let validator = validator();
    let endpoint = "title: t, evidence: assumed, method: GET, path: /x, effect: read, summary: s";
    let section = |rest: &str| format!("section: s\ntitle: t\nfamily: cloud\n{rest}\n");
    let with = |more: &str| section(&format!("endpoints: {{do_it: {{{endpoint}{more}}}}}"));
    assert_valid(&validator, "the endpoint that the wrong ones are made of", &with(""));
    let field = |field: &str| with(&format!(", request: {{x: {field}}}"));
    assert_valid(
        &validator,
        "the field that the wrong ones are made of",
        &field("{type: string, max_chars: 3}"),
    );
    let wrong = [
        ("an unknown key", with(", colour: red")),
        ("an unknown key of a section", section("colour: red")),
        ("no effect", with("").replace("effect: read, ", "")),
        ("a wrong evidence word", with("").replace("evidence: assumed", "evidence: guessed")),
        ("an unknown method", with("").replace("GET", "FETCH")),
        ("text for a number", field("{type: string, max_chars: three}")),
        ("a negative count", field("{type: string, max_chars: -3}")),
        ("text for a flag", field("{type: string, required: 'yes'}")),
        ("text for a list", with(", notes: text")),
        ("text for a list of codes", field("{type: string, codes: {missing: [a b]}}")),
        ("a list for text", with("").replace("summary: s", "summary: [s]")),
        ("a field without type", field("{doc: d}")),
        ("a type that is none", field("{type: int}")),
        ("a name that is not snake_case", field("{type: string}").replace("{x:", "{taskName:")),
        ("a request beside same_as", section("endpoints: {a: {same_as: s.b, request: {}}}")),
        ("nothing where keys are required", section("endpoints: {a: }")),
        ("a section without a name", "title: t\nfamily: cloud\nendpoints: {}\n".to_owned()),
        ("a type that is not PascalCase", "structs: {contact: {fields: {}}}".to_owned()),
        ("ids in a section", section("types: {ids: {TaskId: {doc: d}}}")),
        ("an API without title", "base_url: u\ntimeouts: {}\nfamilies: {}\n".to_owned()),
        ("a table without evidence", "cloud: {codes: {}}".to_owned()),
        ("a list as document", "[a]".to_owned()),
    ];
    for (what, text) in wrong {
        assert!(!validator.is_valid(&json(&text)), "{what} was accepted:\n{text}");
        let name = ["structs", "base_url", "cloud"].iter().zip(["types.yaml", "api.yaml", "errors.yaml"]);
        let name = name
            .filter(|(start, _)| text.starts_with(*start))
            .map(|(_, name)| name)
            .next()
            .unwrap_or("s.yaml");
        assert!(
            !Loaded::texts(airudder_spec::vendor::VENDOR, [(name, text.as_str())]).is_valid(),
            "the generator accepts {what}:\n{text}"
        );
    }
}
