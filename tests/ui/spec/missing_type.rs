//! A field without a type.

airudder_client::api!("missing_type.yaml");

fn main() {}
