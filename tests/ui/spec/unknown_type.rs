//! A built-in type misspelt, one that nobody knows, and a list that is not closed.

airudder_macros::api!("unknown_type.yaml");

fn main() {}
