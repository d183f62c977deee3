//! Webhook types, and the event that is one of them.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::text::sentence;
use super::{Scope, docs, ident};
use crate::ir::{Payload, Section, Webhook};
use crate::load::Loaded;
use crate::names;

use super::paths::{payload_type, webhook_constant};
use super::structs::plain_struct;

/// What one webhook adds to its section's module.
pub(crate) fn webhook(scope: Scope<'_>, webhook: &Webhook, family: &str) -> TokenStream {
    let name = ident(&names::pascal(&webhook.entry.name));
    let doc = docs::webhook(webhook);
    match &webhook.payload {
        Payload::Fields(fields) if webhook.payload_owner == webhook.entry.key => {
            // Unknown keys are kept whether the spec says so or not: nothing of a message may be lost.
            plain_struct(scope, &name, &doc, fields, true, None, Some(family))
        }
        _ => {
            let path = payload_type(scope, webhook);
            quote!(#[doc = #doc] pub type #name = #path;)
        }
    }
}

/// The enum of all webhooks, and the function that reads one.
pub fn webhooks(loaded: &Loaded) -> TokenStream {
    let all: Vec<(&Section, &Webhook)> =
        loaded.spec.sections.iter().flat_map(|s| s.webhooks.iter().map(move |w| (s, w))).collect();
    event(&all, |section, webhook| {
        let (module, name) = (ident(&section.name), ident(&names::pascal(&webhook.entry.name)));
        let feature = &section.name;
        Arm {
            gate: quote!(#[cfg(feature = #feature)]),
            variant: format_ident!("{}{}", names::pascal(&section.name), names::pascal(&webhook.entry.name)),
            path: quote!(::airudder_client::#module::#name),
            entry: {
                let constant = webhook_constant(&webhook.entry.name);
                quote!(::airudder_client::#module::__spec::#constant)
            },
        }
    })
}

/// The enum of a consumer's own webhooks.
pub(crate) fn section_event(section: &Section) -> TokenStream {
    let all: Vec<(&Section, &Webhook)> = section.webhooks.iter().map(|w| (section, w)).collect();
    event(&all, |_, webhook| {
        let name = ident(&names::pascal(&webhook.entry.name));
        let constant = webhook_constant(&webhook.entry.name);
        Arm { gate: quote!(), variant: name.clone(), path: quote!(#name), entry: quote!(__spec::#constant) }
    })
}

struct Arm {
    gate: TokenStream,
    variant: Ident,
    path: TokenStream,
    /// The webhook's entry in the catalogue's terms.
    entry: TokenStream,
}

fn event(all: &[(&Section, &Webhook)], arm: impl Fn(&Section, &Webhook) -> Arm) -> TokenStream {
    let arms: Vec<(Arm, &Webhook)> =
        all.iter().map(|(section, webhook)| (arm(section, webhook), *webhook)).collect();
    let variants = arms.iter().map(|(Arm { gate, variant, path, .. }, webhook)| {
        let doc = format!("`{}`: {}", webhook.entry.key, sentence(&webhook.entry.summary));
        quote!(#[doc = #doc] #gate #variant(::std::boxed::Box<#path>),)
    });
    let keys = arms.iter().map(|(Arm { gate, variant, .. }, webhook)| {
        let key = &webhook.entry.key;
        quote!(#gate Self::#variant(_) => #key,)
    });
    let reads = arms.iter().map(|(Arm { gate, variant, path, entry }, webhook)| {
        let key = &webhook.entry.key;
        quote! {
            #gate #key => ::airudder_client::webhook::__decode::<::airudder_client::wire::Obj<#path>>(&#entry, body)
                .map(|event| Event::#variant(::std::boxed::Box::new(event))),
        }
    });
    let writes = arms
        .iter()
        .map(|(Arm { gate, variant, .. }, _)| quote!(#gate Self::#variant(event) => ::airudder_client::webhook::__encode(event.as_ref()),));
    let shows = arms.iter().map(|(Arm { gate, variant, .. }, _)| {
        let name = variant.to_string();
        quote!(#gate Self::#variant(event) => f.debug_tuple(#name).field(event).finish(),)
    });
    quote! {
        /// A webhook's message, of whichever kind.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            #(#variants)*
            /// A message under a key that the spec does not know, as it came.
            Unknown {
                /// The key that it was read under.
                key: ::std::string::String,
                /// The whole message.
                raw: ::airudder_client::Value,
            },
        }
        /// Shows no personal data: of an unknown message the key only.
        impl ::core::fmt::Debug for Event {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self {
                    #(#shows)*
                    Self::Unknown { key, .. } => f.debug_struct("Unknown").field("key", key).finish_non_exhaustive(),
                }
            }
        }
        impl Event {
            /// The webhook's key, such as `collection.task_finished`.
            pub fn key(&self) -> &str {
                match self { #(#keys)* Self::Unknown { key, .. } => key }
            }
            /// The message as JSON again, in wire names.
            pub fn to_json(&self) -> ::airudder_client::Value {
                match self { #(#writes)* Self::Unknown { raw, .. } => raw.clone() }
            }
        }
        /// Reads a message that came to the URL given for the webhook `key`. An unknown key gives
        /// [`Event::Unknown`].
        ///
        /// # Errors
        ///
        /// `Error::Decode` for what is not a JSON object. A message whose fields drift still reads: names in
        /// other letter case, numbers as text, unset times as empty text or null, unknown keys and values.
        pub fn parse(key: &str, body: &[u8]) -> ::core::result::Result<Event, ::airudder_client::Error> {
            match key {
                #(#reads)*
                _ => ::airudder_client::webhook::__decode_unknown(key, body)
                    .map(|raw| Event::Unknown { key: key.to_owned(), raw }),
            }
        }
    }
}
