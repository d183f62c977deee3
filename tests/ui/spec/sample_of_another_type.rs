//! Samples that do not decode with their own types, told at the place inside the sample.

airudder_client::api!("sample_of_another_type.yaml");

fn main() {}
