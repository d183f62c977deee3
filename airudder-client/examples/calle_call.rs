//! An agent phones one person, and the answer comes back as a Rust type.
//!
//! ```text
//! cargo run --example calle_call --features schemars
//! ```
//!
//! With `CALLE_API_KEY` in the environment it makes a real call to the number that is its first argument;
//! without, it talks to a simulator and phones nobody.

use std::time::Duration;

use airudder_client::calle::{Call, CreateCall, ResultStatus};
use airudder_client::types::JsonSchema;
use airudder_client::{Client, Error, Family};
use airudder_simulator::Simulator;
use serde::Deserialize;

/// What we want to know.
#[derive(Deserialize, schemars::JsonSchema, Debug)]
struct Reply {
    /// Whether Friday noon suits.
    suits: Suits,
    /// For how many people, if they said so.
    guests: Option<u32>,
}

#[derive(Deserialize, schemars::JsonSchema, Debug)]
#[serde(rename_all = "lowercase")]
enum Suits {
    Yes,
    No,
    Unknown,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if std::env::var_os("CALLE_API_KEY").is_some() {
        let phone = std::env::args().nth(1).ok_or("the number to call is the first argument")?;
        return run(&Client::from_env()?, &phone, Duration::from_secs(5)).await;
    }
    println!("no CALLE_API_KEY: this talks to a simulator, and nobody is phoned");
    let simulator = Simulator::builder().busy_speed(100.0).start().await?;
    let (key, url) = (Simulator::APP_KEY, simulator.base_url());
    let client = Client::builder().family(Family::Calle, |f| f.api_key(key).base_url(url)).build()?;
    run(&client, "+447700900123", Duration::from_millis(100)).await
}

async fn run(client: &Client, phone: &str, every: Duration) -> Result<(), Box<dyn std::error::Error>> {
    let request = CreateCall::builder()
        .task("Ask in English whether Friday noon suits, and for how many. Without an answer, use unknown.")
        .phone(phone)
        .result_schema(JsonSchema::of::<Reply>())
        .build();
    // Keep it before the call is made: with it, the same request finds the same call, after a crash too.
    println!("idempotency key: {}", request.idempotency_key());
    let call = match client.send_and_wait(request).every(every).deadline(Duration::from_secs(600)).await {
        Ok(call) => call,
        Err(error) => return Err(explain(error).into()),
    };
    report(&call)
}

fn explain(error: Error) -> String {
    match error.started_id() {
        Some(id) => format!("{error}; the call {id} goes on"),
        None => error.to_string(),
    }
}

fn report(call: &Call) -> Result<(), Box<dyn std::error::Error>> {
    println!("call {}: {:?}, {} turns", call.id, call.call_outcome, call.transcript.len());
    match call.result_status {
        ResultStatus::Available => {
            let Reply { suits, guests } = call.result_as()?;
            println!("Friday noon: {suits:?}, guests: {guests:?}");
        }
        _ => println!("no result: {:?}", call.error),
    }
    Ok(())
}
