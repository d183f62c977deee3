//! An enum of the section misspelt.

airudder_client::api!("unknown_enum.yaml");

fn main() {}
