//! `list_robots` answers with JSON and not with a file.

use airudder_client::Client;

async fn call(client: Client) {
    let _ = client.collection().list_robots().download_to("robots.zip").await;
}

fn main() {}
