//! A code that stands in no table.

airudder_client::api!("unknown_code.yaml");

fn main() {}
