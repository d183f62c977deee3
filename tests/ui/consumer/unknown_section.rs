//! `colection` for `collection`.

use airudder_client::Client;

fn call(client: Client) {
    let _ = client.colection();
}

fn main() {}
