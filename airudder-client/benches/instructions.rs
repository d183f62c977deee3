//! Every case by itself or all of them, for counting instructions and allocations: on a busy machine they say
//! more than times do. `instructions [CASE [TIMES]]`; see the README beside this file.

#[path = "cases/bodies.rs"]
#[allow(dead_code)]
mod bodies;
#[path = "cases/calls.rs"]
mod calls;
#[path = "cases/webhooks.rs"]
#[allow(dead_code)]
mod webhooks;

use std::cell::LazyCell;
use std::hint::black_box;

/// One thing that is counted.
struct Case {
    name: &'static str,
    run: fn(&Stage),
    /// How often, unless it is said.
    times: usize,
    /// Makes what is not to be counted.
    prepare: fn(&Stage),
}

/// A case with its code by hand, each under its own name.
macro_rules! cases {
    ($times:literal, $prepare:expr; $($name:ident => $run:expr;)+) => {
        [$(Case {
            name: stringify!($name),
            run: {
                #[inline(never)]
                fn $name(stage: &Stage) {
                    let run: fn(&Stage) = $run;
                    run(stage);
                }
                $name
            },
            times: $times,
            prepare: $prepare,
        }),+]
    };
}

fn cases() -> Vec<Case> {
    let calls = cases! { 100, |_| {};
        list_tasks => |s| drop(black_box(s.runtime.block_on(calls::list_tasks(&s.client))));
        list_tasks_by_hand => |s| drop(black_box(s.runtime.block_on(s.by_hand.list_tasks())));
        get_task_detail => |s| drop(black_box(s.runtime.block_on(calls::get_task_detail(&s.client))));
        get_task_detail_by_hand => |s| drop(black_box(s.runtime.block_on(s.by_hand.get_task_detail())));
    };
    let bodies = cases! { 1, Stage::make_bodies;
        encode => |s| drop(black_box(bodies::encode(&s.request)));
        encode_by_hand => |s| drop(black_box(bodies::derived_encode(&s.derived)));
        encode_and_check => |s| drop(black_box(bodies::encode_and_check(&s.client, &s.request)));
        encode_and_check_by_hand => |s| drop(black_box(bodies::derived_encode_and_check(&s.derived)));
        decode => |s| drop(black_box(bodies::decode(s.detail.as_bytes())));
        decode_by_hand => |s| drop(black_box(bodies::derived_decode(s.detail.as_bytes())));
        decode_open_by_hand => |s| drop(black_box(bodies::derived_decode_open(s.detail.as_bytes())));
    };
    let big = cases! { 1, |_| {};
        decode_through_a_call => |s| drop(black_box(s.runtime.block_on(calls::big_detail(&s.client))));
        decode_through_a_call_by_hand => |s| drop(black_box(s.runtime.block_on(s.by_hand.big_detail())));
    };
    let webhooks = cases! { 100, |_| {};
        call_finished => |_| drop(black_box(webhooks::call_finished()));
        call_finished_by_hand => |_| drop(black_box(webhooks::derived_call_finished()));
        call_finished_open_by_hand => |_| drop(black_box(webhooks::derived_call_finished_open()));
        agent_event => |_| drop(black_box(webhooks::agent_event()));
        agent_event_by_hand => |_| drop(black_box(webhooks::derived_agent_event()));
        agent_event_open_by_hand => |_| drop(black_box(webhooks::derived_agent_event_open()));
    };
    calls.into_iter().chain(bodies).chain(big).chain(webhooks).collect()
}

/// What the cases need, the big things made only for those that do: peaks of memory are counted too.
struct Stage {
    runtime: tokio::runtime::Runtime,
    client: airudder_client::Client,
    by_hand: calls::ByHand,
    request: LazyCell<airudder_client::collection::CreateTask>,
    derived: LazyCell<bodies::derived::CreateTask>,
    detail: LazyCell<String>,
}

impl Stage {
    fn new() -> Self {
        let server = calls::server();
        let stage = Self {
            runtime: calls::runtime(),
            client: calls::client(&server),
            by_hand: calls::ByHand::new(&server),
            request: LazyCell::new(bodies::request),
            derived: LazyCell::new(bodies::derived_request),
            detail: LazyCell::new(|| bodies::detail(bodies::ROWS)),
        };
        // The first call fetches the token, or opens the connection.
        stage.runtime.block_on(calls::list_tasks(&stage.client));
        stage.runtime.block_on(stage.by_hand.list_tasks());
        stage
    }

    fn make_bodies(&self) {
        LazyCell::force(&self.request);
        LazyCell::force(&self.derived);
        LazyCell::force(&self.detail);
    }
}

fn main() {
    // Cargo says that it is a bench.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (wanted, times) = (arguments.next(), arguments.next());
    let times = times.map(|times| times.parse().expect("TIMES is a number"));
    let stage = Stage::new();
    let mut found = false;
    for case in cases() {
        if wanted.as_deref().is_none_or(|wanted| wanted == case.name) {
            found = true;
            (case.prepare)(&stage);
            (0..times.unwrap_or(case.times)).for_each(|_| (case.run)(&stage));
        }
    }
    assert!(found, "there is no such case");
}
