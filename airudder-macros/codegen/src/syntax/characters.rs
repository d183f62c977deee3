//! Characters that a spec file may not hold, reported before the parser sees them.

use super::problem::Problem;
use super::quotes::opens_block;
use super::span::{FileId, Span};

/// Reports what may not be there; returns whether the text can be parsed nevertheless.
pub fn check(file: FileId, text: &str, problems: &mut Vec<Problem>) -> bool {
    if let Some(at) = text.find("\r\n") {
        problems.push(Problem::new(Span::point(file, at), "a line ends with CR LF").help(
            "spec files end their lines with LF alone: set your editor, or `git config core.autocrlf input`",
        ));
    }
    let mut start = 0;
    // How far the line is indented below which text in lines of its own stands: that may hold anything.
    let mut block: Option<usize> = None;
    for line in text.split('\n') {
        if let Some((at, _)) = line.char_indices().find(|(_, c)| is_forbidden(*c)) {
            problems.push(
                Problem::new(Span::point(file, start + at), "there is a control character here")
                    .help("remove it: YAML does not allow it"),
            );
            return false;
        }
        let spaces = line.len() - line.trim_start_matches(' ').len();
        if block.is_some_and(|outer| line.trim().is_empty() || spaces > outer) {
            start += line.len() + 1;
            continue;
        }
        block = opens_block(line).then_some(spaces);
        let strange = line.trim_start_matches(' ').chars().next().filter(|c| c.is_whitespace() && *c != '\r');
        if let Some(character) = strange.filter(|_| !line.trim().is_empty()) {
            let (what, help) = match character {
                '\t' => ("a tab is used for indentation".to_owned(), "YAML is indented with spaces"),
                _ => (
                    format!(
                        "{} (U+{:04X}) is used for indentation",
                        name_of(character),
                        u32::from(character)
                    ),
                    "replace it by plain spaces: it looks like one, and YAML takes it for text",
                ),
            };
            problems.push(Problem::new(Span::point(file, start + spaces), what).help(help));
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

/// What a space that is not the plain one is called.
fn name_of(character: char) -> &'static str {
    match character {
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{3000}' => "a full-width space",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "a line separator",
        _ => "a special space",
    }
}
