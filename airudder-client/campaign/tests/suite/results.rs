//! Recordings and results.

use std::time::Duration;

use airudder_simulator::{CallOutcome, Fault};

use crate::bench::{Bench, people};
use crate::place::Place;

pub(crate) async fn recordings_are_fetched_once_and_mended(place: Place) {
    let decide = |number: &str| match number.ends_with(['1', '2']) {
        true => Some(CallOutcome::NoAnswer),
        false => Some(CallOutcome::Connected { intention: 'B', talk: Duration::from_secs(9) }),
    };
    let bench = Bench::deciding(&place, decide, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(20)).await.unwrap();
    bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    let folder = place.folder.path().join("recordings");
    bench.simulator.inject("collection.get_call_recording", Fault::Truncated, 3);
    let fetch = || campaign.recordings(&folder).fetch();
    let first = fetch().await.unwrap();
    assert_eq!(first.stored + first.failed, 16, "{first:?}");
    let second = fetch().await.unwrap();
    assert_eq!((second.stored, second.failed), (first.failed, 0), "{second:?}");
    let requests = bench.simulator.requests("collection.get_call_recording");
    assert_eq!(fetch().await.unwrap(), Default::default());
    let files = || std::fs::read_dir(&folder).unwrap().flatten().map(|file| file.path()).collect::<Vec<_>>();
    assert_eq!(files().len(), 16);
    assert!(files().iter().all(|file| file.extension().is_some_and(|ending| ending == "wav")));
    assert_eq!(bench.simulator.requests("collection.get_call_recording"), requests);
    // One is gone, one was changed.
    std::fs::remove_file(&files()[0]).unwrap();
    std::fs::write(&files()[1], "another").unwrap();
    assert_eq!(fetch().await.unwrap().stored, 2);
    assert_eq!(files().len(), 16);
}

pub(crate) async fn a_recording_of_somebody_who_was_erased_meanwhile_is_not_kept(place: Place) {
    let decide = |_: &str| Some(CallOutcome::Connected { intention: 'B', talk: Duration::from_secs(9) });
    let bench = Bench::deciding(&place, decide, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    campaign.load_rows(people(2)).await.unwrap();
    bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    let folder = place.folder.path().join("recordings");
    bench.simulator.inject("collection.get_call_recording", Fault::Delay(Duration::from_secs(1)), 2);
    let meanwhile = async {
        while bench.simulator.requests("collection.get_call_recording") < 2 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        campaign.erase("r1").await.unwrap();
    };
    let (report, ()) = tokio::join!(campaign.recordings(&folder).fetch(), meanwhile);
    assert_eq!(report.unwrap().stored, 1);
    let files: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().map(|file| file.file_name()).collect();
    assert_eq!(files, ["0000001-r0.wav"]);
    campaign.erase("r0").await.unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

pub(crate) async fn results_are_a_file_that_spreadsheets_open(place: Place) {
    let decide = |_: &str| Some(CallOutcome::Connected { intention: 'A', talk: Duration::from_secs(9) });
    let bench = Bench::deciding(&place, decide, |simulator| simulator.speed(600.0)).await;
    let campaign = bench.campaign("first").await;
    let formula = crate::bench::person(90).reference("=HYPERLINK(\"x\",\"y\")");
    campaign.load_rows(people(2).chain([formula])).await.unwrap();
    bench.run(&campaign).start().await.unwrap().finish().await.unwrap();
    let path = place.folder.path().join("results.csv");
    assert_eq!(campaign.write_results(&path).await.unwrap(), 3);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[1].starts_with("0,r0,+6281200000000,finished,yes,"), "{}", lines[1]);
    assert!(lines[3].contains("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), "{}", lines[3]);
    let outcomes = campaign.outcomes(0, 10).await.unwrap();
    assert_eq!(outcomes.len(), 3);
    assert!(campaign.outcomes(outcomes[2].0, 10).await.unwrap().is_empty());
    let error = campaign.write_results(place.folder.path().join("none/results.csv")).await.unwrap_err();
    assert!(matches!(error, airudder_campaign::Error::Io { .. }), "{error}");
}
