//! How well the API is known, counted.

use std::fmt::Write as _;

use airudder_codegen::ir::{Endpoint, Section, Spec};
use airudder_model::Evidence;

/// A markdown table: how many endpoints of each section have a path that is documented, observed, inferred or
/// assumed, or none; how many endpoints and webhooks there are; of how many of both the fields are
/// documented, observed or assumed at best, or none is known; and totals.
pub fn table(spec: &Spec) -> String {
    let mut table = String::from(
        "| section | documented | observed | inferred | assumed | no path | endpoints | webhooks | fields \
         documented | observed | assumed | none |\n",
    );
    table.push_str("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
    let mut totals = [0; 11];
    for section in &spec.sections {
        let counts = counts(section);
        totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        row(&mut table, &format!("`{}`", section.name), counts);
    }
    row(&mut table, "**total**", totals);
    table
}

fn row(table: &mut String, name: &str, counts: [usize; 11]) {
    let _ = write!(table, "| {name} |");
    for count in counts {
        let _ = write!(table, " {count} |");
    }
    table.push('\n');
}

fn counts(section: &Section) -> [usize; 11] {
    let count = |wanted: &dyn Fn(&Endpoint) -> bool| section.endpoints.iter().filter(|e| wanted(e)).count();
    let of = |evidence: Evidence| count(&|e| e.path.is_some() && e.entry.evidence == evidence);
    let entries =
        || section.endpoints.iter().map(|e| &e.entry).chain(section.webhooks.iter().map(|w| &w.entry));
    let fields = |wanted: Option<Evidence>| entries().filter(|e| e.fields_evidence == wanted).count();
    [
        of(Evidence::Documented),
        of(Evidence::Observed),
        of(Evidence::Inferred),
        of(Evidence::Assumed),
        count(&|e| e.path.is_none()),
        section.endpoints.len(),
        section.webhooks.len(),
        fields(Some(Evidence::Documented)),
        fields(Some(Evidence::Observed)),
        fields(Some(Evidence::Assumed)),
        fields(None),
    ]
}
