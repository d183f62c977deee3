//! How the people of a campaign are called.

use airudder_client::jiff::Zoned;
use airudder_client::jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;

/// People in a batch, unless said otherwise. How many rows the vendor takes is not known; public clients send
/// whole campaigns as one task.
const BATCH_SIZE: u32 = 1_000;
/// With number, digest and separators a name stays within the vendor's 64 characters.
const MAX_PREFIX: usize = 12;
const MAX_ID: usize = 24;

/// How the people of a campaign are called: by which robot, on which line, and when.
///
/// It is kept in the ledger with the campaign. What is left unsaid is the vendor's default.
///
/// ```
/// use airudder_campaign::Plan;
/// use airudder_client::jiff::civil::date;
///
/// // The zone is the account's.
/// let day = date(2026, 3, 2);
/// let (nine, six) = (day.at(9, 0, 0, 0).in_tz("Asia/Jakarta")?, day.at(18, 0, 0, 0).in_tz("Asia/Jakarta")?);
/// let plan = Plan::new("Example_Robot_A", "ACMEAPI_CALLER_LINE", &nine, &six);
/// let plan = plan.batch_size(500).prefix("prod");
/// # Ok::<(), airudder_client::jiff::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    robot: String,
    line: String,
    start: Zoned,
    end: Zoned,
    batch_size: u32,
    prefix: String,
    fields: Map<String, Value>,
}

impl Plan {
    /// A plan: the robot that speaks, the line on which the calls leave, and the window in which people are
    /// called. **The zone of `start` must be the account's**: the vendor is sent local times without a zone.
    pub fn new(robot: impl Into<String>, line: impl Into<String>, start: &Zoned, end: &Zoned) -> Self {
        Self {
            robot: robot.into(),
            line: line.into(),
            start: start.clone(),
            end: end.clone(),
            batch_size: BATCH_SIZE,
            prefix: String::new(),
            fields: Map::new(),
        }
    }

    /// How many people are one task of the vendor; 1,000 unless set. What is in doubt is in doubt for a
    /// batch.
    pub fn batch_size(mut self, people: u32) -> Self {
        self.batch_size = people.max(1);
        self
    }

    /// Begins the name of every task: `prod`, `test`. The vendor has no sandbox, so accounts are shared by
    /// environments. At most 12 letters, digits and underscores.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How often somebody who was not reached is called again (0 to 15), and after how many minutes (0 to
    /// 30).
    pub fn redial(self, times: u32, minutes: u32) -> Self {
        self.field("RepeatNumber", times).field("RepeatInterval", minutes)
    }

    /// A field of the vendor's request, by its name on the wire (`RobotMethod`).
    pub fn field(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(name.into(), value.into());
        self
    }

    /// When the window begins.
    pub fn start(&self) -> &Zoned {
        &self.start
    }

    /// When the window is over.
    pub fn end(&self) -> &Zoned {
        &self.end
    }

    /// The robot that speaks.
    pub fn robot(&self) -> &str {
        &self.robot
    }

    /// The line on which the calls leave.
    pub fn line(&self) -> &str {
        &self.line
    }

    pub(crate) fn people_in_batch(&self) -> u32 {
        self.batch_size
    }

    pub(crate) fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Start and end in the account's local time, in whole seconds.
    pub(crate) fn local_window(&self) -> (DateTime, DateTime) {
        let whole = |time: DateTime| time.with().subsec_nanosecond(0).build().unwrap_or(time);
        let end = self.end.with_time_zone(self.start.time_zone().clone());
        (whole(self.start.datetime()), whole(end.datetime()))
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        check_name("the prefix", &self.prefix, 0, MAX_PREFIX)?;
        if self.end <= self.start {
            return Err(Error::Setting("the window must end after it begins".to_owned()));
        }
        Ok(())
    }

    /// The name of a batch.
    pub(crate) fn name(&self, campaign: &str, number: i64, digest: &str) -> String {
        let separator = if self.prefix.is_empty() { "" } else { "_" };
        format!("{}{separator}{campaign}_{number}_{digest}", self.prefix)
    }
}

/// What becomes part of a name must be what the vendor takes in names.
pub(crate) fn check_id(id: &str) -> Result<(), Error> {
    check_name("the id of a campaign", id, 1, MAX_ID)
}

fn check_name(what: &str, text: &str, min: usize, max: usize) -> Result<(), Error> {
    if text.len() < min
        || text.len() > max
        || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        return Err(Error::Setting(format!(
            "{what} must be {min} to {max} letters (A to Z), digits and underscores"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use airudder_client::jiff::civil::date;

    use super::*;

    #[test]
    fn the_longest_name_has_no_more_than_64_characters() {
        let start = date(2026, 3, 2).at(9, 0, 0, 0).in_tz("UTC").unwrap();
        let plan = Plan::new("r", "l", &start, &start).prefix("p".repeat(MAX_PREFIX));
        let name = plan.name(&"c".repeat(MAX_ID), 999_999_999, &"d".repeat(16));
        assert_eq!(name.len(), 64);
    }

    #[test]
    fn the_window_is_local_to_the_zone_of_its_start() {
        let start = date(2026, 3, 2).at(9, 0, 0, 5).in_tz("Asia/Jakarta").unwrap();
        let end = date(2026, 3, 2).at(11, 0, 0, 0).in_tz("UTC").unwrap();
        let (start, end) = Plan::new("r", "l", &start, &end).local_window();
        assert_eq!((start, end), (date(2026, 3, 2).at(9, 0, 0, 0), date(2026, 3, 2).at(18, 0, 0, 0)));
    }

    #[test]
    fn what_cannot_stand_in_a_name_is_refused() {
        for bad in ["", "a-b", "a b", "ä", "aaaaaaaaaaaaaaaaaaaaaaaaa"] {
            assert!(matches!(check_id(bad), Err(Error::Setting(_))), "{bad}");
        }
        assert!(check_id("march_2026").is_ok());
    }
}
