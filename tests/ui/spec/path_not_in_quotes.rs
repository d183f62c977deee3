//! The path is written in quotes.

airudder_client::api!(private.yaml);

fn main() {}
