//! Two fields of one name.

airudder_client::api!("duplicate_field.yaml");

fn main() {}
