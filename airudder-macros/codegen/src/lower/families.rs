//! `api.yaml`, and the families of private sections.

use airudder_model::{AuthKind, Category, Code, CodeForm, Evidence};

use super::words::{code_at, evidence_at, word_at};
use super::{Context, Found, Kind, Trees};
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::ir::{Auth, CredentialVariables, Envelope, Family, Field, RefusalForm, Response, Spec};
use crate::names;
use crate::schema::validate::code;
use crate::syntax::node::Node;
use crate::syntax::span::Span;

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

/// What the codes are; where that cannot be read, any will do.
fn code_form(node: &Node) -> CodeForm {
    let otherwise = if node.is_poisoned("code_form") { CodeForm::Word } else { CodeForm::Number };
    word_at(node, "code_form", CodeForm::from_word).unwrap_or(otherwise)
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
        refusal: refusal(node, context),
        transient_statuses: transient_statuses(node),
        encrypted: node.flag_at("encrypted"),
        paths: node.texts_at("paths"),
        code_form: code_form(node),
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

/// HTTP statuses that are worth another try, unless a family says otherwise: too many requests, and gateways
/// whose server is away for the moment.
const TRANSIENT_STATUSES: &[u16] = &[429, 502, 503, 504];

fn transient_statuses(node: &Node) -> Vec<u16> {
    match node.get("transient_statuses") {
        Some(written) => {
            written.items().iter().filter_map(|item| u16::try_from(item.integer()?).ok()).collect()
        }
        None => TRANSIENT_STATUSES.to_vec(),
    }
}

fn refusal(node: &Node, context: &mut Context<'_>) -> Option<RefusalForm> {
    let written = node.get("refusal")?;
    if node.get("envelope").is_some() {
        let text = "`refusal` beside `envelope`: where answers are wrapped, the envelope has the code";
        let help = "`refusal` is for families whose refusals are an HTTP status with a body of its own form";
        context.diagnostics.push(at_key(written, text).help(help));
        return None;
    }
    Some(RefusalForm {
        code: written.text_at("code")?,
        message: written.text_at("message"),
        reason: written.text_at("reason"),
    })
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

/// Reports names in `auth` that are not those of the token endpoint's fields: the token would be asked for,
/// or looked for, under a name that nobody knows.
pub(super) fn check_token_fields(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    for family in &spec.families {
        let (Auth::Token { endpoint, key, secret, token_at, .. }, Some(written)) =
            (&family.auth, family.node.get("auth"))
        else {
            continue;
        };
        let Some(endpoint) = spec.endpoint(endpoint).filter(|e| e.entry.knows_fields()) else { continue };
        let answer: &[Field] = match &endpoint.response {
            Response::Fields(fields) if !endpoint.open_response => fields,
            Response::Fields(_) | Response::Type(_) | Response::File => &[],
        };
        for (name, value, fields, what) in [
            ("key", key, endpoint.request.as_slice(), "request"),
            ("secret", secret, endpoint.request.as_slice(), "request"),
            ("token_at", token_at, answer, "answer"),
        ] {
            let Some(place) = written.get(name) else { continue };
            if fields.is_empty() || fields.iter().any(|f| f.wire == *value || !f.valid) {
                continue;
            }
            let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
            let text = format!("the {what} of `{}` has no field `{value}`", endpoint.entry.key);
            diagnostics.push(did_you_mean(at_value(place, text), value, &known));
        }
    }
}

/// The families that sections and error tables name, where `api.yaml` cannot be read: what they share is not
/// known, and the rest compiles nevertheless.
pub(super) fn stand_in(trees: &Trees, spec: &mut Spec, context: &mut Context<'_>) {
    let named =
        trees.sections.iter().filter_map(|(_, section)| Some((section.text_at("family")?, section.span)));
    let tables = trees.errors.iter().flat_map(Node::entries).map(|(name, table)| (name.clone(), table.span));
    let all: Vec<(String, Span)> = named.chain(tables).collect();
    for (name, span) in all {
        if spec.family(&name).is_none() && names::problem_with_field_name(&name).is_none() {
            let stand_in = family(&name, &Node::empty(span), context);
            // Whether its codes are numbers or words is not known: any will do.
            spec.families.push(Family { code_form: CodeForm::Word, ..stand_in });
        }
    }
}

/// Codes by what they have in common.
pub(super) fn categories_of(node: &Node) -> Vec<(Category, Vec<Code>)> {
    let codes = |category: Category| node.get(category.word()).map(Node::items).unwrap_or_default();
    Category::ALL
        .iter()
        .map(|category| (*category, codes(*category).iter().filter_map(code).collect()))
        .collect()
}
