//! Quotes that are not closed on their line: the parser notices them only at the next quote, lines below.

use super::span::Position;

/// The quote that was opened on a line before the one where the parser stumbled, and is closed there or
/// never: spec files have no quoted text of several lines, so it was meant to be closed on its own.
pub(super) fn open_quote(text: &str, noticed: usize) -> Option<Position> {
    let mut open: Option<(char, Position)> = None;
    let mut block: Option<usize> = None;
    for (index, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        if open.is_none() {
            if block.is_some_and(|outer| line.trim().is_empty() || indent > outer) {
                continue;
            }
            block = opens_block(line).then_some(indent);
        }
        let started = open;
        open = quote_after(line, index + 1, open);
        let closed_here = started.is_some_and(|(_, at)| open.is_none_or(|(_, now)| now != at));
        if let Some((_, at)) = started
            && closed_here
            && index + 1 >= noticed
        {
            return (at.line < noticed).then_some(at);
        }
        if index + 1 > noticed && open.is_none() {
            return None;
        }
    }
    open.map(|(_, at)| at)
}

/// Whether text in lines of its own follows: `guide: |`.
pub(super) fn opens_block(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['-', '+']);
    line.ends_with(": |") || line.ends_with(": >") || line.ends_with("- |") || line.ends_with("- >")
}

/// The quote that is open at the end of a line.
fn quote_after(line: &str, number: usize, mut open: Option<(char, Position)>) -> Option<(char, Position)> {
    let mut before: Option<char> = None;
    let mut was_space = true;
    let mut chars = line.chars().enumerate().peekable();
    while let Some((index, c)) = chars.next() {
        match open {
            Some(('"', _)) if c == '\\' => {
                chars.next();
            }
            Some(('\'', _)) if c == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
            }
            Some((quote, _)) if c == quote => open = None,
            Some(_) => {}
            None if c == '#' && was_space => return None,
            // Only at the start of a value: in the middle of plain text a quote is a letter like any other.
            None if (c == '"' || c == '\'') && before.is_none_or(|b| ":,[{-".contains(b)) => {
                open = Some((c, Position { line: number, column: index + 1 }));
            }
            None => {}
        }
        was_space = c.is_whitespace();
        if !was_space {
            before = Some(c);
        }
    }
    open
}
