//! Webhooks: put into the form of the spec, sent, and sent again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::Shared;
use super::clock::MINUTE;
use super::ledger::Delivery;
use super::shape;
use super::world::Event;
use crate::catalogue::{WEBHOOKS, Webhook};

/// A webhook is tried this often, one minute apart: the vendor's rule for the predictive dialer, assumed for the others.
const ATTEMPTS: u32 = 5;
const PAUSE: i64 = MINUTE;
/// So many are on their way at once.
const AT_ONCE: usize = 8;
/// So many may wait; what comes beyond is dropped.
const ROOM: usize = 100_000;
/// How long a receiver may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// Webhooks that end something: they are sent when everything before them has been tried.
const LAST: &[&str] =
    &["task_finished", "plan_task_finished", "plan_finished", "task_status_changed", "status_changed"];

/// One webhook on its way.
#[derive(Debug, Clone)]
pub(super) struct Push {
    webhook: &'static Webhook,
    url: String,
    body: Value,
    attempt: u32,
    waits_for_others: bool,
}

/// How many webhooks have not been tried yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    count: AtomicUsize,
    fewer: Notify,
}

impl Waiting {
    /// Waits until everything that was sent before has been tried.
    pub(super) async fn none(&self) {
        loop {
            let fewer = self.fewer.notified();
            if self.count.load(Ordering::SeqCst) == 0 {
                return;
            }
            fewer.await;
        }
    }
}

/// Where webhooks are handed in.
#[derive(Debug)]
pub(super) struct Post {
    by_key: HashMap<&'static str, &'static Webhook>,
    pub(super) url: Option<String>,
    sender: mpsc::UnboundedSender<Push>,
    waiting: Arc<Waiting>,
    dropped: AtomicUsize,
}

impl Post {
    pub(super) fn new(
        more: &[&'static Webhook],
        url: Option<String>,
    ) -> (Self, mpsc::UnboundedReceiver<Push>, Arc<Waiting>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let waiting = Arc::<Waiting>::default();
        let by_key =
            WEBHOOKS.iter().chain(more.iter().copied()).map(|webhook| (webhook.key, webhook)).collect();
        let dropped = AtomicUsize::new(0);
        (Self { by_key, url, sender, waiting: Arc::clone(&waiting), dropped }, receiver, waiting)
    }

    pub(super) fn find(&self, key: &str) -> Option<&'static Webhook> {
        self.by_key.get(key).copied()
    }

    /// Whether anybody wants webhooks at all.
    pub(super) fn wanted(&self) -> bool {
        self.url.is_some()
    }

    /// How many were dropped because too many waited.
    pub(super) fn dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }

    /// Sends the webhook of this name in this section (else in one of the sections that others are derived from) to `url`,
    /// else to the URL that is set. A webhook that the spec does not have is not sent.
    pub(super) fn tell(&self, section: &str, name: &str, offered: Value, url: Option<&str>) {
        let Some(url) = url.or(self.url.as_deref()) else { return };
        let webhook = [section, "collection", "workflow"]
            .iter()
            .find_map(|section| self.find(&format!("{section}.{name}")));
        let Some(webhook) = webhook else { return };
        self.send(Push {
            webhook,
            url: url.to_owned(),
            body: shape::payload(webhook, offered),
            attempt: 1,
            waits_for_others: LAST.contains(&name),
        });
    }

    pub(super) fn send(&self, push: Push) {
        if self.waiting.count.load(Ordering::SeqCst) >= ROOM {
            self.dropped.fetch_add(1, Ordering::SeqCst);
            return;
        }
        self.waiting.count.fetch_add(1, Ordering::SeqCst);
        if self.sender.send(push).is_err() {
            self.waiting.count.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Delivers what is handed in, until nobody hands in any more.
pub(super) async fn deliver_all(
    mut receiver: mpsc::UnboundedReceiver<Push>,
    shared: Arc<Shared>,
    http: reqwest::Client,
    waiting: Arc<Waiting>,
) {
    let mut running = JoinSet::new();
    while let Some(push) = receiver.recv().await {
        while running.try_join_next().is_some() {}
        while running.len() >= AT_ONCE || (push.waits_for_others && !running.is_empty()) {
            running.join_next().await;
        }
        let (shared, http, waiting) = (Arc::clone(&shared), http.clone(), Arc::clone(&waiting));
        running.spawn(async move {
            deliver(push, &shared, &http).await;
            waiting.count.fetch_sub(1, Ordering::SeqCst);
            waiting.fewer.notify_waiters();
        });
    }
}

async fn deliver(mut push: Push, shared: &Shared, http: &reqwest::Client) {
    let status = post(http, push.webhook, &push.url, &push.body).await.ok();
    let mut world = shared.world();
    world.ledger.delivered(Delivery { webhook: push.webhook.key, attempt: push.attempt, status });
    if status != Some(200) && push.attempt < ATTEMPTS && world.agenda.len() < 10 * ROOM {
        push.attempt += 1;
        push.waits_for_others = false;
        let due = shared.clock.moment().saturating_add(PAUSE);
        world.agenda.at(due, Event::Redeliver(Box::new(push)));
        drop(world);
        shared.clock.wake();
    }
}

/// Sends one webhook and gives the receiver's HTTP status.
pub(super) async fn post(
    http: &reqwest::Client,
    webhook: &'static Webhook,
    url: &str,
    body: &Value,
) -> Result<u16, reqwest::Error> {
    let mut request = http
        .request(webhook.method.parse().unwrap_or(reqwest::Method::POST), url.replace("{key}", webhook.key))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .header("User-Agent", "Airudder")
        .body(body.to_string());
    if webhook.signed.is_some() {
        // How the vendor signs is not public: this value says only that a signature belongs here.
        request = request.header("X-AIRudder-Sign", "simulated");
    }
    Ok(request.send().await?.status().as_u16())
}

/// A URL that a request names for its own events. Only loopback addresses are taken: a simulator must not send anything
/// to hosts that stand in an example.
pub(super) fn callback(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let local = match parsed.host()? {
        url::Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        url::Host::Ipv4(address) => address.is_loopback(),
        url::Host::Ipv6(address) => address.is_loopback(),
    };
    local.then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::callback;

    #[test]
    fn only_loopback_urls_of_requests_are_used() {
        for good in ["http://127.0.0.1:80/a", "http://localhost/hook", "http://[::1]:8080/"] {
            assert!(callback(good).is_some(), "{good}");
        }
        for bad in
            ["https://example.com/hook", "http://127.0.0.1.example.com/", "http://10.0.0.1/", "not a url", ""]
        {
            assert!(callback(bad).is_none(), "{bad}");
        }
    }
}
