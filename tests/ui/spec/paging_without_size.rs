//! Paging by number that does not say which field is the size.

airudder_client::api!("paging_without_size.yaml");

fn main() {}
