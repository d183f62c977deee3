//! A key without a value.

airudder_client::api!("empty_value.yaml");

fn main() {}
