//! Error codes that fields and endpoints name.

use std::collections::{HashMap, HashSet};

use airudder_model::{Code, CodeForm};

use crate::diagnostic::{Diagnostic, at_value};
use crate::ir::{Endpoint, Field, Payload, Response, Section, Spec, Struct, Webhook};
use crate::schema::validate;
use crate::syntax::node::Node;
use crate::syntax::span::Span;

/// The codes that families name as their defaults.
pub(super) fn check_family_codes(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    for family in &spec.families {
        let Some(table) = spec.errors.iter().find(|t| t.family == family.name && t.known) else { continue };
        let single = ["missing_code", "invalid_code"].into_iter().filter_map(|key| family.node.get(key));
        let tokens = family.node.get("token_codes").map(Node::items).unwrap_or_default();
        for written in single.chain(tokens) {
            let Some(code) = validate::code(written) else { continue };
            if !table.has(code) {
                let diagnostic =
                    at_value(written, format!("the family `{}` has no error code {code}", family.name));
                diagnostics.push(diagnostic.help("add it to the family's table in errors.yaml"));
            }
        }
    }
}

/// The error codes of all families.
pub(super) struct Numbers<'a> {
    known: HashMap<&'a str, HashSet<Code>>,
    families: HashMap<Code, Vec<&'a str>>,
    /// Families whose tables could not be read.
    unread: HashSet<&'a str>,
    /// Whether there are tables at all.
    readable: bool,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(spec: &'a Spec) -> Self {
        let mut numbers = Self {
            known: HashMap::new(),
            families: HashMap::new(),
            unread: HashSet::new(),
            readable: !spec.errors.is_empty(),
        };
        for table in &spec.errors {
            if !table.known {
                numbers.unread.insert(&table.family);
            }
            for code in table.rows.iter().map(|r| r.code).chain(table.invalid.iter().copied()) {
                numbers.known.entry(&table.family).or_default().insert(code);
                numbers.families.entry(code).or_default().push(&table.family);
            }
        }
        numbers
    }

    fn has(&self, family: &str, code: Code) -> bool {
        self.known.get(family).is_some_and(|known| known.contains(&code))
    }

    /// A shared struct belongs to no family: some family must know its codes.
    pub(super) fn check_shared(&self, object: &Struct, diagnostics: &mut Vec<Diagnostic>) {
        if !self.readable || !self.unread.is_empty() {
            return;
        }
        for (code, written) in object.fields.iter().flat_map(written_codes) {
            if !self.families.contains_key(&code) && object.node.span.contains(&written.span) {
                let diagnostic = at_value(written, format!("no family has an error code {code}"));
                diagnostics
                    .push(diagnostic.help("new codes go into errors.yaml, or under `errors` of a section"));
            }
        }
    }
}

/// The codes that entries of a section may name.
pub(super) struct Codes<'a> {
    pub(super) numbers: &'a Numbers<'a>,
    pub(super) spec: &'a Spec,
    pub(super) section: &'a Section,
}

impl Codes<'_> {
    fn is_known(&self, code: Code) -> bool {
        let family = self.section.family.as_str();
        !self.numbers.readable
            || self.spec.family(family).is_none()
            || self.numbers.unread.contains(family)
            || (self.section.node.is_poisoned("errors") || self.section.errors_unknown)
            || self.numbers.has(family, code)
            || self.section.errors.iter().any(|row| row.code == code)
    }

    pub(super) fn check_endpoint(&self, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
        let node = &endpoint.entry.node;
        self.check_own(&endpoint.request, node, diagnostics);
        if let Response::Fields(fields) = &endpoint.response {
            self.check_own(fields, node, diagnostics);
        }
        for written in node.get("errors").map(Node::items).unwrap_or_default() {
            if let Some(code) = validate::code(written) {
                self.check(code, written, diagnostics);
            }
        }
        self.check_taken_over(endpoint, diagnostics);
    }

    pub(super) fn check_webhook(&self, webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
        if let Payload::Fields(fields) = &webhook.payload {
            self.check_own(fields, &webhook.entry.node, diagnostics);
        }
    }

    /// The codes of fields, as far as they are written in `node`.
    pub(super) fn check_own(&self, fields: &[Field], node: &Node, diagnostics: &mut Vec<Diagnostic>) {
        for (code, written) in fields.iter().flat_map(written_codes) {
            if node.span.contains(&written.span) {
                self.check(code, written, diagnostics);
            }
        }
    }

    fn check(&self, code: Code, written: &Node, diagnostics: &mut Vec<Diagnostic>) {
        if self.is_known(code) {
            return;
        }
        let family = &self.section.family;
        if let (Code::Word(word), Some(CodeForm::Number)) =
            (code, self.spec.family(family).map(|f| f.code_form))
        {
            let diagnostic = at_value(written, format!("expected a whole number, found `{word}`"));
            diagnostics.push(
                diagnostic.help(format!("the codes of the family `{family}` are numbers: write digits")),
            );
            return;
        }
        let diagnostic = at_value(written, format!("the family `{family}` has no error code {code}"));
        diagnostics.push(match self.numbers.families.get(&code) {
            Some(families) => diagnostic.help(format!(
                "{code} is a code of {}; a number means something only together with its family",
                families.join(", ")
            )),
            None => {
                let known = self.numbers.known.get(family.as_str()).into_iter().flatten();
                match known.min_by_key(|known| distance(**known, code)) {
                    Some(near) => diagnostic.help(format!(
                        "the nearest code is {near}; new codes go into errors.yaml, \
                         or under `errors` of a section"
                    )),
                    None => diagnostic.help("new codes go into errors.yaml, or under `errors` of a section"),
                }
            }
        });
    }

    /// Codes of a base in another family, reported once at what takes them over.
    fn check_taken_over(&self, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
        let node = &endpoint.entry.node;
        let Some(place) = node.get("same_as").or(node.get("request")) else { return };
        // What the base's own family lacks as well is reported at the base.
        let foreign = |section: Option<&Section>, code: Code| {
            section.is_some_and(|s| s.family != self.section.family && self.numbers.has(&s.family, code))
                && !self.is_known(code)
        };
        let section_of = |span: Span| self.spec.sections.iter().find(|s| s.file == span.file);
        let fields = endpoint
            .request
            .iter()
            .flat_map(written_codes)
            .filter(|(_, written)| !node.span.contains(&written.span));
        let mut codes: Vec<Code> = fields
            .filter(|(code, written)| foreign(section_of(written.span), *code))
            .map(|(code, _)| code)
            .collect();
        if node.get("errors").is_none() {
            let base = endpoint.entry.bases.first().and_then(|key| self.spec.section(key.split('.').next()?));
            codes.extend(endpoint.errors.iter().filter(|code| foreign(base, **code)).copied());
        }
        codes.sort_unstable();
        codes.dedup();
        if !codes.is_empty() {
            let list: Vec<String> = codes.iter().map(Code::to_string).collect();
            let text = format!(
                "what is taken over names codes that the family `{}` lacks: {}",
                self.section.family,
                list.join(", ")
            );
            diagnostics.push(
                at_value(place, text)
                    .help("give `errors` of its own, and `change: {request: {the_field: {codes: null}}}`"),
            );
        }
    }
}

/// How far a code is from the one that was written: numbers by their difference, words by their letters.
fn distance(known: Code, written: Code) -> (u64, Code) {
    let distance = match (known, written) {
        (Code::Number(known), Code::Number(written)) => known.abs_diff(written),
        (Code::Word(known), Code::Word(written)) => {
            strsim::damerau_levenshtein(known.as_str(), written.as_str()) as u64
        }
        (Code::Number(_), Code::Word(_)) | (Code::Word(_), Code::Number(_)) => u64::MAX,
    };
    (distance, known)
}

/// The codes of a field as they are written.
fn written_codes(field: &Field) -> impl Iterator<Item = (Code, &Node)> {
    let entries = field.node.get("codes").map(Node::entries).unwrap_or_default();
    entries
        .iter()
        .flat_map(|(_, written)| std::iter::once(written).chain(written.items()))
        .filter_map(|n| Some((validate::code(n)?, n)))
}
