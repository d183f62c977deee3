//! Rustdoc, from what the spec says.

use std::fmt::Write as _;

use airudder_model::{Code, Effect, Evidence, Limit, Scalar, Signed, SuccessRule};

use super::text::{code, escaped, sentence};
use crate::ir::{
    Constraint, Endpoint, Entry, ErrorRow, Field, Response, SchemaProfile, Section, Spec, Type, Webhook,
};
use crate::names;
use crate::syntax::span::FileId;

/// A field: meaning, then wire name, limits, codes and evidence in one line.
pub(crate) fn field(field: &Field, spec: &Spec, family: Option<&str>) -> String {
    let mut doc = sentence(&field.doc);
    if doc.is_empty() {
        let _ = write!(doc, "{}.", code(&field.wire));
    }
    let mut facts = vec![format!("{} on the wire", code(&field.wire))];
    facts.extend(field.fixed.iter().map(|value| format!("always {}, set or not", code(value))));
    facts.extend(field.mirror.iter().map(|wire| format!("as {}, if not set", code(wire))));
    facts.extend(field.constraints.iter().map(constraint));
    facts.extend(spec.unique_field(field).map(|f| format!("no two entries with the same {}", code(&f.wire))));
    if matches!(field.ty, Type::Scalar(Scalar::Decimal)) {
        facts.push("exact, a JSON number".to_owned());
    }
    for (problem, code) in &field.codes {
        let name = row(spec, family, field.node.span.file, *code)
            .map(|row| format!(" `{}`", row.name))
            .unwrap_or_default();
        facts.push(format!("{}: {code}{name}", problem.word().replace('_', " ")));
    }
    facts.push(evidence_word(field.evidence));
    let _ = write!(doc, "\n\n<small>{}</small>", facts.join(" · "));
    doc
}

fn evidence_word(evidence: Evidence) -> String {
    match evidence {
        Evidence::Assumed => "**assumed**, unconfirmed".to_owned(),
        Evidence::Documented | Evidence::Observed | Evidence::Inferred => evidence.word().to_owned(),
    }
}

/// The row of a code: of the family's table, or of the section that a place belongs to.
fn row<'a>(spec: &'a Spec, family: Option<&str>, file: FileId, code: Code) -> Option<&'a ErrorRow> {
    let own = spec.sections.iter().find(|s| s.file == file).map(|s| s.errors.as_slice()).unwrap_or_default();
    let table = spec
        .errors
        .iter()
        .find(|t| Some(t.family.as_str()) == family)
        .map(|t| t.rows.as_slice())
        .unwrap_or_default();
    table.iter().chain(own).find(|r| r.code == code)
}

/// A link to the name of a code: a variant, or a constant of the section.
fn code_link(spec: &Spec, row: &ErrorRow) -> String {
    match spec.sections.iter().find(|s| s.file == row.span.file) {
        Some(_) => format!("[`{0}`](self::{0})", names::screaming(&names::snake(&row.name))),
        None => format!("[`{0}`](::airudder_client::ErrorCode::{0})", row.name),
    }
}

fn constraint(constraint: &Constraint) -> String {
    match constraint {
        Constraint::Limit(limit, n) => match limit {
            Limit::MinChars => format!("at least {n} characters"),
            Limit::MaxChars => format!("at most {n} characters"),
            Limit::MaxDigits => format!("at most {n} digits"),
            Limit::Min => format!("at least {n}"),
            Limit::Max => format!("at most {n}"),
            Limit::GreaterThan => format!("above {n}"),
            Limit::LessThan => format!("below {n}"),
            Limit::MinItems if *n == 1 => "at least 1 entry".to_owned(),
            Limit::MinItems => format!("at least {n} entries"),
            Limit::MaxItems if *n == 1 => "at most 1 entry".to_owned(),
            Limit::MaxItems => format!("at most {n} entries"),
            Limit::MaxDaysAhead => format!("at most {n} days ahead"),
            Limit::MinMinutesBefore => format!("{n} minutes earlier at least"),
        },
        Constraint::OneOf(values) => format!("one of {}", escaped(&values.join(", "))),
        Constraint::Before(wire) => format!("earlier than {}", code(wire)),
        Constraint::SameDay(wire) => format!("on the day of {}", code(wire)),
        Constraint::NotPast => "not in the past".to_owned(),
        Constraint::Schema(profile) => schema_profile(profile),
    }
}

/// What a JSON Schema may say, in words.
fn schema_profile(profile: &SchemaProfile) -> String {
    let mut text = "schema of an object".to_owned();
    if profile.closed {
        text.push_str(" with `additionalProperties: false`");
    }
    match profile.max_properties {
        Some(most) => text.push_str(&format!(" and at most {most} properties")),
        None => text.push_str(" and properties"),
    }
    text.push_str(&format!(", each with one type of {}", escaped(&profile.types.join(", "))));
    if !profile.without.is_empty() {
        let words: Vec<String> = profile.without.iter().map(|word| code(word)).collect();
        text.push_str(&format!(", without {}", words.join(", ")));
    }
    text
}

/// An endpoint's method: what it does, whether it may be repeated, which errors, where it is from, an
/// example.
pub(crate) fn method(spec: &Spec, endpoint: &Endpoint, family: &str) -> String {
    let entry = &endpoint.entry;
    let mut doc = sentence(&entry.summary);
    let _ = write!(doc, "\n\n{}", source(entry, Some(endpoint)));
    let _ = write!(doc, "\n\n{}", effect(endpoint));
    if endpoint.success == SuccessRule::Status {
        doc.push_str(
            "\n\nAny answer with an HTTP status of success counts, whatever its body, unless it holds a code \
             of refusal.",
        );
    }
    if endpoint.payload_required {
        doc.push_str("\n\nAn answer without a payload is an error.");
    }
    notes(&mut doc, entry);
    errors(&mut doc, spec, endpoint, family);
    if let Some(sample) = &endpoint.sample_request {
        json_block(&mut doc, "What goes over the wire, for example", sample);
    }
    if let Some(sample) = &endpoint.sample_response {
        json_block(&mut doc, "What comes back, without its envelope", sample);
    }
    doc
}

/// The request's type.
pub(crate) fn request(endpoint: &Endpoint) -> String {
    let entry = &endpoint.entry;
    let mut doc = format!("The request of `{}`: {}", entry.key, sentence(&entry.summary));
    let _ = write!(doc, "\n\n{}", source(entry, Some(endpoint)));
    if entry.open {
        doc.push_str("\n\nIt may take fields that nobody knows: give them with `.extra(name, value)`.");
    }
    doc
}

/// The answer's type.
pub(crate) fn response(endpoint: &Endpoint) -> String {
    format!("What `{}` answers.\n\n{}", endpoint.entry.key, source(&endpoint.entry, Some(endpoint)))
}

/// A webhook's type.
pub(crate) fn webhook(webhook: &Webhook) -> String {
    let entry = &webhook.entry;
    let mut doc = sentence(&entry.summary);
    let _ = write!(doc, "\n\nWebhook `{}`. {}", entry.key, source(entry, None));
    match webhook.signed {
        Signed::Documented => doc.push_str("\n\nThe header `X-AIRudder-Sign` is listed for it."),
        Signed::None => doc.push_str("\n\nNo signature header is listed for it."),
        Signed::Unknown => doc.push_str("\n\nWhether a signature header comes with it is not known."),
    }
    notes(&mut doc, entry);
    if let Some(sample) = &webhook.sample {
        json_block(&mut doc, "For example", sample);
    }
    doc
}

fn source(entry: &Entry, endpoint: Option<&Endpoint>) -> String {
    let mut text = format!("Vendor's title: \"{}\"", escaped(&entry.title));
    if let Some(zh) = &entry.title_zh {
        let _ = write!(text, " ({})", escaped(zh));
    }
    if entry.title_is_ours {
        text.push_str(" — a translation of ours");
    }
    text.push('.');
    match endpoint {
        Some(endpoint) => match &endpoint.path {
            Some(path) => {
                let _ = write!(
                    text,
                    " `{} {path}`: path {}, method {}",
                    entry.method,
                    evidence_word(entry.evidence),
                    evidence_word(entry.method_evidence)
                );
            }
            None => {
                let _ = write!(
                    text,
                    " **No path is known**: it is refused with `Error::Unconfirmed` until \
                     `ClientBuilder::override_path(\"{}\", ..)` gives one",
                    entry.key
                );
            }
        },
        None => {
            let _ = write!(text, " Fields {}", evidence_word(entry.evidence));
        }
    }
    match (endpoint, entry.fields_evidence) {
        (None, _) => {}
        (Some(_), Some(evidence)) => {
            let _ = write!(text, ", fields {}", evidence_word(evidence));
        }
        (Some(_), None) => text.push_str(", no field known"),
    }
    if entry.pages.is_empty() {
        text.push('.');
    } else {
        let _ = write!(text, ". Vendor's pages: {}.", escaped(&entry.pages.join(", ")));
    }
    if !entry.pages_maybe.is_empty() {
        let _ = write!(text, " Perhaps: {}.", escaped(&entry.pages_maybe.join(", ")));
    }
    if let Some(base) = entry.bases.first() {
        let _ = write!(text, " Carried over from `{base}`.");
    }
    text
}

fn effect(endpoint: &Endpoint) -> &'static str {
    match (endpoint.effect, &endpoint.idempotency) {
        (Effect::CallsPeople, Some(_)) => {
            return "**Makes phones ring or sends messages.** Carries an idempotency key that lives in the \
                    request: repeated with the same key and the same bytes on connection errors, time-outs \
                    and busy answers, and done once.";
        }
        (Effect::Changes, Some(_)) => {
            return "Carries an idempotency key that lives in the request: repeated with the same key and the \
                    same bytes on connection errors, time-outs and busy answers, and done once.";
        }
        (Effect::Read | Effect::Idempotent, Some(_)) | (_, None) => {}
    }
    match endpoint.effect {
        Effect::Read => "Only reads: repeated on connection errors, time-outs and busy answers.",
        Effect::Idempotent => {
            "May be repeated without harm, and is, on connection errors, time-outs and busy answers."
        }
        Effect::CallsPeople => {
            "**Makes phones ring or sends messages.** Never repeated once anything may have reached the \
             vendor."
        }
        Effect::Changes => {
            "Changes something each time: never repeated once anything may have reached the vendor."
        }
    }
}

fn notes(doc: &mut String, entry: &Entry) {
    for note in &entry.notes {
        let _ = write!(doc, "\n\n{}", sentence(note));
    }
}

fn errors(doc: &mut String, spec: &Spec, endpoint: &Endpoint, family: &str) {
    let mut codes: Vec<Code> =
        endpoint.request.iter().flat_map(|f| f.codes.iter().map(|(_, code)| *code)).collect();
    codes.extend(endpoint.errors.iter().copied());
    codes.sort_unstable();
    codes.dedup();
    let lines: Vec<String> = codes
        .iter()
        .filter_map(|code| row(spec, Some(family), endpoint.entry.node.span.file, *code))
        .map(|row| format!("- {} {}: {}", row.code, code_link(spec, row), sentence(&row.meaning)))
        .collect();
    if !lines.is_empty() {
        let _ = write!(doc, "\n\n# Errors\n\n{}", lines.join("\n"));
    }
    if let Response::File = endpoint.response {
        doc.push_str(
            "\n\nWhether the answer is the file itself or JSON with a link to it is not known for sure: both \
             work.",
        );
    }
}

fn json_block(doc: &mut String, title: &str, sample: &crate::syntax::node::Node) {
    let json = serde_json::to_string_pretty(&sample.to_json()).unwrap_or_default();
    let _ = write!(doc, "\n\n{title}:\n\n```json\n{json}\n```");
}

/// The front page of a section.
pub(crate) fn section(section: &Section) -> String {
    let mut doc = escaped(&section.title);
    if let Some(zh) = section.title_zh.as_ref().filter(|zh| **zh != section.title) {
        let _ = write!(doc, " ({})", escaped(zh));
    }
    match section.summary.is_empty() {
        true => doc.push('.'),
        false => {
            let _ = write!(doc, ": {}", sentence(&section.summary));
        }
    }
    let _ = write!(doc, "\n\n{}", section.guide.trim());
    if !section.endpoints.is_empty() {
        doc.push_str("\n\n# Endpoints\n\n| method | what it does | path |\n|---|---|---|");
        for endpoint in &section.endpoints {
            let _ = write!(
                doc,
                "\n| `{}` | {} | {} |",
                endpoint.entry.name,
                cell(&endpoint.entry.summary),
                path_cell(endpoint)
            );
        }
    }
    if !section.webhooks.is_empty() {
        doc.push_str("\n\n# Webhooks\n\n| key | when |\n|---|---|");
        for webhook in &section.webhooks {
            let _ = write!(doc, "\n| `{}` | {} |", webhook.entry.key, cell(&webhook.entry.summary));
        }
    }
    doc
}

fn cell(text: &str) -> String {
    sentence(text).replace('\n', " ").replace('|', "\\|")
}

fn path_cell(endpoint: &Endpoint) -> String {
    match &endpoint.path {
        None => "none known".to_owned(),
        Some(path) if endpoint.entry.evidence.is_gated() => {
            format!("`{path}` (assumed; feature `unverified`)")
        }
        Some(path) => format!("`{path}` ({})", endpoint.entry.evidence),
    }
}

/// A line or paragraph with its evidence.
pub(crate) fn with_evidence(text: &str, evidence: Evidence) -> String {
    format!("{}\n\n<small>{}</small>", sentence(text), evidence_word(evidence))
}
