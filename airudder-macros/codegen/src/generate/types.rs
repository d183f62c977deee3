//! Ids, enums and structs.

use airudder_model::EnumForm;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::Place;
use super::{Options, Scope, builders, docs, ident};
use crate::names;
use crate::spec::Loaded;
use crate::spec::model::{Enum, Id, Payload, Response, Spec, Struct, Type, TypeRef, Types};

/// The types of `types.yaml`.
pub fn shared_types(loaded: &Loaded, options: Options) -> TokenStream {
    let scope = Scope { spec: &loaded.spec, section: None, options };
    let ids = loaded.spec.shared.ids.iter().map(id);
    let types = named_types(scope, &loaded.spec.shared, None);
    let described = described(scope, &loaded.spec.shared);
    quote! {
        #(#ids)*
        #types
        #[doc(hidden)]
        pub mod __spec {
            #[allow(unused_imports)]
            use super::*;
            #described
        }
    }
}

/// The markers of all required fields, one for each name: a missing field's error message shows the marker's bare name
/// only while no other visible type is called the same.
pub fn required_fields(loaded: &Loaded) -> TokenStream {
    markers(&all_required(&loaded.spec, None))
}

pub(crate) fn markers(names: &[String]) -> TokenStream {
    let markers = names.iter().map(|name| {
        let (ident, doc) = (ident(name), format!("The field `{name}`."));
        quote!(#[doc = #doc] #[derive(Debug)] pub enum #ident {})
    });
    quote!(#(#markers)*)
}

/// The names of all fields that some builder requires; of one section or of all.
pub(crate) fn all_required(spec: &Spec, section: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    let sections = spec.sections.iter().filter(|s| section.is_none_or(|name| s.name == name));
    let shared = section.is_none().then_some(&spec.shared);
    for section in sections.clone() {
        for endpoint in &section.endpoints {
            names.extend(endpoint.request.iter().filter(|f| f.required).map(|f| f.name.clone()));
        }
    }
    for types in shared.into_iter().chain(sections.map(|s| &s.types)) {
        for object in &types.structs {
            names.extend(object.fields.iter().filter(|f| f.required).map(|f| f.name.clone()));
        }
    }
    names.sort();
    names.dedup();
    names
}

pub(crate) fn id(id: &Id) -> TokenStream {
    let name = ident(&id.name);
    let doc = match id.evidence {
        Some(evidence) => docs::with_evidence(&id.doc, evidence),
        None => id.doc.clone(),
    };
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct #name(::std::string::String);
        ::airudder_client::__impl_id!(#name);
    }
}

/// Enums and structs.
pub(crate) fn named_types(scope: Scope<'_>, types: &Types, family: Option<&str>) -> TokenStream {
    let sent = sent_structs(scope.spec);
    let enums = types.enums.iter().map(enumeration);
    let structs = types.structs.iter().map(|object| {
        let at = TypeRef { section: scope.section.map(str::to_owned), name: object.name.clone() };
        structure(scope, object, sent.contains(&at), family)
    });
    quote!(#(#enums)* #(#structs)*)
}

/// The structs that requests are made of: they get builders.
pub(crate) fn sent_structs(spec: &Spec) -> std::collections::HashSet<TypeRef> {
    let mut sent = std::collections::HashSet::new();
    let requests = spec.sections.iter().flat_map(|s| &s.endpoints).flat_map(|e| &e.request);
    let mut todo: Vec<TypeRef> = requests.filter_map(|f| struct_of(&f.ty)).collect();
    while let Some(at) = todo.pop() {
        if sent.insert(at.clone())
            && let Some(object) = spec.find_struct(&at)
        {
            todo.extend(object.fields.iter().filter_map(|f| struct_of(&f.ty)));
        }
    }
    sent
}

fn struct_of(ty: &Type) -> Option<TypeRef> {
    match ty.innermost() {
        Type::Struct(at) => Some(at.clone()),
        _ => None,
    }
}

pub(crate) fn enumeration(e: &Enum) -> TokenStream {
    let name = ident(&e.name);
    let mut doc = docs::with_evidence(&e.doc, e.evidence);
    doc.push_str("\n\nOpen: a value that is not listed is kept as `Other`.");
    let variants = e.values.iter().map(|value| {
        let rust = ident(&value.rust);
        let text = if value.doc.is_empty() {
            format!("`{}`.", value.wire)
        } else {
            format!("`{}`: {}", value.wire, value.doc)
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
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value that the spec does not know, as it came.
            Other(::std::string::String),
        }
        ::airudder_client::__impl_enum!(#name, #kind, [#(#table),*]);
    }
}

pub(crate) fn structure(scope: Scope<'_>, object: &Struct, sent: bool, family: Option<&str>) -> TokenStream {
    let name = ident(&object.name);
    let mut doc = docs::with_evidence(&object.doc, object.evidence);
    if let Some(open) = &object.open {
        let what = if open.is_empty() { "Keys that are not listed are kept in `extra`." } else { open };
        doc = format!("{doc}\n\n{what}");
    }
    let plain = plain_struct(
        scope,
        &name,
        &doc,
        &object.fields,
        object.open.is_some(),
        object.entry.as_ref(),
        family,
    );
    let builder = sent.then(|| builders::object(scope, &name, object, family));
    quote!(#plain #builder)
}

/// A struct with public fields, as answers, webhooks and rows are.
pub(crate) fn plain_struct(
    scope: Scope<'_>,
    name: &proc_macro2::Ident,
    doc: &str,
    fields: &[crate::spec::model::Field],
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
    let described = super::catalogue::struct_constant(&name.to_string());
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

/// The descriptions of enums and structs, for the catalogue.
pub(crate) fn described(scope: Scope<'_>, types: &Types) -> TokenStream {
    let upper = |name: &str| names::screaming(&names::snake(name));
    let enums = types.enums.iter().map(|e| {
        let (at, name, form) = (format_ident!("ENUM_{}", upper(&e.name)), &e.name, ident(e.form.variant()));
        let values = e.values.iter().map(|v| &v.wire);
        quote! {
            pub static #at: ::airudder_client::catalogue::EnumInfo = ::airudder_client::catalogue::EnumInfo {
                name: #name, values: &[#(#values),*], form: ::airudder_client::catalogue::EnumForm::#form,
            };
        }
    });
    let structs = types
        .structs
        .iter()
        .map(|s| super::catalogue::struct_info(scope, &s.name, &s.fields, s.open.is_some()));
    quote!(#(#enums)* #(#structs)*)
}

/// The type of an answer, for an endpoint of its own.
pub(crate) fn response_type(
    scope: Scope<'_>,
    endpoint: &crate::spec::model::Endpoint,
) -> (TokenStream, TokenStream) {
    match &endpoint.response {
        Response::File => (quote!(::airudder_client::recording::Recording), quote!()),
        Response::Type(ty) => (scope.rust_type(ty), scope.codec(ty)),
        Response::Fields(_) => {
            let (section, name) =
                endpoint.response_owner.split_once('.').unwrap_or(("", &endpoint.response_owner));
            let at = TypeRef {
                section: Some(section.to_owned()),
                name: format!("{}Response", names::pascal(name)),
            };
            let path = scope.type_path(&at);
            (path.clone(), quote!(::airudder_client::wire::Obj<#path>))
        }
    }
}

/// The struct of a webhook that has fields of its own.
pub(crate) fn payload_type(scope: Scope<'_>, webhook: &crate::spec::model::Webhook) -> TokenStream {
    match &webhook.payload {
        Payload::Struct(at) => scope.type_path(at),
        Payload::Fields(_) => {
            let (section, name) =
                webhook.payload_owner.split_once('.').unwrap_or(("", &webhook.payload_owner));
            scope.type_path(&TypeRef { section: Some(section.to_owned()), name: names::pascal(name) })
        }
    }
}
