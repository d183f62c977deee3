//! One number twice, and one name twice.

airudder_client::api!("code_twice.yaml");

fn main() {}
