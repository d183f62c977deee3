//! Fields, their types and constraints.

use std::collections::HashMap;

use airudder_model::{Code, Evidence, Limit, LimitOn, Problem, Scalar};

use super::tables::evidence_at;
use super::{Context, types};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::names;
use crate::spec::model::{Constraint, Field, Type};
use crate::spec::{sample, shape};
use crate::syntax::node::Node;

/// How many lists and maps may stand inside each other: far more than an API has, and few enough for any stack.
const DEEPEST: usize = 8;

/// The fields of a mapping. `evidence` is that of fields without one of their own.
pub(super) fn fields(node: &Node, evidence: Option<Evidence>, context: &mut Context<'_>) -> Vec<Field> {
    let mut fields: Vec<Field> =
        node.entries().iter().map(|(name, node)| field(name, node, evidence, context)).collect();
    // What is poisoned stays as a name: samples, paths and pagings that name it are not to blame.
    fields.extend(
        node.poisoned
            .iter()
            .filter(|name| *name != Node::ANY)
            .map(|name| unsound(name, &Node::empty(node.span))),
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

/// The fields of a base with the differences of a derived entry. `known`: whether all fields of the base could be read.
pub(super) fn changed(
    mut base: Vec<Field>,
    changes: Changes<'_>,
    known: bool,
    evidence: Option<Evidence>,
    context: &mut Context<'_>,
) -> Vec<Field> {
    let told = context.diagnostics.len();
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
        base.extend(add.poisoned.iter().map(|name| unsound(name, &Node::empty(add.span))));
    }
    resolve_before(&mut base, changes.drop, context);
    // What is wrong with the base is told where the base stands.
    let own: Vec<Diagnostic> =
        context.diagnostics.drain(told..).filter(|diagnostic| changes.has(diagnostic)).collect();
    context.diagnostics.extend(own);
    base
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
        return unsound(name, node);
    }
    if let Some(written) = node.get("wire").filter(|w| w.text() == Some("")) {
        context.diagnostics.push(
            at_value(written, "the wire name is empty").help("leave `wire` out where it is the key itself"),
        );
        return unsound(name, node);
    }
    // A field whose type is unknown stays, as JSON: what uses it is not to blame.
    let ty = node.get("type").and_then(|written| parse_type(&written.scalar()?, written, context));
    let Some(ty) = ty else {
        return Field {
            evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
            ..unsound(name, node)
        };
    };
    let mut diagnostics = Vec::new();
    check_example(node, &ty, &mut diagnostics);
    let constraints = constraints(node, &ty, &mut diagnostics);
    context.diagnostics.append(&mut diagnostics);
    Field {
        name: name.to_owned(),
        wire: node.text_at("wire").unwrap_or_else(|| name.to_owned()),
        aliases: node.texts_at("aliases"),
        required: node.flag_at("required"),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        sensitive: node.flag_at("sensitive"),
        constraints,
        codes: codes(node),
        ty,
        sound: node.poisoned.is_empty(),
        node: node.clone(),
    }
}

/// A field of which little is known, since something is wrong with it.
fn unsound(name: &str, node: &Node) -> Field {
    Field {
        name: name.to_owned(),
        wire: node.text_at("wire").filter(|wire| !wire.is_empty()).unwrap_or_else(|| name.to_owned()),
        aliases: node.texts_at("aliases"),
        required: node.flag_at("required"),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence: Evidence::Assumed,
        sensitive: true,
        constraints: Vec::new(),
        codes: codes(node),
        ty: Type::Scalar(Scalar::Json),
        sound: false,
        node: node.clone(),
    }
}

/// Where to tell that a key of a field does not fit its type: at the key, or at the type where a derived entry changed
/// the type alone.
fn misfit(node: &Node, key: &Node, text: &str) -> Diagnostic {
    match node.get("type") {
        Some(ty) if !is_of(node, ty) && is_of(node, key) => {
            at_value(ty, format!("{text}, which the base has"))
                .help("change that key too, or remove it with `null`")
        }
        _ => at_key(key, text.to_owned()),
    }
}

/// Whether a key's value was written with the field itself, and not in a change.
fn is_of(node: &Node, value: &Node) -> bool {
    node.span.contains(&value.span)
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

/// A type from its text: `list<T>`, `map<T>`, a built-in word or a name.
pub(super) fn parse_type(text: &str, written: &Node, context: &mut Context<'_>) -> Option<Type> {
    type_at_depth(text, written, DEEPEST, context)
}

fn type_at_depth(text: &str, written: &Node, depth: usize, context: &mut Context<'_>) -> Option<Type> {
    let text = text.trim();
    for (word, wrap) in [("list", Type::List as fn(Box<Type>) -> Type), ("map", Type::Map)] {
        let Some(rest) = text.strip_prefix(word).map(str::trim_start) else { continue };
        if rest.is_empty() {
            let diagnostic = at_value(written, format!("`{word}` does not say of what"));
            context.diagnostics.push(
                diagnostic.help(format!("write the type of its entries: `{word}<string>`, `{word}<json>`")),
            );
            return None;
        }
        let Some(rest) = rest.strip_prefix('<') else { continue };
        let Some(inner) = rest.strip_suffix('>') else {
            context.diagnostics.push(
                at_value(written, format!("`{text}` lacks its closing `>`")).help(format!("write `{text}>`")),
            );
            return None;
        };
        if depth == 0 {
            let diagnostic =
                at_value(written, format!("more than {DEEPEST} lists and maps inside each other"));
            context.diagnostics.push(diagnostic.help("use `json`, or give the inner ones a struct"));
            return None;
        }
        return type_at_depth(inner, written, depth - 1, context).map(|inner| wrap(Box::new(inner)));
    }
    if let Some(scalar) = Scalar::from_word(text) {
        return Some(Type::Scalar(scalar));
    }
    types::find(text, written, context)
}

fn fits(on: LimitOn, ty: &Type) -> bool {
    match (on, ty) {
        (LimitOn::Phone, ty) => matches!(ty.innermost(), Type::Scalar(Scalar::Phone)),
        (LimitOn::Text, Type::Id(_) | Type::Enum(_)) => true,
        (LimitOn::Text, Type::Scalar(scalar)) => scalar.is_text(),
        (LimitOn::Number, Type::Scalar(scalar)) => scalar.is_number(),
        (LimitOn::List, Type::List(_)) => true,
        (LimitOn::Text, Type::Struct(_) | Type::List(_) | Type::Map(_))
        | (LimitOn::Number, Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::List(_) | Type::Map(_))
        | (LimitOn::List, Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::Map(_)) => {
            false
        }
    }
}

fn constraints(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for limit in Limit::ALL.iter().copied() {
        let Some(written) = node.get(limit.word()) else { continue };
        let Some(number) = written.integer() else { continue };
        if fits(limit.on(), ty) {
            constraints.push(Constraint::Limit(limit, number));
        } else {
            let diagnostic =
                misfit(node, written, &format!("`{limit}` does not fit the type `{}`", shown_type(node)));
            diagnostics.push(diagnostic.help(for_type(limit, ty)));
        }
    }
    check_order(node, &constraints, diagnostics);
    if let Some(written) = node.get("one_of") {
        constraints.extend(one_of(node, written, ty, diagnostics));
    }
    constraints
}

fn one_of(node: &Node, written: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Option<Constraint> {
    if !matches!(ty, Type::Scalar(Scalar::String | Scalar::Integer) | Type::Enum(_) | Type::Id(_)) {
        let diagnostic =
            misfit(node, written, &format!("`one_of` does not fit the type `{}`", shown_type(node)));
        diagnostics.push(diagnostic.help("it is for text and whole numbers: string, integer, ids and enums"));
        return None;
    }
    if written.items().is_empty() {
        diagnostics.push(
            at_value(written, "`one_of` allows no value").help("list the values allowed, or leave it out"),
        );
        return None;
    }
    if let (Type::Scalar(Scalar::Integer), Some(text)) =
        (ty, written.items().iter().find(|item| item.integer().is_none()))
    {
        diagnostics.push(
            at_value(text, "this is not a whole number, and the field's type is `integer`")
                .help("write whole numbers without quotes"),
        );
        return None;
    }
    Some(Constraint::OneOf(node.texts_at("one_of")))
}

fn shown_type(node: &Node) -> String {
    node.text_at("type").unwrap_or_default()
}

/// What a limit is for, and the limit that was probably meant.
fn for_type(limit: Limit, ty: &Type) -> String {
    let for_what = match limit.on() {
        LimitOn::Text => "text: string, url, phone, base64, json_text, ids and enums",
        LimitOn::Phone => "phone",
        LimitOn::Number => "numbers: integer, number, decimal",
        LimitOn::List => "lists",
    };
    let meant =
        [LimitOn::List, LimitOn::Number, LimitOn::Text].into_iter().find(|on| fits(*on, ty)).and_then(|on| {
            let mut same_side =
                Limit::ALL.iter().filter(|l| l.is_lower() == limit.is_lower() && !l.is_exclusive());
            same_side.find(|l| l.on() == on)
        });
    match meant {
        Some(meant) => format!("it is for {for_what}; did you mean `{meant}`?"),
        None => format!("it is for {for_what}"),
    }
}

fn check_order(node: &Node, constraints: &[Constraint], diagnostics: &mut Vec<Diagnostic>) {
    let limits: Vec<(Limit, i64)> = constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Limit(limit, number) => Some((*limit, *number)),
            Constraint::OneOf(_) | Constraint::Before(_) => None,
        })
        .collect();
    for (low, least) in limits.iter().filter(|(limit, _)| limit.is_lower()) {
        for (high, most) in limits.iter().filter(|(limit, _)| !limit.is_lower() && limit.on() == low.on()) {
            let exclusive = low.is_exclusive() || high.is_exclusive();
            if least < most || (least == most && !exclusive) {
                continue;
            }
            let (Some(low_node), Some(high_node)) = (node.get(low.word()), node.get(high.word())) else {
                continue;
            };
            // Reported where somebody changed it last.
            let at = if is_of(node, low_node) && !is_of(node, high_node) { high_node } else { low_node };
            let diagnostic = at_value(at, format!("`{low}: {least}` and `{high}: {most}` leave no value"));
            diagnostics.push(diagnostic.help(format!("`{low}` must be below `{high}`")));
            return;
        }
    }
}

/// `before` names a sibling by its Rust name; the model holds the wire name. Told where the sibling was dropped, if it was.
fn resolve_before(fields: &mut [Field], dropped: Option<&Node>, context: &mut Context<'_>) {
    if !fields.iter().any(|field| field.node.get("before").is_some()) {
        return;
    }
    let siblings: HashMap<String, Field> = fields.iter().map(|f| (f.name.clone(), f.clone())).collect();
    for field in fields.iter_mut() {
        let Some(written) = field.node.get("before") else { continue };
        let name = written.scalar().unwrap_or_default();
        field.constraints.retain(|c| !matches!(c, Constraint::Before(_)));
        let diagnostic = match siblings.get(&name) {
            _ if written.is_null() => continue,
            None => before_nothing(written, &name, &siblings, dropped),
            Some(sibling) if sibling.name == field.name => {
                at_value(written, format!("`before: {name}` names the field itself"))
                    .help("name the later field")
            }
            Some(sibling) if sibling.ty.is_time() && field.ty.is_time() => {
                field.constraints.push(Constraint::Before(sibling.wire.clone()));
                continue;
            }
            // A type that is not known may well be a time.
            Some(sibling) if !(sibling.sound && field.sound) => continue,
            Some(sibling) => {
                let changed = [&*field, sibling]
                    .into_iter()
                    .find_map(|f| f.node.get("type").filter(|ty| !is_of(&f.node, ty)));
                let place = if is_of(&field.node, written) { changed.unwrap_or(written) } else { written };
                at_value(place, format!("`before: {name}` compares what is not a date or time"))
                    .help("both fields must be of a date or time type")
            }
        };
        context.diagnostics.push(diagnostic);
    }
}

fn before_nothing(
    written: &Node,
    name: &str,
    siblings: &HashMap<String, Field>,
    dropped: Option<&Node>,
) -> Diagnostic {
    let item = dropped
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .find(|item| item.scalar().as_deref() == Some(name));
    if let Some(item) = item {
        let diagnostic = at_value(
            item,
            format!("`{name}` is dropped, and another field of the base says `before: {name}`"),
        );
        return diagnostic.help("remove that too: `change: {request: {the_field: {before: null}}}`");
    }
    let mut known: Vec<&str> = siblings.keys().map(String::as_str).collect();
    known.sort_unstable();
    did_you_mean(at_value(written, format!("`before: {name}` names no field beside this one")), name, &known)
}

fn codes(node: &Node) -> Vec<(Problem, Code)> {
    let Some(written) = node.get("codes") else { return Vec::new() };
    let mut codes = Vec::new();
    for problem in Problem::ALL.iter().copied() {
        let Some(value) = written.get(problem.word()) else { continue };
        match shape::code(value) {
            Some(code) => codes.push((problem, code)),
            None => codes.extend(value.items().iter().filter_map(shape::code).map(|code| (problem, code))),
        }
    }
    codes
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
