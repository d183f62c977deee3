//! Text where a whole number belongs, and a text where a date and time belong.

use airudder_client::Client;

fn call(client: Client) {
    let _ = client.collection().create_task().repeat_number("three");
    let _ = client.collection().create_task().schedule_start_time("2026-03-02 09:00:00");
}

fn main() {}
