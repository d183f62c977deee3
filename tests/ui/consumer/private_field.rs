//! What the client keeps inside, credentials among it, cannot be reached.

use airudder_client::Client;

fn settings(client: Client) {
    let _ = client.core;
}

fn main() {}
