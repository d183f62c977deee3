//! A limit beyond 64 bits.

airudder_client::api!("number_too_large.yaml");

fn main() {}
