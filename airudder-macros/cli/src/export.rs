//! From a spec to an OpenAPI document, for the tools of everybody else.

mod codes;
mod components;
mod errors;
mod facts;
mod families;
mod fields;
mod names;
mod operations;
mod paths;
mod responses;
mod scalars;
mod value;
mod webhooks;
mod write;

use airudder_codegen::ir::{Section, Spec};
use clap::ValueEnum;

pub use value::{Map, Value};

use components::Components;

/// A version of OpenAPI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Version {
    /// 3.0: what most generators read. It has no webhooks: they stand under `x-webhooks`.
    #[value(name = "3.0")]
    V3_0,
    /// 3.1: JSON Schema of 2020-12, webhooks.
    #[value(name = "3.1")]
    V3_1,
}

/// What is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub version: Version,
    /// One section; `None`: all.
    pub section: Option<&'a str>,
}

/// A document, and what somebody should know who uses it.
#[derive(Clone, Debug)]
pub struct Exported {
    pub document: Map,
    /// What OpenAPI cannot say as the spec does; most of it stands in the document too, as `x-...`.
    pub notes: Vec<String>,
}

impl Exported {
    /// The document as YAML.
    pub fn yaml(&self) -> String {
        write::yaml(&self.document)
    }

    /// The document as JSON.
    pub fn json(&self) -> String {
        write::json(&self.document)
    }
}

/// Exports a spec.
///
/// # Errors
///
/// Where it has no such section, or nothing at all.
pub fn export(spec: &Spec, request: &Request<'_>) -> Result<Exported, String> {
    let sections: Vec<&Section> = match request.section {
        Some(name) => vec![spec.section(name).ok_or_else(|| {
            let names: Vec<&str> = spec.sections.iter().map(|section| section.name.as_str()).collect();
            format!("there is no section `{name}`; there are: {}", names.join(", "))
        })?],
        None => spec.sections.iter().filter(|section| !section.is_vendors).collect(),
    };
    if sections.is_empty() {
        return Err("the spec has no section".to_owned());
    }
    let mut components = Components::new(spec, request.version);
    let paths = paths::paths(&mut components, &sections);
    let webhooks = webhooks::webhooks(&mut components, &sections);
    let families = families::used(spec, &sections);
    let responses = errors::responses(&mut components, &families);
    let notes = components.notes();
    let components = Map::new()
        .map("schemas", components.finish())
        .map("responses", responses)
        .map("securitySchemes", families::schemes(&families));
    let version = match request.version {
        Version::V3_0 => "3.0.3",
        Version::V3_1 => "3.1.0",
    };
    let named_webhooks = match request.version {
        Version::V3_0 => "x-webhooks",
        Version::V3_1 => "webhooks",
    };
    let document = Map::new()
        .with("openapi", version)
        .with("info", info(&sections))
        .with("servers", vec![families::server(families::host(spec, &families))])
        .with("tags", sections.iter().map(|section| tag(section)).collect::<Vec<_>>())
        .with("paths", paths.paths)
        .map(named_webhooks, webhooks)
        .with("components", components)
        .map("x-unconfirmed", paths.unconfirmed)
        .map("x-families", families::facts(spec, &families))
        .list("x-notes", notes.iter().map(Value::from).collect());
    Ok(Exported { document, notes })
}

fn info(sections: &[&Section]) -> Map {
    let title = match sections {
        [one] => one.title.clone(),
        _ => "AI Rudder API".to_owned(),
    };
    Map::new().with("title", title).with("version", env!("CARGO_PKG_VERSION")).with("description", ABOUT)
}

const ABOUT: &str = "Written by `airudder-spec export`. `x-evidence` says how well a fact is known: \
`documented` (read in the vendor's pages), `observed` (seen in public client code), `inferred` or `assumed`. \
`x-effect` says what a call does: `read` and `idempotent` may be repeated, `changes` and `calls_people` must \
not be once anything may have arrived. `x-sensitive` marks what is personal or secret. `x-known-values` are \
the known values of a text that may have others. `x-type` is the type of the spec, where OpenAPI has no word \
for it.\n\nAnswers are described as the vendor is known to write them. Readers should be lenient: other keys \
may come, numbers may come as text, and an unset time as empty text.";

fn tag(section: &Section) -> Map {
    let description = match section.summary.is_empty() {
        true => section.title.clone(),
        false => format!("{}. {}", section.title, section.summary),
    };
    Map::new()
        .with("name", &section.name)
        .with("description", description)
        .maybe("x-title-zh", section.title_zh.as_ref())
        .with("x-family", &section.family)
        .list("x-pages", section.pages.iter().map(Value::from).collect())
}
