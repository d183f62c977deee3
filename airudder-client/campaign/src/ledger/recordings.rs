//! Which recordings are wanted, and which are there.

use airudder_client::types::{Phone, TaskId};

use super::{Ledger, Writer, column, failed};
use crate::error::Error;

/// A recording to be fetched.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) seq: i64,
    pub(crate) reference: String,
    pub(crate) task: TaskId,
    pub(crate) phone: Phone,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordingState {
    Stored,
    /// The vendor has none.
    Missing,
    /// It may come with a later try.
    Failed,
}

impl RecordingState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Missing => "missing",
            Self::Failed => "failed",
        }
    }
}

/// A recording that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRecording {
    pub(crate) seq: i64,
    pub(crate) file: String,
    pub(crate) bytes: i64,
    pub(crate) digest: String,
}

impl Ledger {
    /// Recordings of calls that are over and not known to be unanswered, which are not there yet, after a
    /// seq.
    pub(crate) async fn wanted_recordings(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
        missing_too: bool,
    ) -> Result<Vec<Wanted>, Error> {
        let rows = sqlx::query(
            "SELECT c.seq, c.reference, b.task, c.phone FROM outcome o
             JOIN contact c ON c.campaign = o.campaign AND c.seq = o.seq
             JOIN batch b ON b.campaign = c.campaign AND b.number = c.batch
             LEFT JOIN recording r ON r.campaign = o.campaign AND r.seq = o.seq
             WHERE o.campaign = $1 AND o.seq > $2 AND o.status = 'finished'
               AND (o.answered IS NULL OR o.answered = 1)
               AND b.task IS NOT NULL AND c.phone IS NOT NULL
               AND (r.state IS NULL OR r.state = 'failed' OR (r.state = 'missing' AND $4 = 1))
             ORDER BY o.seq LIMIT $3",
        )
        .bind(campaign)
        .bind(seq)
        .bind(i64::from(limit))
        .bind(i64::from(missing_too))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                let (task, phone): (String, String) = (column(row, 2)?, column(row, 3)?);
                Ok(Wanted {
                    seq: column(row, 0)?,
                    reference: column(row, 1)?,
                    task: task.into(),
                    phone: phone.into(),
                })
            })
            .collect()
    }

    /// Recordings that are said to be there, after a seq.
    pub(crate) async fn stored_recordings(
        &self,
        campaign: &str,
        seq: i64,
        limit: u32,
    ) -> Result<Vec<StoredRecording>, Error> {
        let rows = sqlx::query(
            "SELECT seq, file, bytes, digest FROM recording
             WHERE campaign = $1 AND seq > $2 AND state = 'stored' ORDER BY seq LIMIT $3",
        )
        .bind(campaign)
        .bind(seq)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.iter()
            .map(|row| {
                Ok(StoredRecording {
                    seq: column(row, 0)?,
                    file: column::<Option<String>>(row, 1)?.unwrap_or_default(),
                    bytes: column::<Option<i64>>(row, 2)?.unwrap_or_default(),
                    digest: column::<Option<String>>(row, 3)?.unwrap_or_default(),
                })
            })
            .collect()
    }
}

impl Writer {
    /// Forgets a recording, and gives its file.
    pub(crate) async fn forget_recording(
        &mut self,
        campaign: &str,
        seq: i64,
    ) -> Result<Option<String>, Error> {
        let row = sqlx::query("SELECT file FROM recording WHERE campaign = $1 AND seq = $2")
            .bind(campaign)
            .bind(seq)
            .fetch_optional(self.on())
            .await
            .map_err(failed)?;
        sqlx::query("DELETE FROM recording WHERE campaign = $1 AND seq = $2")
            .bind(campaign)
            .bind(seq)
            .execute(self.on())
            .await
            .map_err(failed)?;
        row.map_or(Ok(None), |row| column(&row, 0))
    }

    pub(crate) async fn recording_done(
        &mut self,
        campaign: &str,
        seq: i64,
        state: RecordingState,
        stored: Option<&StoredRecording>,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO recording (campaign, seq, state, file, bytes, digest, tries, due)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
             ON CONFLICT (campaign, seq) DO UPDATE SET state = excluded.state, file = excluded.file,
             bytes = excluded.bytes, digest = excluded.digest, tries = recording.tries + 1,
             due = excluded.due",
        )
        .bind(campaign)
        .bind(seq)
        .bind(state.as_str())
        .bind(stored.map(|stored| stored.file.clone()))
        .bind(stored.map(|stored| stored.bytes))
        .bind(stored.map(|stored| stored.digest.clone()))
        .bind(self.now())
        .execute(self.on())
        .await
        .map_err(failed)?;
        Ok(())
    }
}
