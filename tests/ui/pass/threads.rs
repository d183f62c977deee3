//! The client is shared by threads and tasks, and so are calls, requests, errors and streams.

use airudder_client::collection::{CreateTaskBuilder, CreateTaskResponse, ListTasks, StopTask};
use airudder_client::page::{Items, Pages};
use airudder_client::recording::Recording;
use airudder_client::request::ResponseFuture;
use airudder_client::{Client, Error, Response, webhook};

fn shared<T: Send + Sync + Clone + 'static>() {}
fn sent<T: Send + 'static>() {}

pub(crate) async fn run(client: Client) -> Result<(), Error> {
    shared::<Client>();
    shared::<Error>();
    shared::<StopTask>();
    shared::<CreateTaskResponse>();
    shared::<webhook::Event>();
    sent::<CreateTaskBuilder<Client>>();
    sent::<ResponseFuture<Response<CreateTaskResponse>>>();
    sent::<Pages<ListTasks>>();
    sent::<Items<ListTasks>>();
    sent::<Recording>();

    let call = tokio::spawn(client.collection().list_robots().send());
    let other = client.clone();
    let more = tokio::spawn(async move { other.collection().list_robots().send().await });
    let request = ListTasks::builder().number(10).page(1).build();
    let third = client.clone();
    let third = tokio::spawn(async move { third.execute(&request).await });
    for task in [call, more, third] {
        task.await.expect("the task ends")?;
    }
    Ok(())
}
