//! Checks a tree against the grammar: unknown and duplicate keys, required keys, kinds of values.
//!
//! One thing wrong is reported once. It is removed from the tree and noted in [`Node::poisoned`], so that the
//! steps that follow see only sound values, and do not complain about what they miss.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use airudder_model::Code;

use super::grammar::{Object, ObjectId, Shape};
use super::misplaced::{MISSING_LINE, check_names, check_places, is_something_else, is_two_in_one};
use super::shape::{code_word, glued, some_keys};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean, nearest};
use crate::syntax::characters::{lookalike, named};
use crate::syntax::node::{Kind, Node, Value};
use crate::syntax::problem::{MERGE_KEY, MERGE_KEY_HELP};

/// Reports everything in `node` that is not of the shape, and removes it. Returns whether the value itself
/// can be used.
pub(crate) fn check(node: &mut Node, shape: &Shape, diagnostics: &mut Vec<Diagnostic>) -> bool {
    match shape {
        Shape::Json => check_json(node, diagnostics),
        Shape::OrNull(_) if node.is_null() && !node.is_absent() => true,
        Shape::OrNull(inner) => check(node, inner, diagnostics),
        Shape::OrText(_) if node.text().is_some() => true,
        Shape::OrText(inner) => check(node, inner, diagnostics),
        Shape::OrList(inner) if node.is_list() => check(node, &Shape::List(inner), diagnostics),
        Shape::OrList(inner) => check(node, inner, diagnostics),
        Shape::TypeName if node.is_list() => {
            let entry = node.items().first().and_then(Node::scalar).unwrap_or_else(|| "T".to_owned());
            let diagnostic = at_value(node, "expected the name of a type, found a list");
            diagnostics.push(diagnostic.help(format!("a list of them is `list<{entry}>`")));
            false
        }
        Shape::Text | Shape::TypeName => expect(node, node.scalar().is_some(), "text", diagnostics),
        Shape::Flag => expect(node, node.flag().is_some(), "true or false", diagnostics),
        Shape::Integer => expect(node, decimal(node).is_some(), "a whole number", diagnostics),
        Shape::Count => expect(
            node,
            decimal(node).is_some_and(|n| (0..=i64::from(u32::MAX)).contains(&n)),
            "a whole number from 0",
            diagnostics,
        ),
        Shape::Word(words) => check_word(node, words, diagnostics),
        Shape::WordOrNone(_) if node.text() == Some("none") => true,
        Shape::WordOrNone(words) => check_word(node, &[*words, &["none"]].concat(), diagnostics),
        Shape::Code => expect(node, code(node).is_some(), "an error code", diagnostics),
        Shape::List(inner) => check_list(node, inner, diagnostics),
        Shape::Map(inner) | Shape::Names(inner) => check_map(node, inner, diagnostics),
        Shape::Object(object) => check_object(node, object, diagnostics),
    }
}

/// A whole number. One with a leading zero is octal for some and decimal for others, so it is not taken.
fn decimal(node: &Node) -> Option<i64> {
    node.integer().filter(|_| !has_leading_zero(node))
}

fn has_leading_zero(node: &Node) -> bool {
    let text = node.scalar().unwrap_or_default();
    let digits = text.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// An error code: a whole number, or a word that begins with a letter.
pub(crate) fn code(node: &Node) -> Option<Code> {
    match node.integer() {
        Some(number) => Some(Code::Number(number)),
        None => node.text().and_then(code_word),
    }
}

fn expect(node: &Node, fits: bool, wanted: &str, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if !fits {
        let diagnostic = at_value(node, format!("expected {wanted}, found {}", describe(node)));
        diagnostics.push(match help_for(node, wanted) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }
    fits
}

/// How to fix a value of the wrong kind, where the kind that it has tells how it came about.
fn help_for(node: &Node, wanted: &str) -> Option<String> {
    let text = node.text();
    if let Some((character, (name, sign))) =
        text.and_then(|text| text.chars().find_map(|c| Some((c, lookalike(c)?)))).filter(|_| wanted != "text")
    {
        return Some(format!("it has {name}, `{character}`: write `{sign}`"));
    }
    Some(match (wanted, node.kind()) {
        ("a whole number" | "a whole number from 0", Kind::Null) => {
            "write the number after the key, or leave the key out".to_owned()
        }
        ("a whole number" | "a whole number from 0", Kind::Number) if has_leading_zero(node) => {
            format!("write {}, without the leading zero", node.integer().unwrap_or_default())
        }
        ("a list", Kind::Text) if text.is_some_and(|t| t.starts_with('-')) => {
            "a space is missing after the dash: each entry follows `- `".to_owned()
        }
        ("a list", _) if node.scalar().is_some_and(|text| text.contains(" - ")) => {
            "a dash is missing before the first entry: each one follows `- ` in a line of its own".to_owned()
        }
        ("a list", _) if node.scalar().is_some() => {
            format!("write it in brackets: `[{}]`", node.scalar().unwrap_or_default())
        }
        ("true or false", Kind::Text) => match text.unwrap_or_default().to_lowercase().as_str() {
            "yes" | "y" | "on" => "write `true`".to_owned(),
            "no" | "n" | "off" => "write `false`".to_owned(),
            "true" | "false" => "write it in lower case, without quotes".to_owned(),
            _ => "write `true` or `false`, without quotes".to_owned(),
        },
        ("a whole number" | "a whole number from 0", Kind::Text)
            if text.is_some_and(|t| t.trim().parse::<i64>().is_ok()) =>
        {
            "write it without quotes".to_owned()
        }
        ("a whole number from 0", Kind::Number) if node.integer().is_some() => {
            format!("write a number from 0 to {}", u32::MAX)
        }
        ("a whole number" | "a whole number from 0", Kind::Number) => {
            "whole numbers have no fraction, no exponent and 18 digits at most".to_owned()
        }
        ("a whole number" | "a whole number from 0", _) => "write digits, without quotes".to_owned(),
        ("an error code", Kind::Text) if text.is_some_and(|t| t.trim().parse::<i64>().is_ok()) => {
            "write it without quotes".to_owned()
        }
        ("an error code", _) => "write a whole number, or a word such as `not_found`".to_owned(),
        ("text", Kind::Null) => "write the text after the key, or leave the key out".to_owned(),
        ("text", Kind::Map) => "text with `: ` or braces in it needs quotes".to_owned(),
        ("text", Kind::List) => {
            "text with brackets in it needs quotes; only one text is allowed here".to_owned()
        }
        ("a list", _) => "write it in brackets, `[a, b]`, or with a dash before each entry".to_owned(),
        (_, Kind::Null) => "write the value after the key, or leave the key out".to_owned(),
        _ => return None,
    })
}

fn describe(node: &Node) -> String {
    match node.scalar() {
        Some(text) if text.chars().count() <= 60 => format!("`{text}` ({})", node.kind()),
        _ => node.kind().to_string(),
    }
}

fn check_word(node: &Node, words: &[&str], diagnostics: &mut Vec<Diagnostic>) -> bool {
    match node.scalar() {
        Some(word) if words.contains(&word.as_str()) => true,
        Some(word) => {
            diagnostics.push(did_you_mean(
                at_value(node, format!("`{word}` is not allowed here")),
                &word,
                words,
            ));
            false
        }
        None => {
            let diagnostic = at_value(node, format!("expected one word, found {}", node.kind()));
            diagnostics.push(diagnostic.help(format!("allowed: {}", words.join(", "))));
            false
        }
    }
}

/// Anything is allowed, but no key may be there twice.
fn check_json(node: &mut Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    drop_duplicates(node, diagnostics);
    match &mut node.value {
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| {
            check_json(value, diagnostics);
        }),
        Value::List(items) => items.iter_mut().for_each(|item| {
            check_json(item, diagnostics);
        }),
        _ => {}
    }
    true
}

fn check_list(node: &mut Node, inner: &Shape, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if !node.is_list() {
        return expect(node, false, "a list", diagnostics);
    }
    if let Value::List(items) = &mut node.value {
        let before = items.len();
        items.retain_mut(|item| check(item, inner, diagnostics));
        if items.len() < before {
            // That nothing is left says nothing.
            node.poison("[]");
        }
    }
    true
}

fn check_map(node: &mut Node, inner: &Shape, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if node.is_null() {
        node.value = Value::Map(Vec::new());
    }
    if !node.is_map() {
        let diagnostic = at_value(node, format!("expected a mapping of names, found {}", describe(node)));
        diagnostics.push(
            diagnostic.help("write `name: ...` for each entry, indented below this key; for none, `{}`"),
        );
        return false;
    }
    if reports_merge_key(node, diagnostics) {
        return true;
    }
    if drop_duplicates(node, diagnostics) {
        // One of the two may be meant for a name that others look for.
        node.poison(Node::ANY);
    }
    if let Shape::Object(object) = inner {
        check_names(node, object, diagnostics);
        check_places(node, object, diagnostics);
    }
    retain(node, |_, value| check(value, inner, diagnostics));
    if node.entries().iter().any(|(_, value)| value.is_poisoned(Node::ANY)) {
        node.poison(Node::ANY);
    }
    true
}

fn check_object(node: &mut Node, object: &'static Object, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if node.is_null() {
        node.value = Value::Map(Vec::new());
    }
    if !node.is_map() {
        let diagnostic = at_value(node, format!("expected {}, found {}", object.name, describe(node)));
        diagnostics.push(diagnostic.help(format!("it has keys such as {}", some_keys(object))));
        return false;
    }
    if reports_merge_key(node, diagnostics) {
        return true;
    }
    let object = object.variant(is_derived(node, object));
    if node.is_poisoned(Node::ANY) {
        return true;
    }
    if is_two_in_one(node, object, diagnostics) || is_something_else(node, object, diagnostics) {
        node.value = Value::Map(Vec::new());
        node.poison(Node::ANY);
        return true;
    }
    drop_duplicates(node, diagnostics);
    check_known_keys(node, object, diagnostics);
    for key in object.keys.iter().filter(|key| key.required) {
        if node.get(key.name).is_none() && !node.is_poisoned(key.name) {
            node.poison(key.name);
            let diagnostic = at_key(node, format!("the key `{}` is missing in {}", key.name, object.name));
            diagnostics.push(diagnostic.help(needed(key.name, &key.shape, key.doc)));
        }
    }
    retain(node, |name, value| match object.key(name) {
        Some(key) => check(value, &key.shape, diagnostics),
        None => false,
    });
    if node.entries().iter().any(|(_, value)| value.is_poisoned(Node::ANY)) {
        // What is absent here may be what stands there in the wrong place.
        let absent: Vec<&str> = object.names().into_iter().filter(|name| node.get(name).is_none()).collect();
        absent.into_iter().for_each(|name| node.poison(name));
    }
    true
}

/// What merge keys would bring is not there, so nothing is said of what
/// is missing.
fn reports_merge_key(node: &mut Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Some(merged) = node.get("<<") else { return false };
    diagnostics.push(at_key(merged, MERGE_KEY).help(MERGE_KEY_HELP));
    node.value = Value::Map(Vec::new());
    node.poison(Node::ANY);
    true
}

/// Removes the entries that are not kept, and notes their names.
fn retain(node: &mut Node, mut keep: impl FnMut(&str, &mut Node) -> bool) {
    let Value::Map(entries) = &mut node.value else { return };
    let poisoned = &mut node.poisoned;
    entries.retain_mut(|(name, value)| {
        let kept = keep(name, value);
        if !kept && !poisoned.contains(name) {
            poisoned.push(name.clone());
        }
        kept
    });
}

/// Whether a mapping says that it is like another. A misspelt `same_as` counts: it must not lead to a
/// complaint about every key that the entry would need without it.
fn is_derived(node: &Node, object: &'static Object) -> bool {
    let (derived, whole) = (object.variant(true), object.variant(false));
    node.entries().iter().filter(|(name, _)| whole.key(name).is_none()).any(|(name, _)| {
        let meant = if derived.key(name).is_some() { Some(&**name) } else { nearest(name, derived.names()) };
        meant.is_some_and(|meant| whole.key(meant).is_none())
    })
}

/// What a missing key would say.
fn needed(name: &str, shape: &Shape, doc: &str) -> String {
    match shape {
        Shape::Word(words) => format!("`{name}`: {doc} Allowed: {}", words.join(", ")),
        Shape::WordOrNone(words) => format!("`{name}`: {doc} Allowed: {}, none", words.join(", ")),
        Shape::Text
        | Shape::TypeName
        | Shape::Code
        | Shape::Integer
        | Shape::Count
        | Shape::Flag
        | Shape::List(_)
        | Shape::Map(_)
        | Shape::Names(_)
        | Shape::Object(_)
        | Shape::OrText(_)
        | Shape::OrList(_)
        | Shape::OrNull(_)
        | Shape::Json => format!("`{name}`: {doc}"),
    }
}

fn check_known_keys(node: &mut Node, object: &Object, diagnostics: &mut Vec<Diagnostic>) {
    let mut poisoned = Vec::new();
    let strange = |name: &str, value: &Node| {
        object.key(name).is_none() && value.is_map() && nearest(name, object.names()).is_none()
    };
    let strangers: Vec<&(String, Node)> =
        node.entries().iter().filter(|(name, value)| strange(name, value)).collect();
    let many = strangers.len() > 2;
    if let (true, Some((name, first))) = (many, strangers.first()) {
        let text = format!("`{name}` and {} more below are not keys of {}", strangers.len() - 1, object.name);
        diagnostics.push(did_you_mean(at_key(first, text).help(MISSING_LINE), "", &object.names()));
        poisoned.push(Node::ANY.to_owned());
    }
    let mut before: Option<&(String, Node)> = None;
    for entry in node.entries() {
        let (name, value) = entry;
        if object.key(name).is_some() || (many && strange(name, value)) {
            before = Some(entry);
            continue;
        }
        if let Some((key, cut)) = before.filter(|(_, before)| is_cut_text(before, name, value)) {
            let first = cut.text().and_then(|text| text.chars().next());
            if let Some((character, (kind, sign))) = first.and_then(|c| Some((c, lookalike(c)?))) {
                let text = format!("the text of `{key}` starts with {kind}, `{character}`");
                diagnostics.push(at_value(cut, text).help(format!("write `{sign}` before and after it")));
                continue;
            }
            let text = format!("the text of `{key}` ends at the comma before `{name}`");
            let help = format!("text with a comma in it needs quotes inside braces: `{key}: \"...\"`");
            diagnostics.push(at_key(value, text).help(help));
            continue;
        }
        if let Some((key, _)) = name.split_once('\u{ff1a}').filter(|(key, _)| object.key(key).is_some()) {
            poisoned.push(key.to_owned());
            let text = format!("there is a full-width colon after `{key}`, `\u{ff1a}`");
            diagnostics
                .push(at_key(value, text).help(format!("write a plain colon and a space: `{key}: ...`")));
            continue;
        }
        let seen: String = name.chars().filter(|c| named(*c).is_none()).collect();
        if let Some(key) = object.key(seen.trim())
            && let Some(character) = name.chars().find_map(named)
        {
            poisoned.push(key.name.to_owned());
            let text = format!("the key `{}` is written with {character}", key.name);
            diagnostics.push(at_key(value, text).help("remove it, or replace it by a plain space"));
            continue;
        }
        let shown: String = name.chars().take(60).collect();
        let diagnostic = at_key(value, format!("unknown key `{shown}` in {}", object.name));
        let meant = nearest(name, object.names());
        diagnostics.push(match (name.as_str(), glued(name, object)) {
            (_, Some(key)) => {
                poisoned.push(key.to_owned());
                diagnostic.help(format!("a space is missing after the colon: `{key}: ...`"))
            }
            ("guide", None) if object.id == ObjectId::Section => diagnostic
                .help("the guide of a section is a file of its own, `guides/<section>.md` beside it"),
            ("request" | "response" | "payload", None) if object.key("same_as").is_some() => {
                diagnostic.help(format!(
                    "with `same_as`, fields are changed by `change: {{{name}: ...}}`, `add: {{{name}: ...}}` \
                     and `drop: {{{name}: [...]}}`"
                ))
            }
            _ => {
                poisoned.extend(meant.map(str::to_owned));
                did_you_mean(diagnostic, name, &object.names())
            }
        });
    }
    poisoned.retain(|key| node.get(key).is_none());
    poisoned.iter().for_each(|key| node.poison(key));
}

/// Whether a key without a value is the rest of plain text that a comma cut in two.
fn is_cut_text(before: &Node, name: &str, value: &Node) -> bool {
    let is_plain = before.text().is_some_and(|text| text.contains(' ')) || name.contains(' ');
    is_plain && value.is_absent() && before.scalar().is_some()
}

/// Reports keys that are there twice, and keeps the first. Returns whether there are any.
fn drop_duplicates(node: &mut Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let Value::Map(entries) = &mut node.value else { return false };
    let (mut seen, before) = (HashMap::new(), entries.len());
    entries.retain(|(name, value)| match seen.entry(name.clone()) {
        Entry::Vacant(first) => {
            first.insert(value.key_span);
            true
        }
        Entry::Occupied(first) => {
            diagnostics.push(
                at_key(value, format!("the key `{name}` appears twice"))
                    .label(*first.get(), "the first one is here")
                    .help("keep one of the two, or give this one another name"),
            );
            false
        }
    });
    entries.len() < before
}
