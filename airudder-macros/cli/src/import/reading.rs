//! From the text of a page to its tree: YAML, JSON, or a block of either in a Markdown page.

use airudder_codegen::diagnostic::{Diagnostic, report};
use airudder_codegen::syntax::files::Files;
use airudder_codegen::syntax::parse;
use serde::Deserialize as _;

use super::document::{Node, Value};
use super::error::ImportError;
use super::yaml;

/// How many brackets may be open at once.
const MAX_BRACKETS: usize = 1_000;
/// Keys of which a document has at least one.
const KEYS: [&str; 4] = ["openapi", "swagger", "paths", "asyncapi"];

/// A file's bytes as text.
///
/// # Errors
///
/// Where it is not UTF-8.
pub fn decode(bytes: Vec<u8>) -> Result<String, ImportError> {
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        if utf16 {
            return ImportError::new("line 1, column 1: this file is UTF-16, not UTF-8").help(
                "save it as UTF-8; PowerShell's `>` writes UTF-16, \
                 `| Out-File -Encoding utf8 page.yaml` does not",
            );
        }
        ImportError::new(format!("line {line}, column {column}: this file is not UTF-8 from here on"))
            .help("save it as UTF-8")
    })
}

/// Reads YAML or JSON, merge keys applied. What a mapping has twice is put into `notes`.
pub(super) fn parse(text: &str, notes: &mut Vec<String>) -> Result<Node, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
    let read = read(text);
    let is_document = |node: &Node| KEYS.iter().any(|key| node.get(key).is_some());
    let node = match &read {
        Ok(node) if is_document(node) => read?,
        _ => match block_of_markdown(text)? {
            Some(block) => self::read(&block)?,
            None => read?,
        },
    };
    match node.value {
        Value::Map(_) => {
            let mut node = node;
            merge(&mut node);
            remove_doubles(&mut node, "", notes);
            Ok(node)
        }
        Value::Null => {
            Err(ImportError::new("the fragment is empty")
                .help("export the page as OpenAPI 3.0, in YAML or JSON"))
        }
        Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            Err(ImportError::new(format!("the fragment is {}, not an object with `paths`", node.kind()))
                .help("export the page as OpenAPI 3.0, in YAML or JSON"))
        }
    }
}

fn read(text: &str) -> Result<Node, ImportError> {
    // The YAML parser takes the square of the depth for its time.
    let mut depth = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_BRACKETS {
            return Err(ImportError::new(format!(
                "the fragment has more than {MAX_BRACKETS} nested brackets"
            )));
        }
    }
    // JSON is nearly YAML, but its escapes of letters beyond 16 bits are not.
    if text.trim_start().starts_with(['{', '[']) {
        serde_json::from_str(text).map_err(|error| error.to_string()).or_else(|problem| {
            read_yaml(text).map_err(|_| {
                ImportError::new(format!("the fragment is neither YAML nor JSON: {}", yaml::line(&problem)))
            })
        })
    } else {
        read_yaml(text).map_err(|problem| explained(text, &problem))
    }
}

/// Reads YAML; the message is the parser's.
pub(super) fn read_yaml(text: &str) -> Result<Node, String> {
    Node::deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| error.to_string())
}

/// Why a text is not YAML, with place, line and remedy, as for files of the spec.
fn explained(text: &str, problem: &str) -> ImportError {
    let mut files = Files::default();
    let file = files.add("line", None, text);
    let found = parse::parse(file, text).err().map(Diagnostic::from);
    match found.and_then(|diagnostic| report(&[diagnostic], &files).into_iter().next()) {
        Some(found) => {
            let start = format!("line:{}:{}: ", found.position.line, found.position.column);
            let rest = found.text.strip_prefix(&start).unwrap_or(&found.text);
            ImportError::new(format!(
                "the fragment is neither YAML nor JSON: line {}, column {}: {rest}",
                found.position.line, found.position.column
            ))
        }
        None => ImportError::new(format!("the fragment is neither YAML nor JSON: {}", yaml::line(problem))),
    }
}

/// The block of a Markdown page that holds the document, its lines where they stand in the page.
fn block_of_markdown(text: &str) -> Result<Option<String>, ImportError> {
    let mut blocks: Vec<String> = Vec::new();
    let mut open: Option<(String, usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        match &mut open {
            Some((fence, _, block))
                if bare.trim_end().starts_with(fence.as_str()) && bare.trim().len() == fence.len() =>
            {
                blocks.push(std::mem::take(block));
                open = None;
            }
            Some((_, indent, block)) => {
                let cut = line.len() - line.trim_start_matches(' ').len();
                block.push_str(&line[cut.min(*indent)..]);
                block.push('\n');
            }
            None => {
                let Some(mark) =
                    ['`', '~'].into_iter().find(|mark| bare.starts_with(&mark.to_string().repeat(3)))
                else {
                    continue;
                };
                let fence: String = bare.chars().take_while(|c| *c == mark).collect();
                open = Some((fence, indent, "\n".repeat(number + 1)));
            }
        }
    }
    // A page that was cut off lacks its last fence.
    blocks.extend(open.map(|(_, _, block)| block));
    blocks.retain(|block| {
        block.lines().any(|line| {
            let key = line.trim_start_matches([' ', '{', '"', '\'']);
            KEYS.iter().any(|word| {
                key.strip_prefix(word)
                    .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
            })
        })
    });
    match blocks.len() {
        0 if text.trim_start().starts_with("# ") && text.contains("\n## ") => {
            Err(ImportError::new("this is a Markdown page, and none of its blocks is an OpenAPI document")
                .help("export the page as OpenAPI 3.0, in YAML or JSON"))
        }
        0 => Ok(None),
        1 => Ok(blocks.pop()),
        several => {
            Err(ImportError::new(format!("this is a Markdown page with {several} OpenAPI documents in it"))
                .help("cut one of them out into a file of its own"))
        }
    }
}

/// Puts the entries that merge keys stand for into their mappings. What is there already counts.
fn merge(node: &mut Node) {
    match &mut node.value {
        Value::Map(entries) => {
            entries.iter_mut().for_each(|(_, value)| merge(value));
            let mut merged: Vec<(String, Node)> = Vec::new();
            entries.retain(|(key, value)| {
                let from: Vec<&Node> = match &value.value {
                    Value::Map(_) => vec![value],
                    Value::List(items) if !items.is_empty() && items.iter().all(Node::is_map) => {
                        items.iter().collect()
                    }
                    Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
                        return true;
                    }
                };
                if key != "<<" {
                    return true;
                }
                merged.extend(from.into_iter().flat_map(Node::entries).cloned());
                false
            });
            for (key, value) in merged {
                if entries.iter().all(|(there, _)| *there != key) {
                    entries.push((key, value));
                }
            }
        }
        Value::List(items) => items.iter_mut().for_each(merge),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {}
    }
}

/// Of a key that is there twice the first counts.
fn remove_doubles(node: &mut Node, at: &str, notes: &mut Vec<String>) {
    match &mut node.value {
        Value::Map(entries) => {
            let mut seen = std::collections::HashSet::new();
            entries.retain(|(key, _)| {
                let first = seen.insert(key.clone());
                if !first {
                    notes.push(format!(
                        "the key `{}` is here twice{}: the first counts",
                        yaml::short(key),
                        if at.is_empty() { String::new() } else { format!(", below `{}`", yaml::short(at)) }
                    ));
                }
                first
            });
            for (key, value) in entries {
                let below = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
                remove_doubles(value, &below, notes);
            }
        }
        Value::List(items) => items.iter_mut().for_each(|item| remove_doubles(item, at, notes)),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) => {}
    }
}
