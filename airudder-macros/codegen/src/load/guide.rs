//! Guides: the chapters of rustdoc that stand as markdown in `guides/<section>.md`, beside the section's
//! file.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::read::read_text;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::syntax::files::Files;
use crate::syntax::span::{FileId, Span};

const FOLDER: &str = "guides";

/// The guides of a spec, by section.
#[derive(Default, Debug)]
pub(crate) struct Guides {
    texts: HashMap<String, String>,
    files: Vec<(String, FileId)>,
}

/// The section whose guide a file is, by the path that messages name.
pub fn section_of(shown: &str) -> Option<&str> {
    let (folder, name) = shown.rsplit_once('/')?;
    (folder == FOLDER || folder.ends_with("/guides")).then(|| name.strip_suffix(".md")).flatten()
}

impl Guides {
    /// Reads all guides of a folder of sections.
    pub(crate) fn read_folder(
        &mut self,
        folder: &Path,
        shown: &str,
        files: &mut Files,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let Ok(entries) = std::fs::read_dir(folder.join(FOLDER)) else { return };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        for name in names {
            match name.strip_suffix(".md") {
                Some(section) => self.read(folder, shown, section, files, diagnostics),
                None => {
                    let file = files.add(&format!("{shown}/{FOLDER}/{name}"), None, "");
                    let start = Span::start_of(file);
                    let diagnostic = Diagnostic::new(start, "this file is not read: guides end in `.md`");
                    diagnostics.push(diagnostic.help("name it `<section>.md`, or remove it"));
                }
            }
        }
    }

    /// Reads the guide of one section, if it has one.
    pub(crate) fn read(
        &mut self,
        folder: &Path,
        shown: &str,
        section: &str,
        files: &mut Files,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let name = format!("{FOLDER}/{section}.md");
        let path = folder.join(&name);
        if path.is_file() {
            let shown = if shown.is_empty() { name } else { format!("{shown}/{name}") };
            if let Some(file) = read_text(&path, &shown, files, diagnostics) {
                self.insert(section, file, files.text(file).to_owned());
            }
        }
    }

    /// Takes a text as a section's guide.
    pub(crate) fn insert(&mut self, section: &str, file: FileId, text: String) {
        self.files.push((section.to_owned(), file));
        self.texts.insert(section.to_owned(), text);
    }

    /// Takes out the guide of a section; none is an empty one.
    pub(crate) fn take(&mut self, section: &str) -> String {
        self.texts.remove(section).unwrap_or_default()
    }

    /// Reports guides that belong to none of these sections.
    pub(crate) fn check_owners(&self, sections: &HashSet<&str>, diagnostics: &mut Vec<Diagnostic>) {
        for (section, file) in self.files.iter().filter(|(section, _)| !sections.contains(section.as_str())) {
            let text = format!("there is no section `{section}` for this guide");
            let known: Vec<&str> = sections.iter().copied().collect();
            diagnostics.push(did_you_mean(Diagnostic::new(Span::start_of(*file), text), section, &known));
        }
    }
}
