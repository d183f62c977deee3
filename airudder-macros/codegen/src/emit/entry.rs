//! One entry alone, for a maintainer who wants to see what it becomes.

use proc_macro2::TokenStream;
use quote::quote;

use super::{Options, Scope, ident, methods, requests, tables, types, webhooks};
use crate::ir::{Section, Spec, TypeRef, Types};
use crate::load::Loaded;
use crate::names;

/// The code of one endpoint, webhook or type; `None` where there is no such key. Types of `types.yaml` have
/// no section in front, or `types`.
pub fn entry(loaded: &Loaded, key: &str, options: Options) -> Option<TokenStream> {
    let spec = &loaded.spec;
    let (section, name) = match key.split_once('.') {
        None | Some(("types", _)) => return shared(spec, key.rsplit('.').next().unwrap_or(key), options),
        Some((section, name)) => (spec.section(section)?, name),
    };
    let scope = Scope::of(spec, Some(&section.name), options);
    endpoint(scope, section, key)
        .or_else(|| webhook(scope, section, key))
        .or_else(|| named_type(scope, &section.types, name, Some(&section.family)))
}

/// All keys that [`entry`] knows.
pub fn keys(loaded: &Loaded) -> Vec<String> {
    let spec = &loaded.spec;
    let mut keys: Vec<String> = type_names(&spec.shared).into_iter().map(str::to_owned).collect();
    for section in &spec.sections {
        keys.extend(section.endpoints.iter().map(|e| e.entry.key.clone()));
        keys.extend(section.webhooks.iter().map(|w| w.entry.key.clone()));
        keys.extend(type_names(&section.types).into_iter().map(|name| format!("{}.{name}", section.name)));
    }
    keys.sort();
    keys
}

fn type_names(types: &Types) -> Vec<&str> {
    let ids = types.ids.iter().map(|t| t.name.as_str());
    let enums = types.enums.iter().map(|t| t.name.as_str());
    let structs = types.structs.iter().map(|t| t.name.as_str());
    ids.chain(enums).chain(structs).collect()
}

fn endpoint(scope: Scope<'_>, section: &Section, key: &str) -> Option<TokenStream> {
    let endpoint = scope.spec.endpoint(key)?;
    let handle = ident(&names::pascal(&section.name));
    let method = methods::method(scope, endpoint, &section.family);
    let types = requests::endpoint(scope, endpoint, &section.family);
    let data = tables::endpoint(scope, endpoint, &section.family);
    Some(quote!(impl #handle { #method } #types #[doc(hidden)] pub mod __spec { #data }))
}

fn webhook(scope: Scope<'_>, section: &Section, key: &str) -> Option<TokenStream> {
    let webhook = scope.spec.webhook(key)?;
    let types = webhooks::webhook(scope, webhook, &section.family);
    let data = tables::webhook(scope, webhook, &section.family);
    Some(quote!(#types #[doc(hidden)] pub mod __spec { #data }))
}

fn shared(spec: &Spec, name: &str, options: Options) -> Option<TokenStream> {
    named_type(Scope::of(spec, None, options), &spec.shared, name, None)
}

fn named_type(scope: Scope<'_>, types: &Types, name: &str, family: Option<&str>) -> Option<TokenStream> {
    let id = || types.ids.iter().find(|t| t.name == name).map(self::types::id);
    let enumeration = || types.enums.iter().find(|t| t.name == name).map(self::types::enumeration);
    let structure = || {
        let object = types.structs.iter().find(|t| t.name == name)?;
        let at = TypeRef { section: scope.section.map(str::to_owned), name: name.to_owned() };
        let sent = scope.spec.sent_structs().contains(&at);
        Some(self::types::structure(scope, object, sent, family))
    };
    id().or_else(enumeration).or_else(structure)
}
