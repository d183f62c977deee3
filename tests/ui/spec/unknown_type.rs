//! A built-in type misspelt, one that nobody knows, and a list that is not closed.

airudder_client::api!("unknown_type.yaml");

fn main() {}
