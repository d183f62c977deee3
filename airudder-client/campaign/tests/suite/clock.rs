//! A clock that is turned while a campaign runs, and clocks that are apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use airudder_campaign::{Campaign, Progress, Run};
use airudder_client::jiff::Timestamp;
use airudder_simulator::Fault;

use crate::bench::{Bench, people};
use crate::place::Place;

const HOUR: i64 = 3_600_000;

/// A clock that is so many milliseconds ahead of the right one.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

impl Hand {
    fn turn(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    fn clock(&self) -> impl Fn() -> Timestamp + Send + Sync + 'static + use<> {
        let ahead = Arc::clone(&self.0);
        move || {
            let now = Timestamp::now().as_millisecond() + ahead.load(Ordering::SeqCst);
            Timestamp::from_millisecond(now).unwrap()
        }
    }
}

/// A run that has time for a slow answer.
fn patient(bench: &Bench, campaign: &Campaign, clock: &Hand) -> Run {
    bench.run(campaign).clock(clock.clock()).upload_timeout(Duration::from_secs(5))
}

fn searches(bench: &Bench) -> usize {
    bench.simulator.requests("collection.list_tasks")
}

/// Waits until all batches were sent to the simulator.
async fn sent(bench: &Bench, batches: usize) {
    while bench.simulator.requests("collection.create_task") < batches {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) async fn a_clock_turned_forward_takes_nothing_from_a_runner_at_work(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(40)).await.unwrap();
    bench.simulator.inject("collection.create_task", Fault::Delay(Duration::from_millis(1_500)), 4);
    let hand = Hand::default();
    // No lease is lengthened before the answers come, and there is room for work that is taken from others.
    let run = || patient(&bench, &campaign, &hand).lease(Duration::from_secs(8)).concurrency(8);
    let first = run().start().await.unwrap();
    let before = searches(&bench);
    sent(&bench, 4).await;
    let second = run().start().await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    hand.turn(HOUR);
    let (first, second) = tokio::join!(first.finish(), second.finish());
    assert_eq!((first.unwrap().counts.outcomes, second.unwrap().counts.outcomes), (40, 40));
    assert_eq!((bench.rung(), bench.rung_twice()), (40, 0));
    // Nobody took them for dead.
    assert_eq!(bench.simulator.requests("collection.create_task"), 4);
    assert_eq!(searches(&bench) - before, 0, "looked for what was on its way");
}

pub(crate) async fn a_clock_turned_forward_makes_no_doubt_shorter(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(10)).await.unwrap();
    bench.simulator.inject("collection.create_task", Fault::Reset, 1);
    let hand = Hand::default();
    let run = bench.run(&campaign).clock(hand.clock()).upload_timeout(Duration::from_secs(2));
    let mut running = run.start().await.unwrap();
    let mut turned = None;
    while let Some(progress) = running.next().await {
        match (progress, turned) {
            (Progress::InDoubt { .. }, None) => {
                hand.turn(HOUR);
                turned = Some(Instant::now());
            }
            (Progress::Submitted { .. }, Some(turned)) => {
                assert!(turned.elapsed() >= Duration::from_millis(1_900), "after {:?}", turned.elapsed());
            }
            _ => {}
        }
    }
    assert!(turned.is_some());
    assert_eq!(running.finish().await.unwrap().counts.outcomes, 10);
    assert_eq!((bench.rung(), bench.rung_twice()), (10, 0));
    assert_eq!(bench.simulator.requests("collection.create_task"), 2);
}

pub(crate) async fn what_a_wrong_clock_gave_up_is_looked_at_again(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001).lines(2)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(10)).await.unwrap();
    let hand = Hand::default();
    let mut running = bench.run(&campaign).clock(hand.clock()).start().await.unwrap();
    while !matches!(running.next().await, Some(Progress::Submitted { .. })) {}
    // Where the database's clock counts, this one is noticed and put right.
    hand.turn(24 * HOUR);
    if place.url.is_none() {
        let report = running.finish().await.unwrap();
        assert_eq!(report.counts.outcomes, 0, "{report:?}");
        assert!(!report.is_interrupted && report.without.values().sum::<u64>() == 10, "{report:?}");
        hand.turn(-24 * HOUR);
        running = bench.run(&campaign).clock(hand.clock()).start().await.unwrap();
    }
    bench.simulator.play_out().await;
    assert_eq!(running.finish().await.unwrap().counts.outcomes, 10);
    assert_eq!((bench.rung(), bench.rung_twice()), (10, 0));
    // Everybody has an outcome: nothing is looked at again.
    let before = bench.simulator.requests("collection.get_task_detail");
    bench.run(&campaign).clock(hand.clock()).start().await.unwrap().finish().await.unwrap();
    assert_eq!(bench.simulator.requests("collection.get_task_detail"), before);
}

pub(crate) async fn clocks_that_are_apart_call_nobody_twice(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(60)).await.unwrap();
    bench.simulator.inject("collection.create_task", Fault::Delay(Duration::from_millis(400)), 6);
    let hands = [Hand::default(), Hand::default(), Hand::default()];
    hands[1].turn(HOUR / 2);
    hands[2].turn(-HOUR / 2);
    let mut runs = Vec::new();
    for hand in &hands {
        runs.push(patient(&bench, &campaign, hand).concurrency(2).start().await.unwrap());
    }
    let before = searches(&bench);
    for run in runs {
        run.finish().await.unwrap();
    }
    assert_eq!(campaign.counts().await.unwrap().outcomes, 60);
    assert_eq!((bench.rung(), bench.rung_twice()), (60, 0));
    // Machines share a database, and go by its clock. Those who share a file have one clock.
    if place.url.is_some() {
        assert_eq!(bench.simulator.requests("collection.create_task"), 6);
        assert_eq!(searches(&bench) - before, 0, "looked for what was on its way");
    }
}
