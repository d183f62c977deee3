//! What a call costs beside what the same call costs by hand (reqwest and serde's derives), over loopback.

#[path = "cases/bodies.rs"]
#[allow(dead_code)]
mod bodies;
#[path = "cases/calls.rs"]
mod calls;

use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use tokio::runtime::Runtime;

fn reads(criterion: &mut Criterion) {
    let server = calls::server();
    let (runtime, client, by_hand) = (calls::runtime(), calls::client(&server), calls::ByHand::new(&server));

    let mut list = group(criterion, "list_tasks");
    bench(&mut list, &runtime, "call", || calls::list_tasks(&client));
    bench(&mut list, &runtime, "by hand", || by_hand.list_tasks());
    list.finish();
    let mut detail = group(criterion, "get_task_detail");
    bench(&mut detail, &runtime, "call", || calls::get_task_detail(&client));
    bench(&mut detail, &runtime, "by hand", || by_hand.get_task_detail());
    detail.finish();
    let mut big = group(criterion, "get_task_detail, 10,000 records");
    bench(&mut big, &runtime, "call", || calls::big_detail(&client));
    bench(&mut big, &runtime, "by hand", || by_hand.big_detail());
    big.finish();
}

fn bench<T, F: Future<Output = T>>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    name: &str,
    call: impl Fn() -> F,
) {
    group.bench_function(name, |b| b.iter_custom(|times| runtime.block_on(timed(times, &call))));
}

/// How long so many calls take, one after the other.
async fn timed<T, F: Future<Output = T>>(times: u64, call: impl Fn() -> F) -> Duration {
    let started = Instant::now();
    for _ in 0..times {
        std::hint::black_box(call().await);
    }
    started.elapsed()
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    group
}

criterion_group!(benches, reads);
criterion_main!(benches);
