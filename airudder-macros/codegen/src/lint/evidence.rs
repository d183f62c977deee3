//! Claims of evidence.

use airudder_model::Evidence;

use crate::diagnostic::{Diagnostic, at_value};
use crate::ir::Endpoint;

pub(super) fn check_evidence(endpoint: &Endpoint, diagnostics: &mut Vec<Diagnostic>) {
    let (entry, node) = (&endpoint.entry, &endpoint.entry.node);
    // Evidence of twins is checked where it is written.
    let Some(written) = node.get("evidence") else { return };
    if entry.is_poisoned("path") || node.is_poisoned("pages") {
        return;
    }
    if endpoint.path.is_none() && entry.evidence != Evidence::Assumed {
        let diagnostic = at_value(written, "there is no path, so there is nothing to have evidence for");
        diagnostics.push(diagnostic.help("write `evidence: assumed`"));
    } else if entry.evidence == Evidence::Documented && entry.pages.is_empty() {
        let diagnostic = at_value(written, "the path is said to be documented, and no page is named");
        diagnostics.push(
            diagnostic.help(
                "name the vendor's page, `pages: [doc-...]`, or say `observed`, `inferred` or `assumed`",
            ),
        );
    }
}
