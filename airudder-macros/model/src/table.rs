//! Webhooks and error codes.

use crate::{Code, Evidence, Field, Method, Signed};

/// A message that the vendor sends to a URL of yours.
#[derive(Debug, Clone, Copy)]
pub struct Webhook<F: 'static> {
    /// Unique name, `section.thing_happened`.
    pub key: &'static str,
    /// The vendor's title.
    pub title: &'static str,
    /// The vendor's Chinese title.
    pub title_zh: Option<&'static str>,
    /// Whether the title is a translation of ours.
    pub title_is_ours: bool,
    /// The section of the vendor's contents.
    pub section: &'static str,
    /// The family.
    pub family: F,
    /// HTTP method that the vendor uses.
    pub method: Method,
    /// How well the method is known.
    pub method_evidence: Evidence,
    /// How well the best-known field is known (`Assumed` where none is).
    pub evidence: Evidence,
    /// The vendor's pages about it.
    pub pages: &'static [&'static str],
    /// Pages that may be about it.
    pub pages_maybe: &'static [&'static str],
    /// When it is sent.
    pub summary: &'static str,
    /// Whether the vendor lists the header `X-AIRudder-Sign` for it.
    pub signed: Signed,
    /// The keys of a message that make it the same as another, where it comes twice; dots lead into objects.
    /// Empty: all of it.
    pub identity: &'static [&'static str],
    /// The key of the time at which it happened: of several messages about one thing the newest counts.
    pub happened: Option<&'static str>,
    /// How it is told from other webhooks that come to the same URL.
    pub discriminator: Option<Discriminator>,
    /// The header that repeats a value of the message.
    pub header: Option<WebhookHeader>,
    /// Its fields.
    pub payload: &'static [Field],
    /// An example, as JSON text.
    pub sample: Option<&'static str>,
    /// The webhook that it was derived from (`same_as`), followed to its root.
    pub root: &'static str,
}

/// A key and the value that only messages of one webhook have there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discriminator {
    /// The key; dots lead into objects.
    pub field: &'static str,
    /// Its value, as text.
    pub value: &'static str,
}

/// A header of a webhook that repeats a value of the message. Where it is missing or says something else the
/// message is not the vendor's, or not whole: the client's router answers 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookHeader {
    /// Name of the header.
    pub name: &'static str,
    /// Key of the value; dots lead into objects.
    pub key: &'static str,
}

/// One row of the error-code tables.
#[derive(Debug, Clone, Copy)]
pub struct ErrorRow<F: 'static> {
    /// The family whose table it stands in. A code means something only together with its family.
    pub family: F,
    /// The code.
    pub code: Code,
    /// The variant of the client's `ErrorCode`.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// The meanings, where one code has several.
    pub meanings: &'static [&'static str],
    /// Wire name of the field that it is about.
    pub field: Option<&'static str>,
    /// The HTTP status that it comes with, where that is known.
    pub status: Option<u16>,
    /// The limit that its text states, in words.
    pub limit: Option<&'static str>,
    /// Which calls raise it.
    pub group: Option<&'static str>,
    /// A remark.
    pub note: Option<&'static str>,
    /// How well it is known.
    pub evidence: Evidence,
}
