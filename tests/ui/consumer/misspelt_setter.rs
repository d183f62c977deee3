//! `task_nam` for `task_name`.

use airudder_client::Client;

fn call(client: Client) {
    let _ = client.collection().create_task().task_nam("march-reminders");
}

fn main() {}
