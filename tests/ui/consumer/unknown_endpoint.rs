//! `crate_task` for `create_task`.

use airudder_client::Client;

fn call(client: Client) {
    let _ = client.collection().crate_task();
}

fn main() {}
