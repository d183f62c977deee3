//! Evidence never rises: not through `same_as`, not through `include`, not through a type that entries share.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use airudder_codegen::emit::{self, Options};
use airudder_codegen::ir::{Field, Payload, Response};
use airudder_model::Evidence;
use common::{load, tiny_with};

const CLIENT: Options = Options { in_client: true, unverified: true };

fn levels(fields: &[Field]) -> Vec<Evidence> {
    fields.iter().map(|f| f.evidence).collect()
}

#[test]
fn twins_do_not_know_more_than_their_bases() {
    let loaded = load(&tiny_with(&[(
        "twin.yaml",
        "list_calls: {same_as: tasks.list_calls, evidence: inferred}",
        "list_calls: {same_as: tasks.list_calls, evidence: inferred, fields_evidence: documented}\n  \
         tasks: {same_as: tasks.list_tasks, evidence: observed}",
    )]));
    assert!(loaded.is_valid(), "{:?}", loaded.reports());
    let calls = loaded.spec.endpoint("twin.list_calls").unwrap();
    assert_eq!(calls.entry.fields_evidence, Some(Evidence::Observed));
    assert!(levels(&calls.request).iter().all(|e| *e == Evidence::Observed));
    let Response::Fields(rows) = &calls.response else { panic!("no fields") };
    assert!(levels(rows).iter().all(|e| *e == Evidence::Observed));
    assert_eq!(loaded.spec.endpoint("twin.tasks").unwrap().entry.fields_evidence, None);
    // What a twin says of one field is its own.
    let create = loaded.spec.endpoint("twin.create_task").unwrap();
    assert_eq!(create.entry.fields_evidence, Some(Evidence::Assumed));
}

#[test]
fn structs_do_not_know_more_than_those_they_are_built_on() {
    let loaded = load(&tiny_with(&[
        (
            "tasks.yaml",
            "      evidence: observed\n      include: [CallRecord]",
            "      evidence: documented\n      include: [CallRecord]",
        ),
        ("twin.yaml", "      evidence: assumed\n", "      evidence: observed\n"),
    ]));
    assert!(loaded.is_valid(), "{:?}", loaded.reports());
    let of = |section: &str, name: &str| {
        let types = &loaded.spec.section(section).unwrap().types;
        levels(&types.structs.iter().find(|s| s.name == name).unwrap().fields)
    };
    assert!(of("tasks", "LongRecord").contains(&Evidence::Observed));
    assert!(of("twin", "Customer").iter().all(|e| *e >= Evidence::Observed));
}

#[test]
fn an_entry_that_knows_less_describes_shared_types_so() {
    let loaded = load(&tiny_with(&[(
        "tasks.yaml",
        "    title: Webhook of Call\n    evidence: observed",
        "    title: Webhook of Call\n    evidence: assumed",
    )]));
    let webhook = loaded.spec.webhook("tasks.call_finished").unwrap();
    assert!(matches!(webhook.payload, Payload::Struct(_)));
    let code = emit::section(&loaded, "tasks", CLIENT).to_string();
    let table = code.split("static LOWERED_TYPES__CALL_RECORD_ASSUMED").nth(1).unwrap();
    let table = table.split("static").next().unwrap();
    assert!(table.contains("Evidence :: Assumed") && !table.contains("Evidence :: Observed"), "{table}");
    assert!(code.contains("payload : __spec :: LOWERED_TYPES__CALL_RECORD_ASSUMED . fields"), "{code}");
    // Rows of the list are known better, and stay what they are.
    assert!(!code.contains("LOWERED_TASKS__LONG_RECORD_ASSUMED"));
}
