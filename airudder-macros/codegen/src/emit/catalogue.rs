//! The catalogue: the spec as data for the running client.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, ident};
use crate::ir::ErrorRow;
use crate::load::Loaded;

use super::families::{family_info, family_parts};
use super::literals::{code, evidence, maybe};
use super::paths::{endpoint_constant, webhook_constant};

/// `FAMILIES`, `ENDPOINTS`, `WEBHOOKS`, `ERROR_CODES`, and the enum `Family`'s data.
pub fn catalogue(loaded: &Loaded) -> TokenStream {
    let spec = &loaded.spec;
    // No section is the one at hand.
    let options = super::Options { in_client: true, unverified: true };
    let scope = Scope::of(spec, Some(""), options);
    let families = spec.families.iter().map(|family| family_info(scope, family));
    let parts = family_parts(spec);
    let sections = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let endpoints = section.endpoints.iter().map(|e| {
            let constant = endpoint_constant(&e.entry.name);
            quote!(#[cfg(feature = #feature)] &::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#endpoints)*)
    });
    let webhooks = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let webhooks = section.webhooks.iter().map(|w| {
            let constant = webhook_constant(&w.entry.name);
            quote!(#[cfg(feature = #feature)] &::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#webhooks)*)
    });
    let rows = spec
        .errors
        .iter()
        .flat_map(|table| table.rows.iter().map(|row| error_row(scope, &table.family, row)));
    let names = super::client_names();
    quote! {
        #names
        #parts
        /// All families, in the spec's order.
        pub static FAMILIES: &[FamilyInfo] = &[#(#families),*];
        /// All endpoints of the sections that are compiled in, those with an assumed path among them.
        pub static ENDPOINTS: &[&Endpoint] = &[#(#sections)*];
        /// All webhooks of the sections that are compiled in.
        pub static WEBHOOKS: &[&Webhook] = &[#(#webhooks)*];
        /// All rows of the error-code tables.
        pub static ERROR_CODES: &[ErrorRow] = &[#(#rows),*];
    }
}

pub(super) fn error_row(scope: Scope<'_>, family_name: &str, row: &ErrorRow) -> TokenStream {
    let family = scope.family(family_name);
    let (code, name, meaning, meanings) = (code(row.code), &row.name, &row.meaning, &row.meanings);
    let (field, limit, group, note) = (
        maybe(row.field.as_ref()),
        maybe(row.limit.as_ref()),
        maybe(row.group.as_ref()),
        maybe(row.note.as_ref()),
    );
    let (evidence, status) = (evidence(row.evidence), maybe(row.status));
    quote! {
        ErrorRow {
            family: #family, code: #code, name: #name, meaning: #meaning, meanings: &[#(#meanings),*],
            field: #field, status: #status, limit: #limit, group: #group, note: #note, evidence: #evidence,
        }
    }
}
