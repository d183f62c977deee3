//! `stop_task` answers once: it has no pages.

use airudder_client::Client;

fn call(client: Client) {
    let _ = client.collection().stop_task().action("Stop").task_id("1").stream();
}

fn main() {}
