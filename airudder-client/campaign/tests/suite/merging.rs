//! What was said and what was read, merged.

use std::time::Duration;

use airudder_campaign::{Campaign, Inbox, Outcome, Progress, Status, WithoutOutcome};
use airudder_simulator::{CallOutcome, Fault};
use serde_json::json;

use crate::bench::{Bench, people};
use crate::place::Place;

fn finished(task: &str, reference: &str, grade: &str, end: &str) -> String {
    json!({
        "TaskID": task, "Comments": reference, "Status": "finished", "Intention": grade,
        "CallStartTime": "2026-03-02T02:00:00Z", "CallEndTime": end,
    })
    .to_string()
}

/// Runs until the campaign has its tasks, and gives their ids.
async fn submit(bench: &Bench, campaign: &Campaign) -> Vec<String> {
    let mut running = bench.run(campaign).start().await.unwrap();
    let mut tasks = Vec::new();
    while let Some(progress) = running.next().await {
        if let Progress::Submitted { task, .. } = progress {
            tasks.push(task.unwrap().to_string());
            break;
        }
    }
    running.interrupt();
    assert!(running.finish().await.unwrap().is_interrupted);
    tasks
}

async fn outcomes(bench: &Bench, campaign: &Campaign) -> Vec<Outcome> {
    let mut running = bench.run(campaign).start().await.unwrap();
    let mut outcomes = Vec::new();
    while let Some(progress) = running.next().await {
        if let Progress::Outcome(outcome) = progress {
            outcomes.push(*outcome);
        }
    }
    running.finish().await.unwrap();
    outcomes
}

pub(crate) async fn copies_strangers_and_early_messages_are_kept_and_applied_once(place: Place) {
    // The clock of the simulator stands: nobody is called before it is turned.
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(3)).await.unwrap();
    let task = &submit(&bench, &campaign).await[0];
    let inbox = Inbox::new(&bench.ledger);
    let said = finished(task, "r0", "A", "2026-03-02T02:01:00Z");
    let (many, key) = (20, "collection.call_finished");
    let copies = (0..many).map(|_| inbox.store(key, said.clone()));
    assert!(futures_util::future::join_all(copies).await.iter().all(Result::is_ok));
    // Of somebody else's task, and of somebody who is not in this one.
    inbox.store(key, finished("not-ours", "r1", "A", "2026-03-02T02:01:00Z")).await.unwrap();
    inbox.store(key, finished(task, "nobody", "A", "2026-03-02T02:01:00Z")).await.unwrap();
    // Older than what is known.
    inbox.store(key, finished(task, "r0", "B", "2026-03-02T02:00:30Z")).await.unwrap();

    let mut running = bench.run(&campaign).start().await.unwrap();
    let outcome = loop {
        if let Some(Progress::Outcome(outcome)) = running.next().await {
            break outcome;
        }
    };
    assert_eq!(outcome.reference, "r0");
    assert_eq!((outcome.answered, outcome.talk_time), (Some(true), Some(Duration::from_secs(60))));
    running.interrupt();
    let report = running.finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 1);
    assert_eq!(report.counts.by_intention["A"], 1, "{report:?}");
    let messages = bench.ledger.messages().await.unwrap();
    assert_eq!((messages["applied"], messages["waiting"]), (3, 1), "{messages:?}");
    // Again and again.
    inbox.store(key, said).await.unwrap();
    let messages = bench.ledger.messages().await.unwrap();
    assert_eq!((messages["applied"], messages.get("new")), (3, None), "{messages:?}");
}

pub(crate) async fn a_message_that_comes_before_its_create_is_applied_later(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(2)).await.unwrap();
    // The vendor has the task, and the runner does not know it: its answer is lost, and the list fails.
    bench.simulator.inject("collection.create_task", Fault::Truncated, 1);
    let mut running = bench.run(&campaign).start().await.unwrap();
    bench.simulator.inject("collection.list_tasks", Fault::status(503), 6);
    while !matches!(running.next().await, Some(Progress::InDoubt { .. })) {}
    bench.simulator.clear_faults();
    let list = bench.client.collection().list_tasks().number(10).page(1).send().await.unwrap();
    let task = list["list"][0]["TaskID"].as_str().unwrap().to_owned();
    let inbox = Inbox::new(&bench.ledger);
    let said = finished(&task, "r0", "A", "2026-03-02T02:01:00Z");
    inbox.store("collection.call_finished", said).await.unwrap();
    let outcome = loop {
        match running.next().await {
            Some(Progress::Outcome(outcome)) => break outcome,
            Some(_) => {}
            None => panic!("it ended"),
        }
    };
    assert_eq!((outcome.reference.as_str(), outcome.answered), ("r0", Some(true)));
    running.interrupt();
    running.finish().await.unwrap();
    assert_eq!(bench.simulator.requests("collection.create_task"), 1);
}

pub(crate) async fn what_is_read_after_the_end_beats_what_was_said(place: Place) {
    let decide = |_: &str| Some(CallOutcome::Busy);
    let bench = Bench::deciding(&place, decide, |simulator| simulator.speed(0.001)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(2)).await.unwrap();
    let task = &submit(&bench, &campaign).await[0];
    let inbox = Inbox::new(&bench.ledger);
    // In the far future, and wrong.
    let said = finished(task, "r0", "A", "2099-03-02T02:01:00Z");
    inbox.store("collection.call_finished", said).await.unwrap();
    bench.simulator.play_out().await;
    let outcomes = outcomes(&bench, &campaign).await;
    let last = outcomes.iter().rfind(|outcome| outcome.reference == "r0").unwrap();
    assert_eq!((last.answered, last.intention.as_ref().map(|i| i.as_str())), (Some(false), Some("--")));
    // Nothing that is said later changes it.
    inbox.store("collection.call_finished", finished(task, "r0", "C", "2100-03-02T02:01:00Z")).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.unanswered, report.counts.outcomes), (2, 2));
}

pub(crate) async fn a_message_that_cannot_be_read_holds_up_nothing(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let inbox = Inbox::new(&bench.ledger);
    for body in ["", "no JSON", "[1, 2]", "{\"TaskID\": null}", "\u{0}\u{1}"] {
        inbox.store("collection.call_finished", body).await.unwrap();
    }
    inbox.store("of.another_product", "{}").await.unwrap();
    inbox.store("", finished("not-ours", "r0", "A", "2026-03-02T02:01:00Z")).await.unwrap();
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(3)).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 3);
    let messages = bench.ledger.messages().await.unwrap();
    assert_eq!((messages.get("new"), messages["unreadable"], messages["waiting"]), (None, 3, 1));
    assert_eq!(bench.ledger.forget_messages(Duration::ZERO).await.unwrap(), 7);
}

pub(crate) async fn what_no_database_keeps_holds_up_nothing(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    let named = crate::bench::person(9).reference("no\0body");
    campaign.load_rows(people(3).chain([named])).await.unwrap();
    let inbox = Inbox::new(&bench.ledger);
    inbox.store("collection.call_finished", finished("\0", "no\0body", "\0", "\0")).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.people, report.counts.outcomes), (4, 4));
    assert_eq!(bench.ledger.messages().await.unwrap().get("new"), None);
    campaign.erase_all().await.unwrap();
}

pub(crate) async fn the_window_is_over_and_who_has_no_outcome_is_told_why(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(0.001)).await;
    let soon = airudder_client::jiff::Zoned::now().with_time_zone(airudder_client::jiff::tz::TimeZone::UTC);
    let plan = airudder_campaign::Plan::new(
        "robot",
        "LINE",
        &(&soon - airudder_client::jiff::ToSpan::hour(1)),
        &(&soon + airudder_client::jiff::ToSpan::milliseconds(1_500)),
    );
    let campaign = bench.campaign_with("first", |_| plan.batch_size(2)).await;
    campaign.load_rows(people(2)).await.unwrap();
    let run = || bench.run(&campaign).grace(Duration::from_millis(200));
    let report = run().start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.without.into_iter().collect::<Vec<_>>(), [(WithoutOutcome::Pending, 2)]);
    // Who comes too late is not called.
    campaign.load_rows(people(3)).await.unwrap();
    let report = run().start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.by_status[Status::NotCalled.as_str()], 1);
    assert_eq!(bench.simulator.requests("collection.create_task"), 1);
    let why = campaign.without_outcome(0, 10).await.unwrap();
    assert_eq!(why.len(), 2);
}
