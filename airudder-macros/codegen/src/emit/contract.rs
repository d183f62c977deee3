//! Tests of the contract, made from the spec: a new entry is covered the moment it is written.
//!
//! The code calls macros that the including crate defines: `endpoint!` for each endpoint, with an expression
//! that sets every field of its sample on the builder, and `answer!`, `webhook!` for everything that is read.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Options, Scope, ident};
use crate::emit::paths::response_type;
use crate::ir::{Endpoint, Field, Response, Section, Webhook};
use crate::load::Loaded;
use crate::names;

/// The tests' code, for all sections.
pub fn contract_tests(loaded: &Loaded) -> TokenStream {
    let options = Options { in_client: true, unverified: true };
    let names = super::client_names();
    let sections = loaded.spec.sections.iter().map(|section| {
        // No section is "the one at hand" here: every path is to be written out.
        let scope = Scope::of(&loaded.spec, Some(""), options);
        let endpoints = section.endpoints.iter().map(|e| endpoint(scope, section, e));
        let webhooks = section.webhooks.iter().map(|w| webhook(section, w));
        let module = ident(&section.name);
        quote! {
            mod #module {
                #names
                #[allow(unused_imports)]
                use super::*;
                #(#endpoints)*
                #(#webhooks)*
            }
        }
    });
    quote!(#(#sections)*)
}

fn endpoint(scope: Scope<'_>, section: &Section, endpoint: &Endpoint) -> TokenStream {
    let (key, name, module) = (&endpoint.entry.key, ident(&endpoint.entry.name), ident(&section.name));
    let setters = endpoint.request.iter().filter(|f| in_sample(endpoint, f)).map(|field| {
        let (name, wire, codec) = (ident(&field.name), &field.wire, scope.codec(&field.ty));
        quote!(.#name(sample.field::<#codec>(#wire)))
    });
    let gate = gate(endpoint);
    let confirmed = endpoint.path.is_some();
    let macro_name: Ident = format_ident!(
        "{}",
        if matches!(endpoint.response, Response::File) { "file_endpoint" } else { "endpoint" }
    );
    let round_trip = round_trip(scope, endpoint);
    quote! {
        #gate
        #macro_name!(
            #name, #key, confirmed: #confirmed,
            |client, sample| client.#module().#name() #(#setters)*
        );
        #round_trip
    }
}

fn gate(endpoint: &Endpoint) -> TokenStream {
    let assumed = endpoint.entry.evidence.is_gated() && endpoint.path.is_some();
    if assumed { quote!(#[cfg(feature = "unverified")]) } else { quote!() }
}

fn in_sample(endpoint: &Endpoint, field: &Field) -> bool {
    endpoint.sample_request.as_ref().is_none_or(|sample| sample.get(&field.wire).is_some())
}

fn round_trip(scope: Scope<'_>, endpoint: &Endpoint) -> TokenStream {
    let key = &endpoint.entry.key;
    let gate = gate(endpoint);
    let test = format_ident!("{}_answer_reads", endpoint.entry.name);
    match &endpoint.response {
        Response::File => quote!(),
        Response::Fields(_) | Response::Type(_) => {
            let (_, codec) = response_type(scope, endpoint);
            quote!(#gate answer!(#test, #key, #codec);)
        }
    }
}

fn webhook(section: &Section, webhook: &Webhook) -> TokenStream {
    let (key, test) = (&webhook.entry.key, ident(&webhook.entry.name));
    let variant = format_ident!("{}{}", names::pascal(&section.name), names::pascal(&webhook.entry.name));
    quote!(webhook!(#test, #key, #variant);)
}
