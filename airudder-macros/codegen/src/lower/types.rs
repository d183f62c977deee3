//! Named types: ids, enums, structs.

use super::fields::Changes;
use super::words::{evidence_at, word_at};
use super::{Context, fields};
use crate::diagnostic::{at_key, at_value};
use crate::ir::{Enum, EnumValue, Field, Id, Struct, TypeRef, Types};
use crate::lower::resolve::find_struct;
use crate::names;
use crate::syntax::node::Node;
use airudder_model::{EnumForm, Evidence, Scalar};
use std::collections::HashMap;

/// How many structs may be built one on another: far more than anybody needs, and few enough for any stack.
const LONGEST: usize = 32;

/// The types of `types.yaml` or of a section.
pub(super) fn types(node: &Node, section: Option<&str>, context: &mut Context<'_>) -> Types {
    let mut types = Types::default();
    for (name, id) in entries(node, "ids") {
        if is_good_name(name, id, context) {
            types.ids.push(Id {
                name: name.clone(),
                doc: id.text_at("doc").unwrap_or_default(),
                evidence: evidence_at(id),
                span: id.key_span,
            });
        }
    }
    for (name, node) in entries(node, "enums") {
        if is_good_name(name, node, context) {
            types.enums.push(self::enumeration(name, node, context));
        }
    }
    for (name, node) in entries(node, "structs") {
        if is_good_name(name, node, context) {
            let at = TypeRef { section: section.map(str::to_owned), name: name.clone() };
            types.structs.extend(self::structure(&at, node, &mut Vec::new(), context));
        }
    }
    types
}

fn entries<'a>(node: &'a Node, key: &str) -> &'a [(String, Node)] {
    node.get(key).map(Node::entries).unwrap_or_default()
}

fn is_good_name(name: &str, node: &Node, context: &mut Context<'_>) -> bool {
    if node.is_poisoned(Node::ANY) {
        return false;
    }
    let problem = match name {
        // A type of this name would hide the one that every generated line relies on.
        "String" | "Vec" | "Option" | "Box" | "Result" | "Default" => {
            Some("Rust has a type of this name".to_owned())
        }
        _ if Scalar::WORDS.contains(&name) => Some("it is a built-in type".to_owned()),
        _ => names::problem_with_type_name(name),
    };
    match problem {
        None => true,
        Some(problem) => {
            let diagnostic = at_key(node, format!("`{name}` cannot name a type: {problem}"));
            let other = names::pascal(&names::snake(name));
            context.diagnostics.push(match names::problem_with_type_name(&other) {
                _ if names::problem_with_type_name(name).is_none() => {
                    diagnostic.help(format!("give it another name, such as `Own{name}`"))
                }
                None if other != name => diagnostic.help(format!("types are PascalCase, such as `{other}`")),
                _ => diagnostic.help("types are PascalCase, such as `CallRecord`"),
            });
            false
        }
    }
}

fn enumeration(name: &str, node: &Node, context: &mut Context<'_>) -> Enum {
    let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
    let form = word_at(node, "kind", EnumForm::from_word).unwrap_or(EnumForm::String);
    let mut values: Vec<EnumValue> = Vec::new();
    let mut taken = HashMap::<String, String>::new();
    for (wire, value) in entries(node, "values") {
        if value.is_poisoned("rust") {
            continue;
        }
        let rust = value.text_at("rust").unwrap_or_else(|| names::variant(wire));
        if let Some(problem) = names::problem_with_variant(&rust) {
            let diagnostic =
                at_key(value, format!("the value `{wire}` gives no variant of `{name}`: {problem}"));
            context.diagnostics.push(diagnostic.help(format!("name it: `\"{wire}\": {{rust: SomeName}}`")));
            continue;
        }
        if let Some(other) = taken.get(&rust) {
            let text =
                format!("the values `{other}` and `{wire}` of `{name}` both become the variant `{rust}`");
            let diagnostic = match value.get("rust") {
                Some(written) => at_value(written, text),
                None => at_key(value, text),
            };
            context.diagnostics.push(diagnostic.help("name one of them with `rust: AnotherName`"));
            continue;
        }
        if form == EnumForm::Integer && wire.parse::<i64>().is_err() {
            let diagnostic =
                at_key(value, format!("`{wire}` is not a whole number, and `{name}` has `kind: integer`"));
            context.diagnostics.push(
                diagnostic.help("values of such an enum are whole numbers: leave `kind` out for words"),
            );
            continue;
        }
        let aliases = aliases(name, value, node.get("values"), &values, context);
        taken.insert(rust.clone(), wire.clone());
        values.push(EnumValue {
            wire: wire.clone(),
            aliases,
            rust,
            doc: value.text_at("doc").unwrap_or_default(),
            evidence: evidence_at(value).unwrap_or(evidence),
            answered: value.get("answered").and_then(Node::flag),
        });
    }
    Enum {
        name: name.to_owned(),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence,
        form,
        values,
        span: node.key_span,
    }
}

/// Other spellings of a value, as far as they are no other value's.
fn aliases(
    name: &str,
    value: &Node,
    all: Option<&Node>,
    before: &[EnumValue],
    context: &mut Context<'_>,
) -> Vec<String> {
    let mut aliases: Vec<String> = Vec::new();
    for written in value.get("aliases").map(Node::items).unwrap_or_default() {
        let alias = written.scalar().unwrap_or_default();
        let taken = all.is_some_and(|all| all.get(&alias).is_some())
            || before.iter().flat_map(|value| &value.aliases).chain(&aliases).any(|other| *other == alias);
        if taken {
            let text = format!("`{alias}` is another value of `{name}`, or an alias already");
            context.diagnostics.push(at_value(written, text).help("each spelling belongs to one value"));
        } else {
            aliases.push(alias);
        }
    }
    aliases
}

/// A struct with everything that it takes from others; `None` where it goes in a circle. Each is made once.
fn structure(
    at: &TypeRef,
    node: &Node,
    above: &mut Vec<TypeRef>,
    context: &mut Context<'_>,
) -> Option<Struct> {
    if let Some(made) = context.structs.get(at) {
        return made.clone();
    }
    above.push(at.clone());
    let made = match node.get("same_as") {
        Some(written) => derived(at, node, written, above, context),
        None if node.is_poisoned("same_as") => None,
        None => Some(plain(at, node, above, context)),
    };
    above.pop();
    context.structs.insert(at.clone(), made.clone());
    made
}

fn plain(at: &TypeRef, node: &Node, above: &mut Vec<TypeRef>, context: &mut Context<'_>) -> Struct {
    let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
    let mut fields = Vec::new();
    let mut bases = Vec::new();
    let mut known = !node.is_poisoned("fields") && !node.is_poisoned("include");
    for written in node.get("include").map(Node::items).unwrap_or_default() {
        match other_struct(written, above, context) {
            Some((at, included)) => {
                bases.push(at);
                known &= included.known;
                let mut taken = included.fields;
                if let Some(ceiling) = evidence_at(node) {
                    fields::lower_evidence(&mut taken, ceiling);
                }
                fields.extend(taken);
            }
            None => known = false,
        }
    }
    if let Some(own) = node.get("fields") {
        let own = fields::fields(own, Some(evidence), context);
        // An own field takes the place of an included one of the same name.
        fields.retain(|f: &Field| !own.iter().any(|o| o.name == f.name));
        fields.extend(own);
    }
    check_included(&mut fields, node, context);
    fields::check_unique_wire_names(&fields, context);
    let made = Struct {
        name: at.name.clone(),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence,
        open: node.flag_at("open").then(|| node.text_at("open_doc").unwrap_or_default()),
        entry: entry(node),
        fields,
        bases,
        known,
        span: node.key_span,
        node: node.clone(),
    };
    check_entry(&made, context);
    made
}

/// Two included structs may have a field of one name.
fn check_included(fields: &mut Vec<Field>, node: &Node, context: &mut Context<'_>) {
    let mut seen = std::collections::HashSet::new();
    let twice: Vec<String> =
        fields.iter().filter(|f| !seen.insert(f.name.clone())).map(|f| f.name.clone()).collect();
    if let Some(written) = node.get("include") {
        for name in &twice {
            let diagnostic = at_value(written, format!("two of these structs have a field `{name}`"));
            context.diagnostics.push(
                diagnostic
                    .help("give this struct a field of its own of that name: it takes the place of both"),
            );
        }
    }
    let mut seen = std::collections::HashSet::new();
    fields.retain(|f| seen.insert(f.name.clone()));
}

fn entry(node: &Node) -> Option<(String, String)> {
    node.get("entry").map(|e| (e.text_at("key").unwrap_or_default(), e.text_at("value").unwrap_or_default()))
}

fn check_entry(made: &Struct, context: &mut Context<'_>) {
    let Some(written) = made.node.get("entry") else { return };
    for key in ["key", "value"] {
        let Some(name) = written.get(key) else { continue };
        let wire = name.scalar().unwrap_or_default();
        if made.known && made.fields.iter().all(|f| f.valid) && !made.fields.iter().any(|f| f.wire == wire) {
            let known: Vec<&str> = made.fields.iter().map(|f| f.wire.as_str()).collect();
            let diagnostic = at_value(name, format!("no field of this struct has the wire name `{wire}`"));
            context.diagnostics.push(crate::diagnostic::did_you_mean(diagnostic, &wire, &known));
        }
    }
}

fn derived(
    at: &TypeRef,
    node: &Node,
    written: &Node,
    above: &mut Vec<TypeRef>,
    context: &mut Context<'_>,
) -> Option<Struct> {
    let (base, mut made) = other_struct(written, above, context)?;
    if let Some(evidence) = evidence_at(node) {
        made.evidence = evidence;
        fields::lower_evidence(&mut made.fields, evidence);
    }
    made.name = at.name.clone();
    made.span = node.key_span;
    made.node = node.clone();
    made.bases = vec![base];
    if let Some(doc) = node.text_at("doc") {
        made.doc = doc;
    }
    if node.get("open").is_some() {
        made.open = node.flag_at("open").then(|| node.text_at("open_doc").unwrap_or_default());
    }
    for key in ["fields", "include", "entry"] {
        if let Some(extra) = node.get(key) {
            let diagnostic = at_key(extra, format!("a struct with `same_as` has no `{key}` of its own"));
            context
                .diagnostics
                .push(diagnostic.help("what differs from the base goes under `change`, `add` and `drop`"));
        }
    }
    made.fields =
        fields::changed(made.fields, Changes::of(node, "fields"), made.known, Some(made.evidence), context);
    made.known &= !["change", "add", "drop"].iter().any(|key| node.is_poisoned(key));
    fields::check_unique_wire_names(&made.fields, context);
    Some(made)
}

/// The struct that a value names.
fn other_struct(
    written: &Node,
    above: &mut Vec<TypeRef>,
    context: &mut Context<'_>,
) -> Option<(TypeRef, Struct)> {
    let at = find_struct(written, context)?;
    if let Some(start) = above.iter().position(|t| *t == at) {
        let way: Vec<&str> =
            above[start..].iter().map(|t| t.name.as_str()).chain([at.name.as_str()]).collect();
        // Reported at the struct that the way started from: of all those in the circle it stands first.
        let start = context
            .index
            .struct_node(&above[start])
            .and_then(|node| names_other(node, way[1], written))
            .unwrap_or(written);
        let diagnostic = at_value(start, format!("this goes in a circle: {}", way.join(" -> ")));
        context.diagnostics.push(diagnostic.help("one of them must have fields of its own"));
        return None;
    }
    if above.len() >= LONGEST {
        let diagnostic =
            at_value(written, format!("more than {LONGEST} structs are built one on another here"));
        context.diagnostics.push(diagnostic.help("name one of the structs below it instead"));
        return None;
    }
    let node = context.index.struct_node(&at)?;
    let made = structure(&at, node, above, context)?;
    Some((at, made))
}

/// Where a struct names another, by `same_as` or `include`.
fn names_other<'a>(node: &'a Node, name: &str, written: &'a Node) -> Option<&'a Node> {
    let is_it = |n: &&Node| n.scalar().is_some_and(|text| text.rsplit('.').next() == Some(name));
    let included = node.get("include").map(Node::items).unwrap_or_default();
    node.get("same_as").into_iter().chain(included).find(is_it).or(Some(written))
}
