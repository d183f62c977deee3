//! Webhooks: what the vendor calls.

use airudder_codegen::ir::{Payload, Section, Type, Webhook};
use airudder_model::Signed;

use super::components::Components;
use super::facts;
use super::names::Named;
use super::responses::JSON;
use super::scalars::Side;
use super::value::{Map, Value};

pub(super) fn webhooks(components: &mut Components<'_>, sections: &[&Section]) -> Map {
    let mut map = Map::new();
    for webhook in sections.iter().flat_map(|section| &section.webhooks) {
        let entry = &webhook.entry;
        let operation = operation(components, webhook);
        map.put(
            &entry.key.replace('.', "_"),
            Map::new().with(&entry.method.word().to_lowercase(), operation),
        );
    }
    map
}

fn operation(components: &mut Components<'_>, webhook: &Webhook) -> Map {
    let entry = &webhook.entry;
    let schema = match &webhook.payload {
        Payload::Struct(at) => components.of_type(&Type::Struct(at.clone()), Side::Received),
        Payload::Fields(fields) => {
            components.named(Named::Webhook(webhook.payload_owner.clone()), |components| {
                let object = Map::new().with("type", "object").and(components.object(fields, Side::Received));
                object.flag("additionalProperties", entry.open)
            })
        }
    };
    let media = Map::new().with("schema", schema).maybe("example", webhook.sample.as_ref().map(Value::from));
    let body = Map::new().with("required", true).with("content", Map::new().with(JSON, media));
    let texts: Vec<&str> = std::iter::once(&entry.summary).chain(&entry.notes).map(String::as_str).collect();
    let discriminator = webhook
        .discriminator
        .as_ref()
        .map(|(field, value)| Map::new().with("field", field).with("value", value));
    let header = webhook.header.as_ref().map(|(name, key)| Map::new().with("name", name).with("value", key));
    let signed = (webhook.signed != Signed::Unknown).then(|| webhook.signed.word());
    let taken = Map::new().with("description", "Any 2xx says that it was taken.");
    let mut facts = facts::of_entry(entry);
    // Of a webhook, the evidence is that of its fields.
    facts.below("x-evidence").put("fields", entry.fields_evidence.unwrap_or(entry.evidence).word());
    Map::new()
        .with("tags", vec![&entry.section])
        .with("operationId", entry.key.replace('.', "_"))
        .with("summary", &entry.title)
        .with("description", texts.join("\n\n"))
        .with("requestBody", body)
        .with("responses", Map::new().with("200", taken))
        .with("security", Value::List(Vec::new()))
        .with("x-webhook", &entry.key)
        .maybe("x-signed", signed)
        .list("x-identity", webhook.identity.iter().map(Value::from).collect())
        .maybe("x-happened", webhook.happened.as_ref())
        .maybe("x-discriminator", discriminator)
        .maybe("x-header", header)
        .and(facts)
}
