//! Big bodies against serde's derives: 10,000 rows out, 10,000 records in.

#[path = "cases/bodies.rs"]
mod bodies;

use std::hint::black_box;
use std::time::Duration;

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};

fn out(criterion: &mut Criterion) {
    bodies::assert_same();
    let (request, derived) = (bodies::request(), bodies::derived_request());
    let mut group = group(criterion, "create_task, 10,000 rows");
    group.throughput(Throughput::Bytes(bodies::encode(&request).len() as u64));
    group.bench_function("encode", |b| b.iter(|| bodies::encode(black_box(&request))));
    group.bench_function("encode, by hand", |b| b.iter(|| bodies::derived_encode(black_box(&derived))));
    let client = bodies::client();
    group.bench_function("encode and check", |b| {
        b.iter(|| bodies::encode_and_check(&client, black_box(&request)))
    });
    group.bench_function("encode and check, by hand", |b| {
        b.iter(|| bodies::derived_encode_and_check(black_box(&derived)))
    });
    group.finish();
}

fn back(criterion: &mut Criterion) {
    let json = bodies::detail(bodies::ROWS);
    let json = json.as_bytes();
    let mut group = group(criterion, "get_task_detail, 10,000 records");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("decode", |b| b.iter(|| bodies::decode(black_box(json))));
    group.bench_function("decode, by hand", |b| b.iter(|| bodies::derived_decode(black_box(json))));
    group.bench_function("decode, by hand, unknown keys kept", |b| {
        b.iter(|| bodies::derived_decode_open(black_box(json)))
    });
    group.finish();
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    group
}

criterion_group!(benches, out, back);
criterion_main!(benches);
