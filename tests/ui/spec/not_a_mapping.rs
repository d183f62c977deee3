//! A section is a mapping of keys.

airudder_client::api!("not_a_mapping.yaml");

fn main() {}
