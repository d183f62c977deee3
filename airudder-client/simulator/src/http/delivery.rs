//! Delivers webhooks, and tries again those that no receiver has taken.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::clock::MINUTE;
use crate::http::request_log::Delivery;
use crate::http::shared::Shared;
use crate::webhooks::{self, Queue};
use crate::world::Event;

/// A webhook is tried this often, one minute apart: the vendor's rule for the predictive dialer, assumed for
/// the others.
const ATTEMPTS: u32 = 5;
/// CALL-E tries six times; how long it pauses is not known.
const CALLE_ATTEMPTS: u32 = 6;
const PAUSE: i64 = MINUTE;
/// So many are on their way at once.
const CONCURRENT: usize = 8;
/// With so many events to come nothing is tried again.
const MAX_AGENDA: usize = 1_000_000;

/// Delivers what is handed in, until nobody hands in any more.
pub(crate) async fn deliver_all(
    mut receiver: mpsc::UnboundedReceiver<u64>,
    shared: Arc<Shared>,
    http: reqwest::Client,
    queue: Arc<Queue>,
) {
    let mut running = JoinSet::new();
    while let Some(number) = receiver.recv().await {
        while running.try_join_next().is_some() {}
        let waits_for_others = queue.get(number).is_some_and(|push| push.waits_for_others);
        while running.len() >= CONCURRENT || (waits_for_others && !running.is_empty()) {
            running.join_next().await;
        }
        let (shared, http, queue) = (Arc::clone(&shared), http.clone(), Arc::clone(&queue));
        running.spawn(async move { deliver(number, &shared, &http, &queue).await });
    }
}

async fn deliver(number: u64, shared: &Shared, http: &reqwest::Client, queue: &Queue) {
    // It may have been forgotten meanwhile.
    let Some(mut push) = queue.get(number) else { return };
    let Some(webhook) = shared.world().outbox.find(&push.webhook) else { return queue.remove(number) };
    let status = webhooks::post(http, webhook, &push.url, &push.body).await.ok();
    let delivery = Delivery { webhook: webhook.key, attempt: push.attempt, status };
    shared.log().delivered(delivery);
    {
        let mut world = shared.world();
        let (is_delivered, attempts) = match webhook.section {
            // That product takes any status of success, and says how often it tries.
            "calle" => (status.is_some_and(|status| (200..300).contains(&status)), CALLE_ATTEMPTS),
            _ => (status == Some(200), ATTEMPTS),
        };
        if !is_delivered && push.attempt < attempts && world.agenda.len() < MAX_AGENDA {
            push.attempt += 1;
            push.waits_for_others = false;
            let due = shared.clock.moment().saturating_add(PAUSE);
            world.agenda.at(due, Event::Redeliver(Box::new(push)));
        }
        world.changes += 1;
        // While the world is held: what is saved has the webhook once.
        queue.remove(number);
    }
    shared.clock.wake();
}
