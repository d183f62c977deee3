//! Structs with public fields, as answers, webhooks and rows are.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::fields::{Place, is_bare};
use super::{Scope, docs, ident};
use crate::ir::{Enum, Field, Type};

use super::paths::struct_constant;

/// A struct with public fields, as answers, webhooks and rows are.
pub(crate) fn plain_struct(
    scope: Scope<'_>,
    name: &Ident,
    doc: &str,
    fields: &[Field],
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
        pub extra: __c::JsonMap,
    };
    let answered = was_answered(scope, name, fields);
    let typed = typed(name, fields);
    let described = struct_constant(&name.to_string());
    let fields = scope.struct_impl(name, fields, Place::Object, &quote!(__spec::#described.fields), entry);
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Default)]
        #[non_exhaustive]
        pub struct #name { #(#lines)* #extra }
        #fields
        #answered
        #typed
    }
}

/// Fields whose shape is the caller's own, as types of the caller's.
fn typed(name: &Ident, fields: &[Field]) -> Option<TokenStream> {
    let methods: Vec<TokenStream> = fields
        .iter()
        .filter(|field| field.typed)
        .map(|field| {
            let (field_name, method) = (ident(&field.name), format_ident!("{}_as", field.name));
            let value = match is_bare(field, Place::Object) {
                true => quote!(Some(&self.#field_name)),
                false => quote!(self.#field_name.as_ref()),
            };
            let wire = &field.wire;
            let doc = format!(
                "`{wire}` as a type of your own. Where there is none it reads as null does: give \
                 `Option<T>` if that may be.\n\n# Errors\n\nIf it is not what the type says; no value is \
                 quoted."
            );
            quote! {
                #[doc = #doc]
                pub fn #method<T: __c::DeserializeOwned>(
                    &self,
                ) -> ::core::result::Result<T, __c::types::TypeMismatch> {
                    __c::types::TypeMismatch::__read(#wire, #value)
                }
            }
        })
        .collect();
    (!methods.is_empty()).then(|| quote!(impl #name { #(#methods)* }))
}

/// Whether the phone was answered, of a record that has the result of a call.
fn was_answered(scope: Scope<'_>, name: &Ident, fields: &[Field]) -> Option<TokenStream> {
    let says_so = |field: &&Field| match &field.ty {
        Type::Enum(at) => scope.spec.find_enum(at).is_some_and(Enum::says_whether_answered),
        Type::Scalar(_) | Type::Id(_) | Type::Struct(_) | Type::List(_) | Type::Map(_) => false,
    };
    let field = fields.iter().find(says_so)?;
    let field_name = ident(&field.name);
    let result = match is_bare(field, Place::Object) {
        true => quote!(self.#field_name.was_answered()),
        false => quote!(self.#field_name.as_ref()?.was_answered()),
    };
    Some(quote! {
        impl #name {
            /// Whether somebody has answered the phone; `None` where the record does not say so.
            pub fn was_answered(&self) -> __c::Option<bool> { #result }
        }
    })
}
