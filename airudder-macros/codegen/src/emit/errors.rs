//! `Family` and `ErrorCode`.

use airudder_model::Code;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::text::sentence;
use super::{docs, ident};
use crate::ir::{ErrorRow, Spec};
use crate::load::Loaded;
use crate::names;

/// The enums of families and of error codes.
pub fn errors(loaded: &Loaded) -> TokenStream {
    let families = families(&loaded.spec);
    let codes = codes(&loaded.spec);
    quote!(#families #codes)
}

fn families(spec: &Spec) -> TokenStream {
    let variants = spec.families.iter().map(|family| {
        let mut doc = docs::with_evidence(&family.title, family.evidence);
        for note in &family.notes {
            doc.push_str(&format!("\n\n{}", sentence(note)));
        }
        let name = ident(&names::pascal(&family.name));
        quote!(#[doc = #doc] #name,)
    });
    let names: Vec<_> = spec.families.iter().map(|f| ident(&names::pascal(&f.name))).collect();
    let words = spec.families.iter().map(|f| &f.name);
    let index = 0..spec.families.len();
    quote! {
        /// A family of endpoints. They share a host and differ in everything else: envelope, auth, error
        /// codes.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Family {
            #(#variants)*
            /// A family of a consumer's own spec, described by its entry there.
            Private(&'static ::airudder_client::catalogue::FamilyInfo),
        }
        impl Family {
            /// All families of the vendor's.
            pub const ALL: &'static [Self] = &[#(Self::#names),*];
            /// Its name in the spec.
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#names => #words,)* Self::Private(info) => info.name }
            }
            /// Its host, envelope, auth and default codes.
            #[allow(unreachable_code)]
            pub fn info(self) -> &'static ::airudder_client::catalogue::FamilyInfo {
                let index = match self { #(Self::#names => #index,)* Self::Private(info) => return info };
                &::airudder_client::catalogue::FAMILIES[index]
            }
        }
        impl ::core::fmt::Debug for Family {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    #(Self::#names => f.write_str(::core::stringify!(#names)),)*
                    Self::Private(info) => f.debug_tuple("Private").field(&info.name).finish(),
                }
            }
        }
        impl ::core::fmt::Display for Family {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

fn codes(spec: &Spec) -> TokenStream {
    let rows: Vec<(&str, &ErrorRow)> =
        spec.errors.iter().flat_map(|t| t.rows.iter().map(|row| (t.family.as_str(), row))).collect();
    let variants = rows.iter().map(|(family, row)| {
        let (name, doc) = (ident(&row.name), variant_doc(family, row));
        quote!(#[doc = #doc] #name,)
    });
    let family_path = |family: &str| {
        let variant = ident(&names::pascal(family));
        quote!(Family::#variant)
    };
    let from = rows.iter().map(|(family, row)| {
        let (family, name) = (family_path(family), ident(&row.name));
        match row.code {
            Code::Number(number) => {
                let number = Literal::i64_unsuffixed(number);
                quote!((#family, ::airudder_client::catalogue::Code::Number(#number)) => Self::#name,)
            }
            Code::Word(word) => {
                let word = word.as_str();
                quote!((#family, code) if code == #word => Self::#name,)
            }
        }
    });
    let index = rows.iter().enumerate().map(|(index, (_, row))| {
        let name = ident(&row.name);
        quote!(Self::#name => #index,)
    });
    quote! {
        /// An error code of the vendor. A code means something only together with its family.
        ///
        /// One variant per row of the vendor's tables; a code that stands in none is kept in `Other`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            #(#variants)*
            /// A code that stands in no table.
            Other {
                /// The family that it came from.
                family: Family,
                /// The code.
                code: ::airudder_client::catalogue::Code,
            },
        }
        impl ErrorCode {
            /// The code of a family's number or word.
            pub fn from_code(
                family: Family,
                code: impl ::core::convert::Into<::airudder_client::catalogue::Code>,
            ) -> Self {
                let code = code.into();
                match (family, code) { #(#from)* _ => Self::Other { family, code } }
            }
            /// The row of the family's table; `None` for `Other`.
            #[allow(unreachable_code)]
            pub fn row(self) -> ::core::option::Option<&'static ::airudder_client::catalogue::ErrorRow> {
                let index: usize = match self {
                    #(#index)*
                    Self::Other { .. } => return ::core::option::Option::None
                };
                ::airudder_client::catalogue::ERROR_CODES.get(index)
            }
        }
    }
}

fn variant_doc(family: &str, row: &ErrorRow) -> String {
    let mut text = format!("{family} {}: {}", row.code, row.meaning);
    if !row.meanings.is_empty() {
        text = format!("{text}. One code, several meanings: {}", row.meanings.join("; "));
    }
    let mut doc = docs::with_evidence(&text, row.evidence);
    for (label, value) in
        [("Field", &row.field), ("Limit", &row.limit), ("Raised by", &row.group), ("Note", &row.note)]
    {
        if let Some(value) = value {
            doc.push_str(&format!("\n\n{label}: {}", sentence(value)));
        }
    }
    if let Some(other) = row.same_meaning_as {
        doc.push_str(&format!("\n\nMeans the same as {other}."));
    }
    doc
}
