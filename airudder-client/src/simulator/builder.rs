//! Options of a simulator.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::clock::{Clock, Moment};
use super::outcome::CallOutcome;
use super::world::Rules;
use super::{Settings, Simulator};
use crate::catalogue::{Endpoint, Webhook};
use crate::encryption::Key;

/// Options of a [`Simulator`], from [`Simulator::builder`].
#[derive(Clone)]
#[must_use = "nothing is started before `start`"]
pub struct SimulatorBuilder {
    rules: Rules,
    credentials: Option<(String, String)>,
    token_life: Option<Moment>,
    webhook_url: Option<String>,
    endpoints: Vec<&'static Endpoint>,
    webhooks: Vec<&'static Webhook>,
    overrides: HashMap<String, String>,
    business_line: Option<String>,
    encryption: Option<Key>,
    stateless: bool,
    speed: f64,
    starts_at: Option<Timestamp>,
}

impl fmt::Debug for SimulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorBuilder").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Default for SimulatorBuilder {
    fn default() -> Self {
        Self {
            rules: Rules {
                seed: 1,
                ignore_schedule: false,
                lines: 50,
                equal_numbers: 10,
                refuses: None,
                outcomes: None,
                recordings_as_links: false,
            },
            credentials: None,
            token_life: None,
            webhook_url: None,
            endpoints: Vec::new(),
            webhooks: Vec::new(),
            overrides: HashMap::new(),
            business_line: None,
            encryption: None,
            stateless: false,
            speed: 1.0,
            starts_at: None,
        }
    }
}

impl SimulatorBuilder {
    /// The seed of everything that is made up: ids, tokens, and how calls go. The same seed gives the same simulation.
    /// 1 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.rules.seed = seed;
        self
    }

    /// The only application key and secret that get a token. Unless set, all do.
    pub fn credentials(mut self, app_key: impl Into<String>, app_secret: impl Into<String>) -> Self {
        self.credentials = Some((app_key.into(), app_secret.into()));
        self
    }

    /// How long a token lives, on the simulator's clock. Unless set, as long as the spec says.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.token_life = Some(Moment::try_from(lifetime.as_millis()).unwrap_or(Moment::MAX));
        self
    }

    /// Where webhooks go, see [`Simulator::deliver_to`].
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }

    /// Further endpoints to answer, such as those of your own spec: checked against their fields, answered from their
    /// samples (or like the endpoint that they were derived from).
    pub fn endpoints(mut self, endpoints: &'static [Endpoint]) -> Self {
        self.endpoints.extend(endpoints);
        self
    }

    /// Further webhooks that [`Simulator::deliver`] knows.
    pub fn webhooks(mut self, webhooks: &'static [Webhook]) -> Self {
        self.webhooks.extend(webhooks);
        self
    }

    /// Answers an endpoint at this path instead of its own. Endpoints without a path are answered nowhere else.
    pub fn override_path(mut self, key: impl Into<String>, path: impl Into<String>) -> Self {
        self.overrides.insert(key.into(), path.into());
        self
    }

    /// The business line of the account, for instance `telemarketing`: of endpoints that share a path, the one of this
    /// section is meant. Unless set, the endpoint that a request fits best.
    pub fn business_line(mut self, section: impl Into<String>) -> Self {
        self.business_line = Some(section.into());
        self
    }

    /// The key of encrypted requests. A request with the header `Is-Encrypted: 1` is decrypted with it, its digest is
    /// checked, and its answer is encrypted, except where that is no JSON or HTTP 401. Requests in the clear are taken as
    /// well.
    pub fn encryption(mut self, key: Key) -> Self {
        self.encryption = Some(key);
        self
    }

    /// Keeps nothing: requests are checked, and all of them are answered from the spec's samples, whatever ids they name.
    pub fn stateless(mut self, stateless: bool) -> Self {
        self.stateless = stateless;
        self
    }

    /// How fast the clock runs, see [`Clock::set_speed`].
    pub fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// What time it is when the simulation begins; the real time unless set.
    pub fn starts_at(mut self, time: Timestamp) -> Self {
        self.starts_at = Some(time);
        self
    }

    /// Starts tasks at once, whatever schedule they have, and lets them run until everybody has been called.
    pub fn ignore_schedule(mut self, ignore: bool) -> Self {
        self.rules.ignore_schedule = ignore;
        self
    }

    /// How many calls of a task run at the same time; 50 unless set.
    pub fn lines(mut self, lines: usize) -> Self {
        self.rules.lines = lines.max(1);
        self
    }

    /// How often one number may stand in a list before code 10809 refuses it; 10 unless set. The vendor's threshold is
    /// not known.
    pub fn max_equal_numbers(mut self, times: usize) -> Self {
        self.rules.equal_numbers = times;
        self
    }

    /// Refuses the rows with these numbers although they are right by the spec, so that a task is created in part.
    pub fn refuse_numbers(mut self, refuses: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.rules.refuses = Some(Arc::new(refuses));
        self
    }

    /// Decides how calls go, by number and attempt (from 1). `None` leaves it to the seed.
    pub fn outcomes(
        mut self,
        decide: impl Fn(&str, u32) -> Option<CallOutcome> + Send + Sync + 'static,
    ) -> Self {
        self.rules.outcomes = Some(Arc::new(decide));
        self
    }

    /// Answers requests for recordings with JSON that has a link, in the place of the files themselves: which of the two
    /// the vendor does is not known. The links lead to another port, as to a foreign host.
    pub fn recordings_as_links(mut self, links: bool) -> Self {
        self.rules.recordings_as_links = links;
        self
    }

    /// Starts the simulator on a free port of 127.0.0.1. Needs a Tokio runtime with time and I/O.
    ///
    /// # Errors
    ///
    /// If no port can be had, or if a path was given for an endpoint that does not exist.
    pub async fn start(self) -> io::Result<Simulator> {
        let clock = Clock::new(self.starts_at.unwrap_or_else(Timestamp::now), self.speed);
        Simulator::run(Settings {
            clock,
            rules: self.rules,
            credentials: self.credentials,
            token_life: self.token_life,
            webhook_url: self.webhook_url,
            endpoints: self.endpoints,
            webhooks: self.webhooks,
            overrides: self.overrides,
            business_line: self.business_line,
            encryption: self.encryption,
            stateless: self.stateless,
        })
        .await
    }
}
