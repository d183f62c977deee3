//! Characters that a spec file may not hold, told before the parser sees them.

use super::problem::Problem;
use super::span::{FileId, Span};

/// Reports what may not be there; returns whether the text can be parsed nevertheless.
pub fn check(file: FileId, text: &str, problems: &mut Vec<Problem>) -> bool {
    if let Some(at) = text.find("\r\n") {
        problems.push(Problem::new(Span::point(file, at), "a line ends with CR LF").help(
            "spec files end their lines with LF alone: set your editor, or `git config core.autocrlf input`",
        ));
    }
    let mut start = 0;
    for line in text.split('\n') {
        if let Some((at, _)) = line.char_indices().find(|(_, c)| is_forbidden(*c)) {
            problems.push(
                Problem::new(Span::point(file, start + at), "there is a control character here")
                    .help("remove it: YAML does not allow it"),
            );
            return false;
        }
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        if let Some(at) = indent.find('\t').filter(|_| !line.trim().is_empty()) {
            problems.push(
                Problem::new(Span::point(file, start + at), "a tab is used for indentation")
                    .help("YAML is indented with spaces"),
            );
            return false;
        }
        start += line.len() + 1;
    }
    true
}

/// Characters that YAML does not allow anywhere, and the byte order mark, which it allows at the start of a
/// file only.
fn is_forbidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\r' | '\u{85}'))
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}
