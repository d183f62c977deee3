//! Batches in the ledger.

use airudder_client::types::TaskId;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use super::{Engine, Ledger, Writer, column, failed, storable};
use crate::error::Error;

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum BatchState {
    /// It has its name and its people, and nothing was sent.
    Frozen,
    /// A request is on its way, or was when its runner died.
    Sending,
    /// A request was sent, and nobody knows what became of it.
    InDoubt,
    /// The vendor has it.
    Created,
    /// The vendor has refused it. Nobody was called.
    Refused,
    /// Never sent: the window was over, or the campaign stopped.
    Dropped,
}

impl BatchState {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Frozen => "frozen",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Created => "created",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "frozen" => Self::Frozen,
            "sending" => Self::Sending,
            "created" => Self::Created,
            "refused" => Self::Refused,
            "dropped" => Self::Dropped,
            // The state in which nothing is sent.
            _ => Self::InDoubt,
        }
    }
}

/// A batch.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) state: BatchState,
    pub(crate) task: Option<TaskId>,
    /// When something was last known to be on its way.
    pub(crate) sent: Option<i64>,
    pub(crate) is_stopped: bool,
    pub(crate) tries: i64,
    pub(crate) problem: Option<String>,
    /// Nothing more is to come from it.
    pub(crate) is_over: bool,
}

impl Batch {
    /// Whether nothing of it was ever sent: it may be taken apart.
    pub(crate) fn is_untouched(&self) -> bool {
        self.state == BatchState::Frozen && self.sent.is_none()
    }

    /// Whether it was never created, and never will be.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.state, BatchState::Refused | BatchState::Dropped)
    }

    /// Whether it is still to be sent.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self.state, BatchState::Frozen | BatchState::Sending | BatchState::InDoubt)
    }
}

/// From when to when a runner has something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lease {
    pub(crate) until: i64,
    /// A lease of somebody else that ends before is over.
    pub(crate) over: i64,
    /// A time that is later was written before the clock was turned back.
    pub(crate) far: i64,
}

const COLUMNS: &str = "number, name, size, state, task, sent, stopped, tries, problem, is_over";

fn batch(row: &AnyRow) -> Result<Batch, Error> {
    let (state, task): (String, Option<String>) = (column(row, 3)?, column(row, 4)?);
    Ok(Batch {
        number: column(row, 0)?,
        name: column(row, 1)?,
        size: column(row, 2)?,
        state: BatchState::from_word(&state),
        task: task.map(TaskId::from),
        sent: column(row, 5)?,
        is_stopped: column::<i64>(row, 6)? != 0,
        tries: column(row, 7)?,
        problem: column(row, 8)?,
        is_over: column::<i64>(row, 9)? != 0,
    })
}

impl Writer {
    pub(crate) async fn next_batch_number(&mut self, campaign: &str) -> Result<i64, Error> {
        let row = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 FROM batch WHERE campaign = $1")
            .bind(campaign)
            .fetch_one(self.on())
            .await
            .map_err(failed)?;
        column(&row, 0)
    }

    pub(crate) async fn insert_batch(
        &mut self,
        campaign: &str,
        number: i64,
        name: &str,
        size: usize,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO batch (campaign, number, name, size, state) VALUES ($1, $2, $3, $4, 'frozen')",
        )
        .bind(campaign)
        .bind(number)
        .bind(name)
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    pub(crate) async fn delete_batch(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query("DELETE FROM batch WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// The next batch with something to do that nobody else does; it belongs to `owner` for this lease.
    pub(crate) async fn claim_batch(
        &mut self,
        campaign: &str,
        owner: &str,
        lease: Lease,
        may_submit: bool,
    ) -> Result<Option<Batch>, Error> {
        let lock = match self.engine {
            Engine::Sqlite => "",
            Engine::Postgres => " FOR UPDATE SKIP LOCKED",
        };
        let states = if may_submit { "'frozen', 'sending', 'in_doubt', 'created'" } else { "'created'" };
        // Texts of ours, with nothing put into them.
        let query = format!(
            "SELECT {COLUMNS} FROM batch
             WHERE campaign = $1 AND is_over = 0 AND state IN ({states})
               AND (due <= $2 OR due > $3) AND (lease < $4 OR lease > $3)
             ORDER BY due, number LIMIT 1{lock}"
        );
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(self.now())
            .bind(lease.far)
            .bind(lease.over)
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let batch = batch(&row)?;
        sqlx::query("UPDATE batch SET owner = $3, lease = $4 WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(batch.number)
            .bind(owner)
            .bind(lease.until)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(Some(batch))
    }

    pub(crate) async fn batch(&mut self, campaign: &str, number: i64) -> Result<Option<Batch>, Error> {
        let lock = self.engine.for_update();
        let query = format!("SELECT {COLUMNS} FROM batch WHERE campaign = $1 AND number = $2{lock}");
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(campaign)
            .bind(number)
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        row.as_ref().map(batch).transpose()
    }

    /// Says that a request goes out now. False if the batch is no longer in this state, or is another of the
    /// same number: then another runner has it, or it was taken apart, and nothing may be sent.
    pub(crate) async fn begin_sending(
        &mut self,
        campaign: &str,
        batch: &Batch,
        owner: &str,
    ) -> Result<bool, Error> {
        let done = sqlx::query(
            "UPDATE batch SET state = 'sending', sent = $5, tries = tries + 1
             WHERE campaign = $1 AND number = $2 AND state = $3 AND owner = $4 AND name = $6",
        )
        .bind(campaign)
        .bind(batch.number)
        .bind(batch.state.as_str())
        .bind(owner)
        .bind(self.now())
        .bind(batch.name.clone())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether the batch still belongs to `owner`. Where a lease has ended, another runner may have gone on.
    pub(crate) async fn belongs_to(
        &mut self,
        campaign: &str,
        number: i64,
        owner: &str,
    ) -> Result<bool, Error> {
        let lock = self.engine.for_update();
        let query = format!("SELECT owner FROM batch WHERE campaign = $1 AND number = $2{lock}");
        let row = sqlx::query(AssertSqlSafe(query))
            .bind(campaign.to_owned())
            .bind(number)
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        let Some(row) = row else { return Ok(false) };
        Ok(column::<Option<String>>(&row, 0)?.as_deref() == Some(owner))
    }

    /// Still at it: the lease lasts longer, and what is on its way is still on its way.
    pub(crate) async fn keep_batch(
        &mut self,
        campaign: &str,
        number: i64,
        owner: &str,
        until: i64,
    ) -> Result<(), Error> {
        sqlx::query(
            "UPDATE batch SET lease = $4, sent = CASE WHEN state = 'sending' THEN $5 ELSE sent END
             WHERE campaign = $1 AND number = $2 AND owner = $3",
        )
        .bind(campaign)
        .bind(number)
        .bind(owner)
        .bind(until)
        .bind(self.now())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Gives the batch free in this state, to be looked at again at `due`.
    pub(crate) async fn put_batch(
        &mut self,
        campaign: &str,
        number: i64,
        state: BatchState,
        due: i64,
        problem: Option<&str>,
    ) -> Result<(), Error> {
        let is_over = matches!(state, BatchState::Refused | BatchState::Dropped);
        sqlx::query(
            "UPDATE batch SET state = $3, due = $4, problem = $5, is_over = $6, lease = 0, owner = NULL
             WHERE campaign = $1 AND number = $2",
        )
        .bind(campaign)
        .bind(number)
        .bind(state.as_str())
        .bind(due)
        .bind(problem.map(storable))
        .bind(i64::from(is_over))
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// The vendor has the batch, perhaps under an id that is not known yet.
    pub(crate) async fn batch_created(
        &mut self,
        campaign: &str,
        number: i64,
        task: Option<&TaskId>,
    ) -> Result<(), Error> {
        self.put_batch(campaign, number, BatchState::Created, 0, None).await?;
        if let Some(task) = task {
            sqlx::query("UPDATE batch SET task = $3 WHERE campaign = $1 AND number = $2")
                .bind(campaign)
                .bind(number)
                .bind(storable(task.as_str()))
                .execute(self.on())
                .await
                .map_err(failed)?;
            self.wake_messages_of(task).await?;
        }
        // From now on reads are counted, and who was given up is called after all.
        sqlx::query("UPDATE batch SET tries = 1 WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        sqlx::query(
            "UPDATE outcome SET status = 'pending', is_final = 0, rank = 0, handled = changes
             WHERE campaign = $1 AND status = 'not_called'
               AND seq IN (SELECT seq FROM contact WHERE campaign = $1 AND batch = $2)",
        )
        .bind(campaign)
        .bind(number)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// Nothing of the batch is at the vendor: it is to be sent at `due`, as if it never had been.
    pub(crate) async fn batch_unsent(&mut self, campaign: &str, number: i64, due: i64) -> Result<(), Error> {
        self.put_batch(campaign, number, BatchState::Frozen, due, None).await?;
        sqlx::query("UPDATE batch SET is_over = 0, sent = NULL WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Nothing more is to come from this batch.
    pub(crate) async fn batch_over(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query(
            "UPDATE batch SET is_over = 1, lease = 0, owner = NULL WHERE campaign = $1 AND number = $2",
        )
        .bind(campaign)
        .bind(number)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// When something was last on its way, where that was written by a clock that was turned back since.
    pub(crate) async fn sent_at_most_now(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query(
            "UPDATE batch SET sent = $3 WHERE campaign = $1 AND number = $2 AND (sent IS NULL OR sent > $3)",
        )
        .bind(campaign)
        .bind(number)
        .bind(self.now())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// One more try was made.
    pub(crate) async fn count_try(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query("UPDATE batch SET tries = tries + 1 WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// The batch is to be worked on again.
    pub(crate) async fn batch_again(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query(
            "UPDATE batch SET is_over = 0, due = 0, tries = 0, sent = NULL
             WHERE campaign = $1 AND number = $2",
        )
        .bind(campaign)
        .bind(number)
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }

    /// The batch is looked at again.
    pub(crate) async fn reopen_batch(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query("UPDATE batch SET is_over = 0, due = 0 WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    pub(crate) async fn batch_stopped(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query("UPDATE batch SET stopped = 1, due = 0 WHERE campaign = $1 AND number = $2")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// All batches of a campaign are due now.
    pub(crate) async fn all_due(&mut self, campaign: &str) -> Result<(), Error> {
        sqlx::query("UPDATE batch SET due = 0 WHERE campaign = $1 AND is_over = 0")
            .bind(campaign)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Gives free what a runner holds, or what is held by one of its claims.
    pub(crate) async fn free_batches(&mut self, campaign: &str, owner: &str) -> Result<(), Error> {
        let free = "UPDATE batch SET lease = 0, owner = NULL
             WHERE campaign = $1 AND (owner = $2 OR owner LIKE $3)";
        sqlx::query(free)
            .bind(campaign)
            .bind(owner)
            .bind(format!("{owner}/%"))
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }

    /// Campaign and number of the batch whose task this is.
    pub(crate) async fn batch_of_task(&mut self, task: &TaskId) -> Result<Option<(String, i64)>, Error> {
        let row = sqlx::query("SELECT campaign, number FROM batch WHERE task = $1")
            .bind(storable(task.as_str()))
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        row.map(|row| Ok((column(&row, 0)?, column(&row, 1)?))).transpose()
    }

    /// Lets a batch be read at once.
    pub(crate) async fn batch_due_now(&mut self, campaign: &str, number: i64) -> Result<(), Error> {
        sqlx::query("UPDATE batch SET due = 0 WHERE campaign = $1 AND number = $2 AND is_over = 0")
            .bind(campaign)
            .bind(number)
            .execute(self.on())
            .await
            .map_err(failed)?;
        Ok(())
    }
}

impl Ledger {
    /// Batches that are over with somebody of whom nothing is known, though their task was not read after its
    /// end as often as `reads`: they were late.
    pub(crate) async fn late_batches(&self, campaign: &str, reads: i64) -> Result<Vec<i64>, Error> {
        let rows = sqlx::query(
            "SELECT b.number FROM batch b
             WHERE b.campaign = $1 AND b.is_over = 1
               AND (b.state = 'in_doubt' OR (b.state = 'created' AND b.tries <= $2))
               AND EXISTS (SELECT 1 FROM contact c
                   LEFT JOIN outcome o ON o.campaign = c.campaign AND o.seq = c.seq
                   WHERE c.campaign = b.campaign AND c.batch = b.number
                     AND (o.is_final IS NULL OR o.is_final = 0))
             ORDER BY b.number",
        )
        .bind(campaign)
        .bind(reads)
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter().map(|row| column(row, 0)).collect()
    }

    /// The batches of a campaign, by number.
    pub(crate) async fn batches(&self, campaign: &str) -> Result<Vec<Batch>, Error> {
        let query = format!("SELECT {COLUMNS} FROM batch WHERE campaign = $1 ORDER BY number");
        let rows =
            sqlx::query(AssertSqlSafe(query)).bind(campaign).fetch_all(&self.pool).await.map_err(failed)?;
        rows.iter().map(batch).collect()
    }

    /// Whether a batch is due; a time later than `far` is of a clock that was turned back since.
    pub(crate) async fn has_due(&self, campaign: &str, far: i64) -> Result<bool, Error> {
        let row = sqlx::query(
            "SELECT 1 FROM batch WHERE campaign = $1 AND is_over = 0 AND (due <= $2 OR due > $3) LIMIT 1",
        )
        .bind(campaign)
        .bind(self.now())
        .bind(far)
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.is_some())
    }

    /// Whether there is a batch that is not over.
    pub(crate) async fn has_open_batches(&self, campaign: &str) -> Result<bool, Error> {
        let row = sqlx::query("SELECT 1 FROM batch WHERE campaign = $1 AND is_over = 0 LIMIT 1")
            .bind(campaign)
            .fetch_optional(&self.pool)
            .await
            .map_err(failed)?;
        Ok(row.is_some())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[tokio::test]
    async fn a_batch_that_was_taken_apart_is_not_sent_as_another_of_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path().join("ledger")).await.unwrap();
        let mut writer = ledger.write().await.unwrap();
        let now = ledger.now();
        let lease = Lease { until: now + 1_000, over: now, far: now + 2_000 };
        let mut batches = Vec::new();
        for name in ["with_everybody", "without_somebody"] {
            let number = writer.next_batch_number("first").await.unwrap();
            writer.insert_batch("first", number, name, 5).await.unwrap();
            batches.push(writer.claim_batch("first", "runner", lease, true).await.unwrap().unwrap());
            if batches.len() == 1 {
                writer.delete_batch("first", number).await.unwrap();
            }
        }
        assert_eq!(batches[0].number, batches[1].number);
        assert!(!writer.begin_sending("first", &batches[0], "runner").await.unwrap());
        assert!(!writer.begin_sending("first", &batches[1], "another").await.unwrap());
        assert!(writer.begin_sending("first", &batches[1], "runner").await.unwrap());
    }
}
