//! What the YAML parser stumbles over, reported at the line that somebody has to fix.
//!
//! A parser notices a missing quote, bracket or colon only later, often on the next line. The kind of its
//! error and the text around the place tell what was meant; nothing is read out of its messages.

use granit_parser::ErrorKind;

use super::characters::{lookalike_in, named};
use super::lines::Lines;
use super::problem::{MERGE_KEY, MERGE_KEY_HELP, Problem};
use super::quotes::{open_quote, opens_block};
use super::span::{FileId, Position, Span};

/// A bracket that is open where the parser stumbles.
#[derive(Clone, Copy)]
pub(super) struct Bracket {
    pub(super) at: usize,
    pub(super) closing: char,
}

const NEEDS_QUOTES: &str =
    "text with `: ` or ` #` in it, or that starts with a quote or bracket, needs quotes around all of it";
const SAME_COLUMN: &str =
    "entries of one level start in the same column, two spaces to the right of the level above";
const KEY_VALUE: &str = "a key is followed by a colon and a space, `key: value`";

pub(super) fn tagged(span: Span) -> Problem {
    Problem::new(span, "YAML tags are not used here").help("text that starts with `!` needs quotes")
}

pub(super) fn second_document(span: Span, text: &str) -> Problem {
    let marker = if text[span.start as usize..].starts_with("---") { "---" } else { "..." };
    Problem::new(span, "a second YAML document starts here")
        .help(format!("a spec file is one document: remove the line `{marker}`"))
}

pub(super) fn key_is_no_text(span: Span) -> Problem {
    Problem::new(span, "a list or mapping is where a key is expected")
        .help("text with brackets or braces in it needs quotes")
}

pub(super) fn no_key(span: Span) -> Problem {
    Problem::new(span, "there is a value without a key here").help(KEY_VALUE)
}

pub(super) fn too_deep(span: Span, depth: usize) -> Problem {
    Problem::new(span, format!("more than {depth} lists and mappings stand inside each other"))
        .help("look for brackets that are not closed, or give the inner ones a struct")
}

/// The problem behind an error of the parser.
#[allow(clippy::wildcard_enum_match_arm, reason = "kinds of error of the parser's library")]
pub(super) fn explain(
    file: FileId,
    text: &str,
    kind: &ErrorKind,
    at: usize,
    bracket: Option<Bracket>,
) -> Problem {
    let lines = Lines::of(text);
    let noticed = lines.position(text, at);
    let stumble = Stumble { file, text, lines, at, noticed, bracket };
    match kind {
        ErrorKind::ExpectedDocumentStart => return stumble.outside(),
        ErrorKind::UndeclaredTagHandle
        | ErrorKind::ExpectedTagBang
        | ErrorKind::InvalidGlobalTagCharacter
        | ErrorKind::InvalidTagTerminator
        | ErrorKind::MissingTagUri
        | ErrorKind::UnclosedVerbatimTag
        | ErrorKind::InvalidTagEscape
        | ErrorKind::InvalidTagUtf8LeadingByte
        | ErrorKind::InvalidTagUtf8TrailingByte
        | ErrorKind::InvalidTagUtf8 => return tagged(Span::point(file, at)),
        _ => {}
    }
    if let Some(open) = open_quote(text, noticed.line) {
        return stumble
            .invalid(stumble.byte(open), "the quote that opens here is not closed on its line")
            .help(
                "close it; a quote inside quoted text is written \\\" in double quotes and '' in single ones",
            );
    }
    stumble.lookalike().unwrap_or_else(|| stumble.by_kind(kind))
}

/// Where the parser stumbled.
struct Stumble<'t> {
    file: FileId,
    text: &'t str,
    lines: Lines,
    at: usize,
    noticed: Position,
    bracket: Option<Bracket>,
}

impl<'t> Stumble<'t> {
    #[allow(clippy::wildcard_enum_match_arm, reason = "kinds of error of the parser's library")]
    fn by_kind(&self, kind: &ErrorKind) -> Problem {
        match kind {
            ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::FlowMappingValueAdjacentCollection
            | ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::BlockEntryInFlowCollection
            | ErrorKind::InvalidFlowScalarIndent => self.in_brackets(),
            ErrorKind::UnclosedFlowCollection { open } => self.unclosed(self.at, closing_of(*open)),
            ErrorKind::MismatchedFlowCollectionEnd { open, close } => self
                .invalid(self.at, format!("`{open}` opens here, and the bracket that closes it is `{close}`"))
                .help(format!("close it with `{}` before that", closing_of(*open))),
            ErrorKind::MisplacedFlowCollectionEnd => self
                .invalid(self.at, "this bracket closes nothing")
                .help("remove it, or open it before; text with braces or brackets in it needs quotes"),
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
                self.without_colon_at(self.noticed.line)
            }
            ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidMappingValueWhitespace => self.colon(),
            ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedNodeContent => self.not_in_line(),
            ErrorKind::ExpectedBlockSequenceEntry => self
                .invalid(self.content_of(self.noticed.line), "this line is in a list and has no dash")
                .help(
                    "each entry of the list above starts with a dash and a space; anything else is \
                     indented as what it belongs to",
                ),
            ErrorKind::InvalidIndentation
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::InvalidBlockScalarIndent => self.indented_otherwise(),
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                self.after_closing("quote")
            }
            ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => self
                .invalid(self.at, "the quote that opens here is not closed")
                .help("close it, or remove it"),
            ErrorKind::UnexpectedCharacter { .. }
            | ErrorKind::MissingAnchorOrAliasName
            | ErrorKind::MappingKeyNotAllowed
            | ErrorKind::BlockSequenceEntryNotAllowed
            | ErrorKind::InvalidBlockEntryWhitespace
            | ErrorKind::PlainScalarStartsWithDashFlowIndicator
            | ErrorKind::UnexpectedEndOfPlainScalar
            | ErrorKind::MissingDocumentEndBeforeDirective
            | ErrorKind::DirectiveDisallowed => self.cannot_start(),
            ErrorKind::UnknownAnchor if self.before().ends_with("<<:") => self
                .invalid(self.lines.start(self.noticed.line) + self.before().len() - 3, MERGE_KEY)
                .help(MERGE_KEY_HELP),
            ErrorKind::UnknownAnchor => {
                let word: String =
                    self.rest().chars().take_while(|c| !c.is_whitespace() && !",]}".contains(*c)).collect();
                self.invalid(self.at, format!("unknown anchor `{word}`"))
                    .help("text that starts with `*` or `&` needs quotes")
            }
            ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart => {
                self.invalid(self.at, "there is a tab here").help("YAML is written with spaces")
            }
            ErrorKind::UnknownQuotedScalarEscape
            | ErrorKind::InvalidQuotedScalarHexEscape
            | ErrorKind::InvalidLowSurrogateHexEscape
            | ErrorKind::InvalidLowSurrogate
            | ErrorKind::MissingLowSurrogate
            | ErrorKind::UnpairedLowSurrogate
            | ErrorKind::InvalidUnicodeEscape => self.escape(),
            ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
                self.invalid(self.at, "nothing may follow `|` or `>` on its line").help(
                    "the text goes into the lines below, indented; text that starts with `|` or \
                     `>` needs quotes",
                )
            }
            ErrorKind::CommentNotSeparated | ErrorKind::CommentInterceptedScalar => self
                .invalid(self.at, "a comment cuts the text here")
                .help("text with ` #` in it needs quotes"),
            ErrorKind::RecursionLimitExceeded => Problem::new(
                Span::point(self.file, self.at),
                "too many lists and mappings stand \
                 inside each other",
            )
            .help("look for brackets that are not closed"),
            // Kinds that no text of ours was seen to give, and those that the library may get.
            _ => self.invalid(self.at, "the parser cannot go on here").help(format!(
                "look for a missing quote, bracket or space here or in the line above; {NEEDS_QUOTES}"
            )),
        }
    }

    fn invalid(&self, at: usize, problem: impl AsRef<str>) -> Problem {
        Problem::new(Span::point(self.file, at), format!("this is not valid YAML: {}", problem.as_ref()))
    }

    fn line(&self, number: usize) -> &'t str {
        self.lines.line(self.text, number)
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn byte(&self, position: Position) -> usize {
        let line = self.line(position.line);
        let within = line.char_indices().nth(position.column - 1).map_or(line.len(), |(at, _)| at);
        self.lines.start(position.line) + within
    }

    /// Where the first word of a line starts.
    fn content_of(&self, line: usize) -> usize {
        self.lines.start(line) + indent(self.line(line))
    }

    /// What stands on the line before the place.
    fn before(&self) -> &'t str {
        let start = self.lines.start(self.noticed.line);
        self.text.get(start..self.at).unwrap_or_default().trim_end()
    }

    /// Something follows the document's value: mostly keys to the left of the first one.
    fn outside(&self) -> Problem {
        let first = self.text.lines().position(is_content).map_or(1, |index| index + 1);
        if indent(self.line(first)) > 0 {
            return Problem::new(
                Span::point(self.file, self.content_of(first)),
                "this line is indented, and those on its level below are not",
            )
            .help("the keys of a file start in the first column");
        }
        self.invalid(self.at, "this belongs to nothing that stands above it").help(NEEDS_QUOTES)
    }

    fn in_brackets(&self) -> Problem {
        let Some(bracket) = self.bracket else { return self.not_in_line() };
        let opened = self.lines.position(self.text, bracket.at).line;
        if opened < self.noticed.line && !self.line(opened).trim_end().ends_with(['{', '[', ',']) {
            return self.unclosed(bracket.at, bracket.closing);
        }
        let problem =
            self.invalid(self.at, format!("a comma or the closing `{}` is expected here", bracket.closing));
        match self.rest().chars().next() {
            Some(':') => problem.help("text with `: ` in it needs quotes; a comma separates two entries"),
            _ => problem.help(
                "a comma separates two entries; text with `: `, ` #`, commas, braces or brackets in it needs \
                 quotes",
            ),
        }
    }

    fn unclosed(&self, at: usize, closing: char) -> Problem {
        self.invalid(at, format!("what opens here lacks its closing `{closing}`"))
            .help("close it on its line; text with `: `, ` #`, braces or brackets in it needs quotes")
    }

    /// A line should be a key with its value, and has no colon that ends the key.
    fn without_colon_at(&self, number: usize) -> Problem {
        let line = self.line(number);
        let start = self.content_of(number);
        let content = line.trim_start();
        if let Some((key, _)) = content.split_once('\u{ff1a}') {
            return self
                .invalid(start + key.len(), "this is a full-width colon")
                .help("write `: `, a plain colon and a space");
        }
        if let Some((key, value)) = content.split_once(':').filter(|(key, _)| is_key(key)) {
            if let Some(character) = value.chars().next().and_then(named) {
                let at = start + key.len() + 1;
                return self
                    .invalid(at, format!("the space after the colon of `{key}` is {character}"))
                    .help("replace it by a plain space: YAML takes it for text");
            }
            return self
                .invalid(start, format!("a space is missing after the colon of `{key}`"))
                .help(KEY_VALUE);
        }
        let dashed =
            |line: &str| line.trim_start().starts_with("- ") && indent(line) == indent(self.line(number));
        let above = (1..number).rev().map(|above| self.line(above)).find(|line| is_content(line));
        if above.is_some_and(dashed) {
            return self
                .invalid(start, "this line is in a list and has no dash")
                .help("each entry of the list above starts with a dash and a space");
        }
        let problem = self.invalid(start, "the key of this line has no colon");
        match content {
            _ if content.starts_with("//") => problem.help("a comment starts with `#`"),
            _ if content.contains(' ') && !content.contains('=') => problem
                .help(KEY_VALUE)
                .help("text that goes on from the line above is indented further than its key"),
            _ => problem.help(KEY_VALUE),
        }
    }

    /// A sign of another alphabet where one of YAML is meant.
    fn lookalike(&self) -> Option<Problem> {
        let ends = (self.bracket.is_some() && self.rest().starts_with(':')).then(|| self.before());
        let (at, character, name, sign) = lookalike_in(self.line(self.noticed.line), ends)?;
        let at = self.lines.start(self.noticed.line) + at;
        let problem = self.invalid(at, format!("this is {name}, `{character}`"));
        Some(problem.help(format!("write `{sign}`; text that holds it needs quotes")))
    }

    /// A colon after something that has a value, or is no key.
    fn colon(&self) -> Problem {
        let number = self.noticed.line;
        let key = self.before().trim_start();
        if let Some(above) = (1..number).rev().find(|above| is_content(self.line(*above)))
            && !key.contains(": ")
        {
            let line = self.line(above);
            let content = line.trim();
            let has_key = content.contains(": ") || content.ends_with(':');
            let starts = content.starts_with(|c: char| c.is_alphabetic());
            if starts && !has_key && indent(line) <= indent(self.line(number)) {
                return self.without_colon_at(above);
            }
            if has_key && !content.ends_with(':') && indent(line) < indent(self.line(number)) {
                if self.is_left_of_its_block(above, number) {
                    return self
                        .invalid(self.content_of(above), "this line is to the left of the block around it")
                        .help("indent it as what it belongs to, or remove it");
                }
                return self
                    .invalid(
                        self.content_of(number),
                        "this line is indented further than the one above, which has a value already",
                    )
                    .help(SAME_COLUMN)
                    .help(NEEDS_QUOTES);
            }
        }
        self.invalid(self.at, "there is a second colon with a space in this line")
            .help("text with `: ` in it needs quotes, `key: \"one: two\"`; each key has a line of its own")
    }

    /// A line, or the rest of one, is not a key of the mapping that it stands in.
    fn not_in_line(&self) -> Problem {
        let before = self.before();
        if !before.trim().is_empty() && self.rest().starts_with(':') && before.ends_with(['"', '\'']) {
            return self.invalid(self.at, "a space is missing after this colon").help(KEY_VALUE);
        }
        if before.ends_with(['"', '\'']) {
            return self.after_closing("quote");
        }
        if before.ends_with(['}', ']']) {
            return self.after_closing("bracket");
        }
        if self.line(self.noticed.line).trim_start().starts_with("- ") {
            return self
                .invalid(self.content_of(self.noticed.line), "an entry of a list is among keys")
                .help("indent it below the key that it belongs to, or write a key");
        }
        if let Some(problem) = self.left_of_its_place() {
            return problem;
        }
        match self.indented_first() {
            Some(first) => self
                .invalid(
                    self.content_of(first),
                    format!("the lines from here to line {} are indented differently", self.noticed.line),
                )
                .help(SAME_COLUMN),
            None => self.indented_otherwise(),
        }
    }

    /// Whether the lines before and behind a line are of one block, and the line is indented less.
    fn is_left_of_its_block(&self, line: usize, behind: usize) -> bool {
        let level = indent(self.line(behind));
        let mut before = (1..line).rev().map(|at| self.line(at)).filter(|line| is_content(line));
        // The line before is of the block, or opens it.
        let opens =
            |before: &str| before.trim_end().ends_with(':') && indent(before) >= indent(self.line(line));
        before.find(|line| indent(line) <= level).is_some_and(|line| indent(line) == level || opens(line))
    }

    /// A key that opens a block and stands too far left: the parser takes it for an entry of another level,
    /// and stumbles over what follows its block. The same key stands in the right column elsewhere.
    fn left_of_its_place(&self) -> Option<Problem> {
        let level = indent(self.line(self.noticed.line));
        let opener = (1..self.noticed.line)
            .rev()
            .find(|at| is_content(self.line(*at)) && indent(self.line(*at)) < level)?;
        let key = self.line(opener).trim();
        let elsewhere = |line: &str| line.trim() == key && indent(line) == level;
        (key.ends_with(':') && self.text.lines().any(elsewhere)).then(|| {
            let name = key.trim_end_matches(':');
            self.invalid(
                self.content_of(opener),
                format!("`{name}` is indented less than what belongs to it and what follows"),
            )
            .help(format!("elsewhere in this file it stands in column {}", level + 1))
        })
    }

    fn indented_otherwise(&self) -> Problem {
        if let Some(problem) = self.left_of_its_place() {
            return problem;
        }
        self.invalid(
            self.content_of(self.noticed.line),
            "this line is indented unlike the others of its block",
        )
        .help(SAME_COLUMN)
        .help(NEEDS_QUOTES)
    }

    fn after_closing(&self, what: &str) -> Problem {
        let problem = self.invalid(self.at, format!("text follows the closing {what}"));
        match self.bracket {
            Some(bracket) => problem.help(format!(
                "a comma or `{}` follows it; text with quotes in it needs quotes of the other kind \
                 around all of it",
                bracket.closing
            )),
            None if what == "quote" => problem.help(
                "put all of the text into the quotes; a quote inside is written \\\" in \
                 double quotes and '' in single ones",
            ),
            None => problem.help("text that starts with a bracket needs quotes around all of it"),
        }
    }

    fn cannot_start(&self) -> Problem {
        match self.rest().chars().next() {
            Some(c) if !c.is_whitespace() => {
                self.invalid(self.at, format!("text cannot start with `{c}`")).help(match c {
                    '*' if self.before().is_empty() && self.rest().starts_with("* ") => {
                        "an entry of a list starts with `- `; text that starts with a star needs quotes"
                    }
                    '-' => {
                        "an entry of a list starts in a line of its own; text that starts with a \
                         dash needs quotes"
                    }
                    _ => "text that starts with such a character needs quotes",
                })
            }
            _ => self.invalid(self.at, "a value is expected here").help(format!(
                "look for a missing quote, bracket or space here or in the line \
                 above; {NEEDS_QUOTES}"
            )),
        }
    }

    /// The error is reported at the text's start, or behind it; the backslash is what somebody has to fix.
    fn escape(&self) -> Problem {
        const KNOWN: &str = "0abtnvfre \"/\\N_LPxuU\t\n";
        let mut chars = self.rest().char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '\\' {
                continue;
            }
            match chars.next() {
                Some((_, 'x' | 'u' | 'U')) | None => {}
                Some((_, next)) if KNOWN.contains(next) => continue,
                Some(_) => {}
            }
            return self
                .invalid(self.at + at, "this backslash does not start an escape that YAML knows")
                .help("write `\\\\` for a backslash, or use single quotes, in which it means itself");
        }
        self.invalid(self.at, "a backslash in double quotes does not start an escape that YAML knows")
            .help("write `\\\\` for a backslash, or use single quotes, in which it means itself")
    }

    /// The first line of a block that is indented unlike the rest: the parser stumbles over the second entry,
    /// and the first one has lost its head or is indented too far.
    fn indented_first(&self) -> Option<usize> {
        let noticed = self.noticed.line;
        let stumbled = indent(self.line(noticed));
        let parent =
            (1..noticed).rev().find(|at| is_content(self.line(*at)) && indent(self.line(*at)) < stumbled)?;
        if opens_block(self.line(parent)) {
            return None;
        }
        let first = (parent + 1..noticed).find(|at| is_content(self.line(*at)))?;
        (stumbled == indent(self.line(parent)) + 2 && indent(self.line(first)) > stumbled).then_some(first)
    }
}

fn closing_of(open: char) -> char {
    if open == '[' { ']' } else { '}' }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn is_content(line: &str) -> bool {
    let content = line.trim();
    !content.is_empty() && !content.starts_with('#') && !content.starts_with("---")
}

/// Whether a word looks like a key of the language.
fn is_key(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')
}
