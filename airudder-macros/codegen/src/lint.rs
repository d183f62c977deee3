//! Rules that span entries: every one is a small function that returns clear sentences.
//!
//! What lacks something because of something that has been reported ([`Entry::poisoned`],
//! [`Field::valid`]) is not judged again.
//!
//! [`Entry::poisoned`]: crate::ir::Entry::poisoned
//! [`Field::valid`]: crate::ir::Field::valid

mod calls;
mod codes;
mod evidence;
pub(crate) mod limits;
mod names;
mod paging;
pub(crate) mod paths;
pub(crate) mod recover;
mod recursion;
mod references;
pub(crate) mod sample;
mod samples;
mod unused;

use calls::{check_answer, check_idempotency, check_no_place, check_places, check_then_poll, check_webhook};
use codes::{Codes, Numbers, check_family_codes};
use evidence::check_evidence;
use names::check_names;
use paging::{check_page, check_poll_until, check_repeated_effect};
use paths::{check_files, check_files_in_structs, check_path, check_query, check_same_path};
use recursion::check_endless_structs;
use references::{check_find_by, check_payload_required, check_unique, check_webhook_keys};
use samples::{check_endpoint_samples, check_webhook_sample};

use crate::diagnostic::Diagnostic;
use crate::ir::Spec;

pub use paths::parameters;
pub use unused::unused_types;

/// Everything that is wrong between entries that are sound by themselves.
pub(crate) fn check(spec: &Spec) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    let numbers = Numbers::of(spec);
    check_family_codes(spec, &mut diagnostics);
    for object in &spec.shared.structs {
        check_no_place(&object.fields, &object.node, &mut diagnostics);
        check_unique(spec, &object.fields, &object.node, &mut diagnostics);
        numbers.check_shared(object, &mut diagnostics);
    }
    for section in &spec.sections {
        let codes = Codes { numbers: &numbers, spec, section };
        for endpoint in &section.endpoints {
            check_path(endpoint, &mut diagnostics);
            check_query(endpoint, &mut diagnostics);
            check_files(endpoint, &mut diagnostics);
            check_evidence(endpoint, &mut diagnostics);
            check_page(spec, endpoint, &mut diagnostics);
            check_repeated_effect(endpoint, &mut diagnostics);
            check_poll_until(spec, endpoint, &mut diagnostics);
            check_find_by(spec, section, endpoint, &mut diagnostics);
            check_payload_required(endpoint, &mut diagnostics);
            check_places(endpoint, &mut diagnostics);
            check_answer(endpoint, &mut diagnostics);
            check_idempotency(endpoint, &mut diagnostics);
            check_then_poll(spec, section, endpoint, &mut diagnostics);
            check_unique(spec, &endpoint.request, &endpoint.entry.node, &mut diagnostics);
            codes.check_endpoint(endpoint, &mut diagnostics);
            check_endpoint_samples(spec, endpoint, &mut diagnostics);
        }
        for webhook in &section.webhooks {
            codes.check_webhook(webhook, &mut diagnostics);
            check_webhook_keys(spec, webhook, &mut diagnostics);
            check_webhook(webhook, &mut diagnostics);
            check_webhook_sample(spec, webhook, &mut diagnostics);
        }
        for object in &section.types.structs {
            check_no_place(&object.fields, &object.node, &mut diagnostics);
            check_unique(spec, &object.fields, &object.node, &mut diagnostics);
            codes.check_own(&object.fields, &object.node, &mut diagnostics);
        }
        check_same_path(section, &mut diagnostics);
    }
    check_endless_structs(spec, &mut diagnostics);
    check_files_in_structs(spec, &mut diagnostics);
    check_names(spec, &mut diagnostics);
    diagnostics
}
