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
    if let Some(problem) = conflict(file, text) {
        problems.push(problem);
        return false;
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
                    format!("{} is used for indentation", named(character).unwrap_or_default()),
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

/// Lines that git leaves where two changes touch the same place.
fn conflict(file: FileId, text: &str) -> Option<Problem> {
    let is_marker = |line: &str| {
        let line = line.trim_end();
        line == "=======" || line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")
    };
    let mut start = 0;
    for line in text.split('\n') {
        if is_marker(line) {
            let problem = Problem::new(Span::point(file, start), "this line marks a conflict of a merge");
            return Some(problem.help(
                "keep the lines that are right, and remove those that start with `<<<<<<<`, `=======` and \
                 `>>>>>>>`",
            ));
        }
        start += line.len() + 1;
    }
    None
}

/// What a space that is not the plain one is called, or a character that is not seen at all.
pub(crate) fn named(character: char) -> Option<String> {
    let name = match character {
        ' ' | '\t' | '\n' | '\r' => return None,
        '\u{a0}' | '\u{202f}' => "a no-break space",
        '\u{3000}' => "a full-width space",
        '\u{85}' | '\u{2028}' | '\u{2029}' => "a line separator",
        c if c.is_whitespace() => "a special space",
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}'
        | '\u{feff}' => "an invisible character",
        _ => return None,
    };
    Some(format!("{name} (U+{:04X})", u32::from(character)))
}

/// What a character is called that looks like a sign of YAML and is another, and the sign.
pub(crate) fn lookalike(character: char) -> Option<(&'static str, char)> {
    Some(match character {
        '\u{ff0c}' => ("a full-width comma", ','),
        '\u{ff1a}' => ("a full-width colon", ':'),
        '\u{ff5b}' => ("a full-width brace", '{'),
        '\u{ff5d}' => ("a full-width brace", '}'),
        '\u{ff3b}' => ("a full-width bracket", '['),
        '\u{ff3d}' => ("a full-width bracket", ']'),
        '\u{201c}' | '\u{201d}' | '\u{201e}' => ("a curly quote", '"'),
        '\u{2018}' | '\u{2019}' => ("a curly quote", '\''),
        '\u{ff02}' => ("a full-width quote", '"'),
        _ => return None,
    })
}

/// Such a character in a line: as the first of a value, or before a colon inside brackets, where two entries
/// run into each other; `entry` is the line up to that colon. Gives its place, itself, and what
/// [`lookalike`] says of it.
pub(super) fn lookalike_in(line: &str, entry: Option<&str>) -> Option<(usize, char, &'static str, char)> {
    let found =
        |at: usize, character: char| lookalike(character).map(|(name, sign)| (at, character, name, sign));
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        let opens = lookalike(character).is_some_and(|(_, sign)| matches!(sign, '{' | '[' | '"' | '\''));
        if opens && matches!(before, ':' | '-' | ',' | '{' | '[') {
            return found(at, character);
        }
        before = if character.is_whitespace() { before } else { character };
    }
    let entry = entry?;
    let from = entry.rfind([',', '{', '[']).map_or(0, |at| at + 1);
    let (at, character) = entry[from..].char_indices().rfind(|(_, c)| lookalike(*c).is_some())?;
    found(from + at, character)
}
