//! Named types: ids, enums, structs.

use super::tables::evidence_at;
use super::{Context, fields};
use crate::names;
use crate::spec::mistakes::{at_key, at_value};
use crate::spec::model::{Enum, EnumValue, Evidence, Field, Id, Struct, Type, TypeRef, Types};
use crate::spec::node::Node;

/// The types of `types.yaml` or of a section.
pub(super) fn types(node: &Node, section: Option<&str>, context: &mut Context<'_>) -> Types {
    let mut types = Types::default();
    for (name, id) in entries(node, "ids") {
        if is_good_name(name, id, context) {
            types.ids.push(Id {
                name: name.clone(),
                doc: id.text_at("doc").unwrap_or_default(),
                evidence: evidence_at(id),
                origin: id.origin.clone(),
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
    match names::problem_with_type_name(name) {
        None => true,
        Some(problem) => {
            let mistake = at_key(&node.origin, format!("`{name}` cannot name a type: {problem}"));
            context.mistakes.push(mistake.help(format!("types are PascalCase, such as `{}`", names::pascal(name))));
            false
        }
    }
}

fn enumeration(name: &str, node: &Node, context: &mut Context<'_>) -> Enum {
    let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
    let integer = node.text_at("kind").as_deref() == Some("integer");
    let mut values: Vec<EnumValue> = Vec::new();
    for (wire, value) in entries(node, "values") {
        let rust = value.text_at("rust").unwrap_or_else(|| names::variant(wire));
        if let Some(problem) = names::problem_with_variant(&rust) {
            let mistake = at_key(&value.origin, format!("the value `{wire}` gives no variant of `{name}`: {problem}"));
            context.mistakes.push(mistake.help(format!("name it: `\"{wire}\": {{rust: SomeName}}`")));
            continue;
        }
        if let Some(other) = values.iter().find(|v| v.rust == rust) {
            let mistake =
                at_key(&value.origin, format!("the values `{}` and `{wire}` of `{name}` both become the variant `{rust}`", other.wire));
            context.mistakes.push(mistake.help("name one of them with `rust: AnotherName`"));
            continue;
        }
        if integer && wire.parse::<i64>().is_err() {
            context.mistakes.push(at_key(&value.origin, format!("`{wire}` is not a whole number, and `{name}` has `kind: integer`")));
            continue;
        }
        values.push(EnumValue {
            wire: wire.clone(),
            rust,
            doc: value.text_at("doc").unwrap_or_default(),
            evidence: evidence_at(value).unwrap_or(evidence),
        });
    }
    Enum { name: name.to_owned(), doc: node.text_at("doc").unwrap_or_default(), evidence, integer, values, origin: node.origin.clone() }
}

/// A struct with everything that it takes from others; `None` where it goes in a circle.
fn structure(at: &TypeRef, node: &Node, above: &mut Vec<TypeRef>, context: &mut Context<'_>) -> Option<Struct> {
    above.push(at.clone());
    let made = match node.get("same_as") {
        Some(written) => derived(at, node, written, above, context),
        None => Some(plain(at, node, above, context)),
    };
    above.pop();
    made
}

fn plain(at: &TypeRef, node: &Node, above: &mut Vec<TypeRef>, context: &mut Context<'_>) -> Struct {
    let evidence = evidence_at(node).unwrap_or(Evidence::Assumed);
    let mut fields = Vec::new();
    for written in node.get("include").map(Node::items).unwrap_or_default() {
        if let Some(included) = other_struct(written, above, context) {
            fields.extend(included.fields);
        }
    }
    if let Some(own) = node.get("fields") {
        let own = fields::fields(own, Some(evidence), context);
        // An own field takes the place of an included one of the same name.
        fields.retain(|f: &Field| !own.iter().any(|o| o.name == f.name));
        fields.extend(own);
    }
    fields::check_unique_wire_names(&fields, context);
    Struct {
        name: at.name.clone(),
        doc: node.text_at("doc").unwrap_or_default(),
        evidence,
        open: node.flag_at("open").then(|| node.text_at("open_doc").unwrap_or_default()),
        entry: node.get("entry").map(|e| (e.text_at("key").unwrap_or_default(), e.text_at("value").unwrap_or_default())),
        fields,
        origin: node.origin.clone(),
    }
}

fn derived(at: &TypeRef, node: &Node, written: &Node, above: &mut Vec<TypeRef>, context: &mut Context<'_>) -> Option<Struct> {
    let mut made = other_struct(written, above, context)?;
    if let Some(evidence) = evidence_at(node) {
        made.evidence = evidence;
        made.fields.iter_mut().for_each(|f| f.evidence = evidence);
    }
    made.name = at.name.clone();
    made.origin = node.origin.clone();
    if let Some(doc) = node.text_at("doc") {
        made.doc = doc;
    }
    if node.get("open").is_some() {
        made.open = node.flag_at("open").then(|| node.text_at("open_doc").unwrap_or_default());
    }
    let at = |group: &str| node.get(group).and_then(|g| g.get("fields"));
    made.fields = fields::changed(made.fields, at("change"), at("add"), at("drop"), Some(made.evidence), context);
    fields::check_unique_wire_names(&made.fields, context);
    Some(made)
}

/// The struct that a value names, made anew: only shapes and names are known at this step.
fn other_struct(written: &Node, above: &mut Vec<TypeRef>, context: &mut Context<'_>) -> Option<Struct> {
    let name = written.scalar()?;
    let at = match find_type(&name, written, context) {
        Some(Type::Struct(at)) => at,
        found => {
            if found.is_some() || !unknown_type(&name, written, context) {
                context.mistakes.push(at_value(written, format!("`{name}` is not a struct")));
            }
            return None;
        }
    };
    if above.contains(&at) {
        let way: Vec<&str> = above.iter().map(|t| t.name.as_str()).chain([at.name.as_str()]).collect();
        context.mistakes.push(at_value(written, format!("`{name}` goes in a circle: {}", way.join(" -> "))));
        return None;
    }
    let node = struct_node(&at, context)?.clone();
    // Mistakes inside the other struct are told where it stands, so they are not told again here.
    let told = context.mistakes.len();
    let made = structure(&at, &node, above, context);
    let keep_circles: Vec<_> = context.mistakes.drain(told..).filter(|m| m.text.contains("goes in a circle")).collect();
    context.mistakes.extend(keep_circles);
    made
}

fn struct_node<'a>(at: &TypeRef, context: &Context<'a>) -> Option<&'a Node> {
    types_node(at.section.as_deref(), context)?.get("structs")?.get(&at.name)
}

fn types_node<'a>(section: Option<&str>, context: &Context<'a>) -> Option<&'a Node> {
    match section {
        None => context.trees.types.as_ref(),
        Some(section) => context.trees.sections.iter().find(|(name, _)| name == section)?.1.get("types"),
    }
}

/// Looks a type's name up: in the section where it was written, then in `types.yaml`; `section.Name` in that section.
pub(super) fn find_type(name: &str, written: &Node, context: &Context<'_>) -> Option<Type> {
    if let Some((section, name)) = name.split_once('.') {
        return find_in(Some(section), name, context);
    }
    let own = context.section_of(written).map(str::to_owned);
    own.and_then(|section| find_in(Some(&section), name, context)).or_else(|| find_in(None, name, context))
}

fn find_in(section: Option<&str>, name: &str, context: &Context<'_>) -> Option<Type> {
    let node = types_node(section, context)?;
    let at = || TypeRef { section: section.map(str::to_owned), name: name.to_owned() };
    if node.get("structs").and_then(|n| n.get(name)).is_some() {
        Some(Type::Struct(at()))
    } else if node.get("enums").and_then(|n| n.get(name)).is_some() {
        Some(Type::Enum(at()))
    } else if section.is_none() && node.get("ids").and_then(|n| n.get(name)).is_some() {
        Some(Type::Id(at()))
    } else {
        None
    }
}

/// Reports a type name that nothing defines. Returns whether that was enough: a name that is defined, but unsoundly, or
/// that an unreadable file may define, has its mistake elsewhere.
pub(super) fn unknown_type(name: &str, written: &Node, context: &mut Context<'_>) -> bool {
    let own = context.section_of(written).map(|s| format!("{s}.{name}")).unwrap_or_default();
    if context.is_blind() || context.is_declared("type", name) || context.is_declared("type", &own) {
        return true;
    }
    let mut known: Vec<&str> = crate::spec::grammar::TYPES.to_vec();
    known.extend(context.declared("type"));
    let section = own.split('.').next().unwrap_or_default().to_owned();
    let short: Vec<String> = known.iter().map(|k| k.strip_prefix(&format!("{section}.")).unwrap_or(k).to_owned()).collect();
    let short: Vec<&str> = short.iter().map(String::as_str).collect();
    let mistake = at_value(written, format!("unknown type `{name}`"));
    let mistake = match crate::spec::mistakes::nearest(name, short.iter().copied()) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake,
    };
    let mistake =
        mistake.help(format!("allowed: {}, list<T>, map<T>, or the name of an id, enum or struct", crate::spec::grammar::TYPES.join(", ")));
    context.mistakes.push(mistake);
    true
}
