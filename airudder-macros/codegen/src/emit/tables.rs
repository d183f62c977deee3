//! Endpoints and webhooks, as statics of the catalogue's types.

use airudder_model::SuccessRule;
use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, ident};
use crate::ir::{Endpoint, Payload, Response, Webhook};
use crate::names;

use super::literals::{
    codes, evidence, field_table, json_text, maybe, paging, sample, struct_info, word_path,
};
use super::paths::{endpoint_constant, struct_constant, webhook_constant};

/// An endpoint's entry without what it does not say, and the description of its response where that is an
/// object of its own.
pub(crate) fn endpoint(scope: Scope<'_>, endpoint: &Endpoint, family_name: &str) -> TokenStream {
    let entry = &endpoint.entry;
    let constant = endpoint_constant(&entry.name);
    let (key, title, section, summary, root) =
        (&entry.key, &entry.title, &entry.section, &entry.summary, entry.root());
    let family = scope.family(family_name);
    let (method, effect, body) = (
        word_path!(Method, entry.method),
        word_path!(Effect, endpoint.effect),
        word_path!(BodyForm, endpoint.body),
    );
    let (path_evidence, method_evidence) = (evidence(entry.evidence), evidence(entry.method_evidence));
    let (info, response) = response(scope, endpoint);
    let timeout = endpoint.timeout_secs;
    let auth = match endpoint.no_auth {
        true => quote!(Auth::None),
        false => scope.family_auth(family_name),
    };
    let said = said(scope, endpoint);
    quote! {
        #info
        pub static #constant: Endpoint = Endpoint {
            title: #title, section: #section, method: #method, effect: #effect,
            evidence: #path_evidence, method_evidence: #method_evidence,
            summary: #summary, body: #body, response: #response, timeout_secs: #timeout, root: #root,
            #(#said,)*
            ..Endpoint::new(#key, #family, #auth)
        };
    }
}

/// What an endpoint says beside what all of them say.
fn said(scope: Scope<'_>, endpoint: &Endpoint) -> Vec<TokenStream> {
    let entry = &endpoint.entry;
    let module = scope.module(Some(&entry.section));
    let mut said = Vec::new();
    let mut say = |name: &str, value: Option<TokenStream>| {
        let name = ident(name);
        said.extend(value.map(|value| quote!(#name: #value)));
    };
    let text = |text: &Option<String>| text.as_ref().map(|text| quote!(Some(#text)));
    let flag = |flag: bool| flag.then(|| quote!(true));
    let texts = |texts: &[String]| (!texts.is_empty()).then(|| quote!(&[#(#texts),*]));

    say("title_zh", text(&entry.title_zh));
    say("title_is_ours", flag(entry.title_is_ours));
    say("path", text(&endpoint.path));
    say("fields_evidence", entry.fields_evidence.map(|known| maybe(Some(evidence(known)))));
    say("pages", texts(&entry.pages));
    say("pages_maybe", texts(&entry.pages_maybe));
    say("request", (!endpoint.request.is_empty()).then(|| field_table(scope, &endpoint.request)));
    say("open", flag(entry.open));
    say("payload_required", flag(endpoint.payload_required));
    let success = endpoint.success;
    say("success", (success != SuccessRule::Envelope).then(|| word_path!(SuccessRule, success)));
    say(
        "find_by",
        endpoint.find_by.as_ref().map(|find_by| {
            let (name, list) = (&find_by.name, endpoint_constant(&find_by.list));
            quote!(Some(FindBy { name: #name, list: &#module __spec::#list }))
        }),
    );
    say(
        "poll_until",
        endpoint.poll_until.as_ref().map(|until| {
            let (field, values) = (&until.field, &until.values);
            quote!(Some(PollUntil { field: #field, values: &[#(#values),*] }))
        }),
    );
    say(
        "then_poll",
        endpoint.then_poll.as_ref().map(|then| {
            let polled = endpoint_constant(&then.endpoint);
            let fields = then.fields.iter().map(|(wire, key)| quote!((#wire, #key)));
            quote!(Some(ThenPoll { endpoint: &#module __spec::#polled, fields: &[#(#fields),*] }))
        }),
    );
    say(
        "idempotency",
        endpoint.idempotency.as_ref().map(|key| {
            let (header, required, max_chars) = (&key.header, key.required, key.max_chars);
            quote!(Some(Idempotency { header: #header, required: #required, max_chars: #max_chars }))
        }),
    );
    say("errors", (!endpoint.errors.is_empty()).then(|| codes(&endpoint.errors)));
    let own_codes = scope.section.and_then(|name| scope.spec.section(name)).map(|s| !s.errors.is_empty());
    say("own_codes", (own_codes == Some(true)).then(|| quote!(OWN_CODES)));
    let has_sample = endpoint.sample_request.is_some() || endpoint.sample_response.is_some();
    let sample = || sample(endpoint.sample_request.as_ref(), endpoint.sample_response.as_ref());
    say("sample", has_sample.then(sample));
    say("paging", endpoint.page.as_ref().map(|page| maybe(Some(paging(page)))));
    say("deprecated", text(&endpoint.deprecated));
    said
}

/// What comes back, and its description where it is an object of its own.
fn response(scope: Scope<'_>, endpoint: &Endpoint) -> (TokenStream, TokenStream) {
    let value = |kind: TokenStream| quote!(ResponseKind::Value(#kind));
    match &endpoint.response {
        Response::File => (quote!(), quote!(ResponseKind::File)),
        Response::Type(ty) => (quote!(), value(scope.kind(ty))),
        Response::Fields(fields) => {
            let name = format!("{}Response", names::pascal(&endpoint.entry.name));
            let constant = struct_constant(&name);
            let info = struct_info(scope, &name, fields, endpoint.open_response);
            (info, value(quote!(Kind::Struct(&#constant))))
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
    let discriminator = maybe(
        webhook
            .discriminator
            .as_ref()
            .map(|(field, value)| quote!(Discriminator { field: #field, value: #value })),
    );
    let header =
        maybe(webhook.header.as_ref().map(|(name, key)| quote!(WebhookHeader { name: #name, key: #key })));
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
        pub static #constant: Webhook = Webhook {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours,
            section: #section, family: #family, method: #method,
            method_evidence: #method_evidence, evidence: #own_evidence,
            pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, signed: #signed, identity: &[#(#identity),*], happened: #happened,
            discriminator: #discriminator, header: #header, payload: #payload, sample: #sample, root: #root,
        };
    }
}
