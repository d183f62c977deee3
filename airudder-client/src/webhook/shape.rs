//! Which messages there are in a body, and of which webhook each is: told by keys that only one of them has,
//! or by how well the rest fits.

use std::borrow::Cow;
use std::cmp::Reverse;

use airudder_model::loosely_equal;
use serde_json::value::RawValue;

use crate::catalogue::{Discriminator, Field, Kind, Webhook};
use crate::json::{Entry, Fields};

/// Keys under which messages are wrapped. What stands beside them is about the delivery.
const WRAPPERS: [&str; 10] =
    ["data", "body", "payload", "event", "events", "message", "messages", "list", "records", "result"];

/// How deep messages are looked for.
const MAX_DEPTH: usize = 5;

/// A message in a body.
pub(super) struct Found<'a> {
    /// `None`: it is of no known shape.
    pub(super) webhook: Option<&'static Webhook>,
    pub(super) text: Cow<'a, str>,
    /// How many of its keys are known.
    score: usize,
}

/// The messages in a body, each of one of these webhooks. `named`: the URL has said which one, so that a weak
/// fit will do.
pub(super) fn find<'a>(text: &'a str, webhooks: &[&'static Webhook], named: bool) -> Vec<Found<'a>> {
    let search = Search { webhooks, named };
    let found = search.any(Cow::Borrowed(text), 0);
    match found.is_empty() {
        true => vec![Found { webhook: None, text: Cow::Borrowed(text), score: 0 }],
        false => found,
    }
}

struct Search<'w> {
    webhooks: &'w [&'static Webhook],
    named: bool,
}

impl Search<'_> {
    fn any<'a>(&self, text: Cow<'a, str>, depth: usize) -> Vec<Found<'a>> {
        if depth > MAX_DEPTH {
            return vec![Found { webhook: None, text, score: 0 }];
        }
        match text.trim_start().as_bytes().first() {
            Some(b'[') => self.list(&text, depth),
            // JSON in a text.
            Some(b'"') => match serde_json::from_str::<String>(&text) {
                Ok(inner) if holds_json(&inner) => owned(self.any(Cow::Borrowed(inner.trim()), depth + 1)),
                _ => vec![Found { webhook: None, text, score: 0 }],
            },
            Some(b'{') => self.object(text, depth),
            _ => vec![Found { webhook: None, text, score: 0 }],
        }
    }

    fn list(&self, text: &str, depth: usize) -> Vec<Found<'static>> {
        let entries: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
        let entries = entries.iter().filter(|entry| entry.get() != "null");
        entries.flat_map(|entry| owned(self.any(Cow::Borrowed(entry.get()), depth + 1))).collect()
    }

    fn object<'a>(&self, text: Cow<'a, str>, depth: usize) -> Vec<Found<'a>> {
        let Ok(fields) = serde_json::from_str::<Fields<'_>>(&text) else {
            return vec![Found { webhook: None, text, score: 0 }];
        };
        let itself = self.fitting(&fields);
        let score = itself.as_ref().map_or(0, |fit| fit.score);
        let wrapped = WRAPPERS.iter().filter_map(|name| fields.get(name)).filter(|value| {
            let text = value.get();
            text.starts_with(['{', '[']) || text.starts_with('"')
        });
        let inner = wrapped.map(|value| owned(self.any(Cow::Borrowed(value.get()), depth + 1)));
        let best = inner.max_by_key(|found| found.iter().map(|one| one.score).sum::<usize>());
        if let Some(found) = best
            && found.iter().map(|one| one.score).sum::<usize>() > score
        {
            return found;
        }
        let Some(Fit { webhook, wrapper, score }) = itself else {
            return vec![Found { webhook: None, text, score: 0 }];
        };
        let text = match wrapper {
            Some(key) => Cow::Owned(format!("{{{}:{text}}}", serde_json::Value::from(key))),
            None => text,
        };
        vec![Found { webhook: Some(webhook), text, score }]
    }

    /// The webhook that an object fits best. Among equals it is the one that says least beyond, then the one
    /// that the others were derived from, then the first.
    fn fitting(&self, fields: &Fields<'_>) -> Option<Fit> {
        let told: Vec<_> = self.webhooks.iter().filter(|webhook| is_told(webhook, fields)).collect();
        let candidates = if told.is_empty() { self.webhooks.iter().collect() } else { told.clone() };
        let enough = |fit: &Fit| {
            let whole = fields.0.len();
            // Without a word of the sender's, one key in common is chance.
            let fits =
                self.named || !told.is_empty() || fit.score >= 3 || (fit.score * 2 >= whole && fit.score > 1);
            // Where nobody knows the keys, there are none to be known by.
            fits && (fit.score > 0 || (self.named && fit.webhook.payload.is_empty()))
        };
        let fits = candidates.into_iter().map(|webhook| fit(webhook, fields)).filter(enough);
        fits.min_by_key(|fit| {
            (Reverse(fit.score), size(fit.webhook.payload), fit.webhook.key != fit.webhook.root)
        })
    }
}

/// How an object fits a webhook.
struct Fit {
    webhook: &'static Webhook,
    /// The key that it should have stood under.
    wrapper: Option<&'static str>,
    score: usize,
}

fn fit(webhook: &'static Webhook, fields: &Fields<'_>) -> Fit {
    let direct = Fit { webhook, wrapper: None, score: score(fields, webhook.payload, 0) };
    let unwrapped = webhook.payload.iter().filter_map(|field| match field.kind {
        Kind::Struct(info) if WRAPPERS.iter().any(|name| loosely_equal(name, field.wire)) => {
            Some(Fit { webhook, wrapper: Some(field.wire), score: score(fields, info.fields, 0) })
        }
        Kind::Struct(_) | Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) | Kind::Map(_) => {
            None
        }
    });
    unwrapped.fold(direct, |best, other| if other.score > best.score { other } else { best })
}

/// How many keys of an object, and of the objects in it, are known.
fn score(fields: &Fields<'_>, known: &[Field], depth: usize) -> usize {
    let of_key = |(name, value): &Entry<'_>| {
        let Some(field) = known.iter().find(|field| is_name_of(field, name)) else { return 0 };
        let info = match field.kind {
            Kind::Struct(info) if depth < MAX_DEPTH => info,
            Kind::List(&Kind::Struct(info)) if depth < MAX_DEPTH => info,
            Kind::Struct(_)
            | Kind::Scalar(_)
            | Kind::Id(_)
            | Kind::Enum(_)
            | Kind::List(_)
            | Kind::Map(_) => return 1,
        };
        let one = match serde_json::from_str::<Vec<&RawValue>>(value.get()) {
            Ok(entries) => entries.first().map(|entry| entry.get()),
            Err(_) => Some(value.get()),
        };
        let inner = one.and_then(|text| serde_json::from_str::<Fields<'_>>(text).ok());
        1 + inner.map_or(0, |inner| score(&inner, info.fields, depth + 1))
    };
    fields.0.iter().map(of_key).sum()
}

fn is_name_of(field: &Field, name: &str) -> bool {
    loosely_equal(field.wire, name) || field.aliases.iter().any(|alias| loosely_equal(alias, name))
}

/// How many fields there are, those of objects included.
fn size(fields: &[Field]) -> usize {
    let inner = |field: &Field| match field.kind {
        Kind::Struct(info) => info.fields.len(),
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::List(_) | Kind::Map(_) => 0,
    };
    fields.iter().map(|field| 1 + inner(field)).sum()
}

/// Whether a message has the value that only this webhook's have.
fn is_told(webhook: &Webhook, fields: &Fields<'_>) -> bool {
    let Some(Discriminator { field, value }) = webhook.discriminator else { return false };
    text_at(fields, field).is_some_and(|found| found.eq_ignore_ascii_case(value))
}

/// The text at a place of an object; dots lead into objects.
fn text_at(fields: &Fields<'_>, place: &str) -> Option<String> {
    let (key, rest) = place.split_once('.').unwrap_or((place, ""));
    let value = fields.get(key)?.get();
    match rest {
        "" => Some(serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())),
        rest => text_at(&serde_json::from_str(value).ok()?, rest),
    }
}

fn holds_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(text.trim()).is_ok()
}

fn owned(found: Vec<Found<'_>>) -> Vec<Found<'static>> {
    let each = |one: Found<'_>| Found {
        webhook: one.webhook,
        text: Cow::Owned(one.text.into_owned()),
        score: one.score,
    };
    found.into_iter().map(each).collect()
}
