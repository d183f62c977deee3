//! What a maintainer writes: reading, interpreting and judging it.
//!
//! Text -> tree ([`node`], [`load`]) -> shape checked ([`grammar`]) -> [`model`] with names resolved -> cross-checks
//! ([`check`]). Mistakes are collected ([`mistakes`]) and located ([`locate`]) at the end; no step reaches back.

pub mod check;
pub mod grammar;
mod interpret;
pub mod load;
pub mod locate;
pub mod mistakes;
pub mod model;
pub mod node;
mod sample;
mod shape;

use std::path::Path;

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

/// The shared files of the AI Rudder API, for specs that have none of their own.
const BUILT_IN: [(&str, &str); 3] = [
    ("api.yaml", include_str!("../../spec/api.yaml")),
    ("errors.yaml", include_str!("../../spec/errors.yaml")),
    ("types.yaml", include_str!("../../spec/types.yaml")),
];

impl Loaded {
    /// Reads a whole spec directory. `shown` is how messages name it.
    pub fn directory(path: &Path, shown: &str) -> Self {
        let mut loader = Loader::default();
        for name in ["api.yaml", "errors.yaml", "types.yaml"] {
            let tree = loader.read(&path.join(name), &format!("{shown}/{name}"));
            loader.put(name, tree);
        }
        for name in section_files(path) {
            let tree = loader.read(&path.join(&name), &format!("{shown}/{name}"));
            loader.put(&name, tree);
        }
        loader.finish()
    }

    /// Reads one section's file that has no spec directory around it, on top of the built-in shared files.
    pub fn single(path: &Path, shown: &str) -> Self {
        let mut loader = Loader::default();
        loader.built_in();
        let tree = loader.read(path, shown);
        loader.put(&file_name(path), tree);
        loader.finish()
    }

    /// Takes texts as files: for tests, benches and tools. Shared files that are not among them are the built-in ones.
    pub fn texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut loader = Loader::default();
        let files: Vec<_> = files.into_iter().collect();
        for (name, text) in BUILT_IN {
            if !files.iter().any(|(given, _)| *given == name) {
                let tree = loader.add(&format!("built-in/{name}"), text);
                loader.put(name, tree);
            }
        }
        for (name, text) in files {
            let tree = loader.add(&format!("spec/{name}"), text);
            loader.put(name, tree);
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
    mistakes: Vec<Mistake>,
}

impl Loader {
    fn read(&mut self, path: &Path, shown: &str) -> Option<node::Node> {
        self.sources.read(path, shown, &mut self.mistakes)
    }

    fn add(&mut self, shown: &str, text: &str) -> Option<node::Node> {
        self.sources.add(shown, text, &mut self.mistakes)
    }

    fn built_in(&mut self) {
        for (name, text) in BUILT_IN {
            let tree = self.add(&format!("built-in/{name}"), text);
            self.put(name, tree);
        }
    }

    fn put(&mut self, name: &str, tree: Option<node::Node>) {
        match name {
            "api.yaml" => self.trees.api = tree,
            "errors.yaml" => self.trees.errors = tree,
            "types.yaml" => self.trees.types = tree,
            section => {
                let Some(tree) = tree else { return };
                let section = section.trim_end_matches(".yaml").trim_end_matches(".yml");
                if let Some(problem) = crate::names::problem_with_field_name(section) {
                    let file = tree.origin.file();
                    let start = locate::Position { line: 1, column: 1 };
                    self.mistakes.push(at_position(file, start, format!("the file's name `{section}` cannot name a module: {problem}")));
                    return;
                }
                self.trees.sections.push((section.to_owned(), tree));
            }
        }
    }

    fn finish(mut self) -> Loaded {
        let spec = interpret::interpret(self.trees, &mut self.mistakes);
        self.mistakes.extend(check::check(&spec));
        Loaded { spec, sources: self.sources, mistakes: self.mistakes }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The section files of a directory, sorted.
fn section_files(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path)
        .map(|entries| entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    names.retain(|name| name.ends_with(".yaml") && !matches!(name.as_str(), "api.yaml" | "errors.yaml" | "types.yaml"));
    names.sort();
    names
}
