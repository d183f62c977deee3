//! One key twice.

airudder_client::api!("duplicate_key.yaml");

fn main() {}
