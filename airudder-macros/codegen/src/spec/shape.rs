//! Checks a tree against the grammar: unknown and duplicate keys, required keys, kinds of values.
//!
//! One mistake is told once. What is wrong is taken out of the tree and noted in [`Node::lost`], so that the steps that
//! follow see only sound values, and do not complain about what they miss.

use std::collections::HashSet;

use airudder_model::{Code, Word};

use super::grammar::{Key, Object, ObjectId, Shape};
use super::mistakes::{Mistake, at_key, at_value, did_you_mean, nearest};
use super::node::{Node, Value};

/// Reports everything in `node` that is not of the shape, and takes it away. Returns whether the value itself can be used.
pub(crate) fn check(node: &mut Node, shape: &Shape, mistakes: &mut Vec<Mistake>) -> bool {
    match shape {
        Shape::Json => check_json(node, mistakes),
        Shape::OrNull(_) if matches!(node.value, Value::Null) => true,
        Shape::OrNull(inner) => check(node, inner, mistakes),
        Shape::OrText(_) if matches!(node.value, Value::Text(_)) => true,
        Shape::OrText(inner) => check(node, inner, mistakes),
        Shape::OrList(inner) if matches!(node.value, Value::List(_)) => {
            check(node, &Shape::List(inner), mistakes)
        }
        Shape::OrList(inner) => check(node, inner, mistakes),
        Shape::Text | Shape::TypeName => expect(node, node.scalar().is_some(), "text", mistakes),
        Shape::Flag => expect(node, matches!(node.value, Value::Flag(_)), "true or false", mistakes),
        Shape::Integer => expect(node, node.integer().is_some(), "a whole number", mistakes),
        Shape::Count => expect(
            node,
            node.integer().is_some_and(|n| (0..=i64::from(u32::MAX)).contains(&n)),
            "a whole number from 0",
            mistakes,
        ),
        Shape::Word(words) => check_word(node, words, mistakes),
        Shape::WordOrNone(_) if node.text() == Some("none") => true,
        Shape::WordOrNone(words) => check_word(node, &[*words, &["none"]].concat(), mistakes),
        Shape::Code => expect(node, code(node).is_some(), "an error code", mistakes),
        Shape::List(inner) => check_list(node, inner, mistakes),
        Shape::Map(inner) | Shape::Names(inner) => check_map(node, inner, mistakes),
        Shape::Object(object) => check_object(node, object, mistakes),
    }
}

/// An error code: a whole number, or a word that begins with a letter.
pub(crate) fn code(node: &Node) -> Option<Code> {
    match node.integer() {
        Some(number) => Some(Code::Number(number)),
        None => node.text().and_then(code_word),
    }
}

fn code_word(text: &str) -> Option<Code> {
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = text.len() <= Word::MAX_LEN && text.starts_with(|c: char| c.is_ascii_alphabetic());
    (fits && text.chars().all(rest)).then(|| Code::word(text))
}

/// Whether an entry can be a row of an error table. A key that is a word proves nothing: keys of misplaced blocks are
/// words too.
fn is_error_row(key: &str, row: &Node) -> bool {
    match code_key(key) {
        Some(Code::Number(_)) => true,
        Some(Code::Word(_)) => row.get("name").is_some() || row.get("meaning").is_some(),
        None => false,
    }
}

/// The error code that a key of a table is.
pub(crate) fn code_key(key: &str) -> Option<Code> {
    key.parse().map(Code::Number).ok().or_else(|| code_word(key))
}

fn expect(node: &Node, fits: bool, wanted: &str, mistakes: &mut Vec<Mistake>) -> bool {
    if !fits {
        let mistake = at_value(node, format!("expected {wanted}, found {}", describe(node)));
        mistakes.push(match help_for(node, wanted) {
            Some(help) => mistake.help(help),
            None => mistake,
        });
    }
    fits
}

/// How to mend a value of the wrong kind, where the kind that it has tells how it came about.
fn help_for(node: &Node, wanted: &str) -> Option<String> {
    let text = node.text();
    Some(match (wanted, &node.value) {
        ("a list", _) if node.scalar().is_some() => {
            format!("write it in brackets: `[{}]`", node.scalar().unwrap_or_default())
        }
        ("true or false", Value::Text(word)) => match word.to_lowercase().as_str() {
            "yes" | "y" | "on" => "write `true`".to_owned(),
            "no" | "n" | "off" => "write `false`".to_owned(),
            "true" | "false" => "write it in lower case, without quotes".to_owned(),
            _ => "write `true` or `false`, without quotes".to_owned(),
        },
        ("a whole number" | "a whole number from 0", Value::Text(_))
            if text.is_some_and(|t| t.trim().parse::<i64>().is_ok()) =>
        {
            "write it without quotes".to_owned()
        }
        ("a whole number from 0", Value::Number(number)) if number.as_i64().is_some() => {
            format!("write a number from 0 to {}", u32::MAX)
        }
        ("a whole number" | "a whole number from 0", Value::Number(_)) => {
            "whole numbers have no fraction, no exponent and 18 digits at most".to_owned()
        }
        ("a whole number" | "a whole number from 0", _) => "write digits, without quotes".to_owned(),
        ("an error code", Value::Text(_)) if text.is_some_and(|t| t.trim().parse::<i64>().is_ok()) => {
            "write it without quotes".to_owned()
        }
        ("an error code", _) => "write a whole number, or a word such as `not_found`".to_owned(),
        ("text", Value::Null) => "write the text after the key, or leave the key out".to_owned(),
        ("text", Value::Map(_)) => "text with `: ` or braces in it needs quotes".to_owned(),
        ("text", Value::List(_)) => {
            "text with brackets in it needs quotes; only one text is allowed here".to_owned()
        }
        ("a list", _) => "write it in brackets, `[a, b]`, or with a dash before each entry".to_owned(),
        (_, Value::Null) => "write the value after the key, or leave the key out".to_owned(),
        _ => return None,
    })
}

fn describe(node: &Node) -> String {
    match node.scalar() {
        Some(text) if text.chars().count() <= 60 => format!("`{text}` ({})", node.kind()),
        _ => node.kind().to_owned(),
    }
}

fn check_word(node: &Node, words: &[&str], mistakes: &mut Vec<Mistake>) -> bool {
    match node.scalar() {
        Some(word) if words.contains(&word.as_str()) => true,
        Some(word) => {
            mistakes.push(did_you_mean(
                at_value(node, format!("`{word}` is not allowed here")),
                &word,
                words,
            ));
            false
        }
        None => {
            let mistake = at_value(node, format!("expected one word, found {}", node.kind()));
            mistakes.push(mistake.help(format!("allowed: {}", words.join(", "))));
            false
        }
    }
}

/// Anything is allowed, but no key may be there twice.
fn check_json(node: &mut Node, mistakes: &mut Vec<Mistake>) -> bool {
    drop_duplicates(node, mistakes);
    match &mut node.value {
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| {
            check_json(value, mistakes);
        }),
        Value::List(items) => items.iter_mut().for_each(|item| {
            check_json(item, mistakes);
        }),
        _ => {}
    }
    true
}

fn check_list(node: &mut Node, inner: &Shape, mistakes: &mut Vec<Mistake>) -> bool {
    if !matches!(node.value, Value::List(_)) {
        return expect(node, false, "a list", mistakes);
    }
    if let Value::List(items) = &mut node.value {
        items.retain_mut(|item| check(item, inner, mistakes));
    }
    true
}

fn check_map(node: &mut Node, inner: &Shape, mistakes: &mut Vec<Mistake>) -> bool {
    if matches!(node.value, Value::Null) {
        node.value = Value::Map(Vec::new());
    }
    if !matches!(node.value, Value::Map(_)) {
        let mistake = at_value(node, format!("expected a mapping of names, found {}", describe(node)));
        mistakes
            .push(mistake.help("write `name: ...` for each entry, indented below this key; for none, `{}`"));
        return false;
    }
    drop_duplicates(node, mistakes);
    if let Shape::Object(object) = inner {
        check_names(node, object, mistakes);
        check_places(node, object, mistakes);
    }
    retain(node, |_, value| check(value, inner, mistakes));
    if node.entries().iter().any(|(_, value)| value.has_lost(Node::ANY)) {
        node.lose(Node::ANY);
    }
    true
}

fn check_object(node: &mut Node, object: &'static Object, mistakes: &mut Vec<Mistake>) -> bool {
    if matches!(node.value, Value::Null) {
        node.value = Value::Map(Vec::new());
    }
    if !matches!(node.value, Value::Map(_)) {
        let mistake = at_value(node, format!("expected {}, found {}", object.name, describe(node)));
        mistakes.push(mistake.help(format!("it has keys such as {}", some_keys(object))));
        return false;
    }
    let object = object.variant(is_derived(node, object));
    if node.has_lost(Node::ANY) {
        return true;
    }
    if is_two_in_one(node, object, mistakes) || is_something_else(node, object, mistakes) {
        node.value = Value::Map(Vec::new());
        node.lose(Node::ANY);
        return true;
    }
    drop_duplicates(node, mistakes);
    check_known_keys(node, object, mistakes);
    for key in object.keys.iter().filter(|key| key.required) {
        if node.get(key.name).is_none() && !node.has_lost(key.name) {
            node.lose(key.name);
            let mistake =
                at_key(&node.origin, format!("the key `{}` is missing in {}", key.name, object.name));
            mistakes.push(mistake.help(needed(key.name, &key.shape, key.doc)));
        }
    }
    retain(node, |name, value| match object.key(name) {
        Some(key) => check(value, &key.shape, mistakes),
        None => false,
    });
    if node.entries().iter().any(|(_, value)| value.has_lost(Node::ANY)) {
        // What is absent here may be what stands there in the wrong place.
        let absent: Vec<&str> = object.names().into_iter().filter(|name| node.get(name).is_none()).collect();
        absent.into_iter().for_each(|name| node.lose(name));
    }
    true
}

/// Takes away the entries that are not kept, and notes their names.
fn retain(node: &mut Node, mut keep: impl FnMut(&str, &mut Node) -> bool) {
    let Value::Map(entries) = &mut node.value else { return };
    let lost = &mut node.lost;
    entries.retain_mut(|(name, value)| {
        let kept = keep(name, value);
        if !kept && !lost.contains(name) {
            lost.push(name.clone());
        }
        kept
    });
}

/// Whether a mapping says that it is like another. A misspelt `same_as` counts: it must not lead to a complaint about
/// every key that the entry would need without it.
fn is_derived(node: &Node, object: &'static Object) -> bool {
    let derived = object.variant(true);
    let only_derived = |name: &str| derived.key(name).is_some() && object.variant(false).key(name).is_none();
    node.entries().iter().any(|(name, _)| {
        let meant =
            if derived.key(name).is_some() { Some(name.as_str()) } else { nearest(name, derived.names()) };
        meant.is_some_and(only_derived)
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

fn some_keys(object: &Object) -> String {
    let (needed, other): (Vec<&Key>, Vec<&Key>) = object.keys.iter().partition(|key| key.required);
    needed.iter().chain(&other).take(4).map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ")
}

fn check_known_keys(node: &mut Node, object: &Object, mistakes: &mut Vec<Mistake>) {
    let mut lost = Vec::new();
    let strange = |name: &str, value: &Node| {
        object.key(name).is_none()
            && matches!(value.value, Value::Map(_))
            && nearest(name, object.names()).is_none()
    };
    let strangers: Vec<&(String, Node)> =
        node.entries().iter().filter(|(name, value)| strange(name, value)).collect();
    let many = strangers.len() > 2;
    if let (true, Some((name, first))) = (many, strangers.first()) {
        let text = format!("`{name}` and {} more below are no keys of {}", strangers.len() - 1, object.name);
        mistakes.push(did_you_mean(at_key(&first.origin, text).help(MISSING_LINE), "", &object.names()));
        lost.push(Node::ANY.to_owned());
    }
    for (name, value) in node.entries() {
        if object.key(name).is_some() || (many && strange(name, value)) {
            continue;
        }
        let shown: String = name.chars().take(60).collect();
        let mistake = at_key(&value.origin, format!("unknown key `{shown}` in {}", object.name));
        let meant = nearest(name, object.names());
        mistakes.push(match (name.as_str(), glued(name, object)) {
            (_, Some(key)) => {
                lost.push(key.to_owned());
                mistake.help(format!("a blank is missing after the colon: `{key}: ...`"))
            }
            ("request" | "response" | "payload", None) if object.key("same_as").is_some() => mistake.help(format!(
                "with `same_as`, fields are changed by `change: {{{name}: ...}}`, `add: {{{name}: ...}}` and `drop: {{{name}: [...]}}`"
            )),
            _ => {
                lost.extend(meant.map(str::to_owned));
                did_you_mean(mistake, name, &object.names())
            }
        });
    }
    lost.retain(|key| node.get(key).is_none());
    lost.iter().for_each(|key| node.lose(key));
}

/// The key of `key:value`, which YAML reads as one word.
fn glued(name: &str, object: &Object) -> Option<&'static str> {
    let (before, _) = name.split_once(':')?;
    object.key(before).map(|key| key.name)
}

/// Whether an entry's keys start over in the middle: then the line with the next one's name is missing, and that is one
/// mistake.
fn is_two_in_one(node: &Node, object: &Object, mistakes: &mut Vec<Mistake>) -> bool {
    let mut seen = HashSet::new();
    let twice: Vec<(usize, &(String, Node))> =
        node.entries().iter().enumerate().filter(|(_, (name, _))| !seen.insert(name)).collect();
    let in_a_row = twice.windows(2).any(|pair| pair[1].0 == pair[0].0 + 1);
    let Some((_, (name, first))) = twice.first() else { return false };
    if twice.len() < 2 || !(in_a_row || twice.len() > 2) {
        return false;
    }
    let text =
        format!("the key `{name}` and {} more are here twice: another entry seems to start", twice.len() - 1);
    let mistake = at_key(&first.origin, text);
    mistakes.push(
        mistake
            .help(format!("the line with the name of {} is missing above, or indented too far", object.name)),
    );
    true
}

/// Whether a mapping has no key at all of what it should be: one mistake, however many other keys it has.
fn is_something_else(node: &Node, object: &Object, mistakes: &mut Vec<Mistake>) -> bool {
    let names: Vec<&str> = node.entries().iter().map(|(name, _)| name.as_str()).collect();
    let knows = |name: &&str| {
        object.key(name).is_some() || glued(name, object).is_some() || nearest(name, object.names()).is_some()
    };
    if names.is_empty() || names.iter().any(knows) {
        return false;
    }
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let mistake =
        at_key(&node.origin, format!("expected {}, found a mapping of {}", object.name, shown.join(", ")));
    mistakes.push(mistake.help(format!("it has keys such as {}", some_keys(object))).help(MISSING_LINE));
    true
}

/// How whole blocks come to stand in the wrong place.
const MISSING_LINE: &str =
    "perhaps the line above it is missing, or these lines are indented too little or too far";

/// Entries that stand under the wrong key, such as a webhook among endpoints: told once, at the first.
fn check_places(node: &mut Node, object: &Object, mistakes: &mut Vec<Mistake>) {
    let Value::Map(entries) = &mut node.value else { return };
    let mut misplaced = 0;
    let mut first = None;
    for (name, entry) in entries {
        let is = match object.id {
            ObjectId::ErrorRow if !is_error_row(name, entry) => {
                Some("no error code: codes are whole numbers")
            }
            _ => belongs_elsewhere(entry, object),
        };
        let Some(is) = is else { continue };
        misplaced += 1;
        first.get_or_insert_with(|| (name.clone(), entry.origin.clone(), is));
        entry.value = Value::Map(Vec::new());
        entry.lose(Node::ANY);
    }
    if let Some((name, origin, is)) = first {
        let others =
            if misplaced > 1 { format!(", and {} more below too", misplaced - 1) } else { String::new() };
        let mistake = at_key(&origin, format!("`{name}` is {is}{others}"));
        mistakes.push(match object.id {
            ObjectId::ErrorRow => {
                mistake.help("a row is written `10402: {name: TaskNameTooLong, meaning: ...}`")
            }
            _ => mistake.help(MISSING_LINE),
        });
    }
}

/// What an entry is that has the keys of another kind, and none of its own.
fn belongs_elsewhere(entry: &Node, object: &Object) -> Option<&'static str> {
    let has = |key: &str| entry.get(key).is_some();
    let changes = |key: &str| {
        ["change", "add", "drop"].iter().any(|group| entry.get(group).is_some_and(|g| g.get(key).is_some()))
    };
    let any = |keys: &[&str]| keys.iter().any(|key| has(key));
    Some(match object.id {
        ObjectId::Endpoint
            if (has("payload") && !any(&["path", "request", "response"])) || changes("payload") =>
        {
            "a webhook: it goes under `webhooks:`"
        }
        ObjectId::Webhook
            if (has("path") && !has("payload")) || changes("request") || changes("response") =>
        {
            "an endpoint: it goes under `endpoints:`"
        }
        ObjectId::Id | ObjectId::Struct if has("values") => "an enum: it goes under `enums:`",
        ObjectId::Id | ObjectId::Enum if any(&["fields", "include", "same_as"]) && !has("values") => {
            "a struct: it goes under `structs:`"
        }
        _ => return None,
    })
}

/// Reports the keys of an entry where names of entries should be: the line with the name is missing, and that is one
/// mistake, however many keys there are.
fn check_names(node: &mut Node, object: &'static Object, mistakes: &mut Vec<Mistake>) {
    let is_key = |name: &str| object.variant_key(name);
    // An entry may well be called as a key is, such as a field `type`; then it is a mapping.
    let stray: Vec<&(String, Node)> = node
        .entries()
        .iter()
        .filter(|(name, value)| is_key(name) && !matches!(value.value, Value::Map(_)))
        .collect();
    let Some((name, first)) = stray.first().filter(|_| stray.len() > 1) else { return };
    let mistake =
        at_key(&first.origin, format!("the key `{name}` of {} stands where a name is expected", object.name));
    mistakes.push(
        mistake.help("the line with the name is missing above, or these lines are indented too little"),
    );
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(name, _)| !is_key(name));
    }
    node.lose(Node::ANY);
}

fn drop_duplicates(node: &mut Node, mistakes: &mut Vec<Mistake>) {
    let Value::Map(entries) = &mut node.value else { return };
    let mut seen = HashSet::new();
    entries.retain(|(name, value)| {
        let new = seen.insert(name.clone());
        if !new {
            let mistake = at_key(&value.origin, format!("the key `{name}` is here twice"));
            mistakes.push(mistake.help("keep one of the two, or give this one another name"));
        }
        new
    });
}
