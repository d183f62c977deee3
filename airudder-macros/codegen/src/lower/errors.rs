//! `errors.yaml`, and the codes of sections.

use std::collections::{HashMap, HashSet};

use airudder_model::{Code, CodeForm, Evidence};

use super::Context;
use super::families::categories_of;
use super::words::{code_at, evidence_at};
use crate::diagnostic::{at_key, at_value, did_you_mean};
use crate::ir::{ErrorRow, ErrorTable, Spec};
use crate::names;
use crate::schema::shape::code_key;
use crate::schema::validate::code;
use crate::syntax::node::Node;

/// What the codes of the families have in common, by the tables of `errors.yaml`.
pub(super) fn categories(node: &Node, spec: &mut Spec, context: &mut Context<'_>) {
    for (family, table) in node.entries() {
        let Some(written) = table.get("categories") else { continue };
        let known = spec.errors.iter().find(|t| t.family == *family);
        for (category, items) in written.entries() {
            for item in items.items() {
                let Some(code) = code(item) else { continue };
                if known.is_some_and(|table| table.known && !table.has(code)) {
                    let diagnostic = at_value(item, format!("the table has no code {code} for `{category}`"));
                    context.diagnostics.push(diagnostic.help("name codes of the same table"));
                }
            }
        }
        if let Some(family) = spec.families.iter_mut().find(|f| f.name == *family) {
            family.categories = categories_of(written);
        }
    }
}

pub(super) fn errors(node: &Node, spec: &Spec, context: &mut Context<'_>) -> Vec<ErrorTable> {
    let mut names = HashMap::new();
    let mut tables = Vec::new();
    for (family, table) in node.entries() {
        if spec.family(family).is_none() {
            if !context.index.may_have_family(family) {
                let known: Vec<&str> = spec.families.iter().map(|f| f.name.as_str()).collect();
                let diagnostic = at_key(table, format!("there is no family `{family}`"));
                context.diagnostics.push(did_you_mean(diagnostic, family, &known));
                // It may be the table of any family that has none.
                tables.extend(
                    known.iter().filter(|family| node.get(family).is_none()).map(|family| unread(family)),
                );
            }
            continue;
        }
        tables.push(match table.get("codes") {
            Some(codes) => {
                let form = spec.family(family).map(|f| f.code_form);
                self::table(family, form, codes, evidence_at(table), &mut names, None, context)
            }
            None => unread(family),
        });
    }
    tables.extend(node.poisoned.iter().map(|family| unread(family)));
    tables
}

/// A table that cannot be read: it proves no code unknown.
fn unread(family: &str) -> ErrorTable {
    ErrorTable { family: family.to_owned(), rows: Vec::new(), invalid: Vec::new(), known: false }
}

/// The codes of a section's own, and whether all could be read. What its family's table has already is not
/// its own.
pub(super) fn own_rows(
    rows: &Node,
    form: Option<CodeForm>,
    family: Option<&ErrorTable>,
    context: &mut Context<'_>,
) -> (Vec<ErrorRow>, bool) {
    let table = table("", form, rows, None, &mut HashMap::new(), family, context);
    (table.rows, table.known)
}

fn table(
    family: &str,
    form: Option<CodeForm>,
    codes: &Node,
    evidence: Option<Evidence>,
    names: &mut HashMap<String, Code>,
    above: Option<&ErrorTable>,
    context: &mut Context<'_>,
) -> ErrorTable {
    let known = !codes.is_poisoned(Node::ANY);
    let mut table = ErrorTable { family: family.to_owned(), rows: Vec::new(), invalid: Vec::new(), known };
    table.invalid.extend(codes.poisoned.iter().filter_map(|code| code_key(code)));
    let mut numbers = HashSet::new();
    for (code, node) in codes.entries() {
        let Some(number) = code_key(code) else {
            // Reported already; any code may be meant.
            table.known = false;
            continue;
        };
        if let (Code::Word(_), Some(CodeForm::Number), false) = (number, form, node.is_poisoned(Node::ANY)) {
            let diagnostic = at_key(node, format!("`{code}` is not an error code: codes are whole numbers"));
            context
                .diagnostics
                .push(diagnostic.help("a row is written `10402: {name: TaskNameTooLong, meaning: ...}`"));
            table.known = false;
            continue;
        }
        if !numbers.insert(number) {
            let diagnostic = at_key(node, format!("the code {number} appears twice"));
            context.diagnostics.push(
                diagnostic.help("one row holds all that a number means: list the meanings in `meanings`"),
            );
            continue;
        }
        if let Some(known) = above.and_then(|table| table.rows.iter().find(|row| row.code == number)) {
            let diagnostic = at_key(
                node,
                format!("the code {number} is in the family's table already, as `{}`", known.name),
            );
            context
                .diagnostics
                .push(diagnostic.help("leave it out here: every endpoint of the family may name it"));
            continue;
        }
        match good_variant(number, node, names, context) {
            Some(name) if !node.is_poisoned("meaning") => table.rows.push(row(number, name, node, evidence)),
            _ => table.invalid.push(number),
        }
    }
    check_same_meaning(codes, &table, above, context);
    table
}

/// The name of a row, if it can be a variant and is no other row's.
fn good_variant(
    number: Code,
    node: &Node,
    names: &mut HashMap<String, Code>,
    context: &mut Context<'_>,
) -> Option<String> {
    let written = node.get("name")?;
    let name = written.scalar()?;
    if let Some(problem) = names::problem_with_variant(&name) {
        let diagnostic = at_value(written, format!("`{name}` cannot be a variant of ErrorCode: {problem}"));
        let other = names::pascal(&names::snake(&name));
        context.diagnostics.push(match names::problem_with_variant(&other) {
            None if other != name => diagnostic.help(format!("names are PascalCase: `{other}`")),
            _ => diagnostic.help("names are PascalCase, such as `TaskNameTooLong`"),
        });
        return None;
    }
    if let Some(other) = names.insert(name.clone(), number) {
        let diagnostic = at_value(
            written,
            format!("`{name}` names two codes, {other} and {number}; a variant of ErrorCode has one number"),
        );
        context
            .diagnostics
            .push(diagnostic.help("put the family's name in front of one, as in `CallcenterTaskNameExists`"));
        return None;
    }
    Some(name)
}

fn check_same_meaning(
    codes: &Node,
    table: &ErrorTable,
    above: Option<&ErrorTable>,
    context: &mut Context<'_>,
) {
    let tables = || std::iter::once(table).chain(above);
    for (_, node) in codes.entries() {
        let Some(written) = node.get("same_meaning_as") else { continue };
        let Some(code) = code(written) else { continue };
        if !tables().any(|t| t.has(code)) {
            let diagnostic =
                at_value(written, format!("`same_meaning_as: {code}` does not name a code of this table"));
            context.diagnostics.push(diagnostic.help("name a row of the same family"));
        }
    }
}

fn row(code: Code, name: String, node: &Node, evidence: Option<Evidence>) -> ErrorRow {
    let limit = node.get("limit").map(|limit| {
        let parts: Vec<String> = limit
            .entries()
            .iter()
            .map(|(k, v)| format!("{}: {}", k.replace('_', " "), v.scalar().unwrap_or_default()))
            .collect();
        parts.join(", ")
    });
    ErrorRow {
        code,
        name,
        meaning: node.text_at("meaning").unwrap_or_default(),
        meanings: node.texts_at("meanings"),
        field: node.text_at("field"),
        status: node.integer_at("status").and_then(|status| u16::try_from(status).ok()),
        limit,
        group: node.text_at("group"),
        note: node.text_at("note"),
        same_meaning_as: code_at(node, "same_meaning_as"),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        span: node.key_span,
    }
}
