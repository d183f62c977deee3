//! A spec as an OpenAPI document, and back.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use airudder_codegen::ir::{Constraint, Endpoint, Field, Response, Section, Spec, Type};
use airudder_codegen::load::{Loaded, Vendor};
use airudder_model::Scalar;
use airudder_spec::export::{self, Exported, Request, Version};
use airudder_spec::import::{AllRequest, import_all};
use airudder_spec::vendor::VENDOR;
use serde_json::Value as Json;

const ORCHARD: &str = include_str!("export/orchard.yaml");

fn vendors() -> Loaded {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    Loaded::directory(&path, "spec")
}

fn private(name: &str, text: &str) -> Loaded {
    let loaded = Loaded::texts(VENDOR, [(format!("{name}.yaml").as_str(), text)]);
    let reports: Vec<String> = loaded.reports().into_iter().map(|report| report.text).collect();
    assert!(reports.is_empty(), "{}\n{text}", reports.join("\n"));
    loaded
}

fn exported(loaded: &Loaded, version: Version, section: Option<&str>) -> Exported {
    export::export(&loaded.spec, &Request { version, section }).unwrap()
}

fn json(exported: &Exported) -> Json {
    let json: Json = serde_json::from_str(&exported.json()).unwrap();
    assert_eq!(serde_yaml::from_str::<Json>(&exported.yaml()).unwrap(), json);
    json
}

#[test]
fn a_section_becomes_the_documents_that_were_reviewed() {
    let loaded = private("orchard", ORCHARD);
    for (version, name) in [(Version::V3_0, "orchard_3_0"), (Version::V3_1, "orchard_3_1")] {
        let exported = exported(&loaded, version, None);
        json(&exported);
        insta::assert_snapshot!(name, exported.yaml());
    }
}

#[test]
fn every_endpoint_and_webhook_of_the_spec_is_in_the_document() {
    let loaded = vendors();
    for version in [Version::V3_0, Version::V3_1] {
        let document = json(&exported(&loaded, version, None));
        let mut left: Vec<&str> = loaded
            .spec
            .sections
            .iter()
            .flat_map(|section| &section.endpoints)
            .map(|endpoint| endpoint.entry.key.as_str())
            .collect();
        let paths =
            document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap());
        let paths = paths.filter(|(key, _)| *key != "servers").map(|(_, operation)| operation);
        let unconfirmed = document["x-unconfirmed"].as_object().unwrap().values();
        for key in paths.chain(unconfirmed).flat_map(|of| of["x-endpoints"].as_array().unwrap()) {
            let at = left.iter().position(|left| key == left);
            left.remove(at.unwrap_or_else(|| panic!("{key} is here twice, or is none")));
        }
        assert!(left.is_empty(), "{left:?}");
        let webhooks: usize = loaded.spec.sections.iter().map(|section| section.webhooks.len()).sum();
        let key = if version == Version::V3_0 { "x-webhooks" } else { "webhooks" };
        assert_eq!(document[key].as_object().unwrap().len(), webhooks);
    }
}

/// Visits every object of a document.
fn visit<'j>(value: &'j Json, work: &mut impl FnMut(&'j serde_json::Map<String, Json>)) {
    match value {
        Json::Object(map) => {
            work(map);
            map.values().for_each(|value| visit(value, work));
        }
        Json::Array(items) => items.iter().for_each(|item| visit(item, work)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[test]
fn references_lead_somewhere_and_examples_obey_their_schemas() {
    let loaded = vendors();
    let document = json(&exported(&loaded, Version::V3_1, None));
    let mut examples = 0;
    visit(&document, &mut |map| {
        if let Some(reference) = map.get("$ref").and_then(Json::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        if let (Some(schema), Some(example)) = (map.get("schema"), map.get("example")) {
            let mut whole = schema.clone();
            whole["components"] = document["components"].clone();
            let validator = jsonschema::draft202012::new(&whole).unwrap();
            let problems: Vec<String> =
                validator.iter_errors(example).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{example}: {problems:?}");
            examples += 1;
        }
    });
    assert!(examples > 30, "{examples}");
}

/// A type as its values look, whatever its name is.
fn shape(spec: &Spec, ty: &Type, depth: usize) -> String {
    match ty {
        // Files outside of forms, and ids, are text in OpenAPI.
        Type::Id(_) => "string".to_owned(),
        Type::Scalar(scalar) => scalar.word().to_owned(),
        Type::List(inner) => format!("list<{}>", shape(spec, inner, depth)),
        Type::Map(inner) => format!("map<{}>", shape(spec, inner, depth)),
        Type::Enum(at) => {
            let of = spec.find_enum(at).unwrap();
            let values: Vec<&str> = of.values.iter().map(|value| value.wire.as_str()).collect();
            if values.is_empty() {
                of.form.word().to_owned()
            } else {
                format!("{}({})", of.form, values.join(" "))
            }
        }
        Type::Struct(_) if depth == 0 => "...".to_owned(),
        Type::Struct(at) => fields(spec, &spec.find_struct(at).unwrap().fields, false, depth - 1),
    }
}

fn fields(spec: &Spec, all: &[Field], is_sent: bool, depth: usize) -> String {
    let mut all: Vec<String> = all.iter().map(|field| self::field(spec, field, is_sent, depth)).collect();
    all.sort();
    format!("{{{}}}", all.join("; "))
}

fn field(spec: &Spec, field: &Field, is_sent: bool, depth: usize) -> String {
    let mut text = format!("{}: {}", field.wire, shape(spec, &field.ty, depth));
    if field.sensitive {
        text.push_str(" sensitive");
    }
    // Answers are read leniently.
    if is_sent {
        if field.required || field.fixed.is_some() {
            text.push_str(" required");
        }
        if let Some(fixed) = &field.fixed {
            let _ = write!(text, " fixed={fixed}");
        }
        for constraint in &field.constraints {
            let _ = match constraint {
                Constraint::Limit(limit, number) => write!(text, " {limit}={number}"),
                Constraint::OneOf(values) => write!(text, " one_of={}", values.join(",")),
                Constraint::Before(wire) => write!(text, " before={wire}"),
                Constraint::SameDay(wire) => write!(text, " same_day_as={wire}"),
                Constraint::NotPast => write!(text, " not_past"),
                Constraint::Schema(profile) => write!(text, " schema_profile={profile:?}"),
            };
        }
    }
    text
}

/// What calls and webhooks are, by method and path, or by the name of the webhook.
fn described(spec: &Spec, section: &Section) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for endpoint in &section.endpoints {
        let entry = &endpoint.entry;
        let place = format!("{} {}", entry.method, endpoint.path.as_deref().unwrap_or(&entry.name));
        let mut lines: Vec<String> = endpoint.request.iter().map(|f| field(spec, f, true, 4)).collect();
        lines.push(format!("body {} effect {} open {}", endpoint.body, endpoint.effect, entry.open));
        lines.extend(answer(spec, endpoint));
        // Of twins the first one is exported; the others are beside it.
        all.entry(place).or_insert(lines);
    }
    for webhook in &section.webhooks {
        let lines = match &webhook.payload {
            airudder_codegen::ir::Payload::Fields(all) => {
                all.iter().map(|f| field(spec, f, false, 4)).collect()
            }
            airudder_codegen::ir::Payload::Struct(at) => {
                let fields = &spec.find_struct(at).unwrap().fields;
                fields.iter().map(|f| field(spec, f, false, 4)).collect()
            }
        };
        let name =
            webhook.entry.name.trim_start_matches(&format!("{}_", section.name.trim_start_matches("own_")));
        all.insert(format!("webhook {name}"), lines);
    }
    all
}

fn answer(spec: &Spec, endpoint: &Endpoint) -> Vec<String> {
    match &endpoint.response {
        Response::File => vec!["answer: file".to_owned()],
        Response::Type(Type::Scalar(Scalar::Json)) => Vec::new(),
        Response::Type(Type::Struct(at)) => {
            let of = spec.find_struct(at).unwrap();
            of.fields.iter().map(|f| format!("answer {}", field(spec, f, false, 4))).collect()
        }
        Response::Type(ty) => vec![format!("answer: {}", shape(spec, ty, 4))],
        Response::Fields(all) => all.iter().map(|f| format!("answer {}", field(spec, f, false, 4))).collect(),
    }
}

/// What differs between a section and what is imported from its export.
fn differences(loaded: &Loaded, name: &str, version: Version) -> Vec<String> {
    let text = exported(loaded, version, Some(name)).yaml();
    let section = loaded.spec.section(name).unwrap();
    let own = format!("own_{name}");
    // A family of the section's own is not in the document: one that has no envelope either stands in.
    let is_own = loaded.spec.family(&section.family).is_some_and(|family| family.section.is_some());
    let family = if is_own { "number_detection".to_owned() } else { section.family.clone() };
    let request = AllRequest { section: own.clone(), family, page: None };
    let imported = import_all(&text, &request).unwrap();
    let again = private(&own, &imported.text);
    let before = described(&loaded.spec, section);
    let after = described(&again.spec, again.spec.section(&own).unwrap());
    let mut found = Vec::new();
    for (place, lines) in &before {
        // Calls without a path are named by their operation.
        let with_section = place.replacen(' ', &format!(" {name}_"), 1);
        let Some(other) = after.get(place).or_else(|| after.get(&with_section)) else {
            found.push(format!("{place} is missing"));
            continue;
        };
        found.extend(
            lines.iter().filter(|line| !other.contains(line)).map(|line| format!("{place} - {line}")),
        );
        found.extend(
            other.iter().filter(|line| !lines.contains(line)).map(|line| format!("{place} + {line}")),
        );
    }
    assert_eq!(before.len(), after.len(), "{:?} {:?}", before.keys(), after.keys());
    found
}

#[test]
fn what_is_exported_is_imported_again() {
    let loaded = private("orchard", ORCHARD);
    for version in [Version::V3_0, Version::V3_1] {
        assert_eq!(differences(&loaded, "orchard", version), [""; 0], "{version:?}");
    }
}

#[test]
fn what_the_way_through_openapi_loses_of_the_real_sections() {
    let loaded = vendors();
    for (version, name) in [(Version::V3_0, "lost_3_0"), (Version::V3_1, "lost_3_1")] {
        let mut text = String::new();
        for section in &loaded.spec.sections {
            for line in differences(&loaded, &section.name, version) {
                let _ = writeln!(text, "{}: {line}", section.name);
            }
        }
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn a_private_section_is_exported_alone_with_the_vendors_types_that_it_uses() {
    let text = "section: private\ntitle: Private\nfamily: cloud\nendpoints:\n  \
                again: {same_as: collection.create_task, evidence: assumed}\n";
    let loaded = private("private", text);
    let document = json(&exported(&loaded, Version::V3_1, None));
    assert_eq!(document["paths"].as_object().unwrap().len(), 1);
    assert_eq!(document["info"]["title"], "Private");
    assert!(document["components"]["schemas"]["CollectionContact"]["properties"]["Mobile"].is_object());
    assert!(document["components"]["schemas"].get("RestTime").is_none(), "of another section");
}

#[test]
fn a_section_that_is_not_there_is_an_error() {
    let loaded = Loaded::texts(Vendor::None, [("a.yaml", "section: a")]);
    let request = Request { version: Version::V3_1, section: Some("collection") };
    let error = export::export(&loaded.spec, &request).unwrap_err();
    assert!(error.contains("`collection`"), "{error}");
}
