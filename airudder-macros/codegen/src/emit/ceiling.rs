//! Evidence never rises through a type that entries share: where an entry's fields are known less well than
//! the struct says, the catalogue has a description of the struct of its own for it.

use std::collections::{BTreeSet, HashMap, HashSet};

use airudder_model::Evidence;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::Scope;
use super::literals::field_table;
use crate::ir::{Entry, Field, Payload, Response, Section, Spec, Type, TypeRef};
use crate::names;

/// The structs that say more of their fields than an entry knows, each with what the entry knows.
pub(crate) type Lowered = BTreeSet<(TypeRef, Evidence)>;

/// How well the fields of an entry are known at best.
pub(crate) fn of(entry: &Entry) -> Evidence {
    entry.fields_evidence.unwrap_or(Evidence::Assumed)
}

/// What a section's entries need.
pub(crate) fn lowered(spec: &Spec, section: &Section) -> Lowered {
    let mut finder = Finder { spec, best: HashMap::new(), found: BTreeSet::new() };
    for endpoint in &section.endpoints {
        let ceiling = of(&endpoint.entry);
        finder.fields(&endpoint.request, ceiling);
        match &endpoint.response {
            Response::Fields(fields) => finder.fields(fields, ceiling),
            Response::Type(ty) => finder.walk(ty, ceiling),
            Response::File => {}
        }
    }
    for webhook in &section.webhooks {
        let ceiling = of(&webhook.entry);
        match &webhook.payload {
            Payload::Fields(fields) => finder.fields(fields, ceiling),
            Payload::Struct(at) => finder.walk(&Type::Struct(at.clone()), ceiling),
        }
    }
    finder.found
}

struct Finder<'a> {
    spec: &'a Spec,
    best: HashMap<TypeRef, Evidence>,
    found: Lowered,
}

impl Finder<'_> {
    fn fields(&mut self, fields: &[Field], ceiling: Evidence) {
        fields.iter().for_each(|field| self.walk(&field.ty, ceiling));
    }

    fn walk(&mut self, ty: &Type, ceiling: Evidence) {
        let Type::Struct(at) = ty.innermost() else { return };
        let spec = self.spec;
        if self.best(at) < ceiling
            && let Some(object) = spec.find_struct(at)
            && self.found.insert((at.clone(), ceiling))
        {
            self.fields(&object.fields, ceiling);
        }
    }

    /// How well the best known field of a struct is known, at any depth.
    fn best(&mut self, at: &TypeRef) -> Evidence {
        if let Some(best) = self.best.get(at) {
            return *best;
        }
        let (mut best, mut seen, mut todo) = (Evidence::Assumed, HashSet::new(), vec![at]);
        while let Some(at) = todo.pop() {
            let Some(object) = self.spec.find_struct(at).filter(|_| seen.insert(at)) else { continue };
            for field in &object.fields {
                best = best.min(field.evidence);
                if let Type::Struct(inner) = field.ty.innermost() {
                    todo.push(inner);
                }
            }
        }
        self.best.insert(at.clone(), best);
        best
    }
}

impl<'a> Scope<'a> {
    /// The same, for an entry whose fields are known so well at best.
    pub(crate) fn under(self, ceiling: Evidence, lowered: &'a Lowered) -> Self {
        Self { ceiling: Some((ceiling, lowered)), ..self }
    }

    /// The description of a struct.
    pub(crate) fn struct_described(&self, at: &TypeRef) -> TokenStream {
        match self.ceiling {
            Some((ceiling, lowered)) if lowered.contains(&(at.clone(), ceiling)) => {
                let name = constant(at, ceiling);
                quote!(__spec::#name)
            }
            _ => self.described(at, "STRUCT"),
        }
    }

    /// The descriptions of lowered structs.
    pub(crate) fn lowered_structs(self, lowered: &'a Lowered) -> TokenStream {
        let infos = lowered.iter().filter_map(|(at, ceiling)| {
            let object = self.spec.find_struct(at)?;
            let mut fields = object.fields.clone();
            fields.iter_mut().for_each(|f| f.evidence = f.evidence.max(*ceiling));
            let table = field_table(self.under(*ceiling, lowered), &fields);
            let (constant, name, open) = (constant(at, *ceiling), &at.name, object.open.is_some());
            Some(quote! {
                pub static #constant: StructInfo =
                    StructInfo { name: #name, fields: #table, open: #open };
            })
        });
        quote!(#(#infos)*)
    }
}

/// The name of a lowered struct's description.
fn constant(at: &TypeRef, ceiling: Evidence) -> Ident {
    let section = at.section.as_deref().unwrap_or("types");
    let text = format!("LOWERED_{section}__{}_{ceiling}", names::snake(&at.name));
    format_ident!("{}", names::screaming(&text))
}
