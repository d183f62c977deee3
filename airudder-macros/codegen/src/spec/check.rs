//! Rules that span entries: every one is a small function that returns clear sentences.

use std::collections::{HashMap, HashSet};

use super::mistakes::{Mistake, at_key, at_value};
use super::model::{Endpoint, Evidence, Field, Payload, Response, Section, Spec, Type, TypeRef};
use super::node::Node;
use super::sample;

/// Everything that is wrong between entries that are sound by themselves.
pub(crate) fn check(spec: &Spec) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    check_families(spec, &mut mistakes);
    for section in &spec.sections {
        let codes = Codes::of(spec, section);
        for endpoint in &section.endpoints {
            check_path(endpoint, &mut mistakes);
            check_query(endpoint, &mut mistakes);
            check_evidence(endpoint, &mut mistakes);
            codes.check_endpoint(endpoint, &mut mistakes);
            check_endpoint_samples(spec, endpoint, &mut mistakes);
        }
        for webhook in &section.webhooks {
            check_webhook_sample(spec, webhook, &mut mistakes);
        }
        for object in &section.types.structs {
            codes.check_fields(&object.fields, &mut mistakes);
        }
        check_same_path(spec, section, &mut mistakes);
    }
    mistakes
}

/// What nothing uses: no mistake, but worth a word of `cargo spec check`.
pub fn unused_types(spec: &Spec) -> Vec<Mistake> {
    let used = used_types(spec);
    let mut warnings = Vec::new();
    let groups = std::iter::once((None, &spec.shared)).chain(spec.sections.iter().map(|s| (Some(s.name.clone()), &s.types)));
    for (section, types) in groups {
        let named = types
            .ids
            .iter()
            .map(|t| (&t.name, &t.origin))
            .chain(types.enums.iter().map(|t| (&t.name, &t.origin)))
            .chain(types.structs.iter().map(|t| (&t.name, &t.origin)));
        for (name, origin) in named {
            if !used.contains(&TypeRef { section: section.clone(), name: name.clone() }) {
                warnings.push(at_key(origin, format!("nothing uses the type `{name}`")).help("remove it, or use it"));
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
    for (section, types) in std::iter::once((None, &spec.shared)).chain(spec.sections.iter().map(|s| (Some(s), &s.types))) {
        for object in &types.structs {
            // A struct may be there to be included only.
            let _ = (section, object);
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
            if spec.find_struct(&own).is_some() { own } else { TypeRef { section: None, name: name.to_owned() } }
        }
    };
    Some(Type::Struct(at))
}

fn check_families(spec: &Spec, mistakes: &mut Vec<Mistake>) {
    for family in &spec.families {
        if let super::model::Auth::Token { endpoint, .. } = &family.auth
            && spec.endpoint(endpoint).is_none()
            && let Some(written) = family.node.get("auth").and_then(|a| a.get("endpoint"))
            && !spec.sections.is_empty()
            && spec.section(endpoint.split('.').next().unwrap_or_default()).is_some()
        {
            mistakes.push(at_value(written, format!("there is no endpoint `{endpoint}` to fetch a token from")));
        }
    }
}

fn check_path(endpoint: &Endpoint, mistakes: &mut Vec<Mistake>) {
    let (Some(path), Some(written)) = (&endpoint.path, endpoint.entry.node.get("path")) else { return };
    if !path.starts_with('/') {
        mistakes.push(
            at_value(written, format!("the path `{path}` does not start with a slash"))
                .help(format!("write `/{path}`, or `none` where no path is known")),
        );
    } else if let Some(sign) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-_.~{}".contains(*c))) {
        mistakes.push(at_value(written, format!("the path `{path}` holds `{sign}`")).help("query parameters are fields of `request`"));
    }
    for name in parameters(path) {
        if !endpoint.request.iter().any(|f| f.wire == name && f.required) {
            let mistake = at_value(written, format!("the path names a parameter `{{{name}}}` that is no required field of the request"));
            mistakes.push(mistake.help(format!("add a field with `wire: {name}, required: true`")));
        }
    }
}

/// The names in braces of a path.
pub fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

fn check_query(endpoint: &Endpoint, mistakes: &mut Vec<Mistake>) {
    if endpoint.body != "query" {
        return;
    }
    for field in &endpoint.request {
        let what = match field.ty {
            Type::List(_) => "a list",
            Type::Map(_) => "a map",
            Type::Struct(_) => "an object",
            _ => continue,
        };
        let mistake = at_key(
            &field.node.origin,
            format!("`{}` is {what}, and the fields of a {} go into the query string", field.name, endpoint.entry.method),
        );
        mistakes.push(mistake.help("a query holds single values: use POST with a JSON body, or `body: json`"));
    }
}

fn check_evidence(endpoint: &Endpoint, mistakes: &mut Vec<Mistake>) {
    let node = &endpoint.entry.node;
    let documented = |key: &str| node.text_at(key).as_deref() == Some("documented");
    // Evidence of twins is checked where it is written.
    if documented("evidence")
        && endpoint.entry.pages.is_empty()
        && endpoint.path.is_some()
        && let Some(written) = node.get("evidence")
    {
        let mistake = at_value(written, "the path is said to be documented, and no page is named".to_owned());
        mistakes.push(mistake.help("name the vendor's page in `pages`, or say `observed`, `inferred` or `assumed`"));
    }
    if endpoint.path.is_none()
        && endpoint.entry.evidence != Evidence::Assumed
        && let Some(written) = node.get("evidence")
    {
        mistakes.push(
            at_value(written, "there is no path, so there is nothing to have evidence for".to_owned()).help("write `evidence: assumed`"),
        );
    }
}

fn check_endpoint_samples(spec: &Spec, endpoint: &Endpoint, mistakes: &mut Vec<Mistake>) {
    // A sample that was taken over is checked where it stands.
    let own = endpoint.entry.node.get("sample");
    if let Some(sample) = own.and_then(|s| s.get("request")) {
        sample::check_object(spec, sample, &endpoint.request, endpoint.entry.open, mistakes);
    }
    if let Some(sample) = own.and_then(|s| s.get("response")) {
        match &endpoint.response {
            Response::Fields(fields) => sample::check_object(spec, sample, fields, endpoint.open_response, mistakes),
            Response::Type(ty) => sample::check_value(spec, sample, ty, true, mistakes),
            Response::File => mistakes.push(at_key(&sample.origin, "the answer is a file: it has no sample".to_owned())),
        }
    }
}

fn check_webhook_sample(spec: &Spec, webhook: &super::model::Webhook, mistakes: &mut Vec<Mistake>) {
    if let Some(sample) = webhook.entry.node.get("sample") {
        match &webhook.payload {
            Payload::Fields(fields) => sample::check_object(spec, sample, fields, webhook.entry.open, mistakes),
            Payload::Struct(at) => sample::check_value(spec, sample, &Type::Struct(at.clone()), true, mistakes),
        }
    }
}

/// Two endpoints of a section on one path, where neither comes from the other.
fn check_same_path(spec: &Spec, section: &Section, mistakes: &mut Vec<Mistake>) {
    let mut seen: HashMap<(&str, &str), &Endpoint> = HashMap::new();
    for endpoint in &section.endpoints {
        let Some(path) = &endpoint.path else { continue };
        let Some(other) = seen.insert((endpoint.entry.method.as_str(), path), endpoint) else { continue };
        if endpoint.entry.root() != other.entry.root() {
            let mistake = at_key(
                &endpoint.entry.node.origin,
                format!("`{}` has the method and path of `{}`: {} {path}", endpoint.entry.name, other.entry.name, endpoint.entry.method),
            );
            mistakes.push(mistake.help(format!("if they are one call, write `same_as: {}`", other.entry.key)));
        }
    }
    let _ = spec;
}

/// The codes that entries of a section may name.
struct Codes<'a> {
    family: &'a str,
    known: HashSet<i64>,
    elsewhere: HashMap<i64, Vec<&'a str>>,
    readable: bool,
}

impl<'a> Codes<'a> {
    fn of(spec: &'a Spec, section: &'a Section) -> Self {
        let own = spec.errors.iter().find(|t| t.family == section.family);
        let mut elsewhere: HashMap<i64, Vec<&str>> = HashMap::new();
        for table in spec.errors.iter().filter(|t| t.family != section.family) {
            for row in &table.rows {
                elsewhere.entry(row.code).or_default().push(&table.family);
            }
        }
        let known = own.map(|t| t.rows.iter().map(|r| r.code).collect::<HashSet<_>>()).unwrap_or_default();
        let known = known.into_iter().chain(section.errors.iter().map(|r| r.code)).collect();
        Self { family: &section.family, known, elsewhere, readable: !spec.errors.is_empty() }
    }

    fn check_endpoint(&self, endpoint: &Endpoint, mistakes: &mut Vec<Mistake>) {
        self.check_fields(&endpoint.request, mistakes);
        for written in endpoint.entry.node.get("errors").map(Node::items).unwrap_or_default() {
            if let Some(code) = written.integer() {
                self.check(code, written, mistakes);
            }
        }
    }

    fn check_fields(&self, fields: &[Field], mistakes: &mut Vec<Mistake>) {
        for field in fields {
            let Some(codes) = field.node.get("codes") else { continue };
            for (_, written) in codes.entries() {
                for code in std::iter::once(written).chain(written.items()) {
                    if let Some(number) = code.integer() {
                        self.check(number, code, mistakes);
                    }
                }
            }
        }
    }

    fn check(&self, code: i64, written: &Node, mistakes: &mut Vec<Mistake>) {
        if self.known.contains(&code) || !self.readable {
            return;
        }
        let mistake = at_value(written, format!("the family `{}` has no error code {code}", self.family));
        mistakes.push(match self.elsewhere.get(&code) {
            Some(families) => {
                mistake.help(format!("{code} is a code of {}; a number means something only together with its family", families.join(", ")))
            }
            None => match self.known.iter().min_by_key(|known| (*known - code).abs()) {
                Some(near) => mistake.help(format!("the nearest code is {near}; new codes go into errors.yaml")),
                None => mistake.help("new codes go into errors.yaml"),
            },
        });
    }
}
