//! Query strings and forms, where every value is text.

use super::object::{Object, position};
use super::report::{Report, Step};
use super::value::{Given, Input, Target, single};
use super::walk;
use crate::catalogue::{Field, Kind};

/// Checks the pairs of a query string or form.
pub(super) fn pairs(fields: &'static [Field], report: &mut Report, pairs: &[(String, String)]) {
    let mut object = Object::begin(fields, None, report);
    for (index, field) in fields.iter().enumerate() {
        let mut texts = pairs
            .iter()
            .filter(|(name, _)| position(fields, name) == Some(index))
            .map(|(_, text)| text.as_str())
            .peekable();
        if texts.peek().is_none() {
            continue;
        }
        let target = object.enter(index, report);
        let given = match &field.kind {
            Kind::List(kind) => list(report, target, kind, texts),
            Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Struct(_) | Kind::Map(_) => {
                each(report, target, texts)
            }
        };
        object.leave(index, given, report);
    }
    object.end(report);
}

/// Checks all texts of a field that is no list. There should be one.
fn each<'t>(report: &mut Report, target: Target, texts: impl Iterator<Item = &'t str>) -> Given {
    texts.fold(Given::No, |before, text| match one(report, target, text) {
        Given::Yes => Given::Yes,
        Given::No => before,
    })
}

/// Checks the texts of a list: one per entry, or all of them as one JSON list.
fn list<'t>(
    report: &mut Report,
    target: Target,
    kind: &'static Kind,
    texts: impl Iterator<Item = &'t str>,
) -> Given {
    let texts: Vec<&str> = texts.collect();
    match texts.as_slice() {
        [""] => return Given::No,
        [text] if text.starts_with('[') => return json(report, target, text),
        _ => {}
    }
    for (index, text) in texts.iter().enumerate() {
        report.enter(Step::Index(index));
        one(report, target.entry(kind), text);
        report.leave();
    }
    walk::container(report, target, texts.len())
}

/// Checks one text.
fn one(report: &mut Report, target: Target, text: &str) -> Given {
    match target.kind {
        Kind::Struct(_) | Kind::Map(_) | Kind::List(_) if text.is_empty() => Given::No,
        Kind::Struct(_) | Kind::Map(_) | Kind::List(_) => json(report, target, text),
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) => single(report, target, Input::Query(text)),
    }
}

/// Checks a text that holds JSON.
fn json(report: &mut Report, target: Target, text: &str) -> Given {
    let depth = report.depth();
    walk::value(target, report, text).unwrap_or_else(|_| {
        report.leave_to(depth);
        target.wrong_type(report)
    })
}
