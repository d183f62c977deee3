//! A server in your own process that plays the API back: to try the client without an account, and to test code that
//! uses it.
//!
//! ```no_run
//! use airudder_client::{Client, simulator::{Fault, Simulator}};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start().await?;
//! let client = Client::builder()
//!     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//!     .base_url(simulator.base_url())
//!     .build()?;
//!
//! simulator.inject("collection.list_tasks", Fault::status(503), 1);
//! let tasks = client.collection().list_tasks().number(10).page(1).send().await?;
//! println!("{tasks}");
//! assert_eq!(simulator.requests("collection.list_tasks"), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # What it is, and what it is not
//!
//! **It is the spec played back, not the vendor.** What the spec says, it does: paths, methods, tokens, signature headers
//! that must be there, envelopes, and for every request the checks and the error codes of its fields. What the spec only
//! assumes is assumed here too. A request that the simulator takes may be refused by the vendor, and the other way round.
//!
//! Made up by the simulator, and known of no vendor:
//!
//! - how calls go (from a seed and the number), how long they take, how many run at once, the texts of `RingType` and
//!   `HangupType`, the sound of recordings;
//! - the state `running` of tasks, all states of plans and workflows, the shape of every answer that the spec calls JSON;
//! - that plans have three rounds, one hour apart, for those not reached; that every workflow is a call, then a WhatsApp
//!   message to those not reached and a custom API node for those reached; that the bot repeats what it was told;
//! - that business errors come with HTTP 200, that local times are UTC, that times in the past mean no limit;
//! - that 10 equal numbers are enough, that robots, lines, agent groups and strategies exist unless their names begin with
//!   `unknown`;
//! - the code for a request that cannot be decrypted, and that refusals with HTTP 401 come in the clear;
//! - the value of `X-AIRudder-Sign` in webhooks (it is only there to be present), and that any value is taken in requests.
//!
//! Endpoints without state answer from the samples of the spec.
//!
//! # Time
//!
//! Tasks, tokens and repeated webhooks follow [`Simulator::clock`], which you can speed up and turn. With
//! [`Simulator::play_out`] everything that is to come happens at once.
//!
//! # Webhooks
//!
//! Give the URL of your receiver to [`Simulator::deliver_to`]: from then on every change of state sends the webhooks of the
//! section whose endpoint began it. [`Simulator::deliver`] sends any webhook of the catalogue on demand. A receiver that
//! does not answer HTTP 200 is tried again after a minute of simulated time, five times at most.
//!
//! A URL that a request names for itself (`callback` of the predictive dialer, `callbackUrl` of SMS) is used too, if its
//! host is a loopback address.

mod behaviour;
mod builder;
mod chats;
mod clock;
mod dialer;
mod dialling;
mod exchange;
mod faults;
mod input;
mod ledger;
mod names;
mod others;
mod outcome;
mod plans;
mod recordings;
mod reply;
mod routes;
mod server;
mod shape;
mod shelf;
mod tasks;
#[cfg(test)]
mod tests;
mod tokens;
mod webhooks;
mod workflows;
mod world;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use self::builder::SimulatorBuilder;
pub use self::clock::Clock;
pub use self::faults::Fault;
pub use self::ledger::{Delivery, Logged};
pub use self::outcome::CallOutcome;

use self::clock::Moment;
use self::routes::Routes;
use self::webhooks::{Post, Waiting};
use self::world::{Rules, World};
use crate::catalogue::{Endpoint, Webhook};
use crate::encryption::Key;
use crate::sample;

/// No sleep of the driver is longer: then it looks at the clock again.
const LONGEST_SLEEP: Duration = Duration::from_secs(3_600);

/// A running simulator. Dropping it stops the server. See the [module](self).
pub struct Simulator {
    shared: Arc<Shared>,
    base_url: String,
    http: reqwest::Client,
    waiting: Arc<Waiting>,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// What all requests share.
#[derive(Debug)]
struct Shared {
    routes: Routes,
    clock: Clock,
    credentials: Option<(String, String)>,
    token_life: Option<Moment>,
    business_line: Option<String>,
    encryption: Option<Key>,
    stateless: bool,
    world: Mutex<World>,
}

/// What a simulator is made from.
struct Settings {
    clock: Clock,
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
}

impl Shared {
    /// The world as it was when it was last looked at.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world as it is now.
    fn up_to_date(&self) -> MutexGuard<'_, World> {
        let mut world = self.world();
        world.play_until(self.clock.moment());
        world
    }

    /// Of endpoints that share a path, those of the account's business line; all of them if none is.
    fn of_business_line(&self, candidates: Vec<&'static Endpoint>) -> Vec<&'static Endpoint> {
        let Some(line) = &self.business_line else { return candidates };
        let own: Vec<_> = candidates.iter().copied().filter(|endpoint| endpoint.section == line).collect();
        if own.is_empty() { candidates } else { own }
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Simulator {
    /// An application key to use with the simulator, which takes any unless
    /// [`credentials`](SimulatorBuilder::credentials) are set.
    pub const APP_KEY: &'static str = "simulator-key";
    /// The secret that goes with it.
    pub const APP_SECRET: &'static str = "simulator-secret";

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

    async fn run(settings: Settings) -> io::Result<Self> {
        let routes = Routes::new(&settings.endpoints, &settings.overrides).map_err(|key| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("no endpoint has the key {key}"))
        })?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let (api, api_address) = bind().await?;
        let (files, files_address) = bind().await?;
        let (post, pushes, waiting) = Post::new(&settings.webhooks, settings.webhook_url);
        let world =
            World::new(settings.rules, settings.clock.moment(), post, format!("http://{files_address}"));
        let shared = Arc::new(Shared {
            routes,
            clock: settings.clock,
            credentials: settings.credentials,
            token_life: settings.token_life,
            business_line: settings.business_line,
            encryption: settings.encryption,
            stateless: settings.stateless,
            world: Mutex::new(world),
        });
        let (stop, stopped) = watch::channel(false);
        server::serve(api, server::api(Arc::clone(&shared)), stopped.clone());
        server::serve(files, server::files(Arc::clone(&shared)), stopped);
        let workers = vec![
            tokio::spawn(drive(Arc::clone(&shared))),
            tokio::spawn(webhooks::deliver_all(
                pushes,
                Arc::clone(&shared),
                http.clone(),
                Arc::clone(&waiting),
            )),
        ];
        Ok(Self { shared, base_url: format!("http://{api_address}"), http, waiting, stop, workers })
    }

    /// Where the API is: `http://127.0.0.1:port`.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The simulator's clock.
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// Sends webhooks to this URL from now on. `{key}` in it becomes the webhook's key, as if each had been registered with
    /// the vendor under an address of its own; nothing else is changed or appended.
    pub fn deliver_to(&self, url: impl Into<String>) {
        self.shared.world().post.url = Some(url.into());
    }

    /// Delivers any webhook of the catalogue: its sample, with `overrides` laid over it key by key
    /// (`serde_json::Value::Null` for none). Gives the receiver's HTTP status. This one is not tried again.
    ///
    /// # Errors
    ///
    /// If there is no such webhook, if no URL is set, or if the receiver does not answer.
    pub async fn deliver(&self, key: &str, overrides: Value) -> io::Result<u16> {
        let (webhook, url) = {
            let world = self.shared.world();
            (world.post.find(key), world.post.url.clone())
        };
        let webhook = webhook.ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, format!("no webhook has the key {key}"))
        })?;
        let url =
            url.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "no URL is set for webhooks"))?;
        let mut body = sample::payload(webhook);
        if !overrides.is_null() {
            shape::merge(&mut body, overrides);
        }
        let result = webhooks::post(&self.http, webhook, &url, &body).await;
        let delivery = Delivery { webhook: webhook.key, attempt: 1, status: result.as_ref().ok().copied() };
        self.shared.world().ledger.delivered(delivery);
        result.map_err(io::Error::other)
    }

    /// Lets everything happen that is due by now, and waits until its webhooks have been tried.
    pub async fn settle(&self) {
        drop(self.shared.up_to_date());
        self.waiting.none().await;
    }

    /// Lets everything happen that is to come, turning the clock forward from event to event, and waits until all
    /// webhooks are delivered or given up. Tasks with a schedule are over afterwards, however far away it was, and tokens
    /// may have expired.
    pub async fn play_out(&self) {
        loop {
            self.settle().await;
            let Some(next) = self.shared.world().agenda.next() else { return };
            self.shared.clock.turn_to(next);
        }
    }

    /// Makes all tokens invalid, as if they had expired.
    pub fn revoke_tokens(&self) {
        self.shared.world().tokens.revoke_all();
    }

    /// Lets something go wrong with the next `times` requests for an endpoint, or for any (`"*"`, requests for tokens among
    /// them). Faults for the same request happen one after another, in the order of injection.
    pub fn inject(&self, key: &str, fault: Fault, times: usize) {
        self.shared.world().faults.add(key, fault, times);
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// How many requests have come for an endpoint. A request that fits several endpoints of one path equally well counts
    /// for each of them.
    pub fn requests(&self, key: &str) -> usize {
        self.shared.world().ledger.requests(key)
    }

    /// How many requests have come for tokens.
    pub fn auth_requests(&self) -> usize {
        self.shared.world().ledger.auth_requests()
    }

    /// The fields of the last request for an endpoint, by wire name; those of query strings and forms are all text.
    pub fn last_request(&self, key: &str) -> Option<Value> {
        self.shared.world().ledger.last_request(key)
    }

    /// What was asked and answered, oldest first: the last 10,000 requests.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.world().ledger.log()
    }

    /// The last 10,000 attempts to deliver webhooks, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.world().ledger.deliveries()
    }

    /// How many webhooks were dropped because 100,000 waited already.
    pub fn dropped_webhooks(&self) -> usize {
        self.shared.world().post.dropped()
    }

    /// How many links to recordings were fetched with a token, which a client must not send to a foreign host.
    pub fn leaked_tokens(&self) -> usize {
        self.shared.world().ledger.leaked_tokens
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        for worker in &self.workers {
            worker.abort();
        }
    }
}

async fn bind() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Lets things happen in their time although nobody asks.
async fn drive(shared: Arc<Shared>) {
    loop {
        let next = shared.up_to_date().agenda.next();
        let wait = next.and_then(|moment| shared.clock.real_time_until(moment)).unwrap_or(LONGEST_SLEEP);
        // Whether the time has come or the clock was turned makes no difference.
        let _ = tokio::time::timeout(wait.min(LONGEST_SLEEP), shared.clock.turned()).await;
    }
}
