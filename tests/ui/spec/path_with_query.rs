//! Query parameters are fields.

airudder_client::api!("path_with_query.yaml");

fn main() {}
