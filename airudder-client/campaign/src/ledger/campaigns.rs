//! Campaigns in the ledger.

use sqlx::AssertSqlSafe;

use super::{Lease, Ledger, Writer, column, failed};
use crate::error::Error;

/// What is wanted of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CampaignState {
    Open,
    /// Nothing new is sent.
    Paused,
    /// Nothing new is sent, and what runs is ended.
    Stopped,
}

impl CampaignState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "paused" => Self::Paused,
            "stopped" => Self::Stopped,
            _ => Self::Open,
        }
    }
}

impl Ledger {
    /// Product, plan (JSON) and state of a campaign.
    pub(crate) async fn find_campaign(
        &self,
        id: &str,
    ) -> Result<Option<(String, String, CampaignState)>, Error> {
        let row = sqlx::query("SELECT backend, plan, state FROM campaign WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        row.map(|row| {
            let state: String = column(&row, 2)?;
            Ok((column(&row, 0)?, column(&row, 1)?, CampaignState::from_word(&state)))
        })
        .transpose()
    }

    /// The ids of all campaigns, oldest first.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn campaigns(&self) -> Result<Vec<String>, Error> {
        let rows = sqlx::query("SELECT id FROM campaign ORDER BY created, id")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }
}

impl Writer {
    pub(crate) async fn create_campaign(&mut self, id: &str, backend: &str, plan: &str) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO campaign (id, backend, plan, state, created) VALUES ($1, $2, $3, 'open', $4)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(backend)
        .bind(plan)
        .bind(self.now())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Keeps other writers of this campaign out, and gives its state.
    pub(crate) async fn lock_campaign(&mut self, id: &str) -> Result<CampaignState, Error> {
        self.lock_plan(id).await.map(|(state, _)| state)
    }

    /// The same, with its plan (JSON).
    pub(crate) async fn lock_plan(&mut self, id: &str) -> Result<(CampaignState, String), Error> {
        let query = format!("SELECT state, plan FROM campaign WHERE id = $1{}", self.engine.for_update());
        let query = sqlx::query(AssertSqlSafe(query)).bind(id.to_owned());
        let row = query.fetch_optional(self.on()).await.map_err(failed)?;
        let Some(row) = row else { return Err(Error::Unknown(format!("campaign {id}"))) };
        let state: String = column(&row, 0)?;
        Ok((CampaignState::from_word(&state), column(&row, 1)?))
    }

    pub(crate) async fn set_campaign_state(&mut self, id: &str, state: CampaignState) -> Result<(), Error> {
        sqlx::query("UPDATE campaign SET state = $2 WHERE id = $1")
            .bind(id)
            .bind(state.as_str())
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    pub(crate) async fn set_plan(&mut self, id: &str, plan: &str) -> Result<(), Error> {
        sqlx::query("UPDATE campaign SET plan = $2 WHERE id = $1")
            .bind(id)
            .bind(plan)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Takes the right to hand out outcomes, or keeps it: one runner of a campaign has it.
    pub(crate) async fn take_handing_out(
        &mut self,
        id: &str,
        owner: &str,
        lease: Lease,
    ) -> Result<bool, Error> {
        let taken = sqlx::query(
            "UPDATE campaign SET hands_out = $2, hands_out_until = $3
             WHERE id = $1 AND (hands_out = $2 OR hands_out_until < $4 OR hands_out_until > $5)",
        )
        .bind(id)
        .bind(owner)
        .bind(lease.until)
        .bind(lease.over)
        .bind(lease.far)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(taken.rows_affected() > 0)
    }

    /// Gives the right to hand out outcomes back.
    pub(crate) async fn free_handing_out(&mut self, id: &str, owner: &str) -> Result<(), Error> {
        sqlx::query("UPDATE campaign SET hands_out_until = 0 WHERE id = $1 AND hands_out = $2")
            .bind(id)
            .bind(owner)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }
}
