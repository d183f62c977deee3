//! `before` names no field, and two fields that are no times.

airudder_macros::api!("before_names_nothing.yaml");

fn main() {}
