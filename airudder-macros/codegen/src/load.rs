//! From files to a spec: reads, checks the shape, lowers, lints. Diagnostics are collected, and rendered at
//! the end.

mod features;
pub mod guide;
mod read;
mod vendor;

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use guide::Guides;
pub use vendor::Vendor;

use crate::diagnostic::{Diagnostic, Report, report};
use crate::ir::Spec;
use crate::lint::{self, recover};
use crate::lower::{self, Trees};
use crate::syntax::files::Files;
use crate::syntax::node::Node;
use crate::syntax::span::{FileId, Span};

/// A spec, its files and what is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// What could be understood.
    pub spec: Spec,
    /// The files.
    pub files: Files,
    /// The vendor's sections that a private spec names.
    pub uses: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

/// The files beside the sections.
pub const SHARED: [&str; 3] = ["api.yaml", "errors.yaml", "types.yaml"];

impl Loaded {
    /// Reads a whole spec directory. `shown` is how messages name it.
    pub fn directory(path: &Path, shown: &str) -> Self {
        let mut loader = Loader::default();
        if !path.is_dir() {
            let problem =
                if path.exists() { "this is not a directory" } else { "there is no such directory" };
            let file = loader.files.add(shown, None, "");
            loader.diagnostics.push(
                Diagnostic::new(Span::start_of(file), problem)
                    .help("a spec is a directory with api.yaml, errors.yaml, types.yaml and sections"),
            );
            return loader.finish();
        }
        for name in SHARED {
            let tree = loader.read(&path.join(name), &format!("{shown}/{name}"));
            loader.put(name, tree);
        }
        loader.sections(path, shown);
        loader.check_section_names(Vendor::None);
        features::check(path, &loader.trees, &mut loader.diagnostics);
        loader.finish()
    }

    /// Reads a folder of sections that has no shared files: those of the vendor are used.
    pub fn private(path: &Path, shown: &str, vendor: Vendor<'_>) -> Self {
        let mut loader = Loader::default();
        loader.sections(path, shown);
        loader.check_section_names(vendor);
        loader.below(vendor);
        loader.finish()
    }

    /// Reads one section's file that has no spec directory around it, on top of the vendor's files.
    pub fn single(path: &Path, shown: &str, vendor: Vendor<'_>) -> Self {
        let mut loader = Loader::default();
        let tree = loader.read(path, shown);
        loader.put(&file_name(path), tree);
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let shown = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
        loader.guides.read(folder, shown, &name, &mut loader.files, &mut loader.diagnostics);
        loader.check_section_names(vendor);
        loader.below(vendor);
        loader.finish()
    }

    /// Takes texts as files: for tests, benches and tools. What is not among them is the vendor's.
    pub fn texts<'a>(vendor: Vendor<'_>, files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut loader = Loader::default();
        for (name, text) in files {
            loader.take(&format!("spec/{name}"), text);
        }
        loader.below(vendor);
        loader.finish()
    }

    /// The same spec with the entries of `text` put into a section, in place of those of the same names. The
    /// text is a file of its own, called `shown` in messages.
    pub fn with_entries(&self, section: &str, shown: &str, text: &str) -> Self {
        let mut loader = Loader::default();
        for file in self.files.ids() {
            loader.take(self.files.shown_path(file), self.files.text(file));
        }
        if let Some(tree) = loader.add(shown, text)
            && let Some((_, into)) = loader.trees.sections.iter_mut().find(|(name, _)| name == section)
        {
            into.merge(&tree);
            loader.trees.overlays.push((tree.span.file, section.to_owned()));
        }
        loader.finish()
    }

    /// All diagnostics, rendered, sorted by place.
    pub fn reports(&self) -> Vec<Report> {
        report(&self.diagnostics, &self.files)
    }

    /// The diagnostics of one file, rendered.
    pub fn reports_of(&self, file: FileId) -> Vec<Report> {
        report(self.diagnostics.iter().filter(|d| d.span.file == file), &self.files)
    }

    /// Whether nothing is wrong.
    pub fn is_valid(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// What is not wrong but worth a word, rendered.
    pub fn warnings(&self) -> Vec<Report> {
        // What is wrong may be all that used a type.
        match self.is_valid() {
            true => report(&lint::unused_types(&self.spec), &self.files),
            false => Vec::new(),
        }
    }

    /// A file, by the end of its shown path.
    pub fn file(&self, name: &str) -> Option<FileId> {
        self.files.ids().find(|file| {
            let shown = self.files.shown_path(*file);
            shown == name || shown.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
        })
    }
}

#[derive(Default)]
struct Loader {
    files: Files,
    trees: Trees,
    guides: Guides,
    uses: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Loader {
    /// Takes a text as a file of the kind that its name says.
    fn take(&mut self, shown: &str, text: &str) {
        match guide::section_of(shown) {
            Some(section) => {
                let file = self.files.add(shown, None, text);
                self.guides.insert(section, file, text.to_owned());
            }
            None => {
                let tree = self.add(shown, text);
                self.put(shown.rsplit('/').next().unwrap_or_default(), tree);
            }
        }
    }

    fn read(&mut self, path: &Path, shown: &str) -> Option<Node> {
        read::read(path, shown, &mut self.files, &mut self.diagnostics)
    }

    fn add(&mut self, shown: &str, text: &str) -> Option<Node> {
        read::add(shown, text, &mut self.files, &mut self.diagnostics)
    }

    /// Puts the vendor's files below: the shared ones that are not here, and the sections that are named.
    fn below(&mut self, vendor: Vendor<'_>) {
        for name in SHARED {
            let here = match name {
                "api.yaml" => self.trees.api.is_some(),
                "errors.yaml" => self.trees.errors.is_some(),
                _ => self.trees.types.is_some(),
            };
            if !here {
                self.trees.is_private |= name == "api.yaml" && !matches!(vendor, Vendor::None);
                self.vendor_file(vendor, name);
            }
        }
        let own = self.trees.sections.len();
        let mut looked = 0;
        while let Some((_, tree)) = self.trees.sections.get(looked) {
            looked += 1;
            for section in vendor::named_sections(tree) {
                let here = self.trees.sections.iter().any(|(name, _)| *name == section)
                    || self.trees.unread.contains(&section);
                let vendors = self.trees.vendor.contains(&section)
                    || (!here && self.vendor_file(vendor, &format!("{section}.yaml")));
                if vendors {
                    self.trees.vendor.insert(section.clone());
                    if looked <= own {
                        self.uses.insert(section);
                    }
                }
            }
        }
    }

    /// Reads one of the vendor's files. Whether there is one.
    fn vendor_file(&mut self, vendor: Vendor<'_>, name: &str) -> bool {
        let tree = match vendor {
            Vendor::None => return false,
            Vendor::Directory(folder) => {
                let path = folder.join(name);
                if !path.is_file() {
                    return false;
                }
                self.read(&path, &format!("{}/{name}", vendor::SHOWN))
            }
            Vendor::Texts(texts) => {
                let Some((_, text)) = texts.iter().find(|(known, _)| *known == name) else { return false };
                self.add(&format!("{}/{name}", vendor::SHOWN), text)
            }
        };
        self.put(name, tree);
        true
    }

    fn sections(&mut self, path: &Path, shown: &str) {
        let (names, misnamed) = section_files(path);
        for name in names {
            let tree = self.read(&path.join(&name), &format!("{shown}/{name}"));
            self.put(&name, tree);
        }
        for name in misnamed {
            let file = self.files.add(&format!("{shown}/{name}"), None, "");
            let stem = name.trim_end_matches(|c| c != '.');
            self.diagnostics.push(
                Diagnostic::new(Span::start_of(file), "this file is not read: spec files end in `.yaml`")
                    .help(format!("name it `{stem}yaml`")),
            );
        }
        self.guides.read_folder(path, shown, &mut self.files, &mut self.diagnostics);
    }

    fn put(&mut self, name: &str, tree: Option<Node>) {
        match name {
            "api.yaml" => self.trees.api = tree,
            "errors.yaml" => self.trees.errors = tree,
            "types.yaml" => self.trees.types = tree,
            section => {
                let section =
                    section.strip_suffix(".yaml").or_else(|| section.strip_suffix(".yml")).unwrap_or(section);
                let Some(tree) = tree else {
                    self.trees.unread.insert(section.to_owned());
                    return;
                };
                if let Some(problem) = crate::names::problem_with_field_name(section) {
                    let diagnostic = Diagnostic::new(
                        Span::start_of(tree.span.file),
                        format!("the file's name `{section}` cannot name a module: {problem}"),
                    );
                    self.diagnostics.push(
                        diagnostic
                            .help("the file, the section, the cargo feature and the module have one name"),
                    );
                    self.trees.unread.insert(section.to_owned());
                    return;
                }
                self.trees.sections.push((section.to_owned(), tree));
            }
        }
    }

    /// Reports names that a module and a handle cannot have, and the vendor's own in a private spec. Those of
    /// the vendor are not judged below a private spec.
    fn check_section_names(&mut self, vendor: Vendor<'_>) {
        let taken = vendor.sections();
        let is_private = !matches!(vendor, Vendor::None);
        let sections = std::mem::take(&mut self.trees.sections);
        for (name, tree) in sections {
            let problem = if taken.contains(&name) {
                Some("the client has a section of this name".to_owned())
            } else {
                crate::names::problem_with_section(&name, !is_private)
            };
            let Some(problem) = problem else {
                self.trees.sections.push((name, tree));
                continue;
            };
            let place = tree.get("section").map_or(Span::start_of(tree.span.file), |written| written.span);
            let text = format!("`{name}` cannot name a section: {problem}");
            self.diagnostics.push(Diagnostic::new(place, text).help(format!(
                "give the section and its file another name, such as `own_{name}` and `own_{name}.yaml`"
            )));
            self.trees.unread.insert(name);
        }
    }

    fn finish(mut self) -> Loaded {
        let sections = self.trees.sections.iter().map(|(name, _)| name).chain(&self.trees.unread);
        let sections: HashSet<&str> = sections.map(String::as_str).collect();
        self.guides.check_owners(&sections, &mut self.diagnostics);
        let mut spec = lower::lower(self.trees, &mut self.diagnostics);
        for section in &mut spec.sections {
            section.guide = self.guides.take(&section.name);
        }
        self.diagnostics.extend(lint::check(&spec));
        if !self.diagnostics.is_empty() {
            recover::keep_valid(&mut spec);
        }
        Loaded { spec, files: self.files, uses: self.uses, diagnostics: self.diagnostics }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The section files of a directory, sorted; and the files that were probably meant to be one.
fn section_files(path: &Path) -> (Vec<String>, Vec<String>) {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.sort();
    let misnamed = names
        .iter()
        .filter(|name| !name.starts_with('.') && name.to_lowercase().ends_with(".yml"))
        .cloned()
        .collect();
    names
        .retain(|name| !name.starts_with('.') && name.ends_with(".yaml") && !SHARED.contains(&name.as_str()));
    (names, misnamed)
}
