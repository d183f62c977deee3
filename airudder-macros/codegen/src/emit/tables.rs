//! Endpoints and webhooks, as statics of the catalogue's types.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, ident};
use crate::ir::{Endpoint, Payload, Response, Webhook};
use crate::names;

use super::literals::{
    codes, evidence, field_table, json_text, maybe, paging, sample, struct_info, word_path,
};
use super::paths::{endpoint_constant, struct_constant, webhook_constant};

/// An endpoint's entry, and the description of its response where that is an object of its own.
pub(crate) fn endpoint(scope: Scope<'_>, endpoint: &Endpoint, family_name: &str) -> TokenStream {
    let entry = &endpoint.entry;
    let constant = endpoint_constant(&entry.name);
    let (key, title, ours, section, summary) =
        (&entry.key, &entry.title, entry.title_is_ours, &entry.section, &entry.summary);
    let (title_zh, path, open, root) =
        (maybe(entry.title_zh.as_ref()), maybe(endpoint.path.as_ref()), entry.open, entry.root());
    let (pages, pages_maybe) = (&entry.pages, &entry.pages_maybe);
    let family_tokens = scope.family(family_name);
    let (method, effect, body) = (
        word_path!(Method, entry.method),
        word_path!(Effect, endpoint.effect),
        word_path!(BodyForm, endpoint.body),
    );
    let (path_evidence, method_evidence) = (evidence(entry.evidence), evidence(entry.method_evidence));
    let fields_evidence = maybe(entry.fields_evidence.map(evidence));
    let (request, errors) = (field_table(scope, &endpoint.request), codes(&endpoint.errors));
    let own_codes = match scope.section.and_then(|name| scope.spec.section(name)) {
        Some(section) if !section.errors.is_empty() => quote!(OWN_CODES),
        Some(_) | None => quote!(&[]),
    };
    let (info, response) = response(scope, endpoint);
    let sample = sample(endpoint.sample_request.as_ref(), endpoint.sample_response.as_ref());
    let paging = maybe(endpoint.page.as_ref().map(paging));
    let (timeout, deprecated) = (endpoint.timeout_secs, maybe(endpoint.deprecated.as_ref()));
    let (payload_required, success) = (endpoint.payload_required, word_path!(SuccessRule, endpoint.success));
    let find_by = maybe(endpoint.find_by.as_ref().map(|find_by| {
        let (name, list, module) =
            (&find_by.name, endpoint_constant(&find_by.list), scope.module(Some(&entry.section)));
        quote!(::airudder_client::catalogue::FindBy { name: #name, list: &#module __spec::#list })
    }));
    let poll_until = maybe(endpoint.poll_until.as_ref().map(|until| {
        let (field, values) = (&until.field, &until.values);
        quote!(::airudder_client::catalogue::PollUntil { field: #field, values: &[#(#values),*] })
    }));
    let then_poll = maybe(endpoint.then_poll.as_ref().map(|then| {
        let (polled, module) = (endpoint_constant(&then.endpoint), scope.module(Some(&entry.section)));
        let fields = then.fields.iter().map(|(wire, key)| quote!((#wire, #key)));
        quote!(::airudder_client::catalogue::ThenPoll {
            endpoint: &#module __spec::#polled, fields: &[#(#fields),*]
        })
    }));
    let idempotency = maybe(endpoint.idempotency.as_ref().map(|key| {
        let (header, required, max_chars) = (&key.header, key.required, key.max_chars);
        quote!(::airudder_client::catalogue::Idempotency {
            header: #header, required: #required, max_chars: #max_chars
        })
    }));
    let auth = match endpoint.no_auth {
        true => quote!(::airudder_client::catalogue::Auth::None),
        false => scope.family_auth(family_name),
    };
    quote! {
        #info
        pub static #constant: ::airudder_client::catalogue::Endpoint =
            ::airudder_client::catalogue::Endpoint {
                key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours,
                section: #section, family: #family_tokens, method: #method, path: #path, effect: #effect,
                evidence: #path_evidence, method_evidence: #method_evidence,
                fields_evidence: #fields_evidence, pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
                summary: #summary, body: #body, request: #request, open: #open, response: #response,
                payload_required: #payload_required, success: #success, find_by: #find_by,
                poll_until: #poll_until, then_poll: #then_poll, idempotency: #idempotency,
                errors: #errors, own_codes: #own_codes, sample: #sample, paging: #paging,
                timeout_secs: #timeout, auth: #auth, root: #root, deprecated: #deprecated,
            };
    }
}

/// What comes back, and its description where it is an object of its own.
fn response(scope: Scope<'_>, endpoint: &Endpoint) -> (TokenStream, TokenStream) {
    let value = |kind: TokenStream| quote!(::airudder_client::catalogue::ResponseKind::Value(#kind));
    match &endpoint.response {
        Response::File => (quote!(), quote!(::airudder_client::catalogue::ResponseKind::File)),
        Response::Type(ty) => (quote!(), value(scope.kind(ty))),
        Response::Fields(fields) => {
            let name = format!("{}Response", names::pascal(&endpoint.entry.name));
            let constant = struct_constant(&name);
            let info = struct_info(scope, &name, fields, endpoint.open_response);
            (info, value(quote!(::airudder_client::catalogue::Kind::Struct(&#constant))))
        }
    }
}

/// A webhook's entry, and the description of its message where that is an object of its own.
pub(crate) fn webhook(scope: Scope<'_>, webhook: &Webhook, family_name: &str) -> TokenStream {
    let entry = &webhook.entry;
    let constant = webhook_constant(&entry.name);
    let (key, title, ours, section, method, summary) = (
        &entry.key,
        &entry.title,
        entry.title_is_ours,
        &entry.section,
        word_path!(Method, entry.method),
        &entry.summary,
    );
    let (title_zh, pages, pages_maybe, root) =
        (maybe(entry.title_zh.as_ref()), &entry.pages, &entry.pages_maybe, entry.root());
    let family = scope.family(family_name);
    let (method_evidence, own_evidence) = (evidence(entry.method_evidence), evidence(entry.evidence));
    let signed = word_path!(Signed, webhook.signed);
    let (identity, happened) = (&webhook.identity, maybe(webhook.happened.as_ref()));
    let discriminator = maybe(webhook.discriminator.as_ref().map(
        |(field, value)| quote!(::airudder_client::catalogue::Discriminator { field: #field, value: #value }),
    ));
    let header =
        maybe(webhook.header.as_ref().map(
            |(name, key)| quote!(::airudder_client::catalogue::WebhookHeader { name: #name, key: #key }),
        ));
    let (info, payload) = match &webhook.payload {
        Payload::Fields(fields) => {
            let name = names::pascal(&entry.name);
            let constant = struct_constant(&name);
            (struct_info(scope, &name, fields, true), quote!(#constant.fields))
        }
        Payload::Struct(at) => {
            let info = scope.struct_described(at);
            (quote!(), quote!(#info.fields))
        }
    };
    let sample = maybe(webhook.sample.as_ref().map(json_text));
    quote! {
        #info
        pub static #constant: ::airudder_client::catalogue::Webhook = ::airudder_client::catalogue::Webhook {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours,
            section: #section, family: #family, method: #method,
            method_evidence: #method_evidence, evidence: #own_evidence,
            pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, signed: #signed, identity: &[#(#identity),*], happened: #happened,
            discriminator: #discriminator, header: #header, payload: #payload, sample: #sample, root: #root,
        };
    }
}
