//! One key twice.

airudder_macros::api!("duplicate_key.yaml");

fn main() {}
