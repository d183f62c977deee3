//! A field without a type.

airudder_macros::api!("missing_type.yaml");

fn main() {}
