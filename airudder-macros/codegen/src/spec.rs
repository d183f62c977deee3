//! What a maintainer writes: reading, interpreting and judging it.
//!
//! Text -> tree ([`node`], [`load`]) -> shape checked ([`grammar`]) -> [`model`] with names resolved -> cross-checks
//! ([`check`]). Mistakes are collected ([`mistakes`]) and located ([`locate`]) at the end; no step reaches back.

pub mod check;
pub mod grammar;
pub mod guide;
mod interpret;
pub mod load;
pub mod locate;
pub mod mistakes;
pub mod model;
pub mod node;
pub(crate) mod sample;
mod shape;
mod sound;
mod syntax;

use std::collections::HashSet;
use std::path::Path;

use guide::Guides;
use interpret::Trees;
use load::Sources;
use mistakes::{Mistake, Report, at_position, report};
use model::Spec;

/// A spec, its files and what is wrong with it.
#[derive(Debug)]
pub struct Loaded {
    /// What could be understood.
    pub spec: Spec,
    /// The files.
    pub sources: Sources,
    mistakes: Vec<Mistake>,
}

/// The files beside the sections.
pub const SHARED: [&str; 3] = ["api.yaml", "errors.yaml", "types.yaml"];

const START: locate::Position = locate::Position { line: 1, column: 1 };

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
            let problem = if path.exists() { "this is no directory" } else { "there is no such directory" };
            let file = loader.sources.add_unread(shown);
            loader.mistakes.push(
                at_position(file, START, problem)
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
        loader.guides.read(folder, shown, &name, &mut loader.sources, &mut loader.mistakes);
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
        for file in self.sources.numbers() {
            loader.take(self.sources.shown_path(file), self.sources.text(file));
        }
        let file = loader.sources.numbers().end;
        if let Some(tree) = loader.add(shown, text)
            && let Some((_, into)) = loader.trees.sections.iter_mut().find(|(name, _)| name == section)
        {
            into.merge(&tree);
            loader.trees.overlays.push((file, section.to_owned()));
        }
        loader.finish()
    }

    /// All mistakes, located, sorted by place.
    pub fn reports(&self) -> Vec<Report> {
        report(&self.mistakes, &self.sources)
    }

    /// The mistakes of one file, located.
    pub fn reports_of(&self, file: usize) -> Vec<Report> {
        let own: Vec<Mistake> = self.mistakes.iter().filter(|m| m.file() == file).cloned().collect();
        report(&own, &self.sources)
    }

    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// What is not wrong but worth a word, located.
    pub fn warnings(&self) -> Vec<Report> {
        report(&check::unused_types(&self.spec), &self.sources)
    }

    /// The number of a file, by the end of its shown path.
    pub fn file(&self, name: &str) -> Option<usize> {
        self.sources.numbers().find(|n| {
            let shown = self.sources.shown_path(*n);
            shown == name || shown.strip_suffix(name).is_some_and(|rest| rest.ends_with('/'))
        })
    }
}

#[derive(Default)]
struct Loader {
    sources: Sources,
    trees: Trees,
    guides: Guides,
    mistakes: Vec<Mistake>,
}

impl Loader {
    /// Takes a text as a file of the kind that its name says.
    fn take(&mut self, shown: &str, text: &str) {
        match guide::section_of(shown) {
            Some(section) => {
                let file = self.sources.add_text(shown, text);
                self.guides.insert(section, file, text.to_owned());
            }
            None => {
                let tree = self.add(shown, text);
                self.put(shown.rsplit('/').next().unwrap_or_default(), tree);
            }
        }
    }

    fn read(&mut self, path: &Path, shown: &str) -> Option<node::Node> {
        self.sources.read(path, shown, &mut self.mistakes)
    }

    fn add(&mut self, shown: &str, text: &str) -> Option<node::Node> {
        self.sources.add(shown, text, &mut self.mistakes)
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
            let file = self.sources.add_unread(&format!("{shown}/{name}"));
            let stem = name.trim_end_matches(|c| c != '.');
            self.mistakes.push(
                at_position(file, START, "this file is not read: spec files end in `.yaml`")
                    .help(format!("name it `{stem}yaml`")),
            );
        }
        self.guides.read_folder(path, shown, &mut self.sources, &mut self.mistakes);
    }

    fn put(&mut self, name: &str, tree: Option<node::Node>) {
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
                    let mistake = at_position(
                        tree.origin.file(),
                        START,
                        format!("the file's name `{section}` cannot name a module: {problem}"),
                    );
                    self.mistakes.push(
                        mistake.help("the file, the section, the cargo feature and the module have one name"),
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
        self.guides.check_owners(&sections, &mut self.mistakes);
        let mut spec = interpret::interpret(self.trees, &mut self.mistakes);
        for section in &mut spec.sections {
            section.guide = self.guides.take(&section.name);
        }
        self.mistakes.extend(check::check(&spec));
        if !self.mistakes.is_empty() {
            sound::keep_sound(&mut spec);
        }
        Loaded { spec, sources: self.sources, mistakes: self.mistakes }
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
