//! Lists come as a stream of pages or of entries, by `next` or with the traits of `futures`.

use airudder_client::{Client, Error};
use futures_util::{StreamExt as _, TryStreamExt as _};

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    let mut pages = client.collection().list_tasks().number(10).page(1).stream();
    while let Some(page) = pages.next().await {
        let _ = page?;
    }
    let mut items = client.collection().list_tasks().number(10).page(1).stream().items();
    while let Some(item) = items.next().await {
        let _ = item?;
    }
    let _all: Vec<_> =
        client.collection().list_tasks().number(10).page(1).stream().items().try_collect().await?;
    let first = client.collection().list_tasks().number(10).page(1).stream().items().take(1).count().await;
    assert!(first <= 1);
    Ok(())
}
