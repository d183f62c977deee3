//! Paging by fields that the request lacks.

airudder_client::api!("paging_names_no_field.yaml");

fn main() {}
