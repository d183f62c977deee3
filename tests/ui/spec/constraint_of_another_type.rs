//! Limits that do not fit their types.

airudder_macros::api!("constraint_of_another_type.yaml");

fn main() {}
