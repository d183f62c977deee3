//! Many calls at once, with one client on two threads: the CPU time of the process for a round of calls,
//! beside what the same calls cost by hand. The server is a process of its own.

#[path = "cases/bodies.rs"]
#[allow(dead_code)]
mod bodies;
#[path = "cases/calls.rs"]
#[allow(dead_code)]
mod calls;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// How many calls are made at once.
const IN_FLIGHT: [usize; 5] = [1, 10, 100, 1_000, 10_000];

/// Set for the process that is the server.
const SERVES: &str = "AIRUDDER_BENCH_SERVES";

fn main() {
    if std::env::var_os(SERVES).is_some() {
        println!("{}", calls::server());
        // Until the other process is gone.
        let _ = std::io::stdin().read(&mut [0]);
        return;
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

criterion_group!(benches, in_flight);

fn in_flight(criterion: &mut Criterion) {
    if cpu_time().is_none() {
        println!("skipped: this system does not tell the CPU time of threads in /proc");
        return;
    }
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    for calls in IN_FLIGHT {
        let files = open_files().unwrap_or(0);
        if calls + 100 > files {
            println!("{calls} in flight: skipped, for only {files} files may be open (`ulimit -n`)");
            continue;
        }
        let mut group = criterion.benchmark_group(format!("CPU time of list_tasks, {calls} in flight"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(3));
        group.throughput(Throughput::Elements(calls as u64));
        // One after the other: the connections of the first are closed before the second has any.
        {
            let client = calls::client(&server.address);
            let call = || {
                let client = client.clone();
                async move { drop(calls::list_tasks(&client).await) }
            };
            connect(&runtime, calls, call);
            group.bench_function("call", |b| b.iter_custom(|times| rounds(&runtime, times, calls, call)));
        }
        let by_hand = Arc::new(calls::ByHand::new(&server.address));
        let call = || {
            let by_hand = Arc::clone(&by_hand);
            async move { drop(by_hand.list_tasks().await) }
        };
        connect(&runtime, calls, call);
        group.bench_function("by hand", |b| b.iter_custom(|times| rounds(&runtime, times, calls, call)));
        group.finish();
    }
}

/// The server's process. It ends with this value.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start() -> Self {
        let program = std::env::current_exe().expect("a path");
        let mut command = Command::new(program);
        let mut process = command
            .env(SERVES, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut address = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        output.read_line(&mut address).expect("its address");
        Self { process, address: address.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Opens the connections of so many calls, no more at once than a server takes.
fn connect<F>(runtime: &Runtime, calls: usize, call: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for calls in (0..calls).step_by(200) {
        rounds(runtime, 1, calls, &call);
    }
}

/// The CPU time of so many rounds, each of so many calls at once.
fn rounds<F>(runtime: &Runtime, times: u64, calls: usize, call: impl Fn() -> F) -> Duration
where
    F: Future<Output = ()> + Send + 'static,
{
    let before = cpu_time().unwrap_or_default();
    for _ in 0..times {
        runtime.block_on(async {
            let mut tasks: JoinSet<()> = (0..calls).map(|_| call()).collect();
            while let Some(ended) = tasks.join_next().await {
                ended.expect("an answer");
            }
        });
    }
    cpu_time().unwrap_or_default().saturating_sub(before)
}

/// The CPU time of this process's threads, as far as the system tells it.
fn cpu_time() -> Option<Duration> {
    let mut nanoseconds = 0;
    for thread in fs::read_dir("/proc/self/task").ok()? {
        let spent = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += spent.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(nanoseconds))
}

/// How many files may be open.
fn open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
