//! The catalogue: the spec as data for the running client.

use airudder_model::{Category, Code, Evidence, PagingKind};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Scope, ident, requests};
use crate::names;
use crate::spec::Loaded;
use crate::spec::model::{
    Auth, Constraint, CredentialVariables, Endpoint, Envelope, ErrorRow, Family, Field, Page, Payload,
    Response, Spec, Webhook,
};
use crate::syntax::node::Node;

/// `FAMILIES`, `ENDPOINTS`, `WEBHOOKS`, `ERROR_CODES`, and the enum `Family`'s data.
pub fn catalogue(loaded: &Loaded) -> TokenStream {
    let spec = &loaded.spec;
    // No section is the one at hand.
    let options = super::Options { in_client: true, unverified: true };
    let scope = Scope { spec, section: Some(""), options };
    let families = spec.families.iter().map(|family| family_info(scope, family));
    let parts = family_parts(spec);
    let sections = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let endpoints = section.endpoints.iter().map(|e| {
            let constant = requests::constant(&e.entry.name);
            quote!(#[cfg(feature = #feature)] &::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#endpoints)*)
    });
    let webhooks = spec.sections.iter().map(|section| {
        let (feature, module) = (&section.name, ident(&section.name));
        let webhooks = section.webhooks.iter().map(|w| {
            let constant = super::webhooks::constant(&w.entry.name);
            quote!(#[cfg(feature = #feature)] &::airudder_client::#module::__spec::#constant,)
        });
        quote!(#(#webhooks)*)
    });
    let rows = spec
        .errors
        .iter()
        .flat_map(|table| table.rows.iter().map(|row| error_row(scope, &table.family, row)));
    quote! {
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

/// A word of the vocabulary, as the path of its variant.
macro_rules! word_path {
    ($ty:ident, $word:expr) => {{
        let variant = ident($word.variant());
        quote!(::airudder_client::catalogue::$ty::#variant)
    }};
}

pub(crate) fn evidence(evidence: Evidence) -> TokenStream {
    word_path!(Evidence, evidence)
}

pub(crate) fn maybe<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

impl Scope<'_> {
    /// The family of a name: a variant of the client's, or one of a consumer's own.
    pub(crate) fn family(&self, name: &str) -> TokenStream {
        match self.own_family(name) {
            Some(module) => {
                let constant = family_constant(name);
                quote!(::airudder_client::Family::Private(&#module __spec::#constant))
            }
            None => {
                let variant = ident(&names::pascal(name));
                quote!(::airudder_client::Family::#variant)
            }
        }
    }

    /// How a family authenticates.
    fn family_auth(&self, name: &str) -> TokenStream {
        let constant = auth_constant(name);
        match self.own_family(name) {
            Some(module) => quote!(#module __spec::#constant),
            None => quote!(::airudder_client::catalogue::__families::#constant),
        }
    }

    /// The module of a family that a section of the consumer's defines.
    fn own_family(&self, name: &str) -> Option<TokenStream> {
        let section = self.spec.family(name)?.section.as_deref()?;
        Some(self.module(Some(section)))
    }
}

fn family_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("FAMILY_{}", names::screaming(name))
}

fn auth_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("AUTH_{}", names::screaming(name))
}

/// What the client needs of the families whatever sections it is built with: how they authenticate, and the endpoints
/// that give their tokens.
fn family_parts(spec: &Spec) -> TokenStream {
    // No section is the one at hand: what the token endpoints name is written out.
    let options = super::Options { in_client: true, unverified: true };
    let scope = Scope { spec, section: Some(""), options };
    let mut token_endpoints = std::collections::BTreeMap::new();
    for family in &spec.families {
        if let Auth::Token { endpoint, .. } = &family.auth
            && let Some(endpoint) = spec.endpoint(endpoint)
            && let Some(section) = spec.section(&endpoint.entry.section)
        {
            let module = token_module(&endpoint.entry.key);
            let described = self::endpoint(scope, endpoint, &section.family);
            token_endpoints.insert(endpoint.entry.key.as_str(), quote!(pub mod #module { #described }));
        }
    }
    let token_endpoints = token_endpoints.values();
    let auths = spec.families.iter().map(|family| auth_of(scope, family));
    quote! {
        #[doc(hidden)]
        pub mod __families {
            #(#token_endpoints)*
            #(#auths)*
        }
    }
}

/// The name of the module that describes a token endpoint.
fn token_module(key: &str) -> proc_macro2::Ident {
    ident(&key.replace('.', "_"))
}

fn auth_of(scope: Scope<'_>, family: &Family) -> TokenStream {
    let (constant, auth) = (auth_constant(&family.name), auth(scope, family));
    quote!(pub const #constant: ::airudder_client::catalogue::Auth = #auth;)
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
            pub static #constant: ::airudder_client::catalogue::FamilyInfo = #info;
            #auth
        }
    });
    quote!(#(#families)*)
}

/// An error code, as a constant expression.
pub(crate) fn code(code: Code) -> TokenStream {
    match code {
        Code::Number(number) => {
            let number = Literal::i64_unsuffixed(number);
            quote!(::airudder_client::catalogue::Code::Number(#number))
        }
        Code::Word(word) => {
            let word = word.as_str();
            quote!(::airudder_client::catalogue::Code::word(#word))
        }
    }
}

fn codes(codes: &[Code]) -> TokenStream {
    let codes = codes.iter().map(|code| self::code(*code));
    quote!(&[#(#codes),*])
}

fn family_info(scope: Scope<'_>, info: &Family) -> TokenStream {
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
        quote!(::airudder_client::catalogue::Envelope { success: #success, payload: &[#(#payload),*], message: &[#(#message),*] })
    }));
    let auth = scope.family_auth(&info.name);
    let (missing, invalid) = (maybe(info.missing_code.map(code)), maybe(info.invalid_code.map(code)));
    let token_codes = codes(&info.token_codes);
    let code_form = word_path!(CodeForm, info.code_form);
    let categories = Category::ALL.iter().map(|category| {
        let (name, codes) = (ident(category.word()), codes(info.codes_of(*category)));
        quote!(#name: #codes)
    });
    quote! {
        ::airudder_client::catalogue::FamilyInfo {
            name: #name, title: #title, base_url: #base_url, shares_host: #shares_host,
            base_url_variable: #base_url_variable, credentials: ::airudder_client::catalogue::CredentialVariables::#credentials,
            auth: #auth, envelope: #envelope, encrypted: #encrypted, paths: &[#(#paths),*], code_form: #code_form, missing_code: #missing,
            invalid_code: #invalid, token_codes: #token_codes,
            categories: ::airudder_client::catalogue::Categories { #(#categories),* },
        }
    }
}

fn auth(scope: Scope<'_>, family: &Family) -> TokenStream {
    match &family.auth {
        Auth::None => quote!(::airudder_client::catalogue::Auth::None),
        Auth::Signature => quote!(::airudder_client::catalogue::Auth::Signature),
        Auth::Bearer => quote!(::airudder_client::catalogue::Auth::Bearer),
        Auth::Token { endpoint, key, secret, token_at, lifetime_hours } => {
            let secs = lifetime_hours.saturating_mul(3600);
            let (section, name) = endpoint.split_once('.').unwrap_or(("", endpoint));
            let constant = requests::constant(name);
            let endpoint = match scope.section == Some(section) {
                true => quote!(__spec::#constant),
                false => {
                    let module = token_module(endpoint);
                    quote!(::airudder_client::catalogue::__families::#module::#constant)
                }
            };
            quote! {
                ::airudder_client::catalogue::Auth::Token(::airudder_client::catalogue::TokenAuth {
                    endpoint: &#endpoint, key_field: #key, secret_field: #secret, token_at: #token_at, lifetime_secs: #secs,
                })
            }
        }
    }
}

fn error_row(scope: Scope<'_>, family_name: &str, row: &ErrorRow) -> TokenStream {
    let family = scope.family(family_name);
    let (code, name, meaning, meanings) = (code(row.code), &row.name, &row.meaning, &row.meanings);
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

/// A field, without what it does not say.
fn field(scope: Scope<'_>, field: &Field) -> TokenStream {
    let (name, wire) = (&field.name, &field.wire);
    let (kind, evidence) = (scope.kind(&field.ty), evidence(field.evidence));
    let mut said =
        vec![quote!(name: #name), quote!(wire: #wire), quote!(kind: #kind), quote!(evidence: #evidence)];
    if !field.aliases.is_empty() {
        let aliases = &field.aliases;
        said.push(quote!(aliases: &[#(#aliases),*]));
    }
    if field.required {
        said.push(quote!(required: true));
    }
    if field.sensitive {
        said.push(quote!(sensitive: true));
    }
    if !field.constraints.is_empty() {
        let constraints = field.constraints.iter().map(constraint);
        said.push(quote!(constraints: &[#(#constraints),*]));
    }
    if !field.codes.is_empty() {
        let codes = field.codes.iter().map(|(problem, code)| {
            let (problem, code) = (word_path!(Problem, problem), self::code(*code));
            quote!((#problem, #code))
        });
        said.push(quote!(codes: &[#(#codes),*]));
    }
    if !field.doc.is_empty() {
        let doc = &field.doc;
        said.push(quote!(doc: #doc));
    }
    quote!(::airudder_client::catalogue::Field { #(#said,)* ..::airudder_client::catalogue::Field::EMPTY })
}

fn constraint(constraint: &Constraint) -> TokenStream {
    let inner = match constraint {
        Constraint::Limit(limit, n) => {
            let (limit, n) = (word_path!(Limit, limit), Literal::i64_unsuffixed(*n));
            quote!(Limit(#limit, #n))
        }
        Constraint::OneOf(values) => quote!(OneOf(&[#(#values),*])),
        Constraint::Before(wire) => quote!(Before(#wire)),
    };
    quote!(::airudder_client::catalogue::Constraint::#inner)
}

/// The description of an object, as a static.
pub(crate) fn struct_info(scope: Scope<'_>, name: &str, fields: &[Field], open: bool) -> TokenStream {
    let (constant, fields) = (struct_constant(name), field_table(scope, fields));
    quote! {
        pub static #constant: ::airudder_client::catalogue::StructInfo =
            ::airudder_client::catalogue::StructInfo { name: #name, fields: #fields, open: #open };
    }
}

/// The name of a struct's description.
pub(crate) fn struct_constant(name: &str) -> proc_macro2::Ident {
    quote::format_ident!("STRUCT_{}", names::screaming(&names::snake(name)))
}

/// An endpoint's entry, and the description of its response where that is an object of its own.
pub(crate) fn endpoint(scope: Scope<'_>, endpoint: &Endpoint, family_name: &str) -> TokenStream {
    let entry = &endpoint.entry;
    let constant = requests::constant(&entry.name);
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
    let (info, response) = response(scope, endpoint);
    let sample = sample(endpoint.sample_request.as_ref(), endpoint.sample_response.as_ref());
    let paging = maybe(endpoint.page.as_ref().map(paging));
    let (timeout, deprecated) = (endpoint.timeout_secs, maybe(endpoint.deprecated.as_ref()));
    let auth = match endpoint.no_auth {
        true => quote!(::airudder_client::catalogue::Auth::None),
        false => scope.family_auth(family_name),
    };
    quote! {
        #info
        pub static #constant: ::airudder_client::catalogue::Endpoint = ::airudder_client::catalogue::Endpoint {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours, section: #section, family: #family_tokens,
            method: #method, path: #path, effect: #effect, evidence: #path_evidence,
            method_evidence: #method_evidence, fields_evidence: #fields_evidence, pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, body: #body, request: #request, open: #open, response: #response,
            errors: #errors, sample: #sample, paging: #paging, timeout_secs: #timeout, auth: #auth,
            root: #root, deprecated: #deprecated,
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
    let inner = match page.kind {
        PagingKind::Number => quote!(Number { page: #moves, size: #size, first: #first, items: #items }),
        PagingKind::Offset => quote!(Offset { offset: #moves, limit: #size, items: #items, total: #total }),
        PagingKind::Cursor => {
            quote!(Cursor { cursor: #moves, size: #size, items: #items, item_id: #item_id })
        }
    };
    quote!(::airudder_client::catalogue::Paging::#inner)
}

/// A webhook's entry, and the description of its message where that is an object of its own.
pub(crate) fn webhook(scope: Scope<'_>, webhook: &Webhook, family_name: &str) -> TokenStream {
    let entry = &webhook.entry;
    let constant = super::webhooks::constant(&entry.name);
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
    let signed = maybe(webhook.signed.map(evidence));
    let (info, payload) = match &webhook.payload {
        Payload::Fields(fields) => {
            let name = names::pascal(&entry.name);
            let constant = struct_constant(&name);
            (struct_info(scope, &name, fields, true), quote!(#constant.fields))
        }
        Payload::Struct(at) => {
            let info = scope.described(at, "STRUCT");
            (quote!(), quote!(#info.fields))
        }
    };
    let sample = maybe(webhook.sample.as_ref().map(json_text));
    quote! {
        #info
        pub static #constant: ::airudder_client::catalogue::Webhook = ::airudder_client::catalogue::Webhook {
            key: #key, title: #title, title_zh: #title_zh, title_is_ours: #ours, section: #section, family: #family, method: #method,
            method_evidence: #method_evidence, evidence: #own_evidence, pages: &[#(#pages),*], pages_maybe: &[#(#pages_maybe),*],
            summary: #summary, signed: #signed, payload: #payload, sample: #sample, root: #root,
        };
    }
}
