//! Two endpoints of one name.

airudder_client::api!("duplicate_endpoint.yaml");

fn main() {}
