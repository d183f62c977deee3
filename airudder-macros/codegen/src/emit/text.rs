//! Text of a spec as rustdoc must read it to show it as it is written.
//!
//! Code in backticks stays code. Everything else that markdown would read as something is escaped: angle
//! brackets are not HTML, brackets are not links, and no code becomes a test of the documentation.

/// One line of text, or several.
pub(crate) fn escaped(text: &str) -> String {
    let text = text.trim();
    if text.contains('\n') { blocks(text) } else { line(text) }
}

/// Text with a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let shown = escaped(text);
    let ends =
        |c: char| matches!(c, '.' | '!' | '?' | ':' | ';' | '`' | '…' | '。' | '！' | '？' | '：' | '；');
    if shown.is_empty() || shown.ends_with(ends) { shown } else { format!("{shown}.") }
}

/// Code inside a line.
pub(crate) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if longest > 0 { " " } else { "" };
    format!("{fence}{space}{}{space}{fence}", text.replace(['\n', '\r'], " "))
}

/// Paragraphs, with code in fences or indented.
fn blocks(text: &str) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut lines = text.lines().peekable();
    let mut after_blank = true;
    while let Some(at) = lines.next() {
        if let Some(fence) = fence_of(at) {
            let closes = |line: &str| fence_of(line).is_some_and(|f| f.starts_with(fence) && is_bare(line));
            let inside: Vec<&str> = std::iter::from_fn(|| lines.next_if(|line| !closes(line))).collect();
            lines.next();
            shown.push(block(&inside));
        } else if after_blank && is_indented(at) {
            let more =
                std::iter::from_fn(|| lines.next_if(|line| is_indented(line) || line.trim().is_empty()));
            let inside: Vec<&str> = std::iter::once(at).chain(more).collect();
            shown.push(block(&inside));
            shown.push(String::new());
        } else {
            shown.push(line(at.trim()));
        }
        after_blank = at.trim().is_empty();
    }
    shown.join("\n").trim_end().to_owned()
}

/// Lines of code that nobody runs.
fn block(lines: &[&str]) -> String {
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).min_by_key(indent);
    let shared = shared.map(|line| indent(&line)).unwrap_or_default();
    let inside: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or_default()).collect();
    let inside = inside.join("\n");
    let longest = inside.split(|c| c != '`').map(str::len).max().unwrap_or_default().max(2);
    let fence = "`".repeat(longest + 1);
    format!("{fence}text\n{}\n{fence}", inside.trim_end())
}

/// The backticks or tildes that a line begins with, where they begin or end a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let start = line.trim_start();
    ['`', '~'].into_iter().find_map(|mark| {
        let rest = start.trim_start_matches(mark);
        let fence = &start[..start.len() - rest.len()];
        (fence.len() >= 3 && !rest.contains(mark)).then_some(fence)
    })
}

/// Whether a line holds a fence and nothing else.
fn is_bare(line: &str) -> bool {
    line.trim().trim_start_matches(['`', '~']).is_empty()
}

fn is_indented(line: &str) -> bool {
    !line.trim().is_empty() && (line.starts_with("    ") || line.starts_with('\t'))
}

/// One line.
fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    // What makes a line something else than text stands at its start.
    if let Some(mark) = rest.chars().next().filter(|c| matches!(c, '#' | '>' | '=' | '~')) {
        shown.push('\\');
        shown.push(mark);
        rest = &rest[mark.len_utf8()..];
    }
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '`' => code_span(rest, &mut shown),
            'h' if !before.is_alphanumeric() => url(rest, &mut shown),
            // What is escaped already stays so.
            '\\' if rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) => {
                shown.push_str(&rest[..2]);
                2
            }
            '<' => {
                shown.push_str("&lt;");
                1
            }
            '&' => {
                shown.push_str("&amp;");
                1
            }
            '[' | ']' | '*' => {
                shown.push('\\');
                shown.push(c);
                1
            }
            // An underscore inside a word is text to markdown too.
            '_' if !before.is_alphanumeric() || !rest[1..].starts_with(char::is_alphanumeric) => {
                shown.push_str("\\_");
                1
            }
            _ => {
                shown.push(c);
                c.len_utf8()
            }
        };
        before = rest[..taken].chars().next_back().unwrap_or(' ');
        rest = &rest[taken..];
    }
    shown
}

/// Code in backticks, as it is; a backtick that has no other, escaped.
fn code_span(rest: &str, shown: &mut String) -> usize {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let mut at = ticks;
    while let Some(found) = rest[at..].find('`') {
        let start = at + found;
        let run = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        at = start + run;
        if run == ticks {
            shown.push_str(&rest[..at]);
            return at;
        }
    }
    shown.push_str(&"\\`".repeat(ticks));
    ticks
}

/// An address, as a link to itself.
fn url(rest: &str, shown: &mut String) -> usize {
    let is_url = rest.starts_with("http://") || rest.starts_with("https://");
    let end = rest.find(|c: char| c.is_whitespace() || "<>`\"|[]{}\\*".contains(c) || !c.is_ascii());
    let found = rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
    if is_url && found.len() > "https://".len() {
        shown.push('<');
        shown.push_str(found);
        shown.push('>');
        found.len()
    } else {
        shown.push('h');
        1
    }
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, sentence};

    #[test]
    fn lines() {
        for (text, wanted) in [
            (
                "A list such as `[1,2]` or a template `<name>`",
                "A list such as `[1,2]` or a template `<name>`",
            ),
            ("Bearer <token>, List<Order>", "Bearer &lt;token>, List&lt;Order>"),
            ("see [city] or [docs](private)", "see \\[city\\] or \\[docs\\](private)"),
            ("Optional \\[beta] field", "Optional \\[beta\\] field"),
            ("Power 2**8, *both*, a_b, _c_", "Power 2\\*\\*8, \\*both\\*, a_b, \\_c\\_"),
            ("``` not a fence", "\\`\\`\\` not a fence"),
            ("a ` alone", "a \\` alone"),
            ("``a`b`` too", "``a`b`` too"),
            ("# no heading", "\\# no heading"),
            ("> no quote", "\\> no quote"),
            ("&lt; and R&D", "&amp;lt; and R&amp;D"),
            ("see https://example.com/a_b?c=[d].", "see <https://example.com/a_b?c=>\\[d\\]."),
            ("see https://example.com/keys.", "see <https://example.com/keys>."),
            ("the http host", "the http host"),
            ("*Callback agent", "\\*Callback agent"),
        ] {
            assert_eq!(escaped(text), wanted);
        }
    }

    #[test]
    fn stops() {
        for (text, wanted) in [
            ("A name", "A name."),
            ("任务名称。", "任务名称。"),
            ("是否可以？", "是否可以？"),
            ("注意！", "注意！"),
            ("", ""),
            ("One of `a`", "One of `a`"),
        ] {
            assert_eq!(sentence(text), wanted);
        }
    }

    #[test]
    fn code_is_never_run() {
        assert_eq!(
            escaped("Call it so:\n\n```\nPOST /x\n{\"a\": 1}\n```\nThen wait"),
            "Call it so:\n\n```text\nPOST /x\n{\"a\": 1}\n```\nThen wait"
        );
        assert_eq!(escaped("```rust,ignore\nlet y = 1;"), "```text\nlet y = 1;\n```");
        assert_eq!(escaped("~~~\n```\n~~~\nend"), "````text\n```\n````\nend");
        assert_eq!(
            escaped("so:\n\n    let x = 1;\n      y\n\nend"),
            "so:\n\n```text\nlet x = 1;\n  y\n```\n\nend"
        );
        assert_eq!(escaped("so:\n\n\tindented\nmore"), "so:\n\n```text\nindented\n```\n\nmore");
        assert_eq!(escaped("    let x: u32 = compile_error();"), "let x: u32 = compile_error();");
    }

    #[test]
    fn code_with_backticks() {
        assert_eq!((code("a"), code("a`b")), ("`a`".to_owned(), "`` a`b ``".to_owned()));
    }
}
