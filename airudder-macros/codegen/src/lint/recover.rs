//! What is left of a spec with diagnostics: entries that can be generated, so that one typo does not break
//! all the rest of the crate in an editor.

use std::collections::HashSet;

use airudder_model::Scalar;

use super::calls::has_answer_of;
use super::names::{Owner, surplus, surplus_shared};
use crate::ir::{Entry, Field, Payload, Response, Spec, Type, TypeRef};
use crate::names;
use crate::schema::grammar::{ENDPOINT, Object, WEBHOOK};

/// Removes what the generator could not make code of.
pub(crate) fn keep_valid(spec: &mut Spec) {
    let families: Vec<String> = spec.families.iter().map(|f| f.name.clone()).collect();
    // Without a family nothing can be sent; any other will do while its name is being fixed.
    if families.is_empty() {
        spec.sections.clear();
    }
    spec.errors.retain(|table| families.contains(&table.family));
    for section in &mut spec.sections {
        if !families.contains(&section.family) {
            section.family.clone_from(&families[0]);
        }
        section.endpoints.retain(|e| is_whole(&e.entry, &ENDPOINT));
        section.webhooks.retain(|w| is_whole(&w.entry, &WEBHOOK));
    }
    spec.reindex();
    drop_clashes(spec);
    spec.reindex();
    drop_bad_find_by(spec);
    drop_bad_then_poll(spec);
    drop_bad_fields(spec);
    own_types(spec);
}

/// Of two things that would have one Rust name the second is left out.
fn drop_clashes(spec: &mut Spec) {
    let shared = surplus_shared(spec);
    let sections: Vec<HashSet<Owner>> = spec.sections.iter().map(|s| surplus(spec, s)).collect();
    spec.shared.ids = kept(std::mem::take(&mut spec.shared.ids), &shared, Owner::Id);
    spec.shared.enums = kept(std::mem::take(&mut spec.shared.enums), &shared, Owner::Enum);
    spec.shared.structs = kept(std::mem::take(&mut spec.shared.structs), &shared, Owner::Struct);
    for (section, surplus) in spec.sections.iter_mut().zip(&sections) {
        let types = &mut section.types;
        types.enums = kept(std::mem::take(&mut types.enums), surplus, Owner::Enum);
        types.structs = kept(std::mem::take(&mut types.structs), surplus, Owner::Struct);
        section.endpoints = kept(std::mem::take(&mut section.endpoints), surplus, Owner::Endpoint);
        section.webhooks = kept(std::mem::take(&mut section.webhooks), surplus, Owner::Webhook);
        section.errors = kept(std::mem::take(&mut section.errors), surplus, Owner::Code);
    }
}

fn kept<T>(list: Vec<T>, surplus: &HashSet<Owner>, owner: impl Fn(usize) -> Owner) -> Vec<T> {
    list.into_iter()
        .enumerate()
        .filter(|(at, _)| !surplus.contains(&owner(*at)))
        .map(|(_, kept)| kept)
        .collect()
}

/// Whoever shares the types of an entry that is gone needs types of its own.
fn own_types(spec: &mut Spec) {
    let endpoints: HashSet<String> =
        spec.sections.iter().flat_map(|s| &s.endpoints).map(|e| e.entry.key.clone()).collect();
    let webhooks: HashSet<String> =
        spec.sections.iter().flat_map(|s| &s.webhooks).map(|w| w.entry.key.clone()).collect();
    for section in &mut spec.sections {
        for endpoint in &mut section.endpoints {
            for owner in [&mut endpoint.request_owner, &mut endpoint.response_owner] {
                if !endpoints.contains(owner) {
                    owner.clone_from(&endpoint.entry.key);
                }
            }
        }
        for webhook in section.webhooks.iter_mut().filter(|w| !webhooks.contains(&w.payload_owner)) {
            webhook.payload_owner.clone_from(&webhook.entry.key);
        }
    }
}

/// An endpoint cannot be found again in a list that is gone.
fn drop_bad_find_by(spec: &mut Spec) {
    for section in &mut spec.sections {
        let names: HashSet<String> = section.endpoints.iter().map(|e| e.entry.name.clone()).collect();
        for endpoint in &mut section.endpoints {
            endpoint.find_by = endpoint.find_by.take().filter(|find_by| names.contains(&find_by.list));
        }
    }
}

/// What cannot be polled is not waited for.
fn drop_bad_then_poll(spec: &mut Spec) {
    for section in &mut spec.sections {
        let sound: Vec<bool> = section
            .endpoints
            .iter()
            .map(|endpoint| {
                let polled = endpoint.then_poll.as_ref().and_then(|then| {
                    section.endpoints.iter().find(|other| other.entry.name == then.endpoint)
                });
                polled.is_some_and(|polled| polled.poll_until.is_some() && has_answer_of(endpoint, polled))
            })
            .collect();
        for (endpoint, sound) in section.endpoints.iter_mut().zip(sound) {
            endpoint.then_poll = endpoint.then_poll.take().filter(|_| sound);
        }
    }
}

fn is_whole(entry: &Entry, object: &Object) -> bool {
    !object.keys.iter().any(|key| key.required && entry.is_poisoned(key.name))
}

fn is_new(name: &str, taken: &mut HashSet<String>) -> bool {
    taken.insert(name.to_owned())
}

fn drop_bad_fields(spec: &mut Spec) {
    let known = Known::of(spec);
    let types = std::iter::once(&mut spec.shared).chain(spec.sections.iter_mut().map(|s| &mut s.types));
    for object in types.flat_map(|types| &mut types.structs) {
        known.repair(&mut object.fields);
    }
    for section in &mut spec.sections {
        for endpoint in &mut section.endpoints {
            known.repair(&mut endpoint.request);
            match &mut endpoint.response {
                Response::Fields(fields) => known.repair(fields),
                Response::Type(ty) => known.repair_type(ty),
                Response::File => {}
            }
        }
        for webhook in &mut section.webhooks {
            match &mut webhook.payload {
                Payload::Fields(fields) => known.repair(fields),
                Payload::Struct(at) if !known.0.contains(at) => webhook.payload = Payload::Fields(Vec::new()),
                Payload::Struct(_) => {}
            }
        }
    }
}

/// The types that are there.
struct Known(HashSet<TypeRef>);

impl Known {
    fn of(spec: &Spec) -> Self {
        let all = std::iter::once((None, &spec.shared))
            .chain(spec.sections.iter().map(|s| (Some(&s.name), &s.types)));
        let names = all.flat_map(|(section, types)| {
            let ids = types.ids.iter().map(|t| &t.name);
            let enums = types.enums.iter().map(|t| &t.name);
            let structs = types.structs.iter().map(|t| &t.name);
            ids.chain(enums)
                .chain(structs)
                .map(move |name| TypeRef { section: section.cloned(), name: name.clone() })
        });
        Self(names.collect())
    }

    fn repair(&self, fields: &mut Vec<Field>) {
        let mut taken = HashSet::new();
        fields.retain(|f| names::problem_with_setter(&f.name).is_none() && is_new(&f.name, &mut taken));
        fields.iter_mut().for_each(|f| self.repair_type(&mut f.ty));
    }

    /// A type that is not there is any JSON.
    fn repair_type(&self, ty: &mut Type) {
        match ty {
            Type::List(inner) | Type::Map(inner) => self.repair_type(inner),
            Type::Id(at) | Type::Enum(at) | Type::Struct(at) if !self.0.contains(at) => {
                *ty = Type::Scalar(Scalar::Json)
            }
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::Struct(_) => {}
        }
    }
}
