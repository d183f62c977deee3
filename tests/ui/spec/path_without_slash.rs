//! Paths start with a slash.

airudder_macros::api!("path_without_slash.yaml");

fn main() {}
