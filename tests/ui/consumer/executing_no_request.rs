//! `execute` takes the request: `build` is missing.

use airudder_client::{Client, collection::StopTask};

fn call(client: Client) {
    let _ = client.execute(&StopTask::builder().action("Stop").task_id("1"));
}

fn main() {}
