//! The markers of required fields.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use crate::ir::Spec;
use crate::load::Loaded;

/// The markers of all required fields, one for each name: a missing field's error message shows the marker's
/// bare name only while no other visible type is called the same.
pub fn required_fields(loaded: &Loaded) -> TokenStream {
    markers(&all_required(&loaded.spec, None))
}

pub(crate) fn markers(names: &[String]) -> TokenStream {
    let markers = names.iter().map(|name| {
        let (ident, doc) = (ident(name), format!("The field `{name}`."));
        quote!(#[doc = #doc] #[derive(Debug)] pub enum #ident {})
    });
    quote!(#(#markers)*)
}

/// The names of all fields that some builder requires; of one section or of all.
pub(crate) fn all_required(spec: &Spec, section: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    let sections = spec.sections.iter().filter(|s| section.is_none_or(|name| s.name == name));
    let shared = section.is_none().then_some(&spec.shared);
    for section in sections.clone() {
        for endpoint in &section.endpoints {
            names.extend(endpoint.request.iter().filter(|f| f.is_demanded()).map(|f| f.name.clone()));
        }
    }
    for types in shared.into_iter().chain(sections.map(|s| &s.types)) {
        for object in &types.structs {
            names.extend(object.fields.iter().filter(|f| f.is_demanded()).map(|f| f.name.clone()));
        }
    }
    names.sort();
    names.dedup();
    names
}
