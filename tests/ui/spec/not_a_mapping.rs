//! A section is a mapping of keys.

airudder_macros::api!("not_a_mapping.yaml");

fn main() {}
