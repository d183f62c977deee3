//! Limits that leave no value.

airudder_client::api!("min_above_max.yaml");

fn main() {}
