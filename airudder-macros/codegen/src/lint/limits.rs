//! Whether the values of samples and examples obey the limits of their own fields.

use airudder_model::Limit;

use crate::diagnostic::{Diagnostic, at_value};
use crate::ir::{Constraint, Field};
use crate::syntax::node::Node;

/// Checks a value of a field. `what` is what it stands in: the sample, or the example.
pub(crate) fn check(field: &Field, value: &Node, what: &str, diagnostics: &mut Vec<Diagnostic>) {
    if value.is_null() || (!field.required && value.text() == Some("")) {
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

/// How a value, or an entry of it, breaks a limit.
fn problem<'a>(constraint: &Constraint, value: &'a Node) -> Option<(&'a Node, String)> {
    match constraint {
        Constraint::Limit(limit @ (Limit::MinItems | Limit::MaxItems), bound) => {
            let count = value.is_list().then(|| value.items().len())?;
            bounded(*limit, *bound, count, "entries").map(|text| (value, text))
        }
        // The days of a sample are long past.
        Constraint::Limit(Limit::MaxDaysAhead, _) | Constraint::Before(_) => None,
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
                    Limit::MinItems | Limit::MaxItems | Limit::MaxDaysAhead => None,
                };
                problem.map(|text| (single, text))
            })
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
