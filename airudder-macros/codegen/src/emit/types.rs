//! Ids, enums and structs.

use airudder_model::EnumForm;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{Options, Scope, docs, ident};
use crate::ir::{Enum, Id, Struct, TypeRef, Types};
use crate::load::Loaded;
use crate::names;

use super::builders;
use super::literals::struct_info;
use super::structs::plain_struct;
use super::text::{code, sentence};

/// The types of `types.yaml`.
pub fn shared_types(loaded: &Loaded, options: Options) -> TokenStream {
    let scope = Scope::of(&loaded.spec, None, options);
    let ids = loaded.spec.shared.ids.iter().map(id);
    let types = named_types(scope, &loaded.spec.shared, None);
    let described = described(scope, &loaded.spec.shared);
    let names = super::client_names();
    quote! {
        #names
        #(#ids)*
        #types
        #[doc(hidden)]
        pub mod __spec {
            #[allow(unused_imports)]
            use {super::__c, super::__spec, __c::catalogue::*};
            #described
        }
    }
}

pub(crate) fn id(id: &Id) -> TokenStream {
    let name = ident(&id.name);
    let doc = match id.evidence {
        Some(evidence) => docs::with_evidence(&id.doc, evidence),
        None => sentence(&id.doc),
    };
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct #name(__c::String);
        ::airudder_client::__impl_id!(__c #name);
    }
}

/// Enums and structs.
pub(crate) fn named_types(scope: Scope<'_>, types: &Types, family: Option<&str>) -> TokenStream {
    let sent = scope.spec.sent_structs();
    let enums = types.enums.iter().map(enumeration);
    let structs = types.structs.iter().map(|object| {
        let at = TypeRef { section: scope.section.map(str::to_owned), name: object.name.clone() };
        structure(scope, object, sent.contains(&at), family)
    });
    quote!(#(#enums)* #(#structs)*)
}

pub(crate) fn enumeration(e: &Enum) -> TokenStream {
    let name = ident(&e.name);
    let mut doc = docs::with_evidence(&e.doc, e.evidence);
    doc.push_str("\n\nOpen: a value that is not listed is kept as `Other`.");
    let variants = e.values.iter().map(|value| {
        let rust = ident(&value.rust);
        let text = if value.doc.is_empty() {
            format!("{}.", code(&value.wire))
        } else {
            format!("{}: {}", code(&value.wire), value.doc)
        };
        let doc = docs::with_evidence(&text, value.evidence);
        quote!(#[doc = #doc] #rust,)
    });
    let kind = ident(match e.form {
        EnumForm::String => "text",
        EnumForm::Integer => "integer",
    });
    let table = e.values.iter().map(|value| {
        let (rust, wire) = (ident(&value.rust), &value.wire);
        quote!(#rust = #wire)
    });
    let mut aliases = e.values.iter().flat_map(|value| {
        let rust = ident(&value.rust);
        value.aliases.iter().map(move |alias| quote!(#rust = #alias))
    });
    let aliases = aliases.next().map(|first| quote!(, also [#first #(, #aliases)*]));
    let answered = was_answered(e);
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value that the spec does not know, as it came.
            Other(__c::String),
        }
        ::airudder_client::__impl_enum!(__c #name, #kind, [#(#table),*] #aliases);
        #answered
    }
}

/// What the results of calls say of whether the phone was answered.
fn was_answered(e: &Enum) -> Option<TokenStream> {
    let of = |answered: bool| {
        let values = e.values.iter().filter(|value| value.answered == Some(answered));
        let values: Vec<_> = values.map(|value| ident(&value.rust)).collect();
        (!values.is_empty()).then(|| quote!(#(Self::#values)|* => Some(#answered),))
    };
    if !e.says_whether_answered() {
        return None;
    }
    let (name, yes, no) = (ident(&e.name), of(true), of(false));
    Some(quote! {
        impl #name {
            /// Whether somebody has answered the phone; `None` where the result does not say so.
            pub fn was_answered(&self) -> __c::Option<bool> {
                match self { #yes #no _ => None }
            }
        }
    })
}

pub(crate) fn structure(scope: Scope<'_>, object: &Struct, sent: bool, family: Option<&str>) -> TokenStream {
    let name = ident(&object.name);
    let mut doc = docs::with_evidence(&object.doc, object.evidence);
    if let Some(open) = &object.open {
        let what = if open.is_empty() { "Keys that are not listed are kept in `extra`." } else { open };
        let what = sentence(what);
        doc = format!("{doc}\n\n{what}");
    }
    let plain = plain_struct(scope, &name, &doc, &object.fields, object.entry.as_ref(), family);
    let builder = sent.then(|| builders::object(scope, &name, object, family));
    quote!(#plain #builder)
}

/// The descriptions of enums and structs, for the catalogue.
pub(crate) fn described(scope: Scope<'_>, types: &Types) -> TokenStream {
    let upper = |name: &str| names::screaming(&names::snake(name));
    let enums = types.enums.iter().map(|e| {
        let (at, name, form) = (format_ident!("ENUM_{}", upper(&e.name)), &e.name, ident(e.form.variant()));
        let values = e.values.iter().map(|v| &v.wire);
        quote! {
            pub static #at: EnumInfo = EnumInfo {
                name: #name, values: &[#(#values),*], form: EnumForm::#form,
            };
        }
    });
    let structs = types.structs.iter().map(|s| struct_info(scope, &s.name, &s.fields, s.open.is_some()));
    quote!(#(#enums)* #(#structs)*)
}
