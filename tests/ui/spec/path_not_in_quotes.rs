//! The path is written in quotes.

airudder_macros::api!(private.yaml);

fn main() {}
