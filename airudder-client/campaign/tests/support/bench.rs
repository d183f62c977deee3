//! A simulator, a ledger in a folder of its own, and people.

#![allow(dead_code, reason = "no test uses all of it")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_campaign::{Campaign, Collection, Inbox, Ledger, Person, Plan, Run};
use airudder_client::jiff::tz::TimeZone;
use airudder_client::jiff::{ToSpan, Zoned};
use airudder_client::{Client, RetryPolicy};
use airudder_simulator::{CallOutcome, Simulator, SimulatorBuilder};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;

use crate::place::Place;

/// How often each number was rung.
pub(crate) type Rung = Arc<Mutex<HashMap<String, u32>>>;

pub(crate) struct Bench {
    pub(crate) simulator: Simulator,
    pub(crate) client: Client,
    pub(crate) ledger: Ledger,
    pub(crate) place: Place,
    pub(crate) rung: Rung,
}

impl Bench {
    pub(crate) async fn start(
        place: &Place,
        configure: impl FnOnce(SimulatorBuilder) -> SimulatorBuilder,
    ) -> Self {
        Self::deciding(place, |_| None, configure).await
    }

    /// How calls go is decided by number.
    pub(crate) async fn deciding(
        place: &Place,
        decide: impl Fn(&str) -> Option<CallOutcome> + Send + Sync + 'static,
        configure: impl FnOnce(SimulatorBuilder) -> SimulatorBuilder,
    ) -> Self {
        let (builder, rung) = counting(decide);
        let simulator = configure(builder).start().await.unwrap();
        let ledger = place.open().await;
        Self { client: client(&simulator.base_url()), simulator, ledger, place: place.clone(), rung }
    }

    pub(crate) fn plan(&self) -> Plan {
        self.plan_of("robot")
    }

    /// A window of three hours from now, by the simulator's clock; it takes local times as UTC.
    pub(crate) fn plan_of(&self, robot: &str) -> Plan {
        let start = self.simulator.clock().now().to_zoned(TimeZone::UTC);
        let end: Zoned = &start + 3.hours();
        Plan::new(robot, "LINE", &start, &end).batch_size(10)
    }

    pub(crate) async fn campaign(&self, id: &str) -> Campaign {
        self.campaign_with(id, |plan| plan).await
    }

    pub(crate) async fn campaign_with(&self, id: &str, plan: impl FnOnce(Plan) -> Plan) -> Campaign {
        Campaign::open(&self.ledger, &self.client, Collection, id, plan(self.plan())).await.unwrap()
    }

    /// A run that waits for nothing longer than a test can.
    pub(crate) fn run(&self, campaign: &Campaign) -> Run {
        quick(campaign)
    }

    /// A receiver whose address the simulator has.
    pub(crate) async fn receive(&self) -> Inbox {
        let inbox = Inbox::new(&self.ledger);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.simulator.deliver_to(format!("http://{}/{{key}}", listener.local_addr().unwrap()));
        let router = receiver(inbox.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        inbox
    }

    /// How many numbers were rung.
    pub(crate) fn rung(&self) -> usize {
        self.rung.lock().unwrap().len()
    }

    pub(crate) fn rung_twice(&self) -> usize {
        self.rung.lock().unwrap().values().filter(|times| **times > 1).count()
    }
}

/// A simulator that counts how often each number is rung.
pub(crate) fn counting(
    decide: impl Fn(&str) -> Option<CallOutcome> + Send + Sync + 'static,
) -> (SimulatorBuilder, Rung) {
    let rung = Rung::default();
    let count = Arc::clone(&rung);
    let builder = Simulator::builder().outcomes(move |number, _| {
        *count.lock().unwrap().entry(number.to_owned()).or_default() += 1;
        decide(number)
    });
    (builder, rung)
}

pub(crate) fn receiver(inbox: Inbox) -> Router {
    Router::new().route("/{key}", post(receive)).with_state(inbox)
}

async fn receive(State(inbox): State<Inbox>, Path(key): Path<String>, body: Bytes) -> StatusCode {
    match inbox.store(&key, body).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

pub(crate) fn client(base_url: &str) -> Client {
    Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(base_url)
        .retry(RetryPolicy::default().max_attempts(2).base_delay(Duration::from_millis(5)))
        .build()
        .unwrap()
}

pub(crate) fn quick(campaign: &Campaign) -> Run {
    campaign
        .run()
        .confirmed()
        .poll_every(Duration::from_millis(100))
        .upload_timeout(Duration::from_secs(1))
        .lease(Duration::from_secs(1))
}

/// People with references `r0`, `r1` and so on.
pub(crate) fn people(count: usize) -> impl Iterator<Item = Person> {
    (0..count).map(|n| person(n).reference(format!("r{n}")))
}

pub(crate) fn person(n: usize) -> Person {
    Person::new(format!("+62812{n:08}"))
        .field("Debtor", "Jane Doe")
        .field("LoanDate", "2026-02-01")
        .field("DueDate", "2026-03-03")
        .field("LoanAmount", 300_000)
        .field("Arrears", 321_000)
}
