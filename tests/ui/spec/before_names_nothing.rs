//! `before` names no field, and two fields that are no times.

airudder_client::api!("before_names_nothing.yaml");

fn main() {}
