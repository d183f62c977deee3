//! Rules that span entries: every one is a small function that returns clear sentences.
//!
//! What lacks something because of something that has been told ([`Entry::poisoned`], [`Field::sound`]) is not judged again.
//!
//! [`Entry::poisoned`]: super::model::Entry::poisoned

use std::collections::{HashMap, HashSet};

use airudder_model::{BodyForm, Code, CodeForm, Evidence, Method, Scalar};

use super::model::{Endpoint, Field, Payload, Response, Section, Spec, Struct, Type, TypeRef, Webhook};
use super::sample;
use super::shape;
use crate::diagnostic::{Diagnostic, at_key, at_value, did_you_mean};
use crate::syntax::node::Node;
use crate::syntax::span::Span;

/// Everything that is wrong between entries that are sound by themselves.
pub(crate) fn check(spec: &Spec) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let numbers = Numbers::of(spec);
    check_family_codes(spec, &mut diagnostics);
    for object in &spec.shared.structs {
        numbers.check_shared(object, &mut diagnostics);
    }
    for section in &spec.sections {
        let codes = Codes { numbers: &numbers, spec, section };
        for endpoint in &section.endpoints {
            check_path(endpoint, &mut diagnostics);
            check_query(endpoint, &mut diagnostics);
            check_evidence(endpoint, &mut diagnostics);
            check_page(spec, endpoint, &mut diagnostics);
            codes.check_endpoint(endpoint, &mut diagnostics);
            check_endpoint_samples(spec, endpoint, &mut diagnostics);
        }
        for webhook in &section.webhooks {
            codes.check_webhook(webhook, &mut diagnostics);
            check_webhook_sample(spec, webhook, &mut diagnostics);
        }
        for object in &section.types.structs {
            codes.check_own(&object.fields, &object.node, &mut diagnostics);
        }
        check_same_path(section, &mut diagnostics);
    }
    check_endless_structs(spec, &mut diagnostics);
    diagnostics
}

/// What nothing uses: nothing wrong, but worth a word of `cargo spec check`.
pub fn unused_types(spec: &Spec) -> Vec<Diagnostic> {
    let used = used_types(spec);
    let mut warnings = Vec::new();
    let groups = std::iter::once((None, &spec.shared))
        .chain(spec.sections.iter().map(|s| (Some(s.name.clone()), &s.types)));
    for (section, types) in groups {
        let ids = types.ids.iter().map(|t| (&t.name, t.span));
        let enums = types.enums.iter().map(|t| (&t.name, t.span));
        let structs = types.structs.iter().map(|t| (&t.name, t.span));
        for (name, span) in ids.chain(enums).chain(structs) {
            if !used.contains(&TypeRef { section: section.clone(), name: name.clone() }) {
                warnings.push(
                    Diagnostic::new(span, format!("nothing uses the type `{name}`"))
                        .help("remove it, or use it"),
                );
            }
        }
    }
    warnings
}

fn used_types(spec: &Spec) -> HashSet<TypeRef> {
    let mut used = HashSet::new();
    let mut todo: Vec<Type> = Vec::new();
    let fields = |fields: &[Field], todo: &mut Vec<Type>| todo.extend(fields.iter().map(|f| f.ty.clone()));
    for section in &spec.sections {
        for endpoint in &section.endpoints {
            fields(&endpoint.request, &mut todo);
            // The name of a struct in `request:` takes its fields over; the struct counts as used.
            todo.extend(named_in(endpoint.entry.node.get("request"), section, spec));
            match &endpoint.response {
                Response::Fields(f) => fields(f, &mut todo),
                Response::Type(ty) => todo.push(ty.clone()),
                Response::File => {}
            }
        }
        for webhook in &section.webhooks {
            match &webhook.payload {
                Payload::Fields(f) => fields(f, &mut todo),
                Payload::Struct(at) => todo.push(Type::Struct(at.clone())),
            }
        }
    }
    while let Some(ty) = todo.pop() {
        match ty.innermost() {
            Type::Id(at) | Type::Enum(at) => {
                used.insert(at.clone());
            }
            Type::Struct(at) => {
                if used.insert(at.clone())
                    && let Some(object) = spec.find_struct(at)
                {
                    fields(&object.fields, &mut todo);
                    // A struct may be there only to be built on.
                    todo.extend(object.bases.iter().cloned().map(Type::Struct));
                }
            }
            _ => {}
        }
    }
    used
}

fn named_in(written: Option<&Node>, section: &Section, spec: &Spec) -> Option<Type> {
    let name = written?.text()?;
    let at = match name.split_once('.') {
        Some((section, name)) => TypeRef { section: Some(section.to_owned()), name: name.to_owned() },
        None => {
            let own = TypeRef { section: Some(section.name.clone()), name: name.to_owned() };
            if spec.find_struct(&own).is_some() {
                own
            } else {
                TypeRef { section: None, name: name.to_owned() }
            }
        }
    };
    Some(Type::Struct(at))
}

fn check_path(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(path) = &endpoint.path else { return };
    let node = &endpoint.entry.node;
    if let Some(diagnostic) = node.get("path").and_then(|written| path_problem(path, written)) {
        diagnostics.push(diagnostic);
        return;
    }
    if !endpoint.entry.knows_fields() || endpoint.request.iter().any(|f| !f.sound) {
        return;
    }
    // A parameter that a derived entry removed is told where it did so; one that the base lacks is told there.
    let changes = ["drop", "change"].iter().find_map(|group| node.get(group)?.get("request"));
    let Some(place) = node.get("path").or(changes) else { return };
    for name in parameters(path) {
        let field = endpoint.request.iter().find(|f| f.wire == name);
        if field.is_some_and(|f| f.required) {
            continue;
        }
        let diagnostic = at_value(
            place,
            format!("the path names a parameter `{{{name}}}` that is not a required field of the request"),
        );
        diagnostics.push(match field {
            Some(field) => diagnostic.help(format!("say `required: true` of the field `{}`", field.name)),
            None => match endpoint.request.iter().find(|f| f.name == name) {
                Some(field) => {
                    diagnostic.help(format!("the path takes the wire name of a field: `{{{}}}`", field.wire))
                }
                None => diagnostic.help(format!("add a field with `wire: {name}, required: true`")),
            },
        });
    }
}

fn path_problem(path: &str, written: &Node) -> Option<Diagnostic> {
    if !path.starts_with('/') {
        let diagnostic = at_value(written, format!("the path `{path}` does not start with a slash"));
        let host = path.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        return Some(diagnostic.help(match host {
            Some(rest) => format!("the host is that of the family: write `{rest}`"),
            None => format!("write `/{path}`, or `none` where no path is known"),
        }));
    }
    if let Some(character) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}".contains(*c))) {
        return Some(
            at_value(written, format!("the path `{path}` holds `{character}`"))
                .help("query parameters are fields of `request`"),
        );
    }
    let mut open = false;
    let balanced = path.chars().all(|c| match c {
        '{' => !std::mem::replace(&mut open, true),
        '}' => std::mem::replace(&mut open, false),
        _ => true,
    });
    if !balanced || open || path.contains("{}") {
        let diagnostic = at_value(written, format!("the braces of the path `{path}` do not match"));
        return Some(diagnostic.help("a parameter is the wire name of a field in braces: `/tasks/{TaskID}`"));
    }
    None
}

/// The names in braces of a path.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

fn check_query(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let entry = &endpoint.entry;
    if endpoint.body != BodyForm::Query || entry.is_poisoned("body") || entry.is_poisoned("method") {
        return;
    }
    for field in &endpoint.request {
        let what = match field.ty {
            Type::List(_) => "a list",
            Type::Map(_) => "a map",
            Type::Struct(_) => "an object",
            Type::Scalar(Scalar::Binary) => "a file",
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) => continue,
        };
        let text = format!(
            "`{}` is {what}, and the fields of a {} go into the query string",
            field.name, entry.method
        );
        // What the base may send, a derived entry with another method may not: then the method is to blame.
        let node = &entry.node;
        let diagnostic = match node.get("body").or(node.get("method")) {
            Some(written) if !node.span.contains(&field.node.span) => at_value(written, text),
            _ => at_key(&field.node, text),
        };
        diagnostics
            .push(diagnostic.help("a query holds single values: use POST with a JSON body, or `body: json`"));
    }
}

fn check_evidence(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let (entry, node) = (&endpoint.entry, &endpoint.entry.node);
    // Evidence of twins is checked where it is written.
    let Some(written) = node.get("evidence") else { return };
    if entry.is_poisoned("path") || node.is_poisoned("pages") {
        return;
    }
    if endpoint.path.is_none() && entry.evidence != Evidence::Assumed {
        let diagnostic = at_value(written, "there is no path, so there is nothing to have evidence for");
        diagnostics.push(diagnostic.help("write `evidence: assumed`"));
    } else if entry.evidence == Evidence::Documented && entry.pages.is_empty() {
        let diagnostic = at_value(written, "the path is said to be documented, and no page is named");
        diagnostics.push(
            diagnostic.help(
                "name the vendor's page, `pages: [doc-...]`, or say `observed`, `inferred` or `assumed`",
            ),
        );
    }
}

/// The keys of the answer that a paging names.
fn check_page(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let Some(written) = endpoint.entry.node.get("page") else { return };
    let fields: &[Field] = match &endpoint.response {
        Response::Fields(fields) if !endpoint.open_response => fields,
        Response::Type(Type::Struct(at)) => match spec.find_struct(at) {
            Some(object) if object.open.is_none() && object.known => &object.fields,
            _ => return,
        },
        // Of other answers nothing is known.
        _ => return,
    };
    if !endpoint.entry.knows_fields() || fields.iter().any(|f| !f.sound) {
        return;
    }
    let known: Vec<&str> = fields.iter().map(|f| f.wire.as_str()).collect();
    let mut items = None;
    for key in ["items", "total"] {
        let Some(name) = written.get(key) else { continue };
        let wire = name.scalar().unwrap_or_default();
        match fields.iter().find(|f| f.wire == wire) {
            None => {
                let diagnostic =
                    at_value(name, format!("the paging names `{wire}`, which is not a key of the answer"));
                diagnostics.push(did_you_mean(diagnostic, &wire, &known));
            }
            Some(field)
                if key == "items" && !matches!(field.ty, Type::List(_) | Type::Scalar(Scalar::Json)) =>
            {
                let diagnostic =
                    at_value(name, format!("the paging takes its rows from `{wire}`, which is not a list"));
                diagnostics.push(diagnostic.help("`items` names the list of the answer"));
            }
            Some(field) if key == "items" => items = Some(field),
            Some(_) => {}
        }
    }
    check_item_id(spec, written, items, diagnostics);
}

fn check_item_id(spec: &Spec, page: &Node, items: Option<&Field>, diagnostics: &mut Vec<Diagnostic>) {
    let (Some(Field { ty: Type::List(inner), .. }), Some(name)) = (items, page.get("item_id")) else {
        return;
    };
    let Type::Struct(at) = &**inner else { return };
    let Some(row) =
        spec.find_struct(at).filter(|s| s.open.is_none() && s.known && s.fields.iter().all(|f| f.sound))
    else {
        return;
    };
    let wire = name.scalar().unwrap_or_default();
    if !row.fields.iter().any(|f| f.wire == wire) {
        let known: Vec<&str> = row.fields.iter().map(|f| f.wire.as_str()).collect();
        let diagnostic =
            at_value(name, format!("the paging names `{wire}`, which is not a key of a `{}`", row.name));
        diagnostics.push(did_you_mean(diagnostic, &wire, &known));
    }
}

fn check_endpoint_samples(spec: &Spec, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    // A sample that was taken over is checked where it stands.
    let entry = &endpoint.entry;
    let unknown = !entry.knows_fields();
    let own = entry.node.get("sample");
    if let Some(sample) = own.and_then(|s| s.get("request"))
        && !unknown
    {
        sample::check_object(
            spec,
            sample,
            &endpoint.request,
            entry.open || entry.is_poisoned("open"),
            diagnostics,
        );
    }
    if let Some(sample) = own.and_then(|s| s.get("response")) {
        let open = endpoint.open_response || entry.is_poisoned("open_response");
        match &endpoint.response {
            Response::Fields(_) if unknown => {}
            Response::Fields(fields) => sample::check_object(spec, sample, fields, open, diagnostics),
            Response::Type(ty) => sample::check_value(spec, sample, ty, true, diagnostics),
            Response::File => {
                diagnostics.push(
                    at_key(sample, "the answer is a file: it has no sample")
                        .help("leave `response` out of the sample"),
                );
            }
        }
    }
}

fn check_webhook_sample(spec: &Spec, webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
    let entry = &webhook.entry;
    let Some(sample) = entry.node.get("sample").filter(|_| entry.knows_fields()) else { return };
    match &webhook.payload {
        Payload::Fields(fields) => {
            sample::check_object(spec, sample, fields, entry.open || entry.is_poisoned("open"), diagnostics)
        }
        Payload::Struct(at) => {
            sample::check_value(spec, sample, &Type::Struct(at.clone()), true, diagnostics)
        }
    }
}

/// Two endpoints of a section on one path, where neither comes from the other.
fn check_same_path(section: &Section, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(Method, &str), &Endpoint> = HashMap::new();
    for endpoint in section.endpoints.iter().filter(|e| !e.entry.is_poisoned("method")) {
        let entry = &endpoint.entry;
        let Some(path) = &endpoint.path else { continue };
        let Some(other) = seen.insert((entry.method, path), endpoint) else { continue };
        if entry.root() != other.entry.root() {
            let text = format!(
                "`{}` has the method and path of `{}`: {} {path}",
                entry.name, other.entry.name, entry.method
            );
            let diagnostic = match entry.node.get("path") {
                Some(written) => at_value(written, text),
                None => at_key(&entry.node, text),
            };
            diagnostics
                .push(diagnostic.help(format!("if they are one call, write `same_as: {}`", other.entry.key)));
        }
    }
}

/// A struct that holds itself, and not in a list or map, would have no end.
fn check_endless_structs(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    let all = spec.shared.structs.iter().map(|s| (None, s));
    let all = all.chain(
        spec.sections
            .iter()
            .flat_map(|section| section.types.structs.iter().map(move |s| (Some(&section.name), s))),
    );
    let mut done = HashSet::new();
    for (section, object) in all {
        let at = TypeRef { section: section.cloned(), name: object.name.clone() };
        let mut way = Vec::new();
        walk_endless(spec, &at, object, &mut way, &mut done, diagnostics);
    }
}

fn walk_endless<'a>(
    spec: &'a Spec,
    at: &TypeRef,
    object: &'a Struct,
    way: &mut Vec<(TypeRef, &'a Field)>,
    done: &mut HashSet<TypeRef>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    if done.contains(at) {
        return;
    }
    for field in &object.fields {
        let Type::Struct(inner) = &field.ty else { continue };
        way.push((at.clone(), field));
        if let Some(start) = way.iter().position(|(t, _)| t == inner) {
            let names: Vec<&str> =
                way[start..].iter().map(|(t, _)| t.name.as_str()).chain([inner.name.as_str()]).collect();
            let place = &way[start].1.node;
            let diagnostic = at_value(
                place.get("type").unwrap_or(place),
                format!("a `{}` would hold itself: {}", inner.name, names.join(" -> ")),
            );
            diagnostics.push(
                diagnostic
                    .help(format!("use `list<{}>`, or `json`", way[start].1.ty.name().unwrap_or_default())),
            );
        } else if let Some(object) = spec.find_struct(inner)
            && way.len() < 100
        {
            walk_endless(spec, inner, object, way, done, diagnostics);
        }
        way.pop();
    }
    done.insert(at.clone());
}

/// The codes that families name as their defaults.
fn check_family_codes(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
    for family in &spec.families {
        let Some(table) = spec.errors.iter().find(|t| t.family == family.name && t.known) else { continue };
        let single = ["missing_code", "invalid_code"].into_iter().filter_map(|key| family.node.get(key));
        let tokens = family.node.get("token_codes").map(Node::items).unwrap_or_default();
        for written in single.chain(tokens) {
            let Some(code) = shape::code(written) else { continue };
            if !table.has(code) {
                let diagnostic =
                    at_value(written, format!("the family `{}` has no error code {code}", family.name));
                diagnostics.push(diagnostic.help("add it to the family's table in errors.yaml"));
            }
        }
    }
}

/// The error codes of all families.
struct Numbers<'a> {
    known: HashMap<&'a str, HashSet<Code>>,
    families: HashMap<Code, Vec<&'a str>>,
    /// Families whose tables could not be read.
    unread: HashSet<&'a str>,
    /// Whether there are tables at all.
    readable: bool,
}

impl<'a> Numbers<'a> {
    fn of(spec: &'a Spec) -> Self {
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
            for code in table.rows.iter().map(|r| r.code).chain(table.unsound.iter().copied()) {
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
    fn check_shared(&self, object: &Struct, diagnostics: &mut Vec<Diagnostic>) {
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
struct Codes<'a> {
    numbers: &'a Numbers<'a>,
    spec: &'a Spec,
    section: &'a Section,
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

    fn check_endpoint(&self, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
        let node = &endpoint.entry.node;
        self.check_own(&endpoint.request, node, diagnostics);
        if let Response::Fields(fields) = &endpoint.response {
            self.check_own(fields, node, diagnostics);
        }
        for written in node.get("errors").map(Node::items).unwrap_or_default() {
            if let Some(code) = shape::code(written) {
                self.check(code, written, diagnostics);
            }
        }
        self.check_taken_over(endpoint, diagnostics);
    }

    fn check_webhook(&self, webhook: &Webhook, diagnostics: &mut Vec<Diagnostic>) {
        if let Payload::Fields(fields) = &webhook.payload {
            self.check_own(fields, &webhook.entry.node, diagnostics);
        }
    }

    /// The codes of fields, as far as they are written in `node`.
    fn check_own(&self, fields: &[Field], node: &Node, diagnostics: &mut Vec<Diagnostic>) {
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
            Some(families) => {
                diagnostic.help(format!("{code} is a code of {}; a number means something only together with its family", families.join(", ")))
            }
            None => {
                let known = self.numbers.known.get(family.as_str()).into_iter().flatten();
                match known.min_by_key(|known| distance(**known, code)) {
                    Some(near) => {
                        diagnostic.help(format!("the nearest code is {near}; new codes go into errors.yaml, or under `errors` of a section"))
                    }
                    None => diagnostic.help("new codes go into errors.yaml, or under `errors` of a section"),
                }
            }
        });
    }

    /// Codes of a base in another family, told once at what takes them over.
    fn check_taken_over(&self, endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
        let node = &endpoint.entry.node;
        let Some(place) = node.get("same_as").or(node.get("request")) else { return };
        // What the base's own family lacks as well is told at the base.
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
        .filter_map(|n| Some((shape::code(n)?, n)))
}
