//! Request and answer types of an endpoint.

use airudder_model::Scalar;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{Place, is_bare};
use super::{Scope, docs, ident};
use crate::ir::{Endpoint, Field, Response, Spec, Type};
use crate::names;

use super::builders;
use super::paths::{endpoint_constant, response_type};
use super::structs::plain_struct;

/// Everything that one endpoint adds to its section's module: nothing where it shares its base's types.
pub(crate) fn endpoint(scope: Scope<'_>, endpoint: &Endpoint, family: &str) -> TokenStream {
    let own_request = endpoint.request_owner == endpoint.entry.key;
    let own_response = endpoint.response_owner == endpoint.entry.key;
    // A request is tied to the type of its answer: where only the answer differs, the request is made anew.
    let request = (own_request || own_response).then(|| request(scope, endpoint, family));
    let response = match &endpoint.response {
        Response::Fields(fields) if own_response => {
            let name = format_ident!("{}Response", names::pascal(&endpoint.entry.name));
            plain_struct(scope, &name, &docs::response(endpoint), fields, None, Some(family))
        }
        Response::Fields(_) | Response::Type(_) | Response::File => quote!(),
    };
    let shared = (!own_request && !own_response).then(|| re_export(scope, endpoint));
    quote!(#request #response #shared)
}

/// The names under which an endpoint has the types of its base. A type under another name is an alias and not
/// a `pub use`: the compiler would call the type by either name in its messages.
fn re_export(scope: Scope<'_>, endpoint: &Endpoint) -> TokenStream {
    let (section, base) = endpoint.request_owner.split_once('.').unwrap_or_default();
    let request = same_type(
        scope,
        section,
        &names::pascal(base),
        &names::pascal(&endpoint.entry.name),
        &endpoint.entry.key,
    );
    let builder = (scope.section != Some(section) && base == endpoint.entry.name).then(|| {
        let (module, builder) =
            (scope.module(Some(section)), format_ident!("{}Builder", names::pascal(base)));
        quote!(pub use #module #builder;)
    });
    let response = matches!(endpoint.response, Response::Fields(_)).then(|| {
        let (section, base) = endpoint.response_owner.split_once('.').unwrap_or_default();
        let response = |name: &str| format!("{}Response", names::pascal(name));
        same_type(scope, section, &response(base), &response(&endpoint.entry.name), &endpoint.entry.key)
    });
    quote!(#request #builder #response)
}

fn same_type(scope: Scope<'_>, section: &str, theirs: &str, ours: &str, key: &str) -> TokenStream {
    let module = scope.module(Some(section));
    let (their_name, our_name) = (ident(theirs), ident(ours));
    match (theirs == ours, scope.section == Some(section)) {
        (true, true) => quote!(),
        (true, false) => quote!(pub use #module #their_name;),
        (false, _) => {
            let doc = format!(
                "For `{key}`: the same as [`{theirs}`]({}{theirs}).",
                if scope.section == Some(section) {
                    String::new()
                } else {
                    format!("::airudder_client::{section}::")
                }
            );
            quote!(#[doc = #doc] pub type #our_name = #module #their_name;)
        }
    }
}

fn request(scope: Scope<'_>, endpoint: &Endpoint, family: &str) -> TokenStream {
    let name = ident(&names::pascal(&endpoint.entry.name));
    let constant = endpoint_constant(&endpoint.entry.name);
    let doc = docs::request(endpoint);
    let lines = endpoint.request.iter().map(|field| {
        let (name, ty) = (ident(&field.name), scope.field_type(field, Place::Request));
        let doc = docs::field(field, scope.spec, Some(family));
        quote!(#[doc = #doc] pub #name: #ty,)
    });
    let table = quote!(__spec::#constant.request);
    let fields = scope.struct_impl(&name, &endpoint.request, Place::Request, &table, None);
    let (answer, codec) = response_type(scope, endpoint);
    let reader = match endpoint.response {
        Response::File => quote!(__c::request::File),
        Response::Fields(_) | Response::Type(_) => quote!(__c::Payload<#codec>),
    };
    let paged = endpoint.page.as_ref().map(|page| {
        let item = item_type(scope.spec, &endpoint.response, page.items());
        let (ty, codec) = (scope.rust_type(&item), scope.codec(&item));
        quote! {
            impl __c::request::Paged for #name {
                type Item = #ty;
                type ItemCodec = #codec;
            }
        }
    });
    let uploads = uploads(endpoint);
    let polled = builders::is_polled(endpoint).then(|| quote!(impl __c::request::Polled for #name {}));
    let then_polled = endpoint.then_poll.as_ref().map(|then| {
        let polled = ident(&names::pascal(&then.endpoint));
        quote!(impl __c::request::ThenPolled for #name { type Polled = #polled; })
    });
    let builder = builders::request(scope, &name, endpoint, family);
    quote! {
        #[doc = #doc]
        #[derive(Clone, Default)]
        pub struct #name { #(#lines)* __meta: __c::Meta<Self> }
        #fields
        #[diagnostic::do_not_recommend]
        impl __c::Request for #name {
            type Answer = #answer;
            type Reader = #reader;
            const ENDPOINT: &'static __c::catalogue::Endpoint = &__spec::#constant;
            fn meta(&self) -> &__c::Meta<Self> { &self.__meta }
            #uploads
        }
        #paged
        #polled
        #then_polled
        #builder
    }
}

/// How a request gives its files; nothing where it has none.
fn uploads(endpoint: &Endpoint) -> Option<TokenStream> {
    let is_file = |field: &&Field| field.ty == Type::Scalar(Scalar::Binary);
    let mut files = endpoint.request.iter().filter(is_file).map(|field| {
        let (name, wire) = (ident(&field.name), &field.wire);
        let clone = quote!(::core::clone::Clone::clone);
        match is_bare(field, Place::Request) {
            true => quote!(uploads.push((#wire, #clone(&self.#name)));),
            false => quote!(uploads.extend(self.#name.iter().map(|file| (#wire, #clone(file))));),
        }
    });
    let first = files.next()?;
    Some(quote! {
        fn __uploads(&self) -> __c::Vec<(&'static str, __c::types::Upload)> {
            let mut uploads = __c::Vec::new();
            #first
            #(#files)*
            uploads
        }
    })
}

/// The type of the entries of a paged answer; JSON where it is not known.
fn item_type(spec: &Spec, response: &Response, items: Option<&str>) -> Type {
    let json = Type::Scalar(Scalar::Json);
    let in_fields =
        |fields: &[Field]| match fields.iter().find(|f| Some(f.wire.as_str()) == items).map(|f| &f.ty) {
            Some(Type::List(inner)) => (**inner).clone(),
            _ => Type::Scalar(Scalar::Json),
        };
    match response {
        Response::Fields(fields) => in_fields(fields),
        Response::Type(Type::List(inner)) if items.is_none() => (**inner).clone(),
        Response::Type(Type::Struct(at)) => spec.find_struct(at).map_or(json, |s| in_fields(&s.fields)),
        Response::Type(_) | Response::File => json,
    }
}
