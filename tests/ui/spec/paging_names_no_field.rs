//! Paging by fields that the request lacks.

airudder_macros::api!("paging_names_no_field.yaml");

fn main() {}
