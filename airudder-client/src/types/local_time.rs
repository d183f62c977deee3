//! Local times of requests.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::__private as __c;
use crate::wire::{self, LocalValue};

/// A time of a request that the vendor takes in the local time of the account.
///
/// From a [`DateTime`] it is that local time, as it is. From a [`Timestamp`] or a [`Zoned`] it is a moment,
/// and the client writes it in the account's zone, which it has to know:
/// [`ClientBuilder::account_time_zone`](crate::ClientBuilder::account_time_zone). Without it the request is
/// refused ([`Error::Invalid`](crate::Error::Invalid)): a zone is never dropped silently.
///
/// ```
/// use airudder_client::jiff::{civil::date, tz::TimeZone};
/// use airudder_client::types::LocalTime;
///
/// let nine = date(2026, 3, 2).at(9, 0, 0, 0);
/// let jakarta = TimeZone::get("Asia/Jakarta")?;
/// assert_eq!(LocalTime::from(nine).in_zone(&jakarta), nine);
///
/// let in_manila = nine.in_tz("Asia/Manila")?; // it is eight in Jakarta then
/// assert_eq!(LocalTime::from(in_manila).in_zone(&jakarta), date(2026, 3, 2).at(8, 0, 0, 0));
/// # Ok::<(), airudder_client::jiff::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalTime(Form);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    Local(DateTime),
    Moment(Timestamp),
}

impl LocalTime {
    /// The local time, where it was given as one.
    pub fn local(self) -> Option<DateTime> {
        match self.0 {
            Form::Local(local) => Some(local),
            Form::Moment(_) => None,
        }
    }

    /// The moment, where it was given as one.
    pub fn moment(self) -> Option<Timestamp> {
        match self.0 {
            Form::Local(_) => None,
            Form::Moment(moment) => Some(moment),
        }
    }

    /// The local time of an account in this zone.
    pub fn in_zone(self, zone: &TimeZone) -> DateTime {
        match self.0 {
            Form::Local(local) => local,
            Form::Moment(moment) => zone.to_datetime(moment),
        }
    }
}

impl LocalValue for LocalTime {
    fn resolve(self, zone: Option<&TimeZone>) -> Result<DateTime, Timestamp> {
        match (self.0, zone) {
            (Form::Local(local), _) => Ok(local),
            (Form::Moment(_), Some(zone)) => Ok(self.in_zone(zone)),
            (Form::Moment(moment), None) => Err(moment),
        }
    }
}

crate::__impl_serde_by_codec!(__c LocalTime, wire::LocalTime<LocalTime>);

impl Default for LocalTime {
    fn default() -> Self {
        Self(Form::Local(DateTime::default()))
    }
}

impl From<DateTime> for LocalTime {
    fn from(local: DateTime) -> Self {
        Self(Form::Local(local))
    }
}

impl From<Timestamp> for LocalTime {
    fn from(moment: Timestamp) -> Self {
        Self(Form::Moment(moment))
    }
}

impl From<Zoned> for LocalTime {
    fn from(zoned: Zoned) -> Self {
        Self::from(zoned.timestamp())
    }
}

impl From<&Zoned> for LocalTime {
    fn from(zoned: &Zoned) -> Self {
        Self::from(zoned.timestamp())
    }
}

impl PartialEq<DateTime> for LocalTime {
    fn eq(&self, other: &DateTime) -> bool {
        self.local().as_ref() == Some(other)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Form::Local(local) => fmt::Debug::fmt(&local, f),
            Form::Moment(moment) => fmt::Debug::fmt(&moment, f),
        }
    }
}
