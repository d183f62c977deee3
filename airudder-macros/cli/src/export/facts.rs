//! What is known of an endpoint and OpenAPI has no word for.

use airudder_codegen::ir::{Endpoint, Entry, NextCursor, Page};
use airudder_model::SuccessRule;

use super::value::{Map, Value};

/// What endpoints and webhooks have in common.
pub(super) fn of_entry(entry: &Entry) -> Map {
    let evidence = Map::new()
        .with("method", entry.method_evidence.word())
        .with("fields", entry.fields_evidence.map_or("none", airudder_model::Evidence::word));
    Map::new()
        .maybe("x-title-zh", entry.title_zh.as_ref())
        .flag("x-title-is-ours", entry.title_is_ours)
        .list("x-pages", entry.pages.iter().map(Value::from).collect())
        .list("x-pages-maybe", entry.pages_maybe.iter().map(Value::from).collect())
        .maybe("x-same-as", entry.bases.first())
        .with("x-evidence", evidence)
}

/// What is particular to an endpoint.
pub(super) fn of_endpoint(endpoint: &Endpoint) -> Map {
    let mut map = of_entry(&endpoint.entry);
    let path = match endpoint.path {
        Some(_) => endpoint.entry.evidence.word(),
        None => "none",
    };
    let evidence = map.below("x-evidence");
    *evidence = Map::new().with("path", path).and(std::mem::take(evidence));
    let is_gated = endpoint.path.is_some() && endpoint.entry.evidence.is_gated();
    map.with("x-effect", endpoint.effect.word())
        .and(repeated(endpoint))
        .flag("x-unverified", is_gated)
        .flag("x-open", endpoint.entry.open)
        .with("x-timeout-seconds", i64::from(endpoint.timeout_secs))
        .maybe("x-deprecated", endpoint.deprecated.as_ref())
        .flag("x-payload-required", endpoint.payload_required)
        .maybe("x-success", (endpoint.success != SuccessRule::Envelope).then(|| endpoint.success.word()))
        .maybe("x-paging", endpoint.page.as_ref().map(paging))
        .maybe(
            "x-poll-until",
            endpoint
                .poll_until
                .as_ref()
                .map(|poll| Map::new().with(&poll.field, poll.values.iter().collect::<Vec<_>>())),
        )
        .maybe(
            "x-find-by",
            endpoint.find_by.as_ref().map(|find| {
                let list = format!("{}.{}", endpoint.entry.section, find.list);
                Map::new().with("name", &find.name).with("in", list)
            }),
        )
}

/// How a call may be repeated, and what to ask after it.
fn repeated(endpoint: &Endpoint) -> Map {
    let idempotency = endpoint.idempotency.as_ref().map(|key| {
        Map::new()
            .with("header", &key.header)
            .flag("required", key.required)
            .with("max-chars", i64::from(key.max_chars))
    });
    let then_poll = endpoint.then_poll.as_ref().map(|poll| {
        let fields = poll.fields.iter().fold(Map::new(), |map, (wire, key)| map.with(wire, key));
        Map::new()
            .with("endpoint", format!("{}.{}", endpoint.entry.section, poll.endpoint))
            .map("fields", fields)
    });
    Map::new().maybe("x-idempotency", idempotency).maybe("x-then-poll", then_poll)
}

fn paging(page: &Page) -> Map {
    match page {
        Page::Number { page, size, first, items } => Map::new()
            .with("kind", "number")
            .with("page", page)
            .with("size", size)
            .with("first", *first)
            .maybe("items", items.as_ref()),
        Page::Offset { offset, limit, items, total, max_rows } => Map::new()
            .with("kind", "offset")
            .with("offset", offset)
            .with("limit", limit)
            .maybe("items", items.as_ref())
            .maybe("total", total.as_ref())
            .maybe("max-rows", *max_rows),
        Page::Cursor { cursor, size, items, next } => {
            let map = Map::new()
                .with("kind", "cursor")
                .with("cursor", cursor)
                .maybe("size", size.as_ref())
                .maybe("items", items.as_ref());
            match next {
                NextCursor::ItemId(key) => map.with("item-id", key),
                NextCursor::Key(key) => map.with("next", key),
            }
        }
    }
}
