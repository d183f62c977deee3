//! A webhook and an endpoint of one name.

airudder_macros::api!("webhook_named_as_endpoint.yaml");

fn main() {}
