//! A spec file as it is written.

use airudder_codegen::syntax::files::Files;
use airudder_codegen::syntax::node::{Node, Value};
use airudder_codegen::syntax::parse::parse;
use airudder_codegen::syntax::span::FileId;

/// A file.
pub(super) struct Document {
    /// The file's name without folder and ending.
    pub(super) name: String,
    pub(super) root: Node,
}

impl Document {
    /// Reads a file; `None` where it is not YAML, which others report.
    pub(super) fn read(file: FileId, files: &Files) -> Option<Self> {
        let name = files.shown_path(file).rsplit('/').next()?.strip_suffix(".yaml")?;
        let root = parse(file, files.text(file)).ok()??;
        Some(Self { name: name.to_owned(), root })
    }
}

/// The value that some keys lead to.
pub(super) fn at_path<'a>(node: &'a Node, path: &[&str]) -> Option<&'a Node> {
    path.iter().try_fold(node, |node, key| node.get(key))
}

/// Whether a value is a scalar of this text.
pub(super) fn is(node: &Node, text: &str) -> bool {
    node.scalar().as_deref() == Some(text)
}

/// Whether there is no value, or nothing in it.
pub(super) fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(_) => node.is_null(),
        Value::List(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
    }
}

/// Whether both say the same, wherever they stand and however they are written.
pub(super) fn same(one: &Node, two: &Node) -> bool {
    one.to_json() == two.to_json()
}
