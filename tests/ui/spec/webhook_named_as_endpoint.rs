//! A webhook and an endpoint of one name.

airudder_client::api!("webhook_named_as_endpoint.yaml");

fn main() {}
