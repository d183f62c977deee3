//! The section's handle and its methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::text::{escaped, sentence};
use super::{Scope, docs, ident};
use crate::emit::paths::endpoint_constant;
use crate::emit::paths::owner;
use crate::ir::{Endpoint, Section};
use crate::names;

/// The handle, and how a client gives it.
pub(crate) fn handle(scope: Scope<'_>, section: &Section, endpoints: &[&Endpoint]) -> TokenStream {
    let handle = ident(&names::pascal(&section.name));
    let doc = format!("The endpoints of {} {}", sentence(&section.title), sentence(&section.summary));
    let methods = endpoints.iter().map(|endpoint| method(scope, endpoint, &section.family));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug)]
        pub struct #handle { client: __c::Client }
        impl #handle {
            #[doc(hidden)]
            pub fn __new(client: __c::Client) -> Self { Self { client } }
            #(#methods)*
        }
    }
}

/// How a client gives the handle: a method of its own, or an extension trait in a consumer's crate.
pub(crate) fn accessor(scope: Scope<'_>, section: &Section) -> TokenStream {
    let (module, handle) = (ident(&section.name), ident(&names::pascal(&section.name)));
    let doc = format!("The endpoints of {}: see [`{1}`](mod@{1}).", escaped(&section.title), section.name);
    if scope.options.in_client {
        return quote! {
            impl ::airudder_client::Client {
                #[doc = #doc]
                pub fn #module(&self) -> #module::#handle { #module::#handle::__new(self.clone()) }
            }
        };
    }
    let api = format_ident!("{}Api", names::pascal(&section.name));
    quote! {
        #[doc = #doc]
        pub trait #api {
            #[doc = #doc]
            fn #module(&self) -> #module::#handle;
        }
        impl #api for ::airudder_client::Client {
            fn #module(&self) -> #module::#handle { #module::#handle::__new(self.clone()) }
        }
    }
}

pub(crate) fn method(scope: Scope<'_>, endpoint: &Endpoint, family: &str) -> TokenStream {
    let name = ident(&endpoint.entry.name);
    let constant = endpoint_constant(&endpoint.entry.name);
    let (section, owner) = owner(endpoint).split_once('.').unwrap_or_default();
    let module = scope.module(Some(section));
    let builder = format_ident!("{}Builder", names::pascal(owner));
    let doc = docs::method(scope.spec, endpoint, family);
    let deprecated = endpoint.deprecated.as_ref().map(|note| quote!(#[deprecated(note = #note)]));
    quote! {
        #[doc = #doc]
        #deprecated
        pub fn #name(&self) -> #module #builder<__c::Client> {
            #module #builder::__for(self.client.clone(), &__spec::#constant)
        }
    }
}
