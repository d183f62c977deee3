//! A limit beyond 64 bits.

airudder_macros::api!("number_too_large.yaml");

fn main() {}
