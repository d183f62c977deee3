//! What the YAML parser complains about, told at the line that somebody has to mend.
//!
//! A parser notices a missing quote, bracket or colon only later, often on the next line. Where its message tells what it
//! was in the middle of, the mistake is told there.

use super::locate::Position;
use super::mistakes::{Mistake, at_position};
use super::node::TAGGED;

/// The mistake behind an error of the parser.
pub(super) fn mistake(file: usize, text: &str, error: &serde_yaml::Error) -> Mistake {
    let said = error.to_string();
    let problem = said.split(" at line ").next().unwrap_or(&said).to_owned();
    let noticed = error
        .location()
        .map_or(Position { line: 1, column: 1 }, |l| Position { line: l.line(), column: l.column() });
    if said.contains("more than one document") {
        return match second_document(text) {
            Some(position) => at_position(file, position, "a second YAML document starts here")
                .help("a spec file is one document: take the line `---` away"),
            // Keys to the left of the first one belong to nothing that was opened.
            None => at_position(
                file,
                first_content(text),
                "this line is indented, and those on its level below are not",
            )
            .help("the keys of a file start in the first column"),
        };
    }
    if problem.ends_with(TAGGED) {
        return at_position(file, noticed, TAGGED).help("text that starts with `!` needs quotes");
    }
    if let Some(open) = open_quote(text, noticed.line) {
        let mistake = at_position(
            file,
            open,
            "this is not valid YAML: the quote that opens here is not closed on its line",
        );
        return mistake.help(
            "close it; a quote inside quoted text is written \\\" in double quotes and '' in single ones",
        );
    }
    let within = within(&said);
    let mistake =
        |position: Position| at_position(file, position, format!("this is not valid YAML: {problem}"));
    match within {
        Some(("simple key", start)) => mistake(start).help("a key is followed by a colon and a blank, `key: value`"),
        Some(("flow mapping" | "flow sequence", start)) if start.line < noticed.line && !goes_on(text, start.line) => {
            let bracket = if said.contains("flow mapping") { '}' } else { ']' };
            let opened = at_position(file, start, format!("this is not valid YAML: what opens here lacks its closing `{bracket}`"));
            opened.help("close it on its line; text with `: `, ` #`, braces or brackets in it needs quotes")
        }
        _ if problem.contains("did not find expected key")
            && let Some(first) = indented_first(text, noticed.line) =>
        {
            let mistake = at_position(
                file,
                first,
                format!("this is not valid YAML: the lines from here to line {} are indented differently", noticed.line),
            );
            mistake.help("entries of one level start in the same column, two blanks to the right of the level above")
        }
        _ if problem.contains("did not find expected key") || problem.contains("did not find expected '-'") => mistake(noticed)
            .help("lines of one block start in the same column; nothing may follow a closing quote or bracket")
            .help("text that starts with a quote or bracket, or holds `: ` or ` #`, needs quotes around all of it"),
        _ if problem.contains("mapping values")
            && let Some(position) = without_colon(text, noticed.line) =>
        {
            mistake_without_colon(file, position)
        }
        _ if problem.contains("did not find expected") || problem.contains("mapping values") => mistake(noticed)
            .help("look for a missing quote, bracket or blank here or in the line above; text with `: ` or ` #` in it needs quotes"),
        _ if problem.contains("cannot start any token") => mistake(noticed).help("text that starts with such a sign needs quotes"),
        _ if problem.contains("found unexpected ':'") => mistake(noticed).help("a colon is followed by a blank and a value"),
        _ if problem.contains("unknown anchor") => mistake(noticed).help("text that starts with `*` or `&` needs quotes"),
        _ => mistake(noticed),
    }
}

fn mistake_without_colon(file: usize, position: Position) -> Mistake {
    at_position(file, position, "this is not valid YAML: the key of this line has no colon")
        .help("a key is followed by a colon and a blank, `key: value`")
}

/// The first line of a block that is indented unlike the rest: the parser stumbles over the second entry, and the first one
/// has lost its head or is indented too far.
fn indented_first(text: &str, noticed: usize) -> Option<Position> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let lines: Vec<&str> = text.lines().collect();
    let stumbled = indent(lines.get(noticed.checked_sub(1)?)?);
    let parent = (0..noticed - 1).rev().find(|at| content(lines[*at]) && indent(lines[*at]) < stumbled)?;
    let first = (parent + 1..noticed).find(|at| content(lines[*at]))?;
    (stumbled == indent(lines[parent]) + 2 && indent(lines[first]) > stumbled)
        .then(|| Position { line: first + 1, column: indent(lines[first]) + 1 })
}

/// What the parser was in the middle of, and where that started.
fn within(said: &str) -> Option<(&'static str, Position)> {
    let (_, context) = said.split_once(", while ")?;
    let what = ["simple key", "flow mapping", "flow sequence", "quoted scalar"]
        .into_iter()
        .find(|what| context.contains(what))?;
    let (_, place) = context.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((what, Position { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? }))
}

/// Whether a line leaves its bracket open on purpose, to go on in the next.
fn goes_on(text: &str, line: usize) -> bool {
    text.lines().nth(line.saturating_sub(1)).is_some_and(|line| line.trim_end().ends_with(['{', '[', ',']))
}

/// Where a second document starts, if a line says so.
fn second_document(text: &str) -> Option<Position> {
    let first = first_content(text).line;
    let (index, _) = text.lines().enumerate().skip(first).find(|(_, line)| line.starts_with("---"))?;
    Some(Position { line: index + 1, column: 1 })
}

fn first_content(text: &str) -> Position {
    let content = |line: &str| {
        !line.trim().is_empty() && !line.trim_start().starts_with('#') && !line.starts_with("---")
    };
    match text.lines().enumerate().find(|(_, line)| content(line)) {
        Some((index, line)) => Position { line: index + 1, column: line.len() - line.trim_start().len() + 1 },
        None => Position { line: 1, column: 1 },
    }
}

/// A line without a colon just above the one where the parser stumbled, on the same level: it reads the two as one text.
fn without_colon(text: &str, noticed: usize) -> Option<Position> {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (above, stumbled) = (lines.get(noticed.checked_sub(2)?)?, lines.get(noticed - 1)?);
    let key = above.trim();
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.contains(' ')
        && !key.contains(": ")
        && !key.ends_with(':');
    (is_key && indent(above) == indent(stumbled))
        .then(|| Position { line: noticed - 1, column: indent(above) + 1 })
}

/// The quote that was opened on a line before the one where the parser stumbled, and is closed there or never: spec files
/// have no quoted text of several lines, so it was meant to be closed on its own.
fn open_quote(text: &str, noticed: usize) -> Option<Position> {
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
fn opens_block(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['-', '+']);
    line.ends_with(": |") || line.ends_with(": >") || line.ends_with("- |") || line.ends_with("- >")
}

/// The quote that is open at the end of a line.
fn quote_after(line: &str, number: usize, mut open: Option<(char, Position)>) -> Option<(char, Position)> {
    let mut before: Option<char> = None;
    let mut was_blank = true;
    let mut chars = line.chars().enumerate().peekable();
    while let Some((index, c)) = chars.next() {
        match open {
            Some(('"', _)) if c == '\\' => drop(chars.next()),
            Some(('\'', _)) if c == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                drop(chars.next())
            }
            Some((quote, _)) if c == quote => open = None,
            Some(_) => {}
            None if c == '#' && was_blank => return None,
            // Only at the start of a value: in the middle of plain text a quote is a letter like any other.
            None if (c == '"' || c == '\'') && before.is_none_or(|b| ":,[{-".contains(b)) => {
                open = Some((c, Position { line: number, column: index + 1 }));
            }
            None => {}
        }
        was_blank = c.is_whitespace();
        if !was_blank {
            before = Some(c);
        }
    }
    open
}
