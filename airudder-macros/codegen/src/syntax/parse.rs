//! From the parser's events to nodes.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Options, Parser, ScalarStyle, Span as Range, StructureStyle};

use super::explain::{self, Bracket};
use super::node::{Node, Value};
use super::problem::{MAX_BYTES, Problem};
use super::scalar::{Scalar, Style};
use super::span::{FileId, Span};

/// How many lists and mappings may stand inside each other: far more than a spec has, and few enough for any
/// stack.
const MAX_DEPTH: usize = 100;
/// How many values all aliases of a file may stand for: a few lines of aliases of aliases stand for billions.
const MAX_ALIASED: usize = 100_000;

/// Reads a text as one document. `None` where it holds nothing but comments.
///
/// # Errors
///
/// The first thing that makes it no YAML, or that passes a bound.
pub fn parse(file: FileId, text: &str) -> Result<Option<Node>, Problem> {
    if text.len() as u64 > MAX_BYTES {
        return Err(Problem::too_large(file));
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut builder = Builder::new(file, text);
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, range)) => builder.take(event, range)?,
            Err(error) => {
                let at = byte(error.marker(), text);
                return Err(explain::explain(file, text, error.kind(), at, builder.open_bracket()));
            }
        }
    }
    Ok(builder.root)
}

fn byte(marker: &granit_parser::Marker, text: &str) -> usize {
    marker.byte_offset().unwrap_or_default().min(text.len())
}

/// A finished value, with what the bounds need to know of it.
struct Built {
    node: Node,
    /// How many levels of lists and mappings it has.
    height: usize,
    /// How many values it has, itself among them.
    count: usize,
}

struct Builder<'t> {
    file: FileId,
    text: &'t str,
    /// The collections that are open, from the outermost.
    open: Vec<Open>,
    /// What anchors stand for, by the parser's number; `None` while it is open.
    anchors: HashMap<usize, Option<Built>>,
    aliased: usize,
    root: Option<Node>,
    finished: bool,
}

struct Open {
    content: Content,
    bracket: Option<char>,
    span: Span,
    anchor: usize,
    height: usize,
    count: usize,
}

enum Content {
    List(Vec<Node>),
    /// The entries, and the key that waits for its value.
    Map(Vec<(String, Node)>, Option<(String, Span)>),
}

impl<'t> Builder<'t> {
    fn new(file: FileId, text: &'t str) -> Self {
        Self {
            file,
            text,
            open: Vec::new(),
            anchors: HashMap::new(),
            aliased: 0,
            root: None,
            finished: false,
        }
    }

    fn span(&self, range: &Range) -> Span {
        Span::new(self.file, byte(&range.start, self.text), byte(&range.end, self.text))
    }

    /// The innermost collection that is open and in brackets.
    fn open_bracket(&self) -> Option<Bracket> {
        // A single pair inside a list in brackets is a mapping without a bracket of its own.
        let written = |open: &&Open| self.text[open.span.start as usize..].starts_with(['{', '[']);
        let open = self.open.iter().rev().find(|open| open.bracket.is_none() || written(open))?;
        open.bracket.map(|closing| Bracket { at: open.span.start as usize, closing })
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "events of the parser's library")]
    fn take(&mut self, event: Event<'_>, range: Range) -> Result<(), Problem> {
        let tag = match &event {
            Event::Scalar(_, _, _, tag)
            | Event::SequenceStart(_, _, tag)
            | Event::MappingStart(_, _, tag) => tag.as_ref().map(|_| range.tag_start.unwrap_or(range.start)),
            _ => None,
        };
        if let Some(start) = tag {
            return Err(explain::tagged(Span::point(self.file, byte(&start, self.text))));
        }
        let span = self.span(&range);
        match event {
            Event::DocumentStart(..) if self.finished => Err(explain::second_document(span, self.text)),
            Event::DocumentEnd => {
                self.finished = true;
                Ok(())
            }
            Event::Scalar(text, style, anchor, _) => self.scalar(text, style, anchor, span),
            Event::SequenceStart(style, anchor, _) => {
                let bracket = (style == StructureStyle::Flow).then_some(']');
                self.start(Content::List(Vec::new()), bracket, span, anchor)
            }
            Event::MappingStart(style, anchor, _) => {
                let bracket = (style == StructureStyle::Flow).then_some('}');
                self.start(Content::Map(Vec::new(), None), bracket, span, anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            // Comments and anchors' names are not asked for; the type may get more events that are not nodes.
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        span: Span,
    ) -> Result<(), Problem> {
        let style = match style {
            ScalarStyle::Plain if span.start == span.end => Style::Absent,
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        if style == Style::Absent && self.wants_key() {
            return Err(explain::no_key(span));
        }
        let (text, span) = match style {
            Style::Absent => (String::new(), self.place_of_absent(span)),
            Style::Plain | Style::Quoted | Style::Block => (text.into_owned(), span),
        };
        let node = Node::new(Value::Scalar(Scalar { text, style }), span);
        self.put(Built { node, height: 0, count: 1 }, anchor)
    }

    /// Whether the next value is the key of an entry.
    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map(_, None), .. }))
    }

    /// Where a value would stand: behind the colon, and behind the spaces that follow if anything follows
    /// them.
    fn place_of_absent(&self, span: Span) -> Span {
        let at = span.start as usize;
        let Some(rest) = self.text[at..].strip_prefix(':') else { return span };
        let spaces = rest.len() - rest.trim_start_matches(' ').len();
        let is_last = rest[spaces..].starts_with(['\n', '\r']) || rest[spaces..].is_empty();
        Span::point(self.file, at + 1 + if is_last { 0 } else { spaces })
    }

    fn start(
        &mut self,
        content: Content,
        bracket: Option<char>,
        span: Span,
        anchor: usize,
    ) -> Result<(), Problem> {
        if self.wants_key() {
            return Err(explain::key_is_no_text(span));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(explain::too_deep(span, MAX_DEPTH));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
        self.open.push(Open { content, bracket, span, anchor, height: 0, count: 1 });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Problem> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        // Without a bracket, the end is reported at whatever comes next.
        let last = match &open.content {
            Content::List(items) => items.last(),
            Content::Map(entries, _) => entries.last().map(|(_, value)| value),
        };
        let end = if open.bracket.is_some() { end.end } else { last.map_or(open.span.end, |n| n.span.end) };
        let span = Span { end: end.max(open.span.end), ..open.span };
        let value = match open.content {
            Content::List(items) => Value::List(items),
            Content::Map(entries, _) => Value::Map(entries),
        };
        let built = Built { node: Node::new(value, span), height: open.height + 1, count: open.count };
        self.put(built, open.anchor)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Problem> {
        let Some(Some(target)) = self.anchors.get(&anchor) else {
            let problem = Problem::new(span, "this alias names a value that it is part of");
            return Err(problem.help("write the value out; text that starts with `*` needs quotes"));
        };
        self.aliased += target.count;
        if self.aliased > MAX_ALIASED {
            let problem = Problem::new(
                span,
                format!("the aliases up to here stand for more than {MAX_ALIASED} values"),
            );
            return Err(problem.help("write the values out"));
        }
        if self.open.len() + target.height > MAX_DEPTH {
            return Err(explain::too_deep(span, MAX_DEPTH));
        }
        // What is wrong with it is reported where it is used: there it may be right, and here not.
        let node = moved(&target.node, span);
        let built = Built { node, height: target.height, count: target.count };
        self.put(built, 0)
    }

    /// Puts a finished value into what is open.
    fn put(&mut self, mut built: Built, anchor: usize) -> Result<(), Problem> {
        if anchor > 0 {
            let copy = Built { node: built.node.clone(), height: built.height, count: built.count };
            self.anchors.insert(anchor, Some(copy));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(built.node);
            return Ok(());
        };
        open.height = open.height.max(built.height);
        open.count += built.count;
        match &mut open.content {
            Content::List(items) => items.push(built.node),
            Content::Map(entries, key @ Some(_)) => {
                if let Some((key, key_span)) = key.take() {
                    built.node.key_span = key_span;
                    entries.push((key, built.node));
                }
            }
            Content::Map(_, key @ None) => match built.node.value {
                Value::Scalar(scalar) => *key = Some((scalar.text, built.node.span)),
                Value::List(_) | Value::Map(_) => return Err(explain::key_is_no_text(built.node.span)),
            },
        }
        Ok(())
    }
}

/// The same value at another place, as a whole.
fn moved(node: &Node, span: Span) -> Node {
    let value = match &node.value {
        Value::Scalar(scalar) => Value::Scalar(scalar.clone()),
        Value::List(items) => Value::List(items.iter().map(|item| moved(item, span)).collect()),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), moved(value, span))).collect())
        }
    };
    Node::new(value, span)
}
