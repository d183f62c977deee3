//! A code that stands in no table.

airudder_macros::api!("unknown_code.yaml");

fn main() {}
