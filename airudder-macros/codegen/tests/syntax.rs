//! Text to nodes with spans: what a scalar means, what is not YAML, and the bounds.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/tiny.rs"]
mod common;

use std::fmt::Write as _;

use airudder_codegen::diagnostic::{Diagnostic, report};
use airudder_codegen::syntax::files::Files;
use airudder_codegen::syntax::node::Node;
use airudder_codegen::syntax::parse::parse;

/// Parses a text; `Err` is the rendered report.
fn read(text: &str) -> Result<Node, String> {
    let mut files = Files::default();
    let file = files.add("spec/a.yaml", None, text);
    match parse(file, text) {
        Ok(node) => Ok(node.unwrap()),
        Err(problem) => Err(report([&Diagnostic::from(problem)], &files).remove(0).text),
    }
}

/// What is not valid YAML. `¦` marks where it must be told.
#[rustfmt::skip]
const WRONG: &[(&str, &str, &str)] = &[
    ("bracket not closed", "a: ¦[b, c\nd: e\nf: g\n", "lacks its closing `]`"),
    ("bracket not closed at the end", "a:\n  b: ¦{c: d, e: f\n", "lacks its closing `}`"),
    ("inner bracket not closed", "a: {b: c, d: ¦[e}\nf: g\n",
        "`[` opens here, and the bracket that closes it is `}`"),
    ("bracket twice", "a: {b: c}¦}\nd: e\n", "closes nothing"),
    ("text after a bracket", "a: [b] ¦c\nd: e\n", "text follows the closing bracket"),
    ("text after a quote", "a: \"b\" ¦c\nd: e\n", "text follows the closing quote"),
    ("apostrophe in single quotes", "a: 'it'¦s'\nb: c\n", "text follows the closing quote"),
    ("comma forgotten", "a: [\"b\" ¦\"c\"]\n", "text follows the closing quote"),
    ("comma forgotten between keys", "a: {b: c d¦: e}\nf: g\n", "a comma or the closing `}` is expected"),
    ("single quote not closed", "a: ¦'b\nc: d\ne: 'f'\n", "the quote that opens here"),
    ("lone quote behind a brace", "a: {b: c}¦\"\nd: e\n", "the quote that opens here is not closed"),
    ("full-width colon", "a: b\nc¦\u{ff1a}d\ne: f\n", "full-width colon"),
    ("full-width colon in the first line", "a¦\u{ff1a}b\nc: d\n", "full-width colon"),
    ("no space after the colon", "a: b\n¦c:d\ne: f\n", "a space is missing after the colon of `c`"),
    ("no space after the first colon", "¦a:b\nc: d\n", "a space is missing after the colon of `a`"),
    ("no space after a quoted key", "a:\n  \"b\"¦:c\n", "a space is missing after this colon"),
    ("no colon after the head of a block", "a: b\n¦c\n  d: e\n", "the key of this line has no colon"),
    ("no colon in the last line", "a: b\n¦c d\n", "the key of this line has no colon"),
    ("dash forgotten", "a:\n  - b\n  ¦c\n  - d\n", "has no dash"),
    ("dash forgotten before a key", "a:\n  - b\n  ¦c: d\n", "has no dash"),
    ("dash among keys", "a:\n  b: c\n  ¦- d\n", "an entry of a list is among keys"),
    ("list in the line of its key", "a: ¦- b\n", "text cannot start with `-`"),
    ("indented too far", "a: b\n  ¦c: d\n", "indented further than the one above"),
    ("indented too little", "a:\n    b: c\n   ¦d: e\n", "indented unlike the others"),
    ("block text indented too little", "a: |\n    b\n  ¦c\nd: e\n", "indented unlike the others"),
    ("text behind a bar", "a: ¦| b\n  c\n", "nothing may follow"),
    ("backtick", "a: ¦`b`\n", "text cannot start with ```"),
    ("percent", "a: ¦%b\n", "text cannot start with `%`"),
    ("ampersand", "a: ¦& b\n", "text cannot start with `&`"),
    ("asterisks", "a: ¦**b**\n", "unknown anchor `**b**`"),
    ("question mark", "a: ¦? b\n", "text cannot start with `?`"),
    ("dash in brackets", "a: [¦-, b]\n", "text cannot start with `-`"),
    ("braces twice", "a: {¦{b}}\n", "is where a key is expected"),
    ("list as key", "¦[a]: b\n", "is where a key is expected"),
    ("no key", "{¦: a}\n", "without a key"),
    ("unknown escape", "a: \"b ¦\\q\"\n", "does not start an escape"),
    ("dash alone", "a: ¦-\n", "text cannot start with `-`"),
    ("tag", "a: ¦!b c\n", "YAML tags are not used"),
    ("tag of a handle", "a: ¦!b!c d\n", "YAML tags are not used"),
    ("second document", "a: b\n¦---\nc: d\n", "second YAML document"),
    ("alias of itself", "a: &b [¦*b]\n", "part of"),
    ("second colon", "a: b¦: c\n", "a second colon"),
    ("keys to the left", " ¦a: b\nc: d\n", "this line is indented"),
];

#[test]
fn what_is_not_yaml_is_told_at_its_place() {
    let mut failures = String::new();
    for (name, marked, says) in WRONG {
        let at = marked.find('¦').unwrap();
        let before = &marked[..at];
        let (line, column) =
            (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap().chars().count() + 1);
        let told = read(&marked.replacen('¦', "", 1)).map(|_| ()).unwrap_err();
        let first = told.lines().next().unwrap();
        let right = first.starts_with(&format!("spec/a.yaml:{line}:{column}: "))
            && first.contains(says)
            && told.contains("\n  = ");
        if !right {
            let _ = writeln!(failures, "## {name}: wanted {line}:{column} {says:?}, got\n{told}\n");
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn a_scalar_is_what_is_written() {
    let node =
        read("a: 1.10\nb: 010\nc: +1\nd: 0x1F\ne: no\nf: 0o17\ng: \"5\"\nh: 1e3\ni: .inf\nj: -a\n").unwrap();
    let texts: Vec<String> = node.entries().iter().map(|(_, value)| value.scalar().unwrap()).collect();
    assert_eq!(texts, ["1.10", "010", "+1", "0x1F", "no", "0o17", "5", "1e3", ".inf", "-a"]);
    let integers: Vec<Option<i64>> = node.entries().iter().map(|(_, value)| value.integer()).collect();
    assert_eq!(integers, [None, Some(10), Some(1), Some(31), None, Some(15), None, None, None, None]);
    let kinds: Vec<String> = node.entries().iter().map(|(_, value)| value.kind().to_string()).collect();
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "a number").count(),
        6,
        "1.10, 010, +1, 0x1F, 0o17 and 1e3 are: {kinds:?}"
    );
    assert_eq!(
        node.to_json().to_string(),
        r#"{"a":1.1,"b":"010","c":1,"d":31,"e":"no","f":15,"g":"5","h":1000.0,"i":".inf","j":"-a"}"#
    );
}

#[test]
fn text_in_a_spec_is_what_is_written() {
    let files = common::tiny_with(&[
        ("twin.yaml", "title: Twin", "title: 1.10"),
        ("tasks.yaml", "summary: Starts one round of calls.", "summary: 010"),
        ("tasks.yaml", "summary: Fetches a token.", "summary: no"),
    ]);
    let loaded = common::load(&files);
    assert!(loaded.reports().is_empty(), "{:#?}", loaded.reports());
    assert_eq!(loaded.spec.section("twin").unwrap().title, "1.10");
    assert_eq!(loaded.spec.endpoint("tasks.create_task").unwrap().entry.summary, "010");
    assert_eq!(loaded.spec.endpoint("tasks.get_token").unwrap().entry.summary, "no");
    let files = common::tiny_with(&[("twin.yaml", "title: Twin", "title: ~")]);
    let reports = common::load(&files).reports();
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert!(reports[0].text.contains("expected text, found nothing"), "{}", reports[0].text);
}

#[test]
fn nothing_is_an_absent_value_or_a_plain_null() {
    let node = read("a:\nb: ~\nc: null\nd: \"\"\ne: 'null'\nf: {g: , h}\n").unwrap();
    let null: Vec<bool> = node.entries().iter().map(|(_, value)| value.is_null()).collect();
    assert_eq!(null, [true, true, true, false, false, false]);
    assert!(node.get("f").unwrap().entries().iter().all(|(_, value)| value.is_null()));
}

#[test]
fn every_value_and_key_has_its_span() {
    let text = "a: {b: [c, \"d e\"]}\n名: 值 # comment\nf:\n  - g\n  - h: |\n      i\nj:\n";
    let node = read(text).unwrap();
    let of = |span: airudder_codegen::syntax::span::Span| &text[span.start as usize..span.end as usize];
    let list = node.get("a").unwrap().get("b").unwrap();
    assert_eq!((of(list.key_span), of(list.span)), ("b", "[c, \"d e\"]"));
    assert_eq!(of(list.items()[1].span), "\"d e\"");
    let wide = node.get("名").unwrap();
    assert_eq!((of(wide.key_span), of(wide.span)), ("名", "值"));
    let block = node.get("f").unwrap();
    assert!(of(block.span).starts_with("- g\n") && of(block.span).ends_with("i\n"), "{:?}", of(block.span));
    assert!(block.span.contains(&block.items()[1].get("h").unwrap().span));
    assert!(!node.get("a").unwrap().span.contains(&block.span));
    let absent = node.get("j").unwrap();
    assert_eq!((absent.span.start as usize, of(absent.span)), (text.len() - 1, ""));
}

#[test]
fn aliases_stand_for_what_they_name_at_the_place_where_they_are_used() {
    let text = "a: &x {b: [c]}\nd: *x\n";
    let node = read(text).unwrap();
    let used = node.get("d").unwrap();
    assert_eq!(used.to_json(), node.get("a").unwrap().to_json());
    let inner = &used.get("b").unwrap().items()[0];
    assert_eq!(&text[inner.span.start as usize..inner.span.end as usize], "*x");
}

#[test]
fn depth_size_and_aliases_are_bounded() {
    let deep = |n: usize| format!("a: {}{}\n", "[".repeat(n), "]".repeat(n));
    assert!(read(&deep(90)).is_ok());
    for n in [110, 300, 100_000] {
        let told = read(&deep(n)).unwrap_err();
        assert!(told.contains("stand inside each other"), "{told}");
    }
    let blocks: String = (0..120).map(|level| format!("{}a:\n", "  ".repeat(level))).collect();
    assert!(read(&blocks).unwrap_err().contains("stand inside each other"));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(bomb, "a{level}: &a{level} [{before}]");
    }
    assert!(read(&bomb).unwrap_err().contains("stand for more than"));
    let mut tower = "a0: &a0 [x]\n".to_owned();
    for level in 1..150 {
        let _ = writeln!(tower, "a{level}: &a{level} [*a{}]", level - 1);
    }
    assert!(read(&tower).unwrap_err().contains("stand inside each other"));
    let large = format!("a: {}\n", "x".repeat(9 * 1024 * 1024));
    assert!(read(&large).unwrap_err().contains("larger than 8 MiB"));
}

#[test]
fn the_caret_stands_below_wide_characters() {
    let told = read("{标题: 任务, b: \"c\" d}\n").unwrap_err();
    let lines: Vec<&str> = told.lines().collect();
    // Four characters of two columns each stand before the place.
    assert_eq!(lines[2], "  1 | {标题: 任务, b: \"c\" d}");
    assert_eq!(lines[3], format!("    | {}^", " ".repeat(1 + 4 + 2 + 4 + 2 + 3 + 4)));
}
