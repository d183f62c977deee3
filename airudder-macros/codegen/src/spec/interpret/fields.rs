//! Fields, their types and constraints.

use std::collections::HashMap;

use super::tables::evidence_at;
use super::{Context, types};
use crate::names;
use crate::spec::grammar::TYPES;
use crate::spec::mistakes::{at_key, at_value, did_you_mean};
use crate::spec::model::{Constraint, Evidence, Field, Type};
use crate::spec::node::Node;

/// The limits that a field may have, with the kinds of types that they fit.
const LIMITS: &[(&str, Fits)] = &[
    ("min_chars", Fits::Text),
    ("max_chars", Fits::Text),
    ("max_digits", Fits::Phone),
    ("min", Fits::Number),
    ("max", Fits::Number),
    ("greater_than", Fits::Number),
    ("less_than", Fits::Number),
    ("min_items", Fits::List),
    ("max_items", Fits::List),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fits {
    Text,
    Phone,
    Number,
    List,
}

/// The fields of a mapping. `evidence` is that of fields without one of their own.
pub(super) fn fields(node: &Node, evidence: Option<Evidence>, context: &mut Context<'_>) -> Vec<Field> {
    let mut fields: Vec<Field> = node.entries().iter().filter_map(|(name, node)| field(name, node, evidence, context)).collect();
    resolve_before(&mut fields, context);
    fields
}

/// The fields of a base with the differences of a derived entry.
pub(super) fn changed(
    mut base: Vec<Field>,
    change: Option<&Node>,
    add: Option<&Node>,
    drop: Option<&Node>,
    evidence: Option<Evidence>,
    context: &mut Context<'_>,
) -> Vec<Field> {
    for (name, changes) in change.map(Node::entries).unwrap_or_default() {
        let Some(at) = base.iter().position(|f| f.name == *name) else {
            let mistake = at_key(&changes.origin, format!("the base has no field `{name}` to change"));
            let known: Vec<&str> = base.iter().map(|f| f.name.as_str()).collect();
            context.mistakes.push(did_you_mean(mistake, name, &known).help("a new field goes under `add`"));
            continue;
        };
        let mut node = base[at].node.clone();
        for (key, value) in changes.entries() {
            match value.value {
                crate::spec::node::Value::Null => drop_key(&mut node, key),
                _ => node.set(key, value.clone()),
            }
        }
        let own = evidence_at(changes).unwrap_or(base[at].evidence);
        if let Some(mut field) = field(name, &node, Some(own), context) {
            field.evidence = own;
            base[at] = field;
        }
    }
    for written in drop.map(Node::items).unwrap_or_default() {
        let name = written.scalar().unwrap_or_default();
        let before = base.len();
        base.retain(|f| f.name != name);
        if base.len() == before {
            let known: Vec<&str> = base.iter().map(|f| f.name.as_str()).collect();
            context.mistakes.push(did_you_mean(at_value(written, format!("the base has no field `{name}` to drop")), &name, &known));
        }
    }
    for (name, node) in add.map(Node::entries).unwrap_or_default() {
        if base.iter().any(|f| f.name == *name) {
            let mistake = at_key(&node.origin, format!("the base has a field `{name}` already"));
            context.mistakes.push(mistake.help("what differs in a field of the base goes under `change`"));
            continue;
        }
        base.extend(field(name, node, evidence, context));
    }
    resolve_before(&mut base, context);
    base
}

fn drop_key(node: &mut Node, key: &str) {
    node.remove(key);
}

fn field(name: &str, node: &Node, evidence: Option<Evidence>, context: &mut Context<'_>) -> Option<Field> {
    if let Some(problem) = names::problem_with_setter(name) {
        let wire = node.text_at("wire").unwrap_or_else(|| name.to_owned());
        let mistake = at_key(&node.origin, format!("`{name}` cannot name a field: {problem}"));
        let other = names::other_name(name);
        context.mistakes.push(mistake.help(format!("name it otherwise and keep the wire name, as in `{other}: {{wire: {wire}, ...}}`")));
        return None;
    }
    let written = node.get("type")?;
    // A field whose type is unknown stays, as JSON: what uses it is not to blame.
    let ty = parse_type(&written.scalar()?, written, context).unwrap_or(Type::Plain("json"));
    check_example(node, &ty, context);
    Some(Field {
        name: name.to_owned(),
        wire: node.text_at("wire").unwrap_or_else(|| name.to_owned()),
        aliases: node.texts_at("aliases"),
        required: node.flag_at("required"),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        sensitive: node.flag_at("sensitive"),
        constraints: constraints(node, &ty, context),
        codes: codes(node),
        ty,
        node: node.clone(),
    })
}

fn check_example(node: &Node, ty: &Type, context: &mut Context<'_>) {
    if let Some(example) = node.get("example")
        && let Type::Plain(word) = ty
        && let Some(problem) = super::super::sample::plain_problem(word, example)
    {
        context.mistakes.push(at_value(example, format!("the example does not fit the type `{word}`: {problem}")));
    }
}

/// A type from its text: `list<T>`, `map<T>`, a built-in word or a name.
pub(super) fn parse_type(text: &str, written: &Node, context: &mut Context<'_>) -> Option<Type> {
    let text = text.trim();
    for (word, wrap) in [("list", Type::List as fn(Box<Type>) -> Type), ("map", Type::Map)] {
        if let Some(rest) = text.strip_prefix(word).and_then(|r| r.trim_start().strip_prefix('<')) {
            let Some(inner) = rest.strip_suffix('>') else {
                context.mistakes.push(at_value(written, format!("`{text}` lacks its closing `>`")));
                return None;
            };
            return parse_type(inner, written, context).map(|inner| wrap(Box::new(inner)));
        }
    }
    if let Some(word) = TYPES.iter().find(|word| **word == text) {
        return Some(Type::Plain(word));
    }
    let found = types::find_type(text, written, context);
    if found.is_none() {
        types::unknown_type(text, written, context);
    }
    found
}

fn fits(fit: Fits, ty: &Type) -> bool {
    match fit {
        Fits::Text => matches!(ty, Type::Plain("string" | "url" | "json_text" | "base64" | "phone") | Type::Id(_) | Type::Enum(_)),
        Fits::Phone => matches!(ty.innermost(), Type::Plain("phone")),
        Fits::Number => matches!(ty, Type::Plain("integer" | "number" | "decimal")),
        Fits::List => matches!(ty, Type::List(_)),
    }
}

fn constraints(node: &Node, ty: &Type, context: &mut Context<'_>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for (key, fit) in LIMITS {
        let Some(written) = node.get(key) else { continue };
        let Some(limit) = written.integer() else { continue };
        if fits(*fit, ty) {
            constraints.push(Constraint::Limit(key, limit));
        } else {
            let mistake = at_key(&written.origin, format!("`{key}` does not fit the type `{}`", shown_type(node)));
            context.mistakes.push(mistake.help(format!("it is for {}", fitting(*fit))));
        }
    }
    check_order(node, &constraints, context);
    if let Some(written) = node.get("one_of") {
        if matches!(ty, Type::Plain("string" | "integer") | Type::Enum(_) | Type::Id(_)) {
            constraints.push(Constraint::OneOf(node.texts_at("one_of")));
        } else {
            context.mistakes.push(at_key(&written.origin, format!("`one_of` does not fit the type `{}`", shown_type(node))));
        }
    }
    constraints
}

fn shown_type(node: &Node) -> String {
    node.text_at("type").unwrap_or_default()
}

fn fitting(fit: Fits) -> &'static str {
    match fit {
        Fits::Text => "text: string, url, phone, base64, json_text, ids and enums",
        Fits::Phone => "phone",
        Fits::Number => "numbers: integer, number, decimal",
        Fits::List => "lists",
    }
}

fn check_order(node: &Node, constraints: &[Constraint], context: &mut Context<'_>) {
    let limit = |wanted: &str| {
        constraints.iter().find_map(|c| match c {
            Constraint::Limit(key, n) if *key == wanted => Some(*n),
            _ => None,
        })
    };
    for (low, high) in [
        ("min", "max"),
        ("min_chars", "max_chars"),
        ("min_items", "max_items"),
        ("greater_than", "less_than"),
        ("greater_than", "max"),
        ("min", "less_than"),
    ] {
        if let (Some(least), Some(most), Some(written)) = (limit(low), limit(high), node.get(low))
            && (least > most || (least == most && (low == "greater_than" || high == "less_than")))
        {
            context.mistakes.push(at_value(written, format!("`{low}: {least}` and `{high}: {most}` leave no value")));
        }
    }
}

/// `before` names a sibling by its Rust name; the model holds the wire name.
fn resolve_before(fields: &mut [Field], context: &mut Context<'_>) {
    let siblings: Vec<(String, String, bool)> = fields.iter().map(|f| (f.name.clone(), f.wire.clone(), f.ty.is_time())).collect();
    for field in fields.iter_mut() {
        let Some(written) = field.node.get("before") else { continue };
        let name = written.scalar().unwrap_or_default();
        if name.is_empty() || field.constraints.iter().any(|c| matches!(c, Constraint::Before(_))) {
            continue;
        }
        match siblings.iter().find(|(sibling, ..)| *sibling == name) {
            Some((_, wire, true)) if field.ty.is_time() => field.constraints.push(Constraint::Before(wire.clone())),
            Some(_) => {
                let mistake = at_value(written, format!("`before: {name}` compares what is not a date or time"));
                context.mistakes.push(mistake.help("both fields must be of a date or time type"));
            }
            None => {
                let known: Vec<&str> = siblings.iter().map(|(sibling, ..)| sibling.as_str()).collect();
                let mistake = at_value(written, format!("`before: {name}` names no field beside this one"));
                context.mistakes.push(did_you_mean(mistake, &name, &known));
            }
        }
    }
}

fn codes(node: &Node) -> Vec<(&'static str, i64)> {
    let Some(written) = node.get("codes") else { return Vec::new() };
    let mut codes = Vec::new();
    for key in crate::spec::grammar::FIELD_CODES.keys {
        let Some(value) = written.get(key.name) else { continue };
        match value.integer() {
            Some(code) => codes.push((key.name, code)),
            None => codes.extend(value.items().iter().filter_map(Node::integer).map(|code| (key.name, code))),
        }
    }
    codes
}

/// Reports wire names that two fields claim.
pub(super) fn check_unique_wire_names(fields: &[Field], context: &mut Context<'_>) {
    let mut owner = HashMap::<&str, &Field>::new();
    for field in fields {
        for wire in std::iter::once(&field.wire).chain(&field.aliases) {
            if let Some(other) = owner.insert(wire, field)
                && other.name != field.name
            {
                let mistake = at_key(&field.node.origin, format!("`{}` and `{}` have the same wire name `{wire}`", other.name, field.name));
                context.mistakes.push(mistake.help("each wire name belongs to one field"));
            }
        }
    }
}
