//! Receives the vendor's webhooks, and prints how each call went.
//!
//! ```sh
//! cargo run --example webhook_receiver --features axum
//! ```
//!
//! Without a secret it receives those of a simulator, until all calls are over. With
//! `AIRUDDER_WEBHOOK_SECRET` in the environment it waits for the vendor's, at `AIRUDDER_WEBHOOK_ADDRESS`
//! (127.0.0.1:8080 if not set; TLS is for the proxy in front), until Ctrl-C. Then it takes what `curl` sends
//! as well:
//!
//! ```sh
//! AIRUDDER_WEBHOOK_SECRET=kZ0vQx7w2uYbN4mEr9TfLs1p cargo run --example webhook_receiver --features axum &
//! curl --include --header 'Content-Type: application/json' \
//!   --data '{"TaskID": "7", "Comments": "row 1", "RingType": "answered"}' \
//!   http://127.0.0.1:8080/kZ0vQx7w2uYbN4mEr9TfLs1p/collection.call_finished
//! ```

use std::collections::HashSet;
use std::error::Error;
use std::future::IntoFuture as _;
use std::io;

use airudder_client::Client;
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::civil::date;
use airudder_client::receive::{Authenticator, Delivery, Inbox, InboxFuture, Receiver, Secret, Server};
use airudder_client::webhook::Event;
use airudder_simulator::Simulator;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

const SECRET: &str = "AIRUDDER_WEBHOOK_SECRET";
const ADDRESS: &str = "AIRUDDER_WEBHOOK_ADDRESS";
/// The secret of a run against the simulator.
const DEMO_SECRET: &str = "a-secret-of-the-demonstration";
const PEOPLE: usize = 5;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(secret) = std::env::var(SECRET) else {
        println!("No {SECRET} in the environment: receiving from a simulator. Nobody is called.");
        return demonstrate().await;
    };
    let address = std::env::var(ADDRESS).unwrap_or_else(|_| "127.0.0.1:8080".to_owned());
    let listener = TcpListener::bind(&address).await?;
    println!(
        "Waiting at http://{address}/<secret>/<key of the webhook>, and at /<secret>/dialer for the dialer's."
    );
    let (server, messages) = receiver(listener, &secret)?;
    let printing = tokio::spawn(print(messages, None));
    server.graceful_shutdown(async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await;
    printing.abort();
    Ok(())
}

/// Passes on what came. What must not be lost belongs into a table instead, with its bytes: `Ok` means
/// stored.
struct Queue(mpsc::Sender<Delivery>);

impl Inbox for Queue {
    fn store(&self, delivery: Delivery) -> InboxFuture<'_> {
        // Full: it is to come again.
        Box::pin(
            async move { Ok(self.0.try_send(delivery).map_err(|_| io::Error::other("the queue is full"))?) },
        )
    }
}

fn receiver(
    listener: TcpListener,
    secret: &str,
) -> Result<(Server, mpsc::Receiver<Delivery>), Box<dyn Error>> {
    let (sender, messages) = mpsc::channel(10_000);
    let router = Receiver::new(Authenticator::secret(Secret::new(secret)?))
        .routes()
        .all()
        .shared("dialer", ["predictive_dialer"])
        .router(Queue(sender))?;
    Ok((Server::new(listener, router), messages))
}

/// Prints each message once, until the calls of so many rows are over.
async fn print(mut messages: mpsc::Receiver<Delivery>, calls: Option<usize>) {
    let (mut seen, mut finished) = (HashSet::new(), 0);
    while calls.is_none_or(|calls| finished < calls) {
        let Some(delivery) = messages.recv().await else { return };
        for event in delivery.message.events {
            if !seen.insert(event.identity()) {
                continue; // a copy
            }
            match event {
                Event::CollectionCallFinished(call) => {
                    let row = call.comments.as_deref().unwrap_or("a row without a reference");
                    let how = call.ring_type.as_ref().map_or("no word".to_owned(), ToString::to_string);
                    println!("{row}: {how}");
                    finished += 1;
                }
                Event::Unknown { .. } => println!("{}: of no form that is known", delivery.name),
                other => println!("{}", other.key()),
            }
        }
    }
}

/// Has a simulator call some people, and receives what it sends.
async fn demonstrate() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/{DEMO_SECRET}/{{key}}", listener.local_addr()?);
    let (server, messages) = receiver(listener, DEMO_SECRET)?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server.graceful_shutdown(async { drop(stopped.await) }).into_future());

    let simulator = Simulator::builder().starts_at("2026-03-02T09:00:00Z".parse()?).start().await?;
    simulator.deliver_to(url);
    let client = Client::builder()
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .build()?;
    let task = client
        .collection()
        .create_task()
        .task_name("webhook-receiver")
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("demo_robot")
        .sip_line("DEMO_LINE")
        .details((1..=PEOPLE).map(person).collect::<Vec<_>>())
        .send()
        .await?;
    println!("Task {} calls {PEOPLE} people.", task.task_id);
    tokio::join!(simulator.play_out(), print(messages, Some(PEOPLE)));

    println!("All calls are over.");
    let _ = stop.send(());
    serving.await?;
    Ok(())
}

fn person(number: usize) -> CollectionContact {
    CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile(format!("+44770090000{number}")) // reserved for drama: nobody's
        .loan_date(date(2026, 2, 1))
        .due_date(date(2026, 3, 1))
        .loan_amount(300_000)
        .arrears(321_000)
        .comments(format!("row {number}"))
        .build()
}
