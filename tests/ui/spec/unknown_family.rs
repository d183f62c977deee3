//! A family misspelt.

airudder_client::api!("unknown_family.yaml");

fn main() {}
