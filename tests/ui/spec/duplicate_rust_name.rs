//! Names that become one in Rust.

airudder_macros::api!("duplicate_rust_name.yaml");

fn main() {}
