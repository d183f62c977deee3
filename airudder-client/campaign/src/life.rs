//! Stopping, pausing, taking out and erasing.

use airudder_client::Error as ClientError;
use airudder_client::types::TaskId;

use crate::campaign::Campaign;
use crate::error::Error;
use crate::ledger::{Batch, BatchState, CampaignState, Change};
use crate::outcome::Status;

/// What came of taking somebody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TakenOut {
    /// Nothing was sent: the person is not called.
    BeforeAnythingWasSent,
    /// The vendor was told in time, as far as it says.
    AtVendor,
    /// The vendor says no: the call or the task is over.
    TooLate,
    /// Whether the vendor has the person is not known yet. A runner tells it as soon as it is.
    Later,
}

/// What a person has found out about a batch that is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// The vendor has it, under this id.
    Created(TaskId),
    /// The vendor does not have it, and will not have it: it is sent again.
    NotCreated,
}

/// A batch of which it is not known whether the vendor has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InDoubt {
    /// Its name, which would be that of the vendor's task.
    pub name: String,
    /// How many people are in it.
    pub people: u64,
    /// What happened, if it is known.
    pub problem: Option<String>,
    /// Whether a person must look. Otherwise a runner finds out by itself.
    pub needs_a_person: bool,
}

impl Campaign {
    /// Nothing new is sent from now on; what the vendor has goes on.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn pause(&self) -> Result<(), Error> {
        self.set_state(CampaignState::Paused).await
    }

    /// Goes on after a pause or a stop. Whoever was not called because of a stop stays uncalled.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn resume(&self) -> Result<(), Error> {
        self.set_state(CampaignState::Open).await
    }

    /// Sends nothing more, and ends all tasks of the campaign at the vendor. What is known of those who were
    /// called is kept; a runner reads the rest.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`]; [`Error::Client`] if a task could not be ended: a runner tries again.
    pub async fn stop(&self) -> Result<(), Error> {
        self.set_state(CampaignState::Stopped).await?;
        let mut failed = None;
        for batch in self.ledger.batches(&self.id).await? {
            if let (BatchState::Created, Some(task), false) = (batch.state, &batch.task, batch.is_stopped) {
                match self.backend.stop(&self.client, task).await {
                    Ok(()) => {
                        let mut writer = self.ledger.write().await?;
                        writer.batch_stopped(&self.id, batch.number).await?;
                        writer.commit().await?;
                    }
                    // The others are stopped all the same.
                    Err(error) => failed = Some(error),
                }
            }
        }
        self.leave_uncalled().await?;
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// After a stop, whoever is in no batch is not called.
    pub(crate) async fn leave_uncalled(&self) -> Result<(), Error> {
        let mut writer = self.ledger.write().await?;
        if writer.lock_campaign(&self.id).await? != CampaignState::Stopped {
            return Ok(());
        }
        while let Some(last) = writer.unbatched(&self.id, 10_000).await?.pop() {
            writer.not_called_up_to(&self.id, last.seq).await?;
        }
        writer.commit().await
    }

    async fn set_state(&self, state: CampaignState) -> Result<(), Error> {
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        writer.set_campaign_state(&self.id, state).await?;
        writer.all_due(&self.id).await?;
        writer.commit().await
    }

    /// Takes one person out, who has paid, say: also at the vendor, if it has the person already.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] if nobody has this reference; [`Error::Client`] if the vendor cannot be told now:
    /// a runner tries again.
    pub async fn take_out(&self, reference: &str) -> Result<TakenOut, Error> {
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        let unknown = || Error::Unknown("person of this reference".to_owned());
        let place = writer.place_of(&self.id, reference).await?.ok_or_else(unknown)?;
        writer.mark_taken_out(&self.id, place.seq).await?;
        let batch = match place.batch {
            Some(number) if !self.dissolve(&mut writer, number).await? => {
                writer.batch(&self.id, number).await?
            }
            _ => None,
        };
        let told = match &batch {
            Some(batch) if !batch.is_gone() => {
                writer.commit().await?;
                self.tell(batch, &place.phone, place.seq).await?
            }
            Some(_) | None => {
                writer.apply(&self.id, vec![Change::local(place.seq, Status::TakenOut)]).await?;
                writer.commit().await?;
                TakenOut::BeforeAnythingWasSent
            }
        };
        Ok(told)
    }

    async fn tell(
        &self,
        batch: &Batch,
        phone: &Option<airudder_client::types::Phone>,
        seq: i64,
    ) -> Result<TakenOut, Error> {
        let (Some(task), Some(phone)) = (&batch.task, phone) else { return Ok(TakenOut::Later) };
        let in_time = self.backend.take_out(&self.client, task, phone).await?;
        let mut writer = self.ledger.write().await?;
        writer.mark_told(&self.id, seq).await?;
        writer.batch_due_now(&self.id, batch.number).await?;
        writer.commit().await?;
        Ok(if in_time { TakenOut::AtVendor } else { TakenOut::TooLate })
    }

    /// Tells the vendor of those who were taken out before it was known that it has them. Gives what failed.
    pub(crate) async fn take_out_late(&self, batch: &Batch) -> Result<Option<ClientError>, Error> {
        for (seq, phone) in self.ledger.untold(&self.id, batch.number).await? {
            match self.tell(batch, &Some(phone), seq).await {
                Ok(_) => {}
                Err(Error::Client(error)) => return Ok(Some(error)),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// The batches of which it is not known whether the vendor has them.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn in_doubt(&self) -> Result<Vec<InDoubt>, Error> {
        let batches = self.ledger.batches(&self.id).await?;
        let in_doubt = |batch: &Batch| matches!(batch.state, BatchState::Sending | BatchState::InDoubt);
        Ok(batches
            .into_iter()
            .filter(in_doubt)
            .map(|batch| InDoubt {
                name: batch.name,
                people: u64::try_from(batch.size).unwrap_or_default(),
                problem: batch.problem,
                needs_a_person: !self.backend.names_are_unique(),
            })
            .collect())
    }

    /// Says what a person has found out about a batch that is in doubt, by its name. **If the vendor has it
    /// after all, [`Settlement::NotCreated`] calls everybody in it twice.**
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] if no batch of this name is in doubt.
    pub async fn settle(&self, name: &str, settlement: Settlement) -> Result<(), Error> {
        let batches = self.ledger.batches(&self.id).await?;
        let number = batches.iter().find(|batch| batch.name == name).map(|batch| batch.number);
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        let batch = match number {
            Some(number) => writer.batch(&self.id, number).await?,
            None => None,
        };
        let in_doubt = |batch: &Batch| matches!(batch.state, BatchState::Sending | BatchState::InDoubt);
        let Some(batch) = batch.filter(in_doubt) else {
            return Err(Error::Unknown(format!("batch {name} that is in doubt")));
        };
        writer.batch_again(&self.id, batch.number).await?;
        match settlement {
            Settlement::Created(task) => writer.batch_created(&self.id, batch.number, Some(&task)).await?,
            Settlement::NotCreated => self.unsend(&mut writer, batch.number, 0).await?,
        }
        writer.commit().await
    }

    /// Removes what is personal of somebody: number, reference, all fields, records and messages; what became
    /// of the call stays as a count. A digest of the number stays, so that the same list loaded again does
    /// not call the person. At the vendor nothing is erased: [take the person out](Self::take_out) first, if
    /// there is still something to be called.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] if nobody has this reference; [`Error::InDoubt`] while it is not known whether the
    /// vendor has the person, which must not change before that, and while the vendor has still to be told
    /// that the person is taken out; [`Error::Io`] if the recording cannot be removed: then nothing is
    /// erased; [`Error::Ledger`]: if it says that the log could not be emptied, [`Ledger::forget_messages`]
    /// or any other erasure does that later.
    ///
    /// [`Ledger::forget_messages`]: crate::Ledger::forget_messages
    pub async fn erase(&self, reference: &str) -> Result<(), Error> {
        self.erase_one(reference).await?;
        self.ledger.forget_traces().await
    }

    async fn erase_one(&self, reference: &str) -> Result<(), Error> {
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        let unknown = || Error::Unknown("person of this reference".to_owned());
        let place = writer.place_of(&self.id, reference).await?.ok_or_else(unknown)?;
        let mut was_sent = false;
        if let Some(number) = place.batch
            && !self.dissolve(&mut writer, number).await?
            && let Some(batch) = writer.batch(&self.id, number).await?
        {
            // The vendor could not be told of a number that is not known any more.
            let is_followed = batch.state == BatchState::Created && !batch.is_over;
            if batch.is_unsent() || (place.is_untold && is_followed) {
                return Err(Error::InDoubt(batch.name));
            }
            was_sent = batch.state == BatchState::Created;
        }
        if !was_sent {
            writer.mark_taken_out(&self.id, place.seq).await?;
            writer.apply(&self.id, vec![Change::local(place.seq, Status::TakenOut)]).await?;
        }
        writer.erase_contact(&self.id, place.seq, reference).await?;
        writer.erase_messages(&self.id, place.seq).await?;
        // A file that the ledger does not know any more would stay for ever.
        if let Some(file) = writer.forget_recording(&self.id, place.seq).await? {
            match tokio::fs::remove_file(&file).await {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::Io { path: file, source: error });
                }
                Ok(()) | Err(_) => {}
            }
        }
        writer.commit().await
    }

    /// [Erases](Self::erase) everybody of this campaign, one by one. Counts and batches stay.
    ///
    /// # Errors
    ///
    /// [`Error::InDoubt`] while it is not known whether the vendor has a batch; [`Error::Ledger`].
    pub async fn erase_all(&self) -> Result<(), Error> {
        let mut seq = 0;
        loop {
            let references = self.ledger.references_after(&self.id, seq, 500).await?;
            let Some((last, _)) = references.last() else { return self.ledger.forget_traces().await };
            seq = *last;
            for (_, reference) in references {
                self.erase_one(&reference).await?;
            }
        }
    }
}

impl crate::ledger::Ledger {
    /// Removes messages of the vendor that came longer ago than this: those that were applied, and those of
    /// tasks that nobody knows. Messages still to be applied stay.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn forget_messages(&self, older_than: std::time::Duration) -> Result<u64, Error> {
        let age = i64::try_from(older_than.as_millis()).unwrap_or(i64::MAX);
        let mut writer = self.write().await?;
        let deleted = writer.delete_messages_before(self.now().saturating_sub(age)).await?;
        writer.commit().await?;
        self.forget_traces().await?;
        Ok(deleted)
    }
}
