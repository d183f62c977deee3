//! The catalogue: the spec as data for the running client.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Scope, ident, requests};
use crate::names;
use crate::spec::Loaded;
use crate::spec::model::{
    Auth, Constraint, Endpoint, ErrorRow, Evidence, Family, Field, Page, Payload, Response, Spec, Webhook,
};
use crate::syntax::node::Node;

/// `FAMILIES`, `ENDPOINTS`, `WEBHOOKS`, `ERROR_CODES`, and the enum `Family`'s data.
pub fn catalogue(loaded: &Loaded) -> TokenStream {
    let spec = &loaded.spec;
    let families = spec.families.iter().map(|family| family_info(spec, family));
    let sections = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let endpoints = section.endpoints.iter().map(|e| {
            let constant = requests::constant(&e.entry.name);
            quote!(#[cfg(feature = #feature)] ::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#endpoints)*)
    });
    let webhooks = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let webhooks = section.webhooks.iter().map(|w| {
            let constant = super::webhooks::constant(&w.entry.name);
            quote!(#[cfg(feature = #feature)] ::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#webhooks)*)
    });
    let rows =
        spec.errors.iter().flat_map(|table| table.rows.iter().map(|row| error_row(&table.family, row)));
    quote! {
        /// All families, in the spec's order.
        pub static FAMILIES: &[FamilyInfo] = &[#(#families),*];
        /// All endpoints of the sections that are compiled in, those with an assumed path among them.
        pub static ENDPOINTS: &[Endpoint] = &[#(#sections)*];
        /// All webhooks of the sections that are compiled in.
        pub static WEBHOOKS: &[Webhook] = &[#(#webhooks)*];
        /// All rows of the error-code tables.
        pub static ERROR_CODES: &[ErrorRow] = &[#(#rows),*];
    }
}

pub(crate) fn evidence(evidence: Evidence) -> TokenStream {
    let variant = ident(evidence.variant());
    quote!(::airudder_client::catalogue::Evidence::#variant)
}

pub(crate) fn maybe<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

pub(crate) fn family(name: &str) -> TokenStream {
    let variant = ident(&names::pascal(name));
    quote!(::airudder_client::Family::#variant)
}

fn integers(codes: &[i64]) -> TokenStream {
    let codes = codes.iter().map(|code| Literal::i64_unsuffixed(*code));
    quote!(&[#(#codes),*])
}

fn family_info(spec: &Spec, info: &Family) -> TokenStream {
    let (name, title) = (&info.name, &info.title);
    let family = family(name);
    let base_url = info.base_url.as_ref().unwrap_or(&spec.base_url);
    let envelope = maybe(info.envelope.as_ref().map(|(success, payload, message)| {
        quote!(::airudder_client::catalogue::Envelope { success: #success, payload: &[#(#payload),*], message: &[#(#message),*] })
    }));
    let auth = auth(&info.auth);
    let (missing, invalid, codes) =
        (maybe(info.missing_code), maybe(info.invalid_code), integers(&info.token_codes));
    quote! {
        ::airudder_client::catalogue::FamilyInfo {
            family: #family, name: #name, title: #title, base_url: #base_url, envelope: #envelope, auth: #auth,
            missing_code: #missing, invalid_code: #invalid, token_codes: #codes,
        }
    }
}

fn auth(auth: &Auth) -> TokenStream {
    match auth {
        Auth::None => quote!(::airudder_client::catalogue::Auth::None),
        Auth::Signature => quote!(::airudder_client::catalogue::Auth::Signature),
        Auth::Token { endpoint, key, secret, token_at, lifetime_hours } => {
            let secs = lifetime_hours.saturating_mul(3600);
            quote! {
                ::airudder_client::catalogue::Auth::Token(::airudder_client::catalogue::TokenAuth {
                    endpoint: #endpoint, key_field: #key, secret_field: #secret, token_at: #token_at, lifetime_secs: #secs,
                })
            }
        }
    }
}

fn error_row(family_name: &str, row: &ErrorRow) -> TokenStream {
    let family = family(family_name);
    let (code, name, meaning, meanings) = (row.code, &row.name, &row.meaning, &row.meanings);
    let (field, limit, group, note) = (
        maybe(row.field.as_ref()),
        maybe(row.limit.as_ref()),
        maybe(row.group.as_ref()),
        maybe(row.note.as_ref()),
    );
    let evidence = evidence(row.evidence);
    quote! {
        ::airudder_client::catalogue::ErrorRow {
            family: #family, code: #code, name: #name, meaning: #meaning, meanings: &[#(#meanings),*],
            field: #field, limit: #limit, group: #group, note: #note, evidence: #evidence,
        }
    }
}

/// A table of fields.
pub(crate) fn field_table(scope: Scope<'_>, fields: &[Field]) -> TokenStream {
    let fields = fields.iter().map(|field| self::field(scope, field));
    quote!(&[#(#fields),*])
}

fn field(scope: Scope<'_>, field: &Field) -> TokenStream {
    let (name, wire, aliases, required, sensitive, doc) =
        (&field.name, &field.wire, &field.aliases, field.required, field.sensitive, &field.doc);
    let (kind, evidence) = (scope.kind(&field.ty), evidence(field.evidence));
    let constraints = field.constraints.iter().map(constraint);
    let codes = field.codes.iter().map(|(problem, code)| {
        let problem = ident(&names::pascal(problem));
        let code = Literal::i64_unsuffixed(*code);
        quote!((::airudder_client::catalogue::Problem::#problem, #code))
    });
    quote! {
        ::airudder_client::catalogue::Field {
            name: #name, wire: #wire, aliases: &[#(#aliases),*], kind: #kind, required: #required, sensitive: #sensitive,
            evidence: #evidence, constraints: &[#(#constraints),*], codes: &[#(#codes),*], doc: #doc,
        }
    }
}

fn constraint(constraint: &Constraint) -> TokenStream {
    let inner = match constraint {
        Constraint::Limit(key, n) => {
            let (variant, n) = (ident(&names::pascal(key)), Literal::i64_unsuffixed(*n));
            quote!(#variant(#n))
        }
        Constraint::OneOf(values) => quote!(OneOf(&[#(#values),*])),
        Constraint::Before(wire) => quote!(Before(#wire)),
    };
    quote!(::airudder_client::catalogue::Constraint::#inner)
}

/// An endpoint's entry.
pub(crate) fn endpoint(scope: Scope<'_>, endpoint: &Endpoint, family_name: &str) -> TokenStream {
    let entry = &endpoint.entry;
    let constant = requests::constant(&entry.name);
    let (key, title, ours, section, method, summary) =
        (&entry.key, &entry.title, entry.title_is_ours, &entry.section, &entry.method, &entry.summary);
    let (title_zh, path, open, root) =
        (maybe(entry.title_zh.as_ref()), maybe(endpoint.path.as_ref()), entry.open, entry.root());
    let (pages, pages_maybe) = (&entry.pages, &entry.pages_maybe);
    let family_tokens = family(family_name);
    let effect = ident(&names::pascal(&endpoint.effect));
    let (path_evidence, method_evidence) = (evidence(entry.evidence), evidence(entry.method_evidence));
    let fields_evidence = maybe(entry.fields_evidence.map(evidence));
    let body = ident(&names::pascal(&endpoint.body));
    let (request, errors) = (field_table(scope, &endpoint.request), integers(&endpoint.errors));
    let (answer, response) = answer(scope, &endpoint.response, endpoint);
    let sample = sample(endpoint.sample_request.as_ref(), endpoint.sample_response.as_ref());
    let paging = maybe(endpoint.page.as_ref().map(paging));
    let (timeout, deprecated) = (endpoint.timeout_secs, maybe(endpoint.deprecated.as_ref()));
    let auth = if endpoint.no_auth {
        auth(&Auth::None)
    } else {
        scope.spec.family(family_name).map_or_else(|| auth(&Auth::None), |f| auth(&f.auth))
    };
    quote! {
        pub const #constant: ::airudder_client::catalogue::Endpoint = ::airudder_client::catalogue::Endpoint {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours, section: #section, family: #family_tokens,
            method: #method, path: #path, effect: ::airudder_client::catalogue::Effect::#effect, evidence: #path_evidence,
            method_evidence: #method_evidence, fields_evidence: #fields_evidence, pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, body: ::airudder_client::catalogue::Body::#body, request: #request, open: #open, answer: #answer,
            response: #response, errors: #errors, sample: #sample, paging: #paging, timeout_secs: #timeout, auth: #auth,
            root: #root, deprecated: #deprecated,
        };
    }
}

fn answer(scope: Scope<'_>, response: &Response, endpoint: &Endpoint) -> (TokenStream, TokenStream) {
    let value = |kind: TokenStream| quote!(::airudder_client::catalogue::Answer::Value(#kind));
    match response {
        Response::File => (quote!(::airudder_client::catalogue::Answer::File), quote!(&[])),
        Response::Type(ty) => (value(scope.kind(ty)), quote!(&[])),
        Response::Fields(fields) => {
            let (name, open, table) = (
                format!("{}Response", names::pascal(&endpoint.entry.name)),
                endpoint.open_response,
                field_table(scope, fields),
            );
            let info =
                quote!(::airudder_client::catalogue::StructInfo { name: #name, fields: #table, open: #open });
            (value(quote!(::airudder_client::catalogue::Kind::Struct(&#info))), table)
        }
    }
}

fn sample(request: Option<&Node>, response: Option<&Node>) -> TokenStream {
    let (request, response) = (maybe(request.map(json_text)), maybe(response.map(json_text)));
    quote!(::airudder_client::catalogue::Sample { request: #request, response: #response })
}

pub(crate) fn json_text(node: &Node) -> String {
    node.to_json().to_string()
}

fn paging(page: &Page) -> TokenStream {
    let (moves, size, first) = (&page.moves, &page.size, page.first);
    let (items, total) = (maybe(page.items.as_ref()), maybe(page.total.as_ref()));
    let item_id = page.item_id.clone().unwrap_or_default();
    let inner = match page.kind.as_str() {
        "number" => quote!(Number { page: #moves, size: #size, first: #first, items: #items }),
        "offset" => quote!(Offset { offset: #moves, limit: #size, items: #items, total: #total }),
        _ => quote!(Cursor { cursor: #moves, size: #size, items: #items, item_id: #item_id }),
    };
    quote!(::airudder_client::catalogue::Paging::#inner)
}

/// A webhook's entry.
pub(crate) fn webhook(scope: Scope<'_>, webhook: &Webhook, family_name: &str) -> TokenStream {
    let entry = &webhook.entry;
    let constant = super::webhooks::constant(&entry.name);
    let (key, title, ours, section, method, summary) =
        (&entry.key, &entry.title, entry.title_is_ours, &entry.section, &entry.method, &entry.summary);
    let (title_zh, pages, pages_maybe, root) =
        (maybe(entry.title_zh.as_ref()), &entry.pages, &entry.pages_maybe, entry.root());
    let family = family(family_name);
    let (method_evidence, own_evidence) = (evidence(entry.method_evidence), evidence(entry.evidence));
    let signed = maybe(webhook.signed.map(evidence));
    let payload = match &webhook.payload {
        Payload::Fields(fields) => field_table(scope, fields),
        Payload::Struct(at) => {
            let info = scope.described(at, "STRUCT");
            quote!(#info.fields)
        }
    };
    let sample = maybe(webhook.sample.as_ref().map(json_text));
    quote! {
        pub static #constant: ::airudder_client::catalogue::Webhook = ::airudder_client::catalogue::Webhook {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours, section: #section, family: #family, method: #method,
            method_evidence: #method_evidence, evidence: #own_evidence, pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, signed: #signed, payload: #payload, sample: #sample, root: #root,
        };
    }
}
