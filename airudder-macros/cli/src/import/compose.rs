//! From drafts to a text that passes the check: examples that do not fit become comments.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use airudder_codegen::load::Loaded;

use crate::vendor::VENDOR;

use super::draft::{Entry, Enum, Response, Struct};
use super::error::ImportError;
use super::notes::Note;
use super::write::{Style, entry_notes, field_notes, write_entry, write_types};
use super::yaml;

/// How many entries of a list a sample shows at least.
const SAMPLE_ITEMS: usize = 2;
/// How often the text is checked anew after something in it was taken back.
const MAX_ROUNDS: usize = 60;

/// What a text is made of.
pub(super) struct Composition<'a> {
    /// What stands before the types.
    pub(super) head: String,
    /// What makes a section of the text where it is none yet.
    pub(super) around: String,
    pub(super) section: &'a str,
    pub(super) page: Option<&'a str>,
    /// Whether the text is a file of its own.
    pub(super) all: bool,
    pub(super) entries: Vec<Entry>,
    pub(super) enums: Vec<Enum>,
    pub(super) structs: Vec<Struct>,
}

impl Composition<'_> {
    /// The text. Entries that cannot be made valid are removed and given back with the reason, but for the
    /// last one.
    pub(super) fn valid_text(&mut self) -> Result<(String, Vec<(Entry, String)>), ImportError> {
        let mut removed = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let (text, ranges) = self.text();
            let problems = self.problems(&text);
            let Some((_, first)) = problems.first() else { return Ok((text, removed)) };
            let mut lines = first.lines();
            let why = lines.next().unwrap_or_default();
            let error = ImportError::new(format!("no valid entry can be made of the fragment: {why}"));
            let error = lines.fold(error, ImportError::help);
            if !self.take_back_samples(&text, &ranges, &problems) {
                let broken =
                    ranges.iter().position(|range| problems.iter().any(|(line, _)| range.contains(line)));
                let Some(at) = broken.filter(|_| self.entries.len() > 1) else { return Err(error) };
                let why = problems
                    .iter()
                    .find(|(line, _)| ranges[at].contains(line))
                    .map(|(_, why)| why.replace('\n', ": "));
                removed.push((self.entries.remove(at), why.unwrap_or_default()));
            }
        }
        Err(ImportError::new("no valid entry can be made of the fragment: too much of it is invalid"))
    }

    /// Makes comments of the samples that a problem is in; false where it is in none.
    fn take_back_samples(
        &mut self,
        text: &str,
        ranges: &[Range<usize>],
        problems: &[(usize, String)],
    ) -> bool {
        let lines: Vec<&str> = text.lines().collect();
        let mut changed = false;
        for (line, why) in problems {
            let Some(at) = ranges.iter().position(|range| range.contains(line)) else { continue };
            let in_sample = lines[ranges[at].start..=*line].contains(&"    sample:");
            let entry = &mut self.entries[at];
            let sample = match lines[*line].trim_start().split(':').next() {
                Some("request") if in_sample => &mut entry.request_sample,
                Some("response") if in_sample => &mut entry.response_sample,
                Some("sample") if entry.is_webhook => &mut entry.request_sample,
                _ => continue,
            };
            if let Some(sample) = sample.as_mut().filter(|sample| sample.misfit.is_none()) {
                sample.misfit = why.lines().next().map(str::to_owned);
                changed = true;
            }
        }
        changed
    }

    /// What is wrong with a text, with the number of the line, from zero.
    fn problems(&self, text: &str) -> Vec<(usize, String)> {
        let name = format!("{}.yaml", self.section);
        let section = format!("{}{text}", self.around);
        let before = self.around.lines().count();
        let loaded = Loaded::texts(VENDOR, [(name.as_str(), section.as_str())]);
        let reports = loaded.reports().into_iter().map(|report| {
            let start = format!("{}:{}:{}: ", report.path, report.position.line, report.position.column);
            let mut lines = report.text.lines();
            let mut why = yaml::plain(lines.next().unwrap_or_default().trim_start_matches(&start));
            for help in lines.filter_map(|line| line.trim_start().strip_prefix("= ")) {
                why.push_str(&format!("\n{}", yaml::plain(help)));
            }
            (report.position.line.saturating_sub(1 + before), why)
        });
        reports.collect()
    }

    /// The text, and the lines of each entry, from zero.
    fn text(&self) -> (String, Vec<Range<usize>>) {
        let limits = self
            .structs
            .iter()
            .flat_map(|of| &of.fields)
            .chain(self.entries.iter().flat_map(|of| &of.fields));
        let least = limits.flat_map(|field| &field.limits).filter(|(key, _)| *key == "min_items");
        let least = least.filter_map(|(_, limit)| limit.parse::<usize>().ok()).max().unwrap_or(0);
        let style = Style { page: self.page, all: self.all, items: least.max(SAMPLE_ITEMS) };
        let mut out = self.head.clone();
        let (enums, structs) = self.used();
        if !enums.is_empty() || !structs.is_empty() {
            if !self.all {
                out.push_str(
                    "\n# Put these below `types:` of the section, enums below `enums:`, structs below \
                     `structs:`.\n",
                );
            }
            out.push_str("types:\n");
            write_types(&mut out, &enums, &structs, &style);
        }
        if !self.all {
            out.push_str("\n# Put this below `endpoints:` of the section.\n");
        }
        let mut ranges = Vec::new();
        let mut lines = out.lines().count();
        let mut group = "";
        for entry in &self.entries {
            let mut text = String::new();
            let own = if entry.is_webhook { "webhooks" } else { "endpoints" };
            if group != own {
                group = own;
                let _ = writeln!(text, "{group}:");
            }
            write_entry(&mut text, entry, &style);
            let end = lines + text.lines().count();
            ranges.push(lines..end);
            lines = end;
            out.push_str(&text);
        }
        (out, ranges)
    }

    /// The types that the entries need, directly or not, in their order.
    fn used(&self) -> (Vec<&Enum>, Vec<&Struct>) {
        let mut types: Vec<&str> = Vec::new();
        for entry in &self.entries {
            types.extend(entry.fields.iter().map(|field| field.ty.as_str()));
            match &entry.response {
                Response::Nothing => {}
                Response::Type(ty) => types.push(ty),
                Response::Fields(fields) => types.extend(fields.iter().map(|field| field.ty.as_str())),
            }
        }
        let mut seen: HashSet<&str> = HashSet::new();
        while let Some(ty) = types.pop() {
            let name = ty.rsplit('<').next().unwrap_or_default().trim_end_matches('>');
            if seen.insert(name)
                && let Some(of) = self.structs.iter().find(|of| of.name == name)
            {
                types.extend(of.fields.iter().map(|field| field.ty.as_str()));
            }
        }
        (
            self.enums.iter().filter(|of| seen.contains(of.name.as_str())).collect(),
            self.structs.iter().filter(|of| seen.contains(of.name.as_str())).collect(),
        )
    }

    /// All notes that stand in the text.
    pub(super) fn notes(&self) -> Vec<Note> {
        let (enums, structs) = self.used();
        let own = |name: &str, notes: &[String]| -> Vec<Note> {
            notes.iter().map(|note| Note::new(name, note)).collect()
        };
        let mut notes: Vec<Note> = enums.iter().flat_map(|of| own(&of.name, &of.notes)).collect();
        for of in structs {
            notes.extend(own(&of.name, &of.notes));
            notes.extend(field_notes(&of.name, &of.fields));
        }
        notes.extend(self.entries.iter().flat_map(entry_notes));
        notes
    }
}
