//! Whether the fields of a request are as the vendor wants them, reported before anything is sent.
//!
//! There is one validator for both sides: the client refuses locally what the vendor would refuse, with the
//! vendor's code, and the simulator refuses what comes to it. What only the vendor can know (whether a name
//! is taken) is not looked at.
//!
//! A request is checked as JSON text and in one pass, so that a list of a hundred thousand contacts costs no
//! second copy of itself. Names match exactly here: reading is lenient, writing is not.

mod order;
mod query;
mod report;
mod value;
mod walk;

use std::fmt;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::catalogue::{Field, Problem};
use crate::{ErrorCode, Family};

use report::Report;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The place, in wire names: `Details[3].Mobile`. Empty: the request itself.
    pub field: String,
    /// In which way it is wrong.
    pub problem: Problem,
    /// The code with which the vendor refuses it, where one is known.
    pub code: Option<ErrorCode>,
    /// A sentence with the limit. It never holds the value.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Checks a JSON object. All violations are reported, up to 1,000; one more then says how many there are
/// beyond.
///
/// Keys that `fields` does not have are fine. Keys that are absent, null, or (for text, ids, phone numbers
/// and the like) empty count as missing where they are required.
pub fn check(fields: &'static [Field], family: Family, json: &[u8]) -> Vec<Violation> {
    check_on(fields, family, json, latest_today())
}

/// The same, with the day that limits of days ahead count from.
pub fn check_on(fields: &'static [Field], family: Family, json: &[u8], today: Date) -> Vec<Violation> {
    let mut report = Report::new(family, today);
    if let Err(error) = walk::object(fields, &mut report, json) {
        return vec![report.broken(&error)];
    }
    report.finish()
}

/// Checks the pairs of a query string or form. All values are text there, so numbers and booleans are written
/// as text; a key that comes several times is a list; objects are JSON in a text.
pub fn check_query(fields: &'static [Field], family: Family, pairs: &[(String, String)]) -> Vec<Violation> {
    let mut report = Report::new(family, latest_today());
    query::pairs(fields, &mut report, pairs);
    report.finish()
}

/// The day after today in UTC. Which day it is for the account is not known here, and what may be right is not
/// refused.
fn latest_today() -> Date {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    today.checked_add(1.day()).unwrap_or(today)
}

#[cfg(test)]
mod tests;
