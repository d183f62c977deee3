//! Two endpoints of one name.

airudder_macros::api!("duplicate_endpoint.yaml");

fn main() {}
