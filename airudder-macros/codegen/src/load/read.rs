//! From files to trees: reading, and everything that can be wrong before a key is looked at.

use std::path::Path;

use crate::diagnostic::{Diagnostic, at_value};
use crate::syntax::characters;
use crate::syntax::files::Files;
use crate::syntax::node::Node;
use crate::syntax::parse::parse;
use crate::syntax::problem::{MAX_BYTES, Problem};
use crate::syntax::span::{FileId, Span};

/// Reads a YAML file from disk. What cannot be read is reported at its first line.
pub(super) fn read(
    path: &Path,
    shown: &str,
    files: &mut Files,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let file = read_text(path, shown, files, diagnostics)?;
    parse_file(file, files, diagnostics)
}

/// Reads a file of any kind from disk.
pub(super) fn read_text(
    path: &Path,
    shown: &str,
    files: &mut Files,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<FileId> {
    let disk = path.is_file().then(|| path.to_owned());
    match read_bytes(path) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => {
                let (text, marked) = without_mark(&text);
                let file = files.add(shown, disk, text);
                report_mark(file, marked, diagnostics);
                Some(file)
            }
            Err(error) => {
                let text = String::from_utf8_lossy(error.as_bytes());
                let file = files.add(shown, disk, &text);
                let span = Span::point(file, error.utf8_error().valid_up_to());
                diagnostics.push(
                    Diagnostic::new(span, "this file is not UTF-8 from here on").help("save it as UTF-8"),
                );
                None
            }
        },
        Err(problem) => {
            let file = files.add(shown, disk, "");
            diagnostics.push(problem.at(file));
            None
        }
    }
}

/// Takes a text as a file.
pub(super) fn add(
    shown: &str,
    text: &str,
    files: &mut Files,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Node> {
    let (text, marked) = without_mark(text);
    let file = files.add(shown, None, text);
    report_mark(file, marked, diagnostics);
    parse_file(file, files, diagnostics)
}

/// The byte order mark is reported and removed: neither the parser nor the quoted line shall have it.
fn without_mark(text: &str) -> (&str, bool) {
    text.strip_prefix('\u{feff}').map_or((text, false), |rest| (rest, true))
}

fn report_mark(file: FileId, marked: bool, diagnostics: &mut Vec<Diagnostic>) {
    if marked {
        let diagnostic = Diagnostic::new(Span::start_of(file), "this file starts with a byte order mark");
        diagnostics.push(diagnostic.help("save it as UTF-8 without a byte order mark (BOM)"));
    }
}

fn parse_file(file: FileId, files: &Files, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let text = files.text(file);
    let mut problems = Vec::new();
    let readable = characters::check(file, text, &mut problems);
    diagnostics.extend(problems.into_iter().map(Diagnostic::from));
    if !readable {
        return None;
    }
    let node = match parse(file, text) {
        Ok(node) => node.filter(|node| !node.is_null()),
        Err(problem) => {
            diagnostics.push(problem.into());
            return None;
        }
    };
    let Some(node) = node else {
        diagnostics.push(
            Diagnostic::new(Span::start_of(file), "this file is empty")
                .help("see spec/README.md for what it holds"),
        );
        return None;
    };
    if !node.is_map() {
        let diagnostic = at_value(&node, format!("expected a mapping of keys, found {}", node.kind()));
        diagnostics.push(diagnostic.help("see spec/README.md for what the file holds"));
        return None;
    }
    Some(node)
}

/// Why a file gives no bytes.
enum Unreadable {
    Directory,
    TooLarge,
    Io(std::io::ErrorKind),
}

impl Unreadable {
    fn at(&self, file: FileId) -> Diagnostic {
        let diagnostic = |text: String| Diagnostic::new(Span::start_of(file), text);
        const RELATIVE: &str =
            "the path is relative to the crate's Cargo.toml, or to the source file of the macro call";
        match self {
            Self::Directory => {
                diagnostic("this is a directory, not a file".to_owned()).help("name one YAML file")
            }
            Self::TooLarge => Problem::too_large(file).into(),
            Self::Io(std::io::ErrorKind::NotFound) => {
                diagnostic("there is no such file".to_owned()).help(RELATIVE)
            }
            Self::Io(kind) => diagnostic(format!("this file cannot be read: {kind}")).help(RELATIVE),
        }
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    if path.is_dir() {
        return Err(Unreadable::Directory);
    }
    let io = |error: std::io::Error| Unreadable::Io(error.kind());
    if std::fs::metadata(path).map_err(io)?.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    std::fs::read(path).map_err(io)
}
