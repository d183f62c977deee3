//! What became of the people of a task: its detail, read and merged with what messages have said.

use airudder_client::jiff::Timestamp;
use airudder_client::types::{HangupType, RingType};

use crate::backend::{Detail, Record, RecordState};
use crate::campaign::Campaign;
use crate::error::Error;
use crate::ledger::{Batch, BatchState, CampaignState, Change, Rank, storable};
use crate::outcome::{self, Status};
use crate::progress::Progress;
use crate::settings::Settings;

/// Reads of a task that is over until those without a word are given up.
const READS_AFTER_END: i64 = 3;

/// A word of the vendor about a person.
pub(crate) fn change(seq: i64, record: Record, rank: Rank, happened: i64) -> Change {
    let (answered, talk_time) = outcome::talk(&record);
    let status = match record.state {
        RecordState::Pending => None,
        RecordState::Finished => Some(Status::Finished),
        RecordState::Cancelled => Some(Status::Cancelled),
    };
    Change {
        seq,
        rank: if status.is_some() { rank } else { Rank::Pending },
        status,
        answered,
        talk_time,
        intention: record.intention,
        ring_type: record.ring_type.as_ref().map(RingType::as_str).map(str::to_owned),
        hangup_type: record.hangup_type.as_ref().map(HangupType::as_str).map(str::to_owned),
        happened,
        raw: record.raw,
    }
}

impl Campaign {
    /// Works on a batch that the vendor has: ends its task if that is wanted, and reads it.
    pub(crate) async fn follow(
        &self,
        batch: &Batch,
        settings: &Settings,
        state: CampaignState,
    ) -> Result<Vec<Progress>, Error> {
        let is_late = self.ledger.now() >= self.late(settings);
        let Some(task) = &batch.task else {
            return self.look_for_id(batch, settings, is_late).await;
        };
        let mut trouble = Vec::new();
        if state == CampaignState::Stopped && !batch.is_stopped {
            match self.backend.stop(&self.client, task).await {
                Ok(()) => {
                    let mut writer = self.ledger.write().await?;
                    writer.batch_stopped(&self.id, batch.number).await?;
                    writer.commit().await?;
                }
                Err(error) => trouble.push(Progress::trouble(&batch.name, &error)),
            }
        }
        if let Some(error) = self.take_out_late(batch).await? {
            trouble.push(Progress::trouble(&batch.name, &error));
        }
        let detail = match self.backend.read(&self.client, task).await {
            Ok(detail) => detail,
            Err(error) => {
                trouble.push(Progress::trouble(&batch.name, &error));
                let mut writer = self.ledger.write().await?;
                let due = self.ledger.now() + settings.poll_every();
                writer.put_batch(&self.id, batch.number, BatchState::Created, due, None).await?;
                if is_late {
                    writer.batch_over(&self.id, batch.number).await?;
                }
                writer.commit().await?;
                return Ok(trouble);
            }
        };
        self.merge(batch, detail, settings, is_late).await?;
        Ok(trouble)
    }

    async fn merge(
        &self,
        batch: &Batch,
        detail: Detail,
        settings: &Settings,
        is_late: bool,
    ) -> Result<(), Error> {
        let rank = if detail.is_over { Rank::ReadAfterEnd } else { Rank::Said };
        let known = self.ledger.known(&self.id, batch.number).await?;
        let mut ended = 0;
        let mut changes = Vec::new();
        for record in detail.records {
            let known = record.reference.as_deref().and_then(|reference| known.get(&storable(reference)));
            let Some(known) = known else { continue };
            let happened = record.ended.map_or(0, Timestamp::as_millisecond);
            let change = change(known.seq, record, rank, happened);
            ended += usize::from(change.status.is_some());
            // Most of what is read again and again says nothing new.
            if known.last.is_none_or(|last| (change.rank as i64, change.happened) > last) {
                changes.push(change);
            }
        }
        let mut writer = self.ledger.write().await?;
        writer.apply(&self.id, changes).await?;
        let due = self.ledger.now() + settings.poll_every();
        writer.put_batch(&self.id, batch.number, BatchState::Created, due, None).await?;
        let mut is_over = is_late;
        if detail.is_over {
            writer.count_try(&self.id, batch.number).await?;
            is_over |= ended >= known.len() || batch.tries >= READS_AFTER_END;
        }
        if is_over {
            writer.batch_over(&self.id, batch.number).await?;
        }
        writer.commit().await
    }

    /// The vendor has the name, and its list did not show the id yet.
    async fn look_for_id(
        &self,
        batch: &Batch,
        settings: &Settings,
        is_late: bool,
    ) -> Result<Vec<Progress>, Error> {
        let found = self.backend.find(&self.client, &batch.name).await;
        let mut writer = self.ledger.write().await?;
        let mut progress = Vec::new();
        match found {
            Ok(Some(found)) if found.id.is_some() => {
                writer.batch_created(&self.id, batch.number, found.id.as_ref()).await?;
                writer.commit().await?;
                return Ok(progress);
            }
            Ok(_) => {}
            Err(error) => progress.push(Progress::trouble(&batch.name, &error)),
        }
        let due = self.ledger.now() + settings.poll_every();
        writer.put_batch(&self.id, batch.number, BatchState::Created, due, None).await?;
        if is_late {
            writer.batch_over(&self.id, batch.number).await?;
        }
        writer.commit().await?;
        Ok(progress)
    }

    /// What was given up because it was late is looked at again where it is not late, or no longer: the clock
    /// was wrong, or there is more time now.
    pub(crate) async fn reopen_late(&self) -> Result<(), Error> {
        let late = self.ledger.late_batches(&self.id, READS_AFTER_END).await?;
        if late.is_empty() {
            return Ok(());
        }
        let mut writer = self.ledger.write().await?;
        for number in late {
            writer.reopen_batch(&self.id, number).await?;
        }
        writer.commit().await
    }

    /// When nothing more is waited for.
    pub(crate) fn late(&self, settings: &Settings) -> i64 {
        self.plan.end().timestamp().as_millisecond().saturating_add(settings.grace())
    }
}
