//! Webhooks.

use super::fields::Changes;
use super::resolve;
use super::words::{evidence_at, word_at};
use super::{Kind, fields};
use crate::ir::{Payload, Webhook};
use crate::syntax::node::Node;
use airudder_model::Signed;

use super::entries::Lowering;

impl<'c> Lowering<'_, '_, 'c> {
    pub(super) fn plain_webhook(&mut self, key: &str, node: &Node) -> Webhook {
        let entry = self.entry(key, node);
        let payload = match node.get("payload") {
            Some(written) if written.text().is_some() => match resolve::find_struct(written, self.context) {
                Some(at) => Payload::Struct(at),
                None => Payload::Fields(Vec::new()),
            },
            Some(written) => {
                let fields = fields::fields(written, entry.fields_evidence, self.context);
                fields::check_unique_wire_names(&fields, self.context);
                Payload::Fields(fields)
            }
            None => Payload::Fields(Vec::new()),
        };
        let mut webhook = Webhook {
            signed: Signed::Unknown,
            identity: Vec::new(),
            happened: None,
            discriminator: None,
            header: None,
            payload,
            payload_owner: key.to_owned(),
            sample: None,
            entry,
        };
        own_keys(&mut webhook, node);
        webhook
    }

    pub(super) fn derived_webhook(
        &mut self,
        key: &str,
        node: &Node,
        written: &Node,
        way: &mut Vec<String>,
    ) -> Option<Webhook> {
        let (base_key, base_node) = self.base(Kind::Webhook, written, way)?;
        let mut webhook = self.webhook(&base_key, base_node, way)?.clone();
        let base_entry = webhook.entry.clone();
        webhook.entry = self.derived_entry(key, node, base_entry, base_key);
        if let (Some(evidence), Payload::Fields(fields)) = (evidence_at(node), &mut webhook.payload) {
            fields::lower_evidence(fields, evidence);
        }
        // The header is listed on a page, and a twin has a page of its own or none.
        webhook.signed = Signed::Unknown;
        let changes = Changes::of(node, "payload");
        if changes.first().is_some() {
            let base = match webhook.payload {
                Payload::Fields(fields) => fields,
                Payload::Struct(at) => self.struct_fields(&at),
            };
            let known = webhook.entry.knows_fields();
            let fields = fields::changed(base, changes, known, webhook.entry.fields_evidence, self.context);
            fields::check_unique_wire_names(&fields, self.context);
            webhook.payload = Payload::Fields(fields);
            webhook.payload_owner = key.to_owned();
            webhook.sample = None;
        }
        own_keys(&mut webhook, node);
        Some(webhook)
    }
}

/// Keys that stand for themselves: what an entry says replaces what its base says.
fn own_keys(webhook: &mut Webhook, node: &Node) {
    if let Some(signed) = word_at(node, "signed", Signed::from_word) {
        webhook.signed = signed;
    }
    if node.get("identity").is_some() {
        webhook.identity = node.texts_at("identity");
    }
    if let Some(happened) = node.text_at("happened") {
        webhook.happened = Some(happened);
    }
    if let Some(written) = node.get("discriminator")
        && let (Some(field), Some(value)) = (written.text_at("field"), written.text_at("value"))
    {
        webhook.discriminator = Some((field, value));
    }
    if let Some(written) = node.get("header")
        && let (Some(name), Some(key)) = (written.text_at("name"), written.text_at("key"))
    {
        webhook.header = Some((name, key));
    }
    if let Some(sample) = node.get("sample") {
        webhook.sample = Some(sample.clone());
    }
}
