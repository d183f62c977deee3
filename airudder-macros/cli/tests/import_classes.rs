//! What real documents are like: one small document for each kind, and what becomes of it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use airudder_codegen::load::Loaded;
use airudder_spec::import::{Request, decode, import};
use airudder_spec::lint;

const CLASSES: [(&str, &str); 20] = [
    ("choices", include_str!("fragments/classes/choices.yaml")),
    ("constants", include_str!("fragments/classes/constants.yaml")),
    ("directions", include_str!("fragments/classes/directions.yaml")),
    ("elsewhere", include_str!("fragments/classes/elsewhere.yaml")),
    ("enums", include_str!("fragments/classes/enums.yaml")),
    ("files", include_str!("fragments/classes/files.yaml")),
    ("forms", include_str!("fragments/classes/forms.yaml")),
    ("headers", include_str!("fragments/classes/headers.yaml")),
    ("limits", include_str!("fragments/classes/limits.yaml")),
    ("merge", include_str!("fragments/classes/merge.yaml")),
    ("names", include_str!("fragments/classes/names.yaml")),
    ("nullable", include_str!("fragments/classes/nullable.yaml")),
    ("page", include_str!("fragments/classes/page.md")),
    ("pages", include_str!("fragments/classes/pages.yaml")),
    ("parameters", include_str!("fragments/classes/parameters.yaml")),
    ("recursion", include_str!("fragments/classes/recursion.yaml")),
    ("refinement", include_str!("fragments/classes/refinement.yaml")),
    ("samples", include_str!("fragments/classes/samples.yaml")),
    ("servers", include_str!("fragments/classes/servers.yaml")),
    ("texts", include_str!("fragments/classes/texts.yaml")),
];

fn request() -> Request {
    Request {
        section: "fresh".to_owned(),
        key: "do_it".to_owned(),
        page: Some("doc-1".to_owned()),
        again: false,
    }
}

/// Each class gives a sound entry, and each note stands in its text.
#[test]
fn each_class_gives_the_text_that_was_reviewed() {
    for (name, document) in CLASSES {
        let imported = import(document, &request(), None).unwrap_or_else(|error| panic!("{name}: {error}"));
        let section = format!("section: fresh\ntitle: t\nfamily: cloud\n{}", imported.text);
        let loaded = Loaded::texts(airudder_spec::vendor::VENDOR, [("fresh.yaml", section.as_str())]);
        let own = loaded.file("fresh.yaml").unwrap();
        let warnings = loaded.warnings().into_iter().chain(lint::warnings(&loaded.files));
        let reports = loaded.reports().into_iter().chain(warnings.filter(|report| report.file == own));
        let reports: Vec<String> = reports.map(|report| report.text).collect();
        assert!(reports.is_empty(), "{name}: {}\n{}", reports.join("\n"), imported.text);
        for note in &imported.notes {
            let is_sample = note.text.contains("is only a comment");
            assert!(is_sample || imported.text.contains(&note.text), "{name}: {note}\n{}", imported.text);
        }
        insta::assert_snapshot!(format!("class_{name}"), imported.text);
    }
}

/// What cannot be read is refused at its place, with a remedy.
#[test]
fn what_cannot_be_read_is_told_with_place_and_remedy() {
    let page = "paths:\n  /a:\n    get:\n";
    let fence = "```yaml\nopenapi: 3.0.1\npaths: {/a: {get: {}}}\n```\n";
    let cases = [
        (format!("{page}\t  summary: x\n"), "line 4, column ", "YAML is written with spaces"),
        (format!("{page}      summary: Rows. Default: 20.\n"), "line 4, column ", "needs quotes"),
        (
            format!("# A page\n\n```yaml\n{page}      summary: Rows. Default: 20.\n```\n"),
            "line 7, column ",
            "needs quotes",
        ),
        (format!("{page}      summary: x\n---\na: 1\n"), "line 5, column 1", "remove the line `---`"),
        ("swagger: '2.0'\npaths: {/a: {get: {}}}".to_owned(), "Swagger 2.0", "convert it to OpenAPI 3"),
        (
            "{\"swagger\": \"2.0\", \"paths\": {\"/a\": {\"get\": {}}}}".to_owned(),
            "Swagger 2.0",
            "swagger2openapi",
        ),
        ("openapi: 4.0.0\npaths: {/a: {get: {}}}".to_owned(), "OpenAPI 4.0.0", "3.0 or 3.1"),
        ("asyncapi: 3.0.0\nchannels: {}".to_owned(), "AsyncAPI", "OpenAPI 3.0"),
        (
            "{\"info\": {\"_postman_id\": \"1\", \"name\": \"n\"}, \"item\": []}".to_owned(),
            "Postman",
            "convert it",
        ),
        ("openapi: 3.1.0\nwebhooks: {a: {post: {}}}".to_owned(), "webhooks and no call", "`--all`"),
        (format!("# A page\n\n{fence}\n{fence}"), "2 OpenAPI documents", "cut one of them out"),
        ("# A page\n\n## Words\n\n```json\n{\"a\": 1}\n```\n".to_owned(), "Markdown page", "export the page"),
        ("paths: {/a: {$ref: ./paths/a.yaml}}".to_owned(), "stands in another file", "bundle"),
        ("paths: {/a: {$ref: '#/b'}}".to_owned(), "points to nothing", ""),
        ("paths: {/a: {get: {}}, /b: {get: {}}}".to_owned(), "2 calls: GET /a, GET /b", "--all"),
    ];
    for (text, place, remedy) in cases {
        let error = import(&text, &request(), None).unwrap_err().to_string();
        assert!(error.contains(place) && error.contains(remedy), "{text}\n{error}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_told() {
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    };
    for big in [true, false] {
        let error = decode(utf16("openapi: 3.0.1", big)).unwrap_err().to_string();
        assert!(error.contains("UTF-16") && error.contains("save it as UTF-8"), "{error}");
    }
    let error = decode(b"openapi: 3.0.1\ninfo: {title: \xd6\xd0}\n".to_vec()).unwrap_err().to_string();
    assert!(error.contains("line 2, column 15") && error.contains("save it as UTF-8"), "{error}");
    assert_eq!(decode("\u{feff}中".as_bytes().to_vec()).unwrap(), "\u{feff}中");
}

/// The ways to write where a call goes.
#[test]
fn paths_are_those_below_the_host() {
    let cases = [
        ("", "/a/b", "/a/b"),
        ("servers: [{url: 'https://x.example/open/v3'}], ", "/a/b", "/open/v3/a/b"),
        ("servers: [{url: /v1/}], ", "/a/b/", "/v1/a/b/"),
        ("servers: [{url: '//x.example/v1'}], ", "/a", "/v1/a"),
        ("servers: [{url: 'https://x.example'}], ", "/", "/"),
        ("servers: [{url: '{base}/v1'}], ", "/a", "/v1/a"),
        ("servers: [{url: 'https://x.example/v1'}], ", "https://y.example/v2/a", "/v2/a"),
        ("servers: [{url: 'https://x.example/v1'}], ", "{{baseUrl}}/v2/a", "/v2/a"),
        ("", "{base_url}/v1/a", "/v1/a"),
        ("", "/v1/{{id}}/:step", "/v1/{id}/{step}"),
        ("", "/v1/{任务 id}?x=1", "/v1/{id}"),
        ("", "/v1/a#hash", "/v1/a"),
    ];
    for (servers, path, expected) in cases {
        let document = format!("{{{servers}paths: {{'{path}': {{get: {{responses: {{}}}}}}}}}}");
        let text = import(&document, &request(), None).unwrap_or_else(|error| panic!("{path}: {error}")).text;
        assert!(text.contains(&format!("    path: {expected}\n")), "{servers}{path}\n{text}");
    }
}
