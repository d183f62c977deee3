//! From people to outcomes, against the simulator.

use std::collections::BTreeMap;
use std::time::Duration;

use airudder_campaign::{
    Backend, Campaign, Collection, Error, InfoCheck, LedgerProblem, Person, Progress, Status, Telemarketing,
};
use airudder_client::types::Intention;
use airudder_simulator::{CallOutcome, Fault, SimulatorBuilder};
use sha2::{Digest as _, Sha256};

use crate::bench::{self, Bench, people, person};
use crate::place::Place;

fn talks() -> Option<CallOutcome> {
    Some(CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(20) })
}

pub(crate) async fn everybody_gets_an_outcome_and_the_second_run_calls_nobody(place: Place) {
    let decide = |number: &str| if number.ends_with('1') { Some(CallOutcome::Busy) } else { talks() };
    let bench = Bench::deciding(&place, decide, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    let loaded = campaign.load_rows(people(25)).await.unwrap();
    assert_eq!(loaded.accepted, 25);

    let mut running = bench.run(&campaign).start().await.unwrap();
    let mut outcomes = BTreeMap::new();
    let mut tasks = 0;
    while let Some(progress) = running.next().await {
        match progress {
            Progress::Outcome(outcome) => {
                assert!(outcomes.insert(outcome.reference.clone(), outcome).is_none(), "told twice");
            }
            Progress::Submitted { people, task, .. } => {
                assert!(task.is_some());
                tasks += people;
            }
            _ => {}
        }
    }
    let report = running.finish().await.unwrap();
    assert_eq!((tasks, outcomes.len(), report.counts.outcomes), (25, 25, 25));
    assert!(report.without.is_empty() && !report.is_interrupted, "{report:?}");
    assert_eq!((report.counts.answered, report.counts.unanswered), (22, 3));
    let busy = &outcomes["r1"];
    assert_eq!((busy.status.clone(), busy.answered), (Status::Finished, Some(false)));
    let talked = &outcomes["r2"];
    assert_eq!((talked.answered, talked.intention.clone()), (Some(true), Some(Intention::A)));
    assert!(talked.talk_time >= Some(Duration::from_secs(20)), "{talked:?}");
    assert_eq!(talked.raw["Comments"], "r2");
    assert_eq!(bench.simulator.requests("collection.create_task"), 3);

    // Again, by another process.
    bench.ledger.close().await;
    let ledger = place.open().await;
    let campaign = Campaign::find(&ledger, &bench.client, Collection, "first").await.unwrap();
    let again = campaign.load_rows(people(25)).await.unwrap();
    assert_eq!((again.accepted, again.duplicates), (0, 25));
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 25);
    assert_eq!(bench.simulator.requests("collection.create_task"), 3);
}

pub(crate) async fn nobody_is_called_before_somebody_has_confirmed_it(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(12)).await.unwrap();
    let mut orders = Vec::new();
    let preview =
        campaign.dry_run(|order| orders.push((order.name.clone(), order.people.len()))).await.unwrap();
    assert_eq!((preview.people, preview.tasks), (12, 2));
    assert_eq!(orders.iter().map(|(_, people)| *people).collect::<Vec<_>>(), [10, 2]);
    let Err(Error::NotConfirmed(asked)) = campaign.run().start().await else { panic!() };
    assert_eq!(*asked, preview);
    assert_eq!(bench.simulator.log().len(), 0, "nothing was sent");

    // What was shown is what is sent.
    bench.simulator.play_out().await;
    let mut running = bench.run(&campaign).start().await.unwrap();
    let mut sent = Vec::new();
    while let Some(progress) = running.next().await {
        if let Progress::Submitted { name, people, .. } = progress {
            sent.push((name, usize::try_from(people).unwrap()));
        }
        bench.simulator.play_out().await;
    }
    sent.sort();
    assert_eq!(sent, orders);
}

pub(crate) async fn a_lost_answer_is_no_second_call(place: Place) {
    for (n, fault) in
        [Fault::ResetAfterEffect, Fault::Truncated, Fault::status(503), Fault::Reset].into_iter().enumerate()
    {
        let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
        let campaign = bench.campaign(&format!("fault{n}")).await;
        campaign.load_rows(people(25)).await.unwrap();
        bench.simulator.inject("collection.create_task", fault.clone(), 3);
        let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
        assert_eq!(report.counts.outcomes, 25, "{fault:?}");
        assert_eq!(bench.rung_twice(), 0, "{fault:?}");
        assert_eq!(bench.rung(), 25, "{fault:?}");
    }
}

pub(crate) async fn an_address_where_nobody_answers_is_told_at_once(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator).await;
    let nobody = bench::client("http://127.0.0.1:9");
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(3)).await.unwrap();
    let campaign = Campaign::find(&bench.ledger, &nobody, Collection, campaign.id()).await.unwrap();
    let Err(error) = bench.run(&campaign).start().await else { panic!() };
    assert!(matches!(error, Error::Client(_)), "{error}");
}

pub(crate) async fn a_plan_that_the_vendor_refuses_ends_the_run_and_can_be_mended(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let mut campaign = bench.campaign_with("first", |_| bench.plan_of("unknown_robot")).await;
    campaign.load_rows(people(25)).await.unwrap();
    let error = bench.run(&campaign).start().await.unwrap().finish().await.unwrap_err();
    assert!(matches!(error, Error::PlanRefused { .. }), "{error}");
    assert_eq!(campaign.counts().await.unwrap().outcomes, 0);
    let before = campaign.clone();
    campaign.change_plan(bench.plan()).await.unwrap();
    // Whoever has opened it before goes by the plan that it has now.
    let Err(Error::NotConfirmed(preview)) = before.run().start().await else { panic!("it has begun") };
    assert_eq!(preview.robot, "robot");
    let report = bench.run(&before).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung_twice()), (25, 0));
}

pub(crate) async fn rows_that_the_vendor_refuses_have_that_as_their_outcome(place: Place) {
    let bench = Bench::start(&place, |simulator| {
        simulator.speed(600.0).refuse_numbers(|number| number.ends_with('3'))
    })
    .await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(25)).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 25);
    assert_eq!(report.counts.by_status["refused"], 3);
    // A batch of nobody else is refused as a whole.
    let campaign = bench.campaign("second").await;
    campaign.load_rows(people(4).skip(3)).await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.by_status["refused"], 1);
}

pub(crate) async fn outcomes_come_by_webhook_too(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(25)).await.unwrap();
    let inbox = bench.receive().await;
    let run = bench.run(&campaign).inbox(&inbox).poll_every(Duration::from_secs(3_600));
    let report = run.start().await.unwrap().finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 25);
    assert!(bench.simulator.requests("collection.get_task_detail") <= 6);
    let messages = bench.ledger.messages().await.unwrap();
    assert_eq!(messages["applied"], 28, "25 calls and 3 tasks: {messages:?}");
}

pub(crate) async fn two_runners_share_a_campaign(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(100)).await.unwrap();
    let other = place.open().await;
    let other = Campaign::find(&other, &bench.client, Collection, "first").await.unwrap();
    let (mine, others) = tokio::join!(
        async { bench.run(&campaign).concurrency(2).start().await.unwrap().finish().await.unwrap() },
        async { bench.run(&other).concurrency(2).start().await.unwrap().finish().await.unwrap() },
    );
    assert_eq!((mine.counts.outcomes, others.counts.outcomes), (100, 100));
    assert_eq!((bench.rung(), bench.rung_twice()), (100, 0));
    assert_eq!(bench.simulator.requests("collection.create_task"), 10);
}

pub(crate) async fn a_newer_ledger_is_refused(place: Place) {
    place.open().await.close().await;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    sqlx::query("UPDATE ledger SET version = 999").execute(&pool).await.unwrap();
    pool.close().await;
    let Err(Error::Ledger(error)) = place.try_open().await else { panic!("it was opened") };
    assert_eq!(error.problem(), LedgerProblem::Newer, "{error}");
    assert!(error.to_string().contains("999"), "{error}");
}

pub(crate) async fn telemarketing_and_info_check_run_alike(place: Place) {
    async fn check(place: &Place, backend: impl Backend + Copy) {
        let line = backend.key();
        let configure = |simulator: SimulatorBuilder| simulator.speed(600.0).business_line(line);
        let bench = Bench::start(place, configure).await;
        let customer = |n: usize| {
            Person::new(format!("+62812{n:08}")).field("Customer", "Jane Doe").reference(format!("r{n}"))
        };
        let campaign =
            Campaign::open(&bench.ledger, &bench.client, backend, line, bench.plan()).await.unwrap();
        let nameless = Person::new("+6281299999999").field("Customer", "x".repeat(64));
        let loaded = campaign.load_rows((0..12).map(customer).chain([nameless])).await.unwrap();
        assert_eq!((loaded.accepted, loaded.refused), (12, 1), "{line}");
        let inbox = bench.receive().await;
        let report = bench.run(&campaign).inbox(&inbox).start().await.unwrap().finish().await.unwrap();
        assert_eq!((report.counts.outcomes, bench.rung_twice()), (12, 0), "{line}");
        assert!(bench.simulator.requests(&format!("{line}.create_task")) > 0, "{line}");
        let other = Campaign::find(&bench.ledger, &bench.client, Collection, line).await;
        assert!(matches!(other, Err(Error::OtherProduct { .. })), "{line}");
    }
    check(&place, Telemarketing).await;
    check(&place, InfoCheck).await;
}

pub(crate) async fn two_campaigns_of_one_ledger_do_not_mix(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let (first, second) = (bench.campaign("first").await, bench.campaign("second").await);
    first.load_rows(people(15)).await.unwrap();
    second.load_rows(people(25)).await.unwrap();
    let inbox = bench.receive().await;
    let run = |campaign: &Campaign| bench.run(campaign).inbox(&inbox);
    let (one, two) =
        tokio::join!(async { run(&first).start().await.unwrap().finish().await.unwrap() }, async {
            run(&second).start().await.unwrap().finish().await.unwrap()
        },);
    assert_eq!((one.counts.outcomes, two.counts.outcomes), (15, 25));
    assert_eq!(bench.ledger.campaigns().await.unwrap(), ["first", "second"]);
    assert_eq!(bench.ledger.messages().await.unwrap().get("waiting"), None);
}

/// People as the first version had them.
const FIRST_CONTACTS: &str = "
CREATE TABLE first_contact (
    campaign TEXT NOT NULL,
    seq BIGINT NOT NULL,
    line BIGINT NOT NULL,
    reference TEXT NOT NULL,
    phone_key TEXT NOT NULL,
    phone TEXT,
    fields TEXT,
    batch BIGINT,
    taken_out BIGINT,
    is_told BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (campaign, seq),
    UNIQUE (campaign, reference),
    UNIQUE (campaign, phone_key)
);
INSERT INTO first_contact
    SELECT campaign, seq, line, reference, 'key of ' || reference, phone, fields, batch, taken_out, is_told
    FROM contact;
DROP TABLE contact;
DROP TABLE contact_key;
DROP TABLE IF EXISTS new_contact_key;
ALTER TABLE first_contact RENAME TO contact;
CREATE INDEX contact_batch ON contact (campaign, batch);
UPDATE ledger SET version = 1;
";

pub(crate) async fn an_older_ledger_is_brought_up_to_date(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    assert_eq!(campaign.load_rows(people(12)).await.unwrap().accepted, 12);
    campaign.erase("r3").await.unwrap();
    bench.ledger.close().await;
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(&place.database_url()).await.unwrap();
    let ledger = || sqlx::query_as::<_, (String, i64)>("SELECT secret, version FROM ledger").fetch_one(&pool);
    let before = ledger().await.unwrap();
    sqlx::raw_sql(FIRST_CONTACTS).execute(&pool).await.unwrap();
    for (seq, person) in (1_i64..).zip(people(12)) {
        let digest = Sha256::digest(format!("{}\nfirst\n{}", before.0, person.phone.as_str()));
        let key: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let update = sqlx::query("UPDATE contact SET phone_key = $1 WHERE seq = $2").bind(key).bind(seq);
        assert_eq!(update.execute(&pool).await.unwrap().rows_affected(), 1);
    }

    // By several at once.
    let opened = futures_util::future::join_all((0..4).map(|_| place.try_open())).await;
    assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    assert_eq!(before, ledger().await.unwrap());
    pool.close().await;
    let campaign =
        Campaign::find(opened[0].as_ref().unwrap(), &bench.client, Collection, "first").await.unwrap();
    // Nobody is called again, be the number erased or not, and nobody else has the same reference.
    let again = campaign.load_rows(people(12).chain([person(12).reference("r4")])).await.unwrap();
    assert_eq!((again.accepted, again.duplicates, again.refused), (0, 12, 1));
    assert!(matches!(campaign.take_out("erased-4").await, Err(Error::Unknown(_))));
    campaign.take_out("r5").await.unwrap();
    let report = bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    assert_eq!((report.counts.outcomes, bench.rung(), bench.rung_twice()), (12, 10, 0));
}

pub(crate) async fn who_is_given_no_reference_has_one_that_nobody_was_given(place: Place) {
    let bench = Bench::start(&place, |simulator| simulator).await;
    let campaign = bench.campaign("first").await;
    let given = |n: usize, reference: &str| person(n).reference(reference);
    let people = [person(0), person(1), given(2, "c2")];
    assert_eq!(campaign.load_rows(people).await.unwrap().accepted, 3);
    assert_eq!(campaign.load_rows([given(3, "c7"), given(4, "c7_")]).await.unwrap().accepted, 2);
    assert_eq!(campaign.load_rows([person(5), person(6)]).await.unwrap().accepted, 2);
    let people = campaign.without_outcome(0, 100).await.unwrap();
    let references: Vec<&str> = people.iter().map(|(_, reference, _)| reference.as_str()).collect();
    assert_eq!(references, ["c1", "c2_", "c2", "c7", "c7_", "c6", "c7__"]);
}
