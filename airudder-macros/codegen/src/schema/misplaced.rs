//! Lines and blocks in the wrong place: entries among entries of another kind, entries that lost the line
//! with their name. Each is reported once, however much of it there is.

use std::collections::HashSet;

use airudder_model::Code;

use super::grammar::{Object, ObjectId};
use super::shape::{code_key, glued, some_keys};
use crate::diagnostic::{Diagnostic, at_key, nearest};
use crate::syntax::node::{Node, Value};

/// Whether an entry can be a row of an error table. A key that is a word proves nothing: keys of misplaced
/// blocks are words too.
fn is_error_row(key: &str, row: &Node) -> bool {
    match code_key(key) {
        Some(Code::Number(_)) => true,
        Some(Code::Word(_)) => row.get("name").is_some() || row.get("meaning").is_some(),
        None => false,
    }
}

/// Whether an entry's keys start over in the middle: then the line with the next one's name is missing, and
/// that is reported once.
pub(super) fn is_two_in_one(node: &Node, object: &Object, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let mut seen = HashSet::new();
    let twice: Vec<(usize, &(String, Node))> =
        node.entries().iter().enumerate().filter(|(_, (name, _))| !seen.insert(name)).collect();
    let in_a_row = twice.windows(2).any(|pair| pair[1].0 == pair[0].0 + 1);
    let Some((_, (name, first))) = twice.first() else { return false };
    if twice.len() < 2 || !(in_a_row || twice.len() > 2) {
        return false;
    }
    let text =
        format!("the key `{name}` and {} more appear twice: another entry seems to start", twice.len() - 1);
    let diagnostic = at_key(first, text);
    diagnostics.push(
        diagnostic
            .help(format!("the line with the name of {} is missing above, or indented too far", object.name)),
    );
    true
}

/// Whether a mapping has no key at all of what it should be: reported once, however many other keys it has.
pub(super) fn is_something_else(node: &Node, object: &Object, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let names: Vec<&str> = node.entries().iter().map(|(name, _)| name.as_str()).collect();
    let knows = |name: &&str| {
        object.key(name).is_some() || glued(name, object).is_some() || nearest(name, object.names()).is_some()
    };
    if names.is_empty() || names.iter().any(knows) {
        return false;
    }
    let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    let diagnostic =
        at_key(node, format!("expected {}, found a mapping of {}", object.name, shown.join(", ")));
    diagnostics
        .push(diagnostic.help(format!("it has keys such as {}", some_keys(object))).help(MISSING_LINE));
    true
}

/// How whole blocks come to stand in the wrong place.
pub(super) const MISSING_LINE: &str =
    "perhaps the line above it is missing, or these lines are indented too little or too far";

/// Entries that stand under the wrong key, such as a webhook among endpoints: reported once, at the first.
#[allow(clippy::wildcard_enum_match_arm, reason = "one kind of object has words of its own")]
pub(super) fn check_places(node: &mut Node, object: &Object, diagnostics: &mut Vec<Diagnostic>) {
    let Value::Map(entries) = &mut node.value else { return };
    let mut misplaced = 0;
    let mut first = None;
    for (name, entry) in entries {
        let is = match object.id {
            ObjectId::ErrorRow if !is_error_row(name, entry) => {
                Some("not an error code: codes are whole numbers")
            }
            _ => belongs_elsewhere(entry, object),
        };
        let Some(is) = is else { continue };
        misplaced += 1;
        first.get_or_insert_with(|| (name.clone(), entry.key_span, is));
        entry.value = Value::Map(Vec::new());
        entry.poison(Node::ANY);
    }
    if let Some((name, span, is)) = first {
        let others =
            if misplaced > 1 { format!(", and {} more below too", misplaced - 1) } else { String::new() };
        let diagnostic = Diagnostic::new(span, format!("`{name}` is {is}{others}"));
        diagnostics.push(match object.id {
            ObjectId::ErrorRow => {
                diagnostic.help("a row is written `10402: {name: TaskNameTooLong, meaning: ...}`")
            }
            _ => diagnostic.help(MISSING_LINE),
        });
    }
}

/// What an entry is that has the keys of another kind, and none of its own.
#[allow(clippy::wildcard_enum_match_arm, reason = "kinds of entries that are mistaken for each other")]
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

/// Reports the keys of an entry where names of entries should be: the line with the name is missing, and that
/// is reported once, however many keys there are.
#[allow(clippy::wildcard_enum_match_arm, reason = "two kinds of objects have parts that look like them")]
pub(super) fn check_names(node: &mut Node, object: &'static Object, diagnostics: &mut Vec<Diagnostic>) {
    let is_key = |name: &str| object.variant_key(name);
    // An entry may well be called as a key is, such as a field `type`; then it is a mapping with keys of its
    // own. A sample has some of those of an endpoint, and none that an endpoint must have.
    let is_entry_key = |key: &str| match object.id {
        ObjectId::Endpoint | ObjectId::Webhook => {
            key == "same_as" || object.key(key).is_some_and(|key| key.required)
        }
        _ => is_key(key),
    };
    let is_entry = |value: &Node| {
        value.is_map()
            && (value.entries().is_empty() || value.entries().iter().any(|(key, _)| is_entry_key(key)))
    };
    let is_stray = |name: &str, value: &Node| is_key(name) && !is_entry(value);
    let stray: Vec<&(String, Node)> =
        node.entries().iter().filter(|(name, value)| is_stray(name, value)).collect();
    let blocks = stray.iter().filter(|(_, value)| value.is_map()).count();
    let Some((name, first)) = stray.first().filter(|_| stray.len() > 1 || blocks > 0) else { return };
    // Then all keys here are those of one entry.
    let lost_head = stray.len() - blocks > 1;
    let diagnostic =
        at_key(first, format!("the key `{name}` of {} is where a name is expected", object.name));
    diagnostics.push(
        diagnostic.help("the line with the name is missing above, or these lines are indented too little"),
    );
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(name, value)| !(is_stray(name, value) || (lost_head && is_key(name))));
    }
    node.poison(Node::ANY);
}
