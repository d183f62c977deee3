//! `StopTask::builder()` has no client: `build` gives the request, and a client executes it.

use airudder_client::{Error, collection::StopTask};

async fn call() -> Result<(), Error> {
    StopTask::builder().action("Stop").task_id("1").send().await?;
    Ok(())
}

fn main() {}
