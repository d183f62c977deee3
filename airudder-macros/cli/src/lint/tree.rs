//! A spec file as it is written: keys and values with their places.

use yaml_parser::{SyntaxKind, SyntaxNode, SyntaxToken};

/// A file.
pub(super) struct Document {
    pub(super) file: usize,
    /// The file's name without folder and ending.
    pub(super) name: String,
    pub(super) root: Node,
}

/// A value. Its place is that of its key, where it has one.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    /// Text without quotes, with single spaces.
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Document {
    /// Reads a file; `None` where it is not YAML, which others report.
    pub(super) fn read(file: usize, shown: &str, text: &str) -> Option<Self> {
        let tree = yaml_parser::parse(text).ok()?;
        let document = tree.children().find(|node| node.kind() == SyntaxKind::DOCUMENT)?;
        let name = shown.rsplit('/').next().unwrap_or(shown).trim_end_matches(".yaml").to_owned();
        Some(Self { file, name, root: node(&document) })
    }
}

impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The value that some keys lead to.
    pub(super) fn at_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(super) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Null | Value::Scalar(_) | Value::List(_) => &[],
        }
    }

    /// The scalars of a list, or a scalar alone.
    pub(super) fn scalars(&self) -> Vec<&str> {
        match &self.value {
            Value::List(items) => items.iter().flat_map(Self::scalars).collect(),
            Value::Scalar(text) => vec![text],
            Value::Null | Value::Map(_) => Vec::new(),
        }
    }

    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }

    pub(super) fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::scalar)
    }

    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Scalar(_) => false,
            Value::List(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
        }
    }

    /// Whether both say the same, wherever they stand.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Null, Value::Null) => true,
            (Value::Scalar(one), Value::Scalar(two)) => one == two,
            (Value::List(one), Value::List(two)) => {
                one.len() == two.len() && one.iter().zip(two).all(|(one, two)| one.says_the_same(two))
            }
            (Value::Map(one), Value::Map(two)) => {
                one.len() == two.len()
                    && one.iter().all(|(key, one)| other.get(key).is_some_and(|two| one.says_the_same(two)))
                    && two.iter().all(|(key, _)| self.get(key).is_some())
            }
            (Value::Null | Value::Scalar(_) | Value::List(_) | Value::Map(_), _) => false,
        }
    }
}

/// The value that a piece of syntax holds.
fn node(syntax: &SyntaxNode) -> Node {
    let at = usize::from(syntax.text_range().start());
    let value = match syntax.kind() {
        SyntaxKind::BLOCK_MAP | SyntaxKind::FLOW_MAP => Value::Map(
            parts(syntax, &[SyntaxKind::BLOCK_MAP_ENTRY, SyntaxKind::FLOW_MAP_ENTRY])
                .iter()
                .map(entry)
                .collect(),
        ),
        SyntaxKind::BLOCK_SEQ | SyntaxKind::FLOW_SEQ => Value::List(
            parts(syntax, &[SyntaxKind::BLOCK_SEQ_ENTRY, SyntaxKind::FLOW_SEQ_ENTRY])
                .iter()
                .map(node)
                .collect(),
        ),
        SyntaxKind::BLOCK_SCALAR => Value::Scalar(
            tokens(syntax)
                .filter(|token| token.kind() == SyntaxKind::BLOCK_SCALAR_TEXT)
                .map(|token| single_spaced(token.text()))
                .collect(),
        ),
        _ => {
            if let Some(inner) = syntax.children().find(|child| child.kind() != SyntaxKind::PROPERTIES) {
                return node(&inner);
            }
            tokens(syntax).find_map(|token| scalar(&token)).map_or(Value::Null, Value::Scalar)
        }
    };
    Node { at, value }
}

fn tokens(syntax: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> {
    syntax.descendants_with_tokens().filter_map(|part| part.into_token())
}

/// The entries of a list or mapping.
fn parts(syntax: &SyntaxNode, kinds: &[SyntaxKind]) -> Vec<SyntaxNode> {
    let mut found = Vec::new();
    for child in syntax.children() {
        match kinds.contains(&child.kind()) {
            true => found.push(child),
            // Flow style has one more level.
            false => found.extend(child.children().filter(|inner| kinds.contains(&inner.kind()))),
        }
    }
    found
}

fn entry(syntax: &SyntaxNode) -> (String, Node) {
    let is_key = |kind| matches!(kind, SyntaxKind::BLOCK_MAP_KEY | SyntaxKind::FLOW_MAP_KEY);
    let is_value = |kind| matches!(kind, SyntaxKind::BLOCK_MAP_VALUE | SyntaxKind::FLOW_MAP_VALUE);
    let key = syntax.children().find(|child| is_key(child.kind()));
    let name = key.as_ref().and_then(|key| tokens(key).find_map(|token| scalar(&token))).unwrap_or_default();
    let value = syntax.children().find(|child| is_value(child.kind()));
    let value = value.map_or(Value::Null, |value| node(&value).value);
    (name, Node { at: usize::from(syntax.text_range().start()), value })
}

fn scalar(token: &SyntaxToken) -> Option<String> {
    let text = token.text();
    match token.kind() {
        SyntaxKind::PLAIN_SCALAR => Some(single_spaced(text)),
        SyntaxKind::DOUBLE_QUOTED_SCALAR => Some(single_spaced(text.trim_matches('"'))),
        SyntaxKind::SINGLE_QUOTED_SCALAR => Some(single_spaced(text.trim_matches('\''))),
        _ => None,
    }
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Document;

    #[test]
    fn places_and_values_of_both_styles() {
        let text = "a:\n  b: \"x  y\"\n  c: {d: 1, \"e\": [f, {g: }]}\nh:\n  - >-\n    i\n    j\n  - k: l\n";
        let document = Document::read(0, "spec/s.yaml", text).expect("it is YAML");
        assert_eq!(document.name, "s");
        let root = &document.root;
        assert_eq!(root.at_path(&["a"]).and_then(|a| a.text_at("b")), Some("x y"));
        let e = root.at_path(&["a", "c", "e"]).expect("it is there");
        assert_eq!(e.at, text.find("\"e\"").expect("it is there"));
        assert_eq!(e.scalars(), ["f"]);
        assert_eq!(root.get("h").map(|h| h.scalars()), Some(vec!["i j"]));
        let same = Document::read(0, "t.yaml", "{d: 1, e: [f, {g: }]}").expect("it is YAML").root;
        assert!(root.at_path(&["a", "c"]).is_some_and(|c| c.says_the_same(&same)));
        assert!(!root.get("a").is_some_and(|a| a.says_the_same(&same)));
    }
}
