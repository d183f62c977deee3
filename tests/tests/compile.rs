//! What compiles and what does not, and what the compiler then says: each case under `tests/ui` is named
//! after one mistake.
//!
//! `TRYBUILD=overwrite cargo test -p airudder-tests --test compile` writes the messages anew; read them
//! before you commit them.

use airudder_simulator::Simulator;
use airudder_tests::client;

#[path = "../ui/pass/any_request.rs"]
mod any_request;
#[path = "../ui/pass/create_task_in_full.rs"]
mod create_task_in_full;
#[path = "../ui/pass/errors.rs"]
mod errors;
#[path = "../ui/pass/no_required_field.rs"]
mod no_required_field;
#[path = "../ui/pass/own_endpoints.rs"]
mod own_endpoints;
#[path = "../ui/pass/pages.rs"]
mod pages;
#[path = "../ui/pass/setters_in_any_order.rs"]
mod setters_in_any_order;
#[path = "../ui/pass/threads.rs"]
mod threads;

/// What must compile is part of this test itself: that costs no second build of all dependencies, and the
/// code runs too.
#[tokio::test]
async fn sound_code_compiles_and_runs() {
    let simulator =
        Simulator::builder().ignore_schedule(true).start().await.expect("a loopback port is free");
    let client = client(&simulator);
    any_request::run(client.clone()).await.unwrap();
    create_task_in_full::run(client.clone()).await.unwrap();
    errors::run(client.clone()).await.unwrap();
    no_required_field::run(client.clone()).await.unwrap();
    own_endpoints::run(client.clone()).await.unwrap();
    pages::run(client.clone()).await.unwrap();
    setters_in_any_order::run(client.clone()).await.unwrap();
    threads::run(client).await.unwrap();
}

/// Mistakes in the code of consumers. The words are the compiler's own, and change with it.
#[test]
#[cfg_attr(not(named_compiler), ignore = "the messages are those of rustc 1.95; run `cargo +1.95 test`")]
fn mistakes_of_consumers() {
    trybuild::TestCases::new().compile_fail("ui/consumer/*.rs");
}

/// Mistakes in the spec: told with file, line and column, all at once, never a panic.
#[test]
fn mistakes_of_maintainers() {
    trybuild::TestCases::new().compile_fail("ui/spec/*.rs");
}
