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
    entry: Option<&(String, String)>,
    family: Option<&str>,
) -> TokenStream {
    let lines = fields.iter().map(|field| {
        let (name, ty) = (ident(&field.name), scope.field_type(field, Place::Object));
        let doc = docs::field(field, scope.spec, family);
        quote!(#[doc = #doc] pub #name: #ty,)
    });
    // Whether the spec lists all keys or not: nothing of an answer or a message may be lost.
    let extra = quote! {
        /// What came and has no field: keys that are not listed or came twice, and values that could not be
        /// read as what they should be, under their name or place (`Details[3]`). What is put here is sent
        /// along.
        pub extra: ::airudder_client::JsonMap,
    };
    let described = struct_constant(&name.to_string());
    let fields = scope.struct_impl(name, fields, Place::Object, &quote!(__spec::#described.fields), entry);
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct #name { #(#lines)* #extra }
        #fields
    }
}
