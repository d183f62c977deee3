//! Query parameters are fields.

airudder_macros::api!("path_with_query.yaml");

fn main() {}
