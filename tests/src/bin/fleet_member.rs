//! A process of a fleet, for tests: `fleet_member BASE_URL STORE`, where the store is `file:PATH` or the
//! address of a Redis. It says `ready`, and then makes as many calls at once as each line of its input says,
//! and answers with how many succeeded.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{BufRead as _, Write as _};

use airudder_client::token::FileTokenStore;
use airudder_client::{Client, ClientBuilder};
use airudder_simulator::Simulator;
use futures_util::future::join_all;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, store] = arguments.as_slice() else { panic!("BASE_URL and STORE") };
    let builder =
        Client::builder().credentials(Simulator::APP_KEY, Simulator::APP_SECRET).base_url(base_url.as_str());
    let client = with_store(builder, store).build().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    say("ready");
    for line in std::io::stdin().lock().lines() {
        let calls: usize = line.unwrap().trim().parse().unwrap();
        let outcomes = runtime
            .block_on(async { join_all((0..calls).map(|_| client.collection().list_robots().send())).await });
        for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            eprintln!("{error}");
        }
        say(&outcomes.iter().filter(|outcome| outcome.is_ok()).count().to_string());
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

fn with_store(builder: ClientBuilder, store: &str) -> ClientBuilder {
    match store.strip_prefix("file:") {
        Some(path) => builder.token_store(FileTokenStore::new(path).unwrap()),
        #[cfg(feature = "redis")]
        None => builder.token_store(airudder_client::token::RedisTokenStore::new(store).unwrap()),
        #[cfg(not(feature = "redis"))]
        None => panic!("built without the feature redis"),
    }
}
