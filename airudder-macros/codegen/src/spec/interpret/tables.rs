//! `api.yaml` and `errors.yaml`.

use std::collections::{HashMap, HashSet};

use super::{Context, Found, Kind};
use crate::diagnostic::{at_key, at_value, did_you_mean};
use crate::names;
use crate::spec::model::{Auth, CredentialVariables, Envelope, ErrorRow, ErrorTable, Family, Spec};
use crate::spec::shape::{code, code_key};
use crate::syntax::node::Node;
use airudder_model::{AuthKind, Category, Code, CodeForm, Evidence};

pub(super) fn api(node: &Node, spec: &mut Spec, context: &mut Context<'_>) {
    spec.base_url = node.text_at("base_url").unwrap_or_default();
    spec.base_url_variable = node.text_at("base_url_variable");
    spec.credentials = credentials(node, context);
    if let Some(timeouts) = node.get("timeouts") {
        spec.timeouts = timeouts
            .entries()
            .iter()
            .filter_map(|(name, n)| Some((name.clone(), u32::try_from(n.integer()?).ok()?)))
            .collect();
        if !spec.timeouts.iter().any(|(name, _)| name == "normal") && !timeouts.is_poisoned("normal") {
            context.diagnostics.push(
                at_value(timeouts, "there is no time-out class `normal`")
                    .help("it is the default of all endpoints"),
            );
        }
    }
    families(node, None, spec, context);
}

/// The families of `api.yaml`, or of a private section.
pub(super) fn families(node: &Node, section: Option<&str>, spec: &mut Spec, context: &mut Context<'_>) {
    for (name, family) in node.get("families").map(Node::entries).unwrap_or_default() {
        if let Some(problem) = names::problem_with_field_name(name) {
            let diagnostic = at_key(family, format!("`{name}` cannot name a family: {problem}"));
            context
                .diagnostics
                .push(diagnostic.help("families are named in snake_case, such as `number_detection`"));
            continue;
        }
        if spec.family(name).is_some() {
            let diagnostic = at_key(family, format!("there is a family `{name}` already"));
            context.diagnostics.push(diagnostic.help("give this one another name"));
            continue;
        }
        let mut family = self::family(name, family, context);
        if family.base_url.is_none() {
            family.base_url_variable = spec.base_url_variable.clone();
            if family.credentials == CredentialVariables::None {
                family.credentials = spec.credentials.clone();
            }
        }
        family.section = section.map(str::to_owned);
        spec.families.push(family);
    }
}

fn family(name: &str, node: &Node, context: &mut Context<'_>) -> Family {
    Family {
        name: name.to_owned(),
        section: None,
        title: node.text_at("title").unwrap_or_default(),
        base_url: node.text_at("base_url"),
        base_url_variable: node.text_at("base_url_variable"),
        credentials: credentials(node, context),
        envelope: node.get("envelope").map(|e| Envelope {
            success: code_at(e, "success").unwrap_or(Code::Number(0)),
            payload: e.texts_at("payload"),
            message: e.texts_at("message"),
        }),
        encrypted: node.flag_at("encrypted"),
        paths: node.texts_at("paths"),
        code_form: word_at(node, "code_form", CodeForm::from_word).unwrap_or(CodeForm::Number),
        categories: node.get("categories").map(categories_of).unwrap_or_default(),
        auth: node.get("auth").map_or(Auth::None, |auth| self::auth(auth, context)),
        missing_code: code_at(node, "missing_code"),
        invalid_code: code_at(node, "invalid_code"),
        token_codes: node
            .get("token_codes")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(code)
            .collect(),
        evidence: evidence_at(node).unwrap_or(Evidence::Assumed),
        notes: node.texts_at("notes"),
        node: node.clone(),
    }
}

/// The environment variables of credentials.
fn credentials(node: &Node, context: &mut Context<'_>) -> CredentialVariables {
    let Some(written) = node.get("credentials") else { return CredentialVariables::None };
    match (written.text_at("key"), written.text_at("secret"), written.text_at("api_key")) {
        (Some(key), Some(secret), None) => CredentialVariables::KeyAndSecret { key, secret },
        (None, None, Some(api_key)) => CredentialVariables::ApiKey(api_key),
        _ => {
            if written.poisoned.is_empty() {
                let diagnostic = at_value(written, "credentials are a key and a secret, or one API key");
                context.diagnostics.push(
                    diagnostic.help("write `{key: VARIABLE, secret: VARIABLE}`, or `{api_key: VARIABLE}`"),
                );
            }
            CredentialVariables::None
        }
    }
}

/// An error code under a key.
fn code_at(node: &Node, key: &str) -> Option<Code> {
    node.get(key).and_then(code)
}

/// A word of the language under a key.
pub(super) fn word_at<W>(node: &Node, key: &str, from_word: impl Fn(&str) -> Option<W>) -> Option<W> {
    node.text_at(key).as_deref().and_then(from_word)
}

fn auth(node: &Node, context: &mut Context<'_>) -> Auth {
    let Some(kind) = word_at(node, "kind", AuthKind::from_word) else { return Auth::None };
    match kind {
        AuthKind::None => Auth::None,
        AuthKind::Signature => Auth::Signature,
        AuthKind::Bearer => Auth::Bearer,
        AuthKind::Token => {
            let mut need = |key: &str| {
                node.text_at(key).unwrap_or_else(|| {
                    if !node.is_poisoned(key) {
                        let diagnostic =
                            at_key(node, format!("the key `{key}` is missing: auth by token needs it"));
                        context
                            .diagnostics
                            .push(diagnostic.help("it takes `endpoint`, `key`, `secret` and `token_at`"));
                    }
                    String::new()
                })
            };
            Auth::Token {
                endpoint: need("endpoint"),
                key: need("key"),
                secret: need("secret"),
                token_at: need("token_at"),
                lifetime_hours: node
                    .integer_at("lifetime_hours")
                    .and_then(|h| u32::try_from(h).ok())
                    .unwrap_or(24),
            }
        }
    }
}

/// Reports families whose token comes from no endpoint. `built_in`: sections may be absent.
pub(super) fn check_token_endpoints(spec: &Spec, built_in: bool, context: &mut Context<'_>) {
    for Family { node: family, .. } in &spec.families {
        let Some(written) = family.get("auth").and_then(|auth| auth.get("endpoint")) else { continue };
        let key = written.scalar().unwrap_or_default();
        let missing = match context.index.entry(Kind::Endpoint, &key) {
            Found::Nothing => true,
            Found::NoSection => !built_in,
            Found::Here(_) | Found::Poisoned => false,
        };
        if missing {
            let known = context.index.keys(Kind::Endpoint);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let diagnostic = at_value(written, format!("there is no endpoint `{key}` to fetch a token from"));
            context.diagnostics.push(did_you_mean(diagnostic, &key, &known));
        }
    }
}

pub(super) fn evidence_at(node: &Node) -> Option<Evidence> {
    word_at(node, "evidence", Evidence::from_word)
}

/// Codes by what they have in common.
fn categories_of(node: &Node) -> Vec<(Category, Vec<Code>)> {
    let codes = |category: Category| node.get(category.word()).map(Node::items).unwrap_or_default();
    Category::ALL
        .iter()
        .map(|category| (*category, codes(*category).iter().filter_map(code).collect()))
        .collect()
}

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
    ErrorTable { family: family.to_owned(), rows: Vec::new(), unsound: Vec::new(), known: false }
}

/// The codes of a section's own, and whether all could be read. What its family's table has already is not its own.
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
    let mut table = ErrorTable { family: family.to_owned(), rows: Vec::new(), unsound: Vec::new(), known };
    table.unsound.extend(codes.poisoned.iter().filter_map(|code| code_key(code)));
    let mut numbers = HashSet::new();
    for (code, node) in codes.entries() {
        let Some(number) = code_key(code) else {
            // Told already; any code may be meant.
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
            let diagnostic = at_key(node, format!("the code {number} is here twice"));
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
            _ => table.unsound.push(number),
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
                at_value(written, format!("`same_meaning_as: {code}` names no code of this table"));
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
        limit,
        group: node.text_at("group"),
        note: node.text_at("note"),
        same_meaning_as: code_at(node, "same_meaning_as"),
        evidence: evidence_at(node).or(evidence).unwrap_or(Evidence::Assumed),
        span: node.key_span,
    }
}
