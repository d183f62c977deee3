//! Webhooks: put into the form of the spec, and kept until they have been tried.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use airudder_client::catalogue::{Signed, WEBHOOKS, Webhook};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use crate::project;

/// So many may wait; what comes beyond is dropped.
const CAPACITY: usize = 100_000;
/// How long a receiver may take, in real time.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(10);

/// Webhooks that end something: they are sent when everything before them has been tried.
const LAST: &[&str] =
    &["task_finished", "plan_task_finished", "plan_finished", "task_status_changed", "status_changed"];

/// One webhook on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Push {
    /// The key of the webhook.
    pub(crate) webhook: Cow<'static, str>,
    pub(crate) url: String,
    pub(crate) body: Value,
    pub(crate) attempt: u32,
    pub(crate) waits_for_others: bool,
}

/// The webhooks that have not been tried yet, by number.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    pushes: Mutex<BTreeMap<u64, Push>>,
    fewer: Notify,
}

impl Queue {
    fn pushes(&self) -> MutexGuard<'_, BTreeMap<u64, Push>> {
        self.pushes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until everything that was sent before has been tried.
    pub(crate) async fn empty(&self) {
        loop {
            let fewer = self.fewer.notified();
            if self.pushes().is_empty() {
                return;
            }
            fewer.await;
        }
    }

    pub(crate) fn get(&self, number: u64) -> Option<Push> {
        self.pushes().get(&number).cloned()
    }

    pub(crate) fn remove(&self, number: u64) {
        self.pushes().remove(&number);
        self.fewer.notify_waiters();
    }
}

/// Where webhooks are handed in.
#[derive(Debug)]
pub(crate) struct Outbox {
    by_key: HashMap<&'static str, &'static Webhook>,
    pub(crate) url: Option<String>,
    sender: mpsc::UnboundedSender<u64>,
    queue: Arc<Queue>,
    count: AtomicUsize,
    dropped: AtomicUsize,
}

impl Outbox {
    /// An outbox, and the numbers of what is handed in.
    pub(crate) fn new(
        more: &[&'static Webhook],
        url: Option<String>,
    ) -> (Self, mpsc::UnboundedReceiver<u64>, Arc<Queue>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let queue = Arc::<Queue>::default();
        let by_key = WEBHOOKS.iter().chain(more).map(|webhook| (webhook.key, *webhook)).collect();
        let outbox = Self {
            by_key,
            url,
            sender,
            queue: Arc::clone(&queue),
            count: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
        };
        (outbox, receiver, queue)
    }

    pub(crate) fn find(&self, key: &str) -> Option<&'static Webhook> {
        self.by_key.get(key).copied()
    }

    /// Whether anybody wants webhooks at all.
    pub(crate) fn wanted(&self) -> bool {
        self.url.is_some()
    }

    /// How many were dropped because too many waited.
    pub(crate) fn dropped(&self) -> usize {
        self.dropped.load(Ordering::SeqCst)
    }

    /// What has not been tried yet.
    pub(crate) fn pending(&self) -> Vec<Push> {
        self.queue.pushes().values().cloned().collect()
    }

    /// Drops what has not been tried yet.
    pub(crate) fn forget(&self) {
        self.queue.pushes().clear();
        self.queue.fewer.notify_waiters();
    }

    /// Sends the webhook of this name in this section (else in one of the sections that others are derived
    /// from) to `url`, else to the URL that is set. A webhook that the spec does not have is not sent.
    pub(crate) fn report(&self, section: &str, name: &str, offered: Value, url: Option<&str>) {
        let Some(url) = url.or(self.url.as_deref()) else { return };
        let webhook = [section, "collection", "workflow"]
            .iter()
            .find_map(|section| self.find(&format!("{section}.{name}")));
        let Some(webhook) = webhook else { return };
        self.send(Push {
            webhook: webhook.key.into(),
            url: url.to_owned(),
            body: project::payload(webhook, offered),
            attempt: 1,
            waits_for_others: LAST.contains(&name),
        });
    }

    pub(crate) fn send(&self, push: Push) {
        let mut pushes = self.queue.pushes();
        if pushes.len() >= CAPACITY {
            self.dropped.fetch_add(1, Ordering::SeqCst);
            return;
        }
        let number = u64::try_from(self.count.fetch_add(1, Ordering::SeqCst)).unwrap_or(u64::MAX);
        if self.sender.send(number).is_ok() {
            pushes.insert(number, push);
        }
    }
}

/// Sends one webhook and gives the receiver's HTTP status.
pub(crate) async fn post(
    http: &reqwest::Client,
    webhook: &'static Webhook,
    url: &str,
    body: &Value,
) -> Result<u16, reqwest::Error> {
    let mut request = http
        .request(
            webhook.method.as_str().parse().unwrap_or(reqwest::Method::POST),
            url.replace("{key}", webhook.key),
        )
        .timeout(DELIVERY_TIMEOUT)
        .header("Content-Type", "application/json")
        .header("User-Agent", "Airudder")
        .body(body.to_string());
    if webhook.signed == Signed::Documented {
        // How the vendor signs is not public: this value says only that a signature belongs here.
        request = request.header("X-AIRudder-Sign", "simulated");
    }
    if let Some(header) = webhook.header {
        let value = header.key.split('.').try_fold(body, |value, key| value.get(key));
        if let Some(text) = value.and_then(Value::as_str) {
            request = request.header(header.name, text);
        }
    }
    Ok(request.send().await?.status().as_u16())
}

/// A URL that a request names for its own events. Only loopback addresses are taken: a simulator must not
/// send anything to hosts that stand in an example.
pub(crate) fn callback(url: &str) -> Option<String> {
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
