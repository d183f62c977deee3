//! `api.yaml` and `errors.yaml`.

use std::collections::HashSet;

use super::Context;
use crate::names;
use crate::spec::mistakes::{at_key, at_value};
use crate::spec::model::{Auth, ErrorRow, ErrorTable, Evidence, Family, Spec};
use crate::spec::node::Node;

pub(super) fn api(node: &Node, spec: &mut Spec, context: &mut Context<'_>) {
    spec.base_url = node.text_at("base_url").unwrap_or_default();
    if let Some(timeouts) = node.get("timeouts") {
        spec.timeouts = timeouts.entries().iter().filter_map(|(name, n)| Some((name.clone(), u32::try_from(n.integer()?).ok()?))).collect();
        if !spec.timeouts.iter().any(|(name, _)| name == "normal") {
            context.mistakes.push(at_value(timeouts, "there is no time-out class `normal`").help("it is the default of all endpoints"));
        }
    }
    for (name, family) in node.get("families").map(Node::entries).unwrap_or_default() {
        if let Some(problem) = names::problem_with_field_name(name) {
            context.mistakes.push(at_key(&family.origin, format!("`{name}` cannot name a family: {problem}")));
            continue;
        }
        spec.families.push(self::family(name, family, context));
    }
}

fn family(name: &str, node: &Node, context: &mut Context<'_>) -> Family {
    Family {
        name: name.to_owned(),
        title: node.text_at("title").unwrap_or_default(),
        base_url: node.text_at("base_url"),
        envelope: node.get("envelope").map(|e| (e.integer_at("success").unwrap_or_default(), e.texts_at("payload"), e.texts_at("message"))),
        auth: node.get("auth").map_or(Auth::None, |auth| self::auth(auth, context)),
        missing_code: node.integer_at("missing_code"),
        invalid_code: node.integer_at("invalid_code"),
        token_codes: node.get("token_codes").map(Node::items).unwrap_or_default().iter().filter_map(Node::integer).collect(),
        evidence: evidence_at(node).unwrap_or(Evidence::Assumed),
        notes: node.texts_at("notes"),
        node: node.clone(),
    }
}

fn auth(node: &Node, context: &mut Context<'_>) -> Auth {
    match node.text_at("kind").as_deref() {
        Some("signature") => Auth::Signature,
        Some("token") => {
            let mut need = |key: &str| {
                node.text_at(key).unwrap_or_else(|| {
                    context.mistakes.push(at_key(&node.origin, format!("the key `{key}` is missing: auth by token needs it")));
                    String::new()
                })
            };
            Auth::Token {
                endpoint: need("endpoint"),
                key: need("key"),
                secret: need("secret"),
                token_at: need("token_at"),
                lifetime_hours: node.integer_at("lifetime_hours").and_then(|h| u32::try_from(h).ok()).unwrap_or(24),
            }
        }
        _ => Auth::None,
    }
}

pub(super) fn evidence_at(node: &Node) -> Option<Evidence> {
    node.text_at("evidence").as_deref().and_then(Evidence::from_word)
}

pub(super) fn errors(node: &Node, spec: &Spec, context: &mut Context<'_>) -> Vec<ErrorTable> {
    let mut names = HashSet::new();
    let mut tables = Vec::new();
    for (family, table) in node.entries() {
        if spec.family(family).is_none() && !context.is_blind() {
            let known: Vec<&str> = spec.families.iter().map(|f| f.name.as_str()).collect();
            let mistake = at_key(&table.origin, format!("there is no family `{family}`"));
            context.mistakes.push(crate::spec::mistakes::did_you_mean(mistake, family, &known));
            continue;
        }
        let Some(codes) = table.get("codes") else { continue };
        tables.push(ErrorTable { family: family.clone(), rows: rows(codes, evidence_at(table), &mut names, context) });
    }
    tables
}

pub(super) fn rows(codes: &Node, evidence: Option<Evidence>, names: &mut HashSet<String>, context: &mut Context<'_>) -> Vec<ErrorRow> {
    let mut rows = Vec::new();
    for (code, node) in codes.entries() {
        let Ok(number) = code.parse::<i64>() else {
            context.mistakes.push(at_key(&node.origin, format!("`{code}` is not an error code: codes are whole numbers")));
            continue;
        };
        let name = node.text_at("name").unwrap_or_default();
        if let Some(problem) = names::problem_with_type_name(&name) {
            if let Some(written) = node.get("name") {
                context.mistakes.push(at_value(written, format!("`{name}` cannot be a variant of ErrorCode: {problem}")));
            }
            continue;
        }
        if !names.insert(name.clone()) {
            if let Some(written) = node.get("name") {
                let mistake = at_value(written, format!("`{name}` names two codes; a variant of ErrorCode has one number"));
                context.mistakes.push(mistake.help("put the family's name in front of one, as in `CallcenterTaskNameExists`"));
            }
            continue;
        }
        rows.push(row(number, name, node, evidence));
    }
    rows
}

fn row(code: i64, name: String, node: &Node, evidence: Option<Evidence>) -> ErrorRow {
    let limit = node.get("limit").map(|limit| {
        let parts: Vec<String> =
            limit.entries().iter().map(|(k, v)| format!("{}: {}", k.replace('_', " "), v.scalar().unwrap_or_default())).collect();
        parts.join(", ")
    });
    ErrorRow {
        code,
        name,
        meaning: node.text_at("meaning").unwrap_or_default(),
        meanings: node.texts_at("meanings"),
        field: node.text_at("field"),
        limit,
        group: node.text_at("group"),
        note: node.text_at("note"),
        same_meaning_as: node.integer_at("same_meaning_as"),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        origin: node.origin.clone(),
    }
}
