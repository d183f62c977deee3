//! How endpoints page.

use super::fields::Changes;
use super::words::word_at;
use crate::diagnostic::{at_key, at_value, did_you_mean};
use crate::ir::{Endpoint, Field, Page};
use crate::syntax::node::Node;
use airudder_model::PagingKind;

use super::entries::Lowering;

impl<'c> Lowering<'_, '_, 'c> {
    /// The base's paging, with the wire names that its fields have now. A field that it needs may not be
    /// dropped.
    pub(super) fn kept_page(
        &mut self,
        page: Page,
        old: &[Field],
        new: &[Field],
        changes: Changes<'_>,
    ) -> Option<Page> {
        let name_of = |wire: &str| old.iter().find(|f| f.wire == wire).map(|f| f.name.clone());
        let mut wires = Vec::new();
        for wire in [&page.moves, &page.size] {
            let name = name_of(wire)?;
            match new.iter().find(|f| f.name == name) {
                Some(field) => wires.push(field.wire.clone()),
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
        let (Some(size), Some(moves)) = (wires.pop(), wires.pop()) else { return None };
        Some(Page { moves, size, ..page })
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
        let size = self.page_field(node, size, endpoint);
        if kind == PagingKind::Cursor && node.get("item_id").is_none() && !node.is_poisoned("item_id") {
            let diagnostic =
                at_key(node, "the key `item_id` is missing: a cursor is the id of the last entry".to_owned());
            self.context.diagnostics.push(diagnostic.help("`item_id`: Wire key of an entry's id."));
            return None;
        }
        Some(Page {
            kind,
            moves: moves?,
            size: size?,
            first: node.integer_at("first").unwrap_or(1),
            items: node.text_at("items"),
            total: node.text_at("total"),
            item_id: node.text_at("item_id"),
        })
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
