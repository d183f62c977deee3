//! Types are PascalCase, variants are names.

airudder_macros::api!("bad_type_name.yaml");

fn main() {}
