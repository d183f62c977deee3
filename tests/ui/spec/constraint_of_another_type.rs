//! Limits that do not fit their types.

airudder_client::api!("constraint_of_another_type.yaml");

fn main() {}
