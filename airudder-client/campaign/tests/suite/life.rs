//! Stopping, pausing, taking out, settling, erasing.

use std::path::Path;
use std::time::Duration;

use airudder_campaign::backend::{Creation, Detail, Order, Problem, Record, Report};
use airudder_campaign::{
    Backend, Campaign, Collection, Error, Plan, Progress, Settlement, Status, TakenOut, WithoutOutcome,
};
use airudder_client::jiff::ToSpan;
use airudder_client::jiff::tz::TimeZone;
use airudder_client::types::{Phone, TaskId};
use airudder_client::{Client, FoundTask};
use airudder_simulator::Fault;
use futures_util::future::BoxFuture;

use crate::bench::{Bench, people};
use crate::place::Place;

/// Runs until a number of batches were submitted.
async fn submit(bench: &Bench, campaign: &Campaign, batches: usize) {
    let mut running = bench.run(campaign).start().await.unwrap();
    let mut submitted = 0;
    while submitted < batches {
        if let Some(Progress::Submitted { .. }) = running.next().await {
            submitted += 1;
        }
    }
    running.interrupt();
    running.finish().await.unwrap();
}

pub(crate) async fn a_stop_ends_tasks_and_sends_nothing_more(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001).lines(2)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(10)).await.unwrap();
    submit(&bench, &campaign, 1).await;
    campaign.load_rows(people(25)).await.unwrap();
    campaign.stop().await.unwrap();
    assert_eq!(bench.simulator.requests("collection.stop_task"), 1);
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 25, "{report:?}");
    assert_eq!(report.counts.by_status["not_called"], 15);
    assert_eq!(report.counts.by_status["cancelled"], 8);
    assert_eq!(bench.simulator.requests("collection.create_task"), 1);
}

pub(crate) async fn a_pause_sends_nothing_until_it_is_over(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(12)).await.unwrap();
    campaign.pause().await.unwrap();
    let mut running = bench.run(&campaign).start().await.unwrap();
    let waited = tokio::time::timeout(Duration::from_millis(600), async {
        while !matches!(running.next().await, Some(Progress::Submitted { .. })) {}
    });
    assert!(waited.await.is_err(), "something was sent");
    campaign.resume().await.unwrap();
    let report = running.finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (12, 0));
}

pub(crate) async fn somebody_who_has_paid_is_taken_out(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001).lines(2)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(10)).await.unwrap();
    // Before anything is frozen, and when it is.
    assert_eq!(campaign.take_out("r5").await.unwrap(), TakenOut::BeforeAnythingWasSent);
    submit(&bench, &campaign, 1).await;
    assert_eq!(campaign.take_out("r7").await.unwrap(), TakenOut::AtVendor);
    assert!(matches!(campaign.take_out("nobody").await, Err(Error::Unknown(_))));
    bench.simulator.play_out().await;
    assert_eq!(campaign.take_out("r8").await.unwrap(), TakenOut::TooLate);
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.by_status[Status::TakenOut.as_str()], 1);
    assert_eq!(report.counts.by_status[Status::Cancelled.as_str()], 1);
    assert_eq!((report.counts.outcomes, bench.rung()), (10, 8));
}

/// As if the vendor took a name twice.
struct Unguarded;

impl Backend for Unguarded {
    fn key(&self) -> &'static str {
        "unguarded"
    }

    fn names_are_unique(&self) -> bool {
        false
    }

    fn reach<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<(), airudder_client::Error>> {
        Collection.reach(client)
    }

    fn check(&self, client: &Client, order: &Order) -> Result<Vec<Problem>, airudder_client::Error> {
        Collection.check(client, order)
    }

    fn is_about_people(&self, error: &airudder_client::Error) -> bool {
        Collection.is_about_people(error)
    }

    fn create<'a>(
        &'a self,
        client: &'a Client,
        order: &'a Order,
    ) -> BoxFuture<'a, Result<Creation, airudder_client::Error>> {
        Collection.create(client, order)
    }

    fn find<'a>(
        &'a self,
        client: &'a Client,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundTask>, airudder_client::Error>> {
        Collection.find(client, name)
    }

    fn read<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
    ) -> BoxFuture<'a, Result<Detail, airudder_client::Error>> {
        Box::pin(async move {
            let detail = Collection.read(client, task).await?;
            let again = |known: Record| {
                let mut record = Record::new(known.reference.unwrap_or_default(), known.state);
                (record.started, record.ended, record.raw) = (known.started, known.ended, known.raw);
                record
            };
            Ok(Detail::new(detail.is_over, detail.records.into_iter().map(again).collect()))
        })
    }

    fn stop<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
    ) -> BoxFuture<'a, Result<(), airudder_client::Error>> {
        Collection.stop(client, task)
    }

    fn take_out<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
        phone: &'a Phone,
    ) -> BoxFuture<'a, Result<bool, airudder_client::Error>> {
        Collection.take_out(client, task, phone)
    }

    fn recording<'a>(
        &'a self,
        client: &'a Client,
        task: &'a TaskId,
        phone: &'a Phone,
        path: &'a Path,
    ) -> BoxFuture<'a, Result<Option<u64>, airudder_client::Error>> {
        Collection.recording(client, task, phone, path)
    }

    fn reports(&self, key: &str, body: &[u8]) -> Result<Vec<Report>, airudder_client::Error> {
        Collection.reports(key, body)
    }
}

pub(crate) async fn without_a_unique_name_doubt_waits_for_a_person(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign =
        Campaign::open(&bench.ledger, &bench.client, Unguarded, "first", bench.plan()).await.unwrap();
    campaign.load_rows(people(3)).await.unwrap();
    // Nothing has arrived, and nobody can know that.
    bench.simulator.inject("collection.create_task", Fault::Reset, 1);
    let mut running = bench.run(&campaign).upload_timeout(Duration::from_millis(300)).start().await.unwrap();
    let name = loop {
        match running.next().await {
            Some(Progress::InDoubt { name, needs_a_person, .. }) if needs_a_person => break name,
            Some(_) => {}
            None => panic!("it ended"),
        }
    };
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.simulator.requests("collection.create_task"), 1, "nothing is sent again");
    let in_doubt = campaign.in_doubt().await.unwrap();
    assert_eq!((in_doubt[0].name.clone(), in_doubt[0].people), (name.clone(), 3));
    assert!(matches!(campaign.erase("r0").await, Err(Error::InDoubt(_))));
    assert_eq!(campaign.take_out("r1").await.unwrap(), TakenOut::Later);
    let without = campaign.without_outcome(0, 10).await.unwrap();
    assert!(without.iter().all(|(_, _, why)| *why == WithoutOutcome::InDoubt), "{without:?}");
    assert!(matches!(campaign.settle("another", Settlement::NotCreated).await, Err(Error::Unknown(_))));
    campaign.settle(&name, Settlement::NotCreated).await.unwrap();
    let report = running.finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (3, 0));
    assert!(campaign.in_doubt().await.unwrap().is_empty());
}

pub(crate) async fn what_is_erased_is_gone_and_not_called_again(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    let named =
        |n: usize| crate::bench::person(n).reference(format!("debtor-{n}")).field("Debtor", "Zebedee");
    campaign.load_rows((0..3).map(named)).await.unwrap();
    let inbox = bench.receive().await;
    // Never called, and frozen already.
    campaign.run().start().await.map(|_| ()).unwrap_err();
    campaign.erase("debtor-2").await.unwrap();
    let report = bench.run(&campaign).inbox(&inbox).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 3);
    assert_eq!(bench.rung(), 2);
    campaign.erase("debtor-0").await.unwrap();
    campaign.erase_all().await.unwrap();
    assert!(matches!(campaign.erase("debtor-0").await, Err(Error::Unknown(_))));
    let again = campaign.load_rows((0..3).map(named)).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 3));
    bench.ledger.close().await;
    if place.url.is_none() {
        for file in std::fs::read_dir(place.folder.path()).unwrap().flatten() {
            let bytes = std::fs::read(file.path()).unwrap();
            for text in ["Zebedee", "+6281200000000", "debtor-"] {
                let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
                assert!(!found, "{text} in {:?}", file.file_name());
            }
        }
    }
}

pub(crate) async fn an_interrupted_run_is_gone_on_with(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(40)).await.unwrap();
    let mut ends = 0;
    loop {
        let running = bench.run(&campaign).concurrency(1).start().await.unwrap();
        tokio::time::sleep(Duration::from_millis(150)).await;
        running.interrupt();
        let report = running.finish().await.unwrap();
        if !report.is_interrupted {
            assert_eq!(report.counts.outcomes, 40);
            break;
        }
        ends += 1;
        assert!(ends < 200);
    }
    assert_eq!((bench.rung(), bench.rung_twice()), (40, 0));
}

pub(crate) async fn what_was_not_worked_on_to_its_end_is_handed_out_again(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(30)).await.unwrap();
    let mut running = bench.run(&campaign).start().await.unwrap();
    let (mut done, mut last) = (Vec::new(), None);
    while done.len() < 10 {
        if let Some(Progress::Outcome(outcome)) = running.next().await {
            done.extend(last.replace(outcome.id));
        }
    }
    // The program dies while it works on the eleventh.
    drop(running);
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let mut again = Vec::new();
    let mut running = bench.run(&campaign).start().await.unwrap();
    while let Some(progress) = running.next().await {
        if let Progress::Outcome(outcome) = progress {
            again.push(outcome.id);
        }
    }
    running.finish().await.unwrap();
    assert!(again.contains(&last.unwrap()), "the eleventh comes again");
    let all: std::collections::BTreeSet<String> = done.iter().chain(&again).cloned().collect();
    assert_eq!(all.len(), 30);
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 30);
}

pub(crate) async fn a_clock_that_was_turned_back_holds_up_nothing(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(20)).await.unwrap();
    bench.simulator.inject("collection.create_task", Fault::Reset, 2);
    let mut running = bench.run(&campaign).upload_timeout(Duration::from_secs(60)).start().await.unwrap();
    let mut in_doubt = 0;
    while in_doubt < 2 {
        in_doubt += usize::from(matches!(running.next().await, Some(Progress::InDoubt { .. })));
    }
    running.interrupt();
    running.finish().await.unwrap();
    // As if all that had been written tomorrow.
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let day = 24 * 3_600 * 1_000;
    sqlx::query("UPDATE batch SET sent = sent + $1, due = due + $1, lease = sent + $1, owner = 'another'")
        .bind(day)
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("UPDATE campaign SET hands_out = 'another', hands_out_until = $1")
        .bind(i64::MAX / 2)
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (20, 0));
    assert_eq!(bench.simulator.requests("collection.create_task"), 4);
}

pub(crate) async fn a_runner_that_died_while_sending_calls_nobody_twice(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    for (id, vendor_has_it) in [("has", true), ("hasnot", false)] {
        let campaign = bench.campaign(id).await;
        campaign.load_rows(people(5)).await.unwrap();
        // Frozen, and not sent.
        campaign.pause().await.unwrap();
        let running = bench.run(&campaign).start().await.unwrap();
        running.interrupt();
        running.finish().await.unwrap();
        let mut orders = Vec::new();
        campaign.dry_run(|order| orders.push(order.clone())).await.unwrap();
        let before = bench.simulator.requests("collection.create_task");
        if vendor_has_it {
            Collection.create(&bench.client, &orders[0]).await.unwrap();
        }
        sqlx::any::install_default_drivers();
        let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
        let now = airudder_client::jiff::Timestamp::now().as_millisecond();
        sqlx::query("UPDATE batch SET state = 'sending', owner = 'dead', sent = $1 WHERE campaign = $2")
            .bind(now)
            .bind(id)
            .execute(&pool)
            .await
            .unwrap();
        pool.close().await;
        campaign.resume().await.unwrap();
        let began = std::time::Instant::now();
        let mut running = bench.run(&campaign).start().await.unwrap();
        let mut in_doubt = 0;
        while let Some(progress) = running.next().await {
            in_doubt += usize::from(matches!(progress, Progress::InDoubt { .. }));
            if matches!(progress, Progress::Submitted { .. }) && !vendor_has_it {
                assert!(began.elapsed() >= Duration::from_millis(900), "earlier than the time-out");
            }
        }
        assert_eq!(running.finish().await.unwrap().counts.outcomes, 5, "{id}");
        assert_eq!(bench.simulator.requests("collection.create_task"), before + 1, "{id}");
        assert_eq!(in_doubt, usize::from(!vendor_has_it), "{id}");
    }
    // Each campaign has called them once.
    assert!(bench.rung.lock().unwrap().values().all(|times| *times == 2));
}

pub(crate) async fn who_comes_after_a_stop_is_not_called(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(3)).await.unwrap();
    campaign.stop().await.unwrap();
    campaign.load_rows(people(5)).await.unwrap();
    let run = async { bench.run(&campaign).start().await.unwrap().finish().await.unwrap() };
    let report = tokio::time::timeout(Duration::from_secs(20), run).await.expect("it goes on for ever");
    assert_eq!((report.counts.by_status["not_called"], bench.rung()), (5, 0));
}

pub(crate) async fn a_pause_that_outlasts_the_window_calls_nobody_and_ends(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001)).await;
    let start = bench.simulator.clock().now().to_zoned(TimeZone::UTC);
    let end = start.checked_add(3.seconds()).unwrap();
    let plan = Plan::new("robot", "LINE", &start, &end);
    let campaign = bench.campaign_with("first", |_| plan).await;
    campaign.load_rows(people(2)).await.unwrap();
    campaign.pause().await.unwrap();
    let running = bench.run(&campaign).start().await.unwrap();
    campaign.load_rows(people(4)).await.unwrap();
    let finished = tokio::time::timeout(Duration::from_secs(30), running.finish()).await;
    let report = finished.expect("it goes on for ever").unwrap();
    assert_eq!((report.counts.by_status["not_called"], bench.rung()), (4, 0));
}

pub(crate) async fn nothing_that_is_said_after_an_erasure_is_kept(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(2)).await.unwrap();
    let mut running = bench.run(&campaign).start().await.unwrap();
    let task = loop {
        if let Some(Progress::Submitted { task: Some(task), .. }) = running.next().await {
            break task;
        }
    };
    running.finish().await.unwrap();
    campaign.erase("r1").await.unwrap();
    let inbox = airudder_campaign::Inbox::new(&bench.ledger);
    for reference in ["r0", "r1"] {
        let said = format!(r#"{{"TaskID": "{task}", "Comments": "{reference}", "Status": "finished"}}"#);
        inbox.store("collection.call_finished", said).await.unwrap();
    }
    bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let bodies: Vec<Option<Vec<u8>>> = sqlx::query_scalar("SELECT body FROM message WHERE state = 'applied'")
        .fetch_all(&pool)
        .await
        .unwrap();
    let kept: Vec<Vec<u8>> = bodies.iter().flatten().cloned().collect();
    assert_eq!((bodies.len(), kept.len()), (2, 1));
    assert!(String::from_utf8_lossy(&kept[0]).contains("r0"));
}

pub(crate) async fn nobody_is_erased_of_whom_the_vendor_is_still_to_be_told(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001).lines(1)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(5)).await.unwrap();
    submit(&bench, &campaign, 1).await;
    bench.simulator.inject("collection.cancel_call", Fault::status(503), 4);
    assert!(matches!(campaign.take_out("r3").await, Err(Error::Client(_))));
    assert!(matches!(campaign.erase("r3").await, Err(Error::InDoubt(_))));
    bench.simulator.clear_faults();
    assert_eq!(campaign.take_out("r3").await.unwrap(), TakenOut::AtVendor);
    campaign.erase("r3").await.unwrap();
    bench.simulator.play_out().await;
    bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(bench.rung(), 4);
}

/// By several processes, as it were.
pub(crate) async fn many_are_erased_at_once(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator).await;
    bench.campaign("first").await.load_rows(people(80)).await.unwrap();
    let mut erasing = Vec::new();
    for process in 0..4 {
        let ledger = place.open().await;
        let campaign = Campaign::find(&ledger, &bench.client, Collection, "first").await.unwrap();
        erasing.push(tokio::spawn(async move {
            for n in 0..20 {
                campaign.erase(&format!("r{}", process * 20 + n)).await?;
            }
            Ok::<(), Error>(())
        }));
    }
    for erased in erasing {
        erased.await.unwrap().unwrap();
    }
}
