//! Options of a simulator.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use airudder_client::catalogue::{Endpoint, Webhook};
use airudder_client::encryption::Key;
use jiff::Timestamp;

use crate::clock::Moment;
use crate::simulator::{Settings, Simulator};
use crate::state::outcome::CallOutcome;
use crate::world::Rules;

/// Options of a [`Simulator`], from [`Simulator::builder`].
#[derive(Clone)]
#[must_use = "nothing is started before `start`"]
pub struct SimulatorBuilder {
    settings: Settings,
}

impl fmt::Debug for SimulatorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimulatorBuilder").field("rules", &self.settings.rules).finish_non_exhaustive()
    }
}

impl Default for SimulatorBuilder {
    fn default() -> Self {
        Self {
            settings: Settings {
                address: (Ipv4Addr::LOCALHOST, 0).into(),
                one_port: false,
                state_file: None,
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
                busy_speed: None,
                starts_at: None,
            },
        }
    }
}

impl Simulator {
    /// Starts a simulator with the usual options on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Options, and then [`start`](SimulatorBuilder::start).
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder::default()
    }
}

impl SimulatorBuilder {
    /// Where to listen; a free port of 127.0.0.1 unless set. **The simulator protects nothing**: at an
    /// address that is no loopback address everybody who reaches it can read all that it was told.
    pub fn address(mut self, address: impl Into<SocketAddr>) -> Self {
        self.settings.address = address.into();
        self
    }

    /// Serves recordings on the port of the API. Unless set they lie on another one, as on a foreign host.
    pub fn one_port(mut self, one_port: bool) -> Self {
        self.settings.one_port = one_port;
        self
    }

    /// Where the state is kept from one run to the next. A file that is there is read when the simulator
    /// starts; it is written every second in which something happened, before what calls people is answered,
    /// and when the simulator is dropped: as a whole or not at all, and readable for its owner alone.
    /// Simulated time goes on from where it was, or from the real time if that is later.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.settings.state_file = Some(path.into());
        self
    }

    /// How fast the clock runs while something is to come; the rest of the time it runs at
    /// [`speed`](Self::speed). [`Clock::set_speed`](crate::Clock::set_speed) has no lasting effect then.
    pub fn busy_speed(mut self, speed: f64) -> Self {
        self.settings.busy_speed = Some(speed);
        self
    }

    /// The seed of everything that is made up: ids, tokens, and how calls go. The same seed gives the same
    /// simulation. 1 unless set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.rules.seed = seed;
        self
    }

    /// The only application key and secret that get a token. Unless set, all do.
    pub fn credentials(mut self, app_key: impl Into<String>, app_secret: impl Into<String>) -> Self {
        self.settings.credentials = Some((app_key.into(), app_secret.into()));
        self
    }

    /// How long a token lives, on the simulator's clock. Unless set, as long as the spec says.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_life = Some(Moment::try_from(lifetime.as_millis()).unwrap_or(Moment::MAX));
        self
    }

    /// Where webhooks go, see [`Simulator::deliver_to`].
    pub fn webhook_url(mut self, url: impl Into<String>) -> Self {
        self.settings.webhook_url = Some(url.into());
        self
    }

    /// Further endpoints to answer, such as those of your own spec: checked against their fields, answered
    /// from their samples (or like the endpoint that they were derived from).
    pub fn endpoints(mut self, endpoints: &'static [&'static Endpoint]) -> Self {
        self.settings.endpoints.extend(endpoints);
        self
    }

    /// Further webhooks that [`Simulator::deliver`] knows.
    pub fn webhooks(mut self, webhooks: &'static [&'static Webhook]) -> Self {
        self.settings.webhooks.extend(webhooks);
        self
    }

    /// Answers an endpoint at this path instead of its own. Endpoints without a path are answered nowhere
    /// else.
    pub fn override_path(mut self, key: impl Into<String>, path: impl Into<String>) -> Self {
        self.settings.overrides.insert(key.into(), path.into());
        self
    }

    /// The business line of the account, for instance `telemarketing`: of endpoints that share a path, the
    /// one of this section is meant. Unless set, the endpoint that a request fits best.
    pub fn business_line(mut self, section: impl Into<String>) -> Self {
        self.settings.business_line = Some(section.into());
        self
    }

    /// The key of encrypted requests. A request with the header `Is-Encrypted: 1` is decrypted with it, its
    /// digest is checked, and its answer is encrypted, except where that is no JSON or HTTP 401. Requests in
    /// the clear are taken as well.
    pub fn encryption(mut self, key: Key) -> Self {
        self.settings.encryption = Some(key);
        self
    }

    /// Keeps nothing: requests are checked, and all of them are answered from the spec's samples, whatever
    /// ids they name.
    pub fn stateless(mut self, stateless: bool) -> Self {
        self.settings.stateless = stateless;
        self
    }

    /// How fast the clock runs, see [`Clock::set_speed`](crate::Clock::set_speed).
    pub fn speed(mut self, speed: f64) -> Self {
        self.settings.speed = speed;
        self
    }

    /// What time it is when the simulation begins; the real time unless set.
    pub fn starts_at(mut self, time: Timestamp) -> Self {
        self.settings.starts_at = Some(time);
        self
    }

    /// Starts tasks at once, whatever schedule they have, and lets them run until everybody has been called.
    pub fn ignore_schedule(mut self, ignore: bool) -> Self {
        self.settings.rules.ignore_schedule = ignore;
        self
    }

    /// How many calls of a task run at the same time; 50 unless set.
    pub fn lines(mut self, lines: usize) -> Self {
        self.settings.rules.lines = lines.max(1);
        self
    }

    /// How often one number may stand in a list before code 10809 refuses it; 10 unless set. The vendor's
    /// threshold is not known.
    pub fn max_equal_numbers(mut self, times: usize) -> Self {
        self.settings.rules.equal_numbers = times;
        self
    }

    /// Refuses the rows with these numbers although they are right by the spec, so that a task is created in
    /// part.
    pub fn refuse_numbers(mut self, refuses: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.settings.rules.refuses = Some(Arc::new(refuses));
        self
    }

    /// Decides how calls go, by number and attempt (from 1). `None` leaves it to the seed.
    pub fn outcomes(
        mut self,
        decide: impl Fn(&str, u32) -> Option<CallOutcome> + Send + Sync + 'static,
    ) -> Self {
        self.settings.rules.outcomes = Some(Arc::new(decide));
        self
    }

    /// Answers requests for recordings with JSON that has a link, in the place of the files themselves: which
    /// of the two the vendor does is not known. The links lead to another port, as to a foreign host.
    pub fn recordings_as_links(mut self, links: bool) -> Self {
        self.settings.rules.recordings_as_links = links;
        self
    }

    /// Starts the simulator. Needs a Tokio runtime with time and I/O.
    ///
    /// # Errors
    ///
    /// If the address cannot be had, if a path was given for an endpoint that does not exist, or if there is
    /// a state file that cannot be read.
    pub async fn start(self) -> io::Result<Simulator> {
        Simulator::run(self.settings).await
    }
}
