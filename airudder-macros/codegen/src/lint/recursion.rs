//! Structs that contain themselves.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, at_value};
use crate::ir::{Field, Spec, Struct, Type, TypeRef};

/// A struct that holds itself, and not in a list or map, would have no end.
pub(super) fn check_endless_structs(spec: &Spec, diagnostics: &mut Vec<Diagnostic>) {
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
