//! A key stands too far to the right.

airudder_macros::api!("yaml_indentation.yaml");

fn main() {}
