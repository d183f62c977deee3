//! An allowed value and an example that their own types refuse.

airudder_macros::api!("one_of_another_type.yaml");

fn main() {}
