//! Fields whose times hang on those of others: earlier, by so many minutes, on the same day.

use jiff::SignedDuration;

use super::report::{Report, Step};
use crate::catalogue::{Constraint, Field, Limit, Problem};

/// Compares the times of one object's fields at its end: they may come in any order. They are those of the
/// report from `start` on. What is missing or malformed has been reported already.
pub(super) fn compare(start: usize, report: &mut Report) {
    for at in start..report.times.len() {
        let (field, when) = report.times[at];
        for constraint in field.constraints {
            let (Constraint::Before(wire) | Constraint::SameDay(wire)) = *constraint else { continue };
            let times = &report.times[start..];
            let other = times.iter().find(|(field, _)| field.wire == wire);
            let Some(&(_, other)) = other else { continue };
            let Some(until) = when.until(other) else { continue };
            report.enter(Step::Key(field.wire));
            match constraint {
                Constraint::Before(_) => before(report, field, wire, until),
                // What is in the wrong order has been said.
                Constraint::SameDay(_) if until.is_positive() && when.shares_day(other) == Some(false) => {
                    report.add(field, Problem::OtherDay, format_args!("must be on the day of {wire}"));
                }
                Constraint::SameDay(_)
                | Constraint::Limit(..)
                | Constraint::OneOf(_)
                | Constraint::NotPast
                | Constraint::Schema(_) => {}
            }
            report.leave();
        }
    }
}

/// Checks a field by the time from it to the one that it must come before.
fn before(report: &mut Report, field: &'static Field, wire: &str, until: SignedDuration) {
    if !until.is_positive() {
        report.add(field, Problem::NotBefore, format_args!("must be before {wire}"));
        return;
    }
    for constraint in field.constraints {
        if let Constraint::Limit(Limit::MinMinutesBefore, minutes) = *constraint
            && until < SignedDuration::from_mins(minutes)
        {
            let sentence = format_args!("must be at least {minutes} minutes before {wire}");
            report.add(field, Problem::TooClose, sentence);
        }
    }
}
