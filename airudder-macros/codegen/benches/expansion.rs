//! What a spec costs at compile time: reading and checking it, and making all of its code, against its size.
//!
//! `cargo bench -p airudder-codegen --bench expansion`. The time per endpoint must not grow with the number
//! of endpoints.

#[path = "../tests/common/many.rs"]
mod many;

use std::hint::black_box;
use std::time::Duration;

use airudder_codegen::emit::{self, Options};
use airudder_codegen::load::{Loaded, Vendor};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn load(files: &[(String, String)]) -> Loaded {
    Loaded::texts(Vendor::None, files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Everything that the macros of the client crate make.
fn expand(loaded: &Loaded) {
    let options = Options { in_client: true, unverified: true };
    for section in &loaded.spec.sections {
        black_box(emit::section(loaded, &section.name, options));
    }
    black_box(emit::types(loaded, options));
    black_box(emit::errors(loaded));
    black_box(emit::required_fields(loaded));
    black_box(emit::catalogue(loaded));
    black_box(emit::webhooks(loaded));
}

fn expansion(criterion: &mut Criterion) {
    // Sections of a hundred endpoints each, and all in one: lists are searched nowhere, whatever they are
    // lists of.
    for (name, in_section) in [("spread", 100), ("one_section", usize::MAX)] {
        let mut group = criterion.benchmark_group(format!("expansion/{name}"));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(2));
        for endpoints in [200, 1000, 2000] {
            let files = many::many(endpoints, in_section.min(endpoints));
            group.throughput(Throughput::Elements(endpoints as u64));
            group.bench_with_input(BenchmarkId::new("load", endpoints), &files, |b, files| {
                b.iter(|| black_box(load(files)))
            });
            let loaded = load(&files);
            assert!(loaded.is_valid(), "{:#?}", loaded.reports());
            group.bench_with_input(BenchmarkId::new("generate", endpoints), &loaded, |b, loaded| {
                b.iter(|| expand(loaded))
            });
        }
        group.finish();
    }
}

criterion_group!(benches, expansion);
criterion_main!(benches);
