//! The work of a run.

use std::collections::{BTreeMap, HashSet};
use std::future::Future;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::running::Handed;
use crate::campaign::Campaign;
use crate::error::{Error, LedgerProblem};
use crate::inbox::{self, Inbox};
use crate::ledger::{Batch, BatchState, CampaignState};
use crate::progress::{Progress, Report};
use crate::settings::Settings;

/// The longest time between two looks at the ledger.
const TICK: Duration = Duration::from_millis(250);
/// How often it is told how the campaign stands, at most.
const STANDING: Duration = Duration::from_secs(1);
/// How often messages are looked for whose task became known in the moment in which they came.
const SWEEP: Duration = Duration::from_secs(5);
/// How many leases long a program may work on one outcome before another runner hands it out too.
const WORK: u32 = 10;
/// Outcomes that are handed out at once.
const OUTCOMES: u32 = 200;

/// Does the work of a run.
pub(super) struct Runner {
    campaign: Campaign,
    settings: Settings,
    inbox: Option<Inbox>,
    owner: String,
    /// How many batches it has taken.
    claims: u64,
    progress: mpsc::Sender<(Progress, Option<Handed>)>,
    /// Outcomes with which the program is done.
    taken: mpsc::UnboundedReceiver<Handed>,
    /// Those of them that are to be written down.
    returned: Vec<Handed>,
    /// Outcomes with which it is not done yet.
    handed: HashSet<Handed>,
    /// When the right to hand out was last taken, or kept.
    renewed: Option<Instant>,
    /// When the program was last done with an outcome, or had none.
    taking: Instant,
    interrupted: watch::Receiver<bool>,
}

type Jobs = JoinSet<Result<Vec<Progress>, Error>>;

impl Runner {
    pub(super) fn new(
        campaign: Campaign,
        settings: Settings,
        inbox: Option<Inbox>,
        progress: mpsc::Sender<(Progress, Option<Handed>)>,
        taken: mpsc::UnboundedReceiver<Handed>,
        interrupted: watch::Receiver<bool>,
    ) -> Self {
        let owner = format!("{}-{:08x}", std::process::id(), fastrand::u32(..));
        let (returned, handed) = (Vec::new(), HashSet::new());
        let (claims, renewed, taking) = (0, None, Instant::now());
        Self {
            campaign,
            settings,
            inbox,
            owner,
            claims,
            progress,
            taken,
            returned,
            handed,
            renewed,
            taking,
            interrupted,
        }
    }

    pub(super) async fn run(mut self) -> Result<Report, Error> {
        let mut jobs = Jobs::new();
        let result = self.work(&mut jobs).await;
        // What is on its way comes to its end, so that the next run knows what became of it.
        let mut result = result;
        while let Some(done) = jobs.join_next().await {
            match (done, &result) {
                (Ok(Ok(progress)), _) => self.tell(progress).await,
                (Ok(Err(error)), Ok(_)) => result = Err(error),
                (Ok(Err(_)) | Err(_), _) => {}
            }
        }
        self.write_down_taken().await?;
        if let Ok(mut writer) = self.campaign.ledger.write().await {
            writer.free_batches(&self.campaign.id, &self.owner).await?;
            writer.free_handing_out(&self.campaign.id, &self.owner).await?;
            writer.commit().await?;
        }
        let is_interrupted = result?;
        let mut without = BTreeMap::new();
        let mut seq = 0;
        loop {
            let some = self.campaign.ledger.without_outcome_after(&self.campaign.id, seq, 1_000).await?;
            let Some((last, ..)) = some.last() else { break };
            seq = *last;
            for (_, _, why) in some {
                *without.entry(why).or_default() += 1;
            }
        }
        Ok(Report { counts: self.campaign.counts().await?, without, is_interrupted })
    }

    /// Works until there is nothing to do (false) or it is interrupted (true).
    async fn work(&mut self, jobs: &mut Jobs) -> Result<bool, Error> {
        let (mut stood, mut swept) = (Instant::now(), Instant::now());
        let mut pause = STANDING;
        let mut standing = None;
        loop {
            if *self.interrupted.borrow() {
                return Ok(true);
            }
            let state = self.state().await?;
            if self.campaign.ledger.has_unbatched(&self.campaign.id).await? {
                match state {
                    CampaignState::Open => self.campaign.freeze().await?,
                    // Nobody of them is called any more.
                    CampaignState::Paused if self.is_over() => self.campaign.freeze().await?,
                    CampaignState::Paused => {}
                    CampaignState::Stopped => self.campaign.leave_uncalled().await?,
                }
            }
            while jobs.len() < self.settings.concurrency {
                let Some((batch, owner)) = self.claim(state).await? else { break };
                jobs.spawn(work_on(self.campaign.clone(), self.settings.clone(), batch, state, owner));
            }
            while passing(inbox::apply_some(&self.campaign.ledger, self.campaign.backend.as_ref()).await)? {}
            if swept.elapsed() >= SWEEP {
                swept = Instant::now();
                self.wake_missed().await?;
            }
            let handed_out = self.hand_out().await?;
            if stood.elapsed() >= pause && self.progress.capacity() > 0 {
                let began = Instant::now();
                let counts = self.campaign.counts().await?;
                // A large campaign is counted less often: that costs a twentieth of the time at most.
                pause = STANDING.max(began.elapsed() * 20);
                stood = Instant::now();
                if standing.as_ref() != Some(&counts) {
                    self.tell(vec![Progress::Standing(counts.clone())]).await;
                    standing = Some(counts);
                }
            }
            if handed_out {
                continue;
            }
            if jobs.is_empty() && self.nothing_is_left().await? {
                self.wake_missed().await?;
                if self.campaign.ledger.has_new_messages().await? {
                    continue;
                }
                self.tell(vec![Progress::Standing(self.campaign.counts().await?)]).await;
                return Ok(false);
            }
            tokio::select! {
                done = jobs.join_next(), if !jobs.is_empty() => match done {
                    // The lease of the batch ends, and it is worked on again.
                    Some(Ok(progress)) => self.tell(passing(progress)?).await,
                    Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
                    Some(Err(_)) | None => {}
                },
                () = something_stored(self.inbox.as_ref()) => {}
                Some(handed) = self.taken.recv() => self.returned.push(handed),
                _ = self.interrupted.changed() => {}
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// What is wanted of the campaign. Another process may have changed it, and the plan.
    async fn state(&mut self) -> Result<CampaignState, Error> {
        let (plan, state) = self.campaign.stored().await?;
        self.campaign.plan = plan;
        Ok(state)
    }

    /// Whether the window is over.
    fn is_over(&self) -> bool {
        self.campaign.ledger.now() >= self.campaign.plan.end().timestamp().as_millisecond()
    }

    /// A batch to work on, and who has it: each time another, so that work that was given up meanwhile is not
    /// taken for that which is done now.
    async fn claim(&mut self, state: CampaignState) -> Result<Option<(Batch, String)>, Error> {
        let (ledger, id) = (&self.campaign.ledger, &self.campaign.id);
        ledger.set_clock().await?;
        // A pause holds up what would be sent; when the window is over it is dropped all the same.
        let may_submit = state != CampaignState::Paused || self.is_over();
        let lease = ledger.new_lease(&self.settings);
        if !ledger.has_due(id, lease.far).await? {
            return Ok(None);
        }
        self.claims += 1;
        let owner = format!("{}/{}", self.owner, self.claims);
        let mut writer = ledger.write().await?;
        let batch = writer.claim_batch(id, &owner, lease, may_submit).await?;
        writer.commit().await?;
        Ok(batch.map(|batch| (batch, owner)))
    }

    /// Hands out outcomes that nobody was told of. True if there may be more.
    async fn hand_out(&mut self) -> Result<bool, Error> {
        self.write_down_taken().await?;
        let (ledger, id) = (&self.campaign.ledger, &self.campaign.id);
        // What the program has not done yet comes again, and is passed over.
        let limit = OUTCOMES + u32::try_from(self.handed.len()).unwrap_or(u32::MAX - OUTCOMES);
        let mut outcomes = ledger.unhandled(id, limit).await?;
        outcomes.retain(|(seq, version, _)| !self.handed.contains(&(*seq, *version)));
        // While the program is at work on some, nobody else hands them out. Where it takes none, another may.
        let since = self.renewed.map(|renewed| renewed.elapsed());
        if self.handed.is_empty() {
            self.taking = Instant::now();
        }
        let must_renew = self.taking.elapsed() < self.settings.lease * WORK
            && !self.handed.is_empty()
            && since.is_none_or(|since| since >= self.settings.lease / 4);
        if outcomes.is_empty() && !must_renew {
            return Ok(false);
        }
        let mut writer = ledger.write().await?;
        let lease = ledger.new_lease(&self.settings);
        let is_mine = writer.take_handing_out(id, &self.owner, lease).await?;
        writer.commit().await?;
        self.renewed = is_mine.then(Instant::now);
        if !is_mine || outcomes.is_empty() {
            return Ok(false);
        }
        // Until now another may have handed out what was read here.
        if since.is_none_or(|since| since >= self.settings.lease) {
            outcomes = ledger.unhandled(id, limit).await?;
            outcomes.retain(|(seq, version, _)| !self.handed.contains(&(*seq, *version)));
        }
        // What the program is slow to take must not keep batches waiting.
        let room = self.progress.capacity();
        let is_full = outcomes.len() > room || outcomes.len() >= OUTCOMES as usize;
        for (seq, version, outcome) in outcomes.into_iter().take(room) {
            let item = (Progress::Outcome(Box::new(outcome)), Some((seq, version)));
            if self.progress.send(item).await.is_ok() {
                self.handed.insert((seq, version));
            }
        }
        Ok(is_full && room > 0)
    }

    /// Outcomes with which the program is done are not handed out again.
    async fn write_down_taken(&mut self) -> Result<(), Error> {
        while let Ok(handed) = self.taken.try_recv() {
            self.returned.push(handed);
        }
        if self.returned.is_empty() {
            return Ok(());
        }
        let mut writer = self.campaign.ledger.write().await?;
        writer.handled(&self.campaign.id, &self.returned).await?;
        writer.commit().await?;
        self.taking = Instant::now();
        for handed in self.returned.drain(..) {
            self.handed.remove(&handed);
        }
        Ok(())
    }

    /// Messages whose task became known in the moment in which they were put aside are looked at again.
    async fn wake_missed(&self) -> Result<(), Error> {
        let mut writer = self.campaign.ledger.write().await?;
        writer.wake_missed_messages().await?;
        writer.commit().await
    }

    async fn nothing_is_left(&self) -> Result<bool, Error> {
        let (ledger, id) = (&self.campaign.ledger, &self.campaign.id);
        Ok(!ledger.has_open_batches(id).await?
            && !ledger.has_unbatched(id).await?
            && !ledger.has_new_messages().await?
            && ledger.unhandled(id, 1).await?.is_empty())
    }

    async fn tell(&self, progress: Vec<Progress>) {
        for progress in progress {
            // Nobody need listen.
            let _ = self.progress.send((progress, None)).await;
        }
    }
}

/// Whoever waited too long for another, on a database that many use, tries again.
fn passing<T: Default>(result: Result<T, Error>) -> Result<T, Error> {
    match result {
        Err(Error::Ledger(error)) if error.problem() == LedgerProblem::Locked => {
            tracing::warn!(%error, "tried again later");
            Ok(T::default())
        }
        other => other,
    }
}

async fn something_stored(inbox: Option<&Inbox>) {
    match inbox {
        Some(inbox) => inbox.something_stored().await,
        None => std::future::pending().await,
    }
}

/// Works on a batch, and keeps it meanwhile.
async fn work_on(
    campaign: Campaign,
    settings: Settings,
    batch: Batch,
    state: CampaignState,
    owner: String,
) -> Result<Vec<Progress>, Error> {
    let work = async {
        match batch.state {
            BatchState::Created => campaign.follow(&batch, &settings, state).await,
            BatchState::Frozen
            | BatchState::Sending
            | BatchState::InDoubt
            | BatchState::Refused
            | BatchState::Dropped => campaign.submit(&batch, &settings, state, &owner).await,
        }
    };
    let keep = async {
        loop {
            tokio::time::sleep(settings.lease / 4).await;
            campaign.ledger.set_clock().await?;
            let mut writer = campaign.ledger.write().await?;
            let until = campaign.ledger.now() + settings.lease();
            writer.keep_batch(&campaign.id, batch.number, &owner, until).await?;
            writer.commit().await?;
        }
    };
    // If the lease cannot be kept the work goes on: it is safe without, see `Campaign::resolve`.
    let keep = async {
        let kept: Result<(), Error> = keep.await;
        if let Err(error) = kept {
            tracing::warn!(%error, "the lease of a batch could not be kept");
        }
        std::future::pending::<()>().await;
    };
    finish_first(work, keep).await
}

async fn finish_first<T>(work: impl Future<Output = T>, other: impl Future<Output = ()>) -> T {
    tokio::pin!(work, other);
    tokio::select! {
        done = &mut work => done,
        () = &mut other => work.await,
    }
}
