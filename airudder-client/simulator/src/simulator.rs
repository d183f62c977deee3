//! A running simulator.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use airudder_client::catalogue::{Endpoint, Webhook};
use airudder_client::encryption::Key;
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::{Clock, Moment};
use crate::fixture::{self, Fixture};
use crate::http::shared::Shared;
use crate::http::{Canned, Delivery, Fault, Faults, Keyed, Logged, RequestLog, Routes, deliver_all, server};
use crate::project;
use crate::sample;
use crate::state_file::StateFile;
use crate::webhooks::{self, Outbox, Queue};
use crate::world::{Rules, World};

/// No sleep of the driver is longer: then it looks at the clock again.
const MAX_SLEEP: Duration = Duration::from_secs(3_600);
/// How often the state is saved, if it has changed.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// A running simulator. Dropping it stops the server. See the [crate](crate).
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    base_url: String,
    http: reqwest::Client,
    queue: Arc<Queue>,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// What a simulator is made from.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) address: SocketAddr,
    pub(crate) one_port: bool,
    pub(crate) state_file: Option<PathBuf>,
    pub(crate) rules: Rules,
    pub(crate) credentials: Option<(String, String)>,
    pub(crate) token_life: Option<Moment>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) endpoints: Vec<&'static Endpoint>,
    pub(crate) webhooks: Vec<&'static Webhook>,
    pub(crate) overrides: HashMap<String, String>,
    pub(crate) business_line: Option<String>,
    pub(crate) encryption: Option<Key>,
    pub(crate) stateless: bool,
    pub(crate) speed: f64,
    pub(crate) busy_speed: Option<f64>,
    pub(crate) starts_at: Option<Timestamp>,
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Simulator {
    /// An application key to use with the simulator, which takes any unless
    /// [`credentials`](crate::SimulatorBuilder::credentials) are set.
    pub const APP_KEY: &'static str = "simulator-key";
    /// The secret that goes with it.
    pub const APP_SECRET: &'static str = "simulator-secret";

    pub(crate) async fn run(settings: Settings) -> io::Result<Self> {
        let routes = Routes::new(&settings.endpoints, &settings.overrides).map_err(|key| {
            io::Error::new(io::ErrorKind::InvalidInput, format!("no endpoint has the key {key}"))
        })?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(io::Error::other)?;
        let state_file = settings.state_file.map(StateFile::new);
        let state = state_file.as_ref().map(|file| file.read()).transpose()?.flatten();
        let clock = Clock::new(settings.starts_at.unwrap_or_else(Timestamp::now), settings.speed);
        let (outbox, pushes, queue) = Outbox::new(&settings.webhooks, settings.webhook_url);

        let api = TcpListener::bind(settings.address).await?;
        let address = api.local_addr()?;
        let base_url = format!("http://{}", reachable(address));
        let files = match settings.one_port {
            true => None,
            false => Some(TcpListener::bind((address.ip(), 0)).await?),
        };
        let files_url = match &files {
            Some(files) => format!("http://{}", reachable(files.local_addr()?)),
            None => base_url.clone(),
        };

        let mut world = World::new(settings.rules, clock.moment(), outbox, files_url);
        if let (Some(file), Some(state)) = (&state_file, state) {
            world.load(&state).map_err(|problem| file.unusable(&problem))?;
            clock.turn_to(world.now);
        }
        let shared = Arc::new(Shared {
            routes,
            clock,
            credentials: settings.credentials,
            token_life: settings.token_life,
            business_line: settings.business_line,
            encryption: settings.encryption,
            stateless: settings.stateless,
            one_port: settings.one_port,
            world: Mutex::new(world),
            log: Mutex::new(RequestLog::default()),
            faults: Mutex::new(Faults::default()),
            canned: Mutex::new(Canned::default()),
            state_file,
        });
        let (stop, stopped) = watch::channel(false);
        server::serve(api, server::api(Arc::clone(&shared)), stopped.clone());
        if let Some(files) = files {
            server::serve(files, server::files(Arc::clone(&shared)), stopped);
        }
        let mut workers = vec![
            tokio::spawn(drive(Arc::clone(&shared), settings.speed, settings.busy_speed)),
            tokio::spawn(deliver_all(pushes, Arc::clone(&shared), http.clone(), Arc::clone(&queue))),
        ];
        if shared.state_file.is_some() {
            workers.push(tokio::spawn(save_now_and_then(Arc::clone(&shared))));
        }
        Ok(Self { shared, address, base_url, http, queue, stop, workers })
    }

    /// Where the API is: `http://127.0.0.1:port`.
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    /// The address that the API listens at.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The simulator's clock.
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// Sends webhooks to this URL from now on. `{key}` in it becomes the webhook's key, as if each had been
    /// registered with the vendor under an address of its own; nothing else is changed or appended.
    pub fn deliver_to(&self, url: impl Into<String>) {
        self.shared.world().outbox.url = Some(url.into());
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
            (world.outbox.find(key), world.outbox.url.clone())
        };
        let webhook = webhook.ok_or_else(|| {
            io::Error::new(io::ErrorKind::NotFound, format!("no webhook has the key {key}"))
        })?;
        let url =
            url.ok_or_else(|| io::Error::new(io::ErrorKind::NotConnected, "no URL is set for webhooks"))?;
        let mut body = sample::payload(webhook);
        if !overrides.is_null() {
            project::merge(&mut body, overrides);
        }
        let result = webhooks::post(&self.http, webhook, &url, &body).await;
        let delivery = Delivery { webhook: webhook.key, attempt: 1, status: result.as_ref().ok().copied() };
        self.shared.log().delivered(delivery);
        result.map_err(io::Error::other)
    }

    /// Lets everything happen that is due by now, and waits until its webhooks have been tried.
    pub async fn settle(&self) {
        drop(self.shared.up_to_date());
        self.queue.empty().await;
    }

    /// Lets everything happen that is to come, turning the clock forward from event to event, and waits until
    /// all webhooks are delivered or given up. Tasks with a schedule are over afterwards, however far away it
    /// was, and tokens may have expired.
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

    /// Lets something go wrong with the next `times` requests for an endpoint, or for any (`"*"`, requests
    /// for tokens among them). Faults for the same request happen one after another, in the order of
    /// injection.
    pub fn inject(&self, key: &str, fault: Fault, times: usize) {
        self.shared.faults().add(key, fault, times);
    }

    /// Forgets all faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Answers an endpoint with this JSON from now on, whatever is asked: the payload, put into the envelope
    /// of its family; or the whole body, if it is an object with a `code` and beside it the family's key for
    /// a text or a payload. Requests are checked and need their token all the same, and faults go first.
    pub fn answer(&self, key: &str, answer: Value) {
        self.shared.canned().set(key, answer);
    }

    /// Takes the answer of [`answer`](Self::answer) back, and says whether there was one.
    pub fn clear_answer(&self, key: &str) -> bool {
        self.shared.canned().remove(key)
    }

    /// Whether the simulator plays an endpoint of this key.
    pub fn has_endpoint(&self, key: &str) -> bool {
        self.shared.routes.has(key)
    }

    /// Begins anew: forgets tasks, plans, workflows, conversations, tokens, faults, canned answers, the log
    /// of requests and what is to come. The clock and the URL for webhooks stay as they are.
    pub fn reset(&self) {
        self.shared.world().reset();
        *self.shared.log() = RequestLog::default();
        self.shared.faults().clear();
        self.shared.canned().clear();
    }

    /// Writes the state file now; does nothing without one. It is written by itself every second in which
    /// something happened, before what calls people is answered, and when the simulator is dropped.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub fn save(&self) -> io::Result<()> {
        self.shared.save()
    }

    /// How many requests have come for an endpoint. A request that fits several endpoints of one path equally
    /// well counts for each of them.
    pub fn requests(&self, key: &str) -> usize {
        self.shared.log().requests(key)
    }

    /// How many requests have come for tokens.
    pub fn auth_requests(&self) -> usize {
        self.shared.log().auth_requests()
    }

    /// The requests for an endpoint that had an idempotency key, oldest first, those that met a fault among
    /// them: of the last 10,000 of all endpoints.
    pub fn keyed_requests(&self, key: &str) -> Vec<Keyed> {
        self.shared.log().keyed(key)
    }

    /// How many requests with different idempotency keys an endpoint has carried out: repeats and refusals do
    /// not count.
    pub fn carried_out(&self, key: &str) -> usize {
        self.shared.world().keys.count(key)
    }

    /// The fields of the last request for an endpoint, by wire name; those of query strings and forms are all
    /// text.
    pub fn last_request(&self, key: &str) -> Option<Value> {
        self.shared.log().last_request(key)
    }

    /// What was asked and answered, oldest first: the last 10,000 requests.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.log().log()
    }

    /// Records requests and answers from now on, to make tests of them: see [`fixtures`](Self::fixtures).
    /// Requests for tokens are left out.
    pub fn record(&self) {
        self.shared.log().record();
    }

    /// What was recorded, oldest first: the last 10,000 requests since [`record`](Self::record).
    pub fn fixtures(&self) -> Vec<Fixture> {
        self.shared.log().fixtures()
    }

    /// Writes what was recorded into a folder, each request with its answer into a JSON file of its own, and
    /// gives their paths. Files that are there already stay.
    ///
    /// # Errors
    ///
    /// If one cannot be written.
    pub fn save_fixtures(&self, folder: impl AsRef<Path>) -> io::Result<Vec<PathBuf>> {
        fixture::save(&self.fixtures(), folder.as_ref())
    }

    /// Answers an endpoint as a fixture has it, from now on and whatever is asked: see
    /// [`answer`](Self::answer). False if the fixture has no answer to give: it was no JSON.
    pub fn answer_as(&self, fixture: &Fixture) -> bool {
        let is_there = !fixture.answer.is_null();
        if is_there {
            self.answer(&fixture.endpoint, fixture.answer.clone());
        }
        is_there
    }

    /// The last 10,000 attempts to deliver webhooks, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.log().deliveries()
    }

    /// How many webhooks were dropped because 100,000 waited already.
    pub fn dropped_webhooks(&self) -> usize {
        self.shared.world().outbox.dropped()
    }

    /// How many links to recordings were fetched with a token, which a client must not send to a foreign
    /// host.
    pub fn leaked_tokens(&self) -> usize {
        self.shared.log().leaked_tokens
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        for worker in &self.workers {
            worker.abort();
        }
        // Nobody is left to be told; who wants to know calls `save`.
        let _ = self.save();
    }
}

/// The address under which this machine reaches a listener.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        IpAddr::V4(_) | IpAddr::V6(_) => {}
    }
    address
}

/// Lets things happen in their time although nobody asks.
async fn drive(shared: Arc<Shared>, idle_speed: f64, busy_speed: Option<f64>) {
    loop {
        let next = shared.up_to_date().agenda.next();
        if let Some(busy) = busy_speed {
            let speed = if next.is_some() { busy } else { idle_speed };
            if shared.clock.speed() != speed {
                shared.clock.set_speed(speed);
            }
        }
        let wait = next.and_then(|moment| shared.clock.real_time_until(moment)).unwrap_or(MAX_SLEEP);
        // Whether the time has come or the clock was turned makes no difference.
        let _ = tokio::time::timeout(wait.min(MAX_SLEEP), shared.clock.turned()).await;
    }
}

async fn save_now_and_then(shared: Arc<Shared>) {
    let mut pause = SAVE_INTERVAL;
    loop {
        tokio::time::sleep(pause).await;
        let began = Instant::now();
        let shared = Arc::clone(&shared);
        // What fails now is tried again, and the last time by who can be told.
        let _ = tokio::task::spawn_blocking(move || shared.save()).await;
        // A large state is saved less often: that costs a twentieth of the time at most.
        pause = SAVE_INTERVAL.max(began.elapsed() * 20);
    }
}
