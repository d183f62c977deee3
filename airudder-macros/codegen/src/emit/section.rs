//! A section's module.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::{Options, Scope, ceiling, docs, ident, methods, requests, tables, types, webhooks};
use crate::emit::catalogue::error_row;
use crate::emit::families::own_families;
use crate::emit::literals::code;
use crate::emit::markers::{all_required, markers};
use crate::emit::paths::endpoint_constant;
use crate::emit::paths::owner;
use crate::emit::paths::webhook_constant;
use crate::ir::{Endpoint, ErrorRow, Section, Spec};
use crate::load::Loaded;

/// The module of a section, with the way to it from a client.
pub fn section(loaded: &Loaded, name: &str, options: Options) -> TokenStream {
    let spec = &loaded.spec;
    let Some(section) = spec.section(name) else { return quote!() };
    let scope = Scope::of(spec, Some(name), options);
    let family = section.family.as_str();
    let module = ident(name);
    let doc = docs::section(section);

    let callable: Vec<&Endpoint> = section.endpoints.iter().filter(|e| is_callable(e, options)).collect();
    let typed = typed_endpoints(spec, section, options);
    let handle = methods::handle(scope, section, &callable);
    let accessor = methods::accessor(scope, section);
    let requests = typed.iter().map(|e| requests::endpoint(scope, e, family));
    let named = types::named_types(scope, &section.types, Some(family));
    let webhook_types = section.webhooks.iter().map(|w| webhooks::webhook(scope, w, family));
    let codes = section.errors.iter().map(|row| own_code(scope, family, row));
    let families = own_families(scope);
    let rows = section.errors.iter().map(|row| error_row(scope, family, row));
    let own_codes =
        (!section.errors.is_empty()).then(|| quote!(pub static OWN_CODES: &[ErrorRow] = &[#(#rows),*];));

    let described = types::described(scope, &section.types);
    let lowered = ceiling::lowered(spec, section);
    let lowered_structs = scope.lowered_structs(&lowered);
    let endpoints = section
        .endpoints
        .iter()
        .map(|e| tables::endpoint(scope.under(ceiling::of(&e.entry), &lowered), e, family));
    let webhook_entries = section
        .webhooks
        .iter()
        .map(|w| tables::webhook(scope.under(ceiling::of(&w.entry), &lowered), w, family));
    let private = (!options.in_client).then(|| private(scope, section));
    // On docs.rs, what a feature switches on says so. The `cfg` itself stands at the call of the macro, out
    // of sight.
    let feature = options.in_client.then(|| quote!(#[cfg_attr(docsrs, doc(cfg(feature = #name)))]));

    let names = super::client_names();
    quote! {
        #feature
        #[doc = #doc]
        pub mod #module {
            #names
            #handle
            #(#requests)*
            #named
            #(#webhook_types)*
            #(#codes)*
            #private
            #[doc(hidden)]
            pub mod __spec {
                #[allow(unused_imports)]
                use {super::__c, super::__spec, __c::catalogue::*};
                #families
                #own_codes
                #described
                #lowered_structs
                #(#endpoints)*
                #(#webhook_entries)*
            }
        }
        #feature
        #accessor
    }
}

/// An endpoint whose path is only assumed is described, and callable only when asked for.
fn is_callable(endpoint: &Endpoint, options: Options) -> bool {
    options.unverified || !endpoint.entry.evidence.is_gated() || endpoint.path.is_none()
}

/// The endpoints whose types are needed: those that can be called, and those that these take their types
/// from.
fn typed_endpoints<'a>(spec: &Spec, section: &'a Section, options: Options) -> Vec<&'a Endpoint> {
    let callable = spec.sections.iter().flat_map(|s| &s.endpoints).filter(|e| is_callable(e, options));
    let owners: HashSet<&str> =
        callable.flat_map(|e| [e.entry.key.as_str(), owner(e), e.response_owner.as_str()]).collect();
    section.endpoints.iter().filter(|e| owners.contains(e.entry.key.as_str())).collect()
}

/// What a consumer's own section has beside: its own catalogue, event and markers.
fn private(scope: Scope<'_>, section: &Section) -> TokenStream {
    let endpoints = section.endpoints.iter().map(|e| endpoint_constant(&e.entry.name));
    let hooks = section.webhooks.iter().map(|w| webhook_constant(&w.entry.name));
    let markers = markers(&all_required(scope.spec, scope.section));
    let event = (!section.webhooks.is_empty()).then(|| webhooks::section_event(section));
    quote! {
        // For links in the documentation.
        #[allow(unused_imports)]
        use ::airudder_client as __client;
        /// The endpoints of this section, as data.
        pub static ENDPOINTS: &[&__c::catalogue::Endpoint] = &[#(&__spec::#endpoints),*];
        /// The webhooks of this section, as data.
        pub static WEBHOOKS: &[&__c::catalogue::Webhook] = &[#(&__spec::#hooks),*];
        /// The names of required fields, for the messages of the compiler.
        #[allow(non_camel_case_types)]
        pub mod field { #markers }
        #event
    }
}

/// A code of the section's own, as a constant: `ErrorCode` has variants for the vendor's tables only.
fn own_code(scope: Scope<'_>, family: &str, row: &ErrorRow) -> TokenStream {
    let name = ident(&crate::names::screaming(&crate::names::snake(&row.name)));
    let (code, family) = (code(row.code), scope.family(family));
    let doc = docs::with_evidence(&format!("{}: {}", row.code, row.meaning), row.evidence);
    quote! {
        #[doc = #doc]
        pub const #name: ::airudder_client::ErrorCode = {
            use __c::catalogue::*;
            ErrorCode::Other { family: #family, code: #code }
        };
    }
}
