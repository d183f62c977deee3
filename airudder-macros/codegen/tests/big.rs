//! A spec many times the size of the real one: it is read whole, and its cost grows with its size and no
//! faster.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "common/many.rs"]
mod many;

use std::time::{Duration, Instant};

use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::{Loaded, Vendor};

fn load(endpoints: usize, in_section: usize) -> Loaded {
    let files = many::many(endpoints, in_section);
    Loaded::texts(Vendor::None, files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

const OPTIONS: Options = Options { in_client: true, unverified: true };

#[test]
fn two_thousand_endpoints_work() {
    let loaded = load(2000, 100);
    assert!(loaded.is_valid(), "{:#?}", loaded.reports());
    // The built-in types are not all used here; those of the sections are.
    assert!(
        loaded.warnings().iter().all(|warning| warning.path.starts_with("built-in/")),
        "{:#?}",
        loaded.warnings()
    );
    assert_eq!(loaded.spec.sections.len(), 20);
    assert_eq!(loaded.spec.sections.iter().map(|s| s.endpoints.len()).sum::<usize>(), 2000);
    assert_eq!(loaded.spec.sections.iter().map(|s| s.webhooks.len()).sum::<usize>(), 400);
    let last = loaded.spec.endpoint("section_19.same_98").unwrap();
    assert_eq!(last.entry.root(), "section_19.create_95");
    let code = emit::section(&loaded, "section_19", OPTIONS).to_string();
    assert_eq!(code.matches("impl __c :: Request for").count(), 80, "one of five shares its base's types");
}

/// The best of some runs: others may use the machine too.
fn time_of(endpoints: usize, in_section: usize) -> Duration {
    let run = || {
        let start = Instant::now();
        let loaded = load(endpoints, in_section);
        assert!(loaded.is_valid());
        for section in &loaded.spec.sections {
            assert!(!emit::section(&loaded, &section.name, OPTIONS).is_empty());
        }
        assert!(!emit::catalogue(&loaded).is_empty() && !emit::webhooks(&loaded).is_empty());
        start.elapsed()
    };
    (0..2).map(|_| run()).min().unwrap()
}

#[test]
fn five_times_the_endpoints_take_about_five_times_the_time() {
    for in_section in [20, usize::MAX] {
        let (small, big) = (time_of(80, in_section.min(80)), time_of(400, in_section.min(400)));
        let times = big.as_secs_f64() / small.as_secs_f64();
        // What grows with the square would be 25 times; a busy machine makes neither of the two exact.
        assert!(times < 12.0, "{in_section} in a section: 80 endpoints {small:?}, 400 endpoints {big:?}");
    }
}
