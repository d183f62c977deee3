//! A key stands too far to the right.

airudder_client::api!("yaml_indentation.yaml");

fn main() {}
