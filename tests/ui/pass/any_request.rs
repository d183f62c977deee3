//! Code that works on any request, and a request that is kept and sent again.

use airudder_client::collection::{ListRobots, ListTasks};
use airudder_client::request::{Paged, Request};
use airudder_client::{Client, Error};

async fn twice<R: Request>(client: &Client, request: &R) -> Result<R::Answer, Error> {
    client.execute(request).await?;
    client.execute_full(request).await.map(|response| response.data)
}

async fn count<R: Paged>(client: &Client, request: R) -> Result<usize, Error> {
    let (mut items, mut count) = (client.stream(request).items(), 0);
    while let Some(item) = items.next().await {
        let _: R::Item = item?;
        count += 1;
    }
    Ok(count)
}

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    twice(&client, &ListRobots::builder().build()).await?;
    let list = ListTasks::builder().number(10).page(1).build();
    assert_eq!(list.meta().endpoint().key, "collection.list_tasks");
    count(&client, list.clone()).await?;
    Ok(())
}
