//! From a field's type to the Rust type that holds it and the codec that reads and writes it.

use airudder_model::Scalar;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Scope, ident};
use crate::ir::{Field, Type};

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
            Type::Scalar(scalar) => scalar_type(*scalar),
            Type::Id(at) | Type::Enum(at) | Type::Struct(at) => self.type_path(at),
            Type::List(inner) => {
                let inner = self.rust_type(inner);
                quote!(__c::Vec<#inner>)
            }
            Type::Map(inner) => {
                let inner = self.rust_type(inner);
                quote!(__c::BTreeMap<__c::String, #inner>)
            }
        }
    }

    /// The codec of a value.
    pub(crate) fn codec(&self, ty: &Type) -> TokenStream {
        match ty {
            // Those wrap text or bytes of a type of their own.
            Type::Scalar(Scalar::Phone) => self.wrapped("Id", scalar_type(Scalar::Phone)),
            Type::Scalar(Scalar::Binary) => self.wrapped("Binary", scalar_type(Scalar::Binary)),
            Type::Scalar(Scalar::JsonSchema) => self.wrapped("JsonObject", scalar_type(Scalar::JsonSchema)),
            Type::Scalar(Scalar::JsonText) => self.wrapped("JsonText", scalar_type(Scalar::JsonText)),
            Type::Scalar(scalar) => {
                let name = ident(scalar_codec(*scalar));
                quote!(__c::#name)
            }
            Type::Id(at) => self.wrapped("Id", self.type_path(at)),
            Type::Enum(at) => self.wrapped("Enum", self.type_path(at)),
            Type::Struct(at) => self.wrapped("Obj", self.type_path(at)),
            Type::List(inner) => self.wrapped("List", self.codec(inner)),
            Type::Map(inner) => self.wrapped("Map", self.codec(inner)),
        }
    }

    fn wrapped(&self, codec: &str, inner: TokenStream) -> TokenStream {
        let codec = ident(codec);
        quote!(__c::#codec<#inner>)
    }

    /// The kind, in the catalogue's terms.
    pub(crate) fn kind(&self, ty: &Type) -> TokenStream {
        let kind = match ty {
            Type::Scalar(scalar) => {
                let variant = ident(scalar.variant());
                quote!(Scalar(Scalar::#variant))
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
                let info = self.struct_described(at);
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
        quote!(Kind::#kind)
    }

    /// The Rust type of what a field's setter takes and the field holds. A request may give a moment where
    /// the vendor wants local time.
    pub(crate) fn held_type(&self, ty: &Type, place: Place) -> TokenStream {
        match ty {
            Type::Scalar(Scalar::LocalDateTime) if place == Place::Request => {
                quote!(__c::types::LocalTime)
            }
            Type::List(inner) => {
                let inner = self.held_type(inner, place);
                quote!(__c::Vec<#inner>)
            }
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::Map(_) => {
                self.rust_type(ty)
            }
        }
    }

    /// The codec of what a field holds.
    fn held_codec(&self, ty: &Type, place: Place) -> TokenStream {
        match ty {
            Type::Scalar(Scalar::LocalDateTime) if place == Place::Request => {
                self.wrapped("LocalTime", quote!(__c::types::LocalTime))
            }
            Type::List(inner) => self.wrapped("List", self.held_codec(inner, place)),
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::Map(_) => self.codec(ty),
        }
    }

    /// The type of a struct's field.
    pub(crate) fn field_type(&self, field: &Field, place: Place) -> TokenStream {
        let ty = self.held_type(&field.ty, place);
        if is_bare(field, place) { ty } else { quote!(__c::Option<#ty>) }
    }
}

/// The Rust type of a built-in type's values.
fn scalar_type(scalar: Scalar) -> TokenStream {
    match scalar {
        Scalar::String | Scalar::Url | Scalar::Base64 => quote!(__c::String),
        Scalar::Integer => quote!(i64),
        Scalar::Number => quote!(f64),
        Scalar::Decimal => quote!(__c::Decimal),
        Scalar::Boolean => quote!(bool),
        Scalar::Date => quote!(__c::jiff::civil::Date),
        Scalar::Time => quote!(__c::jiff::civil::Time),
        Scalar::LocalDateTime => quote!(__c::jiff::civil::DateTime),
        Scalar::Instant | Scalar::InstantOffset | Scalar::EpochMs | Scalar::EpochS => {
            quote!(__c::jiff::Timestamp)
        }
        Scalar::Phone => quote!(__c::types::Phone),
        Scalar::Binary => quote!(__c::types::Upload),
        Scalar::Json | Scalar::AnyScalar => quote!(__c::Value),
        Scalar::JsonSchema => quote!(__c::types::JsonSchema),
        Scalar::JsonText => quote!(__c::types::JsonText),
    }
}

/// The codec of a built-in type, by its name in the client's `wire`.
fn scalar_codec(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "Text",
        Scalar::Integer => "Int",
        Scalar::Number => "Num",
        Scalar::Decimal => "Dec",
        Scalar::Boolean => "Bool",
        Scalar::AnyScalar => "Json",
        Scalar::Date
        | Scalar::Time
        | Scalar::LocalDateTime
        | Scalar::Instant
        | Scalar::InstantOffset
        | Scalar::EpochMs
        | Scalar::EpochS
        | Scalar::Phone
        | Scalar::Url
        | Scalar::Base64
        | Scalar::Binary
        | Scalar::Json
        | Scalar::JsonText
        | Scalar::JsonSchema => scalar.variant(),
    }
}

/// Whether a field is held without `Option`.
pub(crate) fn is_bare(field: &Field, place: Place) -> bool {
    field.is_demanded() || (place == Place::Object && matches!(field.ty, Type::List(_) | Type::Map(_)))
}

impl Scope<'_> {
    /// How a struct's fields are read, written and shown, by the client's `__impl_struct!`. What is said of a
    /// field in its table is not said again: here stand its Rust name, its codec and whether it may be left
    /// out.
    pub(crate) fn struct_impl(
        &self,
        name: &proc_macro2::Ident,
        fields: &[Field],
        place: Place,
        table: &TokenStream,
        entry: Option<&(String, String)>,
    ) -> TokenStream {
        let lines = fields.iter().enumerate().map(|(index, field)| {
            let (index, name) = (Literal::usize_unsuffixed(index), ident(&field.name));
            let (how, codec) = match (&field.ty, field.is_demanded(), place) {
                (_, true, _) => ("required", self.held_codec(&field.ty, place)),
                _ if field.fixed.is_some() => ("fixed", self.held_codec(&field.ty, place)),
                (Type::List(inner), false, Place::Object) => ("list", self.codec(inner)),
                (Type::Map(inner), false, Place::Object) => ("map", self.codec(inner)),
                (
                    Type::Scalar(_)
                    | Type::Id(_)
                    | Type::Enum(_)
                    | Type::Struct(_)
                    | Type::List(_)
                    | Type::Map(_),
                    false,
                    Place::Request | Place::Object,
                ) => ("optional", self.held_codec(&field.ty, place)),
            };
            // What a free JSON holds is not known, and neither is what the vendor writes into a text; so they
            // are not shown.
            let opaque = matches!(field.ty.innermost(), Type::Scalar(scalar)
                if scalar.is_opaque() || (place == Place::Object && scalar.is_text()));
            let shown = ident(if field.sensitive || opaque { "hidden" } else { "shown" });
            let how = ident(how);
            quote!(#index #name: #how #codec, #shown;)
        });
        let extra = match place {
            Place::Request => quote!(request),
            Place::Object => quote!(open),
        };
        let entry = entry.map(|(key, value)| quote!(entry #key = #value;));
        quote!(::airudder_client::__impl_struct!(__c #name, #extra, #table; #entry #(#lines)*);)
    }
}
