//! Names that become one in Rust.

airudder_client::api!("duplicate_rust_name.yaml");

fn main() {}
