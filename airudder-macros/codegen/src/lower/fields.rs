//! Fields: their keys, and what differs in derived entries.

use super::Context;
use super::constraints::{
    check_problems, constraints, fixed, is_of, misfit, resolve_before, shown_type, unique,
};
use super::resolve::parse_type;
use super::words::{evidence_at, word_at};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Field, Type};
use crate::lint::{limits, sample};
use crate::names;
use crate::schema::validate;
use crate::syntax::node::Node;
use airudder_model::{Code, Evidence, FieldPlace, Problem, Scalar};
use std::collections::HashMap;

/// The fields of a mapping. `evidence` is that of fields without one of their own.
pub(super) fn fields(node: &Node, evidence: Option<Evidence>, context: &mut Context<'_>) -> Vec<Field> {
    let mut fields: Vec<Field> =
        node.entries().iter().map(|(name, node)| field(name, node, evidence, context)).collect();
    // What is poisoned stays as a name: samples, paths and pagings that name it are not to blame.
    fields.extend(
        node.poisoned
            .iter()
            .filter(|name| *name != Node::ANY)
            .map(|name| invalid(name, &Node::empty(node.span))),
    );
    resolve_before(&mut fields, None, context);
    fields
}

/// What differs in an entry that is like another.
#[derive(Clone, Copy)]
pub(super) struct Changes<'a> {
    pub(super) change: Option<&'a Node>,
    pub(super) add: Option<&'a Node>,
    pub(super) drop: Option<&'a Node>,
}

impl<'a> Changes<'a> {
    /// The changes of one of an entry's groups of fields.
    pub(super) fn of(node: &'a Node, what: &str) -> Self {
        let at = |group: &str| node.get(group).and_then(|g| g.get(what));
        Self { change: at("change"), add: at("add"), drop: at("drop") }
    }

    /// Whether a diagnostic is about what is written here.
    fn has(&self, diagnostic: &Diagnostic) -> bool {
        [self.change, self.add, self.drop].into_iter().flatten().any(|node| diagnostic.is_inside(node))
    }

    /// The first of them, if there is any.
    pub(super) fn first(&self) -> Option<&'a Node> {
        self.change.or(self.add).or(self.drop)
    }
}

/// The fields of a base with the differences of a derived entry. `known`: whether all fields of the base
/// could be read.
pub(super) fn changed(
    mut base: Vec<Field>,
    changes: Changes<'_>,
    known: bool,
    evidence: Option<Evidence>,
    context: &mut Context<'_>,
) -> Vec<Field> {
    let reported = context.diagnostics.len();
    for (name, changes) in changes.change.map(Node::entries).unwrap_or_default() {
        match base.iter_mut().find(|f| f.name == *name) {
            Some(field) => change(field, changes, context),
            None if known => {
                let diagnostic = at_key(changes, format!("the base has no field `{name}` to change"));
                let names: Vec<&str> = base.iter().map(|f| f.name.as_str()).collect();
                context
                    .diagnostics
                    .push(did_you_mean(diagnostic, name, &names).help("a new field goes under `add`"));
            }
            None => {}
        }
    }
    for written in changes.drop.map(Node::items).unwrap_or_default() {
        let name = written.scalar().unwrap_or_default();
        match base.iter().position(|f| f.name == name) {
            Some(at) => {
                base.remove(at);
            }
            None if known => {
                let names: Vec<&str> = base.iter().map(|f| f.name.as_str()).collect();
                context.diagnostics.push(did_you_mean(
                    at_value(written, format!("the base has no field `{name}` to drop")),
                    &name,
                    &names,
                ));
            }
            None => {}
        }
    }
    for (name, node) in changes.add.map(Node::entries).unwrap_or_default() {
        if base.iter().any(|f| f.name == *name) {
            let diagnostic = at_key(node, format!("the base has a field `{name}` already"));
            context
                .diagnostics
                .push(diagnostic.help("what differs in a field of the base goes under `change`"));
            continue;
        }
        base.push(field(name, node, evidence, context));
    }
    if let Some(add) = changes.add {
        base.extend(add.poisoned.iter().map(|name| invalid(name, &Node::empty(add.span))));
    }
    resolve_before(&mut base, changes.drop, context);
    // What is wrong with the base is reported where the base stands.
    let own: Vec<Diagnostic> =
        context.diagnostics.drain(reported..).filter(|diagnostic| changes.has(diagnostic)).collect();
    context.diagnostics.extend(own);
    base
}

/// Evidence that is taken over is not better than that of who takes it over.
pub(super) fn lower_evidence(fields: &mut [Field], ceiling: Evidence) {
    fields.iter_mut().for_each(|f| f.evidence = f.evidence.max(ceiling));
}

fn change(base: &mut Field, changes: &Node, context: &mut Context<'_>) {
    let mut node = base.node.clone();
    for (key, value) in changes.entries() {
        node.poisoned.retain(|poisoned| poisoned != key);
        if value.is_null() {
            node.remove(key);
        } else {
            node.set(key, value.clone());
        }
    }
    changes.poisoned.iter().for_each(|key| node.poison(key));
    if node.get("type").is_none() {
        node.poison("type");
    }
    let evidence = evidence_at(changes).unwrap_or(base.evidence);
    let name = base.name.clone();
    *base = Field { evidence, ..field(&name, &node, Some(evidence), context) };
}

fn field(name: &str, node: &Node, evidence: Option<Evidence>, context: &mut Context<'_>) -> Field {
    if let Some(problem) = names::problem_with_setter(name) {
        let wire = node.text_at("wire").unwrap_or_else(|| name.to_owned());
        let diagnostic = at_key(node, format!("`{name}` cannot name a field: {problem}"));
        let other = names::other_name(name);
        context.diagnostics.push(diagnostic.help(format!(
            "name it otherwise and keep the wire name, as in `{other}: {{wire: {wire}, ...}}`"
        )));
        return invalid(name, node);
    }
    if let Some(written) = node.get("wire").filter(|w| w.text() == Some("")) {
        context.diagnostics.push(
            at_value(written, "the wire name is empty").help("leave `wire` out where it is the key itself"),
        );
        return invalid(name, node);
    }
    // A field whose type is unknown stays, as JSON: what uses it is not to blame.
    let ty = node.get("type").and_then(|written| parse_type(&written.scalar()?, written, context));
    let Some(ty) = ty else {
        return Field {
            evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
            ..invalid(name, node)
        };
    };
    let mut diagnostics = Vec::new();
    check_example(node, &ty, &mut diagnostics);
    let constraints = constraints(node, &ty, &mut diagnostics);
    if diagnostics.is_empty() {
        check_problems(node, &ty, &mut diagnostics);
    }
    let fixed = fixed(node, &ty, &mut diagnostics);
    let unique = unique(node, &ty, &mut diagnostics);
    check_typed(node, &ty, &mut diagnostics);
    let sound = diagnostics.is_empty();
    context.diagnostics.append(&mut diagnostics);
    let made = Field {
        name: name.to_owned(),
        wire: node.text_at("wire").unwrap_or_else(|| name.to_owned()),
        aliases: node.texts_at("aliases"),
        required: node.flag_at("required"),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        sensitive: node.flag_at("sensitive"),
        fixed,
        place: word_at(node, "in", FieldPlace::from_word).unwrap_or(FieldPlace::Body),
        typed: node.flag_at("typed"),
        unique,
        // A limit that is wrong itself judges nothing.
        constraints: if sound { constraints } else { Vec::new() },
        codes: codes(node),
        ty,
        valid: node.poisoned.is_empty(),
        node: node.clone(),
    };
    if let Some(example) = made.node.get("example").filter(|_| sound) {
        limits::check(&made, example, "example", context.diagnostics);
    }
    made
}

/// A field of which little is known, since something is wrong with it.
fn invalid(name: &str, node: &Node) -> Field {
    Field {
        name: name.to_owned(),
        wire: node.text_at("wire").filter(|wire| !wire.is_empty()).unwrap_or_else(|| name.to_owned()),
        aliases: node.texts_at("aliases"),
        required: node.flag_at("required"),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence: Evidence::Assumed,
        sensitive: true,
        fixed: None,
        place: FieldPlace::Body,
        typed: false,
        unique: None,
        constraints: Vec::new(),
        codes: codes(node),
        ty: Type::Scalar(Scalar::Json),
        valid: false,
        node: node.clone(),
    }
}

/// What is read as a type of the caller's has no type here.
fn check_typed(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = node.get("typed").filter(|_| node.flag_at("typed")) else { return };
    if !matches!(ty, Type::Scalar(Scalar::Json)) {
        let text = format!("`typed` does not fit the type `{}`", shown_type(node));
        diagnostics
            .push(misfit(node, written, &text).help("it is for `json`, whose shape is not known here"));
    }
}

fn check_example(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) {
    if let Some(example) = node.get("example")
        && let Type::Scalar(scalar) = ty
        && let Some(problem) = sample::scalar_problem(*scalar, example)
    {
        let diagnostic = match node.get("type") {
            Some(ty) if !is_of(node, ty) && is_of(node, example) => {
                at_value(ty, format!("the example of the base does not fit the type `{scalar}`: {problem}"))
            }
            _ => at_value(example, format!("the example does not fit the type `{scalar}`: {problem}")),
        };
        diagnostics.push(diagnostic.help("fix the example, or change the type"));
    }
}

/// Reports wire names that two fields claim.
pub(super) fn check_unique_wire_names(fields: &[Field], context: &mut Context<'_>) {
    let mut owner = HashMap::<&str, &Field>::new();
    for field in fields {
        for wire in std::iter::once(&field.wire).chain(&field.aliases) {
            let Some(other) = owner.insert(wire, field).filter(|other| other.name != field.name) else {
                continue;
            };
            let changed =
                |field: &Field| field.node.get("wire").is_some_and(|written| !is_of(&field.node, written));
            let (blamed, first) = if changed(other) { (other, field) } else { (field, other) };
            let text = format!("`{}` and `{}` have the same wire name `{wire}`", first.name, blamed.name);
            // The wire name, or the alias, or the key that stands for it.
            let alias = blamed
                .node
                .get("aliases")
                .and_then(|a| a.items().iter().find(|item| item.scalar().as_ref() == Some(wire)));
            let diagnostic = match (blamed.wire == *wire, blamed.node.get("wire"), alias) {
                (true, Some(written), _) => at_value(written, text),
                (false, _, Some(alias)) => at_value(alias, text),
                _ => at_key(&blamed.node, text),
            };
            context.diagnostics.push(diagnostic.help("each wire name belongs to one field"));
        }
    }
}

fn codes(node: &Node) -> Vec<(Problem, Code)> {
    let Some(written) = node.get("codes") else { return Vec::new() };
    let mut codes = Vec::new();
    for problem in Problem::ALL.iter().copied() {
        let Some(value) = written.get(problem.word()) else { continue };
        match validate::code(value) {
            Some(code) => codes.push((problem, code)),
            None => codes.extend(value.items().iter().filter_map(validate::code).map(|code| (problem, code))),
        }
    }
    codes
}
