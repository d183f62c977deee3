//! Query strings and forms, where every value is text.

use super::order::Times;
use super::report::{Report, Step};
use super::value::{Given, Outcome, Spot, single};
use super::walk;
use crate::catalogue::{Field, Kind};

/// Judges the pairs of a query string or form.
pub(super) fn pairs(fields: &'static [Field], report: &mut Report, pairs: &[(String, String)]) {
    let mut present = vec![false; fields.len()];
    let mut times = Times::new(fields);
    for (index, field) in fields.iter().enumerate() {
        let mut texts = pairs
            .iter()
            .filter(|(name, _)| walk::position(fields, name) == Some(index))
            .map(|(_, text)| text.as_str())
            .peekable();
        if texts.peek().is_none() {
            continue;
        }
        report.enter(Step::Key(field.wire));
        let outcome = match &field.kind {
            Kind::List(kind) => list(report, Spot::of(field), kind, texts),
            _ => each(report, Spot::of(field), texts),
        };
        report.leave();
        present[index] = outcome.present;
        times.note(index, outcome.when);
    }
    walk::missing(fields, report, None, &present);
    times.compare(report);
}

/// Judges all texts of a field that is no list. There should be one.
fn each<'t>(report: &mut Report, spot: Spot, texts: impl Iterator<Item = &'t str>) -> Outcome {
    texts.fold(Outcome::ABSENT, |before, text| {
        let outcome = one(report, spot, text);
        Outcome { present: before.present || outcome.present, when: before.when.or(outcome.when) }
    })
}

/// Judges the texts of a list: one per entry, or all of them as one JSON list.
fn list<'t>(
    report: &mut Report,
    spot: Spot,
    kind: &'static Kind,
    texts: impl Iterator<Item = &'t str>,
) -> Outcome {
    let texts: Vec<&str> = texts.collect();
    match texts.as_slice() {
        [""] => return Outcome::ABSENT,
        [text] if text.starts_with('[') => return json(report, spot, text),
        _ => {}
    }
    for (index, text) in texts.iter().enumerate() {
        report.enter(Step::Index(index));
        one(report, spot.entry(kind), text);
        report.leave();
    }
    walk::container(report, spot, texts.len())
}

/// Judges one text.
fn one(report: &mut Report, spot: Spot, text: &str) -> Outcome {
    match spot.kind {
        Kind::Struct(_) | Kind::Map(_) | Kind::List(_) if text.is_empty() => Outcome::ABSENT,
        Kind::Struct(_) | Kind::Map(_) | Kind::List(_) => json(report, spot, text),
        _ => single(report, spot, Given::Query(text)),
    }
}

/// Judges a text that holds JSON.
fn json(report: &mut Report, spot: Spot, text: &str) -> Outcome {
    let depth = report.depth();
    walk::value(spot, report, text).unwrap_or_else(|_| {
        report.leave_to(depth);
        spot.wrong_type(report)
    })
}
