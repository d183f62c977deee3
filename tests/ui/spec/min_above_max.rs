//! Limits that leave no value.

airudder_macros::api!("min_above_max.yaml");

fn main() {}
