//! A parameter of the path that no required field fills.

airudder_client::api!("path_parameter_without_field.yaml");

fn main() {}
