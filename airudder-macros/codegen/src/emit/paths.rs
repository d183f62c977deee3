//! The names of what is generated, and the paths to it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::{Scope, ident};
use crate::ir::{Endpoint, Payload, Response, TypeRef};
use crate::names;

/// The name of an endpoint's entry in the catalogue's terms.
pub(crate) fn endpoint_constant(name: &str) -> proc_macro2::Ident {
    format_ident!("ENDPOINT_{}", names::screaming(name))
}

/// The name of a webhook's entry in the catalogue's terms.
pub(crate) fn webhook_constant(name: &str) -> Ident {
    format_ident!("WEBHOOK_{}", names::screaming(name))
}

/// The name of a struct's description.
pub(crate) fn struct_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("STRUCT_{}", names::screaming(&names::snake(name)))
}

pub(super) fn family_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("FAMILY_{}", names::screaming(name))
}

pub(super) fn auth_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("AUTH_{}", names::screaming(name))
}

/// The name of the module that describes a token endpoint.
pub(super) fn token_module(key: &str) -> proc_macro2::Ident {
    ident(&key.replace('.', "_"))
}

/// The key of the endpoint whose request type this one uses.
pub(crate) fn owner(endpoint: &Endpoint) -> &str {
    if endpoint.response_owner == endpoint.entry.key { &endpoint.entry.key } else { &endpoint.request_owner }
}

/// The type of an answer, for an endpoint of its own.
pub(crate) fn response_type(scope: Scope<'_>, endpoint: &crate::ir::Endpoint) -> (TokenStream, TokenStream) {
    match &endpoint.response {
        Response::File => (quote!(__c::recording::Recording), quote!()),
        Response::Type(ty) => (scope.rust_type(ty), scope.codec(ty)),
        Response::Fields(_) => {
            let (section, name) =
                endpoint.response_owner.split_once('.').unwrap_or(("", &endpoint.response_owner));
            let at = TypeRef {
                section: Some(section.to_owned()),
                name: format!("{}Response", names::pascal(name)),
            };
            let path = scope.type_path(&at);
            (path.clone(), quote!(__c::Obj<#path>))
        }
    }
}

/// The struct of a webhook that has fields of its own.
pub(crate) fn payload_type(scope: Scope<'_>, webhook: &crate::ir::Webhook) -> TokenStream {
    match &webhook.payload {
        Payload::Struct(at) => scope.type_path(at),
        Payload::Fields(_) => {
            let (section, name) =
                webhook.payload_owner.split_once('.').unwrap_or(("", &webhook.payload_owner));
            scope.type_path(&TypeRef { section: Some(section.to_owned()), name: names::pascal(name) })
        }
    }
}
