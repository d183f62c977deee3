//! What a maintainer writes: reading, interpreting and judging it.
//!
//! Text -> tree ([`crate::syntax`]) -> shape checked ([`grammar`]) -> [`model`] with names resolved -> cross-checks
//! ([`check`]). Diagnostics are collected, and rendered ([`crate::diagnostic`]) at the end; no step reaches back.

pub mod check;
pub mod grammar;
pub mod guide;
mod interpret;
mod load;
pub mod model;
pub(crate) mod sample;
mod shape;
mod sound;

use std::collections::HashSet;
use std::path::Path;

use guide::Guides;
use interpret::Trees;
use model::Spec;

use crate::diagnostic::{Diagnostic, Report, report};
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
    diagnostics: Vec<Diagnostic>,
}

/// The files beside the sections.
pub const SHARED: [&str; 3] = ["api.yaml", "errors.yaml", "types.yaml"];

/// The shared files of the AI Rudder API, for specs that have none of their own.
const BUILT_IN: [(&str, &str); 3] = [
    ("api.yaml", include_str!("../spec/api.yaml")),
    ("errors.yaml", include_str!("../spec/errors.yaml")),
    ("types.yaml", include_str!("../spec/types.yaml")),
];

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
        loader.finish()
    }

    /// Reads a folder of sections that has no shared files: the built-in ones are used.
    pub fn private(path: &Path, shown: &str) -> Self {
        let mut loader = Loader::default();
        loader.built_in(|_| true);
        loader.sections(path, shown);
        loader.finish()
    }

    /// Reads one section's file that has no spec directory around it, on top of the built-in shared files.
    pub fn single(path: &Path, shown: &str) -> Self {
        let mut loader = Loader::default();
        loader.built_in(|_| true);
        let tree = loader.read(path, shown);
        loader.put(&file_name(path), tree);
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(""));
        let shown = shown.rsplit_once('/').map_or("", |(folder, _)| folder);
        loader.guides.read(folder, shown, &name, &mut loader.files, &mut loader.diagnostics);
        loader.finish()
    }

    /// Takes texts as files: for tests, benches and tools. Shared files that are not among them are the built-in ones.
    pub fn texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut loader = Loader::default();
        let files: Vec<_> = files.into_iter().collect();
        loader.built_in(|name| !files.iter().any(|(given, _)| *given == name));
        for (name, text) in files {
            loader.take(&format!("spec/{name}"), text);
        }
        loader.finish()
    }

    /// The same spec with the entries of `text` put into a section, in place of those of the same names. The text is a
    /// file of its own, called `shown` in messages.
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
    pub fn is_sound(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// What is not wrong but worth a word, rendered.
    pub fn warnings(&self) -> Vec<Report> {
        report(&check::unused_types(&self.spec), &self.files)
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
        load::read(path, shown, &mut self.files, &mut self.diagnostics)
    }

    fn add(&mut self, shown: &str, text: &str) -> Option<Node> {
        load::add(shown, text, &mut self.files, &mut self.diagnostics)
    }

    fn built_in(&mut self, wanted: impl Fn(&str) -> bool) {
        for (name, text) in BUILT_IN.into_iter().filter(|(name, _)| wanted(name)) {
            self.trees.has_built_in_api |= name == "api.yaml";
            let tree = self.add(&format!("built-in/{name}"), text);
            self.put(name, tree);
        }
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

    fn finish(mut self) -> Loaded {
        let sections = self.trees.sections.iter().map(|(name, _)| name).chain(&self.trees.unread);
        let sections: HashSet<&str> = sections.map(String::as_str).collect();
        self.guides.check_owners(&sections, &mut self.diagnostics);
        let mut spec = interpret::interpret(self.trees, &mut self.diagnostics);
        for section in &mut spec.sections {
            section.guide = self.guides.take(&section.name);
        }
        self.diagnostics.extend(check::check(&spec));
        if !self.diagnostics.is_empty() {
            sound::keep_sound(&mut spec);
        }
        Loaded { spec, files: self.files, diagnostics: self.diagnostics }
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
