//! A key without a value.

airudder_macros::api!("empty_value.yaml");

fn main() {}
