//! Structs that take over each other.

airudder_macros::api!("struct_circle.yaml");

fn main() {}
