//! Fields whose times hang on those of others: earlier, by so many minutes, on the same day.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use super::report::{Report, Step};
use crate::catalogue::{Constraint, Field, Limit, Problem};

/// A date, a time of day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    Date(civil::Date),
    Time(civil::Time),
    Local(civil::DateTime),
    Moment(Timestamp),
}

impl When {
    /// How long it is from this one to another: negative where the other is earlier; `None` where the two
    /// cannot be compared (a moment and a time without a zone).
    fn until(self, other: Self) -> Option<SignedDuration> {
        match (self, other) {
            (Self::Time(one), Self::Time(other)) => Some(one.duration_until(other)),
            (Self::Moment(one), Self::Moment(other)) => Some(one.duration_until(other)),
            (one, other) => Some(one.local()?.duration_until(other.local()?)),
        }
    }

    /// Whether both are on one day of the account; `None` for moments, whose day hangs on its zone.
    fn shares_day(self, other: Self) -> Option<bool> {
        Some(self.local()?.date() == other.local()?.date())
    }

    /// Whether it is over. A day is over at its end.
    pub(super) fn is_past(self, now: &Zoned) -> bool {
        match self {
            Self::Date(date) => date < now.date(),
            Self::Local(local) => local < now.datetime(),
            Self::Moment(moment) => moment < now.timestamp(),
            Self::Time(_) => false,
        }
    }

    /// Its day; that of a moment is the one in UTC.
    pub(super) fn day(self) -> Option<civil::Date> {
        match self {
            Self::Moment(moment) => Some(moment.to_zoned(TimeZone::UTC).date()),
            Self::Date(_) | Self::Local(_) | Self::Time(_) => self.local().map(civil::DateTime::date),
        }
    }

    fn local(self) -> Option<civil::DateTime> {
        match self {
            Self::Date(date) => Some(date.to_datetime(civil::Time::midnight())),
            Self::Local(local) => Some(local),
            Self::Time(_) | Self::Moment(_) => None,
        }
    }
}

/// Compares the times of one object's fields at its end: they may come in any order. They are those of the
/// report from `start` on. What is missing or malformed has been reported already.
pub(super) fn compare(fields: &'static [Field], start: usize, report: &mut Report) {
    for at in start..report.times.len() {
        let (index, when) = report.times[at];
        let field = &fields[index];
        for constraint in field.constraints {
            let (Constraint::Before(wire) | Constraint::SameDay(wire)) = *constraint else { continue };
            let times = &report.times[start..];
            let other = times.iter().find(|(index, _)| fields[*index].wire == wire);
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
