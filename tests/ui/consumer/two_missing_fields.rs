//! Neither `task_id` nor `callee_number` has been set.

use airudder_client::{Client, Error};

async fn call(client: Client) -> Result<(), Error> {
    client.collection().cancel_call().send().await?;
    Ok(())
}

fn main() {}
