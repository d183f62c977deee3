//! Words and codes under a key.

use airudder_model::{Code, Evidence};

use crate::schema::validate::code;
use crate::syntax::node::Node;

/// An error code under a key.
pub(super) fn code_at(node: &Node, key: &str) -> Option<Code> {
    node.get(key).and_then(code)
}

/// A word of the language under a key.
pub(super) fn word_at<W>(node: &Node, key: &str, from_word: impl Fn(&str) -> Option<W>) -> Option<W> {
    node.text_at(key).as_deref().and_then(from_word)
}

pub(super) fn evidence_at(node: &Node) -> Option<Evidence> {
    word_at(node, "evidence", Evidence::from_word)
}
