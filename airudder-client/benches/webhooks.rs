//! Webhook messages against serde's derives.

#[path = "cases/webhooks.rs"]
mod webhooks;

use std::time::Duration;

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};

fn parse(criterion: &mut Criterion) {
    webhooks::assert_same();
    let mut call = group(criterion, "collection.call_finished");
    call.bench_function("parse", |b| b.iter(webhooks::call_finished));
    call.bench_function("by hand", |b| b.iter(webhooks::derived_call_finished));
    call.bench_function("by hand, unknown keys kept", |b| b.iter(webhooks::derived_call_finished_open));
    call.finish();
    let mut agent = group(criterion, "predictive_dialer.agent_status_changed");
    agent.bench_function("parse", |b| b.iter(webhooks::agent_event));
    agent.bench_function("by hand", |b| b.iter(webhooks::derived_agent_event));
    agent.bench_function("by hand, unknown keys kept", |b| b.iter(webhooks::derived_agent_event_open));
    agent.finish();
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    group
}

criterion_group!(benches, parse);
criterion_main!(benches);
