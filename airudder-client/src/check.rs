//! Whether the fields of a request are as the vendor wants them, reported before anything is sent.
//!
//! There is one validator for both sides: the client refuses locally what the vendor would refuse, with the
//! vendor's code, and the simulator refuses what comes to it. What only the vendor can know (whether a name
//! is taken) is not looked at.
//!
//! A request is checked as JSON text and in one pass, so that a list of a hundred thousand contacts costs no
//! second copy of itself. Names match exactly here: reading is lenient, writing is not.

mod object;
mod order;
mod query;
mod report;
mod schema;
mod value;
mod walk;
mod when;
mod written;

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::catalogue::{Field, Problem};
use crate::wire::Struct;
use crate::{ErrorCode, Family};

use report::Report;

/// How much a [`Violation`] weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The request is not sent.
    Error,
    /// The request is sent: the vendor may take it, and it may not be what was meant.
    Warning,
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The place, in wire names: `Details[3].Mobile`. Empty: the request itself.
    pub field: String,
    /// In which way it is wrong.
    pub problem: Problem,
    /// The code with which the vendor refuses it, where one is known.
    pub code: Option<ErrorCode>,
    /// Whether it keeps the request from being sent.
    pub severity: Severity,
    /// What is wrong, with the limit and without the place: "must be at most 15". It never holds the value.
    pub message: String,
}

impl Violation {
    /// The row of a list that it is about, counted from 0: 3 of `Details[3].Mobile`.
    pub fn row(&self) -> Option<usize> {
        let (_, rest) = self.field.split_once('[')?;
        rest.split_once(']')?.0.parse().ok()
    }

    /// The field's name on the wire, without what it stands in: `Mobile` of `Details[3].Mobile`.
    pub fn name(&self) -> &str {
        let last = self.field.rsplit_once('.').map_or(self.field.as_str(), |(_, last)| last);
        last.split_once('[').map_or(last, |(name, _)| name)
    }
}

/// The place and what is wrong there.
impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.field.is_empty() { "the request" } else { &self.field };
        write!(f, "{place} {}", self.message)
    }
}

/// Checks a JSON object. All violations are reported, what is missing first.
///
/// Keys that `fields` does not have are fine. Keys that are absent, null, or (for text, ids, phone numbers
/// and the like) empty count as missing where they are required.
pub fn check(fields: &'static [Field], family: Family, json: &[u8]) -> Vec<Violation> {
    check_on(fields, family, json, latest_today())
}

/// The same, with the day that limits of days ahead count from. Whether a time is past is not looked at.
pub fn check_on(fields: &'static [Field], family: Family, json: &[u8], today: Date) -> Vec<Violation> {
    checked(fields, json, Report::new(family, today, None))
}

/// The same with the present in the account's time zone, which also decides whether a time is past.
pub fn check_at(fields: &'static [Field], family: Family, json: &[u8], now: &Zoned) -> Vec<Violation> {
    checked(fields, json, Report::new(family, now.date(), Some(now.clone())))
}

/// Writes a request as JSON and checks it on the way, as [`check`] or [`check_at`] would check the text.
pub(crate) fn encode<T: Struct>(
    fields: &'static [Field],
    family: Family,
    now: Option<&Zoned>,
    request: &T,
) -> Result<(Vec<u8>, Vec<Violation>), serde_json::Error> {
    let today = now.map_or_else(latest_today, Zoned::date);
    let mut report = Report::new(family, today, now.cloned());
    let json = written::request(fields, &mut report, request)?;
    Ok((json, report.finish()))
}

fn checked(fields: &'static [Field], json: &[u8], mut report: Report) -> Vec<Violation> {
    if let Err(error) = walk::object(fields, &mut report, json) {
        return vec![report.broken(&error)];
    }
    report.finish()
}

/// Checks the pairs of a query string or form. All values are text there, so numbers and booleans are written
/// as text; a key that comes several times is a list; objects are JSON in a text.
pub fn check_query(fields: &'static [Field], family: Family, pairs: &[(String, String)]) -> Vec<Violation> {
    let mut report = Report::new(family, latest_today(), None);
    query::pairs(fields, &mut report, pairs);
    report.finish()
}

/// The day after today in UTC. Which day it is for the account is not known here, and what may be right is
/// not refused.
fn latest_today() -> Date {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.checked_add(1.day()).unwrap_or(today)
}

#[cfg(test)]
mod tests;
