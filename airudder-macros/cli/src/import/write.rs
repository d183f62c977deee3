//! The draft as text.

use std::fmt::Write as _;

use airudder_codegen::load::Loaded;

use crate::vendor::VENDOR;

use super::draft::{Entry, Enum, Field, Response, Struct};
use super::error::ImportError;
use super::lowering::Lowering;
use super::request::Request;
use super::yaml;

impl Lowering<'_> {
    /// The text, with as many samples as fit their types.
    pub(super) fn valid_text(&self, entry: &Entry) -> Result<String, ImportError> {
        let mut why = None;
        for (request, response) in [(true, true), (true, false), (false, true), (false, false)] {
            if (request && entry.request_sample.is_none()) || (response && entry.response_sample.is_none()) {
                continue;
            }
            let text = self.text(entry, request, response, why.as_deref());
            match self.problem(&text) {
                None => return Ok(text),
                Some(problem) => why = why.or(Some(problem)),
            }
        }
        let problem = why.unwrap_or_else(|| "it is not valid".to_owned());
        Err(ImportError::new(format!("no valid entry can be made of the fragment: {problem}")))
    }

    /// The first diagnostic of an entry, read as a section of its own.
    fn problem(&self, text: &str) -> Option<String> {
        let name = format!("{}.yaml", self.request.section);
        let section = format!("section: {}\ntitle: t\nfamily: cloud\n{text}", self.request.section);
        let loaded = Loaded::texts(VENDOR, [(name.as_str(), section.as_str())]);
        let report = loaded.reports().into_iter().next()?;
        let start = format!("{}:{}:{}: ", report.path, report.position.line, report.position.column);
        Some(yaml::line(report.text.lines().next().unwrap_or_default().trim_start_matches(&start)))
    }

    fn text(&self, entry: &Entry, with_request: bool, with_response: bool, why: Option<&str>) -> String {
        let Request { section, key, page, again } = self.request;
        let mut out = format!(
            "# {key}, from the vendor's OpenAPI fragment, for spec/{section}.yaml. Nothing has been written.\n"
        );
        if *again {
            out.push_str(
                "# It is there already: compare it with this, and replace what is to be replaced.\n",
            );
        }
        out.push_str(
            "# Check by hand: names, docs, `effect`, error codes of the fields, `sensitive: true` on personal \
             data.\n",
        );
        for note in &self.notes {
            let _ = writeln!(out, "# - {note}");
        }
        if self.reader.lenient {
            out.push_str(
                "# - answers are read leniently: fields that the page requires there are `required` only where \
                 you say so\n",
            );
        }
        let evidence = if page.is_some() { "documented" } else { "assumed" };
        self.write_types(&mut out, evidence);
        let _ = writeln!(out, "\n# Put this below `endpoints:` of the section.\nendpoints:\n  {key}:");
        self.write_facts(&mut out, entry, page.as_deref(), evidence);
        if !entry.fields.is_empty() {
            out.push_str("    request:\n");
            write_fields(&mut out, &entry.fields, "      ");
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
                write_fields(&mut out, fields, "      ");
            }
        }
        if entry.open_response {
            out.push_str("    open_response: true\n");
        }
        let samples = [
            ("request", &entry.request_sample, with_request),
            ("response", &entry.response_sample, with_response),
        ];
        if samples.iter().any(|(_, sample, fits)| sample.is_some() && *fits) {
            out.push_str("    sample:\n");
        }
        for (what, sample, _) in samples.iter().filter(|(_, _, fits)| *fits) {
            if let Some(sample) = sample {
                let _ = writeln!(out, "      {what}: {}", yaml::flow(sample));
            }
        }
        for (what, sample, _) in samples.iter().filter(|(_, _, fits)| !*fits) {
            if let Some(sample) = sample {
                let why = why.map(|why| format!(" ({why})")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "    # The page's example does not fit its own types{why}. Fix one of them:"
                );
                let _ = writeln!(out, "    # sample: {{{what}: {}}}", yaml::flow(sample));
            }
        }
        out
    }

    fn write_facts(&self, out: &mut String, entry: &Entry, page: Option<&str>, evidence: &str) {
        let mut line = |line: String| {
            let _ = writeln!(out, "    {line}");
        };
        line(format!("title: {}", yaml::text(&entry.title)));
        if let Some(title) = &entry.title_zh {
            line(format!("title_zh: {}", yaml::text(title)));
            line("title_is_ours: true".to_owned());
        }
        if let Some(page) = page {
            line(format!("pages: [{}]", yaml::text(page.trim())));
        }
        match (page, &entry.path) {
            (_, None) => {
                line("# The fragment names no path: give `path`, and raise `evidence` with it.".to_owned());
                line("evidence: assumed".to_owned());
                if page.is_some() {
                    if entry.method_known {
                        line("method_evidence: documented".to_owned());
                    }
                    line("fields_evidence: documented".to_owned());
                }
            }
            (Some(_), Some(_)) => line("evidence: documented".to_owned()),
            (None, Some(_)) => {
                line(
                    "# To raise it: name the vendor's page, `pages: [doc-...]`, and write `documented` here and \
                     in the types."
                        .to_owned(),
                );
                line(format!("evidence: {evidence}"));
            }
        }
        if !entry.method_known {
            line("# The fragment names no method: this one is a guess.".to_owned());
        }
        line(format!("method: {}", entry.method));
        line(format!("path: {}", entry.path.as_deref().unwrap_or("none")));
        if let Some(body) = entry.body {
            line(format!("body: {body}"));
        }
        if entry.method == "GET" {
            line("effect: read".to_owned());
        } else {
            line(
                "# `changes` is never repeated by itself. A person must decide: `calls_people` where it places \
                 calls or sends"
                    .to_owned(),
            );
            line(
                "# messages, `idempotent` where repeating changes nothing more, `read` where it only reads."
                    .to_owned(),
            );
            line("effect: changes".to_owned());
        }
        line(format!("summary: {}", yaml::text(&entry.summary)));
        if entry.deprecated {
            line("deprecated: the vendor's page says so".to_owned());
        }
        if entry.open {
            line("open: true".to_owned());
        }
    }

    fn write_types(&self, out: &mut String, evidence: &str) {
        let structs: Vec<&Struct> = self.reader.structs().collect();
        if structs.is_empty() && self.reader.enums.is_empty() {
            return;
        }
        out.push_str(
            "\n# Put these below `types:` of the section, enums below `enums:`, structs below `structs:`.\n\
             types:\n",
        );
        if !self.reader.enums.is_empty() {
            out.push_str("  enums:\n");
        }
        for Enum { name, doc, integer, values } in &self.reader.enums {
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
        for Struct { name, doc, open, fields } in structs {
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
}

fn write_fields(out: &mut String, fields: &[Field], indent: &str) {
    for field in fields {
        for note in &field.notes {
            let _ = writeln!(out, "{indent}# {note}");
        }
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
        keys.extend(field.limits.iter().map(|(key, limit)| format!("{key}: {limit}")));
        if !field.doc.is_empty() {
            keys.push(format!("doc: {}", yaml::text(&field.doc)));
        }
        let _ = writeln!(out, "{indent}{}: {{{}}}", field.name, keys.join(", "));
    }
}
