//! One format for all spec files: lines of at most 120 columns, and what does not fit into one stands in block form.

use pretty_yaml::config::{FormatOptions, LanguageOptions, LayoutOptions, ProseWrap};
use yaml_parser::{SyntaxKind, SyntaxNode};

/// Longest line.
const WIDTH: usize = 120;
/// How often lists and mappings inside one another are taken apart.
const MAX_PASSES: usize = 64;

/// Formats the text of a YAML file. Its values stay what they are.
///
/// # Errors
///
/// Where the text is not YAML.
pub fn format(text: &str) -> Result<String, String> {
    let options = options();
    let mut text = text.to_owned();
    for _ in 0..MAX_PASSES {
        text = pretty_yaml::format_text(&text, &options).map_err(|error| error.to_string())?;
        let tree = yaml_parser::parse(&text).map_err(|error| error.to_string())?;
        match in_blocks(&text, &tree) {
            Some(changed) => text = changed,
            None => break,
        }
    }
    Ok(text)
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

/// The text with the outermost `{...}` and `[...]` of several lines in block form; `None` where there are none.
fn in_blocks(text: &str, tree: &SyntaxNode) -> Option<String> {
    let mut changed = text.to_owned();
    let mut last = text.len();
    let outermost: Vec<SyntaxNode> = tree
        .descendants()
        .filter(|node| is_flow(node) && !node.ancestors().skip(1).any(|n| is_flow(&n)))
        .collect();
    // From the end, so that earlier places stay where they are.
    for node in outermost.iter().rev() {
        let range = node.text_range();
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        let written = &text[start..end];
        if !written.contains('\n') || end > last {
            continue;
        }
        let Some(block) = block(text, node) else { continue };
        let before = text[..start].trim_end_matches(' ').len();
        let from = if block.starts_with('\n') { before } else { start };
        changed.replace_range(from..end, &block);
        last = from;
    }
    (changed != text).then_some(changed)
}

fn is_flow(node: &SyntaxNode) -> bool {
    matches!(node.kind(), SyntaxKind::FLOW_MAP | SyntaxKind::FLOW_SEQ)
}

/// A list or mapping in block form; `None` where that cannot be said, as between comments.
fn block(text: &str, node: &SyntaxNode) -> Option<String> {
    if node.descendants_with_tokens().any(|part| part.kind() == SyntaxKind::COMMENT) {
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
    let column = |at: usize| text[..at].chars().rev().take_while(|c| *c != '\n').count();
    let holder = node
        .ancestors()
        .find(|n| matches!(n.kind(), SyntaxKind::BLOCK_MAP_ENTRY | SyntaxKind::BLOCK_SEQ_ENTRY))?;
    let start = usize::from(holder.text_range().start());
    let indent = " ".repeat(column(start) + 2);
    let separator = format!("\n{indent}");
    let lines = entries.join(&separator);
    match holder.kind() {
        _ if entries.is_empty() => None,
        SyntaxKind::BLOCK_SEQ_ENTRY => Some(lines),
        _ => Some(format!("{separator}{lines}")),
    }
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
    }

    #[test]
    fn what_is_not_yaml_is_an_error() {
        assert!(format("a: {b: 1\n").is_err());
    }
}
