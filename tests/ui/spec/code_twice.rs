//! One number twice, and one name twice.

airudder_macros::api!("code_twice.yaml");

fn main() {}
