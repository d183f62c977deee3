//! A date is not a text: the message says how to write one.

use airudder_client::collection::{CollectionContact, CreateTask};

fn main() {
    let _ = CollectionContact::builder().due_date("2026-03-02");
    let _ = CreateTask::builder().schedule_start_time("2026-03-02 09:00:00");
}
