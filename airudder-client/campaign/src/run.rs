//! Running a campaign: submitting, following, handing out, until everybody has an outcome.

mod runner;
mod running;

use std::fmt;
use std::time::Duration;

use airudder_client::jiff::Timestamp;
use tokio::sync::{mpsc, watch};

use self::runner::Runner;
pub use self::running::Running;
use crate::campaign::Campaign;
use crate::clock::Clock;
use crate::error::Error;
use crate::inbox::Inbox;
use crate::ledger::{Batch, CampaignState};
use crate::settings::Settings;

/// What a program may leave untaken.
const CHANNEL: usize = 256;

/// How a campaign is run. Made by [`Campaign::run`].
#[must_use = "nothing is done before `start`"]
pub struct Run {
    campaign: Campaign,
    settings: Settings,
    inbox: Option<Inbox>,
    is_confirmed: bool,
    on_signals: bool,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("campaign", &self.campaign).finish_non_exhaustive()
    }
}

impl Campaign {
    /// Runs the campaign: sends what was not sent, follows what was, until everybody has an outcome or the
    /// window is over. **It calls people**, and says [`Error::NotConfirmed`] unless
    /// [`confirmed`](Run::confirmed).
    ///
    /// After a crash the same again goes on where it was. Several runners, in one process or several, share
    /// the work.
    pub fn run(&self) -> Run {
        Run {
            campaign: self.clone(),
            settings: Settings::default(),
            inbox: None,
            is_confirmed: false,
            on_signals: false,
        }
    }
}

impl Run {
    /// People may be called: somebody has seen whom and how many ([`Campaign::dry_run`]), or the client talks
    /// to a simulator.
    pub fn confirmed(mut self) -> Self {
        self.is_confirmed = true;
        self
    }

    /// Applies the messages of this inbox as soon as they come. Messages that another process stores are
    /// found within a quarter of a second without it.
    pub fn inbox(mut self, inbox: &Inbox) -> Self {
        self.inbox = Some(inbox.clone());
        self
    }

    /// How often each task is read; every minute unless set. Messages make it faster and are not needed.
    pub fn poll_every(mut self, pause: Duration) -> Self {
        self.settings.poll = pause;
        self
    }

    /// How long a request with a list may take; 150 seconds unless set. So long after it was last on its way,
    /// a request of which nothing was heard counts as ended.
    pub fn upload_timeout(mut self, timeout: Duration) -> Self {
        self.settings.upload_timeout = timeout;
        self
    }

    /// How long after the end of the window outcomes are waited for; 15 minutes unless set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.settings.grace = grace;
        self
    }

    /// After how long the work of a runner that died is taken over; 20 seconds unless set.
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// How many batches are worked on at the same time; 4 unless set.
    pub fn concurrency(mut self, batches: usize) -> Self {
        self.settings.concurrency = batches.max(1);
        self
    }

    /// Takes the time from this clock and not from the system's: for tests on a clock that is turned, as a
    /// simulator's can be. On PostgreSQL the database's clock counts, and this one only between two looks at
    /// it.
    pub fn clock(mut self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.campaign.ledger = self.campaign.ledger.by_clock(Clock::new(now));
        self
    }

    /// SIGINT (Ctrl-C) and SIGTERM end the run as [`Running::interrupt`] does.
    pub fn until_signal(mut self) -> Self {
        self.on_signals = true;
        self
    }

    /// Begins. The work goes on by itself; what it tells is taken from the stream.
    ///
    /// # Errors
    ///
    /// [`Error::NotConfirmed`], with what would be sent, if anything is to be sent; [`Error::Client`] if
    /// nothing was sent yet and the vendor cannot even be asked; [`Error::Ledger`].
    pub async fn start(mut self) -> Result<Running, Error> {
        self.campaign.ledger.set_clock().await?;
        let (plan, state) = self.campaign.stored().await?;
        self.campaign.plan = plan;
        let campaign = &self.campaign;
        // After a stop nothing is sent.
        if !self.is_confirmed && state != CampaignState::Stopped {
            let preview = campaign.dry_run(|_| {}).await?;
            if preview.people > 0 {
                return Err(Error::NotConfirmed(Box::new(preview)));
            }
        }
        campaign.freeze().await?;
        if campaign.ledger.now() < campaign.late(&self.settings) {
            campaign.reopen_late().await?;
        }
        // Wrong credentials and an address where nobody answers are told at once, and not batch by batch.
        let batches = campaign.ledger.batches(&campaign.id).await?;
        if !batches.is_empty() && batches.iter().all(Batch::is_untouched) {
            campaign.backend.reach(&campaign.client).await?;
        }
        let (progress, receiver) = mpsc::channel(CHANNEL);
        let (done, taken) = mpsc::unbounded_channel();
        let (interrupt, interrupted) = watch::channel(false);
        if self.on_signals {
            tokio::spawn(interrupt_on_signal(interrupt.clone()));
        }
        let runner = Runner::new(self.campaign, self.settings, self.inbox, progress, taken, interrupted);
        Ok(Running::new(receiver, done, interrupt, tokio::spawn(runner.run())))
    }
}

async fn interrupt_on_signal(interrupt: watch::Sender<bool>) {
    let ended = interrupt.clone();
    tokio::select! {
        () = signal() => { let _ = interrupt.send(true); }
        // The run is over.
        () = async { ended.closed().await } => {}
    }
}

#[cfg(unix)]
async fn signal() {
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
