//! From a field's type to the Rust type that holds it and the codec that reads and writes it.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Scope, ident};
use crate::spec::model::{Field, Type};

/// Where a field stands: optional lists of a request are absent or there, elsewhere they are simply empty.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Request,
    Object,
}

impl Scope<'_> {
    /// The Rust type of a value.
    pub(crate) fn rust_type(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Plain(word) => match *word {
                "integer" => quote!(i64),
                "number" => quote!(f64),
                "decimal" => quote!(::airudder_client::Decimal),
                "boolean" => quote!(bool),
                "date" => quote!(::airudder_client::jiff::civil::Date),
                "time" => quote!(::airudder_client::jiff::civil::Time),
                "local_datetime" => quote!(::airudder_client::jiff::civil::DateTime),
                "instant" | "instant_offset" | "epoch_ms" | "epoch_s" => {
                    quote!(::airudder_client::jiff::Timestamp)
                }
                "phone" => quote!(::airudder_client::types::Phone),
                "binary" => quote!(::airudder_client::Bytes),
                "json" => quote!(::airudder_client::Value),
                "json_text" => quote!(::airudder_client::types::JsonText),
                _ => quote!(::std::string::String),
            },
            Type::Id(at) | Type::Enum(at) | Type::Struct(at) => self.type_path(at),
            Type::List(inner) => {
                let inner = self.rust_type(inner);
                quote!(::std::vec::Vec<#inner>)
            }
            Type::Map(inner) => {
                let inner = self.rust_type(inner);
                quote!(::std::collections::BTreeMap<::std::string::String, #inner>)
            }
        }
    }

    /// The codec of a value.
    pub(crate) fn codec(&self, ty: &Type) -> TokenStream {
        let name = match ty {
            Type::Plain(word) => match *word {
                "integer" => "Int",
                "number" => "Num",
                "decimal" => "Dec",
                "boolean" => "Bool",
                "date" => "Date",
                "time" => "Time",
                "local_datetime" => "LocalDateTime",
                "instant" => "Instant",
                "instant_offset" => "InstantOffset",
                "epoch_ms" => "EpochMs",
                "epoch_s" => "EpochS",
                "phone" => return self.wrapped("Id", self.rust_type(ty)),
                "url" => "Url",
                "base64" => "Base64",
                "binary" => "Binary",
                "json" => "Json",
                "json_text" => return self.wrapped("JsonText", self.rust_type(ty)),
                _ => "Text",
            },
            Type::Id(at) => return self.wrapped("Id", self.type_path(at)),
            Type::Enum(at) => return self.wrapped("Enum", self.type_path(at)),
            Type::Struct(at) => return self.wrapped("Obj", self.type_path(at)),
            Type::List(inner) => return self.wrapped("List", self.codec(inner)),
            Type::Map(inner) => return self.wrapped("Map", self.codec(inner)),
        };
        let name = ident(name);
        quote!(::airudder_client::wire::#name)
    }

    fn wrapped(&self, codec: &str, inner: TokenStream) -> TokenStream {
        let codec = ident(codec);
        quote!(::airudder_client::wire::#codec<#inner>)
    }

    /// The kind, in the catalogue's terms.
    pub(crate) fn kind(&self, ty: &Type) -> TokenStream {
        let kind = match ty {
            Type::Plain(word) => {
                let name = ident(&if *word == "local_datetime" {
                    "LocalDateTime".to_owned()
                } else {
                    crate::names::pascal(word)
                });
                quote!(#name)
            }
            Type::Id(at) => {
                let name = &at.name;
                quote!(Id(#name))
            }
            Type::Enum(at) => {
                let info = self.described(at, "ENUM");
                quote!(Enum(&#info))
            }
            Type::Struct(at) => {
                let info = self.described(at, "STRUCT");
                quote!(Struct(&#info))
            }
            Type::List(inner) => {
                let inner = self.kind(inner);
                quote!(List(&#inner))
            }
            Type::Map(inner) => {
                let inner = self.kind(inner);
                quote!(Map(&#inner))
            }
        };
        quote!(::airudder_client::catalogue::Kind::#kind)
    }

    /// The type of a struct's field.
    pub(crate) fn field_type(&self, field: &Field, place: Place) -> TokenStream {
        let ty = self.rust_type(&field.ty);
        if is_bare(field, place) { ty } else { quote!(::core::option::Option<#ty>) }
    }
}

/// Whether a field is held without `Option`.
pub(crate) fn is_bare(field: &Field, place: Place) -> bool {
    field.required || (place == Place::Object && matches!(field.ty, Type::List(_) | Type::Map(_)))
}

/// The arms that read and the statements that write a struct's fields.
pub(crate) struct Wire {
    pub(crate) keys: TokenStream,
    pub(crate) read: TokenStream,
    pub(crate) write: TokenStream,
}

impl Scope<'_> {
    pub(crate) fn wire(&self, fields: &[Field], place: Place) -> Wire {
        let keys = fields.iter().map(|field| {
            let (wire, aliases, required) = (&field.wire, &field.aliases, field.required);
            quote!(::airudder_client::wire::Key { wire: #wire, aliases: &[#(#aliases),*], required: #required })
        });
        let keys = quote!(&[#(#keys),*]);
        let read = fields.iter().enumerate().map(|(index, field)| {
            let (name, codec) = (ident(&field.name), self.codec(&field.ty));
            let codec =
                if is_bare(field, place) { codec } else { quote!(::airudder_client::wire::Opt<#codec>) };
            quote!(#index => ::airudder_client::wire::read::<#codec, A>(map, &mut self.#name),)
        });
        let read = quote!(#(#read)*);
        let write = fields.iter().map(|field| {
            let (name, wire, codec) = (ident(&field.name), &field.wire, self.codec(&field.ty));
            match (&field.ty, field.required, place) {
                (_, true, _) => {
                    quote!(::airudder_client::wire::write::<#codec, M>(map, #wire, &self.#name)?;)
                }
                (Type::List(inner), false, Place::Object) => {
                    let inner = self.codec(inner);
                    quote!(::airudder_client::wire::write_list::<#inner, M>(map, #wire, &self.#name)?;)
                }
                (Type::Map(inner), false, Place::Object) => {
                    let inner = self.codec(inner);
                    quote!(::airudder_client::wire::write_map::<#inner, M>(map, #wire, &self.#name)?;)
                }
                _ => quote!(::airudder_client::wire::write_opt::<#codec, M>(map, #wire, &self.#name)?;),
            }
        });
        let write = quote!(#(#write)*);
        Wire { keys, read, write }
    }

    /// The implementation of `wire::Struct`, with serde's traits through it.
    pub(crate) fn struct_impl(
        &self,
        name: &proc_macro2::Ident,
        fields: &[Field],
        place: Place,
        more: &TokenStream,
    ) -> TokenStream {
        let Wire { keys, read, write } = self.wire(fields, place);
        let shown = name.to_string();
        let read = if fields.is_empty() {
            quote!(let _ = index; ::airudder_client::wire::skip(map))
        } else {
            quote!(match index { #read _ => ::airudder_client::wire::skip(map) })
        };
        let write = if fields.is_empty() { quote!(let _ = map;) } else { write };
        quote! {
            impl ::airudder_client::wire::Struct for #name {
                const NAME: &'static str = #shown;
                const KEYS: &'static [::airudder_client::wire::Key] = #keys;
                fn read_field<'de, A: ::airudder_client::wire::MapAccess<'de>>(&mut self, index: usize, map: &mut A) -> ::core::result::Result<(), A::Error> {
                    #read
                }
                fn write_fields<M: ::airudder_client::wire::SerializeMap>(&self, map: &mut M) -> ::core::result::Result<(), M::Error> {
                    #write
                    ::core::result::Result::Ok(())
                }
                #more
            }
            ::airudder_client::__impl_struct!(#name);
        }
    }

    /// `Debug` that shows no personal data.
    pub(crate) fn debug_impl(&self, name: &proc_macro2::Ident, fields: &[Field], extra: bool) -> TokenStream {
        let shown = name.to_string();
        let lines = fields.iter().map(|field| {
            let (ident, label) = (ident(&field.name), &field.name);
            // What a free JSON holds is not known, so it is not shown.
            let hidden = field.sensitive
                || matches!(field.ty.innermost(), Type::Plain("json" | "json_text" | "binary"));
            if hidden {
                quote!(.field(#label, &::airudder_client::wire::Redacted))
            } else {
                quote!(.field(#label, &self.#ident))
            }
        });
        let extra = extra.then(|| quote!(.field("extra", &::airudder_client::wire::Redacted)));
        quote! {
            impl ::core::fmt::Debug for #name {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#shown) #(#lines)* #extra .finish()
                }
            }
        }
    }
}
