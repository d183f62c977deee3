//! Fields that must come before others in time.

use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;

use super::report::{Report, Step};
use crate::catalogue::{Constraint, Field, Problem};

/// A date, a time of day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    Date(civil::Date),
    Time(civil::Time),
    Local(civil::DateTime),
    Moment(Timestamp),
}

impl When {
    /// Whether this is the earlier one; `None` where the two cannot be compared (a moment and a time without
    /// a zone).
    fn is_before(self, other: Self) -> Option<bool> {
        match (self, other) {
            (Self::Time(one), Self::Time(other)) => Some(one < other),
            (Self::Moment(one), Self::Moment(other)) => Some(one < other),
            (one, other) => Some(one.local()? < other.local()?),
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

/// The times of one object's fields. They are compared at its end, for they may come in any order.
pub(super) struct Times {
    fields: &'static [Field],
    /// By the index of the field.
    times: Vec<(usize, When)>,
}

impl Times {
    pub(super) fn new(fields: &'static [Field]) -> Self {
        Self { fields, times: Vec::new() }
    }

    /// Notes the time of a field.
    pub(super) fn note(&mut self, index: usize, when: Option<When>) {
        if let Some(when) = when {
            self.times.push((index, when));
        }
    }

    /// Compares all that are there. What is missing or malformed has been reported already.
    pub(super) fn compare(&self, report: &mut Report) {
        for &(index, when) in &self.times {
            let field = &self.fields[index];
            for later in later_than(field) {
                let other = self.times.iter().find(|(index, _)| self.fields[*index].wire == later);
                if other.and_then(|(_, other)| when.is_before(*other)) == Some(false) {
                    report.enter(Step::Key(field.wire));
                    report.add(field, Problem::NotBefore, format_args!("must be before {later}"));
                    report.leave();
                }
            }
        }
    }
}

/// The fields that a field must come before.
fn later_than(field: &Field) -> impl Iterator<Item = &'static str> {
    field.constraints.iter().filter_map(|constraint| match constraint {
        Constraint::Before(later) => Some(*later),
        Constraint::Limit(..) | Constraint::OneOf(_) => None,
    })
}
