//! A sample of a webhook that does not decode.

airudder_client::api!("webhook_sample_of_another_type.yaml");

fn main() {}
