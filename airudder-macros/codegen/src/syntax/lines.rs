//! From bytes to lines and columns, and back.

use super::span::Position;

/// Where the lines of a text start.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect() }
    }

    pub(super) fn position(&self, text: &str, byte: usize) -> Position {
        let byte = byte.min(text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts[line - 1];
        let column = text.get(start..byte).map_or(0, |before| before.chars().count()) + 1;
        Position { line, column }
    }

    /// The text of a line, without its end.
    pub(super) fn line<'t>(&self, text: &'t str, number: usize) -> &'t str {
        let start = number.checked_sub(1).and_then(|index| self.starts.get(index));
        start.and_then(|start| text[*start..].lines().next()).unwrap_or_default()
    }

    /// The byte where a line starts.
    pub(super) fn start(&self, number: usize) -> usize {
        number.checked_sub(1).and_then(|index| self.starts.get(index)).copied().unwrap_or_default()
    }
}
