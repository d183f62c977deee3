//! Families: what the client does differently from one to the other.

use airudder_model::Category;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, ident};
use crate::ir::{Auth, CredentialVariables, Envelope, Family, RefusalForm, Spec};

use super::literals::{code, codes, maybe, word_path};
use super::paths::{auth_constant, endpoint_constant, family_constant, token_module};
use super::tables;

/// What the client needs of the families whatever sections it is built with: how they authenticate, and the
/// endpoints that give their tokens.
pub(super) fn family_parts(spec: &Spec) -> TokenStream {
    // No section is the one at hand: what the token endpoints name is written out.
    let options = super::Options { in_client: true, unverified: true };
    let scope = Scope::of(spec, Some(""), options);
    let mut token_endpoints = std::collections::BTreeMap::new();
    for family in &spec.families {
        if let Auth::Token { endpoint, .. } = &family.auth
            && let Some(endpoint) = spec.endpoint(endpoint)
            && let Some(section) = spec.section(&endpoint.entry.section)
        {
            let module = token_module(&endpoint.entry.key);
            let described = tables::endpoint(scope, endpoint, &section.family);
            token_endpoints.insert(
                endpoint.entry.key.as_str(),
                quote!(pub mod #module { use super::super::*; #described }),
            );
        }
    }
    let token_endpoints = token_endpoints.values();
    let auths = spec.families.iter().map(|family| auth_of(scope, family));
    quote! {
        #[doc(hidden)]
        pub mod __families {
            use super::*;
            #(#token_endpoints)*
            #(#auths)*
        }
    }
}

pub(super) fn auth_of(scope: Scope<'_>, family: &Family) -> TokenStream {
    let (constant, auth) = (auth_constant(&family.name), auth(scope, family));
    quote!(pub const #constant: Auth = #auth;)
}

/// The families that a section of the consumer's defines.
pub(crate) fn own_families(scope: Scope<'_>) -> TokenStream {
    let own = scope
        .spec
        .families
        .iter()
        .filter(|family| family.section.is_some() && family.section.as_deref() == scope.section);
    let families = own.map(|family| {
        let (constant, info, auth) =
            (family_constant(&family.name), family_info(scope, family), auth_of(scope, family));
        quote! {
            pub static #constant: FamilyInfo = #info;
            #auth
        }
    });
    quote!(#(#families)*)
}

pub(super) fn family_info(scope: Scope<'_>, info: &Family) -> TokenStream {
    let (name, title, encrypted, paths) = (&info.name, &info.title, info.encrypted, &info.paths);
    let (base_url, shares_host) =
        (info.base_url.as_ref().unwrap_or(&scope.spec.base_url), info.shares_host());
    let base_url_variable = maybe(info.base_url_variable.as_ref());
    let credentials = match &info.credentials {
        CredentialVariables::KeyAndSecret { key, secret } => {
            quote!(KeyAndSecret { key: #key, secret: #secret })
        }
        CredentialVariables::ApiKey(variable) => quote!(ApiKey(#variable)),
        CredentialVariables::None => quote!(None),
    };
    let envelope = maybe(info.envelope.as_ref().map(|Envelope { success, payload, message }| {
        let success = code(*success);
        quote!(Envelope {
            success: #success, payload: &[#(#payload),*], message: &[#(#message),*]
        })
    }));
    let refusal = maybe(info.refusal.as_ref().map(|RefusalForm { code, message, reason }| {
        let (message, reason) = (maybe(message.as_ref()), maybe(reason.as_ref()));
        quote!(RefusalForm { code: #code, message: #message, reason: #reason })
    }));
    let transient_statuses = &info.transient_statuses;
    let auth = scope.family_auth(&info.name);
    let (missing, invalid) = (maybe(info.missing_code.map(code)), maybe(info.invalid_code.map(code)));
    let token_codes = codes(&info.token_codes);
    let code_form = word_path!(CodeForm, info.code_form);
    let categories = Category::ALL.iter().map(|category| {
        let (name, codes) = (ident(category.word()), codes(info.codes_of(*category)));
        quote!(#name: #codes)
    });
    quote! {
        FamilyInfo {
            name: #name, title: #title, base_url: #base_url, shares_host: #shares_host,
            base_url_variable: #base_url_variable,
            credentials: CredentialVariables::#credentials,
            auth: #auth, envelope: #envelope, refusal: #refusal,
            transient_statuses: &[#(#transient_statuses),*], encrypted: #encrypted, paths: &[#(#paths),*],
            code_form: #code_form, missing_code: #missing,
            invalid_code: #invalid, token_codes: #token_codes,
            categories: Categories { #(#categories),* },
        }
    }
}

pub(super) fn auth(scope: Scope<'_>, family: &Family) -> TokenStream {
    match &family.auth {
        Auth::None => quote!(Auth::None),
        Auth::Signature => quote!(Auth::Signature),
        Auth::Bearer => quote!(Auth::Bearer),
        Auth::Token { endpoint, key, secret, token_at, lifetime_hours } => {
            let secs = lifetime_hours.saturating_mul(3600);
            let (section, name) = endpoint.split_once('.').unwrap_or(("", endpoint));
            let constant = endpoint_constant(name);
            let endpoint = match scope.section == Some(section) {
                true => quote!(__spec::#constant),
                false => {
                    let module = token_module(endpoint);
                    quote!(__families::#module::#constant)
                }
            };
            quote! {
                Auth::Token(TokenAuth {
                    endpoint: &#endpoint, key_field: #key, secret_field: #secret, token_at: #token_at,
                    lifetime_secs: #secs,
                })
            }
        }
    }
}
