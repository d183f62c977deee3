//! Sending batches: each at most once, whatever dies when.

use airudder_client::Error as ClientError;
use airudder_client::types::TaskId;

use crate::backend::{Creation, Order};
use crate::campaign::{Campaign, read_plan};
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
        let (state, plan) = writer.lock_plan(&self.id).await?;
        if state != CampaignState::Open || read_plan(&self.id, &plan)? != *self.plan {
            return self.look_again(writer, owner).await;
        }
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
            Ok(Creation::InDoubt(error)) => self.put_in_doubt(batch, owner, settings, &error).await,
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
        owner: &str,
        settings: &Settings,
        error: &ClientError,
    ) -> Result<Vec<Progress>, Error> {
        tracing::warn!(batch = batch.name, %error, "in doubt");
        let problem = error.to_string();
        let due = self.ledger.now() + wait(batch.tries).min(settings.upload_timeout() / 4);
        let mut writer = self.ledger.write().await?;
        if !writer.belongs_to(&self.id, batch.number, owner).await? {
            return Ok(Vec::new());
        }
        writer.put_batch(&self.id, batch.number, BatchState::InDoubt, due, Some(&problem)).await?;
        writer.commit().await?;
        let needs_a_person = !self.backend.names_are_unique();
        Ok(vec![Progress::InDoubt { name: batch.name.clone(), problem, needs_a_person }])
    }

    /// Nothing was created by this runner, for certain. Where it was so slow that the batch belongs to
    /// another by now, that one decides.
    async fn refused(
        &self,
        batch: &Batch,
        owner: &str,
        order: &Order,
        people: &[Stored],
        error: ClientError,
    ) -> Result<Vec<Progress>, Error> {
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        if !writer.belongs_to(&self.id, batch.number, owner).await? {
            return Ok(vec![Progress::trouble(&batch.name, &error)]);
        }
        // An earlier request may have reached the vendor. The refusal of another says nothing about that.
        if !batch.is_untouched() {
            let (name, problem) = (batch.name.clone(), error.to_string());
            let due = self.ledger.now() + wait(batch.tries);
            writer.put_batch(&self.id, batch.number, BatchState::InDoubt, due, Some(&problem)).await?;
            writer.commit().await?;
            return Ok(vec![match is_passing(&error) {
                true => Progress::trouble(&name, &error),
                // It will be refused again. Where nothing was created before, a person can say so.
                false => Progress::InDoubt { name, problem, needs_a_person: true },
            }]);
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
        self.unsend(&mut writer, batch.number, due).await?;
        writer.commit().await?;
        if is_passing(&error) {
            return Ok(vec![Progress::trouble(&batch.name, &error)]);
        }
        match matches!(error, ClientError::Api(_)) {
            true => Err(Error::PlanRefused { name: order.name.clone(), source: error }),
            false => Err(error.into()),
        }
    }

    /// Nothing of the batch is at the vendor: it is as if nothing had been sent. Where somebody was taken out
    /// meanwhile, the others are frozen anew. The campaign must be locked.
    pub(crate) async fn unsend(&self, writer: &mut Writer, number: i64, due: i64) -> Result<(), Error> {
        let taken_out = writer.taken_out_of(&self.id, number).await?;
        if taken_out.is_empty() {
            return writer.batch_unsent(&self.id, number, due).await;
        }
        let change = |seq| Change::local(seq, Status::TakenOut);
        writer.apply(&self.id, taken_out.into_iter().map(change).collect()).await?;
        writer.empty_batch(&self.id, number).await?;
        writer.delete_batch(&self.id, number).await
    }

    /// What is wanted of the campaign has changed since the batch was taken: it is given free as it is.
    async fn look_again(&self, mut writer: Writer, owner: &str) -> Result<Vec<Progress>, Error> {
        writer.free_batches(&self.id, owner).await?;
        writer.commit().await?;
        Ok(Vec::new())
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
                if !writer.belongs_to(&self.id, batch.number, owner).await? {
                    return Ok(Vec::new());
                }
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
        if !writer.belongs_to(&self.id, batch.number, owner).await? {
            return Ok(Vec::new());
        }
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
        let (state, plan) = writer.lock_plan(&self.id).await?;
        let end = read_plan(&self.id, &plan)?.end().timestamp().as_millisecond();
        if state != CampaignState::Stopped && self.ledger.now() < end {
            return self.look_again(writer, owner).await;
        }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use airudder_client::Client;
    use airudder_client::jiff::{SignedDuration, ToSpan as _, Zoned};

    use super::*;
    use crate::ledger::{Counts, Lease, Ledger, Rank};
    use crate::person::Person;
    use crate::plan::Plan;
    use crate::{Collection, TakenOut};

    /// A batch of three that a runner has taken, at an address where nobody answers.
    async fn taken(folder: &tempfile::TempDir, plan: Plan) -> (Campaign, Batch) {
        let ledger = Ledger::open(folder.path().join("ledger")).await.unwrap();
        let client = Client::builder().credentials("key", "secret").base_url("http://127.0.0.1:9");
        let client = client.build().unwrap();
        let campaign = Campaign::open(&ledger, &client, Collection, "first", plan).await.unwrap();
        let person = |n: usize| {
            Person::new(format!("+62812{n:08}"))
                .reference(format!("r{n}"))
                .field("Debtor", "Jane Doe")
                .field("LoanDate", "2026-02-01")
                .field("DueDate", "2026-03-03")
                .field("LoanAmount", 300_000)
                .field("Arrears", 321_000)
        };
        let people: Vec<Person> = (0..3).map(person).collect();
        assert_eq!(campaign.add(&people).await.unwrap().accepted, 3);
        campaign.freeze().await.unwrap();
        let batch = claim(&campaign).await;
        (campaign, batch)
    }

    async fn claim(campaign: &Campaign) -> Batch {
        let mut writer = campaign.ledger.write().await.unwrap();
        let now = campaign.ledger.now();
        let lease = Lease { until: now + 60_000, over: now, far: now + 600_000 };
        let batch = writer.claim_batch("first", "runner/1", lease, true).await.unwrap().unwrap();
        writer.commit().await.unwrap();
        batch
    }

    fn plan(ends_in: SignedDuration) -> Plan {
        let now = Zoned::now();
        Plan::new("robot", "LINE", &now.checked_sub(2.hours()).unwrap(), &now.checked_add(ends_in).unwrap())
    }

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    async fn batches(campaign: &Campaign) -> Vec<Batch> {
        campaign.ledger.batches("first").await.unwrap()
    }

    async fn submit(campaign: &Campaign, batch: &Batch) -> Vec<Progress> {
        campaign.submit(batch, &Settings::default(), CampaignState::Open, "runner/1").await.unwrap()
    }

    /// The plan of the campaign behind the back of whoever has opened it.
    async fn change_plan(campaign: &Campaign, plan: &Plan) {
        let mut writer = campaign.ledger.write().await.unwrap();
        writer.set_plan("first", &serde_json::to_string(plan).unwrap()).await.unwrap();
        writer.commit().await.unwrap();
    }

    #[tokio::test]
    async fn nothing_is_sent_by_a_plan_or_in_a_state_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, batch) = taken(&folder, plan(HOUR)).await;
        change_plan(&campaign, &plan(HOUR * 2)).await;
        assert!(submit(&campaign, &batch).await.is_empty());
        // It was given free.
        let batch = claim(&campaign).await;
        assert!(batch.is_untouched());
        change_plan(&campaign, campaign.plan()).await;
        campaign.pause().await.unwrap();
        assert!(submit(&campaign, &batch).await.is_empty());
        assert!(claim(&campaign).await.is_untouched());
    }

    #[tokio::test]
    async fn nobody_is_put_into_a_batch_by_a_plan_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, _) = taken(&folder, plan(HOUR)).await;
        change_plan(&campaign, &plan(HOUR * 2)).await;
        let late = Person::new("+6281299999999").reference("late");
        assert_eq!(campaign.add(&[late]).await.unwrap().accepted, 1);
        campaign.freeze().await.unwrap();
        assert_eq!(batches(&campaign).await.len(), 1);
        change_plan(&campaign, campaign.plan()).await;
        campaign.freeze().await.unwrap();
        assert_eq!(batches(&campaign).await.len(), 2);
    }

    #[tokio::test]
    async fn nobody_is_given_up_by_a_plan_of_before() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, batch) = taken(&folder, plan(-HOUR)).await;
        change_plan(&campaign, &plan(HOUR)).await;
        assert!(submit(&campaign, &batch).await.is_empty());
        assert_eq!(batches(&campaign).await[0].state, BatchState::Frozen);
        campaign.pause().await.unwrap();
        assert!(submit(&campaign, &claim(&campaign).await).await.is_empty());
        assert_eq!(batches(&campaign).await[0].state, BatchState::Frozen);
        assert_eq!(campaign.counts().await.unwrap(), Counts { people: 3, ..Counts::default() });
    }

    #[tokio::test]
    async fn a_batch_that_the_vendor_has_after_all_has_outcomes_and_three_reads() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, batch) = taken(&folder, plan(-HOUR)).await;
        submit(&campaign, &batch).await;
        assert_eq!(campaign.counts().await.unwrap().by_status["not_called"], 3);
        campaign.created(&batch, Some(&TaskId::from("task")), Vec::new()).await.unwrap();
        assert_eq!(batches(&campaign).await[0].tries, 1);
        let mut writer = campaign.ledger.write().await.unwrap();
        let said = Change { rank: Rank::Said, happened: 1, ..Change::local(2, Status::Finished) };
        writer.apply("first", vec![said]).await.unwrap();
        writer.commit().await.unwrap();
        let counts = campaign.counts().await.unwrap();
        assert_eq!((counts.outcomes, counts.by_status["finished"]), (1, 1));
    }

    #[tokio::test]
    async fn a_refused_batch_waits_longer_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, batch) = taken(&folder, plan(HOUR)).await;
        let mut writer = campaign.ledger.write().await.unwrap();
        assert!(writer.begin_sending("first", &batch, "runner/1").await.unwrap());
        campaign.unsend(&mut writer, batch.number, 0).await.unwrap();
        writer.commit().await.unwrap();
        let again = &batches(&campaign).await[0];
        assert_eq!((again.tries, again.is_untouched()), (1, true));
        assert_eq!(campaign.take_out("r1").await.unwrap(), TakenOut::BeforeAnythingWasSent);
    }

    #[tokio::test]
    async fn what_is_said_of_somebody_who_was_erased_is_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (campaign, batch) = taken(&folder, plan(HOUR)).await;
        campaign.created(&batch, Some(&TaskId::from("task")), Vec::new()).await.unwrap();
        campaign.erase("r1").await.unwrap();
        let mut writer = campaign.ledger.write().await.unwrap();
        let said = |seq| Change {
            rank: Rank::Said,
            happened: 1,
            raw: serde_json::json!({"Mobile": seq}),
            ..Change::local(seq, Status::Finished)
        };
        writer.apply("first", (1..=3).map(said).collect()).await.unwrap();
        assert_eq!(writer.erased("first", 1..=3).await.unwrap(), [2].into());
        writer.commit().await.unwrap();
        let outcomes = campaign.outcomes(0, 10).await.unwrap();
        let kept: Vec<bool> = outcomes.iter().map(|(_, outcome)| !outcome.raw.is_null()).collect();
        assert_eq!(kept, [true, false, true]);
    }
}
