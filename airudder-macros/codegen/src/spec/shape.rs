//! Checks a tree against the grammar: unknown and duplicate keys, required keys, kinds of values.

use super::grammar::{Object, Shape};
use super::mistakes::{Mistake, at_key, at_value, did_you_mean, nearest};
use super::node::{Node, Value};

/// Reports everything in `node` that is not of the shape, and takes it away so that later steps see only sound values.
/// Returns whether the value itself can be used.
pub(crate) fn check(node: &mut Node, shape: &Shape, mistakes: &mut Vec<Mistake>) -> bool {
    match shape {
        Shape::Json => true,
        Shape::OrNull(_) if matches!(node.value, Value::Null) => true,
        Shape::OrNull(inner) => check(node, inner, mistakes),
        Shape::OrText(_) if matches!(node.value, Value::Text(_)) => true,
        Shape::OrText(inner) => check(node, inner, mistakes),
        Shape::OrList(inner) if matches!(node.value, Value::List(_)) => check(node, &Shape::List(inner), mistakes),
        Shape::OrList(inner) => check(node, inner, mistakes),
        Shape::Text => expect(node, node.scalar().is_some(), "text", mistakes),
        Shape::Flag => expect(node, matches!(node.value, Value::Flag(_)), "true or false", mistakes),
        Shape::Integer => expect(node, node.integer().is_some(), "a whole number", mistakes),
        Shape::Count => {
            expect(node, node.integer().is_some_and(|n| (0..=i64::from(u32::MAX)).contains(&n)), "a whole number from 0", mistakes)
        }
        Shape::Word(words) => check_word(node, words, mistakes),
        Shape::List(inner) => check_list(node, inner, mistakes),
        Shape::Map(inner) | Shape::Names(inner) => check_map(node, inner, mistakes),
        Shape::Object(object) => check_object(node, object, mistakes),
    }
}

fn expect(node: &Node, fits: bool, wanted: &str, mistakes: &mut Vec<Mistake>) -> bool {
    if !fits {
        mistakes.push(at_value(node, format!("expected {wanted}, found {}", describe(node))));
    }
    fits
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
            mistakes.push(did_you_mean(at_value(node, format!("`{word}` is not allowed here")), &word, words));
            false
        }
        None => expect(node, false, &format!("one of the words {}", words.join(", ")), mistakes),
    }
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
        return expect(node, false, "a mapping of names", mistakes);
    }
    drop_duplicates(node, mistakes);
    if let Value::Map(entries) = &mut node.value {
        entries.retain_mut(|(_, value)| check(value, inner, mistakes));
    }
    true
}

fn check_object(node: &mut Node, object: &'static Object, mistakes: &mut Vec<Mistake>) -> bool {
    if matches!(node.value, Value::Null) {
        node.value = Value::Map(Vec::new());
    }
    if !matches!(node.value, Value::Map(_)) {
        return expect(node, false, &format!("{} with keys such as {}", object.name, some_keys(object)), mistakes);
    }
    let object = object.variant(node.get("same_as").is_some());
    drop_duplicates(node, mistakes);
    check_known_keys(node, object, mistakes);
    let mut whole = true;
    for key in object.keys.iter().filter(|key| key.required) {
        if node.get(key.name).is_none() {
            whole = false;
            let mistake = at_key(&node.origin, format!("the key `{}` is missing in {}", key.name, object.name));
            mistakes.push(mistake.help(format!("`{}`: {}", key.name, key.doc)));
        }
    }
    if let Value::Map(entries) = &mut node.value {
        entries.retain_mut(|(name, value)| {
            let Some(key) = object.keys.iter().find(|key| key.name == name) else { return false };
            let sound = check(value, &key.shape, mistakes);
            whole &= sound || !key.required;
            sound
        });
    }
    whole
}

fn some_keys(object: &Object) -> String {
    object.names().iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn check_known_keys(node: &Node, object: &Object, mistakes: &mut Vec<Mistake>) {
    for (name, value) in node.entries() {
        if object.keys.iter().any(|key| key.name == name) {
            continue;
        }
        let mistake = at_key(&value.origin, format!("unknown key `{name}` in {}", object.name));
        let mistake = match name.as_str() {
            "request" | "response" | "payload"
                if object.keys.iter().any(|key| key.name == "same_as") && nearest(name, object.names()).is_none() =>
            {
                mistake.help(format!(
                    "with `same_as`, fields are changed by `change: {{{name}: ...}}`, `add: {{{name}: ...}}` and `drop: {{{name}: [...]}}`"
                ))
            }
            _ => did_you_mean(mistake, name, &object.names()),
        };
        mistakes.push(mistake);
    }
}

fn drop_duplicates(node: &mut Node, mistakes: &mut Vec<Mistake>) {
    let Value::Map(entries) = &mut node.value else { return };
    let mut seen = std::collections::HashSet::new();
    entries.retain(|(name, value)| {
        let new = seen.insert(name.clone());
        if !new {
            let mistake = at_key(&value.origin, format!("the key `{name}` is here twice"));
            mistakes.push(mistake.help("keep one of the two, or give this one another name"));
        }
        new
    });
}
