//! Types are PascalCase, variants are names.

airudder_client::api!("bad_type_name.yaml");

fn main() {}
