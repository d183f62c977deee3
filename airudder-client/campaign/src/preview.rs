//! What would be sent, to be looked at before it is.

use std::fmt;

/// What would be sent.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Preview {
    /// The campaign.
    pub campaign: String,
    /// How many people would be called.
    pub people: u64,
    /// How many tasks that would be.
    pub tasks: u64,
    /// The robot that speaks.
    pub robot: String,
    /// The line on which the calls leave.
    pub line: String,
    /// When the calls may begin, in the account's local time.
    pub start: String,
    /// When they must be over.
    pub end: String,
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "campaign {}: {} people are called in {} tasks, by robot {} on line {}, from {} to {}",
            self.campaign, self.people, self.tasks, self.robot, self.line, self.start, self.end
        )
    }
}
