//! Runners that lose what they work on, or may not decide about it alone.

use std::time::Duration;

use airudder_campaign::{Campaign, Error, Progress, Settlement, Status, TakenOut};
use airudder_simulator::Fault;

use crate::bench::{Bench, people};
use crate::place::Place;

/// The batch of a campaign, changed behind its back as another runner would.
struct Batch<'c> {
    pool: sqlx::AnyPool,
    campaign: &'c Campaign,
}

impl<'c> Batch<'c> {
    async fn of(campaign: &'c Campaign, place: &Place) -> Self {
        sqlx::any::install_default_drivers();
        Self { pool: sqlx::AnyPool::connect(&place.database_url()).await.unwrap(), campaign }
    }

    async fn standing(&self) -> (String, Option<String>) {
        let query = sqlx::query_as("SELECT state, owner FROM batch WHERE campaign = $1");
        query.bind(self.campaign.id().to_owned()).fetch_one(&self.pool).await.unwrap()
    }

    /// Waits until a runner has it in this state.
    async fn taken(&self, state: &str, before: Option<&str>) {
        let is_taken = |(now, owner): (String, Option<String>)| {
            now == state && owner.is_some() && owner.as_deref() != before
        };
        while !is_taken(self.standing().await) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// From now on it is being sent by this owner, for so long.
    async fn give(&self, owner: &str, lease: i64) {
        let now = airudder_client::jiff::Timestamp::now().as_millisecond();
        let query = sqlx::query(
            "UPDATE batch SET state = 'sending', owner = $1, lease = $2, sent = $3 WHERE campaign = $4",
        )
        .bind(owner.to_owned())
        .bind(now + lease)
        .bind(now - 60_000)
        .bind(self.campaign.id().to_owned());
        assert_eq!(query.execute(&self.pool).await.unwrap().rows_affected(), 1);
    }
}

const LEASE: Duration = Duration::from_secs(30);

pub(crate) async fn what_another_runner_took_over_is_not_taken_back_by_a_refusal(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(5)).await.unwrap();
    campaign.pause().await.unwrap();
    let mut running = bench.run(&campaign).lease(LEASE).start().await.unwrap();
    // The call is refused for want of a token, a second after it was begun.
    bench.simulator.inject("collection.create_task", Fault::ExpiredToken, 1);
    let unavailable = Fault::status_retry_after(503, Duration::from_secs(1));
    bench.simulator.inject("auth.get_token", unavailable, 2);
    campaign.resume().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    batch.taken("sending", None).await;
    batch.give("another", 20_000).await;
    while !matches!(running.next().await.unwrap(), Progress::Trouble { .. }) {}
    assert_eq!(batch.standing().await, ("sending".to_owned(), Some("another".to_owned())));
    assert!(matches!(campaign.erase("r1").await, Err(Error::InDoubt(_))));
    batch.give("another", -1).await;
    let report = running.finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung(), bench.rung_twice()), (5, 5, 0));
}

pub(crate) async fn what_another_runner_took_over_is_not_dropped(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(5)).await.unwrap();
    // Frozen, and not sent.
    campaign.pause().await.unwrap();
    let running = bench.run(&campaign).start().await.unwrap();
    running.interrupt();
    running.finish().await.unwrap();
    campaign.stop().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    batch.give("dead", -1).await;
    // It is looked for slowly, found nowhere, and not to be sent.
    bench.simulator.inject("collection.list_tasks", Fault::Delay(Duration::from_secs(1)), 1);
    let searches = bench.simulator.requests("collection.list_tasks");
    let running = bench.run(&campaign).lease(LEASE).start().await.unwrap();
    batch.taken("sending", Some("dead")).await;
    while bench.simulator.requests("collection.list_tasks") == searches {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    batch.give("another", 20_000).await;
    tokio::time::sleep(Duration::from_millis(2_000)).await;
    assert_eq!(batch.standing().await, ("sending".to_owned(), Some("another".to_owned())));
    assert_eq!(campaign.counts().await.unwrap().outcomes, 0);
    batch.give("another", -1).await;
    let report = running.finish().await.unwrap();
    assert_eq!((report.counts.by_status["not_called"], bench.rung()), (5, 0));
}

/// The next call is refused for want of a token, a second after it was begun.
fn refuse_late(bench: &Bench) {
    bench.simulator.inject("collection.create_task", Fault::ExpiredToken, 1);
    let unavailable = Fault::status_retry_after(503, Duration::from_secs(1));
    bench.simulator.inject("auth.get_token", unavailable, 2);
}

pub(crate) async fn a_refusal_settles_no_doubt(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(5)).await.unwrap();
    campaign.pause().await.unwrap();
    let mut running = bench.run(&campaign).start().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    // Somebody died while sending it, a minute ago.
    batch.give("dead", -1).await;
    refuse_late(&bench);
    campaign.resume().await.unwrap();
    while !matches!(running.next().await.unwrap(), Progress::Trouble { .. }) {}
    // It is refused what would have been the second request.
    assert_eq!(batch.standing().await.0, "in_doubt");
    assert_eq!(campaign.take_out("r3").await.unwrap(), TakenOut::Later);
    assert!(matches!(campaign.erase("r1").await, Err(Error::InDoubt(_))));
    let report = running.finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (5, 0));
}

pub(crate) async fn who_is_taken_out_before_a_refusal_is_not_sent_again(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(5)).await.unwrap();
    campaign.pause().await.unwrap();
    let running = bench.run(&campaign).start().await.unwrap();
    refuse_late(&bench);
    campaign.resume().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    batch.taken("sending", None).await;
    assert_eq!(campaign.take_out("r3").await.unwrap(), TakenOut::Later);
    let report = running.finish().await.unwrap();
    assert_eq!(report.counts.by_status[Status::TakenOut.as_str()], 1, "{report:?}");
    assert_eq!((report.counts.outcomes, bench.rung(), bench.rung_twice()), (5, 4, 0));
}

pub(crate) async fn what_one_runner_has_handed_out_no_other_hands_out(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(20)).await.unwrap();
    let mut slow = bench.run(&campaign).start().await.unwrap();
    let mut seen = 0;
    while campaign.counts().await.unwrap().outcomes < 20 || seen == 0 {
        seen += usize::from(matches!(slow.next().await, Some(Progress::Outcome(_))));
    }
    // It is at work for longer than a lease, and not for so long that it is taken for dead.
    let mut other = bench.run(&campaign).start().await.unwrap();
    let handed_out = tokio::time::timeout(Duration::from_millis(2_500), async {
        while !matches!(other.next().await, Some(Progress::Outcome(_)) | None) {}
    });
    assert!(handed_out.await.is_err(), "two hand out the same");
    while let Some(progress) = slow.next().await {
        seen += usize::from(matches!(progress, Progress::Outcome(_)));
    }
    while let Some(progress) = other.next().await {
        seen += usize::from(matches!(progress, Progress::Outcome(_)));
    }
    assert_eq!(seen, 20);
    slow.finish().await.unwrap();
    other.finish().await.unwrap();
}

/// Otherwise a runner that stood still would take what it does now for what it did before.
pub(crate) async fn each_batch_that_a_runner_takes_has_an_owner_of_its_own(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(20)).await.unwrap();
    bench.simulator.inject("collection.create_task", Fault::Delay(Duration::from_secs(1)), 2);
    let running = bench.run(&campaign).lease(LEASE).start().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    while bench.simulator.requests("collection.create_task") < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let query = sqlx::query_scalar("SELECT COUNT(DISTINCT owner) FROM batch WHERE state = 'sending'");
    let owners: i64 = query.fetch_one(&batch.pool).await.unwrap();
    assert_eq!(owners, 2);
    // What it holds at its end is free for the next.
    running.interrupt();
    running.finish().await.unwrap();
    let held = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM batch WHERE owner IS NOT NULL");
    assert_eq!(held.fetch_one(&batch.pool).await.unwrap(), 0);
}

pub(crate) async fn a_plan_that_is_refused_settles_no_doubt(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign_with("first", |_| bench.plan_of("unknown_robot")).await;
    campaign.load_rows(people(5)).await.unwrap();
    campaign.pause().await.unwrap();
    let mut running = bench.run(&campaign).start().await.unwrap();
    let batch = Batch::of(&campaign, &place).await;
    batch.give("dead", -1).await;
    campaign.resume().await.unwrap();
    let name = loop {
        if let Progress::InDoubt { name, needs_a_person: true, .. } = running.next().await.unwrap() {
            break name;
        }
    };
    assert_eq!(batch.standing().await.0, "in_doubt");
    // Somebody has looked: the vendor has nothing of that name.
    campaign.settle(&name, Settlement::NotCreated).await.unwrap();
    let error = running.finish().await.unwrap_err();
    assert!(matches!(error, Error::PlanRefused { .. }), "{error}");
    let mut campaign = campaign;
    campaign.change_plan(bench.plan()).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (5, 0));
}
