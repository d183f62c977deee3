//! Structs that take over each other.

airudder_client::api!("struct_circle.yaml");

fn main() {}
