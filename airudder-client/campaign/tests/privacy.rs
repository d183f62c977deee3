//! A name, a number and a secret, planted where they belong: in no log, not at TRACE either, in no `Debug`
//! and in no error.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

#[path = "support/bench.rs"]
mod bench;
#[path = "support/place.rs"]
mod place;

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_campaign::{Campaign, Collection, Inbox, Person, Progress, Settlement};
use airudder_simulator::Fault;
use tracing_subscriber::fmt::MakeWriter;

use crate::bench::Bench;
use crate::place::Place;

const NAME: &str = "Zebedee";
const NUMBER: &str = "6281299887766";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn planted(n: u64) -> Person {
    let number = NUMBER.parse::<u64>().unwrap() + n;
    let mut person = bench::person(0).field("Debtor", format!("{NAME} {n}")).reference(format!("r{n}"));
    person.phone = format!("+{number}").into();
    person.row = n;
    person
}

#[tokio::test]
async fn nothing_personal_is_shown() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .init();
    let place = Place::sqlite();
    let refuse = |number: &str| number.ends_with('8');
    let bench = Bench::start(&place, |simulator| simulator.speed(600.0).refuse_numbers(refuse)).await;
    let campaign = bench.campaign("first").await;
    let mut shown = String::new();
    let mut show = |what: &dyn std::fmt::Debug| writeln!(shown, "{what:?} {what:#?}").unwrap();

    let wrong = planted(90).field("LoanDate", NAME).field("Arrears", -1);
    let doubled = planted(91).reference("r1");
    let mut intake = campaign.intake(|row| show(&(row.to_string(), row)));
    for person in (0..25).map(planted).chain([wrong, doubled, Person::new(NUMBER)]) {
        intake.push(person).await.unwrap();
    }
    let loaded = intake.finish().await.unwrap();
    show(&loaded);
    show(&campaign.dry_run(|order| assert!(format!("{order:?}").contains("robot"))).await.unwrap());
    show(&campaign.run().start().await.map(|_| ()).unwrap_err());
    show(&(&campaign, &bench.ledger, planted(1)));

    let inbox = bench.receive().await;
    for webhook in ["collection.call_finished", "", "nothing"] {
        inbox
            .store(webhook, format!("{{\"Comments\": \"{NAME}\", \"Mobile\": \"+{NUMBER}\"}}"))
            .await
            .unwrap();
        inbox.store(webhook, format!("{NAME} +{NUMBER} no JSON")).await.unwrap();
    }
    let faults =
        [Fault::ResetAfterEffect, Fault::Truncated, Fault::status(503), Fault::ExpiredToken, Fault::Html];
    for fault in faults {
        bench.simulator.inject("*", fault, 2);
    }
    let mut running = loop {
        // What is asked first may fail.
        match bench.run(&campaign).inbox(&inbox).start().await {
            Ok(running) => break running,
            Err(error) => show(&(error.to_string(), error)),
        }
    };
    while let Some(progress) = running.next().await {
        if let Progress::Outcome(outcome) = &progress {
            show(&(outcome.status.clone(), &outcome.intention));
        }
        show(&progress);
    }
    let report = running.finish().await.unwrap();
    assert_eq!(report.counts.outcomes, 25, "{report}");
    show(&(report.to_string(), report));
    show(&campaign.recordings(place.folder.path().join("recordings")).fetch().await.unwrap());
    show(&campaign.take_out("r3").await.unwrap());
    show(&campaign.take_out(NAME).await.unwrap_err());
    show(&campaign.settle("nobody", Settlement::NotCreated).await.unwrap_err());
    show(&campaign.in_doubt().await.unwrap());
    // A ledger that fails in the middle of it.
    bench.ledger.close().await;
    show(&campaign.load_rows([planted(50)]).await.unwrap_err());
    show(&Inbox::new(&bench.ledger).store("x", format!("{NAME} {NUMBER}")).await.unwrap_err());
    show(&Campaign::find(&bench.ledger, &bench.client, Collection, "first").await.map(|_| ()).unwrap_err());
    tokio::time::sleep(Duration::from_millis(50)).await;

    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("airudder_call") && shown.contains("Refused"), "nothing was seen");
    for (what, text) in [("the log", &log), ("what was shown", &shown)] {
        for secret in [NAME, "62812998877", "812998877", "simulator-secret"] {
            if let Some(at) = text.find(secret) {
                let from = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
                panic!("{secret} stands in {what}: {}", text[from..].lines().next().unwrap_or_default());
            }
        }
    }
}
