//! A stream needs the required fields as much as a call: the page size is missing.

use airudder_client::Client;

fn pages(client: Client) {
    let pages = client.collection().list_tasks().page(1).stream();
    drop(pages);
}

fn main() {}
