//! A query string holds single values.

airudder_macros::api!("get_with_list.yaml");

fn main() {}
