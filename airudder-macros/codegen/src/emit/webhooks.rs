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
            plain_struct(scope, &name, &doc, fields, None, Some(family))
        }
        Payload::Fields(_) | Payload::Struct(_) => {
            let path = payload_type(scope, webhook);
            quote!(#[doc = #doc] pub type #name = #path;)
        }
    }
}

/// The enum of all webhooks, and the function that reads one.
pub fn webhooks(loaded: &Loaded) -> TokenStream {
    let all: Vec<(&Section, &Webhook)> =
        loaded.spec.sections.iter().flat_map(|s| s.webhooks.iter().map(move |w| (s, w))).collect();
    let names = super::client_names();
    let event = event(&all, None, |section, webhook| {
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
    });
    quote!(#names #event)
}

/// The enum of a consumer's own webhooks.
pub(crate) fn section_event(section: &Section) -> TokenStream {
    let all: Vec<(&Section, &Webhook)> = section.webhooks.iter().map(|w| (section, w)).collect();
    event(&all, Some(&section.name), |_, webhook| {
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

/// `owner`: the section whose structs are of the crate at hand; `None`: all are.
fn event(
    all: &[(&Section, &Webhook)],
    owner: Option<&str>,
    arm: impl Fn(&Section, &Webhook) -> Arm,
) -> TokenStream {
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
            #gate #key =>
                ::airudder_client::webhook::__decode::<::airudder_client::wire::Obj<#path>>(&#entry, body)
                    .map(|event| Event::#variant(::std::boxed::Box::new(event))),
        }
    });
    let writes = arms.iter().map(|(Arm { gate, variant, .. }, _)| {
        quote!(#gate Self::#variant(event) => ::airudder_client::webhook::__encode(event.as_ref()),)
    });
    let entries = arms.iter().map(|(Arm { gate, variant, entry, .. }, _)| {
        quote!(#gate Self::#variant(_) => ::core::option::Option::Some(&#entry),)
    });
    let table = arms.iter().map(|(Arm { gate, entry, .. }, _)| quote!(#gate &#entry,));
    let shows = arms.iter().map(|(Arm { gate, variant, .. }, _)| {
        let name = variant.to_string();
        quote!(#gate Self::#variant(event) => f.debug_tuple(#name).field(event).finish(),)
    });
    let structs = structs(&arms, owner);
    quote! {
        /// A webhook's message, of whichever kind.
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum Event {
            #(#variants)*
            /// A message under a key that the spec does not know, or of no shape that it knows, as it came.
            Unknown {
                /// The key that it was read under; empty where there was none.
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
                    Self::Unknown { key, .. } => {
                        f.debug_struct("Unknown").field("key", key).finish_non_exhaustive()
                    }
                }
            }
        }
        impl Event {
            /// The webhook's key, such as `collection.task_finished`.
            pub fn key(&self) -> &str {
                match self { #(#keys)* Self::Unknown { key, .. } => key }
            }
            /// The webhook, as data; `None` for an unknown message.
            pub fn webhook(&self) -> ::core::option::Option<&'static ::airudder_client::catalogue::Webhook> {
                match self { #(#entries)* Self::Unknown { .. } => ::core::option::Option::None }
            }
            /// A text that this message has in common with its copies and with no other, to apply it once:
            /// messages come twice. It is made of the keys that the webhook names, or of the whole message,
            /// and shows neither.
            pub fn identity(&self) -> ::std::string::String {
                ::airudder_client::webhook::__identity(self.key(), self.webhook(), &self.to_json())
            }
            /// When it happened, to apply what is newer: messages come out of order. `None` where the message
            /// does not say so: then the time of arrival is all that there is.
            pub fn happened(&self) -> ::core::option::Option<::airudder_client::jiff::Timestamp> {
                ::airudder_client::webhook::__happened(self.webhook(), &self.to_json())
            }
            /// The message as JSON again, in wire names.
            pub fn to_json(&self) -> ::airudder_client::Value {
                match self { #(#writes)* Self::Unknown { raw, .. } => raw.clone() }
            }
        }
        static __READER: ::airudder_client::webhook::__Reader<Event> = ::airudder_client::webhook::__Reader {
            webhooks: &[#(#table)*],
            parse,
            unknown: |key, raw| Event::Unknown { key, raw },
        };
        impl ::airudder_client::webhook::AnyEvent for Event {
            fn key(&self) -> &str { Event::key(self) }
            fn webhook(&self) -> ::core::option::Option<&'static ::airudder_client::catalogue::Webhook> {
                Event::webhook(self)
            }
            fn identity(&self) -> ::std::string::String { Event::identity(self) }
            fn happened(&self) -> ::core::option::Option<::airudder_client::jiff::Timestamp> {
                Event::happened(self)
            }
            fn to_json(&self) -> ::airudder_client::Value { Event::to_json(self) }
            fn __reader() -> &'static ::airudder_client::webhook::__Reader<Self> { &__READER }
        }
        impl ::airudder_client::webhook::FromMessage for Event {
            type Event = Event;
            type Item = Event;
            fn webhooks() -> ::std::vec::Vec<&'static ::airudder_client::catalogue::Webhook> {
                __READER.webhooks.to_vec()
            }
            fn read(
                body: &[u8],
            ) -> ::core::result::Result<
                ::airudder_client::webhook::Message<Event>,
                ::airudder_client::Error,
            > {
                read_any(body)
            }
        }
        #structs
        /// Reads what came to the URL given for the webhook `key`: one message or a list of them, also within
        /// `data`, `body` and the like. JSON of no known shape, or under an unknown key, is
        /// [`Event::Unknown`].
        ///
        /// # Errors
        ///
        /// `Error::Decode` for what is not JSON.
        pub fn read(
            key: &str,
            body: impl ::core::convert::AsRef<[u8]>,
        ) -> ::core::result::Result<::airudder_client::webhook::Message<Event>, ::airudder_client::Error> {
            __READER.read(::core::option::Option::Some(key), body.as_ref())
        }
        /// Reads what came to a URL that several webhooks share. Each message is of the webhook whose own key
        /// it has, or else of the one that it fits best; of several that it fits alike, of the one that the
        /// others were derived from.
        ///
        /// # Errors
        ///
        /// As [`read`].
        pub fn read_any(
            body: impl ::core::convert::AsRef<[u8]>,
        ) -> ::core::result::Result<::airudder_client::webhook::Message<Event>, ::airudder_client::Error> {
            __READER.read(::core::option::Option::None, body.as_ref())
        }
        /// Reads exactly one message, in the form of the spec, that came to the URL given for the webhook
        /// `key`. An unknown key gives [`Event::Unknown`].
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

/// What makes each struct of a webhook readable by its type. A struct may serve several webhooks. In a
/// consumer's crate only its own structs can have it.
fn structs(arms: &[(Arm, &Webhook)], owner: Option<&str>) -> TokenStream {
    let mut groups: Vec<(Struct<'_>, Vec<&(Arm, &Webhook)>)> = Vec::new();
    for one in arms {
        let of = struct_of(one.1);
        if owner.is_some() && owner != of.section {
            continue;
        }
        match groups.iter_mut().find(|(group, _)| *group == of) {
            Some((_, group)) => group.push(one),
            None => groups.push((of, vec![one])),
        }
    }
    let each = groups.iter().map(|(of, group)| {
        // A section that uses the struct of another switches that one on, and not the other way round.
        let home = group.iter().find(|(_, webhook)| section_of(&webhook.entry.key) == of.section);
        let (gate, path) = match (home.or(group.first()), of.section) {
            (Some((Arm { gate, path, .. }, _)), Some(_)) => (gate.clone(), path.clone()),
            _ => {
                let name = ident(of.name);
                (quote!(), quote!(__c::types::#name))
            }
        };
        let entries = group.iter().map(|(Arm { gate, entry, .. }, _)| quote!(#gate &#entry,));
        let takes = group.iter().map(|(Arm { gate, variant, .. }, _)| {
            quote!(#gate if let Event::#variant(data) = event { return ::core::result::Result::Ok(*data); })
        });
        quote! {
            #gate
            impl ::airudder_client::webhook::FromMessage for #path {
                type Event = Event;
                type Item = ::airudder_client::webhook::Typed<Self>;
                fn webhooks() -> ::std::vec::Vec<&'static ::airudder_client::catalogue::Webhook> {
                    ::std::vec![#(#entries)*]
                }
                fn read(
                    body: &[u8],
                ) -> ::core::result::Result<
                    ::airudder_client::webhook::Message<Self::Item>,
                    ::airudder_client::Error,
                > {
                    let webhooks = <Self as ::airudder_client::webhook::FromMessage>::webhooks();
                    __READER.read_typed(&webhooks, body, |event| {
                        #(#takes)*
                        ::core::result::Result::Err(event)
                    })
                }
            }
        }
    });
    quote!(#(#each)*)
}

/// The struct that a webhook's message is read as.
#[derive(PartialEq)]
struct Struct<'a> {
    /// `None`: one that sections share.
    section: Option<&'a str>,
    name: &'a str,
}

fn struct_of(webhook: &Webhook) -> Struct<'_> {
    match &webhook.payload {
        Payload::Struct(at) => Struct { section: at.section.as_deref(), name: &at.name },
        Payload::Fields(_) => {
            Struct { section: section_of(&webhook.payload_owner), name: &webhook.payload_owner }
        }
    }
}

/// The section that a key begins with.
fn section_of(key: &str) -> Option<&str> {
    key.split_once('.').map(|(section, _)| section)
}
