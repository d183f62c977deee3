//! Whether the values of samples and examples obey the limits of their own fields.

use std::collections::HashSet;

use airudder_model::{Limit, Scalar, has_pattern, is_on_calendar};

use crate::diagnostic::{Diagnostic, at_value};
use crate::ir::{Constraint, Field, Spec, Type};
use crate::syntax::node::Node;

/// Checks a value of a field. `what` is what it stands in: the sample, or the example.
pub(crate) fn check(field: &Field, value: &Node, what: &str, diagnostics: &mut Vec<Diagnostic>) {
    if value.is_null() || (!field.required && value.text() == Some("")) {
        return;
    }
    if value.text() == Some("") && is_empty_nothing(&field.ty) {
        let text = format!("the value of `{}` in the {what} is empty, and the field is required", field.wire);
        diagnostics
            .push(at_value(value, text).help(format!("write something that could be sent into the {what}")));
        return;
    }
    let broken = field.constraints.iter().filter_map(|constraint| problem(constraint, value));
    let fixed = field.fixed.iter().filter(|fixed| value.scalar().as_ref() != Some(fixed));
    let fixed = fixed.map(|fixed| (value, format!("is not `{fixed}`, the only value of the field")));
    for (place, text) in broken.chain(fixed) {
        let text = format!("the value of `{}` in the {what} {text}", field.wire);
        diagnostics.push(at_value(place, text).help(format!("fix the {what}, or the limit of the field")));
    }
}

/// Checks that the times of an object of a sample are in the order, and as far apart, as its fields ask for.
/// Values that do not decode have been reported.
pub(super) fn check_order(fields: &[Field], object: &Node, diagnostics: &mut Vec<Diagnostic>) {
    for field in fields.iter().filter(|f| f.valid) {
        for constraint in &field.constraints {
            let (Constraint::Before(other) | Constraint::SameDay(other)) = constraint else { continue };
            let Some(other) = fields.iter().find(|f| f.valid && f.wire == *other) else { continue };
            let at = |field: &Field| {
                let (value, form) = (object.get(&field.wire)?, pattern(field)?);
                let text = value.text()?;
                let is_time = has_pattern(text, form) && is_on_calendar(text, form);
                is_time.then_some((value, text, form))
            };
            let (Some((value, one, form)), Some((_, two, second_form))) = (at(field), at(other)) else {
                continue;
            };
            if form != second_form {
                continue;
            }
            let wire = &other.wire;
            // Of one form, earlier times are smaller texts, and begin with the same characters on one day.
            let problem = match constraint {
                Constraint::Before(_) if one >= two => format!("is not before `{wire}`"),
                Constraint::Before(_) => match least_minutes(field) {
                    Some(least) if minutes_between(one, two).is_some_and(|minutes| minutes < least) => {
                        format!("is less than {least} minutes before `{wire}`")
                    }
                    _ => continue,
                },
                Constraint::SameDay(_) if one.get(..10) != two.get(..10) => {
                    format!("is not on the day of `{wire}`")
                }
                Constraint::SameDay(_)
                | Constraint::Limit(..)
                | Constraint::OneOf(_)
                | Constraint::NotPast
                | Constraint::Schema(_) => continue,
            };
            let text = format!("the value of `{}` in the sample {problem}", field.wire);
            diagnostics.push(at_value(value, text).help("fix the sample, or the limit of the field"));
        }
    }
}

/// How many minutes must lie between a field and the one that it comes before.
fn least_minutes(field: &Field) -> Option<i64> {
    field.constraints.iter().find_map(|constraint| match constraint {
        Constraint::Limit(Limit::MinMinutesBefore, minutes) => Some(*minutes),
        Constraint::Limit(..)
        | Constraint::OneOf(_)
        | Constraint::Before(_)
        | Constraint::SameDay(_)
        | Constraint::NotPast
        | Constraint::Schema(_) => None,
    })
}

/// From one time to a later one; `None` for dates, and over the end of a month, where they are far apart.
fn minutes_between(one: &str, two: &str) -> Option<i64> {
    let minutes = |text: &str| {
        let number = |from: usize| text.get(from..from + 2)?.parse::<i64>().ok();
        Some((number(8)? * 24 + number(11)?) * 60 + number(14)?)
    };
    (one.get(..7) == two.get(..7)).then_some(())?;
    Some(minutes(two)? - minutes(one)?)
}

/// Whether empty text is as good as no value.
fn is_empty_nothing(ty: &Type) -> bool {
    match ty {
        Type::Scalar(scalar) => scalar.is_text() && !matches!(scalar, Scalar::Binary | Scalar::Json),
        Type::Id(_) | Type::Enum(_) => true,
        Type::Struct(_) | Type::List(_) | Type::Map(_) => false,
    }
}

fn pattern(field: &Field) -> Option<&'static str> {
    match &field.ty {
        Type::Scalar(scalar) => scalar.pattern().filter(|pattern| !pattern.ends_with("+HH:MM")),
        Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::List(_) | Type::Map(_) => None,
    }
}

/// Entries of a list in a sample that are the same by the field that tells them apart.
pub(super) fn check_unique(spec: &Spec, field: &Field, list: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let Some(name) = &field.unique else { return };
    let Type::Struct(at) = field.ty.innermost() else { return };
    let Some(key) = spec.find_struct(at).and_then(|row| row.fields.iter().find(|f| f.name == *name)) else {
        return;
    };
    let mut seen = HashSet::new();
    for value in list.items().iter().filter_map(|row| row.get(&key.wire)) {
        if value.scalar().is_some_and(|text| !text.is_empty() && !seen.insert(text)) {
            let text = format!("two entries of `{}` in the sample have the same `{}`", field.wire, key.wire);
            diagnostics.push(at_value(value, text).help("fix the sample: the client warns of such a list"));
        }
    }
}

/// How a value, or an entry of it, breaks a limit.
fn problem<'a>(constraint: &Constraint, value: &'a Node) -> Option<(&'a Node, String)> {
    match constraint {
        Constraint::Limit(limit @ (Limit::MinItems | Limit::MaxItems), bound) => {
            let count = value.is_list().then(|| value.items().len())?;
            bounded(*limit, *bound, count, "entries").map(|text| (value, text))
        }
        // The days of a sample are long past.
        Constraint::Limit(Limit::MaxDaysAhead, _) | Constraint::NotPast => None,
        // Between two fields of the sample, not of one value.
        Constraint::Limit(Limit::MinMinutesBefore, _) | Constraint::Before(_) | Constraint::SameDay(_) => {
            None
        }
        Constraint::Limit(limit, bound) => {
            let singles = std::iter::once(value).filter(|v| v.scalar().is_some()).chain(value.items());
            singles.into_iter().find_map(|single| {
                let text = single.scalar()?;
                let digits = || text.bytes().filter(u8::is_ascii_digit).count();
                let problem = match limit {
                    Limit::MinChars | Limit::MaxChars => {
                        bounded(*limit, *bound, text.chars().count(), "characters")
                    }
                    Limit::MaxDigits => bounded(*limit, *bound, digits(), "digits"),
                    Limit::Min | Limit::Max | Limit::GreaterThan | Limit::LessThan => {
                        out_of_range(*limit, *bound, &text)
                    }
                    Limit::MinItems | Limit::MaxItems | Limit::MaxDaysAhead | Limit::MinMinutesBefore => None,
                };
                problem.map(|text| (single, text))
            })
        }
        Constraint::Schema(profile) => {
            let schemas = std::iter::once(value).filter(|value| value.is_map()).chain(value.items());
            schemas.into_iter().find_map(|schema| Some((schema, profile.problem(schema)?)))
        }
        Constraint::OneOf(allowed) => {
            let text = value.scalar()?;
            (!allowed.contains(&text))
                .then(|| (value, format!("is not one of those allowed: {}", allowed.join(", "))))
        }
    }
}

fn bounded(limit: Limit, bound: i64, count: usize, what: &str) -> Option<String> {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if limit.is_lower() && count < bound {
        Some(format!("has {count} {what}, at least {bound} are needed"))
    } else if !limit.is_lower() && count > bound {
        Some(format!("has {count} {what}, at most {bound} are allowed"))
    } else {
        None
    }
}

fn out_of_range(limit: Limit, bound: i64, text: &str) -> Option<String> {
    #[allow(clippy::cast_precision_loss, reason = "a limit is a small number")]
    let (number, bound) = (text.parse::<f64>().ok()?, bound as f64);
    let kept = match (limit.is_lower(), limit.is_exclusive()) {
        (true, false) => number >= bound,
        (true, true) => number > bound,
        (false, false) => number <= bound,
        (false, true) => number < bound,
    };
    (!kept).then(|| format!("breaks `{limit}: {bound}`"))
}
