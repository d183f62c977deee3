//! Drafts as text.

use std::fmt::Write as _;

use crate::lint::repeats;

use super::draft::{Entry, Enum, Field, Idempotency, Response, Sample, Struct};
use super::notes::Note;
use super::yaml;

/// How entries are written.
pub(super) struct Style<'a> {
    pub(super) page: Option<&'a str>,
    /// Whether they are all of a file: what holds for each is said once, at its top.
    pub(super) all: bool,
    /// How many entries of a list a sample shows.
    pub(super) items: usize,
}

impl Style<'_> {
    fn evidence(&self) -> &'static str {
        if self.page.is_some() { "documented" } else { "assumed" }
    }
}

/// Says what is to be looked at in an entry.
pub(super) fn write_notes(out: &mut String, indent: &str, mark: &str, notes: &[String]) {
    for note in notes {
        let _ = writeln!(out, "{indent}# {mark}{}", yaml::plain(note));
    }
}

/// An entry below `endpoints:`.
pub(super) fn write_entry(out: &mut String, entry: &Entry, style: &Style<'_>) {
    if style.all {
        write_notes(out, "  ", "", &entry.notes);
    }
    let _ = writeln!(out, "  {}:", entry.key);
    write_facts(out, entry, style);
    if !entry.fields.is_empty() {
        out.push_str(if entry.is_webhook { "    payload:\n" } else { "    request:\n" });
        write_fields(out, &entry.fields, "      ");
    }
    match &entry.response {
        Response::Nothing => {}
        // What is not described is any JSON.
        Response::Type(ty) if ty == "json" => {}
        Response::Type(ty) => {
            let _ = writeln!(out, "    response: {ty}");
        }
        Response::Fields(fields) => {
            out.push_str("    response:\n");
            write_fields(out, fields, "      ");
        }
    }
    if entry.open_response {
        out.push_str("    open_response: true\n");
    }
    write_samples(out, entry, style);
}

fn write_samples(out: &mut String, entry: &Entry, style: &Style<'_>) {
    if let Some(sample) = entry.request_sample.as_ref().filter(|_| entry.is_webhook) {
        let value = yaml::flow(&sample.value, style.items);
        let _ = match &sample.misfit {
            None => writeln!(out, "    sample: {value}"),
            Some(why) => writeln!(
                out,
                "    # The page's example does not fit its own types ({why}). Fix one of them:\n    \
                 # sample: {value}"
            ),
        };
        return;
    }
    let samples = [("request", &entry.request_sample), ("response", &entry.response_sample)];
    let samples = samples.iter().filter_map(|(what, sample)| Some((what, sample.as_ref()?)));
    let (fit, misfit): (Vec<_>, Vec<_>) = samples.partition(|(_, sample)| sample.misfit.is_none());
    if !fit.is_empty() {
        out.push_str("    sample:\n");
    }
    for (what, Sample { value, invented, .. }) in fit {
        if !invented.is_empty() {
            let names: Vec<String> = invented.iter().map(|name| format!("`{}`", yaml::short(name))).collect();
            let _ = writeln!(out, "      # made up, the page has no example of it: {}", names.join(", "));
        }
        if yaml::longest_list(value) > style.items {
            let _ = writeln!(out, "      # lists of the page's example are cut to {} entries", style.items);
        }
        let _ = writeln!(out, "      {what}: {}", yaml::flow(value, style.items));
    }
    for (what, Sample { value, misfit, .. }) in misfit {
        let why = misfit.as_deref().unwrap_or_default();
        let _ =
            writeln!(out, "    # The page's example does not fit its own types ({why}). Fix one of them:");
        let _ = writeln!(out, "    # sample: {{{what}: {}}}", yaml::flow(value, style.items));
    }
}

fn write_facts(out: &mut String, entry: &Entry, style: &Style<'_>) {
    let mut line = |line: String| {
        let _ = writeln!(out, "    {line}");
    };
    line(format!("title: {}", yaml::text(&entry.title)));
    if let Some(title) = &entry.title_zh {
        line(format!("title_zh: {}", yaml::text(title)));
        line("title_is_ours: true".to_owned());
    }
    if let Some(page) = style.page {
        line(format!("pages: [{}]", yaml::text(page.trim())));
    }
    match (style.page, &entry.path) {
        (_, None) if entry.is_webhook => {
            line(format!("evidence: {}", style.evidence()));
            // The method of a webhook is POST where nothing is said.
            if entry.method != "POST" {
                line(format!("method: {}", entry.method));
            }
        }
        (_, None) => {
            line("# The fragment names no path: give `path`, and raise `evidence` with it.".to_owned());
            line("evidence: assumed".to_owned());
            if style.page.is_some() {
                if entry.method_known {
                    line("method_evidence: documented".to_owned());
                }
                line("fields_evidence: documented".to_owned());
            }
        }
        (Some(_), Some(_)) => line("evidence: documented".to_owned()),
        (None, Some(_)) => {
            if !style.all {
                line(
                    "# To raise it: name the vendor's page, `pages: [doc-...]`, and write `documented` here \
                     and in the types."
                        .to_owned(),
                );
            }
            line(format!("evidence: {}", style.evidence()));
        }
    }
    if !entry.is_webhook {
        write_call(&mut line, entry, style);
    }
    line(format!("summary: {}", yaml::text(&entry.summary)));
    if !entry.paragraphs.is_empty() {
        line("notes:".to_owned());
        entry.paragraphs.iter().for_each(|paragraph| line(format!("  - {}", yaml::text(paragraph))));
    }
    if entry.deprecated && !entry.is_webhook {
        line("deprecated: the vendor's page says so".to_owned());
    }
    if entry.open {
        line("open: true".to_owned());
    }
}

/// What a webhook has not: where the call goes, and what it does.
fn write_call(line: &mut impl FnMut(String), entry: &Entry, style: &Style<'_>) {
    if !entry.method_known {
        line("# The fragment names no method: this one is a guess.".to_owned());
    }
    line(format!("method: {}", entry.method));
    line(format!("path: {}", entry.path.as_deref().map_or("none".to_owned(), written_path)));
    if let Some(body) = entry.body {
        line(format!("body: {body}"));
    }
    if let Some(effect) = entry.effect {
        line(format!("effect: {effect}"));
    } else if entry.method == "GET" {
        line("effect: read".to_owned());
    } else {
        if !style.all {
            line(
                "# `changes` is never repeated by itself. A person must decide: `calls_people` where it \
                 places calls or sends"
                    .to_owned(),
            );
            line(
                "# messages, `idempotent` where repeating changes nothing more, `read` where it only reads."
                    .to_owned(),
            );
        }
        line("effect: changes".to_owned());
    }
    if entry.by_status {
        line("success: status".to_owned());
    }
    if let Some(Idempotency { header, required, max_chars }) = &entry.idempotency {
        let required = if *required { ", required: true" } else { "" };
        let most = max_chars.map(|most| format!(", max_chars: {most}")).unwrap_or_default();
        line(format!("idempotency: {{header: {}{required}{most}}}", yaml::text(header)));
    }
}

/// A path as it can stand in a mapping: signs that YAML reads need quotes.
fn written_path(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/-_.~{}".contains(c));
    if plain { path.to_owned() } else { format!("\"{path}\"") }
}

/// Enums and structs, below `types:`.
pub(super) fn write_types(out: &mut String, enums: &[&Enum], structs: &[&Struct], style: &Style<'_>) {
    let evidence = style.evidence();
    if !enums.is_empty() {
        out.push_str("  enums:\n");
    }
    for Enum { name, doc, integer, values, notes } in enums {
        write_notes(out, "    ", "", notes);
        let doc = if doc.is_empty() { format!("Values of `{name}`.") } else { doc.clone() };
        let _ = writeln!(out, "    {name}:\n      doc: {}\n      evidence: {evidence}", yaml::text(&doc));
        if *integer {
            out.push_str("      kind: integer\n");
        }
        out.push_str("      values:\n");
        for value in values {
            let rust = value.rust.as_ref().map(|rust| format!("rust: {rust}"));
            let doc = (!value.doc.is_empty()).then(|| format!("doc: {}", yaml::text(&value.doc)));
            let keys: Vec<String> = rust.into_iter().chain(doc).collect();
            let hint = if value.nameless { " # name it" } else { "" };
            let _ = writeln!(out, "        {}: {{{}}}{hint}", yaml::text(&value.wire), keys.join(", "));
        }
    }
    if !structs.is_empty() {
        out.push_str("  structs:\n");
    }
    for Struct { name, doc, open, fields, notes } in structs {
        write_notes(out, "    ", "", notes);
        let _ = writeln!(out, "    {name}:");
        if !doc.is_empty() {
            let _ = writeln!(out, "      doc: {}", yaml::text(doc));
        }
        let _ = writeln!(out, "      evidence: {evidence}");
        if *open {
            out.push_str("      open: true\n");
        }
        out.push_str("      fields:\n");
        write_fields(out, fields, "        ");
    }
}

fn write_fields(out: &mut String, fields: &[Field], indent: &str) {
    for field in fields {
        write_notes(out, indent, "", &field.notes);
        let mut keys = Vec::new();
        if field.wire != field.name {
            keys.push(format!("wire: {}", yaml::text(&field.wire)));
        }
        keys.push(format!(
            "type: {}",
            if field.ty.contains('<') { field.ty.clone() } else { yaml::text(&field.ty) }
        ));
        if field.required {
            keys.push("required: true".to_owned());
        }
        for (key, limit) in &field.limits {
            let name = fields.iter().find(|other| other.wire == *limit).map(|other| &other.name);
            match (*key, name) {
                (key @ ("before" | "same_day_as"), Some(name)) => keys.push(format!("{key}: {name}")),
                ("before" | "same_day_as", None) => {}
                (key, _) => keys.push(format!("{key}: {limit}")),
            }
        }
        if !field.doc.is_empty() && !repeats(&field.doc, &field.name) {
            keys.push(format!("doc: {}", yaml::text(&field.doc)));
        }
        let _ = writeln!(out, "{indent}{}: {{{}}}", field.name, keys.join(", "));
    }
}

/// All notes of an entry, with their places.
pub(super) fn entry_notes(entry: &Entry) -> Vec<Note> {
    let mut notes: Vec<Note> = entry.notes.iter().map(|note| Note::new(&entry.key, note)).collect();
    notes.extend(field_notes(&entry.key, &entry.fields));
    if let Response::Fields(fields) = &entry.response {
        notes.extend(field_notes(&format!("{} answer", entry.key), fields));
    }
    for (what, sample) in [("request", &entry.request_sample), ("response", &entry.response_sample)] {
        if let Some(why) = sample.as_ref().and_then(|sample| sample.misfit.as_ref()) {
            let text = format!("the page's example of the {what} is only a comment: {why}");
            notes.push(Note::new(&entry.key, &text));
        }
    }
    notes
}

/// All notes of fields, with their places.
pub(super) fn field_notes(of: &str, fields: &[Field]) -> Vec<Note> {
    let all = fields.iter().flat_map(|field| field.notes.iter().map(move |note| (field, note)));
    all.map(|(field, note)| Note::new(&format!("{of}.{}", field.name), note)).collect()
}
