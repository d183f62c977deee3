//! `execute` takes the request: `build` is missing.

use airudder_client::{Client, Error, collection::StopTask};

async fn call(client: Client) -> Result<(), Error> {
    client.execute(&StopTask::builder().action("Stop").task_id("1")).await?;
    Ok(())
}

fn main() {}
