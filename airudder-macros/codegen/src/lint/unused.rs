//! Types that nothing uses.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::ir::{Field, Payload, Response, Section, Spec, Type, TypeRef};
use crate::syntax::node::Node;

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
            Type::Scalar(_) | Type::List(_) | Type::Map(_) => {}
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
