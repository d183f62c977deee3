//! Every case once, for counting instructions: on a busy machine they say more than times do. See the README
//! beside this file.

#[path = "cases/bodies.rs"]
#[allow(dead_code)]
mod bodies;
#[path = "cases/calls.rs"]
mod calls;
#[path = "cases/webhooks.rs"]
#[allow(dead_code)]
mod webhooks;

use std::hint::black_box;

use airudder_client::Client;

/// Calls and messages are counted so many at a time.
const TIMES: usize = 100;

fn main() {
    bodies();
    webhooks();
    calls();
}

fn bodies() {
    let (request, derived) = (bodies::request(), bodies::derived_request());
    black_box(bodies::encode(&request));
    black_box(bodies::derived_encode(&derived));
    let client = bodies::client();
    black_box(bodies::encode_and_check(&client, &request));
    black_box(bodies::derived_encode_and_check(&derived));
    let json = bodies::detail(bodies::ROWS);
    black_box(bodies::decode(json.as_bytes()));
    black_box(bodies::derived_decode(json.as_bytes()));
    black_box(bodies::derived_decode_open(json.as_bytes()));
}

fn webhooks() {
    for _ in 0..TIMES {
        black_box(webhooks::call_finished());
        black_box(webhooks::derived_call_finished());
        black_box(webhooks::derived_call_finished_open());
        black_box(webhooks::agent_event());
        black_box(webhooks::derived_agent_event());
        black_box(webhooks::derived_agent_event_open());
    }
}

fn calls() {
    let server = calls::server();
    let runtime = calls::runtime();
    let (client, by_hand) = (calls::client(&server), calls::ByHand::new(&server));
    // The first call fetches the token, or opens the connection.
    runtime.block_on(calls::list_tasks(&client));
    runtime.block_on(by_hand.list_tasks());
    for _ in 0..TIMES {
        call_list_tasks(&runtime, &client);
        by_hand_list_tasks(&runtime, &by_hand);
        call_get_task_detail(&runtime, &client);
        by_hand_get_task_detail(&runtime, &by_hand);
    }
}

#[inline(never)]
fn call_list_tasks(runtime: &tokio::runtime::Runtime, client: &Client) {
    black_box(runtime.block_on(calls::list_tasks(client)));
}

#[inline(never)]
fn by_hand_list_tasks(runtime: &tokio::runtime::Runtime, by_hand: &calls::ByHand) {
    black_box(runtime.block_on(by_hand.list_tasks()));
}

#[inline(never)]
fn call_get_task_detail(runtime: &tokio::runtime::Runtime, client: &Client) {
    black_box(runtime.block_on(calls::get_task_detail(client)));
}

#[inline(never)]
fn by_hand_get_task_detail(runtime: &tokio::runtime::Runtime, by_hand: &calls::ByHand) {
    black_box(runtime.block_on(by_hand.get_task_detail()));
}
