//! A builder that is dropped does nothing, which the compiler tells.

#![deny(unused_must_use)]

use airudder_client::Client;

async fn call(client: Client) {
    client.collection().stop_task().action("Stop").task_id("1");
}

fn main() {}
