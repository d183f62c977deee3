//! What became of the people of a campaign.

use crate::campaign::Campaign;
use crate::error::Error;
use crate::outcome::{Outcome, WithoutOutcome};

impl Campaign {
    /// People without an outcome, some at a time: those after position `after` (0 to begin), each with its
    /// position, reference, and why.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn without_outcome(
        &self,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String, WithoutOutcome)>, Error> {
        self.ledger.without_outcome_after(&self.id, after, limit).await
    }

    /// Outcomes, some at a time, in the order of the list: those after position `after` (0 to begin), each
    /// with its position.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn outcomes(&self, after: i64, limit: u32) -> Result<Vec<(i64, Outcome)>, Error> {
        self.ledger.outcomes_after(&self.id, after, limit).await
    }
}
