//! Sending batches: each at most once, whatever dies when.

use airudder_client::Error as ClientError;
use airudder_client::types::TaskId;

use crate::backend::{Creation, Order};
use crate::campaign::Campaign;
use crate::error::Error;
use crate::ledger::{Batch, BatchState, CampaignState, Change, Stored, Writer};
use crate::outcome::Status;
use crate::progress::Progress;
use crate::settings::Settings;

/// The longest wait between two tries, in milliseconds.
const MAX_WAIT: i64 = 60_000;

impl Campaign {
    /// Works on a batch of which it is not certain that the vendor has it.
    pub(crate) async fn submit(
        &self,
        batch: &Batch,
        settings: &Settings,
        state: CampaignState,
        owner: &str,
    ) -> Result<Vec<Progress>, Error> {
        let may_send =
            state == CampaignState::Open && self.ledger.now() < self.plan.end().timestamp().as_millisecond();
        match batch.state {
            BatchState::Frozen if may_send => self.send(batch, settings, owner).await,
            BatchState::Frozen => self.drop_batch(batch, owner).await,
            BatchState::Sending | BatchState::InDoubt => {
                self.resolve(batch, settings, owner, may_send, state == CampaignState::Paused).await
            }
            BatchState::Created | BatchState::Refused | BatchState::Dropped => Ok(Vec::new()),
        }
    }

    async fn send(&self, batch: &Batch, settings: &Settings, owner: &str) -> Result<Vec<Progress>, Error> {
        let people = self.ledger.batch_contacts(&self.id, batch.number).await?;
        let contacts = people.iter().map(|stored| stored.contact.clone()).collect();
        let order = self.order(&batch.name, contacts, settings.upload_timeout);
        // From here on a crash leaves a batch that is in doubt.
        let mut writer = self.ledger.write().await?;
        if !writer.begin_sending(&self.id, batch, owner).await? {
            return Ok(Vec::new());
        }
        writer.commit().await?;
        match self.backend.create(&self.client, &order).await {
            Ok(Creation::Created { task, refused }) => {
                let problems = refused
                    .into_iter()
                    .filter_map(|(position, problem)| Some((people.get(position)?.seq, problem)));
                self.created(batch, Some(&task), problems.collect()).await
            }
            Ok(Creation::Found { task }) => self.created(batch, task.as_ref(), Vec::new()).await,
            Ok(Creation::InDoubt(error)) => self.put_in_doubt(batch, settings, &error).await,
            Err(error) => self.refused(batch, owner, &order, &people, error).await,
        }
    }

    async fn created(
        &self,
        batch: &Batch,
        task: Option<&TaskId>,
        refused: Vec<(i64, String)>,
    ) -> Result<Vec<Progress>, Error> {
        let mut writer = self.ledger.write().await?;
        writer.batch_created(&self.id, batch.number, task).await?;
        let change = |(seq, problem)| Change::local(seq, Status::Refused { problem });
        writer.apply(&self.id, refused.into_iter().map(change).collect()).await?;
        writer.commit().await?;
        let people = u64::try_from(batch.size).unwrap_or_default();
        Ok(vec![Progress::Submitted { name: batch.name.clone(), task: task.cloned(), people }])
    }

    async fn put_in_doubt(
        &self,
        batch: &Batch,
        settings: &Settings,
        error: &ClientError,
    ) -> Result<Vec<Progress>, Error> {
        tracing::warn!(batch = batch.name, %error, "in doubt");
        let problem = error.to_string();
        let due = self.ledger.now() + wait(batch.tries).min(settings.upload_timeout() / 4);
        let mut writer = self.ledger.write().await?;
        writer.put_batch(&self.id, batch.number, BatchState::InDoubt, due, Some(&problem)).await?;
        writer.commit().await?;
        let needs_a_person = !self.backend.names_are_unique();
        Ok(vec![Progress::InDoubt { name: batch.name.clone(), problem, needs_a_person }])
    }

    /// Nothing was created by this runner, for certain. Where it was so slow that the batch belongs to another
    /// by now, that one decides.
    async fn refused(
        &self,
        batch: &Batch,
        owner: &str,
        order: &Order,
        people: &[Stored],
        error: ClientError,
    ) -> Result<Vec<Progress>, Error> {
        let mut writer = self.ledger.write().await?;
        if !writer.belongs_to(&self.id, batch.number, owner).await? {
            return Ok(vec![Progress::trouble(&batch.name, &error)]);
        }
        if self.backend.is_about_people(&error) {
            let problem = error.to_string();
            writer.put_batch(&self.id, batch.number, BatchState::Refused, 0, Some(&problem)).await?;
            let refuse =
                |stored: &Stored| Change::local(stored.seq, Status::Refused { problem: problem.clone() });
            writer.apply(&self.id, people.iter().map(refuse).collect()).await?;
            writer.commit().await?;
            return Ok(vec![Progress::Refused { name: batch.name.clone(), problem }]);
        }
        let due = self.ledger.now() + wait(batch.tries);
        self.unsend(&mut writer, batch, due).await?;
        writer.commit().await?;
        if is_passing(&error) {
            return Ok(vec![Progress::trouble(&batch.name, &error)]);
        }
        match matches!(error, ClientError::Api(_)) {
            true => Err(Error::PlanRefused { name: order.name.clone(), source: error }),
            false => Err(error.into()),
        }
    }

    /// Nothing of the batch is at the vendor: it is as if nothing had been sent.
    async fn unsend(&self, writer: &mut Writer, batch: &Batch, due: i64) -> Result<(), Error> {
        writer.batch_again(&self.id, batch.number).await?;
        writer.put_batch(&self.id, batch.number, BatchState::Frozen, due, None).await
    }

    /// Finds out whether the vendor has the batch. It is sent again only if a look that is later than the
    /// time-out of the upload finds nothing, under the same name, and only if the vendor refuses a name that
    /// it has.
    async fn resolve(
        &self,
        batch: &Batch,
        settings: &Settings,
        owner: &str,
        may_send: bool,
        is_paused: bool,
    ) -> Result<Vec<Progress>, Error> {
        let looked_at = self.ledger.now();
        // Where the clock was turned, back or forward, the time is counted anew.
        if batch.sent.is_none_or(|sent| sent > looked_at) {
            let mut writer = self.ledger.write().await?;
            writer.sent_at_most_now(&self.id, batch.number).await?;
            writer.commit().await?;
        }
        let turned = self.ledger.turned().map_or(i64::MIN, |turned| turned.at);
        let sent = batch.sent.unwrap_or(looked_at).max(turned).min(looked_at);
        let is_decided = looked_at >= sent.saturating_add(settings.upload_timeout());
        let found = match self.backend.find(&self.client, &batch.name).await {
            Ok(found) => found,
            Err(error) => {
                let due = self.ledger.now() + wait(batch.tries);
                let mut writer = self.ledger.write().await?;
                writer.put_batch(&self.id, batch.number, BatchState::InDoubt, due, None).await?;
                writer.count_try(&self.id, batch.number).await?;
                if looked_at >= self.late(settings) {
                    writer.batch_over(&self.id, batch.number).await?;
                }
                writer.commit().await?;
                return Ok(vec![Progress::trouble(&batch.name, &error)]);
            }
        };
        if let Some(found) = found {
            return self.created(batch, found.id.as_ref(), Vec::new()).await;
        }
        if is_decided && self.backend.names_are_unique() && !is_paused {
            return match may_send {
                true => self.send(batch, settings, owner).await,
                false => self.drop_batch(batch, owner).await,
            };
        }
        let next = if is_decided { settings.poll_every() } else { settings.upload_timeout() / 4 };
        let decided_at = sent.saturating_add(settings.upload_timeout());
        let due = match is_decided {
            true => looked_at + next,
            false => decided_at.min(looked_at + next),
        };
        // Who was sending it has died, and could tell nobody.
        let (mut problem, mut progress) = (batch.problem.clone(), Vec::new());
        if batch.state == BatchState::Sending {
            let text = "whoever was sending it has gone".to_owned();
            problem = Some(text.clone());
            let needs_a_person = !self.backend.names_are_unique();
            progress.push(Progress::InDoubt { name: batch.name.clone(), problem: text, needs_a_person });
        }
        let mut writer = self.ledger.write().await?;
        writer.put_batch(&self.id, batch.number, BatchState::InDoubt, due, problem.as_deref()).await?;
        if looked_at >= self.late(settings) && is_decided {
            writer.batch_over(&self.id, batch.number).await?;
        }
        writer.commit().await?;
        Ok(progress)
    }

    /// It is never sent: nobody of it is called. That is so only while the batch belongs to this runner.
    async fn drop_batch(&self, batch: &Batch, owner: &str) -> Result<Vec<Progress>, Error> {
        let people = self.ledger.batch_contacts(&self.id, batch.number).await?;
        let mut writer = self.ledger.write().await?;
        if !writer.belongs_to(&self.id, batch.number, owner).await? {
            return Ok(Vec::new());
        }
        writer.put_batch(&self.id, batch.number, BatchState::Dropped, 0, None).await?;
        let change = |stored: &Stored| Change::local(stored.seq, Status::NotCalled);
        writer.apply(&self.id, people.iter().map(change).collect()).await?;
        writer.commit().await?;
        Ok(Vec::new())
    }
}

/// Whether a refusal passes by itself: a gateway, a limit, no connection.
fn is_passing(error: &ClientError) -> bool {
    matches!(error, ClientError::Transport(_) | ClientError::Timeout(_))
        || error.is_retryable()
        || error.is_transient()
        || error.http_status().is_some_and(|status| status == 429 || status >= 500)
}

/// The wait before the next try, in milliseconds: half a second, one, two ... a minute.
fn wait(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.clamp(0, 10)).unwrap_or_default();
    (500 << doublings).min(MAX_WAIT)
}
