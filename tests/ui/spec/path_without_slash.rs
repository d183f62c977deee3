//! Paths start with a slash.

airudder_client::api!("path_without_slash.yaml");

fn main() {}
