//! Structs with public fields, as answers, webhooks and rows are.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::Place;
use super::{Scope, docs, ident};

use super::paths::struct_constant;

/// A struct with public fields, as answers, webhooks and rows are.
pub(crate) fn plain_struct(
    scope: Scope<'_>,
    name: &proc_macro2::Ident,
    doc: &str,
    fields: &[crate::ir::Field],
    open: bool,
    entry: Option<&(String, String)>,
    family: Option<&str>,
) -> TokenStream {
    let lines = fields.iter().map(|field| {
        let (name, ty) = (ident(&field.name), scope.field_type(field, Place::Object));
        let doc = docs::field(field, scope.spec, family);
        quote!(#[doc = #doc] pub #name: #ty,)
    });
    let extra = open.then(|| {
        quote! {
            /// Keys that are not listed, as they came or as they shall be sent.
            pub extra: ::airudder_client::JsonMap,
        }
    });
    let described = struct_constant(&name.to_string());
    let fields =
        scope.struct_impl(name, fields, Place::Object, &quote!(__spec::#described.fields), open, entry);
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct #name { #(#lines)* #extra }
        #fields
    }
}
