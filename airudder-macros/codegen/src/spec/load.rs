//! From files to trees: reading, and everything that can be wrong before a key is looked at.

use std::path::{Path, PathBuf};

use serde::de::DeserializeSeed;

use super::locate::Position;
use super::mistakes::{Mistake, at_position, at_value};
use super::node::{Node, NodeSeed, Origin, Value};
use super::syntax;

/// The files of a spec, by number.
#[derive(Default, Debug)]
pub struct Sources {
    files: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    /// As the macro call names it.
    shown: String,
    /// To be tracked by the compiler; `None` for what is built in.
    path: Option<PathBuf>,
    text: String,
}

impl Sources {
    /// The text of a file.
    pub fn text(&self, file: usize) -> &str {
        self.files.get(file).map_or("", |f| f.text.as_str())
    }

    /// The file's path as the macro call names it.
    pub fn shown_path(&self, file: usize) -> &str {
        self.files.get(file).map_or("spec", |f| f.shown.as_str())
    }

    /// The file's path on disk, if it is one.
    pub fn disk_path(&self, file: usize) -> Option<&Path> {
        self.files.get(file).and_then(|f| f.path.as_deref())
    }

    /// The numbers of all files.
    pub fn numbers(&self) -> std::ops::Range<usize> {
        0..self.files.len()
    }

    /// Reads a YAML file from disk. What cannot be read is a mistake at its first line.
    pub fn read(&mut self, path: &Path, shown: &str, mistakes: &mut Vec<Mistake>) -> Option<Node> {
        let file = self.files.len();
        self.read_text(path, shown, mistakes)?;
        self.parse(file, mistakes)
    }

    /// Reads a file of any kind from disk.
    pub(crate) fn read_text(
        &mut self,
        path: &Path,
        shown: &str,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<String> {
        let file = self.files.len();
        let readable = read_text(path);
        let (text, broken) = match readable {
            // Told, and taken away: neither the parser nor the quoted line shall have it.
            Ok(text) => match text.strip_prefix('\u{feff}') {
                Some(rest) => {
                    let mistake = at_position(file, START, "this file starts with a byte order mark");
                    mistakes.push(mistake.help("save it as UTF-8 without a byte order mark (BOM)"));
                    (rest.to_owned(), None)
                }
                None => (text, None),
            },
            Err((position, problem, help)) => (String::new(), Some((position, problem, help))),
        };
        let on_disk = path.is_file().then(|| path.to_owned());
        self.files.push(Source { shown: shown.to_owned(), path: on_disk, text: text.clone() });
        match broken {
            None => Some(text),
            Some((position, problem, help)) => {
                mistakes.push(at_position(file, position, problem).help(help));
                None
            }
        }
    }

    /// Takes a text of any kind as a file.
    pub(crate) fn add_text(&mut self, shown: &str, text: &str) -> usize {
        self.files.push(Source { shown: shown.to_owned(), path: None, text: text.to_owned() });
        self.files.len() - 1
    }

    /// Takes up the name of something that is not read, to tell what is wrong with it.
    pub(crate) fn add_unread(&mut self, shown: &str) -> usize {
        self.add_text(shown, "")
    }

    /// Takes a text as a file.
    pub fn add(&mut self, shown: &str, text: &str, mistakes: &mut Vec<Mistake>) -> Option<Node> {
        let file = self.add_text(shown, text);
        self.parse(file, mistakes)
    }

    fn parse(&self, file: usize, mistakes: &mut Vec<Mistake>) -> Option<Node> {
        let text = self.text(file);
        if !check_characters(file, text, mistakes) {
            return None;
        }
        let node = match NodeSeed(Origin::root(file)).deserialize(serde_yaml::Deserializer::from_str(text)) {
            Ok(node) => node,
            Err(error) => {
                mistakes.push(syntax::mistake(file, text, &error));
                return None;
            }
        };
        match node.value {
            Value::Map(_) => Some(node),
            Value::Null => {
                mistakes.push(
                    at_position(file, START, "this file is empty")
                        .help("see spec/README.md for what it holds"),
                );
                None
            }
            _ => {
                let mistake = at_value(&node, format!("expected a mapping of keys, found {}", node.kind()));
                mistakes.push(mistake.help("see spec/README.md for what the file holds"));
                None
            }
        }
    }
}

const START: Position = Position { line: 1, column: 1 };

fn read_text(path: &Path) -> Result<String, (Position, String, String)> {
    if path.is_dir() {
        return Err((START, "this is a directory, not a file".into(), "name one YAML file".into()));
    }
    let bytes = std::fs::read(path).map_err(|error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
            kind => format!("this file cannot be read: {kind}"),
        };
        (
            START,
            problem,
            "the path is relative to the crate's Cargo.toml, or to the source file of the macro call".into(),
        )
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let start = valid.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let column = String::from_utf8_lossy(&valid[start..]).chars().count() + 1;
        (Position { line, column }, "this file is not UTF-8 from here on".into(), "save it as UTF-8".into())
    })
}

/// Reports signs that no spec file may hold. Returns whether the file can be read nevertheless.
fn check_characters(file: usize, text: &str, mistakes: &mut Vec<Mistake>) -> bool {
    if text.starts_with('\u{feff}') {
        let mistake = at_position(file, START, "this file starts with a byte order mark");
        mistakes.push(mistake.help("save it as UTF-8 without a byte order mark (BOM)"));
    }
    if let Some((index, line)) = text.split('\n').enumerate().find(|(_, line)| line.ends_with('\r')) {
        let position = Position { line: index + 1, column: line.chars().count() };
        let mistake = at_position(file, position, "a line ends with CR LF");
        mistakes.push(mistake.help(
            "spec files end their lines with LF alone: set your editor, or `git config core.autocrlf input`",
        ));
    }
    for (index, line) in text.split('\n').enumerate() {
        let mark = |column: usize, c: char| index == 0 && column == 0 && c == '\u{feff}';
        if let Some((column, _)) =
            line.chars().enumerate().find(|(column, c)| is_forbidden(*c) && !mark(*column, *c))
        {
            let position = Position { line: index + 1, column: column + 1 };
            mistakes.push(
                at_position(file, position, "there is a control character here")
                    .help("take it away: YAML does not allow it"),
            );
            return false;
        }
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        if let Some(tab) = indent.find('\t').filter(|_| !line.trim().is_empty()) {
            let position = Position { line: index + 1, column: tab + 1 };
            mistakes.push(
                at_position(file, position, "a tab is used for indentation")
                    .help("YAML is indented with blanks"),
            );
            return false;
        }
    }
    true
}

/// Signs that YAML does not allow anywhere; a byte order mark, only at the start of a file.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\r' | '\u{85}'))
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
