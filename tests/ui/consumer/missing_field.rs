//! `details` is required, and nobody called `.details(...)`.

use airudder_client::jiff::civil::DateTime;
use airudder_client::{Client, Error};

async fn call(client: Client, start: DateTime, end: DateTime) -> Result<(), Error> {
    let task = client
        .collection()
        .create_task()
        .task_name("march-reminders")
        .schedule_start_time(start)
        .schedule_end_time(end)
        .robot_id("robot-1")
        .sip_line("LINE")
        .send()
        .await?;
    println!("{}", task.task_id);
    Ok(())
}

fn main() {}
