//! One format for all spec files: lines of at most 120 columns; what does not fit into one stands in block
//! form.

use std::ops::Range;

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, ProseWrap};
use rowan::TextRange;
use serde::de::IgnoredAny;
use yaml_parser::{SyntaxKind, SyntaxNode, SyntaxToken};

/// Longest line.
const WIDTH: usize = 120;
/// How often lists and mappings inside one another are taken apart.
const MAX_PASSES: usize = 64;
/// How many brackets of a line may be closed in later ones.
const MAX_OPEN: usize = 12;
/// Deepest indentation of a line.
const MAX_INDENT: usize = 63;

/// Formats the text of a YAML file. Its values stay what they are.
///
/// # Errors
///
/// Where the text is not YAML, and where the result would say something else.
pub fn format(given: &str) -> Result<String, String> {
    check_brackets(given)?;
    read(given)?;
    let options = options();
    let mut text = given.to_owned();
    // Prose that was taken out of its quotes is indented right at second sight only.
    for _ in 0..MAX_PASSES {
        check_indents(&text)?;
        let formatted = pretty_yaml::format_text(&text, &options).map_err(|error| error.to_string())?;
        check_indents(&formatted)?;
        let tree = yaml_parser::parse(&formatted).map_err(|error| error.to_string())?;
        let next = in_blocks(&formatted, &tree).unwrap_or(formatted);
        if next == text {
            break;
        }
        text = next;
    }
    // Texts with doubled keys have no values to compare: what cannot be read at all is none of them.
    if read(&text).is_ok() && is_equal(given, &text) {
        Ok(text)
    } else {
        Err("formatted it would say something else".to_owned())
    }
}

/// The parser of the formatter tries all ways to read brackets that are not closed, two for each. To other
/// parsers they may be text, as behind a white space that YAML has not.
fn check_brackets(text: &str) -> Result<(), String> {
    let open = |line: &str| {
        line.chars().fold(0_usize, |open, c| match c {
            '[' | '{' => open + 1,
            ']' | '}' => open.saturating_sub(1),
            _ => open,
        })
    };
    match text.split('\n').position(|line| open(line) > MAX_OPEN) {
        Some(at) => Err(format!("line {}: more than {MAX_OPEN} brackets are not closed in it", at + 1)),
        None => Ok(()),
    }
}

/// The parser of the formatter keeps the columns at which lines begin in 64 bits, and panics beyond them.
fn check_indents(text: &str) -> Result<(), String> {
    // Where the first key or value stands: dashes and question marks before it are indentation too. At the
    // beginning of the text a carriage return or form feed counts as a column.
    let is_indent = |c: char| matches!(c, ' ' | '\t' | '\r' | '\u{c}' | '-' | '?');
    let start = |line: &str| line.find(|c| !is_indent(c)).unwrap_or(line.len());
    let too_deep = |line: &str| line.split('\r').chain([line]).any(|line| start(line) > MAX_INDENT);
    match text.split('\n').position(too_deep) {
        Some(at) => Err(format!("line {}: it is indented by more than {MAX_INDENT} columns", at + 1)),
        None => Ok(()),
    }
}

/// Whether it is YAML.
fn read(text: &str) -> Result<(), String> {
    serde_yaml::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| error.to_string())
}

/// Whether two texts have the same values. Duplicate keys, which have none, are reported by others.
fn is_equal(one: &str, two: &str) -> bool {
    let value = |text: &str| serde_yaml::from_str::<serde_yaml::Value>(text).ok();
    value(one) == value(two)
}

fn options() -> FormatOptions {
    FormatOptions {
        layout: LayoutOptions { print_width: WIDTH, ..LayoutOptions::default() },
        language: LanguageOptions {
            brace_spacing: false,
            trailing_comma: false,
            prefer_single_line: true,
            prose_wrap: ProseWrap::Always,
            ..LanguageOptions::default()
        },
    }
}

/// A change of the text: a range, and what stands there then.
type Edit = (Range<usize>, String);

/// The text with prose out of its quotes, and with the outermost `{...}` and `[...]` of several lines in
/// block form; `None` where there is nothing to change.
fn in_blocks(text: &str, tree: &SyntaxNode) -> Option<String> {
    let mut edits: Vec<Edit> = tree
        .descendants()
        .filter(|node| is_flow(node) && !node.ancestors().skip(1).any(|outer| is_flow(&outer)))
        .filter_map(|node| block(text, &node))
        .collect();
    let tokens = tree.descendants_with_tokens().filter_map(|part| part.into_token());
    edits.extend(
        tokens
            .filter(|token| token.kind() == SyntaxKind::DOUBLE_QUOTED_SCALAR)
            .filter_map(|token| prose(text, &token)),
    );
    edits.sort_by_key(|(range, _)| range.start);
    let mut changed = text.to_owned();
    // From the end, so that earlier places stay where they are.
    for (range, new) in edits.iter().rev() {
        changed.replace_range(range.clone(), new);
    }
    (!edits.is_empty()).then_some(changed)
}

fn is_flow(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::FLOW_MAP | SyntaxKind::FLOW_SEQ)
}

/// A list or mapping of several lines in block form; `None` where that cannot be said, as between comments.
fn block(text: &str, node: &SyntaxNode) -> Option<Edit> {
    let range = place(node.text_range());
    if !text[range.clone()].contains('\n')
        || node.descendants_with_tokens().any(|part| part.kind() == SyntaxKind::COMMENT)
    {
        return None;
    }
    let is_map = node.kind() == SyntaxKind::FLOW_MAP;
    let wanted = if is_map { SyntaxKind::FLOW_MAP_ENTRY } else { SyntaxKind::FLOW_SEQ_ENTRY };
    let entries: Vec<String> = node
        .children()
        .flat_map(|entries| entries.children())
        .filter(|entry| entry.kind() == wanted)
        .map(|entry| joined(&entry.text().to_string()))
        .map(|entry| if is_map { entry } else { format!("- {entry}") })
        .collect();
    let (holder, indent) = holder(text, node)?;
    let separator = format!("\n{}", " ".repeat(indent));
    let lines = entries.join(&separator);
    if entries.is_empty() {
        return None;
    }
    match holder == SyntaxKind::BLOCK_SEQ_ENTRY {
        true => Some((range, lines)),
        false => {
            Some((text[..range.start].trim_end_matches(' ').len()..range.end, format!("{separator}{lines}")))
        }
    }
}

/// What holds a value in block form, an entry of a list or of a mapping, and how far its parts are indented.
fn holder(text: &str, node: &SyntaxNode) -> Option<(SyntaxKind, usize)> {
    let is_entry = |kind| matches!(kind, SyntaxKind::BLOCK_MAP_ENTRY | SyntaxKind::BLOCK_SEQ_ENTRY);
    let holder = node.ancestors().find(|node| is_entry(node.kind()))?;
    let start = place(holder.text_range()).start;
    let column = text[..start].chars().rev().take_while(|c| *c != '\n').count();
    Some((holder.kind(), column + 2))
}

/// Prose that needs no quotes, or that is too long for a line in quotes.
fn prose(text: &str, token: &SyntaxToken) -> Option<Edit> {
    let node = token.parent()?;
    if node.ancestors().any(|outer| is_flow(&outer) || outer.kind() == SyntaxKind::BLOCK_MAP_KEY) {
        return None;
    }
    let range = place(token.text_range());
    let inner = token.text().strip_prefix('"')?.strip_suffix('"')?;
    let words: Vec<&str> = inner.split(' ').collect();
    let quotes_only = !inner.replace("\\\"", "").contains(['\\', '\n']);
    if words.len() < 2 || words.contains(&"") || !quotes_only {
        return None;
    }
    let is_plain = !inner.contains('\\')
        && inner.starts_with(|c: char| c.is_ascii_alphabetic())
        && !words.iter().any(|word| word.ends_with(':') || word.starts_with('#'));
    if is_plain {
        return Some((range, inner.to_owned()));
    }
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    if text[start..range.end].chars().count() <= WIDTH {
        return None;
    }
    let indent = " ".repeat(holder(text, &node)?.1);
    let mut folded = String::from(">-");
    let mut width = WIDTH;
    for word in words {
        let more = word.chars().count() + 1;
        if width + more > WIDTH {
            folded.push('\n');
            folded.push_str(&indent);
            width = indent.len();
        } else {
            folded.push(' ');
        }
        folded.push_str(&word.replace("\\\"", "\""));
        width += more;
    }
    Some((range, folded))
}

fn place(range: TextRange) -> Range<usize> {
    usize::from(range.start())..usize::from(range.end())
}

/// In one line: a line break inside of flow style is a space.
fn joined(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::format;

    #[track_caller]
    fn formats(text: &str, wanted: &str) {
        let formatted = format(text).expect("it is YAML");
        assert_eq!(formatted, wanted);
        assert_eq!(format(&formatted).as_deref(), Ok(wanted), "formatting again changes nothing");
        let value = |text: &str| serde_yaml::from_str::<Value>(text).expect("it is YAML");
        assert_eq!(value(&formatted), value(text), "the values are the same");
    }

    #[test]
    fn what_fits_stays_on_its_line() {
        formats("a:   {b: 1,c: [x,  y]} # why\n", "a: {b: 1, c: [x, y]} # why\n");
        formats("a: {\n  b: 1,\n  c: 2,\n}\n", "a: {b: 1, c: 2}\n");
    }

    #[test]
    fn deep_indentation_is_refused() {
        let key = |columns: usize| format!("a:\n{}b: 1\n", " ".repeat(columns));
        let dashes = |count: usize| format!("{}a: 1\n", "- ".repeat(count));
        for fits in [key(63), dashes(31)] {
            assert!(format(&fits).is_ok(), "{fits}");
        }
        // What is too long for its line is taken apart, and indented then.
        let nested = format!("{}{}{}", "{a: ".repeat(40), "word ".repeat(40), "}".repeat(40));
        let returns = |count: usize| format!("{}a: 1\n", "\r".repeat(count));
        let late = format!("a:\r{}b: 1", " ".repeat(64));
        for deep in [key(64), key(200), dashes(33), nested, returns(64), late] {
            let problem = format(&deep).expect_err(&deep);
            assert!(problem.contains("indented by more than 63 columns"), "{problem}");
        }
    }

    #[test]
    fn what_does_not_fit_stands_in_blocks() {
        let words = "word ".repeat(12);
        let words = words.trim_end();
        formats(
            &format!("a:\n  b: {{c: {words}, d: \"{words}: x\", e: {{f: 1}}}}\n  g: 2\n"),
            &format!("a:\n  b:\n    c: {words}\n    d: \"{words}: x\"\n    e: {{f: 1}}\n  g: 2\n"),
        );
        formats(
            &format!("a: [{{b: {words}, c: [1, 2]}}, {{b: {words}}}]\n"),
            &format!("a:\n  - {{b: {words}, c: [1, 2]}}\n  - {{b: {words}}}\n"),
        );
        formats(
            &format!("- {{b: {words}, c: {words}, d: 1}}\n"),
            &format!("- b: {words}\n  c: {words}\n  d: 1\n"),
        );
    }

    #[test]
    fn prose_goes_on_in_the_next_line() {
        let sentence = "word ".repeat(30);
        let text = format!("a: {}\n", sentence.trim_end());
        let formatted = format(&text).expect("it is YAML");
        assert!(
            formatted.lines().count() == 2 && formatted.lines().all(|line| line.len() <= 120),
            "{formatted}"
        );
        formats(&text, &formatted);
        let text = format!("a: \"It: {}\"\n", sentence.trim_end());
        let formatted = format(&text).expect("it is YAML");
        assert!(formatted.starts_with("a: >-\n  It: word"), "{formatted}");
        assert!(formatted.lines().all(|line| line.len() <= 120), "{formatted}");
        formats(&text, &formatted);
    }

    #[test]
    fn prose_needs_no_quotes_where_yaml_does_not() {
        formats("a: \"Sum lent, above zero.\"\n", "a: Sum lent, above zero.\n");
        for kept in [
            "\"2024-01-01 08:00\"",
            "\"yes\"",
            "\"a: b\"",
            "\"a #b\"",
            "\"a \\\" b\"",
            "\" a b\"",
            "[\"a, b\"]",
        ] {
            formats(&format!("a: {kept}\n"), &format!("a: {kept}\n"));
        }
    }

    /// The formatter's own parser would need hours.
    #[test]
    fn brackets_that_are_not_closed_are_refused_at_once() {
        for bracket in ["[", "{", "[{", "- [", "a: ["] {
            assert!(format(&format!("a: {}x: y\n", bracket.repeat(60))).is_err(), "{bracket}");
        }
        for blank in ['\u{a0}', '\u{3000}'] {
            assert!(format(&format!("a:\n  b: y\n{blank} {} x:\n", "[".repeat(60))).is_err());
        }
        let open = format!("a: {}x{}\n", "[\n".repeat(12), "]\n".repeat(12));
        assert!(format(&open).is_ok());
        let closed = format!("a: {}x{}\n", "[".repeat(40), "]".repeat(40));
        assert_eq!(format(&closed), Ok(closed));
    }

    #[test]
    fn what_is_not_yaml_is_an_error() {
        assert!(format("a: {b: 1\n").is_err());
    }
}
