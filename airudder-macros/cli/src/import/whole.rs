//! A whole document as a section of its own.

use airudder_codegen::names;

use super::call::{self, Call};
use super::compose::Composition;
use super::document::Node;
use super::draft::Entry;
use super::error::ImportError;
use super::free_names::{self, TypeNames};
use super::lowering::{Lowering, ways};
use super::notes::Note;
use super::paths;
use super::request::AllRequest;
use super::schemas::Reader;
use super::section::{of_entry, shared_names};
use super::write::write_notes;
use super::yaml;

/// Keys of a document that are read, or that say nothing about its calls.
const READ: &[&str] = &[
    "openapi",
    "info",
    "servers",
    "paths",
    "components",
    "security",
    "tags",
    "webhooks",
    "jsonSchemaDialect",
];

/// The section's text and all notes.
pub(super) fn import(
    root: &Node,
    request: &AllRequest,
    mut notes: Vec<String>,
) -> Result<(String, Vec<Note>), ImportError> {
    let mut left_out = Vec::new();
    let mut calls = call::find_calls(root, &mut left_out)?;
    calls.extend(call::find_unconfirmed(root));
    let named = call::find_webhooks(root, &mut left_out);
    let of_calls = calls.len();
    let webhook_names: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
    calls.extend(named.into_iter().map(|(_, call)| call));
    if calls.is_empty() {
        return Err(left_out.into_iter().next().unwrap_or_else(|| {
            ImportError::new("the document describes no call").help("it is an OpenAPI document with `paths`")
        }));
    }
    let mut names = TypeNames::new(shared_names(), &request.section);
    let name_of = |at: usize| at.checked_sub(of_calls).and_then(|at| webhook_names.get(at));
    let keys = keys(&calls, name_of, &mut names);
    let mut lowering = Lowering {
        root,
        reader: Reader::new(root, names),
        key: String::new(),
        secured: calls
            .iter()
            .any(|call| call.operation.get("security").is_some_and(|all| !all.items().is_empty())),
        notes: Vec::new(),
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut failed: Vec<String> = Vec::new();
    // Webhooks come last, and stand below a key of their own.
    for (call, key) in calls.iter().zip(&keys) {
        match lowering.entry(call, key) {
            Ok(mut entry) => {
                let twin =
                    entries.iter().find(|other| other.method == entry.method && other.path == entry.path);
                if let Some(twin) = twin.filter(|_| entry.path.is_some()) {
                    entry.notes.push(format!("`{}` has this method and path too", twin.key));
                }
                entries.push(entry);
            }
            Err(problem) => {
                let what = if call.is_webhook { format!("webhook `{key}`") } else { call.shown() };
                failed.push(format!("left out: {what}: {}", one_line(&problem)));
            }
        }
    }
    failed.extend(left_out.iter().map(|problem| format!("left out: {}", one_line(problem))));
    if entries.is_empty() {
        return Err(ImportError::new(failed.join("; ")));
    }
    notes.extend(of_document(root));
    notes.extend(of_types(root, &lowering.reader));
    let mut composition = Composition {
        head: String::new(),
        around: String::new(),
        section: &request.section,
        page: request.page.as_deref(),
        all: true,
        entries,
        enums: std::mem::take(&mut lowering.reader.enums),
        structs: std::mem::take(&mut lowering.reader.structs).into_iter().flatten().collect(),
    };
    let all = |failed: &[String]| [failed, &notes[..]].concat();
    composition.head = head(root, request, &composition.entries, &all(&failed));
    let (_, removed) = composition.valid_text()?;
    failed.extend(removed.iter().map(|(entry, why)| match entry.is_webhook {
        true => format!("left out: webhook `{}`: {why}", entry.key),
        false => format!("left out: {} {}: {why}", entry.method, entry.path.as_deref().unwrap_or("?")),
    }));
    composition.head = head(root, request, &composition.entries, &all(&failed));
    let (text, _) = composition.valid_text()?;
    let mut told: Vec<Note> = all(&failed).iter().map(|note| Note::new("", note)).collect();
    told.extend(composition.notes());
    Ok((text, told))
}

fn one_line(problem: &ImportError) -> String {
    yaml::plain(&problem.to_string().replace("\n  = ", ": "))
}

/// The keys of all entries: by the ids of the operations, else by method and path.
fn keys<'n>(
    calls: &[Call<'_>],
    name_of: impl Fn(usize) -> Option<&'n String>,
    names: &mut TypeNames,
) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for (at, call) in calls.iter().enumerate() {
        let id = call.operation.text_at("operationId").or_else(|| name_of(at).cloned());
        let written = id.filter(|id| !names::snake(id).is_empty()).unwrap_or_else(|| {
            let path = call.path.as_deref().unwrap_or("call");
            let steps: Vec<&str> =
                path.split(['/', '.', '{', '}', '?']).filter(|step| !step.is_empty()).collect();
            format!("{}_{}", call.method.as_deref().unwrap_or("call").to_lowercase(), steps.join("_"))
        });
        let key = free_names::key(&written, |key| {
            keys.iter().any(|other| other == key)
                || of_entry(&names::pascal(key)).iter().any(|name| names.is_taken(name))
        });
        of_entry(&names::pascal(&key)).iter().for_each(|name| {
            names.take(name);
        });
        keys.push(key);
    }
    keys
}

fn head(root: &Node, request: &AllRequest, entries: &[Entry], notes: &[String]) -> String {
    let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let webhooks = entries.iter().filter(|entry| entry.is_webhook).count();
    let mut count = counted(entries.len() - webhooks, "call");
    if webhooks > 0 {
        count = format!("{count} and {}", counted(webhooks, "webhook"));
    }
    let version = root.get("info").and_then(|info| info.text_at("version"));
    let mut out = format!(
        "# {count}, imported from an OpenAPI document{}.\n\
         # Check by hand: names, docs, error codes of the fields, \
         `sensitive: true` on personal data, and each\n\
         # `effect`: `changes` is never repeated by itself; a person must decide: \
         `calls_people` where it places\n\
         # calls or sends messages, `idempotent` where repeating changes nothing more, \
         `read` where it only reads.\n",
        version.map(|version| format!(" of version {}", yaml::short(&version))).unwrap_or_default()
    );
    if request.page.is_none() {
        out.push_str(
            "# To raise evidence: name the vendor's page, `pages: [doc-...]`, and write `documented` in \
             place of `assumed`.\n",
        );
    }
    write_notes(&mut out, "", "- ", notes);
    let info = root.get("info");
    let said = |key: &str| {
        let text = info.and_then(|info| info.text_at(key)).map(|text| yaml::short(&text));
        text.filter(|text| !text.is_empty())
    };
    out.push_str(&format!(
        "section: {}\ntitle: {}\nfamily: {}\n",
        request.section,
        yaml::text(&said("title").unwrap_or_else(|| names::pascal(&request.section))),
        yaml::text(&request.family)
    ));
    if let Some(summary) = said("description").or_else(|| said("summary")) {
        out.push_str(&format!("summary: {}\n", yaml::text(&summary)));
    }
    if let Some(page) = &request.page {
        out.push_str(&format!("pages: [{}]\n", yaml::text(page.trim())));
    }
    out
}

/// What the document says beside its calls, and the language does not take from it.
pub(super) fn of_document(root: &Node) -> Vec<String> {
    let mut notes = Vec::new();
    let listed = |names: Vec<String>| match names.len() {
        ..=12 => names.join(", "),
        more => format!("{} and {} more", names[..12].join(", "), more - 12),
    };
    let hosts = paths::hosts(root);
    if !hosts.is_empty() {
        notes.push(format!("servers of the page: {}. The host is that of the family", listed(hosts)));
    }
    let schemes = root.get("components").and_then(|components| components.get("securitySchemes"));
    if let Some(schemes) = schemes.filter(|schemes| schemes.has_entries()) {
        let shown = schemes.entries().iter().map(|(name, scheme)| {
            format!("`{}`{}", yaml::short(name), scheme_of(scheme).unwrap_or_default())
        });
        notes.push(format!(
            "authentication of the page: {}. It is that of the family",
            listed(shown.collect())
        ));
    }
    let usual = root.get("security").map(ways).unwrap_or_default();
    if usual.len() > 1 || usual.iter().any(|way| way.contains([' ', '('])) {
        notes.push(format!("calls of the page authenticate by {}", listed(usual)));
    }
    if root.get("info").and_then(|info| info.text_at("description")).is_some_and(|text| yaml::is_cut(&text)) {
        notes.push("the page says more in `info.description`".to_owned());
    }
    let described = root.get("tags").map(Node::items).unwrap_or_default();
    if described.iter().any(|tag| tag.get("description").is_some()) {
        notes.push("descriptions of tags are not read".to_owned());
    }
    let strange = root.entries().iter().map(|(key, _)| key);
    let strange: Vec<String> = strange
        .filter(|key| !READ.contains(&key.as_str()) && !key.starts_with("x-") && !key.starts_with('/'))
        .map(|key| format!("`{}`", yaml::short(key)))
        .collect();
    if root.get("paths").is_some() && !strange.is_empty() {
        notes.push(format!("not read: {}", listed(strange)));
    }
    notes
}

/// What a security scheme is, and the family's `auth` that it is like.
fn scheme_of(scheme: &Node) -> Option<String> {
    let kind = scheme.text_at("type")?;
    let of = |key: &str| scheme.text_at(key).map(|text| yaml::short(&text)).unwrap_or_default();
    Some(match (kind.as_str(), of("scheme").to_lowercase().as_str()) {
        ("http", "bearer") => " (like `auth: {kind: bearer}`)".to_owned(),
        ("http", scheme) => format!(" (HTTP, {scheme})"),
        ("apiKey", _) => format!(" ({} `{}`)", of("in"), of("name")),
        (other, _) => format!(" ({})", yaml::short(other)),
    })
}

/// What holds for all types, and the schemas that no call needs.
pub(super) fn of_types(root: &Node, reader: &Reader<'_>) -> Vec<String> {
    let mut notes = of_all(reader);
    let all = root.get("components").and_then(|components| components.get("schemas"));
    let unused = all.map(Node::entries).unwrap_or_default().iter().map(|(name, _)| name);
    let unused: Vec<String> =
        unused.filter(|name| !reader.is_read(name)).map(|name| format!("`{}`", yaml::short(name))).collect();
    if !unused.is_empty() {
        notes.push(format!("schemas that no call needs as a type are not imported: {}", unused.join(", ")));
    }
    notes
}

/// What holds for all calls.
pub(super) fn of_all(reader: &Reader<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if reader.bare {
        notes.push(
            "answers stand in no envelope on the page: the section's family must be one without `envelope`, \
             or they are not read"
                .to_owned(),
        );
    }
    if reader.optional_body {
        notes.push(
            "a body may be left out where the page does not say `required: true` of it; here a call always \
             has its required fields"
                .to_owned(),
        );
    }
    if reader.lenient {
        notes.push(
            "answers are read leniently: fields that the page requires there are `required` only where you \
             say so"
                .to_owned(),
        );
    }
    if reader.nulls {
        notes.push(
            "null is no value here: it is read as absent, and never sent, also where the page names it"
                .to_owned(),
        );
    }
    if reader.limited {
        notes.push("limits that the page states of answers are not kept: answers are not checked".to_owned());
    }
    if !reader.extensions.is_empty() {
        let names: Vec<String> =
            reader.extensions.iter().map(|name| format!("`{}`", yaml::short(name))).collect();
        notes.push(format!("extensions of the page are not read: {}", names.join(", ")));
    }
    notes
}
