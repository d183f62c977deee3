//! What a consumer gets: tokens, made from a checked spec.
//!
//! One file per kind of thing. Nothing here judges the spec: what reaches this module is sound.

mod builders;
mod catalogue;
mod ceiling;
mod contract;
mod docs;
mod entry;
mod errors;
mod families;
mod fields;
mod literals;
mod markers;
mod methods;
mod paths;
mod requests;
mod section;
mod structs;
mod tables;
mod text;
mod types;
mod webhooks;

use airudder_model::Evidence;
use ceiling::Lowered;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::ir::{Spec, TypeRef};
use crate::load::{Loaded, guide};
use crate::syntax::span::FileId;

pub use catalogue::catalogue;
pub use contract::contract_tests;
pub use entry::{entry, keys};
pub use errors::errors;
pub use markers::required_fields;
pub use section::section;
pub use types::shared_types as types;
pub use webhooks::webhooks;

/// Where the tokens go, and which of them are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether the code becomes part of the client crate itself (and not of a consumer's).
    pub in_client: bool,
    /// Whether endpoints whose path is only assumed are wanted.
    pub unverified: bool,
}

/// What every generator reads.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) spec: &'a Spec,
    /// The section that is being generated; `None` for shared code.
    pub(crate) section: Option<&'a str>,
    pub(crate) options: Options,
    /// How well the fields of the entry at hand are known at best, and the structs that say more of theirs.
    pub(crate) ceiling: Option<(Evidence, &'a Lowered)>,
}

impl<'a> Scope<'a> {
    /// A section, or shared code.
    pub(crate) fn of(spec: &'a Spec, section: Option<&'a str>, options: Options) -> Self {
        Self { spec, section, options, ceiling: None }
    }
}

impl Scope<'_> {
    /// The path of a named type.
    pub(crate) fn type_path(&self, at: &TypeRef) -> TokenStream {
        let name = ident(&at.name);
        let module = self.module(at.section.as_deref());
        quote!(#module #name)
    }

    /// The path of something hidden beside a type: its description in the catalogue's terms.
    pub(crate) fn described(&self, at: &TypeRef, prefix: &str) -> TokenStream {
        let name = format_ident!("{prefix}_{}", crate::names::screaming(&crate::names::snake(&at.name)));
        let module = self.module(at.section.as_deref());
        quote!(#module __spec::#name)
    }

    /// The module of a section, with its trailing `::`; nothing for the section at hand.
    pub(crate) fn module(&self, section: Option<&str>) -> TokenStream {
        match section {
            same if same == self.section => quote!(),
            None => quote!(__c::types::),
            Some(section) => {
                let section = ident(section);
                quote!(::airudder_client::#section::)
            }
        }
    }

    /// The path of the marker of a required field.
    pub(crate) fn marker(&self, field: &str) -> TokenStream {
        let field = ident(field);
        if self.options.in_client { quote!(__c::field::#field) } else { quote!(field::#field) }
    }
}

/// The short name of what generated code needs of the client, for the module that it goes to: most of the
/// paths there are written thousands of times. The prelude's names are in it too, since a type of a spec may
/// be called `Option`.
pub(crate) fn client_names() -> TokenStream {
    quote! {
        #[allow(unused_imports)]
        use ::airudder_client::__private as __c;
    }
}

pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// Makes the compiler watch the files that were read: an edit of any of them causes a rebuild.
pub fn track<'a>(paths: impl IntoIterator<Item = &'a std::path::Path>) -> TokenStream {
    let paths = paths.into_iter().map(|path| path.to_string_lossy().into_owned());
    quote!(#(const _: &[u8] = ::core::include_bytes!(#paths);)*)
}

/// The files that a section's code depends on: its own, the shared ones, and those of the sections that it
/// takes from.
pub fn files_of<'a>(loaded: &'a Loaded, section: &str) -> Vec<&'a std::path::Path> {
    let mut sections = vec![section.to_owned()];
    if let Some(section) = loaded.spec.section(section) {
        let bases =
            section.endpoints.iter().map(|e| &e.entry).chain(section.webhooks.iter().map(|w| &w.entry));
        sections
            .extend(bases.flat_map(|e| &e.bases).filter_map(|key| key.split('.').next()).map(str::to_owned));
    }
    let wanted = |file: FileId| match guide::section_of(loaded.files.shown_path(file)) {
        Some(owner) => owner == section,
        None => match loaded.spec.sections.iter().find(|s| s.file == file) {
            Some(section) => sections.contains(&section.name),
            None => true,
        },
    };
    loaded.files.ids().filter(|file| wanted(*file)).filter_map(|file| loaded.files.disk_path(file)).collect()
}
