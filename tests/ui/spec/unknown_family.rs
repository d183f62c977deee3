//! A family misspelt.

airudder_macros::api!("unknown_family.yaml");

fn main() {}
