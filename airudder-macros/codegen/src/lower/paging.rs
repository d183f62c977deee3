//! How endpoints page.

use super::fields::Changes;
use super::words::word_at;
use crate::diagnostic::{at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, NextCursor, Page};
use crate::syntax::node::Node;
use airudder_model::PagingKind;

use super::entries::Lowering;

impl<'c> Lowering<'_, '_, 'c> {
    /// The base's paging, with the wire names that its fields have now. A field that it needs may not be
    /// dropped.
    pub(super) fn kept_page(
        &mut self,
        mut page: Page,
        old: &[Field],
        new: &[Field],
        changes: Changes<'_>,
    ) -> Option<Page> {
        let name_of = |wire: &str| old.iter().find(|f| f.wire == wire).map(|f| f.name.clone());
        for wire in page.fields_mut() {
            let name = name_of(wire)?;
            match new.iter().find(|f| f.name == name) {
                Some(field) => wire.clone_from(&field.wire),
                None => {
                    let items = changes.drop.map(Node::items).unwrap_or_default();
                    if let Some(item) = items.iter().find(|item| item.scalar().as_ref() == Some(&name)) {
                        let diagnostic =
                            at_value(item, format!("`{name}` is dropped, and the base pages by it"));
                        self.context
                            .diagnostics
                            .push(diagnostic.help("keep the field, or give this entry a `page` of its own"));
                    }
                    return None;
                }
            }
        }
        Some(page)
    }

    pub(super) fn page(&mut self, node: &Node, endpoint: &Endpoint) -> Option<Page> {
        let kind = word_at(node, "kind", PagingKind::from_word)?;
        let (moves, size) = match kind {
            PagingKind::Number => ("page", "size"),
            PagingKind::Offset => ("offset", "limit"),
            PagingKind::Cursor => ("cursor", "size"),
        };
        for (key, only) in [
            ("page", PagingKind::Number),
            ("first", PagingKind::Number),
            ("offset", PagingKind::Offset),
            ("limit", PagingKind::Offset),
            ("total", PagingKind::Offset),
            ("cursor", PagingKind::Cursor),
            ("item_id", PagingKind::Cursor),
            ("next", PagingKind::Cursor),
        ] {
            if let Some(written) = node.get(key).filter(|_| kind != only) {
                let diagnostic =
                    at_key(written, format!("`{key}` says nothing in a paging of `kind: {kind}`"));
                self.context.diagnostics.push(
                    diagnostic
                        .help(format!("it is for `kind: {only}`; this kind has `{moves}` and `{size}`")),
                );
            }
        }
        let moves = self.page_field(node, moves, endpoint);
        let items = node.text_at("items");
        match kind {
            PagingKind::Number => {
                let size = self.page_field(node, size, endpoint);
                let first = node.integer_at("first").unwrap_or(1);
                Some(Page::Number { page: moves?, size: size?, first, items })
            }
            PagingKind::Offset => {
                let limit = self.page_field(node, size, endpoint);
                Some(Page::Offset { offset: moves?, limit: limit?, items, total: node.text_at("total") })
            }
            PagingKind::Cursor => {
                let next = self.next_cursor(node);
                // Where the answer says how it goes on, nothing hangs on the size.
                let needs_size = node.get("size").is_some() || !matches!(next, Some(NextCursor::Key(_)));
                let size = needs_size.then(|| self.page_field(node, size, endpoint));
                let size = match size {
                    Some(None) => return None,
                    Some(Some(size)) => Some(size),
                    None => None,
                };
                Some(Page::Cursor { cursor: moves?, size, items, next: next? })
            }
        }
    }

    /// What the cursor of the next page is: one of two.
    fn next_cursor(&mut self, page: &Node) -> Option<NextCursor> {
        match (page.text_at("item_id"), page.text_at("next")) {
            (Some(key), None) => Some(NextCursor::ItemId(key)),
            (None, Some(key)) => Some(NextCursor::Key(key)),
            (Some(_), Some(_)) => {
                let text = "`next` beside `item_id`: the next page begins at one of them";
                let written = page.get("next").unwrap_or(page);
                let help =
                    "`item_id` if the cursor is the id of the last entry, `next` if it is in the answer";
                self.context.diagnostics.push(at_key(written, text).help(help));
                None
            }
            (None, None) => {
                if !page.is_poisoned("item_id") && !page.is_poisoned("next") {
                    let text = "the key `item_id` or `next` is missing: a cursor is the id of the last \
                                entry, or stands in the answer";
                    let help = "`item_id`: Wire key of an entry's id. `next`: Wire key of the next cursor.";
                    self.context.diagnostics.push(at_key(page, text).help(help));
                }
                None
            }
        }
    }

    /// The wire name of the request field that a paging names.
    pub(super) fn page_field(&mut self, page: &Node, key: &str, endpoint: &Endpoint) -> Option<String> {
        let request = &endpoint.request;
        let Some(written) = page.get(key) else {
            if !page.is_poisoned(key) {
                let diagnostic = at_key(page, format!("the key `{key}` is missing in this paging"));
                self.context
                    .diagnostics
                    .push(diagnostic.help(format!("`{key}`: Rust name of a field of the request")));
            }
            return None;
        };
        let name = written.scalar()?;
        let found = request.iter().find(|f| f.name == name).map(|f| f.wire.clone());
        if found.is_none() && endpoint.entry.knows_fields() {
            let known: Vec<&str> = request.iter().map(|f| f.name.as_str()).collect();
            let diagnostic =
                at_value(written, format!("the paging names `{name}`, which is not a field of the request"));
            let diagnostic = match request.iter().find(|f| f.wire == name) {
                Some(field) => {
                    diagnostic.help(format!("did you mean `{}`? Its Rust name is expected here", field.name))
                }
                None => did_you_mean(diagnostic, &name, &known),
            };
            self.context.diagnostics.push(diagnostic);
        }
        found
    }
}
