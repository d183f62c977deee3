//! Two fields of one name.

airudder_macros::api!("duplicate_field.yaml");

fn main() {}
