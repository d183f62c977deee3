//! What the tiny spec becomes, whole and formatted: a reviewer sees what a change of the generator does.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::Loaded;
use common::{load, tiny_with};
use proc_macro2::TokenStream;

fn tiny() -> Loaded {
    load(&tiny_with(&[]))
}

/// Formatted code, which so is proved to parse. Docs of several lines are written line by line.
fn formatted(tokens: TokenStream) -> String {
    let code = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    let mut inside = false;
    let lines = code.lines().map(|line| {
        let starts = line.trim_start().starts_with("/**");
        let doc = inside || starts;
        let line = if starts {
            line.replacen("/**", "/// ", 1)
        } else if inside {
            format!("/// {line}")
        } else {
            line.to_owned()
        };
        inside = doc && !line.ends_with("*/");
        line.trim_end_matches("*/").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

const CLIENT: Options = Options { in_client: true, unverified: false };

#[test]
fn sections() {
    let loaded = tiny();
    for section in ["tasks", "twin", "dialer"] {
        insta::assert_snapshot!(
            format!("section_{section}"),
            formatted(emit::section(&loaded, section, CLIENT))
        );
    }
}

#[test]
fn a_section_of_a_consumer() {
    let loaded = tiny();
    insta::assert_snapshot!(
        "consumer_dialer",
        formatted(emit::section(&loaded, "dialer", Options { in_client: false, unverified: false }))
    );
}

#[test]
fn shared_code() {
    let loaded = tiny();
    insta::assert_snapshot!("types", formatted(emit::types(&loaded, CLIENT)));
    insta::assert_snapshot!("errors", formatted(emit::errors(&loaded)));
    insta::assert_snapshot!("required_fields", formatted(emit::required_fields(&loaded)));
    insta::assert_snapshot!("catalogue", formatted(emit::catalogue(&loaded)));
    insta::assert_snapshot!("webhooks", formatted(emit::webhooks(&loaded)));
}

#[test]
fn endpoints_with_an_assumed_path_need_the_feature() {
    let loaded = tiny();
    let code = |unverified: bool| {
        emit::section(&loaded, "tasks", Options { in_client: true, unverified }).to_string()
    };
    assert!(!code(false).contains("pub fn stop_task"));
    assert!(code(true).contains("pub fn stop_task"));
    // Described they are in any case.
    assert!(code(false).contains("ENDPOINT_STOP_TASK"));
    assert!(code(false).contains("pub fn upload_list"), "an endpoint without a path is always there");
}

#[test]
fn entries_alone_are_part_of_the_whole() {
    let loaded = tiny();
    let options = Options { in_client: true, unverified: true };
    let keys = emit::keys(&loaded);
    assert!(keys.len() > 20);
    for key in &keys {
        let code = emit::entry(&loaded, key, options).unwrap_or_else(|| panic!("no code of {key}"));
        assert!(!formatted(code).is_empty(), "{key}");
    }
    assert!(emit::entry(&loaded, "tasks.nothing", options).is_none());
    assert!(emit::entry(&loaded, "nowhere.create_task", options).is_none());
}
