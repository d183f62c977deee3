//! A query string holds single values.

airudder_client::api!("get_with_list.yaml");

fn main() {}
