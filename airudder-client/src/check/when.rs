//! Times in requests: what kind they are, and how they stand to one another.

use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};

use crate::catalogue::{Kind, Scalar};

/// A date, a time of day, or a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    Date(civil::Date),
    Time(civil::Time),
    Local(civil::DateTime),
    Moment(Timestamp),
}

impl When {
    /// The moment that a number names, if it is of this kind.
    pub(super) fn of_number(kind: &Kind, number: i128) -> Option<Self> {
        let number = i64::try_from(number).ok()?;
        let moment = match kind {
            Kind::Scalar(Scalar::EpochMs) => jiff::Timestamp::from_millisecond(number),
            Kind::Scalar(Scalar::EpochS) => jiff::Timestamp::from_second(number),
            Kind::Scalar(_)
            | Kind::Id(_)
            | Kind::Enum(_)
            | Kind::Struct(_)
            | Kind::List(_)
            | Kind::Map(_) => return None,
        };
        moment.ok().map(Self::Moment)
    }

    /// How long it is from this one to another: negative where the other is earlier; `None` where the two
    /// cannot be compared (a moment and a time without a zone).
    pub(super) fn until(self, other: Self) -> Option<SignedDuration> {
        match (self, other) {
            (Self::Date(one), Self::Date(other)) => Some(one.duration_until(other)),
            (Self::Time(one), Self::Time(other)) => Some(one.duration_until(other)),
            (Self::Moment(one), Self::Moment(other)) => Some(one.duration_until(other)),
            (one, other) => Some(one.local()?.duration_until(other.local()?)),
        }
    }

    /// Whether both are on one day of the account; `None` for moments, whose day hangs on its zone.
    pub(super) fn shares_day(self, other: Self) -> Option<bool> {
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
