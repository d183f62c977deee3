//! What setters take, with a hint for those who give something else.

use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;

use super::LocalTime;

/// A day of the calendar, as setters of dates take it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date",
    label = "a date is a `jiff::civil::Date`: `date(2026, 3, 2)`, or `\"2026-03-02\".parse()?`",
    note = "a moment has no date without a zone: `zoned.date()` is the one of its own"
)]
pub trait IntoDate: Into<Date> {}

impl IntoDate for Date {}

/// A time of day, as setters of such times take it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time of day",
    label = "a time of day is a `jiff::civil::Time`: `time(9, 0, 0, 0)`, or `\"09:00:00\".parse()?`"
)]
pub trait IntoTime: Into<Time> {}

impl IntoTime for Time {}

/// A local time, as setters in rows take it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a local time",
    label = "here it is a `jiff::civil::DateTime`: `date(2026, 3, 2).at(9, 0, 0, 0)`"
)]
pub trait IntoDateTime: Into<DateTime> {}

impl IntoDateTime for DateTime {}

/// A time of a request in the account's zone: local, or a moment.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time",
    label = "a time is a `civil::DateTime` (`date(2026, 3, 2).at(9, 0, 0, 0)`), a `Timestamp` or a `Zoned`"
)]
pub trait IntoLocalTime: Into<LocalTime> {}

#[diagnostic::do_not_recommend]
impl<T: Into<LocalTime>> IntoLocalTime for T {}

/// An amount of money or another exact number: a whole number, or a [`Decimal`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an exact number",
    label = "amounts are exact: a whole number, `Decimal::new(32100010, 2)`, or `\"321000.10\".parse()?`",
    note = "a float cannot hold most decimal fractions: `Decimal::try_from(float)?` rounds on purpose"
)]
pub trait IntoDecimal: Into<Decimal> {}

#[diagnostic::do_not_recommend]
impl<T: Into<Decimal>> IntoDecimal for T {}
