//! The names of components.

use std::collections::{HashMap, HashSet};

use airudder_codegen::ir::{Spec, TypeRef};
use airudder_codegen::names::pascal;

/// What a component stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Named {
    Type(TypeRef),
    /// Part of an entry, by the entry's key.
    Request(String),
    /// The payload.
    Response(String),
    /// The payload in its envelope.
    Answer(String),
    Webhook(String),
    /// What a family answers where it refuses.
    Error(String),
}

/// Gives every component a name of its own. The name of a type is the spec's, unless two sections have it.
#[derive(Debug)]
pub(super) struct ComponentNames {
    given: HashMap<Named, String>,
    taken: HashSet<String>,
}

impl ComponentNames {
    pub(super) fn new(spec: &Spec) -> Self {
        let mut names = Self { given: HashMap::new(), taken: HashSet::new() };
        let shared = std::iter::once((None, &spec.shared));
        let own = spec.sections.iter().map(|section| (Some(section.name.clone()), &section.types));
        let all: Vec<TypeRef> = shared
            .chain(own)
            .flat_map(|(section, types)| {
                let ids = types.ids.iter().map(|id| &id.name);
                let enums = types.enums.iter().map(|ty| &ty.name);
                let structs = types.structs.iter().map(|ty| &ty.name);
                ids.chain(enums)
                    .chain(structs)
                    .map(move |name| TypeRef { section: section.clone(), name: name.clone() })
            })
            .collect();
        let mut counts: HashMap<&str, usize> = HashMap::new();
        all.iter().for_each(|at| *counts.entry(at.name.as_str()).or_default() += 1);
        for at in &all {
            let wanted = match &at.section {
                Some(section) if counts[at.name.as_str()] > 1 => format!("{}{}", pascal(section), at.name),
                Some(_) | None => at.name.clone(),
            };
            names.give(Named::Type(at.clone()), &wanted);
        }
        names
    }

    /// The name of a component.
    pub(super) fn name(&mut self, of: &Named) -> String {
        if let Some(name) = self.given.get(of) {
            return name.clone();
        }
        let wanted = match of {
            Named::Type(at) => at.name.clone(),
            Named::Request(key) => format!("{}Request", entry(key)),
            Named::Response(key) => format!("{}Response", entry(key)),
            Named::Answer(key) => format!("{}Answer", entry(key)),
            Named::Webhook(key) => format!("{}Webhook", entry(key)),
            Named::Error(family) => format!("{}Error", pascal(family)),
        };
        self.give(of.clone(), &wanted)
    }

    fn give(&mut self, of: Named, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        // Generators make names of these that differ in more than capitals.
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.given.insert(of, name.clone());
        name
    }
}

fn entry(key: &str) -> String {
    key.split('.').map(pascal).collect()
}
