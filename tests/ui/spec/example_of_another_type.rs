//! Examples that their own types refuse.

airudder_macros::api!("example_of_another_type.yaml");

fn main() {}
