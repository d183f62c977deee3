//! `spec/README.md` is complete, and what it shows is right.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use std::collections::BTreeSet;

use airudder_codegen::schema::grammar::{API, ERRORS, Object, SECTION, Shape, TYPES_FILE};
use airudder_model::{AuthKind, BodyForm, CodeForm, Effect, EnumForm, Evidence, Method, PagingKind, Scalar};
use common::{load, real_files, real_spec};

fn readme() -> String {
    std::fs::read_to_string(real_spec().join("README.md")).unwrap()
}

/// All keys of an object and of everything in it.
fn keys(object: &'static Object, met: &mut BTreeSet<&'static str>, found: &mut BTreeSet<&'static str>) {
    for variant in [object.variant(false), object.variant(true)] {
        if met.insert(variant.name) {
            for key in variant.keys {
                found.insert(key.name);
                inside(&key.shape, met, found);
            }
        }
    }
}

fn inside(shape: &'static Shape, met: &mut BTreeSet<&'static str>, found: &mut BTreeSet<&'static str>) {
    match shape {
        Shape::Object(object) => keys(object, met, found),
        Shape::List(inner)
        | Shape::Map(inner)
        | Shape::Names(inner)
        | Shape::OrText(inner)
        | Shape::OrList(inner)
        | Shape::OrNull(inner) => inside(inner, met, found),
        _ => {}
    }
}

#[test]
fn every_key_and_every_word_is_mentioned() {
    let (mut met, mut found) = (BTreeSet::new(), BTreeSet::new());
    for object in [&API, &SECTION, &TYPES_FILE] {
        keys(object, &mut met, &mut found);
    }
    inside(&ERRORS, &mut met, &mut found);
    assert!(found.len() > 90, "the grammar has more keys than {}", found.len());
    for words in [
        AuthKind::WORDS,
        BodyForm::WORDS,
        CodeForm::WORDS,
        Effect::WORDS,
        EnumForm::WORDS,
        Evidence::WORDS,
        Method::WORDS,
        PagingKind::WORDS,
        Scalar::WORDS,
    ] {
        found.extend(words);
    }
    let readme = readme();
    let missing: Vec<&&str> = found.iter().filter(|word| !readme.contains(&format!("`{word}`"))).collect();
    assert!(missing.is_empty(), "spec/README.md does not mention {missing:?}");
}

/// The YAML blocks, each with the section that it is checked in.
fn blocks(readme: &str) -> Vec<(Option<String>, String)> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut rest = readme;
    while let Some((text, after)) = rest.split_once("```yaml\n") {
        let (block, next) = after.split_once("```\n").unwrap();
        before = text.lines().last().unwrap_or(before);
        let section = before.strip_prefix("<!-- checked: ").and_then(|b| b.strip_suffix(" -->"));
        blocks.push((section.map(str::to_owned), block.to_owned()));
        rest = next;
    }
    blocks
}

#[test]
fn its_examples_pass_the_checks() {
    let loaded = load(&real_files());
    let blocks = blocks(&readme());
    assert!(blocks.len() > 8);
    for (_, block) in &blocks {
        serde_yaml::from_str::<serde_yaml::Value>(block).unwrap_or_else(|error| panic!("{error}\n{block}"));
    }
    let checked: Vec<_> =
        blocks.iter().filter_map(|(section, block)| Some((section.as_ref()?, block))).collect();
    assert!(checked.len() > 2);
    for (section, block) in checked {
        let tried = loaded.with_entries(section, "the example", block);
        assert!(tried.is_valid(), "{block}\n{:#?}", tried.reports());
        let entries = tried.spec.section(section).map(|s| s.endpoints.len() + s.webhooks.len());
        let before = loaded.spec.section(section).map(|s| s.endpoints.len() + s.webhooks.len());
        assert_eq!(entries, before.map(|n| n + 1), "{block}");
    }
}
