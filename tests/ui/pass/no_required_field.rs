//! An endpoint without required fields is called without any.

use airudder_client::{Client, Error};

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    let robots = client.collection().list_robots().send().await?;
    assert!(robots.is_array() || robots.is_object());
    Ok(())
}
